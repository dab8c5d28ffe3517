"""Procedures and services for tests, with traits."""

from datetime import date
from itertools import count

from servicecatalog import seeding
from servicecatalog.models import (
    ApplicantKind,
    DossierComponent,
    LifeEvent,
    Procedure,
    ProcedureAgency,
    ProcedureBasis,
    ProcedureChannel,
    ProcedureFee,
    ProcedureLevel,
    ProcedureResult,
    ProcedureStep,
    ServiceField,
    ServiceLevel,
    ServiceOffering,
)
from tests.city import draft, publish_at_once
from vietnam import text

_numbers = count(1)


def a_procedure(city, *, by=None, level: str = "muc-do-3", basis=None, public: bool = True, **fields) -> Procedure:
    """A procedure with all its parts, by default public and of level 3 of 2020; `basis` is a legal document."""
    seeding.load_lists()
    number = next(_numbers)
    procedure = Procedure(
        **{
            "owner_site": city.site,
            "code": f"1.{900000 + number:06d}",
            "name": f"Đăng ký việc thử số {number}",
            "field": ServiceField.objects.get(slug="ho-tich"),
            "at_ward": True,
            "summary": "Thủ tục để thử.",
            "decided_by": "Quyết định 99/QĐ-UBND",
            "decided_on": date(2020, 3, 2),
            "live": False,
            **fields,
        }
    )
    procedure.steps = [ProcedureStep(title="Nộp hồ sơ", body="<p>Nộp tại bộ phận một cửa.</p>")]
    procedure.channels = [ProcedureChannel(way="in_person", amount=3)]
    procedure.fees = [ProcedureFee(label="Lệ phí", amount=8000, per="bản")]
    procedure.components = [
        DossierComponent(name="Tờ khai theo mẫu", originals=1),
        DossierComponent(name="Giấy xác nhận của cơ sở y tế", originals=1, case="Sinh tại cơ sở y tế"),
        DossierComponent(name="Văn bản của người làm chứng", originals=1, case="Sinh ngoài cơ sở y tế"),
    ]
    procedure.agencies = [ProcedureAgency(name="Ủy ban nhân dân cấp xã")]
    procedure.results = [ProcedureResult(name="Giấy tờ thử")]
    procedure.legal_bases = [
        ProcedureBasis(document=basis) if basis else ProcedureBasis(as_printed="Luật Hộ tịch 60/2014/QH13")
    ]
    if level:
        procedure.levels = [ProcedureLevel(level=ServiceLevel.objects.get(scheme__code="nd43", code=level))]
    procedure.full_clean()
    procedure.save()
    procedure.applicants.set([ApplicantKind.objects.get(slug="cong-dan-viet-nam")])
    procedure.life_events.set([LifeEvent.objects.first()])
    procedure.save()
    procedure.save_revision(user=by)
    return publish_at_once(procedure) if public else procedure


def an_offering(site, procedure, *, by=None, public: bool = True, **fields) -> ServiceOffering:
    """The page of a service under a site's catalogue, by default public."""
    catalogue = site.home_page().get_children().get(slug="dich-vu-cong").specific
    page = ServiceOffering(
        **{
            "title": procedure.name,
            "slug": text.slug(procedure.name),
            "procedure": procedure,
            "responsible_unit": site.unit,
            "owner": by,
            **fields,
        }
    )
    draft(page, catalogue, by=by)
    return publish_at_once(page) if public else page
