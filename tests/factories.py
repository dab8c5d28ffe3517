"""Content for tests, with traits: what a page or document needs to pass its preflight, and no more.

Each function returns a draft with its first version; `tests.city.publish` puts it on the approved road,
`publish_at_once` makes it public without a sealed copy.
"""

from datetime import date, timedelta
from itertools import count
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.storage import storages
from django.utils import timezone
from PIL import Image

from accounts.roles import site_collection
from base.models import PortalFile, PortalImage
from legalref import seeding
from legalref.citations.citing_pages import ABOUT
from legalref.models import DocumentType, LegalDocument
from sections.models import (
    ArticlePage,
    ClarificationPage,
    ConsultationPage,
    NoticePage,
    Official,
    OfficialsPage,
    ProjectPage,
    ScheduleItem,
    ScienceProgrammePage,
    StandardPage,
    StatisticsReportPage,
    WorkSchedulePage,
)
from workflows.archive import contents

from .city import draft

_numbers = count(1)
BODY = [("paragraph", "<p>Nội dung của bài thử, đủ để đọc.</p>")]


def article(parent, *, by=None, cites=(), role=ABOUT, picture=None, **fields) -> ArticlePage:
    """An article; `cites` are legal documents it speaks about, `picture` gives it a lead image."""
    if picture is not None:
        fields |= {"lead_image": picture, "lead_image_alt": "Ảnh thử"}
    page = _page(ArticlePage, parent, {"title": "Bài thử số {n}", "body": BODY, **fields})
    page.legal_basis = [("document", {"document": document, "provision": "", "role": role}) for document in cites]
    return draft(page, parent, by=by)


def notice(parent, *, by=None, urgent: bool = False, days: int | None = None, **fields) -> NoticePage:
    """A notice; urgent, or over after so many days from today."""
    until = timezone.localdate() + timedelta(days=days) if days is not None else None
    fields = {"title": "Thông báo số {n}", "body": BODY, "is_urgent": urgent, "valid_until": until, **fields}
    return draft(_page(NoticePage, parent, fields), parent, by=by)


def standard(parent, *, by=None, **fields) -> StandardPage:
    """A standing page."""
    return draft(_page(StandardPage, parent, {"title": "Trang giới thiệu {n}", "body": BODY, **fields}), parent, by=by)


def officials(parent, *, by=None, **fields) -> OfficialsPage:
    """A page with one leader and one official."""
    page = _page(OfficialsPage, parent, {"title": "Lãnh đạo {n}", **fields})
    page.officials = [
        Official(
            name="Cán bộ mẫu 91",
            post="Chủ tịch",
            email="mot@example.invalid",
            is_leader=True,
            biography="Tiểu sử thử.",
            duties="Phụ trách chung.",
        ),
        Official(name="Cán bộ mẫu 92", post="Công chức", email="hai@example.invalid"),
    ]
    return draft(page, parent, by=by)


def schedule(parent, *, by=None, week_start: date | None = None, **fields) -> WorkSchedulePage:
    """A week's schedule with one entry; this week's by default."""
    today = timezone.localdate()
    monday = week_start or today - timedelta(days=today.weekday())
    page = _page(WorkSchedulePage, parent, {"title": "Lịch tuần {n}", "week_start": monday, **fields})
    page.items = [ScheduleItem(on=monday, leader="Chủ tịch", content="Giao ban")]
    return draft(page, parent, by=by)


def project(parent, *, by=None, **fields) -> ProjectPage:
    """A project with its nine mandatory fields, in preparation."""
    fields = {
        "title": "Dự án số {n}",
        "main_objective": "Mục tiêu thử.",
        "field": "Giao thông",
        "project_type": "Nhóm C",
        "period": "2020 – 2022",
        "budget": "1 tỷ đồng",
        "funding_type": "Ngân sách",
        "sponsor": "UBND",
        "status": "Đang lập",
        **fields,
    }
    return draft(_page(ProjectPage, parent, fields), parent, by=by)


def science_programme(parent, *, by=None, **fields) -> ScienceProgrammePage:
    """An approved science programme, not accepted yet."""
    fields = {
        "title": "Đề tài số {n}",
        "code": "LX-01",
        "field": "Nông nghiệp",
        "host_unit": "Phòng Kinh tế",
        "period": "2020 – 2021",
        "approved_on": timezone.localdate(),
        **fields,
    }
    return draft(_page(ScienceProgrammePage, parent, fields), parent, by=by)


