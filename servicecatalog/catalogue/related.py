"""What hangs on a procedure, read by queries that are compiled once: a service shows all of it.

It is kept between requests until a site changes: the pages of all sites that offer the procedure share it.
"""

from functools import lru_cache, partial

from base.public.site_cache import remembered
from base.queries.prepared import Prepared, given

from ..models import ApplicantKind, Procedure, ServiceOffering

# What is read with the rows of each, for those that show it.
OF_PROCEDURE = {
    "components": ("form_file",),
    "channels": (),
    "fees": (),
    "steps": (),
    "results": (),
    "agencies": ("unit",),
    "legal_bases": (),
    "levels": (),
}
OF_OFFERING = {"levels": ()}


def read_related(procedure: Procedure, offering: ServiceOffering, request=None) -> None:
    """Read all that a service shows of its procedure and its own, so that none is asked for by itself.

    `request`: of a reader, where both are public. What a version under review brings with it stays as it is.
    """
    for thing, names in ((procedure, OF_PROCEDURE), (offering, OF_OFFERING)):
        if thing.pk is None:
            continue
        known = thing.__dict__.setdefault("_cluster_related_objects", {})
        if any(name not in known for name in names):
            read = partial(_related, thing, names)
            found = remembered(request, ("hanging on", type(thing), thing.pk), read)
            known |= {name: list(rows) for name, rows in found.items() if name not in known}


def _related(thing, names: dict[str, tuple[str, ...]]) -> dict[str, list]:
    return {name: _rows(type(thing), name, along).all(owner=thing.pk) for name, along in names.items()}


@lru_cache(maxsize=50)
def _rows(model, name: str, along: tuple[str, ...]) -> Prepared:
    relation = model._meta.get_field(name)
    rows = {relation.remote_field.attname: given("owner")}
    return Prepared(lambda: relation.related_model.objects.filter(**rows).select_related(*along))


def applicants_of(procedure: Procedure, request=None) -> list[ApplicantKind]:
    """Return who may apply; a version under review brings its own."""
    if procedure.pk is None or "applicants" in procedure.__dict__.get("_cluster_related_objects", {}):
        return list(procedure.applicants.all())
    return remembered(request, ("applicants of", procedure.pk), lambda: _APPLICANTS.all(procedure=procedure.pk))


_APPLICANTS = Prepared(lambda: ApplicantKind.objects.filter(procedures=given("procedure")))
