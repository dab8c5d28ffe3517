"""The admin's screens of approval, take-down and arrangement: parse, call a verb, answer."""

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.generic import TemplateView
from wagtail.admin.utils import get_latest_str
from wagtail.models import Comment, CommentReply, DraftStateMixin, Page, PreviewableMixin, Revision, TaskState

from accounts.roles import ARRANGE, DISPATCH, WRITE, may, owner_site, works_on
from base.admin.action_views import VerbView as BaseVerbView
from base.admin.field_anchors import edit_address, label_of, place_of
from base.admin.page_places import BETWEEN, places_of
from base.admin.seen_versions import FIELD, OUTDATED, SeenVersion, decides_about_nothing_seen
from base.audit import trail as audit
from base.contains import contains
from base.gate import Refused
from base.models import PortalSite
from base.public.frame import alert_in
from base.sites import all_sites, site_of

from ..archive import copies as archive
from ..archive import disposal, retention
from ..models import ArchiveCopy, EditorialApprovalTask, EmergencyAct, MoveProposal, RetentionClass, Schedule, TakeDown
from ..publishing import approval, arrangement, links_in, review_facts, schedules, takedown
from .forms import (
    DecideForm,
    EmergencyRemoveForm,
    MoveForm,
    ProposeForm,
    ReasonForm,
    ReviewForm,
    ScheduleForm,
    SecondLookForm,
    SubmitForm,
)

COPIES_A_PAGE = TAKEDOWNS_A_PAGE = 50


def demand_works_on(user, site: PortalSite | None) -> None:
    """Answer 404 to a person who does not work on a site's content: another ward's things do not exist for him."""
    if not works_on(user, site):
        raise Http404


class VerbView(BaseVerbView):
    """A form that calls one verb and leads back to the queue."""

    template_name = "workflows/form.html"

    def get_success_url(self):
        return reverse("workflows_queue")


class PageMixin:
    """Loads the page of the address for a person who works on its site."""

    @cached_property
    def page(self):
        page = get_object_or_404(Page, pk=self.kwargs["page_id"], depth__gt=1).specific
        demand_works_on(self.request.user, site_of(page))
        return page

    def get_context_data(self, **kwargs):
        return super().get_context_data(page=self.page, subject=get_latest_str(self.page), **kwargs)


# --- Submit and review -----------------------------------------------------------------------------


class ThingMixin:
    """Loads the page or draftable record of the address for a person who works on its site."""

    @cached_property
    def object(self):
        content_type = get_object_or_404(
            ContentType, app_label=self.kwargs["app_label"], model=self.kwargs["model_name"]
        )
        model = content_type.model_class()
        if model is None or not issubclass(model, DraftStateMixin):
            raise Http404
        obj = get_object_or_404(model, pk=self.kwargs["pk"])
        obj = obj.specific if hasattr(obj, "specific") else obj
        demand_works_on(self.request.user, owner_site(obj))
        return obj

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=get_latest_str(self.object), **kwargs)

    def get_success_url(self):
        return edit_address(self.object)


class RecallView(ThingMixin, VerbView):
    """Takes back what waits for approval."""

    form_class = Form
    title = "Rút về để sửa"
    header_icon = "resubmit"
    template_name = "workflows/recall.html"
    submit_label = "Rút về để sửa"
    success_message = "Đã rút; nội dung trở lại là bản nháp. Sửa xong hãy gửi duyệt lại."

    def seen(self):
        """The version that waits."""
        older = approval.waiting_review(self.object)
        return [self.object, older.pk if older else None]

    def get_context_data(self, **kwargs):
        return super().get_context_data(edit_address=edit_address(self.object), **kwargs)

    def closed(self):
        return "" if approval.waiting_review(self.object) else "Nội dung này không còn chờ duyệt."

    def way_on(self):
        return {"url": edit_address(self.object), "words": "Mở bài"}

    def call(self, form):
        approval.recall(self.object, by=self.request.user)


