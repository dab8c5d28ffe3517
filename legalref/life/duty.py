"""The duty to publish, measured: how long a document took from issue to hand-over, and from there to publication.

The deadline runs from the day of issue (Quy chế Điều 10.1.c): 2 working days on the issuer's own site, 10 on a site in
scope; the issuing office hands over "khi phát hành" (Điều 10.2). So two periods are counted separately: that of the
issuing office and that of the Board. The due day is that of the deadline that `lifecycle.mark_for_site` started.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from base.figures import written
from base.models import PortalSite
from base.tables import xlsx
from workflows import deadlines
from workflows.models import Deadline
from workflows.models.deadline import content_type_of

from ..models import LegalDocument, SiteDocument
from .lifecycle import RULES

# With more rows than this, the deadlines are read by site instead of by document.
FEW = 200


@dataclass(frozen=True)
class Measure:
    """One document on one site: its days, and working days between them (None while one of them is missing).

    `published_on`: the day the duty was met on this site. `is_late` counts today while it is open;
    `late_reason`: why it is, "" until a user has said so.
    """

    document: LegalDocument
    site: PortalSite
    ground: str
    issued_on: date | None
    handed_over_on: date | None
    published_on: date | None
    due_on: date | None
    to_hand_over: int | None
    to_publish: int | None
    in_all: int | None
    is_late: bool
    is_cancelled: bool
    explanation: str
    late_reason: str
    deadline_id: int | None

    @property
    def outcome(self) -> str:
        """The label: in time or late, met or still open."""
        if self.is_cancelled:
            return "Đã hủy thời hạn"
        if self.due_on is None:
            return "Chưa có thời hạn"
        if self.published_on:
            return "Đăng quá hạn" if self.is_late else "Đăng đúng hạn"
        return "Quá hạn, chưa đăng" if self.is_late else "Còn trong hạn"

    @property
    def reason_text(self) -> str:
        """Why it is late, as text: "chưa ghi" while it was asked in vain, "" for what is in time."""
        return (self.late_reason or "chưa ghi") if self.is_late else ""


@dataclass(frozen=True)
class Summary:
    """The measures of one site and one month of issue: how many, how many in time, and averages in working days."""

    site: PortalSite
    month: date | None
    documents: int
    published: int
    in_time: int
    late: int
    to_hand_over: float | None
    to_publish: float | None
    in_all: float | None


def duties(sites: Iterable[PortalSite]) -> QuerySet:
    """Return what must stand on the sites, the newest issue first, ready to be measured."""
    return (
        SiteDocument.objects.filter(site__in=list(sites))
        .select_related("site", "document__document_type", "document__main_issuer")
        .defer("document__full_text", "document__search_text", "document__recipients")
        .order_by("-document__issued_on", "-pk")
    )


def measure(rows: Sequence[SiteDocument], on: date | datetime | None = None) -> list[Measure]:
    """Measure duties, in their order: two queries however many rows.

    `rows` come from `duties`; `on`: the day from which an open duty is looked at (today).
    """
    rows = list(rows)
    if not rows:
        return []
    deadline_rows = _deadlines(rows)
    known = []
    for row in rows:
        deadline, document = deadline_rows.get((row.document_id, row.site_id)), row.document
        published = deadline.met_on if deadline else None
        if published is None and document.live and document.first_published_at:
            published = deadlines.local_date(document.first_published_at)
        known.append((row, deadline, published))
    spans = [
        span
        for row, _deadline, published in known
        for span in (
            (row.document.issued_on, row.document.handed_over_on),
            (row.document.handed_over_on, published),
            (row.document.issued_on, published),
        )
    ]
    lengths = deadlines.workdays_between(spans)
    return [
        Measure(
            document=row.document,
            site=row.site,
            ground=row.get_ground_display(),
            issued_on=row.document.issued_on,
            handed_over_on=row.document.handed_over_on,
            published_on=published,
            due_on=deadline.last_day if deadline else None,
            to_hand_over=lengths[3 * place],
            to_publish=lengths[3 * place + 1],
            in_all=lengths[3 * place + 2],
            is_late=bool(deadline) and deadlines.is_late(deadline, on),
            is_cancelled=bool(deadline) and deadline.cancelled,
            explanation=deadlines.explain(deadline, on) if deadline else "",
            late_reason=deadline.late_reason if deadline else "",
            deadline_id=deadline.pk if deadline else None,
        )
        for place, (row, deadline, published) in enumerate(known)
    ]


def _deadlines(rows: Sequence[SiteDocument]) -> dict[tuple[int, int], Deadline]:
    """Return the deadline of each duty, by document and site; of several the newest."""
    found = (
        Deadline.objects.filter(
            content_type=content_type_of(rows[0].document),
            site__in={row.site_id for row in rows},
            rule__code__in=RULES.values(),
        )
        .select_related("rule")
        .order_by("pk")
    )
    if len(rows) <= FEW:
        found = found.filter(object_id__in={str(row.document_id) for row in rows})
    return {(int(deadline.object_id), deadline.site_id): deadline for deadline in found}


def of_document(document: LegalDocument, sites: Iterable[PortalSite], on: date | datetime | None = None):
    """Measure the duties of one document on some sites."""
    return measure(duties(sites).filter(document=document), on)


def summaries(measures: Iterable[Measure]) -> list[Summary]:
    """Sum measures up by site and month of issue: sites by name, the newest month first.

    A cancelled duty counts neither as late nor as in time. Averages are over the documents that have both days.
    """
    groups: dict[tuple, list[Measure]] = {}
    for item in measures:
        month = item.issued_on.replace(day=1) if item.issued_on else None
        groups.setdefault((item.site, month), []).append(item)
    ordered = sorted(groups.items(), key=lambda group: group[0][1] or date.min, reverse=True)
    ordered.sort(key=lambda group: group[0][0].name)
    return [_summary(site, month, items) for (site, month), items in ordered]


def overall(measures: Iterable[Measure]) -> Summary | None:
    """Sum all measures up in one line; None without any."""
    items = list(measures)
    return _summary(items[0].site, None, items) if items else None


def _summary(site, month, items: list[Measure]) -> Summary:
    counted = [item for item in items if not item.is_cancelled and item.due_on]
    return Summary(
        site=site,
        month=month,
        documents=len(items),
        published=sum(item.published_on is not None for item in items),
        in_time=sum(item.published_on is not None and not item.is_late for item in counted),
        late=sum(item.is_late for item in counted),
        to_hand_over=_average(item.to_hand_over for item in items),
        to_publish=_average(item.to_publish for item in items),
        in_all=_average(item.in_all for item in items),
    )


def _average(lengths: Iterable[int | None]) -> float | None:
    known = [length for length in lengths if length is not None]
    return round(sum(known) / len(known), 1) if known else None


def as_xlsx(measures: Sequence[Measure], filters: str = "") -> bytes:
    """Return the measures as a spreadsheet: a sheet by site and month with averages, a sheet of documents."""
    lines = [
        "Thời hạn đăng văn bản (Quy chế Điều 10.1.c, 10.2)",
        filters,
        "Số ngày là ngày làm việc, không tính ngày đầu.",
    ]
    lines = [line for line in lines if line]
    total = overall(measures)
    # A person reads numbers with a comma.
    averages = {
        name: lambda item, name=name: written(getattr(item, name)) for name in ("to_hand_over", "to_publish", "in_all")
    }
    sums = [
        ("Trang", 40, lambda item: item.site.name if item is not total else "Tất cả"),
        ("Tháng ban hành", 16, lambda item: _month(item.month)),
        ("Số văn bản", 12, "documents"),
        ("Đã đăng", 10, "published"),
        ("Đúng hạn", 10, "in_time"),
        ("Quá hạn", 10, "late"),
        ("Ban hành → chuyển (TB)", 16, averages["to_hand_over"]),
        ("Chuyển → đăng (TB)", 16, averages["to_publish"]),
        ("Ban hành → đăng (TB)", 16, averages["in_all"]),
    ]
    documents = [
        ("Văn bản", 34, "document.name"),
        ("Trích yếu", 50, "document.subject"),
        ("Trang", 30, "site.name"),
        ("Lý do", 30, "ground"),
        ("Ban hành", 13, "issued_on"),
        ("Chuyển Ban Biên tập", 13, "handed_over_on"),
        ("Đăng", 13, "published_on"),
        ("Hạn", 13, "due_on"),
        ("Ban hành → chuyển", 12, averages["to_hand_over"]),
        ("Chuyển → đăng", 12, averages["to_publish"]),
        ("Ban hành → đăng", 12, averages["in_all"]),
        ("Kết quả", 20, "outcome"),
        ("Lý do quá hạn", 50, lambda item: item.reason_text),
    ]
    return xlsx.write(
        [
            xlsx.sheet("Theo trang và tháng", lines, sums, [*summaries(measures), *([total] if total else [])]),
            xlsx.sheet("Văn bản", lines, documents, measures),
        ]
    )


def _month(month: date | None) -> str:
    return f"{month:%m/%Y}" if month else ""
