"""The read API of the register: `/api/v1/van-ban/` and `/api/v1/van-ban/<slug>/`, described in `openapi.py`.

1. `documents`: the list of a site's register, by the filters of `listing.py`; the site is that of the host, or named.
2. `document`: one public document with its status on a day and why, its turns, relations, files and provisions.
3. `description`: the OpenAPI document. 4. `short_address`: `/vb/<number>/` leads to a document's page.

What is public is asked of the same query sets as for the pages, the status of the same function. Unlike a page, which
takes what makes no sense as if it were not there, the API refuses it: a program would not notice.
"""

import re
from datetime import date

from django.conf import settings
from django.db.models import Exists, OuterRef, prefetch_related_objects
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from wagtail.models import Site

from base.models import PortalSite
from base.public.api import Problem, answer, read_only
from base.public.page_cache import TRACKING_PARAMS

from ..life.effect import BASED_ON, Status, StatusCode, end_of, status_on, timeline
from ..models import DocumentFile, DocumentRelation, DocumentStatus, LegalDocument
from ..models.provision import readable
from . import document_page, listing, openapi
from .addresses import Registers, data_url, short_url
from .as_of import DAY, read_day
from .document_page import relations_of
from .facet_index import FIELD, IN_FORCE_FIRST, ISSUER, NEWEST, NUMBER, SIGNER, STATUS, TYPE, YEAR

UNIT = "don-vi"
LIST_PARAMETERS = (*listing.PARAMETERS, UNIT, DAY)
SLUG = re.compile(r"[a-z0-9-]{1,120}")
PATTERNS = {TYPE: SLUG, ISSUER: SLUG, FIELD: SLUG, SIGNER: SLUG, YEAR: re.compile(r"\d{4}", re.ASCII)}
ORDERS = (IN_FORCE_FIRST, NEWEST, NUMBER, listing.BEST)
LONGEST_QUERY = 200
STATUSES = [code.value.replace("_", "-") for code in StatusCode]


# --- 1. The list -------------------------------------------------------------------------------------


@read_only
def documents(request):
    """Answer one page of a register, with the values of its filters and how many documents have each."""
    given = _given(request, LIST_PARAMETERS)
    registers = Registers()
    site = _site(request, given, registers)
    day = _day(given)
    for name, pattern in PATTERNS.items():
        if name in given and not pattern.fullmatch(given[name]):
            raise Problem(400, f"Giá trị của «{name}» không đúng dạng; hãy lấy ở mục «filters».")
    if STATUS in given and given[STATUS] not in STATUSES:
        raise Problem(400, f"Giá trị của «{STATUS}» phải là một trong: {', '.join(STATUSES)}.")
    if given.get(listing.SORT, NEWEST) not in ORDERS:
        raise Problem(400, f"Giá trị của «{listing.SORT}» phải là một trong: {', '.join(ORDERS)}.")
    if len(given.get(listing.QUERY, "")) > LONGEST_QUERY:
        raise Problem(400, f"«{listing.QUERY}» dài quá {LONGEST_QUERY} chữ; hãy rút ngắn.")
    number = _page_number(given)
    query = given.get(listing.QUERY, "")
    public = LegalDocument.objects.on_site(site)
    keys = listing.numbered(public, query) if query else []
    today = timezone.localdate()
    found = listing.list_documents(site, given, keys, None if day == today else day, whole=True, request=request)
    is_empty = bool(found.unknown)
    if not is_empty and number > found.paging.paginator.num_pages:
        raise Problem(404, f"Chỉ có {found.paging.paginator.num_pages} trang; hãy giảm «{listing.PAGE}».")
    rows = [] if is_empty else list(found.documents)
    prefetch_related_objects(rows, "co_issuers")
    known = {row.document_id: _stored(row) for row in _stored_statuses(rows)} if day == today else {}
    data = {
        "date": day.isoformat(),
        "site": {"slug": site.slug, "name": site.name},
        "total": 0 if is_empty else found.total,
        "is_cut": found.is_cut and not is_empty,
        "page": number,
        "pages": 1 if is_empty else found.paging.paginator.num_pages,
        "next": _page_url(given, number + 1) if not is_empty and found.paging.has_next() else None,
        "previous": _page_url(given, number - 1) if number > 1 else None,
        "documents": [summary(row, known.get(row.pk) or row.shown_status, registers) for row in rows],
        "filters": [_filter(entry) for entry in found.filters],
    }
    return answer(request, data, PortalSite.objects.all(), params=LIST_PARAMETERS)


