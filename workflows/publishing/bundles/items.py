"""What is in a dossier: its pages and records read at once, and what keeps one of them from becoming public with it."""

from collections.abc import Iterable
from datetime import datetime

from django.apps import apps
from django.db.models import Q
from wagtail.admin.utils import get_latest_str
from wagtail.models import Page, Revision

from accounts.roles import WRITE, may, owner_site
from base.gate import Refused
from base.models import PortalSite
from base.sites import sites_held
from vietnam.dates import format_moment

from ...models import BundleItem, PublicationBundle, TakeDown
from ...models.bundle import WAITING, type_of
from .. import approval, schedules
from . import proposals

TAKE_OUT = "hãy bỏ nội dung này ra khỏi hồ sơ."


def reread(bundle: PublicationBundle) -> PublicationBundle:
    """Return a dossier as it is stored now, locked: another action may have decided it."""
    return PublicationBundle.objects.select_for_update(of=("self",)).get(pk=bundle.pk)


def things_of(items: Iterable[BundleItem]) -> dict[str, object]:
    """Return the page, as its specific type, or record of each item as it is stored now, by the item's key, in the
    order of publication: records first, then pages from the top down.

    What was deleted, or whose kind was removed, is left out.
    """
    wanted: dict[str, list[str]] = {}
    for item in items:
        wanted.setdefault(item.object_type, []).append(item.object_id)
    found = [thing for label, keys in wanted.items() for thing in _stored(label, keys)]
    return {key_of(thing): thing for thing in sorted(found, key=place_in_order)}


def place_in_order(thing) -> tuple:
    """Return by what pages and records are sorted as they become public, and are held: records, then pages from the top
    down."""
    return isinstance(thing, Page), getattr(thing, "path", ""), thing._meta.label, thing.pk


def _stored(label: str, keys: list[str]) -> list:
    try:
        rows = apps.get_model(label)._base_manager.filter(pk__in=keys)
        return list(Page.objects.filter(pk__in=keys).specific() if label == Page._meta.label else rows)
    except (LookupError, ValueError):
        return []


def key_of(thing) -> str:
    """Return the key of the items that are a page or record (`BundleItem.key`)."""
    return f"{type_of(thing)}/{thing.pk}"


def in_order(bundle: PublicationBundle) -> list:
    """Return the pages and records of a dossier as they become public: records first, then pages from the top down."""
    return list(things_of(bundle.items.all()).values())


def outdated(bundle: PublicationBundle, things: list | None = None) -> list[BundleItem]:
    """Return the items of a submitted dossier that were saved again, or deleted, since: it has to be submitted anew.

    `things`: what is in it as it is stored now, where the caller has read it.
    """
    if bundle.state not in WAITING:
        return []
    versions = {key_of(thing): _version_of(thing) for thing in (in_order(bundle) if things is None else things)}
    return [item for item in bundle.items.all() if versions.get(item.key, -1) != item.revision_id]


def _version_of(thing) -> int | None:
    return proposals.submitted_version(thing) if proposals.is_proposal(thing) else thing.latest_revision_id


def hindrances(things: Iterable) -> dict[str, str]:
    """Return what keeps pages and records from becoming public in a dossier now, as sentences, by their keys.

    The site does not publish, or the thing is to be taken down, or was: then two persons bring it back by itself, as
    those who took it down can see. What nothing hinders is not in it.
    """
    things, found = list(things), {}
    removed = _removed(things)
    with sites_held():
        for thing in things:
            key, site, name = key_of(thing), owner_site(thing), get_latest_str(thing)
            if site.state in schedules.STOPPED:
                found[key] = f"Trang chứa «{name}» đã ngừng cập nhật; {TAKE_OUT}"
            elif site.state == PortalSite.State.PREPARED:
                found[key] = f"«{name}»: {approval.NOT_OPEN}"
            elif key in removed:
                found[key] = _of_removal(name, removed[key])
            elif proposals.is_proposal(thing) and (why := proposals.hindrance(thing)):
                found[key] = f"{why}; {TAKE_OUT}"
    return found