def statistics(parent, *, by=None, **fields) -> StatisticsReportPage:
    """A provisional report with one table."""
    table = {"caption": "Số liệu", "table": {"data": [["Chỉ tiêu", "Giá trị"], ["Dân số", "1"]]}, "note": ""}
    fields = {
        "title": "Báo cáo số {n}",
        "period": "Quý I năm 2020",
        "surveyed": "Tháng 4 năm 2020",
        "method": "<p>Điều tra.</p>",
        "analysis": "<p>Ổn định.</p>",
        "decided_on": timezone.localdate(),
        "figures": [("table", table)],
        **fields,
    }
    return draft(_page(StatisticsReportPage, parent, fields), parent, by=by)


def consultation(
    parent, *, by=None, opens_on: date | None = None, closes_on: date | None = None, **fields
) -> ConsultationPage:
    """A consultation that is open for thirty days from today, unless dates are given."""
    opens_on = opens_on or timezone.localdate()
    fields = {
        "title": "Dự thảo số {n}",
        "body": BODY,
        "opens_on": opens_on,
        "closes_on": closes_on or opens_on + timedelta(days=30),
        "explanation_file": file(parent.specific.portal_site),
        "receiving_body": "Phòng Tư pháp",
        "receiving_address": "Số 99",
        "receiving_email": "gop-y@example.invalid",
        **fields,
    }
    return draft(_page(ConsultationPage, parent, fields), parent, by=by)


def clarification(parent, *, by=None, **fields) -> ClarificationPage:
    """A clarification of yesterday's rumour."""
    fields = {
        "title": "Làm rõ thông tin số {n}",
        "body": BODY,
        "claim_summary": "Tin không đúng.",
        "claim_place": "Mạng xã hội",
        "claim_on": timezone.localdate() - timedelta(days=1),
        **fields,
    }
    return draft(_page(ClarificationPage, parent, fields), parent, by=by)


def document(site, *, by=None, symbol: str = "", issued_on: date = date(2020, 6, 5), **fields) -> LegalDocument:
    """A decision of the city's People's Committee with a number of its own, as a draft with a version."""
    seeding.seed_types()
    made = LegalDocument(
        live=False,
        owner_site=site,
        document_type=DocumentType.objects.get(name="Quyết định"),
        family="legal",
        symbol_as_printed=symbol or f"{900 + next(_numbers)}/{issued_on.year}/QĐ-UBND",
        subject="Về việc thử nghiệm",
        main_issuer=seeding.seed_issuers()["ubnd-thanh-pho-long-xuyen"],
        issued_on=issued_on,
        effective_from=issued_on + timedelta(days=10),
        not_classified=True,
        **fields,
    )
    made.full_clean()
    made.save()
    made.save_revision(user=by)
    return made


def file(site, *, title: str = "Tệp thử", content: bytes = b"Noi dung thu", name: str = "tep-thu.txt") -> PortalFile:
    """A file in a site's own collection."""
    made = PortalFile(title=title, collection=site_collection(site))
    made.file.save(name, ContentFile(content), save=False)
    made.save()
    return made


def picture(site, *, title: str = "Ảnh thử", description: str = "", size=(960, 540)) -> PortalImage:
    """A small grey picture in a site's own collection."""
    data = ContentFile(b"")
    Image.new("RGB", size, "#8899aa").save(data, "JPEG")
    data.seek(0)
    file = ImageFile(data, name="anh-thu.jpg")
    made = PortalImage(title=title, description=description, collection=site_collection(site), file=file)
    made.save()
    return made


def _page(model, parent, fields: dict):
    number = next(_numbers)
    site = parent.specific.portal_site
    values = {
        "slug": f"trang-thu-{number}",
        "summary": "Tóm tắt của trang thử.",
        "author_name": "Cán bộ mẫu 90",
        "source_name": "Ban Biên tập",
        "responsible_unit": site.unit,
        **fields,
    }
    values["title"] = values["title"].format(n=number)
    return model(**values)


def archived_file(digest: str) -> Path:
    """Return where a content of the archive lies in its folder."""
    return Path(storages["archive"].path(contents.name_of(digest)))
