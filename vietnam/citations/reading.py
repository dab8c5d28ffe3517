"""A text is read: documents by number and by name, standards, the text itself, and the words that belong to each."""

import bisect
import re
from dataclasses import replace

from vietnam import document_numbers
from vietnam.document_numbers import DocumentNumber
from vietnam.law_names import LawNames, with_known
from vietnam.text import fold

from . import patterns
from .articles import units_in
from .drafts import Draft, Taken, without_overlaps
from .found import (
    ATTACHED,
    BASIS,
    LAW,
    MASTHEAD,
    NUMBERED,
    OWN,
    PROPOSAL,
    RECIPIENTS,
    REFERENCE,
    STANDARD,
    Citation,
    Unit,
)
from .plain import BREAK, as_read
from .words import (
    begins_like_a_name,
    day_in,
    initials,
    office_of,
    one_line,
    parsed,
    speaks_for_itself,
    type_of,
    whole_name,
)


def find(text: str, names: tuple[str, ...] = ()) -> list[Citation]:
    """Find the legal citations of a text, in order and without overlaps; offsets are into `text` as given.

    `names`: names of laws that are known beside those of `law_names.txt`, without "Luật".

    Composed and combining letters, no-break spaces, line breaks inside, look-alikes of Đ are all read. Paragraphs are
    parted by an empty line; no citation reaches over one. A law named without a date takes that of an earlier mention.

    >>> [(c.symbol, c.provision) for c in find("theo điểm a khoản 2 Điều 5 Nghị định số 43/2011/NĐ-CP.")]
    [('43/2011/NĐ-CP', 'điểm a khoản 2 Điều 5')]
    """
    if not text:
        return []
    return _Reader(text, with_known(names)).read()


