"""1. A site is prepared: its unit, its tree of drafts with every mandatory section, its dossier."""

import re
import uuid
from datetime import date, datetime

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.models import Locale, Page, Site

from accounts.roles import site_collection, sync_site
from base.models import OrganisationUnit, PortalSite, SiteHost
from base.sites import sites_held
from sections.catalogue import INDEX, Section, required, section
from sections.drafting import draft_section
from sections.models import Official, OfficialsPage, StandardPage
from servicecatalog.catalogue import offerings
from vietnam import text
from workflows.publishing.approval import workflow_for

from ..models import CityHomePage, Opening, WardHomePage
from .names import WARD_KINDS, short_name_of
from .rights import demand_city, demand_may_open, noted, problems_of_act

SEARCH_PAGE = "search.SearchPage"
SEARCH_SLUG, ENGLISH_SEARCH_SLUG = "tim-kiem", "search"
# Sections of an English mirror, besides search: what NĐ 43/2011 Điều 13 asks for where English is offered, and on the
# city's site the questions, so that people who read no Vietnamese can ask as well.
ENGLISH_KEYS = {
    PortalSite.Kind.CITY: ("gioi-thieu", "van-ban", "dich-vu-cong", "hoi-dap", "lien-he", "so-do"),
    PortalSite.Kind.WARD: ("van-ban", "dich-vu-cong", "lien-he"),
}
HOST_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
OFFICE = {
    OrganisationUnit.Kind.WARD: "Ủy ban nhân dân phường",
    OrganisationUnit.Kind.COMMUNE: "Ủy ban nhân dân xã",
}
ENGLISH_KIND = {OrganisationUnit.Kind.WARD: "Ward", OrganisationUnit.Kind.COMMUNE: "Commune"}


# What every site links to (NĐ 43/2011 Điều 16); its people add their own.
STATE_LINKS = [
    ("https://chinhphu.vn", "Cổng Thông tin điện tử Chính phủ", "Government of Viet Nam"),
    ("https://dichvucong.gov.vn", "Cổng Dịch vụ công quốc gia", "National Public Service Portal"),
    ("https://angiang.gov.vn", "Cổng Thông tin điện tử tỉnh An Giang", "An Giang Province"),
    ("https://vbpl.vn", "Cơ sở dữ liệu quốc gia về văn bản pháp luật", "National database of legal documents"),
]


@transaction.atomic
def open_ward(*, by, on: datetime | None = None, legal_act: str, **fields) -> Opening:
    """Prepare the site of a ward or commune and return its dossier, state "draft".

    `fields` are those of `prepare_ward`. Raises what it raises, and ValidationError without a legal act.
    """
    moment = on or timezone.now()
    site = prepare_ward(by=by, on=moment, legal_act=legal_act, **fields)
    opening = Opening.objects.create(
        kind=Opening.Kind.OPEN,
        site=site,
        effective_on=fields["valid_from"],
        legal_act=legal_act,
        made_by=by,
        made_at=moment,
    )
    story = f"Lập hồ sơ mở trang {site.name} với {opening.pages().count()} trang nháp."
    return noted(opening, "make", by, moment, story)


@transaction.atomic
def prepare_ward(
    *,
    by,
    on: datetime,
    name: str,
    kind: str,
    slug: str,
    host_label: str,
    legal_act: str,
    valid_from: date,
    name_en: str = "",
    email: str = "",
    approval_mode: str = PortalSite.Approval.CENTRAL,
    sections: list[Section] | None = None,
    **details,
) -> PortalSite:
    """Prepare the site of a ward or commune and return it; a dossier opens it.

    Makes unit, site, home page, mandatory sections (or those given), search, the services of every procedure of its
    level, groups, collection, workflow and the right to its host; nothing is public. `name` is the full name ("Phường
    Mỹ Long"), `kind` "ward" or "commune", `slug` the name in the city's addresses, `host_label` what stands before the
    city's host; `details` are further fields of its unit. Raises Refused without the right to open sites,
    ValidationError (field → messages) for what is wrong.
    """
    city = demand_city()
    demand_may_open(by, city)
    city_home = city.home_page()
    _demand_valid(
        city_home,
        name=name,
        kind=kind,
        slug=slug,
        host_label=host_label,
        legal_act=legal_act,
        valid_from=valid_from,
        email=email,
    )
    short_name = short_name_of(name)
    unit = OrganisationUnit(
        name=name,
        authority_name=f"{OFFICE[kind]} {short_name}",
        short_name=short_name,
        slug=slug,
        kind=kind,
        name_en=name_en or f"{_plain(short_name)} {ENGLISH_KIND[kind]}",
        symbol="UBND",
        parent=city.unit,
        email=email,
        valid_from=valid_from,
        **details,
    )
    unit.full_clean()
    unit.save()
    return _site_of(unit, city_home, by, on, host_label, approval_mode, sections)


