"""The admin's screens of the single steps of a question: each parses, calls one verb of the process, answers."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.forms import CharField
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.roles import HANDLE_QUESTIONS, may
from accounts.signin.rescue import readable
from base.admin.action_views import VerbView
from base.audit.trail import record_personal_data_read
from base.gate import Refused
from base.models import PortalSite
from base.sites import city_site
from workflows import deadlines

from ..handling import (
    afterwards,
    anonymising,
    answering,
    assigning,
    classifying,
    intake,
    interim,
    publication,
    redacting,
    states,
    steps,
)
from ..models import AnswerTemplate, Question, QuestionEvent, QuestionFile
from . import forms as admin_forms
from . import inbox, next_steps, suggesting
from .views import Questioned, question_url

GONE_TO_OTHERS = (
    "Câu hỏi này đã chuyển cho nơi khác xử lý, hoặc bước này không còn là việc của bạn, nên chưa ghi gì. Những gì bạn "
    "vừa nhập còn ở dưới; hãy chép lại nếu nơi nhận cần đến."
)
# Events whose note is for the unit that answers.
TO_THE_UNIT = (QuestionEvent.Kind.ASSIGNED, QuestionEvent.Kind.REASSIGNED)


class StepView(Questioned, VerbView):
    """The screen of one step (a key of `states.STEPS`); who may not do it is turned away, what cannot be is said."""

    help_rule = "question"
    step = ""
    template_name = "faq/admin/step.html"
    form_class = admin_forms.PressForm

    def dispatch(self, request, *args, **kwargs):
        try:
            if not steps.may_do(self.step, request.user, self.question):
                raise PermissionDenied
        except (Http404, PermissionDenied):
            # The question went to others while somebody was writing: nothing of it is shown, but what he wrote is.
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
            subject=self.question.number, question=self.question, answer=self.answer,
            time=inbox.told([self.question])[self.question.pk],
            files=self.question.files.filter(redacted_of=None, removed_at=None),
            unit_note=self.question.events.filter(kind__in=TO_THE_UNIT).exclude(note="").order_by("-at", "-pk").first(),
            **kwargs,
        )  # fmt: skip

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


# --- Whose work it is ------------------------------------------------------------------------------


class ClaimView(StepView):
    step, title, submit_label = "claim", "Nhận xử lý", "Nhận xử lý"
    success_message = "Bạn đã nhận xử lý câu hỏi này."

    def call(self, form):
        assigning.claim(self.question, by=self.request.user)


class ReleaseView(StepView):
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
            **super().get_form_kwargs(), "question": self.question, "offered": self.offered, "allowed": self.allowed
        }  # fmt: skip

    def call(self, form):
        classifying.merge(
            self.question, form.cleaned_data["target"], reason=form.cleaned_data["reason"], by=self.request.user
        )


# --- Classifying -----------------------------------------------------------------------------------


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
            "reason": question.scope_reason, "competent_body": question.competent_body,
            "competent_body_url": question.competent_body_url,
        }  # fmt: skip

    @transaction.atomic
    def call(self, form):
        values, user = form.cleaned_data, self.request.user
        classifying.classify(
            self.question, by=user, topic=self.question.topic, in_scope=False, reason=values["reason"],
            competent_body=values["competent_body"], competent_body_url=values["competent_body_url"],
        )  # fmt: skip
        classifying.reject(self.question, by=user)


# --- The unit --------------------------------------------------------------------------------------


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


# --- On the way ------------------------------------------------------------------------------------


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


# --- The answer ------------------------------------------------------------------------------------


class DraftView(StepView):
    """Write the answer, from templates of its topic and site, with its documents; save it or lay it before the head."""

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
            **super().get_form_kwargs(), "user": self.request.user, "documents": documents, "templates": self.templates
        }  # fmt: skip

    @cached_property
    def templates(self):
        """Templates of the question's site and of the city, for its topic or for any."""
        question = self.question
        return AnswerTemplate.objects.filter(
            Q(owner_site__in=[question.owner_site_id, city_site().pk]) | Q(owner_site=None),
            Q(topic=None) | Q(topic=question.topic_id), is_active=True,
        ).order_by("name")  # fmt: skip

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
            initial["body"] = f"{initial['body'] or ''}{chosen.body}"
            documents = list(dict.fromkeys([*documents, *chosen.documents.all()]))
        return self.form_class(
            initial=initial, prefix=self.get_prefix(), user=self.request.user, templates=self.templates,
            documents=documents,
        )  # fmt: skip

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            insert=self.INSERT, submit=self.SUBMIT, others=getattr(self, "others", None),
            may_submit=steps.may_do("submit", self.request.user, self.question), **kwargs,
        )  # fmt: skip

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
        """Raise ValidationError when another has written since the form was drawn; his text is shown beside."""
        now = self.question.answers.select_for_update().filter(round=self.question.round).first()
        if _stamp(now) == form.cleaned_data["written_at"]:
            return
        self.others = now
        # Saved once more, it has seen the other's text.
        form.data = form.data.copy()
        form.data[form.add_prefix("written_at")] = _stamp(now)
        moment = timezone.localtime(now.written_at, deadlines.VIETNAM)
        raise ValidationError(
            {
                "body": f"Từ lúc bạn mở, {now.written_by_name} đã lưu câu trả lời này lúc {moment:%H:%M %d/%m/%Y}. "
                "Bản đó ở bên dưới; hãy gộp vào bài của bạn rồi lưu lại. Lưu lại là thay bản đó."
            }
        )


