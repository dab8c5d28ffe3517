"""What the run of the abuse cases rests on: a case that tries nothing fails, and none is missing."""

import importlib
import re
from pathlib import Path

from tests.abuse import cases
from tests.abuse.run import MODULES, NUMBERS, met

TABLE = Path(__file__).resolve().parents[2] / "docs" / "abuse-cases.md"


def outcome(function, *roles: str) -> cases.Outcome:
    """Run a function as a case without a stage."""
    return cases.run(cases.Case("A00", "thử", roles, function), None)


LOG = """INFO ok
Traceback (most recent call last):
  File "a.py", line 1
KeyError: 'x'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "b.py", line 2
ValueError: said of x
INFO ok
Traceback (most recent call last):
  File "c.py", line 3
OSError: away
"""


class TestCounting:
    def test_an_error_that_came_out_of_another_counts_once(self):
        assert met(LOG) == {"ValueError: said of x": 1, "OSError: away": 1}

    def test_a_case_passes_when_every_assertion_held_for_every_role(self):
        assert outcome(lambda stage, check: check.that(True, "x", role="writer"), "writer").passed

    def test_a_case_without_assertions_fails(self):
        assert not outcome(lambda stage, check: None).passed

    def test_a_case_that_never_acts_as_a_named_role_fails(self):
        found = outcome(lambda stage, check: check.that(True, "x", role="writer"), "writer", "head")

        assert not found.passed
        assert "head" in found.lines()[-1]

    def test_one_failed_assertion_fails_the_case_and_is_told(self):
        found = outcome(lambda stage, check: (check.that(True, "x"), check.that(False, "it was open")))

        assert not found.passed
        assert "it was open" in found.lines()[1]

    def test_a_case_that_breaks_fails(self):
        def broken(stage, check):
            check.that(True, "x")
            raise OSError("away")

        assert not outcome(broken).passed


class TestRegister:
    def test_all_cases_exist_and_say_what_they_try(self):
        for module in MODULES:
            importlib.import_module(f"tests.abuse.{module}")

        assert sorted(cases.CASES) == NUMBERS
        for found in cases.CASES.values():
            assert "→" in (found.function.__doc__ or ""), f"{found.number} does not say what it tries"

    def test_each_case_has_its_row_in_the_table(self):
        rows = re.findall(r"^\| (A\d\d) \|", TABLE.read_text("utf-8"), re.M)

        assert rows == NUMBERS
