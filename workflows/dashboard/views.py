"""The screens of what waits for a person: Việc của tôi, the first one, and Chờ duyệt."""

from datetime import timedelta
from types import MappingProxyType

from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import View
from wagtail import hooks
from wagtail.admin.auth import require_admin_access
from wagtail.admin.viewsets.pages import page_viewset_registry

from accounts.roles import DECIDE_TAKEDOWN, REVIEW, ROLES, held_roles, may
from accounts.screen_access import ROLE_HOLDERS
from base.admin.screen_access import SIGNED_IN
from base.authority import own_sites
from base.sites import all_sites, sites_held
from vietnam.dates import format_vn
from workflows.dashboard import queue_screen

from .. import deadlines
from . import submissions, work_queue

ROWS_A_PAGE = 25


@method_decorator([never_cache, require_admin_access], name="dispatch")
class WorkQueueView(View):
    """What waits for the person, room by room; stands before Wagtail's own first screen at the same address.

    Rendered while the sites are held: the frame's menu asks for them many times.
    """

    screen_access = SIGNED_IN
    template_name = "workflows/dashboard.html"
    # What the counters show, by the value of "han".
    IN_TIME = MappingProxyType({"qua-han": lambda row: row.is_late, "sap-den-han": lambda row: row.is_soon})

    def get(self, request):
        with sites_held(), deadlines.calendar_held():
            return TemplateResponse(request, self.template_name, self.context(request)).render()

    def context(self, request) -> dict:
        scope = work_queue.Scope(request.user, timezone.now())
        request.work_groups = groups = queue_screen.groups_of(scope)
        filled = [group for group in groups if group.count]
        kind = next((group for group in filled if group.kind.key == request.GET.get("loai")), None)
        shown = [kind] if kind else filled
        in_time = request.GET.get("han", "")
        in_order = queue_screen.in_one_list(shown, scope.today)
        rows = [row for row in in_order if self.IN_TIME.get(in_time, bool)(row)]
        panels = []
        for hook in hooks.get_hooks("construct_homepage_panels"):
            hook(request, panels)
        names = {site.pk: site.name for site in all_sites()}
        roles = sorted({(ROLES[role].label, names.get(site, "")) for role, site in held_roles(request.user)})
        return {
            "title": "Việc của tôi",
            "header_icon": "home",
            "today": format_vn(scope.today),
            "roles": roles,
            "notices": queue_screen.notices_of(scope),
            "shortcuts": work_queue.shortcuts_for(scope),
            "groups": filled,
            "kind": kind,
            "in_time": in_time if in_time in self.IN_TIME else "",
            "page": Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("p")),
            # Of the kind that is chosen, so that a counter shows what it counts.
            "counters": [
                ("", "việc", sum(group.count for group in shown)),
                ("qua-han", "quá hạn", sum(group.late for group in shown)),
                ("sap-den-han", "sắp đến hạn", sum(group.soon for group in shown)),
            ],
            "is_cut": sum(group.count for group in groups) >= work_queue.MOST,
            "panels": sorted(panels, key=lambda panel: panel.order),
        }


@method_decorator([never_cache, require_admin_access], name="dispatch")
class OwnPagesView(View):
    """Trang: begins at one's own site where that is one ward; the whole tree for others, and for a search.

    Stands before Wagtail's own list at the same address, whose first level a ward's people cannot open. To go once
    Wagtail begins at the pages that a person may work on.
    """

    screen_access = SIGNED_IN
    of_all = staticmethod(page_viewset_registry.as_view("index", is_base_page=True))

    def get(self, request):
        sites = own_sites(request.user)
        if len(sites) == 1 and not request.GET:
            return redirect("wagtailadmin_explore", sites[0].home_page().pk)
        return self.of_all(request)


@method_decorator(never_cache, name="dispatch")
class SubmissionsView(View):
    """What the person has submitted: what waits for others, and what became of the rest in the last months."""

    screen_access = ROLE_HOLDERS
    template_name = "workflows/submissions.html"

    def get(self, request):
        now = timezone.now()
        with sites_held(), deadlines.calendar_held():
            scope = work_queue.Scope(request.user, now)
            waiting = queue_screen.groups_of(scope, work_queue.HANDED_ON)
            context = {
                "title": "Việc tôi đã gửi",
                "header_icon": "mail",
                "groups": [group for group in waiting if group.count],
                "outcomes": submissions.outcomes(request.user, now - timedelta(days=submissions.SHOWN_DAYS), now),
                "days": submissions.SHOWN_DAYS,
            }
            return TemplateResponse(request, self.template_name, context).render()


@method_decorator(never_cache, name="dispatch")
class QueueView(View):
    """Everything that waits for the person's decision, and what they have passed on themselves."""

    screen_access = ROLE_HOLDERS
    template_name = "workflows/queue.html"

    def get(self, request):
        with sites_held(), deadlines.calendar_held():
            scope = work_queue.Scope(request.user, timezone.now())
            # Read apart: however much one has handed on, it crowds out no decision.
            deciding, handed_on = (
                queue_screen.groups_of(scope, work_queue.DECISIONS),
                queue_screen.groups_of(scope, work_queue.HANDED_ON),
            )
            groups = [*deciding, *handed_on]
            context = {
                "title": "Chờ duyệt",
                "header_icon": "check",
                "is_cut": sum(group.count for group in deciding) >= work_queue.MOST,
                "decides": any(may(request.user, right) for right in (REVIEW, DECIDE_TAKEDOWN)),
                "groups": [group for group in groups if group.count],
                "empty": [group.kind.empty for group in groups if not group.count],
            }
            return TemplateResponse(request, self.template_name, context).render()
