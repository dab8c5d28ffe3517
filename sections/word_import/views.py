"""The admin's two screens of the import: send the file; see what would become of it, answer, make the draft."""

from functools import cached_property
from pathlib import PurePosixPath

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.utils import get_latest_str
from wagtail.models import Page

from accounts.screen_access import ROLE_HOLDERS
from base.admin.action_views import ActionView
from base.admin.field_anchors import edit_address
from base.gate import Refused
from base.operations import idempotency
from base.sites import site_of
from workflows.screens.subjects import demand_works_on

from ..models import WordUpload
from . import drafting, report, uploads
from .forms import DraftForm, UploadForm, typed_form

GONE = (
    f"Tệp Word này đã được nhập, hoặc đã hết {uploads.RETENTION_HOURS} giờ giữ. Nếu đã tạo bản nháp, bài đứng trong "
    "«Bản nháp của tôi» ở màn này; nếu chưa, hãy tải tệp lên lại."
)


class WordUploadView(ActionView):
    """Choose the file, for a new page below the one of the address or for that page itself."""

    screen_access = ROLE_HOLDERS
    without_version = "The file just chosen; nothing is written into the page."
    form_class = UploadForm
    template_name = "sections/admin/word/upload.html"
    title = "Nhập từ tệp Word (.docx)"
    header_icon = "upload"
    submit_label = "Tải lên và xem trước"
    success_message = "Đã đọc tệp. Hãy xem trước rồi tạo bản nháp; chưa ghi gì vào trang."
    adds_to_page = False

    def dispatch(self, request, *args, **kwargs):
        try:
            uploads.demand_may_import(self.page, by=request.user, adds_to_page=self.adds_to_page)
        except Refused as error:
            raise PermissionDenied(str(error)) from None
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def page(self) -> Page:
        page = get_object_or_404(Page, pk=self.kwargs["page_id"], depth__gt=1).specific
        demand_works_on(self.request.user, site_of(page))
        return page

    def call(self, form):
        self.upload = uploads.take_in(
            self.page, form.cleaned_data["file"], by=self.request.user, adds_to_page=self.adds_to_page
        )

    def get_success_url(self):
        return reverse("sections_word_preview", args=[self.upload.pk])

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            subject=get_latest_str(self.page), adds_to_page=self.adds_to_page, hours=uploads.RETENTION_HOURS, **kwargs
        )


class WordPreviewView(ActionView):
    """Show the parts, the report and the questions; then make the draft."""

    screen_access = ROLE_HOLDERS
    without_version = "The person's own upload, which cannot change; its text goes below a draft."
    form_class = DraftForm
    template_name = "sections/admin/word/preview.html"
    title = "Xem trước khi nhập"
    header_icon = "upload"

    def get(self, request, *args, **kwargs):
        if self.upload is None:
            messages.info(request, GONE)
            return redirect("wagtailadmin_home")
        return super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        """Lead a second press to the draft of the first; whose hours are over gets back what was typed."""
        if self.upload is not None:
            return super().post(request, *args, **kwargs)
        try:
            return redirect(idempotency.once(request, f"{request.user.pk} {request.path}", self._refuse).text)
        except Refused:
            self.is_drawn_again, self.shown_stamp = True, ""
            return self.render_to_response(self.get_context_data(form=typed_form(request.POST)))

    def _refuse(self) -> str:
        raise Refused(GONE)

    @cached_property
    def upload(self) -> WordUpload | None:
        """The upload of the address; None when it became a draft or its hours are over, and is there no more."""
        upload = uploads.stored_for(self.request.user, timezone.now()).filter(pk=self.kwargs["pk"]).first()
        if upload is None and WordUpload.objects.exclude(made_by=self.request.user).filter(pk=self.kwargs["pk"]):
            raise Http404
        return upload

    def closed(self):
        return "" if self.upload else GONE

    def way_on(self):
        return {"url": reverse("wagtailadmin_home"), "words": "Về Việc của tôi"}

    @cached_property
    def page(self) -> Page:
        return self.upload.page.specific

    @cached_property
    def preview(self) -> drafting.Preview | None:
        """What would become of the file; None when it cannot be read, with the reason in `unread`."""
        try:
            return drafting.preview(self.upload)
        except ValidationError as error:
            self.unread = " ".join(error.messages)
            return None

    @property
    def submit_label(self):
        if self.upload is None:
            return ""
        return "Thêm vào cuối bài" if self.upload.adds_to_page else "Tạo bản nháp"

    def get_form_kwargs(self):
        found = self.preview.found if self.preview else None
        return {
            **super().get_form_kwargs(),
            "types": [] if self.upload.adds_to_page else uploads.page_types(self.page),
            "parts": found.parts if found else [],
            "suspected": found.scheme if found else "",
            "adds_to_page": self.upload.adds_to_page,
        }

    def get_initial(self):
        if not self.preview:
            return {}
        named = PurePosixPath(self.upload.name).stem.replace("_", " ")
        return {"title": self.preview.found.title or named}

    def get_context_data(self, **kwargs):
        if self.upload is None:
            return super().get_context_data(**kwargs)
        shown = self.preview
        return super().get_context_data(
            subject=self.upload.name,
            upload=self.upload,
            page=self.page,
            place=get_latest_str(self.page),
            shown=shown,
            unread="" if shown else self.unread,
            always=report.ALWAYS,
            again=reverse(
                "sections_word_into" if self.upload.adds_to_page else "sections_word_below", args=[self.page.pk]
            ),
            **kwargs,
        )

    def call(self, form):
        add = drafting.add_to_draft if self.upload.adds_to_page else drafting.make_draft
        self.made = add(self.upload, by=self.request.user, **form.values())

    def get_success_url(self):
        return edit_address(self.made)

    def get_success_message(self):
        message = "Đã thêm chữ vào cuối bản nháp" if self.upload.adds_to_page else "Đã tạo bản nháp"
        return f"{message} từ «{self.upload.name}»; hãy đọc lại, bổ sung tóm tắt, nguồn rồi gửi duyệt."
