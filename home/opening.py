"""The life of a component site: opened, merged, closed; always one dossier and two persons (Quy chế Điều 9, 20).

1. `open_ward` prepares a site whole, all of it drafts, and returns its dossier (`Opening`).
2. `merge_wards` and `close_ward` prepare a dossier without changing anything yet.
3. `submit_opening` hands the dossier in; `reject_opening` returns it with a reason.
4. `approve_opening`, by a second person with the right to open sites, carries it out in one transaction: publishes all
   drafts of a site that opens and gives it its host; freezes the sites that are taken in, hands over their open
   work and questions, ends their people's appointments, and leads their front pages to the successor; closes a site.
"""

import re
import uuid
from datetime import date, datetime, timedelta

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Locale, Page, Site, WorkflowState

from accounts import appointments
from accounts.models import RoleGroup
from accounts.roles import APPROVE, OPEN_SITES, may, site_collection, sync_site
from base.gate import Refused
from base.models import OrganisationUnit, PortalSite, SiteHost, UnitSuccession
from base.public.gone import note_closed
from base.public.page_cache import raise_generation
from base.sites import city_site
from faq.handling import succession
from legalref.seeding import end_issuers_of, seed_issuer_of
from sections.catalogue import INDEX, Section, required, section
from sections.models import Official, OfficialsPage, StandardPage
from servicecatalog.catalogue import offerings
from vietnam import text
from workflows.models import Schedule, TakeDown
from workflows.publishing import record_changes, schedules
from workflows.publishing.approval import declare, publish_bundle, workflow_for
from workflows.publishing.arrangement import hand_over_draft

from .models import CityHomePage, Opening, WardHomePage

SEARCH_PAGE = "search.SearchPage"
SEARCH_SLUG = "tim-kiem"
# Sections of an English mirror, besides search: what NĐ 43/2011 Điều 13 asks for where English is offered, and on the
# city's site the questions, so that whoever reads no Vietnamese can ask as well.
ENGLISH_KEYS = {
    PortalSite.Kind.CITY: ("gioi-thieu", "van-ban", "dich-vu-cong", "hoi-dap", "lien-he", "so-do"),
    PortalSite.Kind.WARD: ("van-ban", "dich-vu-cong", "lien-he"),
}
HOST_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
WARD_KINDS = (OrganisationUnit.Kind.WARD, OrganisationUnit.Kind.COMMUNE)
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


# --- 1. Prepare a site -----------------------------------------------------------------------------


@transaction.atomic
def open_ward(
    *,
    by,
    on: datetime | None = None,
    name: str,
    kind: str,
    slug: str,
    host_label: str,
    legal_act: str,
    valid_from: date,
    gso_code: str = "",
    name_en: str = "",
    address: str = "",
    phone: str = "",
    email: str = "",
    responsible_person: str = "",
    reception_hours: str = "",
    facts: list[dict] | None = None,
    approval_mode: str = PortalSite.Approval.CENTRAL,
    sections: list[Section] | None = None,
) -> Opening:
    """Prepare the site of a ward or commune and return its dossier, state "draft".

    Makes unit, site, home page, mandatory sections (or those given), search, the services of every procedure of its
    level, groups, collection, workflow and the right to its host; nothing is public. `name` is the full name ("Phường
    Mỹ Long"), `kind` "ward" or "commune", `slug` the name in the city's addresses, `host_label` what stands before the
    city's host. Raises Refused without the right to open sites, ValidationError (field → messages) for what is wrong.
    """
    city = _demand_city()
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
    moment = on or timezone.now()
    short_name = name.split(" ", 1)[1] if " " in name else name
    unit = OrganisationUnit(
        name=name, authority_name=f"{OFFICE[kind]} {short_name}", short_name=short_name, slug=slug, kind=kind,
        name_en=name_en or f"{_plain(short_name)} {ENGLISH_KIND[kind]}", symbol="UBND", gso_code=gso_code,
        parent=city.unit, address=address, phone=phone, email=email, responsible_person=responsible_person,
        reception_hours=reception_hours, facts=facts or [], valid_from=valid_from,
    )  # fmt: skip
    unit.full_clean()
    unit.save()
    site = PortalSite.objects.create(
        unit=unit, kind=PortalSite.Kind.WARD, name=name, name_en=unit.name_en, slug=slug, home_key=uuid.uuid4(),
        parent=city, valid_from=valid_from, approval_mode=approval_mode,
    )  # fmt: skip
    SiteHost.objects.create(site=site, hostname=host_of(host_label), port=public_port(), valid_from=valid_from)
    local_day = timezone.localtime(moment).date()
    rows = required("ward", max(local_day, valid_from)) if sections is None else sections
    lay_out(site, city_home, rows, by=by)
    for mirror in city_home.get_translations().select_related("locale"):
        english = [row for row in rows if row.key in ENGLISH_KEYS[site.kind]]
        lay_out(site, mirror.specific, english, by=by, language_code=mirror.locale.language_code)
    offerings.offer_all(site, by=by, on=max(local_day, valid_from))
    finish_site(site)
    opening = Opening.objects.create(
        kind=Opening.Kind.OPEN, site=site, effective_on=valid_from, legal_act=legal_act, made_by=by, made_at=moment
    )
    return _noted(opening, "make", by, moment, f"Lập hồ sơ mở trang {name} với {opening.pages().count()} trang nháp.")


