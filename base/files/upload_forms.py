"""The upload forms of pictures and files, for pages, choosers and the multiple uploader alike."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import ChoiceField
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from wagtail.documents.fields import WagtailDocumentField
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from .. import authority
from ..models.files import NOT_CHANGED
from .alt_texts import MISSING, problem_of
from .checks.common import extension_of
from .checks.examine import examine_document, examine_image, unknown_document, unknown_image
from .chosen import TICKET, KeepsChoice
from .scans import demand_storable
from .serving import note_edited, note_replaced, state_of, waiting_message

EMPTY = "Tệp rỗng; hãy chọn lại tệp."


class SaysWhatItTakes:
    """Mixin: the field tells the script of its form which names of files it takes and what to say of others.

    `static/js/admin_upload.js` says it when the file is chosen; the server refuses it all the same.
    """

    extensions = unknown = None

    def widget_attrs(self, widget):
        extensions = " ".join(self.extensions())
        attributes = {"data-portal-extensions": extensions, "data-portal-refused": self.unknown("%s")}
        return super().widget_attrs(widget) | attributes


class ExaminedImageField(SaysWhatItTakes, KeepsChoice, WagtailImageField):
    """Looks into a picture before Wagtail opens it; gives back the clean copy."""

    extensions, unknown = staticmethod(lambda: settings.WAGTAILIMAGES_EXTENSIONS), staticmethod(unknown_image)

    def to_python(self, data):
        if data in self.empty_values:
            return None
        examined = examine_image(data)
        examined.file.notes = examined.notes
        return super().to_python(examined.file)


class ExaminedFileField(SaysWhatItTakes, KeepsChoice, WagtailDocumentField):
    """Looks into a document; gives back the clean copy."""

    extensions, unknown = staticmethod(lambda: settings.WAGTAILDOCS_EXTENSIONS), staticmethod(unknown_document)

    def to_python(self, data):
        if super().to_python(data) is None:
            return None
        examined = examine_document(data)
        examined.file.notes = examined.notes
        return examined.file


class GuardedUpload:
    """Mixin: look into the upload, have it scanned, and change nothing that readers see of what is or was public."""

    examined_field = None

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.uploader = user
        self.stored = type(self.instance)._base_manager.get(pk=self.instance.pk) if self.instance.pk else None
        self.was_public = self.stored is not None and self.stored.was_public()
        if "file" in self.fields:
            wagtails = self.fields["file"]
            self.fields["file"] = self.examined_field(
                label=wagtails.label,
                required=wagtails.required,
                widget=wagtails.widget,
                help_text=wagtails.help_text,
                max_length=wagtails.max_length,
                error_messages={"empty": EMPTY},
            )
            if self.instance.notes:
                self.fields["file"].help_text = f"Lưu ý: {self.instance.notes}"
        if self.was_public:
            # Nothing is asked that would be refused; the way to change it stands above the form.
            self.fields.pop("file", None)
            for name in set(self.fields) & set(self.stored.shown_fields):
                self.fields[name].widget.attrs["readonly"] = True
                # A browser knows no list of choices that may only be read.
                self.fields[name].disabled = isinstance(self.fields[name], ChoiceField)

    def clean_file(self):
        file = self.cleaned_data["file"]
        if not file or "file" not in self.changed_data:
            return file
        if self.stored is not None and extension_of(file.name) == extension_of(self.stored.address_name):
            # The address stays, and the name is part of it.
            file.name = self.stored.address_name
        demand_storable(file, by=self.uploader, site=self.instance.owner_site)
        return file

    def clean(self):
        data = super().clean()
        if self.was_public:
            name = self.add_prefix("file")
            if self.files.get(name) or self.data.get(name + TICKET):
                # A form that was opened before the file became public.
                self.add_error(None, NOT_CHANGED)
            for name in set(self.changed_data) & set(self.stored.shown_fields):
                self.add_error(name if not self.fields[name].widget.is_hidden else None, NOT_CHANGED)
        elif self.stored is not None:
            self._demand_not_waiting()
        return data

    def _demand_not_waiting(self):
        """What waits for a decision, or for its hour, is to become public with the file that it was sent with."""
        changed = set(self.changed_data) & set(self.stored.shown_fields)
        waiting = self.stored.waiting_versions() if changed else []
        if not waiting:
            return
        message = waiting_message(waiting, self.uploader)
        links = [
            (version.url, version.title)
            for version in waiting
            if version.url and authority.belongs_to(self.uploader, version.subject)
        ]
        if links:
            message = format_html("{} {}", message, format_html_join(" · ", '<a href="{}">Mở «{}»</a>', links))
        for name in changed:
            self.add_error(name if not self.fields[name].widget.is_hidden else None, message)

    def _post_clean(self):
        super()._post_clean()
        others = [
            f"{self.fields[name].label if name in self.fields else ''} ({' '.join(messages)})".strip()
            for name, messages in self.errors.items()
            if name != "file"
        ]
        # The multiple uploader passes data that it made up itself, no form that a user filled in.
        is_alone = not isinstance(self.data, QueryDict)
        if others and is_alone and self.stored is None and "file" in self.cleaned_data:
            # Wagtail would keep the file as it came, outside of every check, for a later form.
            self.add_error("file", f"Chưa nhận tệp; hãy sửa {'; '.join(others)} rồi chọn lại tệp.")

    def save(self, commit=True):
        if self.stored is not None and "file" in self.changed_data:
            # Wagtail would delete the older content at once; the version's record says whether it stays.
            self.original_file = None
            note_replaced(self.stored, self.instance.file, by=self.uploader, reason="Thay tệp của bản nháp")
        item = super().save(commit=commit)
        if self.stored is not None and commit:
            note_edited(item, state_of(self.stored), by=self.uploader)
        return item


ASKED_DESCRIPTION = (
    "Bắt buộc: một câu tả nội dung ảnh cho người không nhìn thấy, không phải tên tệp; được điền sẵn khi đặt ảnh vào "
    "bài."
)


class PortalImageForm(GuardedUpload, BaseImageForm):
    examined_field = ExaminedImageField

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if (description := self.fields.get("description")) is not None:
            description.help_text = ASKED_DESCRIPTION
            # What is public changes by two persons, who are asked for its description there
            # (`workflows/screens/forms.py`).
            description.required = not self.was_public
            description.error_messages["required"] = MISSING

    def clean_description(self):
        description = self.cleaned_data["description"]
        file = self.cleaned_data.get("file") or self.instance.file
        problem = problem_of(description, file.name if file else "")
        if problem and not self.was_public:
            raise ValidationError(problem)
        return description

    def save(self, commit=True):
        image = super().save(commit=commit)
        if commit and self.stored is not None and "file" in self.changed_data:
            image.renditions.all().delete()
        return image


class PortalFileForm(GuardedUpload, BaseDocumentForm):
    examined_field = ExaminedFileField
