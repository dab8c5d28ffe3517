"""The report of what is to be corrected in content that is public already."""

from django.core.paginator import Paginator
from django.views.generic import TemplateView

from accounts.screen_access import ROLE_HOLDERS
from base.admin.field_anchors import edit_address, label_of, place_of

from . import live_checks

ROWS_A_PAGE = 50


class LiveChecksView(TemplateView):
    """What the nightly look found, for the sites of the person, each with the way to its field."""

    screen_access = ROLE_HOLDERS
    template_name = "workflows/live_checks.html"

    def get_context_data(self, **kwargs):
        user, asked = self.request.user, self.request.GET
        slug, level = asked.get("trang", ""), asked.get("muc", "")
        rows = live_checks.findings_for(user, slug, level)
        listed = Paginator(rows, ROWS_A_PAGE).get_page(asked.get("p"))
        targets = live_checks.targets_of(list(listed))
        return super().get_context_data(
            title="Kiểm tra nội dung đã đăng",
            header_icon="check",
            listed=listed,
            rows=[self._shown(row, targets.get(row.pk)) for row in listed],
            sites=live_checks.sites_to_report(user),
            slug=slug,
            level=level,
            last_round=live_checks.last_round(),
            **kwargs,
        )

    @staticmethod
    def _shown(row, target) -> dict:
        if target is None:
            return {"row": row, "label": "", "url": ""}
        url = f"{edit_address(target)}{place_of(target, row.field)}"
        return {"row": row, "label": label_of(target, row.field), "url": url}
