"""The screens of the answer: drafted, submitted, sent back, signed, sent to the asker."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.functional import cached_property

from accounts.roles import ANSWER_QUESTIONS, SIGN_ANSWERS
from accounts.screen_access import holding
from base.sites import city_site
from vietnam.dates import format_moment

from ..handling import (
    answering,
    steps,
    template_fields,
)
from ..models import AnswerTemplate
from . import forms as admin_forms
from .step_screen import StepView


class DraftView(StepView):
    """Write the answer, from templates of its topic and site, with its documents; save it or submit it to the head."""

    screen_access = holding(ANSWER_QUESTIONS)
    without_version = "The form carries the moment of the answer; another's text is laid beside one's own."

    step, title, submit_label = "draft", "Soạn câu trả lời", "Lưu bản nháp"
    form_class = admin_forms.DraftForm
    template_name = "faq/admin/draft.html"
    INSERT, SUBMIT = "insert", "submit"

    def get_initial(self):
        return {"body": self.answer.body if self.answer else "", "written_at": _stamp(self.answer)}

    def get_form_kwargs(self):
        documents = list(self.answer.documents.all()) if self.answer else []
        return {
            **super().get_form_kwargs(),
            "user": self.request.user,
            "documents": documents,
            "templates": self.templates,
        }

    @cached_property
    def templates(self):
        """Templates of the question's site and of the city, for its topic or for any."""
        question = self.question
        return AnswerTemplate.objects.filter(
            Q(owner_site__in=[question.owner_site_id, city_site().pk]) | Q(owner_site=None),
            Q(topic=None) | Q(topic=question.topic_id),
            is_active=True,
        ).order_by("name")

    def post(self, request, *args, **kwargs):
        if self.INSERT in request.POST:
            return self.render_to_response(self.get_context_data(form=self._with_template()))
        return super().post(request, *args, **kwargs)

    def _with_template(self):
        """The form as it was sent, the template under what was written, its documents after those chosen."""
        form = self.get_form()
        form.is_valid()
        chosen = form.cleaned_data.get("template")
        initial = {name: form.cleaned_data.get(name) for name in ("body", "written_at")}
        documents = form.documents()
        if chosen is None:
            messages.info(self.request, "Hãy chọn một mẫu trả lời rồi bấm «Chèn mẫu».")
        else:
            filled = template_fields.fill(chosen.body, self.question)
            initial["body"] = f"{initial['body'] or ''}{filled}"
            self._warn(chosen, filled)
            documents = list(dict.fromkeys([*documents, *chosen.documents.all()]))
        return self.form_class(
            initial=initial,
            prefix=self.get_prefix(),
            user=self.request.user,
            templates=self.templates,
            documents=documents,
        )

    def _warn(self, chosen: AnswerTemplate, filled: str) -> None:
        """Say what of the template is not to be relied on: law that lapsed, fields that are not filled in."""
        for document in template_fields.lapsed([chosen]).get(chosen.pk, []):
            messages.warning(
                self.request,
                f"Mẫu «{chosen}» dẫn «{document}» ({document.status.label}); hãy kiểm tra căn cứ trước khi dùng.",
            )
        if left := template_fields.left_in(filled):
            names = ", ".join(f"«{name}»" for name in left)
            messages.info(self.request, f"Hãy điền các trường: {names}.")

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            insert=self.INSERT,
            submit=self.SUBMIT,
            others=getattr(self, "others", None),
            may_submit=steps.may_do("submit", self.request.user, self.question),
            **kwargs,
        )

    @transaction.atomic
    def call(self, form):
        values, user = form.cleaned_data, self.request.user
        self._demand_unchanged(form)
        answering.draft(self.question, body=values["body"], by=user, documents=form.documents())
        self.success_message = "Đã lưu bản nháp câu trả lời."
        if self.SUBMIT in self.request.POST:
            answering.submit(self.question, by=user)
            self.success_message = "Đã trình ký câu trả lời."

    def _demand_unchanged(self, form) -> None:
        """Raise ValidationError when another has written since the form was drawn; their text is shown beside."""
        now = self.question.answers.select_for_update().filter(round=self.question.round).first()
        if _stamp(now) == form.cleaned_data["written_at"]:
            return
        self.others = now
        # Saved once more, it has seen the other's text.
        form.data = form.data.copy()
        form.data[form.add_prefix("written_at")] = _stamp(now)
        raise ValidationError(
            {
                "body": f"Từ lúc bạn mở, {now.written_by_name} đã lưu câu trả lời này lúc "
                f"{format_moment(now.written_at)}. Bản đó ở bên dưới; hãy gộp vào bài của bạn "
                "rồi lưu lại. Lưu lại là thay bản đó."
            }
        )


