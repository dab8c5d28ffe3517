"""The admin's screens of shared records that two persons change: the forms that propose, the list, one decision."""

from django.contrib import messages as plain_messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.snippets.views.snippets import CreateView, DeleteView, EditView

from accounts.roles import WRITE, may, works_on
from accounts.screen_access import ROLE_HOLDERS
from base.admin.action_views import ActionView, add_errors
from base.gate import Refused

from ..models import RecordChange
from ..models.bundle import open_items_of
from ..publishing import record_changes, record_rules, record_texts, review_facts
from ..publishing.bundles import proposals
from .bundle_views import make_url
from .forms import DecideRecordChangeForm

PROPOSED = "Đã gửi đề nghị; người đọc thấy sau khi một người khác xác nhận."
RECENT = 50


class Proposes:
    """Mixin for the form of a shared record: what readers see of it waits for a second person."""

    def form_valid(self, form):
        record = form.save(commit=False)
        try:
            if not record_changes.needs_second(record):
                answer = super().form_valid(form)
                record_changes.note_saved(record)
                return answer
            change = record_changes.propose(record, by=self.request.user)
        except (ValidationError, Refused) as error:
            add_errors(form, error)
            return self.form_invalid(form)
        plain_messages.success(self.request, PROPOSED)
        return redirect("workflows_record_change", change.pk)


class ProposeNewView(Proposes, CreateView):
    """A new record: it is there once a second person has confirmed it."""

    without_version = "Proposes something new; the second person decides on a screen of its own."


class ProposeEditView(Proposes, EditView):
    """A record as it is; what waits is shown above it."""

    without_version = "A proposal: what the record was is kept with it and compared when it comes true."

    def get(self, request, *args, **kwargs):
        waiting = record_changes.open_change(self.object)
        if waiting is not None:
            address = reverse("workflows_record_change", args=[waiting.pk])
            messages.warning(
                request,
                f"{waiting.proposed_by} đã đề nghị sửa mục này; đang chờ người khác xác nhận.",
                buttons=[messages.button(address, "Xem đề nghị")],
            )
        return super().get(request, *args, **kwargs)


class ProposeRemovalView(DeleteView):
    """A record goes once a second person has confirmed it."""

    without_version = "A proposal: what the record was is kept with it and compared when it comes true."

    def form_valid(self, form):
        try:
            change = record_changes.propose_removal(self.object, by=self.request.user)
        except Refused as error:
            messages.error(self.request, str(error))
            return redirect(self.get_success_url())
        messages.success(self.request, PROPOSED)
        return redirect("workflows_record_change", change.pk)


class RecordChangesView(TemplateView):
    """What waits, and what was decided lately."""

    screen_access = ROLE_HOLDERS
    template_name = "workflows/record_changes.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        decided = RecordChange.objects.exclude(decided_at=None).select_related("site", "proposed_by", "decided_by")
        waiting = RecordChange.objects.filter(decided_at=None).select_related("site", "proposed_by")
        return super().get_context_data(
            title="Đề nghị thay đổi",
            header_icon="list-ul",
            waiting=[change for change in waiting if may_see(user, change)],
            decided=[change for change in decided.order_by("-decided_at")[:RECENT] if may_see(user, change)],
            **kwargs,
        )


def may_see(user, change: RecordChange) -> bool:
    """Tell whether a proposal concerns a user: their own, one they may decide, or of a site they work on."""
    return user.pk == change.proposed_by_id or works_on(user, change.site) or record_changes.may_decide(user, change)


class ChangeMixin:
    @cached_property
    def change(self) -> RecordChange:
        changes = RecordChange.objects.select_related("site", "proposed_by", "decided_by")
        change = get_object_or_404(changes, pk=self.kwargs["pk"])
        if not may_see(self.request.user, change):
            raise Http404
        return change

    def get_success_url(self):
        return reverse("workflows_record_change", args=[self.change.pk])


class RecordChangeView(ChangeMixin, ActionView):
    """One proposal: what is and what shall be, side by side; the decision of the second person."""

    screen_access = ROLE_HOLDERS
    template_name = "workflows/record_change.html"
    form_class = DecideRecordChangeForm
    title = "Đề nghị thay đổi"
    header_icon = "list-ul"
    success_message = "Đã ghi quyết định."

    def seen(self):
        """The proposal, and the record as readers see it."""
        return [self.change, self.change.record]

    def get_initial(self):
        return {"digest": self.change.digest}

    def get_form_kwargs(self):
        is_free = self.dossier is None
        return {**super().get_form_kwargs(), "first_day": record_texts.first_day(self.change), "is_free": is_free}

    @cached_property
    def dossier(self):
        """The open dossier that the proposal is in, with which it comes true."""
        item = open_items_of(self.change).first()
        return item.bundle if item is not None else None

    def dossier_url(self) -> str:
        """Where a dossier begins with it, for who may make one; "" otherwise."""
        if self.dossier is not None or not self.may_make_dossier or proposals.why_not_join(self.change):
            return ""
        return make_url(self.change)

    @property
    def may_make_dossier(self) -> bool:
        return self.change.is_open and may(self.request.user, WRITE, self.change.site)

    def get_context_data(self, **kwargs):
        change, user = self.change, self.request.user
        return super().get_context_data(
            change=change,
            subject=str(change),
            differences=record_texts.differences(change),
            drawing=record_texts.drawing(change),
            may_decide=record_changes.may_decide(user, change),
            is_proposer=user.pk == change.proposed_by_id,
            may_put_back=record_changes.may_put_back(change),
            dossier=self.dossier,
            dossier_url=self.dossier_url(),
            why_apart=record_rules.why_apart(change) if self.may_make_dossier else "",
            **kwargs,
        )

    def call(self, form):
        data, by = form.cleaned_data, self.request.user
        if data["accepted"]:
            record_changes.confirm(self.change, by=by, digest=data["digest"])
        else:
            record_changes.refuse(self.change, by=by, note=data["note"])


class WithdrawRecordChangeView(ChangeMixin, ActionView):
    """The proposer takes their proposal back."""

    screen_access = ROLE_HOLDERS
    form_class = Form
    title = "Rút đề nghị"
    header_icon = "resubmit"
    submit_label = "Rút đề nghị"
    success_message = "Đã rút đề nghị."

    def closed(self):
        return review_facts.ending_of_proposal(self.change)

    def way_on(self):
        return {"url": reverse("workflows_record_change", args=[self.change.pk]), "words": "Xem đề nghị"}

    def seen(self):
        """The proposal."""
        return [self.change]

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=str(self.change), **kwargs)

    def call(self, form):
        record_changes.withdraw(self.change, by=self.request.user)


class PutBackRecordChangeView(ChangeMixin, ActionView):
    """What a record was before a change is proposed anew; another person confirms it."""

    screen_access = ROLE_HOLDERS
    form_class = Form
    title = "Hoàn lại lần sửa"
    header_icon = "history"
    submit_label = "Đề nghị hoàn lại"
    success_message = PROPOSED
    made: RecordChange | None = None

    def seen(self):
        """The change, and the record as readers see it."""
        return [self.change, self.change.record]

    def closed(self):
        return "" if record_changes.may_put_back(self.change) else "Lần sửa này không hoàn lại được."

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=str(self.change), **kwargs)

    def call(self, form):
        self.made = record_changes.put_back(self.change, by=self.request.user)

    def get_success_url(self):
        return reverse("workflows_record_change", args=[self.made.pk])
