"""Trích dẫn: from the words of a text to the documents of the register, and what people decide about it.

1. `suggestions`: what a text cites, and which documents of the register that may be.
2. `extract`: what the public text of a page or document cites becomes rows; at publication, at night, by command.
3. `propose`: an editor accepts, rejects for good, chooses among several, adds a note: a new version, which takes effect
   once a second person has approved it.
4. `note_published`: the new text and the decisions approved with it; a new document resolves what waited for it.
5. `wanted`: what is cited and is not in the register.

A document is linked when there is just one that it can be. Several are asked about, none goes on the list.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Page

from accounts.roles import REVIEW, WRITE, may, owner_site
from base.gate import Refused
from base.locking import hold
from base.models import PortalSite
from base.preflight import Finding
from base.public.page_cache import raise_generation
from vietnam import citations, text
from workflows.publishing import approval

from ..life import structure
from ..models import Citation, LegalDocument, Provision
from ..models.document import number_key
from .texts import as_written, text_of

State, Outcome = Citation.State, Citation.Outcome
LAW_TYPES = ("Luật", "Bộ luật", "Pháp lệnh", "Hiến pháp")
# More documents than this never bear one number in one year.
MOST_CANDIDATES = 200
MOST_NAMES = 50
LONGEST_LABEL, LONGEST_WRITTEN = 300, 600
# Two local authorities may bear one symbol, so that an issuer named must be the issuer.
LOCAL = ("ubnd", "hdnd", "ubmttq", "hđnd")
SAME_WORDS = (
    ("uy ban nhan dan", "ubnd"), ("hoi dong nhan dan", "hdnd"), ("chu tich ubnd", "ubnd"), ("tp.", "thanh pho"),
    ("tp ", "thanh pho "), ("bo truong ", ""), ("giam doc ", ""), ("truong phong", "phong"),
)  # fmt: skip


# --- 1. What a text cites, and what that may be ------------------------------------------------------


@dataclass
class Suggestion:
    """A citation of a text with the documents it may mean, the best first; `row` holds what was decided, if anything.

    `is_certain`: there is one candidate, and nothing speaks against it.
    """

    citation: citations.Citation
    written: str
    count: int = 1
    candidates: list[LegalDocument] = field(default_factory=list)
    is_certain: bool = False
    row: Citation | None = None
    # Anchor of the provision by the document's key, and whether the document lacks the provision.
    places: dict[int, tuple[str, bool]] = field(default_factory=dict)

    @property
    def document(self) -> LegalDocument | None:
        """The one document meant, or None."""
        return self.candidates[0] if self.is_certain else None

    @property
    def outcome(self) -> str:
        if self.is_certain:
            return Outcome.ONE
        return Outcome.SEVERAL if self.candidates else Outcome.NONE

    @property
    def label(self) -> str:
        """What is cited, as a list of documents names it."""
        return label_of(self.citation)


def suggestions(source) -> list[Suggestion]:
    """Return what a page or document cites, in the order of its text, each way of writing once.

    A bounded number of queries, whatever the length of the text. Standards are no documents of the register, and what
    refers to the text itself counts in a document only.
    """
    found: dict[str, Suggestion] = {}
    is_document = isinstance(source, LegalDocument)
    for citation in citations.find(text_of(source), names_of_laws()):
        if not _is_of_use(citation, is_document):
            continue
        written = as_written(citation.written)[:LONGEST_WRITTEN]
        if written in found:
            found[written].count += 1
        else:
            found[written] = Suggestion(citation, written)
    result = list(found.values())
    if result:
        _resolve(result, source)
        _find_places(result)
        rows = {row.written: row for row in Citation.objects.of(source).select_related("proposed_target", "chosen")}
        for suggestion in result:
            suggestion.row = rows.get(suggestion.written)
    return result


def names_of_laws() -> tuple[str, ...]:
    """Return the names of the laws in the register, which a text is first read by; one query."""
    laws = LegalDocument.objects.filter(document_type__name__in=LAW_TYPES)
    return tuple(laws.order_by("subject").values_list("subject", flat=True).distinct())


def label_of(citation: citations.Citation) -> str:
    """Name what is cited: "Quyết định 03/2017/QĐ-UBND (UBND tỉnh An Giang)", "Luật Đất đai (2024)"."""
    if citation.kind == citations.OWN:
        return "Chính văn bản này"
    if citation.number:
        name = f"{citation.type_name} {citation.number}".strip()
        is_local = any(letters in text.fold(str(citation.number)) for letters in LOCAL)
        return (f"{name} ({citation.issuer})" if citation.issuer and is_local else name)[:LONGEST_LABEL]
    when = citation.dated.strftime("%d/%m/%Y") if citation.dated else citation.year or ""
    return f"{citation.type_name} {citation.title}{f' ({when})' if when else ''}"[:LONGEST_LABEL]


def _is_of_use(citation, is_document: bool) -> bool:
    if citation.kind == citations.STANDARD:
        return False
    if citation.kind == citations.OWN:
        return is_document and bool(citation.type_name)
    return citation.role != citations.MASTHEAD


def _resolve(found: list[Suggestion], source) -> None:
    """Find the public documents each citation may mean: one query for numbers, one for names of laws."""
    numbered = [item for item in found if item.citation.number]
    named = [item for item in found if item.citation.kind == citations.LAW and not item.citation.number]
    for items, documents, fits in (
        (numbered, _with_numbers(numbered), _bears_number), (named, _with_names(named), _bears_name),
    ):  # fmt: skip
        for item in items:
            _decide(item, [document for document in documents if fits(document, item.citation)])
    for item in found:
        if item.citation.kind == citations.OWN:
            item.candidates, item.is_certain = [source], True


def _with_numbers(items) -> list[LegalDocument]:
    """Public documents with one of the numbers and one of the years; whose they are is told in memory."""
    if not items:
        return []
    keys, years, symbols = set(), set(), set()
    for item in items:
        number = item.citation.number
        keys.add(number_key(number.number))
        symbols.add(str(number))
        years |= {number.year, item.citation.dated.year if item.citation.dated else None}
    found = LegalDocument.objects.public().filter(number_key__in=keys)
    found = found.filter(Q(year__in=years - {None}) | Q(symbol__in=symbols))
    return list(found.for_display()[: MOST_CANDIDATES * len(items)])


def _with_names(items) -> list[LegalDocument]:
    if not items:
        return []
    laws = LegalDocument.objects.public().filter(document_type__name__in={item.citation.type_name for item in items})
    wanted = Q()
    titles = {item.citation.title for item in items}
    # A name shortened to its first letters is in no text, and too many names are no narrowing.
    if len(titles) <= MOST_NAMES and not any(title.isupper() for title in titles):
        for title in titles:
            wanted |= Q(search_text__contains=text.fold(title))
    return list(laws.filter(wanted).for_display()[: MOST_CANDIDATES * len(items)])


def _bears_number(document, citation) -> bool:
    number = citation.number
    if document.number_key != number_key(number.number):
        return False
    if not number.issuers:
        return document.year == number.year and document.document_type.name == citation.type_name
    return _bare(document.suffix) == _bare(number.symbol) and (
        document.symbol == str(number) or document.year == (number.year or (citation.dated and citation.dated.year))
    )


def _bare(symbol: str) -> str:
    return text.slug(symbol).replace("-", "")


def _bears_name(document, citation) -> bool:
    if document.document_type.name != citation.type_name:
        return False
    subject = text.fold(document.subject)
    title = text.fold(citation.title)
    names = {subject, subject.removeprefix(f"{text.fold(document.document_type.name)} ")}
    return title in names or (
        citation.title.isupper() and text.fold(citations.initials(document.subject)) == text.fold(citation.title)
    )


def _decide(item: Suggestion, documents: list[LegalDocument]) -> None:
    """Narrow the candidates by type, issuer and date, and tell whether the one that is left is certain."""
    citation, is_certain = item.citation, not item.citation.has_conflict
    for same in (
        lambda document: not citation.type_name or document.document_type.name == citation.type_name,
        lambda document: not citation.issuer or same_issuer(citation.issuer, document.main_issuer.name),
        lambda document: not citation.dated or document.issued_on == citation.dated,
    ):
        left = [document for document in documents if same(document)]
        is_certain = is_certain and bool(left)
        documents = left or documents
    if citation.number and citation.issuer and _is_local(citation.issuer):
        # Another authority's number of the same letters is another document.
        documents = [found for found in documents if same_issuer(citation.issuer, found.main_issuer.name)]
    if citation.kind == citations.LAW and citation.year:
        documents = [found for found in documents if found.year == citation.year]
    item.candidates = sorted(documents, key=lambda found: (found.status.rank, -found.pk))
    item.is_certain = is_certain and len(documents) == 1


def same_issuer(one: str, other: str) -> bool:
    """Tell whether two ways of naming a body mean the same: "UBND tỉnh An Giang", "Ủy ban nhân dân tỉnh An Giang"."""
    return _plain_issuer(one) == _plain_issuer(other)


def _plain_issuer(words: str) -> str:
    folded = text.fold(words)
    for longer, shorter in SAME_WORDS:
        folded = folded.replace(longer, shorter)
    return folded.strip()


def _is_local(issuer: str) -> bool:
    return _plain_issuer(issuer).startswith(LOCAL)


# --- Places in a document ----------------------------------------------------------------------------


def _find_places(found: list[Suggestion]) -> None:
    """Find the anchors of the provisions cited, in each candidate that has a text: two queries at most."""
    wanted = [
        (item, document) for item in found if item.citation.units for document in item.candidates if document.part_keys
    ]
    if not wanted:
        return
    documents = {document.pk for _item, document in wanted}
    anchors: dict[int, set[str]] = {}
    rows = Provision.objects.filter(document__in=documents, kind__in=(structure.ARTICLE, structure.CHAPTER))
    for key, anchor in rows.values_list("document_id", "anchor"):
        anchors.setdefault(key, set()).add(anchor)
    inner = _inner_anchors(wanted)
    for item, document in wanted:
        item.places[document.pk] = _place(item.citation, document, anchors.get(document.pk, set()), inner)


def _inner_anchors(wanted) -> dict[tuple[int, str], set[str]]:
    """The anchors of clauses and points, of the articles whose clauses are cited: {(document, article): anchors}."""
    documents, articles = set(), set()
    for item, document in wanted:
        for unit in item.citation.units[:1]:
            if unit.article and (unit.clause or unit.point):
                documents.add(document.pk)
                articles |= {f"{part}-dieu-{_letters(unit.article)}" for part in document.parts}
    if not articles:
        return {}
    return {
        (key, anchor): {line.anchor for line in structure.lines_of(words, anchor) if line.anchor}
        for key, anchor, words in Provision.objects.filter(document__in=documents, anchor__in=articles).values_list(
            "document_id", "anchor", "text"
        )
    }


def _place(citation, document, anchors: set[str], inner) -> tuple[str, bool]:
    """Return the anchor of what is cited, and whether the document lacks it: the most exact place that there is."""
    unit = citation.units[0]
    best, is_missing = "", bool(unit.article or unit.chapter)
    for part in _parts(citation, document):
        if unit.chapter:
            whole = near = f"{part}-chuong-{_letters(unit.chapter)}"
        elif unit.article:
            near = whole = f"{part}-dieu-{_letters(unit.article)}"
            if unit.clause:
                whole += f"-khoan-{_letters(unit.clause)}"
            if unit.point:
                whole += f"-diem-{_letters(unit.point)}"
        else:
            return "", False
        if whole in anchors or whole in inner.get((document.pk, near), ()):
            return whole, False
        if near in anchors and not best:
            best = near
    return best, is_missing


def _parts(citation, document) -> list[str]:
    """The parts of a document in which an article is looked for: the one named; else itself, then what is attached."""
    parts = document.parts
    named = text.slug(citation.part or (citation.type_name if citation.kind == citations.OWN else ""))
    return [part for part in parts if part == named] or parts


def _letters(number: str) -> str:
    return number.lower().replace("đ", "dd")


# --- 2. Extraction -----------------------------------------------------------------------------------


@transaction.atomic
def extract(source) -> bool:
    """Bring the rows of a public page or document up to its public text; tell whether any link changed.

    Automatic rows are made anew; what an editor accepted or rejected stays. Safe to repeat.
    """
    changed = _extract(hold(source))
    if changed:
        _tell_readers()
    return changed


def _extract(source, revision: int | None = None) -> bool:
    """Do it without holding the source; `revision`: the version just published, with the decisions made up to it."""
    found = {item.written: item for item in suggestions(source)} if source.live else {}
    held = Citation.objects.of(source).select_for_update(of=("self",)).order_by("pk")
    rows = {row.written: row for row in held.select_related("chosen", "proposed_target")}
    before = {(row.written, row.target_id, row.note) for row in rows.values() if row.is_live}
    for written, row in rows.items():
        if revision is not None and row.proposed_revision and row.proposed_revision <= revision:
            _let_hold(row)
        item = found.get(written)
        if item is None and not (row.is_decided or row.note or row.is_waiting_for_approval):
            row.delete()
            continue
        _bring_up(row, item)
        row.save()
    new = [_bring_up(_row_for(source, item), item) for written, item in found.items() if written not in rows]
    Citation.objects.bulk_create(new, ignore_conflicts=True)
    after = {(row.written, row.target_id, row.note) for row in Citation.objects.of(source).filter(is_live=True)}
    return before != after


def _tell_readers() -> None:
    """Declare all sites out of date: a document shows who cites it, on whatever site it stands.

    After the commit, so that nobody waits for a generation while he holds rows that its holder wants.
    """
    transaction.on_commit(lambda: raise_generation(PortalSite.objects.all()))


def _row_for(source, item: Suggestion) -> Citation:
    place = {"page_id": source.pk} if isinstance(source, Page) else {"source_id": source.pk}
    return Citation(written=item.written, **place)


def _let_hold(row: Citation) -> None:
    """Put a decision that was approved into force."""
    row.state, row.chosen, row.note = row.proposed_state, row.proposed_target, row.proposed_note
    row.decided_by, row.decided_at = row.proposed_by, row.proposed_at
    _clear_proposal(row)


def _clear_proposal(row: Citation) -> None:
    row.proposed_state = row.proposed_note = ""
    row.proposed_target = row.proposed_by = row.proposed_at = row.proposed_revision = None


def _bring_up(row: Citation, item: Suggestion | None) -> Citation:
    """Fill a row from what was found in the public text; None: the text does not hold it any more."""
    row.is_live = item is not None
    if item is None:
        row.target, row.anchor = None, ""
        return row
    _describe(row, item)
    row.outcome = item.outcome
    row.target = None if row.state == State.REJECTED else _meant(item, row.chosen)
    row.anchor, row.has_wrong_provision = item.places.get(row.target.pk if row.target else 0, ("", False))
    return row


def _describe(row: Citation, item: Suggestion) -> None:
    citation = item.citation
    row.count, row.kind, row.role = item.count, citation.kind, citation.role
    row.label, row.provision = item.label, citation.provision[:200]
    row.number_key = number_key(citation.number.number)[:40] if citation.number else ""
    row.title_key = text.fold(citation.title)[:200]


def _meant(item: Suggestion, chosen: LegalDocument | None) -> LegalDocument | None:
    """The document an editor chose, as long as it is among those the citation may mean; else the one it must be."""
    return next((found for found in item.candidates if chosen is not None and found.pk == chosen.pk), item.document)


# --- 3. Decisions of editors -------------------------------------------------------------------------


@dataclass(frozen=True)
class Decision:
    """What an editor says about one citation: its state, the document chosen among several, a note for readers."""

    written: str
    state: str
    document: LegalDocument | None = None
    note: str = ""


def may_decide(user, source) -> bool:
    """Tell whether a user may decide about the citations of a page or document."""
    site = owner_site(source)
    return site is not None and (may(user, WRITE, site) or may(user, REVIEW, site))


@transaction.atomic
def propose(source, decisions: Iterable[Decision], *, by, on: datetime | None = None) -> int:
    """Write down what an editor decided about citations, as a new version of the page or document; return how many.

    They hold for readers once that version is approved by a second person and published. Raises Refused without the
    right and while the page is under review; ValidationError for a citation that the text does not hold any more, a
    document it cannot mean, or nothing decided.
    """
    source = hold(source)
    if not may_decide(by, source):
        raise Refused("Bạn không có quyền quyết định trích dẫn của nội dung này.")
    state = approval.current_state(source)
    if state is not None and state.status == state.STATUS_IN_PROGRESS:
        raise Refused("Nội dung đang chờ duyệt; hãy chờ duyệt xong hoặc được trả lại rồi mới quyết định trích dẫn.")
    lock = source.get_lock()
    if lock is not None and lock.for_user(by):
        raise Refused("Nội dung đang bị khóa để chỉnh sửa; hãy đề nghị mở khóa rồi quyết định lại.")
    newest = source.get_latest_revision_as_object()
    found = {item.written: item for item in suggestions(newest)}
    changed = []
    for decision in decisions:
        item = found.get(decision.written)
        if item is None:
            raise ValidationError(f"Nội dung không còn trích dẫn «{decision.written}»; hãy mở lại trang này.")
        if decision.document is not None and decision.document.pk not in {entry.pk for entry in item.candidates}:
            raise ValidationError(
                f"«{decision.document}» không phải văn bản mà «{decision.written}» có thể dẫn; hãy chọn trong các dòng."
            )
        if decision_of(item) != decision:
            changed.append((item, decision))
    if not changed:
        raise ValidationError("Chưa có quyết định nào khác trước; hãy chọn ở ít nhất một dòng.")
    revision = newest.save_revision(user=by)
    for item, decision in changed:
        row = item.row or _row_for(source, item)
        if item.row is None:
            _describe(row, item)
            row.outcome = item.outcome
        row.proposed_state, row.proposed_target = decision.state, decision.document
        row.proposed_note = decision.note[:300]
        row.proposed_by, row.proposed_at, row.proposed_revision = by, on or timezone.now(), revision.pk
        row.save()
    log(
        instance=source, action="portal.citation.decide", user=by, revision=revision,
        data={"decisions": [f"{decision.written[:120]}: {decision.state}" for _item, decision in changed][:50]},
    )  # fmt: skip
    return len(changed)


def decision_of(item: Suggestion) -> Decision:
    """Return what was last decided about a citation, whether it holds already or waits; automatic when nothing was."""
    row = item.row
    if row is None:
        return Decision(item.written, State.AUTOMATIC)
    if row.is_waiting_for_approval:
        return Decision(item.written, row.proposed_state, row.proposed_target, row.proposed_note)
    return Decision(item.written, row.state, row.chosen, row.note)


def findings(source, field_name: str) -> list[Finding]:
    """Return what the writer and the second person should see before a text goes public: warnings, never blockers."""
    shown = []
    for item in suggestions(source):
        if item.citation.kind == citations.OWN:
            continue
        decision, document = decision_of(item), item.document
        if item.row is not None and item.row.is_waiting_for_approval:
            shown.append(f"Quyết định về trích dẫn sẽ có hiệu lực khi đăng: «{item.written}»: {words_of(decision)}.")
        if decision.state == State.REJECTED:
            continue
        document = decision.document or document
        if document is not None and not document.status.applies:
            shown.append(
                f"«{item.written}» dẫn văn bản {document.status.label.lower()}; hãy kiểm tra xem còn đúng không."
            )
        elif document is None and item.candidates:
            shown.append(f"«{item.written}» có thể là nhiều văn bản; hãy chọn ở mục «Trích dẫn».")
        if document is not None and item.places.get(document.pk, ("", False))[1]:
            shown.append(f"«{item.written}»: {document} không có điều, khoản này; hãy kiểm tra lại.")
    return [Finding("warning", field_name, message) for message in shown]


def words_of(decision: Decision) -> str:
    """Say a decision in words."""
    words = {
        State.AUTOMATIC: "để tự động",
        State.ACCEPTED: f"dẫn {decision.document}" if decision.document else "chấp nhận liên kết",
        State.REJECTED: "không dẫn",
    }[State(decision.state)]
    return f"{words}, ghi chú «{decision.note}»" if decision.note else words


# --- 4. After publication ----------------------------------------------------------------------------


def note_published(obj, on: datetime) -> None:
    """Take over what a published page or document cites; a new document resolves what waited for it.

    Registered with `workflows.publishing.approval.on_published`.
    """
    if not isinstance(obj, LegalDocument | Page):
        return
    # Nothing is held here but by the publication: it has the archive's chain, for which other publications wait.
    changed = _extract(obj, obj.live_revision_id)
    if isinstance(obj, LegalDocument):
        changed = bool(resolve_waiting(obj)) or changed
    else:
        for alias in obj.aliases.filter(live=True).specific():
            changed = _extract(alias) or changed
    if changed:
        _tell_readers()


def resolve_waiting(document: LegalDocument) -> int:
    """Extract anew the texts that wait for a document of this number or name; return how many got a link."""
    same = Q(number_key=document.number_key) if document.number_key else Q()
    if document.document_type.name in LAW_TYPES:
        same |= Q(title_key__in=[text.fold(document.subject), text.fold(citations.initials(document.subject))])
    if not same:
        return 0
    waiting = _sources_of(Citation.objects.waiting().filter(same).exclude(source=document))
    return sum([_extract(source) for source in waiting])


def renew(*, on: datetime | None = None) -> int:
    """Look again for every document that is waited for; return how many texts changed. The job of the night."""
    return sum([extract(source) for source in _sources_of(Citation.objects.waiting())])


def extract_everything() -> tuple[int, int]:
    """Extract all public pages and documents anew; return (how many texts, how many of them changed)."""
    texts = changed = 0
    for pk in Page.objects.live().filter(depth__gt=1).order_by("path").values_list("pk", flat=True).iterator():
        page = Page.objects.filter(pk=pk, live=True).first()
        if page is not None:
            texts, changed = texts + 1, changed + extract(page.specific)
    for pk in LegalDocument.objects.public().order_by("pk").values_list("pk", flat=True).iterator():
        document = LegalDocument.objects.public().filter(pk=pk).first()
        if document is not None:
            texts, changed = texts + 1, changed + extract(document)
    return texts, changed


def _sources_of(rows) -> list:
    """The public pages and documents in which rows stand."""
    pages, documents = set(), set()
    for page_id, source_id in rows.values_list("page_id", "source_id"):
        if page_id:
            pages.add(page_id)
        else:
            documents.add(source_id)
    sources = [*Page.objects.filter(pk__in=pages, live=True).order_by("pk").specific()]
    return sources + list(LegalDocument.objects.public().filter(pk__in=documents).order_by("pk"))
