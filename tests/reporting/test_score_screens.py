"""The screens of scoring: what each person sees and presses; the tables and the data that come of it."""

import io
import json
from datetime import date, timedelta
from decimal import Decimal

import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from jsonschema import Draft202012Validator
from openpyxl import load_workbook
from pypdf import PdfReader

from base.gate import Refused
from reporting import own_work
from reporting.models import ScoreLine, ScoreSheet
from reporting.scoring import matrix, openapi, sheets, table
from tests.city import CityTestCase, draft, publish_at_once
from tests.desks import rows_for
from tests.reporting.scores import AFTER, few_criteria, line_of, measured, signed, submitted
from tests.sections import pages
from vietnam.dates import format_short
from workflows import deadlines
from workflows.dashboard import queue_screen, work_queue
from workflows.deadlines import acting

MOST_QUERIES = 25
DESCRIPTION = openapi.description()


class Screens(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        few_criteria()
        publish_at_once(draft(pages.article(), cls.city.section(cls.city.my_long)))
        cls.sheets = measured()
        cls.sheet = cls.sheets["my-long"]

    def words(self, name, *args, query=""):
        return self.client.get(reverse(name, args=args) + query).content.decode()

    def test_a_ward_sees_its_own_row_and_no_unsigned_sheet_of_another(self):
        self.client.force_login(self.cast.contributor)

        words = self.words("reporting_sheets", query="?thang=2020-07")

        self.assertIn("Phường Mỹ Long", words)
        self.assertNotIn("Phường Mỹ Xuyên", words)
        for name, more in (("reporting_sheet", []), ("reporting_sheet_file", ["xlsx"]), ("reporting_assess", [])):
            address = reverse(name, args=[self.sheets["my-xuyen"].pk, *more])
            self.assertEqual(self.client.get(address).status_code, 404)

    def test_the_month_before_stands_beside_only_for_who_may_see_its_sheet(self):
        june = {sheet.site.slug: sheet for sheet in sheets.measure(date(2020, 6, 1), on=date(2020, 6, 30))}
        for name in ("my-long", "my-xuyen"):
            line = line_of(june[name], "an-toan")
            sheets.correct(line, by=self.cast.standing_office, points=Decimal("1.37"), reason="Kiểm tra")
            signed(self.sheets[name], office=self.cast.standing_office, head=self.cast.head)

        for user, name, is_seen in (
            (self.cast.contributor, "my-xuyen", False),
            (self.cast.contributor, "my-long", True),
            (self.cast.head, "my-xuyen", True),
        ):
            with self.subTest(user=user.username, sheet=name):
                self.client.force_login(user)
                self.assertEqual("1,37" in self.words("reporting_sheet", self.sheets[name].pk), is_seen)

    def test_a_criterion_that_waits_gets_its_points_on_all_sites_of_the_month_but_those_left_out(self):
        office, screen = self.cast.standing_office, reverse("reporting_score_waiting", args=["2020-07"])
        left = self.sheets["my-xuyen"]
        self.client.force_login(office)
        self.assertContains(self.client.get(reverse("reporting_sheets"), {"thang": "2020-07"}), screen)
        page = self.client.get(screen)
        self.assertContains(page, f"{len(self.sheets)} trang chờ chấm")
        self.assertContains(page, 'type="radio" name="criterion"')
        self.assertContains(page, "Ghi điểm, trừ các trang đã đánh dấu")
        data = {"criterion": "an-toan", "points": "1,5", "reason": "Đã kiểm tra", "left_out": [str(left.pk)]}

        for wrong, words in (
            ({"points": ""}, "Hãy ghi điểm."),
            ({"points": "99"}, "Điểm phải từ 0 đến"),
            ({"reason": " "}, "Hãy ghi lý do sửa điểm"),
            ({"points": "", "reason": " "}, "Hãy ghi lý do sửa điểm"),
            ({"criterion": "muc-tin-tuc"}, "không còn chờ chấm"),
            ({"left_out": [str(sheet.pk) for sheet in self.sheets.values()]}, "bỏ đánh dấu ít nhất một trang"),
        ):
            with self.subTest(words):
                self.assertContains(self.client.post(screen, data | wrong), words)
        self.assertFalse(ScoreLine.objects.exclude(corrected=None).exists())
        self.client.post(screen, data)

        given = ScoreLine.objects.filter(criterion="an-toan").values_list("sheet", "corrected", "correction_reason")
        expected = {sheet.pk: (Decimal("1.5"), "Đã kiểm tra") for sheet in self.sheets.values()} | {left.pk: (None, "")}
        self.assertEqual({key: (points, reason) for key, points, reason in given}, expected)
        self.assertTrue(ScoreSheet.objects.get(pk=self.sheet.pk).writers.filter(pk=office.pk).exists())
        self.client.post(screen, data | {"left_out": []})
        self.assertContains(self.client.get(screen), "Không còn tiêu chí nào")
        self.client.force_login(self.cast.contributor)
        self.assertEqual(self.client.post(screen, data).status_code, 302)

    def test_who_corrects_a_line_is_shown_what_another_person_gave_it_meanwhile(self):
        line = line_of(self.sheet, "an-toan")
        self.client.force_login(self.cast.standing_office)
        screen = reverse("reporting_correct", args=[line.pk])
        sheets.correct(line, by=self.cast.head, points=Decimal("1.5"), reason="Theo phản ánh")

        self.assertContains(self.client.get(screen), f"Điểm sửa đang ghi: 1,5, {self.cast.head}; lý do: Theo phản ánh")

    def test_points_that_another_person_gave_meanwhile_stay(self):
        waiting = [line_of(sheet, "an-toan") for sheet in self.sheets.values()]
        sheets.correct(waiting[0], by=self.cast.head, points=Decimal(2), reason="Đã kiểm tra")

        with self.assertRaisesRegex(Refused, f"vừa có điểm ở {waiting[0].sheet.site_name}; "):
            sheets.score_waiting(waiting, by=self.cast.standing_office, points=Decimal(1), reason="Như nhau")

        given = ScoreLine.objects.exclude(corrected=None).values_list("pk", "corrected", "correction_reason")
        self.assertEqual(list(given), [(waiting[0].pk, Decimal(2), "Đã kiểm tra")])

    def test_a_month_is_submitted_but_for_the_sheets_that_lack_something_which_are_named(self):
        ready = self.sheets["my-xuyen"]
        for line in ready.lines.filter(measured=None):
            sheets.correct(line, by=self.cast.standing_office, points=Decimal(2), reason="Đã kiểm tra")
        self.client.force_login(self.cast.standing_office)
        screen = reverse("reporting_submit_month", args=["2020-07"])
        with time_machine.travel(AFTER, tick=True):
            page = self.client.get(screen)
            self.assertContains(page, reverse("reporting_correct", args=[line_of(self.sheet, "an-toan").pk]))
            self.assertNotContains(page, reverse("reporting_correct", args=[line_of(ready, "an-toan").pk]))

            self.client.post(screen)
            nothing = self.client.get(screen)

        states = dict(ScoreSheet.objects.values_list("pk", "state"))
        self.assertEqual(states.pop(ready.pk), ScoreSheet.State.SUBMITTED)
        self.assertEqual(set(states.values()), {ScoreSheet.State.OPEN})
        self.assertNotContains(nothing, "portal_submission")
        self.assertContains(nothing, "phải có điểm mới trình được")

    def test_a_month_is_signed_but_for_the_sheets_that_another_must_sign_which_are_named(self):
        head, month = self.cast.head, ScoreSheet.objects.get(pk=self.sheet.pk).month
        own = self.sheets["my-xuyen"]
        sheets.correct(line_of(own, "muc-tin-tuc"), by=head, points=Decimal(1), reason="Thấy rõ")
        for sheet in self.sheets.values():
            submitted(sheet, by=self.cast.standing_office)
        self.client.force_login(head)
        screen = reverse("reporting_sign_month", args=[f"{month:%Y-%m}"])
        with time_machine.travel(AFTER, tick=True):
            self.assertContains(self.client.get(screen), f"{own}: phải do Trưởng ban ký")
            for name in ("reporting_sign", "reporting_send_back"):
                self.assertNotContains(self.client.get(reverse(name, args=[own.pk])), "portal_submission")

            self.client.post(screen)

        states = {sheet.pk: sheet.state for sheet in ScoreSheet.objects.all()}
        self.assertEqual(states.pop(own.pk), ScoreSheet.State.SUBMITTED)
        self.assertEqual(set(states.values()), {ScoreSheet.State.SIGNED})

    def test_what_is_not_scored_yet_lowers_no_share_and_is_counted(self):
        total = table.sums(self.sheet)
        self.client.force_login(self.cast.head)

        one = self.words("reporting_sheet", self.sheet.pk)
        month = self.words("reporting_sheets", query="?thang=2020-07")

        self.assertEqual((total.waiting, total.most - total.scored), (1, line_of(self.sheet, "an-toan").max_points))
        self.assertEqual(
            table.percent(total.awarded, total.scored), round(float(100 * total.awarded / total.scored), 1)
        )
        share = table.percent(total.awarded, total.scored)
        self.assertIn(table.percent_text(share, 1), one)
        # In the list of the month what is left out has a column of its own.
        cells = f'<td data-label="Tỷ lệ">{table.percent_text(share, 0)}</td><td data-label="Chờ chấm">1</td>'
        self.assertIn(cells, month)
        full = submitted(self.sheet, by=self.cast.standing_office)
        self.assertEqual((table.sums(full).waiting, table.sums(full).scored), (0, total.most))
        self.assertNotIn("chờ chấm", self.words("reporting_sheet", self.sheet.pk))

    def test_what_keeps_a_sheet_from_being_submitted_is_named_with_the_way_to_it(self):
        waiting = line_of(self.sheet, "an-toan")
        way = f'<a href="{reverse("reporting_correct", args=[waiting.pk])}">{waiting.label}</a>'
        self.client.force_login(self.cast.standing_office)
        address = reverse("reporting_submit", args=[self.sheet.pk])

        with time_machine.travel(AFTER):
            refused = self.client.post(address).content.decode()
            self.assertIn("phải có điểm mới trình được", refused)
            for words in (refused, self.words("reporting_sheet", self.sheet.pk)):
                self.assertInHTML(way, words)
            sheets.correct(waiting, by=self.cast.standing_office, points=Decimal(1), reason="Kiểm tra")
            self.assertNotIn("chờ chấm", self.client.get(address).content.decode())
            self.client.post(address)

        self.sheet.refresh_from_db()
        self.assertEqual(self.sheet.state, ScoreSheet.State.SUBMITTED)

    def test_sites_stand_in_the_order_of_all_lists_in_every_month(self):
        sheets.measure(date(2020, 6, 1), on=date(2020, 6, 30), sites=list(reversed(matrix.open_sites())))
        self.client.force_login(self.cast.standing_office)

        for month in ("2020-06", "2020-07"):
            lines = self.client.get(reverse("reporting_sheets"), {"thang": month}).context["lines"]
            self.assertEqual([line.sheet.site for line in lines], matrix.open_sites())

    def test_the_list_costs_the_same_for_many_sheets(self):
        self.client.force_login(self.cast.head)
        self.words("reporting_sheets", query="?thang=2020-07")

        with CaptureQueriesContext(connection) as queries:
            self.words("reporting_sheets", query="?thang=2020-07")

        self.assertLessEqual(len(queries), 30)

    def test_a_ward_assesses_itself_on_one_screen_and_a_wrong_number_keeps_what_was_typed(self):
        self.client.force_login(self.cast.contributor)
        address = reverse("reporting_assess", args=[self.sheet.pk])
        keys = {line.criterion: f"line-{line.pk}" for line in self.sheet.lines.all()}

        wrong = self.client.post(address, {keys["muc-tin-tuc"]: "7", keys["muc-gop-y"]: "1,5"})
        self.client.post(address, {keys["muc-tin-tuc"]: "5,5", keys["muc-gop-y"]: "1,5"})

        self.assertIn("Điểm phải từ 0 đến 6", wrong.content.decode())
        self.assertIn('value="1,5"', wrong.content.decode())
        self.assertEqual(line_of(self.sheet, "muc-tin-tuc").self_assessed, Decimal("5.5"))

    def test_office_and_head_go_from_the_month_to_a_signed_sheet_by_the_buttons(self):
        self.client.force_login(self.cast.standing_office)
        with time_machine.travel(AFTER):
            for sheet in self.sheets.values():
                for code, points in (("an-toan", "2"), ("muc-gop-y", "")):
                    self.client.post(
                        reverse("reporting_correct", args=[line_of(sheet, code).pk]),
                        {"points": points, "reason": "Đã kiểm tra", "note": "Theo sổ"},
                    )
            self.assertIn("Trình ký các phiếu", self.words("reporting_sheets", query="?thang=2020-07"))
            self.client.post(reverse("reporting_submit_month", args=["2020-07"]))
            self.client.force_login(self.cast.head)
            self.assertIn("Ký các phiếu đã trình", self.words("reporting_sheets", query="?thang=2020-07"))
            self.client.post(reverse("reporting_send_back", args=[self.sheet.pk]), {"reason": "Xem lại"})
            self.client.post(reverse("reporting_sign_month", args=["2020-07"]))

        states = dict(ScoreSheet.objects.values_list("site__slug", "state"))
        self.assertEqual(states.pop("my-long"), ScoreSheet.State.OPEN)
        self.assertEqual(set(states.values()), {ScoreSheet.State.SIGNED})
        self.client.force_login(self.cast.contributor)
        self.assertIn("Trưởng ban trả lại: Xem lại", self.words("reporting_sheet", self.sheet.pk))

    def test_one_sheet_is_submitted_and_signed_by_its_own_buttons(self):
        sheets.correct(line_of(self.sheet, "an-toan"), by=self.cast.standing_office, points=Decimal(3), reason="Đủ")
        self.client.force_login(self.cast.standing_office)
        with time_machine.travel(AFTER):
            self.client.post(reverse("reporting_submit", args=[self.sheet.pk]))
            self.client.force_login(self.cast.head)
            address = reverse("reporting_sign", args=[self.sheet.pk])
            self.assertIn(address, self.words("reporting_sheet", self.sheet.pk))
            self.client.post(address)

        self.sheet.refresh_from_db()
        self.assertTrue(self.sheet.is_signed)

    def test_what_was_corrected_since_the_screen_was_opened_is_not_signed(self):
        waiting = submitted(self.sheet, by=self.cast.standing_office)
        self.client.force_login(self.cast.head)
        address = reverse("reporting_sign", args=[waiting.pk])
        with time_machine.travel(AFTER):
            stamp = self.client.get(address).context["seen_stamp"]
            sheets.send_back(waiting, by=self.cast.head, reason="Sai")
            sheets.correct(line_of(waiting, "muc-gop-y"), by=self.cast.standing_office, points=Decimal(1), reason="Sửa")
            submitted(waiting, by=self.cast.standing_office)
            self.client.post(address, {"portal_seen": stamp})

        waiting.refresh_from_db()
        self.assertEqual(waiting.state, ScoreSheet.State.SUBMITTED)

    def test_the_office_measures_without_waiting_for_the_morning(self):
        ScoreSheet.objects.update(measured_on=self.sheet.month)
        self.client.force_login(self.cast.standing_office)

        self.client.post(reverse("reporting_measure", args=["2020-07"]))

        self.sheet.refresh_from_db()
        self.assertGreater(self.sheet.measured_on, self.sheet.month)

    def test_a_month_that_is_none_is_not_there(self):
        self.client.force_login(self.cast.head)

        for month in ("2020-13", "x"):
            address = reverse("reporting_month_file", args=[month, "xlsx"])
            self.assertEqual(self.client.get(address).status_code, 404)


class Tables(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        few_criteria()
        publish_at_once(draft(pages.article(), cls.city.section(cls.city.my_long)))
        cls.sheets = measured()
        office = cls.cast.standing_office
        sheets.correct(
            line_of(cls.sheets["my-long"], "muc-gop-y"), by=office, points=Decimal("1.25"), reason="Bản giấy"
        )
        cls.signed = signed(cls.sheets["my-long"], office=office, head=cls.cast.head)

    def test_the_spreadsheet_has_the_official_columns_and_its_sum_recomputes(self):
        page = load_workbook(io.BytesIO(table.as_xlsx([self.signed]))).active
        rows = [[cell.value for cell in row] for row in page.rows]
        begin = next(place for place, row in enumerate(rows) if row[0] == "STT")

        lines, total = rows[begin + 1 : -1], rows[-1]

        self.assertEqual(
            rows[begin],
            [
                "STT",
                "Tiêu chí",
                "Điểm tối đa",
                "Điểm đạt",
                "Tự đánh giá",
                "Hiện trạng",
                "Liên kết",
                "Ghi chú",
            ],
        )
        self.assertEqual([sum(row[place] for row in lines) for place in (2, 3)], total[2:4])
        self.assertEqual(total[3], 17.25)
        self.assertIn("Sửa điểm: Bản giấy (điểm đo 0)", [row[7] for row in lines])

    def test_the_month_has_a_sheet_a_site_and_one_that_sums_up(self):
        with_lines = ScoreSheet.objects.select_related("site").prefetch_related("lines")

        book = load_workbook(io.BytesIO(table.as_xlsx(list(with_lines))))

        self.assertEqual(book.sheetnames, ["Tổng hợp", "long-xuyen", "my-long", "my-xuyen", "dong-xuyen"])

    def test_the_paper_says_who_signed_and_the_same_total(self):
        words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(table.as_pdf([self.signed]))).pages)

        self.assertIn("Phiếu chấm điểm trang thông tin điện tử tháng 07/2020", " ".join(words.split()))
        self.assertIn("17,25", words)
        self.assertIn("Cán bộ mẫu 07", words)

    def test_what_waits_for_points_is_not_written_as_none(self):
        waiting = line_of(self.sheets["my-xuyen"], "muc-gop-y")
        ScoreLine.objects.filter(pk=waiting.pk).update(measured=None)
        sheet = ScoreSheet.objects.get(pk=self.sheets["my-xuyen"].pk)

        words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(table.as_pdf([sheet]))).pages)

        waiting = [line for line in sheet.lines.all() if line.waits_for_points]
        # Once a line, and once beside the share that leaves them out.
        self.assertEqual(" ".join(words.split()).count("chờ chấm"), len(waiting) + 1)
        self.assertIn(f"chưa tính {len(waiting)} tiêu chí chờ chấm", " ".join(words.split()))

    def test_a_screen_names_its_sheet_once(self):
        self.client.force_login(self.cast.head)

        words = self.client.get(reverse("reporting_sheet", args=[self.signed.pk])).content.decode()

        self.assertIn("<title>", words)
        self.assertNotIn("Phiếu chấm điểm: Phiếu chấm điểm", words)
        self.assertIn("tháng 07/2020 · Phường Mỹ Long", words)

    def test_the_files_are_given_on_the_screens(self):
        self.client.force_login(self.cast.contributor_my_xuyen)

        for ending, sign in (("xlsx", b"PK"), ("pdf", b"%PDF")):
            one = self.client.get(reverse("reporting_sheet_file", args=[self.signed.pk, ending]))
            month = self.client.get(reverse("reporting_month_file", args=["2020-07", ending]))
            self.assertTrue(one.content.startswith(sign) and month.content.startswith(sign))
        self.assertEqual(
            self.client.get(reverse("reporting_sheet_file", args=[self.signed.pk, "doc"])).status_code, 404
        )

    def test_the_province_reads_signed_sheets_and_no_other(self):
        months = self.client.get(reverse("reporting_api_months"))
        month = self.client.get(reverse("reporting_api_month", args=["2020-07"]))

        for schema, answer in (("Months", months), ("Month", month)):
            validator = Draft202012Validator(
                {"$ref": f"#/components/schemas/{schema}", "components": DESCRIPTION["components"]}
            )
            self.assertEqual([error.message for error in validator.iter_errors(json.loads(answer.content))], [])
        found = json.loads(month.content)["sheets"]
        self.assertEqual(
            [(row["site"], row["points"], row["digest"]) for row in found], [("my-long", 17.25, self.signed.digest)]
        )

    def test_a_month_that_is_none_or_has_nothing_signed_is_a_problem_in_vietnamese(self):
        for month, status in (("2020-7", 400), ("2020-08", 404)):
            answer = self.client.get(reverse("reporting_api_month", args=[month]))
            self.assertEqual(
                (answer.status_code, answer.headers["Content-Type"]),
                (status, "application/problem+json; charset=utf-8"),
            )

    def test_the_description_names_each_address(self):
        described = json.loads(self.client.get(reverse("reporting_api_description")).content)

        self.assertEqual(
            set(described["paths"]),
            {
                "/api/cham-diem/v1/thang/",
                "/api/cham-diem/v1/thang/{month}/",
                "/api/cham-diem/v1/openapi.json",
            },
        )


