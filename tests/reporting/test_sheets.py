"""The life of a score sheet: measured, assessed, corrected, submitted, signed; frozen from then on."""

from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from wagtail.models import ModelLogEntry

from base.gate import Refused
from reporting import own_work, seeding
from reporting.models import Criterion, ScoreLine, ScoreSheet
from reporting.scoring import rights, sheets
from sections import catalogue
from tests.city import CityTestCase, appointed, draft, fresh, publish_at_once
from tests.reporting.scores import AFTER, MONTH, TODAY, few_criteria, line_of, measured, signed, submitted
from tests.sections import pages
from workflows import deadlines
from workflows.archive import copies, verifying
from workflows.dashboard import work_queue
from workflows.models import ArchiveCopy, LiveFinding
from workflows.upkeep import invariants

State = ScoreSheet.State


class Prepared(CityTestCase):
    """Four criteria; Mỹ Long has news, nothing else has anything."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        few_criteria()
        publish_at_once(draft(pages.article(), cls.city.section(cls.city.my_long)))

    def sheet(self, slug="my-long") -> ScoreSheet:
        return measured()[slug]


class Measuring(Prepared):
    def test_a_section_gives_its_points_or_none(self):
        sheet = self.sheet()

        self.assertEqual(line_of(sheet, "muc-tin-tuc").awarded, Decimal(6))
        self.assertEqual(line_of(sheet, "muc-gop-y").awarded, Decimal(0))
        self.assertTrue(line_of(sheet, "an-toan").waits_for_points)

    def test_deadlines_give_the_share_that_was_met_in_time(self):
        page = self.city.section(self.city.my_long, "van-ban")
        for number, met_on in enumerate((date(2020, 7, 3), date(2020, 7, 6), None)):
            deadline = deadlines.start(
                page
                if not number
                else self.city.section(self.city.my_long, "tin-tuc")
                if number == 1
                else self.city.home,
                "DL-DOC-OWN",
                on=date(2020, 7, 1),
                site=self.city.my_long,
                title=f"Đăng văn bản {number}",
            )
            if met_on:
                deadlines.meet(deadline, on=met_on)

        line = line_of(self.sheet(), "han-van-ban")

        self.assertEqual((line.measured, line.found), (Decimal("2.67"), "1/3 việc đúng hạn (33,3%)"))

    def test_without_anything_due_the_deadlines_cost_nothing(self):
        self.assertEqual(line_of(self.sheet(), "han-van-ban").measured, Decimal(8))

    def test_a_page_and_a_document_of_one_number_are_two_things_to_correct(self):
        found = (("sections.ArticlePage", "a"), ("sections.ArticlePage", "b"), ("legalref.LegalDocument", "a"))
        LiveFinding.objects.bulk_create(
            LiveFinding(
                owner_site=self.city.my_long,
                object_type=object_type,
                object_id="5",
                level="blocker",
                since=AFTER,
                checked_at=AFTER,
                message=message,
            )
            for object_type, message in found
        )
        Criterion.objects.filter(code="an-toan").update(measure=Criterion.Measure.FINDINGS, max_points=10)

        line = line_of(self.sheet(), "an-toan")

        self.assertEqual((line.measured, line.found), (Decimal(8), "2 trang, văn bản còn lỗi phải sửa"))

    def test_measures_anew_and_leaves_what_people_typed(self):
        sheet = self.sheet("my-xuyen")
        line = sheets.correct(
            line_of(sheet, "muc-gop-y"), by=self.cast.standing_office, points=Decimal(1), reason="Có bản giấy"
        )
        publish_at_once(draft(pages.article(), self.city.section(self.city.my_xuyen)))

        measured()

        self.assertEqual(line_of(sheet, "muc-tin-tuc").measured, Decimal(6))
        self.assertEqual(line_of(sheet, "muc-gop-y").corrected, line.corrected)

    def test_a_month_to_come_is_refused_by_name(self):
        with self.assertRaisesMessage(ValidationError, "Tháng 08/2020 chưa bắt đầu"):
            sheets.measure(date(2020, 8, 1), on=TODAY)

    def test_the_job_measures_the_month_and_closes_the_one_before(self):
        sheets.measure_due(on=datetime(2020, 7, 30, 6, tzinfo=deadlines.VIETNAM))

        sheets.measure_due(on=datetime(2020, 8, 1, 6, tzinfo=deadlines.VIETNAM))

        found = dict(ScoreSheet.objects.filter(site=self.city.my_long).values_list("month", "measured_on"))
        self.assertEqual(found, {date(2020, 7, 1): date(2020, 7, 31), date(2020, 8, 1): date(2020, 8, 1)})

    def test_twice_the_sites_cost_no_more_reading(self):
        measured()

        with CaptureQueriesContext(connection) as one:
            sheets.measure(MONTH, on=TODAY, sites=[self.city.my_long])
        with CaptureQueriesContext(connection) as two:
            sheets.measure(MONTH, on=TODAY, sites=[self.city.my_long, self.city.my_xuyen])

        # Each sheet is written: itself, its lines read and stored, and the point that a transaction can go back to.
        self.assertLessEqual(len(two) - len(one), 8)

    def test_the_shipped_list_looks_at_every_mandatory_section(self):
        seeding.load_criteria()

        looked_at = {row.section_key for row in Criterion.objects.all() if row.measure == Criterion.Measure.SECTION}
        required = {
            row.key
            for row in catalogue.SECTIONS
            if catalogue.REQUIRED in (row.obligation("city", TODAY), row.obligation("ward", TODAY))
        }
        self.assertEqual(required - looked_at, set())

    def test_loading_the_list_again_changes_nothing(self):
        seeding.load_criteria()
        Criterion.objects.filter(code="an-toan").update(max_points=9)

        self.assertEqual(seeding.load_criteria(), [])
        self.assertEqual(Criterion.objects.get(code="an-toan").max_points, 9)


class People(Prepared):
    def test_a_ward_assesses_itself_within_the_points_that_there_are(self):
        sheet = self.sheet()
        line = line_of(sheet, "muc-tin-tuc")

        sheets.assess(sheet, {line.pk: Decimal("5.5")}, by=self.cast.contributor)

        self.assertEqual(line_of(sheet, "muc-tin-tuc").self_assessed, Decimal("5.5"))
        with self.assertRaisesMessage(ValidationError, "Điểm phải từ 0 đến 6"):
            sheets.assess(sheet, {line.pk: Decimal("6.01")}, by=self.cast.contributor)

    def test_nobody_assesses_another_ward(self):
        with self.assertRaises(Refused):
            sheets.assess(self.sheet(), {}, by=self.cast.contributor_my_xuyen)

    def test_a_correction_needs_a_reason_and_the_office(self):
        line = line_of(self.sheet(), "muc-gop-y")

        with self.assertRaisesMessage(ValidationError, "Hãy ghi lý do"):
            sheets.correct(line, by=self.cast.standing_office, points=Decimal(1), reason=" ")
        with self.assertRaises(Refused):
            sheets.correct(line, by=self.cast.contributor, points=Decimal(1), reason="Vì sao không")
        sheets.correct(line, by=self.cast.standing_office, points=Decimal(1), reason="Có bản giấy", note="Xem sổ")
        taken_back = sheets.correct(line, by=self.cast.standing_office, points=None, reason="")

        self.assertEqual((taken_back.awarded, taken_back.correction_reason), (Decimal(0), ""))

    def test_a_sheet_with_points_missing_is_not_submitted_and_says_which(self):
        with self.assertRaisesMessage(Refused, "Bảo đảm an toàn thông tin"):
            sheets.submit([self.sheet()], by=self.cast.standing_office)

    def test_a_sheet_that_was_not_measured_to_the_end_of_its_month_is_not_submitted(self):
        sheet = measured(date(2020, 7, 10))["my-long"]

        for on in (datetime(2020, 7, 10, 9, tzinfo=deadlines.VIETNAM), AFTER):
            with self.subTest(on), self.assertRaisesMessage(Refused, "mới đo đến ngày 10/07/2020"):
                submitted(sheet, by=self.cast.standing_office, on=on)
        measured(date(2020, 8, 3))

        self.assertEqual(submitted(sheet, by=self.cast.standing_office).measured_on, date(2020, 7, 31))

    def test_the_head_returns_it_with_a_reason_and_it_is_open_again(self):
        sheet = submitted(self.sheet(), by=self.cast.standing_office)

        with self.assertRaisesMessage(ValidationError, "Hãy ghi lý do trả lại"):
            sheets.send_back(sheet, by=self.cast.head, reason="")
        returned = sheets.send_back(sheet, by=self.cast.head, reason="Xem lại mục góp ý")

        self.assertEqual((returned.state, returned.returned_note), (State.OPEN, "Xem lại mục góp ý"))

    def test_nobody_signs_what_they_submitted_or_corrected(self):
        own = submitted(self.sheet(), by=self.cast.head)
        sheet = self.sheet("my-xuyen")
        sheets.correct(line_of(sheet, "muc-gop-y"), by=self.cast.head, points=Decimal(1), reason="Thấy rõ")
        corrected = submitted(sheet, by=self.cast.standing_office)

        for one in (own, corrected):
            with self.subTest(str(one)), self.assertRaises(Refused):
                sheets.sign([one], by=self.cast.head, on=AFTER)
        with self.assertRaises(Refused):
            sheets.sign([corrected], by=self.cast.deputy, on=AFTER)

    def test_whoever_wrote_anything_into_it_does_not_sign_whatever_became_of_that(self):
        head, office = self.cast.head, self.cast.standing_office
        half = {"points": Decimal("0.5"), "reason": "Kiểm tra"}
        nothing = {"points": None, "reason": ""}
        ways = {
            "another edits the note of the points": ([(head, half), (office, half | {"note": "Ghi thêm"})], False),
            "another replaces the points": ([(head, half), (office, half | {"points": Decimal(1)})], False),
            "the points are taken back": ([(head, half), (head, nothing)], False),
            "another's points are taken back": ([(office, half), (head, nothing)], False),
            "a note": ([(head, nothing | {"note": "Lời trên phiếu"})], False),
            "pressed without a change": ([(office, half), (head, half)], True),
            "all is another's": ([(office, half)], True),
        }
        for name, (written, may_sign) in ways.items():
            with self.subTest(name), transaction.atomic():
                sheet = self.sheet()
                for by, fields in written:
                    sheets.correct(line_of(sheet, "muc-tin-tuc"), by=by, **fields)
                sheet = submitted(sheet, by=office)

                assert rights.may_sign(head, sheet) is may_sign
                assert own_work.sheets_to_sign(work_queue.Scope(head, AFTER)).found.exists() is may_sign
                if may_sign:
                    sheets.sign([sheet], by=head, on=AFTER)
                else:
                    with self.assertRaisesMessage(Refused, "hãy để người được ủy quyền ký"):
                        sheets.sign([sheet], by=head, on=AFTER)
                transaction.set_rollback(True)

    def test_who_said_what_the_site_gives_itself_does_not_sign_it(self):
        appointed(self.cast.contributor, "head", self.city.site)
        sheet = self.sheet()
        sheets.assess(sheet, {line_of(sheet, "muc-tin-tuc").pk: Decimal(5)}, by=self.cast.contributor)
        sheet = submitted(sheet, by=self.cast.standing_office)

        with self.assertRaises(Refused):
            sheets.sign([sheet], by=fresh(self.cast.contributor), on=AFTER)

    def test_the_database_takes_no_sheet_signed_by_who_submitted_it(self):
        sheet = submitted(self.sheet(), by=self.cast.standing_office)

        with self.assertRaises(IntegrityError), transaction.atomic():
            ScoreSheet.objects.filter(pk=sheet.pk).update(signed_by=self.cast.standing_office)

    def test_the_office_measures_a_month_anew_and_that_is_written_down(self):
        measured(date(2020, 7, 10))

        with self.assertRaises(Refused):
            sheets.measure_again(MONTH, by=self.cast.contributor, on=AFTER)
        sheets.measure_again(MONTH, by=self.cast.standing_office, on=AFTER)

        self.assertEqual(set(ScoreSheet.objects.values_list("measured_on", flat=True)), {date(2020, 7, 31)})
        entries = ModelLogEntry.objects.filter(action="portal.score.measure", user=self.cast.standing_office)
        self.assertEqual(entries.count(), ScoreSheet.objects.count())

    def test_a_month_is_signed_once_it_is_over(self):
        sheet = submitted(self.sheet(), by=self.cast.standing_office)

        with self.assertRaisesMessage(Refused, "tháng chưa hết"):
            sheets.sign([sheet], by=self.cast.head, on=datetime(2020, 7, 31, 23, tzinfo=deadlines.VIETNAM))

        self.assertFalse(rights.may_sign_on(self.cast.head, sheet, date(2020, 7, 31)))
        self.assertTrue(rights.may_sign_on(self.cast.head, sheet, date(2020, 8, 1)))


class Signed(Prepared):
    def setUp(self):
        self.signed = signed(self.sheet(), office=self.cast.standing_office, head=self.cast.head)

    def test_is_sealed_in_the_archive_with_its_tables(self):
        copy = ArchiveCopy.objects.get(pk=self.signed.archive_copy)

        self.assertEqual(copy.content_digest, self.signed.digest)
        self.assertEqual(copies.NO_VERSION, copy.revision_id)
        self.assertEqual([file["name"].rsplit(".", 1)[1] for file in copy.files], ["xlsx", "pdf"])
        self.assertEqual(copies.read(copy.files[1]["digest"])[:5], b"%PDF-")
        self.assertEqual(verifying.verify(), [])
        self.assertEqual([line for line in invariants._halves() if "Bản lưu trữ" in line], [])

    def test_does_not_change_when_content_list_and_site_do(self):
        before = sheets.content_of(ScoreSheet.objects.get(pk=self.signed.pk))
        publish_at_once(draft(pages.consultation(), self.city.section(self.city.my_long, "gop-y")))
        Criterion.objects.update(max_points=50, label="Tiêu chí mới")
        type(self.city.my_long).objects.filter(pk=self.city.my_long.pk).update(name="Phường Mới")

        measured()

        self.assertEqual(sheets.content_of(ScoreSheet.objects.get(pk=self.signed.pk)), before)
        self.assertEqual(sheets.violations(), [])

    def test_takes_no_correction_assessment_or_second_signature(self):
        line = line_of(self.signed, "muc-gop-y")
        attempts = (
            lambda: sheets.correct(line, by=self.cast.standing_office, points=Decimal(4), reason="Muộn"),
            lambda: sheets.assess(self.signed, {line.pk: Decimal(4)}, by=self.cast.contributor),
            lambda: sheets.submit([self.signed], by=self.cast.standing_office),
            lambda: sheets.sign([self.signed], by=self.cast.head, on=AFTER),
            lambda: sheets.send_back(self.signed, by=self.cast.head, reason="Muộn"),
        )
        for attempt in attempts:
            with self.assertRaises(Refused):
                attempt()

    def test_changed_past_the_portal_it_is_found(self):
        ScoreLine.objects.filter(sheet=self.signed, criterion="muc-gop-y").update(measured=4)

        self.assertEqual(sheets.violations(), [f"{self.signed}: nội dung khác bản đã ký."])

    def test_is_seen_by_every_ward_while_open_ones_are_their_own(self):
        seen = {
            name: set(rights.visible_to(fresh(getattr(self.cast, name))).values_list("site__slug", flat=True))
            for name in ("contributor_my_xuyen", "contributor", "head", "accountant")
        }

        self.assertEqual(seen["contributor_my_xuyen"], {"my-long", "my-xuyen"})
        self.assertEqual(seen["contributor"], {"my-long"})
        self.assertEqual(seen["head"], {"long-xuyen", "my-long", "my-xuyen", "dong-xuyen"})
        self.assertEqual(seen["accountant"], {"my-long"})
