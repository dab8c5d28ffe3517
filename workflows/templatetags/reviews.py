"""How the review of a page or record stands, for its edit form."""

from django import template
from wagtail.models import WorkflowMixin

from workflows import review_facts

register = template.Library()


@register.simple_tag
def came_back(thing) -> str:
    """Say who gave a page or record back, when and why, as long as it was not submitted again; "" otherwise."""
    return review_facts.returned(thing) if thing.pk and isinstance(thing, WorkflowMixin) else ""
