"""What the frame around every public page shows, prepared with few queries whatever the amount of content.

1. Whose page is it: the site, with its unit and the city (`site_of`, one query).
2. The way up, the translations, and what stands under the home page (menu, footer, search): one query.
3. The alerts and the days of mourning: they are read with the site (`look/alerts.py`).

What is the same for all pages of a site in a language is kept until a site changes (`site_cache.py`): then 1 costs
nothing, and 2 a small query for a page that is neither a home page nor one right below it.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urljoin

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from wagtail.models import Locale, Page, Site

from ..models.look import licence_of, menu_order_of
from ..models.site import PortalSite
from ..sites import ancestor_paths, city_site, site_of
from .index.addresses import Addresses
from .look import alerts
from .look.alerts import Alert
from .look.shown import Emblem, shown
from .navigation import (
    CHOICES_ADDRESS,
    SAVED_ADDRESS,
    STATEMENT_SLUGS,
    Group,
    Link,
    following_url,
    footer_links,
    menu,
    name_of,
    open_data_url,
    reporting_url,
)
from .surroundings import pages_around
from .translated.behind import changed_on
from .usage.counted import Counted, visits_of_month

SEARCH_SLUG = "tim-kiem"


@dataclass
class Language:
    """Another language: the page's own translation, or that language's home page with a note."""

    code: str
    name: str
    url: str
    full_url: str = ""
    is_translation: bool = False
    note: str = ""
    home_label: str = ""

    @property
    def is_default(self) -> bool:
        """Tell whether it is the language of who asks for none that the page is in."""
        return self.code == settings.LANGUAGE_CODE


@dataclass
class Frame:
    """Everything `base/base.html` shows around the content. Views may overwrite single fields."""

    language_code: str = "vi"
    site: PortalSite | None = None
    city: PortalSite | None = None
    # None is the one that comes with the software; the style sheet "" has the portal's own colours.
    emblem: Emblem | None = None
    colours_url: str = ""
    licence: str = ""
    home_url: str = "/"
    city_url: str = ""
    title: str = ""
    title_tail: str = ""
    is_home: bool = False
    menu: list[Group] = field(default_factory=list)
    breadcrumbs: list[Link] = field(default_factory=list)
    languages: list[Language] = field(default_factory=list)
    alternates: list[Language] = field(default_factory=list)
    # Since when the Vietnamese page says what this translation does not, and where it is read.
    source_changed_on: date | None = None
    source_url: str = ""
    alerts: list[Alert] = field(default_factory=list)
    # The moments at which what stands around the page changes by itself.
    turns: list[datetime] = field(default_factory=list)
    # A day of national mourning: the page is grey and shows nothing that decorates.
    is_mourning: bool = False
    footer_links: list[Link] = field(default_factory=list)
    # Addresses of the pages under the home page by their name in the address: {"van-ban": "/van-ban/"}.
    section_urls: dict[str, str] = field(default_factory=dict)
    search_url: str = ""
    # Where one says that something on this page is wrong.
    report_url: str = ""
    # How often the site was read this month, as written ("12.300"); "" while nothing is known.
    visits: str = ""
    visits_url: str = ""
    # What the page says to the counter; None for what is no page.
    counted: Counted | None = None
    # Where one begins to follow this page by mail, and the news of its site.
    follow_url: str = ""
    site_follow_url: str = ""
    # Where a reader chooses a ward and topics, and where what the browser has saved of this host is listed.
    choices_url: str = ""
    saved_url: str = ""
    canonical_url: str = ""
    site_feed_url: str = ""
    feed_url: str = ""
    feed_title: str = ""
    atom_url: str = ""
    description: str = ""
    metadata: list[tuple[str, str]] = field(default_factory=list)
    structured_data: dict = field(default_factory=dict)
    # Address of a picture for those who pass the page on, and of an article.
    picture_url: str = ""
    responsible_unit: str = ""
    updated_at: datetime | None = None
    is_demo: bool = False
    shows_userbar: bool = False
    # The form on the page has errors to correct: its title says so first.
    has_errors: bool = False
    is_indexed: bool = True
    # Whether readers are offered to pass the page on.
    is_shared: bool = True

    @property
    def site_atom_url(self) -> str:
        """Where the news of the site are in Atom: beside its RSS."""
        return f"{self.home_url}atom/" if self.site_feed_url else ""

    @property
    def open_data_url(self) -> str:
        """Where programs find what is public."""
        return open_data_url()

    @property
    def breadcrumb_data(self) -> dict:
        """The way up as schema.org/BreadcrumbList, with whole addresses; {} on a home page and without an address."""
        if not self.breadcrumbs or not self.canonical_url:
            return {}
        way = [*((crumb.label, urljoin(self.canonical_url, crumb.url)) for crumb in self.breadcrumbs)]
        way.append((self.title, self.canonical_url))
        items = [
            {"@type": "ListItem", "position": place, "name": str(name), "item": url}
            for place, (name, url) in enumerate(way, 1)
        ]
        return {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items}

    @property
    def graph(self) -> list[tuple[str, str]]:
        """The page as the Open Graph protocol names its parts, for those who pass it on: (property, content)."""
        if not self.canonical_url or not self.is_indexed:
            return []
        known = {
            "og:type": "article" if self.structured_data.get("@type") == "NewsArticle" else "website",
            "og:title": self.title,
            "og:description": self.description,
            "og:url": self.canonical_url,
            "og:site_name": self.site_name,
            "og:locale": {"vi": "vi_VN", "en": "en_US"}.get(self.language_code, ""),
            "og:image": self.picture_url,
        }
        return [(name, str(value)) for name, value in known.items() if value]

    @property
    def native_lang(self) -> SafeString:
        """The attribute of an element that holds Vietnamese on a page in another language, with its blank before it."""
        return mark_safe("" if self.language_code == settings.LANGUAGE_CODE else f' lang="{settings.LANGUAGE_CODE}"')

    @property
    def unit(self):
        """The unit that runs the site, or None before the portal is set up."""
        return self.site.unit if self.site else None

    @property
    def is_ward(self) -> bool:
        return bool(self.site) and not self.site.is_city

    @property
    def agency(self) -> str:
        """Full name of the authority, for header, strip and footer."""
        return _unit_name(self.unit, self.language_code) or self.site_name

    @property
    def city_name(self) -> str:
        return _unit_name(self.city.unit, self.language_code, short=True) if self.city else ""

    @property
    def site_name(self) -> str:
        if self.site is None:
            return settings.WAGTAIL_SITE_NAME
        return self.site.name_in(self.language_code)


def build_frame(page, request, *, title="") -> Frame:
    """Return the frame for `page` or, without one (errors, forms), for the site that `request` asks for."""
    frame = Frame(
        language_code=translation.get_language() or settings.LANGUAGE_CODE,
        title=title,
        shows_userbar=bool(request) and _shows_userbar(request),
    )
    if page is None:
        page = _home_for(request)
        frame.site = site_of(page) if page else city_site()
        is_page = False
    else:
        frame.site = site_of(page)
        is_page = True
    if frame.site is None:
        frame.title = title or (page.title if page else "")
        return frame
    frame.city = frame.site if frame.site.is_city else frame.site.parent
    frame.emblem, frame.colours_url = shown(frame.site, frame.city)
    frame.licence = licence_of(frame.site, frame.city)
    if page is not None:
        _fill_from_tree(frame, page, request, is_page)
    return frame


def _shows_userbar(request) -> bool:
    """Only for who is signed in; a version under review is shown as readers will see it, the editor's panel checks."""
    is_looked_at = getattr(request, "is_preview", False) and not getattr(request, "in_preview_panel", False)
    return settings.SESSION_COOKIE_NAME in request.COOKIES and not is_looked_at


