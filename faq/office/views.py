"""The admin's screens of questions: the inbox, one question, its files and contact data; parse, call, answer.

The screens of the single steps are in `sorting_views.py`, `answer_views.py`, `afterwards_views.py`, those of tables of
answers in `answer_tables/`. Every view asks first whether the question is one that the person may see: another ward's
is not there.
"""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from accounts.roles import HANDLE_QUESTIONS, may
from accounts.screen_access import holding
from base.admin import seen_versions
from base.admin.screen_access import ScreenAccess
from base.audit.trail import record, record_personal_data_read
from base.files.serving import send_private
from base.tables import xlsx
from base.tables.csv import download_sheets
from vietnam.dates import format_short
from workflows import deadlines
from workflows.models import Deadline

from ..handling import intake, running
from ..models import Question, QuestionFile
from . import inbox, inbox_filters, measures, next_steps
from .contacts import ContactMixin

PER_PAGE = 50
# What one sheet holds at most.
MOST_EXPORTED = 5_000


class Questioned:
    """Mixin: the question of the address, for a person who may see it; else there is none."""

    model = Question
    header_icon = "help"

    @cached_property
    def question(self) -> Question:
        found = inbox.visible_to(self.request.user).select_related(
            "owner_site__unit", "asked_on_site__unit", "unit", "topic__unit", "claimed_by", "merged_into", "page"
        )
        return get_object_or_404(found, pk=self.kwargs["pk"])

    @cached_property
    def answer(self):
        """The answer of the present round, or None."""
        return self.question.answers.filter(round=self.question.round).prefetch_related("documents").first()

    def seen(self):
        """The question, and the answer of this round with its documents."""
        return [self.question, self.answer, self.answer.documents.all() if self.answer else []]


class InboxView(TemplateView):
    """The questions of one's sites: one's own work first, then the soonest due."""

    screen_access = ScreenAccess(inbox.works_with_questions)
    template_name = "faq/admin/inbox.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        found = inbox_filters.Inbox(user, self.request.GET.dict())
        filters = found.filters()
        paginator = Paginator(found.questions(), PER_PAGE)
        # The filter of the state has counted what is shown.
        paginator.count = next(
            choice.count for item in filters if item.name == "tinh_trang" for choice in item.choices if choice.is_chosen
        )
        page = paginator.get_page(self.request.GET.get("p"))
        times = inbox.deadline_texts(page)
        return super().get_context_data(
            title="Câu hỏi",
            header_icon="help",
            page=page,
            filters=filters,
            asked=found.asked,
            rows=[(question, times[question.pk]) for question in page],
            waiting=inbox.waiting_for(user).count(),
            may_enter=bool(inbox.sites_for(user, HANDLE_QUESTIONS)),
            amending=self._amending(user),
            **kwargs,
        )

    def _amending(self, user) -> tuple[str, int] | None:
        """The topic of proposals to amend the Regulation, and how many wait, for the people of the standing office."""
        proposals = inbox.proposals_to_amend(user)
        slug = proposals.values_list("topic__slug", flat=True).first()
        return (slug, proposals.count()) if slug else None


class InboxSheetView(View):
    """What the filters leave, as a spreadsheet; without contact data."""

    screen_access = ScreenAccess(inbox.works_with_questions)

    def get(self, request):
        found = inbox_filters.Inbox(request.user, request.GET.dict())
        questions = list(found.questions()[:MOST_EXPORTED])
        times, shares = inbox.deadline_texts(questions), measures.shares(questions)
        columns = [
            ("Số", 18, "number"),
            ("Tiêu đề", 50, "title"),
            ("Lĩnh vực", 24, "topic"),
            ("Đơn vị trả lời", 28, "unit"),
            ("Trang", 28, "owner_site"),
            ("Tình trạng", 24, lambda question: question.get_state_display()),
            ("Tiếp nhận", 18, lambda question: deadlines.local_date(question.received_at)),
            ("Hạn trả lời", 14, lambda question: getattr(times[question.pk].deadline, "last_day", None)),
            ("Còn lại", 24, lambda question: times[question.pk].left),
            ("Bước gần hạn nhất", 36, lambda question: _step(times[question.pk])),
            ("Người xử lý", 24, "claimed_by"),
            ("Ban Biên tập giữ (ngày làm việc)", 14, lambda question: shares[question.pk].board),
            ("Đơn vị giữ (ngày làm việc)", 14, lambda question: shares[question.pk].unit),
            ("Chờ người hỏi (ngày làm việc)", 14, lambda question: shares[question.pk].asker),
        ]
        lines = ["Câu hỏi", f"Lọc: {found.as_text()}", f"Ngày xuất: {format_short(deadlines.today())}"]
        record("export.made", by=request.user, object_label="Câu hỏi", detail={"count": len(questions)})
        sheets = [xlsx.sheet("Câu hỏi", lines, columns, questions)]
        return download_sheets(sheets, f"cau-hoi-{deadlines.today():%Y-%m-%d}.xlsx")


