import csv
import io
from datetime import date, time

import time_machine
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.test import SimpleTestCase
from django.urls import reverse
from wagtail.models import ReferenceIndex
from wagtail.test.utils import WagtailPageTestCase

from base.blocks import BodyBlock
from base.models import PortalFile, PortalImage
from sections.blocks import SectionBodyBlock
from sections.models import (
    ArticleCorrection,
    ArticlePage,
    CalendarPage,
    ClarificationPage,
    ConsultationPage,
    ContactPage,
    EventPage,
    NoticePage,
    OfficialsPage,
    OrganisationPage,
    ProjectPage,
    ReleasePage,
    ScienceProgrammePage,
    SectionIndexPage,
    SitemapPage,
    StandardPage,
    StatisticsReportPage,
    WorkSchedulePage,
)
from tests.city import CityTestCase, draft, publish, publish_at_once
from tests.legalref import library
from tests.sections import pages
from workflows.models import Deadline, TakeDown
from workflows.publishing import takedown

JUNE = "2020-06-16 09:00 +0700"


def messages(page, level="blocker") -> dict[str, str]:
    """The preflight findings of one level by field."""
    return {finding.field: finding.message for finding in page.preflight() if finding.level == level}


class PageTypeTests(WagtailPageTestCase, SimpleTestCase):
    def test_a_section_lists_its_items_and_nothing_stands_under_them(self):
        for kind in (
            ArticlePage,
            NoticePage,
            EventPage,
            WorkSchedulePage,
            ProjectPage,
            ScienceProgrammePage,
            StatisticsReportPage,
            ReleasePage,
            ConsultationPage,
            ClarificationPage,
        ):
            with self.subTest(kind=kind.__name__):
                self.assertCanCreateAt(SectionIndexPage, kind)
                self.assertAllowedSubpageTypes(kind, set())

    def test_standing_pages_may_have_pages_under_them(self):
        self.assertAllowedSubpageTypes(StandardPage, {StandardPage, OfficialsPage, OrganisationPage})

    def test_a_section_holds_no_home_page_contact_or_sitemap(self):
        allowed = set(SectionIndexPage.allowed_subpage_models())

        self.assertFalse(allowed & {ContactPage, SitemapPage, SectionIndexPage})

    def test_every_type_says_in_vietnamese_what_it_is_for(self):
        for kind in (
            *SectionIndexPage.allowed_subpage_models(),
            SectionIndexPage,
            ContactPage,
            CalendarPage,
            SitemapPage,
        ):
            with self.subTest(kind=kind.__name__):
                self.assertTrue(kind.page_description)
                self.assertNotIn("page", str(kind._meta.verbose_name))
                self.assertTrue(kind.template.startswith("sections/"))

    def test_the_body_has_all_parts_of_every_page_and_those_of_the_sections(self):
        own = set(SectionBodyBlock().child_blocks)

        self.assertLess(set(BodyBlock().child_blocks), own)
        self.assertLessEqual({"links", "legal_basis"}, own)


class SectionAcceptanceTests(CityTestCase):
    def test_a_section_offers_only_the_types_of_its_row(self):
        news, clarifications = self.city.section(self.city.site), self.city.section(self.city.site, "giai-thich")

        self.assertTrue(ArticlePage.can_create_at(news))
        self.assertFalse(ProjectPage.can_create_at(news))
        self.assertTrue(ClarificationPage.can_create_at(clarifications))
        self.assertFalse(ArticlePage.can_create_at(clarifications))

    def test_one_sitemap_a_site(self):
        home = self.city.home
        draft(pages.sitemap(slug="so-do-2"), home)

        self.assertFalse(SitemapPage.can_create_at(home))

    def test_a_second_live_section_of_a_key_is_stopped(self):
        twin = SectionIndexPage(title="Tin tức thứ hai", section_key="tin-tuc", **pages.responsibility())
        draft(twin, self.city.home)

        self.assertIn("đã có mục", messages(twin)["section_key"])

    def test_a_section_outside_the_catalogue_names_the_document_that_directs_it(self):
        other = SectionIndexPage(title="Chuyển đổi số", **pages.responsibility())
        draft(other, self.city.home)

        self.assertIn("văn bản chỉ đạo", messages(other)["directing_document"])
        other.directing_document = "Công văn 12/UBND-VP"
        self.assertEqual(messages(other), {})


