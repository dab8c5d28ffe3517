"""The admin's screens of disposal lists and of the terms: parse, call an action, answer."""

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from base.admin.action_views import ActionView
from base.audit.trail import record
from base.tables.csv import download

from ..models import DisposalList, RetentionClass, RetentionRule
from . import copies as archive
from . import disposal, retention
from .disposal_forms import ACCEPT, AddClassForm, DecideDisposalForm, ProposeDisposalForm, RuleForm, TermForm

# One list stays readable, and one request short.
LONGEST_LIST = 300
ICON = "folder-open-1"


def named(rows: list) -> list:
    """Give each row of a list the name of its class of retention."""
    names = retention.labels()
    for row in rows:
        row.class_name = names.get(row.retention_class, row.retention_class)
    return rows


# --- Lists -----------------------------------------------------------------------------------------


class Disposals:
    """Mixin: for those whom disposal lists concern."""

    def dispatch(self, request, *args, **kwargs):
        if not disposal.may_look(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def row(self) -> DisposalList:
        return get_object_or_404(DisposalList, pk=self.kwargs["pk"])


class DisposalsView(Disposals, TemplateView):
    template_name = "workflows/disposals.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            title="Danh mục tiêu hủy",
            header_icon=ICON,
            rows=DisposalList.objects.prefetch_related("items")[:200],
            may_propose=disposal.may_propose(self.request.user),
            ended=len(disposal.disposable()),
            **kwargs,
        )


class ProposeDisposalView(Disposals, ActionView):
    template_name = "workflows/disposal_propose.html"
    form_class = ProposeDisposalForm
    title = "Lập danh mục tiêu hủy"
    header_icon = ICON
    submit_label = "Lập danh mục"
    success_message = "Đã lập danh mục; chờ người thứ hai quyết định."
    without_version = "The form names each copy; one whose term has not ended is refused."

    @cached_property
    def copies(self):
        return disposal.disposable()[:LONGEST_LIST]

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "copies": self.copies}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        chosen = set(context["form"].data.getlist("copies")) if context["form"].is_bound else None
        named(self.copies)
        rows = [(copy, chosen is None or str(copy.pk) in chosen) for copy in self.copies]
        return {**context, "rows": rows, "longest": LONGEST_LIST}

    def call(self, form):
        self.made = disposal.propose(
            form.cleaned_data["copies"], by=self.request.user, reason=form.cleaned_data["reason"]
        )

    def get_success_url(self):
        return reverse("workflows_disposal", args=[self.made.pk])


class DisposalView(Disposals, TemplateView):
    """One list: its items, who drew it up, who decided."""

    template_name = "workflows/disposal.html"

    def get_context_data(self, **kwargs):
        user, is_open = self.request.user, self.row.state == DisposalList.State.PROPOSED
        return super().get_context_data(
            title="Danh mục tiêu hủy",
            header_icon=ICON,
            subject=f"số {self.row.pk}",
            row=self.row,
            items=named(list(self.row.items.all())),
            may_decide=is_open and disposal.may_decide(user, self.row),
            may_withdraw=is_open and self.row.proposed_by_id == user.pk,
            **kwargs,
        )


class DecideDisposalView(Disposals, ActionView):
    template_name = "workflows/disposal_decide.html"
    form_class = DecideDisposalForm
    title = "Quyết định tiêu hủy"
    header_icon = ICON
    submit_label = "Xác nhận"

    def seen(self):
        """The list and its items."""
        return [self.row, list(self.row.items.all())]

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "by": self.request.user, "row": self.row}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(subject=f"số {self.row.pk}", row=self.row, **kwargs)
        left_out = set(context["form"].data.getlist("without")) if context["form"].is_bound else set()
        return {**context, "rows": [(item, str(item.pk) in left_out) for item in named(list(self.row.items.all()))]}

    def call(self, form):
        given = form.cleaned_data
        self.decided = disposal.decide(
            self.row,
            by=self.request.user,
            accepted=given["decision"] == ACCEPT,
            decision_number=given["decision_number"],
            decision_date=given["decision_date"],
            decision_file=given["decision_file"] or None,
            without=[int(pk) for pk in given["without"]],
            note=given["note"],
        )

    def get_success_message(self):
        return f"{self.decided}: {self.decided.get_state_display().lower()}."

    def get_success_url(self):
        return reverse("workflows_disposal", args=[self.row.pk])