def _site_of(
    unit: OrganisationUnit, city_home, by, on: datetime, host_label: str, approval_mode: str, sections
) -> PortalSite:
    """The site of a new unit with all its drafts."""
    city = demand_city()
    site = PortalSite.objects.create(
        unit=unit,
        kind=PortalSite.Kind.WARD,
        name=unit.name,
        name_en=unit.name_en,
        slug=unit.slug,
        home_key=uuid.uuid4(),
        parent=city,
        valid_from=unit.valid_from,
        approval_mode=approval_mode,
    )
    SiteHost.objects.create(site=site, hostname=host_of(host_label), port=public_port(), valid_from=unit.valid_from)
    local_day = timezone.localtime(on).date()
    rows = required("ward", max(local_day, unit.valid_from)) if sections is None else sections
    build_sections(site, city_home, rows, by=by)
    for mirror in city_home.get_translations().select_related("locale"):
        english = [row for row in rows if row.key in ENGLISH_KEYS[site.kind]]
        build_sections(site, mirror.specific, english, by=by, language_code=mirror.locale.language_code)
    offerings.offer_all(site, by=by, on=max(local_day, unit.valid_from))
    finish_site(site)
    return site


def build_sections(site: PortalSite, parent, rows: list[Section], *, by, language_code: str = "vi") -> Page:
    """Make the home page of a site under `parent` with the pages of its sections, all drafts with a revision.

    Returns the home page. A translation has the translation key of its Vietnamese page.
    """
    locale = Locale.objects.get(language_code=language_code)
    source = site.home_page()
    unit, english = site.unit, language_code != settings.LANGUAGE_CODE
    originals = {page.slug: page.translation_key for page in source.get_children()} if english and source else {}
    home = (CityHomePage if site.is_city else WardHomePage)(
        title=(site.name_en if english else site.name) or site.name,
        slug=site.slug if not site.is_city else ("home" if not english else f"home-{language_code}"),
        translation_key=site.home_key,
        locale=locale,
        live=False,
        owner=by,
        responsible_unit=unit,
        author_name=_publisher(unit, english)[:120],
        source_name=_publisher(unit, english)[:200],
        summary=_home_summary(site, english),
    )
    parent.add_child(instance=home)
    home.save_revision(user=by)
    # From here on the front page stands by which a page knows its site.
    with sites_held():
        for row in [*(row for row in rows if row.page_type), None]:
            key = SEARCH_SLUG if row is None else row.key
            of_source = {"translation_key": originals[key]} if key in originals else {}
            _draft(site, home, row, by=by, language_code=language_code, **of_source)
    return home


def add_section(site: PortalSite, home, row: Section, *, by, language_code: str = "vi") -> Page:
    """Add one more section to a site as a draft; return its page. A second person approves it like any page.

    One in another language is bound to the section's Vietnamese page.
    """
    bound = {}
    if language_code != settings.LANGUAGE_CODE:
        original = site.home_page().get_children().filter(slug=row.key).first()
        bound = {"translation_key": original.translation_key} if original else {}
    return _draft(site, home, row, by=by, language_code=language_code, **bound)


def _draft(site: PortalSite, home, row: Section | None, *, by, language_code: str, **fields) -> Page:
    """The draft of one section of a site, of its search where there is no row."""
    unit, english = site.unit, language_code != settings.LANGUAGE_CODE
    page_type = SEARCH_PAGE if row is None else row.page_type
    search = ENGLISH_SEARCH_SLUG if english else SEARCH_SLUG
    if page_type == INDEX:
        fields["section_key"] = row.key
    return draft_section(
        apps.get_model(page_type),
        home,
        by=by,
        unit=unit,
        publisher=_publisher(unit, english),
        title=_search_title(english) if row is None else row.title(language_code),
        slug=search if row is None else row.address(language_code),
        summary=_summary(row, site, english),
        in_menu=row is not None,
        fill=lambda page: _fill(page, unit, english),
        **fields,
    )


def _search_title(english: bool) -> str:
    return "Search" if english else "Tìm kiếm"


def _fill(page, unit: OrganisationUnit, english: bool) -> None:
    """Give the pages that must not be empty what is known of the unit already; its people complete them."""
    if isinstance(page, OfficialsPage):
        page.officials = [
            Official(
                name=unit.responsible_person or f"Văn phòng {unit.full_name}",
                post="Đầu mối tiếp nhận thông tin",
                unit=unit,
                phone=unit.phone,
                fax=unit.fax,
                email=unit.email,
            )
        ]
    elif isinstance(page, StandardPage):
        title = "State portals" if english else "Cơ quan nhà nước"
        page.body = [("links", {"title": title, "links": state_links(english)})]


def finish_site(site: PortalSite) -> None:
    """Give a site its role groups, its collection and its approval workflow; safe to run again."""
    sync_site(site)
    site_collection(site)
    workflow_for(site)


def state_links(english: bool) -> list[dict[str, str]]:
    """Return the portals of the state that every site links to: label, url and note of each."""
    return [{"label": name if english else label, "url": url, "note": ""} for url, label, name in STATE_LINKS]


def host_of(label: str) -> str:
    """Return the host name of a component site, by the portal's pattern. Example: "mylong" → "mylong.localhost"."""
    return settings.PORTAL_HOST_PATTERN.format(label=label)