class RenderingTests(CityTestCase):
    def test_every_page_type_can_be_read(self):
        home = self.city.home
        made = {
            "tin-tuc": [pages.article(), pages.notice(is_urgent=True, valid_until=date(2020, 7, 1)), pages.event()],
            "chi-dao-dieu-hanh": [pages.schedule(pages.schedule_item(), pages.schedule_item(starts_at=None))],
            "du-an": [pages.project()],
            "khoa-hoc": [pages.science(accepted_on=date(2021, 6, 1))],
            "thong-ke": [pages.statistics(), pages.release()],
            "gop-y": [pages.consultation(draft_file=pages.file())],
            "giai-thich": [pages.clarification()],
            "gioi-thieu": [pages.standard(), pages.officials(pages.official(), pages.official(is_leader=False))],
        }
        found = [
            publish_at_once(draft(page, self.city.section(self.city.site, key)))
            for key, items in made.items()
            for page in items
        ]
        taken = set(home.get_children().values_list("slug", flat=True))
        for page in (pages.contact(), pages.calendar(), pages.sitemap()):
            if page.slug not in taken:
                found.append(publish_at_once(draft(page, home)))

        for page in found:
            with self.subTest(kind=type(page).__name__):
                response = pages.visit(self.client, page)
                self.assertContains(response, page.title)
                self.assertContains(response, 'name="DC.title"')

    def test_a_correction_is_shown_with_its_day(self):
        page = pages.article()
        page.corrections = [ArticleCorrection(corrected_on=date(2020, 6, 18), note="Sửa số liệu hộ dân.")]
        page = publish_at_once(draft(page, self.city.section(self.city.site)))

        response = pages.visit(self.client, page)

        self.assertContains(response, "Sửa số liệu hộ dân.")
        self.assertContains(response, "18/06/2020")


class EditingTests(CityTestCase):
    def test_every_type_has_its_form_in_the_administration(self):
        self.client.force_login(self.cast.editor)
        made = {
            "tin-tuc": [pages.article(), pages.notice()],
            "chi-dao-dieu-hanh": [pages.schedule()],
            "du-an": [pages.project()],
            "khoa-hoc": [pages.science()],
            "thong-ke": [pages.statistics()],
            "gop-y": [pages.consultation()],
            "giai-thich": [pages.clarification()],
            "gioi-thieu": [pages.standard(), pages.officials()],
        }
        for key, items in made.items():
            section = self.city.section(self.city.site, key)
            for page in items:
                with self.subTest(kind=type(page).__name__):
                    draft(page, section, by=self.cast.editor)
                    for address in (
                        reverse("wagtailadmin_pages:add", args=["sections", page._meta.model_name, section.pk]),
                        reverse("wagtailadmin_pages:edit", args=[page.pk]),
                        reverse("wagtailadmin_pages:view_draft", args=[page.pk]),
                    ):
                        self.assertEqual(self.client.get(address).status_code, 200, address)

    def test_a_section_offers_only_its_types(self):
        self.client.force_login(self.cast.editor)
        section = self.city.section(self.city.site, "gop-y")

        response = self.client.get(reverse("wagtailadmin_pages:add_subpage", args=[section.pk]))

        self.assertContains(response, "Lấy ý kiến dự thảo")
        self.assertNotContains(response, "/add/sections/projectpage/")


