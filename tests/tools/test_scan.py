"""A finding counts as reviewed only where somebody said why, and only while it is found."""

import re
from pathlib import Path

import pytest
import scan

ROOT = Path(__file__).resolve().parents[2]
ENTRY = "base/a.py mark-safe\n    mark_safe(title)\n    : A constant.\n"
FOUND = scan.Finding("base/a.py", "mark-safe", "mark_safe(title)")


class TestReviewed:
    def test_an_entry_covers_its_line_in_its_file_under_its_rule(self):
        reviewed = scan.read_reviewed(f"# note\n\n{ENTRY}")

        assert reviewed == {FOUND: "A constant."}
        assert scan.compare([FOUND, FOUND], reviewed) == ([], [])

    def test_another_line_file_or_rule_is_new_and_the_entry_out_of_date(self):
        reviewed = scan.read_reviewed(ENTRY)

        for changed in (FOUND._replace(line="mark_safe(x)"), FOUND._replace(path="b.py"), FOUND._replace(rule="B308")):
            assert scan.compare([changed], reviewed) == ([changed], [FOUND])

    def test_an_entry_without_a_reason_is_refused(self):
        for text in (ENTRY.rsplit("    :", 1)[0], ENTRY.replace(": A constant.", ":"), ENTRY + "base/b.py mark-safe\n"):
            with pytest.raises(ValueError, match="reviewed"):
                scan.read_reviewed(text)

    def test_every_entry_that_is_kept_names_a_line_that_stands_in_its_file(self):
        kept = scan.read_reviewed((ROOT / "security" / "reviewed.txt").read_text(encoding="utf-8"))

        assert kept
        for one in kept:
            lines = [line.strip() for line in (ROOT / one.path).read_text(encoding="utf-8").splitlines()]
            assert one.line in lines, one

    def test_every_rule_of_the_house_has_an_example(self):
        rules = re.findall(r"- id: (\S+)", (ROOT / "security" / "semgrep.yml").read_text())
        examples = "".join((ROOT / "security" / name).read_text() for name in ("semgrep.py", "semgrep.html"))

        shown = {name for line in re.findall(r"ruleid: (.*)", examples) for name in re.findall(r"[\w-]+\w", line)}
        assert len(rules) >= 13 and set(rules) <= shown
