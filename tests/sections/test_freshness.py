"""A section without news for as long as the Board allows is due to be brought up to date."""

from datetime import date, datetime

import time_machine
from django.utils import timezone
from wagtail.models import Page

from sections import freshness
from tests import factories
from tests.city import CityTestCase, fresh, publish_at_once
from workflows.dashboard import queue_screen, work_queue
from workflows.deadlines import VIETNAM, boards
from workflows.deadlines.acting import FRESH_RULE
from workflows.models import Deadline, DeadlineRule

LAST_NEWS = datetime(2026, 3, 2, 9, tzinfo=VIETNAM)


class Silence(CityTestCase):
    """Mỹ Long wrote news on 02/03/2026 and nothing since; the Board wants news every 30 days."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.section = cls.city.section(cls.city.my_long)
        Page.objects.filter(pk=cls.section.pk).update(last_published_at=LAST_NEWS)
        with time_machine.travel(LAST_NEWS, tick=False):
            publish_at_once(factories.article(cls.section, by=cls.cast.contributor, title="Tin gần nhất"))

    def rule(self, days: int | None = 30) -> None:
        DeadlineRule.objects.filter(code=FRESH_RULE).update(amount=days)

    def deadline(self) -> Deadline | None:
        return Deadline.objects.for_subject(self.section).open().filter(rule__code=FRESH_RULE).first()

    def test_is_not_measured_until_the_board_has_said_how_long_it_may_last(self):
        self.rule(None)

        self.assertEqual(freshness.run_deadlines(on=date(2026, 4, 20)), [])

    def test_counts_from_the_newest_thing_in_the_section(self):
        self.rule()

        freshness.run_deadlines(on=date(2026, 3, 3))

        self.assertEqual((self.deadline().started_on, self.deadline().last_day), (date(2026, 3, 2), date(2026, 4, 1)))
        self.assertEqual(self.deadline().site, self.city.my_long)

    def test_ends_with_the_next_news_and_begins_anew(self):
        self.rule()
        freshness.run_deadlines(on=date(2026, 3, 3))
        first = self.deadline()
        with time_machine.travel(datetime(2026, 3, 20, 9, tzinfo=VIETNAM), tick=False):
            publish_at_once(factories.article(self.section, by=self.cast.contributor, title="Tin mới"))

        freshness.run_deadlines(on=date(2026, 3, 21))
        freshness.run_deadlines(on=date(2026, 3, 22))

        first.refresh_from_db()
        self.assertEqual(first.met_on, date(2026, 3, 20))
        self.assertEqual(self.deadline().started_on, date(2026, 3, 20))

    def test_is_on_the_desk_of_all_who_write_for_the_ward_whoever_made_the_section(self):
        self.rule()
        freshness.run_deadlines(on=date(2026, 4, 10))
        Deadline.objects.exclude(pk=self.deadline().pk).update(cancelled=True)
        with time_machine.travel(datetime(2026, 4, 10, 9, tzinfo=VIETNAM), tick=False):
            for who, is_there in (("contributor", True), ("contributor_my_xuyen", False), ("standing_office", False)):
                user = fresh(getattr(self.cast, who))
                groups = queue_screen.groups_of(work_queue.Scope(user, timezone.now()))
                titles = [row.title for group in groups if group.kind.key == "thoi-han" for row in group.rows]
                mine = [row.deadline.pk for row in boards.rows(user, boards.visible_to(user)) if row.is_mine]
                with self.subTest(who):
                    self.assertEqual("Cập nhật chuyên mục «Tin tức, sự kiện»" in titles, is_there)
                    self.assertEqual(self.deadline().pk in mine, is_there)
