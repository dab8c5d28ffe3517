"""The yearly report: drafted from figures, corrected with reasons, approved by another, sealed, sent in time."""

import io
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import mammoth
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import Appointment
from accounts.registers import training
from base.gate import Refused
from base.models import AuditEntry, OrganisationUnit, PortalStop
from base.operations.log_names import person_text
from base.preflight import ACCESS, LINK, OUTSIDE_LINK
from faq.models import QuestionTopic
from home.demo import yearly
from reporting import staffing
from reporting.models import YearlyFigure, YearlyReport
from reporting.yearly import counting, due, own_work, papers, reports, rights
from servicecatalog.models import ServiceOutagePage
from tests import factories
from tests.city import CityTestCase, draft, publish
from workflows import deadlines
from workflows.archive.verifying import verify
from workflows.dashboard import work_queue
from workflows.models import ArchiveCopy, Deadline, LiveFinding, OutsideLink

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
ON = datetime(2020, 11, 20, 9, tzinfo=ZONE)
NEXT_YEAR = datetime(2021, 1, 15, 9, tzinfo=ZONE)
APPROVED_ON = datetime(2020, 11, 24, 9, tzinfo=ZONE)


class YearlyTestCase(CityTestCase):
    def setUp(self):
        self.enterContext(time_machine.travel(ON))

    def prepared(self) -> YearlyReport:
        return reports.prepare(2020, by=self.cast.standing_office, on=ON)

    def part(self, report, key: str):
        return report.parts.get(key=key)

    def figure(self, report, part: str, key: str):
        return self.part(report, part).figures.get(key=key)

    def value(self, report, part: str, key: str) -> str:
        return self.figure(report, part, key).value

    def complete(self, report) -> None:
        """Write nought for every figure that the portal cannot count."""
        for part in report.parts.all():
            missing = {figure.pk: ("0", "") for figure in part.figures.all() if figure.is_missing}
            if missing:
                reports.write(part, text="", corrections=missing, by=self.cast.standing_office)

    def submitted(self) -> YearlyReport:
        report = self.prepared()
        self.complete(report)
        return reports.submit(report, by=self.cast.standing_office, on=ON)

    def approved(self) -> YearlyReport:
        return reports.approve(self.submitted(), by=self.cast.head, on=APPROVED_ON)

    def locked(self, *moments: datetime) -> None:
        AuditEntry.objects.bulk_create(AuditEntry(action="session.locked", at=at) for at in moments)

    def finding(self, site, topic: str, number: int = 1) -> None:
        LiveFinding.objects.bulk_create(
            LiveFinding(
                owner_site=site,
                object_type="sections.ArticlePage",
                object_id=str(n),
                title="Bài",
                level="warning",
                field="body",
                message=f"{topic} {n}",
                topic=topic,
                since=ON,
                checked_at=ON,
            )
            for n in range(number)
        )


