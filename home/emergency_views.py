"""The head's screens for what cannot wait: the ways to an alert, and to publish or remove a page at once."""

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.views.generic import TemplateView
from wagtail.models import Page

from accounts.roles import EMERGENCY, may
from accounts.screen_access import holding
from alerts.models import Alert
from base.admin.page_places import places_of
from base.queries.contains import contains
from base.sites import all_sites
from workflows.models import TakeDown
from workflows.publishing import removed_status
from workflows.publishing.approval import acts_for_board

ICON = "warning"
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
    """What may be done at once: the three ways, and the alerts that stand."""

    template_name = "home/admin/emergency.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            title="Khẩn cấp", header_icon=ICON, help_rule="emergency", alerts=Alert.objects.standing(), **kwargs
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