def public_port() -> int:
    """Return the port readers see in addresses."""
    return 443 if settings.PORTAL_HTTPS else settings.PORTAL_PORT


@transaction.atomic
def prepare_city(
    *,
    on: datetime | None = None,
    unit: OrganisationUnit,
    name: str,
    name_en: str,
    legal_act: str,
    english: bool = True,
    sections: list[Section] | None = None,
) -> Opening:
    """Prepare the city's site in an empty portal and return its dossier; what exists already is kept.

    There are no accounts yet, so the drafts have no author; the first two people of the board submit and approve.
    """
    existing = Opening.objects.filter(kind=Opening.Kind.CITY).first()
    if existing:
        return existing
    moment = on or timezone.now()
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root", live=False)
    site = PortalSite.objects.create(
        unit=unit,
        kind=PortalSite.Kind.CITY,
        name=name,
        name_en=name_en,
        slug=unit.slug,
        home_key=uuid.uuid4(),
        valid_from=unit.valid_from,
    )
    SiteHost.objects.create(site=site, hostname=settings.PORTAL_HOST, port=public_port(), valid_from=unit.valid_from)
    rows = required("city", timezone.localtime(moment).date()) if sections is None else sections
    home = build_sections(site, root, rows, by=None)
    site.wagtail_site, _ = Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": settings.PORTAL_HOST,
            "port": public_port(),
            "root_page_id": home.pk,
            "site_name": name,
        },
    )
    site.save(update_fields=["wagtail_site"])
    if english:
        build_sections(site, root, [section(key) for key in ENGLISH_KEYS[site.kind]], by=None, language_code="en")
    finish_site(site)
    opening = Opening.objects.create(
        kind=Opening.Kind.CITY,
        site=site,
        effective_on=timezone.localtime(moment).date(),
        legal_act=legal_act,
        made_at=moment,
    )
    return noted(opening, "make", None, moment, "Chuẩn bị trang thành phố.")


def _demand_valid(city_home, *, name, kind, slug, host_label, legal_act, valid_from, email) -> None:
    errors: dict[str, list[str]] = {}
    if not name.strip():
        errors["name"] = ["Chưa có tên đơn vị; hãy ghi tên đầy đủ, ví dụ «Phường Mỹ Long»."]
    elif PortalSite.objects.filter(name=name, valid_to__isnull=True).exists():
        errors["name"] = [f"Đã có trang mang tên «{name}»; hãy kiểm tra lại tên."]
    if kind not in WARD_KINDS:
        errors["kind"] = ["Hãy chọn phường hoặc xã."]
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", slug):
        errors["slug"] = ["Tên trong địa chỉ chỉ gồm chữ thường không dấu, số và gạch nối, ví dụ «my-long»."]
    elif (
        OrganisationUnit.objects.filter(slug=slug).exists()
        or PortalSite.objects.filter(slug=slug).exists()
        or city_home.get_children().filter(slug=slug).exists()
    ):
        errors["slug"] = [f"Địa chỉ «{slug}» đã có nơi dùng; hãy chọn tên khác."]
    if not HOST_LABEL.fullmatch(host_label):
        errors["host_label"] = ["Tên miền con chỉ gồm chữ thường không dấu, số và gạch nối, ví dụ «mylong»."]
    elif (
        SiteHost.objects.filter(hostname=host_of(host_label)).valid(valid_from or timezone.localdate()).exists()
        or Site.objects.filter(hostname=host_of(host_label)).exists()
    ):
        errors["host_label"] = [f"Tên miền «{host_of(host_label)}» đang được dùng; hãy chọn tên khác."]
    errors |= problems_of_act(legal_act, "căn cứ mở trang")
    if not email.strip():
        errors["email"] = ["Chưa có thư điện tử chính thức; mục liên hệ bắt buộc phải có (NĐ 43/2011 Điều 10.1.k)."]
    if not isinstance(valid_from, date):
        errors["valid_from"] = ["Chưa có ngày bắt đầu; hãy nhập ngày theo dạng ngày/tháng/năm."]
    if errors:
        raise ValidationError(errors)


def _publisher(unit: OrganisationUnit, english: bool) -> str:
    return (unit.name_en if english else unit.full_name) or unit.full_name


def _home_summary(site: PortalSite, english: bool) -> str:
    if english:
        return f"Official website of {site.unit.name_en or site.name_en}: introduction, contacts and documents."
    return f"Trang thông tin điện tử chính thức của {site.unit.full_name}."


def _summary(row: Section | None, site: PortalSite, english: bool) -> str:
    if english:
        return f"{row.label_en if row else 'Search'}: {site.name_en or site.name}."
    if row is None:
        return f"Tìm trong các bài, thông báo và văn bản của {site.unit.full_name}."
    return row.lead


def _plain(name: str) -> str:
    """The name without diacritics, for English. Example: "Mỹ Hòa Hưng" → "My Hoa Hung"."""
    return text.slug(name).replace("-", " ").title()