class Drafts(YearlyTestCase):
    def test_a_draft_has_every_part_in_order(self):
        report = self.prepared()

        titles = [part.title for part in report.parts.all()]
        assert titles[0] == "Đánh giá chung"
        assert titles[-1] == "Đề xuất phương án khắc phục, nâng cấp"
        assert len(titles) == 12

    def test_missing_sections_are_counted_and_named_by_site(self):
        report = self.prepared()

        sections = self.part(report, "sections")
        required, good, late, empty = (
            int(self.value(report, "sections", key)) for key in ("required", "good", "late", "empty")
        )
        assert required == good + late + empty > 0
        assert empty > 0
        sites = (self.city.site, self.city.my_long, self.city.my_xuyen, self.city.dong_xuyen)
        assert {row[0] for row in sections.rows} == {site.name for site in sites}
        assert sum(int(row[4]) for row in sections.rows) == empty
        assert all("(trống)" in row[5] for row in sections.rows)

    def test_what_was_published_adds_up_to_what_the_sites_published(self):
        of_sites = ((self.city.my_long, self.cast.contributor), (self.city.my_xuyen, self.cast.contributor_my_xuyen))
        for site, by in of_sites:
            publish(factories.article(self.city.section(site), by=by), by=by)
        self.city.my_xuyen.state = "closed"
        self.city.my_xuyen.save()

        report = self.prepared()

        numbers = [int(row[1]) for row in self.part(report, "content").rows]
        assert int(self.value(report, "content", "approved")) == sum(numbers) == 1

    def test_broken_links_and_access_are_counted_by_their_topic(self):
        self.finding(self.city.my_long, LINK, 3)
        self.finding(self.city.my_long, OUTSIDE_LINK, 2)
        self.finding(self.city.my_xuyen, ACCESS)
        self.finding(self.city.my_xuyen, "")
        OutsideLink.objects.create(digest="x", address="https://a.example/", host="a.example", seen_at=ON, asked_at=ON)

        report = self.prepared()

        assert self.value(report, "links", "inside") == "3"
        assert self.value(report, "links", "outside") == "2"
        assert self.value(report, "access", "findings") == "1"
        assert ["Phường Mỹ Long", "3", "2"] in self.part(report, "links").rows
        assert "đã hỏi 1 trên 1 địa chỉ, lần gần nhất ngày 20/11/2020" in self.part(report, "links").found

    def test_while_no_server_is_asked_a_person_gives_the_links_outside(self):
        report = self.prepared()

        assert self.figure(report, "links", "outside").is_missing
        assert "chưa bật kiểm tra tự động" in self.part(report, "links").found

    def test_what_stopped_unplanned_is_given_by_a_person_who_is_told_from_where(self):
        report = self.prepared()

        assert self.figure(report, "downtime", "unplanned").is_missing
        assert "trong kỳ cổng chưa tự ghi lúc chính nó ngừng" in self.part(report, "downtime").found
        assert "theo hệ thống giám sát (địa chỉ /readyz)" in self.part(report, "downtime").found

    def stopped(self, begin: datetime, hours: float) -> None:
        PortalStop.objects.create(began_at=begin, ended_at=begin + timedelta(hours=hours))

    def test_what_stopped_unplanned_is_counted_by_the_gaps_in_the_periodic_work(self):
        self.stopped(datetime(2019, 12, 1, tzinfo=ZONE), 0)
        self.stopped(datetime(2019, 12, 31, 23, tzinfo=ZONE), 2)
        self.stopped(datetime(2020, 3, 2, 8, tzinfo=ZONE), 3.5)
        told = draft(
            ServiceOutagePage(
                title="Bảo trì",
                message="Bảo trì.",
                whole_portal=True,
                starts_at=datetime(2020, 5, 4, 20, tzinfo=ZONE),
                ends_at=datetime(2020, 5, 4, 22, tzinfo=ZONE),
            ),
            self.city.section(self.city.site, "dich-vu-cong"),
        )
        ServiceOutagePage.objects.filter(pk=told.pk).update(first_published_at=datetime(2020, 4, 20, tzinfo=ZONE))
        self.stopped(datetime(2020, 5, 4, 20, 30, tzinfo=ZONE), 1)
        self.stopped(datetime(2020, 5, 4, 21, 45, tzinfo=ZONE), 0.5)

        report = self.prepared()

        # An hour of the first day, 3.5 in March, a quarter of an hour longer than was told in May.
        assert (self.value(report, "downtime", "stops"), self.value(report, "downtime", "unplanned")) == ("3", "4,8")
        rows = [row for row in self.part(report, "downtime").rows if row[0].startswith("Cổng ngừng chạy")]
        assert [row[3:] for row in rows] == [["—", "1,0"], ["—", "3,5"], ["đã báo trước", "—"], ["—", "0,2"]]
        assert "trước đó" not in self.part(report, "downtime").found

    def test_a_person_corrects_what_was_counted_of_stops_with_the_reason(self):
        self.stopped(datetime(2020, 6, 1, tzinfo=ZONE), 0)
        report = self.prepared()
        figure = self.figure(report, "downtime", "unplanned")
        assert (figure.counted, "ghi từ ngày 01/06/2020; trước đó" in figure.part.found) == ("0,0", True)

        with self.assertRaises(ValidationError):
            reports.write(figure.part, text="", corrections={figure.pk: ("6", "")}, by=self.cast.standing_office)
        reports.write(
            figure.part, text="", corrections={figure.pk: ("6", "Mất điện tháng 2")}, by=self.cast.standing_office
        )

        figure.refresh_from_db()
        assert (figure.value, figure.remark) == ("6", "hệ thống đếm 0,0; Mất điện tháng 2")

    def test_security_is_counted_by_the_audit_trail_of_the_year(self):
        moments = (datetime(2019, 12, 31, 23, 59, tzinfo=ZONE), datetime(2020, 1, 1, 0, 1, tzinfo=ZONE), ON)
        self.locked(*moments)

        report = self.prepared()

        assert self.value(report, "security", "locked") == "2"

    def test_accounts_that_do_not_sign_in_are_counted(self):
        self.cast.head.last_login = ON
        self.cast.head.save(update_fields=["last_login"])

        report = self.prepared()

        active, unused = (int(self.value(report, "accounts", key)) for key in ("active", "unused"))
        assert unused == active - 1 > 5

    def test_where_people_are_missing_is_what_the_screen_of_units_says(self):
        kind, above = OrganisationUnit.Kind.SCHOOL, self.city.site.unit
        school = OrganisationUnit.objects.create(name="Trường Tiểu học mẫu", slug="truong", kind=kind, parent=above)
        QuestionTopic.objects.filter(pk=QuestionTopic.objects.first().pk).update(unit=school)

        report = self.prepared()

        missing = {row[0]: row[3] for row in self.part(report, "accounts").rows if row[3]}
        assert missing["Phường Mỹ Xuyên"] == "thủ trưởng"
        assert missing["Trường Tiểu học mẫu"] == "cộng tác viên, thủ trưởng"
        assert missing == {lack.name: ", ".join(lack.missing) for lack in staffing.lacks()}
        assert self.value(report, "accounts", "lacking") == str(len(missing))

    def test_who_was_trained_in_the_year_is_counted(self):
        held = {"held_from": ON.date(), "held_to": ON.date(), "document": "Kế hoạch 12/KH-VHTT", "organiser": "Phòng"}
        office = self.cast.standing_office
        made = training.record(by=office, on=ON, title="Biên tập", field="editing", **held)
        training.attend(made, by=office, results={f"person-{self.cast.editor.pk}": "attended"})

        report = self.prepared()

        assert self.value(report, "accounts", "trainings") == "1"
        assert self.value(report, "accounts", "trained").startswith("1/")

    def test_what_is_proposed_follows_from_the_figures(self):
        self.finding(self.city.my_long, LINK, 3)

        found = self.part(self.prepared(), "proposals").found

        assert "Sửa hoặc bỏ 3 liên kết hỏng trong nội dung đang đăng." in found
        assert "tiếp cận" not in found

    def test_a_year_has_one_report_and_only_this_year_and_the_last_get_one(self):
        self.prepared()
        reports.prepare(2019, by=self.cast.head, on=ON)

        for year in (2020, 2021, 2018):
            with self.assertRaises(ValidationError) as refused:
                reports.prepare(year, by=self.cast.head, on=ON)
            assert set(refused.exception.message_dict) == {"year"}

    def test_of_the_year_before_the_papers_end_with_its_last_day(self):
        report = reports.prepare(2020, by=self.cast.head, on=NEXT_YEAR)

        assert papers.as_report(report).lines[0] == "Số liệu từ 01/01/2020 đến 31/12/2020"
        self.client.force_login(self.cast.head)
        shown = self.client.get(reverse("reporting_yearly", args=[report.pk]))
        self.assertContains(shown, "<dt>Số liệu đến ngày</dt><dd>31/12/2020</dd>")

    def test_of_the_year_before_who_had_a_role_is_asked_of_its_last_day(self):
        last = datetime(2020, 12, 31, 9, tzinfo=ZONE)
        with time_machine.travel(last, tick=False):
            before, active = training.of_year(2020), counting.count(2020, last.date())["accounts"].figures[0]
        Appointment.objects.in_force().filter(person=self.cast.editor).update(
            state=Appointment.State.ENDED, ended_on=date(2021, 1, 4)
        )
        with time_machine.travel(NEXT_YEAR, tick=False):
            assert training.of_year(2020) == before
            assert counting.count(2020, NEXT_YEAR.date())["accounts"].figures[0] == active
            assert training.of_year(2021).people == before.people - 1

    def test_of_the_year_before_what_is_known_of_today_alone_says_so(self):
        self.city.my_xuyen.state_changed_on = date(2021, 1, 10)
        self.city.my_xuyen.save()
        with time_machine.travel(NEXT_YEAR, tick=False):
            report = reports.prepare(2020, by=self.cast.head, on=NEXT_YEAR)

        of_now = {
            (figure.part.key, figure.key): figure.as_of
            for figure in YearlyFigure.objects.filter(part__report=report).exclude(as_of=None)
        }
        assert set(of_now.values()) == {date(2021, 1, 15)}
        assert {part for part, _key in of_now} == {"sections", "questions", "links", "access", "accounts"}
        assert ("accounts", "active") not in of_now
        assert ("deadlines", "late") not in of_now
        assert "không phải của ngày 31/12/2020" in self.part(report, "sections").found
        assert "Chuyên mục bắt buộc của các trang đang hoạt động (tại ngày lập 15/01/2021): " in str(
            papers.as_report(report)
        )
        # A site that was opened since is part of how things stand now, and of nothing that happened in the year.
        names = {key: {row[0] for row in self.part(report, key).rows} for key in ("sections", "content", "deadlines")}
        assert "Phường Mỹ Xuyên" in names["sections"]
        assert "Phường Mỹ Xuyên" not in names["content"] | names["deadlines"]
        assert "Phường Mỹ Long" in names["content"] & names["deadlines"]

    def test_whole_numbers_have_a_point_after_each_thousand(self):
        self.locked(*[ON] * 1_234)
        report = self.prepared()
        figure = self.figure(report, "security", "locked")

        assert figure.value == "1.234"
        reports.write(figure.part, text="", corrections={figure.pk: ("1234", "")}, by=self.cast.standing_office)
        figure.refresh_from_db()
        assert figure.corrected == ""

    def test_people_of_a_ward_make_none(self):
        for user in (self.cast.contributor, self.cast.unit_head, self.cast.ward_approver, self.cast.technical_admin):
            with self.assertRaises(Refused):
                reports.prepare(2020, by=user, on=ON)

    def test_the_job_makes_it_once_from_october_on(self):
        before = datetime(2020, 9, 30, 6, tzinfo=ZONE)
        assert due.draft_due(on=before) is None
        report = due.draft_due(on=ON)

        assert due.draft_due(on=ON) is None
        assert YearlyReport.objects.get() == report

    def test_it_is_due_before_the_first_of_december(self):
        deadline = Deadline.objects.for_subject(self.prepared()).get()

        assert (deadline.rule.code, deadline.last_day) == ("DL-REPORT", date(2020, 11, 30))

    def test_a_deadline_that_runs_already_is_not_started_twice_and_is_met(self):
        event = date(2020, 12, 1)
        deadlines.start(self.city.site, reports.RULE, on=event, site=self.city.site, title="Báo cáo năm")

        report = self.approved()
        reports.note_sent(
            report, by=self.cast.standing_office, on=APPROVED_ON, letter="12/BC-BBT", sent_on=APPROVED_ON.date()
        )

        assert Deadline.objects.filter(rule__code=reports.RULE).get().met_on == APPROVED_ON.date()

    def test_the_number_of_queries_does_not_grow_with_what_is_found(self):
        report = self.prepared()
        counting.count(2020, ON.date())
        with CaptureQueriesContext(connection) as before:
            counting.count(2020, ON.date())
        self.finding(self.city.my_long, LINK, 30)
        self.locked(*[ON] * 5)

        with self.assertNumQueries(len(before)):
            counting.count(report.year, ON.date())