class SubmitView(ThingMixin, VerbView):
    """Preflight and declaration of accuracy, for a page or any draftable record."""

    help_rule = "submit"
    template_name = "workflows/submit.html"
    form_class = SubmitForm
    title = "Gửi duyệt"
    header_icon = "check"
    submit_label = "Gửi duyệt"

    def seen(self):
        """The newest version of the page or record, and the one that waits."""
        return [self.object, self.older.pk if self.older else None]

    def closed(self):
        return approval.waits_already(self.object)

    def way_on(self):
        if self.older is None:
            return None
        return {"url": reverse("workflows_review", args=[self.older.pk]), "words": "Mở bài đang chờ duyệt"}

    @cached_property
    def older(self):
        """The step of the review that waits, of an older version or of this one."""
        return approval.waiting_review(self.object)

    @cached_property
    def findings(self):
        return approval.findings_at_submission(self.object)

    def get_form_kwargs(self):
        entering = may(self.request.user, DISPATCH, owner_site(self.object)) and isinstance(self.object, Page)
        has_warnings = any(not finding.is_blocker for finding in self.findings)
        return {**super().get_form_kwargs(), "may_enter_contributions": entering, "has_warnings": has_warnings}

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            edit_url=edit_address(self.object),
            older=self.older,
            saved_since=review_facts.saved_since(self.older, self.object) if self.older else [],
            blockers=[described(self.object, finding) for finding in self.findings if finding.is_blocker],
            warnings=[described(self.object, finding) for finding in self.findings if not finding.is_blocker],
            **kwargs,
        )

    def call(self, form):
        approval.submit(
            self.object,
            by=self.request.user,
            declaration=form.cleaned_data["declaration"],
            contribution=form.contribution(),
            remark=form.cleaned_data.get("remark", ""),
        )

    def get_success_message(self):
        return f"Đã gửi duyệt «{get_latest_str(self.object)}». Ban Biên tập sẽ xem xét."


def described(obj, finding) -> dict:
    """A finding with the label of its field and the place of that field in the edit form."""
    place = place_of(obj, finding.field)
    return {"message": finding.message, "label": label_of(obj, finding.field), "url": f"{edit_address(obj)}{place}"}


def submit_url(obj) -> str:
    """Return the address of the screen on which a page or record is submitted."""
    return _url_of("workflows_submit", obj)


def recall_url(obj) -> str:
    """Return the address of the screen that takes back what waits."""
    return _url_of("workflows_recall", obj)


def _url_of(name: str, obj) -> str:
    kind = Page if isinstance(obj, Page) else obj
    return reverse(name, args=[kind._meta.app_label, kind._meta.model_name, obj.pk])