class ArticlePageTests(CityTestCase):
    def setUp(self):
        self.section = self.city.section(self.city.my_long)

    def test_a_complete_article_has_no_blockers(self):
        self.assertEqual(messages(draft(pages.article(), self.section)), {})

    def test_what_is_missing_is_named_by_its_field(self):
        page = draft(
            pages.article(summary="", author_name="", source_name="", responsible_unit=None, body=pages.stream()),
            self.section,
        )

        self.assertEqual(set(messages(page)), {"summary", "author_name", "source_name", "responsible_unit", "body"})

    def test_an_open_placeholder_is_a_blocker(self):
        page = draft(pages.article(summary="Theo Quyết định số …/QĐ-UBND của thành phố."), self.section)

        self.assertIn("…/Q", messages(page)["summary"])

    def test_a_lead_image_needs_a_description(self):
        image = PortalImage.objects.create(title="Sông Hậu", file="song-hau.png", width=8, height=6)
        page = draft(pages.article(lead_image=image), self.section)

        self.assertIn("mô tả", messages(page)["lead_image_alt"])

    def test_dissemination_must_cite_the_law(self):
        page = draft(pages.article(kind=ArticlePage.Kind.DISSEMINATION), self.section)

        self.assertIn("dẫn văn bản", messages(page)["legal_basis"])

    def test_dissemination_meets_the_clock_of_the_law_it_explains_and_of_no_other(self):
        law = library.public_document(self.city.site, by=self.cast.editor, issued_on=date(2020, 6, 8))
        basis = library.public_document(
            self.city.site, by=self.cast.editor, symbol="3/2019/QĐ-UBND", issued_on=date(2019, 3, 1)
        )
        page = pages.article(
            kind=ArticlePage.Kind.DISSEMINATION,
            legal_basis=pages.stream(
                ("document", {"document": law.pk, "provision": "", "role": "about"}),
                ("document", {"document": basis.pk, "provision": "Điều 1", "role": "basis"}),
            ),
        )
        with time_machine.travel(JUNE, tick=False):
            publish(draft(page, self.section, by=self.cast.contributor), by=self.cast.contributor)

        deadline = Deadline.objects.get(rule__code="DL-LAW-INFO")
        self.assertEqual((deadline.started_on, deadline.met_on), (date(2020, 6, 8), date(2020, 6, 16)))
        self.assertEqual(deadline.site, self.city.my_long)

    def test_a_republished_text_needs_its_day_and_should_say_by_whose_leave(self):
        page = draft(pages.article(original_url="https://bao.example.invalid/1"), self.section)

        self.assertIn("original_on", messages(page))
        self.assertIn("republication_note", messages(page, "warning"))

    def test_keywords_become_subjects(self):
        page = pages.article(keywords="tiếp công dân;  đất đai ; ")

        self.assertEqual(page.subjects(), ["Tin tức, sự kiện", "tiếp công dân", "đất đai"])


class OfficialTests(CityTestCase):
    def test_private_addresses_are_stopped_and_mobile_numbers_doubted(self):
        page = pages.officials(pages.official(email="mau02@gmail.com", phone="0900 000 000"))
        draft(page, self.city.home)

        self.assertIn("cá nhân", messages(page)["officials"])
        self.assertIn("di động", messages(page, "warning")["officials"])

    def test_a_leader_needs_biography_and_duties(self):
        page = draft(pages.officials(pages.official(duties="")), self.city.home)

        self.assertIn("tiểu sử", messages(page)["officials"])

    def test_a_page_without_people_is_stopped(self):
        page = OfficialsPage(title="Lãnh đạo", **pages.responsibility())
        draft(page, self.city.home)

        self.assertIn("chưa có người", messages(page)["officials"])


