"""Who may do what with an import, and who sees it."""

from accounts.roles import ADMINISTER, ARRANGE, WRITE, may
from base.gate import Refused
from base.models import PortalSite
from base.sites import all_sites
from sections.drafting import taking_articles

from .models import SiteImport

State = SiteImport.State
CLOSED = (PortalSite.State.FROZEN, PortalSite.State.CLOSED)
NO_LONGER = "Đang dừng: {name} không còn được soạn bài và sắp xếp trên trang này, hoặc trang đã ngừng cập nhật."
LEFT = {
    State.WRITING: f"{NO_LONGER} Người có quyền hãy bấm «Cho tạo tiếp», hoặc thu hồi đợt.",
    State.UNDOING: f"{NO_LONGER} Người có quyền hãy bấm «Thu hồi đợt» để làm tiếp.",
}


def may_begin(user, site: PortalSite) -> bool:
    """Tell whether a user may let drafts, dossiers and redirects be made on a site, and take them back."""
    return may(user, WRITE, site) and may(user, ARRANGE, site) and site.state not in CLOSED


def may_submit(user, site: PortalSite) -> bool:
    """Tell whether a user may submit an export for a site and read what would become of it."""
    return may_begin(user, site) or (may(user, ADMINISTER, site) and site.state not in CLOSED)


def may_change(user, batch: SiteImport) -> bool:
    """Tell whether a user may convert or discard an import that has written nothing."""
    return may_begin(user, batch.site) or (batch.made_by_id == user.pk and may(user, ADMINISTER, batch.site))


def is_left(batch: SiteImport) -> bool:
    """Tell whether an import waits for another person, as the one who let it be written, or taken back, no longer may.

    Drafts, dossiers and proposals are made in that person's name; another who may begin takes their place.
    """
    person = {State.WRITING: batch.begun_by, State.UNDOING: batch.undone_by}.get(batch.state)
    return person is not None and not may_begin(person, batch.site)


def demand_person(batch: SiteImport) -> None:
    """Raise Refused, with what to do, while an import waits for another person."""
    if is_left(batch):
        person = batch.begun_by if batch.state == State.WRITING else batch.undone_by
        raise Refused(LEFT[batch.state].format(name=person.get_full_name() or person.username))


def sites_for(user) -> list[PortalSite]:
    """Return the sites for which a user may submit an export."""
    return [site for site in all_sites() if may_submit(user, site)]


def sections_for(user) -> list:
    """Return (section, site) of each section for whose site a user may submit an export, news first."""
    return [(section, site) for site in sites_for(user) for section in taking_articles(site)]


def visible_to(user):
    """Return the imports of the sites that a user arranges, and those that they submitted themselves.

    Who keeps accounts and settings works on no content (`works_on`): of others' drafts they see nothing.
    """
    rows = SiteImport.objects.select_related("site", "made_by", "begun_by")
    own = rows.filter(site__in=[site for site in all_sites() if may(user, WRITE, site) and may(user, ARRANGE, site)])
    return own | rows.filter(made_by=user) if may(user, ADMINISTER) else own