def _stamp(answer) -> str:
    return answer.written_at.isoformat() if answer is not None else ""


class SubmitView(StepView):
    screen_access = holding(ANSWER_QUESTIONS)
    step, title, submit_label = "submit", "Trình ký câu trả lời", "Trình ký"
    success_message = "Đã trình ký câu trả lời."

    def call(self, form):
        answering.submit(self.question, by=self.request.user)


class SendBackView(StepView):
    screen_access = holding(SIGN_ANSWERS)
    step, title, submit_label = "send_back", "Trả lại câu trả lời để sửa", "Trả lại"
    form_class = admin_forms.ReasonForm
    success_message = "Đã trả lại; người soạn nhận được lý do."

    def call(self, form):
        answering.send_back(self.question, by=self.request.user, **form.cleaned_data)


class SignView(StepView):
    """Sign the answer, or send it back from the same screen."""

    screen_access = holding(SIGN_ANSWERS)
    step, title, submit_label = "sign", "Ký duyệt câu trả lời", "Ký duyệt"
    form_class = admin_forms.SignForm
    template_name = "faq/admin/sign.html"
    SEND_BACK = "send_back"

    def get_context_data(self, **kwargs):
        return super().get_context_data(send_back=self.SEND_BACK, **kwargs)

    def call(self, form):
        values, user = form.cleaned_data, self.request.user
        if self.SEND_BACK in self.request.POST:
            answering.send_back(self.question, reason=values["reason"], by=user)
            self.success_message = SendBackView.success_message
            return
        if values["reason"].strip():
            raise ValidationError(
                {"reason": "Bạn đã ghi cần sửa gì: hãy bấm «Trả lại để sửa», hoặc xóa ô này rồi ký duyệt."}
            )
        answering.sign(
            self.question, by=user, signer_name=values["signer_name"], signer_position=values["signer_position"]
        )
        self.success_message = "Đã ký duyệt; câu trả lời không sửa được nữa."

    def get_success_url(self):
        """What is left to do, for who may do it: whether it concerns others, or the sending; else the question."""
        if self.SEND_BACK in self.request.POST:
            return super().get_success_url()
        left = "decide_interest" if self.question.common_interest is None else "reply"
        return self.onwards(left) or super().get_success_url()


class InterestView(StepView):
    step, title = "decide_interest", "Xác định liên quan chung"
    form_class = admin_forms.InterestForm
    success_message = "Đã ghi."

    def call(self, form):
        answering.decide_interest(self.question, by=self.request.user, **form.cleaned_data)

    def get_success_url(self):
        """The sending that waits for it, else the question."""
        return self.onwards("reply") or super().get_success_url()


class ReplyView(StepView):
    step, title = "reply", "Gửi câu trả lời"
    template_name = "faq/admin/reply.html"

    @cached_property
    def ways(self) -> list[str] | None:
        """How else the asker is told who left no e-mail address; None when the answer is mailed."""
        contact = self.question.contact
        if contact.email and not contact.purged_at:
            return None
        return [word for word, there in (("gọi điện", contact.phone), ("gửi thư", contact.address)) if there]

    @property
    def submit_label(self):
        return "Gửi cho người hỏi" if self.ways is None else "Ghi là đã trả lời"

    def get_context_data(self, **kwargs):
        return super().get_context_data(how_notified=self.how_notified(), **kwargs)

    def how_notified(self) -> str:
        """How the asker comes to know of the answer, when there is no mail address to write to."""
        if self.ways is None:
            return ""
        if not self.ways:
            return "Người hỏi không để lại cách liên hệ; họ xem được khi tra cứu bằng mã."
        return (
            f"Người hỏi không để lại thư điện tử: hãy {' hoặc '.join(self.ways)} để báo; "
            "họ cũng xem được khi tra cứu bằng mã."
        )

    def call(self, form):
        answering.reply(self.question, by=self.request.user)
        how_notified = self.how_notified()
        self.success_message = (
            f"Đã ghi là đã trả lời. {how_notified}" if how_notified else "Đã gửi câu trả lời cho người hỏi."
        )
