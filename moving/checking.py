"""The dry run: row by row what would become of a page. The export is read, rows are stored, nothing else is written.

Rows are stored some at a time, with their number in the import: a killed process reads on behind the last that is
stored. What is written afterwards is what the rows hold, so that the run does what the dry run said.
"""

import contextlib
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from itertools import islice
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ValidationError
from django.db import transaction

from base.files.alt_texts import problem_of
from base.files.checks.common import extension_of
from base.files.checks.images import FORMATS as PICTURES
from base.operations.steps import is_still
from base.preflight import PLACEHOLDER
from documents.facts import Facts
from sections.word_import.report import of_parts
from vietnam import text

from . import documents, report
from .models import MovedRow, SiteImport
from .pages import markup
from .pages.addresses import OldSite, paths_of
from .pages.given import Given
from .reading import FORMATS
from .reading.rows import OldPage, Unreadable

AS_IS = "as_is"
ROWS_AT_ONCE = 50
LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_IDENTITY, SAMPLE = 255, 400, 250, 20_000
MOST_ADDRESSES = 4
# The share of rows that must look like it before an encoding is asked about.
SUSPECTED_SHARE = 0.02
# Addresses that lead to files and not to pages.
FILE_ENDINGS = frozenset(
    "pdf doc docx xls xlsx ppt pptx odt ods csv txt zip rar 7z mp3 mp4 jpg jpeg png gif webp bmp".split()
)
Outcome = MovedRow.Outcome


@contextlib.contextmanager
def opened(batch: SiteImport) -> Iterator[tuple]:
    """Give (export, the files given along) of an import, open; raises Unreadable for a ZIP that is none."""
    with contextlib.ExitStack() as ending:
        source = ending.enter_context(batch.source.open("rb")) if batch.source else None
        package = ending.enter_context(batch.package.open("rb")) if batch.package else None
        try:
            yield source, Given(source if FORMATS[batch.format].is_package else package)
        except ValidationError as error:
            raise Unreadable(" ".join(error.messages)) from None


def check_rows(batch: SiteImport, *, seconds: float) -> bool:
    """Read on for a bounded time; tell whether the whole export was read. Raises Unreadable.

    The time begins with the first row that is new: what was read before is read again, and is not counted, so that a
    long export is read to its end.
    """
    ends = None
    with opened(batch) as (source, given):
        checker = Checker.of(batch, given)
        pages = enumerate(FORMATS[batch.format].read(source, given, batch), 1)
        pages = islice(pages, batch.rows_checked, None)
        while some := list(islice(pages, ROWS_AT_ONCE)):
            ends = ends or time.monotonic() + seconds
            if not checker.store([checker.row(number, page) for number, page in some]) or time.monotonic() > ends:
                return False
    return _still_checked(batch, is_read=True)


def check_links(batch: SiteImport, *, seconds: float) -> bool:
    """Name in each row the links that lead to no page that moves; tell whether all rows are done.

    Called once all rows are known; for a bounded time, some rows a transaction.
    """
    known, ends = known_paths(batch), time.monotonic() + seconds
    rows = batch.rows.filter(outcome=Outcome.NEW).order_by("number")
    while some := list(rows.filter(number__gt=batch.rows_linked)[:ROWS_AT_ONCE]):
        with transaction.atomic():
            if not _still_checked(batch, rows_linked=some[-1].number):
                return False
            for row in some:
                _name_lost_links(row, known)
        if time.monotonic() > ends:
            return False
    return True


def _name_lost_links(row: MovedRow, known: dict[str, int]) -> None:
    lost = [path for path in row.values.get("links") or [] if path not in known]
    if lost:
        facts = Facts()
        for path in lost:
            facts.note("lost_links", path)
        row.remarks = [*row.remarks, *report.remarks_of(facts)]
        row.save(update_fields=["remarks"])


