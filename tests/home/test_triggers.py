"""Nothing on the list of rules is without a trigger: what starts each deadline, and the story that tries it."""

import ast
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import rooms
import time_machine
from django.conf import settings
from django.test import SimpleTestCase

from base.tables.incoming import shipped
from sections.models import ArticlePage, StandardPage
from servicecatalog.models import ServiceOutagePage
from tests import factories
from tests.city import CityTestCase, draft, publish
from tests.sections import pages
from tests.servicecatalog.cast import a_procedure
from workflows import deadlines
from workflows.deadlines import VIETNAM, duties
from workflows.models import Deadline, DeadlineRule
from workflows.seeding import DATA

ROOT = Path(settings.BASE_DIR)
# The story in which the deadline starts by itself: file, class, test.
STORIES = {
    "DL-LAW-INFO": "tests/legalref/test_posting.py::Dissemination::"
    "test_a_flagged_document_gets_a_draft_that_cites_it_and_is_due_in_15_working_days",
    "DL-DOC-OWN": "tests/legalref/test_posting.py::AnImport::"
    "test_starts_the_duty_on_each_of_three_sites_and_publication_meets_them",
    "DL-DOC-SCOPE": "tests/legalref/test_posting.py::AnImport::"
    "test_starts_the_duty_on_each_of_three_sites_and_publication_meets_them",
    "DL-PLAN": "tests/workflows/test_duty_clocks.py::OfDrafts::"
    "test_a_plan_and_both_events_of_a_science_programme_have_their_rules",
    "DL-SCI": "tests/workflows/test_duty_clocks.py::OfDrafts::"
    "test_a_plan_and_both_events_of_a_science_programme_have_their_rules",
    "DL-SCI-ACCEPTED": "tests/workflows/test_duty_clocks.py::OfDrafts::"
    "test_a_plan_and_both_events_of_a_science_programme_have_their_rules",
    "DL-STAT": "tests/workflows/test_duty_clocks.py::OfDrafts::"
    "test_a_draft_that_names_the_event_starts_its_clock_before_it_is_public",
    "DL-QA-ANSWER": "tests/faq/test_acceptance.py::Acceptance::test_runs_from_the_receipt_beside_the_15_days",
    "DL-QA-ACCEPT": "tests/faq/test_acceptance.py::Acceptance::test_runs_from_the_receipt_beside_the_15_days",
    "DL-QA-REJECT": "tests/faq/test_acceptance.py::OutOfScope::test_is_due_at_once_and_names_a_body_of_the_directory",
    "DL-QA-SUB": "tests/faq/test_acceptance.py::Acceptance::test_begins_anew_with_the_unit_that_gets_it",
    "DL-QA-PROMISED": "tests/faq/test_acceptance.py::Acceptance::test_ends_with_a_notice_that_promises_a_day",
    "DL-FRESH": "tests/sections/test_freshness.py::Silence::test_counts_from_the_newest_thing_in_the_section",
    "DL-SVC": "tests/home/test_triggers.py::Services::test_a_decision_that_changes_a_public_procedure_is_due_at_once",
    "DL-ERR": "tests/personaldata/test_complaints.py",
    "DL-ERR-UNIT": "tests/personaldata/test_complaints.py::OfTheUnit::test_has_five_working_days_beside_the_fifteen",
    "DL-FORMAT": "tests/personaldata/test_complaints.py::AnotherFormat::test_has_five_working_days_and_no_others",
    "DL-ATI-DEFAULT": "tests/home/test_triggers.py::Disclosures::test_are_due_5_working_days_after_the_information",
    "DL-REPORT": "tests/reporting/test_yearly.py::Drafts::test_it_is_due_before_the_first_of_december",
    "DL-DOWNTIME": "tests/home/test_triggers.py::PlannedStops::test_are_told_in_advance_by_their_rule",
    "DL-DOWNTIME-SVC": "tests/home/test_triggers.py::PlannedStops::test_are_told_in_advance_by_their_rule",
    "DL-OUTCOME": "tests/home/test_triggers.py::Consultations::test_that_have_closed_owe_their_outcome",
    "DL-TAKEDOWN": "tests/workflows/test_takedown.py",
    "DL-REVIEW": "tests/workflows/test_duty_clocks.py",
    "DL-DSR": "tests/personaldata/test_requests.py",
    "DL-CHECK-YEAR": "tests/workflows/test_review_dates.py",
    "DL-CHECK-HALF": "tests/workflows/test_review_dates.py",
    "DL-TRANSLATION": "tests/workflows/test_translations.py::Changed::"
    "test_a_source_that_says_something_else_marks_its_translation_and_starts_a_deadline",
    "DL-ARTICLE": "tests/faq/test_contributing.py::TheTerm::test_runs_from_the_receipt_until_the_office_says_something",
}


