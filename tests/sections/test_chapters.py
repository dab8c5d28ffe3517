"""A publication in chapters: contents, previous and next, all of it on one page."""

from urllib.parse import urlsplit

from base.gate import open_gate
from tests.city import CityTestCase, draft, note_changed, publish_at_once
from tests.sections import pages


def path_of(page) -> str:
    return urlsplit(page.full_url).path


def chapter(title: str, words: str):
    text = pages.stream(("heading", {"text": "Mục tiêu", "level": "2"}), ("paragraph", f"<p>{words}</p>"))
    return pages.standard(title=title, body=text)


class Publication(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        about = cls.city.section(cls.city.site, "gioi-thieu")
        cls.publication = publish_at_once(draft(pages.standard(title="Kế hoạch phát triển năm 2021"), about))
        cls.chapters = [
            publish_at_once(draft(chapter(title, words), cls.publication))
            for title, words in (("Tình hình", "Chữ thứ nhất"), ("Nhiệm vụ", "Chữ thứ hai"), ("Tổ chức", "Chữ thứ ba"))
        ]

    def test_its_page_lists_the_chapters_in_their_order(self):
        body = pages.visit(self.client, self.publication).content.decode()

        places = [body.index(f'<li><a href="{path_of(one)}">{one.title}</a></li>') for one in self.chapters]
        self.assertEqual(places, sorted(places))
        self.assertIn(f'href="{path_of(self.publication)}?in=1"', body)

    def test_a_chapter_leads_to_the_one_before_the_one_after_and_the_whole(self):
        first, middle, last = self.chapters

        response = pages.visit(self.client, middle)

        self.assertContains(response, "Chương 2/3 của")
        self.assertContains(response, f'<a href="{path_of(self.publication)}">Kế hoạch phát triển năm 2021</a>')
        self.assertContains(response, f'href="{path_of(first)}" rel="prev"')
        self.assertContains(response, f'href="{path_of(last)}" rel="next"')
        self.assertNotContains(pages.visit(self.client, first), 'rel="prev"')
        self.assertNotContains(pages.visit(self.client, last), 'rel="next"')

    def test_all_chapters_are_read_and_printed_on_one_page(self):
        response = pages.visit(self.client, self.publication, query="?in=1")

        body = response.content.decode()
        words = [body.index(text) for text in ("Chữ thứ nhất", "Chữ thứ hai", "Chữ thứ ba")]
        self.assertEqual(words, sorted(words))
        for number in (1, 2, 3):
            self.assertEqual(body.count(f'id="chuong-{number}"'), 1)
            self.assertEqual(body.count(f'id="chuong-{number}-muc-tieu"'), 1)
        self.assertContains(response, '<meta name="robots" content="noindex">', html=True)
        self.assertIn("in", response["X-Portal-Vary-Params"].split(","))

    def test_a_chapter_that_is_not_public_is_in_no_list_and_not_in_the_whole(self):
        draft(chapter("Chương còn nháp", "Chữ còn nháp"), self.publication)
        gone = self.chapters[1]
        with open_gate("take_down"):
            gone.unpublish(log_action=False)
        note_changed(gone)

        for query in ("", "?in=1"):
            body = pages.visit(self.client, self.publication, query=query).content.decode()
            self.assertNotIn("còn nháp", body)
            self.assertNotIn("Nhiệm vụ", body)
        self.assertContains(
            pages.visit(self.client, self.chapters[0]), f'href="{path_of(self.chapters[2])}" rel="next"'
        )

    def test_a_page_without_pages_under_it_has_no_contents_and_is_no_chapter(self):
        alone = publish_at_once(draft(pages.standard(), self.city.section(self.city.site, "gioi-thieu")))

        response = pages.visit(self.client, alone)

        self.assertNotContains(response, "Các chương")
        self.assertNotContains(response, "Chương 1/")
