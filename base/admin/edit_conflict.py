"""Two people edit one page or record: the one who saves second sees what the first changed, and decides.

1. An edit form carries the version it was opened on: Wagtail's `loaded_revision_id` and its moment for what has
   versions, `loaded_digest` (`KnowsItsVersion`) for plain records.
2. `look` locks the row and compares. A version that something rests on (submitted, scheduled, public) is never written
   over in place by autosave: `protect_versions_in_use` lets the save make a new one.
3. A save based on an older version is answered 409: autosave by a sentence, a form by a page that shows both texts,
   field by field, and what each changed. The whole of what was typed travels in that page.
4. The person takes their own text, the other's, or chooses for each field; `merge` saves the choice as a new version.
   If another save came meanwhile, the question is put again.
"""

import json
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from hashlib import sha256

from django import forms
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.http import HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.safestring import mark_safe
from modelcluster.models import ClusterableModel
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.log_actions import log
from wagtail.models import COMMENTS_RELATION_NAME, LockableMixin, Page, PageSubscription, Revision, TaskState

from ..gate import Refused
from ..locking import hold_all
from ..middleware.unreadable_input import is_valid

MINE, THEIRS = "mine", "theirs"
DECISION, CHOICE = "portal-merge", "portal-choice-"
BY_FIELD, ALL_MINE = "fields", "mine"
LOADED = ("loaded_revision_id", "loaded_revision_created_at", "loaded_digest", "overwrite_revision_id")
# The version both people started from, while the question is put: what the form names as loaded is then the newest.
STARTED = ("portal-started-id", "portal-started-at")
# Draftail numbers paragraphs when it first draws them; that is no change of the text.
PARAGRAPH_KEY = re.compile(r' data-block-key=\\?"[^"\\]*\\?"')

NEWER = "Nội dung này vừa được người khác lưu; phần bạn đang nhập chưa ghi đè lên bản đó."
IN_USE = "Phiên bản này đã gửi duyệt, hẹn giờ hoặc đang đăng nên không sửa được tại chỗ; hãy lưu thành phiên bản mới."


# --- 1. The version a form was opened on -----------------------------------------------------------


def has_versions(obj) -> bool:
    """Tell whether each save of a thing makes a version."""
    return hasattr(obj, "latest_revision_id")


def digest_of(obj) -> str:
    """Return a digest of a stored record: its columns, and its inline rows when it has some."""
    if isinstance(obj, ClusterableModel):
        data = obj.serializable_data()
    else:
        data = {column.attname: getattr(obj, column.attname) for column in obj._meta.concrete_fields}
        data |= {
            relation.name: sorted(getattr(obj, relation.name).values_list("pk", flat=True))
            for relation in obj._meta.many_to_many
        }
    return sha256(json.dumps(data, cls=DjangoJSONEncoder, sort_keys=True).encode()).hexdigest()


class KnowsItsVersion:
    """Mixin for the forms of pages and records: the open form knows the version it was opened on.

    After an autosave the page that stays open is told which version it now stands on.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None and not has_versions(self.instance) and not self.prefix:
            self.fields["loaded_digest"] = forms.CharField(required=False, widget=forms.HiddenInput)
            self.initial["loaded_digest"] = "" if self.is_bound else digest_of(self.instance)

    def get_field_updates_for_resave(self):
        updates = super().get_field_updates_for_resave()
        revision = getattr(self.instance, "latest_revision", None)
        if revision is not None:
            updates += [
                ("loaded_revision_id", str(revision.pk)),
                ("loaded_revision_created_at", revision.created_at.isoformat()),
            ]
        return updates


def version_aware(handler):
    """Put `KnowsItsVersion` under the form of a record's panels; return the panels."""
    asked = handler.base_form_class or getattr(handler.model, "base_form_class", WagtailAdminModelForm)
    if not issubclass(asked, KnowsItsVersion):
        handler.base_form_class = type(f"VersionAware{asked.__name__}", (KnowsItsVersion, asked), {})
    return handler


# --- 2. Looking ------------------------------------------------------------------------------------


