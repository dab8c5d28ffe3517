"""The list of a register as a table: what its filters leave today, in its order, for spreadsheets (`bang/`)."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from base.public.page_cache import mark_public
from base.tables.csv import csv_for_readers

from . import listing

# No document has such an address: it begins with its type.
ADDRESS, NAME = "bang", "van-ban.csv"
# More are in the whole register, which is open data.
MOST_ROWS = 1_000


def respond(page, request) -> HttpResponse:
    """Answer what the list of a register shows with the same parameters: at most MOST_ROWS documents a table."""
    query = request.GET.get(listing.QUERY, "").strip()
    numbered = [key for key, _slug in listing.addressed(page.documents(), query)] if query else []
    found = listing.list_documents(page.portal_site, request.GET, numbered, request=request, at_once=MOST_ROWS)
    rows = [
        (
            _("Số, ký hiệu"),
            _("Loại văn bản"),
            _("Ngày ban hành"),
            _("Trích yếu"),
            _("Cơ quan ban hành"),
            _("Người ký"),
            _("Tình trạng"),
            _("Địa chỉ"),
        )
    ]
    address = page.full_url
    rows += [
        (
            document.symbol,
            document.document_type.name,
            document.issued_on,
            document.subject,
            document.main_issuer.name,
            " ".join(filter(None, [document.signer_title, document.signer_name])),
            document.shown_status.words,
            f"{address}{document.slug}/",
        )
        for document in found.documents
    ]
    return mark_public(csv_for_readers(rows, NAME), page.cache_sites(), params=listing.PARAMETERS)
