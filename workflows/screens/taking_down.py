"""The screens of taking down: propose, decide, withdraw, restore, with what leads to what goes."""

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView
from wagtail.models import Page

from accounts.responsibility import sites_worked_on
from accounts.roles import WRITE, may, owner_site, works_on
from accounts.screen_access import ROLE_HOLDERS
from base.admin.field_anchors import edit_address
from base.admin.page_places import places_of
from base.queries.contains import contains

from ..models import ArchiveCopy, TakeDown
from ..publishing import claims, links_in, review_facts, takedown
from .archive import TAKEDOWNS_A_PAGE
from .forms import (
    DecideForm,
    ProposeForm,
    ReasonForm,
)
from .subjects import PageMixin, QueueActionView, demand_works_on


def with_places(pages) -> list[tuple]:
    """Return (page, where it stands by titles) of pages; records stand nowhere."""
    pages = list(pages)
    places = places_of([page for page in pages if isinstance(page, Page)])
    return [(page, places.get(page.pk, "") if isinstance(page, Page) else "") for page in pages]


def what_leads_to(things, user) -> dict:
    """What a screen tells a person of the places that lead to what goes, or has gone."""
    found = links_in.links_to(things, by=user)
    return {"links": found, "links_to_fix": sum(link.is_work for link in found)}


def links_message(outcomes: dict) -> str:
    """Say after a removal how many public places still link there, and who finds them."""
    count = outcomes["links_to_fix"]
    if not count:
        return ""
    message = (
        f" Còn {'ít nhất ' if count >= links_in.MOST_SHOWN else ''}{count} chỗ đang đăng có liên kết đến nội dung này; "
        "người soạn của trang ấy thấy việc sửa ở «Việc của tôi», mục «Cần sửa»"
    )
    return (
        f"{message}, từ chỗ thứ {links_in.MOST_CHECKED + 1} là sau đêm nay."
        if count > links_in.MOST_CHECKED
        else f"{message}."
    )


class ProposeMixin:
    """A proposal to take down `proposed`."""

    help_rule = "takedown"
    template_name = "workflows/propose.html"
    form_class = ProposeForm
    title = "Đề nghị gỡ bỏ"
    header_icon = "bin"
    submit_label = "Gửi đề nghị"
    success_message = "Đã gửi đề nghị gỡ bỏ; một người khác sẽ quyết định."

    def seen(self):
        """What shall be taken down, as it stands."""
        return [self.proposed]

    def get_context_data(self, **kwargs):
        reach = takedown.reach(self.proposed)
        return super().get_context_data(reach=with_places(reach), **what_leads_to(reach, self.request.user), **kwargs)

    def closed(self):
        # What was typed while another proposed is shown again.
        waiting = takedown.undecided(self.proposed) if self.request.method != "POST" else None
        return takedown.already_proposed(waiting) if waiting else ""

    def way_on(self):
        waiting = takedown.undecided(self.proposed)
        return {"url": reverse("workflows_takedown", args=[waiting.pk]), "words": "Mở đề nghị ấy"} if waiting else None

    def call(self, form):
        self.rows = takedown.propose(self.proposed, by=self.request.user, joins=False, **form.cleaned_data)

    def get_success_url(self):
        return reverse("workflows_takedown", args=[self.rows[0].pk])


class ProposeView(ProposeMixin, PageMixin, QueueActionView):
    """Of a page, with what goes along with it."""

    @property
    def proposed(self):
        return self.page


class ProposeRecordView(ProposeMixin, QueueActionView):
    """Of a record that is no page and may be taken down by itself."""

    @cached_property
    def proposed(self):
        content_type = get_object_or_404(
            ContentType, app_label=self.kwargs["app_label"], model=self.kwargs["model_name"]
        )
        model = content_type.model_class()
        if not getattr(model, "may_be_taken_down", False):
            raise Http404
        record = get_object_or_404(model, pk=self.kwargs["pk"])
        demand_works_on(self.request.user, owner_site(record))
        return record

    def get_context_data(self, **kwargs):
        record = self.proposed
        shown_on = with_places(record.shown_on()) if record.live else []
        return super().get_context_data(subject=str(record), record=record, shown_on=shown_on, **kwargs)