class ReviewView(VerbView):
    """One version under review: as readers will see it, what is known of it, what changed; approve or return."""

    help_rule = "review"
    template_name = "workflows/review.html"
    form_class = ReviewForm
    title = "Xem xét và duyệt"
    header_icon = "view"

    def seen(self):
        """The step of the approval with its version, the newest version, and what is public."""
        subject = self.subject_of(self.task_state)
        return [self.task_state, subject.latest_revision_id, subject.live_revision_id]

    def closed(self):
        ending = review_facts.ending(self.task_state)
        return f"Việc này đã được xử lý. {ending} {self.appears}".rstrip() if ending else ""

    def way_on(self):
        newer = review_facts.newer_review(self.task_state, self.subject_of(self.task_state))
        if newer is None:
            approved = self.task_state.status == TaskState.STATUS_APPROVED
            address = self.public_address() if approved else ""
            return {"url": address, "words": "Xem trang công khai"} if address else None
        by, when = newer.workflow_state.requested_by, schedules.said(newer.started_at)
        words = f"Mở bài gửi mới ({review_facts.name_of(by)} gửi lúc {when})"
        return {"url": reverse("workflows_review", args=[newer.pk]), "words": words}

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        if self.saved_since:
            field = form.fields["decision"]
            field.choices = [choice for choice in field.choices if choice[0] != "approve"]
            field.error_messages["invalid_choice"] = (
                f"Bản đã gửi không duyệt được nữa: nội dung đã được sửa sau khi gửi "
                f"({review_facts.who_saved(self.saved_since)})."
            )
        return form

    @cached_property
    def saved_since(self):
        """The versions saved after the one that waits for the decision."""
        if self.task_state.status != TaskState.STATUS_IN_PROGRESS:
            return []
        return review_facts.saved_since(self.task_state, self.subject_of(self.task_state))

    @cached_property
    def appears(self) -> str:
        """When the version is public, in words."""
        return review_facts.appears(self.task_state, timezone.now())

    def public_address(self) -> str:
        """Where readers find it now; "" while they do not."""
        obj = self.subject_of(self.task_state)
        public = type(obj).objects.filter(pk=obj.pk, live=True).first()
        return getattr(public, "full_url", "") or ""

    def to_hold(self):
        return [[self.subject_of(self.task_state)], [self.task_state]]

    @cached_property
    def task_state(self):
        task_state = get_object_or_404(TaskState, pk=self.kwargs["pk"]).specific
        if not isinstance(task_state.task.specific, EditorialApprovalTask):
            raise Http404
        demand_works_on(self.request.user, owner_site(self.subject_of(task_state)))
        return task_state

    @staticmethod
    def subject_of(task_state):
        obj = task_state.revision.content_object
        return obj.specific if hasattr(obj, "specific") else obj

    @cached_property
    def rights(self):
        """What the person may do about what is under review."""
        return approval.rights_of(self.request.user, self.subject_of(self.task_state))

    @cached_property
    def version(self):
        """What waits, as an object."""
        return self.task_state.revision.as_object()

    @cached_property
    def findings(self):
        """What the preflight says of it now."""
        return approval.findings_of(self.version)

    def choices_offered(self, choices):
        """What the person has no right to decide is not offered, nor what would be refused."""
        is_stopped = any(finding.is_blocker for finding in self.findings)
        allowed = {"approve": self.rights.may_approve and not is_stopped, "return": self.rights.may_return}
        return [choice for choice in choices if allowed[choice[0]]]

    def get_context_data(self, **kwargs):
        obj = self.subject_of(self.task_state)
        version, findings = self.version, self.findings
        declared = approval.declaration_of(self.task_state.revision_id)
        user, rights = self.request.user, self.rights
        returns = review_facts.returns(self.task_state, obj)
        return super().get_context_data(
            subject=str(version),
            version=version,
            task_state=self.task_state,
            edit_url=edit_address(obj),
            saved_since=self.saved_since,
            newest=obj.get_latest_revision_as_object() if self.saved_since else None,
            renew_url=submit_url(obj) if approval.may_renew(user, obj) else "",
            former_life=review_facts.former_life(obj),
            preview_url=preview_url(obj, self.task_state.revision_id),
            papers=review_facts.papers(version),
            compare_url=compare_url(obj, self.task_state.revision_id),
            returns=returns,
            returned_version=returns[0].revision.as_object() if returns else None,
            appears=self.appears,
            public=obj if obj.live else None,
            comments=open_comments(obj),
            submitted_by=self.task_state.workflow_state.requested_by,
            remark=declared.remark if declared else "",
            new_warnings=[described(obj, finding) for finding in approval.unanswered(findings, declared)],
            blockers=[described(obj, finding) for finding in findings if finding.is_blocker],
            warnings=[described(obj, finding) for finding in findings if not finding.is_blocker],
            end=version.expire_at,
            may_approve=not self.saved_since and rights.may_approve,
            may_return=rights.may_return,
            is_writer=rights.is_writer,
            **kwargs,
        )

    def call(self, form):
        if form.cleaned_data["decision"] == "approve":
            # Asked before the verb: once it is public the version does not bear its hour any more.
            passed = self.passed
            approval.approve(self.task_state, by=self.request.user, comment=form.cleaned_data["comment"])
            self.success_message = self.said_of_approval(passed)
        else:
            approval.send_back(self.task_state, by=self.request.user, reason=form.cleaned_data["comment"])
            self.success_message = "Đã trả lại kèm lý do."

    def said_of_approval(self, passed) -> str:
        """What the approval did, with a link: published at once, also because its hour had passed, or later."""
        revision = self.task_state.revision
        later = Revision.objects.filter(pk=revision.pk).values_list("approved_go_live_at", flat=True).first()
        if later:
            address, words = reverse("workflows_review", args=[self.task_state.pk]), "Xem bản đã duyệt"
            said = f"Đã duyệt, sẽ đăng lúc {schedules.said(later)}: «{revision.object_str}»."
        else:
            address, words = self.public_address(), "Xem trang công khai"
            said = f"Đã duyệt và đăng «{revision.object_str}»."
            if passed:
                said = f"{said} Giờ hẹn {schedules.said(passed)} đã qua nên bài được đăng ngay khi duyệt."
        return format_html('{} <a href="{}">{}</a>', said, address, words) if address else said

    @cached_property
    def passed(self):
        """The hour of the version when it has passed while it waited for the decision."""
        return schedules.hour_passed(self.task_state.revision.as_object(), timezone.now())


