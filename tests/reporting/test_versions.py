"""A signed sheet with a mistake: a new version says what changed and why, is signed anew, and supersedes the former."""

import io
import json
from datetime import timedelta
from decimal import Decimal

import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from jsonschema import Draft202012Validator
from openpyxl import load_workbook

from base.gate import Refused
from reporting.models import ScoreLine, ScoreSheet
from reporting.scoring import openapi, sheets, table, versions
from tests.city import CityTestCase, draft, publish_at_once
from tests.reporting.scores import AFTER, few_criteria, line_of, measured, signed
from tests.sections import pages
from workflows.archive import copies, verifying
from workflows.models import ArchiveCopy

LATER = AFTER + timedelta(days=2)
REASON = "Bản giấy được gửi ngày 30/07 nhưng chưa tính."


class Versions(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        few_criteria()
        publish_at_once(draft(pages.article(), cls.city.section(cls.city.my_long)))
        cls.office, cls.head = cls.cast.standing_office, cls.cast.head
        cls.first = signed(measured()["my-long"], office=cls.office, head=cls.head)

    def reopened(self) -> ScoreSheet:
        return versions.reopen(self.first, by=self.office, reason=REASON)

    def corrected(self) -> ScoreSheet:
        second = self.reopened()
        sheets.correct(line_of(second, "muc-gop-y"), by=self.office, points=Decimal("1.5"), reason="Có bản giấy")
        return second

    def signed_anew(self) -> ScoreSheet:
        second = self.corrected()
        sheets.submit([second], by=self.office, on=LATER)
        return sheets.sign([second], by=self.head, on=LATER)[0]


class Beginning(Versions):
    def test_begins_as_it_was_signed_and_leaves_the_former_as_it_is(self):
        before = sheets.content_of(self.first)

        second = self.reopened()

        assert (second.version, second.replaces, second.state) == (2, self.first, ScoreSheet.State.OPEN)
        numbers = ("criterion", "measured", "corrected", "self_assessed", "correction_reason")
        assert list(second.lines.values_list(*numbers)) == list(self.first.lines.values_list(*numbers))
        assert sheets.content_of(ScoreSheet.objects.get(pk=self.first.pk)) == before
        assert not self.first.is_superseded

    def test_needs_a_reason_and_the_office(self):
        with self.assertRaisesMessage(ValidationError, "Hãy ghi lý do lập bản mới"):
            versions.reopen(self.first, by=self.office, reason=" ")
        for name in ("contributor", "editor", "accountant", "technical_admin", "superuser"):
            with self.subTest(name), self.assertRaises(Refused):
                versions.reopen(self.first, by=getattr(self.cast, name), reason=REASON)

    def test_only_a_signed_sheet_without_a_newer_one_is_reopened(self):
        other = ScoreSheet.objects.get(site=self.city.my_xuyen)
        with self.assertRaisesMessage(Refused, "chưa ký"):
            versions.reopen(other, by=self.office, reason=REASON)
        second = self.reopened()

        for sheet in (self.first, second):
            with self.subTest(str(sheet)), self.assertRaises(Refused):
                versions.reopen(sheet, by=self.office, reason=REASON)

    def test_the_database_takes_no_second_successor_and_no_version_without_a_reason(self):
        second = self.reopened()
        for fields in ({"replaces": None}, {"version_reason": ""}, {"version": 1}):
            with self.subTest(fields), self.assertRaises(IntegrityError), transaction.atomic():
                ScoreSheet.objects.filter(pk=second.pk).update(**fields)

    def test_measuring_leaves_it_as_it_was_measured(self):
        second = self.reopened()
        publish_at_once(draft(pages.consultation(), self.city.section(self.city.my_long, "gop-y")))

        measured()
        sheets.measure_due(on=AFTER)

        assert line_of(second, "muc-gop-y").measured == Decimal(0)


class Signing(Versions):
    def test_says_what_changed_and_why_under_its_seal(self):
        second = self.signed_anew()

        copy = ArchiveCopy.objects.get(pk=second.archive_copy)
        kept = json.loads(copies.read(copy.content_digest))
        assert (kept["version"], kept["replaces"], kept["reason"]) == (2, self.first.digest, REASON)
        assert [(one["criterion"], one["what"], one["before"], one["after"]) for one in kept["changes"]] == [
            ("muc-gop-y", "điểm", "0.00", "1.50")
        ]
        assert copy.title == "Phiếu chấm điểm tháng 07/2020 · Phường Mỹ Long (bản 2)"
        assert (verifying.verify(), sheets.violations()) == ([], [])

    def test_the_former_stays_readable_and_says_what_replaced_it(self):
        sealed = copies.read(ArchiveCopy.objects.get(pk=self.first.archive_copy).files[0]["digest"])
        second = self.signed_anew()
        first = ScoreSheet.objects.get(pk=self.first.pk)

        assert (first.is_superseded, first.is_signed, second.is_superseded) == (True, True, False)
        assert "Không còn giá trị: đã được thay bằng bản 2, ký ngày 05/08/2020." in table.lines_of_version(first)
        assert copies.read(ArchiveCopy.objects.get(pk=first.archive_copy).files[0]["digest"]) == sealed
        self.client.force_login(self.cast.contributor_my_xuyen)
        page = self.client.get(reverse("reporting_sheet", args=[first.pk]))
        self.assertContains(page, "Đã được thay")
        self.assertContains(page, reverse("reporting_sheet", args=[second.pk]))

    def test_without_any_change_it_is_not_submitted(self):
        second = self.reopened()

        with self.assertRaisesMessage(Refused, "chưa sửa gì so với bản đã ký"):
            sheets.submit([second], by=self.office, on=LATER)

    def test_wants_two_persons_like_the_first(self):
        second = self.corrected()
        sheets.submit([second], by=self.office, on=LATER)

        for name in ("standing_office", "deputy", "contributor"):
            with self.subTest(name), self.assertRaises(Refused):
                sheets.sign([second], by=getattr(self.cast, name), on=LATER)

    def test_a_third_version_replaces_the_second(self):
        second = self.signed_anew()
        third = versions.reopen(second, by=self.office, reason="Cộng nhầm")

        assert (third.version, third.replaces) == (3, second)

    def test_changed_past_the_portal_it_is_found(self):
        second = self.signed_anew()
        ScoreLine.objects.filter(sheet=second, criterion="muc-gop-y").update(corrected=4)

        assert sheets.violations() == [f"{second}: nội dung khác bản đã ký."]

    def test_its_table_says_so_and_its_sum_recomputes(self):
        second = self.signed_anew()

        page = load_workbook(io.BytesIO(table.as_xlsx([second]))).active
        rows = [[cell.value for cell in row] for row in page.rows]

        begin = next(place for place, row in enumerate(rows) if row[0] == "STT")
        above = [row[0] for row in rows[:begin]]
        assert f"Bản 2, thay bản 1. Lý do: {REASON}" in above
        assert any(str(line).endswith(": 0 thành 1,5.") for line in above)
        assert sum(row[3] for row in rows[begin + 1 : -1]) == rows[-1][3] == 17.5
        assert table.file_name([second], "xlsx") == "phieu-cham-diem-2020-07-my-long-ban-2.xlsx"


class Readers(Versions):
    def months(self) -> dict:
        return json.loads(self.client.get(reverse("reporting_api_month", args=["2020-07"])).content)

    def test_the_province_reads_the_former_until_the_new_one_is_signed_then_the_new_one(self):
        (row,) = self.months()["sheets"]
        assert (row["version"], row["replaces"], row["changes"]) == (1, None, [])
        self.corrected()
        assert self.months()["sheets"][0]["digest"] == self.first.digest

        second = ScoreSheet.objects.get(version=2)
        sheets.submit([second], by=self.office, on=LATER)
        sheets.sign([second], by=self.head, on=LATER)

        (row,) = self.months()["sheets"]
        assert (row["version"], row["replaces"], row["points"]) == (2, self.first.digest, 17.5)
        assert row["version_reason"] == REASON
        schema = {"$ref": "#/components/schemas/Month", "components": openapi.description()["components"]}
        assert [error.message for error in Draft202012Validator(schema).iter_errors(self.months())] == []

    def test_an_unsigned_version_is_seen_by_its_site_and_the_board_alone(self):
        second = self.corrected()
        for name, is_seen in (("contributor", True), ("head", True), ("contributor_my_xuyen", False)):
            self.client.force_login(getattr(self.cast, name))
            address = reverse("reporting_sheet", args=[second.pk])
            with self.subTest(name):
                assert self.client.get(address).status_code == (200 if is_seen else 404)
                former = self.client.get(reverse("reporting_sheet", args=[self.first.pk])).content.decode()
                assert (address in former) is is_seen

    def test_the_month_counts_one_sheet_a_site(self):
        second = self.corrected()
        self.client.force_login(self.head)
        address = reverse("reporting_month_file", args=["2020-07", "xlsx"])
        for expected in (self.first, second):
            book = load_workbook(io.BytesIO(self.client.get(address).content))
            rows = [[cell.value for cell in row] for row in book["Tổng hợp"].rows]
            own = [row for row in rows if row[1] == "Phường Mỹ Long"]
            with self.subTest(str(expected)):
                assert [row[3] for row in own] == [float(table.sums(expected).awarded)]
            if second.is_open:
                second = sheets.sign(sheets.submit([second], by=self.office, on=LATER), by=self.head, on=LATER)[0]

    def test_it_is_made_corrected_submitted_and_signed_by_the_buttons(self):
        self.client.force_login(self.office)
        with time_machine.travel(LATER):
            address = reverse("reporting_reopen", args=[self.first.pk])
            self.assertContains(self.client.get(reverse("reporting_sheet", args=[self.first.pk])), address)
            self.assertContains(self.client.post(address, {"reason": ""}), "Hãy ghi lý do lập bản mới")
            self.client.post(address, {"reason": REASON})
            second = ScoreSheet.objects.get(version=2)
            correct = reverse("reporting_correct", args=[line_of(second, "muc-gop-y").pk])
            self.client.post(correct, {"points": "1,5", "reason": "Có bản giấy", "note": ""})
            self.client.post(reverse("reporting_submit", args=[second.pk]))
            self.client.force_login(self.head)
            sign = reverse("reporting_sign", args=[second.pk])
            self.assertContains(self.client.get(sign), "0 thành 1,5")
            self.client.post(sign)
            self.assertContains(self.client.get(address), "chưa có bản mới")

        assert ScoreSheet.objects.get(version=2).is_signed

    def test_the_list_costs_the_same_with_versions(self):
        self.client.force_login(self.head)
        address = reverse("reporting_sheets") + "?thang=2020-07"
        self.client.get(address)
        with CaptureQueriesContext(connection) as before:
            self.client.get(address)
        self.reopened()

        with CaptureQueriesContext(connection) as after:
            page = self.client.get(address)

        self.assertContains(page, "(bản 2)")
        assert len(after) <= len(before)
