"""What logs and the audit trail call a thing whose title may hold what must be purged; how a person is named for good.

Entries of the trail are chained and cannot be corrected, so a title in them would stay permanently. A model with the
class method `named_in_logs(key)` is called by its result in every new entry; older entries are shown under it too, and
are not found by the words of their label. A room above may name some things of a model so (`register_names`): new
entries only.
"""

import functools
import re
from collections.abc import Callable, Mapping

from django.apps import apps

# Of these facts of an entry the page itself is named, not one beside it.
ITSELF = ("page", "source")
OF_A_COPY = frozenset({"wagtail.copy", "wagtail.copy_for_translation", "wagtail.create_alias"})
_names: dict[str, Callable[[object], str]] = {}


def register_names(label: str, function: Callable[[object], str]) -> None:
    """Register what names things of a model ("app.Model") by their key; "" for those that are called by their text."""
    _names[label] = function


def name_in_logs(obj) -> str:
    """Return what new entries call a thing: its text, unless its model says another name."""
    # Asked of the object, not by `type`: a request's user is a lazy one.
    return neutral_name(obj._meta.model, obj.pk) or str(obj)


def person_text(person) -> str:
    """Return how books, archive and decisions name a person for good: "Cán bộ mẫu 01 (can-bo)".

    A name given as text stays as it is; "" where there is none.
    """
    if not person:
        return ""
    return (person if isinstance(person, str) else f"{person.get_full_name()} ({person.get_username()})")[:200]


def name_on_paper(text: str) -> str:
    """Return what was kept of a person without the account: "Cán bộ mẫu 01 (can-bo)" → "Cán bộ mẫu 01"."""
    return re.sub(r" \([^()]+\)$", "", text)


def neutral_name(model, key) -> str:
    """Return the name of a thing by its number alone; "" for what is called by its text."""
    named = getattr(model, "named_in_logs", None) or (_names.get(model._meta.label) if model is not None else None)
    return named(key) if named is not None and key is not None else ""


@functools.cache
def neutral_types() -> frozenset[str]:
    """Return the models ("app.Model") that say another name."""
    return frozenset(model._meta.label for model in apps.get_models() if hasattr(model, "named_in_logs"))


def as_shown(entry) -> tuple[str, dict]:
    """Return label and facts of an entry of the trail as screens show them: by number alone, whatever it holds."""
    if entry.object_type not in neutral_types():
        return entry.object_label, entry.detail
    name = neutral_name(apps.get_model(entry.object_type), entry.object_id)
    return name, without_titles(entry.action, entry.detail, name)


def without_titles(action: str, data: Mapping, name: str) -> dict:
    """Return the facts of an entry without the titles of the thing itself: a rename's, and a copy's."""
    details = {key: value for key, value in data.items() if key not in ("title", "slug")}
    for key in ITSELF if action in OF_A_COPY else ():
        if isinstance(details.get(key), dict):
            details[key] = {**details[key], "title": name}
    return details