def _fill_from_tree(frame, page, request, is_page):
    paths = ancestor_paths(page.path)
    # The city's home page stands at the top, a ward's under it: that is where the menu's sections are looked for.
    home_path = paths[0] if frame.site.is_city else paths[min(1, len(paths) - 1)]
    found = pages_around(frame.site, page, paths, home_path, request)
    addresses = Addresses(request)

    def url_of(row):
        return addresses.of(row.url_path)

    keys = [page.translation_key, frame.site.home_key]
    if code := next((row.language_code for row in found if row.locale_id == page.locale_id), ""):
        page.locale = Locale(pk=page.locale_id, language_code=code)
    frame.language_code = page.locale.language_code
    way = [row for row in found if row.path in paths]
    related = [row for row in found if row.translation_key in keys]
    home = next((row for row in way if row.path == home_path), None)
    city_home = way[0] if way else None
    if home is None or home.translation_key != frame.site.home_key:
        return
    if frame.site.unit_id == getattr(page, "responsible_unit_id", None):
        page.responsible_unit = frame.site.unit
    frame.home_url = url_of(home)
    frame.city_url = url_of(city_home)
    children = [row for row in found if row.live and row.depth == home.depth + 1 and row.path.startswith(home.path)]
    here = page.path if is_page else ""
    frame.menu = menu([child for child in children if child.show_in_menus], here, url_of, menu_order_of(frame.site))
    standing = [row for row in found if row.slug in STATEMENT_SLUGS and row.live and row.path.startswith(paths[0])]
    statements = {row.slug: row for row in standing}
    statements |= {row.slug: row for row in standing if row.path.startswith(home.path)}
    frame.footer_links = footer_links([*children, *statements.values()], here, url_of)
    frame.site_feed_url = f"{frame.home_url}rss/"
    frame.visits_url, frame.visits = f"{frame.home_url}luot-truy-cap/", visits_of_month(frame.site, request)
    frame.choices_url, frame.saved_url = f"{frame.city_url}{CHOICES_ADDRESS}/", f"{frame.home_url}{SAVED_ADDRESS}/"
    frame.site_follow_url = following_url(frame.site) if frame.site.state == PortalSite.State.OPEN else ""
    frame.section_urls = {name_of(child.slug): url_of(child) for child in children}
    frame.search_url = frame.section_urls.get(SEARCH_SLUG, "")
    frame.report_url = reporting_url(children, request.path, url_of) if is_page and request is not None else ""
    _fill_alerts(frame, home, request)
    _fill_languages(frame, page, home, related, addresses, is_page)
    if is_page:
        _fill_page(frame, page, home, way, url_of)
        _fill_source(frame, page, request)
    else:
        # What no page of the tree answers stands right below the front page.
        frame.breadcrumbs, frame.title_tail = [Link(_("Trang chủ"), frame.home_url)], frame.site_name