def open_comments(obj) -> list[dict]:
    """Return the remarks in a page that nobody has closed yet, with their answers, in the order of writing."""
    if not isinstance(obj, Page):
        return []
    found = Comment.objects.filter(page_id=obj.pk, resolved_at=None).select_related("user").order_by("created_at", "pk")
    answers = CommentReply.objects.select_related("user").order_by("created_at", "pk")
    return [
        {
            "user": comment.user,
            "created_at": comment.created_at,
            "text": comment.text,
            "place": label_of(obj, comment.contentpath.split(".")[0]),
            "replies": comment.replies.all(),
        }
        for comment in found.prefetch_related(Prefetch("replies", queryset=answers))
    ]


def preview_url(obj, revision_id) -> str:
    """Address where a version can be read as the public would."""
    if isinstance(obj, Page):
        return reverse("wagtailadmin_pages:revisions_view", args=[obj.pk, revision_id])
    if isinstance(obj, PreviewableMixin):
        return reverse(obj.snippet_viewset.get_url_name("revisions_view"), args=[obj.pk, revision_id])
    return reverse(obj.snippet_viewset.get_url_name("revisions_compare"), args=[obj.pk, "live", revision_id])


def compare_url(obj, revision_id) -> str:
    """Address of the comparison with what is public, or an empty string for something new."""
    return changes_url(obj, "live", revision_id) if obj.live else ""


def changes_url(obj, before, after) -> str:
    """Address of the comparison of two versions, by their numbers; "live": the public one."""
    if isinstance(obj, Page):
        return reverse("wagtailadmin_pages:revisions_compare", args=[obj.pk, before, after])
    return reverse(obj.snippet_viewset.get_url_name("revisions_compare"), args=[obj.pk, before, after])


# --- Take-down -------------------------------------------------------------------------------------


def with_places(pages) -> list[tuple]:
    """Return (page, where it stands by titles) of pages; records stand nowhere."""
    pages = list(pages)
    places = places_of([page for page in pages if isinstance(page, Page)])
    return [(page, places.get(page.pk, "") if isinstance(page, Page) else "") for page in pages]


def what_leads_to(things, user) -> dict:
    """What a screen tells a person of the places that lead to what goes, or has gone."""
    found = links_in.links_to(things, by=user)
    return {"links": found, "links_to_mend": sum(link.is_work for link in found)}


def said_of_links(told: dict) -> str:
    """Say after a removal how many public places still link there, and who finds them."""
    count = told["links_to_mend"]
    if not count:
        return ""
    said = (
        f" Còn {'ít nhất ' if count >= links_in.MOST_SHOWN else ''}{count} chỗ đang đăng có liên kết đến nội dung này; "
        "người soạn của trang ấy thấy việc sửa ở «Việc của tôi», mục «Cần sửa»"
    )
    return (
        f"{said}, từ chỗ thứ {links_in.MOST_CHECKED + 1} là sau đêm nay."
        if count > links_in.MOST_CHECKED
        else f"{said}."
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


class ProposeView(ProposeMixin, PageMixin, VerbView):
    """Of a page, with what goes along with it."""

    @property
    def proposed(self):
        return self.page


class ProposeRecordView(ProposeMixin, VerbView):
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
    template_name = "workflows/takedowns.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        rows = TakeDown.objects.select_related("site", "proposed_by", "decided_by")
        state = self.request.GET.get("tinh-trang", "")
        if state in TakeDown.State.values:
            rows = rows.filter(state=state)
        rows = rows.filter(site__in=[site.pk for site in all_sites() if works_on(user, site)])
        wanted = self.request.GET.get("q", "").replace("\x00", "").strip()[:100]
        if wanted:
            rows = rows.filter(contains("title", wanted))
        return super().get_context_data(
            title="Gỡ bỏ", header_icon="bin", q=wanted,
            page=Paginator(rows, TAKEDOWNS_A_PAGE).get_page(self.request.GET.get("p")),
            states=TakeDown.State.choices, state=state, **kwargs,
        )  # fmt: skip


class TakeDownMixin:
    """The take-down of the address, for a person who works on its site."""

    def to_hold(self):
        return [[self.row.subject], [self.row]]

    @cached_property
    def row(self):
        row = get_object_or_404(TakeDown.objects.select_related("site", "page"), pk=self.kwargs["pk"])
        demand_works_on(self.request.user, row.site)
        return row


class TakeDownView(TakeDownMixin, VerbView):
    """One take-down: what was proposed, what it takes along, the decision."""

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
            may_decide=takedown.may_decide(user, self.row),
            no_note="" if TakeDown.Decision.KEEP in takedown.decisions_on(self.row) else takedown.NO_NOTE,
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
        """What leads to it, while that is for somebody to decide or to mend."""
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
            self.success_message += said_of_links(what_leads_to([row.subject], self.request.user))

    def get_success_url(self):
        return reverse("workflows_takedown", args=[self.row.pk])


class GroupDecisionView(TakeDownMixin, VerbView):
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
            row=self.row, subject=self.row.get_ground_display(),
            choices=[(row, place, chosen is None or str(row.pk) in chosen) for row, (_subject, place) in placed],
            **what_leads_to(subjects, self.request.user), **kwargs,
        )  # fmt: skip

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


