"""What went, as data: which thing of which set, and since when; never what it was called."""

from datetime import datetime

from django.db.models import Q

from alerts.feeds import ended
from alerts.models import Alert
from base.public.index.removals import STILL_GONE
from base.queries import sql
from faq.models import FaqPage
from legalref.register.addresses import DOCUMENT_TYPE
from servicecatalog.models import ServiceOffering

from .asked import Asked, Place, Row
from .pages import iso

PAGES, DOCUMENTS, SERVICES, ANSWERS, ALERTS = "trang", "van-ban", "dich-vu", "tra-loi", "canh-bao"
_SETS = {DOCUMENT_TYPE: DOCUMENTS, ServiceOffering._meta.label: SERVICES, FaqPage._meta.label: ANSWERS}
# The sets of which is said what went, each with its name among the kinds.
KINDS = (PAGES, DOCUMENTS, SERVICES, ANSWERS, ALERTS)
# The keys of alerts begin with it, and stand before those of removals.
_ALERT, _LARGEST = "alert", 2**63 - 1
_NUMBER = "CASE WHEN r.kind = %s THEN CAST(substr(r.key, 10) AS BIGINT) END"


def read(asked: Asked) -> list[Row]:
    """Return a row for each thing that went and is not public again: two queries."""
    rows = _alerts(asked) if asked.kind in ("", ALERTS) else []
    rows += [] if asked.kind == ALERTS else _removed(asked)
    # Those of one moment stay as they were read: alerts, by number, before the others, by the order of the database.
    return sorted(rows, key=lambda row: row.place.moment)[: asked.most]


def newest() -> datetime | None:
    """Return when something went last, or None; one query."""
    return sql.moment(sql.read("SELECT MAX(removed_at) FROM base_publicremoval")[0][0])


def moment_of(name: str, number: int, now: datetime) -> datetime | None:
    """Return when a thing of a set went, by its number; None for one that is public or never was."""
    if name == ALERTS:
        return ended(Alert.objects.filter(pk=number), now).values_list("over_at", flat=True).first()
    if name not in KINDS:
        return None
    key = f"{'document' if name == DOCUMENTS else 'page'}:{number}"
    kind, of_kind = _of_kind(name)
    rows = sql.read(
        f"SELECT CAST(r.removed_at AS TEXT) FROM base_publicremoval r WHERE r.key = %s{kind}", [key, *of_kind]
    )
    return sql.moment(rows[0][0]) if rows else None


def _removed(asked: Asked) -> list[Row]:
    end, parameters = asked.written(moment="r.removed_at", key="r.key", one="r.id", site="r.site_id")
    kind, of_kind = _of_kind(asked.kind)
    rows = sql.read(
        "SELECT r.key, r.kind, s.slug, CAST(r.removed_at AS TEXT) FROM base_publicremoval r "
        f"JOIN base_portalsite s ON s.id = r.site_id WHERE {STILL_GONE} AND NOT EXISTS (SELECT 1 "
        f"FROM legalref_registerentry e WHERE e.document_id = {_NUMBER}){kind}{end}",
        [DOCUMENT_TYPE, *of_kind, *parameters],
    )
    return [_row(key, _SETS.get(kind, PAGES), site, sql.moment(moment)) for key, kind, site, moment in rows]


def _of_kind(name: str) -> tuple[str, list[str]]:
    """Return the condition on the removals of one set, with its parameters."""
    if not name:
        return "", []
    labels = [label for label, of_set in _SETS.items() if of_set == name]
    if labels:
        return " AND r.kind = %s", labels
    return f" AND r.kind NOT IN {sql.places(list(_SETS))}", list(_SETS)


def _alerts(asked: Asked) -> list[Row]:
    found = ended(Alert.objects.select_related("owner_site"), asked.now)
    if asked.site:
        found = found.filter(owner_site=asked.site)
    if asked.since is not None:
        found = found.filter(over_at__gte=asked.since)
    if asked.after is not None:
        found = found.filter(_behind(asked.after))
    read = found.order_by("over_at", "pk")[: asked.most]
    return [_row(f"{_ALERT}:{alert.pk}", ALERTS, alert.owner_site.slug, alert.over_at) for alert in read]


def _behind(place: Place) -> Q:
    later = Q(over_at__gt=place.moment)
    name, _colon, number = place.key.partition(":")
    is_alert = name == _ALERT and number.isascii() and number.isdigit() and int(number) <= _LARGEST
    return later | Q(over_at=place.moment, pk__gt=int(number)) if is_alert else later


def _row(key: str, name: str, site: str, moment) -> Row:
    values = {"set": name, "id": int(key.partition(":")[2]), "site": site, "removed_at": iso(moment)}
    return Row(Place(moment, key), values)
