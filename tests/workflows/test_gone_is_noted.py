"""Whatever leaves public view stands in the journal before it is committed: addresses on every host, telling titles."""

import re
from datetime import timedelta
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from base.files.scanner import Scan
from base.files.scans import _withdraw
from base.models import SiteHost
from base.public.gone import note_gone
from base.public.gone.journal import journal
from base.public.page_cache import read_generations
from home.opening import give_host
from tests.city import CityTestCase, draft, english_locale, publish, publish_at_once
from tests.legalref.library import public_document
from tests.sections import pages
from tests.workflows.drafts import article, on_city_host
from workflows.models import TakeDown
from workflows.publishing import approval, replaying, takedown
from workflows.publishing.approval import publishing

Ground, Decision = TakeDown.Ground, TakeDown.Decision
TITLE = "Hỗ trợ tiểu thương chợ Long Xuyên"


class NotedCase(CityTestCase):
    def setUp(self):
        site = self.city.my_long
        host = site.hosts.filter(is_primary=True).first()
        if host is None:
            SiteHost.objects.create(site=site, hostname="my-long.localhost", port=80, valid_from=timezone.localdate())
            give_host(site)
        self.ward_host = type(site).objects.get(pk=site.pk).wagtail_site.hostname
        self.page = publish(article(self.city, site, by=self.cast.contributor, title=TITLE))
        self.before = journal().counter

    def noted(self):
        """The entries since the beginning of the test, the oldest first."""
        return [removal for removal in journal().removals() if removal.number > self.before]

    def take_down(self, page, **more):
        row = takedown.propose(page, Ground.ERROR, by=self.cast.contributor)[0]
        return takedown.decide(row, Decision.TAKE_DOWN, by=self.cast.head, **more)

    def city_host(self):
        return self.city.site.wagtail_site.hostname