class Corrections(YearlyTestCase):
    def write(self, report, part: str, value: str, reason: str = "", **fields):
        key = {"accounts": "unused", "visits": "all"}[part]
        figure = self.figure(report, part, key)
        by = fields.pop("by", self.cast.standing_office)
        text = fields.pop("text", "")
        return reports.write(self.part(report, part), text=text, corrections={figure.pk: (value, reason)}, by=by)

    def test_a_figure_that_is_no_number_is_refused_at_its_field_and_nothing_is_stored(self):
        report = self.prepared()
        figure = self.figure(report, "visits", "all")

        for typed in ("abc", "khoảng 12", "12 lượt", "-3", "1.25", "3,5,1"):
            with self.subTest(typed), self.assertRaises(ValidationError) as refused:
                self.write(report, "visits", typed, "Đếm lại")
            self.assertEqual(list(refused.exception.error_dict), [f"value-{figure.pk}"])
        for typed in ("0", "1250", "1.250.000", "3,5", "87,5%", "87,5 %"):
            with self.subTest(typed):
                self.write(report, "visits", typed, "Đếm lại")
                self.assertEqual(self.value(report, "visits", "all"), typed)

    def test_a_figure_is_corrected_with_a_reason_that_the_report_shows(self):
        report = self.prepared()
        counted = self.value(report, "accounts", "unused")

        with self.assertRaises(ValidationError) as refused:
            self.write(report, "accounts", "1")
        [field] = refused.exception.message_dict
        assert field.startswith("reason-")
        self.write(report, "accounts", "1", "Ba tài khoản đang nghỉ phép dài ngày.")

        figure = self.figure(report, "accounts", "unused")
        assert (figure.value, figure.corrected_by) == ("1", self.cast.standing_office)
        assert figure.remark == f"hệ thống đếm {counted}; Ba tài khoản đang nghỉ phép dài ngày."

    def test_what_the_portal_cannot_count_needs_no_reason(self):
        report = self.prepared()

        self.write(report, "visits", "1.250.000")

        assert self.value(report, "visits", "all") == "1.250.000"
        assert self.figure(report, "visits", "all").remark == ""

    def test_counting_anew_keeps_what_people_wrote(self):
        report = self.prepared()
        self.write(report, "accounts", "1", "Nghỉ phép.", text="Đã nhắc từng người.")
        self.finding(self.city.my_long, LINK, 4)

        reports.recount(report, by=self.cast.deputy, on=APPROVED_ON)

        report.refresh_from_db()
        assert report.counted_on == date(2020, 11, 24)
        assert self.value(report, "links", "inside") == "4"
        assert self.value(report, "accounts", "unused") == "1"
        assert self.part(report, "accounts").text == "Đã nhắc từng người."

    def test_a_correction_taken_back_leaves_no_reason(self):
        report = self.prepared()
        self.write(report, "accounts", "1", "Nghỉ phép.")

        self.write(report, "accounts", "", "Nghỉ phép.")

        figure = self.figure(report, "accounts", "unused")
        assert (figure.corrected, figure.reason, figure.corrected_by) == ("", "", None)

    def test_a_suggestion_gives_way_to_what_a_person_writes(self):
        report = self.prepared()
        part = self.part(report, "proposals")
        assert part.paragraphs[0].startswith("1. ")

        part = reports.write(part, text="Thuê thêm máy chủ.\n\nTập huấn.", corrections={}, by=self.cast.head)

        assert part.paragraphs == ["Thuê thêm máy chủ.", "Tập huấn."]

    def test_once_submitted_nothing_is_written_or_counted(self):
        report = self.submitted()

        with self.assertRaises(Refused):
            self.write(report, "accounts", "1", "Nghỉ phép.")
        with self.assertRaises(Refused):
            reports.recount(report, by=self.cast.standing_office, on=ON)