def lay_out(site: PortalSite, parent, rows: list[Section], *, by, language_code: str = "vi") -> Page:
    """Make the home page of a site under `parent` with the pages of its sections, all drafts with a revision.

    Returns the home page. A translation bears the translation key of its Vietnamese page.
    """
    locale = Locale.objects.get(language_code=language_code)
    source = site.home_page()
    siblings = {page.slug: page.translation_key for page in source.get_children()} if source else {}
    unit, english = site.unit, language_code != settings.LANGUAGE_CODE
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
    wanted = [(row.page_type, row.key, row.title(language_code), row) for row in rows if row.page_type]
    wanted.append((SEARCH_PAGE, SEARCH_SLUG, "Search" if english else "Tìm kiếm", None))
    for page_type, slug, title, row in wanted:
        model = apps.get_model(page_type)
        fields = {"section_key": row.key} if page_type == INDEX else {}
        page = model(
            title=title, slug=slug, locale=locale, live=False, owner=by, responsible_unit=unit,
            show_in_menus=row is not None, author_name=home.author_name, source_name=home.source_name,
            summary=_summary(row, site, english), **fields,
        )  # fmt: skip
        _fill(page, unit, english)
        if slug in siblings:
            page.translation_key = siblings[slug]
        home.add_child(instance=page)
        page.save_revision(user=by)
    return home


def add_section(site: PortalSite, home, row: Section, *, by, language_code: str = "vi") -> Page:
    """Add one more section to a site as a draft; return its page. A second person approves it like any page."""
    unit, english = site.unit, language_code != settings.LANGUAGE_CODE
    page = apps.get_model(row.page_type)(
        title=row.title(language_code), slug=row.key, locale=home.locale, live=False, owner=by, responsible_unit=unit,
        show_in_menus=True, author_name=_publisher(unit, english)[:120], source_name=_publisher(unit, english)[:200],
        summary=_summary(row, site, english), **({"section_key": row.key} if row.page_type == INDEX else {}),
    )  # fmt: skip
    _fill(page, unit, english)
    home.add_child(instance=page)
    page.save_revision(user=by)
    return page


def _fill(page, unit: OrganisationUnit, english: bool) -> None:
    """Give the pages that must not be empty what is known of the unit already; its people complete them."""
    if isinstance(page, OfficialsPage):
        page.officials = [
            Official(
                name=unit.responsible_person or f"Văn phòng {unit.full_name}", post="Đầu mối tiếp nhận thông tin",
                unit=unit, phone=unit.phone, fax=unit.fax, email=unit.email,
            )
        ]  # fmt: skip
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


# --- 2. Prepare a merger or a closing --------------------------------------------------------------


