"""Text that was being typed when a session ended: kept encrypted, given back, removed.

1. The form must have passed the check against forged requests, and its session's key must be known: so the writer is.
2. A form of content (an editor of pages or records) is shown to its writer and to the reviewers of its site, and kept
   for 90 days. Any other form may hold what citizens say of themselves (a question from the counter, a complaint): it
   is its writer's alone, nothing of it is in the clear, reading it is written down, and it goes after 14 days.
"""

import json
import re
from datetime import datetime, timedelta

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.urls import Resolver404, resolve
from wagtail.models import Page

from base.audit.trail import record
from base.models import PortalSite
from base.sites import all_sites
from base.views import PROVING

from ..models import PortalSession, RescuedText, User
from ..roles import REVIEW, held_roles, may, owner_site

RETENTION_DAYS, PERSONAL_RETENTION_DAYS = 90, 14
# How long after its end a session's text is still taken.
TAKEN_FOR = timedelta(hours=24)
# A person who signs out on a shared machine leaves the key in its browser; their other windows send within 30 seconds.
TAKEN_FOR_AFTER_SIGNING_OUT = timedelta(minutes=15)
OFFERED_FOR = timedelta(days=14)
# Several tries to save the same form are one text.
SAME_FORM = timedelta(minutes=15)
# Of one person in a day, so that no user can fill the disk this way.
MOST_A_DAY = 60
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
SECRET = re.compile(r"passw|mat[_-]?khau|csrf|token|otp|^ma$", re.IGNORECASE)
# Where people prove who they are; a code elsewhere is that of a procedure or a unit.
SECRET_WHILE_PROVING = re.compile(f"{SECRET.pattern}|code", re.IGNORECASE)
# What a form says about itself; no user typed it.
MACHINERY = re.compile(
    r"-(?:TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS$|-(?:count|deleted|order|type|id|ORDER|DELETE|tep-giu|tep-bo)$"
    r"|^(?:next|action-.*|loaded_revision.*|overwrite_revision.*|revision_.*|portal_\w+|portal-\w+|comment_notifications"
    r"|id|slug)$"
)
TITLES = ("title", "subject", "name", "symbol_as_printed")
SNIPPETS = "wagtailsnippets_"
EDITORS = frozenset({"wagtailadmin_pages:add", "wagtailadmin_pages:edit"})


def is_taken(session: PortalSession, on: datetime) -> bool:
    """Tell whether what a session that has ended sends is still taken as its person's."""
    by_himself = session.why == PortalSession.End.SIGNED_OUT
    return on - session.ended < (TAKEN_FOR_AFTER_SIGNING_OUT if by_himself else TAKEN_FOR)


def store(request, session: PortalSession, *, on: datetime, match=None) -> RescuedText | None:
    """Keep the form of a request for the person of a session; None when nothing was typed or the session is too old.

    `match` is the screen's resolved address; the form may be sent on behalf of another screen (`path` in the form).
    """
    if request.content_type not in FORMS or (session.ended and not is_taken(session, on)):
        return None
    path, window = request.path_info, ""
    if match is None:
        path, window = request.POST.get("duong-dan", ""), request.POST.get("cua-so", "")[:40]
    secret = SECRET_WHILE_PROVING if PROVING in path else SECRET
    fields = [
        [name, value]
        for name, values in request.POST.lists()
        if name not in ("duong-dan", "cua-so") and not secret.search(name)
        for value in values
    ]
    if not any(is_typed(name, value) for name, value in fields):
        return None
    if match is None:
        try:
            match = resolve(path)
        except Resolver404:
            path = ""
    return _store(session.user, fields, path=path[:500], window=window, match=match, on=on)


@transaction.atomic
def _store(user: User, fields: list, *, path: str, window: str, match, on: datetime) -> RescuedText | None:
    object_type, object_id, site = _object_of(match, user)
    is_personal = not _is_of_content(match)
    titles = (value for wanted in TITLES for name, value in fields if name == wanted and value.strip())
    title = "" if is_personal else next(titles, "")
    values = {
        "site": site,
        "label": (title or _screen_at(path) or f"Biểu mẫu tại {path or 'trang quản trị'}")[:255],
        "object_type": object_type,
        "object_id": object_id,
        "sealed_fields": json.dumps(fields, ensure_ascii=False),
        "is_personal": is_personal,
        "stored_at": on,
    }
    same = _same(user, fields, path, window, on)
    if same is not None:
        for name, value in values.items():
            setattr(same, name, value)
        same.save()
        return same
    if RescuedText.objects.filter(user=user, stored_at__gt=on - timedelta(days=1)).count() >= MOST_A_DAY:
        return None
    text = RescuedText.objects.create(user=user, path=path, window=window, **values)
    record("account.text_rescued", by=user, obj=text, site=site)
    return text


def _same(user: User, fields: list, path: str, window: str, on: datetime) -> RescuedText | None:
    """What was kept of the same form of the same window a moment ago; of an unknown window, only the very same words.

    Two windows may hold two new articles under one address: neither takes the place of the other.
    """
    rows = RescuedText.objects.filter(user=user, path=path, window=window, stored_at__gt=on - SAME_FORM).order_by("-pk")
    if window:
        return rows.first()
    # As they lie in the store: pairs are lists there.
    return next((row for row in rows[:MOST_A_DAY] if row.fields == fields), None)