class WorkScheduleTests(CityTestCase):
    def setUp(self):
        self.section = self.city.section(self.city.site, "chi-dao-dieu-hanh")

    def test_a_week_begins_on_monday(self):
        page = pages.schedule(week_start=date(2020, 6, 10))

        with self.assertRaises(ValidationError) as caught:
            draft(page, self.section)

        self.assertIn("08/06/2020", caught.exception.message_dict["week_start"][0])

    def test_days_are_in_order_and_whole_days_first(self):
        page = pages.schedule(
            pages.schedule_item(on=date(2020, 6, 12)),
            pages.schedule_item(starts_at=time(14, 0), content="Chiều"),
            pages.schedule_item(starts_at=None, content="Cả ngày"),
        )

        days = page.days()

        self.assertEqual([day for day, _items in days], [date(2020, 6, 9), date(2020, 6, 12)])
        self.assertEqual([item.content for item in days[0][1]], ["Cả ngày", "Chiều"])

    def test_an_item_outside_the_week_and_a_change_without_words_are_stopped(self):
        outside = draft(pages.schedule(pages.schedule_item(on=date(2020, 6, 15))), self.section)
        changed = draft(pages.schedule(pages.schedule_item(is_changed=True)), self.section)

        self.assertIn("ngoài tuần", messages(outside)["items"])
        self.assertIn("thay đổi gì", messages(changed)["items"])

    def test_a_week_has_one_schedule(self):
        publish_at_once(draft(pages.schedule(), self.section))
        second = draft(pages.schedule(title="Lịch khác"), self.section)

        self.assertIn("Đã có lịch", messages(second)["week_start"])


class ProjectPageTests(CityTestCase):
    NINE = ("main_objective", "field", "project_type", "period", "budget", "funding_type", "sponsor", "status")

    def setUp(self):
        self.section = self.city.section(self.city.site, "du-an")

    def test_each_of_the_nine_fields_is_demanded(self):
        for name in self.NINE:
            with self.subTest(field=name):
                page = draft(pages.project(**{name: ""}), self.section)
                self.assertEqual(set(messages(page)), {name})

    def test_a_plan_needs_its_approval_but_no_sponsor(self):
        page = draft(
            pages.project(
                kind=ProjectPage.Kind.PLANNING, sponsor="", budget="", approval_document="", approved_on=None
            ),
            self.section,
        )

        self.assertEqual(set(messages(page)), {"approval_document", "approved_on"})

    def test_the_nine_fields_are_shown_in_the_order_of_the_decree(self):
        labels = [str(label) for label, _value in pages.project().attributes()][:8]

        self.assertEqual(labels[0], "Mục tiêu chính")
        self.assertEqual(labels[-1], "Tình trạng dự án")

    def test_publishing_meets_the_ten_working_days_from_approval(self):
        with time_machine.travel(JUNE, tick=False):
            page = draft(pages.project(), self.section, by=self.cast.editor)
            publish(page, by=self.cast.editor)

        deadline = Deadline.objects.get(rule__code="DL-PLAN")

        self.assertEqual((deadline.started_on, deadline.met_on), (date(2020, 6, 16), date(2020, 6, 16)))
        self.assertEqual(deadline.due_on, date(2020, 6, 30))