def look(request, obj, *, form_class, handler):
    """Return the answer to a save that is based on an older version, None for one that may go on.

    `obj` is the thing as the edit view loaded it, `form_class` and `handler` its form and Wagtail's panels.
    """
    if request.method != "POST":
        return None
    # Of two saves at once one comes second.
    hold_all([obj])
    stored = type(obj)._base_manager.get(pk=obj.pk)
    _make_new_version_of_one_in_use(request, stored)
    wants_json = not request.accepts("text/html")
    decision = request.POST.get(DECISION, "")
    outdated = is_outdated(stored, request.POST)
    if wants_json:
        return _answer_autosave(stored) if outdated else None
    if not outdated and decision != BY_FIELD:
        return None
    conflict = Conflict(request, stored, form_class, handler)
    if decision == BY_FIELD and not outdated and conflict.is_decided():
        return merge(conflict)
    return conflict.answer()


def is_outdated(stored, data) -> bool:
    """Tell whether a form was opened on another version than the newest; a form that says nothing is taken as new."""
    if not has_versions(stored):
        return bool(data.get("loaded_digest")) and data["loaded_digest"] != digest_of(stored)
    latest = stored.latest_revision
    if latest is None:
        return False
    if data.get("overwrite_revision_id"):
        # The number of this editor's own autosaved version: no other user writes into it.
        return data["overwrite_revision_id"] != str(latest.pk)
    if not data.get("loaded_revision_id"):
        return False
    loaded = (data["loaded_revision_id"], data.get("loaded_revision_created_at", ""))
    return loaded != (str(latest.pk), latest.created_at.isoformat())


_rests_on: list[Callable[[int], bool]] = []


def register_use(function: Callable[[int], bool]) -> None:
    """Let a room above say that something of its own rests on a version; `function` takes its number."""
    if function not in _rests_on:
        _rests_on.append(function)


def is_in_use(revision) -> bool:
    """Tell whether something rests on a version: it was submitted in any way, waits for its hour, or is public."""
    if any(function(revision.pk) for function in _rests_on):
        return True
    if revision.approved_go_live_at is not None or TaskState.objects.filter(revision_id=revision.pk).exists():
        return True
    obj = revision.content_object
    return obj is not None and getattr(obj, "live_revision_id", None) == revision.pk


def protect_versions_in_use(sender, instance, update_fields=None, **kwargs) -> None:
    """Receiver of Revision's pre_save: refuse to write over the content of a version that something rests on."""
    if instance._state.adding or (update_fields is not None and "content" not in update_fields):
        return
    stored = Revision.objects.filter(pk=instance.pk).only("content").first()
    if stored is not None and stored.content != _as_stored(instance.content) and is_in_use(instance):
        raise Refused(IN_USE)


def _as_stored(content):
    return json.loads(json.dumps(content, cls=DjangoJSONEncoder))


def _make_new_version_of_one_in_use(request, stored) -> None:
    number = request.POST.get("overwrite_revision_id", "")
    latest = getattr(stored, "latest_revision", None)
    if latest is None or number != str(latest.pk) or not is_in_use(latest):
        return
    data = request.POST.copy()
    del data["overwrite_revision_id"]
    data["loaded_revision_id"], data["loaded_revision_created_at"] = number, latest.created_at.isoformat()
    request.POST = data


def _answer_autosave(stored):
    content = {"success": False, "error_code": "invalid_revision", "error_message": NEWER}
    return JsonResponse(content, status=409)


# --- 3. Asking -------------------------------------------------------------------------------------


@dataclass
class Difference:
    """One field in which the two texts differ: how each reads, whether both people changed it, what is chosen."""

    name: str
    label: str
    mine: str
    theirs: str
    both_changed: bool
    choice: str = ""

    @property
    def input_name(self) -> str:
        return CHOICE + self.name


