"""What readers get of a citation: a link with the document's name and status, a badge once it has lapsed, a note."""

from functools import cached_property

from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from wagtail.models import Page

from base.models import BasePage
from base.public.native_words import page_lang
from base.queries.prepared import Prepared, given
from vietnam.citations import STANDARD
from vietnam.citations import Citation as Found

from ..models import Citation
from ..register.addresses import Registers
from .texts import as_written, link

LONGEST_TITLE = 300


def linked(html: str, source, request=None) -> str:
    """Return the HTML of a page or document with links on what it cites.

    One query, which tells whether it cites anything, none for a page that was read with that; then one for the
    registers.
    """
    links = _Links(source, request)
    # Looking for citations in a text costs more than asking for those that are known.
    return mark_safe(link(html, links.around) if links.rows else html)


def _shown(**source):
    rows = Citation.objects.filter(is_live=True, **source).exclude(state=Citation.State.REJECTED)
    return rows.select_related(
        "target__document_type", "target__main_issuer", "target__owner_site", "target__stored_status"
    ).defer("target__full_text", "target__search_text")


_OF_PAGE = Prepared(lambda: _shown(page_id=given("key")))
_OF_DOCUMENT = Prepared(lambda: _shown(source_id=given("key")))


class _Links:
    """The links of one text; `around` gives what stands before and after a citation."""

    def __init__(self, source, request):
        self.source, self.request = source, request
        self.registers = Registers(request)
        self.shown_as_lapsed: set[int] = set()

    @cached_property
    def rows(self) -> dict[str, Citation]:
        if isinstance(self.source, BasePage) and self.source.is_without("legal_citations"):
            return {}
        rows = (_OF_PAGE if isinstance(self.source, Page) else _OF_DOCUMENT).all(key=self.source.pk)
        return {row.written: row for row in rows}

    def around(self, citation: Found, anchor: str) -> tuple[str, str] | None:
        if citation.kind == STANDARD:
            return None
        row = self.rows.get(as_written(citation.written))
        if row is None:
            return None
        opening, ending = self._link(row)
        note = self._note(row)
        return (opening, f"{ending}{note}") if opening or note else None

    def _link(self, row: Citation) -> tuple[str, str]:
        document = row.target
        if document is None or not document.live:
            return "", ""
        if row.source_id == document.pk:
            return (format_html('<a class="cite" href="#{}">', row.anchor), "</a>") if row.anchor else ("", "")
        address = self.registers.url(document, self.request)
        if not address:
            return "", ""
        status = document.status
        opening = format_html(
            '<a class="cite" href="{}" title="{}">',
            f"{address}#{row.anchor}" if row.anchor else address,
            f"{document.title[:LONGEST_TITLE]} ({status.label})",
        )
        badge = ""
        if not status.applies and document.pk not in self.shown_as_lapsed:
            # Once a document is enough: the title of every link says it.
            self.shown_as_lapsed.add(document.pk)
            badge = format_html(' <span class="status status--{}"{}>{}</span>', status.badge, page_lang(), status.label)
        return opening, f"</a>{badge}"

    @staticmethod
    def _note(row: Citation) -> str:
        if not row.note:
            return ""
        return format_html(
            ' <span class="cite__note"{}>({}: {})</span>', page_lang(), _("Ghi chú của Ban Biên tập"), row.note
        )
