"""The page of one answer: what stands on it, also for machines; whether it was useful; what its law does to it."""

import json
import re
from datetime import date

from django.core.exceptions import ValidationError

from base.models import PageOpinion
from faq.models import FaqPage
from legalref.citations import reading
from sections.completeness import report
from sections.models import SitemapPage
from tests import factories
from tests.city import CityTestCase, draft, publish, publish_at_once
from tests.legalref.library import repealed
from workflows.models import TakeDown

from .test_library import WASTE, an_answer


class OnAWard(CityTestCase):
    """Two answers of Mỹ Long on land and one on waste; the first rests on a decision of the city."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.parent = cls.city.section(cls.city.my_long, "hoi-dap")
        cls.law = publish(
            factories.document(cls.city.site, by=cls.cast.editor, symbol="77/2020/QĐ-UBND"), by=cls.cast.editor
        )
        cls.page = an_answer(
            cls.parent,
            "Sửa mái nhà có phải xin phép không?",
            on=date(2026, 3, 2),
            question_text="Nhà tôi muốn thay mái tôn.\n\nCó phải xin phép không?",
            answer="<p>Theo Quyết định số 77/2020/QĐ-UBND, thay mái cùng độ cao <b>không</b> phải xin phép.</p>",
            legal_basis=[("document", {"document": cls.law, "provision": "Điều 3", "role": "about"})],
        )
        # What publishing by the verbs does as well.
        reading.extract(cls.page)
        cls.other = an_answer(cls.parent, "Tách thửa đất ở", on=date(2026, 1, 5))
        cls.waste = an_answer(cls.parent, "Lịch thu gom rác", topic=WASTE)
        cls.address = f"/my-long/hoi-dap/{cls.page.slug}/"


class Reading(OnAWard):
    def test_shows_question_answer_unit_signer_dates_and_topic(self):
        response = self.client.get(self.address)

        for words in (
            "Nhà tôi muốn thay mái tôn.",
            "thay mái cùng độ cao",
            "Chủ tịch: Cán bộ mẫu 10",
            "02/03/2026",
            self.city.my_long.unit.full_name,
            'href="/my-long/hoi-dap/?linh-vuc=dat-dai"',
        ):
            with self.subTest(words=words):
                self.assertContains(response, words)

    def test_the_law_it_rests_on_stands_below_with_its_status_and_is_linked_in_the_text(self):
        response = self.client.get(self.address).content.decode()

        self.assertIn('class="status status--in-force"', response)
        self.assertRegex(response, r'<a class="cite"[^>]*>[^<]*77/2020/QĐ-UBND')

    def test_others_of_the_topic_are_named_and_no_other_ones(self):
        response = self.client.get(self.address)

        self.assertContains(response, self.other.title)
        self.assertNotContains(response, self.waste.title)

    def test_tells_machines_the_question_and_its_answer(self):
        response = self.client.get(self.address).content.decode()

        data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', response)[1])

        self.assertEqual(data["@type"], "QAPage")
        self.assertEqual(data["mainEntity"]["@type"], "Question")
        self.assertEqual(data["mainEntity"]["answerCount"], 1)
        answer = data["mainEntity"]["acceptedAnswer"]
        self.assertIn("thay mái cùng độ cao không phải xin phép", answer["text"])
        self.assertEqual(answer["author"]["name"], self.city.my_long.unit.full_name)
        self.assertTrue(answer["url"].endswith("#tra-loi"))
        self.assertNotIn("author", data["mainEntity"])

    def test_who_agreed_to_be_named_is_named(self):
        named = an_answer(self.parent, "Hỏi về sổ đỏ", asker_shown="Người hỏi mẫu 1")

        response = self.client.get(f"/my-long/hoi-dap/{named.slug}/")

        self.assertContains(response, "Người hỏi: Người hỏi mẫu 1")
        self.assertContains(response, '"author": {"@type": "Person", "name": "Người hỏi mẫu 1"}')

    def test_what_is_typed_into_question_and_name_is_no_markup(self):
        page = an_answer(self.parent, "Hỏi <i>nghiêng</i>", question_text="</script><script>alert(1)</script>")

        response = self.client.get(f"/my-long/hoi-dap/{page.slug}/").content.decode()

        self.assertNotIn("<script>alert", response)
        self.assertNotIn("<i>nghiêng", response)

    def test_the_summary_is_always_the_beginning_of_the_question(self):
        self.page.question_text = "Câu hỏi đã bỏ địa chỉ."
        self.page.summary = "Nhà số 12 đường Trần Hưng Đạo"

        self.page.full_clean()

        self.assertEqual(self.page.summary, "Câu hỏi đã bỏ địa chỉ.")

    def test_an_answer_cannot_stand_in_the_place_of_asking_or_tracking(self):
        page = draft(
            FaqPage(title="Tra cứu", question_text="Tra cứu ở đâu?", answer="<p>Ở mục tra cứu.</p>"), self.parent
        )

        self.assertEqual(page.slug, "hoi-tra-cuu")
        page.slug = "gui-cau-hoi"
        with self.assertRaises(ValidationError) as caught:
            page.full_clean()
        self.assertIn("slug", caught.exception.message_dict)

    def test_without_topic_or_day_it_is_not_submitted(self):
        page = draft(FaqPage(title="Hỏi về đất", question_text="Hỏi", answer="<p>Đáp</p>"), self.parent)

        fields = {finding.field for finding in page.preflight() if finding.level == "blocker"}

        self.assertLessEqual({"topic", "answered_on"}, fields)


class SayingWhetherItWasUseful(OnAWard):
    def test_an_answer_tells_how_many_found_it_useful_and_asks_at_its_foot_as_every_page(self):
        PageOpinion.objects.create(page=self.page, site=self.city.my_long, day=date(2026, 7, 1), useful=2, not_useful=1)

        response = self.client.get(self.address)

        self.assertContains(response, "2/3 người đọc")
        self.assertContains(response, f'action="/huu-ich/{self.page.pk}/"', count=1)
        self.assertEqual((response["X-Portal-Cache"], response.get("X-Portal-Vary-Params", "")), ("public", ""))


class WithItsLaw(OnAWard):
    def test_a_repeal_on_the_citys_site_proposes_to_take_the_wards_answer_down(self):
        repealed(
            self.law,
            by=self.cast.standing_office,
            by_document=None,
            effective_on=date(2026, 3, 1),
            reason="Bãi bỏ theo văn bản của tỉnh, chưa có trong sổ.",
        )

        row = TakeDown.objects.get(ground=TakeDown.Ground.POLICY_REPEALED, page_id=self.page.pk)
        self.assertIn(row.state, TakeDown.UNDECIDED)
        self.assertEqual(TakeDown.objects.count(), 1)


class InTheHouse(OnAWard):
    def test_a_questions_page_fills_its_section_and_its_answers_are_counted(self):
        rows = {row.section.key: row for row in report(self.city.my_long, date(2026, 7, 1))}
        empty = {row.section.key: row for row in report(self.city.my_xuyen, date(2026, 7, 1))}

        self.assertEqual((rows["hoi-dap"].items, rows["hoi-dap"].is_complete), (3, True))
        # It takes questions in, which is what the section is for, before there is any answer to show.
        self.assertEqual((empty["hoi-dap"].items, empty["hoi-dap"].is_complete), (0, True))

    def test_answers_do_not_bury_the_sections_in_the_tree_of_the_site(self):
        home = self.city.my_long.home_page()
        tree = publish_at_once(draft(SitemapPage(title="Sơ đồ trang", slug="so-do"), home))

        titles = [node.title for node in tree.tree()]
        below = [child.title for node in tree.tree() for child in node.children]

        self.assertIn(self.parent.title, titles)
        self.assertNotIn(self.page.title, below)
