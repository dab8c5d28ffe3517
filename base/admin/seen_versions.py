"""A person who decides by a button decides about what they saw: the form carries the version that was shown.

1. A screen names in `seen` what its decision is about: stored rows, lists of rows, plain values. 2. The form carries a
stamp of them (`base/submission_key.html`). 3. When the button is pressed the rows are held and read again; with another
stamp, or none, nothing is done: the screen is shown as it stands now, with what was typed, and asks for another look.
A screen whose button decides about nothing that was shown says why in `without_version`. One that says neither cannot
be opened, and the list of all of them is in `docs/permissions.md`.
"""

import json
from functools import cached_property as plain_cached_property

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import FileField, Model, QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.functional import cached_property

from ..locking import hold_all

FIELD = "portal_seen"
SALT = "base.seen_versions"
STAMP_LENGTH = 40
CHANGED = "Nội dung trên màn hình này đã thay đổi từ lúc bạn mở, nên chưa ghi gì."
OUTDATED = f"{CHANGED} Màn hình này nay hiện bản mới nhất; hãy xem lại rồi bấm lần nữa."


class SeenVersion:
    """Mixin for views whose button decides about what they show."""

    # Why nothing that is shown could be another thing when the button is pressed; "" when `seen` names what is.
    without_version = ""

    def seen(self) -> list:
        """Return what the decision is about: rows, lists of rows, plain values."""
        if not self.without_version:
            raise NotImplementedError(f"{type(self).__name__}: name in seen() what is decided about")
        return []

    def to_hold(self) -> list[list]:
        """Return the rows to hold before they are compared, lists of one model, in the order of `locking`."""
        rows = [thing for thing in self.seen() if isinstance(thing, Model)]
        return [[row] for row in sorted(rows, key=lambda row: not hasattr(row, "latest_revision_id"))]

    def stamp(self) -> str:
        """Return the stamp of what there is now, "" on a screen without one."""
        return "" if self.without_version else stamp_of(self.seen())

    @property
    def stamp_to_show(self) -> str:
        """The stamp for the form: that of what is drawn; a form drawn again on the way keeps the one it came with."""
        if "shown_stamp" not in self.__dict__:
            self.shown_stamp = self.request.POST.get(FIELD, "")[:STAMP_LENGTH] or self.stamp()
        return self.shown_stamp

    def is_outdated(self) -> bool:
        """Tell whether the form that was sent had shown something else; holds the rows and reads them again."""
        if self.without_version:
            return False
        for things in self.to_hold():
            hold_all(things)
        self.read_again()
        return not constant_time_compare(self.request.POST.get(FIELD, ""), self.stamp())

    def demand_seen(self) -> None:
        """Raise ValidationError unless the person saw what there is now."""
        if self.is_outdated():
            raise ValidationError(OUTDATED)

    def read_again(self) -> None:
        """Drop what the view has loaded, so that it is read from the database once more."""
        for kind in type(self).__mro__:
            for name, value in vars(kind).items():
                if isinstance(value, cached_property | plain_cached_property):
                    self.__dict__.pop(name, None)


def decides_about_nothing_seen(why: str):
    """Say of a view that is a function what `without_version` says of a class."""

    def mark(view):
        view.without_version = why
        return view

    return mark


def stamp_of(things) -> str:
    """Return a stamp of rows, lists of rows and plain values: another one as soon as one of them is another.

    Of a page or record with versions its newest and its public version, its dates and its place count, not its columns.
    """
    described = json.dumps(_described(things), cls=DjangoJSONEncoder, sort_keys=True, default=str)
    return salted_hmac(SALT, described, algorithm="sha256").hexdigest()[:STAMP_LENGTH]


def _described(thing):
    if isinstance(thing, Model):
        return [
            thing._meta.label,
            str(thing.pk),
            _version(thing) if hasattr(thing, "latest_revision_id") else _row(thing),
        ]
    if isinstance(thing, dict):
        return {str(name): _described(value) for name, value in thing.items()}
    if isinstance(thing, list | tuple | QuerySet):
        return [_described(one) for one in thing]
    return thing if thing is None or isinstance(thing, str | int | float | bool) else str(thing)


def _version(thing) -> dict:
    # An autosave may write into the newest version: its moment tells.
    newest = thing.latest_revision
    names = ("latest_revision_id", "live_revision_id", "live", "go_live_at", "expire_at", "url_path")
    return {name: str(getattr(thing, name, "")) for name in names} | {
        "saved": newest.created_at.isoformat() if newest is not None else ""
    }


def _row(thing) -> dict:
    left_out = thing.get_deferred_fields()
    found = {}
    for column in thing._meta.concrete_fields:
        if column.attname not in left_out:
            value = getattr(thing, column.attname)
            found[column.attname] = value.name if isinstance(column, FileField) else _described(value)
    return found
