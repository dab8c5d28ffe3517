"""Pages of each type as a careful person would fill them, not saved; a test changes what it is about."""

import json
from datetime import date, time
from urllib.parse import urlsplit

from base.models import OrganisationUnit, PortalFile
from sections.models import (
    ArticlePage,
    CalendarPage,
    ClarificationPage,
    ConsultationPage,
    ContactPage,
    EventPage,
    NoticePage,
    Official,
    OfficialsPage,
    ProjectPage,
    ReceptionRule,
    ReleasePage,
    ScheduleItem,
    ScienceProgrammePage,
    SitemapPage,
    StandardPage,
    StatisticsReportPage,
    WorkSchedulePage,
)

TEXT = "<p>Ủy ban nhân dân thành phố Long Xuyên thông báo nội dung để người dân biết.</p>"
TABLE = {
    "caption": "Dân số theo phường",
    "table": {"data": [["Phường", "Người"], ["Mỹ Long", "26.313"]], "first_row_is_table_header": True},
    "note": "",
}


def stream(*blocks) -> str:
    """A stream value of (type, value) pairs as JSON."""
    return json.dumps([{"type": name, "value": value} for name, value in blocks])


def visit(client, page, query="", end=""):
    """Ask for a page on the host it says it has; `end` is added to its path."""
    address = urlsplit(page.full_url)
    return client.get(f"{address.path}{end}{query}", headers={"host": address.netloc})


def responsibility(**changes) -> dict:
    """What every item says about who answers for it."""
    unit = OrganisationUnit.objects.get(slug="long-xuyen")
    return {
        "summary": "Tóm tắt nội dung trong một câu.",
        "author_name": "Cán bộ mẫu 01",
        "source_name": "Phòng Văn hóa và Thông tin",
        "responsible_unit": unit,
        **changes,
    }


def article(**changes) -> ArticlePage:
    return ArticlePage(
        **{
            "title": "Thành phố tổng kết công tác năm",
            "body": stream(("paragraph", TEXT)),
            **responsibility(),
            **changes,
        }
    )


def notice(**changes) -> NoticePage:
    return NoticePage(
        **{"title": "Thông báo lịch tiếp công dân", "body": stream(("paragraph", TEXT)), **responsibility(), **changes}
    )


def event(**changes) -> EventPage:
    return EventPage(
        **{
            "title": "Ngày hội việc làm thanh niên",
            "starts_on": date(2020, 6, 27),
            "starts_at": time(7, 30),
            "ends_at": time(11, 0),
            "place": "Nhà văn hóa thành phố, số 1 Trần Hưng Đạo",
            "organiser": "Phòng Lao động – Thương binh và Xã hội",
            "who_may_come": "Mọi người; không thu phí",
            "body": stream(("paragraph", TEXT)),
            **responsibility(),
            **changes,
        }
    )


def reception_rule(**changes) -> ReceptionRule:
    return ReceptionRule(
        **{
            "leader": "Chủ tịch Ủy ban nhân dân",
            "days": "5, 20",
            "starts_at": time(8, 0),
            "ends_at": time(11, 0),
            "place": "Trụ sở Tiếp công dân",
            "legal_source": "Luật Tiếp công dân 42/2013/QH13",
            "valid_from": date(2020, 1, 1),
            **changes,
        }
    )


def calendar(*rules, changed=(), **changes) -> CalendarPage:
    page = CalendarPage(**{"title": "Lịch sự kiện, tiếp công dân", "slug": "lich", **responsibility(), **changes})
    page.receptions = list(rules) or [reception_rule()]
    page.changes = list(changed)
    return page


def release(*changed, **changes) -> ReleasePage:
    page = ReleasePage(
        **{
            "title": "Niên giám thống kê năm 2019",
            "due_on": date(2020, 6, 30),
            "body": stream(("paragraph", TEXT)),
            **responsibility(),
            **changes,
        }
    )
    page.changes = list(changed)
    return page


def standard(**changes) -> StandardPage:
    return StandardPage(
        **{"title": "Lịch sử hình thành", "body": stream(("paragraph", TEXT)), **responsibility(), **changes}
    )


def contact(**changes) -> ContactPage:
    return ContactPage(**{"title": "Thông tin liên hệ", "slug": "lien-he", **responsibility(), **changes})


def sitemap(**changes) -> SitemapPage:
    return SitemapPage(**{"title": "Sơ đồ trang", "slug": "so-do", **responsibility(), **changes})