@dataclass
class Conflict:
    """A save that came second: the form as sent, the newest version, and the version both started from, if known."""

    request: object
    stored: object
    form_class: type
    handler: object
    differences: list[Difference] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.theirs = self.stored.get_latest_revision_as_object() if has_versions(self.stored) else self.stored
        self.base = self._base()
        self.form = self._bound_form()
        self.mine = self.form.save(commit=False) if is_valid(self.form) else None
        if self.mine is None:
            labels = {name: bound.label for name, bound in self.form.fields.items()}
            for name, found in self.form.errors.items():
                self.errors += [f"{labels[name]}: {error}" if name in labels else str(error) for error in found]
        else:
            self.differences = list(self._differences())
        lock = self.theirs.get_lock() if isinstance(self.theirs, LockableMixin) else None
        self.is_locked = lock is not None and lock.for_user(self.request.user)

    def is_decided(self) -> bool:
        """Tell whether each difference has a choice and the choice can be saved."""
        return self.mine is not None and not self.is_locked and all(found.choice for found in self.differences)

    def answer(self):
        """Return the page that shows both texts and asks."""
        asked = self.request.POST.get(DECISION) == BY_FIELD
        context = {
            "title": "Hai người cùng sửa",
            "header_icon": "warning",
            "subject": str(self.theirs),
            "conflict": self,
            "undecided": asked and any(not found.choice for found in self.differences),
            "kept": list(self._typed()),
            "loaded": [*self._loaded_now(), *zip(STARTED, self._started(), strict=True)],
            "who": self._who(),
            "when": self._when(),
            "by_field": BY_FIELD,
            "all_mine": ALL_MINE,
            "decision": DECISION,
            "action_url": self.request.get_full_path(),
        }
        return TemplateResponse(self.request, "base/admin/edit_conflict.html", context, status=409)

    def _base(self):
        """The version the form was opened on; autosave may have written over it, then it is not known."""
        number, moment = self._started()
        if not has_versions(self.stored) or not (number.isdecimal() and len(number) < 19):
            return None
        revision = Revision.objects.for_instance(self.stored).filter(pk=number).first()
        if revision is None or revision.created_at.isoformat() != moment:
            return None
        return revision.as_object()

    def _started(self) -> tuple[str, str]:
        """Number and moment of the version the first save was based on, as the form says; "" when it does not."""
        data = self.request.POST
        names = STARTED if STARTED[0] in data else LOADED[:2]
        return data.get(names[0], ""), data.get(names[1], "")

    def _bound_form(self):
        instance = deepcopy(self.theirs) if not has_versions(self.theirs) else self._fresh_theirs()
        extra = {}
        if isinstance(instance, Page):
            subscription, _ = PageSubscription.objects.get_or_create(
                page_id=instance.pk, user=self.request.user, defaults={"comment_notifications": False}
            )
            extra = {"subscription": subscription, "parent_page": instance.get_parent()}
        form = self.form_class(
            self.request.POST, self.request.FILES, instance=instance, for_user=self.request.user, **extra
        )
        if hasattr(form, "defer_required_fields") and has_versions(instance):
            form.defer_required_fields()
        return form

    def _fresh_theirs(self):
        return type(self.stored)._base_manager.get(pk=self.stored.pk).get_latest_revision_as_object()

    def _differences(self):
        bound = self.handler.get_bound_panel(instance=self.theirs, request=self.request, form=None)
        start = self.base or self.theirs
        for compare in bound.get_comparison():
            apart = compare(self.theirs, self.mine)
            if not _has_changed(apart):
                continue
            by_me, by_them = compare(start, self.mine), compare(start, self.theirs)
            if self.base is None:
                choice, both = "", True
            elif not _has_changed(by_me):
                choice, both = THEIRS, False
            elif not _has_changed(by_them):
                choice, both = MINE, False
            else:
                choice, both = "", True
            name = _name_of(apart)
            chosen = self.request.POST.get(CHOICE + name, choice)
            yield Difference(
                name,
                apart.field_label(),
                _shown(by_me),
                _shown(by_them),
                both,
                chosen if chosen in (MINE, THEIRS) else "",
            )

    def _typed(self):
        """What was typed, name by name, as the form sent it."""
        for name, values in self.request.POST.lists():
            if name not in (*LOADED, *STARTED, "csrfmiddlewaretoken", DECISION) and not name.startswith(CHOICE):
                yield from ((name, value) for value in values)

    def _loaded_now(self):
        if not has_versions(self.stored):
            return [("loaded_digest", digest_of(self.stored))]
        latest = self.stored.latest_revision
        return [("loaded_revision_id", latest.pk), ("loaded_revision_created_at", latest.created_at.isoformat())]

    def _who(self):
        revision = getattr(self.stored, "latest_revision", None)
        if revision is None or revision.user is None:
            return ""
        return "chính bạn, ở một cửa sổ khác" if revision.user == self.request.user else revision.user.get_full_name()

    def _when(self):
        revision = getattr(self.stored, "latest_revision", None)
        return revision.created_at if revision else None


