"""The alerts that stand on pages move from the front pages to rows of their own; those that are over stay in the archive.

Safe to run twice: one that is there already is left alone. The versions say where they come from: the sealed copies of
the front pages hold the words and who approved them.
"""

import json
from datetime import UTC
from hashlib import sha256

from django.db import migrations
from django.utils import timezone

LEVELS = ("info", "warning", "emergency")
MOVED = "Chuyển từ trang chủ, nơi hai người đã duyệt hoặc Trưởng ban đã đăng khẩn cấp."


def move(apps, schema_editor):
    Site = apps.get_model("base", "PortalSite")
    now = timezone.now()
    for model in ("CityHomePage", "WardHomePage"):
        pages = apps.get_model("home", model).objects.filter(live=True, alert_until__gt=now).exclude(alert_text="")
        for page in pages.filter(locale__language_code="vi"):
            site = Site.objects.filter(home_key=page.translation_key).first()
            if site is not None:
                english = pages.filter(translation_key=page.translation_key, locale__language_code="en").first()
                _raise(apps, site, page, english, now)


def _raise(apps, site, page, english, now):
    Alert, Version = apps.get_model("alerts", "Alert"), apps.get_model("alerts", "AlertVersion")
    title, text = _said(page)
    title_en, text_en = _said(english) if english is not None else ("", "")
    if text and title_en and not text_en:
        title_en = ""
    everywhere = site.kind == "city"
    values = {
        "level": page.alert_level if page.alert_level in LEVELS else "info",
        "title": title,
        "text": text,
        "title_en": title_en,
        "text_en": text_en if title_en else "",
        "url": "",
        "everywhere": everywhere,
        "sites": [] if everywhere else [site.pk],
        "starts_at": now.astimezone(UTC).isoformat(),
        "ends_at": page.alert_until.astimezone(UTC).isoformat(),
    }
    if Alert.objects.filter(owner_site=site, title=title, ends_at=page.alert_until).exists():
        return
    text_of_values = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = sha256(text_of_values.encode()).hexdigest()
    stored = {name: value for name, value in values.items() if name not in ("sites", "starts_at", "ends_at")}
    alert = Alert.objects.create(
        owner_site=site, starts_at=now, ends_at=page.alert_until, version=1, digest=digest, **stored
    )
    alert.sites.set(values["sites"])
    Version.objects.create(
        alert=alert,
        number=1,
        act="raise",
        values=values,
        digest=digest,
        made_by_name=f"trang chủ {page.pk}",
        agreed_by_name=f"bản lưu trữ của trang chủ {page.pk}",
        reason=MOVED,
        at=now,
    )
    banner, _ = apps.get_model("base", "SiteBanner").objects.get_or_create(site=site)
    row = {name: value for name, value in values.items() if name != "sites"}
    banner.alerts = [*banner.alerts, {"key": f"{alert.pk}-{digest[:12]}", **row}]
    banner.save()


def _said(page):
    """The title, which was optional, and the text."""
    title, text = page.alert_title.strip(), page.alert_text.strip()
    return (title, text) if title else (text[:120], text if len(text) > 120 else "")


class Migration(migrations.Migration):
    dependencies = [
        ("home", "0003_splits_and_names"),
        ("base", "0008_banners_of_sites"),
        ("alerts", "0001_initial"),
    ]

    operations = [migrations.RunPython(move, migrations.RunPython.noop)]