class TwoPersons(YearlyTestCase):
    def test_what_only_people_know_must_be_there_before_it_is_submitted(self):
        report = self.prepared()

        with self.assertRaisesMessage(Refused, "Lượt truy cập toàn cổng"):
            reports.submit(report, by=self.cast.standing_office, on=ON)
        self.complete(report)
        assert reports.submit(report, by=self.cast.standing_office, on=ON).is_submitted

    def test_head_or_deputy_approves_what_another_submitted(self):
        report = self.submitted()

        assert all(rights.may_approve(user, report) for user in (self.cast.head, self.cast.deputy))
        assert reports.approve(report, by=self.cast.head, on=APPROVED_ON).is_approved

    def test_nobody_else_does(self):
        report = self.submitted()

        for user in (
            self.cast.standing_office,
            self.cast.editor,
            self.cast.technical_admin,
            self.cast.ward_approver,
            self.cast.unit_head,
            self.cast.superuser,
        ):
            with self.subTest(user.username), self.assertRaises(Refused):
                reports.approve(report, by=user, on=APPROVED_ON)

    def test_the_head_does_not_approve_what_they_submitted_or_corrected(self):
        report = self.prepared()
        self.complete(report)
        figure = self.figure(report, "visits", "all")
        reports.write(figure.part, text="", corrections={figure.pk: ("7", "")}, by=self.cast.head)
        report = reports.submit(report, by=self.cast.deputy, on=ON)

        for user in (self.cast.head, self.cast.deputy):
            with self.subTest(user.username), self.assertRaises(Refused):
                reports.approve(report, by=user, on=APPROVED_ON)

    def test_whoever_wrote_anything_into_it_does_not_approve_whatever_became_of_that(self):
        deputy, office = self.cast.deputy, self.cast.standing_office
        ways = {
            "a text": [(deputy, "Lời của Phó Trưởng ban", ("", ""))],
            "a text that another replaces": [(deputy, "Lời", ("", "")), (office, "Lời khác", ("", ""))],
            "a figure of which another edits the reason": [
                (deputy, "", ("999", "Đếm tay")),
                (office, "", ("999", "Đếm tay.")),
            ],
            "a figure that is taken back": [(office, "", ("999", "Đếm tay")), (deputy, "", ("", ""))],
        }
        for name, written in ways.items():
            with self.subTest(name), transaction.atomic():
                report = self.prepared()
                self.complete(report)
                figure = self.counted(report)
                for by, text, correction in written:
                    reports.write(figure.part, text=text, corrections={figure.pk: correction}, by=by)
                report = reports.submit(report, by=office, on=ON)

                with self.assertRaises(Refused):
                    reports.approve(report, by=deputy, on=APPROVED_ON)
                assert own_work.to_decide(work_queue.Scope(deputy, ON)).found.count() == 0
                transaction.set_rollback(True)

    def test_who_pressed_without_a_change_and_who_wrote_nothing_approve_it(self):
        report = self.prepared()
        self.complete(report)
        figure = self.counted(report)
        reports.write(figure.part, text="Lời", corrections={}, by=self.cast.standing_office)
        reports.write(figure.part, text="Lời", corrections={}, by=self.cast.deputy)

        report = reports.submit(report, by=self.cast.standing_office, on=ON)

        for user in (self.cast.deputy, self.cast.head):
            assert rights.may_approve(user, report)
            assert own_work.to_decide(work_queue.Scope(user, ON)).found.count() == 1

    def counted(self, report):
        """A figure that the portal counted itself."""
        figures = YearlyFigure.objects.filter(part__report=report).exclude(counted="")
        return figures.order_by("part__sort_order", "sort_order").first()

    def test_it_comes_back_with_a_reason_and_can_be_submitted_again(self):
        report = self.submitted()
        with self.assertRaises(ValidationError):
            reports.send_back(report, by=self.cast.head, reason=" ")

        report = reports.send_back(report, by=self.cast.head, reason="Thiếu đánh giá chung.")

        assert (report.is_draft, report.returned_note) == (True, "Thiếu đánh giá chung.")
        assert reports.submit(report, by=self.cast.standing_office, on=ON).returned_note == ""


