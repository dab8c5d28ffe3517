"""The head's emergency acts, those of who is on duty, and the second look at them."""

from collections.abc import Callable

from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from wagtail.models import Page, Revision

from accounts.roles import EMERGENCY
from accounts.screen_access import holding

from ..models import ArchiveCopy, EmergencyAct, TakeDown
from ..publishing import approval, review_facts, takedown
from .forms import (
    EmergencyRemoveForm,
    ReasonForm,
    SecondLookForm,
)
from .reviewing import changes_url
from .subjects import PageMixin, QueueActionView, demand_works_on, described, preview_url
from .taking_down import links_message, what_leads_to, with_places

_drawn: dict[str, Callable[[EmergencyAct], SafeString | str]] = {}


def register_kind(kind: str, draw: Callable[[EmergencyAct], SafeString | str]) -> None:
    """Let a room above show what was done by acts of a kind of its own: markup with the way to undo it."""
    _drawn[kind] = draw


class EmergencyPublishView(PageMixin, QueueActionView):
    """What becomes public at once: as readers will see it, what changes, what the preflight says."""

    screen_access = holding(EMERGENCY)
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
            version=version,
            public=page if page.live else None,
            saved=page.latest_revision,
            returned=review_facts.returned(page),
            preview_url=preview_url(page, page.latest_revision_id) if page.latest_revision_id else "",
            blockers=[described(page, finding) for finding in findings if finding.is_blocker],
            warnings=[described(page, finding) for finding in findings if not finding.is_blocker],
            **kwargs,
        )

    def call(self, form):
        approval.emergency_publish(self.page, by=self.request.user, reason=form.cleaned_data["reason"])


class EmergencyRemoveView(PageMixin, QueueActionView):
    screen_access = holding(EMERGENCY)
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
        self.success_message += links_message(what_leads_to(reach, self.request.user))


class SecondLookView(QueueActionView):
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
        if act.acted_by_id != self.request.user.pk:
            demand_works_on(self.request.user, act.site)
        return act

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            subject=self.act.object_label,
            act=self.act,
            may_look=approval.may_look(self.act, self.request.user),
            **what_was_done(self.act),
            **kwargs,
        )

    def call(self, form):
        approval.second_look(self.act, by=self.request.user, **form.cleaned_data)
        if not form.cleaned_data["accepted"]:
            who = self.act.acted_by
            notified = f"đã báo qua thư cho {who}" if who.email else f"{who} không có địa chỉ thư, hãy báo trực tiếp"
            self.success_message = f"Đã ghi: không đồng ý; {notified}."


def what_was_done(act: EmergencyAct) -> dict:
    """What a second person looks at: the very version that was published, what was removed, or what a room draws."""
    if draw := _drawn.get(act.kind):
        return {"drawing": draw(act)}
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
    return {
        "version_url": preview_url(obj, revision.pk),
        "changes_url": changes_url(obj, before, revision.pk) if before else "",
        "public_url": (getattr(obj, "full_url", "") or "") if obj.live else "",
        "is_public_still": obj.live and obj.live_revision_id == revision.pk,
    }