@transaction.atomic
def merge_wards(
    *, predecessors: list[PortalSite], successor: PortalSite, by, on: datetime | None = None,
    legal_act: str, effective_on: date,
) -> Opening:  # fmt: skip
    """Prepare the dossier by which `successor` takes in other open component sites; return it, state "draft".

    The dossier lists the open work that will be handed over. Raises Refused without the right to open sites,
    ValidationError for sites that cannot be merged.
    """
    city = _demand_city()
    demand_may_open(by, city)
    errors: dict[str, list[str]] = {}
    if not predecessors:
        errors.setdefault("predecessors", []).append("Chưa chọn trang được sáp nhập; hãy chọn ít nhất một trang.")
    if successor in predecessors:
        errors.setdefault("successor", []).append("Trang kế thừa không được nằm trong các trang được sáp nhập.")
    if successor.is_city or successor.state != PortalSite.State.OPEN:
        errors.setdefault("successor", []).append("Trang kế thừa phải là một trang phường, xã đang hoạt động.")
    for site in predecessors:
        if site.is_city or site.state != PortalSite.State.OPEN:
            errors.setdefault("predecessors", []).append(f"«{site}» không phải trang phường, xã đang hoạt động.")
        if _pending_for(site):
            errors.setdefault("predecessors", []).append(
                f"«{site}» đang có hồ sơ khác chưa quyết định; hãy xử lý hồ sơ đó trước."
            )
    if not legal_act.strip():
        errors.setdefault("legal_act", []).append("Chưa ghi căn cứ sáp nhập; hãy ghi số, ký hiệu văn bản.")
    if errors:
        raise ValidationError(errors)
    moment = on or timezone.now()
    opening = Opening.objects.create(
        kind=Opening.Kind.MERGE, site=successor, effective_on=effective_on, legal_act=legal_act, made_by=by,
        made_at=moment, handover=[item for site in predecessors for item in open_work(site)],
    )  # fmt: skip
    opening.predecessors.set(predecessors)
    names = ", ".join(str(site) for site in predecessors)
    return _noted(opening, "make", by, moment, f"Lập hồ sơ sáp nhập {names} vào {successor}.")


@transaction.atomic
def close_ward(
    *, site: PortalSite, by, on: datetime | None = None, legal_act: str, effective_on: date,
    successor: PortalSite | None = None,
) -> Opening:  # fmt: skip
    """Prepare the dossier that closes a component site; return it, state "draft".

    A site with a successor (given here, or from its merger) leads every reader there; one without stays readable
    under a banner. Raises Refused without the right to open sites, ValidationError when it cannot be closed.
    """
    city = _demand_city()
    demand_may_open(by, city)
    errors: dict[str, list[str]] = {}
    if site.is_city or site.state not in (PortalSite.State.OPEN, PortalSite.State.FROZEN):
        errors["site"] = [f"«{site}» không phải trang phường, xã đang hoạt động hoặc đã ngừng cập nhật."]
    elif _pending_for(site):
        errors["site"] = [f"«{site}» đang có hồ sơ khác chưa quyết định; hãy xử lý hồ sơ đó trước."]
    if successor is not None and (successor == site or successor.state != PortalSite.State.OPEN):
        errors["successor"] = ["Trang kế thừa phải là một trang khác đang hoạt động."]
    if not legal_act.strip():
        errors["legal_act"] = ["Chưa ghi căn cứ đóng trang; hãy ghi số, ký hiệu văn bản."]
    if errors:
        raise ValidationError(errors)
    moment = on or timezone.now()
    opening = Opening.objects.create(
        kind=Opening.Kind.CLOSE, site=site, effective_on=effective_on, legal_act=legal_act, made_by=by, made_at=moment,
        handover=open_work(site), successor=successor or site.successor,
    )  # fmt: skip
    return _noted(opening, "make", by, moment, f"Lập hồ sơ đóng {site}.")


