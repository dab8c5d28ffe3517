"""What a form shows of a thing that it names by number only: of another site's unpublished one, nothing.

A chooser and the rich text editor look up whatever number they are given and show its title, picture or address. The
number may come from the form that is refused and shown again (`guarded_forms.py`), or from a version that a user of
the city wrote. `hide_targets` runs once, when `wagtail_hooks` is loaded.
"""

from functools import wraps

from wagtail.admin.rich_text.converters.contentstate_models import Entity
from wagtail.admin.rich_text.converters.html_to_contentstate import PageLinkElementHandler
from wagtail.admin.widgets import BaseChooser
from wagtail.documents.rich_text.contentstate import DocumentLinkElementHandler
from wagtail.images.rich_text.contentstate import ImageElementHandler
from wagtail.models import Page

from ...authority import has_owner, may_refer
from ...models import PortalFile, PortalImage
from ...request_facts import current_request

NOT_SHOWN = "Nội dung chưa công khai của trang khác"


def hide_targets() -> None:
    """Let the widget of every chooser and the three links of the editor ask first whose the thing is."""
    BaseChooser.get_value_data = _asking(BaseChooser.get_value_data)
    PageLinkElementHandler.get_attribute_data = _link(
        PageLinkElementHandler.get_attribute_data, Page, {"url": None, "parentId": None}
    )
    DocumentLinkElementHandler.get_attribute_data = _link(DocumentLinkElementHandler.get_attribute_data, PortalFile, {})
    ImageElementHandler.create_entity = _picture(ImageElementHandler.create_entity)


def is_hidden(thing) -> bool:
    """Tell whether the person of the present request may not know of a thing; outside a request nothing is hidden."""
    facts = current_request.get()
    user = facts.user if facts is not None else None
    return user is not None and has_owner(type(thing)) and not may_refer(user, thing)


def _asking(get_value_data):
    @wraps(get_value_data)
    def asking(widget, value):
        instance = widget.get_instance(value)
        if instance is not None and is_hidden(instance):
            # The number stays, so that saving loses nothing that a user of the city put there.
            preview = {"url": "", "width": 0, "height": 0}
            return {
                "id": instance.pk,
                "edit_url": None,
                widget.display_title_key: NOT_SHOWN,
                "preview": preview,
                "default_alt_text": "",
                "parent_id": None,
                "admin_title": NOT_SHOWN,
            }
        return get_value_data(widget, value)

    return asking


def _found(model, attrs):
    key = str(attrs.get("id", ""))
    return model.objects.filter(pk=key).first() if key.isdecimal() and len(key) < 19 else None


def _link(get_attribute_data, model, of_nothing: dict):
    """What an editor's link says of a hidden thing is what Wagtail says of one that is gone."""

    @wraps(get_attribute_data)
    def asking(handler, attrs):
        thing = _found(model, attrs)
        if thing is not None and is_hidden(thing):
            return {"id": thing.pk, **of_nothing}
        return get_attribute_data(handler, attrs)

    return asking


def _picture(create_entity):
    @wraps(create_entity)
    def asking(handler, name, attrs, state, contentstate):
        image = _found(PortalImage, attrs)
        if image is not None and is_hidden(image):
            data = {"id": attrs["id"], "src": "", "alt": attrs.get("alt"), "format": attrs["format"]}
            return Entity("IMAGE", "IMMUTABLE", data)
        return create_entity(handler, name, attrs, state, contentstate)

    return asking
