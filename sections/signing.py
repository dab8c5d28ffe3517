"""The head of a unit signs a clarification about its work before it is submitted for approval (Quy chế Điều 11).

1. `ask`: who writes on the site asks for the signature under the newest version; the head gets a link to read it.
2. `sign`, `give_back`: a head of that unit who had no part in the version. They see nothing else of the site.
3. `is_missing`: while the newest version has no signature of a unit that has a head, it is not submitted
   (`ClarificationPage.preflight`). The board approves it afterwards like every page.

A ward writes and answers for its own; only units without a site, whose people have roles of their unit, sign so.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import SIGN_ANSWERS, WRITE, may
from accounts.unit_roles import may_for_unit, unit_holders
from base.gate import Refused
from base.locking import hold
from base.models import OrganisationUnit
from base.operations.notices import notify
from base.sites import site_of
from workflows.drafts import previews
from workflows.publishing.waiting import Change, GoesOn, Happening, Reach, register_waiting, tell
from workflows.publishing.writing import writers

from .models import ClarificationPage, ClarificationSignature

DAYS = 30
NEWER = "Bài đã có phiên bản mới hơn bản được xin chữ ký; hãy nhờ người soạn xin chữ ký lại."


def signing_unit(version: ClarificationPage) -> OrganisationUnit | None:
    """Return the unit whose head signs a clarification: the one that answers for it, where it has a head."""
    site = site_of(version)
    if version.responsible_unit_id is None or site is None or version.responsible_unit_id == site.unit_id:
        return None
    has_head = unit_holders(SIGN_ANSWERS, version.responsible_unit_id).exists()
    return version.responsible_unit if has_head else None


def is_signed(version: ClarificationPage) -> bool:
    """Tell whether the newest version of a clarification has its signature."""
    found = ClarificationSignature.objects.filter(page=version.pk, revision_id=version.latest_revision_id or 0)
    return found.filter(accepted=True, unit=version.responsible_unit_id).exists()


def is_missing(version: ClarificationPage) -> bool:
    """Tell whether a signature is asked of a version and is not there."""
    return signing_unit(version) is not None and not is_signed(version)


def may_ask(user, page: ClarificationPage) -> bool:
    """Tell whether a user may ask for the signature under the newest version now."""
    if not may(user, WRITE, site_of(page)) or page.latest_revision_id is None:
        return False
    waits = page.signatures.filter(decided_at=None, revision_id=page.latest_revision_id).exists()
    return not waits and is_missing(page.get_latest_revision_as_object())


def register_what_waits() -> None:
    """Say what becomes of a request (`workflows.publishing.waiting`); called once, from `SectionsConfig.ready`."""
    of_the_text = GoesOn("The head signs what the page says, wherever it stands.")
    register_waiting(
        ClarificationSignature,
        of=_requests_on,
        release={
            Change.REMOVED: _end,
            Change.MOVED: of_the_text,
            Change.HANDED_OVER: of_the_text,
            Change.REPLACED: GoesOn("The head publishes no version without the signature either."),
            Change.ENDED: of_the_text,
        },
    )


def _requests_on(reach: Reach) -> list[ClarificationSignature]:
    rows = list(ClarificationSignature.objects.filter(decided_at=None).order_by("pk")) if reach.pages else []
    inside = reach.pages_among([row.page_id for row in rows]) if rows else set()
    return [row for row in rows if row.page_id in inside]


def _end(request: ClarificationSignature, happening: Happening) -> None:
    request = ClarificationSignature.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if request.is_open:
        request.decided_by, request.decided_at = happening.by, happening.on
        request.accepted, request.note = False, happening.reason
        request.save(update_fields=["decided_by", "decided_at", "accepted", "note"])
        tell([request.proposed_by], "Bài xin chữ ký", request.title, happening.reason)


# --- 1. Ask ----------------------------------------------------------------------------------------


@transaction.atomic
def ask(page: ClarificationPage, *, by, on: datetime | None = None) -> ClarificationSignature:
    """Ask the head of the unit for their signature under the newest version; return the request.

    An older request of the page is closed. Raises Refused without the right to write on the site, where no signature is
    wanted, or where this version waits for it already.
    """
    page, moment = hold(page), on or timezone.now()
    if not may(by, WRITE, site_of(page)):
        raise Refused("Bạn không có vai trò soạn bài trên trang này nên không xin chữ ký được.")
    version = page.get_latest_revision_as_object()
    unit = signing_unit(version)
    if unit is None:
        raise Refused("Đơn vị chịu trách nhiệm không có thủ trưởng ký trên cổng; hãy gửi duyệt luôn.")
    if is_signed(version) or page.signatures.filter(decided_at=None, revision_id=page.latest_revision_id).exists():
        raise Refused("Bản này đã được ký hoặc đang chờ ký.")
    page.signatures.filter(decided_at=None).update(decided_at=moment, decided_by=by, accepted=False, note=NEWER)
    link = previews.make_link(
        page, by=by, on=on, recipient=f"Thủ trưởng {unit}", reason="Ký bài giải thích, làm rõ (Điều 11)", days=DAYS
    )
    request = ClarificationSignature.objects.create(
        page=page,
        revision_id=link.revision_id,
        unit=unit,
        link=link,
        title=link.title,
        reason=link.reason,
        proposed_by=by,
        proposed_at=moment,
    )
    log(instance=page, action="sections.clarification.ask", user=by, data={"unit": str(unit)})
    notify(unit_holders(SIGN_ANSWERS, unit.pk), "clarification_to_sign", {"request": request})
    return request


# --- 2. Sign or give back --------------------------------------------------------------------------


def waiting_for(user, units: frozenset[int]):
    """Return the requests that wait for the head of one of these units, oldest first, without their own."""
    return (
        ClarificationSignature.objects.filter(unit__in=units, decided_at=None)
        .exclude(proposed_by=user)
        .order_by("proposed_at")
    )


def may_sign(user, request: ClarificationSignature) -> bool:
    """Tell whether a user signs for the unit of a request, and had no part in the version."""
    return (
        request.is_open
        and may_for_unit(user, SIGN_ANSWERS, request.unit_id)
        and user.pk != request.proposed_by_id
        and user.pk not in writers(request.page)
    )


@transaction.atomic
def sign(request: ClarificationSignature, *, by, on: datetime | None = None) -> ClarificationSignature:
    """Sign the version that was asked for; return the request. Raises Refused where another version is the newest."""
    request = _held(request, by)
    page = ClarificationPage.objects.get(pk=request.page_id)
    if page.latest_revision_id != request.revision_id or previews.version_of(request.link, on) is None:
        raise Refused(NEWER)
    return _decided(request, by, on, accepted=True)


@transaction.atomic
def give_back(request: ClarificationSignature, *, by, on: datetime | None = None, note: str) -> ClarificationSignature:
    """Give a version back with what is to be corrected; return the request. ValidationError without it."""
    request = _held(request, by)
    if not note.strip():
        raise ValidationError({"note": "Hãy ghi cần sửa gì để người soạn biết."})
    return _decided(request, by, on, accepted=False, note=note)


def _held(request: ClarificationSignature, by) -> ClarificationSignature:
    hold(request.page)
    request = ClarificationSignature.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if not request.is_open:
        raise Refused("Bài này đã được ký hoặc đã trả lại.")
    if not may_sign(by, request):
        raise Refused("Chỉ thủ trưởng của đơn vị chịu trách nhiệm, không tham gia soạn bài, được ký.")
    return request


def _decided(request, by, on, *, accepted: bool, note: str = "") -> ClarificationSignature:
    request.decided_by, request.decided_at = by, on or timezone.now()
    request.accepted, request.note = accepted, note.strip()
    request.save(update_fields=["decided_by", "decided_at", "accepted", "note"])
    action = "sections.clarification.sign" if accepted else "sections.clarification.return"
    log(instance=request.page, action=action, user=by, data={"unit": str(request.unit), "note": request.note})
    notify(request.proposed_by, "clarification_decided", {"request": request})
    return request