class WhatIsNoted(NotedCase):
    def test_a_page_under_every_host_with_its_title_and_who_decided(self):
        self.take_down(self.page)

        (entry,) = self.noted()
        path = on_city_host(self.city, self.page)
        self.assertEqual(
            set(entry.places),
            {(self.city_host(), path), (self.ward_host, path.removeprefix("/my-long"))},
        )
        self.assertEqual(entry.titles, [TITLE])
        self.assertEqual(entry.things, [(self.page._meta.label, str(self.page.pk))])
        self.assertEqual(
            (entry.facts["proposed_by"], entry.facts["decided_by"]), (self.cast.contributor.pk, self.cast.head.pk)
        )

    def test_a_section_with_all_below_it_by_the_head_in_an_emergency(self):
        section = self.city.section(self.city.my_long)

        takedown.emergency_remove(section, by=self.cast.head, reason="Sai toàn bộ")

        (entry,) = self.noted()
        for page in (section, self.page):
            self.assertIn((self.city_host(), on_city_host(self.city, page)), entry.places)

    def test_many_pages_with_hardly_more_queries_than_one(self):
        others = [
            publish_at_once(
                article(self.city, self.city.my_long, by=self.cast.contributor, title=f"{TITLE} lần {number}")
            )
            for number in range(1, 7)
        ]
        with transaction.atomic(), CaptureQueriesContext(connection) as of_one:
            note_gone(others[:1])

        with transaction.atomic(), self.assertNumQueries(len(of_one)):
            note_gone(others)

        first, all_of_them = self.noted()
        self.assertEqual(first.titles, [f"{TITLE} lần 1"])
        self.assertEqual(all_of_them.titles, [f"{TITLE} lần {number}" for number in range(1, 7)])
        self.assertEqual(len(all_of_them.places), 12)

    def test_a_page_whose_time_has_come(self):
        page = draft(
            pages.article(title="Lịch cúp nước tuần này", expire_at=timezone.now() + timedelta(hours=1)),
            self.city.section(self.city.my_long),
            by=self.cast.contributor,
        )
        publish(page)

        takedown.expire_due(on=timezone.now() + timedelta(hours=2))

        self.assertIn((self.city_host(), on_city_host(self.city, page)), self.noted()[-1].places)

    def test_a_translation_under_the_address_of_its_language(self):
        home = self.city.home.copy_for_translation(english_locale(), copy_parents=True)
        publish_at_once(home)
        section = self.city.section(self.city.site)
        english = section.copy_for_translation(english_locale(), copy_parents=True)
        publish_at_once(english)

        takedown.emergency_remove(english, by=self.cast.head, reason="Dịch sai")

        (entry,) = self.noted()
        self.assertIn((self.city_host(), f"/en/{english.slug}/"), entry.places)

    def test_a_document_in_every_register_and_by_its_short_address(self):
        document = public_document(self.city.site, by=self.cast.editor, symbol="78/2021/QĐ-UBND", subject="Việc bí ẩn")
        before = journal().counter

        takedown.take_down_records(
            [document], proposed_by=self.cast.standing_office, by=self.cast.head, reason="Đăng nhầm"
        )

        (entry,) = [entry for entry in self.noted() if entry.number > before]
        self.assertTrue(entry.places)
        self.assertTrue(all(path.endswith(f"/{document.slug}/") for _host, path in entry.places))
        self.assertIn(f"/vb/{document.pk}/", entry.words)
        self.assertIn(str(document), entry.titles)

    def test_a_file_that_was_found_infected(self):
        picture = pages.file()

        _withdraw(picture, Scan(virus="Eicar", signature="thử"))

        (entry,) = self.noted()
        self.assertIn(f"/tep/{picture.token}/", entry.words)

    def test_the_older_text_of_a_page_that_the_head_had_to_correct_at_once(self):
        approval.emergency_publish(self.page, by=self.cast.head, reason="Sai số điện thoại")

        self.assertEqual([entry.kind for entry in self.noted()], ["replaced"])

    def test_a_title_that_other_public_pages_bear_too_is_not_searched_for(self):
        publish(article(self.city, self.city.my_xuyen, by=self.cast.contributor_my_xuyen, title=TITLE))

        self.take_down(self.page)

        self.assertEqual(self.noted()[-1].titles, [])

    def test_an_ordinary_publication_is_not_noted(self):
        publish(article(self.city, self.city.my_long, by=self.cast.contributor, title="Tin khác hẳn"))

        self.assertEqual(self.noted(), [])

    def test_one_that_is_kept_with_a_note_is_not_noted(self):
        row = takedown.propose(self.page, Ground.ERROR, by=self.cast.contributor, explanation="Số liệu cũ.")[0]

        takedown.decide(row, Decision.RETAIN, by=self.cast.head, note="Đúng rồi")

        self.assertEqual(self.noted(), [])


class ThereAndBack(NotedCase):
    def address(self):
        return self.city_host(), on_city_host(self.city, self.page)

    def test_its_address_is_gone_once_that_is_committed_and_public_again_after_its_restoration(self):
        address = self.address()
        with self.captureOnCommitCallbacks(execute=True):
            row = self.take_down(self.page)
        self.assertIsNotNone(journal().removal_at(*address))

        with self.captureOnCommitCallbacks(execute=True):
            takedown.restore(row, by=self.cast.contributor, reason="Gỡ nhầm")
        self.assertIsNotNone(journal().removal_at(*address))
        restored = type(self.page).objects.get(pk=self.page.pk)
        with self.captureOnCommitCallbacks(execute=True):
            publish_at_once(restored)
            publishing.meet_duties(type(self.page).objects.get(pk=self.page.pk), timezone.now())

        self.assertIsNone(journal().removal_at(*address))

    def test_one_that_was_rolled_back_answers_no_410(self):
        with self.assertRaises(RuntimeError), transaction.atomic():
            self.take_down(self.page)
            raise RuntimeError("refused")

        self.assertIsNone(journal().removal_at(*self.address()))
        self.assertTrue(type(self.page).objects.get(pk=self.page.pk).live)


