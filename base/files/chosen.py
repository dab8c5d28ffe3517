"""A file chosen in a form of the administration survives an error in another field.

1. A form names its field with `FileField` here, or one of `base/files/upload_forms.py`; nothing else is needed.
2. Drawn again with errors, the field keeps a file that passed its own checks (`ChosenFile`), says so, and carries a
   signed ticket of this form, this field and this person. A file that was refused is not kept.
3. Sent again, the ticket stands for the file: it goes through all checks once more, like one that was just chosen.
   Another file takes its place; a box takes it out. A ticket that is too old, or another person's, is an error: nothing
   is written without the file that had been chosen.
4. What was sent goes soon (`SENT_MINUTES`: a second press and a failed try still find it), what was not after
   `RETENTION_HOURS` (`purge`).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import zip_longest

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q, Sum
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from wagtail.log_actions import get_active_log_context

from vietnam.text import nfc

from ..models import ChosenFile
from ..models.chosen_file import ChosenContent
from . import scanner
from .checks.common import MB
from .scans import NOT_NOW, demand_storable

RETENTION_HOURS, SENT_MINUTES = 12, 15
MOST_OF_PERSON = 500 * MB
TICKET, OUT = "-tep-giu", "-tep-bo"
GONE = "Tệp «{name}» không còn được giữ (chỉ giữ {hours} giờ); hãy chọn lại tệp này, hoặc gửi lại nếu không kèm tệp."
NOT_YOURS = "Tệp đã giữ là của người khác hoặc của biểu mẫu khác; hãy chọn lại tệp."
NOT_STORED = "Tệp «{name}» chưa giữ được ({reason}); hãy chọn lại tệp khi gửi lại."
FULL = "Bạn đang để quá nhiều tệp chờ gửi"
UNREADABLE = "không đọc lại được tệp"
CHOOSE_AGAIN = "Hãy chọn lại tệp «{name}»."
_SALT = "base.chosen-file"


class BoundChoice(forms.BoundField):
    """A field of a form with what was chosen in it, now or when the form was sent before."""

    # Who sent the form.
    person = None
    # What came out of the field's own check, each file with the row it was kept in; None while the field refuses.
    passed: list[tuple] | None = None

    def __init__(self, form, field, name):
        super().__init__(form, field, name)
        if notice := scanner.notice():
            self.help_text = format_html("{} {}", self.help_text, notice) if self.help_text else notice

    @property
    def data(self):
        return self._chosen

    def refuse(self, file) -> None:
        """Say that the form's own check refused one of several files: it is not kept, the others are."""
        self.passed = [(other, row) for other, row in self.passed or [] if other is not file]

    @property
    def lost(self) -> list[str]:
        """A sentence for each ticket that stands for no file any more."""
        return self._tickets[1] if self.field.takes_several or self._new is None else []

    @cached_property
    def stored(self) -> list[ChosenFile]:
        """The files to be sent with the form again; what was chosen just now is kept on the way."""
        self.not_stored, rows = [], []
        if not self.form.is_bound or self.person is None:
            return rows
        for file, row in self._to_store():
            try:
                rows.append(row or store(file, self.person, on=timezone.now()))
            except ValidationError as error:
                self.not_stored.append(NOT_STORED.format(name=file.name, reason=" ".join(error.messages).rstrip(".")))
            except (OSError, ValueError):
                self.not_stored.append(NOT_STORED.format(name=file.name, reason=UNREADABLE))
        release_files(row for row in self._tickets[0] if row not in rows)
        ChosenFile.objects.filter(pk__in=[row.pk for row in rows]).update(sent_at=None)
        return rows

    def as_widget(self, widget=None, attrs=None, only_initial=False):
        drawn = super().as_widget(widget, attrs, only_initial)
        if only_initial or not self.form.is_bound or not (self.stored or self.not_stored):
            return drawn
        context = {
            "kept": [(row, _ticket(row, self._place)) for row in self.stored],
            "unkept": self.not_stored,
            "ticket": self.html_name + TICKET,
            "out": self.html_name + OUT,
            "hours": RETENTION_HOURS,
            "takes_several": self.field.takes_several,
        }
        return drawn + render_to_string("base/admin/chosen_file.html", context)

    def build_widget_attrs(self, attrs, widget=None):
        attrs = super().build_widget_attrs(attrs, widget)
        if self.form.is_bound and self.stored:
            attrs.pop("required", None)
        return attrs

    @property
    def _place(self) -> str:
        kind = type(self.form)
        return f"{kind.__module__}.{kind.__qualname__} {self.html_name}"

    @cached_property
    def _new(self):
        return super().data

    @cached_property
    def _tickets(self) -> tuple[list[ChosenFile], list[str]]:
        out = set(_values(self.form.data, self.html_name + OUT))
        sent = [text for text in _values(self.form.data, self.html_name + TICKET) if text and text not in out]
        return read_tickets(sent, self._place, self.person, on=timezone.now())

    @cached_property
    def _rows(self) -> list[ChosenFile]:
        """The stored files that are sent again; of one file only while no other was chosen in its place."""
        return self._tickets[0] if self.field.takes_several or self._new is None else []

    @cached_property
    def _chosen(self):
        stored = [UploadedFile(row.file.open("rb"), name=row.name, size=row.size) for row in self._rows]
        if self.field.takes_several:
            return [*stored, *(self._new or [])]
        return stored[0] if stored else self._new

    def _to_store(self) -> list[tuple]:
        """Pairs of a file that may be kept and the row it is kept in, None for one that was chosen just now."""
        if not self.field.takes_several:
            # Another one was to take its place and is refused: the one that is kept stays.
            before = [(None, row) for row in self._tickets[0][:1]] if self._new is not None else []
            if self.errors and not before and self._is_refused_for_now():
                before = [(None, row) for row in self._tickets[0][:1]]
            return before if self.errors else self.passed or []
        if self.passed is None:
            self.not_stored += [CHOOSE_AGAIN.format(name=file.name) for file in self._new or []]
            return list(zip(self._chosen, self._rows, strict=False))
        return self.passed

    def _is_refused_for_now(self) -> bool:
        """Tell whether only the machine prevents it for now: what is stored stays until it can be taken."""
        found = self.form.errors.as_data().get(self.name, [])
        return bool(found) and all(error.code == NOT_NOW for error in found)


