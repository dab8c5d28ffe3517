"""The questions a person works on: which he sees, what waits for him, filters with their counts, how they are sorted.

A question belongs to the site whose people handle it now; who has no right to questions on that site does not see it.
Nothing of the asker's contact data is read here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from accounts.models import Appointment
from accounts.roles import ANSWER_QUESTIONS, HANDLE_QUESTIONS, ROLES, SIGN_ANSWERS, held_roles, may
from base.contains import contains
from base.models import OrganisationUnit, PortalSite
from base.sites import all_sites
from workflows import deadlines
from workflows.models import Deadline

from ..handling.clocks import CLOCKS, UNITS_SHARE
from ..models import Answer, Question, QuestionTopic, State
from ..models.question import ENDED

CAPABILITIES = (HANDLE_QUESTIONS, ANSWER_QUESTIONS, SIGN_ANSWERS)
# Due within so many working days after today is "soon".
SOON_WORKDAYS = 3
# At whose desk a question lies in which state.
WAITS_FOR = {
    HANDLE_QUESTIONS: (State.RECEIVED, State.CLASSIFIED, State.SIGNED, State.REPLIED),
    ANSWER_QUESTIONS: (State.ASSIGNED,),
    SIGN_ANSWERS: (State.DRAFTED,),
}
ANY, OPEN = "tat-ca", "dang-xu-ly"


# --- 1. Whose questions ----------------------------------------------------------------------------


def sites_for(user, *capabilities: str) -> list[PortalSite]:
    """Return the sites on which a person may do one of the things (by default anything) with questions, by name."""
    wanted = capabilities or CAPABILITIES
    sites = sorted(all_sites(), key=lambda site: site.name)
    return [site for site in sites if any(may(user, capability, site) for capability in wanted)]


def works_with_questions(user) -> bool:
    """Tell whether questions concern a person at all."""
    return any(may(user, capability) for capability in CAPABILITIES)


def visible_to(user) -> QuerySet:
    """Return the questions that a person may see."""
    return Question.objects.filter(owner_site__in=sites_for(user))


def desks_of(user) -> set[tuple[str, int]]:
    """Return (capability, site key) of what is a person's own work: his roles on the sites where he holds them.

    Where a site has nobody of its own for a capability, it is the work of whoever has it on the city's site.
    """
    own = {(capability, site_id) for role, site_id in held_roles(user) for capability in _capabilities(role)}
    if not own:
        return set()
    sites = [(site.pk, site.parent_id) for site in all_sites()]
    staffed = {
        (capability, site_id)
        for role, site_id in Appointment.objects.in_force().values_list("role", "site_id").distinct()
        for capability in _capabilities(role)
    }
    without = {
        (capability, pk)
        for pk, parent_id in sites
        for capability in CAPABILITIES
        if (capability, parent_id) in own and (capability, pk) not in staffed
    }
    return own | without


def _capabilities(role: str) -> frozenset[str]:
    return ROLES[role].capabilities & set(CAPABILITIES) if role in ROLES else frozenset()


def waiting_for(user, desks: set[tuple[str, int]] | None = None) -> QuerySet:
    """Return what waits for a person: what he has taken, and what nobody has taken and lies at his desk.

    `desks`: what `desks_of` gave, when it is known already. Taken is what an active person holds who may do the step.

    What waits for the asker is nobody's turn; an answered question is, until it is decided whether it is published.
    """
    desks, wanted = desks_of(user) if desks is None else desks, Q(pk=None)
    for capability, states in WAITS_FOR.items():
        allowed = [site.pk for site in sites_for(user, capability)]
        wanted |= Q(claimed_by=user, owner_site__in=allowed, state__in=states)
        sites = [site_id for found, site_id in desks if found == capability]
        if sites:
            wanted |= Q(owner_site__in=sites, state__in=states) & ~claim_holds(capability)
    prepared = Q(state=State.REPLIED) & ~Q(page=None)
    return visible_to(user).filter(wanted, waiting_since=None).exclude(prepared)


def claim_holds(capability: str):
    """The condition on questions that who took one is active and may do on its site what is to be done next."""
    roles = [role.key for role in ROLES.values() if capability in role.capabilities]
    at = Q(site=OuterRef("owner_site")) | Q(site__parent=None)
    holding = Appointment.objects.in_force().filter(
        at, person=OuterRef("claimed_by"), person__is_active=True, role__in=roles
    )
    return Q(claimed_by__isnull=False) & Q(Exists(holding))


def desk_of(question: Question) -> str | None:
    """Return the capability at whose desk a question lies; None when it waits for nobody who works with questions.

    An answered question whose page is prepared goes the way of a page.
    """
    if question.state == State.REPLIED and question.page_id:
        return None
    return next((capability for capability, states in WAITS_FOR.items() if question.state in states), None)


def to_sign(sites: Iterable[int]) -> QuerySet:
    """Return the answers that wait for a signature on some sites, given by their keys."""
    return Answer.objects.filter(
        state=Answer.State.SUBMITTED,
        round=F("question__round"),
        question__state=State.DRAFTED,
        question__owner_site__in=sites,
    )


def returned_to(user) -> QuerySet:
    """Return the answers that a person wrote last and that came back to be mended."""
    return Answer.objects.filter(
        written_by=user,
        state=Answer.State.RETURNED,
        round=F("question__round"),
        question__state=State.ASSIGNED,
        question__in=visible_to(user).values("pk"),
    )


def to_sign_by(user, sites: Iterable[int], signers: dict[int, set[int]]) -> QuerySet:
    """Return the answers that a person is to sign: those on some sites at which he did not write.

    `signers`: to the city's people those who sign on each other site, by their keys: where all of them wrote at an
    answer it is the city's to sign.
    """
    rows = to_sign([*sites, *signers]).values_list("pk", "question__owner_site_id", "writer_ids")
    return Answer.objects.filter(
        pk__in=[
            pk
            for pk, site_id, writers in rows
            if user.pk not in writers and (site_id in sites or not signers[site_id] - set(writers))
        ]
    )


def proposals_to_amend(user) -> QuerySet:
    """Return the proposals to amend the Regulation that a person may see and that still run (Quy chế Điều 24)."""
    return visible_to(user).open().filter(topic__kind=QuestionTopic.Kind.AMENDMENT)


# --- 2. When it is due -----------------------------------------------------------------------------


def with_due(questions: QuerySet) -> QuerySet:
    """Annotate questions with `due` (the last day of the clock by which the asker waits) and `has_been_late`."""
    clocks = Deadline.objects.filter(
        content_type=ContentType.objects.get_for_model(Question),
        object_id=OuterRef("key_as_text"),
        met_on=None,
        cancelled=False,
        rule__code__in=CLOCKS,
    ).order_by("-pk")
    return questions.annotate(key_as_text=Cast("pk", CharField(max_length=64))).annotate(
        due=Subquery(clocks.values("last_day")[:1], output_field=DateField()),
        has_been_late=Coalesce(Subquery(clocks.values("was_late")[:1], output_field=BooleanField()), Value(False)),
    )


def first_mine_then_due(questions: QuerySet, user) -> QuerySet:
    """Sort annotated questions: one's own work first, then the soonest due, those without a clock at the end."""
    mine = Case(When(claimed_by=user, then=Value(0)), default=Value(1), output_field=IntegerField())
    return questions.order_by(mine, F("due").asc(nulls_last=True), "received_at", "pk")