@transaction.atomic
def _still_checked(batch: SiteImport, **reached) -> bool:
    """Note how far the dry run is; False, and nothing is noted, once the import was discarded."""
    if not is_still(batch, SiteImport.State.CHECKING):
        return False
    for name, value in reached.items():
        setattr(batch, name, value)
    batch.save(update_fields=list(reached))
    return True


def known_paths(batch: SiteImport) -> dict[str, int]:
    """Return {old path: key of the row} of all that moves with an import and of what earlier ones of its site moved."""
    rows = MovedRow.objects.filter(batch__site=batch.site_id).exclude(batch__state=SiteImport.State.DISCARDED)
    earlier = rows.exclude(batch=batch).exclude(page=None)
    found = {}
    for some in (earlier, rows.filter(batch=batch, outcome=Outcome.NEW)):
        for key, addresses in some.order_by("pk").values_list("pk", "addresses").iterator():
            found |= dict.fromkeys(addresses, key)
    return found


def suspected_scheme(batch: SiteImport) -> str:
    """Name the encoding before Unicode that rows of an import seem to be in, "" for none worth asking about."""
    found = Counter(
        values["scheme"]
        for values in batch.rows.order_by("number").values_list("values", flat=True).iterator()
        if values.get("scheme")
    )
    if not found:
        return ""
    scheme, count = found.most_common(1)[0]
    return scheme if count >= max(1, SUSPECTED_SHARE * batch.rows_checked) else ""


