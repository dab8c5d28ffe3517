"""Kept pages never wait for fresh ones: the queue of renders, its slots, and the gate before Django."""

import io
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock
from urllib.parse import urlencode

import web_server
from django.conf import settings
from django.test import SimpleTestCase

from base.public.busy import refuse_when_busy
from base.public.page_cache import BUSY, REFRESH
from base.public.page_cache.wrapper import MOST_WAITING
from base.public.renders import gate
from base.public.renders.asked import Asked
from base.public.renders.gate import (
    FILE_THREADS,
    MOST_RENDERS,
    RESERVE_THREADS,
    WAITING,
    WAITING_AT_WORK,
    WAITING_FOR_FILES,
    WAITING_TO_WATCH,
    WATCH_THREADS,
    WORK_THREADS,
    RenderGate,
)
from base.public.renders.queue import LONG_SECONDS, Kind, RenderQueue
from base.public.renders.slots import Reserve, Slots
from base.public.request_kinds import MADE_IN, MAY_SEND

OPERATIONS = Path(settings.BASE_DIR) / "docs" / "operations.md"
MOST = {Kind.REFRESH: 4, Kind.FORM: 3, Kind.PAGE: 3}


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        self.now += 0.001
        return self.now


HEAPS = """
import ctypes, sys, threading
import django
django.setup()
from base.public.renders.memory import share_arenas
if "shared" in sys.argv:
    share_arenas()
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fopen.restype = ctypes.c_void_p
together = threading.Barrier(16)
def work():
    together.wait()
    libc.malloc(100_000)
    together.wait()
threads = [threading.Thread(target=work) for _ in range(16)]
for thread in threads: thread.start()
for thread in threads: thread.join()
file = libc.fopen(b"/dev/stdout", b"w")
libc.malloc_info(0, ctypes.c_void_p(file))
libc.fflush(ctypes.c_void_p(file))
"""


class Memory(SimpleTestCase):
    def heaps(self, *words) -> int:
        command = [sys.executable, "-c", HEAPS, *words]
        return subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True).stdout.count("<heap nr=")

    def test_is_taken_from_two_heaps_however_many_threads_there_are(self):
        self.assertEqual(self.heaps("shared"), 2)
        self.assertGreater(self.heaps(), 4)