def _fill_page(frame, page, home, way, url_of):
    frame.counted = Counted(page.pk) if page.live else None
    frame.is_home = page.pk == home.pk
    frame.title = frame.title or page.title
    above = [found for found in way if home.depth <= found.depth < page.depth]
    frame.breadcrumbs = [Link(_("Trang chủ") if found.pk == home.pk else found.title, url_of(found)) for found in above]
    section = above[-1].title if len(above) > 1 else ""
    frame.title_tail = " – ".join(part for part in (section, frame.site_name) if part)
    if frame.is_home:
        frame.title, frame.title_tail = frame.site_name, ""
    frame.canonical_url = page.full_url or ""
    frame.follow_url = following_url(page)
    frame.updated_at = page.updated_on
    frame.is_demo = page.is_illustrative
    frame.description = page.description()
    frame.responsible_unit = _unit_name(page.responsible_unit, frame.language_code)
    elements = page.dublin_core()
    frame.metadata = [(f"DC.{name}", value) for name, value in elements.items()]
    frame.structured_data = _structured_data(elements, page)


def _fill_languages(frame, page, home, related, addresses, is_page):
    names = dict(settings.WAGTAIL_CONTENT_LANGUAGES)
    translations, homes = {}, {}
    for found in related:
        code = found.language_code
        if found.live and found.translation_key == page.translation_key and is_page:
            translations[code] = found
        if found.live and found.translation_key == home.translation_key:
            homes[code] = found
    for code, name in names.items():
        if code == frame.language_code:
            continue
        if code in translations:
            found = translations[code]
            frame.languages.append(Language(code, name, addresses.of(found.url_path), is_translation=True))
        elif code in homes:
            frame.languages.append(
                Language(
                    code,
                    name,
                    addresses.of(homes[code].url_path),
                    note=_("Trang này chưa có bản dịch."),
                    home_label=_HOME_LABELS.get(code, name),
                )
            )
    if len(translations) > 1:
        frame.alternates = [
            Language(code, names.get(code, code), addresses.of(found.url_path), addresses.full(found.url_path))
            for code, found in sorted(translations.items(), reverse=True)
        ]


