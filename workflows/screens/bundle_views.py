"""The screens of dossiers: the list, a new one, one with its decision, what is in it, its submission, its end."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView
from wagtail.admin.utils import get_latest_str
from wagtail.models import Page

from accounts.roles import WRITE, owner_site, works_on
from accounts.screen_access import ROLE_HOLDERS, holding
from base.admin.field_anchors import edit_address
from base.sites import all_sites, sites_held
from vietnam.dates import format_moment

from ..deadlines import late_reasons
from ..models import Deadline, PublicationBundle, TakeDown
from ..models.bundle import WAITING, type_of
from ..publishing import bundles, record_texts
from ..publishing.bundles import drafts
from ..publishing.bundles.items import hindrances, key_of, things_of
from ..publishing.bundles.proposals import is_proposal
from .bundle_forms import BundleContentForm, EndBundleForm, NewBundleForm, SubmitBundleForm
from .forms import ReviewForm
from .reviewing import compare_url
from .subjects import QueueActionView, described, preview_url

ICON = "folder-open-1"
PER_PAGE = 50
LONGEST_QUERY = 100


class BundleListView(TemplateView):
    """The dossiers of the sites on whose content the person works, the newest first."""

    screen_access = ROLE_HOLDERS
    template_name = "workflows/bundles.html"

    def get_context_data(self, **kwargs):
        sites = [site for site in all_sites() if works_on(self.request.user, site)]
        found = PublicationBundle.objects.filter(site__in=sites).select_related("site", "made_by", "decided_by")
        return super().get_context_data(
            title="Hồ sơ đăng",
            header_icon=ICON,
            page=Paginator(found, PER_PAGE).get_page(self.request.GET.get("p")),
            may_make=holding(WRITE).allows(self.request.user),
            **kwargs,
        )


class OffersDrafts:
    """Mixin: the drafts that the person may choose from, narrowed by words of a title (`?q=`)."""

    @cached_property
    def words(self) -> str:
        return self.request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY]

    @cached_property
    def offered(self) -> list[tuple[str, str]]:
        return drafts.offered(self.request.user, self.words)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "offered": self.offered}

    def get_context_data(self, **kwargs):
        apart = drafts.standing_apart(self.request.user)
        return super().get_context_data(q=self.words, most=drafts.MOST_OFFERED, apart=apart, **kwargs)

    def chosen(self, keys) -> list:
        return drafts.chosen(self.request.user, keys)


class NewBundleView(OffersDrafts, QueueActionView):
    """A new dossier of drafts, submitted at once or later."""

    screen_access = holding(WRITE)
    without_version = "Something new; its items are the newest versions at that moment, declared by who submits them."
    help_rule = "submit"
    template_name = "workflows/bundle_new.html"
    form_class = NewBundleForm
    title = "Lập hồ sơ đăng"
    header_icon = ICON
    bundle = None

    def get_initial(self):
        return {"things": self.request.GET.getlist("muc")}

    def get_context_data(self, **kwargs):
        """Add `findings` of what was to be submitted and was not, with the way to each of them."""
        form, again = kwargs.get("form"), getattr(self, "is_drawn_again", False)
        keys = form.cleaned_data.get("things", []) if again and form.is_bound else []
        return super().get_context_data(findings=shown_findings(bundles.findings(self.chosen(keys))), **kwargs)

    def call(self, form):
        data, by = form.cleaned_data, self.request.user
        self.bundle = bundles.make(data["title"], self.chosen(data["things"]), by=by)
        self.success_message = "Đã lập hồ sơ; gửi duyệt khi đã đủ nội dung."
        if data["decision"] == "submit":
            declared = {name: data[name] for name in ("declaration", "remark", "publish_at")}
            bundles.submit(self.bundle, by=by, **declared)
            self.success_message = f"Đã lập hồ sơ và gửi duyệt; {together(self.bundle)}."

    def get_success_url(self):
        return reverse("workflows_bundle", args=[self.bundle.pk])


class BundleMixin:
    """Loads the dossier of the address for a person who works on its site, and on that of everything in it."""

    header_icon = ICON

    @cached_property
    def bundle(self) -> PublicationBundle:
        with sites_held():
            sites = {self._stored.site, *map(owner_site, self.things)}
            if not all(works_on(self.request.user, site) for site in sites):
                raise Http404
        return self._stored

    @cached_property
    def _stored(self) -> PublicationBundle:
        found = PublicationBundle.objects.select_related("site", "made_by", "submitted_by", "decided_by")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def seen(self):
        """The dossier, and the newest version of all that is in it."""
        return [self.bundle, [(item.key, item.revision_id) for item in self.items], self.things]

    @cached_property
    def items(self) -> list:
        return list(self._stored.items.all())

    @cached_property
    def things(self) -> list:
        return list(things_of(self.items).values())

    def to_hold(self):
        return [[self.bundle]]

    def closed(self):
        return "" if self.bundle.is_open else bundles.CLOSED

    def way_on(self):
        return {"url": self.get_success_url(), "words": "Xem hồ sơ"}

    def get_context_data(self, **kwargs):
        return super().get_context_data(bundle=self.bundle, subject=self.bundle.title, **kwargs)

    def get_success_url(self):
        return reverse("workflows_bundle", args=[self.bundle.pk])


class ChangesBundle(BundleMixin):
    """Mixin: for those who may change the dossier; others who see it read that they may not."""

    screen_access = holding(WRITE)

    def closed(self):
        if self.bundle.is_open and not bundles.may_change(self.request.user, self.bundle):
            return "Bạn xem được hồ sơ này nhưng không sửa được."
        return super().closed()


class BundleView(BundleMixin, QueueActionView):
    """One dossier: each item as readers will see it and what changed; approve all of it, or return it."""

    help_rule = "review"
    template_name = "workflows/bundle.html"
    form_class = ReviewForm
    title = "Hồ sơ đăng"

    def closed(self):
        return ""

    def choices_offered(self, choices):
        user = self.request.user
        is_stopped = bool(self.outdated) or any(row["hindrance"] or row["blockers"] for row in self.rows)
        allowed = {
            "approve": not is_stopped and bundles.may_decide(user, self.bundle, self.concerned),
            "return": bundles.may_return(user, self.bundle, self.concerned),
        }
        return [choice for choice in choices if allowed[choice[0]]]

    @cached_property
    def concerned(self):
        return bundles.concerned(self.bundle, self.things)

    @cached_property
    def outdated(self):
        return bundles.outdated(self.bundle, self.things)

    @cached_property
    def rows(self) -> list[dict]:
        """What is in it, in the order of publication; while it can change, with what the preflight says."""
        is_open = self.bundle.is_open
        found = dict(bundles.findings(self.things)) if is_open else {}
        stopping = hindrances(self.things) if is_open else {}
        versions = {item.key: item.revision_id for item in self.items}
        with sites_held():
            return [
                self._row_of_proposal(thing, stopping)
                if is_proposal(thing)
                else self._row(thing, versions, found.get(thing, []), stopping)
                for thing in self.things
            ]

    def _row(self, thing, versions: dict, found: list, stopping: dict) -> dict:
        key = key_of(thing)
        version = versions[key] or thing.latest_revision_id
        return {
            "name": get_latest_str(thing),
            "kind": thing._meta.verbose_name,
            "site": owner_site(thing),
            "edit_url": edit_address(thing),
            "preview_url": preview_url(thing, version) if isinstance(thing, Page) or thing.live else "",
            "compare_url": compare_url(thing, version),
            "is_new": not thing.live and thing.first_published_at is None,
            "is_removed": not thing.live and thing.first_published_at is not None,
            "removal": self._removal(thing),
            "public_url": getattr(thing, "full_url", "") if thing.live else "",
            "hindrance": stopping.get(key, ""),
            "blockers": [described(thing, one) for one in found if one.is_blocker],
            "warnings": [described(thing, one) for one in found if not one.is_blocker],
        }

    def _row_of_proposal(self, change, stopping: dict) -> dict:
        return {
            "name": str(change),
            "kind": f"đề nghị: {change.kind}",
            "site": change.site,
            "edit_url": reverse("workflows_record_change", args=[change.pk]),
            "hindrance": stopping.get(key_of(change), ""),
            "blockers": [],
            "is_confirmed": bool(change.accepted),
            "differences": record_texts.differences(change),
            "drawing": record_texts.drawing(change),
        }

    @staticmethod
    def _removal(thing) -> TakeDown | None:
        return TakeDown.objects.of(thing).in_force() if thing.first_published_at and not thing.live else None

    def get_context_data(self, **kwargs):
        user, bundle = self.request.user, self.bundle
        present = set(map(key_of, self.things))
        return super().get_context_data(
            rows=self.rows,
            missing=[item for item in self.items if item.key not in present],
            outdated=self.outdated,
            may_change=bundles.may_change(user, bundle),
            is_waiting=bundle.state in WAITING,
            is_scheduled=bundle.state == bundle.State.SCHEDULED,
            deadline=Deadline.objects.for_subject(bundle).open().first(),
            needs_submission=bundle.is_open and (bundle.state not in WAITING or bool(self.outdated)),
            **kwargs,
        )

    def call(self, form):
        if form.cleaned_data["decision"] == "approve":
            published = bundles.approve(self.bundle, by=self.request.user)
            self.success_message = (
                f"Đã duyệt và đăng cùng lúc {len(published)} nội dung."
                if published
                else f"Đã duyệt hồ sơ; mọi nội dung được đăng cùng lúc vào {format_moment(self.bundle.publish_at)}."
            )
        else:
            bundles.send_back(self.bundle, by=self.request.user, reason=form.cleaned_data["comment"])
            self.success_message = "Đã trả lại hồ sơ kèm lý do."


class BundleContentView(ChangesBundle, OffersDrafts, QueueActionView):
    """What is in a dossier: more of it, or less."""

    template_name = "workflows/bundle_content.html"
    form_class = BundleContentForm
    title = "Nội dung của hồ sơ đăng"
    submit_label = "Ghi nội dung hồ sơ"

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "held": [(item.key, item.title) for item in self.items]}

    def call(self, form):
        by, was_waiting = self.request.user, self.bundle.state in WAITING
        less, more = set(form.cleaned_data["less"]), self.chosen(form.cleaned_data["more"])
        if less:
            bundles.take_out(self.bundle, [item for item in self.items if item.key in less], by=by)
        if more:
            bundles.put_in(self.bundle, more, by=by)
        self.success_message = "Đã ghi nội dung hồ sơ."
        if was_waiting:
            self.success_message += " Hồ sơ không còn chờ duyệt; hãy gửi duyệt lại."


class SubmitBundleView(ChangesBundle, QueueActionView):
    """Preflight of every item and the declaration."""

    help_rule = "submit"
    template_name = "workflows/bundle_submit.html"
    form_class = SubmitBundleForm
    title = "Gửi duyệt hồ sơ đăng"
    header_icon = "check"
    submit_label = "Gửi duyệt cả hồ sơ"

    def get_initial(self):
        return {"publish_at": self.bundle.publish_at}

    def get_form_kwargs(self):
        late = [row for thing in self.things for row in late_reasons.asked_of(thing)]
        return {**super().get_form_kwargs(), "late": late}

    @cached_property
    def findings(self):
        return shown_findings(bundles.findings(self.things))

    def get_context_data(self, **kwargs):
        return super().get_context_data(findings=self.findings, **kwargs)

    def call(self, form):
        bundle = bundles.submit(self.bundle, by=self.request.user, **form.cleaned_data)
        self.success_message = f"Đã gửi duyệt cả hồ sơ; {together(bundle)}."


class EndBundleView(ChangesBundle, QueueActionView):
    """Take a dossier back, or give it up."""

    form_class = EndBundleForm
    title = "Rút hoặc bỏ hồ sơ đăng"
    header_icon = "resubmit"

    def choices_offered(self, choices):
        waits = self.bundle.state in WAITING
        return [choice for choice in choices if waits or choice[0] != "recall"]

    def call(self, form):
        if form.cleaned_data["decision"] == "recall":
            bundles.recall(self.bundle, by=self.request.user)
            self.success_message = "Đã rút hồ sơ; sửa xong hãy gửi duyệt lại."
        else:
            bundles.drop(self.bundle, by=self.request.user)
            self.success_message = "Đã bỏ hồ sơ; các bản nháp vẫn còn."


def shown_findings(found: list) -> list[tuple[str, str, list]]:
    """Return (name, address of its form, findings with their fields) of each item of which the preflight says some."""
    return [
        (get_latest_str(thing), edit_address(thing), [described(thing, one) for one in of_it])
        for thing, of_it in found
        if of_it
    ]


def together(bundle: PublicationBundle) -> str:
    """Say when all of a submitted dossier becomes public."""
    hour = f", từ {format_moment(bundle.publish_at)}" if bundle.publish_at else ""
    return f"mọi nội dung được đăng cùng lúc khi người thứ hai duyệt{hour}"


def make_url(thing) -> str:
    """Return the address where a dossier begins with a page or record."""
    return f"{reverse('workflows_bundle_new')}?muc={type_of(thing)}/{thing.pk}"