class ScienceProgrammeTests(CityTestCase):
    def setUp(self):
        self.section = self.city.section(self.city.site, "khoa-hoc")

    def test_after_acceptance_both_reports_are_demanded(self):
        page = draft(pages.science(accepted_on=date(2021, 6, 1)), self.section)

        self.assertEqual(set(messages(page)), {"general_report", "application_report"})

    def test_acceptance_cannot_come_before_approval(self):
        with self.assertRaises(ValidationError) as caught:
            draft(pages.science(accepted_on=date(2020, 1, 1)), self.section)

        self.assertIn("accepted_on", caught.exception.message_dict)

    def test_approval_and_acceptance_are_two_clocks(self):
        with time_machine.travel(JUNE, tick=False):
            page = draft(pages.science(), self.section, by=self.cast.editor)
            page = publish(page, by=self.cast.editor)
        with time_machine.travel("2021-06-10 09:00 +0700", tick=False):
            page.accepted_on = date(2021, 6, 1)
            page.general_report = page.application_report = self._file()
            page.save_revision(user=self.cast.editor)
            publish(page, by=self.cast.editor)

        deadline_rows = Deadline.objects.filter(rule__code__startswith="DL-SCI").order_by("started_on")

        self.assertEqual(
            [(deadline.started_on, deadline.met_on) for deadline in deadline_rows],
            [(date(2020, 6, 16), date(2020, 6, 16)), (date(2021, 6, 1), date(2021, 6, 10))],
        )

    def test_two_duties_at_the_first_publication_are_both_met(self):
        page = pages.science(accepted_on=date(2021, 6, 1))

        self.assertEqual(sorted(duty.started_on for duty in page.duties()), [date(2020, 6, 16), date(2021, 6, 1)])

    def _file(self):
        return PortalFile.objects.create(title="Báo cáo", file=ContentFile(b"%PDF-1.4 thu", "bao-cao.pdf"))


class StatisticsReportTests(CityTestCase):
    def test_the_five_parts_are_demanded(self):
        page = pages.statistics(period="", surveyed="", method="", analysis="", decided_on=None, figures=pages.stream())
        draft(page, self.city.section(self.city.site, "thong-ke"))

        self.assertEqual(set(messages(page)), {"period", "surveyed", "method", "analysis", "decided_on", "figures"})

    def test_its_duty_counts_from_the_decision_to_publish(self):
        [duty] = pages.statistics().duties()

        self.assertEqual((duty.rule, duty.started_on), ("DL-STAT", date(2020, 6, 16)))

    def published(self, **changes):
        return publish_at_once(draft(pages.statistics(**changes), self.city.section(self.city.site, "thong-ke")))

    def test_each_table_is_a_file_that_the_page_leads_to(self):
        second = {"caption": "Hộ nghèo", "table": {"data": [["Phường", "Hộ"], ["Mỹ Long", 0], ["=1+1", None]]}}
        page = self.published(figures=pages.stream(("table", pages.TABLE), ("table", second)))

        shown = pages.visit(self.client, page)
        self.assertContains(shown, 'bang/1/"')
        self.assertContains(shown, "Tải bảng «Hộ nghèo» (CSV)")
        self.assertContains(shown, f'"contentUrl": "{page.full_url}bang/2/"')
        self.assertContains(shown, "<td>0</td>")
        for end, rows in (
            ("bang/1/", [["Phường", "Người"], ["Mỹ Long", "26.313"]]),
            ("bang/2/", [["Phường", "Hộ"], ["Mỹ Long", "0"], ["'=1+1", ""]]),
        ):
            with self.subTest(end=end):
                answer = pages.visit(self.client, page, end=end)
                self.assertEqual(answer.headers["Content-Type"], "text/csv; charset=utf-8")
                self.assertIn(f'filename="{page.slug}-{end[5]}.csv"', answer.headers["Content-Disposition"])
                self.assertEqual(answer.headers["X-Robots-Tag"], "noindex")
                self.assertEqual(list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))), rows)

    def test_a_table_that_is_not_there_is_no_address(self):
        page = self.published()

        for end in ("bang/", "bang/0/", "bang/2/", "bang/01/", "bang/x/", "bang/1/1/"):
            with self.subTest(end=end):
                self.assertEqual(pages.visit(self.client, page, end=end).status_code, 404)

    def test_the_tables_of_a_draft_are_no_addresses_and_those_of_what_is_taken_down_are_gone(self):
        draft_page = draft(pages.statistics(title="Nháp"), self.city.section(self.city.site, "thong-ke"))
        self.assertEqual(pages.visit(self.client, draft_page, end="bang/1/").status_code, 404)
        page = self.published()
        self.assertEqual(pages.visit(self.client, page, end="bang/1/").status_code, 200)

        (row,) = takedown.propose(page, TakeDown.Ground.ERROR, by=self.cast.standing_office, explanation="Ghi sai số.")
        takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=self.cast.head, note="Đồng ý gỡ.")

        self.assertEqual(pages.visit(self.client, page, end="bang/1/").status_code, 404)