def official(**changes) -> Official:
    return Official(
        **{
            "name": "Cán bộ mẫu 02",
            "post": "Chủ tịch Ủy ban nhân dân",
            "is_leader": True,
            "phone": "0296 000 0000",
            "email": "chu-tich@example.invalid",
            "biography": "Tiểu sử tóm tắt.",
            "duties": "Phụ trách chung.",
            "unit": OrganisationUnit.objects.get(slug="long-xuyen"),
            **changes,
        }
    )


def officials(*people, **changes) -> OfficialsPage:
    page = OfficialsPage(**{"title": "Lãnh đạo thành phố", **responsibility(), **changes})
    page.officials = list(people) or [official()]
    return page


def schedule_item(**changes) -> ScheduleItem:
    return ScheduleItem(
        **{
            "on": date(2020, 6, 9),
            "starts_at": time(8, 0),
            "leader": "Chủ tịch",
            "content": "Tiếp công dân định kỳ",
            "place": "Trụ sở Tiếp công dân",
            **changes,
        }
    )


def schedule(*items, **changes) -> WorkSchedulePage:
    page = WorkSchedulePage(
        **{"title": "Lịch làm việc tuần 24 năm 2020", "week_start": date(2020, 6, 8), **responsibility(), **changes}
    )
    page.items = list(items) or [schedule_item()]
    return page


def project(**changes) -> ProjectPage:
    return ProjectPage(
        **{
            "title": "Nâng cấp đường Trần Hưng Đạo",
            "main_objective": "Giảm ngập, mở rộng mặt đường.",
            "field": "Giao thông đô thị",
            "project_type": "Dự án nhóm C",
            "period": "2020 – 2022",
            "budget": "12,5 tỷ đồng",
            "funding_type": "Ngân sách thành phố",
            "sponsor": "Ủy ban nhân dân thành phố",
            "status": "Đang thi công",
            "stage": ProjectPage.Stage.UNDER_WAY,
            "approval_document": "Quyết định phê duyệt số 100/QĐ-UBND",
            "approved_on": date(2020, 6, 16),
            **responsibility(),
            **changes,
        }
    )


def science(**changes) -> ScienceProgrammePage:
    return ScienceProgrammePage(
        **{
            "title": "Bảo tồn văn hóa chợ nổi Long Xuyên",
            "code": "LX-2020-01",
            "field": "Văn hóa",
            "host_unit": "Phòng Văn hóa và Thông tin",
            "period": "2020 – 2021",
            "approved_on": date(2020, 6, 16),
            **responsibility(),
            **changes,
        }
    )


def statistics(**changes) -> StatisticsReportPage:
    return StatisticsReportPage(
        **{
            "title": "Tình hình kinh tế – xã hội quý II",
            "period": "Quý II năm 2020",
            "surveyed": "Từ 01/06 đến 10/06/2020",
            "figures": stream(("table", TABLE)),
            "method": "<p>Tổng hợp từ báo cáo của các phường, xã.</p>",
            "analysis": "<p>Dân số tăng nhẹ.</p>",
            "decided_on": date(2020, 6, 16),
            **responsibility(),
            **changes,
        }
    )


def file(title="Tệp thử", **changes) -> PortalFile:
    """A stored file row; its content is only named, for tests that do not read it."""
    return PortalFile.objects.create(title=title, file="thu.pdf", **changes)


def consultation(**changes) -> ConsultationPage:
    return ConsultationPage(
        **{
            "title": "Dự thảo Quy chế quản lý chợ nổi",
            "opens_on": date(2020, 6, 15),
            "closes_on": date(2020, 7, 15),
            "receiving_body": "Phòng Tư pháp",
            "receiving_address": "Số 99 Nguyễn Thái Học nối dài",
            "receiving_email": "tu-phap@example.invalid",
            "body": stream(("paragraph", TEXT)),
            **responsibility(),
            **changes,
        }
    )


def clarification(**changes) -> ClarificationPage:
    return ClarificationPage(
        **{
            "title": "Làm rõ thông tin về cấp nước sạch",
            "claim_summary": "Có tin nói nước máy ở phường không bảo đảm vệ sinh.",
            "claim_place": "Một số trang mạng xã hội",
            "claim_on": date(2020, 6, 10),
            "claim_url": "https://tin-sai.example.invalid/bai",
            "body": stream(("paragraph", TEXT)),
            **responsibility(),
            **changes,
        }
    )
