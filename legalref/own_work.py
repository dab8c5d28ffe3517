"""The register's work in the work queue (`workflows/dashboard/work_queue.py`): what to post, drafts, batches."""

from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, CharField, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce, Concat
from django.urls import reverse
from wagtail.models import WorkflowState

from accounts.models import Appointment
from accounts.roles import APPROVE, CONFIRM_REPEAL, DECIDE_TAKEDOWN, ROLES, WRITE, may
from base.sites import city_site
from workflows.dashboard import own_work, work_queue
from workflows.dashboard.work_queue import Rows, Scope, rows
from workflows.models import Deadline

from .importing import ended
from .importing.rights import changes_effect
from .life import lifecycle
from .life.effect import RELATIONS
from .models import DocumentRelation, ImportBatch, LegalDocument

# So long after a late publication its reason is asked for.
REASON_ASKED_FOR = timedelta(days=30)
State = ImportBatch.State


@work_queue.out_of(lambda: Deadline.objects.open())
def to_post(scope: Scope) -> Rows | None:
    """Documents that the person must get published: with a deadline of theirs, soonest first (Quy chế Điều 10.1.c).

    A document under review is listed among the reviews, with the same deadline; for the person who submitted it, among
    what others decide, or among what was returned.
    """
    if not scope.sites:
        return None
    kind = ContentType.objects.get_for_model(LegalDocument)
    elsewhere = WorkflowState.objects.filter(base_content_type=kind, object_id=OuterRef("object_id")).filter(
        Q(status=WorkflowState.STATUS_IN_PROGRESS)
        | Q(status=WorkflowState.STATUS_NEEDS_CHANGES, requested_by=scope.user)
    )
    found = own_work.mine(scope).filter(content_type=kind).exclude(Exists(elsewhere))
    return rows(
        found, key="object_id", title="title", note="rule__label", site="site", deadline="pk", last_day="last_day"
    )


@work_queue.out_of(lambda: LegalDocument.objects.filter(handed_over_on__isnull=False, live=False))
def handed_over(scope: Scope) -> Rows | None:
    """Documents that were handed over, are not public, not under review, and have no deadline of their own."""
    sites = scope.own_sites(WRITE)
    if not sites:
        return None
    text = Cast(OuterRef("pk"), CharField(max_length=64))
    kind = ContentType.objects.get_for_model(LegalDocument)
    deadline_rows = Deadline.objects.filter(content_type=kind, object_id=text, met_on=None, cancelled=False)
    found = (
        LegalDocument.objects.filter(
            handed_over_on__isnull=False, live=False, first_published_at=None, owner_site__in=sites
        )
        .exclude(Exists(deadline_rows))
        .exclude(Exists(_running()))
    )
    return rows(
        found, title=_name(), note=Value("đã chuyển, chưa đăng"), at="latest_revision__created_at", site="owner_site"
    )


@work_queue.out_of(lambda: Deadline.objects.filter(met_on__isnull=False, late_reason=""))
def without_reason(scope: Scope) -> Rows | None:
    """Documents of the person's sites that were posted late in the last weeks without a word why, once each."""
    sites = scope.own_sites(WRITE)
    if not sites:
        return None
    late = Deadline.objects.filter(
        Q(met_on__gt=F("last_day")) | Q(was_late=True),
        content_type=ContentType.objects.get_for_model(LegalDocument),
        rule__code__in=lifecycle.RULES.values(),
        cancelled=False,
        late_reason="",
        met_on__gte=scope.today - REASON_ASKED_FOR,
    )
    own = LegalDocument.objects.filter(pk=Cast(OuterRef("object_id"), IntegerField()), owner_site__in=sites)
    before = late.filter(object_id=OuterRef("object_id"), pk__lt=OuterRef("pk"))
    found = late.filter(Exists(own)).exclude(Exists(before))
    note = Value("đăng sau hạn, chưa ghi lý do")
    return rows(found, title="title", note=note, site="site", deadline="pk", last_day="last_day")


