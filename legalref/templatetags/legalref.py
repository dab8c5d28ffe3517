"""Template tags of the register and filters of legal texts."""

import re

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from ..citations.linking import linked

register = template.Library()

_EMPHASIS = re.compile(r"\*([^*\n]+)\*")


@register.filter
def emphasised(line):
    """Write what stands between stars in italics, everything else escaped: "*(sau đây gọi tắt)*"."""
    return mark_safe(_EMPHASIS.sub(r"<em>\1</em>", conditional_escape(line)).replace("*", ""))


# Only a document found by its text has an excerpt.
_ROW = """<tr>
      <th scope="row"><a href="{}{}/{}">{}</a></th>
      <td data-label="{}">{}</td>
      <td data-label="{}">{}{}</td>
      <td data-label="{}">{}</td>
      <td data-label="{}"><span class="status status--{}">{}</span></td>
    </tr>
    """


@register.simple_tag
def document_rows(documents, page_url, day_query):
    """Write the rows of a table of documents: by a template's own loop they cost as much as the rest of the page."""
    issued, subject, issuer, status = _("Ngày ban hành"), _("Trích yếu"), _("Cơ quan ban hành"), _("Tình trạng")
    rows = []
    for document in documents:
        day, excerpt, shown = document.issued_on, document.shown_excerpt, document.shown_status
        day = format_html('<time datetime="{}">{}</time>', day.isoformat(), f"{day:%d/%m/%Y}") if day else ""
        excerpt = format_html('<br><span class="register__excerpt">{}</span>', excerpt) if excerpt else ""
        rows.append(
            (
                page_url,
                document.slug,
                day_query,
                document.shown_name,
                issued,
                day,
                subject,
                document.shown_subject,
                excerpt,
                issuer,
                document.main_issuer.name,
                status,
                shown.badge,
                shown.words,
            )
        )
    return format_html_join("", _ROW, rows)


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
