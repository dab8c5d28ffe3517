"""The page of one document: what stands under its tabs, today or as of a day (`?ngay=2021-01-01`).

1. `fill`: the context of the template: status and its turns, relations, text, files, who cites it.
2. `cited_as`: how the document is cited in full. 3. `structured_data`: the same facts for machines (ELI).
4. `cover`: the sheet to be laid on the signed file, with the status of the day.

All of it asks `effect.status_on`, through `lifecycle`, so that no two places say different things.
"""

from datetime import date

from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from base.models import PortalSite
from base.public.navigation import Link, following_url
from base.queries.prepared import Prepared, given
from base.tables import pdf
from vietnam.dates import format_long, format_short

from ..citations import citing_pages
from ..life import lifecycle
from ..life.effect import (
    BASED_ON,
    REFERS_TO,
    RELATIONS,
    Status,
    StatusCode,
    Turn,
    bare_reason,
    end_of,
    status_on,
    timeline,
)
from ..models import DocumentRelation, DocumentStatus, LegalDocument
from ..models.provision import contents, readable
from . import as_of, diagram
from .addresses import Registers, data_url, short_url
from .as_of import DAY
from .for_display import documents_for_display
from .machine_readable import structured_data
from .relations_shown import Group, Related, Relations

# Of the documents that rest on a law or refer to it there may be thousands.
MOST_RESTING = 30
RESTING = (BASED_ON, REFERS_TO)
# A document that replaces one that replaced one…: the number of steps that are followed.
LONGEST_SUCCESSION = 5
# Types that are cited by their name alone (Nghị định 30/2020/NĐ-CP, Phụ lục I).
LAWS = frozenset({"Hiến pháp", "Bộ luật", "Luật", "Pháp lệnh"})


# --- 1. The context ----------------------------------------------------------------------------------


def fill(context: dict, page, document: LegalDocument, request) -> dict:
    """Add to a register page's context what the page of `document` shows; return it.

    A day that makes no sense is told under `day_error`, and today is shown.
    """
    registers, today = Registers(request), timezone.localdate()
    day, error = as_of.day_asked(request.GET.get(DAY, ""), today)
    relations = relations_of(document, registers, request, day, today)
    amended = DocumentRelation.objects.amended_by([document]).get(document.pk, [])
    status = status_on(document, day, relations.acting, amended)
    citing = citing_pages.shown_citing(document, registers, request, page.locale)
    provisions = readable(document) if document.part_keys else []
    turns = timeline(document, relations.acting, amended)
    successor = status.by_document if status.by_document and status.by_document.live else None
    context.update(
        {
            "document": document,
            "status": status,
            "ends": end_of(document, status),
            "day": day,
            "is_today": day == today,
            "is_before_issue": bool(document.issued_on and day < document.issued_on),
            "day_written": request.GET.get(DAY, ""),
            "day_error": error,
            "successor": successor,
            "successor_url": registers.url(successor, request) if successor else "",
            "successor_status": _status_of(successor, day, today) if successor else None,
            "latest": _latest(successor, registers, request) if successor and day == today else None,
            "turns": turns,
            "current_turn": _current(turns, day),
            "relations": relations.groups,
            "lapsed_bases": relations.lapsed(BASED_ON),
            "lapsed_references": relations.lapsed(REFERS_TO),
            "diagram": _diagram(document, status, relations.groups),
            "cited_by": citing.entries,
            "citing_sites": citing.sites,
            "provisions": provisions,
            "contents": contents(provisions),
            "document_files": document.shown_files(),
            "issuers": issuers_of(document),
            "citation": cited_as(document),
            "short_url": short_url(document),
            "data_url": data_url(document),
            "page_url": f"{page.get_url(request)}{document.slug}/",
        }
    )
    _adapt_frame(context, page, document, registers, request, relations)
    return context


def _relations(key):
    shown = DocumentRelation.objects.valid().select_related("follows_from").filter(Q(source=key) | Q(target=key))
    return shown.exclude(target=key, code__in=RESTING).order_by("code", "effective_on", "pk")


def _resting(key):
    shown = DocumentRelation.objects.valid().select_related("follows_from")
    found = shown.filter(target=key, code__in=RESTING, source__live=True)
    return found.order_by("code", "-source__issued_on", "pk")


_ROWS = Prepared(lambda: _relations(given("document")))
_RESTING = Prepared(lambda: _resting(given("document"))[: MOST_RESTING + 1])


def _read_documents(rows: list[DocumentRelation]) -> None:
    """Read the documents on both sides of relations: one query.

    Joined to the relations they would be three times five tables, which PostgreSQL plans for longer than it reads.
    """
    following = [row.follows_from for row in rows if row.follows_from_id]
    keys = ({row.source_id for row in rows} | {row.target_id for row in [*rows, *following]}) - {None}
    documents = documents_for_display(keys)
    for row in rows:
        if row.source_id:
            row.source = documents[row.source_id]
        row.target = documents[row.target_id]
    for row in following:
        row.target = documents[row.target_id]


