"""What every screen of a step shares: whose question it is, the note for the unit, what went to others meanwhile."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import CharField
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.roles import HANDLE_QUESTIONS
from accounts.screen_access import holding
from accounts.signin.rescue import readable
from base.admin.action_views import ActionView
from base.gate import Refused

from ..handling import (
    states,
    steps,
)
from ..models import QuestionEvent
from . import forms as admin_forms
from . import inbox, next_steps
from .views import Questioned, question_url

GONE_TO_OTHERS = (
    "Câu hỏi này đã chuyển cho nơi khác xử lý, hoặc bước này không còn là việc của bạn, nên chưa ghi gì. Những gì bạn "
    "vừa nhập còn ở dưới; hãy chép lại nếu nơi nhận cần đến."
)
# Events whose note is for the unit that answers.
TO_THE_UNIT = (QuestionEvent.Kind.ASSIGNED, QuestionEvent.Kind.REASSIGNED)


class StepView(Questioned, ActionView):
    """The screen of one step (a key of `states.STEPS`); who may not do it is turned away, what cannot be is said."""

    screen_access = holding(HANDLE_QUESTIONS)
    help_rule = "question"
    step = ""
    template_name = "faq/admin/step.html"
    form_class = admin_forms.PressForm

    def dispatch(self, request, *args, **kwargs):
        try:
            if not steps.may_do(self.step, request.user, self.question):
                raise PermissionDenied
        except (Http404, PermissionDenied):
            # The question went to others while the person was writing: nothing of it is shown, but their own text is.
            if request.method != "POST" or not (typed := self._typed()):
                raise
            return render(
                request, "base/admin/typed_in_vain.html", {"closed": GONE_TO_OTHERS, "typed": typed}, status=403
            )
        return super().dispatch(request, *args, **kwargs)

    def _typed(self) -> list[tuple[str, str]]:
        """What was typed into the form of the step, by the labels of its fields."""
        fields = [(n, field) for n, field in self.form_class.base_fields.items() if isinstance(field, CharField)]
        found = [(field.label, readable(self.request.POST.get(name, ""))) for name, field in fields]
        return [(label, text) for label, text in found if text]

    def get(self, request, *args, **kwargs):
        try:
            self.demand_possible()
        except Refused as error:
            messages.error(request, str(error))
            return redirect(question_url(self.question))
        return super().get(request, *args, **kwargs)

    def demand_possible(self) -> None:
        """Raise Refused when the step does not start from where the question stands."""
        states.demand(self.step, self.question)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            subject=self.question.number,
            question=self.question,
            answer=self.answer,
            time=inbox.deadline_texts([self.question])[self.question.pk],
            files=self.question.files.filter(redacted_of=None, removed_at=None),
            unit_note=self.question.events.filter(kind__in=TO_THE_UNIT).exclude(note="").order_by("-at", "-pk").first(),
            **kwargs,
        )

    def onwards(self, step: str) -> str:
        """Return the screen of a step that starts where the question stands now, for who may take it; "" else."""
        question = self.question
        question.refresh_from_db()
        waits = states.is_possible(step, question) and steps.may_do(step, self.request.user, question)
        return reverse(next_steps.BY_KEY[step].screen, args=[question.pk]) if waits else ""

    def get_success_url(self):
        """The question, as long as it is one of the person's own; else the inbox."""
        is_own = inbox.visible_to(self.request.user).filter(pk=self.question.pk).exists()
        return question_url(self.question) if is_own else reverse("faq_inbox")