def _given(request, names) -> dict[str, str]:
    """Return the parameters of a request; each known, given once and not empty."""
    given = {}
    for name, values in request.GET.lists():
        if name in TRACKING_PARAMS:
            continue
        if name not in names:
            raise Problem(400, f"Không có tham số «{name[:40]}»; các tham số: {', '.join(names)}.")
        if len(values) > 1:
            raise Problem(400, f"Tham số «{name}» được ghi nhiều lần; hãy ghi một lần.")
        given[name] = values[0].strip()
        if not given[name]:
            raise Problem(400, f"Tham số «{name}» để trống; hãy ghi giá trị hoặc bỏ tham số.")
    return given


def _site(request, given, registers: Registers) -> PortalSite:
    """The site whose register is asked for: the one named, else that of the host; only one with a public register."""
    known = PortalSite.objects.select_related("unit", "parent")
    if UNIT in given:
        site = known.filter(slug=given[UNIT]).first()
    else:
        site = known.filter(wagtail_site=Site.find_for_request(request)).first()
    if site is None or registers.page(site.pk) is None:
        words = f"Giá trị của «{UNIT}»" if UNIT in given else "Tên miền này"
        raise Problem(404, f"{words} không ứng với trang nào có sổ văn bản.")
    return site


def _day(given) -> date:
    if DAY not in given:
        return timezone.localdate()
    try:
        return read_day(given[DAY])
    except ValueError as error:
        raise Problem(400, str(error)) from None


def _page_number(given) -> int:
    written = given.get(listing.PAGE, "1")
    if not re.fullmatch(r"[1-9]\d{0,5}", written, re.ASCII):
        raise Problem(400, f"«{listing.PAGE}» phải là số trang, từ 1.")
    return int(written)


def _page_url(given, number: int) -> str:
    parameters = {**given, listing.PAGE: str(number)}
    return f"{settings.WAGTAILADMIN_BASE_URL}{reverse('legalref_api_documents', query=parameters)}"


def _stored_statuses(rows):
    return DocumentStatus.objects.filter(document__in=[row.pk for row in rows]).select_related(
        "by_document__document_type", "by_document__main_issuer", "by_document__owner_site"
    )


def _stored(row: DocumentStatus) -> Status:
    return Status(row.code, row.reason, row.since, row.by_document, row.caution)


def _filter(entry) -> dict:
    return {
        "name": entry.name,
        "label": entry.label,
        "values": [{"value": choice.value, "label": choice.label, "count": choice.count} for choice in entry.choices],
    }


# --- 2. One document ---------------------------------------------------------------------------------


@read_only
def document(request, slug: str):
    """Answer one public document, as of today or of the day asked for."""
    given = _given(request, (DAY,))
    day, today, registers = _day(given), timezone.localdate(), Registers()
    found = (
        LegalDocument.objects.public()
        .filter(slug=slug)
        .annotate(has_more_files=Exists(DocumentFile.objects.filter(document=OuterRef("pk"))))
        .select_related("document_type", "main_issuer", "owner_site__unit", "signed_file", "stored_status")
        .defer("full_text", "search_text")
        .first()
    )
    if found is None or registers.page(found.owner_site_id) is None:
        raise Problem(404, "Không có văn bản nào được đăng ở địa chỉ này.")
    relations = relations_of(found, registers, None, day, today)
    amended = DocumentRelation.objects.amended_by([found]).get(found.pk, [])
    status = status_on(found, day, relations.acting, amended)
    page = registers.full_url(found)
    data = {
        **summary(found, status, registers),
        "date": day.isoformat(),
        "place": found.place,
        "signer_name": found.signer_name,
        "signer_title": found.signer_title,
        "signing_capacity": found.signing_capacity,
        "sector": found.sector,
        "scope": found.scope,
        "territory": found.territory,
        "lapses_latest_on": _iso(found.lapses_latest_on),
        "lapses_latest_by": found.lapses_latest_by,
        "gazette_number": found.gazette_number,
        "gazette_on": _iso(found.gazette_on),
        "recipients": found.recipients,
        "status_note": found.status_note,
        "source_url": found.source_url,
        "citation": document_page.cited_as(found),
        "lapsed_bases": [_link(item.document) for item in relations.lapsed(BASED_ON)],
        "timeline": [
            {"date": turn.on.isoformat(), "status": _status(turn.status)}
            for turn in timeline(found, relations.acting, amended)
        ],
        "relations": [_relation(item, group) for group in relations.groups for item in group.items],
        "relations_left_out": sum(group.more for group in relations.groups),
        "files": [_file(item) for item in found.shown_files()],
        "provisions": [
            {
                "kind": node.kind,
                "part": node.part,
                "part_label": node.part_label,
                "number": node.number,
                "label": node.label,
                "heading": node.heading,
                "text": node.text,
                "anchor": node.anchor,
                "url": f"{page}#{node.anchor}",
            }
            for node in readable(found)
        ]
        if found.part_keys
        else [],
    }
    return answer(request, data, PortalSite.objects.all(), params=(DAY,))


