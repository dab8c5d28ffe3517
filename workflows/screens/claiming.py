"""The screens of who has a review or a take-down in hand, and what each colleague has."""

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView
from wagtail.models import TaskState, WorkflowState

from accounts.models import User
from accounts.roles import DECIDE_TAKEDOWN, REVIEW
from accounts.screen_access import holding
from base.sites import all_sites

from ..models import EditorialApprovalTask, TakeDown, WorkClaim
from ..publishing import claims, review_facts
from ..publishing.approval import acts_for_board
from .subjects import QueueActionView, demand_works_on

DECIDERS = holding(REVIEW, DECIDE_TAKEDOWN)


class Workers(forms.ModelChoiceField):
    """Those who may do a piece of work."""

    def label_from_instance(self, person):
        return person.get_full_name()


class ClaimForm(forms.Form):
    """Who has the work in hand."""

    person = Workers(
        User.objects.none(),
        label="Người xử lý",
        required=False,
        empty_label="— để trống, ai cũng nhận được —",
        error_messages={"invalid_choice": "Người này không quyết định được việc này; hãy chọn người khác."},
    )
    note = forms.CharField(
        label="Ghi chú cho người được giao", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args, people, may_assign, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = User.objects.filter(pk__in=[user.pk for user in people]).order_by("full_name")
        if not may_assign:
            del self.fields["note"]


class ClaimView(QueueActionView):
    """Take a piece of work, give it to a colleague, or give it back."""

    screen_access = DECIDERS
    form_class = ClaimForm
    title = "Người xử lý"
    header_icon = "user"
    submit_label = "Ghi"

    @cached_property
    def claim(self) -> WorkClaim | None:
        return claims.claim_of(self.work)

    @cached_property
    def may_assign(self) -> bool:
        return claims.may_assign(self.request.user, self.work)

    def seen(self):
        """Who has the work in hand."""
        return [self.work.pk, self.claim]

    def to_hold(self):
        return []

    def get_initial(self):
        return {"person": self.claim.person_id if self.claim else self.request.user.pk}

    def get_form_kwargs(self):
        people = claims.takers(self.request.user, self.work)
        return {**super().get_form_kwargs(), "people": people, "may_assign": self.may_assign}

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=claims.title_of(self.work), **kwargs)

    def call(self, form):
        user, person = self.request.user, form.cleaned_data["person"]
        claims.hand(self.work, by=user, to=person, note=form.cleaned_data.get("note", ""))
        if person is None:
            self.success_message = "Đã nhả việc; ai có quyền cũng nhận được."
        elif person.pk == user.pk:
            self.success_message = "Bạn đã nhận việc này."
        else:
            self.success_message = f"Đã giao việc cho {person.get_full_name()}."


class ClaimReviewView(ClaimView):
    """Of the review of a page or record."""

    @cached_property
    def work(self) -> TaskState:
        task_state = get_object_or_404(TaskState, pk=self.kwargs["pk"]).specific
        if not isinstance(task_state.task.specific, EditorialApprovalTask):
            raise Http404
        demand_works_on(self.request.user, claims.site_of_work(task_state))
        return task_state

    def closed(self):
        return "" if self.work.status == TaskState.STATUS_IN_PROGRESS else review_facts.ending(self.work)

    def get_success_url(self):
        return reverse("workflows_review", args=[self.work.pk])


class ClaimTakeDownView(ClaimView):
    """Of a take-down."""

    @cached_property
    def work(self) -> TakeDown:
        row = get_object_or_404(TakeDown.objects.select_related("site", "page"), pk=self.kwargs["pk"])
        demand_works_on(self.request.user, row.site)
        return row

    def closed(self):
        return review_facts.ending_of_takedown(self.work)

    def get_success_url(self):
        return reverse("workflows_takedown", args=[self.work.pk])


class WorkloadView(TemplateView):
    """What each colleague has in hand, on the sites for whose board the person acts."""

    screen_access = DECIDERS
    template_name = "workflows/workload.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        sites = [site for site in all_sites() if acts_for_board(user, REVIEW, site)]
        reviews = WorkClaim.objects.filter(
            workflow_state__status=WorkflowState.STATUS_IN_PROGRESS,
            workflow_state__workflow__site_workflow__site__in=sites,
        ).select_related(
            "person",
            "given_by",
            "workflow_state__current_task_state__revision",
            "workflow_state__workflow__site_workflow__site",
        )
        takedowns = WorkClaim.objects.filter(
            takedown__state__in=TakeDown.UNDECIDED,
            takedown__site__in=[site for site in sites if acts_for_board(user, DECIDE_TAKEDOWN, site)],
        ).select_related("person", "given_by", "takedown__site")
        rows = [
            {
                "claim": row,
                "kind": "Duyệt",
                "title": row.workflow_state.current_task_state.revision.object_str,
                "site": row.workflow_state.workflow.site_workflow.site,
                "address": reverse("workflows_review", args=[row.workflow_state.current_task_state_id]),
            }
            for row in reviews
        ] + [
            {
                "claim": row,
                "kind": "Gỡ bỏ",
                "title": row.takedown.title,
                "site": row.takedown.site,
                "address": reverse("workflows_takedown", args=[row.takedown_id]),
            }
            for row in takedowns
        ]
        people: dict[User, list] = {}
        for row in sorted(rows, key=lambda row: row["claim"].at):
            people.setdefault(row["claim"].person, []).append(row)
        return super().get_context_data(
            title="Ai đang xử lý việc gì", header_icon="group", people=sorted(people.items(), key=_by_amount), **kwargs
        )


def _by_amount(item) -> tuple[int, str]:
    person, rows = item
    return -len(rows), person.get_full_name()
