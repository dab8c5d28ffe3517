"""What can be followed, and what it is called now: each by a key that an address and a subscription have.

`muc-12`: the section, register or page of questions that is page 12. `trang-3`: the news of site 3. `van-ban-5`: the
document 5 of the register. `linh-vuc-7`: answers about a field of questions, on all sites. `tim`, with the words in
`?q=`: a search in the whole city, `tim-3`: on site 3; the key that is stored has the site, 0 for the whole city, and
ends with a digest of the words.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from base.models import PortalSite
from base.public.index.addresses import Addresses
from base.queries import sql
from faq.models import QuestionTopic
from legalref.models import LegalDocument
from legalref.register.addresses import Registers
from search.models import SearchPage
from vietnam.analysis import clean, query_terms

SECTION, SITE, DOCUMENT, TOPIC, SEARCH = "muc", "trang", "van-ban", "linh-vuc", "tim"
# Types of pages of which one follows what stands right below, or in the register that they show.
SECTIONS = ("sections.SectionIndexPage", "legalref.RegisterPage", "faq.QuestionsPage")
FOLLOWED, QUERY = "theo", "q"
LONGEST_WORDS = 60
_KEY = re.compile(rf"({SECTION}|{SITE}|{DOCUMENT}|{TOPIC}|{SEARCH})(?:-(0|[1-9][0-9]{{0,17}}))?(?:-[0-9a-f]{{16}})?")


@dataclass(frozen=True)
class Followed:
    """Something that is public and can be followed.

    `label`: what one is told of. `url`: where it is seen, with its host. `site_ids`: the sites whose changes show here.
    """

    key: str
    label: str
    url: str = ""
    words: str = ""
    site_ids: tuple[int, ...] = ()

    @property
    def argument(self) -> str:
        """The key as an address has it: without the digest of a search."""
        return self.key.rpartition("-")[0] if self.words else self.key


def find(key: str, words: str = "") -> Followed | None:
    """Return what a key names, as it is now; None for what is not public, not any more, or makes no sense."""
    match = _KEY.fullmatch(key)
    if match is None:
        return None
    kind, number = match[1], int(match[2] or 0)
    if kind == SEARCH:
        return _search(number, words)
    return _FINDERS[kind](number) if number else None


def still_public(keys: Iterable[str]) -> set[str]:
    """Return those of some keys, none of them a search, of which `find` finds what they name, by a few queries."""
    numbers: dict[str, list[int]] = {kind: [] for kind in _FINDERS}
    for key in keys:
        kind, _dash, number = key.rpartition("-")
        numbers[kind].append(int(number))
    there = {
        SECTION: [key for (key,) in _sections(numbers[SECTION], "i.page_id")],
        SITE: [key for key in numbers[SITE] if _site(key) is not None],
        DOCUMENT: LegalDocument.objects.public().filter(pk__in=numbers[DOCUMENT]).values_list("pk", flat=True),
        TOPIC: QuestionTopic.objects.filter(pk__in=numbers[TOPIC], is_active=True).values_list("pk", flat=True),
    }
    return {f"{kind}-{key}" for kind, found in there.items() for key in found}


def address_of(subject, words: str = "", site_id: int = 0) -> str:
    """Return where one begins to follow a page, a document, a field or a site; or "".

    Of the search page, what was searched for: its `words`, on the site `site_id` or in the whole city.
    """
    key = _key_of(subject, clean(words), site_id)
    if not key:
        return ""
    asked = {FOLLOWED: key} | ({QUERY: clean(words)} if key.startswith(SEARCH) else {})
    return f"{reverse('subscriptions_follow')}?{urlencode(asked)}"


def own_address() -> str:
    """Return where a person asks for the link to what they follow."""
    return reverse("subscriptions_link")


def choices_on(site: PortalSite) -> list[Followed]:
    """Return what can be followed on a site: all its news, then its sections in the order of its tree."""
    rows = sql.read(
        "SELECT i.page_id, i.title, p.url_path FROM base_publicitem i JOIN wagtailcore_page p ON p.id = i.page_id "
        f"AND p.live WHERE i.site_id = %s AND i.language = %s AND i.kind IN {sql.places(SECTIONS)} ORDER BY p.path",
        [site.pk, get_language(), *SECTIONS],
    )
    whole, addresses = _site(site.pk), Addresses()
    sections = [
        Followed(f"{SECTION}-{key}", title, addresses.full(path), site_ids=(site.pk,)) for key, title, path in rows
    ]
    return [whole, *sections] if whole is not None else sections


def _key_of(subject, words: str, site_id: int) -> str:
    label = subject._meta.label
    if label in SECTIONS:
        return f"{SECTION}-{subject.pk}"
    if isinstance(subject, LegalDocument):
        return f"{DOCUMENT}-{subject.pk}"
    if isinstance(subject, QuestionTopic):
        return f"{TOPIC}-{subject.pk}"
    if isinstance(subject, PortalSite):
        return f"{SITE}-{subject.pk}"
    if isinstance(subject, SearchPage) and query_terms(words) and len(words) <= LONGEST_WORDS:
        return f"{SEARCH}-{site_id}" if site_id else SEARCH
    return ""


# --- Each kind ---------------------------------------------------------------------------------------


def _sections(keys: list[int], columns: str) -> list[tuple]:
    """Return some columns of those of the index (i), its pages (p) and sites (s): of the sections that are public."""
    return sql.read(
        f"SELECT {columns} FROM base_publicitem i JOIN wagtailcore_page p ON p.id = i.page_id AND p.live "
        "JOIN base_portalsite s ON s.id = i.site_id AND s.state = 'open' "
        f"WHERE i.page_id IN {sql.places(keys)} AND i.kind IN {sql.places(SECTIONS)}",
        [*keys, *SECTIONS],
    )


def _section(key: int) -> Followed | None:
    rows = _sections([key], "i.title, p.url_path, s.id, s.name, s.name_en, i.language")
    if not rows:
        return None
    title, path, site, name, name_en, language = rows[0]
    site_name = name_en if language == "en" and name_en else name
    label = _("Mục «%(title)s» của %(site)s") % {"title": title, "site": site_name}
    return Followed(f"{SECTION}-{key}", label, Addresses().full(path), site_ids=(site,))


def _site(key: int) -> Followed | None:
    site = PortalSite.objects.filter(pk=key, state=PortalSite.State.OPEN).first()
    home = site.home_page() if site is not None else None
    if home is None or not home.live:
        return None
    name = site.name_en if get_language() == "en" and site.name_en else site.name
    return Followed(f"{SITE}-{key}", _("Tin, thông báo của %(site)s") % {"site": name}, home.full_url, site_ids=(key,))


def _document(key: int) -> Followed | None:
    document = LegalDocument.objects.public().filter(pk=key).for_display().first()
    if document is None:
        return None
    label = _("Hiệu lực của %(document)s: sửa đổi, thay thế, bãi bỏ") % {"document": document.name}
    return Followed(f"{DOCUMENT}-{key}", label, Registers().full_url(document), site_ids=(document.owner_site_id,))


def _topic(key: int) -> Followed | None:
    topic = QuestionTopic.objects.filter(pk=key, is_active=True).first()
    if topic is None:
        return None
    return Followed(f"{TOPIC}-{key}", _("Câu hỏi đã trả lời về lĩnh vực %(topic)s") % {"topic": topic.label})


def _search(site: int, words: str) -> Followed | None:
    words = clean(words)
    if not query_terms(words) or len(words) > LONGEST_WORDS:
        return None
    label, site_ids = _("Kết quả mới khi tìm “%(words)s” trong toàn thành phố") % {"words": words}, ()
    if site:
        found = _site(site)
        if found is None:
            return None
        name = PortalSite.objects.get(pk=site).name
        label = _("Kết quả mới khi tìm “%(words)s” ở %(site)s") % {"words": words, "site": name}
        site_ids = (site,)
    terms = "|".join("/".join(term) for term in query_terms(words))
    digest = salted_hmac("subscriptions.search", terms, algorithm="sha256").hexdigest()[:16]
    return Followed(f"{SEARCH}-{site}-{digest}", label, words=words, site_ids=site_ids)


_FINDERS = {SECTION: _section, SITE: _site, DOCUMENT: _document, TOPIC: _topic}
