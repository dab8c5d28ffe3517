"""The screens of articles of units: the list, a new one, one with what may be done with it, its text, one step each."""

from django.core.paginator import Paginator
from django.forms import Form
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from accounts.roles import DISPATCH, SUPPLY
from accounts.screen_access import holding
from base.admin.action_views import ActionView
from base.admin.field_anchors import edit_address

from ..models import UnitArticle
from . import handling, seeing, writing
from .forms import DECLINE, GIVE_BACK, SEND, TAKE, HandleForm, UnitArticleForm

PER_PAGE = 50
ICON = "edit"
WRITERS, READERS = holding(SUPPLY), holding(SUPPLY, DISPATCH)


class UnitArticlesView(TemplateView):
    """The articles that a person sees, the last saved first."""

    screen_access = READERS
    template_name = "sections/admin/unit_articles.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        found = seeing.visible_to(user).select_related("unit", "written_by", "page")
        return super().get_context_data(
            title="Bài của phòng, ban, đoàn thể, trường",
            header_icon=ICON,
            page=Paginator(found, PER_PAGE).get_page(self.request.GET.get("p")),
            may_write=seeing.units_of(user).exists(),
            **kwargs,
        )


class WritesArticle(ActionView):
    """Mixin: the form of an article; saved, or saved and sent."""

    screen_access = WRITERS
    form_class = UnitArticleForm
    header_icon = ICON
    help_rule = "unit_article"
    article = None

    @cached_property
    def units(self) -> list:
        """The units that the person may choose from."""
        return list(seeing.units_of(self.request.user))

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "units": self.units}

    def write(self, values: dict, unit) -> UnitArticle:
        """Keep what was typed; return the article."""
        raise NotImplementedError

    def call(self, form):
        data, by = form.cleaned_data, self.request.user
        self.done = self.write(form.values(), data.get("unit"))
        self.success_message = "Đã ghi bài; chỉ bạn và thủ trưởng đơn vị xem được cho đến khi gửi."
        if data["decision"] == SEND:
            writing.send(self.done, by=by, declaration=data["declaration"])
            self.success_message = "Đã gửi bài cho cơ quan Thường trực Ban Biên tập."

    def get_success_url(self):
        return reverse("sections_unit_article", args=[self.done.pk])


class NewUnitArticleView(WritesArticle):
    """A new article."""

    without_version = "Something new; nothing is shown that could change."
    title = "Viết bài của đơn vị"

    def closed(self):
        return "" if self.units else "Đơn vị của bạn đã chấm dứt nên không viết bài mới được."

    def get_initial(self):
        return {"author_line": self.request.user.get_full_name()}

    def write(self, values, unit):
        return writing.begin(unit or self.units[0], by=self.request.user, **values)


class OfArticle:
    """Mixin: the article of the address, for who sees it; 404 for another."""

    model = UnitArticle
    header_icon = ICON
    help_rule = "unit_article"

    @cached_property
    def article(self) -> UnitArticle:
        found = seeing.visible_to(self.request.user)
        found = found.select_related("unit", "written_by", "page", "section", "handled_by")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    @property
    def is_writer(self) -> bool:
        return self.article.written_by_id == self.request.user.pk

    def seen(self):
        """The article."""
        return [self.article]

    def way_on(self):
        return {"url": reverse("sections_unit_article", args=[self.article.pk]), "words": "Xem bài"}

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=self.article.title, article=self.article, **kwargs)

    def get_success_url(self):
        return reverse("sections_unit_article", args=[self.article.pk])


class WriteUnitArticleView(OfArticle, WritesArticle):
    """An article that was not sent, or came back."""

    title = "Viết tiếp bài của đơn vị"

    def closed(self):
        if self.article.is_writable and self.is_writer:
            return ""
        return f"Bài đang ở bước «{self.article.state_label}», hoặc là bài của người khác, nên không sửa ở đây được."

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "units": ()}

    def get_initial(self):
        article = self.article
        return {name: getattr(article, name) for name in ("title", "text", "author_line")} | {
            "section": article.section_id
        }

    def write(self, values, unit):
        return writing.save(self.article, by=self.request.user, **values)


class UnitArticleView(OfArticle, ActionView):
    """One article as it stands; the standing office decides what becomes of it."""

    screen_access = READERS
    template_name = "sections/admin/unit_article.html"
    form_class = HandleForm
    title = "Bài của đơn vị"
    draft = None

    def get_initial(self):
        return {"section": self.article.section_id}

    @cached_property
    def may_handle(self) -> bool:
        is_sent = self.article.state == UnitArticle.State.SENT
        user = self.request.user
        return is_sent and seeing.may_handle(user) and user not in writing.writers(self.article)

    def get_context_data(self, **kwargs):
        article, user = self.article, self.request.user
        is_led = seeing.leads(user, article.unit_id) and not self.is_writer
        return super().get_context_data(
            may_handle=self.may_handle,
            may_write=self.is_writer and article.is_writable,
            may_take_back=self.is_writer and article.state == UnitArticle.State.SENT,
            may_discard=self.is_writer and article.is_writable and article.sent_at is None,
            may_take_over=is_led and article.is_writable,
            draft_url=edit_address(article.page) if article.page and seeing.may_handle(user) else "",
            public_url=article.page.full_url if article.page and article.page.live else "",
            **kwargs,
        )

    def call(self, form):
        data, by = form.cleaned_data, self.request.user
        if data["decision"] == TAKE:
            self.draft = handling.make_draft(self.article, section=data["section"], by=by)
            self.success_message = "Đã lập bản nháp; hãy biên tập rồi gửi duyệt như mọi bài khác."
        elif data["decision"] == GIVE_BACK:
            handling.give_back(self.article, reason=data["reason"], by=by)
            self.success_message = "Đã trả lại; người viết đọc được lý do."
        elif data["decision"] == DECLINE:
            handling.decline(self.article, reason=data["reason"], by=by)
            self.success_message = "Đã ghi: không sử dụng; người viết đọc được lý do."

    def get_success_url(self):
        return edit_address(self.draft) if self.draft is not None else super().get_success_url()


class StepView(OfArticle, ActionView):
    """One step of its writer, or of the unit's head, that asks for nothing but a press."""

    screen_access = WRITERS
    form_class = Form


class TakeBackView(StepView):
    """Take an article back that the standing office has not worked on."""

    title = submit_label = "Rút bài về"
    success_message = "Đã rút bài về; sửa xong hãy gửi lại."

    def call(self, form):
        writing.take_back(self.article, by=self.request.user)


class TakeOverView(StepView):
    """The head of the unit goes on with what another left."""

    title = submit_label = "Nhận viết tiếp"
    success_message = "Bài nay do bạn viết tiếp."

    def call(self, form):
        writing.take_over(self.article, by=self.request.user)


class DiscardView(StepView):
    """Discard an article that was never sent."""

    title, submit_label = "Xóa bài đang viết", "Xóa"
    success_message = "Đã xóa bài."

    def call(self, form):
        writing.discard(self.article, by=self.request.user)

    def get_success_url(self):
        return reverse("sections_unit_articles")