def _fill_source(frame, page, request):
    """Say above a translation that its source has changed, once the time to follow it is over."""
    source = next((one for one in frame.languages if one.is_default and one.is_translation), None)
    if source is not None:
        frame.source_changed_on = changed_on(page, frame.site, request)
        frame.source_url = source.url if frame.source_changed_on else ""


# Shown in the language it leads to, so never translated.
_HOME_LABELS = {"en": "English home page", "vi": "Trang chủ tiếng Việt"}


def _fill_alerts(frame, home, request):
    """The bars under the menu, and whether the page is grey; each site knows both."""
    now = timezone.now()
    if frame.site.state in (PortalSite.State.FROZEN, PortalSite.State.CLOSED):
        locale = Locale(pk=home.locale_id, language_code=home.language_code)
        frame.alerts.append(_frozen_alert(frame, locale, request))
    found, frame.turns = alerts.on_site(frame.site, frame.language_code, now)
    frame.alerts += found
    frame.is_mourning = alerts.mourns(frame.site, timezone.localdate(now))


def _frozen_alert(frame, locale, request):
    """Say that the unit was closed, since when, and who follows."""
    site = frame.site
    since = date_format(site.state_changed_on, "d/m/Y") if site.state_changed_on else ""
    title = (
        _("%(unit)s đã ngừng hoạt động từ ngày %(date)s; trang này chỉ còn để tra cứu.")
        if since
        else _("%(unit)s đã ngừng hoạt động; trang này chỉ còn để tra cứu.")
    ) % {"unit": _unit_name(site.unit, frame.language_code, short=True), "date": since}
    alert = Alert("warning", title, site.state_note)
    if site.successor:
        home = site.successor.home_page(locale) or site.successor.home_page()
        alert.url = (home.get_url(request) or "") if home else ""
        alert.link_label = _("Xem trang kế thừa: %(name)s") % {"name": site.successor.name}
    return alert


def _structured_data(elements, page):
    """The Dublin Core elements in the words of schema.org."""
    data = {
        "@context": "https://schema.org",
        "@type": getattr(page, "schema_type", "WebPage"),
        "name": elements.get("title"),
        "headline": elements.get("title"),
        "description": elements.get("description"),
        "url": elements.get("identifier"),
        "identifier": elements.get("identifier"),
        "inLanguage": elements.get("language"),
        "datePublished": elements.get("date"),
        "author": elements.get("creator") and {"@type": "Organization", "name": elements["creator"]},
        "publisher": elements.get("publisher") and {"@type": "GovernmentOrganization", "name": elements["publisher"]},
        "isBasedOn": elements.get("source"),
    }
    changed = page.updated_on or page.published_on
    if changed:
        data["dateModified"] = timezone.localtime(changed).date().isoformat()
    return {name: value for name, value in data.items() if value}


def _home_for(request):
    """The home page for a request that no page answers: the ward's when the path lies under it."""
    root = _root_page(request)
    if root is None:
        return None
    language = translation.get_language() or settings.LANGUAGE_CODE
    parts = [part for part in request.path_info.split("/") if part]
    if parts and parts[0] == language and language != settings.LANGUAGE_CODE:
        parts = parts[1:]
    tops = Page.objects.filter(translation_key=root.translation_key, live=True).select_related("locale")
    top = next((found for found in tops if found.locale.language_code == language), root)
    # PostgreSQL refuses NUL in a question; the page that turns such an address away is made here too.
    if parts and "\0" not in parts[0]:
        wards = PortalSite.objects.values("home_key")
        ward = top.get_children().filter(slug=parts[0], live=True, translation_key__in=wards).first()
        if ward is not None:
            return ward
    return top


def _root_page(request):
    site = Site.find_for_request(request) if request else None
    if site is None:
        site = Site.objects.filter(is_default_site=True).first()
    return site.root_page if site else None


def _unit_name(unit, language_code, short=False):
    if unit is None:
        return ""
    if language_code == "en" and unit.name_en:
        return unit.name_en
    return unit.name if short else unit.full_name