def open_work(site: PortalSite) -> list[dict]:
    """Return the open work on a site: schedules, drafts never published, items under review, undecided take-downs.

    Each a dict of `page` (None for a record), `title`, `kind` ("schedule", "draft", "review", "takedown").
    """
    found = []
    waiting = Schedule.objects.waiting().filter(site=site).select_related("revision").soonest_first()
    for row in waiting:
        is_page = row.parent_page_id is not None
        found.append({"page": int(row.revision.object_id) if is_page else None, "title": row.title, "kind": "schedule"})
    for home in Page.objects.filter(translation_key=site.home_key):
        pages = Page.objects.descendant_of(home, inclusive=True).order_by("path")
        reviewed = {
            int(pk)
            for pk in WorkflowState.objects.active()
            .filter(object_id__in=[str(pk) for pk in pages.values_list("pk", flat=True)])
            .filter(base_content_type__model="page")
            .values_list("object_id", flat=True)
        }
        for page in pages:
            if page.pk in reviewed:
                found.append({"page": page.pk, "title": page.draft_title or page.title, "kind": "review"})
            elif page.first_published_at is None or page.has_unpublished_changes and page.live:
                found.append({"page": page.pk, "title": page.draft_title or page.title, "kind": "draft"})
    for row in TakeDown.objects.filter(site=site, state__in=TakeDown.UNDECIDED).exclude(page=None):
        found.append({"page": row.page_id, "title": row.title, "kind": "takedown"})
    return found


# --- 3. Hand in, return ----------------------------------------------------------------------------


@transaction.atomic
def submit_opening(opening: Opening, *, by, on: datetime | None = None) -> Opening:
    """Hand a dossier in for approval; whoever submits it declares its content accurate (Điều 20.2)."""
    opening = _locked(opening)
    demand_may_open(by, _demand_city())
    if opening.state not in (Opening.State.DRAFT, Opening.State.REJECTED):
        raise Refused("Hồ sơ này đã gửi duyệt hoặc đã được quyết định.")
    moment = on or timezone.now()
    opening.state, opening.submitted_by, opening.submitted_at = Opening.State.SUBMITTED, by, moment
    for page in drafts_of(opening):
        declare(page, page.get_latest_revision() or page.save_revision(user=by), by=by)
    opening.versions = _versions_now(opening)
    if opening.made_by is None:
        opening.made_by = by
    opening.save()
    return _noted(opening, "submit", by, moment, "Gửi duyệt hồ sơ.")


def _versions_now(opening: Opening) -> list[list]:
    """[page, its newest version, its title] of every page that the dossier is to make public."""
    return [[page.pk, page.latest_revision_id, (page.draft_title or page.title)[:200]] for page in drafts_of(opening)]


def changed_since_submission(opening: Opening) -> list[str]:
    """Return the titles of pages that were handed in and have another version by now, or are not there any more."""
    present = {page.pk: page for page in opening.pages()}
    return [
        title
        for pk, version, title in opening.versions
        if pk not in present or not present[pk].live and present[pk].latest_revision_id != version
    ]


def added_since_submission(opening: Opening) -> list[str]:
    """Return the titles of drafts that came after the dossier was handed in; they stay drafts."""
    known = {pk for pk, _version, _title in opening.versions}
    return [page.draft_title or page.title for page in opening.pages() if not page.live and page.pk not in known]


def _demand_as_submitted(opening: Opening) -> None:
    if not opening.versions:
        raise Refused("Hồ sơ này không ghi phiên bản nào đã gửi; hãy trả lại rồi gửi lại.")
    if changed := changed_since_submission(opening):
        names = ", ".join(f"«{title}»" for title in changed[:5]) + (" …" if len(changed) > 5 else "")
        raise Refused(
            f"Sau khi gửi hồ sơ, có trang đã được sửa, chuyển hoặc xóa: {names}. Hãy trả lại hồ sơ; người lập xem lại "
            "rồi gửi lại."
        )


def drafts_of(opening: Opening) -> list[Page]:
    """Return the pages that a dossier will publish, parents before children."""
    return [page for page in opening.pages() if not page.live]


def waiting_versions() -> list[int]:
    """Return the versions that wait in submitted dossiers (`workflows.publishing.declared_files`)."""
    submitted = Opening.objects.filter(state=Opening.State.SUBMITTED)
    return [version for opening in submitted for _pk, version, _title in opening.versions]


