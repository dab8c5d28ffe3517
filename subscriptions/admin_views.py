"""The screen of who follows what: numbers alone, for those who work on the content of a site."""

from django.views.generic import TemplateView

from accounts.responsibility import sites_worked_on
from base.admin.held_sites import SitesHeld
from base.admin.screen_access import ScreenAccess

from .figures import LEAST, figures

SITE_WORKERS = ScreenAccess(lambda user: bool(sites_worked_on(user)))


class FiguresView(SitesHeld, TemplateView):
    """What is followed on the person's sites, and by how many; no address is anywhere on it."""

    screen_access = SITE_WORKERS
    template_name = "subscriptions/admin/figures.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            title="Người đăng ký nhận tin",
            header_icon="mail",
            found=figures(sites_worked_on(self.request.user)),
            least=LEAST,
            **kwargs,
        )
