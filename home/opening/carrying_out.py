"""4. A dossier is approved and carried out: pages are published, sites end, their work goes to the successor."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, Site

from accounts import appointments
from accounts.roles import sync_site
from base.gate import Refused
from base.models import PortalSite, UnitAct, UnitSuccession
from base.public.gone import note_closed
from base.public.index import readers_see_changed, removals
from faq.handling import succession
from legalref.seeding import end_issuers_of, follow_issuers, seed_issuer_of
from servicecatalog.catalogue import offerings
from workflows.publishing import waiting
from workflows.publishing.approval import declare, publish_bundle
from workflows.publishing.arrangement import hand_over_draft
from workflows.publishing.waiting import Change, Waiting

from ..models import Opening
from .ending import open_work
from .names import short_name_of
from .preparing import OFFICE, finish_site
from .rights import demand_may_decide, locked, noted
from .submitting import added_since_submission, demand_as_submitted, drafts_of, submitted_versions


@transaction.atomic
def approve_opening(opening: Opening, *, by, on: datetime | None = None) -> Opening:
    """Approve a submitted dossier and carry it out whole; return it.

    Raises Refused for who made or submitted it and without the right to open sites and to approve, ValidationError
    when a page of a site that opens still lacks something.
    """
    opening = locked(opening)
    demand_may_decide(by, opening)
    moment = on or timezone.now()
    opens_at_once = opening.kind in (Opening.Kind.CITY, Opening.Kind.OPEN)
    if not opens_at_once and opening.effective_on > timezone.localtime(moment).date():
        raise Refused(f"Hồ sơ có hiệu lực từ ngày {opening.effective_on:%d/%m/%Y}; hãy duyệt vào ngày đó hoặc sau đó.")
    carry_out = {
        Opening.Kind.CITY: _open,
        Opening.Kind.OPEN: _open,
        Opening.Kind.MERGE: _merge,
        Opening.Kind.SPLIT: _split,
        Opening.Kind.RENAME: _rename,
        Opening.Kind.CLOSE: _close,
    }[opening.kind]
    opening.approved_by, opening.approved_at = by, moment
    done = carry_out(opening, by, moment)
    opening.state = Opening.State.APPROVED
    opening.save()
    return noted(opening, "approve", by, moment, done)


def _open(opening: Opening, by, moment: datetime) -> str:
    sites = opening.sites_that_open()
    demand_as_submitted(opening)
    versions = submitted_versions(opening)
    pages = [page for page in drafts_of(opening) if page.pk in versions]
    left = added_since_submission(opening)
    # Named open before its pages are made public, so that their sealed copies show the site as it will be.
    for site in sites:
        site.state, site.state_changed_on = PortalSite.State.OPEN, timezone.localtime(moment).date()
        site.save(update_fields=["state", "state_changed_on"])
        if not site.is_city:
            give_host(site)
            seed_issuer_of(site.unit)
    published = publish_bundle(
        pages,
        submitted_by=opening.submitted_by,
        by=by,
        on=moment,
        reason=f"{opening}; {opening.legal_act}",
        versions=versions,
        is_declared=True,
    )
    for site in sites:
        finish_site(site)
    readers_see_changed(sites={found for site in sites for found in (site, site.parent) if found}, urgent=False)
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
    return _take_in(list(opening.predecessors.select_related("unit")), opening.site, opening, by, moment)


def _take_in(sites: list[PortalSite], successor: PortalSite, opening: Opening, by, moment: datetime) -> str:
    """End sites, and give what is open on them to the one that follows."""
    last_day = opening.effective_on - timedelta(days=1)
    ended, handed_over, questions = [], [], []
    for site in sites:
        if site.state != PortalSite.State.OPEN:
            raise Refused(f"«{site}» không còn hoạt động; hãy trả lại hồ sơ này.")
        waits = waiting.on_site(site)
        handed_over += _hand_over_work(site, successor, opening.submitted_by, moment)
        _end_waiting(waits, opening, site, f"{site} ngừng cập nhật, việc chuyển sang {successor}.", by, moment)
        questions += succession.hand_over(site, successor, legal_act=opening.legal_act, by=by, on=moment)
        _succeed(site, successor, opening)
        site.unit.valid_to = last_day
        site.unit.save(update_fields=["valid_to"])
        end_issuers_of(site.unit, last_day)
        _freeze(site, opening, successor, last_day)
        ended += appointments.end_site(site, by=by, on=moment, legal_act=opening.legal_act, last_day=last_day)
    opening.handover = handed_over
    services = offerings.take_over(successor, sites, by=opening.submitted_by, on=opening.effective_on)
    readers_see_changed(sites=[*sites, successor, successor.parent], urgent=True)
    return (
        f"Duyệt hồ sơ: chuyển {len(handed_over)} việc và {len(questions)} câu hỏi sang {successor}; tạo "
        f"{len(services)} bản nháp dịch vụ công; kết thúc {len(ended)} phân công, những người này chờ quyết định phân "
        "công mới."
    )


def _succeed(site: PortalSite, successor: PortalSite, opening: Opening) -> None:
    UnitSuccession.objects.get_or_create(
        predecessor=site.unit,
        successor=successor.unit,
        defaults={"effective_on": opening.effective_on, "legal_act": opening.legal_act[:200]},
    )


def _split(opening: Opening, by, moment: datetime) -> str:
    site = opening.site
    if site.state != PortalSite.State.OPEN:
        raise Refused(f"«{site}» không còn hoạt động; hãy trả lại hồ sơ này.")
    story = _open(opening, by, moment)
    for part in opening.sites_that_open():
        _succeed(site, part, opening)
    if opening.details["goes_on"]:
        return f"{story} {site} tiếp tục hoạt động."
    successor = opening.parts.get(pk=opening.successor_id)
    return f"{story} {_take_in([site], successor, opening, by, moment)}"


def _rename(opening: Opening, by, moment: datetime) -> str:
    site, details = opening.site, opening.details
    if site.state != PortalSite.State.OPEN or site.name != details["former"]:
        raise Refused(f"«{site}» đã thay đổi từ lúc lập hồ sơ; hãy trả lại hồ sơ này.")
    unit = site.unit
    UnitAct.objects.create(
        kind=UnitAct.Kind.RENAMED,
        unit=unit,
        former_name=unit.name,
        effective_on=opening.effective_on,
        legal_act=opening.legal_act[:200],
    )
    unit.short_name = short_name_of(details["name"])
    unit.name, unit.authority_name = details["name"], f"{OFFICE[unit.kind]} {unit.short_name}"
    site.name = details["name"]
    if details["name_en"]:
        unit.name_en = site.name_en = details["name_en"]
    unit.full_clean()
    unit.save()
    site.save(update_fields=["name", "name_en"])
    follow_issuers(unit, opening.effective_on)
    sync_site(site)
    pages = _retitled(site, opening.submitted_by)
    publish_bundle(
        pages,
        submitted_by=opening.submitted_by,
        by=by,
        on=moment,
        reason=f"{opening}; {opening.legal_act}",
        versions={page.pk: page.latest_revision_id for page in pages},
        is_declared=True,
    )
    readers_see_changed(sites=PortalSite.objects.all(), urgent=False)
    return f"Duyệt hồ sơ: {details['former']} đổi tên thành {site.name}; địa chỉ giữ nguyên."


def _retitled(site: PortalSite, by) -> list[Page]:
    """Give the front pages, in all languages, a version with the new name; who submitted the dossier answers for it."""
    pages = [home.specific for home in site.homes().filter(live=True)]
    for page in pages:
        if page.has_unpublished_changes:
            raise Refused(f"Trang chủ «{page.title}» đang có bản sửa chưa duyệt; hãy duyệt hoặc bỏ bản sửa đó trước.")
        is_source = page.locale.language_code == settings.LANGUAGE_CODE
        page.title = (site.name if is_source else site.name_en) or site.name
        page.author_name = page.source_name = (site.unit.full_name if is_source else site.unit.name_en)[:120]
        declare(page, page.save_revision(user=by), by=by)
    return pages


def _close(opening: Opening, by, moment: datetime) -> str:
    site, last_day = opening.site, opening.effective_on - timedelta(days=1)
    successor = opening.successor
    was_open, waits = site.state == PortalSite.State.OPEN, waiting.on_site(site)
    if successor and was_open:
        opening.handover = _hand_over_work(site, successor, opening.submitted_by, moment)
        _succeed(site, successor, opening)
    if was_open:
        site.unit.valid_to = last_day
        site.unit.save(update_fields=["valid_to"])
        end_issuers_of(site.unit, last_day)
    _end_waiting(waits, opening, site, f"{site} đã đóng.", by, moment)
    questions = succession.hand_over(site, successor, legal_act=opening.legal_act, by=by, on=moment)
    note_closed([home for home in site.homes() if home.live])
    removals.note_site(site.pk)
    _freeze(site, opening, successor, last_day, state=PortalSite.State.CLOSED)
    ended = appointments.end_site(site, by=by, on=moment, legal_act=opening.legal_act, last_day=last_day)
    if successor and was_open:
        offerings.take_over(successor, [site], by=opening.submitted_by, on=opening.effective_on)
    readers_see_changed(sites=[found for found in (site, successor, site.parent) if found], urgent=True)
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

    What cannot move (changes to public pages, take-downs) stays with its page, for the city's board. Returns the list
    of `open_work`, each with `moved`: True when it went along.
    """
    items = open_work(site)
    for item in items:
        item["from"], item["moved"] = site.name, False
        if item["kind"] in ("schedule", "bundle"):
            continue
        page = Page.objects.filter(pk=item["page"], first_published_at__isnull=True).first()
        if page is None or page.get_descendants().filter(first_published_at__isnull=False).exists():
            continue
        target = _same_section(page.get_parent(), successor)
        if target is None or target.get_children().filter(slug=page.slug).exists():
            continue
        try:
            with transaction.atomic():
                hand_over_draft(page, target, by=by, on=moment)
        except ValidationError:
            continue
        item["moved"] = True
    return items


def _end_waiting(waits: list[Waiting], opening: Opening, site: PortalSite, reason: str, by, moment: datetime) -> None:
    """End what waited on a site before anything of it moved: it was asked or given for a place that stops.

    While its people still have their roles there, by which they are told.
    """
    waiting.release(waits, Change.ENDED, reason=reason, by=by, on=moment, site=site, legal_act=opening.legal_act)


def _same_section(parent, successor: PortalSite):
    """The page of the successor in the same place as `parent`: home for home, section for section of one name."""
    home = successor.home_page(locale=parent.locale)
    if home is None:
        return None
    if parent.translation_key in set(PortalSite.objects.values_list("home_key", flat=True)):
        return home.specific
    found = home.get_children().filter(slug=parent.slug).first()
    return found.specific if found else None