@transaction.atomic
def reject_opening(opening: Opening, *, by, on: datetime | None = None, reason: str) -> Opening:
    """Return a submitted dossier with a reason; raises ValidationError without one."""
    opening = _locked(opening)
    demand_may_decide(by, opening)
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do trả lại để người lập hồ sơ biết cần sửa gì."})
    opening.state = Opening.State.REJECTED
    opening.save(update_fields=["state"])
    return _noted(opening, "reject", by, on or timezone.now(), f"Trả lại hồ sơ: {reason}")


# --- 4. Carry out ----------------------------------------------------------------------------------


@transaction.atomic
def approve_opening(opening: Opening, *, by, on: datetime | None = None) -> Opening:
    """Approve a submitted dossier and carry it out whole; return it.

    Raises Refused for who made or submitted it and without the right to open sites and to approve, ValidationError
    when a page of a site that opens still lacks something.
    """
    opening = _locked(opening)
    demand_may_decide(by, opening)
    moment = on or timezone.now()
    ends_a_site = opening.kind in (Opening.Kind.MERGE, Opening.Kind.CLOSE)
    if ends_a_site and opening.effective_on > timezone.localtime(moment).date():
        raise Refused(f"Hồ sơ có hiệu lực từ ngày {opening.effective_on:%d/%m/%Y}; hãy duyệt vào ngày đó hoặc sau đó.")
    carry_out = {
        Opening.Kind.CITY: _open,
        Opening.Kind.OPEN: _open,
        Opening.Kind.MERGE: _merge,
        Opening.Kind.CLOSE: _close,
    }[opening.kind]
    opening.approved_by, opening.approved_at = by, moment
    done = carry_out(opening, by, moment)
    opening.state = Opening.State.APPROVED
    opening.save()
    return _noted(opening, "approve", by, moment, done)


def may_decide(user, opening: Opening) -> bool:
    """Tell whether a user may approve or return a dossier: a second person with the right to open sites."""
    city = city_site()
    return (
        opening.state == Opening.State.SUBMITTED
        and user.pk not in (opening.made_by_id, opening.submitted_by_id)
        and may(user, OPEN_SITES, city)
        and may(user, APPROVE, city)
    )


def demand_may_decide(user, opening: Opening) -> None:
    """Raise Refused unless the user may decide the dossier, saying why not."""
    if opening.state != Opening.State.SUBMITTED:
        raise Refused("Hồ sơ này chưa gửi duyệt hoặc đã được quyết định.")
    if user.pk in (opening.made_by_id, opening.submitted_by_id):
        raise Refused("Người lập, người gửi hồ sơ không được tự duyệt; cần người thứ hai.")
    if not may_decide(user, opening):
        raise Refused("Chỉ Trưởng ban, Phó Trưởng ban Biên tập được duyệt hồ sơ trang thành phần.")


def demand_may_open(user, city: PortalSite) -> None:
    """Raise Refused unless the user may prepare dossiers of component sites."""
    if not may(user, OPEN_SITES, city):
        raise Refused("Bạn không có quyền mở, sáp nhập hoặc đóng trang thành phần.")


def _open(opening: Opening, by, moment: datetime) -> str:
    site = opening.site
    _demand_as_submitted(opening)
    versions = {pk: version for pk, version, _title in opening.versions}
    pages = [page for page in drafts_of(opening) if page.pk in versions]
    left = added_since_submission(opening)
    # Named open before its pages are made public, so that their sealed copies show the site as it will be.
    site.state, site.state_changed_on = PortalSite.State.OPEN, timezone.localtime(moment).date()
    site.save(update_fields=["state", "state_changed_on"])
    if not site.is_city:
        give_host(site)
        seed_issuer_of(site.unit)
    published = publish_bundle(
        pages, submitted_by=opening.submitted_by, by=by, on=moment, reason=f"{opening}; {opening.legal_act}",
        versions=versions, is_declared=True,
    )  # fmt: skip
    finish_site(site)
    raise_generation([pk for pk in (site, site.parent) if pk], urgent=False)
    story = f"Duyệt hồ sơ: công bố {len(published)} trang."
    return f"{story} {len(left)} trang nháp thêm sau khi gửi vẫn là bản nháp." if left else story