class AfterARestore(NotedCase):
    """The database is put back to before the take-down; the journal is not."""

    def setUp(self):
        super().setUp()
        self.moment = timezone.now() - timedelta(minutes=1)

    def lose(self, act):
        """Do something, and let the database forget it while the journal keeps that it was committed."""
        with self.assertRaises(RuntimeError), transaction.atomic():
            act()
            raise RuntimeError("as a restored backup would have it")
        for removal in self.noted():
            journal().confirm(removal.number)

    def again(self):
        return type(self.page).objects.get(pk=self.page.pk)

    def test_what_went_is_taken_down_again_in_the_name_of_those_who_had_decided(self):
        self.lose(lambda: self.take_down(self.page))
        self.assertTrue(self.again().live)
        before = read_generations()

        (item,) = replaying.replay(self.moment)

        self.assertEqual(item.problem, "")
        self.assertFalse(self.again().live)
        row = TakeDown.objects.get(page_id=self.page.pk)
        self.assertEqual((row.proposed_by, row.decided_by), (self.cast.contributor, self.cast.head))
        self.assertGreaterEqual(read_generations()[self.city.site.pk][0], before[self.city.site.pk][0] + 1_000_000)
        self.assertEqual(replaying.replay(self.moment), [])

    def test_a_dry_run_changes_nothing(self):
        self.lose(lambda: self.take_down(self.page))

        output = StringIO()
        call_command(
            "replay_gone", since=f"{timezone.localtime(self.moment):%Y-%m-%d %H:%M}", dry_run=True, stdout=output
        )

        self.assertIn("cần làm lại", output.getvalue())
        self.assertTrue(self.again().live)

    def test_a_document_is_taken_down_again_too(self):
        document = public_document(self.city.site, by=self.cast.editor, symbol="78/2021/QĐ-UBND", subject="Việc bí ẩn")
        self.lose(
            lambda: takedown.take_down_records(
                [document], proposed_by=self.cast.standing_office, by=self.cast.head, reason="Đăng nhầm"
            )
        )

        replaying.replay(self.moment)

        self.assertFalse(type(document).objects.get(pk=document.pk).live)

    def test_what_was_public_again_by_a_publication_since_is_left_alone(self):
        self.lose(lambda: self.take_down(self.page))
        places = [list(place) for place in self.noted()[-1].places]
        journal().note({"kind": "back", "places": places})

        self.assertEqual(replaying.replay(self.moment), [])
        self.assertTrue(self.again().live)

    def test_what_a_person_must_do_is_listed(self):
        self.lose(lambda: _withdraw(pages.file(), Scan(virus="Eicar", signature="thử")))

        (item,) = replaying.replay(self.moment)

        self.assertIn("tệp", item.problem)

    def test_what_went_before_the_backup_is_none_of_its_business(self):
        self.lose(lambda: self.take_down(self.page))

        self.assertEqual(replaying.replay(timezone.now() + timedelta(minutes=1)), [])


# The journal of what went, from above, from within `base`, and from beside it.
TAKES_AWAY = re.compile(
    r"(?:raise_generation|readers_see_changed)\([^)]*\)?[^)]*urgent=(?!False)"
    r"|(?<!super\(\))\.unpublish\("
)
NOTES = re.compile(r"^from (?:base\.public|\.+public|)\.gone import note_", re.MULTILINE)


class NothingForgotten(CityTestCase):
    def test_every_verb_that_unpublishes_or_raises_an_urgent_generation_notes_what_went(self):
        # Merged sites stay readable under a banner: nothing of them goes.
        found = {}
        for path in Path(settings.BASE_DIR).glob("[a-z]*/**/*.py"):
            text = path.read_text(encoding="utf-8")
            name = path.relative_to(settings.BASE_DIR).as_posix()
            takes_away = TAKES_AWAY.search(text)
            if takes_away and not name.startswith(("tests/", "bench/")):
                found[name] = bool(NOTES.search(text))
        # What raises them, and what puts a broken host right: nothing leaves public view.
        for name in ("base/public/page_cache/generations.py", "base/public/index/writing.py", "home/doctor.py"):
            found.pop(name, None)

        self.assertEqual({name for name, notes in found.items() if not notes}, set())
        self.assertGreaterEqual(len(found), 5)
