"""The screens after the answer: closed, looked at again, prepared to be public."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property

from base.audit.trail import record_personal_data_read

from ..handling import (
    afterwards,
    anonymising,
    answering,
    publication,
    steps,
)
from ..models import Question
from . import forms as admin_forms
from .step_screen import StepView
from .views import question_url


class CloseView(StepView):
    step, title, submit_label = "close", "Kết thúc, không đăng công khai", "Kết thúc"
    success_message = "Đã kết thúc câu hỏi."

    def call(self, form):
        afterwards.close(self.question, by=self.request.user)


class ReopenView(StepView):
    step, title, submit_label = "reopen", "Xem xét lại", "Mở lại"
    form_class = admin_forms.ReasonForm
    success_message = "Đã mở lại; thời hạn tính từ hôm nay, câu trả lời cũ vẫn còn."

    def call(self, form):
        afterwards.reopen(self.question, by=self.request.user, **form.cleaned_data)


class PrepareView(StepView):
    """Two panes: the originals with what may tell who asked, the texts that are to be public.

    What is ticked is replaced in the public texts, on a look as well as on saving; what the person typed stays.
    """

    step, title, submit_label = "prepare_page", "Soạn trang công khai", "Tạo bản nháp trang công khai"
    form_class = admin_forms.PrepareForm
    template_name = "faq/admin/prepare.html"
    success_message = "Đã tạo bản nháp trang công khai; hãy xem lại rồi gửi duyệt như các trang khác."
    LOOK = "look"

    def dispatch(self, request, *args, **kwargs):
        if steps.may_do(self.step, request.user, self.question) and self.sent is None:
            # There is nothing to lay beside what is to be public.
            messages.error(request, f"{self.question} chưa được trả lời nên chưa soạn trang công khai được.")
            return redirect(question_url(self.question))
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, *args, **kwargs):
        self._note_reading()
        return super().get(request, *args, **kwargs)

    def _note_reading(self) -> None:
        """The marks compare the texts with the asker's own data: looking at them is logged as reading it."""
        record_personal_data_read(
            by=self.request.user,
            obj=self.question,
            site=self.question.owner_site,
            what="đối chiếu thông tin người hỏi khi ẩn danh",
        )

    @cached_property
    def sent(self):
        return answering.answer_of(self.question)

    @cached_property
    def texts(self) -> dict[str, anonymising.Marked]:
        """The originals, marked: title, question_text, answer (as HTML)."""
        contact = self.question.contact
        return {
            "title": anonymising.mark(self.question.title, contact),
            "question_text": anonymising.mark(self.question.text, contact),
            "answer": anonymising.mark_rich(self.sent.body, contact),
        }

    @cached_property
    def replacements(self) -> list[anonymising.Suggestion]:
        """What is suggested in any of the texts, each wording once."""
        found = [item for marked in self.texts.values() for item in marked.suggestions]
        return list({item.text: item for item in found}.values())

    def get_form_kwargs(self):
        choices = [(item.text, f"{item.text} → {item.instead} ({item.kind})") for item in self.replacements]
        return {**super().get_form_kwargs(), "replacements": choices}

    def get_initial(self):
        page = self.question.page
        texts = {
            "title": page.title if page else self.question.title,
            "question_text": page.question_text if page else self.question.text,
            "answer": page.answer if page else self.sent.body,
        }
        chosen = [item.text for item in self.replacements]
        return {**self._replaced(texts, chosen), "replace": chosen}

    def _replaced(self, texts: dict[str, str], chosen: list[str]) -> dict[str, str]:
        items = [item for item in self.replacements if item.text in chosen]
        return {
            "title": anonymising.replaced(texts["title"], items),
            "question_text": anonymising.replaced(texts["question_text"], items),
            "answer": anonymising.replaced_rich(texts["answer"], items),
        }

    def post(self, request, *args, **kwargs):
        if self.LOOK in request.POST:
            form = self.get_form()
            form.is_valid()
            texts = {name: form.cleaned_data.get(name) or "" for name in ("title", "question_text", "answer")}
            chosen = form.cleaned_data.get("replace") or []
            initial = {**self._replaced(texts, chosen), "replace": chosen}
            looked = self.form_class(initial=initial, replacements=form_choices(form))
            return self.render_to_response(self.get_context_data(form=looked, is_look=True))
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        contact = self.question.contact
        form = kwargs["form"] if "form" in kwargs else self.get_form()
        kwargs["form"] = form
        answer = form.initial.get("answer", "") if not form.is_bound else form.cleaned_data.get("answer", "")
        return super().get_context_data(
            texts=self.texts,
            sent=self.sent,
            look=self.LOOK,
            public_answer=answer,
            has_replacements=bool(self.replacements),
            may_show_name=contact.may_show_name and not contact.purged_at,
            **kwargs,
        )

    def call(self, form):
        values = form.cleaned_data
        texts = self._replaced(values, values.get("replace") or [])
        publication.prepare_page(self.question, by=self.request.user, **texts)

    def get_success_url(self):
        page = Question.objects.get(pk=self.question.pk).page
        user = self.request.user
        if page is not None and page.permissions_for_user(user).can_edit():
            return reverse("wagtailadmin_pages:edit", args=[page.pk])
        return super().get_success_url()


def form_choices(form) -> list[tuple[str, str]]:
    """The replacements that a form offers."""
    return list(form.fields["replace"].choices) if "replace" in form.fields else []
