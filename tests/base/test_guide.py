"""The editors' guide in the administration: links and pictures lead somewhere, it is found by words and roles."""

import re

from django.test import SimpleTestCase
from django.urls import reverse

from accounts.roles import ROLES
from base.admin import guide
from tests.city import CityTestCase

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)]+)\)")
# Words of the product that officials do not read.
ENGLISH = re.compile(r"\b(add child|save|publish|preview|dashboard|page|edit|login|submit|snippet)\b", re.IGNORECASE)


class Pages(SimpleTestCase):
    def test_each_says_whose_work_it_is_and_where_it_stands(self):
        for page in guide.pages().values():
            with self.subTest(page.slug):
                self.assertIn(page.group, guide.GROUPS)
                self.assertLessEqual(page.roles, set(ROLES))
                self.assertNotEqual(page.title, page.slug)

    def test_every_link_leads_to_a_page_of_the_guide_and_a_heading_of_it(self):
        for page in guide.pages().values():
            for href in LINK.findall(page.text):
                with self.subTest(page=page.slug, href=href):
                    name, _hash, anchor = href.partition("#")
                    self.assertTrue(name.endswith(".md") or not name, "Hướng dẫn chỉ dẫn đến trang của hướng dẫn.")
                    if name not in ("", "README.md"):
                        self.assertIsNotNone(guide.page(name.removesuffix(".md")))
                    if anchor:
                        there = guide.page(name.removesuffix(".md")) if name else page
                        self.assertIn(f'id="{anchor}"', guide.rendered(there))

    def test_every_picture_that_is_named_exists_and_every_picture_is_named(self):
        named = {name for page in guide.pages().values() for name in page.pictures}
        there = {path.name for path in guide.PICTURES.glob("*") if path.is_file()}

        self.assertEqual(named, there)
        self.assertLess(sum(path.stat().st_size for path in guide.PICTURES.glob("*")), 2_000_000)

    def test_every_picture_is_described(self):
        for page in guide.pages().values():
            for words in re.findall(r"!\[([^\]]*)\]", page.text):
                with self.subTest(page=page.slug, picture=words):
                    self.assertGreater(len(words), 12)

    def test_none_speaks_english(self):
        for page in guide.pages().values():
            with self.subTest(page.slug):
                self.assertEqual(ENGLISH.findall(page.words), [])

    def test_the_list_of_the_folder_names_every_page(self):
        listed = (guide.FOLDER / "README.md").read_text(encoding="utf-8")
        for name in guide.pages():
            with self.subTest(name):
                self.assertIn(f"({name}.md)", listed)


class Rendering(SimpleTestCase):
    def page(self, text: str) -> guide.GuidePage:
        return guide.GuidePage("thu", "Thử", "Duyệt", 1, frozenset(), text)

    def test_shows_html_as_text_and_runs_no_address_but_plain_ones(self):
        html = guide.rendered(self.page("# Thử\n\n<script>alert(1)</script>\n\n[a](javascript:alert(1))\n"))

        self.assertNotIn("<script", html)
        self.assertIn("&lt;script&gt;", html)
        self.assertNotIn('href="javascript', html)

    def test_makes_tables_anchors_and_addresses_of_the_administration(self):
        html = guide.rendered(
            self.page(
                "# Thử\n\n## Gỡ bỏ\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[Xem](go-bo.md#quyet-dinh) ![Ảnh](anh/x.webp)"
            )
        )

        self.assertIn('<h2 id="go-bo">', html)
        self.assertIn("<table", html)
        self.assertIn(f'href="{reverse("base_guide_page", args=["go-bo"])}#quyet-dinh"', html)
        self.assertIn(f'src="{reverse("base_guide_picture", args=["x.webp"])}"', html)


class Search(SimpleTestCase):
    def test_needs_no_marks_and_puts_titles_first(self):
        found = [hit.page.slug for hit in guide.search("go bo", guide.pages().values())]

        self.assertEqual(found[0], "go-bo")
        self.assertGreater(len(found), 1)
        self.assertEqual(guide.search("từ-không-có-ở-đâu", guide.pages().values()), [])
        self.assertEqual(guide.search("  ", guide.pages().values()), [])


class Screens(CityTestCase):
    def get(self, who: str, name: str, *args, **data):
        self.client.force_login(getattr(self.cast, who))
        return self.client.get(reverse(name, args=args), data)

    def test_the_list_begins_with_ones_own_work(self):
        answer = self.get("contributor", "base_guide")
        own = {page.slug for _group, pages in answer.context["own"] for page in pages}
        others = {page.slug for _group, pages in answer.context["others"] for page in pages}

        self.assertIn("viet-va-gui-duyet", own)
        self.assertIn("dang-khan-cap", others)
        self.assertFalse(own & others)
        self.assertContains(answer, reverse("home_first_steps"))
        self.assertEqual(own | others, set(guide.pages()))

    def test_a_search_says_what_it_found(self):
        self.assertContains(self.get("contributor", "base_guide", q="gỡ bỏ"), "Tìm thấy")
        self.assertContains(self.get("contributor", "base_guide", q="xyzxyz"), "Không tìm thấy trang nào")

    def test_every_page_opens_and_what_is_not_there_does_not(self):
        for name in guide.pages():
            with self.subTest(name):
                self.assertContains(self.get("contributor", "base_guide_page", name), 'class="guide__text"')
        self.assertEqual(self.get("contributor", "base_guide_page", "khong-co").status_code, 404)

    def test_pictures_are_answered_by_name_and_nothing_else_of_the_folder(self):
        name = next(name for page in guide.pages().values() for name in page.pictures)
        answer = self.get("contributor", "base_guide_picture", name)
        self.assertEqual((answer.status_code, answer["Content-Type"]), (200, "image/webp"))
        self.assertGreater(len(b"".join(answer.streaming_content)), 500)
        for other in ("README.md", "..%2FREADME.md", "khong-co.webp"):
            with self.subTest(other):
                self.assertEqual(self.get("contributor", "base_guide_picture", other).status_code, 404)

    def test_who_is_not_signed_in_reads_nothing(self):
        answer = self.client.get(reverse("base_guide"))
        self.assertEqual(answer.status_code, 302)

    def test_the_menu_and_the_form_of_a_page_lead_to_it(self):
        page = self.city.section(self.city.my_long)
        answer = self.get("contributor", "wagtailadmin_pages:edit", page.pk)
        self.assertContains(answer, reverse("base_guide_page", args=["viet-va-gui-duyet"]))
        self.assertContains(answer, "Tr\\u1ee3 gi\\u00fap")
