"""First filling of the register: the Decision with its full text, what it cites, and what became of that.

1. `seed_issuers`: the bodies. 2. `seed_drafts`: the documents as drafts with a version each; they go public by
approval like everything. 3. `seed_relations`: who amends, replaces or cites whom. 4. `load_register`: all of it.

What was not checked against an official copy is marked so (`evidence`, `is_verified`). Everything may be run again:
what people changed is never touched.
"""

from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import Max

from base.models import OrganisationUnit, PortalSite
from base.sites import city_site
from base.tables.incoming import shipped
from vietnam import text
from vietnam.document_numbers import DOCUMENT_TYPES

from .life import lifecycle
from .models import DocumentRelation, DocumentType, IssuingBody, LegalDocument, PostingRule, SiteDocument

DATA = Path(__file__).resolve().parent / "data"
DECISION = "qd-01-2020"
DECISION_TEXT = "decision-01-2020.txt"


@transaction.atomic
def seed_types() -> None:
    """Add the types of documents that are missing."""
    present = set(DocumentType.objects.values_list("name", flat=True))
    for place, kind in enumerate(DOCUMENT_TYPES):
        if kind.name not in present:
            DocumentType.objects.create(
                name=kind.name,
                slug=text.slug(kind.name),
                abbr=kind.abbr,
                family=kind.family,
                is_published=kind.is_published,
                sort_order=place,
            )


@transaction.atomic
def seed_issuers() -> dict[str, IssuingBody]:
    """Add the issuing bodies that are missing; return all of them by their slug."""
    units = {unit.slug: unit for unit in OrganisationUnit.objects.all()}
    bodies = {body.slug: body for body in IssuingBody.objects.all()}
    for row in shipped(DATA / "issuers.csv"):
        if row["slug"] not in bodies:
            bodies[row["slug"]] = IssuingBody.objects.create(
                slug=row["slug"],
                name=row["name"],
                symbol=row["symbol"],
                unit=units.get(row["unit"]),
                valid_from=_date(row["valid_from"]),
                valid_to=_date(row["valid_to"]),
                predecessor=bodies.get(row["predecessor"]),
            )
    return bodies


def seed_issuer_of(unit: OrganisationUnit) -> IssuingBody:
    """Add the authority of a unit whose site opens as an issuing body; return it.

    Without a first day: the unit is older than its site, and what it issued before belongs into the register too.
    """
    body, _is_new = IssuingBody.objects.get_or_create(
        unit=unit,
        name=unit.full_name,
        defaults={"slug": _free_slug(unit.full_name), "symbol": unit.symbol},
    )
    return body


def _free_slug(name: str) -> str:
    wanted = text.slug(name)
    taken = IssuingBody.objects.filter(slug__startswith=wanted)
    return text.free_slug(wanted, taken.values_list("slug", flat=True))


def end_issuers_of(unit: OrganisationUnit, last_day: date) -> None:
    """Let the bodies of a unit that ends issue nothing after its last day, or that of their newest document."""
    for body in IssuingBody.objects.filter(unit=unit, valid_to=None).annotate(newest=Max("documents__issued_on")):
        body.valid_to = max(filter(None, (last_day, body.newest)))
        body.save(update_fields=["valid_to"])


def follow_issuers(unit: OrganisationUnit, first_day: date) -> IssuingBody | None:
    """Let a body of a unit's new name follow that of its former name from a day on; return it, None without one."""
    former = IssuingBody.objects.filter(unit=unit, valid_to=None).order_by("pk").first()
    if former is None:
        return None
    end_issuers_of(unit, first_day - timedelta(days=1))
    body = seed_issuer_of(unit)
    body.valid_from, body.predecessor = first_day, former
    body.save(update_fields=["valid_from", "predecessor"])
    return body


@transaction.atomic
def seed_drafts(*, by, site: PortalSite | None = None) -> list[LegalDocument]:
    """Add the documents of the register as drafts of a site (the city's); return those that are not public yet.

    `by` is the writer of their first version; another person approves them.
    """
    seed_types()
    site = site or city_site()
    bodies = seed_issuers()
    types = {kind.name: kind for kind in DocumentType.objects.all()}
    drafts = []
    for row in shipped(DATA / "register.csv"):
        document = _find(row, bodies, types)
        if document is None:
            document = _draft(row, bodies, types, site)
            document.save_revision(user=by)
        if not document.live:
            drafts.append(document)
    return drafts


