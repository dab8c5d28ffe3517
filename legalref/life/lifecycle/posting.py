"""1. A document of the register starts the duties to post it by itself, by rules that are data.

Registering, importing and approving a document call `start_duties`: each rule (`PostingRule`) that holds for the day of
issue names sites; on each the document is marked with its deadline (Điều 10.1.c), and publication meets them all. What
a draft says anew is followed: another day of issue starts the deadlines anew, a site that is out of scope has none. A
mark that a person made (`mark_for_site`) stays as it is. A document flagged «cần tuyên truyền» gets the draft of an
article proposed by the room that holds articles (`register_dissemination`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from wagtail.models import Page

from base.models import OrganisationUnit, PortalSite
from base.sites import city_site
from workflows import deadlines
from workflows.deadlines.duties import CORRECTED
from workflows.models import Deadline
from workflows.versions import newest_of

from ...models import LegalDocument, PostingRule, SiteDocument
from .publishing_duty import mark, note_titles
from .rules import RULES

Ground = SiteDocument.Ground
Target = PostingRule.Target
OUT_OF_SCOPE = "Văn bản không còn thuộc phạm vi của trang này."
NO_DAY = "văn bản chưa có ngày ban hành"
NO_ARTICLE = "chưa có bài soạn sẵn: trang quản lý không có chuyên mục «Tuyên truyền», hoặc bài đã bị xóa"
NOT_STARTED = "quy tắc có sau khi văn bản vào sổ, nên chưa mở thời hạn; lưu lại văn bản thì mở"
NO_SITES = {
    Target.ISSUER: "cơ quan ban hành không gắn với đơn vị nào có trang",
    Target.NAMED: "văn bản không ghi trang nào ở «Trang thuộc phạm vi điều chỉnh»",
    Target.CITY: "chưa có trang thành phố",
    Target.COMPONENTS: "chưa có trang phường, xã nào",
}

_dissemination: list[tuple[Callable, Callable]] = []


def register_dissemination(propose: Callable, drafted: Callable) -> None:
    """Register what drafts the article about a document, `propose(document, by, on)`, and what returns the article of
    one, or None, `drafted(document)`; called once, when ready."""
    _dissemination.append((propose, drafted))


@transaction.atomic
def start_duties(
    document: LegalDocument,
    *,
    by=None,
    on: date | datetime | None = None,
    rules: Iterable[PostingRule] | None = None,
) -> list[SiteDocument]:
    """Mark a document for every site where the rules want it, and propose its article; return the marks by rules.

    `by`: who registered it, by default who wrote its newest version. `rules`: those to ask, read once for many
    documents. Idempotent. A document without a day of issue, or issued before the day of every rule, starts nothing.
    """
    version = _facts_of(document)
    if version.issued_on is None:
        return []
    known = [rule for rule in (PostingRule.objects.in_use() if rules is None else rules) if rule.holds_for(version)]
    by = by or _writer_of(document)
    wanted = _wanted(version, known)
    before = {row.site_id: row for row in document.site_documents.select_related("site")}
    _follow_corrections(document, version, before, wanted, by=by, on=on)
    made = [
        mark(document, site, ground=ground, rule=rule, facts=version, by=by, on=on)
        for site, (ground, rule) in wanted.items()
        if site.pk not in before
    ]
    if version.needs_dissemination and any(rule.target == Target.DISSEMINATION for rule in known):
        for propose, _drafted in _dissemination:
            propose(document, by, on)
    return made


def note_published(public, on) -> None:
    """Start what the publication of a document makes due; registered with `approval.register_after_publication`.

    What ran was met by the publication; what starts now was met by it, too.
    """
    if isinstance(public, LegalDocument):
        note_titles(public)
        start_duties(public, on=on)


# --- What became of each rule ----------------------------------------------------------------------


@dataclass(frozen=True)
class RuleOutcome:
    """What one rule came to for a document.

    `sites`: where it must stand by the rule; `reason`: why nowhere, or not yet on a site that the rule names;
    `article`: the page that was drafted about it.
    """

    rule: PostingRule
    sites: tuple[PortalSite, ...] = ()
    reason: str = ""
    article: Page | None = None


def outcomes(document: LegalDocument) -> list[RuleOutcome]:
    """Say of each rule in use what it came to for a document, in the order in which rules were made."""
    version, marked = _facts_of(document), set(document.site_documents.values_list("site", flat=True))
    return [_outcome(rule, document, version, marked) for rule in PostingRule.objects.in_use()]


def _outcome(rule: PostingRule, document: LegalDocument, version: LegalDocument, marked: set[int]) -> RuleOutcome:
    if version.issued_on is None:
        return RuleOutcome(rule, reason=NO_DAY)
    if reason := rule.why_not(version):
        return RuleOutcome(rule, reason=reason)
    if rule.target == Target.DISSEMINATION:
        if not version.needs_dissemination:
            return RuleOutcome(rule, reason="văn bản không đánh dấu «Cần tuyên truyền, phổ biến»")
        article = next(filter(None, (drafted(document) for _propose, drafted in _dissemination)), None)
        return RuleOutcome(rule, article=article, reason="" if article else NO_ARTICLE)
    named = list(dict.fromkeys(_sites_of(rule.target, version)))
    if not named:
        return RuleOutcome(rule, reason=NO_SITES[Target(rule.target)])
    stopped = {site: _why_not_on(site, version) or ("" if site.pk in marked else NOT_STARTED) for site in named}
    stopped = {site: reason for site, reason in stopped.items() if reason}
    reasons = "; ".join(f"{site}: {reason}" for site, reason in stopped.items())
    return RuleOutcome(rule, tuple(site for site in named if site not in stopped), reasons)


# --- What the rules want ---------------------------------------------------------------------------


def _facts_of(document: LegalDocument) -> LegalDocument:
    """The version that counts: what readers see of a public document, the newest of one that never was public."""
    return document if document.live else newest_of(document)


def _writer_of(document: LegalDocument):
    return document.latest_revision.user if document.latest_revision_id else None


def _wanted(version: LegalDocument, rules: Iterable[PostingRule]) -> dict[PortalSite, tuple[str, PostingRule]]:
    """The sites that the rules name, with the ground and the rule; the issuer's ground goes before the others."""
    found: dict[PortalSite, tuple[str, PostingRule]] = {}
    for rule in sorted(rules, key=lambda rule: rule.target != Target.ISSUER):
        ground = Ground.ISSUER if rule.target == Target.ISSUER else Ground.IN_SCOPE
        for site in _sites_of(rule.target, version):
            found.setdefault(site, (ground, rule))
    return {site: facts for site, facts in found.items() if not _why_not_on(site, version)}


