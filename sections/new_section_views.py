"""The screens of the register of new sections: the list, a new one, its budget."""

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from accounts.roles import APPROVE, DISPATCH
from accounts.screen_access import holding
from base.admin.action_views import ActionView
from base.admin.typed_days import day
from base.audit.trail import record
from base.models import PortalSite
from base.tables.csv import download

from . import new_sections
from .models import NewSection, SectionIndexPage

READERS, WRITERS = holding(DISPATCH, APPROVE), holding(DISPATCH)


class SectionForm(forms.Form):
    """A new section, or one that is there already, and the document that directs it."""

    page = forms.ModelChoiceField(
        SectionIndexPage.objects.none(), label="Mục đã có", required=False, empty_label="— mở mục mới —"
    )
    site = forms.ModelChoiceField(
        PortalSite.objects.none(), label="Trang", error_messages={"required": "Hãy chọn trang."}
    )
    title = forms.CharField(label="Tên mục", max_length=255, error_messages={"required": "Hãy ghi tên mục."})
    summary = forms.CharField(
        label="Giới thiệu ngắn cho người đọc",
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    directing_document = forms.CharField(
        label="Văn bản chỉ đạo",
        max_length=200,
        help_text="Số, ký hiệu, ví dụ «Công văn 45/UBND-VX».",
        error_messages={"required": "Hãy ghi số, ký hiệu văn bản chỉ đạo mở mục (Điều 16.1)."},
    )
    directed_on = day("Ngày văn bản")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        real = PortalSite.objects.filter(state__in=PortalSite.TAKING).exclude(kind=PortalSite.Kind.PRACTICE)
        self.fields["site"].queryset = real.order_by("kind", "name")
        known = [page.pk for page, _site in new_sections.unrecorded()]
        self.fields["page"].queryset = SectionIndexPage.objects.filter(pk__in=known).order_by("path")


class BudgetForm(forms.Form):
    """What a new section costs, and from what it is paid."""

    proposal = forms.CharField(label="Văn bản đề xuất kinh phí", max_length=200, required=False)
    budget_line = forms.CharField(label="Nguồn, khoản mục kinh phí", max_length=200, required=False)
    amount = forms.IntegerField(
        label="Kinh phí (đồng)",
        required=False,
        min_value=1,
        localize=True,
        error_messages={"invalid": "Hãy ghi số tiền bằng chữ số, ví dụ 12000000."},
        help_text="Để trống khi mục không cần kinh phí.",
    )
    decision = forms.CharField(
        label="Văn bản quyết định kinh phí",
        max_length=200,
        required=False,
        help_text="Của Ủy ban nhân dân thành phố; để trống khi chưa có.",
    )


class NewSectionsView(TemplateView):
    """The register, and public sections that it does not have."""

    screen_access = READERS
    template_name = "sections/admin/new_sections.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            title="Chuyên mục mới",
            header_icon="folder-open-inverse",
            rows=new_sections.listed(to=self.request.user),
            unrecorded=new_sections.unrecorded(),
            may_write=new_sections.may_write(self.request.user),
            **kwargs,
        )


class NewSectionsFileView(View):
    """The register as a spreadsheet."""

    screen_access = READERS

    def get(self, request):
        today = timezone.localdate()
        made = new_sections.as_xlsx(today, to=request.user)
        record("export.made", by=request.user, object_label="Sổ chuyên mục mới")
        return download(made, f"chuyen-muc-moi-{today:%Y-%m-%d}.xlsx")


class OpenSectionView(ActionView):
    """Record a new section; its page is a draft then."""

    screen_access = WRITERS
    without_version = "A new row of the register."
    help_rule = "new_section"
    form_class = SectionForm
    title = "Ghi chuyên mục mới"
    header_icon = "folder-open-inverse"
    submit_label = "Ghi"
    row = None

    def call(self, form):
        self.row = new_sections.open_section(by=self.request.user, **form.cleaned_data)

    def get_success_message(self):
        if self.row.page.live:
            return f"Đã ghi mục «{self.row.title}» vào sổ."
        return f"Đã ghi mục «{self.row.title}» và tạo bản nháp; hãy hoàn thiện rồi gửi duyệt như mọi trang."

    def get_success_url(self):
        return reverse("sections_new_section", args=[self.row.pk])


class BudgetView(ActionView):
    """The budget of one new section."""

    screen_access = WRITERS
    help_rule = "new_section"
    form_class = BudgetForm
    header_icon = "folder-open-inverse"
    submit_label = "Ghi kinh phí"
    success_message = "Đã ghi kinh phí."
    template_name = "sections/admin/new_section.html"

    @cached_property
    def row(self) -> NewSection:
        return get_object_or_404(new_sections.listed(to=self.request.user), pk=self.kwargs["pk"])

    @property
    def title(self):
        return f"Chuyên mục mới: {self.row.title}"

    def seen(self):
        """The row of the register."""
        return [self.row]

    def get_initial(self):
        return {name: getattr(self.row, name) for name in BudgetForm.base_fields}

    def get_context_data(self, **kwargs):
        return super().get_context_data(row=self.row, subject=self.row.site.name, **kwargs)

    def call(self, form):
        new_sections.record_budget(self.row, by=self.request.user, **form.cleaned_data)

    def get_success_url(self):
        return reverse("sections_new_sections")