@dataclass(frozen=True)
class Told:
    """How a question stands in time, in words: the last day, what is left, the colour of the badge."""

    clock: Deadline | None = None
    units_clock: Deadline | None = None
    left: str = ""
    badge: str = "unknown"


BADGES = {
    deadlines.Standing.VERY_LATE: "lapsed",
    deadlines.Standing.LATE: "lapsed",
    deadlines.Standing.SOON: "partly",
    deadlines.Standing.RUNNING: "in-force",
    deadlines.Standing.PAUSED: "unknown",
}


def told(questions: Iterable[Question], on: date | datetime | None = None) -> dict[int, Told]:
    """Return how each question stands in time, by its key; three queries however many."""
    keys = {str(question.pk): question.pk for question in questions}
    clocks = (
        Deadline.objects.open()
        .filter(content_type=ContentType.objects.get_for_model(Question), object_id__in=keys)
        .filter(rule__code__in=[*CLOCKS, UNITS_SHARE])
        .select_related("rule")
        .prefetch_related("pauses")
        .order_by("pk")
    )
    askers, units = {}, {}
    for clock in clocks:
        (units if clock.rule.code == UNITS_SHARE else askers)[keys[clock.object_id]] = clock
    with deadlines.calendar_held():
        return {key: _told(askers.get(key), units.get(key), on) for key in keys.values()}


def _told(clock: Deadline | None, units_clock: Deadline | None, on) -> Told:
    if clock is None:
        return Told(units_clock=units_clock)
    badge = BADGES.get(deadlines.standing(clock, on), "unknown")
    return Told(clock, units_clock, left_in_words(clock, on), badge)


def left_in_words(clock: Deadline, on: date | datetime | None = None) -> str:
    """Say what is left of a clock: "còn 3 ngày làm việc", "hôm nay là hạn cuối", "quá hạn 2 ngày làm việc"."""
    left = deadlines.days_left(clock, on)
    if left is None:
        return ""
    if deadlines.is_paused(clock, on):
        return f"đang tạm dừng, còn {left} ngày làm việc"
    if left == 0 and deadlines.local_date(on) <= clock.last_day:
        return "hôm nay là hạn cuối" if deadlines.local_date(on) == clock.last_day else "còn 0 ngày làm việc"
    return f"còn {left} ngày làm việc" if left > 0 else f"quá hạn {max(1, -left)} ngày làm việc"


# --- 3. Filters ------------------------------------------------------------------------------------


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
        """The filters in words, for the head of a sheet."""
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