def relations_of(document, registers: Registers, request, day: date, today: date) -> Relations:
    """Return the relations of a document as they were on a day: three queries, one more for another day than today."""
    rows = _ROWS.all(document=document.pk)
    if day == today:
        few = _RESTING.all(document=document.pk)
    else:
        few = list(_resting(document.pk).filter(source__issued_on__lte=day)[: MOST_RESTING + 1])
    more = {}
    if len(few) > MOST_RESTING:
        few = few[:MOST_RESTING]
        others = _resting(document.pk) if day == today else _resting(document.pk).filter(source__issued_on__lte=day)
        counted = others.order_by().values_list("code", flat=True)
        more = {code: counted.filter(code=code).count() - sum(row.code == code for row in few) for code in RESTING}
    _read_documents([*rows, *few])
    there = [row for row in [*rows, *few] if day == today or _was_there(row, day)]
    items = list(filter(None, (_related(row, document, registers, request) for row in there)))
    _set_statuses(items, day, today)
    groups: dict[tuple[str, bool], Group] = {}
    for item in items:
        label = _label(item)
        groups.setdefault((label, item.acts), Group(label, item.acts)).items.append(item)
        groups[label, item.acts].more = more.get(item.row.code, 0) if not item.acts else 0
    return Relations([row for row in rows if row.target_id == document.pk], list(groups.values()))


def _related(row, document, registers, request) -> Related | None:
    acts = row.source_id == document.pk
    other = row.target if acts else row.source
    if other is None and row.follows_from_id:
        other = row.follows_from.target
    if other is None:
        why = bare_reason(row)
        return Related(row, acts, None, _("Lý do: %(reason)s") % {"reason": why} if why else row.source_text)
    if not other.live:
        # A draft is not shown to readers, unless it is the reason of a status.
        return Related(row, acts, None, other.name) if RELATIONS[row.code].effect and not acts else None
    return Related(row, acts, other, other.name, registers.url(other, request))


def _label(item: Related) -> str:
    if item.row.follows_from_id and not item.acts:
        return _("Hết hiệu lực cùng")
    kind = RELATIONS[item.row.code]
    if item.acts:
        return str(kind.active)
    return str(kind.alone if kind.alone and item.document is None and bare_reason(item.row) else kind.passive)


def _was_there(row, day: date) -> bool:
    """Tell whether a relation existed on a day: from its own date on, else from the issue of the document that acts."""
    if row.effective_on:
        return row.effective_on <= day
    source = row.source if row.source_id else None
    return source is None or source.issued_on is None or source.issued_on <= day


def _set_statuses(items: list[Related], day: date, today: date) -> None:
    documents = {item.document.pk: item.document for item in items if item.document}
    known = {} if day == today else as_of.statuses(documents.values(), day)
    for item in items:
        if item.document:
            item.status = item.document.status if day == today else known[item.document.pk]


def _status_of(document, day: date, today: date) -> Status:
    return document.status if day == today else lifecycle.status(document, day)


def _latest(successor, registers, request) -> dict | None:
    """The document at the end of a row of replacements, when the successor has been replaced itself."""
    seen, newest = {successor.pk}, successor
    for _step in range(LONGEST_SUCCESSION):
        stored = (
            DocumentStatus.objects.filter(document=newest, code=StatusCode.LAPSED, by_document__live=True)
            .select_related(
                "by_document__document_type",
                "by_document__main_issuer",
                "by_document__stored_status",
                "by_document__owner_site",
            )
            .defer("by_document__full_text", "by_document__search_text")
            .first()
        )
        if stored is None or stored.by_document_id in seen:
            break
        newest = stored.by_document
        seen.add(newest.pk)
    if newest is successor:
        return None
    return {"document": newest, "url": registers.url(newest, request), "status": newest.status}


def _current(turns: list[Turn], day: date) -> Turn | None:
    """The last turn that has come by a day."""
    return next((turn for turn in reversed(turns) if turn.on <= day), None)


def _diagram(document, status: Status, groups: list[Group]):
    def box(item):
        badge, label = (item.status.badge, item.status.label) if item.status else ("", "")
        return diagram.Box(item.name, badge, label)

    bundles = [
        diagram.Bundle(group.label, [box(item) for item in group.items], group.acts, group.more) for group in groups
    ]
    return diagram.draw(diagram.Box(document.name, status.badge, status.label), bundles)


def issuers_of(document) -> list:
    """Return the bodies that issued it; asks for those beside the main one only when there are some."""
    return document.issuers() if getattr(document, "is_joint", True) else [document.main_issuer]