class WhoAskedLately(SimpleTestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        self.asked = Asked(self.folder, "khóa")

    def test_is_known_to_every_process_and_forgotten_after_a_while(self):
        self.asked.note("203.0.113.7", 100.0)
        other = Asked(self.folder, "khóa")

        assert other.is_recent("203.0.113.7", 119.9)
        assert not other.is_recent("203.0.113.7", 121.0)
        assert not other.is_recent("203.0.113.8", 101.0)

    def test_is_nobody_on_a_machine_that_has_just_started(self):
        assert not self.asked.is_recent("203.0.113.7", 0.0)
        self.asked.note("203.0.113.7", 90_000.0)
        assert not self.asked.is_recent("203.0.113.7", 5.0), "a time from before the start"

    def test_is_told_from_strangers_while_thousands_ask(self):
        for number in range(2000):
            self.asked.note(f"10.0.{number // 250}.{number % 250}", 100.0)

        strangers = sum(
            self.asked.is_recent(f"192.0.{number // 250}.{number % 250}", 100.0) for number in range(10_000)
        )
        assert strangers < 50

    def test_is_known_to_one_process_where_the_disk_is_full_and_no_process_dies_of_it(self):
        place = self.folder / "full"
        with (
            mock.patch("os.pwrite", side_effect=OSError(28, "No space left")),
            self.assertLogs("base.public.renders.asked"),
        ):
            asked = Asked(place, "khóa")
        asked.note("203.0.113.7", 100.0)

        assert asked.is_recent("203.0.113.7", 101.0)
        assert not Asked(place, "khóa").is_recent("203.0.113.7", 101.0)

    def test_has_its_whole_place_on_the_disk_from_the_beginning(self):
        place = (self.folder / "asked").stat()

        assert place.st_blocks * 512 >= place.st_size > 0

    def test_is_known_with_the_key_of_the_portal_only(self):
        self.asked.note("203.0.113.7", 100.0)

        assert not Asked(self.folder, "khác").is_recent("203.0.113.7", 100.0), "places hang on the key"


class TheQueue(SimpleTestCase):
    def setUp(self):
        self.queue = RenderQueue(MOST, Clock())

    def ask(self, address, kind=Kind.PAGE):
        return self.queue.enter(kind, address, lambda: None)

    def served(self):
        found = []
        while (ticket := self.queue.next()) is not None:
            found.append(ticket.address)
        return found

    def test_who_did_not_ask_lately_is_next_then_who_came_first(self):
        self.ask("a"), self.ask("b"), self.served()
        self.ask("b"), self.ask("a"), self.ask("new")

        assert self.served() == ["new", "b", "a"]
        self.queue._clock.now += 61
        self.ask("later"), self.served()
        self.ask("later"), self.ask("a")
        assert self.served() == ["a", "later"], "it was long ago"

    def test_the_people_of_one_address_are_served_beside_a_flood_from_many(self):
        """Two hundred addresses ask again and again; behind another one many people ask for one page each."""
        chance, asked, served, made = random.Random(1), Counter(), Counter(), 0
        for _moment in range(6000):
            self.queue._clock.now += 0.005
            what = chance.choices(["flood", "school", "render"], [76, 4, 20])[0]
            if what == "render":
                ticket = self.queue.next()
                made += ticket is not None
                served[ticket.address.rstrip("0123456789") if ticket else ""] += 1
            else:
                asked[what] += 1
                self.ask(f"flood{chance.randrange(200)}" if what == "flood" else "school")

        share = made / asked.total()
        assert 0.2 < share < 0.3, "of four or five pages that are asked for the portal makes one"
        assert served["school"] / asked["school"] > 0.5 * share

    def test_where_too_many_wait_the_address_that_asked_last_is_turned_away(self):
        flood = [self.ask("flood") for _ in range(3)]
        honest = self.ask("honest")

        assert [ticket.is_turned_away for ticket in flood] == [False, False, True]
        assert not honest.is_turned_away
        assert self.served() == ["flood", "honest", "flood"]
        assert not self.ask("flood").is_turned_away, "there is room again"

    def test_a_flood_does_not_push_out_somebody_who_waits(self):
        honest = self.ask("honest")
        flood = [self.ask("flood") for _ in range(50)]

        assert not honest.is_turned_away
        assert sum(not ticket.is_turned_away for ticket in flood) == 2

    def test_pages_never_push_out_a_form(self):
        forms = [self.ask("a", Kind.FORM) for _ in range(3)]
        pages = [self.ask(f"b{number}") for number in range(10)]

        assert not any(ticket.is_turned_away for ticket in forms)
        assert sum(ticket.is_turned_away for ticket in pages) == 7

    def test_forms_and_pages_come_by_turns_and_a_kept_page_before_both(self):
        for number in range(3):
            self.ask(f"page{number}"), self.ask(f"form{number}", Kind.FORM)
        self.ask("kept", Kind.REFRESH)

        assert [name.rstrip("012") for name in self.served()] == [
            "kept",
            "form",
            "page",
            "form",
            "page",
            "form",
            "page",
        ]

    def test_kept_pages_that_are_made_anew_let_others_in_between(self):
        for number in range(4):
            self.ask(f"kept{number}", Kind.REFRESH)
        self.ask("form", Kind.FORM), self.ask("page")

        assert [name.rstrip("0123") for name in self.served()] == ["kept", "kept", "form", "kept", "kept", "page"]

    def test_one_while_somebody_has_waited_for_long(self):
        self.ask("form0", Kind.FORM), self.ask("form1", Kind.FORM)
        self.queue._clock.now += LONG_SECONDS
        for number in range(4):
            self.ask(f"kept{number}", Kind.REFRESH)

        assert [name.rstrip("0123") for name in self.served()] == ["kept", "form", "kept", "form", "kept", "kept"]

    def test_nobody_is_overtaken_by_those_of_his_address_who_come_after_him(self):
        """Behind one address more ask than are served for a while: each waits for those before him, and no longer."""
        waited = []
        for number in range(300):
            ticket = self.queue.enter(Kind.FORM, "school", str(number))
            if ticket.is_turned_away:
                continue
            if number % 3 and (done := self.queue.next()):
                waited.append(number - int(done.run))

        assert max(waited) <= 2 * MOST[Kind.FORM], waited

    def test_a_flood_that_was_turned_away_costs_its_neighbours_no_turn(self):
        self.ask("other"), self.served()
        for _ in range(1000):
            self.ask("school")
        self.queue.next(), self.queue.next()
        self.ask("school"), self.queue.next()
        self.ask("other")

        assert self.served() == ["school", "other"]

    def test_where_no_form_may_be_taken_a_page_is(self):
        self.ask("form", Kind.FORM), self.ask("page")

        assert self.queue.next(forms=False).address == "page"
        assert self.queue.next(forms=False) is None
        assert self.queue.next().address == "form"

    def test_who_waited_too_long_leaves_the_queue(self):
        ticket, other = self.ask("a"), self.ask("b")

        assert self.queue.leave(ticket)
        assert self.served() == ["b"]
        assert not self.queue.leave(other), "it is being worked on"


class TheThreads(SimpleTestCase):
    def test_the_server_has_more_of_them_than_can_wait(self):
        lanes = (WAITING, WAITING_FOR_FILES, WAITING_AT_WORK, WAITING_TO_WATCH)
        waiting = sum(sum(most.values()) for most in lanes)
        working = FILE_THREADS + WORK_THREADS + WATCH_THREADS + MOST_RENDERS + RESERVE_THREADS

        assert waiting + working + MOST_WAITING < web_server.BLOCKING_THREADS
        assert f"--blocking-threads {web_server.BLOCKING_THREADS} " in OPERATIONS.read_text()


class TheSlots(SimpleTestCase):
    def setUp(self):
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def slots(self, count=2):
        made = Slots(self.folder, count)
        self.addCleanup(made.close)
        return made

    def test_no_more_are_held_at_once_than_there_are(self):
        one, two, three = self.slots(), self.slots(), self.slots()
        one.take(), two.take()
        taken = threading.Event()
        waiting = threading.Thread(target=lambda: (three.take(), taken.set()), daemon=True)
        waiting.start()

        assert not taken.wait(0.05)
        one.give_back()
        assert taken.wait(5)

    def test_one_more_is_for_a_page_while_forms_hold_all(self):
        for count in (1, 2):
            holders = [self.slots(count) for _ in range(count)]
            reserve, another = Reserve(self.folder, count), Reserve(self.folder, count)
            self.addCleanup(reserve.close), self.addCleanup(another.close)
            for holder in holders:
                assert not reserve.take(), "one slot is free"
                holder.take()
            for holder in holders:
                assert not reserve.take(), "one slot is a page's"
                holder.note_form()

            assert reserve.take()
            assert not another.take(), "there is but one"
            reserve.give_back()
            assert another.take()
            another.give_back()
            holders[0].give_back(), holders[0].take()
            assert not reserve.take(), "a page has the slot now"
            [holder.give_back() for holder in holders]

    def test_a_process_that_has_always_work_leaves_one_to_who_waits(self):
        program = (
            "import sys, time; from pathlib import Path; from slots import Slots\n"
            "slots, folder, number = Slots(Path(sys.argv[1]), 1), Path(sys.argv[1]), 0\n"
            "while True:\n"
            "    slots.take(); number += 1; (folder / 'new').write_text(str(number))\n"
            "    (folder / 'new').replace(folder / 'renders'); time.sleep(0.02); slots.give_back()\n"
        )
        renders = self.folder / "renders"
        place = settings.BASE_DIR / "base" / "public" / "renders"
        with subprocess.Popen([sys.executable, "-c", program, str(self.folder)], cwd=place) as busy:
            self.addCleanup(busy.kill)
            until = time.monotonic() + 60
            while not renders.exists() and time.monotonic() < until:
                time.sleep(0.01)
            other, passed = self.slots(1), []
            for _ in range(10):
                before = int(renders.read_text())
                other.take()
                passed.append(int(renders.read_text()) - before)
                other.give_back()
                time.sleep(0.05)
            busy.kill()

        # One or two; more only where this process itself got no processor. Without a row dozens pass.
        assert max(passed) <= 15, passed

    def test_what_a_thread_that_ended_held_is_free(self):
        one, two = self.slots(1), self.slots(1)
        one.take()
        one.close()
        two.take()


class Application:
    """A WSGI application whose pages last until they are let go; counts how many are made at once."""

    def __init__(self):
        self.lock, self.now, self.most, self.made = threading.Lock(), 0, 0, []
        self.release_files = threading.Event()
        self.threads = set()

    def __call__(self, environ, start_response):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            self.threads.add(threading.current_thread().name)
        if "slow" in environ["PATH_INFO"]:
            self.release_files.wait(10)
        with self.lock:
            self.now -= 1
            self.made.append(environ["PATH_INFO"])
        if environ["PATH_INFO"] == "/broken/":
            raise RuntimeError("broken")
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [environ["wsgi.input"].read() or b"made"]


def refuse(environ, start_response, seconds):
    environ[BUSY] = True
    start_response("503 Service Unavailable", [("Retry-After", str(seconds))])
    return [b"busy"]


class TheGate(SimpleTestCase):
    renders = 2

    def setUp(self):
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.application = Application()
        self.folder = Path(folder.name)
        self.gate = RenderGate(self.application, renders=self.renders, folder=self.folder, refuse=refuse)
        self.addCleanup(self.application.release_files.set)

    def ask(self, path, *, address="10.0.0.1", method="GET", body=b"", **more):
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "REMOTE_ADDR": address,
            "wsgi.input": io.BytesIO(body),
            "CONTENT_LENGTH": str(len(body)),
            **more,
        }
        started = []
        answer = self.gate(environ, lambda status, headers, exc_info=None: started.append(status))
        return started[0][:3], b"".join(answer)

    def ask_many(self, number, path, **more):
        answers = [None] * number

        def one(place):
            answers[place] = self.ask(path, address=f"10.1.0.{place}", **more)

        threads = [threading.Thread(target=one, args=(place,), daemon=True) for place in range(number)]
        for thread in threads:
            thread.start()
        return threads, answers

    def until(self, true):
        end = time.monotonic() + 5
        while not true():
            assert time.monotonic() < end
            time.sleep(0.005)

    def test_it_says_what_the_making_cost_and_not_how_long_it_waited(self):
        self.application.release_files.set()
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "REMOTE_ADDR": "10.0.0.1", "wsgi.input": io.BytesIO()}
        self.gate(environ, lambda status, headers, exc_info=None: None)

        self.assertGreater(environ[MADE_IN], 0)
        self.assertLess(environ[MADE_IN], 1)

    def test_no_more_pages_are_made_at_once_than_the_machine_may(self):
        threads, answers = self.ask_many(8, "/slow/")
        self.until(lambda: self.application.now == self.renders)
        self.application.release_files.set()
        for thread in threads:
            thread.join(5)

        assert self.application.most == self.renders
        assert [status for status, _body in answers] == ["200"] * 8

    def test_who_finds_no_room_is_told_at_once_when_to_come_again(self):
        threads, answers = self.ask_many(30, "/slow/")
        self.until(lambda: sum(answer is not None for answer in answers) == 30 - self.renders - 8)
        assert self.gate.is_busy()
        self.application.release_files.set()
        for thread in threads:
            thread.join(5)

        assert sorted(status for status, _body in answers) == ["200"] * (self.renders + 8) + ["503"] * (
            22 - self.renders
        )

    def test_files_and_the_administration_do_not_wait_behind_pages(self):
        self.ask_many(20, "/slow/")
        self.until(lambda: self.application.now == self.renders)

        for path in ("/tep/abc/", "/quan-tri/duyet/", "/readyz"):
            assert self.ask(path) == ("200", b"made"), path

    def test_who_asks_how_the_portal_is_waits_behind_nobody(self):
        self.ask_many(12, "/quan-tri/duyet/slow/"), self.ask_many(12, "/slow/")
        self.until(lambda: self.application.now == self.renders + WORK_THREADS)

        assert self.ask("/healthz") == ("200", b"made")

    def test_the_look_at_a_session_before_a_large_file_waits_for_no_editor(self):
        self.ask_many(12, "/quan-tri/duyet/slow/"), self.ask_many(12, "/slow/")
        self.until(lambda: self.application.now >= self.renders + 2)

        assert self.ask(MAY_SEND) == ("200", b"made")

    def test_forms_that_wait_for_the_database_leave_a_render_to_pages(self):
        self.ask_many(6, "/slow/", method="POST", body=b"a=1")
        self.until(lambda: self.application.now == self.renders)

        assert self.ask("/one/") == ("200", b"made")
        assert self.application.now == self.renders, "the other forms wait"

    def test_a_body_that_comes_in_pieces_is_left_to_who_reads_it(self):
        environ = {"REQUEST_METHOD": "POST", "wsgi.input": io.BytesIO(b"abc"), "HTTP_TRANSFER_ENCODING": "chunked"}
        gate.read_ahead(environ)

        assert environ["wsgi.input"].read() == b"abc"

    def test_a_form_and_a_kept_page_find_room_where_a_page_finds_none(self):
        self.ask_many(20, "/slow/")
        self.until(lambda: self.application.now == self.renders)
        done = []
        for more in ({"method": "POST", "body": b"a=1"}, {REFRESH: True}):
            threading.Thread(target=lambda more=more: done.append(self.ask("/one/", **more)), daemon=True).start()
        time.sleep(0.05)
        self.application.release_files.set()
        self.until(lambda: len(done) == 2)

        assert sorted(done) == [("200", b"a=1"), ("200", b"made")]

    def test_several_processes_share_the_threads_of_the_administration_too(self):
        other = RenderGate(self.application, renders=self.renders, folder=self.folder, refuse=refuse)
        self.ask_many(12, "/quan-tri/duyet/slow/")
        mine, self.gate = self.gate, other
        self.ask_many(12, "/quan-tri/duyet/slow/")
        self.until(lambda: self.application.now == WORK_THREADS)
        self.gate = mine
        self.application.release_files.set()
        self.until(lambda: self.application.now == 0)

        assert self.application.most == WORK_THREADS

    def test_an_error_of_the_application_is_an_error_of_the_gate(self):
        with self.assertRaisesMessage(RuntimeError, "broken"):
            self.ask("/broken/")
        assert self.ask("/one/") == ("200", b"made"), "its thread goes on"

    def test_pages_are_made_in_few_threads_whoever_asks(self):
        for number in range(40):
            thread = threading.Thread(target=self.ask, args=(f"/{number}/",))
            thread.start()
            thread.join()

        assert self.application.threads <= {f"render-{number}" for number in range(self.renders)}
        assert not self.gate.is_busy()