@dataclass
class Checker:
    """What rows are checked against: the files given along, the sections, and what was read before."""

    batch: SiteImport
    given: Given
    old: OldSite
    seen: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, batch: SiteImport, given: Given) -> "Checker":
        """Return one that knows the rows stored already, as `row` has noted them."""
        moving = batch.rows.filter(outcome__in=(Outcome.NEW, Outcome.SAME))
        seen = dict(moving.order_by("-number").values_list("identity", "number"))
        return cls(batch, given, OldSite(tuple(batch.hosts)), seen)

    def row(self, number: int, page: OldPage) -> MovedRow:
        """Return the row of an old page, not stored yet."""
        row = MovedRow(batch=self.batch, number=number, identity=self._identity(page), outcome=Outcome.WRONG)
        facts = Facts()
        letters = self._letters(page, row, facts)
        row.title = self._title(page, letters, facts)
        row.category = markup.plain(page.category, letters)[:200]
        row.author = markup.plain(page.author, letters)[:120]
        row.published_at = page.published_at
        if page.left:
            row.outcome, row.remarks = Outcome.LEFT, [f"Để lại: {page.left}."]
            return row
        row.section_id = self._section(row.category)
        row.addresses = self._addresses(page, facts)
        if problem := self._problem(page, row):
            row.problems = [problem]
            return row
        try:
            row.values |= self._values(page, row, letters, facts)
        except markup.NotMade as error:
            row.problems = [str(error)]
            return row
        if self.batch.takes_documents and (found := documents.found_in(row.title)) is not None:
            row.symbol = found.symbol[:160]
        row.outcome, row.remarks, row.is_complete = Outcome.NEW, report.remarks_of(facts), report.is_complete(facts)
        if not row.values["parts"] and not row.values["files"]:
            row.outcome, row.problems = Outcome.WRONG, ["Bài không có nội dung nào đưa sang được."]
            return row
        # Of one that does not move no other is a repetition.
        self.seen[row.identity] = number
        return row

    @transaction.atomic
    def store(self, rows: list[MovedRow]) -> bool:
        """Store some rows and how far the export is read; False, and nothing is stored, once it was discarded.

        Those that an earlier import moved are the same.
        """
        if not _still_checked(self.batch, rows_checked=rows[-1].number):
            return False
        earlier = MovedRow.objects.filter(
            identity__in=[row.identity for row in rows if row.outcome == Outcome.NEW], batch__site=self.batch.site_id
        )
        moved = dict(earlier.exclude(page=None).exclude(batch=self.batch).values_list("identity", "batch_id"))
        for row in rows:
            if row.outcome == Outcome.NEW and row.identity in moved:
                row.outcome, row.values = Outcome.SAME, {}
                row.remarks = [f"Đã chuyển ở đợt {moved[row.identity]}."]
        MovedRow.objects.bulk_create(rows)
        return True

    # --- Parts of a row -----------------------------------------------------------------------------------

    def _identity(self, page: OldPage) -> str:
        key = page.key if len(page.key) <= LONGEST_IDENTITY else sha256(page.key.encode()).hexdigest()
        return f"{self.old.hosts[0][:40].removeprefix('www.')}|{markup.line(key)}"

    def _letters(self, page: OldPage, row: MovedRow, facts: Facts):
        """Return what converts the letters of a page. Each page is judged alone: old portals have both kinds."""
        sample = f"{page.title} {markup.plain(page.html[:SAMPLE])}"
        found = text.detect_legacy(sample) if self.batch.scheme != AS_IS else None
        if found is None:
            return lambda written: written
        if found != self.batch.scheme:
            row.values = {"scheme": found, "sample": markup.line(sample)[:300]}
            if self.batch.scheme:
                facts.note("other_letters")
            return lambda written: written
        facts.note("converted")
        return partial(text.convert_legacy, scheme=found)

    @staticmethod
    def _title(page: OldPage, letters, facts: Facts) -> str:
        title = markup.plain(page.title, letters)
        if len(title) > LONGEST_TITLE:
            facts.note("cut_title")
            title = f"{title[: LONGEST_TITLE - 1].rstrip()}…"
        return title

    def _section(self, category: str) -> int | None:
        return self.batch.sections.get(text.fold(category), self.batch.section_id)

    def _addresses(self, page: OldPage, facts: Facts) -> list[str]:
        found = paths_of(page.addresses, self.old)
        if len(found) > MOST_ADDRESSES or page.addresses and not found:
            facts.note("cut_addresses")
        return found[:MOST_ADDRESSES]

    def _problem(self, page: OldPage, row: MovedRow) -> str:
        if page.problem:
            return page.problem
        if not row.title:
            return "Bài không có tiêu đề; hãy ghi tiêu đề ở cổng cũ rồi xuất lại."
        if row.identity in self.seen:
            return f"Trùng với mục {self.seen[row.identity]} của tệp xuất; chỉ chuyển một lần."
        return ""

    def _values(self, page: OldPage, row: MovedRow, letters, facts: Facts) -> dict:
        """Return what a draft is made of; raises NotMade."""
        for name, about in page.lost:
            facts.note(name, about)
        taken = _Taken(self, row, facts)
        answers = markup.Answers(link=taken.link, picture=taken.picture, letters=letters)
        parts = markup.parts_of(page.html, row.title, answers, facts)
        for address, name in page.files:
            taken.link(address, markup.plain(name, letters), is_file=True)
        lead = taken.lead(page.lead_picture, letters(page.lead_alt))
        words = "\n".join(_words_of(parts))
        for name, count in {**of_parts(parts), "placeholders": len(PLACEHOLDER.findall(words))}.items():
            if count and name != "no_descriptions":
                facts.note(name, times=count)
        self._describe(parts, taken.pictures, lead, row, facts)
        if not parts:
            facts.note("no_text")
        if row.published_at is None:
            facts.note("no_day")
        summary = markup.plain(page.summary, letters) or words.replace("\n", " ")
        return {
            "parts": parts,
            "pictures": taken.pictures,
            "files": taken.files,
            "links": taken.links,
            "lead": lead,
            "summary": _cut(summary, LONGEST_SUMMARY),
            "source": markup.plain(page.source, letters)[:200],
        }

    @staticmethod
    def _describe(parts: list[dict], pictures: list[str], lead: list | None, row: MovedRow, facts: Facts) -> None:
        """Give pictures the words that stand by them; count those that have none."""
        for part in parts:
            if part["type"] == "picture":
                path = pictures[part["picture"]]
                words = (part["alt"], part["caption"][:200])
                part["alt"] = next((one for one in words if not problem_of(one, path)), "")
                if not part["alt"]:
                    facts.note("no_descriptions", path)
        if lead is not None and problem_of(lead[1], lead[0]):
            lead[1] = ""
            facts.note("no_descriptions", lead[0])