def _name_of(comparison) -> str:
    """The key of a field or child relation in an object's serialised form."""
    if comparison.is_child_relation:
        return comparison.field.get_accessor_name()
    return comparison.field.name


def _has_changed(comparison) -> bool:
    """Tell whether two texts differ in more than the numbers of their paragraphs."""
    if not comparison.has_changed() or not hasattr(comparison, "val_a"):
        return comparison.has_changed()
    return _plain(comparison.val_a) != _plain(comparison.val_b)


def _plain(value) -> str:
    raw = value.get_prep_value() if hasattr(value, "get_prep_value") else value
    return PARAGRAPH_KEY.sub("", json.dumps(raw, sort_keys=True, default=str))


def _shown(comparison) -> str:
    return mark_safe(  # noqa: S308  Wagtail's comparisons escape what they show
        render_to_string("base/admin/comparison.html", {"comp": comparison})
    )


# --- 4. Deciding -----------------------------------------------------------------------------------


@transaction.atomic
def merge(conflict: Conflict):
    """Save the newest version with the person's own text in the fields they chose; answer as the edit view does."""
    mine = [found.name for found in conflict.differences if found.choice == MINE]
    merged = _merged_version(conflict, mine) if has_versions(conflict.stored) else _merged_record(conflict, mine)
    if merged is None:
        return conflict.answer()
    messages.success(conflict.request, f"Đã lưu bản gộp của «{merged}».")
    for hook in hooks.get_hooks("after_edit_page" if isinstance(merged, Page) else "after_edit_snippet"):
        response = hook(conflict.request, merged)
        if hasattr(response, "status_code"):
            return response
    return HttpResponseRedirect(conflict.request.get_full_path())


def _merged_version(conflict: Conflict, mine: list[str]):
    if any(found.both_changed and found.choice == THEIRS for found in conflict.differences):
        # What the person gives up stays in the history, before the version that holds.
        conflict.mine.save_revision(user=conflict.request.user, log_action=True, clean=False)
    own, content = conflict.mine.serializable_data(), conflict.theirs.serializable_data()
    content |= {name: own[name] for name in mine}
    if COMMENTS_RELATION_NAME in own:
        new_comments = [comment for comment in own[COMMENTS_RELATION_NAME] if comment.get("pk") is None]
        content[COMMENTS_RELATION_NAME] = [*content.get(COMMENTS_RELATION_NAME, []), *new_comments]
    merged = conflict._fresh_theirs().with_content_json(content)
    if not merged.live:
        merged.save(**({"clean": False} if isinstance(merged, Page) else {}))
    merged.save_revision(user=conflict.request.user, log_action=True, clean=False)
    return merged


def _merged_record(conflict: Conflict, mine: list[str]):
    stored = conflict.stored
    if isinstance(stored, ClusterableModel):
        own = conflict.mine.serializable_data()
        merged = type(stored).from_serializable_data(
            {**stored.serializable_data(), **{name: own[name] for name in mine}}, check_fks=False
        )
        many = {}
    else:
        merged, many = stored, {}
        for name in mine:
            column = stored._meta.get_field(name)
            if column.many_to_many:
                many[name] = conflict.form.cleaned_data[name]
            else:
                setattr(merged, column.attname, getattr(conflict.mine, column.attname))
    try:
        merged.full_clean()
    except ValidationError as error:
        conflict.errors += error.messages
        return None
    merged.save()
    for name, values in many.items():
        getattr(merged, name).set(values)
    log(instance=merged, action="wagtail.edit", user=conflict.request.user, content_changed=True)
    return merged
