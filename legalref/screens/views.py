"""The admin's screens of the register: parse, call an action, answer.

Repeal in two steps: what repeals it, with the pages affected shown; then the confirmation that writes.
"""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import View

from accounts.roles import CONFIRM_REPEAL, WRITE, may
from accounts.screen_access import holding
from base.admin.action_views import add_errors
from base.admin.field_anchors import edit_address
from base.admin.seen_versions import FIELD, OUTDATED, SeenVersion
from base.authority import sites_to_choose
from base.gate import Refused
from vietnam.dates import format_short
from workflows import deadlines
from workflows.screens.subjects import QueueActionView

from ..life import agreeing, lifecycle
from ..life.effect import ENDING, RELATIONS
from ..models import DocumentRelation, LegalDocument, RepealEffect
from .forms import MarkForm, RepealForm, UndoForm


class DocumentMixin:
    """Loads the document of the address for a person who may record repeals."""

    screen_access = holding(CONFIRM_REPEAL)

    @cached_property
    def document(self) -> LegalDocument:
        return get_object_or_404(
            LegalDocument.objects.select_related("document_type", "main_issuer", "owner_site"), pk=self.kwargs["pk"]
        )

    def dispatch(self, request, *args, **kwargs):
        if not may(request.user, CONFIRM_REPEAL):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class RepealView(SeenVersion, DocumentMixin, View):
    """Step 1 asks what repeals the document and shows what that reaches; step 2 confirms.

    In step 2 the documents that lapse with it are ticked as the law in force on that day proposes, and may be changed.
    """

    def seen(self):
        """The document, what acts on it already, the pages that cite it and the documents that lapse with it."""
        affected = lifecycle.affected(self.document)
        return [
            self.document,
            list(DocumentRelation.objects.standing().filter(target=self.document).order_by("pk")),
            [page.page.pk for pages in affected.pages.values() for page in pages],
            [found.document.pk for found in affected.dependents],
        ]

    def get(self, request, pk):
        return self._show(RepealForm(document=self.document, initial=self._typed_before(request)))

    def _typed_before(self, request) -> dict:
        """What was typed in the editor of relations, which leads here; a document that is not public is not named."""
        typed = {name: request.GET[name] for name in RepealForm.base_fields if request.GET.get(name)}
        key = typed.get("by_document", "")
        if not (key.isdecimal() and LegalDocument.objects.public().filter(pk=key[:18]).exists()):
            typed.pop("by_document", None)
        typed.pop("lapsing", None)
        return typed

    def post(self, request, pk):
        form = RepealForm(request.POST, document=self.document)
        step = request.POST.get("step", "preview")
        if step == "back" or not form.is_valid():
            return self._show(form)
        if step != "confirm":
            return self._show(form, is_confirming=True)
        if self.is_outdated():
            form.add_error(None, OUTDATED)
            return self._show(form, is_confirming=True)
        try:
            relation = lifecycle.repeal(self.document, by=request.user, **form.cleaned_data)
        except (ValidationError, Refused) as error:
            add_errors(form, error)
            return self._show(form)
        if relation.agreed_at is None:
            message = f"Đã ghi «{relation}»; chờ người thứ hai xác nhận. Chưa có gì thay đổi với người đọc."
        else:
            count = RepealEffect.objects.filter(relation__in=lifecycle.with_consequences(relation)).count()
            message = f"Đã ghi nhận «{relation}». Có {count} việc gỡ bỏ chờ người thứ hai quyết định ở mục «Gỡ bỏ»."
        messages.success(request, message)
        return redirect(edit_address(self.document))

    def _show(self, form, *, is_confirming=False):
        data = form.cleaned_data if is_confirming else {}
        affected = lifecycle.affected(
            self.document, scope=data.get("scope") or (), effective_on=data.get("effective_on")
        )
        # What was ticked before stays ticked; before that the law proposes.
        ticked = (
            {document.pk for document in data["lapsing"]}
            if data and self.request.POST.get("was_asked")
            else {item.document.pk for item in affected.dependents if item.lapses}
        )
        summary = [
            ("Văn bản", self.document.title),
            ("Điều đã xảy ra", dict(RepealForm.KINDS).get(data.get("code"), "")),
            ("Bởi", data.get("by_document") or data.get("other_text") or "không ghi văn bản nào"),
            ("Lý do, căn cứ", data.get("reason") or "không ghi"),
            ("Từ ngày", format_short(data["effective_on"]) if data.get("effective_on") else ""),
            ("Phạm vi", ", ".join(data.get("scope") or []) or "toàn bộ"),
        ]
        return render(
            self.request,
            "legalref/admin/repeal.html",
            {
                "title": "Ghi nhận bãi bỏ, thay thế",
                "document": self.document,
                "status": lifecycle.status(self.document, deadlines.today()),
                "form": form,
                "seen_field": FIELD,
                "seen_stamp": self.stamp(),
                "is_confirming": is_confirming,
                "summary": summary,
                "affected": affected,
                "ticked": ticked,
                "is_partial": bool(data.get("scope")),
                "was_asked": self.request.POST.get("was_asked", ""),
                "recorded": DocumentRelation.objects.standing()
                .filter(target=self.document, code__in=ENDING)
                .select_related("source", "confirmed_by")
                .order_by("effective_on", "pk"),
            },
        )


