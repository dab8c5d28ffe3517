"""The screens of the audit trail: the list with its filters and its export, and one entry with its neighbours."""

from datetime import datetime, timedelta

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property
from django.views.generic import TemplateView
from wagtail.admin.views.mixins import SpreadsheetExportMixin
from wagtail.admin.widgets import AdminDateInput

from vietnam.dates import format_moment

from ..admin.screen_access import ScreenAccess
from ..models import AuditEntry, PortalSite
from ..operations.log_names import as_shown
from . import actions, reading
from . import trail as audit
from .reading import MOST_DAYS_OF_WORDS, Wanted

PER_PAGE = 50
MOST_EXPORTED = 50_000
USUAL_DAYS = 30
# The details that may name a site.
SITES = frozenset({"site", "from", "to"})


class ActionField(forms.ChoiceField):
    """One choice, of one or several actions; an address may also name one of several alone. The value is a tuple."""

    def __init__(self, **given):
        super().__init__(choices=lambda: [("", "Tất cả"), *actions.choices()], **given)

    def prepare_value(self, value):
        named = {one for _heading, found in actions.choices() for one, _name in found}
        return next((one for one in named if value in one.split(",")), value)

    def valid_value(self, value):
        return super().valid_value(value) or value in actions.every_action()

    def clean(self, value):
        return tuple(filter(None, super().clean(value).split(",")))