@work_queue.out_of(lambda: LegalDocument.objects.filter(has_unpublished_changes=True))
def drafts(scope: Scope) -> Rows | None:
    """Documents whose newest version is the person's, not public and not under review."""
    if not scope.sites:
        return None
    found = LegalDocument.objects.filter(
        has_unpublished_changes=True, latest_revision__user=scope.user, owner_site__in=[s.pk for s in scope.sites]
    ).exclude(Exists(_running()))
    return rows(found, title=_name(), note="subject", at="latest_revision__created_at", site="owner_site")


@work_queue.out_of(lambda: ImportBatch.objects.filter(state__in=(State.WRITTEN, State.UNDO_PROPOSED)))
def batches(scope: Scope) -> Rows | None:
    """Batches of documents that wait to be approved or to be taken back, by another person than who brought them."""
    approving, deciding = scope.board(APPROVE), scope.board(DECIDE_TAKEDOWN)
    if not approving and not deciding:
        return None
    written = ImportBatch.objects.filter(state=State.WRITTEN, owner_site__in=approving).exclude(made_by=scope.user)
    undone = ImportBatch.objects.filter(state=State.UNDO_PROPOSED, owner_site__in=deciding).exclude(undo_by=scope.user)
    if not may(scope.user, CONFIRM_REPEAL):
        # Who may not confirm that something is repealed is not called; few batches wait.
        related = written.filter(rows__has_relations=True).distinct()
        written = written.exclude(pk__in=[batch.pk for batch in related if changes_effect(batch)])
    found = ImportBatch.objects.filter(pk__in=written.exclude(confirmed_by=scope.user).values("pk")) | (
        ImportBatch.objects.filter(pk__in=undone.values("pk"))
    )
    what = Case(When(state=State.WRITTEN, then=Value("lô văn bản chờ duyệt")), default=Value("lô chờ thu hồi"))
    return rows(found, title="table_name", note=what, at="made_at", site="owner_site")


@work_queue.out_of(lambda: DocumentRelation.objects.standing().filter(Q(agreed_at=None) | ~Q(undo_asked_by=None)))
def relations(scope: Scope) -> Rows | None:
    """Relations that wait for the person as the second: noted by another, or asked back (`agreeing.may_decide`)."""
    approving, confirms = scope.board(APPROVE), may(scope.user, CONFIRM_REPEAL)
    if not approving and not confirms:
        return None
    noted = Q(agreed_at=None) & ~Q(confirmed_by=scope.user)
    noted &= Q(follows_from=None) | Q(follows_from__agreed_at__isnull=False)
    asked_back = Q(agreed_at__isnull=False, undo_asked_by__isnull=False) & ~Q(undo_asked_by=scope.user)
    with_effect = Q(code__in=[code for code, kind in RELATIONS.items() if kind.effect])
    wanted = ~with_effect & Q(noted_for__in=approving)
    if confirms:
        wanted |= with_effect
    found = DocumentRelation.objects.standing().alias(noted_for=_noted_for()).filter(noted | asked_back, wanted)
    # The name of another site's draft is no business of this one's; the city's people see all.
    found = found.filter(Q(source=None) | Q(source__live=True) | Q(source__owner_site__in=[s.pk for s in scope.sites]))
    note = Case(
        When(agreed_at=None, then=Value("quan hệ chờ xác nhận")), default=Value("quan hệ có người đề nghị thu hồi")
    )
    at = Coalesce("undo_asked_at", "confirmed_at")
    return rows(found, title=_relation_as_text(), note=note, at=at, site="target__owner_site")


@work_queue.out_of(lambda: ImportBatch.objects.filter(state__in=(State.WRITTEN, State.UNDO_PROPOSED)))
def handed_on_batches(scope: Scope) -> Rows | None:
    """Batches that the person uploaded and others approve, or that the person asked to undo."""
    mine = Q(state=State.WRITTEN) & (Q(made_by=scope.user) | Q(confirmed_by=scope.user))
    found = ImportBatch.objects.filter(mine | Q(state=State.UNDO_PROPOSED, undo_by=scope.user))
    return rows(found, title="table_name", note=Value("lô văn bản"), at="made_at", site="owner_site")