class FirstScreen(CityTestCase):
    def test_a_submitted_sheet_waits_for_the_head_and_not_for_who_submitted_it(self):
        few_criteria()
        submitted(measured()["my-long"], by=self.cast.standing_office)

        titles = [row.title for row in rows_for(self.cast.head)]

        self.assertIn("Phiếu chấm điểm Phường Mỹ Long", titles)
        self.assertNotIn("Phiếu chấm điểm Phường Mỹ Long", [row.title for row in rows_for(self.cast.standing_office)])

    def test_a_ward_is_told_what_it_owes_this_week_and_the_board_is_not(self):
        cache.clear()
        with time_machine.travel(AFTER):
            told = queue_screen.notices_of(work_queue.Scope(self.cast.contributor, AFTER))
            of_head = queue_screen.notices_of(work_queue.Scope(self.cast.head, AFTER))

        owed = [notice.text for notice in told if "còn nợ" in notice.text]
        self.assertEqual(len(owed), 1)
        self.assertIn("Tuần này (đến 09/08/2020) Phường Mỹ Long còn nợ:", owed[0])
        self.assertIn("Tuyên truyền", owed[0])
        self.assertEqual([notice for notice in of_head if "còn nợ" in notice.text], [])

    def test_what_is_owed_is_named_with_its_day_and_who_does_it_and_leads_to_the_board_of_deadlines(self):
        cache.clear()
        page = self.city.section(self.city.my_long)
        with time_machine.travel(AFTER, tick=False):
            [before] = own_work.owed_this_week(work_queue.Scope(self.cast.contributor, AFTER))
            deadline = deadlines.start(
                page, "DL-DOC-OWN", on=AFTER.date(), site=self.city.my_long, title="Đăng văn bản"
            )
            cache.clear()
            [notice] = own_work.owed_this_week(work_queue.Scope(self.cast.contributor, AFTER))
            people = ", ".join(map(str, acting.Actors([deadline]).of(deadline)))
            self.client.force_login(self.cast.contributor)
            board = self.client.get(notice.address)

        self.assertEqual(before.address, reverse("reporting_matrix"))
        self.assertIn(f"1 việc đến hạn («Đăng văn bản», {format_short(deadline.last_day)}, {people})", notice.text)
        self.assertTrue(people)
        self.assertContains(board, "Đăng văn bản")

    def test_what_a_ward_owes_is_counted_anew_after_a_minute_however_often_it_is_looked_at(self):
        cache.clear()
        told = []
        with time_machine.travel(AFTER, tick=False) as clock:
            for look in range(3):
                [notice] = own_work.owed_this_week(work_queue.Scope(self.cast.contributor, AFTER))
                told.append("1 việc đến hạn" in notice.text)
                if not look:
                    page = self.city.section(self.city.my_long)
                    deadlines.start(page, "DL-DOC-OWN", on=AFTER.date(), site=self.city.my_long, title="Đăng văn bản")
                clock.shift(timedelta(seconds=40))

        self.assertEqual(told, [False, False, True])

    def test_the_first_screen_of_each_role_stays_within_its_queries(self):
        few_criteria()
        measured()
        for role in ("contributor", "unit_head", "ward_approver", "editor", "standing_office", "deputy", "head"):
            self.client.force_login(getattr(self.cast, role))
            # What the menu counts, and what a ward owes, is counted once a minute.
            self.client.get(reverse("workflows_dashboard"))

            with self.subTest(role), CaptureQueriesContext(connection) as queries:
                self.client.get(reverse("workflows_dashboard"))

            self.assertLessEqual(len(queries), MOST_QUERIES, role)

    def test_sheets_that_wait_for_the_person_stand_first_in_the_list_of_the_month(self):
        few_criteria()
        last = measured()["my-xuyen"]
        submitted(last, by=self.cast.standing_office)
        self.client.force_login(self.cast.head)

        lines = self.client.get(reverse("reporting_sheets"), {"thang": f"{last.month:%Y-%m}"}).context["lines"]

        self.assertEqual(lines[0].sheet, last)
        self.assertGreater(len(lines), 1)

    def test_a_contributor_reaches_the_sheets_from_it(self):
        self.client.force_login(self.cast.contributor)

        self.assertIn(reverse("reporting_sheets"), self.client.get(reverse("workflows_dashboard")).content.decode())
