"""What relations and repeals share: words, batches, the second person."""

from datetime import date, datetime, time

from django.utils import timezone

from accounts.roles import CONFIRM_REPEAL, may
from base.gate import Refused

from ...models import DocumentRelation, SiteDocument
from ..effect import (
    BASED_ON,
    REFERS_TO,
)

RULES = {SiteDocument.Ground.ISSUER: "DL-DOC-OWN", SiteDocument.Ground.IN_SCOPE: "DL-DOC-SCOPE"}
BATCH = 500
# What a document says of itself in its own words.
STATED_BY_THE_SOURCE = frozenset({BASED_ON, REFERS_TO})
ONE_PERSON = "Bạn đã ghi quan hệ này nên người khác phải xác nhận."
BY_OTHERS = "Hai người khác đã ghi quan hệ này."
# Luật 64/2025/QH15 Điều 57.2: from this day a detailing document stays in force as far as it is not contrary.
NEW_REGIME_FROM = date(2025, 4, 1)
LAPSES_WITH_2015 = "Hết hiệu lực cùng {parent} (khoản 4 Điều 154 Luật 80/2015/QH13)"
LAPSES_WITH_2025 = "Được công bố hết hiệu lực cùng {parent} (khoản 2 Điều 57 Luật 64/2025/QH15)"


def demand_second(relation: DocumentRelation, by, agreed_by) -> None:
    if relation.agreed_at is not None and (agreed_by is None or agreed_by.pk == by.pk):
        raise Refused("Quan hệ này đã công bố: thu hồi cần một người đề nghị và một người khác đồng ý.")


def demand_right(by) -> None:
    if not may(by, CONFIRM_REPEAL):
        raise Refused("Chỉ cơ quan Thường trực hoặc lãnh đạo Ban Biên tập được ghi nhận thay đổi hiệu lực văn bản.")


def moment_of(on: date | datetime | None) -> datetime:
    """The moment meant by a date (its local midnight), a moment, or None (now)."""
    if isinstance(on, datetime):
        return on
    if on is None:
        return timezone.now()
    return timezone.make_aware(datetime.combine(on, time.min))