class WithdrawView(TakeDownMixin, VerbView):
    form_class = ReasonForm
    title = "Rút đề nghị gỡ bỏ"
    header_icon = "resubmit"
    submit_label = "Rút đề nghị"
    success_message = "Đã rút đề nghị; nội dung giữ nguyên."

    def closed(self):
        return review_facts.ending_of_takedown(self.row)

    def way_on(self):
        return {"url": reverse("workflows_takedown", args=[self.row.pk]), "words": "Xem đề nghị"}

    def seen(self):
        """The proposal."""
        return [self.row]

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=self.row.title, **kwargs)

    def call(self, form):
        takedown.withdraw(self.row, by=self.request.user, reason=form.cleaned_data["reason"])


class RestoreView(TakeDownMixin, VerbView):
    help_rule = "restore"
    form_class = ReasonForm
    title = "Khôi phục từ bản lưu trữ"
    header_icon = "resubmit"
    submit_label = "Khôi phục thành bản nháp"
    success_message = "Đã khôi phục thành bản nháp; hãy gửi duyệt để đăng lại."

    def closed(self):
        if self.row.state == TakeDown.State.TAKEN_DOWN:
            return ""
        return f"Nội dung này không còn ở tình trạng đã gỡ. {review_facts.ending_of_takedown(self.row)}"

    def way_on(self):
        return {"url": reverse("workflows_takedown", args=[self.row.pk]), "words": "Xem đề nghị"}

    def seen(self):
        """The take-down with its archive copy."""
        return [self.row]

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=self.row.title, **kwargs)

    def call(self, form):
        takedown.restore(self.row, by=self.request.user, reason=form.cleaned_data["reason"])

    def get_success_url(self):
        return edit_address(self.row.subject)


# --- The head's emergency --------------------------------------------------------------------------


class EmergencyPublishView(PageMixin, VerbView):
    """What becomes public at once: as readers will see it, what changes, what the preflight says."""

    help_rule = "emergency"
    template_name = "workflows/emergency_publish.html"
    form_class = ReasonForm
    title = "Đăng khẩn cấp"
    header_icon = "warning"
    submit_label = "Đăng ngay"
    success_message = "Đã đăng khẩn cấp; việc này chờ người thứ hai xem lại."

    def seen(self):
        """The newest version of the page."""
        return [self.page]

    def get_context_data(self, **kwargs):
        page = self.page
        version = page.get_latest_revision_as_object()
        findings = approval.findings_of(version)
        return super().get_context_data(
            version=version, public=page if page.live else None, saved=page.latest_revision,
            returned=review_facts.returned(page),
            preview_url=preview_url(page, page.latest_revision_id) if page.latest_revision_id else "",
            blockers=[described(page, finding) for finding in findings if finding.is_blocker],
            warnings=[described(page, finding) for finding in findings if not finding.is_blocker], **kwargs,
        )  # fmt: skip

    def call(self, form):
        approval.emergency_publish(self.page, by=self.request.user, reason=form.cleaned_data["reason"])


