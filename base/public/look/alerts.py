"""The alerts across the pages of a site and its days of mourning, as rows say them (`base.models.SiteBanner`).

1. `as_row` is the form in which `alerts` writes one; `drawn` makes of it what a page in a language shows.
2. `on_site` picks those that stand at a moment, the gravest first, and says when that changes.
3. `mourns` tells of a day whether pages are grey.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils.translation import gettext as _

from ...models.banner import banner_of
from ...models.site import PortalSite

# The gravest first, which is the order in which they stand.
ICONS = {"emergency": "siren", "warning": "triangle-alert", "info": "info"}
LEVELS = tuple(ICONS)


@dataclass
class Alert:
    """A bar under the menu; `level`: one of LEVELS; `until`: when it goes by itself, if it does.

    `key`: what a browser remembers of one that its reader has put away, another one as soon as the alert changes; ""
    for one that stays. `is_native`: its words are Vietnamese on a page that is not, for which there are none.
    """

    level: str
    title: str
    text: str = ""
    url: str = ""
    link_label: str = ""
    until: datetime | None = None
    key: str = ""
    is_native: bool = False

    @property
    def icon(self) -> str:
        return ICONS[self.level]

    @property
    def label(self) -> str:
        return {"info": _("Thông tin"), "warning": _("Cảnh báo"), "emergency": _("Khẩn cấp")}[self.level]


def as_row(content: dict, *, key: str) -> dict:
    """Return an alert as a row of a banner: `content` is that of `alerts.contents.Content.as_data`."""
    names = ("level", "title", "text", "title_en", "text_en", "url", "starts_at", "ends_at", "everywhere")
    return {"key": key, **{name: content[name] for name in names}}


def drawn(row: dict, language: str) -> Alert:
    """Return what a page in a language shows of an alert; without a text in that language its Vietnamese one."""
    is_foreign = language != settings.LANGUAGE_CODE
    translated = row.get(f"title_{language}", "") if is_foreign else ""
    return Alert(
        row["level"],
        translated or row["title"],
        row.get(f"text_{language}", "") if translated else row["text"],
        url=row["url"],
        link_label=_("Xem chi tiết") if row["url"] else "",
        until=datetime.fromisoformat(row["ends_at"]),
        # What endangers people stays on the page.
        key="" if row["level"] == "emergency" else row["key"],
        is_native=is_foreign and not translated,
    )


def on_site(site: PortalSite, language: str, now: datetime) -> tuple[list[Alert], list[datetime]]:
    """Return the alerts that stand on a site at a moment, the gravest first, and when any begins or ends by itself."""
    own, citys = banner_of(site), banner_of(site.parent) if site.parent_id else None
    rows = [*(own.alerts if own else ()), *(row for row in (citys.alerts if citys else ()) if row["everywhere"])]
    rows.sort(key=lambda row: row["starts_at"], reverse=True)
    rows.sort(key=lambda row: LEVELS.index(row["level"]))
    found, turns = [], []
    for row in rows:
        starts_at, ends_at = datetime.fromisoformat(row["starts_at"]), datetime.fromisoformat(row["ends_at"])
        if starts_at <= now < ends_at:
            found.append(drawn(row, language))
        turns += [starts_at, ends_at]
    return found, turns


def mourns(site: PortalSite | None, day: date) -> bool:
    """Tell whether the pages of a site are grey on a day: that of a national mourning (quốc tang)."""
    banner = banner_of(site if site is None or site.is_city else site.parent)
    return any(first <= day.isoformat() <= last for first, last in (banner.mourning if banner else ()))