def _adapt_frame(context, page, document, registers: Registers, request, relations: Relations) -> None:
    """Let the frame speak of the document instead of the register."""
    frame = context["frame"]
    canonical = registers.full_url(document) or f"{page.full_url}{document.slug}/"
    elements = document.dublin_core(canonical, context["issuers"])
    frame.title = document.name
    frame.description = document.subject
    frame.canonical_url = canonical
    frame.is_demo = document.is_illustrative
    frame.is_indexed = not context["day_written"]
    frame.breadcrumbs.append(Link(page.title, page.get_url(request)))
    frame.metadata = [(f"DC.{name}", value) for name, value in elements.items()]
    frame.updated_at = document.last_published_at
    for language in frame.languages:
        if language.is_translation:
            language.url = f"{language.url}{document.slug}/"
    frame.alternates = []
    frame.follow_url = following_url(document)
    frame.structured_data = structured_data(document, canonical, context, relations)


# --- 2. The citation ---------------------------------------------------------------------------------


def cited_as(document, issuers=()) -> str:
    """Return how a document is cited in full, always in Vietnamese (Nghị định 30/2020/NĐ-CP, Phụ lục I, mục II.1.5).

    "Nghị định số 43/2011/NĐ-CP ngày 13 tháng 6 năm 2011 của Chính phủ quy định về …"; a law by its name, with its
    number behind: "Luật Công nghệ thông tin số 67/2006/QH11 ngày 29 tháng 6 năm 2006".
    """
    kind, day = document.document_type.name, f" {format_long(document.issued_on)}" if document.issued_on else ""
    if not document.symbol or document.symbol.lower().startswith(kind.lower()):
        return document.name
    if kind in LAWS:
        return f"{kind} {document.subject} số {document.symbol}{day}"
    bodies = ", ".join(body.name for body in issuers or issuers_of(document))
    subject = document.subject[:1].lower() + document.subject[1:]
    return f"{kind} số {document.symbol}{day} của {bodies} {subject}".strip()


# --- 4. The cover sheet ------------------------------------------------------------------------------


def cover(document, request, page) -> bytes:
    """Return the sheet to be laid on the signed file, as PDF: facts, status today with its reason, turns, relations."""
    today = timezone.localdate()
    with translation.override("vi"):
        relations = relations_of(document, Registers(request), request, today, today)
        amended = DocumentRelation.objects.amended_by([document]).get(document.pk, [])
        status = status_on(document, today, relations.acting, amended)
        lines = [document.subject, f"Tình trạng ngày {format_short(today)}: {status.label}. {status.reason}"]
        if status.caution:
            lines.append(f"Lưu ý: {status.caution}")
        if lapsed := relations.lapsed(BASED_ON):
            names = ", ".join(item.name for item in lapsed)
            lines.append(f"Căn cứ đã hết hiệu lực: {names}; điều đó không tự làm văn bản này hết hiệu lực.")
        facts = [
            ("Số, ký hiệu", document.symbol or document.symbol_as_printed),
            ("Loại văn bản", document.document_type.name),
            ("Cơ quan ban hành", "; ".join(body.name for body in issuers_of(document))),
            ("Người ký", " ".join(filter(None, [document.signer_title, document.signer_name]))),
            ("Ngày ban hành", format_short(document.issued_on) if document.issued_on else ""),
            ("Có hiệu lực từ ngày", format_short(document.effective_from) if document.effective_from else ""),
            ("Mức kiểm chứng", document.get_evidence_display()),
            ("Ghi chú về hiệu lực", document.status_note),
            ("Trích dẫn", cited_as(document)),
            ("Địa chỉ", short_url(document)),
            ("Mã băm của bản ký (SHA-256)", document.signed_file.digest if document.signed_file else ""),
        ]
        rows = [
            (group.label, item.name, item.status.label if item.status else "", ", ".join(item.scope))
            for group in relations.groups
            for item in group.items
        ]
        turns = [
            (format_short(turn.on), turn.status.label, f"{turn.status.reason} {turn.status.caution}".strip())
            for turn in timeline(document, relations.acting, amended)
        ]
        report = pdf.Report(
            issuer=page.portal_site.unit.full_name,
            title=f"Phiếu hiệu lực: {document.name}",
            lines=lines,
            tables=[
                pdf.Table("Thông tin văn bản", ("Mục", "Nội dung"), (1, 3), [row for row in facts if row[1]]),
                pdf.Table("Diễn biến hiệu lực", ("Từ ngày", "Tình trạng", "Lý do"), (1, 1.4, 4), turns),
                pdf.Table(
                    "Văn bản liên quan", ("Quan hệ", "Văn bản", "Tình trạng", "Điều khoản"), (1.4, 2, 1.4, 1.2), rows
                ),
            ],
            made_at=timezone.localtime(),
            landscape=False,
        )
        return pdf.write(report)


def sites_that_show() -> list[PortalSite]:
    """Return the sites on whose change a sheet or an answer about documents is out of date: all of them."""
    return list(PortalSite.objects.only("pk"))
