"""Which tests a run takes: every test on one of the two databases, on the other one in turn.

| Tests | on PostgreSQL | on SQLite |
|---|---|---|
| whose result the database decides (`ALWAYS`), and all that commit | in every build | one build of four |
| the rest | one build of eight | in the other seven |
| that ask no database | never | in every build |
| long walks (`WALKS`) | one build of four | another one of the four, as in the browser |
| what those go through (`in_turn`) | a third of it, in turn | a third of it, in turn |
| those of the demo city (`WITH_THEIR_CLASS`) | with its class, one build of eight | one build of four |
| the same for each page, width, role (`SPREAD`) | | each in one of three builds, in the browser |

Without `ROTATION` and `WALKS_TURN` in the environment everything runs. `tools/run_tests.py` sets them to "k/n", by the
count of commits: builds one after the other run everything on both, and `make test-all` runs it at once.
"""

import os
import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from django.test import SimpleTestCase, TestCase, TransactionTestCase

ROTATION, LEFT_OUT, WALKS_TURN = "ROTATION", "ROTATION_LEFT_OUT", "WALKS_TURN"
# In how many builds one after the other what PostgreSQL runs each time runs on SQLite too.
QUARTERS = 4
# Folders and files whose subject the database decides: order of rows without a key, locks, constraints, triggers,
# search, aggregates, sequences, JSON, what another connection sees.
ALWAYS = (
    "tests/isolation/",
    "tests/journeys/",
    "tests/search/",
    "tests/tools/",
    "tests/base/test_audit",
    "tests/base/test_bad_inputs",
    "tests/base/test_clean_input",
    "tests/base/test_database_away",
    "tests/base/test_headers",
    "tests/base/test_installation",
    "tests/base/test_outbox",
    "tests/base/test_periodic",
    "tests/base/test_reading_waits_for_nobody",
    "tests/base/test_seen_versions",
    "tests/base/test_shared_levels",
    "tests/base/test_submissions",
    "tests/base/test_tampering",
    "tests/base/test_throttle",
    "tests/base/test_two_machines",
    "tests/base/test_unreadable_input",
    "tests/accounts/test_appointments",
    "tests/accounts/test_sign_in_throttle",
    "tests/faq/test_asking",
    "tests/faq/test_figures",
    "tests/faq/test_nothing_leaks",
    "tests/faq/test_numbering",
    "tests/home/test_doctor",
    "tests/legalref/test_agreeing",
    "tests/legalref/test_citing_races",
    "tests/legalref/test_import",
    "tests/legalref/test_numbering",
    "tests/legalref/test_register_index",
    "tests/legalref/test_status_table",
    "tests/legalref/test_views",
    "tests/sections/test_listing",
    "tests/servicecatalog/test_dossier_figures",
    "tests/servicecatalog/test_listing",
    "tests/servicecatalog/test_usage",
    "tests/workflows/test_archive",
    "tests/workflows/test_deadline",
    "tests/workflows/test_disposal",
    "tests/workflows/test_invariants",
    "tests/workflows/test_nothing_is_destroyed",
    "tests/workflows/test_performance",
    "tests/workflows/test_races",
)


# Walks over every page, screen, address, role or random course, each with the build of four in which it runs on SQLite,
# chosen so that builds cost alike: on PostgreSQL it runs two builds earlier, in the browser one. All of them are in
# `make test-all`. A new screen or model without a rule is found by the tables that run each time
# (`tests/base/screen_access.txt`, `tests/workflows/admin_addresses.txt`, `docs/permissions.md`).
WALKS = {
    "tests/home/test_demo_city.py::DemoCity": 2,
    "tests/home/test_every_page.py::EveryPage": 3,
    "tests/workflows/test_routes.py::RoadsOverHttp": 1,
    "tests/workflows/test_nothing_is_destroyed.py::RoadsOverHttp": 1,
    "tests/base/test_preview_modes.py::EveryType": 1,
    "tests/test_menus.py::Menus::test_every_link_that_a_role_is_shown_opens": 3,
    "tests/personaldata/test_personal_data.py::Readings::test_contact_data_are_shown_by_those_screens_only": 1,
    "tests/workflows/test_desk.py::Screen::test_every_row_leads_to_a_screen_that_its_person_may_open": 0,
    "tests/isolation/test_matrix.py::TheMatrix::test_a_model_of_tomorrow_joins_by_itself": 3,
    "tests/base/test_bad_inputs.py::BadInputs::test_nobody_meets_a_server_error_in_the_administration": 1,
    "tests/base/test_spellings.py::WhatTheNextReaderGets": 0,
    "tests/base/test_all_at_once.py::AllAtOnce": 3,
    "tests/home/test_first_steps.py::Steps::test_every_way_of_a_list_opens_for_its_person": 0,
    "tests/workflows/test_index_walk.py::AfterAnything": 1,
    "tests/subscriptions/test_drill.py": 0,
    "tests/browser/test_press.py::test_one_control_of_each_sort_in_each_state_of_a_form_does_something": 2,
    "tests/browser/test_admin_words.py": 1,
    "tests/browser/test_no_third_party.py": 0,
    "tests/browser/test_crowd_story.py::test_without_scripts_it_comes_back_says_when_and_is_sent_then": 3,
}
# Of the addresses and pages that a walk goes through it takes a third in a build: `in_turn`. No divisor of the four
# builds, so that each third comes in its turn.
THIRDS = 3

