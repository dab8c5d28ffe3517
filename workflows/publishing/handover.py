"""Handing over: what becomes of a person's open work on a site where their right has ended (Quy chế Điều 8.1).

1. Pages and records they had locked are unlocked; texts they were writing stay as drafts, every version of them;
   reviews and take-downs that they had in hand are free again.
2. What they had in hand is found: items they submitted that are under review or were returned, drafts of theirs, and
   take-downs they proposed that are not decided.
3. Others of the site take it over: for writing the people who write there, for deciding those who act for the
   approving body, the deputy first. They get one mail; each thing gets a log line that names the decision.

Nothing here publishes or removes anything. Registered with `appointments.register_after_end`; it runs as well when an
account is suspended because nothing was done with it (`accounts/registers/unused.py`).
"""

from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.urls import reverse
from wagtail.admin.utils import get_latest_str
from wagtail.log_actions import log
from wagtail.models import DraftStateMixin, LockableMixin, Page, Revision, WorkflowState

from accounts.models import Appointment, User
from accounts.roles import APPROVE, ROLES, WRITE, has_role, held_roles, holders
from base.admin.field_anchors import edit_address
from base.models import PortalSite
from base.operations.notices import notify

from ..models import TakeDown
from . import claims
from .approval import acts_for_board

SUSPENDED = "tạm khóa tài khoản lâu không dùng"


@dataclass(frozen=True)
class Item:
    """One piece of open work: the page or record, what it was, its address in the admin."""

    subject: object
    kind: str
    url: str

    def __str__(self):
        return f"{self.kind}: {get_latest_str(self.subject)}"


def hand_over(person: User, site: PortalSite, *, ended: list[Appointment], by=None, on: datetime) -> list[Item]:
    """Hand the open work of a person on a site to others; return it, pages in the order of the tree, then records.

    A person who still works for the city keeps their work on its wards.
    """
    if any(site_id in site.role_sites[1:] for _, site_id in held_roles(person)):
        return []
    if person.suspended_at:
        decision = SUSPENDED
    else:
        decision = str(ended[0].end_source) if ended else ""
    unlocked = _unlock(person, site, decision, by)
    claims.release_all(person, [site, *site.components.all()], by=by)
    items = open_work_of(person, site)
    if not items:
        return []
    takers = successors(person, site, ended)
    names = ", ".join(taker.get_full_name() for taker in takers)
    for item in items:
        log(
            instance=item.subject,
            action="portal.appointment.handover",
            user=by,
            data={"from": person.get_full_name(), "to": names, "kind": item.kind, "decision": decision},
        )
    context = {"person": person, "site": site, "decision": decision, "items": items, "unlocked": len(unlocked)}
    notify(takers, "work_handed_over", context)
    return items


def successors(person: User, site: PortalSite, ended: list[Appointment]) -> list[User]:
    """Return who takes over: of a writer the writers of the site itself, if there are others.

    Else, and for a person who approved, those who act for the site's approving body, the deputy first.
    """
    decided = any(APPROVE in ROLES[found.role].capabilities for found in ended if found.role in ROLES)
    writers = User.objects.filter(
        is_active=True,
        appointments__state=Appointment.State.IN_FORCE,
        appointments__site=site,
        appointments__role__in=_roles_with(WRITE),
    )
    found = [] if decided else list(writers.exclude(pk=person.pk).distinct().order_by("pk"))
    if not found:
        board = holders(APPROVE, site).exclude(pk=person.pk)
        found = [user for user in board if acts_for_board(user, APPROVE, site)]
        found.sort(key=lambda user: (not has_role(user, "deputy_head"), user.pk))
    return found