def demand_unhindered(things: Iterable) -> None:
    """Raise Refused with what keeps pages and records from becoming public in a dossier now (`hindrances`)."""
    if stopping := hindrances(things):
        raise Refused(" ".join(stopping.values()))


def _of_removal(name: str, state: str) -> str:
    if state == TakeDown.State.TAKEN_DOWN:
        return f"«{name}» đã bị gỡ bỏ; muốn đăng lại hãy khôi phục và gửi duyệt riêng. Ở đây {TAKE_OUT}"
    return f"«{name}» đang có đề nghị gỡ bỏ chờ quyết định; hãy quyết định đề nghị ấy trước, hoặc {TAKE_OUT[4:]}"


def _removed(things: list) -> dict[str, str]:
    """The state of the take-downs that are undecided or in force, by the key of their page or record."""
    wanted = Q(page__in=[thing.pk for thing in things if isinstance(thing, Page)])
    for thing in things:
        if not isinstance(thing, Page):
            wanted |= Q(object_type=type_of(thing), object_id=str(thing.pk))
    rows = TakeDown.objects.filter(wanted, state__in=TakeDown.AGAINST_PUBLICATION).order_by("pk")
    return {
        f"{row.object_type}/{row.object_id}" if row.page_id is None else f"{Page._meta.label}/{row.page_id}": row.state
        for row in rows
    }


def ends_before(hour: datetime | None, thing) -> list[str]:
    """Return what stops a thing that goes by itself before the hour of its dossier, as sentences."""
    if hour is None:
        return []
    is_proposal = proposals.is_proposal(thing)
    end = proposals.end_of(thing) if is_proposal else getattr(thing.get_latest_revision_as_object(), "expire_at", None)
    if end is None or end > hour:
        return []
    name = get_latest_str(thing)
    return [f"«{name}» tự gỡ lúc {format_moment(end)}, trước giờ đăng của hồ sơ; hãy sửa một trong hai."]


def begins_after(hour: datetime | None, thing) -> list[str]:
    """Return what stops a proposal that cannot come true at the hour of its dossier yet, as sentences."""
    begin = proposals.begin_of(thing) if hour is not None and proposals.is_proposal(thing) else None
    if begin is None or begin <= hour:
        return []
    return [f"«{thing}» có hiệu lực từ {format_moment(begin)}, sau giờ đăng của hồ sơ; hãy chọn giờ đăng muộn hơn."]


def version_to_submit(thing, by, moment: datetime) -> Revision | None:
    """Return the newest version of an item, which could become public now, None of a proposal; Refused when it could
    not."""
    name = get_latest_str(thing)
    if not may(by, WRITE, owner_site(thing)):
        raise Refused(f"Bạn không có vai trò soạn bài trên trang chứa «{name}».")
    if proposals.is_proposal(thing):
        return None
    if approval.current_state(thing) is not None:
        raise Refused(f"«{name}» đang chờ duyệt hoặc bị trả lại riêng; hãy rút nó về, hoặc bỏ ra khỏi hồ sơ.")
    revision = thing.get_latest_revision() or thing.save_revision(user=by)
    if thing.live and thing.live_revision_id == revision.pk:
        raise Refused(f"«{name}» không có bản sửa nào chưa đăng; {TAKE_OUT}")
    hour = getattr(revision.as_object(), "go_live_at", None)
    if hour is not None and hour > moment:
        raise Refused(
            f"«{name}» có giờ hẹn đăng riêng, còn hồ sơ đăng cùng lúc; hãy bỏ giờ ấy và ghi giờ đăng của cả hồ sơ."
        )
    return revision


def waiting_versions() -> list[int]:
    """Return the versions that wait in dossiers for a decision or their hour (`waiting.Kind.versions`)."""
    found = BundleItem.objects.filter(bundle__state__in=WAITING).exclude(revision=None)
    return list(found.values_list("revision_id", flat=True))
