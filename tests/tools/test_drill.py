"""What `make drill` makes of what it saw: what is counted, where, and what is missed. No server, no portal."""

import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "bench"))

from crowd_client import Answer  # noqa: E402
from drill_faults import FAULTS  # noqa: E402
from drill_figures import (  # noqa: E402
    KEPT,
    Acknowledged,
    Memory,
    Row,
    Seen,
    figures_of,
    growth,
    line,
    missed_by,
)
from drill_mix import Timeline  # noqa: E402
from drill_stage import Broken, Service  # noqa: E402

BEGAN = 1000.0


def row(**fields) -> Row:
    """A fault of ten seconds that was mended after four."""
    return Row(**{"fault": "thử", "began": BEGAN, "mended": BEGAN + 4, "ended": BEGAN + 10, **fields})


def kept(second: float, *, is_right: bool = True, seconds: float = 0.01) -> Seen:
    return Seen(BEGAN + second, KEPT, seconds, is_right, "" if is_right else "503 /")


def figures(of: Row, *seen: Seen, acknowledged=(), memory=(), stored=()):
    return figures_of(of, seen or [kept(1)], acknowledged, memory, Counter(dict(stored)))


class TestFigures:
    def test_what_was_acknowledged_and_is_not_there_is_lost_and_missed(self):
        done = [Acknowledged(BEGAN + n, "number", f"số {n}") for n in range(3)]
        there = {("number", "số 0"): 1, ("number", "số 1"): 2}
        found = figures(row(), acknowledged=done, stored=there)

        assert (found.acknowledged, [one.key for one in found.lost], found.twice) == (3, ["số 2"], ["số 1"])
        assert missed_by(row(), found) == ["1 acknowledged and lost: number số 2", "1 done twice: số 1"]

    def test_what_is_there_once_is_not_missed(self):
        found = figures(row(), acknowledged=[Acknowledged(BEGAN, "number", "số 0")], stored={("number", "số 0"): 1})

        assert missed_by(row(), found) == []

    def test_what_came_before_or_after_a_fault_belongs_to_another_row(self):
        early, late = Acknowledged(BEGAN - 1, "draft", "1"), Acknowledged(BEGAN + 10, "draft", "2")
        found = figures(row(), kept(-1, is_right=False), kept(3), kept(11, is_right=False), acknowledged=[early, late])

        assert (found.requests, found.acknowledged, found.kept_seconds) == (1, 0, 0)

    def test_seconds_in_which_kept_pages_err_are_counted_once_each_and_missed(self):
        found = figures(row(), *(kept(second, is_right=False) for second in (2.1, 2.8, 3.2)), kept(5))

        assert found.kept_seconds == 2
        assert missed_by(row(), found) == ["3 kept pages wrong: 503 / (3)"]

    def test_while_nginx_is_away_nothing_can_come_and_afterwards_all_must(self):
        away = row(is_front_away=True)

        assert missed_by(away, figures(away, kept(3, is_right=False), kept(5))) == []
        assert missed_by(away, figures(away, kept(5, is_right=False), kept(6))) == ["1 kept pages wrong: 503 /"]

    def test_a_page_that_named_what_was_taken_down_may_be_away_and_no_other(self):
        down = row(gone=frozenset({"localhost/tin-tuc/"}))
        wrong = [Seen(BEGAN + 2, KEPT, 0.1, False, f"503 localhost{path}") for path in ("/tin-tuc/", "/lien-he/")]

        assert missed_by(down, figures(down, *wrong, kept(5))) == ["1 kept pages wrong: 503 localhost/lien-he/"]

    def test_other_pages_may_fail_and_the_last_failure_says_when_all_was_whole(self):
        wrong = [Seen(BEGAN + second, "fresh", 0.1, False, "503") for second in (1, 3, 6.5)]
        found = figures(row(), kept(1), *wrong)

        assert (found.wrong, found.back) == (Counter(fresh=3), 2.5)
        assert missed_by(row(), found) == []

    def test_what_is_not_whole_after_a_minute_or_slow_in_a_crowd_is_missed(self):
        late, crowded = row(back=61.0), row(p99_goal=True)

        assert missed_by(late, figures(late)) == ["whole again only after 61 s"]
        assert missed_by(crowded, figures(crowded, kept(1, seconds=0.7))) == ["p99 of kept pages 0.70 s"]

    def test_nothing_asked_proves_nothing(self):
        assert missed_by(row(), figures(row(), kept(20))) == ["nothing was asked"]

    def test_a_line_of_the_table_says_what_a_fault_itself_found(self):
        found = row()
        found.expect("10 mails came", True)
        found.expect("a | page stayed", False)
        text = line(found, figures(found, kept(1), kept(2, seconds=0.03), memory=[Memory(BEGAN + 1, 410.4, 180.0)]))

        assert text.count("|") == 11
        assert text.startswith("| thử | 2 | 0 | 0 | 0, 0 | 0 | 30.0, 30 | 0.0 | 410, 180 |")
        assert text.endswith("10 mails came; **missed**: a / page stayed |")

    def test_memory_that_still_grows_once_it_is_warm_is_seen(self):
        warming = [Memory(float(n), 100.0 + min(n, 8) * 10, 50.0) for n in range(16)]
        leaking = [Memory(float(n), 100.0 + n * 10, 50.0) for n in range(16)]

        assert growth(warming) == (0.0, 0.0)
        assert growth(leaking)[0] > 0.1
        with pytest.raises(ValueError, match="too few"):
            growth(warming[:7])


class TestTimeline:
    def test_a_citizen_who_is_shown_his_form_again_is_served_and_one_who_gives_up_is_not(self):
        tally = Timeline()
        tally.note("script step", Answer(200, {}, b"", 0.1), False)
        tally.note(KEPT, Answer(200, {}, b"", 0.1), False, "/")
        tally.bad("script gave up", "Lost")

        assert [(one.kind, one.is_right) for one in tally.seen] == [
            ("citizen", True),
            (KEPT, False),
            ("citizen", False),
        ]


class TestService:
    @pytest.fixture
    def service(self):
        found = Service(lambda: subprocess.Popen(["sleep", "60"]), pause_seconds=0.05)
        yield found
        found.close()

    def until(self, is_so) -> None:
        ends = time.monotonic() + 5
        while not is_so():
            assert time.monotonic() < ends
            time.sleep(0.01)

    def test_comes_back_when_it_is_killed_and_stays_away_when_it_is_stopped(self, service):
        service.start()
        self.until(lambda: service.starts == 1)
        service.process.send_signal(signal.SIGKILL)
        self.until(lambda: service.starts == 2)

        service.stop()
        time.sleep(0.2)
        assert (service.starts, service.process.poll() is None) == (2, False)

    def test_before_its_start_there_is_nothing_to_measure(self, service):
        with pytest.raises(Broken):
            assert service.pid


def test_every_fault_says_what_it_does():
    assert all(function.__doc__ for _, function in FAULTS.values())
    assert len({title for title, _ in FAULTS.values()}) == len(FAULTS)
