"""Publication at a later hour: approved for one place and one hour, and for no other.

1. `date_findings`, `hour_findings`: dates that make no sense stop submission and approval. 2. `note`: approval keeps
place and persons beside the version. 3. `obstacle`: at the hour, why the version may not appear there any more.
4. `void`: it is a draft again, and author and approver are told, so when the page goes or moves (`waiting`);
`tell_failed`: so is what failed.

An approver whose appointment ended takes no schedule away: the board sees it (`arrangement.confirm_schedule`).
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from accounts.models import Appointment
from accounts.roles import APPROVE, ROLES, holders, owner_site, works_on
from base.admin.field_anchors import edit_address
from base.authority import references_foreign_to_owner
from base.models import PortalSite
from base.operations.notices import notify
from base.preflight import Finding
from base.queries.prepared import Prepared, given_list
from base.sites import ancestor_paths
from vietnam.dates import format_moment

from ..models import Schedule
from ..translations.sources import is_left_alone
from . import declared_files
from .waiting import Change, GoesOn, Happening, Reach, register_waiting

STOPPED = (PortalSite.State.FROZEN, PortalSite.State.CLOSED)
EDITED = "Nội dung đã được sửa sau khi duyệt."
FOREIGN = "Nội dung dẫn đến nội dung của trang khác không còn đăng."
FILES = "Tệp trong nội dung không còn như lúc duyệt."
UNKNOWN = "Không có ghi nhận hai người đã gửi và duyệt lịch này."
NO_RIGHT = "Người duyệt không có quyền duyệt trên trang này vào lúc duyệt."
MOVED = "Trang không còn ở nơi đã được duyệt."
SITE_STOPPED = "Trang thành phần đã ngừng cập nhật."
OVER = "Ngày giờ gỡ của nội dung đã qua."
SOURCE_GONE = "Trang tiếng Việt không còn đăng."


# --- 1. Dates --------------------------------------------------------------------------------------


def date_findings(version, moment: datetime) -> list[Finding]:
    """Return what of a version's dates stops its approval: an end that has passed, or not after its own beginning."""
    start, end = version.go_live_at, version.expire_at
    if start and end and end <= start:
        message = (
            f"Giờ gỡ ({format_moment(end)}) phải sau giờ đăng ({format_moment(start)}); "
            "hãy sửa một trong hai, hoặc để trống."
        )
        return [Finding("blocker", name, message) for name in ("go_live_at", "expire_at")]
    if end and end <= moment:
        message = f"Ngày giờ gỡ {format_moment(end)} đã qua; hãy chọn ngày giờ sau bây giờ, hoặc để trống."
        return [Finding("blocker", "expire_at", message)]
    return end_findings(version) if isinstance(version, Page) else []


def end_findings(version) -> list[Finding]:
    """Return what stops a page because of an end date, its own or one above it: no end takes live pages below along."""
    if above := ending_above(version):
        message = (
            f"Mục «{above.title}» tự gỡ lúc {format_moment(above.expire_at)}, nên bên dưới không đăng được gì; hãy bỏ "
            "ngày giờ gỡ của mục ấy bằng một phiên bản được duyệt, rồi gửi lại."
        )
        return [Finding("blocker", "expire_at", message)]
    below = live_below(reach_of_end(version)) if version.expire_at else None
    if below is not None:
        message = (
            f"«{below.title}» bên dưới đang đăng và sẽ mất chỗ khi trang này tự gỡ; hãy để trống ngày giờ gỡ, hoặc đề "
            "nghị gỡ, chuyển các trang bên dưới trước."
        )
        return [Finding("blocker", "expire_at", message)]
    return []


def reach_of_end(page) -> list[Page]:
    """Return what an end date takes from readers: the page, and with a source its translations, the page first.

    That of a translation takes only itself: there was no decision about the original.
    """
    if page.locale.language_code != settings.LANGUAGE_CODE:
        return [page]
    return [page, *page.get_translations()]


def live_below(pages: Iterable[Page]) -> Page | None:
    """Return a public page below one of some pages, or None."""
    wanted = Q(pk=None)
    for page in pages:
        wanted |= Q(path__startswith=page.path, depth__gt=page.depth)
    return Page.objects.filter(wanted, live=True).order_by("path").first()


def ending_above(page, *, inclusive: bool = False) -> Page | None:
    """Return a public page with an end date above a page, or whose translation stands above it; None without one."""
    paths = ancestor_paths(page.path)
    paths = paths if inclusive else paths[:-1]
    return _ENDING.first(paths=paths) if paths else None


