"""After a restored backup: what was taken down since is public again in the database; take it down again.

The journal (`base/public/gone/`) outlasts the database. 1. `since`: what it names after the moment of the backup, and
what is not public again by a later publication. 2. `replay`: pages and records that are live are taken down in the
name of the two persons who had decided. 3. What cannot be done that way is listed for a person. 4. All generations
leap, so that no copy takes an old number for its own.
"""

from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils import timezone
from wagtail.models import Page

from base.gate import Refused
from base.public.gone.journal import journal
from base.public.gone.removals import Removal
from base.public.page_cache import leap_generations

from . import takedown

# What an entry of another kind asks of a person.
BY_HAND = {
    "words": "tệp, cảnh báo hoặc lời đã gỡ: hãy làm lại việc thay, đóng tệp, sửa hoặc dừng cảnh báo",
    "closed": "trang đã đóng: hãy làm lại hồ sơ đóng trang",
    "replaced": "bản sửa khẩn cấp: hãy đăng lại bản đã sửa",
}

# Rolled back, or decided in the second in which the database was lost: only a person can tell.
NOT_CERTAIN = "không chắc quyết định gỡ đã được ghi: hãy hỏi người quyết định, rồi gỡ nếu đúng"


@dataclass(frozen=True)
class Replayed:
    """One thing that the journal names: `label` says which; `problem` why a person must act, "" when it is done."""

    label: str
    problem: str = ""


def since(moment: datetime) -> list[Removal]:
    """Return the entries from a moment on that still hold, the oldest first."""
    found = [removal for removal in journal().removals() if removal.at >= moment.timestamp() and removal.kind != "back"]
    return [removal for removal in found if removal.kind != "gone" or _holds(removal)]


def replay(moment: datetime, *, on: datetime | None = None, dry_run: bool = False) -> list[Replayed]:
    """Take down again what went since `moment` and is public; return what was found, done or for a person.

    An entry of which it is not certain that it was committed is for a person. Safe to repeat: what is not public is
    left alone. With `dry_run` nothing changes.
    """
    found = []
    for removal in since(moment):
        if removal.kind != "gone":
            found.append(Replayed(_named(removal), BY_HAND[removal.kind]))
            continue
        for label, key in removal.things:
            thing = apps.get_model(label)._default_manager.filter(pk=key).first()
            if thing is not None and thing.live:
                if not journal().is_done(removal.number):
                    problem = NOT_CERTAIN
                else:
                    problem = "" if dry_run else _again(thing, removal.facts, on or timezone.now())
                found.append(Replayed(f"{thing} ({label} {key})", problem))
    if not dry_run:
        leap_generations()
    return found


def _holds(removal: Removal) -> bool:
    """Not committed for certain, or not public again since."""
    if not journal().is_done(removal.number) or not removal.places:
        return True
    return any(journal().removal_at(*place) for place in removal.places)


def _again(thing, facts: dict, moment: datetime) -> str:
    """Take one thing down; return why it could not be."""
    people = get_user_model().objects.in_bulk([pk for name in ("proposed_by", "decided_by") if (pk := facts.get(name))])
    proposed_by, decided_by = people.get(facts.get("proposed_by")), people.get(facts.get("decided_by"))
    if proposed_by is None or decided_by is None:
        return "người đã quyết định không có trong bản sao lưu: hãy gỡ khẩn cấp"
    try:
        if isinstance(thing, Page):
            takedown.take_down_again(thing, facts, proposed_by=proposed_by, by=decided_by, on=moment)
        else:
            reason = facts.get("note") or facts.get("explanation") or "Gỡ lại theo sổ những gì đã gỡ."
            takedown.take_down_records([thing], proposed_by=proposed_by, by=decided_by, on=moment, reason=reason)
    except (Refused, ValidationError) as error:
        return f"không gỡ lại được ({error}): hãy gỡ khẩn cấp"
    return ""


def _named(removal: Removal) -> str:
    things = ", ".join(f"{label} {key}" for label, key in removal.things)
    return things or ", ".join(f"{host}{path}" for host, path in removal.places)
