"""Duties that start by themselves in the demo: amounts of freshness, a late posting, competent bodies; illustrations."""

from datetime import date, datetime, timedelta

from accounts.models import User
from base.models import PortalSite
from faq.models import CompetentBody
from legalref.models import LegalDocument, PostingRule
from sections import freshness
from sections.models import FreshnessAmount
from workflows.deadlines import late_reasons

MARK = "(dữ liệu minh họa)"
WARD, CITY = PortalSite.Kind.WARD, PortalSite.Kind.CITY
SOURCE = f"Quy chế Điều 10.1.a; kết luận họp Ban Biên tập {MARK}"
# (section, kind of site, calendar days without news)
AMOUNTS = (("tin-tuc", CITY, 3), ("tin-tuc", WARD, 10), ("cong-khai", CITY, 90), ("cong-khai", WARD, 90))
# (name, matters, page)
BODIES = (
    ("Công an tỉnh An Giang", "cấp căn cước, hộ chiếu; đăng ký xe; cư trú", "https://congan.angiang.gov.vn/"),
    ("Bảo hiểm xã hội tỉnh An Giang", "đóng, hưởng bảo hiểm xã hội, bảo hiểm y tế", ""),
    ("Tòa án nhân dân khu vực", "tranh chấp đất đai, hôn nhân, hợp đồng đã khởi kiện", ""),
    ("Công ty điện lực", "giá điện, đấu nối, mất điện", ""),
)
LATE_REASON = f"Văn bản chuyển đến Ban Biên tập sau ngày hết hạn {MARK}."
# Long enough for the decisions of the demo, too short for the laws of the register: these came before the portal.
POSTED_SINCE = timedelta(days=30)


def prepare(today: date) -> None:
    """Let the rules of posting hold for what the demo issues, before it does; once."""
    PostingRule.objects.filter(issued_from=today).update(issued_from=today - POSTED_SINCE)


def start_all(documents: dict[str, LegalDocument], office: User, now: datetime) -> None:
    """Set the amounts, name the bodies, say why a document was posted late; what is there is left as it is."""
    for name, matters, url in BODIES:
        facts = {"matters": f"{matters} {MARK}", "url": url, "is_illustrative": True}
        CompetentBody.objects.get_or_create(name=name, defaults=facts)
    if not FreshnessAmount.objects.exists():
        FreshnessAmount.objects.bulk_create(
            FreshnessAmount(section_key=key, site_kind=kind, days=days, legal_source=SOURCE)
            for key, kind, days in AMOUNTS
        )
        freshness.run_deadlines(on=now)
    for document in documents.values():
        if document.is_illustrative:
            for deadline in late_reasons.asked_of(document, now):
                late_reasons.give(deadline, LATE_REASON, by=office, on=now)
