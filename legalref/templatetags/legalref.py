"""Template filters of legal texts."""

import re

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

from ..linking import linked

register = template.Library()

_EMPHASIS = re.compile(r"\*([^*\n]+)\*")


@register.filter
def emphasised(line):
    """Write what stands between stars in italics, everything else escaped: "*(sau đây gọi tắt)*"."""
    return mark_safe(_EMPHASIS.sub(r"<em>\1</em>", conditional_escape(line)).replace("*", ""))


class CitedNode(template.Node):
    """What stands between {% cited %} and {% endcited %}, with links on the legal citations in it."""

    def __init__(self, nodes, source):
        self.nodes, self.source = nodes, source

    def render(self, context):
        html, source = self.nodes.render(context), self.source.resolve(context)
        return linked(html, source, context.get("request")) if getattr(source, "pk", None) else html


@register.tag
def cited(parser, token):
    """Put links on the citations of a text: {% cited page %}…{% endcited %}; takes a page or a document."""
    _name, source = token.split_contents()
    nodes = parser.parse(("endcited",))
    parser.delete_first_token()
    return CitedNode(nodes, parser.compile_filter(source))
