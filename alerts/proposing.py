"""By two persons: an alert that one proposes, or its change or end, comes true once another has confirmed it.

1. `propose`, `propose_change`, `propose_end`: who writes for a site says what shall be; no reader sees it.
2. A second person who approves for that site confirms (`record_changes.confirm`): then it is put up, if the alert is
   still what it was when it was proposed. A proposal may also be an item of a dossier, with the news that it leads to.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from base.chain.canonical_json import digest
from base.gate import Refused
from vietnam.dates import format_moment
from workflows.models import RecordChange
from workflows.publishing import record_changes, record_rules

from . import putting, raising, rights
from .contents import TEXTS, Content, content_of, demand_whole, names_of_sites
from .models import Alert
from .putting import DONE, Act, Doing

OTHER_NOW = "Cảnh báo đã thay đổi từ lúc đề nghị"
CHANGED_SINCE = f"{OTHER_NOW}; hãy không đồng ý và làm đề nghị mới."
# The most sites that the name of a proposal names; of more it says the number.
FEW = 2
NOT_YOURS = "Bạn không soạn cảnh báo của trang này."


@transaction.atomic
def propose(content: Content, *, by, on: datetime | None = None, reason: str) -> RecordChange:
    """Propose a new alert; return the proposal. Raises Refused, ValidationError as `raising.raise_alert`."""
    content = content.tidied()
    _demand_sense(content, reason, on)
    owner = rights.owner_for(by, content, rights.may_propose)
    rights.demand_sites(owner, content)
    values = {"act": Act.RAISE, "content": content.as_data()}
    record = Alert(owner_site=owner, title=content.title)
    return _proposed(record, Act.RAISE, values, {}, by=by, on=on, reason=reason)


@transaction.atomic
def propose_change(alert: Alert, content: Content, *, by, on: datetime | None = None, reason: str) -> RecordChange:
    """Propose that an alert says something else, or stands elsewhere or for another time; return the proposal."""
    content, alert = content.tidied(), raising.held(alert)
    _demand_may_propose(alert, by)
    _demand_sense(content, reason, on)
    rights.demand_sites(alert.owner_site, content)
    raising.demand_difference(alert, content)
    values = {"act": Act.CHANGE, "alert": alert.pk, "content": content.begun(alert.starts_at).as_data()}
    return _proposed(alert, Act.CHANGE, values, _as_it_is(alert), by=by, on=on, reason=reason)


@transaction.atomic
def propose_end(alert: Alert, *, by, on: datetime | None = None, reason: str) -> RecordChange:
    """Propose that an alert ends before its end; return the proposal."""
    alert = raising.held(alert)
    _demand_may_propose(alert, by)
    _demand_reason(reason)
    values = {"act": Act.END, "alert": alert.pk, "content": content_of(alert).as_data()}
    return _proposed(alert, Act.END, values, _as_it_is(alert), by=by, on=on, reason=reason)


def waiting_for(alert: Alert) -> list[RecordChange]:
    """Return the undecided proposals about an alert, the oldest first."""
    return [change for change in _open_changes() if change.values.get("alert") == alert.pk]


def waiting(user) -> list[RecordChange]:
    """Return the undecided proposals of the sites whose alerts a user may see, the oldest first."""
    sites = {site.pk for site in rights.own_sites(user)}
    return [change for change in _open_changes() if change.site_id in sites or change.proposed_by_id == user.pk]


def _open_changes():
    found = RecordChange.objects.filter(object_type=Alert._meta.label, decided_at=None)
    return found.select_related("site", "proposed_by").order_by("pk")


def _proposed(record: Alert, act: str, values: dict, former: dict, *, by, on, reason: str) -> RecordChange:
    if record.pk and waiting_for(record):
        raise Refused(f"«{record}» đã có đề nghị đang chờ người thứ hai; hãy chờ quyết định hoặc rút đề nghị đó.")
    label = f"{DONE[act]}: {record.title} ({_where(Content.of_data(values['content']))})"
    return record_changes.propose_action(
        record, values=values, former=former, by=by, on=on, reason=reason.strip(), label=label
    )


def _where(content: Content) -> str:
    """On which sites, in few words."""
    names = names_of_sites(content)
    return "mọi trang" if content.everywhere else ", ".join(names) if len(names) <= FEW else f"{len(names)} trang"


def _as_it_is(alert: Alert) -> dict:
    return {"version": alert.version, "content": content_of(alert).as_data()}


def _demand_may_propose(alert: Alert, by) -> None:
    if not rights.may_propose(by, alert.owner_site):
        raise Refused(NOT_YOURS)


def _demand_sense(content: Content, reason: str, on: datetime | None) -> None:
    demand_whole(content, on or timezone.now())
    _demand_reason(reason)


def _demand_reason(reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do để người thứ hai xác nhận."})


# --- Come true -------------------------------------------------------------------------------------


def _apply(change: RecordChange, by, on: datetime | None) -> Alert:
    values, moment = change.values, on or timezone.now()
    content = Content.of_data(values["content"])
    doing = Doing(change.proposed_by, moment, change.reason, agreed_by=by)
    if values["act"] != Act.END:
        demand_whole(content, moment)
        rights.demand_sites(change.site, content)
    if values["act"] == Act.RAISE:
        return putting.put(content, doing, owner=change.site)
    alert = raising.held(Alert.objects.get(pk=values["alert"]))
    if digest(_as_it_is(alert)) != change.before:
        raise Refused(CHANGED_SINCE)
    return putting.end(alert, doing) if values["act"] == Act.END else putting.change(alert, content, doing)


def _obstacle(change: RecordChange) -> str:
    """Why it cannot come true any more, before it is tried (`record_rules.Rule.obstacle`)."""
    values = change.values
    if values["act"] != Act.END:
        content = Content.of_data(values["content"])
        try:
            demand_whole(content, timezone.now())
            rights.demand_sites(change.site, content)
        except (ValidationError, Refused) as error:
            return " ".join(getattr(error, "messages", None) or [str(error)])
    if values["act"] == Act.RAISE:
        return ""
    alert = Alert.objects.prefetch_related("sites").get(pk=values["alert"])
    if alert.is_over():
        return raising.OVER
    return OTHER_NOW if digest(_as_it_is(alert)) != change.before else ""


def _ends_at(change: RecordChange) -> datetime:
    return Content.of_data(change.values["content"]).ends_at


def register() -> None:
    """Say how a proposal comes true; called once, from `AlertsConfig.ready`."""
    record_rules.register(
        Alert,
        site_of=lambda alert: alert.owner_site,
        apply=_apply,
        words=_as_text,
        draws=_drawn,
        joins_dossiers=True,
        obstacle=_obstacle,
        ends_at=_ends_at,
        is_pressing=True,
    )


# --- As text ---------------------------------------------------------------------------------------


def _as_text(change: RecordChange) -> list[tuple[str, str, str]]:
    """Each part as (its name, what it is, what it shall be); of a change only what differs."""
    former = _words(Content.of_data(change.former["content"])) if change.former else {}
    wanted = _words(Content.of_data(change.values["content"]))
    if change.values["act"] == Act.END:
        return [(name, words, "dừng") for name, words in former.items() if name in ("Tiêu đề", "Hiện ở", "Hiện đến")]
    return [
        (name, former.get(name) or "(trống)", words or "(trống)")
        for name, words in wanted.items()
        if former.get(name, "") != words
    ]


def _words(content: Content) -> dict[str, str]:
    texts = {name: getattr(content, name) for name in TEXTS}
    labels = {name: str(Alert._meta.get_field(name).verbose_name).capitalize() for name in TEXTS}
    labels |= {name: labels[name].replace("tiếng anh", "tiếng Anh") for name in labels}
    return {
        "Mức độ": str(Alert.Level(content.level).label),
        **{labels[name]: text for name, text in texts.items()},
        "Hiện ở": "; ".join(names_of_sites(content)),
        "Hiện từ": format_moment(content.starts_at) if content.starts_at else "ngay khi được xác nhận",
        "Hiện đến": format_moment(content.ends_at),
    }


def _drawn(change: RecordChange):
    content = Content.of_data(change.values["content"])
    return render_to_string("alerts/shown.html", {"content": content, "sites": names_of_sites(content)})
