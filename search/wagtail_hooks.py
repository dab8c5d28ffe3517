"""Where the admin meets the search."""

from wagtail.snippets.models import register_snippet

from .screens.viewsets import EquivalentViewSet

register_snippet(EquivalentViewSet)