def give_host(site: PortalSite) -> Site | None:
    """Let a site answer on its own host from now on; no restart is needed."""
    host = site.hosts.filter(is_primary=True).first()
    if host is None:
        return None
    row, _ = Site.objects.update_or_create(
        hostname=host.hostname,
        port=host.port,
        defaults={"root_page": site.home_page(), "site_name": site.name, "is_default_site": site.is_city},
    )
    site.wagtail_site = row
    site.save(update_fields=["wagtail_site"])
    return row


def _merge(opening: Opening, by, moment: datetime) -> str:
    successor, last_day = opening.site, opening.effective_on - timedelta(days=1)
    ended, handed_over, questions = [], [], []
    for site in opening.predecessors.select_related("unit"):
        if site.state != PortalSite.State.OPEN:
            raise Refused(f"«{site}» không còn hoạt động; hãy trả lại hồ sơ này.")
        handed_over += _hand_over_work(site, successor, opening.submitted_by, moment)
        questions += succession.hand_over(site, successor, legal_act=opening.legal_act, by=by, on=moment)
        UnitSuccession.objects.get_or_create(
            predecessor=site.unit, successor=successor.unit,
            defaults={"effective_on": opening.effective_on, "legal_act": opening.legal_act[:200]},
        )  # fmt: skip
        site.unit.valid_to = last_day
        site.unit.save(update_fields=["valid_to"])
        end_issuers_of(site.unit, last_day)
        _freeze(site, opening, successor, last_day)
        ended += appointments.end_site(site, by=by, on=moment, legal_act=opening.legal_act, last_day=last_day)
    opening.handover = handed_over
    services = offerings.take_over(
        successor, opening.predecessors.all(), by=opening.submitted_by, on=opening.effective_on
    )
    raise_generation([*opening.predecessors.all(), successor, successor.parent], urgent=True)
    return (
        f"Duyệt hồ sơ: chuyển {len(handed_over)} việc và {len(questions)} câu hỏi sang {successor}; tạo "
        f"{len(services)} bản nháp dịch vụ công; kết thúc {len(ended)} phân công, những người này chờ quyết định phân "
        "công mới."
    )


def _close(opening: Opening, by, moment: datetime) -> str:
    site, last_day = opening.site, opening.effective_on - timedelta(days=1)
    successor = opening.successor
    was_open = site.state == PortalSite.State.OPEN
    if successor and was_open:
        opening.handover = _hand_over_work(site, successor, opening.submitted_by, moment)
        UnitSuccession.objects.get_or_create(
            predecessor=site.unit, successor=successor.unit,
            defaults={"effective_on": opening.effective_on, "legal_act": opening.legal_act[:200]},
        )  # fmt: skip
    if was_open:
        site.unit.valid_to = last_day
        site.unit.save(update_fields=["valid_to"])
        end_issuers_of(site.unit, last_day)
    _end_schedules(site, f"{site} đã đóng.", by, moment)
    questions = succession.hand_over(site, successor, legal_act=opening.legal_act, by=by, on=moment)
    note_closed([home for home in site.homes() if home.live])
    _freeze(site, opening, successor, last_day, state=PortalSite.State.CLOSED)
    ended = appointments.end_site(site, by=by, on=moment, legal_act=opening.legal_act, last_day=last_day)
    if successor and was_open:
        offerings.take_over(successor, [site], by=opening.submitted_by, on=opening.effective_on)
    raise_generation([found for found in (site, successor, site.parent) if found], urgent=True)
    return (
        f"Duyệt hồ sơ: {site} đã đóng; chuyển {len(questions)} câu hỏi sang {successor or site.parent}; kết thúc "
        f"{len(ended)} phân công."
    )


def _freeze(site, opening, successor, last_day: date, state=PortalSite.State.FROZEN) -> None:
    """Stop a site: banner, no new content, its last day; the board decides what is still open there."""
    site.state, site.state_changed_on = state, opening.effective_on
    site.state_note = f"Theo {opening.legal_act}."[:300]
    site.successor = successor or site.successor
    site.valid_to = site.valid_to or last_day
    site.approval_mode = PortalSite.Approval.CENTRAL
    site.save()
    sync_site(site)
    for host in site.hosts.filter(valid_to__isnull=True):
        host.valid_to = last_day
        host.save(update_fields=["valid_to"])