def seed_posting_rules(*, issued_from: date) -> list[PostingRule]:
    """Add the rules by which documents issued from a day on have to be posted; return those added.

    Where there is any rule, the board keeps them and nothing is added.
    """
    if PostingRule.objects.exists():
        return []
    return [
        PostingRule.objects.create(
            name=row["name"],
            target=row["target"],
            issued_from=issued_from,
            for_components_only=row["for_components_only"] == "true",
            legal_source=row["legal_source"],
        )
        for row in shipped(DATA / "posting_rules.csv")
    ]


@transaction.atomic
def seed_relations(*, by, second=None, on: date | datetime | None = None) -> list[DocumentRelation]:
    """Note the relations between the documents of the register; return them. `by` may confirm repeals.

    `second`: the person who has compared the table as well; without one they wait.
    """
    documents = documents_by_key()
    relations = []
    for row in shipped(DATA / "relations.csv"):
        source, target = documents.get(row["source"]), documents.get(row["target"])
        if source is None or target is None:
            continue
        relations.append(
            lifecycle.relate(
                source,
                int(row["code"]),
                target,
                by=by,
                on=on,
                effective_on=_date(row["effective_on"]),
                scope=[part for part in row["scope"].split("|") if part],
                stated_in=row["stated_in"],
                is_verified=row["is_verified"] == "1",
                agreed_by=second,
            )
        )
    return relations


@transaction.atomic
def load_register(*, by, second=None, on: date | datetime | None = None) -> list[LegalDocument]:
    """Fill the register and return the drafts to be approved; `by` writes in the city and may confirm repeals.

    The Decision is marked for the city's site, its issuer's, with the deadline of Điều 10.1.c.
    """
    drafts = seed_drafts(by=by)
    seed_relations(by=by, second=second, on=on)
    decision = documents_by_key()[DECISION]
    lifecycle.mark_for_site(decision, decision.owner_site, ground=SiteDocument.Ground.ISSUER, by=by, on=on)
    return drafts


def documents_by_key() -> dict[str, LegalDocument]:
    """Return the seeded documents by the key of their row: {"qd-01-2020": …}."""
    bodies = {body.slug: body for body in IssuingBody.objects.all()}
    types = {kind.name: kind for kind in DocumentType.objects.all()}
    found = {row["key"]: _find(row, bodies, types) for row in shipped(DATA / "register.csv")}
    return {key: document for key, document in found.items() if document is not None}


def _find(row, bodies, types) -> LegalDocument | None:
    issued = _date(row["issued_on"])
    body, kind = bodies.get(row["issuer"]), types.get(row["type"])
    if body is None or kind is None:
        return None
    return (
        LegalDocument.objects.filter(main_issuer=body, document_type=kind, symbol=row["symbol"], year=issued.year)
        .select_related("document_type", "main_issuer", "owner_site")
        .first()
    )


def _draft(row, bodies, types, site) -> LegalDocument:
    document = LegalDocument(
        live=False,
        owner_site=site,
        document_type=types[row["type"]],
        family=row["family"],
        symbol_as_printed=row["symbol"],
        subject=row["subject"],
        main_issuer=bodies[row["issuer"]],
        issued_on=_date(row["issued_on"]),
        effective_from=_date(row["effective_from"]),
        checked_until=_date(row["checked_until"]),
        evidence=row["evidence"],
        for_components=row["for_components"] == "1",
        field=row["field"],
        status_note=row["status_note"],
        not_classified=True,
    )
    if row["key"] == DECISION:
        _complete_decision(document)
    document.full_clean()
    document.save()
    return document


def _complete_decision(document: LegalDocument) -> None:
    """What the printed Decision says beside its number: who signed, where, to whom it goes, its text."""
    document.symbol_as_printed = "01 /2020/QĐ-UBND"
    document.place = "Long Xuyên"
    document.signing_capacity = LegalDocument.Capacity.ON_BEHALF
    document.signer_title = "Chủ tịch"
    document.signer_name = "Phạm Thành Thái"
    document.scope = (
        "Các phòng, ban, ngành, đoàn thể, cơ quan, đơn vị, trường học, Ủy ban nhân dân các xã, phường trên địa bàn "
        "thành phố và các tổ chức, cá nhân khai thác, sử dụng Trang thông tin điện tử thành phố."
    )
    document.set_full_text((DATA / DECISION_TEXT).read_text(encoding="utf-8"))
    document.recipients = "\n".join(
        line
        for provision in document.provisions.all()
        if provision.kind == "recipients"
        for line in provision.frame_lines
    ).replace("*", "")


def _date(written: str) -> date | None:
    return date.fromisoformat(written) if written else None
