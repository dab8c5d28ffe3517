"""Who met what in time, down to the items; what people and units contributed; questions by field and officer."""

import io
import re
from datetime import date, datetime
from html import unescape
from urllib.parse import parse_qsl

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from faq.handling import assigning
from faq.models import Question
from faq.public import figures as question_figures
from reporting import figures
from reporting.timeliness import contribution, lateness, questions
from sections.models import ArticlePage, SectionIndexPage
from tests import factories
from tests.city import CityTestCase, publish
from tests.faq.cast import a_question
from workflows import deadlines
from workflows.archive import copies
from workflows.deadlines import VIETNAM, boards
from workflows.models import Deadline
from workflows.publishing import approval, bundles

JULY = date(2020, 7, 1), date(2020, 7, 31)
TODAY = date(2020, 7, 31)
BY_SITE, BY_UNIT, BY_KIND, BY_PERSON = lateness.WAYS


def rows_of(answer) -> list[str]:
    """The first cell of each row of a spreadsheet of items: three lines stand above them."""
    rows = load_workbook(io.BytesIO(answer.content)).active.iter_rows(min_row=4, values_only=True)
    return [row[0] for row in rows]


class Prepared(CityTestCase):
    """Of Mỹ Long's articles one was posted in time, one three working days late, one is still missing after 31 July;
    Mỹ Xuyên's was in time. All fell due on 3 July."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        met = {"Đúng": date(2020, 7, 3), "Muộn": date(2020, 7, 8), "Chưa": None}
        for title, day in met.items():
            cls.due(cls.city.my_long, title, day, by=cls.cast.contributor)
        cls.due(cls.city.my_xuyen, "Bên kia", date(2020, 7, 2), by=cls.cast.contributor_my_xuyen)

    @classmethod
    def due(cls, site, title, met_on, *, by, on=date(2020, 7, 1)):
        page = factories.article(cls.city.section(site), by=by, title=title)
        deadline = deadlines.start(page, "DL-DOC-OWN", on=on, site=site, unit=site.unit, title=f"Đăng {title}")
        if met_on:
            deadlines.meet(deadline, on=met_on)
        return deadline

    def items(self, user=None, on=TODAY):
        return lateness.items(boards.visible_to(user or self.cast.head), *JULY, on)


class Lateness(Prepared):
    def test_counts_by_site_with_the_middle_and_the_longest_delay(self):
        lines = {line.name: line for line in lateness.lines(self.items(), BY_SITE)}

        own = lines["Phường Mỹ Long"]
        self.assertEqual((own.counts.on_time, own.counts.late, own.percent_text), (1, 2, "33,3%"))
        # From 3 July to 8 July: 6, 7, 8; to 31 July: 20 working days.
        self.assertEqual((own.median_text, own.worst_text), ("11,5", "20"))
        self.assertEqual(lines["Phường Mỹ Xuyên"].counts, figures.OnTime(1, 0))

    def test_says_whose_work_it_was(self):
        lines = {line.name: line.counts.due for line in lateness.lines(self.items(), BY_PERSON)}

        self.assertEqual(lines, {"Cán bộ mẫu 01": 3, "Cán bộ mẫu 02": 1})

    def test_every_way_adds_up_to_the_same_total(self):
        found = self.items()

        for way in lateness.WAYS:
            with self.subTest(way.key):
                counts = figures.OnTime.sum(line.counts for line in lateness.lines(found, way))
                self.assertEqual(counts, lateness.total(found).counts)

    def test_leads_to_the_items_the_latest_first(self):
        found = lateness.chosen(self.items(), BY_SITE, "my-long", late_only=True)

        self.assertEqual([item.title for item in found], ["Đăng Chưa", "Đăng Muộn"])
        self.assertEqual(found[0].outcome, "quá hạn 20 ngày làm việc, chưa xong")
        self.assertEqual(found[1].outcome, "muộn 3 ngày làm việc")

    def test_what_is_cancelled_or_not_due_yet_counts_nowhere(self):
        Deadline.objects.filter(title="Đăng Muộn").update(cancelled=True)
        self.due(self.city.my_long, "Sau", None, by=self.cast.contributor, on=date(2020, 7, 30))

        self.assertEqual({item.title for item in self.items()}, {"Đăng Đúng", "Đăng Chưa", "Đăng Bên kia"})

    def test_late_over_days_off_alone_is_late_by_one(self):
        self.due(self.city.my_long, "Thứ Bảy", date(2020, 7, 4), by=self.cast.contributor)

        self.assertEqual({item.title: item.days_late for item in self.items()}["Đăng Thứ Bảy"], 1)

    def test_a_ward_sees_its_own_alone(self):
        self.assertEqual({item.site for item in self.items(self.cast.contributor_my_xuyen)}, {"Phường Mỹ Xuyên"})

    def test_costs_the_same_for_many(self):
        self.items()
        with CaptureQueriesContext(connection) as few:
            self.items()
        for number in range(5):
            self.due(self.city.my_long, f"Thêm {number}", date(2020, 7, 3), by=self.cast.contributor)

        with CaptureQueriesContext(connection) as many:
            self.items()

        self.assertEqual(len(many), len(few))

    def test_what_a_score_sheet_counts_is_the_same(self):
        counts = figures.on_time_by_site([self.city.my_long], *JULY, TODAY)[self.city.my_long.pk]

        of_items = {line.key: line.counts for line in lateness.lines(self.items(self.cast.contributor), BY_KIND)}
        self.assertEqual(counts, of_items)


class Contribution(CityTestCase):
    """In July a contributor's article is published and brought up to date once; the head approves both."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        with time_machine.travel(datetime(2020, 7, 2, 9, tzinfo=VIETNAM), tick=False):
            page = factories.article(cls.city.section(cls.city.my_long), by=cls.cast.contributor)
            page = publish(page, by=cls.cast.contributor)
        with time_machine.travel(datetime(2020, 7, 9, 9, tzinfo=VIETNAM), tick=False):
            page.title = "Tin đã sửa"
            page.save_revision(user=cls.cast.contributor)
            publish(page, by=cls.cast.contributor)

    def found(self, sites=None, period=JULY):
        return contribution.of_period(sites or [self.city.my_long], *period)

    def test_counts_a_thing_once_and_each_version(self):
        rows = {row.name: row for row in self.found().people}

        self.assertEqual((rows["Cán bộ mẫu 01"].published, rows["Cán bộ mẫu 01"].versions), (1, 2))
        self.assertEqual(rows["Cán bộ mẫu 01"].kinds_text, "Bài viết: 1")
        self.assertEqual((rows["Cán bộ mẫu 07"].published, rows["Cán bộ mẫu 07"].approved), (0, 2))

    def test_counts_for_the_unit_that_answers_for_it(self):
        self.assertEqual([(row.published, row.versions) for row in self.found().units], [(1, 2)])

    def test_what_the_portal_makes_for_a_new_site_is_nobodys_work(self):
        with time_machine.travel(datetime(2020, 7, 10, 9, tzinfo=VIETNAM), tick=False):
            page = SectionIndexPage.objects.descendant_of(self.city.my_long.home_page()).first()
            page.save_revision(user=self.cast.contributor)
            publish(page, by=self.cast.contributor)

        rows = {row.name: row for row in self.found().people}

        self.assertEqual((rows["Cán bộ mẫu 01"].published, rows["Cán bộ mẫu 01"].versions), (1, 2))
        self.assertEqual(rows["Cán bộ mẫu 07"].approved, 2)
        self.assertEqual([(row.published, row.versions) for row in self.found().units], [(1, 2)])

    def test_other_sites_and_months_do_not_count(self):
        self.assertEqual(self.found([self.city.my_xuyen]).people, [])
        self.assertEqual(self.found(period=(date(2020, 8, 1), date(2020, 8, 31))).people, [])

    def test_costs_the_same_however_many_kinds_of_pages_there_are(self):
        with CaptureQueriesContext(connection) as one:
            self.found()
        with time_machine.travel(datetime(2020, 7, 10, 9, tzinfo=VIETNAM), tick=False):
            for make in (factories.notice, factories.standard, factories.clarification):
                publish(make(self.city.section(self.city.my_long), by=self.cast.contributor), by=self.cast.contributor)

        with CaptureQueriesContext(connection) as four:
            found = self.found()

        self.assertEqual([row.published for row in found.units], [4])
        self.assertEqual((len(one), len(four)), (4, 4))

    def test_what_is_approved_in_a_dossier_counts_as_what_is_approved_by_itself(self):
        with time_machine.travel(datetime(2020, 7, 20, 9, tzinfo=VIETNAM)):
            section = self.city.section(self.city.site)
            things = [factories.article(section, by=self.cast.editor, title=f"Bài {place}") for place in range(3)]
            dossier = bundles.make("Ba bài", things, by=self.cast.editor)
            bundles.submit(dossier, by=self.cast.editor, declaration=True, remark="Đã xem lại.")
            bundles.approve(dossier, by=self.cast.head)

        rows = {row.name: row for row in self.found([self.city.site]).people}

        self.assertEqual(rows[self.cast.head.get_full_name()].approved, 3)
        self.assertEqual(rows[self.cast.editor.get_full_name()].versions, 3)

    def test_a_version_that_is_sealed_anew_and_ones_own_in_an_emergency_are_no_approvals(self):
        with time_machine.travel(datetime(2020, 7, 20, 9, tzinfo=VIETNAM)):
            public = ArticlePage.objects.get(title="Tin đã sửa")
            copies.seal(public.live_revision, approved_by=self.cast.head, on=timezone.now(), ground="Thay tệp")
            page = factories.article(self.city.section(self.city.my_long), by=self.cast.head, title="Bão")
            approval.emergency_publish(page, by=self.cast.head, reason="Bão đổ bộ")

        rows = {row.name: row for row in self.found().people}

        self.assertEqual(rows["Cán bộ mẫu 01"].versions, 2)
        self.assertEqual(rows["Cán bộ mẫu 07"].approved, 2)

    def test_each_number_leads_to_as_many_things(self):
        with time_machine.travel(datetime(2020, 7, 3, 9, tzinfo=VIETNAM), tick=False):
            a_question(self.city, site=self.city.my_long, state="replied")
        self.client.force_login(self.cast.head)
        period = {"tu": "01/07/2020", "den": "31/07/2020"}
        table = self.client.get(reverse("reporting_contribution"), period).content.decode()
        address = reverse("reporting_contribution_items")
        links = re.findall(rf'<a href="{address}\?([^"]*)">(\d+)', table)

        counted = dict.fromkeys(contribution.BY_KEY, 0)
        for asked, number in links:
            asked = dict(parse_qsl(unescape(asked)))
            with self.subTest(asked):
                shown = self.client.get(address, asked)
                self.assertEqual(shown.context["page"].paginator.count, int(number))
                self.assertEqual(len(shown.context["entries"]), int(number))
                for entry in shown.context["entries"]:
                    self.assertEqual(self.client.get(entry.address).status_code, 200)
                file = self.client.get(reverse("reporting_contribution_file", args=["xlsx"]), asked)
                self.assertEqual(rows_of(file), [entry.title for entry in shown.context["entries"]])
                self.assertContains(shown, reverse("reporting_contribution_file", args=["csv"]))
            counted[asked["so"]] += int(number)
        # One article in two versions and one answer, each of a person and of a unit; two approvals of the head.
        self.assertEqual(counted, {"dang": 2, "cap-nhat": 4, "tra-loi": 2, "duyet": 2})

    def test_behind_a_number_of_another_site_or_of_nothing_there_is_no_list(self):
        self.client.force_login(self.cast.contributor_my_xuyen)
        address = reverse("reporting_contribution_items")
        asked = {"tu": "01/07/2020", "den": "31/07/2020", "theo": "nguoi", "ma": self.cast.contributor.username}

        shown = self.client.get(address, {**asked, "so": "dang", "trang-xem": "my-long"})

        self.assertContains(shown, "Không có gì trong kỳ này.")
        self.assertNotContains(shown, "Tin đã sửa")
        self.assertEqual(self.client.get(address, asked).status_code, 404)
        file = reverse("reporting_contribution_file", args=["xlsx"])
        for more in ({"so": "dang", "trang-xem": "my-long"}, {"so": "khong-co"}):
            self.assertEqual(self.client.get(file, {**asked, **more}).status_code, 404)

    def test_the_screen_stays_within_its_queries(self):
        self.client.force_login(self.cast.head)
        address = reverse("reporting_contribution") + "?tu=01/07/2020&den=31/07/2020"
        self.client.get(address)

        with CaptureQueriesContext(connection) as queries:
            self.client.get(address)

        # Four are the report's, the others those of any screen of the administration.
        self.assertLessEqual(len(queries), 20)

    def test_the_spreadsheet_has_people_and_units(self):
        self.client.force_login(self.cast.unit_head)

        answer = self.client.get(
            reverse("reporting_contribution_file", args=["xlsx"]), {"tu": "01/07/2020", "den": "31/07/2020"}
        )

        book = load_workbook(io.BytesIO(answer.content))
        self.assertEqual(book.sheetnames, ["Cá nhân", "Đơn vị"])
        cells = [[cell.value for cell in row] for row in book["Cá nhân"].rows]
        self.assertIn(["Cán bộ mẫu 01", "1", "2", "0", "0", "Bài viết: 1"], cells)