def _hand_over_work(site: PortalSite, successor: PortalSite, by, moment: datetime) -> list[dict]:
    """Move drafts never published to the same section of the successor, with their running review.

    Every schedule of the site ends: it was approved for a place that stops. What cannot move (changes to public pages,
    take-downs) stays with its page, for the city's board. Returns the list of `open_work`, each with `moved`: True when
    it went along.
    """
    items = open_work(site)
    _end_schedules(site, f"{site} ngừng cập nhật, việc chuyển sang {successor}.", by, moment)
    workflow = workflow_for(successor)
    for item in items:
        item["from"], item["moved"] = site.name, False
        if item["kind"] == "schedule":
            continue
        page = Page.objects.filter(pk=item["page"], first_published_at__isnull=True).first()
        if page is None or page.get_descendants().filter(first_published_at__isnull=False).exists():
            continue
        target = _same_section(page.get_parent(), successor)
        if target is None or target.get_children().filter(slug=page.slug).exists():
            continue
        try:
            with transaction.atomic():
                hand_over_draft(page, target, by=by, on=moment, workflow=workflow)
        except ValidationError:
            continue
        item["moved"] = True
    return items


def _end_schedules(site: PortalSite, reason: str, by, moment: datetime) -> None:
    for row in Schedule.objects.waiting().filter(site=site).select_related("revision").soonest_first():
        schedules.void(row.revision, row.revision.content_object, reason, by=by, on=moment)


def _same_section(parent, successor: PortalSite):
    """The page of the successor in the same place as `parent`: home for home, section for section of one name."""
    home = successor.home_page(locale=parent.locale)
    if home is None:
        return None
    if parent.translation_key in set(PortalSite.objects.values_list("home_key", flat=True)):
        return home.specific
    found = home.get_children().filter(slug=parent.slug).first()
    return found.specific if found else None


# --- Settings of a site ----------------------------------------------------------------------------

CONTACTS = ("address", "phone", "fax", "email", "responsible_person", "reception_hours")


@transaction.atomic
def change_settings(
    site: PortalSite, *, by, on: datetime | None = None, approval_mode: str, contacts: dict[str, str]
) -> PortalSite:
    """Change who approves on a site (Điều 20), propose how its authority is reached; return the site.

    Contacts are public text: they wait for a second person (`workflows.publishing.record_changes`).
    `contacts` holds some of CONTACTS. Raises Refused without the right to open sites, ValidationError when an
    approver is missing for a delegation or a contact is wrong.
    """
    demand_may_open(by, _demand_city())
    errors: dict[str, list[str]] = {}
    if approval_mode not in PortalSite.Approval.values:
        errors["approval_mode"] = ["Hãy chọn ai duyệt bài trên trang này."]
    elif approval_mode == PortalSite.Approval.DELEGATED and site.is_city:
        errors["approval_mode"] = ["Trang thành phố do Ban Biên tập duyệt, không ủy quyền."]
    elif (
        approval_mode == PortalSite.Approval.DELEGATED
        and not RoleGroup.objects.filter(site=site, role="ward_approver", group__user__is_active=True).exists()
    ):
        errors["approval_mode"] = [
            "Trang chưa có người duyệt được ủy quyền; hãy gán vai trò này cho một tài khoản rồi chọn lại."
        ]
    unit = OrganisationUnit.objects.get(pk=site.unit_id)
    stored = {name: getattr(unit, name) for name in CONTACTS if name in contacts}
    for name in CONTACTS:
        if name in contacts:
            setattr(unit, name, contacts[name])
    try:
        unit.clean_fields(exclude=[field.name for field in unit._meta.fields if field.name not in CONTACTS])
    except ValidationError as error:
        errors |= {name: [str(message) for message in messages] for name, messages in error.message_dict.items()}
    if errors:
        raise ValidationError(errors)
    before = site.approval_mode
    site.approval_mode = approval_mode
    site.save(update_fields=["approval_mode"])
    if any(getattr(unit, name) != value for name, value in stored.items()):
        # Readers ring and write where this says: a second person lets it come true.
        record_changes.propose(unit, by=by, on=on)
    log(instance=site, action="portal.site.settings", user=by, data={"approval": [before, approval_mode]})
    raise_generation([site, *site.components.all()])
    return site


