"""New sections (chuyên mục mới, Quy chế Điều 16.1): opened by a direction, paid from a budget line.

1. `open_section`: the standing office records the directing document; the section is a draft that two persons publish
as every page. 2. `record_budget`: the proposal, the budget line, the amount, and what was decided of it.
3. `unrecorded`: public sections that no law asks for and no row explains. `listed`, `as_xlsx`: the register.
"""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import APPROVE, DISPATCH, may
from base.gate import Refused
from base.models import PortalSite
from base.sites import all_sites, city_site, site_of
from base.tables import xlsx
from vietnam.dates import format_short
from vietnam.text import nfc, slug

from .drafting import draft_section
from .models import NewSection, SectionIndexPage

MOST_DONG = 10**12


@transaction.atomic
def open_section(
    *,
    by,
    on: datetime | None = None,
    site: PortalSite,
    title: str,
    summary: str,
    directing_document: str,
    directed_on: date,
    page: SectionIndexPage | None = None,
) -> NewSection:
    """Record a new section of a site and make its draft, or record one that is there (`page`); return the row.

    A section that is there belongs to the site it stands on, whatever `site` says. Raises Refused without the right,
    ValidationError (field → messages).
    """
    demand_right(by)
    moment = on or timezone.now()
    site = site if page is None else site_of(page)
    title, directing_document = " ".join(nfc(title).split()), " ".join(nfc(directing_document).split())
    errors: dict[str, list[str]] = {}
    if site.state not in (PortalSite.State.PREPARED, PortalSite.State.OPEN):
        errors["site"] = [f"{site} đã ngừng cập nhật nên không mở mục mới."]
    if not title:
        errors["title"] = ["Hãy ghi tên mục."]
    if not directing_document:
        errors["directing_document"] = ["Hãy ghi số, ký hiệu văn bản chỉ đạo mở mục (Điều 16.1)."]
    if not directed_on or directed_on > timezone.localdate(moment):
        errors["directed_on"] = ["Hãy ghi ngày của văn bản chỉ đạo, không sau hôm nay."]
    if page is not None and NewSection.objects.filter(page=page).exists():
        errors["page"] = [f"Mục «{page.title}» đã có trong sổ."]
    if page is None and title and not errors.get("site"):
        if same := _of_that_name(site, title):
            errors["title"] = [f"{site} đã có mục «{same}»; hãy chọn tên khác, hoặc ghi mục đã có."]
    if errors:
        raise ValidationError(errors)
    if page is None:
        page = draft_section(
            SectionIndexPage,
            _home(site),
            by=by,
            unit=site.unit,
            publisher=site.unit.full_name,
            title=title,
            slug=slug(title),
            summary=summary.strip(),
            directing_document=directing_document,
        )
    row = NewSection.objects.create(
        page=page,
        site=site,
        title=title,
        directing_document=directing_document,
        directed_on=directed_on,
        recorded_by=by,
        recorded_at=moment,
    )
    _log(row, "open", by, document=f"{directing_document} ngày {format_short(directed_on)}")
    return row


@transaction.atomic
def record_budget(
    row: NewSection,
    *,
    by,
    proposal: str,
    budget_line: str,
    amount: int | None,
    decision: str = "",
) -> NewSection:
    """Record what a new section costs, from which budget line, and what was decided of it; return the row.

    `amount` in whole đồng. Raises Refused without the right, ValidationError (field → messages).
    """
    demand_right(by)
    row = NewSection.objects.select_for_update().get(pk=row.pk)
    texts = [" ".join(nfc(text).split()) for text in (proposal, budget_line, decision)]
    proposal, budget_line, decision = texts
    errors: dict[str, list[str]] = {}
    if amount is not None and not 0 < amount <= MOST_DONG:
        errors["amount"] = ["Hãy ghi số tiền bằng đồng, lớn hơn 0 và không quá 1.000 tỷ."]
    if amount is not None and not proposal:
        errors["proposal"] = ["Có kinh phí thì phải có văn bản đề xuất; hãy ghi số, ký hiệu."]
    if amount is not None and not budget_line:
        errors["budget_line"] = ["Hãy ghi nguồn, khoản mục kinh phí."]
    if decision and amount is None:
        errors["amount"] = ["Quyết định kinh phí phải có số tiền; hãy ghi số tiền."]
    if errors:
        raise ValidationError(errors)
    row.proposal, row.budget_line, row.amount, row.decision = proposal, budget_line, amount, decision
    row.save(update_fields=["proposal", "budget_line", "amount", "decision"])
    _log(row, "budget", by, line=budget_line, amount=str(amount or ""), decision=decision)
    return row


def listed(*, to):
    """Return the rows of the register that a user may read, the newest first, with all that a list shows.

    A section of a ward that is not public yet is its ward's business: an approver reads the rows of their own sites.
    """
    read = [site.pk for site in all_sites() if may(to, DISPATCH, site) or may(to, APPROVE, site)]
    return NewSection.objects.filter(site__in=read).select_related("site", "page", "recorded_by")


def unrecorded() -> list[tuple[SectionIndexPage, PortalSite]]:
    """Return (section, site) of public sections that no law asks for and that the register does not have."""
    pages = SectionIndexPage.objects.live().filter(section_key="", new_section=None, alias_of=None)
    return [(page, site) for page in pages.order_by("path") if (site := site_of(page)) is not None]


def as_xlsx(on: date, *, to) -> bytes:
    """Return what a user may read of the register as a spreadsheet."""
    lines = ["Sổ chuyên mục mới", f"Tính đến ngày {format_short(on)} (Quy chế, Điều 16.1)"]
    columns = [
        ("Trang", 26, "site.name"),
        ("Tên mục", 34, "title"),
        ("Văn bản chỉ đạo", 34, "directing_document"),
        ("Ngày", 12, "directed_on"),
        ("Văn bản đề xuất kinh phí", 34, "proposal"),
        ("Nguồn, khoản mục", 30, "budget_line"),
        ("Kinh phí (đồng)", 18, lambda row: "" if row.amount is None else f"{row.amount:,}".replace(",", ".")),
        ("Văn bản quyết định", 30, "decision"),
        ("Tình trạng", 24, "state_label"),
    ]
    return xlsx.write([xlsx.sheet("Chuyên mục mới", lines, columns, listed(to=to))])


def may_write(user) -> bool:
    """Tell whether a user may write in the register: the standing office (Điều 16.1 names it)."""
    return may(user, DISPATCH, city_site())


def demand_right(user) -> None:
    """Raise Refused for all others."""
    if not may_write(user):
        raise Refused("Chỉ Cơ quan Thường trực Ban Biên tập được ghi sổ chuyên mục mới.")


def _home(site: PortalSite):
    return site.home_page().specific


def _of_that_name(site: PortalSite, title: str) -> str:
    """Return the title of the section of a site whose address, or whose title but for marks and case, is that one."""
    wanted, home = slug(title), _home(site)
    beside = [other for other in home.get_children() if other.slug == wanted]
    named = [
        other
        for other in SectionIndexPage.objects.descendant_of(home)
        if wanted in (slug(other.title), slug(other.draft_title))
    ]
    return next((other.title for other in (*beside, *named) if site_of(other) == site), "")


def _log(row: NewSection, step: str, by, **more) -> None:
    data = {"title": row.title, "site": row.site.name, **more}
    log(instance=row, action=f"portal.new_section.{step}", user=by, data=data)