def _step(time: inbox.DeadlineText) -> str:
    """The step that is due before the answer: "Mở xem, nhận xử lý, 27/11/2026, quá hạn 2 ngày làm việc"."""
    step = time.step
    return f"{step.deadline.rule.label}, {format_short(step.deadline.last_day)}, {step.left}" if step else ""


class QuestionView(Questioned, TemplateView):
    """One question: text, files, timeline, deadlines, answer, and what this person may do next."""

    screen_access = ScreenAccess(inbox.works_with_questions)
    template_name = "faq/admin/question.html"

    def get_context_data(self, **kwargs):
        question, user = self.question, self.request.user
        # The buttons below press the step at once: they are about what stands here.
        stamp = seen_versions.stamp_of(self.seen())
        rows = Deadline.objects.for_subject(question).select_related("rule").prefetch_related("pauses")
        with deadlines.calendar_held():
            described = [
                (
                    deadline,
                    deadlines.explain(deadline),
                    deadlines.standing(deadline).label,
                    deadlines.time_left(deadline),
                )
                for deadline in rows.order_by("pk")
            ]
        is_handler = may(user, HANDLE_QUESTIONS, question.owner_site)
        steps = next_steps.steps_for(user, question, self.answer)
        may_merge = any(step.key == "merge" for step in steps)
        return super().get_context_data(
            title="Câu hỏi",
            header_icon=self.header_icon,
            question=question,
            answer=self.answer,
            deadline_rows=described,
            time=inbox.deadline_texts([question])[question.pk],
            shares=measures.shares([question])[question.pk],
            steps=steps,
            seen_field=seen_versions.FIELD,
            seen_stamp=stamp,
            waits_for=next_steps.waits_for(question, self.answer),
            events=question.events.select_related("unit"),
            notices=question.notices.all(),
            earlier=question.answers.exclude(round=question.round).prefetch_related("documents").order_by("-round"),
            files=question.files.filter(redacted_of=None).prefetch_related("redacted_copies"),
            duplicates=question.duplicates.filter(owner_site__in=inbox.sites_for(user)),
            same=[found for found in intake.same_text(question) if found.pk in self._seen] if may_merge else [],
            is_handler=is_handler,
            may_print=is_handler and question.channel != Question.Channel.WEB,
            **kwargs,
        )

    @cached_property
    def _seen(self) -> set[int]:
        same = inbox.visible_to(self.request.user).filter(text_digest=self.question.text_digest)
        return set(same.values_list("pk", flat=True))


class ContactView(ContactMixin, Questioned, TemplateView):
    """Who asked and how to reach them, for handlers."""

    screen_access = holding(HANDLE_QUESTIONS)
    template_name = "faq/admin/contact.html"

    def get(self, request, *args, **kwargs):
        return redirect("faq_question", self._handled().pk)

    def post(self, request, *args, **kwargs):
        return self.shown(request, self._handled(), title="Thông tin người hỏi")

    def _handled(self) -> Question:
        if not may(self.request.user, HANDLE_QUESTIONS, self.question.owner_site):
            raise Http404
        return self.question


class ReceiptView(Questioned, TemplateView):
    """Number and secret of a question that staff entered, to be printed and handed over; each time written down."""

    screen_access = holding(HANDLE_QUESTIONS)
    template_name = "faq/admin/receipt.html"

    def get(self, request, *args, **kwargs):
        question = self.question
        if question.channel == Question.Channel.WEB or not may(request.user, HANDLE_QUESTIONS, question.owner_site):
            raise Http404
        record_personal_data_read(by=request.user, obj=question, site=question.owner_site, what="mã tra cứu")
        deadline = running.running_deadline(question)
        response = self.render_to_response(
            self.get_context_data(
                title="Giấy tiếp nhận câu hỏi",
                header_icon="doc-full",
                question=question,
                deadline=deadline,
                explanation=deadlines.explain(deadline) if deadline is not None else "",
            )
        )
        response.headers["Cache-Control"] = "private, no-store"
        return response


class QuestionFileView(View):
    """A file of a question, for those who see the question; each time written down."""

    screen_access = ScreenAccess(inbox.works_with_questions)
    model = QuestionFile

    def get(self, request, pk):
        files = QuestionFile.objects.select_related("question__owner_site")
        found = get_object_or_404(files.filter(question__in=inbox.visible_to(request.user)), pk=pk)
        return send_private(request, found)


def question_url(question: Question) -> str:
    """The address of the screen of a question."""
    return reverse("faq_question", args=[question.pk])
