"""The inbox narrowed by what its address says."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import (
    Count,
    Q,
    QuerySet,
)

from base.contains import contains
from base.models import OrganisationUnit, PortalSite
from workflows import deadlines

from ..models import QuestionTopic, State
from ..models.question import ENDED
from .inbox import ANY, OPEN, SOON_WORKDAYS, first_mine_then_due, visible_to, with_due


@dataclass(frozen=True)
class Choice:
    """One value of a filter, with the number of questions it leaves."""

    value: str
    label: str
    count: int
    is_chosen: bool = False


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


@dataclass
class Inbox:
    """The inbox of a person as asked for: `asked` is the query of the address, name → value."""

    user: object
    asked: dict
    on: date = field(default_factory=deadlines.today)

    # The order on the screen.
    NAMES = ("cua", "tinh_trang", "han", "trang", "don_vi", "linh_vuc", "luu_y")

    def __post_init__(self):
        self.base = with_due(visible_to(self.user))
        if words := self.asked.get("q", "").strip():
            self.base = self.base.filter(Q(number__icontains=words) | contains("title", words))

    def questions(self) -> QuerySet:
        """What the filters leave, sorted, with all that a list shows."""
        found = self._filtered()
        return first_mine_then_due(found.select_related("topic", "unit", "owner_site__unit", "claimed_by"), self.user)

    def filters(self) -> list[Filter]:
        """Return every filter with its counts: each is counted over what the other filters leave; a query each."""
        return [getattr(self, f"_{name}")() for name in self.NAMES]

    def said(self) -> str:
        """The filters as text, for the head of a sheet."""
        parts = [
            f"{found.label}: {choice.label}" for found in self.filters() for choice in found.choices if choice.is_chosen
        ]
        return "; ".join(parts) or "Tất cả"

    # --- What each filter leaves -------------------------------------------------------------------

    def _filtered(self, without: str = "") -> QuerySet:
        wanted = Q()
        for name in self.NAMES:
            if name != without:
                wanted &= getattr(self, f"_{name}_wanted")(self.value(name))
        return self.base.filter(wanted)

    def value(self, name: str) -> str:
        """The value asked for; of the state those that are open, unless another is asked for."""
        asked = str(self.asked.get(name, "")).strip()
        if name == "tinh_trang":
            return asked if asked in (ANY, *State.values) else OPEN
        return asked

    def _cua_wanted(self, value: str) -> Q:
        return {
            "toi": Q(claimed_by=self.user),
            "chua-ai": Q(claimed_by=None),
            "nguoi-khac": ~Q(claimed_by=None) & ~Q(claimed_by=self.user),
        }.get(value, Q())

    def _tinh_trang_wanted(self, value: str) -> Q:
        if value in State.values:
            return Q(state=value)
        return Q() if value == ANY else ~Q(state__in=[*ENDED, State.MERGED])

    def _han_wanted(self, value: str) -> Q:
        soon = deadlines.workdays_after(self.on, SOON_WORKDAYS)
        is_late = Q(due__lt=self.on) | Q(has_been_late=True)
        return {
            "qua-han": is_late,
            "hom-nay": Q(due=self.on) & ~is_late,
            "sap-den": Q(due__gt=self.on, due__lte=soon) & ~is_late,
            "con-han": Q(due__gt=soon) & ~is_late,
            "khong": Q(due=None),
        }.get(value, Q())

    def _trang_wanted(self, value: str) -> Q:
        return Q(owner_site__slug=value) if value else Q()

    def _don_vi_wanted(self, value: str) -> Q:
        if value == "chua":
            return Q(unit=None)
        return Q(unit__slug=value) if value else Q()

    def _linh_vuc_wanted(self, value: str) -> Q:
        if value == "chua":
            return Q(topic=None)
        return Q(topic__slug=value) if value else Q()

    def _luu_y_wanted(self, value: str) -> Q:
        return {
            "nghi-ngo": Q(is_suspect=True),
            "cho-bo-sung": Q(waiting_since__isnull=False, is_suspect=False),
            "thuong": Q(is_suspect=False, waiting_since=None),
        }.get(value, Q())

    # --- The filters -------------------------------------------------------------------------------

    def _cua(self) -> Filter:
        labels = [("toi", "Tôi đang xử lý"), ("chua-ai", "Chưa ai nhận"), ("nguoi-khac", "Người khác đang xử lý")]
        return self._counted("cua", "Người xử lý", "Tất cả", labels)

    def _tinh_trang(self) -> Filter:
        found = self._filtered(without="tinh_trang")
        counts = dict(found.order_by().values_list("state").annotate(n=Count("pk")))
        total, chosen = sum(counts.values()), self.value("tinh_trang")
        ended = sum(counts.get(state, 0) for state in (*ENDED, State.MERGED))
        choices = [
            Choice(OPEN, "Đang xử lý", total - ended, chosen == OPEN),
            Choice(ANY, "Tất cả", total, chosen == ANY),
            *(Choice(value, str(label), counts.get(value, 0), chosen == value) for value, label in State.choices),
        ]
        return Filter("tinh_trang", "Tình trạng", total, choices)

    def _han(self) -> Filter:
        labels = [
            ("qua-han", "Quá hạn"),
            ("hom-nay", "Hạn hôm nay"),
            ("sap-den", f"Đến hạn trong {SOON_WORKDAYS} ngày làm việc"),
            ("con-han", "Còn hạn"),
            ("khong", "Không còn tính thời hạn"),
        ]
        return self._counted("han", "Thời hạn", "Mọi thời hạn", labels)

    def _luu_y(self) -> Filter:
        labels = [
            ("nghi-ngo", "Nghi không phải câu hỏi"),
            ("cho-bo-sung", "Chờ người hỏi bổ sung"),
            ("thuong", "Bình thường"),
        ]
        return self._counted("luu_y", "Lưu ý", "Tất cả", labels)

    def _counted(self, name: str, label: str, all_label: str, labels: list[tuple[str, str]]) -> Filter:
        """A filter whose values part the questions: each is in exactly one."""
        wanted = {
            f"n{place}": Count("pk", filter=getattr(self, f"_{name}_wanted")(value))
            for place, (value, _) in enumerate(labels)
        }
        counts = list(self._filtered(without=name).order_by().aggregate(**wanted).values())
        chosen = self.value(name)
        choices = [Choice("", all_label, sum(counts))]
        choices += [
            Choice(value, text, count, value == chosen) for (value, text), count in zip(labels, counts, strict=True)
        ]
        return Filter(name, label, sum(counts), choices)

    def _trang(self) -> Filter:
        names = dict(PortalSite.objects.values_list("slug", "name"))
        return self._by_key("trang", "Trang", "Mọi trang", "owner_site__slug", names)

    def _don_vi(self) -> Filter:
        names = dict(OrganisationUnit.objects.values_list("slug", "name"))
        return self._by_key("don_vi", "Đơn vị trả lời", "Mọi đơn vị", "unit__slug", names, none="Chưa chuyển đơn vị")

    def _linh_vuc(self) -> Filter:
        names = dict(QuestionTopic.objects.values_list("slug", "name"))
        return self._by_key("linh_vuc", "Lĩnh vực", "Mọi lĩnh vực", "topic__slug", names, none="Chưa có lĩnh vực")

    def _by_key(self, name: str, label: str, all_label: str, lookup: str, names: dict, none: str = "") -> Filter:
        """A filter by what a question points to; only values that some question has are offered, and the chosen one."""
        counts = dict(self._filtered(without=name).order_by().values_list(lookup).annotate(n=Count("pk")))
        chosen = self.value(name)
        choices = [Choice("", all_label, sum(counts.values()))]
        for key in sorted((key for key in names if key in counts or key == chosen), key=lambda key: names[key]):
            choices.append(Choice(key, names[key], counts.get(key, 0), key == chosen))
        if none and (None in counts or chosen == "chua"):
            choices.append(Choice("chua", none, counts.get(None, 0), chosen == "chua"))
        return Filter(name, label, sum(counts.values()), choices)
