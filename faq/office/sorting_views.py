"""The screens by which a question finds its unit: taken, cleared, merged, classified, assigned."""

from django.db import transaction
from django.utils.functional import cached_property

from accounts.roles import ANSWER_QUESTIONS, HANDLE_QUESTIONS
from accounts.screen_access import holding

from ..handling import (
    assigning,
    classifying,
    interim,
    states,
)
from ..models import Question
from . import forms as admin_forms
from . import inbox, suggesting
from .step_screen import StepView


class ClaimView(StepView):
    screen_access = holding(ANSWER_QUESTIONS)
    step, title, submit_label = "claim", "Nhận xử lý", "Nhận xử lý"
    success_message = "Bạn đã nhận xử lý câu hỏi này."

    def call(self, form):
        assigning.claim(self.question, by=self.request.user)


class ReleaseView(StepView):
    screen_access = holding(ANSWER_QUESTIONS)
    step, title, submit_label = "release", "Thôi xử lý", "Thôi xử lý"
    success_message = "Câu hỏi trở lại hộp chung, ai cũng nhận được."

    def call(self, form):
        assigning.release(self.question, by=self.request.user)


class ClearView(StepView):
    step, title, submit_label = "clear_suspicion", "Xác nhận là câu hỏi", "Đúng là câu hỏi"
    success_message = "Đã xác nhận; thời hạn vẫn tính từ lúc câu hỏi được gửi."

    def call(self, form):
        classifying.clear_suspicion(self.question, by=self.request.user)


class SpamView(StepView):
    step, title, submit_label = "mark_spam", "Loại: không phải câu hỏi", "Loại"
    form_class = admin_forms.ReasonForm
    success_message = "Đã loại; dòng và số vẫn còn trong sổ, thời hạn được hủy."

    def call(self, form):
        classifying.mark_spam(self.question, by=self.request.user, **form.cleaned_data)


class MergeView(StepView):
    """Open questions with the same text first, then those that sound alike; another one by its number."""

    step, title, submit_label = "merge", "Gộp vào câu hỏi khác", "Gộp"
    form_class = admin_forms.MergeForm
    success_message = "Đã gộp; người hỏi sẽ nhận câu trả lời chung."
    # How many open questions are compared.
    COMPARED = 500

    @cached_property
    def allowed(self):
        sites = inbox.sites_for(self.request.user, HANDLE_QUESTIONS)
        sources = states.STEPS["merge"].sources
        return Question.objects.filter(owner_site__in=sites, state__in=sources).order_by("-received_at", "-pk")

    @cached_property
    def offered(self) -> list[tuple[str, str]]:
        same = list(self.allowed.filter(text_digest=self.question.text_digest).exclude(pk=self.question.pk))
        others = self.allowed.exclude(text_digest=self.question.text_digest)[: self.COMPARED]
        found = [(other, "cùng nội dung") for other in same]
        found += [(other, "gần giống") for other in suggesting.similar(self.question, others)]
        return [(other.number, f"{other.number} ({how}): {other.title}") for other, how in found]

    def get_form_kwargs(self):
        return {
            **super().get_form_kwargs(),
            "question": self.question,
            "offered": self.offered,
            "allowed": self.allowed,
        }

    def call(self, form):
        classifying.merge(
            self.question, form.cleaned_data["target"], reason=form.cleaned_data["reason"], by=self.request.user
        )


class ClassifyView(StepView):
    """Topic and unit, each suggested with its reason; the unit may wait."""

    step, title = "classify", "Phân loại, chuyển đơn vị"
    form_class = admin_forms.ClassifyForm
    template_name = "faq/admin/classify.html"

    @cached_property
    def topics(self) -> list[suggesting.TopicSuggestion]:
        return suggesting.topics(self.question)

    @cached_property
    def unit(self) -> suggesting.UnitSuggestion | None:
        topic = self.question.topic or (self.topics[0].topic if self.topics else None)
        return suggesting.unit(self.question, topic)

    def get_initial(self):
        topic = self.question.topic or (self.topics[0].topic if self.topics else None)
        return {"topic": topic, "unit": self.unit.unit if self.unit else None}

    def get_context_data(self, **kwargs):
        return super().get_context_data(topics=self.topics, unit=self.unit, chosen_topic=self.question.topic, **kwargs)

    @transaction.atomic
    def call(self, form):
        values, user = form.cleaned_data, self.request.user
        classifying.classify(self.question, by=user, topic=values["topic"], in_scope=True)
        self.success_message = f"Đã phân loại: {values['topic']}."
        if values["assign"]:
            assigning.assign(self.question, unit=values["unit"], note=values["note"], by=user)
            self.success_message = f"Đã phân loại: {values['topic']}; đã chuyển {values['unit']}."


