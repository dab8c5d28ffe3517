"""The admin's screens of changing a picture or file that readers see: parse, call an action, answer."""

from django.forms import Form
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from accounts.screen_access import ROLE_HOLDERS
from base.admin.screen_access import with_access
from base.admin.seen_versions import decides_about_nothing_seen
from base.files.serving import send_private, versions_of
from base.models import PortalFile, PortalImage

from ..models import FileChange
from ..publishing import file_changes, review_facts
from .forms import DecideFileChangeForm, FileChangeForm
from .subjects import QueueActionView, demand_works_on

KINDS = {"anh": PortalImage, "tai-lieu": PortalFile}
TEXTS = (
    ("title", "Tên"),
    ("description", "Mô tả"),
    ("photographer", "Người chụp"),
    ("source", "Nguồn ảnh"),
    ("licence", "Quyền sử dụng"),
)


class ProposeFileChangeView(QueueActionView):
    """New content or texts for a file, and what it was before; an undecided proposal is shown instead."""

    help_rule = "file_change"
    template_name = "workflows/file_change_propose.html"
    form_class = FileChangeForm
    title = "Đề nghị thay tệp"
    header_icon = "upload"
    submit_label = "Gửi đề nghị"
    success_message = "Đã gửi đề nghị thay tệp; một người khác sẽ quyết định."

    def seen(self):
        """The picture or file."""
        return [self.item]

    @cached_property
    def item(self):
        model = KINDS.get(self.kwargs["kind"])
        if model is None:
            raise Http404
        item = get_object_or_404(model, pk=self.kwargs["pk"])
        demand_works_on(self.request.user, item.owner_site)
        return item

    def get(self, request, *args, **kwargs):
        known = file_changes.open_change(self.item)
        return redirect("workflows_file_change", known.pk) if known else super().get(request, *args, **kwargs)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "item": self.item, "by": self.request.user}

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            item=self.item,
            subject=str(self.item),
            is_image=isinstance(self.item, PortalImage),
            shown_by=shown_by(self.item),
            versions=versions_of(self.item),
            was_public=self.item.was_public(),
            may_propose=file_changes.may_propose(self.request.user, self.item),
            edit_url=edit_url(self.item),
            **kwargs,
        )

    def call(self, form):
        self.change = file_changes.propose(self.item, by=self.request.user, **form.cleaned_data)

    def get_success_url(self):
        return reverse("workflows_file_change", args=[self.change.pk])


class ChangeMixin:
    @cached_property
    def change(self) -> FileChange:
        change = get_object_or_404(
            FileChange.objects.select_related("site", "proposed_by", "decided_by"), pk=self.kwargs["pk"]
        )
        demand_works_on(self.request.user, change.site)
        return change


class FileChangeView(ChangeMixin, QueueActionView):
    """One proposal: what is and what shall be, side by side; the decision of the second person."""

    help_rule = "file_change"
    template_name = "workflows/file_change.html"
    form_class = DecideFileChangeForm
    title = "Thay tệp đang đăng"
    header_icon = "upload"
    success_message = "Đã ghi quyết định."

    def seen(self):
        """The proposal, and the file as readers see it."""
        return [self.change, self.change.item]

    def get_initial(self):
        return {"digest": self.change.digest}

    def get_context_data(self, **kwargs):
        change, user, item = self.change, self.request.user, self.change.item
        return super().get_context_data(
            change=change,
            item=item,
            subject=str(change),
            is_image=isinstance(item, PortalImage),
            texts=[
                (label, _as_read(name, getattr(change, f"former_{name}")), _as_read(name, getattr(change, name)))
                for name, label in TEXTS
                if getattr(change, f"former_{name}") != getattr(change, name)
            ],
            shown_by=shown_by(item) if item else [],
            may_decide=file_changes.may_decide(user, change),
            is_proposer=user.pk == change.proposed_by_id,
            edit_url=edit_url(item) if item else "",
            **kwargs,
        )

    def call(self, form):
        file_changes.decide(
            self.change,
            by=self.request.user,
            accepted=form.cleaned_data["accepted"],
            digest=form.cleaned_data["digest"],
            note=form.cleaned_data["note"],
        )

    def get_success_url(self):
        return reverse("workflows_file_change", args=[self.change.pk])


class WithdrawFileChangeView(ChangeMixin, QueueActionView):
    """The proposer takes their proposal back."""

    form_class = Form
    title = "Rút đề nghị thay tệp"
    header_icon = "resubmit"
    submit_label = "Rút đề nghị"
    success_message = "Đã rút đề nghị thay tệp."

    def closed(self):
        return review_facts.ending_of_proposal(self.change)

    def way_on(self):
        return {"url": reverse("workflows_file_change", args=[self.change.pk]), "words": "Xem đề nghị"}

    def seen(self):
        """The proposal."""
        return [self.change]

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=str(self.change), **kwargs)

    def call(self, form):
        file_changes.withdraw(self.change, by=self.request.user)


@with_access(ROLE_HOLDERS)
@decides_about_nothing_seen("Only shows.")
@require_safe
def proposed_content(request, pk):
    """The proposed content, for those who work on the site that holds the file."""
    change = get_object_or_404(FileChange, pk=pk)
    demand_works_on(request.user, change.site)
    if not change.file:
        raise Http404
    return send_private(request, change)


def shown_by(item) -> list[str]:
    """The titles of the public pages and records that show a picture or file."""
    return [str(row) for row in item.public_sources()]


def _as_read(name: str, value: str) -> str:
    """Return a text of a picture or file as people read it; terms of use by their name."""
    return str(dict(PortalImage.Licence.choices).get(value, value)) if name == "licence" else value


def edit_url(item) -> str:
    """Address of the edit form of a picture or file."""
    if isinstance(item, PortalImage):
        return reverse("wagtailimages:edit", args=[item.pk])
    return reverse("wagtaildocs:edit", args=[item.pk])
