"""The head's screens for what cannot wait: an alert on every page, and the way to publish or remove a page at once."""

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView
from wagtail.models import Page

from accounts.roles import EMERGENCY, may
from accounts.screen_access import holding
from base.admin.action_views import ActionView
from base.admin.page_places import places_of
from base.public.frame import alert_of
from base.queries.contains import contains
from base.sites import all_sites, city_site
from workflows.models import TakeDown
from workflows.publishing import removed_status
from workflows.publishing.approval import acts_for_board

from . import alerts
from .forms import AlertForm, EndAlertForm

ICON = "warning"
CONFIRM, BACK = "xac-nhan", "sua-lai"
MOST_FOUND = 20
LONGEST_QUERY = 100


class AtOnce:
    """Mixin: only for who may act alone."""

    screen_access = holding(EMERGENCY)

    def dispatch(self, request, *args, **kwargs):
        if not may(request.user, EMERGENCY):
            raise PermissionDenied("Chỉ Trưởng ban Biên tập dùng được màn này.")
        return super().dispatch(request, *args, **kwargs)


class EmergencyView(AtOnce, TemplateView):
    """What may be done at once: the alert that stands, and the three ways."""

    template_name = "home/admin/emergency.html"

    def get_context_data(self, **kwargs):
        home = city_home()
        return super().get_context_data(
            title="Khẩn cấp", header_icon=ICON, help_rule="emergency", alert=alert_of(home) if home else None, **kwargs
        )


class PagesAtOnceView(AtOnce, TemplateView):
    """The pages of one's sites that can be published, or removed, at once: the newest first, or by words of a title."""

    template_name = "home/admin/emergency_pages.html"
    title = ""
    act_label, screen, empty = "", "", ""

    def found(self):
        """The pages that this can be done to."""
        raise NotImplementedError

    def get_context_data(self, **kwargs):
        user, words = self.request.user, self.request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY]
        sites = [site for site in all_sites() if acts_for_board(user, EMERGENCY, site)]
        homes = Page.objects.filter(translation_key__in=[site.home_key for site in sites]).values_list(
            "path", flat=True
        )
        below = Q(pk=None)
        for path in homes:
            below |= Q(path__startswith=path)
        pages = self.found().filter(below)
        if words:
            pages = pages.filter(contains("title", words) | contains("draft_title", words))
        pages = list(pages.order_by("-latest_revision_created_at", "-pk").defer("search_description")[: MOST_FOUND + 1])
        shown = pages[:MOST_FOUND]
        places = places_of(shown)
        removed_status.note(shown)
        return super().get_context_data(
            title=self.title,
            header_icon=ICON,
            help_rule="emergency",
            q=words,
            act_label=self.act_label,
            empty=self.empty,
            rows=[(page, places[page.pk], state_of(page), reverse(self.screen, args=[page.pk])) for page in shown],
            is_cut=len(pages) > MOST_FOUND,
            **kwargs,
        )


def state_of(page) -> str:
    """Describe what readers see of a page."""
    if not page.live:
        return removed_status.label_of(page) or "chưa đăng"
    return "đang đăng, có bản sửa" if page.has_unpublished_changes else "đang đăng"


class PublishAtOnceView(PagesAtOnceView):
    """Pages with a version that readers do not have yet."""

    title = "Đăng khẩn cấp: chọn trang"
    act_label, screen = "Đăng khẩn cấp", "workflows_emergency_publish"
    empty = "Không có bản nháp nào như vậy."

    def found(self):
        # What two persons took down comes back by «Khôi phục», which names the take-down.
        gone = TakeDown.objects.filter(page=OuterRef("pk"), state=TakeDown.State.TAKEN_DOWN)
        pages = Page.objects.filter(Q(has_unpublished_changes=True) | Q(live=False), alias_of=None, depth__gt=1)
        return pages.exclude(Exists(gone), live=False)


class RemoveAtOnceView(PagesAtOnceView):
    """Public pages; a front page is not removed."""

    title = "Gỡ khẩn cấp: chọn trang"
    act_label, screen = "Gỡ khẩn cấp", "workflows_emergency_remove"
    empty = "Không có trang đang đăng nào như vậy."

    def found(self):
        fronts = [site.home_key for site in all_sites()]
        return Page.objects.filter(live=True, depth__gt=1).exclude(translation_key__in=fronts)


class AboutTheAlert(AtOnce, ActionView):
    """What concerns the alert of the city: decided about its front page as readers see it."""

    help_rule = "emergency"
    header_icon = ICON

    @cached_property
    def home(self):
        home = city_home()
        if home is None:
            raise Http404
        return home

    def seen(self):
        """The front page as readers see it."""
        return [self.home.live_revision_id]

    def to_hold(self):
        return [[self.home]]

    def get_success_url(self):
        return reverse("home_emergency")


class AlertView(AboutTheAlert):
    """The alert on every page: first how readers will see it, then, sent on that page, the act itself."""

    template_name = "home/admin/alert.html"
    form_class = AlertForm
    title = "Thông báo khẩn trên mọi trang"
    submit_label = "Xem trước"

    def get_initial(self):
        if alert_of(self.home) is None:
            return {}
        return {name: getattr(self.home, name) for name in sorted(alerts.FIELDS)}

    def form_valid(self, form):
        if BACK in self.request.POST:
            return self.render_to_response(self.get_context_data(form=form))
        if CONFIRM in self.request.POST:
            return super().form_valid(form)
        return self.render_to_response(self.get_context_data(form=form, shown=form.as_alert()))

    def get_context_data(self, **kwargs):
        return super().get_context_data(standing=alert_of(self.home), home=self.home, **kwargs)

    def call(self, form):
        done = alerts.raise_alert(self.home, by=self.request.user, **form.cleaned_data)
        self.success_message = outcome_of(done)


class EndAlertView(AboutTheAlert):
    """The alert off every page, before its hour."""

    template_name = "home/admin/end_alert.html"
    form_class = EndAlertForm
    title = "Dừng thông báo khẩn"
    submit_label = "Dừng ngay"

    def closed(self):
        return "" if alert_of(self.home) else "Không còn thông báo nào đang hiện."

    def way_on(self):
        return {"url": reverse("home_emergency"), "words": "Về Khẩn cấp"}

    def get_context_data(self, **kwargs):
        return super().get_context_data(standing=alert_of(self.home), **kwargs)

    def call(self, form):
        done = alerts.end_alert(self.home, by=self.request.user, reason=form.cleaned_data["reason"])
        self.success_message = outcome_of(done, "Đã dừng thông báo khẩn", of_draft="")


def outcome_of(
    done: alerts.Raised, what: str = "Đã đăng thông báo khẩn trên mọi trang", of_draft: str = ", có thêm thông báo này"
) -> str:
    """Say what was done, and what became of the front page's draft."""
    message = f"{what}; việc này chờ người thứ hai xem lại."
    if done.drafted_by:
        message += f" Bản nháp trang chủ của {done.drafted_by} vẫn là bản nháp{of_draft}."
    if done.submitted_by:
        message += f" Việc duyệt bản ấy đã dừng; {done.submitted_by} cần gửi duyệt lại."
    return message


def city_home():
    """Return the front page of the city, None while there is no city."""
    site = city_site()
    home = site.home_page() if site else None
    return home.specific if home else None
