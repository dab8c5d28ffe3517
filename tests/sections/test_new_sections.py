"""The register of new sections: by which direction, paid from what; the section itself by two persons as every page."""

from datetime import date
from io import BytesIO

import openpyxl
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from base.gate import Refused
from sections import new_sections
from sections.models import NewSection, SectionIndexPage
from tests.city import CityTestCase, draft, publish, publish_at_once


class WithRegister(CityTestCase):
    def opened(self, **fields):
        known = {
            "by": self.cast.standing_office,
            "site": self.city.site,
            "title": "Chuyển đổi số",
            "summary": "Tin, bài về chuyển đổi số của thành phố.",
            "directing_document": "Công văn 45/UBND-VX",
            "directed_on": date(2026, 3, 1),
        }
        return new_sections.open_section(**{**known, **fields})


class Opening(WithRegister):
    def test_it_is_a_draft_with_its_directing_document_until_two_persons_publish_it(self):
        row = self.opened()

        self.assertFalse(row.page.live)
        self.assertEqual(row.page.directing_document, "Công văn 45/UBND-VX")
        self.assertEqual(row.state_label, "Bản nháp")
        self.assertTrue(publish(row.page, by=self.cast.standing_office).live)
        self.assertTrue(NewSection.objects.get().state_label.startswith("Đã mở từ"))

    def test_without_a_direction_there_is_none(self):
        with self.assertRaises(ValidationError) as refused:
            self.opened(directing_document=" ", directed_on=None, title="")

        self.assertEqual(set(refused.exception.message_dict), {"directing_document", "directed_on", "title"})
        self.assertFalse(SectionIndexPage.objects.filter(title="Chuyển đổi số").exists())

    def test_two_of_one_address_are_refused(self):
        self.opened()

        with self.assertRaises(ValidationError) as refused:
            self.opened()
        self.assertIn("title", refused.exception.message_dict)

    def test_two_of_one_name_are_refused_whatever_their_address(self):
        section = self.city.section(self.city.site, "tin-tuc")
        for title in (section.title, section.title.upper()):
            with self.subTest(title), self.assertRaises(ValidationError) as refused:
                self.opened(title=title)
            self.assertIn(section.title, refused.exception.message_dict["title"][0])

    def test_the_standing_office_alone_writes(self):
        for who in ("head", "editor", "technical_admin", "contributor"):
            with self.subTest(who), self.assertRaises(Refused):
                self.opened(by=getattr(self.cast, who))

    def test_a_public_section_that_no_row_explains_is_named_and_entered(self):
        page = draft(
            SectionIndexPage(title="Du lịch", slug="du-lich", directing_document="Công văn 1/UBND"),
            self.city.home,
            by=self.cast.editor,
        )
        publish_at_once(page)
        self.assertEqual([found.title for found, _site in new_sections.unrecorded()], ["Du lịch"])

        row = self.opened(title="Du lịch", page=page, site=self.city.my_long)

        self.assertEqual(row.site, self.city.site)
        self.assertEqual(new_sections.unrecorded(), [])
        with self.assertRaises(ValidationError):
            self.opened(title="Du lịch", page=page)

    def test_a_mandatory_section_is_no_new_one(self):
        self.assertEqual(new_sections.unrecorded(), [])


class Budget(WithRegister):
    def record(self, row, **fields):
        known = {
            "by": self.cast.standing_office,
            "proposal": "Tờ trình 12/TTr-VHTT",
            "budget_line": "Chi sự nghiệp văn hóa thông tin 2026",
            "amount": 12_000_000,
        }
        return new_sections.record_budget(row, **{**known, **fields})

    def test_an_amount_has_its_proposal_and_line(self):
        with self.assertRaises(ValidationError) as refused:
            self.record(self.opened(), proposal="", budget_line=" ")

        self.assertEqual(set(refused.exception.message_dict), {"proposal", "budget_line"})

    def test_without_an_amount_there_is_no_decision(self):
        with self.assertRaises(ValidationError):
            self.record(self.opened(), amount=None, decision="Quyết định 9/QĐ-UBND")

    def test_it_is_funded_once_it_was_decided(self):
        row = self.record(self.opened())
        self.assertFalse(row.is_funded)

        self.assertTrue(self.record(row, decision="Quyết định 9/QĐ-UBND").is_funded)
        self.assertTrue(self.record(row, amount=None).is_funded)


class Screens(WithRegister):
    def test_a_section_and_its_budget_are_two_forms(self):
        self.client.force_login(self.cast.standing_office)
        answer = self.client.post(
            reverse("sections_open_section"),
            {
                "site": self.city.site.pk,
                "title": "Chuyển đổi số",
                "summary": "",
                "directing_document": "Công văn 45/UBND-VX",
                "directed_on": "01/03/2020",
            },
            follow=True,
        )
        row = NewSection.objects.get()
        self.assertContains(answer, "Mở mục để hoàn thiện, gửi duyệt")

        answer = self.client.post(
            reverse("sections_new_section", args=[row.pk]),
            {"proposal": "Tờ trình 12/TTr-VHTT", "budget_line": "Chi sự nghiệp", "amount": "12000000", "decision": ""},
            follow=True,
        )

        self.assertContains(answer, "12.000.000 đồng")
        self.assertContains(answer, "chưa có quyết định")

    def test_the_head_reads_and_is_offered_no_form(self):
        self.opened()
        self.client.force_login(self.cast.head)

        answer = self.client.get(reverse("sections_new_sections"))

        self.assertContains(answer, "Công văn 45/UBND-VX")
        self.assertNotContains(answer, "Ghi chuyên mục mới")

    def test_a_ward_s_approver_reads_the_rows_of_their_own_site_alone(self):
        self.opened(site=self.city.my_long, title="Khuyến nông")
        self.opened(site=self.city.my_xuyen, title="Nước sạch")
        self.client.force_login(self.cast.ward_approver)

        answer = self.client.get(reverse("sections_new_sections"))
        sheet = openpyxl.load_workbook(BytesIO(self.client.get(reverse("sections_new_sections_xlsx")).content)).active
        cells = [cell.value for row in sheet.iter_rows() for cell in row]

        self.assertContains(answer, "Khuyến nông")
        self.assertNotContains(answer, "Nước sạch")
        self.assertIn("Khuyến nông", cells)
        self.assertNotIn("Nước sạch", cells)

    def test_the_register_is_taken_as_a_spreadsheet(self):
        self.opened()
        self.client.force_login(self.cast.head)

        answer = self.client.get(reverse("sections_new_sections_xlsx"))

        sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
        self.assertIn("Chuyển đổi số", [cell.value for row in sheet.iter_rows() for cell in row])

    def test_the_list_costs_the_same_however_many(self):
        for number in range(3):
            self.opened(title=f"Mục {number}")
        reader = self.cast.standing_office
        list(new_sections.listed(to=reader))

        with self.assertNumQueries(2):
            found = [(row.site.name, row.state_label, row.recorded_by) for row in new_sections.listed(to=reader)]
        self.assertEqual(len(found), 3)
        self.assertLessEqual(found[0][2].date_joined, timezone.now())
