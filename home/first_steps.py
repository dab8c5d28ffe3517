"""Bắt đầu ở đây: what a person does first, by role, until it is done or put away.

`STEPS` is a table: for which roles, what, where, and the fact that shows it done; without a fact the person ticks it
themselves (`tick`, `untick`). `put_away` takes the list from the first screen, `take_out` brings it back; the page of
the list stays under Trợ giúp. `listed` asks the database once.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import CharField, Exists, Q, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from accounts.roles import ROLES, roles_of
from base.gate import Refused
from base.models import AuditEntry

from .models import FirstStepTick

PUT_AWAY = "cat-di"
SECOND_FACTOR = "second_factor"
WRITERS = frozenset({"contributor", "editor", "standing_office", "unit_head", "ward_approver"})
APPROVERS = frozenset({"deputy_head", "head", "ward_approver"})
# Who has no role: a break-glass account.
SUPERUSERS = frozenset({"superuser"})
UNITS = frozenset({"unit_contributor", "unit_leader"})
EVERYBODY = frozenset(ROLES)


@dataclass(frozen=True)
class Step:
    """One thing to do first: `screen` the name of an address, or `guide` a page of the guide, or `article` of the
    Regulation; `actions` of the audit trail that show it done, `SECOND_FACTOR` for the app that gives codes."""

    key: str
    roles: frozenset[str]
    text: str
    screen: str = ""
    guide: str = ""
    article: str = ""
    actions: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """Where it is done."""
        if self.article:
            return reverse("legalref_regulation", args=[self.article])
        return reverse("base_guide_page", args=[self.guide]) if self.guide else reverse(self.screen)

    @property
    def is_by_hand(self) -> bool:
        """Whether the person ticks it themselves."""
        return not self.actions


STEPS: tuple[Step, ...] = (
    Step(
        "xac-thuc",
        EVERYBODY | SUPERUSERS,
        "Cài đặt xác thực hai bước bằng điện thoại, cất mã dự phòng ở nơi an toàn",
        screen="accounts_enrol",
        actions=(SECOND_FACTOR,),
    ),
    Step("phan-cong", EVERYBODY, "Xem lại họ tên, chức vụ và phân công của mình", screen="wagtailadmin_account"),
    Step("dieu-8", EVERYBODY, "Đọc Điều 8 Quy chế: mật khẩu mạnh, không lưu tài khoản trên trình duyệt", article="8"),
    Step("dieu-20", WRITERS | APPROVERS, "Đọc Điều 20 Quy chế: kiểm duyệt, trách nhiệm", article="20"),
    Step("dieu-10", WRITERS, "Đọc Điều 10 Quy chế: thời hạn cung cấp từng loại thông tin", article="10"),
    Step("huong-dan-viet", WRITERS, "Đọc hướng dẫn: viết và gửi duyệt", guide="viet-va-gui-duyet"),
    Step(
        "ban-nhap",
        WRITERS,
        "Viết bản nháp đầu tiên",
        screen="wagtailadmin_explore_root",
        actions=("wagtail.create",),
    ),
    Step(
        "gui-duyet",
        WRITERS - {"ward_approver"},
        "Gửi duyệt bài đầu tiên",
        screen="wagtailadmin_explore_root",
        actions=("wagtail.workflow.start",),
    ),
    Step(
        "phan-loai",
        frozenset({"standing_office"}),
        "Phân loại, chuyển câu hỏi đầu tiên",
        screen="faq_inbox",
        actions=("portal.question.classified", "portal.question.assigned"),
    ),
    Step("dieu-22", frozenset({"standing_office"}), "Đọc Điều 22 Quy chế: việc của cơ quan Thường trực", article="22"),
    Step(
        "lich",
        frozenset({"standing_office", "technical_admin"}),
        "Xem lịch làm việc của năm: ngày nghỉ, ngày làm bù",
        screen="workflows_calendar",
    ),
    Step("dieu-21", APPROVERS, "Đọc Điều 21 Quy chế: lưu trữ và gỡ bỏ", article="21"),
    Step("huong-dan-duyet", APPROVERS | {"editor"}, "Đọc hướng dẫn: duyệt hoặc trả lại", guide="duyet-hoac-tra-lai"),
    Step(
        "duyet",
        APPROVERS,
        "Duyệt hoặc trả lại bài đầu tiên",
        screen="workflows_queue",
        actions=("wagtail.workflow.approve", "wagtail.workflow.reject", "portal.publish"),
    ),
    Step(
        "ky",
        frozenset({"unit_head", "unit_leader", "ward_approver"}),
        "Ký duyệt câu trả lời đầu tiên",
        screen="faq_inbox",
        actions=("portal.question.signed", "portal.question.returned"),
    ),
    Step("huong-dan-tra-loi", UNITS, "Đọc hướng dẫn: trả lời câu hỏi của người dân", guide="tra-loi-cau-hoi"),
    Step(
        "soan-tra-loi",
        frozenset({"unit_contributor"}),
        "Soạn và trình ký câu trả lời đầu tiên",
        screen="faq_inbox",
        actions=("portal.question.submitted",),
    ),
    Step("khan-cap", frozenset({"head"}), "Đọc hướng dẫn: đăng khẩn cấp, gỡ khẩn cấp", guide="dang-khan-cap"),
    Step("canh-bao", frozenset({"duty"}), "Đọc hướng dẫn: cảnh báo, quốc tang", guide="canh-bao"),
    Step("dieu-14", frozenset({"technical_admin"}), "Đọc Điều 14 Quy chế: nhân lực quản trị kỹ thuật", article="14"),
    Step(
        "ghi-phan-cong",
        frozenset({"technical_admin"}),
        "Ghi quyết định phân công đầu tiên",
        screen="accounts_record",
        actions=("portal.appointment.decide",),
    ),
    Step("nhat-ky", frozenset({"technical_admin"}), "Xem nhật ký kiểm tra: ai làm gì, lúc nào", screen="base_audit"),
    Step("dieu-17", frozenset({"accountant"}), "Đọc Điều 17 Quy chế: chi tạo lập thông tin, nhuận bút", article="17"),
    Step(
        "phan-cong-dau-tien",
        SUPERUSERS,
        "Ghi quyết định phân công cán bộ quản trị kỹ thuật, Trưởng ban đầu tiên; người kia đã ghi thì xác nhận",
        screen="accounts_appointments",
        actions=("portal.appointment.decide", "portal.appointment.confirm"),
    ),
    Step("ma-khoi-phuc", SUPERUSERS, "Cất mười mã khôi phục vào két, không dùng tài khoản này nữa", guide="tai-khoan"),
)
BY_KEY = {step.key: step for step in STEPS}


@dataclass(frozen=True)
class Listed:
    """One step of a person's list, done or not."""

    step: Step
    is_done: bool