class Screens(Prepared):
    def get(self, name, *args, **query):
        period = {"tu": "01/07/2020", "den": "31/07/2020"}
        with time_machine.travel(datetime(2020, 7, 31, 9, tzinfo=VIETNAM), tick=False):
            return self.client.get(reverse(name, args=args), {**period, **query})

    def test_lead_from_a_number_to_its_items(self):
        self.client.force_login(self.cast.head)

        table = self.get("reporting_timeliness").content.decode()
        items = self.get("reporting_items", theo="trang", ma="my-long", muon="1").content.decode()

        self.assertIn("theo=trang&amp;ma=my-long&amp;muon=1", table)
        self.assertIn("Đăng Muộn", items)
        self.assertNotIn("Đăng Bên kia", items)

    def test_have_their_sum_below_and_the_items_of_a_line_as_a_file(self):
        self.client.force_login(self.cast.head)

        table = self.get("reporting_timeliness").content.decode()
        items = self.get("reporting_items", theo="trang", ma="my-long", muon="1").content.decode()
        file = self.get("reporting_timeliness_file", "csv", theo="trang", ma="my-long", muon="1")
        written = file.content.decode("utf-8-sig")

        self.assertEqual(table.count('<tr class="portal-sum">'), len(lateness.WAYS))
        after = items.partition(reverse("reporting_timeliness_file", args=["xlsx"]))[2]
        self.assertIn("theo=trang&amp;ma=my-long&amp;muon=1", after.partition(">")[0])
        self.assertIn("Đăng Muộn", written)
        self.assertNotIn("Đăng Bên kia", written)
        self.assertNotIn("Phường Mỹ Xuyên", written)

    def test_show_a_ward_nothing_of_another(self):
        self.client.force_login(self.cast.contributor)

        for name in ("reporting_timeliness", "reporting_items", "reporting_contribution"):
            with self.subTest(name):
                self.assertNotIn("Mỹ Xuyên", self.get(name, **{"trang-xem": "my-xuyen"}).content.decode())

    def test_give_files_and_say_what_is_wrong_with_a_period(self):
        self.client.force_login(self.cast.head)

        table = self.get("reporting_timeliness_file", "csv").content.decode("utf-8-sig")
        wrong = self.get("reporting_timeliness", den="01/06/2020").content.decode()

        self.assertIn("Phường Mỹ Long,1,2,3", table)
        self.assertIn("Ngày cuối phải từ ngày đầu trở đi", wrong)