class TrailForm(forms.Form):
    """The filters of the list; what is wrong is said beside its field, and what was typed stays."""

    since = forms.DateField(label="Từ ngày", required=False, widget=AdminDateInput)
    until = forms.DateField(label="Đến ngày", required=False, widget=AdminDateInput)
    person = forms.CharField(label="Người thực hiện", required=False, max_length=150)
    site = forms.ChoiceField(label="Trang", required=False)
    action = ActionField(label="Việc", required=False)
    result = forms.ChoiceField(label="Kết quả", required=False, choices=[("", "Tất cả"), *AuditEntry.Result.choices])
    words = forms.CharField(label="Tìm chữ", required=False, max_length=100)
    request_id = forms.CharField(label="Số yêu cầu", required=False, max_length=16)
    object_type = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)
    object_id = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, data, *, sites):
        super().__init__(data)
        self.fields["site"].choices = [("", "Tất cả"), *sites]
        for name in ("person", "words", "request_id"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.fields["person"].help_text = "Tên đăng nhập hoặc họ tên"
        self.fields["words"].help_text = "Tên đối tượng, họ tên, địa chỉ mạng"

    def clean(self):
        found = super().clean()
        since, until = found.get("since"), found.get("until")
        if since and until and since > until:
            raise ValidationError({"until": "«Đến ngày» đứng trước «Từ ngày»; hãy sửa một trong hai."})
        is_wide = not since or ((until or timezone.localdate()) - since).days > MOST_DAYS_OF_WORDS
        if found.get("words") and is_wide:
            raise ValidationError(
                {"since": f"Khi tìm chữ, hãy chọn khoảng thời gian không quá {MOST_DAYS_OF_WORDS} ngày."}
            )
        return found

    def wanted(self) -> Wanted:
        """Return the filters of a valid form."""
        return Wanted(**self.cleaned_data)


class Row:
    """One entry as text, as the list, the sheet and the detail show it; times are local."""

    def __init__(self, entry: AuditEntry, sites: dict[str, str]):
        self.entry = entry
        # Given by `reading.with_sequence`; an entry that waits for its seal has none.
        self.sequence = getattr(entry, "sequence", None) or ""
        self.time = format_moment(entry.at, seconds=True)
        self.person = entry.actor_name or "Khách (chưa đăng nhập)"
        self.standing = entry.actor_text
        self.site = sites.get(entry.site_slug, entry.site_slug)
        self.action = actions.name_of(entry.action)
        self.object, detail = as_shown(entry)
        self.kind = actions.type_name(entry.object_type)
        self.object_id = entry.object_id
        self.result = entry.get_result_display()
        self.address, self.request_id = entry.address, entry.request_id
        self.before, self.after = entry.before, entry.after
        self.details = [(actions.detail_name(path), _value(path, value, sites)) for path, value in flat(detail)]
        self.detail = "; ".join(f"{name}: {value}" for name, value in self.details)


class Readers:
    """Mixin: for those who may read the trail, and only what they may."""

    screen_access = ScreenAccess(reading.may_read)

    @cached_property
    def entries(self):
        """The entries this person may read."""
        return reading.readable(self.request.user)

    @cached_property
    def sites(self) -> dict[str, str]:
        """The names of all sites by slug; a site that is gone is shown by its slug."""
        return {site.slug: str(site) for site in PortalSite.objects.select_related("unit")}


class TrailView(Readers, SpreadsheetExportMixin, TemplateView):
    """The list: filters, a page at a time from the newest, the state of the chain, the sheet."""

    template_name = "base/admin/audit.html"
    FORMATS = ("xlsx",)
    list_export = [
        "sequence",
        "time",
        "person",
        "standing",
        "site",
        "action",
        "kind",
        "object_id",
        "object",
        "result",
        "address",
        "request_id",
        "before",
        "after",
        "detail",
    ]
    export_headings = {
        "sequence": "Mắt xích",
        "time": "Lúc",
        "person": "Người thực hiện",
        "standing": "Vai trò, quyết định",
        "site": "Trang",
        "action": "Việc",
        "kind": "Loại đối tượng",
        "object_id": "Số",
        "object": "Đối tượng",
        "result": "Kết quả",
        "address": "Địa chỉ mạng",
        "request_id": "Số yêu cầu",
        "before": "Mã băm trước",
        "after": "Mã băm sau",
        "detail": "Chi tiết",
    }

    def get(self, request, *args, **kwargs):
        self.form = TrailForm(self._asked(), sites=self._offered_sites())
        if self.is_export:
            return self._export()
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        entries = self._found()
        if cursor := _cursor(self.request.GET.get("sau", "")):
            entries = reading.after(entries, *cursor)
        shown = list(entries[: PER_PAGE + 1])
        last = shown[PER_PAGE - 1] if len(shown) > PER_PAGE else None
        return super().get_context_data(
            title="Nhật ký kiểm tra",
            form=self.form,
            status=reading.chain_status(),
            rows=[Row(entry, self.sites) for entry in shown[:PER_PAGE]],
            older=self._address(sau=f"{last.at.isoformat()}_{last.pk}") if last else "",
            newest=self._address() if "sau" in self.request.GET else "",
            sheet=self._address(export="xlsx"),
            **kwargs,
        )

    def get_filename(self):
        return f"nhat-ky-kiem-tra-{timezone.localdate():%Y-%m-%d}"

    def to_row_dict(self, item):
        return super().to_row_dict(Row(item, self.sites))

    def _asked(self):
        """What was asked; on the first visit, the last month."""
        if any(name in self.request.GET for name in TrailForm.base_fields):
            return self.request.GET
        return {"since": timezone.localdate() - timedelta(days=USUAL_DAYS)}

    def _offered_sites(self) -> list[tuple[str, str]]:
        mine = reading.readable_sites(self.request.user)
        return [(slug, name) for slug, name in self.sites.items() if mine is None or slug in mine]

    def _found(self):
        return reading.find(self.entries, self.form.wanted()) if self.form.is_valid() else self.entries.none()

    def _export(self):
        entries = self._found()
        if entries[MOST_EXPORTED : MOST_EXPORTED + 1]:
            messages.error(
                self.request,
                f"Có hơn {MOST_EXPORTED:,} dòng; hãy thu hẹp khoảng thời gian rồi xuất lại.".replace(",", "."),
            )
            return HttpResponseRedirect(self._address())
        asked = {name: str(value) for name, value in self.form.data.items() if value and name != "export"}
        audit.record("export.made", by=self.request.user, detail={"list": "base_audit", "format": "xlsx", **asked})
        return self.as_spreadsheet(reading.with_sequence(entries).iterator(chunk_size=2000), self.FORMAT_XLSX)

    def _address(self, **more) -> str:
        query = self.request.GET.copy()
        for name in ("sau", "export"):
            query.pop(name, None)
        query.update(more)
        return f"?{query.urlencode()}"


class EntryView(Readers, TemplateView):
    """One entry: every field, the other entries of its request, and whether it is what was sealed."""

    template_name = "base/admin/audit_entry.html"

    def get_context_data(self, pk, **kwargs):
        entry = self.entries.filter(pk=pk).first()
        if entry is None:
            raise Http404
        link, whole = reading.is_whole(entry)
        address = reverse("base_audit")
        return super().get_context_data(
            title=actions.name_of(entry.action),
            row=Row(entry, self.sites),
            link=link,
            whole=whole,
            neighbours=[Row(other, self.sites) for other in reading.same_request(self.entries, entry)],
            list_address=address,
            same_object=f"{address}?object_type={entry.object_type}&object_id={entry.object_id}"
            if entry.object_id
            else "",
            **kwargs,
        )


def flat(detail, prefix: str = ""):
    """Yield (name, value) of the details, nested ones with their path."""
    for name, value in detail.items() if isinstance(detail, dict) else enumerate(detail):
        path = f"{prefix}{name}"
        if isinstance(value, dict | list) and value:
            yield from flat(value, f"{path}.")
        elif value not in (None, "", [], {}):
            yield path, "có" if value is True else "không" if value is False else value


# --- Private ----------------------------------------------------------------------------------------


def _value(path: str, value, sites: dict[str, str]):
    """A value of the details as it reads; sites are written down by their slug."""
    return sites.get(value) or actions.detail_value(path, value) if path in SITES else actions.detail_value(path, value)


def _cursor(text: str) -> tuple[datetime, int] | None:
    """The entry after which the page begins, or None for whatever is none."""
    moment, _, pk = text.partition("_")
    if not (pk.isdecimal() and len(pk) < 19):
        return None
    try:
        at = parse_datetime(moment)
    except ValueError:
        return None
    return (at, int(pk)) if at is not None and timezone.is_aware(at) else None
