"""Dossiers in the work queue: those to decide, handed on, returned, and those that have to be submitted again."""

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from accounts.roles import APPROVE, REVIEW, WRITE, may
from base.sites import city_site

from ..models import BundleItem, PublicationBundle
from . import work_queue
from .work_queue import Scope, rows

State = PublicationBundle.State


def to_decide(scope: Scope) -> QuerySet | None:
    """Submitted dossiers that the person neither put together nor submitted, and of which they wrote no version."""
    sites = {*scope.board(APPROVE), *scope.board(REVIEW)}
    if not sites:
        return None
    own = BundleItem.objects.filter(Q(added_by=scope.user) | Q(revision__user=scope.user), bundle=OuterRef("pk"))
    found = PublicationBundle.objects.filter(state=State.SUBMITTED, site__in=sites)
    found = found.exclude(made_by=scope.user).exclude(submitted_by=scope.user).exclude(Exists(own))
    return _shown(found, Value("hồ sơ đăng chờ duyệt"), "submitted_at")


def handed_on(scope: Scope) -> QuerySet | None:
    """Dossiers that the person submitted and others decide."""
    found = PublicationBundle.objects.filter(state=State.SUBMITTED, submitted_by=scope.user)
    return _shown(found, Value("hồ sơ đăng"), "submitted_at")


def returned(scope: Scope) -> QuerySet | None:
    """Dossiers that the person submitted and got back."""
    found = PublicationBundle.objects.filter(state=State.RETURNED, submitted_by=scope.user)
    return _shown(found, Concat(Value("hồ sơ đăng: "), F("reason"), output_field=CharField()), "decided_at")


def unfinished(scope: Scope) -> QuerySet | None:
    """Dossiers that the person began, or submitted and saw changed, and that are not submitted."""
    if not scope.own_sites(WRITE):
        return None
    found = PublicationBundle.objects.filter(state=State.COLLECTING)
    found = found.filter(Q(made_by=scope.user) | Q(submitted_by=scope.user))
    return _shown(found, Value("hồ sơ đăng chưa gửi duyệt"), "made_at")


def _shown(found: QuerySet, note, at: str) -> QuerySet:
    return rows(found, title="title", note=note, at=at, site="site")


def register() -> None:
    """Add them to the work queue; called by `own_work.register_own_work`."""
    for key, kind, find in (
        ("ho-so-dang", "quyet-dinh", to_decide),
        ("ho-so-dang-da-gui", "da-gui", handed_on),
        ("ho-so-dang-tra-lai", "tra-lai", returned),
        ("ho-so-dang-gom", "ban-nhap", unfinished),
    ):
        work_queue.register_source(key, kind, find, "workflows_bundle", "workflows_bundles")
    # Of a ward the menu is the way: there most things appear one by one.
    work_queue.register_shortcut(
        "Lập hồ sơ đăng", "workflows_bundle_new", lambda scope: scope.is_of_city and may(scope.user, WRITE, city_site())
    )
