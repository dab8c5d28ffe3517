"""The screens of preview links: what an outsider gets, and where links are made and revoked."""

from http import HTTPStatus
from pathlib import PurePosixPath

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from base.admin.action_views import add_errors
from base.files.serving import send_private
from base.models import PortalRendition
from base.operations import idempotency
from base.public.frame import build_frame

from ..models import PreviewAnswer, PreviewLink
from ..screens.forms import PreviewLinkForm
from ..screens.subjects import PageMixin, QueueActionView, demand_works_on
from . import preview_answers, previews
from .previews import MOST_DAYS, OUTSIDER

# In the address of the form, once something was sent.
SENT = "da-gui"
# It is neither cached nor indexed, and no address it links to learns where the reader came from.
HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
}


# --- What an outsider gets -------------------------------------------------------------------------


@require_GET
def show(request, token: str):
    """Answer a preview link: the page, 410 when the link has ended, 404 for anything that is no link of ours."""
    link, version = _found(token)
    if version is None:
        return _ended(request, link)
    html = previews.page_as_read(version, link)
    previews.open_link(link, by=request.user if request.user.is_authenticated else None)
    return _sealed_off(HttpResponse(html))


@require_GET
def show_file(request, token: str, file_token: str, name: str):
    """Answer a picture or file of the version that a preview link shows; 404 for every other file."""
    link, version = _found(token)
    if version is None:
        return _ended(request, link)
    item = previews.file_shown(version, file_token)
    if item is None or PurePosixPath(item.file.name).name != name:
        raise Http404
    owner = item.image if isinstance(item, PortalRendition) else item
    if not owner.is_servable():
        raise Http404
    by = "" if request.user.is_authenticated else f"{OUTSIDER} số {link.pk}"
    return _sealed_off(send_private(request, item, actor_name=by))


class AnswerForm(forms.Form):
    """Who says what of a draft."""

    name = forms.CharField(
        label=_("Họ tên hoặc cơ quan"),
        required=False,
        help_text=_("Chỉ người soạn và người duyệt bài thấy; không ghi số điện thoại, thư điện tử."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    text = forms.CharField(
        label=_("Ý kiến về bản nháp"),
        required=False,
        help_text=_("Trích câu cần sửa và ghi cách sửa; không ghi thông tin cá nhân của người khác."),
        widget=forms.Textarea(attrs={"rows": 10}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request, token: str):
    """Take what the reader of a preview link says of its version; 410 when the link has ended."""
    link, version = _found(token)
    if version is None:
        return _ended(request, link)
    form = AnswerForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            idempotency.once(
                request,
                f"workflows.preview {link.pk}",
                lambda: str(preview_answers.give(link, **form.cleaned_data).pk),
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            return _sealed_off(HttpResponseRedirect(f"{request.path}?{SENT}=1", status=HTTPStatus.SEE_OTHER))
    frame = build_frame(None, request, title=_("Ý kiến về bản xem trước"))
    frame.is_indexed = frame.shows_userbar = False
    frame.has_errors = bool(form.errors)
    context = {
        "frame": frame,
        "form": form,
        "link": link,
        "preview_url": reverse("workflows_preview", args=[token]),
        "was_sent": SENT in request.GET,
        "submission_field": idempotency.FIELD,
        "submission_key": idempotency.key_of(request) or idempotency.new_key(),
    }
    return _sealed_off(render(request, "workflows/preview_answer.html", context))


def _found(token: str):
    link = previews.find(token)
    if link is None:
        raise Http404
    return link, previews.version_of(link)


def _ended(request, link: PreviewLink):
    frame = build_frame(None, request, title="Liên kết xem trước đã hết hạn")
    frame.is_indexed = frame.shows_userbar = False
    context = {"frame": frame, "link": link, "status": 410}
    return _sealed_off(render(request, "workflows/preview_ended.html", context, status=410))


def _sealed_off(response):
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response


# --- Where links are made and revoked --------------------------------------------------------------


class PreviewLinksView(PageMixin, QueueActionView):
    """The preview links of a page: each with its address, how often it was opened, and the form for a new one."""

    template_name = "workflows/preview_links.html"
    form_class = PreviewLinkForm
    title = "Xem trước cho người ngoài"
    header_icon = "link"
    submit_label = "Tạo liên kết"
    success_message = "Đã tạo liên kết; hãy chép địa chỉ bên dưới và gửi cho người nhận."

    def seen(self):
        """The newest version, which the link will show."""
        return [self.page]

    def get_context_data(self, **kwargs):
        now = timezone.now()
        newest = self.page.latest_revision_id
        rows = [
            {
                "link": link,
                "is_open": previews.version_of(link, now) is not None,
                "address": previews.address_of(link),
                "is_newest": link.revision_id == newest,
                "state": link.get_ended_because_display() or ("hết hạn" if link.until <= now else "không mở được nữa"),
            }
            for link in previews.links_of(self.page)[:100]
        ]
        return super().get_context_data(
            open_rows=[row for row in rows if row["is_open"]],
            ended_rows=[row for row in rows if not row["is_open"]],
            most_days=MOST_DAYS,
            answers=preview_answers.of_page(self.page),
            **kwargs,
        )

    def call(self, form):
        previews.make_link(self.page, by=self.request.user, **form.cleaned_data)

    def get_success_url(self):
        return reverse("workflows_previews", args=[self.page.pk])


class ClosePreviewAnswerView(QueueActionView):
    """Notes that a remark of an outsider has been seen to."""

    form_class = forms.Form
    title = "Đã xem xét ý kiến"
    header_icon = "comment"
    submit_label = "Đã xem xét"
    success_message = "Đã ghi là đã xem xét."

    def seen(self):
        """The remark and whether it waits."""
        return [self.answer.pk, self.answer.closed_at]

    def to_hold(self):
        return [[self.answer]]

    @cached_property
    def answer(self):
        found = PreviewAnswer.objects.select_related("link__owner_site")
        answer = get_object_or_404(found, pk=self.kwargs["pk"])
        demand_works_on(self.request.user, answer.link.owner_site)
        return answer

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=self.answer.link.title, **kwargs)

    def call(self, form):
        preview_answers.close(self.answer, by=self.request.user)

    def get_success_url(self):
        return reverse("workflows_previews", args=[self.answer.link.page_id])


class RevokePreviewView(QueueActionView):
    """Ends one link."""

    form_class = forms.Form
    title = "Thu hồi liên kết xem trước"
    header_icon = "link"
    submit_label = "Thu hồi"
    success_message = "Đã thu hồi; địa chỉ đó không mở được nữa."

    def seen(self):
        """The link and its version, not how often it was opened."""
        return [self.link.pk, self.link.revision_id, self.link.ended_because]

    def to_hold(self):
        return [[self.link]]

    @cached_property
    def link(self):
        link = get_object_or_404(PreviewLink.objects.select_related("owner_site"), pk=self.kwargs["pk"])
        demand_works_on(self.request.user, link.owner_site)
        return link

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=f"{self.link.title}, gửi cho {self.link.recipient}", **kwargs)

    def call(self, form):
        previews.revoke(self.link, by=self.request.user)

    def get_success_url(self):
        return reverse("workflows_previews", args=[self.link.page_id])