class Questions(CityTestCase):
    def test_by_field_and_by_officer_add_up_to_the_public_figures(self):
        with time_machine.travel(datetime(2020, 7, 2, 9, tzinfo=VIETNAM), tick=False):
            first = a_question(self.city, site=self.city.my_long)
            a_question(self.city, site=self.city.my_long)
        Question.objects.filter(pk=first.pk).update(claimed_by=self.cast.contributor)

        found = questions.of_year(self.city.my_long, 2020)

        self.assertEqual(
            {line.name: line.row.received for line in found.officers}, {"Cán bộ mẫu 01": 1, questions.NO_OFFICER: 1}
        )
        for lines in (found.topics, found.officers):
            self.assertEqual(sum(line.row.received for line in lines), found.total.row.received)

    def test_a_question_that_nobody_took_counts_for_who_wrote_its_answer(self):
        with time_machine.travel(datetime(2020, 7, 2, 9, tzinfo=VIETNAM), tick=False):
            replied = a_question(self.city, site=self.city.my_long, state="replied")
        writer = replied.answers.get().written_by

        [line] = questions.of_year(self.city.my_long, 2020).officers

        self.assertEqual((line.name, line.row.answered), (writer.get_full_name(), 1))

    def links(self, words: str, name: str) -> list[tuple[dict[str, str], int]]:
        """The figures of a page that lead to a list: (what is asked of the list, the number)."""
        found = re.findall(rf'<a href="{reverse(name)}\?([^"]*)">([\d.]+)', words)
        return [(dict(parse_qsl(unescape(asked))), int(number)) for asked, number in found]

    def test_each_number_leads_to_as_many_questions(self):
        with time_machine.travel(datetime(2020, 7, 2, 9, tzinfo=VIETNAM), tick=False):
            for state in ("replied", "classified", "out_of_scope"):
                a_question(self.city, site=self.city.my_long, state=state)
            given = a_question(self.city, site=self.city.my_long, state="classified")
            given = assigning.assign(given, unit=self.city.my_long.unit, by=self.cast.standing_office)
            assigning.give_back(given, reason="Của phường khác.", by=self.cast.contributor)
            a_question(self.city, site=self.city.my_xuyen)
        self.client.force_login(self.cast.head)
        address = reverse("reporting_question_items")

        table = self.client.get(reverse("reporting_questions"), {"nam": "2020"}).content.decode()
        links = self.links(table, "reporting_question_items")

        self.assertEqual({asked.get("theo") for asked, _number in links}, {None, "linh-vuc", "nguoi", "don-vi"})
        self.assertLess({"received", "answered", "out_of_scope", "waiting", "given"}, {one["so"] for one, _n in links})
        for asked, number in links:
            with self.subTest(asked):
                shown = self.client.get(address, asked)
                # A unit that gives one question back twice has two times of one question.
                self.assertEqual(shown.context["page"].paginator.count, number)
                self.assertEqual(len(shown.context["entries"]), number)
                file = self.client.get(reverse("reporting_questions_file", args=["xlsx"]), asked)
                self.assertEqual(rows_of(file), [entry.number for entry in shown.context["entries"]])

    def test_the_questions_behind_a_number_lead_to_their_screens_and_hide_what_was_asked(self):
        with time_machine.travel(datetime(2020, 7, 2, 9, tzinfo=VIETNAM), tick=False):
            question = a_question(self.city, site=self.city.my_long)
            other = a_question(self.city, site=self.city.my_xuyen)
        self.client.force_login(self.cast.contributor)
        asked = {"nam": "2020", "so": "received", "trang-xem": "my-long"}

        words = self.client.get(reverse("reporting_question_items"), asked).content.decode()

        self.assertIn(question.number, words)
        self.assertIn(reverse("faq_question", args=[question.pk]), words)
        self.assertNotIn(question.text, words)
        self.assertNotIn(other.number, words)
        foreign = self.client.get(reverse("reporting_question_items"), {**asked, "trang-xem": "my-xuyen"})
        self.assertNotContains(foreign, other.number)
        file = reverse("reporting_questions_file", args=["csv"])
        table = self.client.get(file, {**asked, "trang-xem": "my-xuyen"}).content.decode()
        self.assertIn(question.number, table)
        self.assertNotIn(other.number, table)
        self.assertNotIn(question.text, table)
        self.assertEqual(self.client.get(file, {**asked, "so": "khong-co"}).status_code, 404)
        for wrong in ({"so": "share_on_time"}, {"so": "received", "theo": "nguoi", "ma": "0"}, {}):
            self.assertEqual(self.client.get(reverse("reporting_question_items"), wrong).status_code, 404)

    def test_have_a_screen_and_a_file(self):
        self.client.force_login(self.cast.unit_head)

        self.assertIn("Theo người xử lý", self.client.get(reverse("reporting_questions")).content.decode())
        answer = self.client.get(reverse("reporting_questions_file", args=["xlsx"]))
        self.assertEqual(
            load_workbook(io.BytesIO(answer.content)).sheetnames, ["Theo lĩnh vực", "Theo người", "Trả lại nơi chuyển"]
        )

    def test_tell_how_often_each_unit_gave_one_back(self):
        for times in (2, 1, 0):
            question = a_question(self.city, state="classified")
            for _time in range(times):
                question = assigning.assign(question, unit=self.city.my_long.unit, by=self.cast.standing_office)
                question = assigning.give_back(question, reason="Của phường khác.", by=self.cast.contributor)
            assigning.assign(question, unit=self.city.my_long.unit, by=self.cast.standing_office)
        year = deadlines.today().year

        of_city, of_ward, of_other = (
            question_figures.given_back(site, year) for site in (self.city.site, self.city.my_long, self.city.my_xuyen)
        )

        ward = self.city.my_long.unit_id
        self.assertEqual(of_city, {ward: question_figures.GivenBack(given=3, questions=2, times=3)})
        self.assertEqual((of_city[ward].share, of_ward, of_other), (67, of_city, {}))
        self.client.force_login(self.cast.head)
        self.assertContains(self.client.get(reverse("reporting_questions")), "Đơn vị trả lại nơi chuyển")
        book = load_workbook(io.BytesIO(self.client.get(reverse("reporting_questions_file", args=["xlsx"])).content))
        rows = list(book["Trả lại nơi chuyển"].iter_rows(values_only=True))
        self.assertIn(("Phường Mỹ Long", 3, 2, 3, 67), [tuple(_number(cell) for cell in row) for row in rows])

    def test_nobody_was_given_say_so(self):
        self.client.force_login(self.cast.head)

        page = self.client.get(reverse("reporting_questions"))

        self.assertContains(page, "Chưa đơn vị nào được giao câu hỏi của năm này.")


def _number(cell):
    """What a cell holds; figures are written as text."""
    return int(cell) if isinstance(cell, str) and cell.isdecimal() else cell
