"""Files in the forms of the office: several at once, examined, and covered copies."""

from django import forms
from django.core.exceptions import ValidationError

from base.files.checks.common import extension_of
from base.files.checks.examine import examine_document, examine_image
from base.files.chosen import FileField
from base.files.upload_forms import demand_storable

from ..submission import Attached

PICTURES = ("jpg", "jpeg", "png", "webp")
MOST_FILES = 5


def examined(file, *, by, site) -> Attached:
    """Examine and scan an uploaded file, return the clean copy; raises ValidationError that says what to do."""
    examine = examine_image if extension_of(file.name) in PICTURES else examine_document
    clean = examine(file).file
    demand_storable(clean, by=by, site=site)
    scan = getattr(clean, "scan", None)
    return Attached(
        file=clean,
        name=file.name,
        scan_state="clean" if scan is not None else "",
        scan_signature=scan.signature if scan is not None else "",
    )


class SeveralFiles(forms.ClearableFileInput):
    """A field for files that takes several."""

    allow_multiple_selected = True

    def value_from_datadict(self, data, files, name):
        return files.getlist(name) if hasattr(files, "getlist") else [files[name]] if name in files else []


class FilesField(FileField):
    """Several files at once; its value is a list."""

    widget = SeveralFiles
    takes_several = True

    def clean(self, data, initial=None):
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if len(files) > MOST_FILES:
            raise ValidationError(f"Mỗi câu hỏi kèm nhiều nhất {MOST_FILES} tệp; hãy bỏ bớt.")
        if not files and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        return [super(FilesField, self).clean(file, initial) for file in files]


class RedactForm(forms.Form):
    """The copy of an attachment without personal data."""

    file = FileField(
        label="Bản đã che",
        help_text="Tệp đã che thông tin cá nhân; bản gốc giữ nguyên và vẫn không công khai.",
        error_messages={"required": "Hãy chọn tệp đã che.", "empty": "Tệp rỗng; hãy chọn lại tệp."},
    )

    def __init__(self, *args, user, site, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.site = user, site

    def clean_file(self):
        return examined(self.cleaned_data["file"], by=self.user, site=self.site)
