"""Who may raise alerts, propose them and be asked about them; on which sites."""

from accounts.roles import APPROVE, RAISE_ALERT, WRITE, may
from base.gate import Refused
from base.models import PortalSite
from base.sites import all_sites, city_site
from workflows.models import EmergencyAct
from workflows.publishing import approval

from .contents import Content
from .models import Alert

# Sites that readers read: a frozen one too, whose people need warning as others do.
READ = (PortalSite.State.OPEN, PortalSite.State.FROZEN)


def may_act_alone(user, site: PortalSite) -> bool:
    """Tell whether a user may raise, change and end the alerts of a site at once: who is on duty, and the head."""
    return may(user, RAISE_ALERT, site)


def may_propose(user, site: PortalSite) -> bool:
    """Tell whether a user may propose alerts of a site, which a second person confirms."""
    return may(user, WRITE, site) or may_act_alone(user, site)


def may_see(user, site: PortalSite) -> bool:
    """Tell whether a user may see who did what with the alerts of a site, and why."""
    return may_propose(user, site) or may(user, APPROVE, site)


def own_sites(user) -> list[PortalSite]:
    """Return the sites of whose alerts a user may see all, the city first."""
    return [site for site in all_sites() if not site.is_practice and may_see(user, site)]


def sites_for(user) -> list[PortalSite]:
    """Return the sites on which a user may put an alert, or propose to, the city first."""
    return [site for site in all_sites() if site.state in READ and may_propose(user, site)]


def is_for_all(user) -> bool:
    """Tell whether a user may put an alert on every site, or propose to."""
    city = city_site()
    return city is not None and may_propose(user, city)


def open_acts(alert: Alert) -> list[EmergencyAct]:
    """Return what was done to an alert by one person alone and no second has looked at, the oldest first."""
    found = EmergencyAct.objects.filter(
        kind=EmergencyAct.Kind.ALERT, object_type=Alert._meta.label, object_id=str(alert.pk), looked_at=None
    )
    return list(found.order_by("pk"))


def may_end_as_second(user, alert: Alert) -> bool:
    """Tell whether a user is the second person for what one alone did to an alert, and so may end it.

    Only while that is how it stands: what two persons have agreed to since, no user ends alone as the second.
    """
    acts = open_acts(alert)
    newest = alert.versions.order_by("-number").values_list("emergency", flat=True).first()
    return newest in {act.pk for act in acts} and all(approval.may_look(act, user) for act in acts)


def owner_for(user, content: Content, allowed) -> PortalSite:
    """Return whose alert it is that a user writes: the city's, or that of the one ward it is for.

    `allowed(user, site)`: whether the user may do that on a site. Raises Refused where they may not.
    """
    city = city_site()
    if city is not None and allowed(user, city):
        return city
    named = [site for site in all_sites() if site.pk in content.sites]
    if content.everywhere or len(named) != 1 or not allowed(user, named[0]):
        raise Refused("Bạn chỉ được đưa cảnh báo lên trang phường, xã của mình, mỗi lần một trang.")
    return named[0]


def demand_sites(owner: PortalSite, content: Content) -> None:
    """Raise Refused for an alert on sites that are not of its owner, or that no reader reads."""
    if not owner.is_city and (content.everywhere or content.sites != (owner.pk,)):
        raise Refused(f"Cảnh báo của {owner} chỉ hiện trên trang của {owner}.")
    there = PortalSite.objects.filter(pk__in=content.sites, state__in=READ).count()
    if there != len(content.sites):
        raise Refused("Có trang đã chọn nay không còn đăng; hãy chọn lại các trang.")
