"""Where the edit form of a page or record is, and where in it a field stands: the anchor that a message leads to.

A field with a widget is found by Wagtail's own deep link (`#:w:contentpath=…`), rows of an inline panel by the panel.
`static/js/admin_place.js` opens the tab and puts the cursor there.
"""

from django.urls import reverse
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Page


def edit_address(obj) -> str:
    """Return the address of the edit form of a page or record; "" for a record without a screen, and for None."""
    if isinstance(obj, Page):
        return reverse("wagtailadmin_pages:edit", args=[obj.pk])
    viewset = getattr(obj, "snippet_viewset", None)
    return reverse(viewset.get_url_name("edit"), args=[obj.pk]) if viewset else ""


def place_of(obj, field: str) -> str:
    """Return the fragment, with "#", of a field in the edit form of a page or record; "" when it has no such field."""
    return _place(_handler_of(obj), field, "panel", "panel")


def label_of(obj, field: str) -> str:
    """Return what people call a field: the heading of its panel, else the name of the model's field."""
    panel = next((panel for panel in _panels(_handler_of(obj)) if _is_about(panel, field)), None)
    heading = str(getattr(panel, "heading", "") or "")
    if not heading:
        found = next((each for each in obj._meta.get_fields() if each.name == field), None)
        heading = str(getattr(found, "verbose_name", ""))
    return heading[:1].upper() + heading[1:] if heading else "Nội dung"


def panels_of(obj) -> list:
    """Return every panel of the edit form of a page or record, the outer ones before those inside them."""
    return list(_panels(_handler_of(obj)))


def fields_in_form(model) -> set[str]:
    """Return the names of the fields that people fill in the edit form of a page model."""
    panels = (panel for panel in _panels(model.get_edit_handler()) if isinstance(panel, FieldPanel))
    return {panel.field_name for panel in panels if not panel.read_only}


def _handler_of(obj):
    return obj.get_edit_handler() if isinstance(obj, Page) else obj.snippet_viewset.get_edit_handler()


def _panels(panel):
    yield panel
    for child in getattr(panel, "children", ()):
        yield from _panels(child)


def _is_about(panel, field: str) -> bool:
    return field in (getattr(panel, "field_name", None), getattr(panel, "relation_name", None))


def _place(panel, field: str, prefix: str, section: str) -> str:
    """`prefix` and `section`: Wagtail's names of the panel, and of the nearest one around it that has a place."""
    if isinstance(panel, FieldPanel) and panel.field_name == field:
        return f"#:w:contentpath={field}"
    if isinstance(panel, InlinePanel) and panel.relation_name == field:
        return f"#{section}-section"
    for child, name in zip(getattr(panel, "children", ()), getattr(panel, "child_identifiers", ()), strict=False):
        # Wagtail's `multi_field_panel.html` gives its children no place of their own.
        around = section if isinstance(panel, MultiFieldPanel) else f"{prefix}-{name}"
        if place := _place(child, field, f"{prefix}-child-{name}", around):
            return place
    return ""