class TheList(SimpleTestCase):
    codes = {row["code"] for row in shipped(DATA / "deadline_rules.csv")}

    def test_has_a_story_for_every_rule_and_no_other(self):
        self.assertEqual(set(STORIES), self.codes)

    def test_names_stories_that_are_there(self):
        for code, story in STORIES.items():
            path, *names = story.split("::")
            tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
            for name in names:
                kinds = ast.ClassDef | ast.FunctionDef
                tree = next((node for node in tree.body if isinstance(node, kinds) and node.name == name), None)
                self.assertIsNotNone(tree, f"{code}: {story}")

    def test_every_rule_is_started_by_a_module_of_the_product(self):
        found = set()
        for room in rooms.ROOMS:
            for path in (ROOT / room).rglob("*.py"):
                # What only lists the rules of a section starts none.
                if path.name != "catalogue.py" and "migrations" not in path.parts:
                    found |= set(re.findall(r'"(DL-[A-Z-]+)"', path.read_text(encoding="utf-8")))
        self.assertEqual(self.codes - found, set())


class Triggered(CityTestCase):
    def rows(self, subject, code: str) -> list[Deadline]:
        return list(Deadline.objects.for_subject(subject).filter(rule__code=code).order_by("pk"))


class Consultations(Triggered):
    """Open until 10/06/2026; the board wants the outcome within 10 working days."""

    def public(self):
        section = self.city.section(self.city.my_long, "gop-y")
        page = factories.consultation(
            section, by=self.cast.contributor, opens_on=date(2026, 5, 11), closes_on=date(2026, 6, 10)
        )
        with time_machine.travel("2026-05-11 09:00 +0700", tick=False):
            return publish(page, by=self.cast.contributor)

    def test_that_have_closed_owe_their_outcome(self):
        DeadlineRule.objects.filter(code="DL-OUTCOME").update(amount=10)
        page = self.public()

        (deadline,) = self.rows(page, "DL-OUTCOME")
        self.assertEqual((deadline.met_on, deadline.last_day), (None, date(2026, 6, 24)))
        self.assertEqual(deadline.site, self.city.my_long)
        self.assertEqual([deadlines.is_late(deadline, date(2026, 6, day)) for day in (24, 25)], [False, True])

    def page_at(self, address) -> str:
        return self.client.get(address.path, headers={"host": address.netloc}).content.decode()

    def test_that_have_closed_tell_readers_by_when_the_outcome_comes(self):
        DeadlineRule.objects.filter(code="DL-OUTCOME").update(amount=10)
        address = urlsplit(self.public().full_url)

        for day, is_told in (("2026-06-10", False), ("2026-06-11", True)):
            with self.subTest(day), time_machine.travel(f"{day} 09:00 +0700", tick=False):
                told = "Chậm nhất: 24/06/2026." in self.page_at(address)
                self.assertEqual(told, is_told)

    def test_a_correction_meets_nothing_and_the_outcome_does(self):
        DeadlineRule.objects.filter(code="DL-OUTCOME").update(amount=10)
        page = self.public()
        page.summary = "Tóm tắt đã sửa."
        page.save_revision(user=self.cast.contributor)
        with time_machine.travel("2026-06-01 09:00 +0700", tick=False):
            page = publish(page, by=self.cast.contributor)
        self.assertIsNone(self.rows(page, "DL-OUTCOME")[0].met_on)

        page.outcome_on, page.outcome = date(2026, 6, 18), "<p>Đã tiếp thu.</p>"
        page.save_revision(user=self.cast.contributor)
        with time_machine.travel("2026-06-18 09:00 +0700", tick=False):
            publish(page, by=self.cast.contributor)

        (deadline,) = self.rows(page, "DL-OUTCOME")
        self.assertEqual((deadline.met_on, deadlines.is_late(deadline)), (date(2026, 6, 18), False))

    def test_owe_nothing_that_is_measured_until_the_board_has_set_the_amount(self):
        self.assertEqual(self.rows(self.public(), "DL-OUTCOME"), [])


