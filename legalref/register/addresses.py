"""The public addresses of documents: the register pages of the sites, and a document's address on one of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.functional import cached_property
from wagtail.models import Page

from base.public.index.addresses import Addresses
from base.public.site_cache import remembered
from base.queries import sql

REGISTER_TYPE = "legalref.RegisterPage"
DOCUMENT_TYPE = "legalref.LegalDocument"


@dataclass(frozen=True)
class Register:
    """A public register page, as a row: where documents of its site are found in its language."""

    pk: int
    site_id: int
    language: str
    url_path: str

    def get_url(self, request=None) -> str:
        return Addresses(request).of(self.url_path)

    @property
    def full_url(self) -> str:
        return Addresses().full(self.url_path)


class Registers:
    """The public registers by site and language, read once (one query) for all the addresses of an answer.

    With the `request` of a reader not even once, until a site changes.
    """

    def __init__(self, request=None):
        self._request = request
        self._addresses: dict[int, tuple[object, dict[int, str]]] = {}

    @cached_property
    def _registers(self) -> dict[tuple[int, str], Register]:
        return remembered(self._request, "registers", self._read)

    def _read(self) -> dict[tuple[int, str], Register]:
        rows = sql.read(
            "SELECT i.page_id, i.site_id, i.language, p.url_path FROM base_publicitem i "
            "JOIN wagtailcore_page p ON p.id = i.page_id AND p.live WHERE i.kind = %s ORDER BY p.path",
            [REGISTER_TYPE],
        )
        return {(site, language): Register(key, site, language, path) for key, site, language, path in rows}

    @property
    def pages(self) -> list[Page]:
        """All of them, as pages."""
        return list(Page.objects.filter(pk__in=[row.pk for row in self._registers.values()]).order_by("path"))

    def page(self, site_id: int, language: str | None = None) -> Register | None:
        """Return a site's register in a language (the active one), else in any language, or None."""
        language = language or translation.get_language()
        found = self._registers.get((site_id, language))
        return found or next((row for (key, _code), row in self._registers.items() if key == site_id), None)

    def _address(self, register: Register, request) -> str:
        """Return the address of a register for a reader, computed once."""
        _request, known = self._addresses.setdefault(id(request), (request, {}))
        if register.pk not in known:
            known[register.pk] = register.get_url(request)
        return known[register.pk]

    def url(self, document, request=None, site_id: int | None = None) -> str:
        """Return a document's address in its owner's register (or that of `site_id`); "" while it has none."""
        page = self.page(site_id or document.owner_site_id)
        if page is None or not document.slug:
            return ""
        return f"{self._address(page, request)}{document.slug}/"

    def full_url(self, document) -> str:
        """Return a document's canonical address with its host; "" while it has none."""
        page = self.page(document.owner_site_id, document.language_code)
        if page is None or not document.slug:
            return ""
        return f"{page.full_url}{document.slug}/"


_CANONICAL = (
    "FROM legalref_legaldocument d JOIN base_publicitem i ON i.site_id = d.owner_site_id AND i.language = %s "
    "JOIN wagtailcore_page p ON p.id = i.page_id WHERE d.live AND d.slug IS NOT NULL AND i.page_id IN"
)


def sitemap_count(keys: Iterable[int]) -> int:
    """Return how many documents `sitemap_addresses` returns; one query."""
    return sql.read(f"SELECT COUNT(*) {_CANONICAL} {sql.places(keys)}", [settings.LANGUAGE_CODE, *keys])[0][0]


def sitemap_addresses(keys: Iterable[int], request=None) -> Iterator[tuple[str, str]]:
    """Return the documents that registers are the canonical ones of, for the sitemap: (address, moment of change).

    `keys`: of register pages; one query for all of them. Documents are Vietnamese, and so is their register.
    """
    addresses = Addresses(request)
    rows = sql.read(
        f"SELECT p.url_path, d.slug, CAST(d.last_published_at AS TEXT) {_CANONICAL} {sql.places(keys)} "
        "ORDER BY p.path, d.id",
        [settings.LANGUAGE_CODE, *keys],
    )
    registers: dict[str, str] = {}
    for url_path, slug, published in rows:
        if url_path not in registers:
            registers[url_path] = addresses.full(url_path)
        yield f"{registers[url_path]}{slug}/", published


def short_url(document) -> str:
    """Return the short address of a document, which leads to its page whatever becomes of its number or its site."""
    return address_of(document.pk)


def address_of(key: int) -> str:
    """Return the short address of the document with a key."""
    return f"{settings.WAGTAILADMIN_BASE_URL}{reverse('legalref_short', args=[key])}"


def data_url(document) -> str:
    """Return the address of a document in the read API; "" while it has none."""
    if not document.slug:
        return ""
    return f"{settings.WAGTAILADMIN_BASE_URL}{reverse('legalref_api_document', args=[document.slug])}"