class RejectView(StepView):
    """Out of scope: classifies and tells the asker at once (Quy chế Điều 10.1.d)."""

    step, title, submit_label = "classify", "Không thuộc phạm vi trả lời", "Trả lời người hỏi ngay"
    form_class = admin_forms.RejectForm
    success_message = "Đã trả lời người hỏi: câu hỏi không thuộc phạm vi."

    def get_initial(self):
        question = self.question
        return {
            "reason": question.scope_reason,
            "competent_body": question.competent_body,
            "competent_body_url": question.competent_body_url,
        }

    @transaction.atomic
    def call(self, form):
        values, user = form.cleaned_data, self.request.user
        classifying.classify(
            self.question,
            by=user,
            topic=self.question.topic,
            in_scope=False,
            reason=values["reason"],
            competent_body=values["competent_body"],
            competent_body_url=values["competent_body_url"],
        )
        classifying.reject(self.question, by=user)


class AssignView(StepView):
    step, title, submit_label = "assign", "Chuyển đơn vị trả lời", "Chuyển"
    form_class = admin_forms.AssignForm
    template_name = "faq/admin/assign.html"

    @cached_property
    def unit(self) -> suggesting.UnitSuggestion | None:
        return suggesting.unit(self.question, self.question.topic)

    def get_initial(self):
        return {"unit": self.unit.unit if self.unit else None}

    def get_context_data(self, **kwargs):
        return super().get_context_data(unit=self.unit, **kwargs)

    def call(self, form):
        assigning.assign(self.question, by=self.request.user, **form.cleaned_data)
        self.success_message = f"Đã chuyển {form.cleaned_data['unit']}."


class ReassignView(StepView):
    step, title, submit_label = "reassign", "Chuyển đơn vị khác", "Chuyển"
    form_class = admin_forms.ReassignForm

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "question": self.question}

    def call(self, form):
        assigning.reassign(self.question, by=self.request.user, **form.cleaned_data)
        self.success_message = (
            f"Đã chuyển {form.cleaned_data['unit']}; thời hạn của người hỏi vẫn tính từ lúc tiếp nhận."
        )


class GiveBackView(StepView):
    screen_access = holding(ANSWER_QUESTIONS)
    step, title, submit_label = "give_back", "Trả lại nơi chuyển", "Trả lại"
    form_class = admin_forms.ReasonForm
    success_message = "Đã trả lại; nơi chuyển nhận được lý do, thời hạn của người hỏi vẫn tính như cũ."

    def call(self, form):
        assigning.give_back(self.question, by=self.request.user, **form.cleaned_data)


class NotifyView(StepView):
    step, title, submit_label = "notify", "Thông báo quá trình xử lý", "Gửi thông báo"
    form_class = admin_forms.NotifyForm
    success_message = "Đã gửi thông báo; ngày đã hẹn là hạn trả lời mới."

    def call(self, form):
        interim.notify(self.question, by=self.request.user, **form.cleaned_data)


class WaitView(StepView):
    step, title, submit_label = "wait_for_asker", "Đề nghị người hỏi bổ sung", "Gửi đề nghị"
    form_class = admin_forms.WaitForm
    success_message = "Đã gửi đề nghị; thời hạn tạm dừng cho đến khi người hỏi bổ sung."

    def call(self, form):
        interim.wait_for_asker(self.question, by=self.request.user, **form.cleaned_data)


class ResumeView(StepView):
    step, title, submit_label = "resume", "Tiếp tục xử lý", "Tiếp tục, thời hạn tính tiếp"
    success_message = "Thời hạn đã tính tiếp."

    def call(self, form):
        interim.resume(self.question, by=self.request.user)
