"""Where an alert comes true: its row, its version, its sealed copy, the log line, and what readers see."""

from dataclasses import dataclass
from datetime import datetime

from wagtail.log_actions import log

from base.models import PortalSite
from base.operations.log_names import person_text
from base.public.gone import note_words
from base.public.index import readers_see_changed
from workflows.archive import copies
from workflows.models import EmergencyAct
from workflows.publishing import approval

from . import banners
from .contents import Content, content_of
from .models import Alert, AlertVersion

Act = AlertVersion.Act
DONE = {Act.RAISE: "Đăng cảnh báo", Act.CHANGE: "Sửa cảnh báo", Act.END: "Dừng cảnh báo"}


@dataclass(frozen=True)
class Doing:
    """Who does something with an alert, when and why.

    `by`: a user, or the name of one as text; `agreed_by`: the second person likewise, "" for one who acts alone.
    """

    by: object
    on: datetime
    reason: str
    agreed_by: object = ""
    is_alone: bool = False


def put(content: Content, doing: Doing, *, owner: PortalSite, source: str = "") -> Alert:
    """Raise an alert; return it. The caller has asked whether the person may and what is missing."""
    alert = Alert(owner_site=owner, source=source)
    return _store(alert, content, Act.RAISE, doing, former=content)


def change(alert: Alert, content: Content, doing: Doing) -> Alert:
    """Change an alert that the caller holds; return it."""
    return _store(alert, content, Act.CHANGE, doing, former=content_of(alert))


def end(alert: Alert, doing: Doing) -> Alert:
    """End an alert that the caller holds; return it."""
    content = content_of(alert)
    alert.ended_at = doing.on
    return _store(alert, content, Act.END, doing, former=content)


def _store(alert: Alert, content: Content, act: str, doing: Doing, *, former: Content) -> Alert:
    content = content.begun(doing.on)
    _note_what_went(alert, content, act, former)
    for name, value in content.as_data().items():
        if name not in ("sites", "starts_at", "ends_at"):
            setattr(alert, name, value)
    alert.starts_at, alert.ends_at, alert.digest = content.starts_at, content.ends_at, content.digest
    alert.version += 1
    alert.save()
    alert.sites.set(content.sites)
    emergency = _alone(alert, act, doing) if doing.is_alone else None
    is_user = not isinstance(doing.by, str)
    version = AlertVersion.objects.create(
        alert=alert,
        number=alert.version,
        act=act,
        values=content.as_data(),
        digest=content.digest,
        made_by=doing.by if is_user else None,
        made_by_name=person_text(doing.by),
        agreed_by_name=person_text(doing.agreed_by),
        emergency=emergency,
        reason=doing.reason,
        at=doing.on,
    )
    copies.seal_record(
        alert,
        {"act": act, "number": version.number, **content.as_data()},
        approved_by=doing.agreed_by or doing.by,
        submitted_by=doing.by,
        on=doing.on,
        ground=f"{DONE[act]}: {doing.reason}",
    )
    data = {"version": version.number, "reason": doing.reason}
    log(instance=alert, action=f"portal.alert.{act}", user=doing.by if is_user else None, data=data)
    banners.write(banners.rows_of(former, content), on=doing.on)
    readers_see_changed(sites=banners.sites_showing(former, content), urgent=True)
    return alert


def _note_what_went(alert: Alert, content: Content, act: str, former: Content) -> None:
    """Note in the journal what pages said and say no longer: no reader sees a copy that does, database or none."""
    if act != Act.RAISE:
        stays_everywhere = act == Act.CHANGE and banners.sites_showing(former) <= banners.sites_showing(content)
        stays = content.texts() if stays_everywhere else set()
        note_words(texts=former.texts() - stays, things=[alert], action=f"alert_{act}")


def _alone(alert: Alert, act: str, doing: Doing) -> EmergencyAct:
    emergency = EmergencyAct.objects.create(
        kind=EmergencyAct.Kind.ALERT,
        site=alert.owner_site,
        object_type=Alert._meta.label,
        object_id=str(alert.pk),
        object_label=f"{DONE[act]}: {alert.title}"[:300],
        # The version that was put up, by its number: an alert has no revisions.
        revision_id=None,
        reason=doing.reason,
        acted_by=doing.by,
        acted_at=doing.on,
    )
    approval.ask_second(emergency)
    return emergency
