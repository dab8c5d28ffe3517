"""The admin's screens of comments: the consultations, one of them, one comment; parse, call an action, answer.

Every view asks first whether the person handles questions on the site of the consultation: another ward's is not there.
"""

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from accounts.roles import HANDLE_QUESTIONS
from accounts.screen_access import holding
from base.admin.action_views import ActionView
from base.audit.trail import record_personal_data_read
from base.files.serving import send_private
from base.sites import site_of, sites_held
from base.tables.csv import download
from sections.models import ConsultationPage

from ..handling import anonymising
from ..models import CommentFile, ConsultationComment
from ..office import inbox
from ..office.contacts import ContactMixin
from . import deciding, digest, exporting
from .forms import AcceptForm, DigestForm, ReasonForm, ReplyForm

PER_PAGE = 50
State = ConsultationComment.State


def visible_to(user):
    """Return the comments that a person handles."""
    return ConsultationComment.objects.filter(owner_site__in=inbox.sites_for(user, HANDLE_QUESTIONS))


class Consulted:
    """Mixin: the consultation of the address, for a person who handles its comments; else there is none."""

    screen_access = holding(HANDLE_QUESTIONS)
    model = ConsultationPage
    header_icon = "comment"

    @cached_property
    def page(self) -> ConsultationPage:
        page = get_object_or_404(ConsultationPage, pk=self.kwargs["page_id"])
        if not deciding.may_handle(self.request.user, site_of(page)):
            raise Http404
        return page


class Looked:
    """Mixin: the comment of the address, likewise."""

    screen_access = holding(HANDLE_QUESTIONS)
    model = ConsultationComment
    header_icon = "comment"

    @cached_property
    def comment(self) -> ConsultationComment:
        found = visible_to(self.request.user).select_related("owner_site", "page", "contact")
        return get_object_or_404(found, pk=self.kwargs["pk"])


class ConsultationsView(TemplateView):
    """The consultations of one's sites, the newest first, with how many comments came and wait."""

    screen_access = holding(HANDLE_QUESTIONS)
    template_name = "faq/admin/comments/consultations.html"

    def get_context_data(self, **kwargs):
        own = visible_to(self.request.user)
        counted = own.values("page").annotate(
            total=Count("pk"),
            waiting=Count("pk", filter=Q(state=State.RECEIVED)),
            shown=Count("pk", filter=Q(state__in=ConsultationComment.SHOWN)),
        )
        counts = {row["page"]: row for row in counted}
        pages = ConsultationPage.objects.exclude(first_published_at=None).order_by("-opens_on", "-pk")
        with sites_held():
            pages = [page for page in pages if deciding.may_handle(self.request.user, site_of(page))]
        none = {"total": 0, "waiting": 0, "shown": 0}
        return super().get_context_data(
            title="Góp ý dự thảo",
            header_icon="comment",
            rows=[(page, site_of(page), counts.get(page.pk, none)) for page in pages],
            **kwargs,
        )


class CommentsView(Consulted, TemplateView):
    """The comments on one draft, those to look at first."""

    template_name = "faq/admin/comments/comments.html"

    def get_context_data(self, **kwargs):
        everything = ConsultationComment.objects.on_page(self.page)
        counts = dict(everything.order_by().values_list("state").annotate(Count("pk")))
        chosen = self.request.GET.get("tinh_trang", "")
        found = everything.filter(state=chosen) if chosen in State.values else everything
        choices = [("", "Tất cả", sum(counts.values())), *((s.value, s.label, counts.get(s.value, 0)) for s in State)]
        return super().get_context_data(
            title="Góp ý dự thảo",
            header_icon=self.header_icon,
            consultation=self.page,
            choices=choices,
            chosen=chosen,
            page=Paginator(found.order_by("received_at", "pk"), PER_PAGE).get_page(self.request.GET.get("p")),
            showable=everything.to_show().count(),
            **kwargs,
        )


class CommentView(Looked, TemplateView):
    """One comment: what was written, its files, what became of it, and what may be done next."""

    template_name = "faq/admin/comments/comment.html"

    def get_context_data(self, **kwargs):
        comment = self.comment
        return super().get_context_data(
            title=comment.number,
            header_icon=self.header_icon,
            comment=comment,
            files=comment.files.all(),
            may_accept=comment.state != State.ANSWERED,
            may_refuse=comment.state in (State.RECEIVED, State.ACCEPTED),
            may_reply=comment.state in ConsultationComment.SHOWN,
            sender=digest.sender_shown(comment),
            **kwargs,
        )


class CommentActionView(Looked, ActionView):
    """An action on one comment; returns to the comment."""

    template_name = "faq/admin/comments/step.html"

    def seen(self):
        """The comment."""
        return [self.comment]

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=self.comment.number, comment=self.comment, **kwargs)

    def get_success_url(self):
        return reverse("faq_comment", args=[self.comment.pk])