class _Reader:
    def __init__(self, text: str, names: LawNames):
        self.text, self.names = text, names
        self.plain, self.places = as_read(text)
        self.places_cited = self._places_cited()

    def read(self) -> list[Citation]:
        drafts = [*self._standards(), *self._numbered()]
        taken = Taken(drafts)
        self.starts = sorted(draft.start for draft in drafts)
        drafts += [draft for draft in self._laws() if not taken.holds(draft.start)]
        documents = without_overlaps(drafts)
        for draft in documents:
            if draft.kind in (NUMBERED, LAW):
                self._take_places(draft)
                self._take_role(draft)
        found = without_overlaps([*documents, *self._own()])
        return _dated_by_earlier([self._finished(draft) for draft in found])

    def _finished(self, draft: Draft) -> Citation:
        start, end = draft.start, draft.end
        if self.places is not None:
            start, end = self.places[start], self.places[end]
        return Citation(start, end, self.text[start:end], draft.kind, **draft.values)

    # --- Documents by their number -----------------------------------------------------------------

    def _numbered(self) -> list[Draft]:
        matches = [*patterns.SYMBOL.finditer(self.plain), *patterns.AFTER_COLON.finditer(self.plain)]
        drafts: list[Draft] = []
        for match in sorted(matches, key=lambda found: found.start()):
            if drafts and match.start() < drafts[-1].end:
                continue
            draft = self._one_numbered(match, drafts[-1] if drafts else None)
            if draft is not None:
                drafts.append(draft)
        drafts += [self._short(match) for match in patterns.SHORT.finditer(self.plain)]
        return without_overlaps(drafts)

    def _one_numbered(self, match: re.Match, before: Draft | None) -> Draft | None:
        start = match.start()
        window_start = max(0, start - 60)
        left = patterns.WORD_BEFORE.search(self.plain[window_start:start])
        word, has_no = one_line(left["word"] or ""), bool(left["no"])
        type_at = window_start + left.start() if word or has_no else start
        title = ""
        of_parliament = patterns.OF_PARLIAMENT.search(match[0]) is not None
        # "… văn bản quy phạm pháp luật số": the type is the word before the name, not the name's last one.
        is_last_of_a_name = word == "luật" and of_parliament
        if is_last_of_a_name or (not word and (has_no or of_parliament)):
            after_name = type_at + len(left["word"]) if is_last_of_a_name else type_at
            if law := self._law_left_of(after_name):
                type_at, word, title = law
        inherited = self._inherited(before, start) if before and not word else ""
        number = parsed(one_line(match[0]), whole_name(word) or inherited)
        if number is None:
            return None
        is_old = number.layout == document_numbers.DASH and number.issuers[0] != "HĐBT"
        if is_old and not word or not (word or has_no or inherited or speaks_for_itself(number)):
            return None
        type_name, has_conflict = type_of(number, word or inherited)
        if has_conflict and not word:
            type_name, has_conflict = type_of(number, "")
        values = {
            "number": number,
            "type_name": type_name,
            "has_conflict": has_conflict,
            "year": number.year,
            "title": title,
        }
        draft = Draft(type_at, match.end(), NUMBERED, values, type_at=type_at)
        if inherited and not word:
            values["role"] = before.values.get("role", REFERENCE)
        self._take_tail(draft)
        return draft

    def _inherited(self, before: Draft, start: int) -> str:
        """The type named before the first of a list: "các Nghị định số A, B và C"."""
        between = self.plain[before.end : start]
        if len(between) < 20 and before.values.get("type_name") and patterns.NEXT.fullmatch(between):
            return before.values["type_name"]
        return ""

    def _law_left_of(self, place: int) -> tuple[int, str, str] | None:
        """A law's name before "số": ("Luật", its name), with the place where it begins."""
        begin = max(0, place - patterns.LONGEST_TITLE)
        window = self.plain[begin:place]
        types_at = list(patterns.LAW_TYPE.finditer(window))
        if not types_at:
            return None
        for found in types_at:
            if (end := self.names.end_at(self.plain, begin + found.end())) and not self.plain[end:place].strip(" \n"):
                # The name of a law that amends this one holds it.
                outer = next((outer for outer in types_at if self._amends(window, outer, found)), found)
                name = self.names.with_commas(one_line(self.plain[begin + outer.end() : end]))
                return begin + outer.start(), one_line(outer["type"]), name
        opening = next((found for found in types_at if patterns.AMENDING.match(window, found.end())), types_at[-1])
        name = window[opening.end() :].strip(" \n")
        if not name or not name[0].isupper() or patterns.LAW_STOPS.search(name) or patterns.NEVER_IN_NAME.search(name):
            return None
        return begin + opening.start(), one_line(opening["type"]), one_line(name)

    @staticmethod
    def _amends(window: str, outer: re.Match, inner: re.Match) -> bool:
        """Whether a law is one that amends another, within one name."""
        between = window[outer.end() : inner.start()]
        return (
            bool(patterns.AMENDING.match(window, outer.end()))
            and not patterns.LAW_STOPS.search(between)
            and "/" not in between
        )

    def _short(self, match: re.Match) -> Draft:
        word = match["word"]
        found = document_numbers.type_named(one_line(word))
        letters = word if word in patterns.ABBREVIATIONS else found.abbr if found else ""
        number = DocumentNumber(match["number"], int(match["year"]), letters)
        names = document_numbers.types_with(letters)
        name = found.name if found else names[0].name if names else ""
        draft = Draft(
            match.start(),
            match.end(),
            NUMBERED,
            {"number": number, "type_name": name, "year": number.year},
            type_at=match.start(),
        )
        self._take_tail(draft)
        return draft

    def _take_tail(self, draft: Draft) -> None:
        """Include date and issuer, in either order."""
        for _turn in range(2):
            dated = None if "dated" in draft.values else patterns.DATED.match(self.plain, draft.end)
            if dated and (day := day_in(dated["day"])):
                draft.values["dated"], draft.end = day, dated.end()
                continue
            of = None if draft.values.get("issuer") else patterns.OF.match(self.plain, draft.end)
            if of and (found := self._issuer_at(of.end())):
                draft.end, draft.values["issuer"] = found

    def _issuer_at(self, place: int) -> tuple[int, str] | None:
        exact = patterns.ISSUER.match(self.plain, place)
        if exact:
            return exact.end(), one_line(exact["exact"])
        opening = patterns.ISSUER_TYPE.match(self.plain, place)
        if not opening:
            return None
        limit = min(len(self.plain), place + patterns.LONGEST_ISSUER)
        stop = patterns.ISSUER_ENDS.search(self.plain, opening.end(), limit)
        if stop is None and limit < len(self.plain):
            return None
        end = stop.start() if stop else limit
        end = place + len(self.plain[place:end].rstrip(" \n-"))
        return (end, one_line(self.plain[place:end])) if end > opening.end() else (opening.end(), one_line(opening[0]))

    # --- Laws by their name --------------------------------------------------------------------------

    def _laws(self) -> list[Draft]:
        drafts: list[Draft] = []
        for opening in patterns.LAW_TYPE.finditer(self.plain):
            if drafts and opening.start() < drafts[-1].end:
                continue
            if patterns.NOT_A_LAW.search(self.plain, max(0, opening.start() - 9), opening.start()):
                continue
            draft = self._law(opening)
            if draft is not None:
                drafts.append(draft)
        return drafts

    def _law(self, opening: re.Match) -> Draft | None:
        following = bisect.bisect_left(self.starts, opening.end())
        # No name holds another document with its number.
        next_number = self.starts[following] if following < len(self.starts) else len(self.plain)
        limit = min(next_number, opening.end() + patterns.LONGEST_TITLE)
        stop = patterns.LAW_STOPS.search(self.plain, opening.end(), limit)
        sentence_end = stop.start() if stop else limit
        is_amending = patterns.AMENDING.match(self.plain, opening.end())
        end = (
            self._amended_end(opening.end(), sentence_end)
            if is_amending
            else self.names.end_at(self.plain, opening.end())
        )
        if end:
            return self._known(opening, end)
        another = None if is_amending else patterns.ANOTHER.search(self.plain, opening.end(), sentence_end)
        sentence_end = another.start() if another else sentence_end
        type_name = one_line(opening["type"]).capitalize()
        draft = Draft(opening.start(), opening.end(), LAW, {"type_name": type_name}, type_at=opening.start())
        named = patterns.LAW_NAMED.search(self.plain, opening.end(), min(len(self.plain), sentence_end + 60))
        if named and named.start() <= sentence_end and self._name_is_whole(opening, named, type_name):
            return self._named(draft, opening, named)
        return self._bare(draft, opening, sentence_end, patterns.NEVER_IN_NAME if is_amending else patterns.NAME_ENDS)

    def _amended_end(self, start: int, limit: int) -> int | None:
        """Where the name of an amending law ends: after the last of the known laws in a row that it names."""
        end = None
        for inner in patterns.LAW_TYPE.finditer(self.plain, start, limit):
            if end is not None and not patterns.NEXT.fullmatch(self.plain, end, inner.start()):
                break
            end = self.names.end_at(self.plain, inner.end())
            if end is None:
                break
        return end

    def _known(self, opening: re.Match, end: int) -> Draft:
        """A law whose name is known, with the date or year that follows it."""
        draft = Draft(
            opening.start(), end, LAW, {"type_name": one_line(opening["type"]).capitalize()}, type_at=opening.start()
        )
        named = patterns.LAW_NAMED.match(self.plain, end)
        if named is not None and (dated := self._named(draft, opening, named)) is not None:
            return dated
        draft.values["title"], draft.end = self.names.with_commas(one_line(self.plain[opening.end() : end])), end
        return draft

    def _name_is_whole(self, opening, named, type_name) -> bool:
        name = self.plain[opening.end() : named.start()].strip(" \n")
        if not name:
            return type_name == "Hiến pháp" and bool(named["year"])
        return begins_like_a_name(name) and not patterns.NEVER_IN_NAME.search(name)

    def _named(self, draft: Draft, opening, named) -> Draft | None:
        draft.values["title"] = one_line(self.plain[opening.end() : named.start()])
        if named["year"]:
            draft.values["year"] = int(named["year"])
        else:
            day = day_in(named["day"])
            if day is None:
                return None
            draft.values["dated"], draft.values["year"] = day, day.year
            draft.values["issuer"] = one_line(named["issuer"] or "")
        draft.end = named.end()
        return draft

    def _bare(self, draft: Draft, opening, sentence_end: int, ends: re.Pattern) -> Draft | None:
        """A name of which nothing tells how far it goes: up to the first word that is in no name."""
        stop = ends.search(self.plain, opening.end(), sentence_end)
        end = stop.start() if stop else sentence_end
        raw = self.plain[opening.end() : end].rstrip(" \n-,")
        raw = re.sub(r"[ \n]và$", "", raw)
        name = raw.strip(" \n")
        if not name or not begins_like_a_name(name) or not raw[:1].isspace():
            return None
        draft.values["title"], draft.end = one_line(name), opening.end() + len(raw)
        return draft

    # --- Standards ---------------------------------------------------------------------------------

    def _standards(self) -> list[Draft]:
        return [
            Draft(
                match.start(),
                match.end(),
                STANDARD,
                {
                    "title": re.sub(r"[ \n]*:[ \n]*", ":", one_line(match[0])),
                    "year": int(match["year"]),
                },
            )
            for match in patterns.STANDARD.finditer(self.plain)
        ]

    # --- Articles ----------------------------------------------------------------------------------

    def _places_cited(self) -> dict[int, tuple[int, tuple[Unit, ...]]]:
        """Every run of points, clauses and articles: {where it ends: (where it begins, its parts)}."""
        runs: dict[int, tuple[int, tuple[Unit, ...]]] = {}
        run: list[re.Match] = []
        for match in patterns.PLACE.finditer(self.plain):
            if run:
                gap = self.plain[run[-1].end() : match.start()]
                if len(gap) > 16 or not patterns.BETWEEN_PLACES.fullmatch(gap):
                    runs[run[-1].end()] = (run[0].start(), units_in(run, self.plain))
                    run = []
            run.append(match)
        if run:
            runs[run[-1].end()] = (run[0].start(), units_in(run, self.plain))
        return runs

    def _take_places(self, draft: Draft) -> None:
        """Include the articles before a document, also those of an instrument attached to it."""
        start = draft.type_at
        left = self.plain[max(0, start - 260) : start]
        if patterns.WITH.search(left):
            draft.values["role"] = ATTACHED
            part = patterns.ATTACHED_PART.search(left)
            if part:
                inner = part
                # The instrument nearest to the document is meant.
                while (later := patterns.ATTACHED_PART.search(left, inner.start() + 1)) is not None:
                    inner = later
                draft.values["part"] = one_line(inner["part"]).capitalize()
                outer = part
                if not self._take_run(draft, max(0, start - 260) + outer.start()) and outer is not inner:
                    self._take_run(draft, max(0, start - 260) + inner.start())
                if draft.values.get("units"):
                    draft.values["role"] = REFERENCE
            return
        self._take_run(draft, start)

    def _take_run(self, draft: Draft, before: int) -> bool:
        near = patterns.BEFORE_DOCUMENT.search(self.plain, max(0, before - 24), before)
        if not near:
            return False
        run = self.places_cited.get(near.start())
        if run is None:
            return False
        draft.start, draft.values["units"] = run
        return True

    def _take_role(self, draft: Draft) -> None:
        left_start = max(0, draft.type_at - 180)
        left = self.plain[left_start : draft.type_at]
        if patterns.BASIS.search(left[-30:]):
            draft.values["role"] = BASIS
        elif draft.values["type_name"] == "Tờ trình" and (who := patterns.PROPOSED_BY.search(left)):
            draft.values["role"] = PROPOSAL
            if not draft.values.get("issuer"):
                draft.values["issuer"] = office_of(one_line(who["who"]))
        elif self._is_masthead(draft):
            draft.values["role"] = MASTHEAD
            self._read_masthead(draft)

    def _is_masthead(self, draft: Draft) -> bool:
        """Tell whether a number stands alone on a line: "Số: 01 /2020/QĐ-UBND"."""
        before, after = self.plain[draft.start - 1 : draft.start], self.plain[draft.end : draft.end + 1]
        return (
            draft.kind == NUMBERED
            and (not before or before in f"\n{BREAK}")
            and (not after or after in f"\n{BREAK}")
            and self.plain.startswith("Số", draft.start)
        )

    def _read_masthead(self, draft: Draft) -> None:
        """Read the date and the issuer that are printed under or beside a document's own number."""
        limit = min(len(self.plain), draft.end + patterns.MASTHEAD_REACH)
        day = patterns.PLACE_AND_DAY.search(self.plain, draft.end, min(limit, draft.end + 160))
        if day and (found := day_in(day["day"])):
            draft.values.setdefault("dated", found)
        issuer = patterns.CAPITAL_ISSUER.search(self.plain, max(0, draft.start - 200), limit)
        if issuer and not draft.values.get("issuer"):
            draft.values["issuer"] = one_line(issuer[0])

    # --- The text itself ----------------------------------------------------------------------------

    def _own(self) -> list[Draft]:
        drafts = []
        for end, (start, units) in self.places_cited.items():
            if own := patterns.OWN.match(self.plain, end):
                values = {"type_name": one_line(own["type"]).capitalize(), "units": units}
                drafts.append(Draft(start, own.end(), OWN, values))
            elif self._leads_to_own(start, end, units):
                like = patterns.LIKE.search(self.plain, max(0, start - 6), start)
                role = RECIPIENTS if like else REFERENCE
                drafts.append(Draft(like.start() if like else start, end, OWN, {"units": units, "role": role}))
        return drafts

    def _leads_to_own(self, start: int, end: int, units) -> bool:
        return (
            any(unit.article for unit in units)
            and patterns.LEADS_TO_OWN.search(self.plain, max(0, start - 14), start) is not None
            and patterns.OF_ANOTHER.match(self.plain, end) is None
        )


def _dated_by_earlier(found: list[Citation]) -> list[Citation]:
    """Give a law named without date, year and number those of the one earlier mention of its name in the text."""
    known: dict[str, Citation] = {}
    result = []
    for citation in found:
        if citation.title and citation.kind in (LAW, NUMBERED):
            key = fold(citation.title)
            if citation.kind == NUMBERED or citation.dated or citation.year:
                known[key] = known[initials(citation.title).lower()] = citation
            elif earlier := known.get(key) or known.get(citation.title.lower()):
                citation = replace(
                    citation, title=earlier.title, dated=earlier.dated, year=earlier.year, number=earlier.number
                )
        result.append(citation)
    return result
