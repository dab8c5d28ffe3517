"""Polls: one press a visitor and day, figures where the poll shows them, and what was voted on stays as it was."""

import json
from datetime import date, datetime, timedelta
from unittest import mock
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import time_machine
from django.test import Client, override_settings

from base.gate import Refused, open_gate
from base.operations.throttle import Rate
from base.public.usage.counting import Usage
from sections.models import PollPage, PollVotes
from sections.models.taking_part.open_days import Stage
from sections.polls import voting
from tests.city import CityTestCase, draft, publish
from tests.sections import pages

NOW = datetime(2020, 6, 20, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
OVER = NOW + timedelta(days=20)
QUESTION = "Ông/bà muốn chợ đêm mở vào ngày nào?"


def poll(**changes) -> PollPage:
    return PollPage(
        **{
            "title": "Thăm dò về chợ đêm",
            "question": QUESTION,
            "choices": pages.stream(("choice", "Thứ Bảy"), ("choice", "Chủ nhật")),
            "opens_on": date(2020, 6, 16),
            "closes_on": date(2020, 6, 30),
            **pages.responsibility(),
            **changes,
        }
    )


@override_settings(PORTAL_THROTTLE=False)
class PollTestCase(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        with time_machine.travel(NOW - timedelta(days=2), tick=False):
            cls.page = cls.public()

    @classmethod
    def public(cls, **changes):
        section = cls.city.section(cls.city.site, "gop-y")
        page = publish(draft(poll(**changes), section, by=cls.cast.standing_office))
        return PollPage.objects.get(pk=page.pk)

    def setUp(self):
        # Each test has visitors of its own.
        self.usage = Usage(write=lambda counts: None)
        self.enterContext(mock.patch("sections.polls.voting.usage", self.usage))
        self.enterContext(time_machine.travel(NOW, tick=False))

    def press(self, choice: int | None = 0, *, page=None, address="192.0.2.1", **headers):
        page = page or self.page
        sent = {} if choice is None else {"phuong-an": page.offered()[choice].key}
        browser = Client(enforce_csrf_checks=True)
        return browser.post(f"/tham-do/{page.pk}/", sent, headers=headers, REMOTE_ADDR=address)

    @property
    def path(self) -> str:
        """The path of the poll's page."""
        return urlsplit(self.page.full_url).path

    def path_of(self, response) -> str:
        """The path of where an answer leads to."""
        return urlsplit(response.url).path

    def votes(self) -> list[int]:
        found = dict(PollVotes.objects.filter(poll=self.page.translation_key).values_list("choice", "votes"))
        return [found.get(choice.key, 0) for choice in self.page.offered()]

    def after(self, response) -> str:
        """What a browser shows that follows where an answer leads to."""
        self.assertEqual(response.status_code, 303)
        address = urlsplit(response.url)
        return self.client.get(f"{address.path}?{address.query}").content.decode()


class Voting(PollTestCase):
    def test_a_press_is_counted_and_the_figures_are_shown(self):
        shown = self.after(self.press(1))

        self.assertEqual(self.votes(), [0, 1])
        self.assertIn("lựa chọn đã được tính", shown)
        self.assertIn("100%", shown)

    def test_a_double_click_and_a_second_choice_are_not_counted(self):
        self.press(0)

        shown = self.after(self.press(1))

        self.assertEqual(self.votes(), [1, 0])
        self.assertIn("mỗi người được tính một lần trong ngày", shown)

    def test_neighbours_are_counted_and_nothing_of_them_is_stored(self):
        for number in range(3):
            self.press(0, address=f"192.0.2.{number}")

        self.assertEqual(self.votes(), [3, 0])
        self.assertEqual({field.name for field in PollVotes._meta.fields}, {"id", "poll", "choice", "text", "votes"})

    def test_without_a_choice_the_form_comes_back_and_says_so(self):
        response = self.press(None)

        self.assertContains(response, "Hãy chọn một phương án")
        self.assertContains(response, QUESTION)
        self.assertContains(response, "<title>Lỗi:")
        self.assertEqual(self.votes(), [0, 0])

    def test_a_choice_of_another_poll_and_another_sites_form_are_refused(self):
        with self.assertRaises(Refused):
            voting.count(self.page, "khong-co")
        response = self.press(0, **{"sec-fetch-site": "cross-site"})

        self.assertEqual((response.status_code, self.votes()), (403, [0, 0]))

    def test_before_its_first_and_after_its_last_day_nothing_is_counted(self):
        for moment in (NOW - timedelta(days=5), OVER):
            with time_machine.travel(moment, tick=False):
                response = self.press(0)
                self.assertEqual((response.status_code, self.path_of(response)), (303, self.path))
                with self.assertRaises(Refused):
                    voting.count(self.page, self.page.offered()[0].key)
        self.assertEqual(self.votes(), [0, 0])

    def test_on_a_site_that_stands_still_nothing_is_counted_and_the_figures_are_shown(self):
        self.press(0)
        State = type(self.city.site).State
        for state in (State.FROZEN, State.CLOSED):
            type(self.city.site).objects.filter(pk=self.city.site.pk).update(state=state)
            page = PollPage.objects.get(pk=self.page.pk)
            with self.subTest(state=state):
                self.assertEqual((page.is_open, page.stage(NOW.date())), (False, Stage.CLOSED))
                self.press(1, address="192.0.2.2")
                with self.assertRaises(Refused):
                    voting.count(page, page.offered()[1].key)
        self.assertEqual(self.votes(), [1, 0])

    def test_too_many_presses_of_one_network_wait(self):
        self.usage._buckets = self.usage._buckets.__class__({"vote": Rate(1, 0.1)}, lambda: 1000.0)
        with override_settings(PORTAL_THROTTLE=True):
            self.press(0)
            self.assertEqual(self.press(0).status_code, 429)
        self.assertEqual(self.votes(), [1, 0])

    def test_a_press_that_was_not_counted_may_be_made_again(self):
        with mock.patch("sections.polls.voting.count", side_effect=RuntimeError), self.assertRaises(RuntimeError):
            self.press(0)

        shown = self.after(self.press(0))

        self.assertEqual(self.votes(), [1, 0])
        self.assertIn("lựa chọn đã được tính", shown)

    def test_a_draft_takes_no_press(self):
        page = draft(poll(title="Nháp"), self.city.section(self.city.site, "gop-y"), by=self.cast.standing_office)

        self.assertEqual(self.press(0, page=page).status_code, 404)


class Figures(PollTestCase):
    def read(self, page=None) -> str:
        return pages.visit(self.client, page or self.page).content.decode()

    def test_readers_see_the_question_while_it_is_open_and_the_figures_at_its_end(self):
        self.press(1)

        self.assertIn('name="phuong-an"', self.read())
        self.assertNotIn("100%", self.read())
        with time_machine.travel(OVER, tick=False):
            shown = self.read()
        self.assertNotIn('name="phuong-an"', shown)
        self.assertIn("100%", shown)
        self.assertIn("Đã kết thúc", shown)

    def test_who_has_not_pressed_is_led_to_the_page(self):
        for query in ("", "?da-chon=1", "?da-chon=gia-mao:abc:def"):
            response = self.client.get(f"/tham-do/{self.page.pk}/cam-on/{query}")
            self.assertEqual((response.status_code, self.path_of(response)), (303, self.path), query)

    def test_a_poll_that_shows_them_at_its_end_does_not_before(self):
        self.page = self.public(title="Kín", shows_results=PollPage.Results.AT_END)

        shown = self.after(self.press(1))

        self.assertIn("lựa chọn đã được tính", shown)
        self.assertNotIn("100%", shown)

    def test_the_page_is_the_same_for_all_and_has_no_token(self):
        self.assertNotIn("csrfmiddlewaretoken", self.read())


class WhatWasVotedOn(PollTestCase):
    def blockers(self, page) -> list[str]:
        return [finding.field for finding in page.preflight() if finding.is_blocker]

    def test_cannot_change_any_more_but_its_days_can(self):
        self.press(0)
        page = PollPage.objects.get(pk=self.page.pk)
        page.closes_on = date(2020, 7, 15)
        self.assertEqual(self.blockers(page), [])

        page.choices = pages.stream(("choice", "Thứ Sáu"), ("choice", "Chủ nhật"))

        self.assertEqual(self.blockers(page), ["choices"])

    def test_cannot_change_by_way_of_a_take_down_either(self):
        self.press(0)
        with open_gate("take_down"):
            self.page.unpublish(log_action=False)
        page = PollPage.objects.get(pk=self.page.pk)
        self.assertEqual(self.blockers(page), [])

        blocks = enumerate(page.choices.raw_data)
        page.choices = json.dumps([{**dict(block), "value": f"Ngày thứ {number}"} for number, block in blocks])
        # What is not public has its newest version in its own row.
        page.save()

        self.assertEqual(self.blockers(PollPage.objects.get(pk=page.pk)), ["choices"])

    def test_can_change_before_the_first_press(self):
        page = PollPage.objects.get(pk=self.page.pk)
        page.question = "Ông/bà muốn chợ đêm mở lúc mấy giờ?"

        self.assertEqual(self.blockers(page), [])

    def test_needs_two_choices_and_its_days(self):
        for changes, wanted in (
            ({"choices": pages.stream(("choice", "Thứ Bảy"))}, ["choices"]),
            ({"choices": pages.stream(("choice", "Thứ Bảy"), ("choice", "Thứ Bảy"))}, ["choices"]),
            ({"question": ""}, ["question"]),
            ({"closes_on": None}, ["closes_on"]),
        ):
            with self.subTest(changes=changes):
                page = draft(poll(**changes), self.page.get_parent(), by=self.cast.standing_office)
                self.assertEqual(self.blockers(page), wanted)