def _ending(above: QuerySet) -> QuerySet:
    sources = Q(translation_key__in=above.values("translation_key"), locale__language_code=settings.LANGUAGE_CODE)
    ending = Page.objects.filter(Q(pk__in=above.values("pk")) | sources, live=True, expire_at__isnull=False)
    return ending.order_by("path")[:1]


# Asked of every version that is looked through, and hardly ever there.
_ENDING = Prepared(lambda paths: _ending(Page.objects.filter(path__in=given_list("paths", paths))))
_HIDDEN = Prepared(lambda paths: Page.objects.filter(path__in=given_list("paths", paths), live=False).order_by("path"))


def hour_findings(obj, moment: datetime) -> list[Finding]:
    """Return what stops the submission of the newest version: an hour set to the past since it was last public.

    One that was met by a publication stays in the versions, as Wagtail has it, and stops nothing.
    """
    newest = obj.get_latest_revision()
    hour = _hour_in(newest.content) if newest else obj.go_live_at
    if hour is None or hour > moment or hour == _hour_of_public(obj):
        return []
    message = f"Giờ đăng {format_moment(hour)} đã qua; hãy chọn giờ sau bây giờ, hoặc để trống để đăng ngay khi duyệt."
    return [Finding("blocker", "go_live_at", message)]


def _hour_of_public(obj) -> datetime | None:
    versions = Revision.objects.for_instance(obj)
    if obj.live_revision_id:
        versions = versions.filter(pk=obj.live_revision_id)
    elif obj.last_published_at:
        versions = versions.filter(created_at__lte=obj.last_published_at)
    else:
        return None
    version = versions.order_by("-created_at", "-pk").first()
    return _hour_in(version.content) if version else None


def _hour_in(content: dict) -> datetime | None:
    value = content.get("go_live_at")
    return parse_datetime(value) if isinstance(value, str) else value


def hour_passed(version, moment: datetime) -> datetime | None:
    """Return the hour of a version when it has passed: approved now, the version appears at once."""
    hour = version.go_live_at
    return hour if hour and hour <= moment else None


# --- 2. Approved -----------------------------------------------------------------------------------


_AS_NEW = {"looked_by": None, "looked_at": None, "failure": "", "ended_reason": "", "ended_at": None}


def note(revision: Revision, obj, *, approved_by, submitted_by, on: datetime) -> Schedule:
    """Keep for which place and by whom a version was approved that is to appear later; return the row."""
    place = {"site": owner_site(obj), "parent_page_id": _parent_of(obj), "title": str(obj)[:300]}
    people = {"submitted_by": submitted_by, "approved_by": approved_by, "approved_at": on}
    row, _ = Schedule.objects.update_or_create(revision=revision, defaults={**place, **people, **_AS_NEW})
    return row


def _parent_of(obj) -> int | None:
    return obj.get_parent().pk if isinstance(obj, Page) else None


# --- 3. At its hour --------------------------------------------------------------------------------


def obstacle(revision: Revision, obj, moment: datetime) -> str:
    """Return why an approved version may not appear at its hour, as a sentence; "" when it may.

    The place must be the one it was approved for, and the right to approve must have existed then; that the approver's
    appointment ended since takes nothing away.
    """
    row = Schedule.objects.filter(revision=revision).select_related("site", "approved_by").first()
    if obj.latest_revision_id != revision.pk:
        return EDITED
    version = revision.as_object()
    if references_foreign_to_owner(version):
        return FOREIGN
    if not declared_files.is_as_sealed(revision):
        return FILES
    if row is None or None in (row.approved_by_id, row.submitted_by_id) or row.approved_by_id == row.submitted_by_id:
        return UNKNOWN
    site = owner_site(obj)
    if not stands_where_approved(row, obj):
        return MOVED
    if not had_right(row.approved_by_id, row.site, row.approved_at):
        return NO_RIGHT
    if site.state in STOPPED:
        return SITE_STOPPED
    if version.expire_at and version.expire_at <= moment:
        return OVER
    if isinstance(version, Page) and (found := end_findings(version)):
        return found[0].message
    if is_left_alone(version):
        return SOURCE_GONE
    return next((f"Mục «{page.title}» chứa trang này không đăng." for page in hidden_above(obj)), "")