class TakeDownListView(TemplateView):
    screen_access = ROLE_HOLDERS
    template_name = "workflows/takedowns.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        rows = TakeDown.objects.select_related("site", "proposed_by", "decided_by")
        state = self.request.GET.get("tinh-trang", "")
        if state in TakeDown.State.values:
            rows = rows.filter(state=state)
        rows = rows.filter(site__in=[site.pk for site in sites_worked_on(user)])
        wanted = self.request.GET.get("q", "").replace("\x00", "").strip()[:100]
        if wanted:
            rows = rows.filter(contains("title", wanted))
        return super().get_context_data(
            title="Gỡ bỏ",
            header_icon="bin",
            q=wanted,
            page=Paginator(rows, TAKEDOWNS_A_PAGE).get_page(self.request.GET.get("p")),
            states=TakeDown.State.choices,
            state=state,
            **kwargs,
        )


class TakeDownMixin:
    """The take-down of the address, for a person who works on its site."""

    def to_hold(self):
        return [[self.row.subject], [self.row]]

    @cached_property
    def row(self):
        row = get_object_or_404(TakeDown.objects.select_related("site", "page"), pk=self.kwargs["pk"])
        demand_works_on(self.request.user, row.site)
        return row


class TakeDownView(TakeDownMixin, QueueActionView):
    """One take-down: what was proposed, what it includes, the decision."""

    help_rule = "takedown"
    template_name = "workflows/takedown.html"
    form_class = DecideForm
    title = "Gỡ bỏ"
    header_icon = "bin"
    success_message = "Đã ghi quyết định."

    def seen(self):
        """The proposal, and what is public."""
        return [self.row, getattr(self.row.subject, "live_revision_id", None)]

    def closed(self):
        return review_facts.ending_of_takedown(self.row)

    def get_initial(self):
        return {"behaviour": self.row.behaviour}

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        there = takedown.decisions_on(self.row)
        form.fields["decision"].choices = [choice for choice in TakeDown.Decision.choices if choice[0] in there]
        if not takedown.leads_somewhere(self.row):
            ways = form.fields["behaviour"]
            ways.choices = [choice for choice in ways.choices if choice[0] != TakeDown.Behaviour.REDIRECT]
        return form

    def get_context_data(self, **kwargs):
        user, thing = self.request.user, self.row.subject
        copy = ArchiveCopy.objects.filter(pk=self.row.archive_copy_id).first()
        return super().get_context_data(
            row=self.row,
            subject=self.row.title,
            group=[other for other in self.others_of_group() if works_on(user, other.site)],
            is_undecided=self.row.state in TakeDown.UNDECIDED,
            claim=claims.claim_of(self.row),
            may_decide=takedown.may_decide(user, self.row),
            no_note="" if TakeDown.Decision.RETAIN in takedown.decisions_on(self.row) else takedown.NO_NOTE,
            may_restore=self.row.state == TakeDown.State.TAKEN_DOWN and may(user, WRITE, self.row.site),
            may_withdraw=self.row.state in TakeDown.UNDECIDED
            and (user.pk == self.row.proposed_by_id or takedown.may_decide(user, self.row)),
            copy=copy,
            shown_on=[] if self.row.page_id else with_places(thing.shown_on()),
            edit_url=edit_address(thing),
            place=places_of([thing]).get(thing.pk, "") if self.row.page_id else "",
            **self.links(),
            **kwargs,
        )

    def others_of_group(self):
        return TakeDown.objects.filter(group=self.row.group).exclude(pk=self.row.pk).select_related("site")

    def links(self) -> dict:
        """What leads to it, while that is for a user to decide or to fix."""
        is_open = self.row.state in (*TakeDown.UNDECIDED, TakeDown.State.TAKEN_DOWN)
        return what_leads_to([self.row.subject], self.request.user) if is_open else {}

    def call(self, form):
        row = takedown.decide(
            self.row,
            form.cleaned_data["decision"],
            by=self.request.user,
            note=form.cleaned_data["comment"],
            behaviour=form.cleaned_data["behaviour"] or None,
        )
        if row.state == TakeDown.State.TAKEN_DOWN:
            self.success_message += links_message(what_leads_to([row.subject], self.request.user))

    def get_success_url(self):
        return reverse("workflows_takedown", args=[self.row.pk])


