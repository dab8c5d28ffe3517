"""1. A person says what happened; the proposal may be withdrawn while it is undecided."""

import uuid
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Page

from accounts.roles import owner_site
from base.gate import Refused
from base.locking import hold_all
from vietnam.dates import format_moment

from ... import deadlines
from ...models import TakeDown
from ...versions import one_action
from .. import redirects, review_facts
from ..targets import Target
from .grounds import BEHAVIOUR_OF, Behaviour, Decision, Ground, State
from .rights import may_decide, may_propose_on, undecided
from .starting import start
from .subjects import held, is_home, key_of, reach, specific_of

RULE = "DL-TAKEDOWN"


@transaction.atomic
@one_action()
def propose(
    page,
    ground: str,
    *,
    by,
    on: datetime | None = None,
    explanation: str = "",
    replacement_label: str = "",
    replacement_url: str = "",
    suggestion: str = Decision.TAKE_DOWN,
    behaviour: str | None = None,
    internal_note: str = "",
    group: uuid.UUID | None = None,
    joins: bool = True,
) -> list[TakeDown]:
    """Propose to take a page down, with its translations and public descendants, or a record alone; return the rows,
    the page first.

    Idempotent: a page with an undecided take-down keeps it. `joins`: so does this page itself; otherwise that is
    refused, because what is said here would be lost. `explanation` is what readers will see. Raises Refused without the
    right, ValidationError when a needed field is missing.
    """
    page = specific_of(page)
    if not may_propose_on(by, page):
        raise Refused("Bạn không có quyền đề nghị gỡ bỏ trên trang này.")
    if not isinstance(page, Page) and not getattr(page, "may_be_taken_down", False):
        raise Refused("Loại nội dung này không có đề nghị gỡ bỏ riêng.")
    if ground not in Ground.values:
        raise ValidationError({"ground": "Hãy chọn điều đã xảy ra."})
    if isinstance(page, Page) and (page.is_root() or is_home(page)):
        raise Refused("Không gỡ trang chủ; hãy đóng hoặc gộp trang thành phần ở «Các trang thành phần».")
    behaviour = behaviour or BEHAVIOUR_OF[ground]
    if behaviour == Behaviour.REDIRECT and not replacement_url:
        raise ValidationError(
            {"replacement_url": "Cách xử lý «chuyển đến nội dung thay thế» cần địa chỉ thay thế; hãy nhập địa chỉ."}
        )
    moment = on or timezone.now()
    group = group or uuid.uuid4()
    rows, taken_along = [], reach(page)
    if not taken_along:
        raise Refused("Nội dung này (cùng các trang con) không có gì đang đăng nên không có gì để gỡ bỏ.")
    target = Target()
    if replacement_url:
        target = redirects.replacement_of(replacement_url, owner_site(page), taken_along)
    hold_all([page, *taken_along])
    if not joins and (waiting := undecided(page)):
        raise Refused(f"{already_proposed(waiting)} Đề nghị này chưa được ghi.")
    for item in taken_along:
        existing = undecided(item)
        if existing:
            rows.append(existing)
            continue
        site = owner_site(item)
        row = TakeDown.objects.create(
            group=group,
            **key_of(item),
            site=site,
            title=item.title[:300],
            ground=ground,
            behaviour=behaviour,
            suggestion=suggestion,
            explanation=explanation,
            internal_note=internal_note,
            replacement_label=replacement_label,
            replacement_url=replacement_url,
            replacement_page=target.page,
            replacement_route=target.route,
            proposed_by=by,
            proposed_at=moment,
            state=State.WAITING,
        )
        row.due_on = deadlines.start(
            subject=row, rule=RULE, on=timezone.localtime(moment).date(), site=site, title=str(row)[:200]
        ).due_on
        row.save(update_fields=["due_on"])
        log(
            instance=specific_of(item),
            action="portal.takedown.propose",
            user=by,
            data={"takedown": row.pk, "ground": ground},
        )
        start(row, moment)
        rows.append(row)
    return rows


def already_proposed(row: TakeDown) -> str:
    """Say that a take-down waits for its decision already: by whom, since when, and what may be done."""
    since = format_moment(row.proposed_at)
    return (
        f"«{row.title}» đã có đề nghị gỡ bỏ của {row.proposed_by} từ {since}, lý do «{row.get_ground_display()}», "
        "đang chờ quyết định. Muốn nêu lý do khác thì người đề nghị, hoặc người quyết định, rút đề nghị ấy trước."
    )


@transaction.atomic
def withdraw(
    takedown: TakeDown, *, by, on: datetime | None = None, reason: str, cause_is_gone: bool = False
) -> TakeDown:
    """Withdraw an undecided proposal: by its proposer, or by one who may decide; the page stays as it is.

    `cause_is_gone`: what had caused it was taken back by an action that has asked for the right to that.
    """
    row = held(takedown)
    if row.state not in TakeDown.UNDECIDED:
        raise Refused(f"Đề nghị này đã được xử lý. {review_facts.ending_of_takedown(row)}")
    if not cause_is_gone and by.pk != row.proposed_by_id and not may_decide(by, row):
        raise Refused("Chỉ người đề nghị hoặc người có quyền quyết định được rút đề nghị.")
    row.state, row.decision_note = State.WITHDRAWN, reason
    row.save(update_fields=["state", "decision_note"])
    deadlines.cancel_for(row, on=on or timezone.now(), reason=reason)
    state = row.workflow_state
    if state and state.is_active:
        state.cancel(user=by)
    log(instance=row.subject, action="portal.takedown.withdraw", user=by, data={"takedown": row.pk})
    return row