class WithdrawDisposalView(Disposals, ActionView):
    form_class = Form
    title = "Rút danh mục tiêu hủy"
    header_icon = ICON
    submit_label = "Rút danh mục"
    success_message = "Đã rút danh mục; không bản nào bị tiêu hủy."

    def seen(self):
        """The list."""
        return [self.row]

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=f"số {self.row.pk}", **kwargs)

    def call(self, form):
        disposal.withdraw(self.row, by=self.request.user)

    def get_success_url(self):
        return reverse("workflows_disposal", args=[self.row.pk])


class DisposalSheetView(Disposals, View):
    def get(self, request, pk):
        made = disposal.sheet(self.row)
        record("export.made", by=request.user, obj=self.row, detail={"format": "xlsx", "rows": self.row.items.count()})
        return download(made, f"danh-muc-tieu-huy-{pk}.xlsx")


class DisposalPaperView(Disposals, View):
    def get(self, request, pk):
        made = disposal.paper(self.row)
        record("export.made", by=request.user, obj=self.row, detail={"format": "pdf", "rows": self.row.items.count()})
        return download(made, f"danh-muc-tieu-huy-{pk}.pdf")


class DecisionFileView(Disposals, View):
    """The signed decision, as it was uploaded."""

    def get(self, request, pk):
        if not self.row.decision_file_digest:
            raise Http404
        record("file.downloaded", by=request.user, obj=self.row)
        decision = archive.read(self.row.decision_file_digest)
        return download(decision, self.row.decision_file_name, "application/octet-stream")


# --- Terms -----------------------------------------------------------------------------------------


class Terms:
    """Mixin: for those who set the terms."""

    def dispatch(self, request, *args, **kwargs):
        if not retention.may_set_terms(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self):
        return reverse("workflows_retention")


class RetentionView(Terms, TemplateView):
    template_name = "workflows/retention.html"

    def get_context_data(self, **kwargs):
        ruled = {rule.object_type: rule.retention_class for rule in RetentionRule.objects.select_related()}
        classes = {row.key: row for row in RetentionClass.objects.all()}
        kinds = [
            {"label": label, "name": name, "ruled": label in ruled, "class": ruled.get(label) or classes.get(default)}
            for label, name, default in retention.kinds_of_content()
        ]
        return super().get_context_data(
            title="Thời hạn lưu trữ", header_icon="time", classes=classes.values(), kinds=kinds, **kwargs
        )


class SetTermView(Terms, ActionView):
    form_class = TermForm
    title = "Sửa thời hạn lưu trữ"
    header_icon = "time"
    submit_label = "Lưu"
    success_message = "Đã lưu thời hạn."

    def seen(self):
        """The term."""
        return [self.row]

    @cached_property
    def row(self) -> RetentionClass:
        return get_object_or_404(RetentionClass, pk=self.kwargs["pk"])

    def get_initial(self):
        return {"years": self.row.years, "source": self.row.source}

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=f"số {self.row.pk}", **kwargs)

    def call(self, form):
        retention.set_term(self.row, by=self.request.user, **form.cleaned_data)


class AddClassView(Terms, ActionView):
    form_class = AddClassForm
    title = "Thêm nhóm lưu trữ"
    header_icon = "time"
    submit_label = "Thêm"
    success_message = "Đã thêm nhóm lưu trữ."
    without_version = "Something new; nothing is shown that could change."

    def call(self, form):
        retention.add_class(by=self.request.user, **form.cleaned_data)


class SetRuleView(Terms, ActionView):
    form_class = RuleForm
    title = "Xếp loại nội dung vào nhóm lưu trữ"
    header_icon = "time"
    submit_label = "Lưu"
    success_message = "Đã lưu."

    def seen(self):
        """The kind of content and its class."""
        return [self.kind, self.get_initial()]

    @cached_property
    def kind(self) -> str:
        names = {label: name for label, name, _ in retention.kinds_of_content()}
        if self.kwargs["label"] not in names:
            raise Http404
        return names[self.kwargs["label"]]

    def get_initial(self):
        rule = RetentionRule.objects.filter(object_type=self.kwargs["label"]).first()
        return {"retention_class": rule.retention_class_id if rule else None}

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=self.kind, **kwargs)

    def call(self, form):
        retention.set_rule(
            self.kwargs["label"], by=self.request.user, retention_class=form.cleaned_data["retention_class"]
        )