# What these walk through takes a minute and a half to build: it is built when all tests of the class run; on PostgreSQL
# as seldom as any other class.
WITH_THEIR_CLASS = ("tests/home/test_demo_city.py",)

# Of what happens on PostgreSQL alone.
ONLY_ON_POSTGRESQL = ("tests/home/test_restore.py::Moving", "tests/base/test_planning.py::Compiling")

# In the browser: the same look at each page in each width, each screen of each role, each sort of control.
SPREAD = (
    "tests/browser/test_public_pages.py::TestEveryPage",
    "tests/browser/test_public_pages.py::TestChosenColours",
    "tests/browser/test_register_story.py::TestTheStory",
    "tests/browser/test_register_story.py::TestPages::test_axe_finds_nothing",
    "tests/browser/test_above_the_fold.py::test_the_first_screen_shows_the_work",
    "tests/browser/test_above_the_fold.py::test_the_whole_menu_and_each_of_its_groups_stand_on_the_screen",
    "tests/browser/test_press.py::test_a_dead_control_is_named",
    "tests/browser/test_press.py::test_a_control_that_works_is_not",
)
SPREAD_BUILDS = 3


def choose(items: list) -> tuple[list, list]:
    """Return the tests that this run takes, and those it leaves out; `items` are pytest's."""
    taken, left_out = [], []
    for item in items:
        (taken if _is_due(item) else left_out).append(item)
    return taken, left_out


def _is_due(item) -> bool:
    if item.nodeid.startswith(ONLY_ON_POSTGRESQL):
        return bool(os.environ.get("DATABASE_URL"))
    turns = [turn for walk, turn in WALKS.items() if item.nodeid.startswith(walk)]
    with_its_class = os.environ.get("DATABASE_URL") and item.nodeid.startswith(WITH_THEIR_CLASS)
    if turns and os.environ.get(WALKS_TURN) and not with_its_class:
        # Its own turn alone: with that of its class as well it might never come.
        build, parts = (int(number) for number in os.environ[WALKS_TURN].split("/"))
        return turns[0] == build % parts
    if item.nodeid.startswith(SPREAD) and os.environ.get(WALKS_TURN):
        return _is_of(item.nodeid, SPREAD_BUILDS)
    return not os.environ.get(ROTATION) or _in_turn(item)


def in_turn(things: Iterable, name: Callable = str) -> list:
    """Return the things of a walk that it goes through in this build: a third, by their names, or all of them."""
    return [thing for thing in things if not os.environ.get(WALKS_TURN) or _is_of(name(thing), THIRDS)]


def at_least(count: int) -> int:
    """Return how many things a walk meets in this build that meets at least `count` when it goes through all."""
    # Thirds by the numbers of names are not all as large.
    return count // (THIRDS + 1) if os.environ.get(WALKS_TURN) else count


def _is_of(name: str, parts: int) -> bool:
    build = int(os.environ[WALKS_TURN].split("/")[0])
    # A number that is the same in every process and run.
    return zlib.crc32(name.encode()) % parts == build % parts


def _in_turn(item) -> bool:
    part, parts = (int(number) for number in os.environ[ROTATION].split("/"))
    on_postgresql = _is_taken(item, part, parts)
    if os.environ.get("DATABASE_URL"):
        return on_postgresql
    return not on_postgresql or (_is_always(item) and part % QUARTERS == _number(item) % QUARTERS)


def note(left_out: list) -> None:
    """Write down how many tests of each file were left out, for the end of the run; every process writes the same."""
    if target := os.environ.get(LEFT_OUT):
        files = Counter(
            item.nodeid.split("::")[0].removeprefix("tests/")
            for item in left_out
            if asks_database(item) or item.nodeid.startswith((*WALKS, *SPREAD))
        )
        Path(target).write_text("\n".join(f"{name} {count}" for name, count in sorted(files.items())))


def asks_database(item) -> bool:
    """Return whether a test may use the database."""
    if item.cls is not None and issubclass(item.cls, SimpleTestCase):
        return issubclass(item.cls, TransactionTestCase)
    return item.get_closest_marker("django_db") is not None or bool({"db", "transactional_db"} & {*item.fixturenames})


def _is_taken(item, part: int, parts: int) -> bool:
    if not asks_database(item):
        return False
    return _is_always(item) or parts == 1 or _number(item) % parts == part


def _is_always(item) -> bool:
    return item.nodeid.startswith(ALWAYS) or not issubclass(item.cls or TestCase, TestCase)


def _number(item) -> int:
    # Classes stay whole: what they set up is paid for once.
    return zlib.crc32(item.nodeid.rsplit("::", 1)[0].encode())