class Archived(YearlyTestCase):
    def test_the_approved_report_is_sealed_with_both_papers(self):
        report = self.approved()

        copy = ArchiveCopy.objects.get(pk=report.archive_copy)
        assert copy.content_digest == report.digest
        assert [file["name"] for file in copy.files] == ["bao-cao-ra-soat-2020.docx", "bao-cao-ra-soat-2020.pdf"]
        assert [copy.submitted_by, copy.approved_by] == [
            person_text(user) for user in (self.cast.standing_office, self.cast.head)
        ]
        assert copy.retention_until is None
        assert verify([copy]) == []

    def test_its_papers_stay_the_same_whatever_changes(self):
        report = self.approved()
        before = [papers.paper(report, kind) for kind in papers.KINDS]
        self.finding(self.city.my_long, LINK, 9)
        self.city.site.name = "Tên khác"
        self.city.site.save()

        assert [papers.paper(report, kind) for kind in papers.KINDS] == before
        assert reports.violations() == []

    def test_a_row_changed_behind_it_is_found(self):
        report = self.approved()
        part = self.part(report, "summary")
        part.text = "Mọi việc đều tốt."
        part.save()

        assert reports.violations() == ["Báo cáo rà soát hằng năm 2020: nội dung khác bản đã duyệt."]

    def test_word_and_pdf_say_the_same(self):
        self.finding(self.city.my_long, LINK, 3)
        report = self.approved()

        word = mammoth.extract_raw_text(io.BytesIO(papers.paper(report, "docx"))).value
        printed = PdfReader(io.BytesIO(papers.paper(report, "pdf")))
        pages = " ".join(" ".join(page.extract_text() for page in printed.pages).split())
        for text in (
            "Liên kết hỏng trong cổng (tại ngày lập 20/11/2020): 3.",
            "6. Liên kết",
            f"Người trình: {self.cast.standing_office.get_full_name()}",
            f"Người duyệt: {self.cast.head.get_full_name()}",
        ):
            assert text in word
            assert text in pages
        for user in (self.cast.standing_office, self.cast.head):
            assert user.username not in word
            assert user.username not in pages

    def test_sending_it_meets_the_deadline_on_the_day_it_went(self):
        report = self.approved()
        on = datetime(2020, 11, 26, 9, tzinfo=ZONE)
        for given, field in (
            ({"letter": "", "sent_on": date(2020, 11, 25)}, "letter"),
            ({"letter": "12/BC-BBT", "sent_on": date(2020, 11, 23)}, "sent_on"),
            ({"letter": "12/BC-BBT", "sent_on": date(2020, 11, 27)}, "sent_on"),
        ):
            with self.subTest(field), self.assertRaises(ValidationError) as refused:
                reports.note_sent(report, by=self.cast.standing_office, on=on, **given)
            assert set(refused.exception.message_dict) == {field}

        reports.note_sent(report, by=self.cast.standing_office, on=on, letter="12/BC-BBT", sent_on=date(2020, 11, 25))

        assert Deadline.objects.for_subject(report).get().met_on == date(2020, 11, 25)
        with self.assertRaises(Refused):
            reports.note_sent(report, by=self.cast.standing_office, on=on, letter="2", sent_on=date(2020, 11, 25))