class GroupDecisionView(TakeDownMixin, QueueActionView):
    """Decide all undecided take-downs of one group by one reason, single ones struck out."""

    help_rule = "takedown"
    template_name = "workflows/group.html"
    form_class = DecideForm
    title = "Quyết định chung"
    header_icon = "bin"
    success_message = "Đã ghi quyết định chung."

    def closed(self):
        if self.rows:
            return ""
        return f"Trong nhóm không còn đề nghị nào chờ bạn quyết định. {review_facts.ending_of_takedown(self.row)}"

    def way_on(self):
        return {"url": reverse("workflows_takedown", args=[self.row.pk]), "words": "Xem đề nghị"}

    def seen(self):
        """Every undecided proposal of the group."""
        return [self.row.group, self.rows]

    def to_hold(self):
        subjects = self.subjects
        records = [[subject] for subject in subjects if not isinstance(subject, Page)]
        return [[subject for subject in subjects if isinstance(subject, Page)], *records, self.rows]

    @cached_property
    def rows(self):
        rows = TakeDown.objects.filter(group=self.row.group, state__in=TakeDown.UNDECIDED).select_related("site")
        return [row for row in rows if takedown.may_decide(self.request.user, row)]

    @cached_property
    def subjects(self):
        """What each row is of, in the order of the rows; all pages by one query a kind."""
        pages = Page.objects.filter(pk__in=[row.page_id for row in self.rows if row.page_id]).specific().in_bulk()
        return [pages[row.page_id] if row.page_id else row.subject for row in self.rows]

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        # Each is taken down in the way that was proposed for it.
        del form.fields["behaviour"]
        there = [takedown.decisions_on(row) for row in self.rows]
        offered = [choice for choice in TakeDown.Decision.choices if all(choice[0] in some for some in there)]
        form.fields["decision"].choices = offered
        return form

    def get_context_data(self, **kwargs):
        chosen = self.request.POST.getlist("rows") if self.request.method == "POST" else None
        subjects = self.subjects
        placed = zip(self.rows, with_places(subjects), strict=True)
        return super().get_context_data(
            row=self.row,
            subject=self.row.get_ground_display(),
            choices=[(row, place, chosen is None or str(row.pk) in chosen) for row, (_subject, place) in placed],
            **what_leads_to(subjects, self.request.user),
            **kwargs,
        )

    def call(self, form):
        chosen = set(self.request.POST.getlist("rows"))
        if not chosen & {str(row.pk) for row in self.rows}:
            raise ValidationError("Hãy để lại ít nhất một trang trong danh sách.")
        takedown.decide_group(
            self.rows,
            form.cleaned_data["decision"],
            by=self.request.user,
            note=form.cleaned_data["comment"],
            without=[row.pk for row in self.rows if str(row.pk) not in chosen],
        )

    def get_success_url(self):
        return reverse("workflows_takedowns")


class OfOneTakeDown(TakeDownMixin, QueueActionView):
    """A reason is given for what is done with one take-down."""

    form_class = ReasonForm
    header_icon = "resubmit"

    def way_on(self):
        return {"url": reverse("workflows_takedown", args=[self.row.pk]), "words": "Xem đề nghị"}

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=self.row.title, **kwargs)


class WithdrawView(OfOneTakeDown):
    title = "Rút đề nghị gỡ bỏ"
    submit_label = "Rút đề nghị"
    success_message = "Đã rút đề nghị; nội dung giữ nguyên."

    def closed(self):
        return review_facts.ending_of_takedown(self.row)

    def seen(self):
        """The proposal."""
        return [self.row]

    def call(self, form):
        takedown.withdraw(self.row, by=self.request.user, reason=form.cleaned_data["reason"])


class RestoreView(OfOneTakeDown):
    help_rule = "restore"
    title = "Khôi phục từ bản lưu trữ"
    submit_label = "Khôi phục thành bản nháp"
    success_message = "Đã khôi phục thành bản nháp; hãy gửi duyệt để đăng lại."

    def closed(self):
        if self.row.state == TakeDown.State.TAKEN_DOWN:
            return ""
        return f"Nội dung này không còn ở tình trạng đã gỡ. {review_facts.ending_of_takedown(self.row)}"

    def seen(self):
        """The take-down with its archive copy."""
        return [self.row]

    def call(self, form):
        takedown.restore(self.row, by=self.request.user, reason=form.cleaned_data["reason"])

    def get_success_url(self):
        return edit_address(self.row.subject)