def _why_not_on(site: PortalSite, version: LegalDocument) -> str:
    """Why a version is not due on a site that a rule names; "" where it is."""
    if site.state != PortalSite.State.OPEN:
        return f"trang {site.get_state_display().lower()}"
    # A ward's draft concerns no other site before it is public.
    if not (version.live or version.owner_site.is_city or site.pk == version.owner_site_id):
        return "tính hạn từ khi văn bản được đăng ở trang quản lý"
    return ""


def _sites_of(target: str, version: LegalDocument) -> list[PortalSite]:
    if target == Target.ISSUER:
        return list(filter(None, (_nearest_site(body.unit) for body in version.issuers())))
    if target == Target.NAMED:
        return list(version.posting_sites.all())
    if target == Target.CITY:
        return list(filter(None, [city_site()]))
    if target == Target.COMPONENTS:
        wards = PortalSite.objects.filter(kind=PortalSite.Kind.WARD, state=PortalSite.State.OPEN)
        return list(wards.select_related("unit"))
    return []


def _nearest_site(unit: OrganisationUnit | None) -> PortalSite | None:
    """The site of a unit, or of the nearest unit above that has one: an office's is the city's."""
    while unit is not None:
        site = PortalSite.objects.filter(unit=unit).select_related("unit").first()
        if site is not None:
            return site
        unit = unit.parent
    return None


# --- Corrections of a draft ------------------------------------------------------------------------


def _follow_corrections(document, version, before: dict[int, SiteDocument], wanted, *, by, on) -> None:
    """Take back the marks of rules that do not hold any more, while no reader has seen the document."""
    if document.first_published_at is not None or not before:
        return
    running = Deadline.objects.for_subject(document).open().filter(rule__code__in=RULES.values())
    running = {deadline.site_id: deadline for deadline in running.select_related("rule")}
    sites = {site.pk for site in wanted}
    for row in before.values():
        deadline = running.get(row.site_id)
        if row.rule_id is not None and row.site_id not in sites:
            if deadline is not None:
                deadlines.cancel_deadline(deadline, reason=OUT_OF_SCOPE, on=on, by=by)
            row.delete()
        elif deadline is not None and deadline.started_on != version.issued_on:
            deadlines.cancel_deadline(deadline, reason=CORRECTED, on=on, by=by)
            deadlines.start(
                document,
                RULES[row.ground],
                on=version.issued_on,
                by=by,
                site=row.site,
                unit=row.site.unit,
                title=deadline.title,
            )
