"""A person's own royalties: what is proposed, decided and paid of what they made, and no other's."""

from django.views.generic import TemplateView

from accounts.screen_access import ROLE_HOLDERS

from ..models import Contributor, Share
from .access import ICON


class OwnRoyaltiesView(TemplateView):
    """The shares of the user's own, the newest first."""

    screen_access = ROLE_HOLDERS
    template_name = "royalties/own.html"

    def get_context_data(self, **kwargs):
        contributor = Contributor.objects.filter(user=self.request.user).first()
        shares = Share.objects.filter(contributor=contributor) if contributor else Share.objects.none()
        shares = list(shares.select_related("royalty__statement").order_by("-royalty__made_on", "-pk")[:500])
        frozen = [share for share in shares if share.royalty.statement_id and share.royalty.statement.is_frozen]
        return super().get_context_data(
            title="Nhuận bút của tôi",
            header_icon=ICON,
            shares=shares,
            decided=sum(share.amount for share in frozen),
            **kwargs,
        )