class _Taken:
    """What a page leads to and shows, as it is found while its markup is read."""

    def __init__(self, checker: Checker, row: MovedRow, facts: Facts):
        self._checker, self._facts = checker, facts
        self._page = row.addresses[0] if row.addresses else "/"
        self.pictures: list[str] = []
        self.files: list[list[str]] = []
        self.links: list[str] = []

    def picture(self, address: str, facts: Facts) -> int | None:
        """Return the number of a picture among those of the page, None for one that does not come along."""
        path = self._picture_path(address)
        if not path:
            return None
        if path not in self.pictures:
            self.pictures.append(path)
        return self.pictures.index(path)

    def lead(self, address: str, alt: str) -> list | None:
        """Return [name in the ZIP, description] of the picture that stands for the page in lists, None for none."""
        path = self._picture_path(address) if address else ""
        return [path, markup.line(alt)[:200]] if path else None

    def link(self, address: str, words: str, *, is_file: bool = False) -> str:
        """Return what a link leads to from now on, "" for its words alone; files of the ZIP are attached to the page.

        An address of the old portal stays as it was until drafts are made (`writing.py`).
        """
        # Not split as an address: "http://[tên miền]/" is none.
        scheme, colon, rest = address.partition(":")
        if colon and scheme.lower() in ("mailto", "tel") and not rest.startswith("//"):
            return address
        whole = self._checker.old.whole(address, self._page)
        if not whole:
            self._facts.note("bad_links", address)
            return ""
        if not self._checker.old.is_own(whole) and not is_file:
            return whole
        path = unquote(urlsplit(whole).path)
        if is_file or extension_of(path) in FILE_ENDINGS:
            return self._attach(path, words)
        old_path = self._checker.old.path_of(whole)
        if not old_path or old_path == "/":
            return ""
        if old_path not in self.links:
            self.links.append(old_path)
        return whole

    def _attach(self, path: str, words: str) -> str:
        given = self._checker.given
        found = given.find(path)
        if extension_of(path) in PICTURES:
            # A small picture that leads to its large one.
            return ""
        if not found:
            self._facts.note("missing_files", path)
        elif given.problem_of(found, picture=False):
            self._facts.note("refused_files", f"{found} ({given.problem_of(found, picture=False)})")
        elif found not in [one for one, _label in self.files]:
            self.files.append([found, words[:200]])
        return ""

    def _picture_path(self, address: str) -> str:
        address = address.strip()
        if not address or address.lower().startswith("data:"):
            self._facts.note("data_pictures" if address else "missing_pictures")
            return ""
        old, given = self._checker.old, self._checker.given
        whole = old.whole(address, self._page)
        found = given.find(urlsplit(whole).path) if whole else ""
        if not whole or not found and not old.is_own(whole):
            self._facts.note("foreign_pictures" if whole else "missing_pictures", address)
            return ""
        if not found:
            self._facts.note("missing_pictures", urlsplit(whole).path)
            return ""
        if problem := given.problem_of(found, picture=True):
            self._facts.note("refused_pictures", f"{found} ({problem})")
            return ""
        return found


def _words_of(parts: list[dict]) -> Iterator[str]:
    for part in parts:
        if part["type"] == "paragraph":
            yield markup.plain(part["html"])
        elif part["type"] == "table":
            yield from (" ".join(row) for row in part["rows"])
        elif part["type"] == "heading":
            yield part["text"]


def _cut(written: str, most: int) -> str:
    if len(written) <= most:
        return written
    return f"{written[: most - 1].rpartition(' ')[0] or written[: most - 1]}…"