class EmergencyRemoveView(PageMixin, VerbView):
    help_rule = "emergency"
    template_name = "workflows/propose.html"
    form_class = EmergencyRemoveForm
    title = "Gỡ khẩn cấp"
    header_icon = "warning"
    submit_label = "Gỡ ngay"
    success_message = "Đã gỡ khẩn cấp; việc này chờ người thứ hai xem lại."

    def seen(self):
        """The page as it stands."""
        return [self.page]

    def get_context_data(self, **kwargs):
        waiting, reach = takedown.undecided(self.page), takedown.reach(self.page)
        return super().get_context_data(
            reach=with_places(reach), waiting=waiting, **what_leads_to(reach, self.request.user), **kwargs
        )

    def call(self, form):
        reach = takedown.reach(self.page)
        takedown.emergency_remove(self.page, by=self.request.user, **form.cleaned_data)
        self.success_message += said_of_links(what_leads_to(reach, self.request.user))


class SecondLookView(VerbView):
    help_rule = "emergency"
    template_name = "workflows/second_look.html"
    form_class = SecondLookForm
    title = "Xem lại việc khẩn cấp"
    header_icon = "warning"
    success_message = "Đã ghi kết luận."

    def seen(self):
        """The emergency act."""
        return [self.act]

    @cached_property
    def act(self):
        act = get_object_or_404(EmergencyAct.objects.select_related("site", "acted_by"), pk=self.kwargs["pk"])
        demand_works_on(self.request.user, act.site)
        return act

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            subject=self.act.object_label, act=self.act, may_look=approval.may_look(self.act, self.request.user),
            **what_was_done(self.act), **kwargs,
        )  # fmt: skip

    def call(self, form):
        approval.second_look(self.act, by=self.request.user, **form.cleaned_data)
        if not form.cleaned_data["accepted"]:
            who = self.act.acted_by
            told = f"đã báo qua thư cho {who}" if who.email else f"{who} không có địa chỉ thư, hãy báo trực tiếp"
            self.success_message = f"Đã ghi: không đồng ý; {told}."


def what_was_done(act: EmergencyAct) -> dict:
    """What a second person looks at: the very version that was published, with its alert, or what was removed."""
    if act.kind == EmergencyAct.Kind.REMOVE:
        rows = TakeDown.objects.filter(page_id=act.object_id, decided_by=act.acted_by_id, decided_at__lte=act.acted_at)
        return {"removed": rows.order_by("-decided_at", "-pk").first()}
    revision = Revision.objects.filter(pk=act.revision_id).first()
    obj = revision.content_object if revision else None
    if obj is None:
        return {}
    obj = obj.specific if isinstance(obj, Page) else obj
    copies = ArchiveCopy.objects.filter(object_type=act.object_type, object_id=act.object_id)
    before = copies.filter(revision_id__lt=revision.pk).order_by("-pk").values_list("revision_id", flat=True).first()
    shown, former = alert_in(revision.as_object()), Revision.objects.filter(pk=before).first()
    return {
        "version_url": preview_url(obj, revision.pk),
        "changes_url": changes_url(obj, before, revision.pk) if before else "",
        "public_url": (getattr(obj, "full_url", "") or "") if obj.live else "",
        "is_public_still": obj.live and obj.live_revision_id == revision.pk,
        "shown": shown,
        "ended": alert_in(former.as_object()) if former and shown is None else None,
    }


# --- Arrangement -----------------------------------------------------------------------------------


