"""Dossiers in the work queue: those to decide, handed on, returned, and those that have to be submitted again."""

from datetime import timedelta

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Concat
from django.urls import reverse

from accounts.models import Appointment
from accounts.roles import APPROVE, REVIEW, WRITE, may
from base.sites import city_site

from ..models import BundleItem, PublicationBundle, RecordChange
from . import work_queue
from .work_queue import Rows, Scope, deadlines_of, rows

# So long a person is reminded of an hour that could not be met; the mail has told them.
LOST_SHOWN_FOR = timedelta(days=7)
State = PublicationBundle.State


@work_queue.out_of(lambda: PublicationBundle.objects.filter(state=State.SUBMITTED))
def to_decide(scope: Scope) -> Rows | None:
    """Submitted dossiers that the person neither put together nor submitted, and of which they wrote no version."""
    sites = {*scope.board(APPROVE), *scope.board(REVIEW)}
    if not sites:
        return None
    proposed = RecordChange.objects.filter(proposed_by=scope.user, decided_at=None)
    proposed = proposed.annotate(key=Cast("pk", CharField(max_length=255))).values("key")
    of_own_proposal = Q(object_type=RecordChange._meta.label, object_id__in=proposed)
    own = BundleItem.objects.filter(
        Q(added_by=scope.user) | Q(revision__user=scope.user) | of_own_proposal, bundle=OuterRef("pk")
    )
    found = PublicationBundle.objects.filter(state=State.SUBMITTED, site__in=sites)
    found = found.exclude(made_by=scope.user).exclude(submitted_by=scope.user).exclude(Exists(own))
    return _shown(found, Value("hồ sơ đăng chờ duyệt"), "submitted_at", **deadlines_of(PublicationBundle))


@work_queue.out_of(lambda: PublicationBundle.objects.filter(state=State.SUBMITTED))
def handed_on(scope: Scope) -> Rows | None:
    """Dossiers that the person submitted and others decide."""
    found = PublicationBundle.objects.filter(state=State.SUBMITTED, submitted_by=scope.user)
    return _shown(found, Value("hồ sơ đăng"), "submitted_at", **deadlines_of(PublicationBundle))


@work_queue.out_of(lambda: PublicationBundle.objects.filter(state=State.RETURNED))
def returned(scope: Scope) -> Rows | None:
    """Dossiers that the person submitted and got back; for those who write there, also of a user who has left."""
    if not scope.sites:
        return None
    found = PublicationBundle.objects.filter(state=State.RETURNED, site__in=scope.sites)
    found = found.alias(owner=Coalesce("submitted_by", "made_by"))
    held = Appointment.objects.in_force().filter(person=OuterRef("owner"))
    here = held.filter(Q(site=OuterRef("site")) | Q(site=OuterRef("site__parent")))
    found = found.filter(Q(owner=scope.user.pk) | ~Exists(here) & Q(site__in=scope.own_sites(WRITE)))
    return _shown(found, Concat(Value("hồ sơ đăng: "), F("reason"), output_field=CharField()), "decided_at")


@work_queue.out_of(lambda: PublicationBundle.objects.filter(state=State.COLLECTING))
def unfinished(scope: Scope) -> Rows | None:
    """Dossiers that the person began, or submitted and saw changed, and that are not submitted."""
    if not scope.own_sites(WRITE):
        return None
    found = PublicationBundle.objects.filter(state=State.COLLECTING)
    found = found.filter(Q(made_by=scope.user) | Q(submitted_by=scope.user))
    return _shown(found, Value("hồ sơ đăng chưa gửi duyệt"), "made_at")


@work_queue.out_of(lambda: PublicationBundle.objects.filter(state__in=(State.SCHEDULED, State.RETURNED)))
def scheduled(scope: Scope) -> Rows | None:
    """Dossiers approved for a later hour, and those of the person that could not be published at theirs."""
    if not scope.sites:
        return None
    own = Q(submitted_by=scope.user) | Q(decided_by=scope.user)
    lost = own & Q(state=State.RETURNED, publish_at__gte=scope.moment - LOST_SHOWN_FOR) & ~Q(failure="")
    found = PublicationBundle.objects.filter(Q(state=State.SCHEDULED) | lost, site__in=scope.sites)
    failed = Concat(Value("hồ sơ đăng, không đăng được: "), F("failure"), output_field=TextField())
    note = Case(When(~Q(failure=""), then=failed), default=Value("hồ sơ đăng hẹn giờ"), output_field=TextField())
    return _shown(found, note, "publish_at")


def _shown(found: QuerySet, note, at: str, **time_left) -> Rows:
    return rows(found, title="title", note=note, at=at, site="site", **time_left)


def address_of(bundle: PublicationBundle) -> str:
    """Return the screen of a dossier, for its deadline."""
    return reverse("workflows_bundle", args=[bundle.pk])


def register() -> None:
    """Add them to the work queue; called by `own_work.register_own_work`."""
    for key, kind, find in (
        ("ho-so-dang", "quyet-dinh", to_decide),
        ("ho-so-dang-da-gui", "da-gui", handed_on),
        ("ho-so-dang-tra-lai", "tra-lai", returned),
        ("ho-so-dang-gom", "ban-nhap", unfinished),
        ("ho-so-dang-hen-gio", "hen-gio", scheduled),
    ):
        work_queue.register_source(key, kind, find, "workflows_bundle", "workflows_bundles")
    # Of a ward the menu is the way: there most things appear one by one.
    work_queue.register_shortcut(
        "Lập hồ sơ đăng", "workflows_bundle_new", lambda scope: scope.is_of_city and may(scope.user, WRITE, city_site())
    )