def site_of_unit(unit: OrganisationUnit) -> PortalSite:
    """Return the site that shows how a unit is reached: its own, else the city's."""
    return PortalSite.objects.filter(unit=unit.pk).first() or city_site()


# --- The city --------------------------------------------------------------------------------------


@transaction.atomic
def prepare_city(
    *, on: datetime | None = None, unit: OrganisationUnit, name: str, name_en: str, legal_act: str,
    english: bool = True,
    sections: list[Section] | None = None,
) -> Opening:  # fmt: skip
    """Prepare the city's site in an empty portal and return its dossier; what exists already is kept.

    Nobody has an account yet, so the drafts have no author; the first two people of the board submit and approve.
    """
    existing = Opening.objects.filter(kind=Opening.Kind.CITY).first()
    if existing:
        return existing
    moment = on or timezone.now()
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root", live=False)
    site = PortalSite.objects.create(
        unit=unit, kind=PortalSite.Kind.CITY, name=name, name_en=name_en, slug=unit.slug, home_key=uuid.uuid4(),
        valid_from=unit.valid_from,
    )  # fmt: skip
    SiteHost.objects.create(site=site, hostname=settings.PORTAL_HOST, port=public_port(), valid_from=unit.valid_from)
    rows = required("city", timezone.localtime(moment).date()) if sections is None else sections
    home = lay_out(site, root, rows, by=None)
    site.wagtail_site, _ = Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": settings.PORTAL_HOST, "port": public_port(), "root_page_id": home.pk, "site_name": name,
        },
    )  # fmt: skip
    site.save(update_fields=["wagtail_site"])
    if english:
        lay_out(site, root, [section(key) for key in ENGLISH_KEYS[site.kind]], by=None, language_code="en")
    finish_site(site)
    opening = Opening.objects.create(
        kind=Opening.Kind.CITY,
        site=site,
        effective_on=timezone.localtime(moment).date(),
        legal_act=legal_act,
        made_at=moment,
    )
    return _noted(opening, "make", None, moment, "Chuẩn bị trang thành phố.")


# --- Private ---------------------------------------------------------------------------------------


def _demand_city() -> PortalSite:
    city = city_site()
    if city is None:
        raise Refused("Chưa có trang thành phố; hãy chạy lệnh setup_portal trước.")
    return city


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
    if not legal_act.strip():
        errors["legal_act"] = ["Chưa ghi căn cứ mở trang; hãy ghi số, ký hiệu văn bản."]
    if not email.strip():
        errors["email"] = ["Chưa có thư điện tử chính thức; mục liên hệ bắt buộc phải có (NĐ 43/2011 Điều 10.1.k)."]
    if not isinstance(valid_from, date):
        errors["valid_from"] = ["Chưa có ngày bắt đầu; hãy nhập ngày theo dạng ngày/tháng/năm."]
    if errors:
        raise ValidationError(errors)


def _pending_for(site: PortalSite) -> bool:
    pending = Opening.objects.filter(state__in=(Opening.State.DRAFT, Opening.State.SUBMITTED))
    return pending.filter(site=site).exists() or pending.filter(predecessors=site).exists()


def _locked(opening: Opening) -> Opening:
    return Opening.objects.select_for_update().get(pk=opening.pk)


def _noted(opening: Opening, step: str, by, moment: datetime, story: str) -> Opening:
    """Write one line of the dossier's story and of the log."""
    person = by.get_full_name() if by else ""
    opening.events = [*opening.events, {"at": moment.isoformat(), "by": person, "step": step, "text": story}]
    opening.save(update_fields=["events"])
    log(instance=opening, action=f"portal.opening.{step}", user=by, data={"text": story})
    return opening


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
