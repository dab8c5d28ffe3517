"""The journal of what went from public view, and what of the kept answers it touches."""

import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from unittest import mock
from urllib.parse import quote

from django.db import transaction
from django.test import SimpleTestCase, TestCase

from base.public.gone import journal as module
from base.public.gone.journal import FRONT_SHUT_AFTER_CHANGE_SECONDS, LONGEST_TRANSACTION_SECONDS, TURNED_AT, Journal
from base.public.gone.removals import Removal
from base.public.gone.sharing import demand_own_disk
from base.public.page_cache import REFRESH
from tests.base.test_page_cache import PAGE, PageCacheCase, ask

HOSTS = {"hosts": ["longxuyen.example", "my-long.example"], "default_host": "longxuyen.example"}
ADDRESS = "/my-long/tin-tuc/ngap-duong/"
GONE = {
    "kind": "gone",
    "places": [["longxuyen.example", ADDRESS], ["my-long.example", "/tin-tuc/ngap-duong/"]],
    "titles": ["Đường «Hùng Vương» ngập & kẹt xe, 3 giờ"],
    **HOSTS,
}
UNDEPICTED = "<p>Trang khác</p>"


class JournalCase(SimpleTestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="portal-gone-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.now = 1_800_000_000.0
        self.journal = self.opened()

    def opened(self):
        return Journal(self.folder, clock=lambda: self.now)

    def note(self, **changes):
        number = self.journal.note({**GONE, **changes})
        self.journal.confirm(number)
        return number

    def is_clean(self, stamp, body=UNDEPICTED, host="longxuyen.example", path="/", journal=None):
        journal = journal or self.journal
        return journal.is_clean(stamp, journal.memory[:8], host, path, body.encode())


class TheJournal(JournalCase):
    def test_what_it_names_is_found_in_a_copy_made_before(self):
        stamp = self.journal.stamp()

        self.note()

        self.assertFalse(self.is_clean(stamp, f'<a href="{ADDRESS}">'))
        self.assertTrue(self.is_clean(stamp))
        self.assertTrue(self.is_clean(self.journal.stamp(), f'<a href="{ADDRESS}">'))

    def test_another_process_sees_the_counter_at_once(self):
        code = (
            "import pathlib, sys; sys.path.insert(0, sys.argv[2]); import django; django.setup();"
            "from base.public.gone.journal import Journal; import json;"
            "Journal(pathlib.Path(sys.argv[1])).note(json.loads(sys.argv[3]))"
        )
        stamp = self.journal.stamp()

        import_of = [sys.executable, "-c", code, str(self.folder), os.getcwd(), json.dumps(GONE)]
        subprocess.run(import_of, check=True)

        self.assertNotEqual(self.journal.memory[:8], stamp)
        self.assertFalse(self.is_clean(stamp, path=ADDRESS))

    def test_the_entry_lies_on_the_disk_before_the_counter_rises(self):
        seen = []
        before = self.journal.counter
        with mock.patch.object(os, "fsync", side_effect=lambda handle: seen.append(self.journal.counter)):
            self.note()

        self.assertEqual(set(seen), {before})
        self.assertEqual(self.journal.counter, before + 1)

    def test_a_page_made_before_the_commit_is_searched_like_an_older_one(self):
        number = self.journal.note(GONE)

        made_meanwhile = self.journal.stamp()
        self.assertFalse(self.is_clean(made_meanwhile, f'<a href="{ADDRESS}">'))
        self.assertTrue(self.is_clean(made_meanwhile))

        self.journal.confirm(number)
        self.assertTrue(self.is_clean(self.journal.stamp(), f'<a href="{ADDRESS}">'))

    def test_a_second_removal_settles_nothing_of_the_first(self):
        first = self.journal.note(GONE)
        second = self.journal.note({**GONE, "places": []})

        self.journal.confirm(second)

        self.assertLess(struct.unpack("Q", self.journal.stamp())[0], first)

    def test_one_that_was_rolled_back_costs_a_quarter_of_an_hour_of_searching_and_nothing_else(self):
        self.journal.note(GONE)

        self.assertIsNone(self.journal.removal_at("longxuyen.example", ADDRESS))
        self.now += LONGEST_TRANSACTION_SECONDS
        self.assertEqual(self.journal.stamp(), self.journal.memory[:8])

    def test_one_that_was_rolled_back_hides_no_earlier_one_of_the_same_address(self):
        first = self.note()

        self.journal.note(GONE)

        self.assertEqual(self.journal.removal_at("longxuyen.example", ADDRESS).number, first)

    def test_more_removals_at_once_than_there_is_room_for_are_all_searched_for(self):
        numbers = [self.journal.note(GONE) for _ in range(module.SLOTS + 30)]
        for number in numbers[:-1]:
            self.journal.confirm(number)

        self.assertLess(struct.unpack("Q", self.journal.stamp())[0], numbers[-1])

    def test_with_a_full_disk_the_counter_rises_and_every_older_copy_goes(self):
        stamp = self.journal.stamp()
        with (
            mock.patch.object(Journal, "_write", side_effect=OSError(28, "No space left on device")),
            self.assertLogs("base.public.gone.journal", "ERROR"),
        ):
            self.note()

        with self.assertLogs("base.public.gone.journal", "ERROR"):
            self.assertFalse(self.is_clean(stamp))
        self.assertTrue(self.is_clean(self.journal.stamp()))

    def test_an_entry_that_cannot_be_read_makes_every_older_copy_go(self):
        for broken in (b"", b"{}", b"\xff\xfe", b'{"kind": "other"}', b"[1]"):
            with self.subTest(broken):
                stamp = self.journal.stamp()
                number = self.note()
                (self.folder / "entries" / f"{number}.json").write_bytes(broken)

                with self.assertLogs("base.public.gone.journal", "ERROR"):
                    self.assertFalse(self.is_clean(stamp))

    def test_a_journal_begun_anew_never_takes_an_old_copy_for_a_new_one(self):
        self.note()
        stamp = self.journal.stamp()
        shutil.rmtree(self.folder)
        self.now += 1

        with self.assertLogs("base.public.gone.journal", "WARNING"):
            self.journal.tend()

        self.assertFalse(self.is_clean(stamp))

    def test_a_counter_that_was_lost_goes_on_above_the_entries(self):
        number = self.note()
        (self.folder / "counter").unlink()

        self.assertGreaterEqual(self.opened().counter, number)

    def test_a_restart_finds_what_was_noted(self):
        stamp = self.journal.stamp()
        self.note()

        self.assertFalse(self.is_clean(stamp, path=ADDRESS, journal=self.opened()))

    def test_old_entries_go_and_copies_as_old_count_as_touched(self):
        stamp = self.journal.stamp()
        self.note()
        self.assertEqual(self.journal.prune(), 0)
        self.now += module.RETENTION_DAYS * 86_400 + 1

        self.assertEqual(self.journal.prune(), 1)

        self.assertEqual(os.listdir(self.folder / "entries"), [])
        with self.assertLogs("base.public.gone.journal", "ERROR"):
            self.assertFalse(self.is_clean(stamp, journal=self.opened()))

    def test_nobody_else_reads_its_entries(self):
        number = self.note()

        self.assertEqual((self.folder / "entries").stat().st_mode & 0o077, 0)
        self.assertTrue((self.folder / "entries" / f"{number}.json").exists())


class GoneAddresses(JournalCase):
    def test_each_answers_on_its_own_host_and_the_citys_under_any_other_name(self):
        self.note()
        for host, path, is_gone in [
            ("longxuyen.example", ADDRESS, True),
            ("LongXuyen.example:8000", ADDRESS, True),
            ("127.0.0.1:8000", ADDRESS, True),
            ("my-long.example", "/tin-tuc/ngap-duong/", True),
            ("my-long.example", ADDRESS, False),
            ("longxuyen.example", "/tin-tuc/ngap-duong/", False),
            ("longxuyen.example", "/", False),
        ]:
            with self.subTest(host=host, path=path):
                self.assertEqual(bool(self.journal.removal_at(host, path)), is_gone)

    def test_one_that_is_public_again_is_gone_no_longer_and_may_go_again(self):
        self.note()
        self.journal.note({"kind": "back", "places": GONE["places"], **HOSTS})
        self.assertIsNone(self.journal.removal_at("longxuyen.example", ADDRESS))
        self.assertIsNone(self.journal.removal_at("127.0.0.1", ADDRESS))

        self.note()

        self.assertIsNotNone(self.journal.removal_at("longxuyen.example", ADDRESS))

    def test_the_text_that_went_is_searched_for_also_when_the_page_is_back(self):
        stamp = self.journal.stamp()
        self.note()
        self.journal.note({"kind": "back", "places": GONE["places"], **HOSTS})

        self.assertFalse(self.is_clean(stamp, path=ADDRESS))


class TheServerInFront(JournalCase):
    def may_keep(self):
        return (self.folder / "front" / "now" / "may-keep").exists()

    def begin(self):
        """Something goes; whether it is committed is not known yet."""
        return self.journal.note(GONE)

    def key(self):
        return (self.folder / "front" / "now").resolve(strict=True).name

    def test_may_keep_copies_until_something_goes_and_others_once_that_is_committed(self):
        self.journal.tend()
        self.assertTrue(self.may_keep())
        keys = [self.key()]

        for _ in range(3):
            number = self.begin()
            self.assertFalse(self.may_keep())
            self.journal.tend()
            self.assertFalse(self.may_keep())
            self.assertEqual(self.key(), keys[-1])
            self.journal.confirm(number)
            self.journal.tend()
            self.assertTrue(self.may_keep())
            keys.append(self.key())

        self.assertEqual(len(set(keys)), 4)
        # Those that nobody follows any more are gone.
        self.assertLessEqual(len(list((self.folder / "front").iterdir())), 3)

    def test_waits_for_every_change_that_is_under_way(self):
        first, second = self.begin(), self.begin()

        self.journal.confirm(second)
        self.journal.tend()
        self.assertFalse(self.may_keep())

        self.journal.confirm(first)
        self.journal.tend()
        self.assertTrue(self.may_keep())

    def test_waits_as_long_as_a_change_may_last_whose_process_died(self):
        self.journal.tend()
        key = self.key()
        self.begin()

        self.now += LONGEST_TRANSACTION_SECONDS - 1
        self.journal.tend()
        self.assertFalse(self.may_keep())

        self.now += 1
        self.journal.tend()
        self.assertTrue(self.may_keep())
        self.assertNotEqual(self.key(), key)

    def test_stays_shut_as_long_as_its_key_cannot_be_changed_and_says_so_once(self):
        self.journal.tend()
        self.journal.confirm(self.begin())
        with (
            mock.patch.object(Path, "symlink_to", side_effect=OSError(28, "No space left on device")),
            self.assertLogs("base.public.gone.journal", "ERROR") as logged,
        ):
            for _ in range(5):
                self.journal.tend()
                self.now += 3600
        self.assertFalse(self.may_keep())
        self.assertEqual(len(logged.records), 1)

        self.journal.tend()
        self.assertTrue(self.may_keep())

    def test_never_has_a_key_twice(self):
        """Answers that were passed on meanwhile are kept under the key of that moment."""
        keys = set()
        for _ in range(3):
            number = self.begin()
            shutil.rmtree(self.folder / "front", ignore_errors=True)
            self.opened().tend()
            self.journal.confirm(number)
            self.journal.tend()
            keys.add(self.key())

        self.assertEqual(len(keys), 3)

    def test_has_another_key_after_an_entry_that_nobody_can_read_or_that_is_a_late_one(self):
        self.journal.tend()
        before = self.key()
        self.journal._set(0, self.journal.counter + 1)
        self.journal.tend()
        between = self.key()
        self.journal._add({**GONE, "at": int(self.now) - LONGEST_TRANSACTION_SECONDS - 1})
        self.journal.tend()

        self.assertEqual(len({before, between, self.key()}), 3)

    def test_has_another_key_after_a_change_that_took_longer_than_any_may(self):
        self.journal.tend()
        number = self.begin()
        self.now += LONGEST_TRANSACTION_SECONDS
        self.journal.tend()
        key = self.key()

        self.journal.confirm(number)
        self.journal.tend()

        self.assertNotEqual(self.key(), key)

    def test_can_be_seen_by_the_account_of_the_web_server_whatever_the_umask(self):
        former = os.umask(0o077)
        self.addCleanup(os.umask, former)
        self.journal.confirm(self.begin())
        self.journal.tend()

        for one in (self.folder / "front", self.folder / "front" / "now"):
            self.assertEqual(one.stat().st_mode & 0o777, 0o755)

    def test_waits_for_nobody_who_writes(self):
        self.journal.tend()
        key = self.key()
        self.journal.confirm(self.begin())
        with self.opened()._held():
            self.journal.tend()
            self.assertFalse(self.may_keep())
            self.assertEqual(self.key(), key)

        self.journal.tend()
        self.assertTrue(self.may_keep())

    def test_a_file_that_was_left_behind_is_taken_away(self):
        self.journal.tend()
        with (
            mock.patch.object(Path, "unlink", side_effect=OSError),
            self.assertLogs("base.public.gone.journal", "ERROR"),
        ):
            self.journal.note_change()
        self.assertTrue(self.may_keep())

        self.journal.tend()

        self.assertFalse(self.may_keep())

    def test_of_a_former_configuration_is_given_no_sign_to_keep_copies(self):
        """The former release's file would stand for ever: nobody takes it away any more."""
        (self.folder / "front-may-keep").touch()

        self.opened().tend()

        self.assertFalse((self.folder / "front-may-keep").exists())
        self.assertTrue(self.may_keep())

    def test_a_folder_in_the_place_of_the_link_is_replaced(self):
        self.journal.tend()
        (self.folder / "front" / "now").unlink()
        (self.folder / "front" / "now").mkdir()
        (self.folder / "front" / "now" / "may-keep").touch()

        self.opened().tend()

        self.assertTrue((self.folder / "front" / "now").is_symlink())

    def test_a_journal_of_a_former_release_gets_a_key_at_its_first_look(self):
        """It knew of no key, and what it noted a minute ago may stand in copies of then."""
        number = self.begin()
        self.journal.confirm(number)
        self.journal._set(TURNED_AT, 0)
        shutil.rmtree(self.folder / "front", ignore_errors=True)

        journal = self.opened()
        self.assertFalse(self.may_keep())
        journal.tend()

        self.assertTrue(self.may_keep())

    def test_is_shut_for_two_seconds_and_a_half_when_anything_changes(self):
        self.journal.tend()

        self.journal.note_change()
        self.assertFalse(self.may_keep())
        self.now += FRONT_SHUT_AFTER_CHANGE_SECONDS
        self.journal.tend()
        self.assertFalse(self.may_keep())

        self.now += 0.1
        self.journal.tend()
        self.assertTrue(self.may_keep())

    def test_is_not_opened_early_by_a_change_while_something_goes(self):
        self.begin()
        self.journal.note_change()
        self.now += FRONT_SHUT_AFTER_CHANGE_SECONDS + 1
        self.journal.tend()

        self.assertFalse(self.may_keep())

    def test_is_not_shut_by_a_page_that_comes_back(self):
        self.journal.tend()

        self.journal.note({"kind": "back", "places": GONE["places"], **HOSTS})

        self.assertTrue(self.may_keep())

    def test_stays_shut_over_a_restart_of_the_portal(self):
        self.begin()

        self.opened().tend()

        self.assertFalse(self.may_keep())


class WhatIsTouched(SimpleTestCase):
    def setUp(self):
        self.removal = Removal.read({"number": 1, "at": 1, **GONE})

    def touched(self, body, host="longxuyen.example", path="/", removal=None):
        return (removal or self.removal).touches(host, path, body if isinstance(body, bytes) else body.encode())

    def test_every_spelling_of_the_address(self):
        city, ward = "https://longxuyen.example", "https://my-long.example"
        for host, body in [
            ("longxuyen.example", f'<a href="{ADDRESS}">'),
            ("longxuyen.example", f"<a href={ADDRESS}?trang=2>"),
            ("longxuyen.example", f"url('{ADDRESS}#a')"),
            ("longxuyen.example", f'{{"url": "{ADDRESS}rss/"}}'),
            ("longxuyen.example", f'<a href="{city}{ADDRESS}">'),
            ("longxuyen.example", f"<loc>{ward}:8000/tin-tuc/ngap-duong/</loc>"),
            ("longxuyen.example", f'href="https://chia-se.example/?u={quote(city + ADDRESS, safe="")}"'),
            ("longxuyen.example", f'href="https://chia-se.example/?u={quote(city + ADDRESS)}"'),
            ("longxuyen.example", f'href="/tim/?next={quote(ADDRESS, safe="")}"'),
            ("my-long.example", '<a href="/tin-tuc/ngap-duong/">'),
            ("my-long.example", f'<a href="{city}{ADDRESS}">'),
            ("my-long.example:8000", f"<link>{ward}/tin-tuc/ngap-duong/</link>"),
            ("127.0.0.1", f'<a href="{ADDRESS}">'),
        ]:
            with self.subTest(host=host, body=body):
                self.assertTrue(self.touched(body, host))

    def test_every_spelling_of_a_telling_title(self):
        for body in (
            "Đường «Hùng Vương» ngập & kẹt xe, 3 giờ",
            "Đường «Hùng Vương» ngập &amp; kẹt xe, 3 giờ",
            "Đường «Hùng Vương» ngập &amp;amp; kẹt xe, 3 giờ",
            "Đường «Hùng Vương» ngập \\u0026 kẹt xe, 3 giờ",
            json.dumps("Đường «Hùng Vương» ngập & kẹt xe, 3 giờ"),
            "BEGIN:VCALENDAR\r\nSUMMARY:Đường «Hùng Vương» ngập\r\n  & kẹt xe\\, 3 giờ",
        ):
            with self.subTest(body):
                self.assertTrue(self.touched(f"x {body} y" if body[:5] != "BEGIN" else body))

    def test_the_page_itself_and_what_hangs_below_its_address(self):
        for path in (ADDRESS, ADDRESS + "rss/", ADDRESS + "trang-con/"):
            self.assertTrue(self.touched(UNDEPICTED, path=path))

    def test_what_only_looks_alike_is_left_alone(self):
        for host, body, path in [
            # The same path on another site is another page.
            ("longxuyen.example", '<a href="/tin-tuc/ngap-duong/">', "/tin-tuc/ngap-duong/"),
            ("my-long.example", f'<a href="{ADDRESS}">', "/"),
            ("longxuyen.example", '<a href="https://longxuyen.example/tin-tuc/ngap-duong/">', "/"),
            ("my-long.example", '<a href="/bao-chi/tin-tuc/ngap-duong/">', "/"),
            ("my-long.example", '<a href="https://longxuyen.example/tin-tuc/ngap-duong/">', "/"),
            ("longxuyen.example", f'<a href="{ADDRESS[:-1]}-2/">', "/"),
            ("longxuyen.example", '<a href="/my-long/tin-tuc/">Tin tức</a>', "/my-long/tin-tuc/"),
            ("longxuyen.example", "Đường Hùng Vương ngập", "/"),
        ]:
            with self.subTest(host=host, body=body):
                self.assertFalse(self.touched(body, host, path))

    def test_a_closed_site_goes_whole_and_may_still_be_linked_to(self):
        closed = Removal.read(
            {
                "number": 1,
                "at": 1,
                "kind": "closed",
                **HOSTS,
                "places": [["my-long.example", "/"], ["longxuyen.example", "/my-long/"]],
            }
        )

        self.assertTrue(self.touched("", "my-long.example", "/tin-tuc/", closed))
        self.assertTrue(self.touched("", "longxuyen.example", "/my-long/tin-tuc/", closed))
        self.assertFalse(self.touched('<a href="/my-long/">', "longxuyen.example", "/", closed))

    def test_an_older_text_goes_at_its_own_address_alone(self):
        replaced = Removal.read({"number": 1, "at": 1, **GONE, "kind": "replaced", "titles": []})

        self.assertTrue(self.touched("", "longxuyen.example", ADDRESS, replaced))
        self.assertFalse(self.touched(f'<a href="{ADDRESS}">', "longxuyen.example", "/", replaced))

    def test_words_are_found_wherever_they_stand(self):
        file = Removal.read({"number": 1, "at": 1, "kind": "words", "words": ["/tep/aB3xYz/"], **HOSTS})

        for body in (
            '<img src="/tep/aB3xYz/anh.jpg">',
            "https://any.example/tep/aB3xYz/a.pdf",
            "u=%2Ftep%2FaB3xYz%2Fa",
        ):
            self.assertTrue(self.touched(body, removal=file))
        self.assertFalse(self.touched("/tep/aB3xYy/anh.jpg", removal=file))


class CopiesAndTheJournal(PageCacheCase):
    """The page cache with a journal, and the database going away at the worst moment."""

    LISTS = f'<a href="{ADDRESS}">Ngập đường</a>'

    def setUp(self):
        folder = Path(tempfile.mkdtemp(prefix="portal-gone-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        self.journal = Journal(folder)
        super().setUp()
        self.bodies = {ADDRESS: "<h1>Ngập đường</h1>", "/my-long/tin-tuc/": self.LISTS}
        self.application.before_answer = self.make
        for path in (ADDRESS, "/my-long/tin-tuc/", "/gioi-thieu/"):
            ask(self.cache, path=path)

    def wrap(self, **options):
        return super().wrap(journal=self.journal, **options)

    def make(self, environ):
        self.application.body = self.bodies.get(environ["PATH_INFO"], PAGE)
        self.application.status = "503 Service Unavailable" if self.generations.away else "200 OK"
        if self.generations.away:
            self.application.body = "Hệ thống tạm gián đoạn"

    def take_down(self, *, committed=True):
        number = self.journal.note(GONE)
        if committed:
            self.journal.confirm(number)
            self.generations.raise_(1, urgent=True)
            self.bodies = {"/my-long/tin-tuc/": "<p>Chưa có tin</p>"}
        return number

    def lose_database(self):
        self.generations.away = True

    def assertHeld(self, *, read):
        """What went is neither shown nor named; what does not name it is served, for an hour."""
        for seconds in (0, 0.2, 0.6, 5, 3600):
            self.clock.advance(seconds)
            for encoding in ("", "gzip", "br"):
                for path in (ADDRESS, "/my-long/tin-tuc/"):
                    answer = ask(self.cache, path=path, accept_encoding=encoding)
                    with self.subTest(read=read, seconds=seconds, path=path):
                        self.assertEqual(answer.status, 503)
                with self.subTest(read=read, seconds=seconds):
                    self.assertEqual(ask(self.cache, path="/gioi-thieu/", accept_encoding=encoding).status, 200)

    def test_what_comes_instead_is_made_before_pages_that_nobody_knows_yet(self):
        said = {}
        self.application.before_answer = lambda environ: said.update({environ["PATH_INFO"]: environ[REFRESH]})
        self.take_down()

        for path in (ADDRESS, "/khac/"):
            ask(self.cache, path=path)

        self.assertEqual(said, {ADDRESS: True, "/khac/": False})

    def test_a_worker_that_has_not_read_the_new_generation_shows_nothing_that_went_and_all_the_rest(self):
        self.take_down()
        self.lose_database()

        with self.assertLogs("base.public.page_cache", "ERROR"):
            self.assertHeld(read=False)

    def test_nor_does_one_that_has(self):
        self.take_down()
        self.clock.advance(0.6)
        ask(self.cache, path="/khac/")
        self.lose_database()

        with self.assertLogs("base.public.page_cache", "ERROR"):
            self.assertHeld(read=True)

    def test_right_after_an_ordinary_publication_the_older_pages_are_served(self):
        self.generations.raise_(1)
        self.take_down()
        self.clock.advance(0.6)
        ask(self.cache, path="/khac/")
        self.lose_database()

        with self.assertLogs("base.public.page_cache", "ERROR"):
            self.assertHeld(read=True)

    def test_without_a_take_down_an_ordinary_publication_loses_nobody_a_page(self):
        self.generations.raise_(1)
        self.clock.advance(0.6)
        ask(self.cache, path="/khac/")
        self.lose_database()

        with self.assertLogs("base.public.page_cache", "ERROR"):
            for seconds in (0, 0.2, 1, 60):
                self.clock.advance(seconds)
                for path in (ADDRESS, "/my-long/tin-tuc/", "/gioi-thieu/"):
                    self.assertEqual(ask(self.cache, path=path).status, 200)

    def test_a_list_made_while_the_take_down_was_not_committed_does_not_outlive_it(self):
        number = self.journal.note(GONE)
        self.generations.raise_(1)
        self.clock.advance(0.6)
        self.assertEqual(ask(self.cache, path="/my-long/tin-tuc/").status, 200)

        self.journal.confirm(number)
        self.lose_database()

        with self.assertLogs("base.public.page_cache", "ERROR"):
            self.clock.advance(0.6)
            self.assertEqual(ask(self.cache, path="/my-long/tin-tuc/").status, 503)

    def test_one_that_is_rolled_back_loses_nothing(self):
        self.take_down(committed=False)

        for path in (ADDRESS, "/my-long/tin-tuc/", "/gioi-thieu/"):
            self.assertEqual(ask(self.cache, path=path).status, 200)

    def test_pages_made_after_it_are_kept_again(self):
        self.take_down()
        self.clock.advance(0.6)
        ask(self.cache, path="/my-long/tin-tuc/")
        pages = self.application.pages

        self.assertEqual(ask(self.cache, path="/my-long/tin-tuc/").status, 200)

        self.assertEqual(self.application.pages, pages)

    def test_an_error_drops_no_copy(self):
        self.generations.raise_(1)
        self.clock.advance(0.6)
        self.application.before_answer = lambda environ: setattr(self.application, "status", "500 Error")
        self.assertEqual(ask(self.cache, path="/gioi-thieu/").status, 500)
        self.application.before_answer = self.make
        self.lose_database()

        self.assertEqual(ask(self.cache, path="/gioi-thieu/").status, 200)


class TheTransaction(TestCase):
    def test_an_entry_settles_when_it_is_committed(self):
        folder = Path(tempfile.mkdtemp(prefix="portal-gone-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        journal = Journal(folder)
        with self.captureOnCommitCallbacks(execute=True), transaction.atomic():
            number = journal.note(GONE)
            transaction.on_commit(lambda: journal.confirm(number))
            self.assertFalse(journal.is_done(number))

        self.assertTrue(journal.is_done(number))


class SeveralMachines(JournalCase):
    """Two folders of two machines, and a third one that they share."""

    def setUp(self):
        self.shared = Path(tempfile.mkdtemp(prefix="portal-shared-"))
        self.addCleanup(shutil.rmtree, self.shared, ignore_errors=True)
        super().setUp()
        self.other_folder = Path(tempfile.mkdtemp(prefix="portal-gone-"))
        self.addCleanup(shutil.rmtree, self.other_folder, ignore_errors=True)
        with mock.patch("socket.gethostname", return_value="may-hai"):
            self.other = self.opened(self.other_folder)

    def opened(self, folder=None):
        return Journal(folder or self.folder, shared=self.shared, clock=lambda: self.now)

    def test_the_other_one_knows_at_its_next_look_without_the_database(self):
        self.other.tend()
        stamp, key = self.other.stamp(), (self.other_folder / "front" / "now").resolve(strict=True).name
        self.note()

        self.other.tend()

        self.assertFalse(self.is_clean(stamp, path=ADDRESS, journal=self.other))
        self.assertTrue(self.is_clean(stamp, journal=self.other))
        self.assertIsNotNone(self.other.removal_at("longxuyen.example", ADDRESS))
        # Committed already: nothing that its own web server kept until now is found again.
        self.assertNotEqual((self.other_folder / "front" / "now").resolve(strict=True).name, key)

    def test_the_web_server_of_one_that_hears_nothing_is_shut_until_it_hears_again(self):
        may_keep = self.other_folder / "front" / "now" / "may-keep"
        self.other.tend()
        self.assertTrue(may_keep.exists())
        with (
            mock.patch.object(self.other._shared, "state", side_effect=OSError),
            self.assertLogs("base.public.gone.journal", "WARNING"),
        ):
            self.now += module.DEAF_SECONDS + 1
            self.other.tend()
        self.assertFalse(may_keep.exists())

        self.other.tend()
        self.assertTrue(may_keep.exists())

    def test_the_web_server_of_the_other_one_is_shut_until_the_change_is_committed(self):
        may_keep = self.other_folder / "front" / "now" / "may-keep"
        self.other.tend()
        self.assertTrue(may_keep.exists())
        number = self.journal.note(GONE)

        self.other.tend()
        self.assertFalse(may_keep.exists())

        self.journal.confirm(number)
        self.other.tend()
        self.assertTrue(may_keep.exists())

    def test_an_entry_that_makes_no_sense_makes_every_older_copy_go_and_stops_nobody(self):
        stamp = self.other.stamp()
        (self.shared / "entries.log").write_text('{"kind": "gone", "at": "x", "origin": ["may-ba", 1]}\n')

        with self.assertLogs("base.public.gone.journal", "ERROR"):
            self.other.tend()

        self.assertFalse(self.is_clean(stamp, journal=self.other))
        self.note()
        self.other.tend()
        self.assertIsNotNone(self.other.removal_at("longxuyen.example", ADDRESS))

    def test_what_is_not_committed_yet_is_not_settled_there_either(self):
        number = self.journal.note(GONE)
        self.other.tend()
        self.assertFalse(self.is_clean(self.other.stamp(), path=ADDRESS, journal=self.other))
        self.assertIsNone(self.other.removal_at("longxuyen.example", ADDRESS))

        self.journal.confirm(number)
        self.other.tend()

        self.assertTrue(self.is_clean(self.other.stamp(), path=ADDRESS, journal=self.other))

    def test_nobody_takes_over_his_own_entries_or_any_twice(self):
        self.note()
        before = self.journal.counter
        for _ in range(3):
            self.journal.tend()
            self.other.tend()
        taken_over = self.other.counter
        self.other.tend()

        self.assertEqual(self.journal.counter, before)
        self.assertEqual(self.other.counter, taken_over)
        self.assertEqual(len(list(self.other.removals())), 1)

    def test_a_line_that_cannot_be_read_makes_every_older_copy_go(self):
        stamp = self.other.stamp()
        (self.shared / "entries.log").write_bytes(b'{"kind": "go\n')
        self.other.tend()

        with self.assertLogs("base.public.gone.journal", "ERROR"):
            self.assertFalse(self.is_clean(stamp, journal=self.other))

    def test_who_does_not_hear_the_others_for_a_minute_says_so(self):
        shutil.rmtree(self.shared)
        with self.assertLogs("base.public.gone.journal", "WARNING"):
            self.other.tend()
        self.assertFalse(self.other.is_deaf())
        self.now += module.DEAF_SECONDS + 1
        self.assertTrue(self.other.is_deaf())

        self.shared.mkdir()
        self.other.tend()

        self.assertFalse(self.other.is_deaf())

    def shared_log(self):
        return (self.shared / "entries.log").read_text()

    def test_what_is_old_leaves_the_shared_log_and_every_machine(self):
        title = GONE["titles"][0]
        self.note()
        self.other.tend()
        self.now += module.RETENTION_DAYS * 86_400
        young = self.note(places=[["longxuyen.example", "/moi/"]], titles=[])
        self.other.tend()
        self.now += 1

        self.journal.prune()
        self.other.tend()

        self.assertNotIn(ADDRESS, self.shared_log())
        self.assertNotIn(title, self.shared_log())
        for machine in (self.journal, self.other):
            self.assertEqual([removal.places for removal in machine.removals()], [[("longxuyen.example", "/moi/")]])
            self.assertIsNone(machine.removal_at("longxuyen.example", ADDRESS))
            self.assertIsNotNone(machine.removal_at("longxuyen.example", "/moi/"))
        self.assertTrue(self.journal.is_done(young))

    def test_titles_are_forgotten_long_before_the_addresses(self):
        stamps = self.journal.stamp(), self.other.stamp()
        self.note()
        self.other.tend()
        self.assertTrue(self.is_clean(stamps[1], journal=self.other))
        self.now += module.TITLES_RETENTION_DAYS * 86_400 + 1

        self.journal.prune()
        self.other.tend()

        kept = [self.shared_log(), *(path.read_text() for path in self.folder.glob("entries/*.json"))]
        kept += [path.read_text() for path in self.other_folder.glob("entries/*.json")]
        self.assertEqual(len(kept), 3)
        self.assertNotIn("Hùng Vương", "".join(kept))
        for machine, stamp in zip((self.opened(), self.other), stamps, strict=True):
            self.assertIsNotNone(machine.removal_at("longxuyen.example", ADDRESS))
            # A copy of that age can be searched for no title: it goes. A younger one stays.
            self.assertFalse(self.is_clean(stamp, journal=machine))
            self.assertTrue(self.is_clean(machine.stamp(), journal=machine))

    def test_a_cut_takes_nothing_away_that_another_machine_has_not_read(self):
        self.note(places=[["longxuyen.example", "/cu/"]])
        self.now += module.RETENTION_DAYS * 86_400
        for name in ("mot", "hai"):
            self.note(places=[["longxuyen.example", f"/{name}/"]])
        self.now += 1
        self.journal.prune()
        self.note(places=[["longxuyen.example", "/ba/"]])

        for _ in range(2):
            self.other.tend()

        self.assertEqual([removal.places[0][1] for removal in self.other.removals()], ["/mot/", "/hai/", "/ba/"])
        for path in ("/mot/", "/hai/", "/ba/"):
            self.assertIsNotNone(self.other.removal_at("longxuyen.example", path), path)

    def test_a_cut_makes_nobody_read_an_entry_twice_and_costs_no_copy(self):
        self.note(places=[["longxuyen.example", "/cu/"]], titles=[])
        self.now += module.RETENTION_DAYS * 86_400
        self.note(titles=[])
        self.other.tend()
        stamp, counter = self.other.stamp(), self.other.counter
        self.now += 1

        self.journal.prune()
        self.journal.prune()
        self.other.tend()

        self.assertEqual(self.other.counter, counter)
        self.assertTrue(self.is_clean(stamp, journal=self.other))

    def test_who_waits_for_the_log_while_it_is_cut_writes_into_the_new_one(self):
        self.note(places=[["longxuyen.example", "/cu/"]])
        self.now += module.RETENTION_DAYS * 86_400 + 1
        waiting = threading.Thread(target=self.other.note, args=(GONE,))
        shared, before = self.journal._shared, self.shared_log()

        with shared._held():
            waiting.start()
            (self.shared / "anew").write_text("")
            (self.shared / "anew").rename(self.shared / "entries.log")
        waiting.join()

        self.assertIn("/cu/", before)
        self.assertIn(ADDRESS, self.shared_log())

    def test_a_folder_on_the_network_is_refused_with_the_reason(self):
        mounts = f"server:/portal {self.folder} nfs4 rw 0 0\n/dev/sda / ext4 rw 0 0\n"
        with mock.patch.object(Path, "read_text", return_value=mounts), self.assertRaisesMessage(OSError, "ổ mạng"):
            demand_own_disk(self.folder)
        with mock.patch.object(Path, "read_text", return_value="/dev/sda / ext4 rw 0 0\n"):
            demand_own_disk(self.folder)


class DeafMachine(PageCacheCase):
    def test_serves_no_copy_while_the_database_is_away_too_and_all_of_them_again_afterwards(self):
        folders = [Path(tempfile.mkdtemp(prefix="portal-gone-")) for _ in range(2)]
        for folder in folders:
            self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        self.journal = Journal(folders[0], shared=folders[1], clock=self.clock)
        cache = self.wrap(journal=self.journal)
        ask(cache)
        self.generations.away = True
        with self.assertLogs("base", "WARNING"):
            shutil.rmtree(folders[1])
            for _ in range(4):
                self.clock.advance(10)
                self.assertEqual(ask(cache).number, 1)
            for _ in range(3):
                self.clock.advance(30)
                self.application.status = "503 Service Unavailable"
                answer = ask(cache)
            self.assertEqual(answer.status, 503)

            folders[1].mkdir()
            self.clock.advance(1)
            self.assertEqual(ask(cache).status, 200)
