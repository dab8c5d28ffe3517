"""A planned stop of the whole portal (NĐ 224/2026/NĐ-CP Điều 13): the technical administrator says it, two publish it.

1. `propose`: the technical administrator says when and why; that becomes a draft of a notice on the city's «Dịch vụ
công», whose first version is theirs, and those who see to it are told. 2. It goes the road of every notice: one submits
it, another approves it. 3. From then on every page says it (`outage_alerts.py`), and the web server while the portal is
stopped (`stop_page.py`). Told later than seven working days before, it needs a reason, which stays with the deadline.
"""

from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone
from wagtail.models import WorkflowState

from accounts.roles import ADMINISTER, DISPATCH, holders, may
from base.gate import Refused
from base.operations.notices import notify
from base.sites import city_site
from vietnam.dates import format_moment, format_short
from workflows import deadlines
from workflows.deadlines import duties, late_reasons

from ..models import CataloguePage, ServiceOutagePage

RULE = "DL-DOWNTIME"


def may_propose(user) -> bool:
    """Tell whether a user may say that the portal will be stopped: the technical administrator."""
    city = city_site()
    return city is not None and may(user, ADMINISTER, city)


@transaction.atomic
def propose(
    *, by, starts_at: datetime, ends_at: datetime, message: str, late_reason: str = "", on: datetime | None = None
) -> ServiceOutagePage:
    """Make the draft of the notice of a planned stop; return it.

    `message`: why, as readers see it. Raises Refused without the right or where the city has no «Dịch vụ công»,
    ValidationError (field → message), without `late_reason` too where it comes too late.
    """
    city, moment = city_site(), on or timezone.now()
    if not may_propose(by):
        raise Refused("Chỉ cán bộ quản trị kỹ thuật báo tạm ngừng toàn bộ cổng.")
    catalogue = CataloguePage.objects.child_of(city.home_page()).first()
    if catalogue is None:
        raise Refused("Trang thành phố chưa có mục «Dịch vụ công» để đăng thông báo.")
    _demand_whole(starts_at, ends_at, message, late_reason, moment)
    page = ServiceOutagePage(
        title=f"Tạm ngừng cổng thông tin từ {format_moment(starts_at)}",
        live=False,
        owner=by,
        locale=catalogue.locale,
        starts_at=starts_at,
        ends_at=ends_at,
        is_planned=True,
        whole_portal=True,
        message=message.strip(),
        **ServiceOutagePage.defaults_for(city, by),
    )
    catalogue.add_child(instance=page)
    page.save_revision(user=by, log_action=False)
    duties.note_duties(page, by=by, on=moment)
    late_reasons.note(page, late_reason, by=by, on=moment)
    notify(holders(DISPATCH, city), "planned_stop_proposed", {"page": page, "by": by})
    return page


def not_over(on: datetime | None = None) -> QuerySet[ServiceOutagePage]:
    """Return the planned stops of the whole portal that are not over on a moment, the next first, drafts too."""
    found = ServiceOutagePage.objects.filter(is_planned=True, whole_portal=True, ends_at__gt=on or timezone.now())
    return found.order_by("starts_at")


def to_submit(on: datetime | None = None) -> QuerySet[ServiceOutagePage]:
    """Return those that were never published and do not wait for their approval: one has to submit them."""
    kind = ContentType.objects.get_for_model(ServiceOutagePage)
    text = Cast(OuterRef("pk"), CharField(max_length=255))
    running = WorkflowState.objects.active().filter(content_type=kind, object_id=text)
    return not_over(on).filter(live=False, first_published_at=None).exclude(Exists(running))


def latest_day(starts_at: datetime):
    """Return the last day on which a stop is announced in time; None where no rule says one."""
    try:
        return deadlines.due_date(RULE, starts_at)
    except deadlines.NoDeadline:
        return None


def _demand_whole(starts_at, ends_at, message: str, late_reason: str, now: datetime) -> None:
    errors = {}
    if starts_at <= now:
        errors["starts_at"] = "Lúc bắt đầu đã qua; hãy chọn lúc sau bây giờ."
    elif (latest := latest_day(starts_at)) and deadlines.local_date(now) > latest and not late_reason.strip():
        errors["late_reason"] = (
            f"Phải thông báo chậm nhất ngày {format_short(latest)} (trước 7 ngày làm việc); hãy dời lịch, hoặc ghi vì "
            "sao báo muộn."
        )
    if ends_at <= starts_at:
        errors["ends_at"] = "Lúc kết thúc phải sau lúc bắt đầu; hãy sửa một trong hai."
    if not message.strip():
        errors["message"] = "Hãy ghi vì sao cổng tạm ngừng."
    if errors:
        raise ValidationError(errors)
