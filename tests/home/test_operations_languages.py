"""The operations manual in English and in Vietnamese says the same: sections, commands, settings, paths, figures."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.test import SimpleTestCase

from base.operations import health
from home.jobs import JOBS

DOCS = settings.BASE_DIR / "docs"
ENGLISH, VIETNAMESE = "operations.md", "van-hanh.md"
BLOCK = re.compile(r"^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
QUOTED = re.compile(r"`([^`]+)`")
COMMENT = re.compile(r"\s+# .*$")
# Separators are those of the language: 4,000 and 4.000.
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
JOB = re.compile(r"^\| `(\w+)` \| ([^|]+) \| (prompt|long) \| ([^|]+) \|$", re.MULTILINE)
LINES = {"rows": r"^\|", "items": r"^(?:\*|\d+\.) ", "paragraphs with a title": r"^\*\*", "empty lines": r"^$"}
USUAL = {5: "5 giây một lần", 60: "mỗi phút", 300: "5 phút một lần", 3600: "mỗi giờ"}
A_CHECK = re.compile(r"Finding\(\s*\"(\w+)\"")


@dataclass(frozen=True)
class Section:
    """One heading with the text below it, up to the next heading."""

    level: int
    title: str
    blocks: list[str]
    prose: str

    def commands(self) -> set[str]:
        """Return what is in backticks, and the lines of code without the comments behind them."""
        lines = (COMMENT.sub("", line) for block in self.blocks for line in block.splitlines())
        return {" ".join(quoted.split()) for quoted in QUOTED.findall(self.prose)} | set(lines)

    def figures(self) -> set[str]:
        """Return the numbers of the prose; the table of jobs says days and months as its language does."""
        prose = QUOTED.sub("", JOB.sub("", self.prose))
        return {re.sub(r"[.,]", "", number) for number in NUMBER.findall(prose)}

    def shape(self) -> dict[str, int]:
        """Return how many rows, items and paragraphs there are."""
        return {name: len(re.findall(start, self.prose, re.MULTILINE)) for name, start in LINES.items()}


def text_of(name: str) -> str:
    """Return the text of a page."""
    return (DOCS / name).read_text(encoding="utf-8")


def sections(text: str) -> list[Section]:
    """Return the sections of a page; a comment in a block of code is no heading."""
    blocks = BLOCK.findall(text)
    parts = HEADING.split(BLOCK.sub("@block@", text))[1:]
    found = []
    for marks, title, prose in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        own = [blocks.pop(0) for _block in range(prose.count("@block@"))]
        found.append(Section(len(marks), title, own, prose))
    return found


class Languages(SimpleTestCase):
    def pairs(self):
        return zip(sections(text_of(ENGLISH)), sections(text_of(VIETNAMESE)), strict=True)

    def test_have_the_same_headings_in_the_same_levels(self):
        english, vietnamese = ([part.level for part in sections(text_of(name))] for name in (ENGLISH, VIETNAMESE))

        self.assertGreater(len(english), 10)
        self.assertEqual(english, vietnamese)

    def test_name_the_same_commands_settings_and_paths_in_each_section(self):
        for english, vietnamese in self.pairs():
            with self.subTest(english.title, missing=english.commands() - vietnamese.commands()):
                self.assertEqual(english.commands() ^ vietnamese.commands(), set())

    def test_name_the_same_figures_in_each_section(self):
        for english, vietnamese in self.pairs():
            with self.subTest(english.title):
                self.assertEqual(english.figures() ^ vietnamese.figures(), set())

    def test_have_as_many_rows_items_and_paragraphs_in_each_section(self):
        for english, vietnamese in self.pairs():
            with self.subTest(english.title):
                self.assertEqual(english.shape(), vietnamese.shape())

    def test_lead_to_each_other(self):
        self.assertIn(f"]({VIETNAMESE})", text_of(ENGLISH))
        self.assertIn(f"]({ENGLISH})", text_of(VIETNAMESE))

    def test_what_one_of_them_lacks_is_found(self):
        whole = sections("## A\n\nRun `migrate`, 4,000 at once.\n\n```\nmake run   # here\n```\n")[0]
        lacks = sections("## B\n\nChạy lệnh, 400 một lúc.\n\n```\nmake run   # ở đây\n```\n")[0]

        self.assertEqual(whole.commands() - lacks.commands(), {"migrate"})
        self.assertEqual(whole.figures() - lacks.figures(), {"4000"})
        self.assertEqual(whole.shape(), lacks.shape())


class Tables(SimpleTestCase):
    def test_the_vietnamese_jobs_are_those_of_the_table_and_begin_with_what_the_portal_calls_them(self):
        listed = JOB.findall(text_of(VIETNAMESE))

        when = [f"{job.daily_at:%H:%M}" if job.daily_at else USUAL[job.every.seconds] for job in JOBS]
        known = [(job.name, at, job.lane) for job, at in zip(JOBS, when, strict=True)]
        self.assertEqual([row[:3] for row in listed], known)
        for job, row in zip(JOBS, listed, strict=True):
            with self.subTest(job.name):
                self.assertTrue(row[3].startswith(job.label), row[3])

    def test_every_check_of_readyz_is_in_the_list_and_no_other(self):
        own = A_CHECK.findall((settings.BASE_DIR / "base/operations/health.py").read_text(encoding="utf-8"))
        for name in (ENGLISH, VIETNAMESE):
            with self.subTest(name):
                (listed,) = re.findall(r"^\* `/readyz`: [^:]+: (.+?)\. 503", text_of(name), re.MULTILINE)
                self.assertEqual(set(QUOTED.findall(listed)), {*own, *health._more_checks})