class ArrangeView(SeenVersion, PageMixin, TemplateView):
    """The pages of a section in their order, each with buttons that move it one place; works without scripts."""

    template_name = "workflows/arrange.html"

    def seen(self):
        """The pages below and their order."""
        return [[child.pk for child in self.page.get_children().order_by("path")]]

    def to_hold(self):
        return [[self.page]]

    def get_context_data(self, **kwargs):
        if not may(self.request.user, ARRANGE, site_of(self.page)):
            raise PermissionDenied
        return super().get_context_data(
            title="Sắp xếp mục",
            header_icon="order",
            place=places_of([self.page])[self.page.pk],
            children=self.page.get_children().order_by("path"),
            seen_field=FIELD,
            seen_stamp=self.stamp(),
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        if self.is_outdated():
            messages.error(request, OUTDATED)
            return redirect(request.path)
        children = list(self.page.get_children().order_by("path"))
        number = next(
            (index for index, child in enumerate(children) if str(child.pk) == request.POST.get("page", "")),
            None,
        )
        step = {"up": -1, "down": 2}.get(request.POST.get("step"))
        if number is None or step is None:
            messages.error(request, "Không rõ trang cần chuyển; hãy thử lại.")
            return redirect(request.path)
        place = max(number + step, 0)
        try:
            arrangement.reorder(
                children[number], by=request.user, before=children[place] if place < len(children) else None
            )
        except (Refused, ValidationError) as error:
            messages.error(request, str(error))
        return redirect(request.path)


class MoveView(PageMixin, VerbView):
    help_rule = "arrange"
    template_name = "workflows/move.html"
    form_class = MoveForm
    title = "Chuyển trang"
    header_icon = "arrow-right-full"
    submit_label = "Chuyển"
    success_message = "Đã ghi nhận. Trang đã đăng sẽ được chuyển khi người thứ hai đồng ý."

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "by": self.request.user}

    def seen(self):
        """The page and its place."""
        return [self.page]

    def get_context_data(self, **kwargs):
        place = places_of([self.page])[self.page.pk]
        return super().get_context_data(stops=arrangement.stops(self.page), place=place, **kwargs)

    def call(self, form):
        target = form.cleaned_data["target"]
        if self.page.get_descendants(inclusive=True).filter(first_published_at__isnull=False).exists():
            arrangement.propose_move(self.page, target, by=self.request.user, reason=form.cleaned_data["reason"])
        else:
            arrangement.move_draft(self.page, target, by=self.request.user)


class DecideMoveView(VerbView):
    help_rule = "arrange"
    template_name = "workflows/decide_move.html"
    form_class = SecondLookForm
    title = "Quyết định chuyển trang"
    header_icon = "arrow-right-full"
    success_message = "Đã ghi quyết định chuyển trang."

    def seen(self):
        """The proposal, the page, its place and where it shall go."""
        return [self.proposal, self.proposal.page, self.proposal.target.url_path]

    @cached_property
    def proposal(self):
        proposal = get_object_or_404(MoveProposal, pk=self.kwargs["pk"])
        demand_works_on(self.request.user, site_of(proposal.page))
        return proposal

    def get_context_data(self, **kwargs):
        page, target = self.proposal.page, self.proposal.target
        places, site = places_of([page, target]), site_of(target)
        is_shown = target.live or works_on(self.request.user, site)
        return super().get_context_data(
            subject=self.proposal.title, proposal=self.proposal, place=places[page.pk], page_url=edit_address(page),
            target_place=BETWEEN.join(filter(None, (places[target.pk], target.title))) if is_shown else site,
            may_decide=arrangement.may_decide_move(self.request.user, self.proposal), **kwargs,
        )  # fmt: skip

    def call(self, form):
        arrangement.decide_move(
            self.proposal,
            by=self.request.user,
            accepted=form.cleaned_data["accepted"],
            note=form.cleaned_data["note"],
        )


class UnscheduleView(PageMixin, VerbView):
    form_class = ReasonForm
    title = "Hủy lịch đăng"
    header_icon = "calendar"
    submit_label = "Hủy lịch"
    success_message = "Đã hủy lịch đăng; phiên bản trở lại là bản nháp."

    def seen(self):
        """The version that waits for its hour."""
        return [self.page]

    def closed(self):
        return "" if self.page.approved_schedule else "Trang này không có lịch đăng nào đang chờ."

    def way_on(self):
        return {"url": edit_address(self.page), "words": "Mở trang"}

    def call(self, form):
        arrangement.unschedule(self.page, by=self.request.user, reason=form.cleaned_data["reason"])

    def get_success_url(self):
        return edit_address(self.page)


