"""What this room adds to the work queue (`workflows/dashboard/work_queue.py`): dossiers of component sites, those to
decide and those to correct; and which sites and units lack people."""

from django.core.cache import cache
from django.db.models import Case, CharField, Q, Value, When
from django.db.models.functions import Concat
from django.urls import reverse

from accounts.roles import ADMINISTER, APPROVE, EMERGENCY, OPEN_SITES, may
from base.sites import city_site
from workflows.dashboard import submissions, work_queue
from workflows.dashboard.work_queue import Rows, Scope, WorkNotice, rows

from .models import Opening
from .units import staffing
from .units.rights import keeps_units

# Sites and units that the notice names one by one.
MOST_NAMED = 6
# The same for all who see it; four queries, so not asked on every first screen.
LACKING_KEY, LACKING_FOR_SECONDS = "lacking-people", 60


@work_queue.out_of(lambda: Opening.objects.filter(state=Opening.State.SUBMITTED))
def to_decide(scope: Scope) -> Rows | None:
    """Submitted dossiers that the person neither made nor submitted (`opening.may_decide`)."""
    city = city_site()
    if city is None or not (may(scope.user, OPEN_SITES, city) and may(scope.user, APPROVE, city)):
        return None
    found = Opening.objects.filter(state=Opening.State.SUBMITTED)
    found = found.filter(~Q(made_by=scope.user) | Q(made_by=None), ~Q(submitted_by=scope.user) | Q(submitted_by=None))
    return rows(found, title=_named(), note="legal_act", at="submitted_at")


@work_queue.out_of(lambda: Opening.objects.filter(state=Opening.State.REJECTED))
def to_fix(scope: Scope) -> Rows | None:
    """Dossiers of the person that came back."""
    if not may(scope.user, OPEN_SITES, city_site()):
        return None
    found = Opening.objects.filter(state=Opening.State.REJECTED, made_by=scope.user)
    return rows(found, title=_named(), note=Value("hồ sơ trang thành phần bị trả lại"), at="submitted_at")


@work_queue.out_of(lambda: Opening.objects.filter(state=Opening.State.SUBMITTED))
def handed_on(scope: Scope) -> Rows | None:
    """Dossiers that the person made or submitted and others decide."""
    found = Opening.objects.filter(Q(made_by=scope.user) | Q(submitted_by=scope.user), state=Opening.State.SUBMITTED)
    return rows(found, title=_named(), note="legal_act", at="submitted_at")


@work_queue.out_of(lambda: Opening.objects.filter(state=Opening.State.DRAFT))
def unfinished(scope: Scope) -> Rows | None:
    """Dossiers of the person that they have not submitted yet."""
    if not may(scope.user, OPEN_SITES, city_site()):
        return None
    found = Opening.objects.filter(state=Opening.State.DRAFT, made_by=scope.user)
    return rows(found, title=_named(), note=Value("hồ sơ trang thành phần chưa gửi duyệt"), at="made_at")


def of_lacking_people(scope: Scope) -> list[WorkNotice]:
    """Which sites and units have no contributor, no approver or no head: for who keeps them and who appoints."""
    if not (keeps_units(scope.user) or may(scope.user, ADMINISTER)):
        return []
    text = cache.get_or_set(LACKING_KEY, _lacking_people, LACKING_FOR_SECONDS)
    return [WorkNotice(text, reverse("home_units"), "Xem đơn vị")] if text else []


def _lacking_people() -> str:
    """Return the text of the notice, empty when all are there."""
    found = staffing.lacks()
    if not found:
        return ""
    more = f"; và {len(found) - MOST_NAMED} nơi khác" if len(found) > MOST_NAMED else ""
    return f"Chưa đủ người: {staffing.as_text(found[:MOST_NAMED])}{more}."


def _named():
    kinds = Case(*(When(kind=value, then=Value(label)) for value, label in Opening.Kind.choices))
    return Concat(kinds, Value(": "), "site__name", output_field=CharField())


def register_own_work() -> None:
    """Add all of it to the work queue; called once, from `HomeConfig.ready`."""
    for key, kind, find in (
        ("ho-so", "quyet-dinh", to_decide),
        ("ho-so-da-gui", "da-gui", handed_on),
        ("ho-so-tra-lai", "tra-lai", to_fix),
        ("ho-so-nhap", "ban-nhap", unfinished),
    ):
        work_queue.register_source(key, kind, find, "home_opening")
    submissions.register_decisions(
        "portal.opening.submit",
        {"portal.opening.approve": "Hồ sơ đã duyệt và thực hiện", "portal.opening.reject": "Hồ sơ bị trả lại"},
        returned="portal.opening.reject",
        screen="home_opening",
    )
    work_queue.register_notice(of_lacking_people)
    work_queue.register_shortcut("Đơn vị", "home_units", lambda scope: keeps_units(scope.user))
    work_queue.register_shortcut("Khẩn cấp", "home_emergency", lambda scope: may(scope.user, EMERGENCY))
    work_queue.register_shortcut(
        "Mở trang phường, xã", "home_open_ward", lambda scope: may(scope.user, OPEN_SITES, city_site())
    )