@dataclass(frozen=True)
class List:
    """A person's list: its steps in order, and whether they have put it away."""

    steps: list[Listed]
    is_put_away: bool

    @property
    def done(self) -> int:
        return sum(item.is_done for item in self.steps)

    @property
    def is_shown(self) -> bool:
        """Whether it stands on the first screen."""
        return bool(self.steps) and not self.is_put_away and self.done < len(self.steps)


def steps_of(user) -> list[Step]:
    """Return the steps of a person, of all their roles."""
    roles = roles_of(user) | (SUPERUSERS if user.is_superuser else frozenset())
    return [step for step in STEPS if step.roles & roles]


def listed(user) -> List:
    """Return a person's list; one query."""
    steps = steps_of(user)
    if not steps:
        return List([], False)
    known = set(_known_of(user, steps))
    done = [Listed(step, step.key in known) for step in steps]
    return List(done, PUT_AWAY in known)


def _known_of(user, steps: list[Step]):
    """The keys of what was ticked and of what facts show, in one query."""
    ticks = FirstStepTick.objects.filter(user=user).order_by().values_list("step")
    facts = []
    for step in steps:
        if step.is_by_hand:
            continue
        done = Exists(AuditEntry.objects.filter(actor_id=user.pk, action__in=step.actions))
        if SECOND_FACTOR in step.actions:
            done = Exists(TOTPDevice.objects.filter(user=user, confirmed=True))
        named = User.objects.filter(Q(done), pk=user.pk).order_by()
        facts.append(named.values_list(Cast(Value(step.key), CharField(max_length=40))))
    return [key for (key,) in ticks.union(*facts)]


@transaction.atomic
def tick(key: str, *, by) -> None:
    """Note that a person has done a step that no fact shows; done again it changes nothing."""
    step = BY_KEY.get(key)
    if step is None or not step.is_by_hand or step not in steps_of(by):
        raise Refused("Việc này không có trong danh sách, hoặc tự được ghi nhận khi đã làm.")
    FirstStepTick.objects.get_or_create(user=by, step=key, defaults={"at": timezone.now()})


@transaction.atomic
def untick(key: str, *, by) -> None:
    """Take the tick of a step back."""
    FirstStepTick.objects.filter(user=by, step=key).exclude(step=PUT_AWAY).delete()


@transaction.atomic
def put_away(*, by) -> None:
    """Take the list from a person's first screen."""
    FirstStepTick.objects.get_or_create(user=by, step=PUT_AWAY, defaults={"at": timezone.now()})


@transaction.atomic
def take_out(*, by) -> None:
    """Bring the list back to a person's first screen."""
    FirstStepTick.objects.filter(user=by, step=PUT_AWAY).delete()