class ScheduleView(VerbView):
    """A schedule whose approver's appointment has ended: the board keeps or cancels it."""

    template_name = "workflows/schedule.html"
    form_class = ScheduleForm
    title = "Xem lại lịch đăng"
    header_icon = "calendar"

    def seen(self):
        """The schedule, and what it publishes."""
        return [self.schedule, self.schedule.revision.content_object]

    def closed(self):
        row = self.schedule
        if row.revision.approved_go_live_at is None:
            return "Lịch này không còn chờ: bài đã đăng, hoặc lịch đã hủy."
        if row.looked_at:
            return f"{row.looked_by} đã giữ lịch này lúc {schedules.said(row.looked_at)}."
        return ""

    def way_on(self):
        return {"url": edit_address(self.schedule.revision.content_object), "words": "Mở bài"}

    @cached_property
    def schedule(self):
        rows = Schedule.objects.select_related("site", "revision", "submitted_by", "approved_by", "looked_by")
        row = get_object_or_404(rows, pk=self.kwargs["pk"])
        demand_works_on(self.request.user, row.site)
        return row

    def get_context_data(self, **kwargs):
        row = self.schedule
        return super().get_context_data(
            subject=row.title, schedule=row, edit_url=edit_address(row.revision.content_object),
            may_keep=arrangement.may_keep_schedule(self.request.user, row), **kwargs,
        )  # fmt: skip

    def call(self, form):
        if form.cleaned_data["decision"] == "keep":
            arrangement.keep_schedule(self.schedule, by=self.request.user)
            self.success_message = "Đã giữ lịch đăng."
        else:
            arrangement.unschedule(self.schedule.revision.content_object, by=self.request.user)
            self.success_message = "Đã hủy lịch đăng; phiên bản trở lại là bản nháp."


# --- Archive ---------------------------------------------------------------------------------------


class ArchiveListView(TemplateView):
    template_name = "workflows/archive.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        slugs = [site.slug for site in PortalSite.objects.all() if archive.may_read(user, site)]
        rows = ArchiveCopy.objects.filter(site_slug__in=slugs).order_by("-pk")
        wanted = self.request.GET.get("q", "").replace("\x00", "").strip()[:100]
        if wanted:
            rows = rows.filter(contains("title", wanted))
        return super().get_context_data(
            title="Lưu trữ", header_icon="folder-open-1", q=wanted,
            page=Paginator(rows, COPIES_A_PAGE).get_page(self.request.GET.get("p")),
            disposes=disposal.may_look(user), sets_terms=retention.may_set_terms(user), **kwargs,
        )  # fmt: skip


# Names of the Dublin Core elements in the words of Thông tư 24/2011/TT-BTTTT.
DUBLIN_CORE = {
    "title": "Tiêu đề", "creator": "Người tạo", "date": "Thời gian", "description": "Mô tả",
    "publisher": "Cơ quan ban hành", "identifier": "Định danh", "language": "Ngôn ngữ", "source": "Nguồn",
    "type": "Dạng", "subject": "Chủ đề",
}  # fmt: skip


class ArchiveCopyView(TemplateView):
    template_name = "workflows/archive_copy.html"

    @cached_property
    def copy(self):
        return visible_copy(self.request.user, self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            title="Bản lưu trữ", header_icon="folder-open-1", subject=self.copy.title, copy=self.copy,
            faults=archive.verify([self.copy]),
            retention_class=RetentionClass.objects.filter(key=self.copy.retention_class).first(),
            metadata=[(name, DUBLIN_CORE.get(name, name), value) for name, value in self.copy.metadata.items()],
            **kwargs,
        )  # fmt: skip


def visible_copy(user, pk) -> ArchiveCopy:
    """Return an archive copy that the person may read, or answer 404."""
    copy = get_object_or_404(ArchiveCopy, pk=pk)
    if not archive.may_read(user, PortalSite.objects.filter(slug=copy.site_slug).first()):
        raise Http404
    return copy


@decides_about_nothing_seen("Only shows.")
@xframe_options_sameorigin
def archive_html(request, pk):
    """The archived page as readers saw it, without scripts."""
    copy = visible_copy(request.user, pk)
    if not copy.html_digest:
        raise Http404
    audit.record("archive.seen", by=request.user, obj=copy, site=copy.site_slug)
    response = HttpResponse(archive.read(copy.html_digest))
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'self'; img-src 'self' data:; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