@work_queue.out_of(lambda: DocumentRelation.objects.standing().filter(Q(agreed_at=None) | ~Q(undo_asked_by=None)))
def handed_on_relations(scope: Scope) -> Rows | None:
    """Relations that the person noted, or asked to take back, and that wait for a second."""
    noted = Q(agreed_at=None, confirmed_by=scope.user, follows_from=None)
    asked = Q(agreed_at__isnull=False, undo_asked_by=scope.user)
    found = DocumentRelation.objects.standing().filter(noted | asked)
    at = Coalesce("undo_asked_at", "confirmed_at")
    return rows(found, title=_relation_as_text(), note=Value("quan hệ văn bản"), at=at, site="target__owner_site")


def _relation_as_text():
    """Both documents and what one does to the other, as `DocumentRelation.__str__` says it."""
    source = Case(
        When(source__isnull=False, then=_name("source__")),
        When(~Q(source_text=""), then=F("source_text")),
        default=F("stated_in"),
    )
    words = Case(*(When(code=code, then=Value(f" · {kind.active} · ")) for code, kind in RELATIONS.items()))
    return Concat(source, words, _name("target__"), output_field=CharField())


def _noted_for():
    """The site for which a relation was noted (`lifecycle.site_of_note`)."""
    city = city_site()
    writers = [role.key for role in ROLES.values() if WRITE in role.capabilities]
    writes_there = Appointment.objects.in_force().filter(
        Q(site=OuterRef("target__owner_site")) | Q(site=city.pk if city else 0),
        person=OuterRef("confirmed_by"),
        person__is_active=True,
        role__in=writers,
    )
    by_source = Q(code__in=lifecycle.STATED_BY_THE_SOURCE, source__isnull=False) & ~Exists(writes_there)
    return Case(When(by_source, then=F("source__owner_site")), default=F("target__owner_site"))


@work_queue.out_of(lambda: ImportBatch.objects.all())
def still_cited(scope: Scope) -> Rows | None:
    """Batches that ended documents which live pages still cite, without a task for these (`ended.unfollowed`)."""
    if not may(scope.user, CONFIRM_REPEAL):
        return None
    found = ImportBatch.objects.filter(Exists(ended.unfollowed(OuterRef("pk"))))
    note = Value("trang còn dẫn chiếu văn bản mà lô làm hết hiệu lực")
    return rows(found, title="table_name", note=note, at="made_at", site="owner_site")


def _running() -> QuerySet:
    kind = ContentType.objects.get_for_model(LegalDocument)
    text = Cast(OuterRef("pk"), CharField(max_length=255))
    return WorkflowState.objects.active().filter(base_content_type=kind, object_id=text)


def _name(way: str = ""):
    """The name of a document in the words of `LegalDocument.name`, for a number without its type in it."""
    return Concat(F(f"{way}document_type__name"), Value(" "), F(f"{way}symbol_as_printed"), output_field=CharField())


def address_by_key(key: str) -> str:
    return reverse(LegalDocument.snippet_viewset.get_url_name("edit"), args=[key])


def register_own_work() -> None:
    """Register all of it for the work queue; called once, from `LegalrefConfig.ready`."""
    for key, kind, find, address, more in (
        ("van-ban", "van-ban", to_post, address_by_key, "legalref_duty"),
        ("da-chuyen", "van-ban", handed_over, address_by_key, ""),
        ("ly-do-dang-muon", "van-ban", without_reason, "workflows_deadline_late_reason", ""),
        ("van-ban-nhap", "ban-nhap", drafts, address_by_key, ""),
        ("lo-van-ban", "quyet-dinh", batches, "legalref_import", ""),
        ("quan-he-van-ban", "quyet-dinh", relations, "legalref_agree_relation", ""),
        ("da-gui-lo-van-ban", "da-gui", handed_on_batches, "legalref_import", ""),
        ("da-gui-quan-he", "da-gui", handed_on_relations, "legalref_agree_relation", ""),
        ("lo-con-dan-chieu", "quyet-dinh", still_cited, "legalref_import", ""),
    ):
        work_queue.register_source(key, kind, find, address, more)
    work_queue.SHOWN_ELSEWHERE.add(LegalDocument)
    work_queue.register_shortcut(
        "Thêm văn bản", "wagtailsnippets_legalref_legaldocument:add", lambda scope: bool(scope.own_sites(WRITE))
    )