class NoticePageTests(CityTestCase):
    def test_begins_with_a_paragraph_that_has_to_be_written(self):
        begun = NoticePage.defaults_for(self.city.site, self.cast.contributor)["body"]
        page = draft(pages.notice(body=begun), self.city.section(self.city.site))

        self.assertEqual([part.block_type for part in begun], ["paragraph"])
        self.assertIn("body", {finding.field for finding in page.preflight()})

    def test_an_urgent_notice_must_end(self):
        page = draft(pages.notice(is_urgent=True), self.city.section(self.city.site))

        self.assertIn("thời hạn", messages(page)["valid_until"])

    def test_a_notice_ends_with_its_last_day(self):
        page = publish_at_once(draft(pages.notice(valid_until=date(2020, 6, 16)), self.city.section(self.city.site)))

        with time_machine.travel("2020-06-16 23:30 +0700", tick=False):
            during = pages.visit(self.client, page)
        with time_machine.travel("2020-06-17 00:10 +0700", tick=False):
            after = pages.visit(self.client, page)

        self.assertNotContains(during, "Thông báo đã hết thời hạn")
        self.assertContains(after, "Thông báo đã hết thời hạn")
        self.assertEqual(during["X-Portal-Max-Age"], str(30 * 60))


class ConsultationTests(CityTestCase):
    def setUp(self):
        self.section = self.city.section(self.city.site, "gop-y")

    def test_the_window_opens_and_closes_by_itself(self):
        page = publish_at_once(draft(pages.consultation(), self.section))

        for moment, words in {
            "2020-06-14 12:00 +0700": "Sắp lấy ý kiến",
            "2020-06-15 00:05 +0700": "Đang lấy ý kiến",
            "2020-07-15 23:55 +0700": "Đang lấy ý kiến",
            "2020-07-16 00:05 +0700": "Đã hết hạn góp ý",
        }.items():
            with self.subTest(moment=moment), time_machine.travel(moment, tick=False):
                self.assertContains(pages.visit(self.client, page), words)

    def test_days_left_count_the_last_day(self):
        page = pages.consultation()

        with time_machine.travel("2020-07-15 10:00 +0700", tick=False):
            self.assertEqual(page.days_left, 1)
        with time_machine.travel("2020-07-16 10:00 +0700", tick=False):
            self.assertIsNone(page.days_left)

    def test_a_kept_copy_is_not_shown_after_midnight(self):
        page = publish_at_once(draft(pages.consultation(), self.section))

        with time_machine.travel("2020-07-15 23:59 +0700", tick=False):
            self.assertEqual(pages.visit(self.client, page)["X-Portal-Max-Age"], "60")

    def test_the_outcome_is_shown_from_its_day(self):
        page = pages.consultation(outcome="<p>Tiếp thu 12 ý kiến.</p>", outcome_on=date(2020, 8, 1))
        page = publish_at_once(draft(page, self.section))

        with time_machine.travel("2020-07-31 10:00 +0700", tick=False):
            self.assertNotContains(pages.visit(self.client, page), "Tiếp thu 12 ý kiến")
        with time_machine.travel("2020-08-01 10:00 +0700", tick=False):
            self.assertContains(pages.visit(self.client, page), "Tiếp thu 12 ý kiến")

    def test_explanation_and_receiving_body_are_demanded(self):
        page = pages.consultation(receiving_address="", receiving_email="", receiving_body="", body=pages.stream())
        draft(page, self.section)

        self.assertEqual(
            set(messages(page)),
            {"explanation_file", "receiving_body", "receiving_address", "receiving_email", "draft_file"},
        )

    def test_it_cannot_close_before_it_opens(self):
        with self.assertRaises(ValidationError) as caught:
            draft(pages.consultation(closes_on=date(2020, 6, 1)), self.section)

        self.assertIn("closes_on", caught.exception.message_dict)


