"""Who sees which articles of units: their writers, the heads of their units, and of what was sent the office."""

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.roles import DISPATCH, SIGN_ANSWERS, SUPPLY, may
from accounts.unit_roles import units_for
from base.models import OrganisationUnit
from base.sites import city_site

from ..models import UnitArticle

State = UnitArticle.State


def units_of(user) -> QuerySet[OrganisationUnit]:
    """Return the units for which a user may write articles now."""
    return OrganisationUnit.objects.filter(pk__in=units_for(user, SUPPLY), valid_to=None).order_by("name")


def leads(user, unit_id: int) -> bool:
    """Tell whether a user is the head of a unit, who sees all that it writes."""
    return unit_id in units_for(user, SUPPLY) & units_for(user, SIGN_ANSWERS)


def may_handle(user) -> bool:
    """Tell whether a user works on what units send: the standing office of the city."""
    city = city_site()
    return city is not None and may(user, DISPATCH, city)


def origin_of(page, user) -> tuple[str, str] | None:
    """Say of which article a draft was made, with its screen for who sees it (`review_facts.register_origin`)."""
    article = UnitArticle.objects.filter(page=page).select_related("unit").first()
    if article is None:
        return None
    is_seen = visible_to(user).filter(pk=article.pk).exists()
    return f"Bài của {article.unit}", reverse("sections_unit_article", args=[article.pk]) if is_seen else ""


def visible_to(user) -> QuerySet[UnitArticle]:
    """Return the articles that a user sees, the last saved first.

    Of a unit its head sees all, another of its people their own; the standing office sees what is sent.
    """
    units = units_for(user, SUPPLY)
    led = units & units_for(user, SIGN_ANSWERS)
    seen = Q(written_by=user, unit__in=units) | Q(unit__in=led)
    if may_handle(user):
        seen |= ~Q(state=State.WRITTEN)
    return UnitArticle.objects.filter(seen)
