"""What a run on PostgreSQL takes: over all turns nothing that asks the database is left out."""

import re
import tempfile
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from django.test import SimpleTestCase, TestCase, TransactionTestCase

from tests import rotation


class Rows(TestCase):
    """Stands for a class of tests with a database."""


class Locks(TransactionTestCase):
    """Stands for one whose tests commit."""


class Pure(SimpleTestCase):
    """Stands for one without a database."""


def item(nodeid: str, cls=Rows, fixtures=()) -> SimpleNamespace:
    return SimpleNamespace(nodeid=nodeid, cls=cls, fixturenames=fixtures, get_closest_marker=lambda name: None)


MANY = [item(f"tests/home/test_{number}.py::Class{number}::test_{test}") for number in range(40) for test in range(3)]


def taken(items: list, turn: str, *, database: str = "postgresql://localhost/portal") -> set[str]:
    with mock.patch.dict("os.environ", {rotation.ROTATION: turn, "DATABASE_URL": database}):
        rotation.os.environ.pop(rotation.WALKS_TURN, None)
        return {one.nodeid for one in rotation.choose(items)[0]}


class WhatARunTakes(SimpleTestCase):
    def test_every_test_with_a_database_has_its_turn_in_four_builds_and_classes_stay_whole(self):
        turns = [taken(MANY, f"{part}/4") for part in range(4)]

        self.assertEqual(set.union(*turns), {one.nodeid for one in MANY})
        self.assertEqual(sum(map(len, turns)), len(MANY))
        for found in turns:
            with self.subTest(len(found)):
                self.assertLess(0, len(found))
                self.assertEqual(len(found), 3 * len({nodeid.rsplit("::", 1)[0] for nodeid in found}))

    def test_the_whole_run_takes_everything_that_asks_the_database(self):
        self.assertEqual(taken(MANY, "0/1"), {one.nodeid for one in MANY})

    def test_what_the_database_decides_and_what_commits_runs_each_time(self):
        always = [
            item("tests/search/test_order.py::A::test_a"),
            item("tests/home/test_x.py::B::test_b", Locks),
            item("tests/isolation/test_matrix.py::C::test_c"),
        ]
        for part in range(4):
            with self.subTest(part):
                self.assertEqual(len(taken(always, f"{part}/4")), 3)

    def test_every_test_runs_in_each_build_on_one_database_and_in_eight_builds_on_both(self):
        decided = [item(f"tests/search/test_{n}.py::Class{n}::test_a") for n in range(20)]
        locks = [item(f"tests/home/test_{n}.py::Locks{n}::test_a", Locks) for n in range(20)]
        every = [*MANY, *decided, *locks]
        on_sqlite = []
        for part in range(8):
            here, there = taken(every, f"{part}/8", database=""), taken(every, f"{part}/8")
            on_sqlite.append(here)
            with self.subTest(part):
                self.assertEqual(here | there, {one.nodeid for one in every})
                self.assertEqual({one.nodeid for one in MANY} & here & there, set())

        self.assertEqual(set.union(*on_sqlite), {one.nodeid for one in every})
        for one in (*decided, *locks):
            with self.subTest(one.nodeid):
                self.assertEqual(sum(one.nodeid in here for here in on_sqlite), 2)

    def test_what_asks_no_database_runs_on_sqlite_each_time(self):
        pure = [item("tests/search/test_a.py::A::test_a", Pure), item("tests/tools/test_b.py::test_b", None)]

        for part in range(8):
            with self.subTest(part):
                self.assertEqual(len(taken(pure, f"{part}/8", database="")), 2)

    def test_what_asks_no_database_runs_on_sqlite_alone(self):
        pure = [item("tests/search/test_a.py::A::test_a", Pure), item("tests/tools/test_b.py::test_b", None)]
        asking = item("tests/search/test_c.py::test_c", None, ("db",))

        self.assertEqual(taken([*pure, asking], "0/1"), {asking.nodeid})

    def test_every_long_walk_has_its_turn_in_four_builds_and_what_is_none_runs_each_time(self):
        walks = [item(f"{walk}::test_a" if walk.count("::") == 1 else walk) for walk in rotation.WALKS]
        turns = []
        for part in range(4):
            with mock.patch.dict("os.environ", {rotation.WALKS_TURN: f"{part}/4"}):
                rotation.os.environ.pop(rotation.ROTATION, None)
                turns.append([one.nodeid for one in rotation.choose([*walks, *MANY])[0]])

        self.assertEqual(sorted(sum(turns, [])), sorted([one.nodeid for one in walks + MANY * 4]))
        self.assertTrue(all(len(turn) > len(MANY) for turn in turns))

    def test_every_long_walk_runs_on_both_databases_in_four_builds_or_on_postgresql_with_its_class_in_eight(self):
        walks = [item(f"{walk}::test_a" if walk.count("::") == 1 else walk) for walk in rotation.WALKS]
        with_class = [one for one in walks if one.nodeid.startswith(rotation.WITH_THEIR_CLASS)]
        others = [one for one in walks if one not in with_class]
        for database, ahead, walks, builds in (
            ("", 0, [*others, *with_class], 4),
            ("postgresql://localhost/portal", 2, others, 4),
            ("postgresql://localhost/portal", 2, with_class, 8),
        ):
            found = set()
            for turn in range(builds):
                turns = {rotation.ROTATION: f"{turn}/8", rotation.WALKS_TURN: f"{turn + ahead}/4"}
                with mock.patch.dict("os.environ", turns | {"DATABASE_URL": database}):
                    found |= {one.nodeid for one in rotation.choose(walks)[0]}
            with self.subTest(database, builds=builds):
                self.assertEqual(found, {one.nodeid for one in walks})

    def test_the_demo_city_is_built_on_postgresql_for_all_its_tests_or_for_none(self):
        city = "tests/home/test_demo_city.py::DemoCity::test_"
        tests = [item(f"{city}{name}") for name in ("a_second_build_changes_nothing", "every_page_answers", "has_a")]
        turns = []
        for turn in range(8):
            settings = {rotation.ROTATION: f"{turn}/8", rotation.WALKS_TURN: f"{turn + 2}/4"}
            with mock.patch.dict("os.environ", settings | {"DATABASE_URL": "postgresql://localhost/portal"}):
                turns.append(len(rotation.choose(tests)[0]))

        self.assertEqual(sorted(turns), [0] * 7 + [3])

    def test_each_page_and_width_has_its_turn_in_three_builds_one_after_the_other(self):
        looks = [
            item(f"{spread}[{page}-{width}]") for spread in rotation.SPREAD for page in range(9) for width in (1, 2)
        ]
        turns = []
        for build in range(1600, 1605):
            with mock.patch.dict("os.environ", {rotation.WALKS_TURN: f"{build}/4"}):
                rotation.os.environ.pop(rotation.ROTATION, None)
                turns.append({one.nodeid for one in rotation.choose(looks)[0]})

        every = {one.nodeid for one in looks}
        for three in zip(turns, turns[1:], turns[2:], strict=False):
            self.assertEqual(set.union(*three), every)
            self.assertEqual(sum(map(len, three)), len(every))
            self.assertTrue(all(len(every) / 5 < len(turn) for turn in three), list(map(len, three)))

    def test_a_walk_goes_through_a_third_in_a_build_and_through_all_in_three_of_its_own(self):
        addresses = [f"/quan-tri/{number}/" for number in range(300)]
        for builds in (range(1600, 1603), range(1601, 1613, 4)):
            turns = []
            for build in builds:
                with mock.patch.dict("os.environ", {rotation.WALKS_TURN: f"{build}/4"}):
                    turns.append(rotation.in_turn(addresses))
                    self.assertGreater(len(turns[-1]), rotation.at_least(len(addresses)))
            with self.subTest(builds):
                self.assertEqual(sorted(sum(turns, [])), sorted(addresses))
                self.assertTrue(all(80 < len(turn) < 120 for turn in turns), list(map(len, turns)))

    def test_a_walk_without_a_turn_goes_through_all(self):
        with mock.patch.dict("os.environ"):
            rotation.os.environ.pop(rotation.WALKS_TURN, None)
            self.assertEqual(rotation.in_turn(range(300)), list(range(300)))
            self.assertEqual(rotation.at_least(300), 300)

    def test_every_long_walk_in_the_list_is_there(self):
        root = Path(rotation.__file__).parent.parent
        for walk in (*rotation.WALKS, *rotation.SPREAD):
            file, *names = walk.split("::")
            with self.subTest(walk):
                text = (root / file).read_text(encoding="utf-8")
                self.assertTrue(all(re.search(rf"(class|def) {name}", text) for name in names))

    def test_without_a_turn_everything_runs(self):
        with mock.patch.dict("os.environ"):
            rotation.os.environ.pop(rotation.ROTATION, None)
            rotation.os.environ.pop(rotation.WALKS_TURN, None)
            self.assertEqual(rotation.choose(MANY), (MANY, []))

    def test_what_is_left_out_is_written_down_by_file(self):
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder, "left-out.txt")
            with mock.patch.dict("os.environ", {rotation.LEFT_OUT: str(target)}):
                rotation.note([*MANY[:3], item("tests/home/test_z.py::Z::test_z", Pure)])

            self.assertEqual(target.read_text(), "home/test_0.py 3")

    def test_every_name_in_the_list_is_a_folder_or_a_file_of_tests(self):
        root = Path(rotation.__file__).parent.parent
        for name in rotation.ALWAYS:
            with self.subTest(name):
                self.assertTrue((root / name).is_dir() or list(root.glob(f"{name}*")))
