"""Cần xem lại: what of procedures and services needs a person, by what is the matter; computed, never ticked by hand.

A legal basis that lapses shows here by itself: its status is read from the register as it stands. `CASES` is the table;
`Review` reads everything once for the sites of a person and finds the rows of each case.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.urls import reverse
from django.utils import timezone

from accounts.responsibility import sites_worked_on
from base.admin.field_anchors import edit_address
from base.models import PortalSite
from base.sites import all_sites
from base.tables import xlsx
from legalref.models import LegalDocument
from vietnam.dates import format_short

from ..models import Procedure, ServiceGuidePage, ServiceOffering
from .levels import Levels
from .offerings import belongs_to


@dataclass(frozen=True)
class Row:
    """One thing to review: what it is, the screen to correct it, what is wrong, whose site it is.

    `step`: (label, address) of the action that corrects it, where there is one.
    """

    name: str
    address: str
    detail: str
    site: PortalSite
    step: tuple[str, str] | None = None


@dataclass(frozen=True)
class Case:
    """One thing that may be the matter: its key in addresses, its heading, what to do, how its rows are found."""

    key: str
    label: str
    remedy: str
    find: Callable[["Review"], list[Row]]


class Review:
    """Procedures and services of some sites on a local day, read once (a dozen queries whatever their number)."""

    def __init__(self, sites: list[PortalSite], on: date | None = None):
        self.on, self.sites = on or timezone.localdate(), sites
        self.levels = Levels()

    @cached_property
    def procedures(self) -> list[Procedure]:
        """All public procedures; those of the city concern every site that offers them."""
        return list(
            Procedure.objects.public()
            .select_related("owner_site", "field", "deciding_document__stored_status")
            .prefetch_related(
                "levels", "components", "legal_bases__document__stored_status", "legal_bases__document__document_type"
            )
        )

    @cached_property
    def in_use(self) -> list[Procedure]:
        return [procedure for procedure in self.procedures if procedure.is_in_use(self.on)]

    @cached_property
    def own(self) -> list[Procedure]:
        """Those in use that the chosen sites keep."""
        keys = {site.pk for site in self.sites}
        return [procedure for procedure in self.in_use if procedure.owner_site_id in keys]

    @cached_property
    def offerings(self) -> dict[int, list[ServiceOffering]]:
        """Public services of each chosen site, by its key."""
        found: dict[int, list[ServiceOffering]] = {site.pk: [] for site in self.sites}
        # The wards' home pages stand below the city's: the deepest counts.
        homes = {site.pk: home.path for site in all_sites() if (home := site.home_page())}
        pages = ServiceOffering.objects.live().select_related("procedure").prefetch_related("levels").order_by("path")
        for page in pages:
            above = [pk for pk, path in homes.items() if page.path.startswith(path)]
            key = max(above, key=lambda pk: len(homes[pk]), default=None)
            if key in found:
                found[key].append(page)
        return found

    @cached_property
    def guided(self) -> tuple[bool, set[int]]:
        """(whether a guide for every service is public, keys of procedures with a guide of their own)."""
        guides = ServiceGuidePage.objects.live().prefetch_related("procedures")
        named = [{procedure.pk for procedure in guide.procedures.all()} for guide in guides]
        return any(not keys for keys in named), {key for keys in named for key in keys}

    def counts(self) -> dict[str, int]:
        """Return how many rows each case has, by its key."""
        return {case.key: len(case.find(self)) for case in CASES}


# --- The cases ---------------------------------------------------------------------------------------


def lapsed_bases(procedure: Procedure) -> list[LegalDocument]:
    """Return the documents of the register on which a procedure rests and that have lapsed or no longer suit."""
    documents = [basis.document for basis in procedure.legal_bases.all() if basis.document_id]
    if procedure.deciding_document_id:
        documents.insert(0, procedure.deciding_document)
    return [document for document in dict.fromkeys(documents) if not document.status.applies]


def _bases(review: Review) -> list[Row]:
    return [
        _row(procedure, "; ".join(f"{document}: {document.status.label}" for document in lapsed))
        for procedure in review.own
        if (lapsed := lapsed_bases(procedure))
    ]


def _levels(review: Review) -> list[Row]:
    found = []
    for procedure in review.own:
        shown = review.levels.on(procedure.levels.all(), (), review.on)
        if shown is None:
            detail = "chưa có mức độ nào"
        elif shown.needs_review:
            detail = f"«{shown.label}» do quy đổi gần đúng từ hệ cũ"
        else:
            continue
        found.append(_row(procedure, detail, ("Xác định mức độ", reverse("servicecatalog_level", args=[procedure.pk]))))
    return found


def _forms(review: Review) -> list[Row]:
    found = []
    for procedure in review.own:
        decided = procedure.decided_on or (procedure.deciding_document and procedure.deciding_document.issued_on)
        old = [
            f"{part.name} (mẫu ngày {format_short(part.form_version_on)})"
            for part in procedure.components.all()
            if decided and part.form_file_id and part.form_version_on and part.form_version_on < decided
        ]
        if old:
            found.append(_row(procedure, f"{'; '.join(old)}; quyết định công bố ngày {format_short(decided)}"))
    return found


def _english(review: Review) -> list[Row]:
    return [_row(procedure, "chưa có tên tiếng Anh") for procedure in review.own if not procedure.title_en.strip()]


def _guides(review: Review) -> list[Row]:
    for_all, guided = review.guided
    if for_all:
        return []
    found = []
    for procedure in review.own:
        shown = review.levels.on(procedure.levels.all(), (), review.on)
        if shown is not None and shown.level.is_online and procedure.pk not in guided:
            found.append(_row(procedure, f"«{shown.label}», chưa có trang hướng dẫn"))
    return found


def _not_offered(review: Review) -> list[Row]:
    found = []
    offered = {site: {page.procedure_id for page in review.offerings[site.pk]} for site in review.sites}
    for procedure in review.in_use:
        for site in belongs_to(procedure, review.sites):
            if procedure.pk not in offered[site]:
                step = ("Thêm dịch vụ", reverse("servicecatalog_offer_here", args=[procedure.pk, site.slug]))
                found.append(Row(str(procedure), step[1], "chưa có dịch vụ đang đăng", site, step))
    return found


def _titles(review: Review) -> list[Row]:
    return [
        Row(page.title, edit_address(page), f"tên thủ tục hiện nay: «{page.procedure.name}»", site)
        for site in review.sites
        for page in review.offerings[site.pk]
        if page.title.strip() != page.procedure.name[:255]
    ]


def _ended(review: Review) -> list[Row]:
    return [
        Row(
            page.title,
            edit_address(page),
            "thủ tục không còn áp dụng hoặc đã gỡ, dịch vụ vẫn đang đăng",
            site,
            ("Đề nghị gỡ bỏ", reverse("workflows_propose", args=[page.pk])),
        )
        for site in review.sites
        for page in review.offerings[site.pk]
        if not page.procedure.live or not page.procedure.is_in_use(review.on)
    ]


def _row(procedure: Procedure, detail: str, step: tuple[str, str] | None = None) -> Row:
    return Row(str(procedure), edit_address(procedure), detail, procedure.owner_site, step)


CASES: tuple[Case, ...] = (
    Case(
        "can-cu-het-hieu-luc",
        "Căn cứ hết hiệu lực",
        "Kiểm tra thủ tục còn đúng không; thay căn cứ, hoặc ghi ngày thủ tục hết áp dụng.",
        _bases,
    ),
    Case(
        "muc-do",
        "Mức độ cần xác định",
        "Mức độ đang hiện được quy đổi từ hệ cũ; xác định mức độ trong hệ hiện nay rồi gửi duyệt.",
        _levels,
    ),
    Case(
        "chua-cung-cap",
        "Chưa cung cấp",
        "Thủ tục thuộc cấp của trang nhưng trang chưa có dịch vụ; thêm dịch vụ rồi gửi duyệt.",
        _not_offered,
    ),
    Case(
        "khac-ten",
        "Khác tên thủ tục",
        "Tên dịch vụ phải đúng tên thủ tục (TT 32/2017/TT-BTTTT Điều 6); chép lại tên rồi gửi duyệt.",
        _titles,
    ),
    Case(
        "het-ap-dung",
        "Thủ tục đã hết áp dụng",
        "Ngừng cung cấp dịch vụ: đề nghị gỡ bỏ, người thứ hai quyết định.",
        _ended,
    ),
    Case(
        "mau-don-cu",
        "Mẫu đơn cũ",
        "Mẫu đơn có trước quyết định công bố; thay bằng mẫu mới và ghi ngày của mẫu.",
        _forms,
    ),
    Case(
        "thieu-huong-dan",
        "Thiếu hướng dẫn",
        "Dịch vụ nộp trực tuyến phải có hướng dẫn sử dụng (NĐ 43/2011/NĐ-CP Điều 18.3); soạn trang hướng dẫn.",
        _guides,
    ),
    Case("thieu-tieng-anh", "Thiếu tên tiếng Anh", "Ghi tên tiếng Anh ở thẻ «Tiếng Anh» rồi gửi duyệt.", _english),
)
BY_KEY = {case.key: case for case in CASES}


# --- For whom ----------------------------------------------------------------------------------------


def sites_for(user) -> list[PortalSite]:
    """Return the sites whose catalogue a person reviews: the open ones on whose content they work."""
    return [site for site in sites_worked_on(user) if site.state == PortalSite.State.OPEN]


def as_xlsx(review: Review) -> bytes:
    """Return all cases as a spreadsheet, one sheet a case."""
    columns = [("Thủ tục, dịch vụ", 60, "name"), ("Trang", 40, "site.name"), ("Điều cần xem lại", 80, "detail")]
    lines = [f"Thủ tục cần xem lại, ngày {format_short(review.on)}"]
    return xlsx.write([xlsx.sheet(case.label, [*lines, case.remedy], columns, case.find(review)) for case in CASES])
