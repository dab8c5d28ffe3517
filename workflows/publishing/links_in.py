"""What leads to something that shall go, or is gone: pages and documents that link to it, and old addresses.

1. `links_to` lists the places with what becomes of each, for the screens of proposal and decision; each person sees
what is public, and of their own sites what is not. It reads Wagtail's index of references: links chosen in a form, of
the public versions and of drafts that never were public. Addresses typed by hand are in no index; the nightly look
finds them (`live_checks.py`), as `submit` does in a newer draft.
2. `look_afterwards`, once it is gone: the preflight looks at the public ones among them at once, so that the user who
must fix a link finds it in their work queue (`LiveFinding`) without waiting for the night.

A page type says in `when_target_goes` what its own fields do ("" where the screen tells it by itself); anything else is
a link that stays until a user corrects it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import DraftStateMixin, Page, ReferenceIndex

from accounts.roles import owner_site, works_on
from base.admin.field_anchors import edit_address, label_of, place_of
from base.admin.page_places import places_of
from base.authority import referred_model
from base.public.site_cache import Memory
from base.sites import all_sites, city_site, remember_site, sites_held

from ..models import TakeDown
from ..upkeep import live_checks

STAYS = "Liên kết còn trong bài; người bấm thấy trang báo đã gỡ, hoặc nội dung thay thế. Cần sửa."
REDIRECT_ENDS = "Thôi dẫn đến trang này; người đọc thấy trang báo đã gỡ, hoặc nội dung thay thế."
# Rows of the index that a screen reads, places that it names, and pages that are looked at within one decision.
MOST_READ, MOST_SHOWN, MOST_CHECKED = 500, 50, 20


@dataclass(frozen=True)
class LinkIn:
    """A place that leads to it.

    `address`: its screen, for another's the public page; `part`: the field; `hidden`: why readers do not see it ("" for
    what is public); `is_work`: a user must fix it.
    """

    title: str
    outcome: str
    address: str = ""
    place: str = ""
    part: str = ""
    hidden: str = ""
    is_work: bool = True


def links_to(things: Iterable, *, by) -> list[LinkIn]:
    """Return what leads to some pages or to a record, the public places first; at most `MOST_SHOWN`.

    What goes along with them is no such place, nor is what a person may not see: of another site's unpublished things
    not even the number is told. A fixed number of queries for the pages of one type.
    """
    things = list(things)
    if not things:
        return []
    with sites_held():
        found = list(_from_index(things, by))
        found += _from_addresses([thing for thing in things if isinstance(thing, Page)], by)
    return sorted(found, key=lambda link: bool(link.hidden))[:MOST_SHOWN]


def sources_of(things: Iterable) -> dict:
    """Return the pages and records that refer to some things, with the names of the fields, in the order of the index.

    Each as its specific class; what is among the things themselves is left out.
    """
    things = list(things)
    fields: dict[type, dict[str, set[str]]] = {}
    for model_class, keys in _keys(things).items():
        rows = ReferenceIndex.objects.filter(
            to_content_type=ContentType.objects.get_for_model(model_class, for_concrete_model=False),
            to_object_id__in=keys,
        ).order_by("pk")
        for type_id, key, path in rows.values_list("base_content_type", "object_id", "model_path")[:MOST_READ]:
            source = ContentType.objects.get_for_id(type_id).model_class()
            is_itself = source is model_class and key in keys
            if source is not None and not is_itself and (source is Page or issubclass(source, DraftStateMixin)):
                fields.setdefault(source, {}).setdefault(key, set()).add(path.split(".", 1)[0])
    found = {}
    for source, of_source in fields.items():
        if source is Page:
            rows = Page.objects.filter(pk__in=list(of_source)).order_by("path").specific()
        else:
            rows = source._base_manager.filter(pk__in=list(of_source)).order_by("pk")
            if any(field.name == "owner_site" for field in source._meta.fields):
                rows = rows.select_related("owner_site")
        found |= {row: of_source[str(row.pk)] for row in rows}
    return found


def _keys(things: list) -> dict[type, list[str]]:
    found: dict[type, list[str]] = {}
    for thing in things:
        found.setdefault(referred_model(type(thing)), []).append(str(thing.pk))
    return found


def _from_index(things: list, by) -> Iterator[LinkIn]:
    sources = sources_of(things)
    pages, memory = [source for source in sources if isinstance(source, Page)], Memory()
    places = places_of(pages)
    for page in pages:
        remember_site(page, memory)
    for source, fields in sources.items():
        is_own = works_on(by, owner_site(source))
        if not source.live and not is_own:
            continue
        outcomes = {name: getattr(source, "when_target_goes", {}).get(name, STAYS) for name in sorted(fields)}
        for name, words in outcomes.items():
            if not words:
                # The screen tells of it in its own words (`shown_on`).
                continue
            yield LinkIn(
                title=str(source),
                outcome=words,
                place=places.get(source.pk, "") if isinstance(source, Page) else "",
                address=_screen_of(source, name) if is_own else getattr(source, "full_url", "") or "",
                part=_label_of(source, name),
                hidden=_hidden(source),
                is_work=words == STAYS and source.live,
            )


def _hidden(source) -> str:
    if source.live:
        return ""
    return "chưa đăng" if source.first_published_at is None else "không còn đăng"


def _screen_of(source, field: str) -> str:
    address = edit_address(source)
    return f"{address}{place_of(source, field)}" if address else ""


def _label_of(source, field: str) -> str:
    return label_of(source, field) if edit_address(source) else ""


def _from_addresses(pages: list, by) -> list[LinkIn]:
    """Redirects to the pages, and take-downs that redirect to them."""
    keys, of_host = [page.pk for page in pages], {site.wagtail_site_id: site for site in all_sites()}
    rows = Redirect.objects.filter(redirect_page__in=keys).order_by("old_path")
    found = [
        LinkIn(f"Chuyển hướng từ {row.old_path}", REDIRECT_ENDS, is_work=False)
        for row in rows[:MOST_SHOWN]
        if works_on(by, of_host.get(row.site_id) or city_site())
    ]
    led = TakeDown.objects.filter(replacement_page__in=keys, state=TakeDown.State.TAKEN_DOWN).select_related("site")
    return found + [
        LinkIn(f"«{row.title}» đã gỡ trước đây, đang dẫn đến đây", REDIRECT_ENDS, is_work=False)
        for row in led.exclude(Q(page__in=keys))[:MOST_SHOWN]
        if works_on(by, row.site)
    ]


def look_afterwards(gone: Iterable, *, on: datetime) -> None:
    """Let `check_again` follow once readers do not have it any more: it holds nothing up, and if it fails, the night
    finds what it would have found.
    """
    gone = list(gone)
    transaction.on_commit(lambda: check_again(gone, on=on), robust=True)


@transaction.atomic
def check_again(gone: Iterable, *, on: datetime) -> int:
    """Look at the public pages and records that link to what has just gone; return how many have something to fix.

    The first `MOST_CHECKED` of them; the others are looked at in the night.
    """
    sources = [source for source in sources_of(gone) if source.live]
    return sum(bool(live_checks.check(source, on=on)) for source in sources[:MOST_CHECKED])