class ClarificationPageTests(CityTestCase):
    def setUp(self):
        self.section = self.city.section(self.city.my_long, "giai-thich")

    def test_the_source_of_the_claim_is_never_shown(self):
        image = PortalImage.objects.create(title="Ảnh chụp nguồn", file="anh-chup.png", width=8, height=6)
        page = publish_at_once(draft(pages.clarification(claim_screenshot=image), self.section))

        response = pages.visit(self.client, page)

        self.assertContains(response, "nước máy")
        self.assertNotContains(response, "tin-sai.example.invalid")
        self.assertNotContains(response, image.token)

    def test_the_screenshot_does_not_become_public_with_the_page(self):
        image = PortalImage.objects.create(title="Ảnh chụp nguồn", file="anh-chup.png", width=8, height=6)
        publish_at_once(draft(pages.clarification(claim_screenshot=image), self.section))

        self.assertFalse(ReferenceIndex.get_references_to(image).exists())

    def test_claim_place_day_and_explanation_are_demanded(self):
        page = pages.clarification(claim_summary="", claim_place="", claim_on=None, body=pages.stream())
        draft(page, self.section)

        self.assertEqual(set(messages(page)), {"claim_summary", "claim_place", "claim_on", "body"})

    def test_a_claim_from_tomorrow_is_a_mistake(self):
        with time_machine.travel(JUNE, tick=False):
            page = draft(pages.clarification(claim_on=date(2020, 6, 17)), self.section)

            self.assertIn("tương lai", messages(page)["claim_on"])


class SitemapTests(CityTestCase):
    def setUp(self):
        existing = SitemapPage.objects.child_of(self.city.home).first()
        self.page = existing or publish_at_once(draft(pages.sitemap(), self.city.home))

    def test_it_shows_sections_and_front_pages_but_no_items_and_nothing_inside_wards(self):
        publish_at_once(draft(pages.article(title="Một bài tin"), self.city.section(self.city.site)))

        titles = [node.title for node in self.page.tree()]

        self.assertIn("Tin tức, sự kiện", titles)
        self.assertIn(self.city.my_long.home_page().title, titles)
        self.assertNotIn("Một bài tin", self._all_titles(self.page.tree()))
        ward = next(node for node in self.page.tree() if node.title == self.city.my_long.home_page().title)
        self.assertEqual(ward.children, [])

    def test_the_page_of_open_data_stands_in_that_of_the_city_besides_the_footer(self):
        publish_at_once(draft(pages.sitemap(), self.city.my_long.home_page()))

        for path, count in (("/so-do/", 2), ("/my-long/so-do/", 1)):
            with self.subTest(path=path):
                answer = self.client.get(path)
                self.assertContains(answer, '<a href="/du-lieu-mo/">Dữ liệu mở</a>', count=count)

    def test_drafts_and_what_stands_under_them_are_left_out(self):
        parent = draft(pages.standard(title="Trang chưa đăng"), self.city.section(self.city.site, "gioi-thieu"))
        publish_at_once(draft(pages.standard(title="Trang con"), parent))

        titles = self._all_titles(self.page.tree())

        self.assertNotIn("Trang chưa đăng", titles)
        self.assertNotIn("Trang con", titles)

    def test_the_number_of_queries_does_not_grow(self):
        section = self.city.section(self.city.site, "gioi-thieu")
        self.page.tree()
        with self.assertNumQueries(2):
            self.page.tree()
        for number in range(5):
            publish_at_once(draft(pages.standard(title=f"Trang {number}"), section))
        with self.assertNumQueries(2):
            self.page.tree()

    def _all_titles(self, nodes):
        return [title for node in nodes for title in (node.title, *self._all_titles(node.children))]
