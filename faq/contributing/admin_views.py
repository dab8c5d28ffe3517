"""The screens of the standing office: the articles that people without an account sent, one of them, one action each.

Every view asks first whether the person works on what is sent to the site; others' articles do not exist for them.
"""

from django.core.paginator import Paginator
from django.db.models import Count
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from accounts.roles import DISPATCH
from accounts.screen_access import holding
from base.admin.action_views import ActionView
from base.admin.field_anchors import edit_address
from base.audit.trail import record_personal_data_read
from base.files.serving import send_private

from ..models import ContributedArticle, ContributedFile
from ..office import inbox
from . import drafting, due, handling
from .forms import AskBackForm, DeclineForm, MakeDraftForm, PutAsideForm

PER_PAGE = 50
ICON = "edit"
State = ContributedArticle.State
OFFICE = holding(DISPATCH)


def visible_to(user):
    """Return the articles that a person works on."""
    return ContributedArticle.objects.filter(owner_site__in=inbox.sites_for(user, DISPATCH))


class ContributionsView(TemplateView):
    """The articles, the newest first; one state of them by `?tinh_trang=`."""

    screen_access = OFFICE
    template_name = "faq/admin/contributions/list.html"

    def get_context_data(self, **kwargs):
        everything = visible_to(self.request.user)
        counts = dict(everything.order_by().values_list("state").annotate(Count("pk")))
        chosen = self.request.GET.get("tinh_trang", "")
        found = everything.filter(state=chosen) if chosen in State.values else everything
        choices = [("", "Tất cả", sum(counts.values())), *((s.value, s.label, counts.get(s.value, 0)) for s in State)]
        page = Paginator(found.select_related("owner_site"), PER_PAGE).get_page(self.request.GET.get("p"))
        running = due.running(page)
        return super().get_context_data(
            title="Bài gửi cộng tác",
            header_icon=ICON,
            choices=choices,
            chosen=chosen,
            page=page,
            rows=[(article, running.get(article.pk)) for article in page],
            **kwargs,
        )


class Looked:
    """Mixin: the article of the address, for a person who works on it; else there is none."""

    screen_access = OFFICE
    model = ContributedArticle
    header_icon = ICON

    @cached_property
    def article(self) -> ContributedArticle:
        found = visible_to(self.request.user).select_related("owner_site", "page", "contact")
        return get_object_or_404(found, pk=self.kwargs["pk"])


class ContributionView(Looked, TemplateView):
    """One article: what was written, its files, what was asked; who sent it only after pressing a button (POST)."""

    without_version = "Only shows; each reading is written down."

    template_name = "faq/admin/contributions/one.html"
    http_method_names = ["get", "post"]

    def get_context_data(self, **kwargs):
        article = self.article
        has_draft, exchanged = article.page is not None, list(article.messages.all())
        return super().get_context_data(
            title=article.number,
            header_icon=ICON,
            article=article,
            files=article.files.filter(removed_at=None),
            exchanged=exchanged,
            has_answered=article.state == State.RECEIVED and any(one.is_from_sender for one in exchanged),
            may_draft=article.state in handling.WORKED_ON,
            may_decide=article.is_open,
            deadline=due.running([article]).get(article.pk),
            draft_url=edit_address(article.page) if has_draft else "",
            is_stopped=has_draft and not article.page.live and article.state in (State.WITHDRAWN, State.DECLINED),
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        contact = self.article.contact
        shown = [(str(contact._meta.get_field(name).verbose_name), getattr(contact, name)) for name in contact.PERSONAL]
        shown = [(label, value) for label, value in shown if value]
        record_personal_data_read(
            by=request.user,
            obj=self.article,
            site=self.article.owner_site,
            what=", ".join(label for label, _value in shown) or "không có",
        )
        response = self.render_to_response(self.get_context_data(shown=shown, was_asked=True))
        response.headers["Cache-Control"] = "private, no-store"
        return response


class ContributionActionView(Looked, ActionView):
    """An action on one article; returns to the article."""

    template_name = "faq/admin/contributions/step.html"

    def seen(self):
        """The article, and what was asked and answered."""
        return [self.article, list(self.article.messages.all())]

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=self.article.number, article=self.article, **kwargs)

    def get_success_url(self):
        return reverse("faq_contribution", args=[self.article.pk])


class AskBackView(ContributionActionView):
    """Ask the sender something."""

    title, submit_label = "Hỏi lại người gửi", "Gửi câu hỏi"
    form_class = AskBackForm
    success_message = "Đã hỏi; người gửi trả lời ở trang theo dõi."

    def call(self, form):
        handling.ask_back(self.article, text=form.cleaned_data["text"], by=self.request.user)


class DeclineView(ContributionActionView):
    """Do not use an article, with the reason its sender reads."""

    title, submit_label = "Không sử dụng bài", "Không sử dụng"
    form_class = DeclineForm
    success_message = "Đã ghi: không sử dụng; người gửi đọc được lý do."

    def call(self, form):
        handling.decline(self.article, reason=form.cleaned_data["reason"], by=self.request.user)


class PutAsideView(ContributionActionView):
    """Put aside what is no article."""

    title, submit_label = "Không phải bài gửi", "Loại"
    form_class = PutAsideForm
    success_message = "Đã loại; số và dòng tiếp nhận vẫn còn."

    def call(self, form):
        handling.mark_spam(self.article, reason=form.cleaned_data["reason"], by=self.request.user)


class MakeDraftView(ContributionActionView):
    """Make a draft of an article; it is then edited and submitted like every draft."""

    title, submit_label = "Lập bản nháp", "Lập bản nháp"
    form_class = MakeDraftForm
    success_message = "Đã lập bản nháp; hãy biên tập rồi gửi duyệt như mọi bài khác."
    draft = None

    def get_form_kwargs(self):
        article = self.article
        return {
            **super().get_form_kwargs(),
            "sections": drafting.sections_of(article),
            "files": drafting.word_files(article),
            "has_text": bool(article.text.strip()),
        }

    def call(self, form):
        self.draft = drafting.make_draft(self.article, by=self.request.user, **form.values())

    def get_success_url(self):
        return edit_address(self.draft)


class ContributionFileView(View):
    """A file of an article, for those who work on it; each time written down."""

    screen_access = OFFICE
    model = ContributedFile

    def get(self, request, pk):
        files = ContributedFile.objects.filter(contribution__in=visible_to(request.user))
        return send_private(request, get_object_or_404(files, pk=pk))
