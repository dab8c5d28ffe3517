"""What this room brings to the work queue (`workflows/dashboard/work_queue.py`): statements and tariffs to decide,
statements to pay, and what stays unclaimed."""

from functools import partial

from django.core.cache import cache
from django.db.models import Value
from django.db.models.functions import Concat
from django.urls import reverse

from workflows.dashboard import submissions, work_queue
from workflows.dashboard.work_queue import Rows, Scope, WorkNotice, rows

from . import rights, unclaimed
from .models import BaseSalary, Budget, Scale, Statement, Tariff, TaxRule

# The same for all who see it, so long as this.
UNCLAIMED_FOR_SECONDS = 60
# Kind of tariff in addresses → its model, and what the queue calls a row.
TARIFFS = {
    "bieu-muc": (Scale, Concat(Value("Biểu mức chi: "), "name")),
    "luong-co-so": (BaseSalary, Value("Mức lương cơ sở")),
    "thue": (TaxRule, Value("Khấu trừ thuế thu nhập cá nhân")),
    "kinh-phi": (Budget, Concat(Value("Kinh phí: "), "line")),
}


@work_queue.out_of(lambda: Statement.objects.filter(state=Statement.State.SUBMITTED))
def statements(scope: Scope) -> Rows | None:
    """The statements that wait for the head's decision, but for those the user has submitted."""
    if not rights.may_decide(scope.user):
        return None
    found = Statement.objects.filter(state=Statement.State.SUBMITTED).exclude(submitted_by=scope.user)
    return rows(
        found,
        title=Concat(Value("Bảng kê nhuận bút, thù lao "), "number"),
        note=Value("bảng kê chờ quyết định"),
        at="submitted_at",
    )


@work_queue.out_of(lambda: Statement.objects.filter(state=Statement.State.SUBMITTED))
def handed_on(scope: Scope) -> Rows | None:
    """The statements that the user submitted and the head decides."""
    if not rights.may_propose(scope.user):
        return None
    return rows(
        Statement.objects.filter(state=Statement.State.SUBMITTED, submitted_by=scope.user),
        title=Concat(Value("Bảng kê nhuận bút, thù lao "), "number"),
        note=Value("bảng kê chờ quyết định"),
        at="submitted_at",
    )


def tariffs(scope: Scope, *, model: type[Tariff], title) -> Rows | None:
    """The tariffs of a kind that wait for the head's decision, but for those the user has proposed."""
    if not rights.may_decide(scope.user):
        return None
    found = model.objects.waiting().exclude(proposed_by=scope.user)
    return rows(found, title=title, note=Value("mức chi chờ quyết định"), at="proposed_at")


@work_queue.out_of(lambda: Statement.objects.filter(state=Statement.State.DECIDED))
def to_pay(scope: Scope) -> Rows | None:
    """The statements that are decided and not paid yet."""
    if not rights.may_pay(scope.user):
        return None
    return rows(
        Statement.objects.filter(state=Statement.State.DECIDED),
        title=Concat(Value("Bảng kê nhuận bút, thù lao "), "number"),
        note=Value("đã quyết định, chờ chi"),
        at="decided_at",
    )


def unclaimed_money(scope: Scope) -> list[WorkNotice]:
    """Say to those who submit statements what no user decides or what cannot be paid."""
    if not rights.may_propose(scope.user):
        return []
    key = f"unclaimed-royalties-{scope.today}"
    text = cache.get_or_set(key, lambda: unclaimed.as_text(unclaimed.look(scope.today)), UNCLAIMED_FOR_SECONDS)
    if not text:
        return []
    return [WorkNotice(f"Nhuận bút, thù lao còn treo: {text}.", reverse("royalties_unclaimed"), "Xem từng khoản")]


def register_own_work() -> None:
    """Register all of it; called once, from `RoyaltiesConfig.ready`."""
    screen = "royalties_statement"
    work_queue.register_source("bang-ke", "quyet-dinh", statements, screen, "")
    work_queue.register_source("bang-ke-da-trinh", "da-gui", handed_on, screen, "")
    submissions.register_decisions(
        "portal.royalty.submitted",
        {"portal.royalty.decided": "Bảng kê được quyết định chi", "portal.royalty.returned": "Bảng kê bị trả lại"},
        returned="portal.royalty.returned",
        screen=screen,
    )
    for kind, (model, title) in TARIFFS.items():
        find = work_queue.out_of(model.objects.waiting)(partial(tariffs, model=model, title=title))
        work_queue.register_source(kind, "quyet-dinh", find, partial(_tariff_address, kind), "")
    work_queue.register_source("chi-nhuan-but", "thoi-han", to_pay, screen, "")
    work_queue.register_notice(unclaimed_money)


def _tariff_address(kind: str, key: str) -> str:
    return reverse("royalties_tariff", args=[kind, key])