class Screens(YearlyTestCase):
    def setUp(self):
        super().setUp()
        self.client.force_login(self.cast.standing_office)

    def get(self, name: str, *args, status: int = 200):
        answer = self.client.get(reverse(name, args=args))
        assert answer.status_code == status, name
        return answer

    def press(self, name: str, *args, **data):
        return self.client.post(reverse(name, args=args), data, follow=True)

    def test_the_whole_way_from_an_empty_list_to_a_report_sent(self):
        self.assertContains(self.get("reporting_yearly_reports"), "Chưa có báo cáo nào.")
        self.press("reporting_yearly_prepare", year="2020")
        report = YearlyReport.objects.get()
        self.assertContains(self.get("reporting_yearly", report.pk), "Còn số liệu người lập phải ghi")
        for part in report.parts.all():
            missing = {f"value-{figure.pk}": "0" for figure in part.figures.all() if figure.is_missing}
            if missing:
                self.press("reporting_yearly_part", report.pk, part.key, text="", **missing)
        self.press("reporting_yearly_part", report.pk, "summary", text="Cổng hoạt động ổn định.")
        self.press("reporting_yearly_recount", report.pk)
        self.press("reporting_yearly_submit", report.pk)
        self.client.force_login(self.cast.head)
        self.assertContains(self.get("wagtailadmin_home"), "Báo cáo rà soát hằng năm 2020")
        self.press("reporting_yearly_decide", report.pk, decision="approve", reason="")
        self.client.force_login(self.cast.standing_office)
        self.press("reporting_yearly_send", report.pk, letter="12/BC-BBT", sent_on="20/11/2020")

        self.assertContains(self.get("reporting_yearly", report.pk), "20/11/2020, 12/BC-BBT")
        self.assertContains(self.get("reporting_yearly", report.pk), "Cổng hoạt động ổn định.")

    def test_a_figure_without_its_reason_is_named_and_nothing_typed_is_lost(self):
        report = self.prepared()
        figure = self.figure(report, "accounts", "unused")

        answer = self.press(
            "reporting_yearly_part", report.pk, "accounts", text="Ghi thêm", **{f"value-{figure.pk}": "999"}
        )

        self.assertContains(answer, "Hãy ghi lý do sửa «Trong đó không dùng đến từ 90 ngày trở lên»")
        self.assertContains(answer, "999")
        self.assertContains(answer, "Ghi thêm")

    def test_the_second_person_sends_it_back_with_a_reason(self):
        report = self.submitted()
        self.client.force_login(self.cast.deputy)

        self.assertContains(
            self.press("reporting_yearly_decide", report.pk, decision="send_back", reason=""), "Hãy ghi lý do trả lại"
        )
        self.press("reporting_yearly_decide", report.pk, decision="send_back", reason="Thiếu số liệu.")

        self.assertContains(self.get("reporting_yearly", report.pk), "Thiếu số liệu.")

    def test_who_seals_it_is_told_what_the_portal_did_not_measure(self):
        with time_machine.travel(NEXT_YEAR, tick=False):
            report = reports.prepare(2020, by=self.cast.standing_office, on=NEXT_YEAR)
            self.complete(report)
            self.client.force_login(self.cast.standing_office)
            told = (
                "«Lượt truy cập toàn cổng»: cổng không đo; người lập ghi «0».",
                "«Trang, đơn vị chưa đủ người»: là hiện trạng ngày 15/01/2021, không phải của năm 2020.",
            )
            for words in told:
                self.assertContains(self.get("reporting_yearly_submit", report.pk), words)
            self.press("reporting_yearly_submit", report.pk)
            self.client.force_login(self.cast.head)
            decide = self.get("reporting_yearly_decide", report.pk)
            for words in told:
                self.assertContains(decide, words)
            self.assertNotContains(decide, "«Việc quá hạn»")
            self.press("reporting_yearly_decide", report.pk, decision="approve", reason="")

        report.refresh_from_db()
        assert report.is_approved
        assert reports.violations() == []

    def test_of_the_running_year_only_what_people_gave_is_told(self):
        report = self.submitted()
        self.client.force_login(self.cast.head)

        decide = self.get("reporting_yearly_decide", report.pk)

        self.assertContains(decide, "cổng không đo; người lập ghi")
        self.assertNotContains(decide, "là hiện trạng ngày")

    def test_papers_are_downloads_of_both_kinds(self):
        report = self.prepared()

        for kind, begins in (("docx", b"PK"), ("pdf", b"%PDF")):
            answer = self.get("reporting_yearly_paper", report.pk, kind)
            assert answer.content.startswith(begins)
            assert f"bao-cao-ra-soat-2020.{kind}" in answer.headers["Content-Disposition"]
        self.get("reporting_yearly_paper", report.pk, "exe", status=404)

    def test_people_of_a_ward_see_none_of_it(self):
        report = self.prepared()
        for user in (self.cast.contributor, self.cast.unit_head, self.cast.ward_approver):
            self.client.force_login(user)
            for name, *args in (
                ("reporting_yearly_reports",),
                ("reporting_yearly", report.pk),
                ("reporting_yearly_paper", report.pk, "pdf"),
            ):
                assert self.client.get(reverse(name, args=args)).status_code in (302, 403, 404), (user, name)


class Demo(YearlyTestCase):
    def test_has_one_report_approved_and_sent_in_time(self):
        for now in (datetime(2020, 12, 5, 9, tzinfo=ZONE), datetime(2020, 6, 30, 9, tzinfo=ZONE)):
            report = yearly.report_year(writer=self.cast.standing_office, approver=self.cast.head, now=now)

        assert report == YearlyReport.objects.get()
        assert (report.is_approved, report.is_illustrative, report.sent_on) == (True, True, date(2020, 11, 25))
        assert "dữ liệu minh họa" in self.part(report, "summary").text