def open_work_of(person: User, site: PortalSite) -> list[Item]:
    """Return a person's open work on a site: submitted or returned items, own drafts, undecided take-downs."""
    pages = Page.objects.filter(pk__in=_pages_of(person, site))
    is_here = Q(page__in=pages) | Q(page=None, site=site)
    proposed = TakeDown.objects.filter(is_here, proposed_by=person).filter(
        Q(state__in=TakeDown.UNDECIDED) | Q(state=TakeDown.State.TO_EDIT)
    )
    # A take-down runs as a workflow of its page too; it is one piece of work.
    others = pages.exclude(pk__in=proposed.exclude(page=None).values("page"))
    items = _written(others.order_by("path"), person, Q(owner=person, first_published_at=None))
    address = reverse("workflows_takedowns")
    items += [
        Item(row.page or row.subject, "Đề nghị gỡ chưa xong", address)
        for row in proposed.select_related("page").order_by("page__path", "pk")
    ]
    for records in _records_of(site):
        taken = proposed.filter(object_type=records.model._meta.label).values_list("object_id", flat=True)
        items += _written(records.exclude(pk__in=[int(key) for key in taken]).order_by("pk"), person, Q(pk=None))
    return items


def _written(subjects, person: User, more: Q) -> list[Item]:
    """What of these pages or records a person has under review, got back, or was writing."""
    states = WorkflowState.objects.active().filter(
        requested_by=person, base_content_type=ContentType.objects.get_for_model(subjects.model)
    )
    status = dict(states.values_list("object_id", "status"))
    mine = more | Q(has_unpublished_changes=True, latest_revision__user=person) | Q(pk__in=list(status))
    scheduled = set(
        Revision.objects.filter(
            base_content_type=ContentType.objects.get_for_model(subjects.model), approved_go_live_at__isnull=False
        ).values_list("object_id", flat=True)
    )
    kinds = {
        WorkflowState.STATUS_IN_PROGRESS: "Bài đang chờ duyệt",
        WorkflowState.STATUS_NEEDS_CHANGES: "Bài bị trả lại, cần sửa",
    }
    return [
        Item(
            subject,
            kinds.get(status.get(str(subject.pk)))
            or ("Bài đã duyệt, chờ đến giờ đăng" if str(subject.pk) in scheduled else "Bản nháp"),
            edit_address(subject),
        )
        for subject in subjects.filter(mine)
    ]


def _unlock(person: User, site: PortalSite, decision: str, by) -> list:
    """Unlock what a person had locked on a site; the texts themselves are not touched."""
    unlocked = []
    for subjects in (Page.objects.filter(pk__in=_pages_of(person, site)), *_records_of(site)):
        if not issubclass(subjects.model, LockableMixin):
            continue
        for subject in subjects.filter(locked=True, locked_by=person):
            subject.locked, subject.locked_by, subject.locked_at = False, None, None
            subject.save(update_fields=["locked", "locked_by", "locked_at"])
            log(instance=subject, action="wagtail.unlock", user=by, data={"decision": decision})
            unlocked.append(subject)
    return unlocked


def _pages_of(person: User, site: PortalSite):
    """The ids of the pages a right on a site reached: its own, and for the city those of the wards.

    A ward on which the person still holds a role is left out.
    """
    wanted = Q(pk=None)
    for path in Page.objects.filter(translation_key=site.home_key).values_list("path", flat=True):
        wanted |= Q(path__startswith=path)
    pages = Page.objects.filter(wanted)
    their_sites = PortalSite.objects.filter(pk__in={site_id for _, site_id in held_roles(person)})
    for path in Page.objects.filter(translation_key__in=their_sites.values("home_key")).values_list("path", flat=True):
        pages = pages.exclude(path__startswith=path)
    return pages.values("pk")


def _records_of(site: PortalSite):
    """Yield the records with drafts that belong to a site, one queryset a model."""
    for model in apps.get_models():
        if issubclass(model, DraftStateMixin) and not issubclass(model, Page) and hasattr(model, "owner_site_id"):
            yield model._default_manager.filter(owner_site=site)


def _roles_with(capability: str) -> list[str]:
    return [role.key for role in ROLES.values() if capability in role.capabilities]
