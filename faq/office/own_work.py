"""What this room adds to the work queue (`workflows/dashboard/work_queue.py`): questions, answers to sign and more.

A question waits for the person who has taken it, else for those in whose work queue it is (`inbox.waiting_for`).
Nothing of a contact is read.
"""

from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from accounts.roles import DISPATCH, HANDLE_QUESTIONS, SIGN_ANSWERS
from accounts.unit_roles import units_for
from base.sites import city_site
from workflows.dashboard import work_queue
from workflows.dashboard.work_queue import Rows, Scope, rows
from workflows.models import Deadline

from ..handling.running import DEADLINES, STEPS
from ..models import Answer, ConsultationComment, ContributedArticle, ContributionMessage, Question, State
from . import inbox


@work_queue.out_of(lambda: Question.objects.filter(state__in=inbox.WAITING, waiting_since=None))
def questions(scope: Scope) -> Rows | None:
    if not inbox.works_with_questions(scope.user):
        return None
    deadline_rows = _deadlines_of(OuterRef("pk"))
    states = Case(*(When(state=value, then=Value(str(label))) for value, label in State.choices))
    found = inbox.waiting_for(scope.user, scope.own_work)
    # They stand among what came back.
    found = found.exclude(pk__in=inbox.returned_to(scope.user).values("question"))
    signing = scope.own_sites(SIGN_ANSWERS)
    if signing:
        # They stand among the answers to sign.
        found = found.exclude(state=State.DRAFTED, owner_site__in=signing)
    if units := units_for(scope.user, SIGN_ANSWERS):
        found = found.exclude(state=State.DRAFTED, unit__in=units)
    return rows(
        found,
        key=_next_screen(),
        title=numbered("number", "title"),
        note=states,
        at="received_at",
        site="owner_site",
        **work_queue.soonest(deadline_rows),
    )


def _next_screen():
    """The key of a question in the work queue: the name of the screen of its main step, and its number."""
    steps = (
        (Q(is_suspect=True) | Q(state=State.DRAFTED), "faq_question"),
        (Q(state=State.RECEIVED), "faq_classify"),
        (Q(state=State.CLASSIFIED), "faq_assign"),
        (Q(state=State.ASSIGNED), "faq_draft"),
        (Q(state=State.SIGNED, common_interest=None), "faq_interest"),
        (Q(state=State.SIGNED), "faq_reply"),
        (Q(state=State.REPLIED, common_interest=True), "faq_prepare"),
    )
    screen = Case(*(When(wanted, then=Value(name)) for wanted, name in steps), default=Value("faq_question"))
    return Concat(screen, Value("/"), Cast("pk", CharField(max_length=64)), output_field=CharField())


def step_address(key: str) -> str:
    """Return the screen of a question's main step."""
    screen, number = key.split("/")
    return reverse(screen, args=[number])


@work_queue.out_of(lambda: Answer.objects.filter(state=Answer.State.SUBMITTED))
def answers(scope: Scope) -> Rows | None:
    """Answers that the person is to sign; not those at which they wrote (`inbox.to_sign_by`)."""
    sites = scope.own_sites(SIGN_ANSWERS)
    if not sites and not units_for(scope.user, SIGN_ANSWERS):
        return None
    city = city_site()
    signs_for_city = city is not None and city.pk in sites
    signers = scope.holders(SIGN_ANSWERS) if signs_for_city else {}
    others = {site_id: people for site_id, people in signers.items() if site_id not in sites}
    return rows(
        inbox.to_sign_by(scope.user, sites, others),
        key="question_id",
        title=numbered("question__number", "question__title"),
        note="unit__name",
        at="submitted_at",
        site="question__owner_site",
        **work_queue.soonest(_deadlines_of(OuterRef("question_id"))),
    )


@work_queue.out_of(lambda: Answer.objects.filter(state=Answer.State.RETURNED))
def returned_answers(scope: Scope) -> Rows | None:
    """Answers that the person wrote and got back, with what is to be corrected."""
    if not inbox.works_with_questions(scope.user):
        return None
    return rows(
        inbox.returned_to(scope.user),
        key="question_id",
        title=numbered("question__number", "question__title"),
        note="returned_reason",
        at="submitted_at",
        site="question__owner_site",
        **work_queue.soonest(_deadlines_of(OuterRef("question_id"))),
    )


@work_queue.out_of(lambda: ConsultationComment.objects.filter(state=ConsultationComment.State.RECEIVED))
def comments(scope: Scope) -> Rows | None:
    found = ConsultationComment.objects.filter(state=ConsultationComment.State.RECEIVED)
    return received(scope, HANDLE_QUESTIONS, found, title=numbered("number", "page__draft_title"), note="góp ý dự thảo")


@work_queue.out_of(lambda: ContributedArticle.objects.filter(state=ContributedArticle.State.RECEIVED))
def contributions(scope: Scope) -> Rows | None:
    """Articles of people without an account that wait for the standing office: new, or with an answer of the sender."""
    found = ContributedArticle.objects.filter(state=ContributedArticle.State.RECEIVED)
    answered = Exists(ContributionMessage.objects.filter(contribution=OuterRef("pk"), is_from_sender=True))
    note = Case(
        When(answered, then=Value("bài gửi cộng tác, người gửi đã trả lời")),
        default=Value("bài gửi cộng tác"),
        output_field=CharField(),
    )
    due = work_queue.deadlines_of(ContributedArticle)
    return received(scope, DISPATCH, found, title=numbered("number", "title"), note=note, **due)


def received(scope: Scope, capability: str, found: QuerySet, *, title, note, **more) -> Rows | None:
    """What citizens sent to the sites where a person has a capability, as rows of the queue; None without such a site.

    `found`: what waits, of all sites; `note`: what it is, words or an expression; `more`: what `rows` takes beside it.
    """
    sites = scope.own_sites(capability)
    if not sites:
        return None
    of_sites = found.filter(owner_site__in=sites)
    return rows(
        of_sites,
        title=title,
        note=Value(note) if isinstance(note, str) else note,
        at="received_at",
        site="owner_site",
        **more,
    )


def numbered(number, name):
    return Concat(number, Value(": "), name, output_field=CharField())


def _deadlines_of(question) -> QuerySet:
    kind = ContentType.objects.get_for_model(Question)
    return Deadline.objects.filter(
        content_type=kind, object_id=Cast(question, CharField(max_length=64)), rule__code__in=(*DEADLINES, *STEPS)
    )


def register_own_work() -> None:
    """Register all of it for the work queue; called once, from `FaqConfig.ready`."""
    for key, kind, find, address, more in (
        ("cau-hoi", "cau-hoi", questions, step_address, "faq_inbox"),
        ("ky-tra-loi", "ky", answers, "faq_sign", ""),
        ("tra-loi-bi-tra", work_queue.RETURNED, returned_answers, "faq_draft", ""),
        ("gop-y", "nguoi-dan", comments, "faq_comment", ""),
        ("bai-gui", "nguoi-dan", contributions, "faq_contribution", "faq_contributions"),
    ):
        work_queue.register_source(key, kind, find, address, more)
    work_queue.SHOWN_ELSEWHERE.update({Question, ContributedArticle})
