"""What the screen "add a page" shows of page types and templates."""

from django import template
from django.apps import apps

from ..drafts.page_template_views import type_name
from ..drafts.page_templates import templates_below

register = template.Library()


@register.simple_tag
def page_icon(app_label: str, model_name: str) -> str:
    """Return the icon of a page type."""
    return getattr(apps.get_model(app_label, model_name), "icon_name", "doc-empty-inverse")


@register.simple_tag
def fitting_templates(parent, user) -> list:
    """Return (template, name of its page type) of what may be started below a page."""
    return [(each, type_name(each)) for each in templates_below(parent, user)]
