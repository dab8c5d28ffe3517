"""The form of the citations of one text: a choice and a note for each, whatever their number."""

from django import forms

from vietnam.citations import OWN

from ..models import Citation
from .reading import Decision, Suggestion, decision_of

State = Citation.State
DOCUMENT = "document-"


class CitationsForm(forms.Form):
    """Decisions about the citations of a text; `suggestions` as `reading.suggestions` gives them."""

    def __init__(self, *args, suggestions: list[Suggestion], **kwargs):
        super().__init__(*args, **kwargs)
        self.suggestions = suggestions
        for place, item in enumerate(suggestions):
            decision = decision_of(item)
            self.fields[f"written_{place}"] = forms.CharField(
                widget=forms.HiddenInput, initial=item.written, required=False, strip=False
            )
            self.fields[f"decision_{place}"] = forms.ChoiceField(
                label="Quyết định",
                choices=choices(item),
                initial=_value(item, decision),
                # Several documents in question are read side by side.
                widget=forms.RadioSelect if len(item.candidates) > 1 else forms.Select,
                error_messages={"invalid_choice": f"Hãy chọn lại một dòng cho «{item.written}»."},
            )
            self.fields[f"note_{place}"] = forms.CharField(
                label="Ghi chú cho người đọc",
                required=False,
                initial=decision.note,
                max_length=300,
                widget=forms.TextInput,
            )

    def rows(self) -> list[dict]:
        """What a row of the table shows: the suggestion with its three fields."""
        return [
            {
                "item": item,
                "written": self[f"written_{place}"],
                "decision": self[f"decision_{place}"],
                "note": self[f"note_{place}"],
                "place": item.places.get(item.document.pk) if item.document else None,
                "is_own": item.citation.kind == OWN,
            }
            for place, item in enumerate(self.suggestions)
        ]

    def clean(self):
        data = super().clean()
        for place, item in enumerate(self.suggestions):
            if data.get(f"written_{place}", "") != item.written:
                raise forms.ValidationError("Nội dung đã được sửa trong lúc này; hãy mở lại trang rồi quyết định.")
        return data

    def decisions(self) -> list[Decision]:
        """What was chosen, one for each citation."""
        found = []
        for place, item in enumerate(self.suggestions):
            value, note = self.cleaned_data[f"decision_{place}"], self.cleaned_data[f"note_{place}"].strip()
            if value.startswith(DOCUMENT):
                key = int(value.removeprefix(DOCUMENT))
                document = next(entry for entry in item.candidates if entry.pk == key)
                found.append(Decision(item.written, State.ACCEPTED, document, note))
            else:
                found.append(Decision(item.written, value, None, note))
        return found


def choices(item: Suggestion) -> list[tuple[str, str]]:
    """What may be decided about a citation."""
    if item.citation.kind == OWN:
        return [(State.AUTOMATIC, "Tự động: dẫn tới điều, khoản của chính văn bản này"), (State.REJECTED, "Không dẫn")]
    if item.document:
        automatic = f"Tự động: dẫn {item.document}"
    elif item.candidates:
        automatic = "Tự động: chưa dẫn, chờ chọn"
    else:
        automatic = "Tự động: chưa dẫn, vào danh sách văn bản cần nhập"
    return [
        (State.AUTOMATIC, automatic),
        *((f"{DOCUMENT}{document.pk}", f"Chấp nhận: {_named(document)}") for document in item.candidates),
        (State.REJECTED, "Không dẫn, kể cả khi tìm lại"),
    ]


def _named(document) -> str:
    day = f", {document.issued_on:%d/%m/%Y}" if document.issued_on else ""
    return f"{document}{day}, {document.main_issuer} ({document.status.label})"


def _value(item: Suggestion, decision: Decision) -> str:
    if decision.state == State.ACCEPTED:
        return f"{DOCUMENT}{decision.document.pk}" if decision.document else State.AUTOMATIC
    return decision.state
