"""What others write down becomes part of the audit trail: Wagtail's log, and rights that change.

1. Every page and model log entry is mirrored, once, in its own transaction (`mirror`); the receivers are in
   `signal_handlers.py`.
2. The digests before and after are those of the versions (pages, documents), or of the row with what hangs on it
   (accounts, groups, sites, collections, settings).
3. A user who gets or loses a group, or becomes superuser, is written down, whichever way it was done.
"""

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from wagtail.contrib.redirects.models import Redirect
from wagtail.contrib.settings.models import AbstractSetting
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    PageLogEntry,
    Revision,
    Site,
)
from wagtail.models.sites import GroupSitePermission

from ..chain.canonical_json import content_digest, digest
from ..models import AuditEntry, PortalSite, SiteHost
from ..queries.prepared import Prepared, given, given_list
from ..request_facts import current_request
from . import trail as audit

PUBLISHING = frozenset({"portal.publish", "wagtail.publish", "wagtail.publish.scheduled"})
# Actions that change the draft: their digest before is that of the version before.
WRITING = frozenset({"wagtail.create", "wagtail.edit", "wagtail.revert", "wagtail.copy"})
# Never part of a digest: secrets, and what changes with every sign-in.
NOT_PART = frozenset({"password", "last_login", "credentials_epoch", "password_changed_at"})
HANGS_ON_A_GROUP = (GroupPagePermission, GroupCollectionPermission, GroupSitePermission)


def watched_models() -> list:
    """Return the models whose rows are settings or rights: their state before a change is kept for its entry."""
    User = get_user_model()
    settings = [model for model in apps.get_models() if issubclass(model, AbstractSetting)]
    return [User, Group, Site, Collection, Locale, Redirect, PortalSite, SiteHost, *settings]


# --- Wagtail's log ---------------------------------------------------------------------------------


def mirror(log_entry) -> AuditEntry:
    """Write the audit entry that goes with a page or model log entry."""
    obj = log_entry.page if isinstance(log_entry, PageLogEntry) else _object_of(log_entry)
    before, after = _digests(log_entry, obj)
    entry = audit.record(
        log_entry.action,
        by=log_entry.user,
        actor_name="" if log_entry.user_id is None or log_entry.user else f"Tài khoản {log_entry.user_id}",
        obj=obj,
        object_label=log_entry.label,
        before=before,
        after=after,
        detail={**(log_entry.data or {}), **({"revision": log_entry.revision_id} if log_entry.revision_id else {})},
    )
    return entry


def _object_of(log_entry):
    """The thing a model log entry tells of: the row, or an unsaved one with its number when it is gone."""
    model = log_entry.content_type.model_class() if log_entry.content_type else None
    if model is None:
        return None
    try:
        key = model._meta.pk.to_python(log_entry.object_id)
        return model._base_manager.filter(pk=key).first() or model(pk=key)
    except (ValidationError, ValueError, TypeError):
        return None


def _digests(log_entry, obj) -> tuple[str, str]:
    if obj is None or log_entry.deleted:
        return _last_after(obj), ""
    if log_entry.revision_id:
        after = _revision_digest(log_entry.revision)
        if log_entry.action in PUBLISHING:
            return _last_after(obj, PUBLISHING), after
        if log_entry.action in WRITING:
            return _last_after(obj) or _previous_version(log_entry.revision), after
        return "", after
    if isinstance(log_entry, PageLogEntry):
        return "", ""
    facts = current_request.get()
    known = facts.before.get(_key(obj), "") if facts is not None else ""
    return known or _last_after(obj), state_digest(obj)


def _afterwards(**chosen):
    rows = AuditEntry.objects.filter(object_type=given("type"), object_id=given("key"), **chosen).exclude(after="")
    return rows.values_list("after")[:1]


_AFTER = Prepared(_afterwards)
_AFTER_ACTIONS = Prepared(lambda actions: _afterwards(action__in=given_list("actions", actions)))


def _last_after(obj, actions=None) -> str:
    """The digest with which the last entry about a thing left it."""
    if obj is None:
        return ""
    asked = {"type": audit.object_type(obj), "key": str(obj.pk)}
    rows = _AFTER.rows(**asked) if actions is None else _AFTER_ACTIONS.rows(**asked, actions=sorted(actions))
    return next((after for (after,) in rows), "")


def _revision_digest(revision) -> str:
    if revision is None:
        return ""
    model = revision.content_type.model_class()
    return content_digest(model, revision.content) if model else digest(revision.content)


def _previous_version(revision) -> str:
    if revision is None:
        return ""
    rows = Revision.objects.filter(
        base_content_type_id=revision.base_content_type_id, object_id=revision.object_id, pk__lt=revision.pk
    )
    return _revision_digest(rows.order_by("-pk").first())


# --- Settings and rights ---------------------------------------------------------------------------


def note_state(instance) -> None:
    """Keep the digest of a stored row before this request changes it."""
    facts = current_request.get()
    if facts is None or facts.is_reading or instance.pk is None or _key(instance) in facts.before:
        return
    stored = type(instance)._base_manager.filter(pk=instance.pk).first()
    if stored is not None:
        facts.before[_key(instance)] = state_digest(stored)


def state_digest(obj) -> str:
    """Return the digest of a row, of its lists, and of the permissions that hang on a group."""
    state = {
        field.attname: field.value_to_string(obj) for field in obj._meta.concrete_fields if field.name not in NOT_PART
    }
    for field in obj._meta.many_to_many:
        state[field.name] = sorted(str(key) for key in getattr(obj, field.name).values_list("pk", flat=True))
    if isinstance(obj, Group):
        for model in HANGS_ON_A_GROUP:
            names = [field.attname for field in model._meta.concrete_fields if field.name != "id"]
            rows = model.objects.filter(group=obj).values_list(*names)
            state[model.__name__] = sorted([str(value) for value in row] for row in rows)
    return digest(state)


def record_groups(action: str, user, groups) -> None:
    """Write down that a person got ("rights.granted") or loses ("rights.withdrawn") groups."""
    if groups:
        fresh = get_user_model()._base_manager.get(pk=user.pk)
        audit.record(action, obj=fresh, detail={"groups": sorted(group.name for group in groups)})


def record_superuser(user, *, was: bool | None = None) -> None:
    """Write down that an account becomes or ceases to be a superuser; `was` says what it is in the database."""
    if was is None:
        was = bool(type(user)._base_manager.filter(pk=user.pk).values_list("is_superuser", flat=True).first())
    if was != user.is_superuser:
        audit.record("rights.superuser_granted" if user.is_superuser else "rights.superuser_withdrawn", obj=user)


def _key(obj) -> tuple[str, str]:
    return obj._meta.label, str(obj.pk)
