"""Where the admin meets the search."""

from wagtail.snippets.models import register_snippet

from .screens.viewsets import BestBetViewSet, EquivalentViewSet

register_snippet(EquivalentViewSet)
register_snippet(BestBetViewSet)