def _stamp(answer) -> str:
    return answer.written_at.isoformat() if answer is not None else ""


class SubmitView(StepView):
    step, title, submit_label = "submit", "Trình ký câu trả lời", "Trình ký"
    success_message = "Đã trình ký câu trả lời."

    def call(self, form):
        answering.submit(self.question, by=self.request.user)


class SendBackView(StepView):
    step, title, submit_label = "send_back", "Trả lại câu trả lời để sửa", "Trả lại"
    form_class = admin_forms.ReasonForm
    success_message = "Đã trả lại; người soạn nhận được lý do."

    def call(self, form):
        answering.send_back(self.question, by=self.request.user, **form.cleaned_data)


class SignView(StepView):
    """Sign the answer, or send it back from the same screen."""

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
        return super().get_context_data(told=self.told(), **kwargs)

    def told(self) -> str:
        """How the asker comes to know of the answer, when nobody can write to him."""
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
        told = self.told()
        self.success_message = f"Đã ghi là đã trả lời. {told}" if told else "Đã gửi câu trả lời cho người hỏi."


# --- Afterwards ------------------------------------------------------------------------------------


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

    What is ticked is replaced in the public texts, on a look as well as on saving; what the person wrote himself stays.
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
        """The marks compare the texts with the asker's own data: whoever looks learns of them."""
        record_personal_data_read(
            by=self.request.user, obj=self.question, site=self.question.owner_site,
            what="đối chiếu thông tin người hỏi khi ẩn danh",
        )  # fmt: skip

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
            texts=self.texts, sent=self.sent, look=self.LOOK, public_answer=answer,
            has_replacements=bool(self.replacements), may_show_name=contact.may_show_name and not contact.purged_at,
            **kwargs,
        )  # fmt: skip

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


# --- Files and entering ----------------------------------------------------------------------------


class RedactView(VerbView):
    """Add a copy of an attachment in which personal data are covered."""

    model = QuestionFile
    form_class = admin_forms.RedactForm
    template_name = "faq/admin/step.html"
    title = "Thêm bản đã che"
    header_icon = "doc-full"
    submit_label = "Thêm bản đã che"
    success_message = "Đã thêm bản đã che; tệp gốc giữ nguyên và vẫn không công khai."

    def seen(self):
        """The file."""
        return [self.file]

    @cached_property
    def file(self) -> QuestionFile:
        own = inbox.visible_to(self.request.user)
        files = QuestionFile.objects.filter(question__in=own).select_related("question__owner_site")
        return get_object_or_404(files, pk=self.kwargs["pk"])

    def dispatch(self, request, *args, **kwargs):
        if not may(request.user, HANDLE_QUESTIONS, self.file.question.owner_site):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user, "site": self.file.question.owner_site}

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=f"{self.file.name}, {self.file.question}", **kwargs)

    def call(self, form):
        redacting.redact(self.file, form.cleaned_data["file"], by=self.request.user)

    def get_success_url(self):
        return question_url(self.file.question)


class EnterView(VerbView):
    """Enter a question that came by telephone, letter, mail or in person; leads to its printed receipt."""

    without_version = "Something new; nothing is shown that could change."
    help_rule = "question"
    form_class = admin_forms.EnterForm
    template_name = "faq/admin/enter.html"
    title = "Nhập câu hỏi"
    header_icon = "plus"
    submit_label = "Nhập và in giấy tiếp nhận"
    success_message = "Đã nhập câu hỏi; thời hạn tính từ lúc tiếp nhận."

    @cached_property
    def sites(self):
        return inbox.sites_for(self.request.user, HANDLE_QUESTIONS)

    def dispatch(self, request, *args, **kwargs):
        if not self.sites:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        sites = PortalSite.objects.filter(pk__in=[site.pk for site in self.sites]).order_by("kind", "name")
        return {**super().get_form_kwargs(), "user": self.request.user, "sites": sites}

    def call(self, form):
        self.entered = intake.enter(by=self.request.user, **form.as_question()).question

    def get_success_url(self):
        return reverse("faq_receipt", args=[self.entered.pk])
