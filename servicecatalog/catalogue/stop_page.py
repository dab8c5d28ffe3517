"""The page that nginx shows while the portal is stopped as was announced: written while the portal still runs.

The job `write_stop_page` keeps it as the public notices say (`ServiceOutagePage`, a planned stop of the whole portal),
from the publication until the end; nginx reads it where it would say that the portal is away
(`deploy/nginx/portal.conf`). Its words are true at any moment between: they name the times and do not say that it is
now. It is in the folder that all machines share, so that each of their web servers finds it.
"""

import os
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string

from ..models import ServiceOutagePage

FOLDER, NAME = "tam-ngung", "trang.html"


def place() -> Path:
    """Return where the page is."""
    return Path(settings.PORTAL_GONE_SHARED) / FOLDER / NAME


def announced(on: datetime) -> ServiceOutagePage | None:
    """Return the public notice of the next planned stop of the whole portal that is not over."""
    stops = ServiceOutagePage.objects.live().filter(is_planned=True, whole_portal=True, ends_at__gt=on)
    return stops.exclude(starts_at=None).order_by("starts_at", "pk").first()


def write(*, on: datetime) -> bool:
    """Write the page of what is announced, or remove that of what is over; tell whether anything changed."""
    stop, path = announced(on), place()
    if stop is None:
        was_there = path.exists()
        path.unlink(missing_ok=True)
        return was_there
    text = render_to_string("servicecatalog/stop_page.html", {"stop": stop})
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: nginx may read it at this moment.
    new = path.with_suffix(f".{os.getpid()}")
    new.write_text(text, encoding="utf-8")
    os.replace(new, path)
    return True
