"""The catalogue's work in the work queue (`workflows/dashboard/work_queue.py`).

Batches to decide, procedures whose basis has lapsed, services that a unit took over and has not published yet, planned
stops of the portal.
"""

from django.db.models import CharField, Exists, OuterRef, Q, Value
from django.db.models.functions import Concat
from django.urls import reverse

from accounts.roles import APPROVE, DISPATCH, WRITE, may
from base.sites import city_site
from legalref.life.effect import NO_LONGER_APPLIES
from workflows.dashboard import work_queue
from workflows.dashboard.work_queue import Rows, Scope, rows

from .catalogue import planned_stops
from .models import CatalogueBatch, Procedure, ProcedureBasis, ServiceOffering, ServiceOutagePage

STOPS = "servicecatalog_planned_stop"


@work_queue.out_of(lambda: CatalogueBatch.objects.filter(state=CatalogueBatch.State.SUBMITTED))
def batches(scope: Scope) -> Rows | None:
    """Batches that another person submitted, for the board of their site."""
    sites = scope.board(APPROVE)
    if not sites:
        return None
    found = CatalogueBatch.objects.filter(state=CatalogueBatch.State.SUBMITTED, owner_site__in=sites)
    found = found.exclude(made_by=scope.user)
    return rows(found, title="title", note=Value("lô thủ tục, dịch vụ chờ duyệt"), at="made_at", site="owner_site")


@work_queue.out_of(lambda: CatalogueBatch.objects.filter(state=CatalogueBatch.State.SUBMITTED))
def handed_on(scope: Scope) -> Rows | None:
    """Batches that the person submitted and others decide."""
    found = CatalogueBatch.objects.filter(state=CatalogueBatch.State.SUBMITTED, made_by=scope.user)
    return rows(found, title="title", note=Value("lô thủ tục, dịch vụ"), at="made_at", site="owner_site")


@work_queue.out_of(lambda: Procedure.objects.all())
def to_review(scope: Scope) -> Rows | None:
    """Public procedures of the city that rest on a document which has lapsed, for those who keep them."""
    city = city_site()
    if city is None or not (may(scope.user, DISPATCH, city) or may(scope.user, WRITE, city)):
        return None
    codes = [str(code) for code in NO_LONGER_APPLIES]
    lapsed = ProcedureBasis.objects.filter(procedure=OuterRef("pk"), document__stored_status__code__in=codes)
    found = Procedure.objects.in_use(scope.today).filter(
        Q(Exists(lapsed)) | Q(deciding_document__stored_status__code__in=codes), owner_site=city
    )
    return rows(found, title="name", note=Value("căn cứ đã hết hiệu lực"), site="owner_site")


@work_queue.out_of(lambda: ServiceOffering.objects.exclude(taken_over_from=None))
def taken_over(scope: Scope) -> Rows | None:
    """Drafts of services that predecessors of a site offered, for those who write there; gone once they are public."""
    if not scope.sites:
        return None
    found = ServiceOffering.objects.filter(first_published_at=None).exclude(taken_over_from=None)
    if not scope.is_of_city:
        wanted = Q(pk=None)
        for path in scope.home_paths:
            wanted |= Q(path__startswith=path)
        found = found.filter(wanted)
    note = Concat(Value("bản nháp, trước do «"), "taken_over_from__name", Value("» cung cấp"), output_field=CharField())
    return rows(found, title="draft_title", note=note, at="latest_revision_created_at")


@work_queue.out_of(lambda: planned_stops.not_over())
def stops_to_submit(scope: Scope) -> Rows | None:
    """Planned stops of the portal that the technical administrator proposed, for who submits them."""
    city = city_site()
    if city is None or city.pk not in scope.own_sites(DISPATCH):
        return None
    found = planned_stops.to_submit(scope.moment)
    note = Value("báo tạm ngừng cổng, chờ gửi duyệt")
    at = "latest_revision_created_at"
    return rows(found, title="draft_title", note=note, at=at, **work_queue.deadlines_of(ServiceOutagePage))


@work_queue.out_of(lambda: planned_stops.not_over())
def stops_proposed(scope: Scope) -> Rows | None:
    """Planned stops that the person proposed and others have not published yet."""
    if not planned_stops.may_propose(scope.user):
        return None
    found = planned_stops.not_over(scope.moment).filter(owner=scope.user, live=False, first_published_at=None)
    note, at = Value("báo tạm ngừng cổng"), "latest_revision_created_at"
    return rows(found, title="draft_title", note=note, at=at, **work_queue.deadlines_of(ServiceOutagePage))


def address_by_key(key: str) -> str:
    return reverse(Procedure.snippet_viewset.get_url_name("edit"), args=[key])


def register_own_work() -> None:
    """Register all of it for the work queue; called once, from `ServicecatalogConfig.ready`."""
    work_queue.register_source("lo-thu-tuc", "quyet-dinh", batches, "servicecatalog_batch")
    work_queue.register_source("da-gui-lo-thu-tuc", "da-gui", handed_on, "servicecatalog_batch")
    work_queue.register_source("tiep-nhan", "xem-lai", taken_over, "wagtailadmin_pages:edit")
    work_queue.register_source("tam-ngung-cong", "gui-len", stops_to_submit, "wagtailadmin_pages:edit")
    work_queue.register_source("da-bao-tam-ngung", "da-gui", stops_proposed, lambda key: reverse(STOPS))
    work_queue.register_source("can-xem-lai", "xem-lai", to_review, address_by_key, "servicecatalog_review")
