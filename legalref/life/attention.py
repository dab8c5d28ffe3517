"""Cần chú ý: documents of the register to which something is missing, by what is missing.

A table of cases, each a condition on documents; `needing` narrows a list to one of them, `counts` counts all of them
in one query.
"""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from vietnam import citations

from ..models import Citation, DocumentFile, DocumentRelation, Family, SiteDocument
from .effect import BASED_ON, NO_LONGER_APPLIES, StatusCode


@dataclass(frozen=True)
class Case:
    """One thing that may be missing: its key in addresses, its heading, what to do, and the condition."""

    key: str
    label: str
    remedy: str
    condition: Q

    @property
    def name(self) -> str:
        return self.key.replace("-", "_")


_LAPSED = Q(stored_status__code__in=[str(code) for code in NO_LONGER_APPLIES])
# The stored status is that of the last night; a draft of today has none yet.
_WITHOUT_DATES = Q(stored_status=None, family=Family.LEGAL, effective_from=None, checked_until=None)
_RECORDED_BASES = DocumentRelation.objects.valid().filter(
    source=OuterRef("pk"), code=BASED_ON, target__stored_status__code__in=[str(code) for code in NO_LONGER_APPLIES]
)
_WRITTEN_BASES = Citation.objects.filter(
    source=OuterRef("pk"),
    is_live=True,
    role=citations.BASIS,
    target__stored_status__code__in=[str(code) for code in NO_LONGER_APPLIES],
).exclude(state=Citation.State.REJECTED)
_UNRESOLVED = (
    DocumentRelation.objects.valid()
    .filter(target=OuterRef("pk"), source=None, follows_from=None)
    .exclude(source_text="")
)

CASES: tuple[Case, ...] = (
    Case(
        "chua-co-tep",
        "Chưa có tệp",
        "Thêm bản ký (PDF) hoặc tệp kèm theo ở phần «Nội dung, tệp».",
        Q(signed_file=None) & ~Exists(DocumentFile.objects.filter(document=OuterRef("pk"))),
    ),
    Case(
        "chua-xac-dinh",
        "Chưa xác định hiệu lực",
        "Ghi ngày có hiệu lực ở phần «Thuộc tính», hoặc ngày đã kiểm tra hiệu lực ở thẻ «Hiệu lực».",
        Q(stored_status__code=str(StatusCode.UNKNOWN)) | _WITHOUT_DATES,
    ),
    Case(
        "can-cu-het-hieu-luc",
        "Căn cứ hết hiệu lực",
        "Xem căn cứ ở màn «Quan hệ»: văn bản có còn phù hợp không, có cần rà soát không.",
        (Exists(_RECORDED_BASES) | Exists(_WRITTEN_BASES)) & ~_LAPSED,
    ),
    Case(
        "da-chuyen-chua-dang",
        "Đã chuyển, chưa đăng",
        "Gửi duyệt và đăng; thời hạn tính từ ngày ban hành.",
        Q(handed_over_on__isnull=False, live=False, first_published_at=None),
    ),
    Case(
        "chua-dua-vao-trang",
        "Chưa đưa vào trang nào",
        "Bấm «Đưa vào trang» ở thẻ «Chuyển giao»: chưa đưa vào trang nào thì chưa có thời hạn đăng.",
        Q(live=False, first_published_at=None) & ~Exists(SiteDocument.objects.filter(document=OuterRef("pk"))),
    ),
    Case(
        "quan-he-chua-ro",
        "Quan hệ với văn bản chưa có trong sổ",
        "Nhập văn bản tác động vào sổ, ghi lại quan hệ với văn bản đó, rồi thu hồi quan hệ ghi bằng chữ.",
        Exists(_UNRESOLVED),
    ),
)
BY_KEY = {case.key: case for case in CASES}


def needing(documents: QuerySet, case: Case) -> QuerySet:
    """Narrow documents to those of one case."""
    return documents.filter(case.condition)


def counts(documents: QuerySet) -> dict[str, int]:
    """Return how many of the documents belong to each case, by its key; one query."""
    found = documents.order_by().aggregate(**{case.name: Count("pk", filter=case.condition) for case in CASES})
    return {case.key: found[case.name] for case in CASES}