def is_typed(name: str, value: str) -> bool:
    """Tell whether a field of a form holds something that a person typed."""
    return bool(value.strip()) and not MACHINERY.search(name) and bool(readable(value))


def again(text: RescuedText) -> list[tuple[str, str]]:
    """Return (name, value) of the form as it can be sent again from its own screen, to save it as a draft.

    Empty when that screen is no editor of pages or records. What would submit or publish is left out.
    """
    try:
        match = resolve(text.path)
    except Resolver404:
        return []
    if not _is_of_content(match):
        return []
    return [(name, value) for name, value in text.fields if not name.startswith("action-")]


def _is_of_content(match) -> bool:
    """Tell whether a screen is an editor of pages or records, whose text is meant to become public."""
    if match is None:
        return False
    is_of_records = match.namespace.startswith(SNIPPETS) and match.url_name in ("add", "edit")
    return match.view_name in EDITORS or is_of_records


def readable(value: str) -> str:
    """Return a field's value as plain text: the editor's own format becomes its paragraphs."""
    if not value.startswith("{") or '"blocks"' not in value:
        return value.strip()
    try:
        blocks = json.loads(value).get("blocks", [])
        return "\n".join(block.get("text", "") for block in blocks).strip()
    except (ValueError, AttributeError, TypeError):
        return value.strip()


def paragraphs(text: RescuedText) -> list[tuple[str, str]]:
    """Return (field, plain text) of what was typed, in the form's order."""
    labels = _labels(text)
    return [
        (labels.get(name.split("-")[0], name), readable(value)) for name, value in text.fields if is_typed(name, value)
    ]


# --- Who sees it -----------------------------------------------------------------------------------


def visible_to(user: User):
    """Return the texts a person may read: their own, and those of content of the sites where they review."""
    reviewed = Q(pk=None)
    held = {site_id for _role, site_id in held_roles(user)}
    for site in all_sites():
        if site.pk in held and may(user, REVIEW, site):
            reviewed |= Q(site=site) | Q(site__parent=site) | (Q(site=None) if site.is_city else Q())
    if user.is_superuser:
        reviewed = Q()
    wanted = Q(user=user) | (reviewed & Q(is_personal=False))
    return RescuedText.objects.filter(wanted).select_related("user", "site")


@transaction.atomic
def remove(text: RescuedText, *, by: User) -> None:
    """Remove a text its writer needs no more. Raises PermissionDenied for another person."""
    if by.pk != text.user_id:
        raise PermissionDenied("Chỉ người viết xóa được văn bản giữ lại của mình.")
    record("account.text_removed", by=by, obj=text, site=text.site)
    text.delete()


def waiting(user: User, *, on: datetime):
    """Return the person's own texts of the last days, which are offered to them when they come back."""
    return RescuedText.objects.filter(user=user, stored_at__gt=on - OFFERED_FOR)


def purge(*, on: datetime) -> int:
    """Remove what was kept for 90 days, and what may be personal data after 14; return how many."""
    old = Q(stored_at__lt=on - timedelta(days=RETENTION_DAYS))
    old |= Q(is_personal=True, stored_at__lt=on - timedelta(days=PERSONAL_RETENTION_DAYS))
    removed, _rows = RescuedText.objects.filter(old).delete()
    return removed


# --- Private ---------------------------------------------------------------------------------------


def _object_of(match, user: User) -> tuple[str, str, PortalSite | None]:
    """Return type, id and site of what the screen is about; the site only where the person has had an appointment."""
    own = PortalSite.objects.filter(appointments__person=user).distinct()
    obj = None
    kwargs = match.kwargs if match else {}
    key = kwargs.get("page_id") or kwargs.get("parent_page_id")
    if key:
        obj = Page.objects.filter(pk=key).first()
    elif match and match.namespace.startswith(SNIPPETS) and kwargs.get("pk"):
        obj = _snippet(match.namespace.removeprefix(SNIPPETS), str(kwargs["pk"]))
    site = owner_site(obj) if obj is not None else None
    if site is None or not (own.filter(pk=site.pk).exists() or own.filter(pk=site.parent_id).exists()):
        # Of several sites it is not known which: then it is the writer's alone.
        sites = list(own.order_by("pk")[:2])
        site = sites[0] if len(sites) == 1 else None
    if obj is None:
        return "", "", site
    return (obj.specific_class or Page if isinstance(obj, Page) else type(obj))._meta.label, str(obj.pk), site


def _snippet(name: str, key: str):
    try:
        model = apps.get_model(*name.split("_", 1))
    except (LookupError, TypeError):
        return None
    return model._default_manager.filter(pk=key).first() if key.isdecimal() and len(key) < 19 else None


def _labels(text: RescuedText) -> dict[str, str]:
    try:
        model = apps.get_model(text.object_type)
    except (LookupError, ValueError):
        return {
            name: str(field.label or name) for name, field in getattr(_form_at(text.path), "base_fields", {}).items()
        }
    return {
        field.name: str(getattr(field, "verbose_name", field.name)).capitalize() for field in model._meta.get_fields()
    }


def _view_at(path: str):
    try:
        return getattr(resolve(path).func, "view_class", None)
    except Resolver404:
        return None


def _screen_at(path: str) -> str:
    """What the screen at a path is called; "" where that depends on what it shows."""
    title = getattr(_view_at(path), "title", "")
    return title if isinstance(title, str) else ""


def _form_at(path: str):
    """The form of the screen at a path; None for a screen of another kind."""
    return getattr(_view_at(path), "form_class", None)