class AcceptView(CommentActionView):
    """Two panes: what was written with what may tell who wrote it, and the text that may be public."""

    title, submit_label = "Chấp nhận ý kiến", "Chấp nhận"
    form_class = AcceptForm
    template_name = "faq/admin/comments/accept.html"
    success_message = "Đã chấp nhận ý kiến; nội dung chỉ công khai khi đưa vào trang lấy ý kiến và được duyệt."

    @cached_property
    def marked(self) -> anonymising.Marked:
        """The text as it was written, with the sender's own data marked: seeing the marks is reading personal data."""
        record_personal_data_read(
            by=self.request.user,
            obj=self.comment,
            site=self.comment.owner_site,
            what="đối chiếu thông tin người góp ý khi ẩn danh",
        )
        return anonymising.mark(self.comment.text, self.comment.contact)

    def get_initial(self):
        replaced = deciding.as_text_of_comments(anonymising.replaced(self.comment.text, self.marked.suggestions))
        return {"public_text": self.comment.public_text or replaced}

    def get_context_data(self, **kwargs):
        return super().get_context_data(marked=self.marked, **kwargs)

    def call(self, form):
        deciding.accept(self.comment, public_text=form.cleaned_data["public_text"], by=self.request.user)


class RefuseView(CommentActionView):
    """Leave a comment out, with the reason its sender reads."""

    title, submit_label = "Không đưa vào tổng hợp", "Không đưa vào tổng hợp"
    form_class = ReasonForm
    success_message = "Đã ghi: ý kiến không đưa vào tổng hợp; người góp ý đọc được lý do."

    def call(self, form):
        deciding.refuse(self.comment, reason=form.cleaned_data["reason"], by=self.request.user)


class ReplyView(CommentActionView):
    """Note what became of a comment."""

    title, submit_label = "Tiếp thu, giải trình", "Ghi"
    form_class = ReplyForm
    success_message = "Đã ghi ý kiến tiếp thu, giải trình; công khai cùng bản tổng hợp sau khi được duyệt."

    def get_initial(self):
        return {"reply": self.comment.reply}

    def call(self, form):
        deciding.note_reply(self.comment, reply=form.cleaned_data["reply"], by=self.request.user)


class CommentContactView(ContactMixin, Looked, TemplateView):
    """Who sent a comment and how to reach them."""

    template_name = "faq/admin/comments/contact.html"

    def get(self, request, *args, **kwargs):
        return redirect("faq_comment", self.comment.pk)

    def post(self, request, *args, **kwargs):
        return self.shown(request, self.comment, title="Thông tin người góp ý")


class CommentFileView(View):
    """A file of a comment, for those who handle it; each time written down."""

    screen_access = holding(HANDLE_QUESTIONS)
    model = CommentFile

    def get(self, request, pk):
        files = CommentFile.objects.filter(comment__in=visible_to(request.user))
        return send_private(request, get_object_or_404(files, pk=pk))


class DigestView(Consulted, ActionView):
    """Choose which accepted comments are in the next version of the consultation."""

    title, submit_label = "Đưa ý kiến vào trang lấy ý kiến", "Tạo bản nháp"
    form_class = DigestForm
    template_name = "faq/admin/comments/digest.html"
    success_message = "Đã đưa ý kiến vào bản nháp của trang; hãy xem lại rồi gửi duyệt như các trang khác."

    def seen(self):
        """The newest version of the page, and the accepted comments."""
        return [self.page, list(ConsultationComment.objects.on_page(self.page).to_show())]

    def get_form_kwargs(self):
        comments = ConsultationComment.objects.on_page(self.page).to_show().select_related("contact")
        return {**super().get_form_kwargs(), "comments": comments}

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=self.page.title, consultation=self.page, **kwargs)

    def call(self, form):
        digest.prepare_digest(self.page, form.cleaned_data["comments"], by=self.request.user)

    def get_success_url(self):
        return reverse("wagtailadmin_pages:edit", args=[self.page.pk])


class SheetView(Consulted, View):
    """The comments as a spreadsheet: a link gives them without contact data, a press with them."""

    without_version = "Only shows; each reading is written down."

    def get(self, request, page_id):
        return self._sheet(with_contacts=False)

    def post(self, request, page_id):
        record_personal_data_read(
            by=request.user, obj=self.page, site=site_of(self.page), what="thông tin liên hệ của những người góp ý"
        )
        return self._sheet(with_contacts=True)

    def _sheet(self, *, with_contacts: bool):
        content = exporting.as_xlsx(self.page, by=self.request.user, with_contacts=with_contacts)
        return download(content, f"gop-y-{self.page.slug[:60]}{'-lien-he' if with_contacts else ''}.xlsx")