def summary(found: LegalDocument, status: Status, registers: Registers) -> dict:
    """Return what the list says of a document, and the answer about one begins with."""
    return {
        "id": found.pk,
        "slug": found.slug,
        "name": found.name,
        "symbol": found.symbol or found.symbol_as_printed,
        "symbol_as_printed": found.symbol_as_printed,
        "number": found.number,
        "year": found.year,
        "type": {"slug": found.document_type.slug, "name": found.document_type.name, "abbr": found.document_type.abbr},
        "family": found.family,
        "subject": found.subject,
        "issuers": [{"slug": body.slug, "name": body.name} for body in found.issuers()],
        "field": found.field,
        "issued_on": _iso(found.issued_on),
        "effective_from": _iso(found.effective_from),
        "effective_to": _iso(end_of(found, status)),
        "status": _status(status),
        "evidence": found.evidence,
        "is_illustrative": found.is_illustrative,
        "language": found.language_code,
        "published_at": _moment(found.first_published_at),
        "updated_at": _moment(found.last_published_at),
        "url": registers.full_url(found),
        "short_url": short_url(found),
        "data_url": data_url(found),
    }


def _status(status: Status) -> dict:
    by = status.by_document if status.by_document and status.by_document.live else None
    data = {"reason": status.reason, "caution": status.caution, "since": _iso(status.since)}
    return {**_badge(status), **data, "by": _link(by)}


def _badge(status: Status) -> dict:
    return {"code": str(status.code), "label": status.label, "applies": status.applies}


def _relation(item, group) -> dict:
    return {
        "code": item.row.code,
        "label": group.label,
        "acts": item.acts,
        "name": item.name,
        "document": _link(item.document),
        "status": _badge(item.status) if item.status else None,
        "scope": item.scope,
        "effective_on": _iso(item.effective_on),
        "until": _iso(item.until),
        "stated_in": item.stated_in,
        "is_verified": item.is_verified,
    }


def _link(found: LegalDocument | None) -> dict | None:
    if found is None:
        return None
    return {"id": found.pk, "name": found.name, "short_url": short_url(found), "data_url": data_url(found)}


def _file(item: dict) -> dict:
    file = item["file"]
    return {
        "label": item["label"],
        "is_signed": item["is_signed"],
        "url": f"{settings.WAGTAILADMIN_BASE_URL}{file.url}" if file.url.startswith("/") else file.url,
        "size_bytes": file.file_size,
        "sha256": file.digest,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _moment(moment) -> str | None:
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else None


# --- 3. The description, and short addresses ---------------------------------------------------------


@read_only
def description(request):
    """Answer the OpenAPI document of this API."""
    return answer(request, openapi.description(), PortalSite.objects.all())


@require_safe
def short_address(request, pk: int):
    """Lead from the short address of a document to its page; 404 for what is not public."""
    found = LegalDocument.objects.public().select_related("owner_site").filter(pk=pk).first()
    address = Registers().full_url(found) if found else ""
    if not address:
        raise Http404
    written = request.GET.get(DAY, "")
    return HttpResponseRedirect(f"{address}?{DAY}={written}" if _is_plain(written) else address)


def _is_plain(written: str) -> bool:
    return bool(re.fullmatch(r"[\d/.-]{8,10}", written, re.ASCII))
