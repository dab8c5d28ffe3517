import json
import re
from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit

import icalendar
import time_machine
from django.core.exceptions import ValidationError

from base.gate import open_gate
from sections.calendars import lines, months
from sections.models import EventPage, ReceptionChange
from tests.city import CityTestCase, draft, note_changed, publish, publish_at_once
from tests.sections import pages
from tests.sections.test_models import messages
from workflows.models import TakeDown
from workflows.publishing import takedown

NOW = "2020-06-16 09:00 +0700"


def written(response) -> list[str]:
    """The lines of a calendar, those that were broken put together again."""
    return response.content.decode().replace("\r\n ", "").split("\r\n")


def path_of(page) -> str:
    return urlsplit(page.full_url).path


class CalendarCase(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        with time_machine.travel(NOW, tick=False):
            cls.section = cls.city.section(cls.city.site)
            cls.calendar = publish_at_once(draft(pages.calendar(), cls.city.home))

    def setUp(self):
        travelling = time_machine.travel(NOW, tick=False)
        travelling.start()
        self.addCleanup(travelling.stop)

    def event(self, **changes) -> EventPage:
        return publish_at_once(draft(pages.event(**changes), self.section))

    def month(self, end="", page=None):
        return pages.visit(self.client, page or self.calendar, end=end)

    def ical(self, page=None, end="ical/"):
        return written(pages.visit(self.client, page or self.calendar, end=end))


class EventPageTests(CalendarCase):
    def test_says_when_where_by_whom_and_for_whom(self):
        page = self.event()

        response = pages.visit(self.client, page)

        for words in ("07:30 – 11:00", "Thứ Bảy, 27/06/2020", page.place, page.organiser, page.who_may_come):
            self.assertContains(response, words)
        self.assertContains(response, f'href="{path_of(page)}ical/"')

    def test_machines_read_it_as_an_event(self):
        body = pages.visit(self.client, self.event()).content.decode()

        found = [json.loads(text) for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', body)]
        event = next(data for data in found if data["@type"] == "Event")
        self.assertEqual(event["startDate"], "2020-06-27T07:30:00+07:00")
        self.assertEqual(event["endDate"], "2020-06-27T11:00:00+07:00")
        self.assertEqual(event["eventStatus"], "https://schema.org/EventScheduled")
        self.assertEqual(event["location"]["name"], "Nhà văn hóa thành phố, số 1 Trần Hưng Đạo")

    def test_one_that_was_called_off_or_moved_stays_with_its_reason(self):
        for changes, words in (
            ({"state": "cancelled", "state_reason": "Mưa lớn kéo dài."}, ["Sự kiện đã hủy", "Mưa lớn kéo dài."]),
            (
                {"state": "moved", "state_reason": "Trùng kỳ thi.", "moved_from": date(2020, 6, 20)},
                ["Sự kiện đã dời", "Dời từ ngày 20/06/2020: Trùng kỳ thi."],
            ),
        ):
            with self.subTest(state=changes["state"]):
                page = self.event(title=f"Hội chợ {changes['state']}", **changes)
                for address in (page, self.calendar):
                    response = pages.visit(self.client, address)
                    self.assertContains(response, changes["state_reason"])
                for word in words:
                    self.assertContains(pages.visit(self.client, page), word)

    def test_the_list_of_its_section_says_the_day_and_what_became_of_it(self):
        today = date(2020, 6, 16)
        for changes, status in (
            ({}, "Ngày 27/06/2020"),
            ({"starts_on": date(2020, 6, 10)}, "Đã qua (10/06/2020)"),
            ({"state": "cancelled"}, "Đã hủy (27/06/2020)"),
            ({"state": "moved"}, "Dời sang ngày 27/06/2020"),
        ):
            with self.subTest(status=status):
                self.assertEqual(EventPage.labels(pages.event(**changes).own_facts(), today), ("Sự kiện", status))

    def test_the_list_shows_it_among_news_and_can_be_narrowed_to_events(self):
        self.event()
        publish_at_once(draft(pages.article(), self.section))

        self.assertContains(pages.visit(self.client, self.section), "Ngày 27/06/2020")
        narrowed = pages.visit(self.client, self.section, query="?loai=su-kien")
        self.assertContains(narrowed, "Ngày hội việc làm thanh niên")
        self.assertNotContains(narrowed, "Thành phố tổng kết công tác năm")

    def test_what_is_missing_stops_it(self):
        for changes, field in (
            ({"place": ""}, "place"),
            ({"organiser": ""}, "organiser"),
            ({"who_may_come": ""}, "who_may_come"),
            ({"state": "cancelled"}, "state_reason"),
            ({"state": "moved", "state_reason": "Mưa."}, "moved_from"),
        ):
            with self.subTest(field=field):
                self.assertIn(field, messages(pages.event(**changes)))
        self.assertEqual(messages(pages.event()), {})

    def test_another_day_than_was_announced_must_be_said(self):
        page = publish(draft(pages.event(), self.section, by=self.cast.standing_office))
        page.starts_on = date(2020, 6, 28)

        self.assertIn("Đã báo ngày 27/06/2020", messages(page)["state"])
        page.state, page.moved_from, page.state_reason = "moved", date(2020, 6, 27), "Mưa lớn."
        self.assertEqual(messages(page), {})

    def test_hours_and_days_in_the_wrong_order_are_refused_at_their_field(self):
        for changes, field in (
            ({"ends_on": date(2020, 6, 26)}, "ends_on"),
            ({"ends_at": time(7, 0)}, "ends_at"),
            ({"starts_at": None}, "starts_at"),
        ):
            with self.subTest(field=field), self.assertRaises(ValidationError) as caught:
                pages.event(**changes).clean()
            self.assertIn(field, caught.exception.message_dict)
        pages.event(ends_on=date(2020, 6, 28), ends_at=time(7, 0)).clean()


class TheMonth(CalendarCase):
    def test_shows_events_and_reception_days_of_the_present_month(self):
        page = self.event()

        response = self.month()

        self.assertContains(response, "Tháng 06/2020")
        self.assertContains(response, f'href="{path_of(page)}"')
        # The 20th of June 2020 is a Saturday.
        self.assertContains(response, 'id="ngay-22"')
        self.assertContains(response, "Chuyển từ ngày 20/06/2020 (Thứ Bảy) vì là ngày nghỉ.")
        self.assertContains(response, "Luật Tiếp công dân 42/2013/QH13")

    def test_an_event_of_several_days_stands_on_each_of_this_month(self):
        self.event(starts_on=date(2020, 6, 29), ends_on=date(2020, 7, 2), ends_at=None)

        june, july = (months.month_of(self.calendar, date(2020, month, 1), date(2020, 6, 16)).days for month in (6, 7))

        self.assertEqual([day.day for day, found in june if any(line.url for line in found)], [29, 30])
        self.assertEqual([day.day for day, found in july if any(line.url for line in found)], [1, 2])

    def test_other_months_have_their_address_within_bounds(self):
        for end, status in (
            ("2020/7/", 200),
            ("2018/6/", 200),
            ("2021/6/", 200),
            ("2018/5/", 404),
            ("2021/7/", 404),
            ("2020/13/", 404),
            ("9999999999/1/", 404),
            ("2020/²/", 404),
        ):
            with self.subTest(end=end):
                self.assertEqual(self.month(end).status_code, status)
                self.assertEqual(self.calendar.shows(f"/{end}"), status == 200)
        self.assertFalse(self.calendar.shows(f"/{'9' * 5000}/1/"))

    def test_a_month_leads_to_the_one_before_and_after_and_says_its_name(self):
        response = self.month("2020/7/")

        self.assertContains(response, "<h1>Lịch tháng 07/2020</h1>", html=True)
        self.assertContains(response, f'href="{path_of(self.calendar)}2020/6/" rel="prev"')
        self.assertContains(response, f'href="{path_of(self.calendar)}2020/8/" rel="next"')
        self.assertNotContains(self.month("2021/6/"), 'rel="next"')

    def test_the_page_takes_few_queries_however_many_events_there_are(self):
        for number in range(3):
            self.event(title=f"Sự kiện số {number}")
        self.month()
        with self.assertNumQueries(5):
            months.month_of(self.calendar, date(2020, 6, 1), date(2020, 6, 16))

    def test_the_contact_page_shows_the_next_reception_days(self):
        contact = publish_at_once(draft(pages.contact(), self.city.home))

        response = pages.visit(self.client, contact)

        self.assertContains(response, "Lịch tiếp công dân sắp tới")
        self.assertContains(response, "Thứ Hai, 22/06/2020")
        self.assertContains(response, f'href="{path_of(self.calendar)}"')


class TheCalendarToSubscribeTo(CalendarCase):
    def test_has_the_events_in_universal_time(self):
        page = self.event()

        for of, end in ((self.calendar, "ical/"), (page, "ical/")):
            with self.subTest(of=of.title):
                found = self.ical(of, end)
                self.assertIn("DTSTART:20200627T003000Z", found)
                self.assertIn("DTEND:20200627T040000Z", found)
                self.assertIn(f"UID:su-kien-{page.translation_key}", found)
                self.assertIn(f"URL:{page.full_url}", found)

    def test_is_also_a_file_for_machines_that_subscribe_to_nothing(self):
        response = self.client.get(self.calendar.url)

        self.assertContains(response, f'href="{self.calendar.full_url}ical/"')
        self.assertContains(response, "Tải tệp lịch (.ics)")

    def test_whole_days_and_open_ends(self):
        for changes, span in (
            ({"starts_at": None, "ends_at": None}, ("DTSTART;VALUE=DATE:20200627", "DTEND;VALUE=DATE:20200628")),
            ({"ends_at": None}, ("DTSTART:20200627T003000Z", "DTEND:20200627T013000Z")),
            (
                {"ends_at": None, "ends_on": date(2020, 6, 28)},
                ("DTSTART:20200627T003000Z", "DTEND:20200628T170000Z"),
            ),
        ):
            with self.subTest(span=span):
                found = written(pages.event(**changes, first_published_at=None).calendar())
                self.assertLessEqual(set(span), set(found))

    def test_one_that_was_called_off_says_so_to_programs_which_know_it_by_the_same_name(self):
        page = publish(draft(pages.event(), self.section, by=self.cast.standing_office))
        (before,) = (line for line in self.ical(page) if line.startswith("UID:"))
        page.state, page.state_reason = "cancelled", "Mưa lớn."
        page.save_revision(user=self.cast.standing_office)

        with time_machine.travel("2020-06-17 09:00 +0700", tick=False):
            publish(page)
            found = self.ical()

        self.assertIn(before, found)
        self.assertIn("STATUS:CANCELLED", found)
        self.assertIn("SUMMARY:Đã hủy: Ngày hội việc làm thanh niên", found)
        self.assertIn("SEQUENCE:86400", found)

    def test_what_is_not_public_is_in_no_calendar_and_on_no_month(self):
        draft(pages.event(title="Sự kiện còn nháp"), self.section)
        later = draft(pages.event(title="Sự kiện hẹn giờ"), self.section, by=self.cast.standing_office)
        later.go_live_at = datetime.fromisoformat("2020-06-20T06:00:00+07:00")
        later.save_revision(user=self.cast.standing_office)
        publish(later)
        changed = self.event(title="Sự kiện đã đăng")
        changed.title = "Sự kiện sửa chưa đăng"
        changed.save_revision()
        elsewhere = publish_at_once(
            draft(pages.event(title="Sự kiện của phường"), self.city.section(self.city.my_long))
        )

        for end in ("", "2020/6/", "ical/"):
            with self.subTest(end=end):
                text = self.month(end).content.decode().replace("\r\n ", "")
                self.assertIn("Sự kiện đã đăng", text)
                for title in ("còn nháp", "hẹn giờ", "chưa đăng", elsewhere.title):
                    self.assertNotIn(title, text)
        self.assertEqual(pages.visit(self.client, later, end="ical/").status_code, 404)

    def test_one_that_is_taken_down_is_gone_from_all_of_them_at_once(self):
        page = publish(draft(pages.event(), self.section, by=self.cast.standing_office))
        addresses = ("", "2020/6/", "ical/")
        for end in addresses:
            self.assertIn(page.title, self.month(end).content.decode().replace("\r\n ", ""))

        (row,) = takedown.propose(page, TakeDown.Ground.ERROR, by=self.cast.standing_office, explanation="Ghi sai nơi.")
        takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=self.cast.head, note="Đồng ý gỡ.")

        for end in addresses:
            self.assertNotIn(page.title, self.month(end).content.decode().replace("\r\n ", ""))
        self.assertEqual(pages.visit(self.client, page, end="ical/").status_code, 404)

    def test_events_of_a_section_that_is_not_public_are_left_out(self):
        page = self.event()
        with open_gate("take_down"):
            self.section.unpublish(log_action=False)
        note_changed(self.section)

        self.assertNotIn(page.title, self.month("ical/").content.decode().replace("\r\n ", ""))

    def test_the_addresses_are_kept_by_the_page_cache_until_the_site_changes(self):
        page = self.event()
        for of, end in ((self.calendar, "ical/"), (self.calendar, "tiep-cong-dan/ical/"), (page, "ical/")):
            with self.subTest(end=end):
                response = pages.visit(self.client, of, end=end)
                self.assertEqual(response["Content-Type"], lines.CONTENT_TYPE)
                self.assertIn(str(self.city.site.pk), response["X-Portal-Sites"].split(","))


class ReadByAnotherProgram(CalendarCase):
    """An independent library finds in the calendars what people are told, without a complaint."""

    def read(self, page, end="ical/"):
        found = icalendar.Calendar.from_ical(pages.visit(self.client, page, end=end).content)
        self.assertEqual([part.errors for part in found.walk() if part.errors], [])
        return {str(event["UID"]): event for event in found.walk("VEVENT")}

    def test_events_reception_days_and_working_schedules(self):
        page = self.event(summary="Hơn 1.000 việc; có xe đưa, đón \\ miễn phí.")
        off = self.event(title="Hội chợ đã hủy", state="cancelled", state_reason="Mưa.", starts_at=None, ends_at=None)
        direction = self.city.section(self.city.site, "chi-dao-dieu-hanh")
        publish_at_once(draft(pages.schedule(pages.schedule_item(on=date(2020, 6, 9))), direction))

        found = self.read(self.calendar)

        fair = found[f"su-kien-{page.translation_key}"]
        self.assertEqual(fair.decoded("DTSTART"), datetime.fromisoformat("2020-06-27T00:30:00+00:00"))
        self.assertEqual(str(fair["SUMMARY"]), page.title)
        self.assertEqual(str(fair["LOCATION"]), page.place)
        self.assertIn("có xe đưa, đón \\ miễn phí.", str(fair["DESCRIPTION"]))
        cancelled = found[f"su-kien-{off.translation_key}"]
        self.assertEqual(str(cancelled["STATUS"]), "CANCELLED")
        self.assertEqual(cancelled.decoded("DTSTART"), date(2020, 6, 27))
        days = sorted(event.decoded("DTSTART").date() for uid, event in found.items() if uid.startswith("tiep-dan"))
        self.assertIn(date(2020, 6, 22), days)
        self.assertEqual(len(self.read(page)), 1)
        self.assertEqual(len(self.read(self.calendar, "tiep-cong-dan/ical/")), len(days))
        self.assertEqual(len(self.read(direction)), 1)


class ReceptionChanges(CalendarCase):
    def test_leaders_move_or_call_off_one_day_with_its_reason(self):
        moved = ReceptionChange(on=date(2020, 7, 6), new_on=date(2020, 7, 7), reason="Họp Hội đồng nhân dân.")
        called_off = ReceptionChange(on=date(2020, 7, 20), reason="Đi công tác.")
        self.calendar.changes = [moved, called_off]
        self.calendar.save_revision()
        publish_at_once(self.calendar)

        response = self.month("2020/7/")

        self.assertContains(response, 'id="ngay-7"')
        self.assertNotContains(response, 'id="ngay-6"')
        self.assertContains(response, "Dời từ ngày 06/07/2020: Họp Hội đồng nhân dân.")
        self.assertContains(response, "Không tiếp: Đi công tác.")
        found = self.ical(end="tiep-cong-dan/ical/")
        self.assertIn("DTSTART:20200707T010000Z", found)
        self.assertEqual(found.count("STATUS:CANCELLED"), 1)

    def test_a_day_that_is_named_twice_or_moved_to_itself_is_stopped(self):
        same = ReceptionChange(on=date(2020, 7, 6), new_on=date(2020, 7, 6), reason="Họp.")
        for changed in ([same], [same, ReceptionChange(on=date(2020, 7, 6), reason="Họp.")]):
            self.assertIn("changes", messages(pages.calendar(changed=changed)))
        self.assertEqual(messages(pages.calendar(changed=[ReceptionChange(on=date(2020, 7, 6), reason="Họp.")])), {})

    def test_a_day_is_moved_no_farther_than_the_calendar_looks(self):
        for new_on, is_shown in ((date(2020, 8, 6), True), (date(2020, 8, 7), False), (date(2020, 6, 4), False)):
            with self.subTest(new_on):
                change = ReceptionChange(on=date(2020, 7, 6), new_on=new_on, reason="Họp.")
                found = messages(pages.calendar(changed=[change]))
                self.assertEqual(list(found), [] if is_shown else ["changes"])
                if not is_shown:
                    self.assertIn("quá 31 ngày", found["changes"])

    def test_a_change_of_a_day_that_no_rule_names_is_doubted(self):
        # The 5th of July 2020 is a Sunday: the reception is on the 6th.
        for on, is_doubted in ((date(2020, 7, 6), False), (date(2020, 7, 5), True), (date.min, True), (date.max, True)):
            with self.subTest(on):
                found = messages(pages.calendar(changed=[ReceptionChange(on=on, reason="Họp.")]), "warning")
                self.assertEqual("changes" in found, is_doubted)

    def test_a_rule_that_has_ended_names_no_further_day(self):
        ended = pages.calendar(pages.reception_rule(valid_to=date(2020, 6, 30)))

        found = months.receptions.between(
            ended.receptions.all(), [], date(2020, 6, 1), date(2020, 6, 1) + timedelta(days=90)
        )

        self.assertEqual([one.on for one in found], [date(2020, 6, 5), date(2020, 6, 22)])