class Disclosures(Triggered):
    def disclosure(self, **fields):
        section = self.city.section(self.city.site, "cong-khai")
        return factories.article(section, by=self.cast.editor, kind=ArticlePage.Kind.DISCLOSURE, **fields)

    def test_are_due_5_working_days_after_the_information(self):
        (deadline,) = duties.note_duties(self.disclosure(information_on=date(2026, 6, 1)))

        self.assertEqual((deadline.rule.code, deadline.last_day), ("DL-ATI-DEFAULT", date(2026, 6, 8)))

    def test_that_are_notices_or_standing_pages_of_the_section_are_due_likewise(self):
        day = date(2026, 6, 1)
        section = self.city.section(self.city.site, "cong-khai")
        standing = draft(
            StandardPage(title="Danh mục công khai", slug="danh-muc", information_on=day, **pages.responsibility()),
            section,
            by=self.cast.editor,
        )
        below = draft(
            StandardPage(title="Năm 2026", slug="nam-2026", information_on=day, **pages.responsibility()),
            standing,
            by=self.cast.editor,
        )
        notice = factories.notice(section, by=self.cast.editor, information_on=day)

        for page in (notice, standing, below):
            with self.subTest(page=page.title):
                (deadline,) = duties.note_duties(page)
                self.assertEqual((deadline.rule.code, deadline.last_day), ("DL-ATI-DEFAULT", date(2026, 6, 8)))
        self.assertEqual(
            Deadline.objects.for_subject(publish(notice)).get(rule__code="DL-ATI-DEFAULT").met_on, deadlines.today()
        )

    def test_that_are_notices_without_the_day_are_asked_for_it(self):
        section, news = self.city.section(self.city.site, "cong-khai"), self.city.section(self.city.site)

        asked = [
            "information_on" in {found.field for found in factories.notice(place, by=self.cast.editor).preflight()}
            for place in (section, news)
        ]

        self.assertEqual(asked, [True, False])

    def test_elsewhere_a_notice_with_a_day_owes_nothing(self):
        notice = factories.notice(
            self.city.section(self.city.site), by=self.cast.editor, information_on=date(2026, 6, 1)
        )

        self.assertEqual(duties.note_duties(notice), [])

    def test_without_the_day_are_asked_for_it_and_other_articles_are_not(self):
        news = factories.article(self.city.section(self.city.site), by=self.cast.editor)

        fields = [{found.field for found in page.preflight()} for page in (self.disclosure(), news)]

        self.assertEqual(["information_on" in found for found in fields], [True, False])


class PlannedStops(Triggered):
    """Services stop on Friday 27/11/2026; Tuesday 24/11 is a day off."""

    def stop(self, **fields):
        starts = datetime(2026, 11, 27, 22, tzinfo=VIETNAM)
        page = ServiceOutagePage(
            title="Bảo trì",
            message="Bảo trì hệ thống.",
            starts_at=starts,
            ends_at=starts + timedelta(hours=4),
            responsible_unit=self.city.site.unit,
            **fields,
        )
        return draft(page, self.city.section(self.city.site, "dich-vu-cong"), by=self.cast.editor)

    def test_are_told_in_advance_by_their_rule(self):
        for fields, expected in (
            ({"whole_portal": True}, ("DL-DOWNTIME", date(2026, 11, 17))),
            ({}, ("DL-DOWNTIME-SVC", date(2026, 11, 26))),
        ):
            with self.subTest(fields):
                (deadline,) = duties.note_duties(self.stop(**fields))
                self.assertEqual((deadline.rule.code, deadline.last_day), expected)

    def test_that_nobody_planned_owe_no_notice(self):
        self.assertEqual(duties.note_duties(self.stop(is_planned=False)), [])

    def test_a_notice_that_came_too_late_is_late(self):
        page = self.stop(whole_portal=True)
        with time_machine.travel("2026-11-18 09:00 +0700", tick=False):
            publish(page, by=self.cast.editor)

        self.assertTrue(deadlines.is_late(self.rows(page, "DL-DOWNTIME")[0]))


class Services(Triggered):
    def test_a_decision_that_changes_a_public_procedure_is_due_at_once(self):
        procedure = a_procedure(self.city)
        first = self.rows(procedure, "DL-SVC")
        decided = deadlines.today()
        procedure.decided_on = decided
        procedure.save_revision(user=self.cast.standing_office)

        (deadline,) = duties.note_duties(procedure)

        self.assertEqual((first, deadline.started_on), ([], decided))
        self.assertEqual(deadline.last_day, deadlines.workdays_after(decided, 1))

    def test_one_that_is_brought_in_owes_nothing(self):
        procedure = a_procedure(self.city)

        self.assertEqual(procedure.duties(), [])
