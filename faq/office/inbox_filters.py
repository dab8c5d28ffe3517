"""The inbox narrowed by what its address says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import (
    Count,
    Model,
    Q,
    QuerySet,
)
from django.utils.functional import cached_property

from base.models import OrganisationUnit, PortalSite
from base.public.index.filters import Choice
from base.queries.contains import contains
from workflows import deadlines

from ..models import QuestionTopic, State
from ..models.question import ENDED
from .inbox import ANY, OPEN, first_mine_then_due, soon_and_paused, visible_to, with_due

# Asked for by what points to no row.
NONE = "chua"


@dataclass(frozen=True)
class Filter:
    """One filter as the screen shows it; the counts of its choices (but the first, which is all) add up to `total`."""

    name: str
    label: str
    total: int
    choices: list[Choice]

    @property
    def chosen(self) -> str:
        """The value that was chosen, "" for none."""
        return next((choice.value for choice in self.choices if choice.is_chosen), "")


@dataclass(frozen=True)
class ByCases:
    """A filter whose cases part the questions: `cases` of the inbox gives {value: (label, condition)}, one holds."""

    name: str
    label: str
    all_label: str
    cases: Callable[["Inbox"], dict[str, tuple[str, Q]]]

    def wanted(self, inbox: "Inbox", value: str) -> Q:
        return self.cases(inbox).get(value, ("", Q()))[1]

    def counted(self, inbox: "Inbox") -> Filter:
        cases, chosen = self.cases(inbox), inbox.value(self.name)
        counting = {f"n{place}": Count("pk", filter=wanted) for place, (_, wanted) in enumerate(cases.values())}
        counts = list(inbox.filtered(without=self).order_by().aggregate(**counting).values())
        choices = [Choice("", self.all_label, sum(counts))]
        choices += [
            Choice(value, label, count, value == chosen)
            for (value, (label, _)), count in zip(cases.items(), counts, strict=True)
        ]
        return Filter(self.name, self.label, sum(counts), choices)


@dataclass(frozen=True)
class ByState:
    """The filter by state; what is open where nothing is asked for."""

    name: str
    label: str

    def wanted(self, inbox: "Inbox", value: str) -> Q:
        if value in State.values:
            return Q(state=value)
        return Q() if value == ANY else ~Q(state__in=[*ENDED, State.MERGED])

    def counted(self, inbox: "Inbox") -> Filter:
        found = inbox.filtered(without=self)
        counts = dict(found.order_by().values_list("state").annotate(n=Count("pk")))
        total, chosen = sum(counts.values()), inbox.value(self.name)
        ended = sum(counts.get(state, 0) for state in (*ENDED, State.MERGED))
        choices = [
            Choice(OPEN, "Đang xử lý", total - ended, chosen == OPEN),
            Choice(ANY, "Tất cả", total, chosen == ANY),
            *(Choice(value, str(label), counts.get(value, 0), chosen == value) for value, label in State.choices),
        ]
        return Filter(self.name, self.label, total, choices)


@dataclass(frozen=True)
class ByRow:
    """A filter by the row of `model` that `field` points to; only those that some question has, and the chosen one.

    `none` is what questions without one are called, "" where each has one.
    """

    name: str
    label: str
    all_label: str
    field: str
    model: type[Model]
    none: str = ""

    def wanted(self, inbox: "Inbox", value: str) -> Q:
        if self.none and value == NONE:
            return Q(**{self.field: None})
        return Q(**{f"{self.field}__slug": value}) if value else Q()

    def counted(self, inbox: "Inbox") -> Filter:
        names = dict(self.model.objects.values_list("slug", "name"))
        found = inbox.filtered(without=self).order_by().values_list(f"{self.field}__slug")
        counts, chosen = dict(found.annotate(n=Count("pk"))), inbox.value(self.name)
        choices = [Choice("", self.all_label, sum(counts.values()))]
        for key in sorted((key for key in names if key in counts or key == chosen), key=lambda key: names[key]):
            choices.append(Choice(key, names[key], counts.get(key, 0), key == chosen))
        if self.none and (None in counts or chosen == NONE):
            choices.append(Choice(NONE, self.none, counts.get(None, 0), chosen == NONE))
        return Filter(self.name, self.label, sum(counts.values()), choices)


def _handlers(inbox: "Inbox") -> dict[str, tuple[str, Q]]:
    return {
        "toi": ("Tôi đang xử lý", Q(claimed_by=inbox.user)),
        "chua-ai": ("Chưa ai nhận", Q(claimed_by=None)),
        "nguoi-khac": ("Người khác đang xử lý", ~Q(claimed_by=None) & ~Q(claimed_by=inbox.user)),
    }


def _deadlines(inbox: "Inbox") -> dict[str, tuple[str, Q]]:
    # An empty list would make Django answer 0 to every count beside it; no key is 0.
    soon, paused = ([0, *keys] for keys in inbox.soon_and_paused)
    is_late = Q(due__lt=inbox.on) | Q(has_been_late=True)
    is_soon, is_paused = ~is_late & Q(due_by__in=soon), ~is_late & Q(due_by__in=paused)
    standing = deadlines.Standing
    return {
        "qua-han": (standing.LATE.label, is_late),
        "sap-den-han": (standing.SOON.label, is_soon),
        "con-han": (standing.RUNNING.label, Q(due__gte=inbox.on) & ~is_late & ~Q(due_by__in=[*soon, *paused])),
        "tam-dung": (standing.PAUSED.label, is_paused),
        "khong": ("Không còn tính thời hạn", Q(due=None)),
    }


def _remarks(inbox: "Inbox") -> dict[str, tuple[str, Q]]:
    return {
        "nghi-ngo": ("Nghi không phải câu hỏi", Q(is_suspect=True)),
        "cho-bo-sung": ("Chờ người hỏi bổ sung", Q(waiting_since__isnull=False, is_suspect=False)),
        "thuong": ("Bình thường", Q(is_suspect=False, waiting_since=None)),
    }


BY_STATE = ByState("tinh_trang", "Tình trạng")
# In the order on the screen; each by its name in the address.
FILTERS = (
    ByCases("cua", "Người xử lý", "Tất cả", _handlers),
    BY_STATE,
    ByCases("han", "Thời hạn", "Mọi thời hạn", _deadlines),
    ByRow("trang", "Trang", "Mọi trang", "owner_site", PortalSite),
    ByRow("don_vi", "Đơn vị trả lời", "Mọi đơn vị", "unit", OrganisationUnit, none="Chưa chuyển đơn vị"),
    ByRow("linh_vuc", "Lĩnh vực", "Mọi lĩnh vực", "topic", QuestionTopic, none="Chưa có lĩnh vực"),
    ByCases("luu_y", "Lưu ý", "Tất cả", _remarks),
)


@dataclass
class Inbox:
    """The inbox of a person as asked for: `asked` is the query of the address, name → value."""

    user: object
    asked: dict
    on: date = field(default_factory=deadlines.today)

    def __post_init__(self):
        self.base = with_due(visible_to(self.user))
        if words := self.asked.get("q", "").strip():
            self.base = self.base.filter(Q(number__icontains=words) | contains("title", words))

    @cached_property
    def soon_and_paused(self) -> tuple[list[int], list[int]]:
        return soon_and_paused(self.on)

    def questions(self) -> QuerySet:
        """What the filters leave, sorted, with all that a list shows."""
        found = self.filtered()
        return first_mine_then_due(found.select_related("topic", "unit", "owner_site__unit", "claimed_by"), self.user)

    def filters(self) -> list[Filter]:
        """Return every filter with its counts: each is counted over what the other filters leave; a query each."""
        return [one.counted(self) for one in FILTERS]

    def as_text(self) -> str:
        """The filters as text, for the head of a sheet."""
        parts = [
            f"{found.label}: {choice.label}" for found in self.filters() for choice in found.choices if choice.is_chosen
        ]
        if words := self.asked.get("q", "").strip():
            parts.insert(0, f"Tìm «{words}»")
        return "; ".join(parts) or "Tất cả"

    def filtered(self, without=None) -> QuerySet:
        """What all filters leave but one of them."""
        wanted = Q()
        for one in FILTERS:
            if one is not without:
                wanted &= one.wanted(self, self.value(one.name))
        return self.base.filter(wanted)

    def value(self, name: str) -> str:
        """The value asked for; of the state those that are open, unless another is asked for."""
        asked = str(self.asked.get(name, "")).strip()
        if name == BY_STATE.name:
            return asked if asked in (ANY, *State.values) else OPEN
        return asked