def stands_where_approved(row: Schedule, obj) -> bool:
    """Tell whether a page stands on the site and below the page for which its schedule was approved."""
    site = owner_site(obj)
    return site is not None and site.pk == row.site_id and _parent_of(obj) == row.parent_page_id


def had_right(person_id: int, site: PortalSite, moment: datetime) -> bool:
    """Tell whether a person held a role that approves on a site, at the moment of an approval."""
    day = timezone.localtime(moment).date()
    approving = [role.key for role in ROLES.values() if APPROVE in role.capabilities]
    held = Appointment.objects.held_between(day, day)
    return held.filter(person=person_id, role__in=approving, site__in=site.role_sites).exists()


def hidden_above(obj) -> list[Page]:
    """Return the pages above a page that are not public, from the top; none for a record."""
    if not isinstance(obj, Page):
        return []
    paths = ancestor_paths(obj.path)[:-1]
    return _HIDDEN.all(paths=paths) if paths else []


def waits_for_section(obj) -> bool:
    """Tell whether every hidden page above is approved and only waits for its own hour: then this one waits as well."""
    hidden = hidden_above(obj)
    return bool(hidden) and all(Schedule.objects.waiting().of(page).exists() for page in hidden)


# --- 4. Ended --------------------------------------------------------------------------------------


@transaction.atomic
def void(revision: Revision, obj, reason: str, *, by=None, on: datetime | None = None) -> None:
    """Take the hour from an approved version, which is a draft again; author and approver are told why."""
    row = Schedule.objects.filter(revision=revision).first()
    hour = revision.approved_go_live_at
    revision.approved_go_live_at = None
    revision.save(user=by, update_fields=["approved_go_live_at"])
    if row is not None:
        row.failure = ""
        if by is None:
            # What a person ends is told by mail; what the portal ends stays before its people until they act.
            row.ended_reason, row.ended_at = reason, on or timezone.now()
        row.save(update_fields=["failure", "ended_reason", "ended_at"])
    log(instance=obj, action="portal.schedule.void", user=by, revision=revision, data={"reason": reason})
    context = {"hour": format_moment(hour) if hour else "", "reason": reason, "on": on or timezone.now()}
    _tell(row, revision, obj, "schedule_void", **context)


def register_what_waits() -> None:
    """Say what becomes of a schedule (`waiting`); called by `what_waits`."""
    register_waiting(
        Schedule,
        of=waiting_on,
        of_site=lambda site: _waiting().filter(site=site),
        release={
            Change.REMOVED: _release,
            Change.MOVED: _release,
            Change.HANDED_OVER: GoesOn("It ends with its site, all of them at once."),
            Change.REPLACED: _release,
            Change.ENDED: _release,
        },
    )


def _waiting() -> QuerySet:
    return Schedule.objects.waiting().select_related("revision").soonest_first()


def waiting_on(reach: Reach) -> list[Schedule]:
    """Return the schedules of what a change reaches, the soonest first."""
    found = [row for record in reach.records for row in _waiting().of(record)]
    if reach.pages:
        rows = list(_waiting().filter(revision__base_content_type=ContentType.objects.get_for_model(Page)))
        inside = reach.pages_among([int(row.revision.object_id) for row in rows])
        found += [row for row in rows if int(row.revision.object_id) in inside]
    return found


def _release(row: Schedule, happening: Happening) -> None:
    void(row.revision, row.revision.content_object, happening.reason, by=happening.by, on=happening.on)


def tell_failed(revision: Revision, error: Exception) -> None:
    """Tell author and approver, once, that a version could not be published at its hour; the schedule stays."""
    obj = revision.content_object
    row = Schedule.objects.filter(revision=revision).first()
    if row is not None:
        row.failure = str(error)[:500] or type(error).__name__
        row.save(update_fields=["failure"])
    _tell(row, revision, obj, "schedule_failed", error=error)


def _tell(row: Schedule | None, revision: Revision, obj, kind: str, **context) -> None:
    site = row.site if row else owner_site(obj)
    people = [revision.user, *((row.submitted_by, row.approved_by) if row else ())]
    recipients = {user.pk: user for user in people if user is not None and user.is_active and works_on(user, site)}
    if site is not None and (row is None or row.approved_by_id not in recipients):
        # The person who approved it has gone: their board hears of it instead.
        recipients |= {user.pk: user for user in holders(APPROVE, site.parent or site)}
    notify(recipients.values(), kind, {"revision": revision, "address": edit_address(obj), **context})
