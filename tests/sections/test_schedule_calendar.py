from datetime import date, time

import time_machine

from sections.calendars import lines
from tests.city import CityTestCase, draft, publish_at_once
from tests.sections import pages


def lines_of(response) -> list[str]:
    """The lines of a calendar, those that were broken put together again."""
    return response.content.decode().replace("\r\n ", "").split("\r\n")


@time_machine.travel("2020-06-10 09:00 +0700", tick=False)
class SectionCalendarTests(CityTestCase):
    def setUp(self):
        self.section = self.city.section(self.city.site, "chi-dao-dieu-hanh")

    def calendar(self):
        return pages.visit(self.client, self.section, end="ical/")

    def test_an_item_says_when_who_what_where_and_what_changed(self):
        item = pages.schedule_item(
            content="Họp; nghe báo cáo, kết luận",
            attending="Trưởng các phòng",
            is_changed=True,
            change_note="Dời sang 8 giờ",
        )
        page = publish_at_once(draft(pages.schedule(item), self.section))

        response = self.calendar()

        self.assertEqual(response["Content-Type"], lines.CONTENT_TYPE)
        found = lines_of(response)
        self.assertIn("DTSTART:20200609T010000Z", found)
        self.assertIn(r"SUMMARY:Chủ tịch: Họp\; nghe báo cáo\, kết luận", found)
        self.assertIn("LOCATION:Trụ sở Tiếp công dân", found)
        self.assertIn(r"DESCRIPTION:Thành phần: Trưởng các phòng\nCó thay đổi: Dời sang 8 giờ", found)
        self.assertIn(f"URL:{page.full_url}", found)

    def test_what_lasts_the_whole_day_has_a_date_only(self):
        publish_at_once(draft(pages.schedule(pages.schedule_item(starts_at=None)), self.section))

        self.assertIn("DTSTART;VALUE=DATE:20200609", lines_of(self.calendar()))

    def test_an_item_ends_after_an_hour_or_with_the_next_of_the_same_person_a_whole_day_with_the_day(self):
        items = [
            pages.schedule_item(starts_at=time(8, 0)),
            pages.schedule_item(starts_at=time(8, 30)),
            pages.schedule_item(starts_at=time(8, 40), leader="Phó Chủ tịch"),
            pages.schedule_item(starts_at=None),
        ]
        publish_at_once(draft(pages.schedule(*items), self.section))

        found = lines_of(self.calendar())

        events = dict(
            zip([x for x in found if x[:7] == "DTSTART"], [x for x in found if x[:5] == "DTEND"], strict=True)
        )
        self.assertEqual(
            events,
            {
                "DTSTART:20200609T010000Z": "DTEND:20200609T013000Z",
                "DTSTART:20200609T013000Z": "DTEND:20200609T023000Z",
                "DTSTART:20200609T014000Z": "DTEND:20200609T024000Z",
                "DTSTART;VALUE=DATE:20200609": "DTEND;VALUE=DATE:20200610",
            },
        )

    def test_drafts_and_weeks_long_past_are_left_out(self):
        draft(pages.schedule(title="Bản nháp"), self.section)
        old = pages.schedule_item(on=date(2020, 5, 12), starts_at=time(9, 0))
        publish_at_once(draft(pages.schedule(old, week_start=date(2020, 5, 11)), self.section))

        found = lines_of(self.calendar())

        self.assertIn("BEGIN:VCALENDAR", found)
        self.assertNotIn("BEGIN:VEVENT", found)

    def test_a_line_has_at_most_75_octets_and_no_letter_is_broken(self):
        publish_at_once(draft(pages.schedule(pages.schedule_item(content="Tiếp công dân định kỳ " * 12)), self.section))

        raw = self.calendar().content

        parts = raw.split(b"\r\n")
        self.assertLessEqual(max(map(len, parts)), lines.LINE_OCTETS)
        self.assertIn("SUMMARY:Chủ tịch: Tiếp công dân định kỳ", "".join(part.decode() for part in parts))

    def test_a_section_without_schedules_has_no_calendar(self):
        news = self.city.section(self.city.site)

        self.assertEqual(pages.visit(self.client, news, end="ical/").status_code, 404)

    def test_the_list_and_the_week_lead_to_the_calendar(self):
        page = publish_at_once(draft(pages.schedule(), self.section))

        for shown in (self.section, page):
            with self.subTest(page=shown):
                address = self.section.full_url.replace("http://", "webcal://")
                self.assertContains(pages.visit(self.client, shown), f'href="{address}ical/"')

    def test_a_week_leads_to_the_one_before_and_the_one_after(self):
        first, middle, last = (
            publish_at_once(draft(pages.schedule(title=f"Lịch tuần {start:%d/%m}", week_start=start), self.section))
            for start in (date(2020, 6, 1), date(2020, 6, 8), date(2020, 6, 15))
        )

        response = pages.visit(self.client, middle)

        self.assertContains(response, f'href="/chi-dao-dieu-hanh/{first.slug}/" rel="prev"')
        self.assertContains(response, f'href="/chi-dao-dieu-hanh/{last.slug}/" rel="next"')