class WhoMustWait(SimpleTestCase):
    def ask(
        self, path="/hoi-dap/gui-cau-hoi/", method="GET", body=b"", kind="application/x-www-form-urlencoded", **more
    ):
        started = []
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "CONTENT_TYPE": kind,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            **more,
        }
        gate.read_ahead(environ)
        answer = refuse_when_busy(environ, lambda status, headers: started.extend((status, dict(headers))), 7)
        assert environ[BUSY]
        return started[0], started[1], b"".join(answer).decode()

    def test_a_reader_is_told_when_to_come_again(self):
        status, headers, page = self.ask()

        assert status == "503 Service Unavailable"
        assert headers["Retry-After"] == "7"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert int(headers["Content-Length"]) == len(page.encode())
        assert "7 giây" in page and "<form" not in page
        assert settings.WAGTAIL_SITE_NAME in page

    def test_in_english_on_english_pages_and_as_json_to_programs(self):
        assert "reload it" in self.ask("/en/online-public-services/")[2]
        status, headers, page = self.ask("/api/v1/van-ban/")
        assert headers["Content-Type"].startswith("application/problem+json")
        assert '"status": 503' in page

    def test_who_sent_a_form_gets_back_all_that_was_typed(self):
        body = urlencode({"title": "Hỏi <b>về</b> hộ tịch", "text": "Chữ đã gõ", "csrfmiddlewaretoken": "abc"}).encode()
        _status, _headers, page = self.ask(method="POST", body=body)

        assert 'action="/hoi-dap/gui-cau-hoi/"' in page
        for text in ("Hỏi &lt;b&gt;về&lt;/b&gt; hộ tịch", "Chữ đã gõ", 'value="abc"', "7 giây", "Gửi lại"):
            assert text in page

    def test_a_form_with_files_of_many_megabytes_gets_its_text_back(self):
        parts = (
            b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n' + "Chữ đã gõ".encode() + b"\r\n"
            b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n'
            + b"x" * 3_000_000
            + b"\r\n--b--\r\n"
        )
        page = self.ask(method="POST", kind="multipart/form-data; boundary=b", body=parts)[2]

        assert "Chữ đã gõ" in page and "Gửi lại" in page

    def test_what_is_no_form_of_ours_costs_no_more_than_a_page_that_was_asked_for(self):
        many = b"&".join(b"a=1" for _ in range(300))
        for path, body, more in (
            ("/hoi-dap/gui-cau-hoi/", many, {}),
            ("/hoi-dap/gui-cau-hoi/", b"text=" + b"x" * 70_000, {}),
            ("/quan-tri/login/", many, {}),
        ):
            assert "<form" not in self.ask(path, method="POST", body=body, **more)[2]
        fields = (
            b"".join(b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' for _ in range(300)) + b"--b--\r\n"
        )
        assert "<form" not in self.ask(method="POST", kind="multipart/form-data; boundary=b", body=fields)[2]
        editor = {"HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}=abc"}
        assert "<form" in self.ask("/quan-tri/pages/5/edit/", method="POST", body=many, **editor)[2]

    def test_a_password_is_not_given_back(self):
        page = self.ask(method="POST", body=b"username=ai&password=bi-mat")[2]
        assert "bi-mat" not in page

    def test_a_code_of_the_administration_is_not_given_back(self):
        for path in ("/quan-tri/xac-thuc/", "/quan-tri/xac-thuc/cai-dat/"):
            page = self.ask(path, method="POST", body=b"next=/quan-tri/&code=482913")[2]
            assert "482913" not in page and "<form" not in page

    def test_a_code_by_which_a_reader_looks_something_up_is_given_back(self):
        page = self.ask("/dich-vu-cong/tra-cuu-ho-so/", method="POST", body=b"code=H04.32-261125-0007")[2]
        assert 'value="H04.32-261125-0007"' in page

    def test_what_cannot_be_read_gets_the_page_without_a_form(self):
        for kind, body in (
            ("multipart/form-data", b"x"),
            ("multipart/form-data; boundary=b", b"--b\r\n"),
            ("x", b"\xff"),
        ):
            status, _headers, page = self.ask(method="POST", kind=kind, body=body)
            assert status.startswith("503") and "7 giây" in page
