"""Where a link in rich text may lead by its address: to the web, a mailbox, a telephone, a place in a page.

Wagtail drops `javascript:` and the like, but keeps an address without a scheme as it is: `\\\\host\\share`, as a word
processor leaves it, leads a browser to another machine.
"""

import re

from draftjs_exporter.dom import DOM
from wagtail.admin.rich_text.converters.contentstate import link_entity
from wagtail.admin.rich_text.converters.html_to_contentstate import (
    ExternalLinkElementHandler,
    PageLinkElementHandler,
)

LEADS_SOMEWHERE = re.compile(r"(https?|mailto|tel):|#|\?|/(?![/\\])|[\w.%-]+(/|$)", re.IGNORECASE)


def safe_link_entity(props):
    """Give a link to the stored text; of one that leads nowhere a page may send its readers, only the words stay."""
    url = props.get("url")
    if props.get("id") is None and not LEADS_SOMEWHERE.match((url or "").strip()):
        return DOM.create_element("a", {}, props["children"])
    return link_entity(props)


def register_links(features) -> None:
    """Put the rule in the place of Wagtail's."""
    features.register_converter_rule(
        "contentstate",
        "link",
        {
            "from_database_format": {
                "a[href]": ExternalLinkElementHandler("LINK"),
                'a[linktype="page"]': PageLinkElementHandler("LINK"),
            },
            "to_database_format": {"entity_decorators": {"LINK": safe_link_entity}},
        },
    )