class UndoRepealView(QueueActionView):
    """Take back a recorded repeal."""

    screen_access = holding(CONFIRM_REPEAL)
    help_rule = "takedown"
    form_class = UndoForm
    title = "Thu hồi việc ghi nhận bãi bỏ"
    header_icon = "resubmit"
    submit_label = "Thu hồi"

    def seen(self):
        """The relation and how its take-downs stand."""
        return [self.relation, list(self.relation.effects.values_list("takedown", "takedown__state"))]

    def dispatch(self, request, *args, **kwargs):
        if not may(request.user, CONFIRM_REPEAL):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def relation(self) -> DocumentRelation:
        effects = [code for code, kind in RELATIONS.items() if kind.effect]
        found = DocumentRelation.objects.standing().select_related("source", "target__owner_site")
        return get_object_or_404(found, pk=self.kwargs["pk"], code__in=effects)

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=str(self.relation), **kwargs)

    def call(self, form):
        by, reason = self.request.user, form.cleaned_data["reason"]
        if self.relation.agreed_at is not None:
            agreeing.ask_back(self.relation, by=by, reason=reason)
            self.success_message = agreeing.ASKED_BACK
            return
        undone = lifecycle.undo_repeal(self.relation, by=by, reason=reason)
        self.success_message = (
            f"Đã thu hồi: rút {len(undone.withdrawn)} đề nghị gỡ, khôi phục {len(undone.restored)} bản nháp chờ duyệt, "
            f"{len(undone.to_review)} trang cần xem lại ghi chú hoặc chỉnh sửa, "
            f"{len(undone.consequences)} văn bản quy định chi tiết có lại hiệu lực."
        )

    def get_success_url(self):
        return edit_address(self.relation.target)


class MarkView(QueueActionView):
    """Say that a document must stand on a site, which starts its deadline."""

    help_rule = "document"
    form_class = MarkForm
    title = "Đưa văn bản vào trang"
    header_icon = "site"
    submit_label = "Đánh dấu và tính thời hạn"

    def seen(self):
        """The document."""
        return [self.document]

    @cached_property
    def document(self) -> LegalDocument:
        document = get_object_or_404(LegalDocument.objects.select_related("owner_site"), pk=self.kwargs["pk"])
        if not document.live and not may(self.request.user, WRITE, document.owner_site):
            raise Http404
        return document

    def get_form_kwargs(self):
        user = self.request.user
        offered = sites_to_choose(user)
        keys = [site.pk for site in offered if may(user, WRITE, site)]
        return {**super().get_form_kwargs(), "sites": offered.filter(pk__in=keys)}

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=self.document.title, **kwargs)

    def call(self, form):
        lifecycle.mark_for_site(
            self.document, form.cleaned_data["site"], ground=form.cleaned_data["ground"], by=self.request.user
        )
        self.success_message = f"«{self.document}» có trong sổ của {form.cleaned_data['site']}."

    def get_success_url(self):
        if may(self.request.user, WRITE, self.document.owner_site):
            return edit_address(self.document)
        return reverse("wagtailadmin_home")