class KeepsChoice:
    """Mixin for a file field whose choice survives an error in another field."""

    bound_field_class = BoundChoice
    takes_several = False

    def _clean_bound_field(self, bf):
        # Known now alone: the form is drawn when the screen has answered.
        user = get_active_log_context().user
        bf.person = user if user is not None and user.pk else None
        if bf.lost:
            raise ValidationError(bf.lost)
        value = super()._clean_bound_field(bf)
        if self.takes_several:
            bf.passed = list(zip_longest(value or [], bf._rows))
        else:
            bf.passed = [(value, next(iter(bf._rows), None))] if isinstance(bf.data, UploadedFile) else []
        return value


class FileField(KeepsChoice, forms.FileField):
    """A file of a form of the administration."""


def store(file, person, *, on: datetime) -> ChosenFile:
    """Keep a chosen file for a person; raises ValidationError when it may not lie here, OSError when it cannot."""
    lying = ChosenFile.objects.filter(person=person).aggregate(size=Sum("size"))["size"] or 0
    if lying + file.size > MOST_OF_PERSON:
        raise ValidationError(FULL)
    if getattr(file, "scan", None) is None:
        demand_storable(file, by=person)
    row = ChosenFile(person=person, name=nfc(file.name)[-150:], size=file.size, stored_at=on)
    row.file.save("tep-cho-gui", file, save=False)
    row.save()
    return row


def read_tickets(texts: Iterable[str], place: str, person, *, on: datetime) -> tuple[list[ChosenFile], list[str]]:
    """Return the files of a person's tickets that are still kept for a form, and a sentence for each that is not.

    `place`: the form and field that the tickets were drawn in.
    """
    names, lost = {}, []
    for text in texts:
        try:
            pk, owner, drawn_in, name = signing.loads(text, salt=_SALT)
        except (signing.BadSignature, ValueError, TypeError):
            lost.append(NOT_YOURS)
            continue
        if person is None or owner != person.pk or drawn_in != place:
            lost.append(NOT_YOURS)
        else:
            names[pk] = name
    found = ChosenFile.objects.filter(_is_good(on), person=person).in_bulk(names) if names else {}
    lost += [GONE.format(name=name, hours=RETENTION_HOURS) for pk, name in names.items() if pk not in found]
    ChosenFile.objects.filter(pk__in=found, sent_at=None).update(sent_at=on)
    return [found[pk] for pk in names if pk in found], lost


def release_files(rows: Iterable[ChosenContent]) -> None:
    """Remove stored files of one model, their contents once the change is certain."""
    for row in list(rows):
        transaction.on_commit(lambda row=row: row.file.storage.delete(row.file.name))
        type(row)._base_manager.filter(pk=row.pk).delete()


def purge(*, on: datetime) -> int:
    """Remove the files that were sent, and those not sent in time; return how many went. A job."""
    old = list(ChosenFile.objects.filter(_is_old(on)))
    release_files(old)
    return len(old)


def _is_good(on: datetime) -> Q:
    sent = Q(sent_at=None) | Q(sent_at__gt=on - timedelta(minutes=SENT_MINUTES))
    return Q(stored_at__gt=on - timedelta(hours=RETENTION_HOURS)) & sent


def _is_old(on: datetime) -> Q:
    return Q(stored_at__lte=on - timedelta(hours=RETENTION_HOURS)) | Q(
        sent_at__lte=on - timedelta(minutes=SENT_MINUTES)
    )


def _ticket(row: ChosenFile, place: str) -> str:
    return signing.dumps([row.pk, row.person_id, place, row.name], salt=_SALT)


def _values(data, name: str) -> list[str]:
    if hasattr(data, "getlist"):
        return data.getlist(name)
    found = data.get(name, [])
    return found if isinstance(found, list) else [found]
