"""A foreign ward, full of things in every state, whose rows have numbers that no other row of any table has.

1. The small city stands; the own wards get content of their own.
2. From here on each table counts from a number of its own, so that a number tells both owner and kind.
3. A ward is opened, staffed, and filled through the portal's verbs: drafts, public pages, pending changes, schedules,
   removals, locks, reviews, files, documents.
4. Every model that hangs on a site, a page, a file or a person of it gets a row there, whatever model it is.
5. Every text of every row gets a marker: public where everybody may read it, secret elsewhere.
"""

import io
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone
from modelcluster.models import get_all_child_relations
from wagtail.admin.models import EditingSession
from wagtail.models import Comment, DraftStateMixin, Locale, Page, Site
from wagtail.search import index

from accounts.roles import site_collection
from base.models import OrganisationUnit, PortalFile, PortalImage, PortalSite, SiteBanner, SiteHost, SiteLook
from base.models.files import StoredFile
from base.operations import append_only
from legalref.life import lifecycle
from legalref.models import Citation, LegalDocument, SiteDocument
from reporting.models import ScoreSheet
from sections.models import ArticlePage, StandardPage
from servicecatalog import seeding
from tests import factories
from tests.city import City, _make_public, _open_ward, draft, english_locale, person, publish, publish_at_once
from tests.faq.cast import a_question
from tests.isolation.filling import FUNCTIONAL, LENGTH, PUBLIC, SECRET, Filling, marked_children, picture
from tests.servicecatalog.cast import a_procedure
from workflows.models import TakeDown
from workflows.publishing import approval, arrangement, takedown

FIRST, STEP = 100_000, 10_000
AFTER = 5_000_000
# Rows that others derive from what is marked already, or that hold no text of a person.
DERIVED = frozenset(
    {
        "wagtailcore.ReferenceIndex",
        "wagtailsearch.IndexEntry",
        "wagtailcore.Revision",
        "legalref.RegisterEntry",
        "base.PublicItem",
        "base.PublicPlace",
        "base.PublicRemoval",
    }
)
# The same for all sites; whoever adds a model that everybody may read names it here, every other is looked after.
SHARED = frozenset(
    """
    faq.QuestionTopic reporting.Criterion faq.CompetentBody legalref.PostingRule
    legalref.DocumentType legalref.IssuingBody legalref.LegalCompetence legalref.RegisterVersion
    workflows.CalendarDay workflows.CalendarVersion workflows.DeadlineRule workflows.EditorialApprovalTask
    workflows.ArchivalUnpublishTask workflows.ChainTip workflows.LiveRound base.JobHeartbeat base.PortalStop
    base.AuditChain
    wagtailcore.Locale wagtailcore.GroupApprovalTask wagtailcore.WorkflowContentType wagtailadmin.Admin
    wagtail_localize.LocaleSynchronization wagtailsearch.SQLiteFTSIndexEntry
    contenttypes.ContentType auth.Permission auth.Group sessions.Session faq.ConsentText faq.RegisterBook
    servicecatalog.ReportClosing servicecatalog.Sector servicecatalog.ServiceField servicecatalog.LifeEvent
    search.Equivalent search.BestBet alerts.Mourning
    sections.FreshnessAmount royalties.Scale royalties.ScaleLine royalties.BaseSalary royalties.TaxRule royalties.Budget
    servicecatalog.ApplicantKind servicecatalog.LevelScheme servicecatalog.ServiceLevel servicecatalog.LevelMapping
    """.split()
)
# Home pages are there once a site; the rest of the page types get a draft and a public page each.
ONCE_A_SITE = frozenset({"home.CityHomePage", "home.WardHomePage"})
# What a reader of a removed page is told, and what hangs on a published document.
TOLD = frozenset({"title", "explanation", "replacement_label", "replacement_url"})
PUBLIC_BY = {
    "legalref.DocumentRelation": "target",
    "legalref.DocumentStatus": "document",
    "legalref.Provision": "document",
    "legalref.SiteDocument": "document",
}
PUBLIC_MODELS = (PortalSite, OrganisationUnit, SiteHost, SiteLook, Site)


@dataclass
class ForeignWard:
    """The ward, its people, its rows by model, and which of them everybody may know."""

    site: PortalSite
    people: dict = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    rows: dict[str, list] = field(default_factory=dict)
    bases: dict[str, int] = field(default_factory=dict)
    keys: dict[str, tuple[str, int, int]] = field(default_factory=dict)  # table → key column, first, end
    collections: dict[str, int] = field(default_factory=dict)
    secret_ids: set[int] = field(default_factory=set)

    def is_public(self, pk: int) -> bool:
        """Tell whether a number is that of a page, file or document which everybody may read."""
        kinds = [label for label in self.rows if issubclass(apps.get_model(label), Page | StoredFile | LegalDocument)]
        return pk not in self.secret_ids and any(pk in self.rows[label] for label in kinds)

    def ids(self, label: str, most: int | None = None) -> list:
        """Numbers of the ward's rows of one model."""
        return self.rows.get(label, [])[:most]


# --- Which models belong to a ward ------------------------------------------------------------------


@cache
def owned_models() -> list:
    """Every model that is not shared by all sites: each must have a row of the foreign ward."""
    return [model for model in apps.get_models() if model._meta.label not in SHARED and not model._meta.proxy]


# --- Numbers ----------------------------------------------------------------------------------------


def number_apart(start: int = FIRST) -> dict[str, int]:
    """Let each table count from a number of its own, from `start` up; return table → first number."""
    bases = {}
    with connection.cursor() as cursor:
        for place, model in enumerate(apps.get_models(include_auto_created=True)):
            key = model._meta.pk
            if not isinstance(key, models.AutoField):
                continue
            table, first = model._meta.db_table, start + STEP * place
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, first])
            else:
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [f'"{table}"', key.column, first])
            bases[table] = first
    return bases


# --- Building ---------------------------------------------------------------------------------------


def fill_own(city: City, site: PortalSite, by) -> dict:
    """Give an own ward a page in some states, a picture, a file and a document; return them by name."""
    things = _Things(site, by, {})
    filling = Filling("", things.row)
    image, file = factories.picture(site), factories.file(site)
    things.choose(image, file)
    section = city.section(site)
    things.choose(section, site, site.unit)
    document = factories.document(site, by=by)
    things.choose(document)
    own = {"image": image, "file": file, "document": document, "section": section}
    own["draft"] = draft(filling.instance(ArticlePage, **_place(site)), section, by=by)
    own["live"] = publish_at_once(draft(filling.instance(ArticlePage, **_place(site)), section, by=by))
    own["review"] = draft(filling.instance(ArticlePage, **_place(site)), section, by=by)
    own["state"] = approval.submit(own["review"], by=by, declaration=True, remark="Đã xem lại.")
    own["question"] = a_question(city, site=site, state="assigned")
    return own


def build(city: City) -> ForeignWard:
    """Open the foreign ward and fill it; see the steps at the top of this module."""
    # Lists of the whole city are nobody's: they are there before the ward's own numbers begin.
    seeding.load_lists()
    bases = number_apart()
    site = _open_ward(city.cast.standing_office, "Phường Mỹ Quý", "Mỹ Quý", "my-quy", "30289")
    _make_public(city.site, site) if site.wagtail_site_id is None else None
    site = PortalSite.objects.get(pk=site.pk)
    ward = ForeignWard(site, bases=bases)
    builder = _Builder(city, ward)
    with transaction.atomic():
        builder.build()
    # What anybody adds from here on is not the ward's.
    number_apart(AFTER)
    return ward


def _place(site) -> dict:
    return {"responsible_unit": site.unit, "slug": "", "locale": Locale.objects.get(language_code="vi"), **_no_dates()}


def _no_dates() -> dict:
    return {
        "go_live_at": None,
        "expire_at": None,
        "first_published_at": None,
        "last_published_at": None,
        "latest_revision": None,
        "live_revision": None,
        "alias_of": None,
        "locked": False,
        "locked_by": None,
        "locked_at": None,
        "retained_note": "",
        "retained_note_on": None,
        "expired": False,
        "latest_revision_created_at": None,
    }


class _Things:
    """Which row to point to, by model: what was chosen, else a row of the ward, else any."""

    def __init__(self, site, person, bases):
        self.site, self.bases, self.chosen = site, bases, {}
        self.make, self.in_work = None, set()
        self.choose(site, site.unit, person)

    def choose(self, *rows) -> None:
        """Use these from now on."""
        for row in rows:
            self.chosen[row._meta.label] = row
            if isinstance(row, Page):
                self.chosen["wagtailcore.Page"] = Page.objects.get(pk=row.pk)

    def row(self, label: str):
        """A row of a model to point to."""
        if label in self.chosen:
            return self.chosen[label]
        if label == "wagtailcore.Locale":
            return Locale.objects.get(language_code="vi")
        if label == "contenttypes.ContentType":
            return ContentType.objects.get_for_model(ArticlePage)
        model = apps.get_model(label)
        return self._own(model) or self._made(model) or model._base_manager.order_by("pk").first()

    def _own(self, model):
        first = self.bases.get(model._meta.db_table)
        return model._base_manager.filter(pk__gte=first).order_by("pk").first() if first is not None else None

    def _made(self, model):
        """A row made now, because another one must point to it."""
        if self.make is None or model in self.in_work or issubclass(model, Page):
            return None
        if model not in owned_models() and model._base_manager.exists():
            return None
        self.in_work.add(model)
        self.make(model)
        self.in_work.discard(model)
        return self._own(model) or model._base_manager.order_by("pk").last()


class _Builder:
    def __init__(self, city: City, ward: ForeignWard):
        self.city, self.ward, self.site = city, ward, ward.site
        self.home = self.site.home_page()
        self.section = city.section(self.site)
        self.other = city.section(self.site, "chi-dao-dieu-hanh")
        mark = Filling(SECRET, None).marker
        self.ward.people = {
            role: person(f"{name}.my-quy", f"{mark('User.full_name')} {name}", role, self.site)
            for role, name in (("contributor", "soan"), ("unit_head", "chu-tich"), ("ward_approver", "duyet"))
        }
        self.writer = self.ward.people["contributor"]
        self.things = {kind: _Things(self.site, self.writer, ward.bases) for kind in (SECRET, PUBLIC)}
        self.secret = Filling(SECRET, self.things[SECRET].row)
        self.public = Filling(PUBLIC, self.things[PUBLIC].row)

    def build(self):
        self.files()
        self.documents()
        self.page_states()
        self.services()
        self.page_types()
        self.translations()
        self.repeal()
        self.citations()
        self.scores()
        self.rest()
        # Wagtail removes whatever sessions have ended at each look at a form, whosever they are.
        EditingSession.objects.update(last_seen_at=timezone.now() + timedelta(days=1))
        self.collect()
        append_only.remove()
        self.plant()
        append_only.install()
        self.collect()

    # --- 3. Content through the verbs -----------------------------------------------------------------

    def files(self):
        own = site_collection(self.site)
        hidden = own.add_child(name=self.secret.text("Collection.name"))
        self.ward.collections = {"own": own.pk, "hidden": hidden.pk}
        for filling, name in ((self.secret, "secret"), (self.public, "public")):
            content = io.BytesIO(picture(filling.marker("PortalImage.content")))
            image = PortalImage(
                title=filling.text("PortalImage.title"),
                collection=own,
                description=filling.text("PortalImage.alt"),
                file=ImageFile(content, name=f"{filling.marker('PortalImage.name')}.jpg"),
            )
            image.save()
            image.tags.add(filling.text("Tag.name"))
            image.get_rendition("width-20")
            file = PortalFile(title=filling.text("PortalFile.title"), collection=own)
            file.file.save(
                f"{filling.marker('PortalFile.name')}.txt",
                ContentFile(filling.text("PortalFile.content").encode()),
                save=False,
            )
            file.save()
            file.tags.add(filling.text("Tag.name"))
            self.things[filling.kind].choose(image, file)
            setattr(self.ward, f"{name}_image", image)
            setattr(self.ward, f"{name}_file", file)
        PortalFile.objects.create(
            title=self.secret.text("PortalFile.title"),
            collection=hidden,
            file=ContentFile(self.secret.text("PortalFile.content").encode(), name="trong-thu-muc-kin.txt"),
        )

    def documents(self):
        for filling, live in ((self.secret, False), (self.public, True)):
            document = factories.document(self.site, by=self.writer)
            filling.fill(
                document,
                skip={
                    "owner_site",
                    "document_type",
                    "family",
                    "main_issuer",
                    "symbol",
                    "symbol_as_printed",
                    "number",
                    "year",
                    "issued_on",
                    "live",
                    "live_revision",
                    "latest_revision",
                    "locked_by",
                    "slug",
                    "go_live_at",
                    "expire_at",
                    "first_published_at",
                    "last_published_at",
                    "effective_to",
                    "effective_from",
                    "stored_status",
                    "checked_until",
                },
            )
            document.save()
            document.save_revision(user=self.writer)
            self.things[filling.kind].choose(publish_at_once(document) if live else document)
        pending = factories.document(self.site, by=self.writer)
        pending.subject = self.public.text("LegalDocument.subject")
        pending.save_revision(user=self.writer)
        pending = publish_at_once(pending)
        pending.subject = self.secret.text("LegalDocument.subject")
        pending.save_revision(user=self.writer)
        self.ward.pending_document = pending
        reviewed = factories.document(self.site, by=self.writer)
        reviewed.subject = self.secret.text("LegalDocument.subject")
        reviewed.save()
        reviewed.save_revision(user=self.writer)
        approval.submit(reviewed, by=self.writer, declaration=True, remark="Đã xem lại.")

    def new(self, model, filling=None, parent=None, **given):
        """A draft of a page type with every field filled."""
        filling = filling or self.secret
        made = filling.instance(model, **{**_place(self.site), **given})
        made.slug = filling.marker(f"{model._meta.label}.slug")
        made.draft_title = made.title
        return draft(made, parent or self.section, by=self.writer)

    def page_states(self):
        pages, writer, head = self.ward.pages, self.writer, self.city.cast.head
        pages["draft"] = self.new(ArticlePage)
        self.things[SECRET].choose(pages["draft"])
        pages["live"] = publish_at_once(self.new(ArticlePage, self.public))
        self.things[PUBLIC].choose(pages["live"])
        pages["pending"] = publish_at_once(self.new(ArticlePage, self.public))
        self.change(pages["pending"])
        tomorrow = timezone.now() + timedelta(days=3)
        pages["scheduled"] = publish(self.new(ArticlePage, go_live_at=tomorrow), by=writer, approver=head)
        # What is told of a thing taken down, its title among it, readers may know; the rest not any more.
        pages["expired"] = publish(
            self.new(ArticlePage, expire_at=tomorrow, title=self.public.text("Page.title")), by=writer, approver=head
        )
        takedown.expire_due(on=tomorrow + timedelta(days=1))
        pages["removed"] = publish(
            self.new(ArticlePage, title=self.public.text("Page.title")), by=writer, approver=head
        )
        row = takedown.propose(pages["removed"], TakeDown.Ground.ERROR, by=writer)[0]
        takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=head)
        pages["proposed"] = publish(self.new(ArticlePage, self.public), by=writer, approver=head)
        takedown.propose(pages["proposed"], TakeDown.Ground.ERROR, by=writer)
        pages["locked"] = self.new(ArticlePage, locked=True, locked_by=writer, locked_at=timezone.now())
        pages["review"] = self.new(ArticlePage)
        approval.submit(pages["review"], by=writer, declaration=True, remark="Đã xem lại.")
        pages["returned"] = self.new(ArticlePage)
        state = approval.submit(pages["returned"], by=writer, declaration=True, remark="Đã xem lại.")
        approval.send_back(state.current_task_state, by=head, reason=self.secret.text("TaskState.comment"))
        pages["moving"] = publish(self.new(ArticlePage, self.public), by=writer, approver=head)
        arrangement.propose_move(pages["moving"], self.other, by=writer, reason=self.secret.text("MoveProposal.reason"))
        pages["urgent"] = approval.emergency_publish(
            self.new(ArticlePage, self.public), by=head, reason=self.secret.text("EmergencyAct.reason")
        )
        pages["alias"] = pages["draft"].create_alias(parent=self.other, update_slug=self.secret.marker("Page.slug"))
        comment = Comment(page=pages["draft"], user=writer, text=self.secret.text("Comment.text"), contentpath="title")
        comment.save()
        self.change(self.home.specific)

    def change(self, page):
        """Save a version of a public page whose every text is secret, and not approved."""
        changed = page.get_latest_revision_as_object()
        self.secret.fill(
            changed,
            skip={found.name for found in Page._meta.concrete_fields} | {"page_ptr", "responsible_unit"},
        )
        changed.title = changed.draft_title = self.secret.text("Page.title")
        for relation in marked_children(type(page)):
            child = relation.related_model()
            self.secret.fill(child, skip=(relation.field.name,))
            getattr(changed, relation.get_accessor_name()).add(child)
        changed.save_revision(user=self.writer)

    def services(self):
        """What the ward's pages of services offer: procedures that all sites share, public as they are."""
        for things in self.things.values():
            things.choose(a_procedure(self.city))

    def page_types(self):
        """A draft, a public page, and a changed public page of every page type there is."""
        for model in apps.get_models():
            if not issubclass(model, Page) or model is Page or model._meta.label in ONCE_A_SITE:
                continue
            name = model._meta.model_name
            self.ward.pages[f"{name} draft"] = self.new(model)
            self.ward.pages[f"{name} live"] = live = publish_at_once(self.new(model, self.public))
            if model is not ArticlePage:
                self.change(live)

    def translations(self):
        english = english_locale()
        page = self.new(StandardPage, parent=self.home)
        self.ward.pages["english draft"] = page.copy_for_translation(english)

    def repeal(self):
        by_document = self.things[SECRET].row("legalref.LegalDocument")
        office = self.city.cast.standing_office
        lifecycle.mark_for_site(by_document, self.site, ground=SiteDocument.Ground.IN_SCOPE, by=office)

    def citations(self):
        """What a draft and a public page cite, with a decision that waits; a citation stands in one text only."""
        for name in ("draft", "live"):
            self.secret.instance(
                Citation,
                page=self.ward.pages[name],
                source=None,
                target=None,
                is_live=name == "live",
                outcome=Citation.Outcome.NONE,
            ).save()

    def scores(self):
        """A score sheet that replaces none: a later version wants one that was signed."""
        self.secret.instance(ScoreSheet, version=1, replaces=None, submitted_by=None, signed_by=None).save()

    # --- 4. Every other model -------------------------------------------------------------------------

    def rest(self):
        self.things[SECRET].make = self.add_row
        # What readers see of every site by design; its proposals, not this row, wait for a second person.
        SiteLook.objects.create(site=self.site, emblem=self.ward.public_image, accent="#0b5d4a")
        SiteBanner.objects.create(site=self.site)
        for model in owned_models():
            if self.has_row(model) or model._meta.proxy or not model._meta.managed:
                continue
            self.add_row(model)

    def add_row(self, model):
        """Make one row of a model with every field filled; where rules forbid that, with what it must have, one key."""
        failures = []
        bare = {found.name: None for found in model._meta.concrete_fields if found.is_relation and found.null}
        one_each = [{name: None for name in bare if name != one} for one in bare]
        for given in ({}, self.apart(model), bare, self.numbered(model), *one_each):
            try:
                with transaction.atomic():
                    made = self.secret.instance(model, **given)
                    if model._meta.parents:
                        made.save()
                    else:
                        model._base_manager.bulk_create([made])
                    return
            except (IntegrityError, ValidationError) as error:
                failures.append(str(error))
        raise AssertionError(
            f"Ma trận không tự tạo được dòng {model._meta.label} cho phường lạ ({failures}); "
            "hãy tạo một dòng trong tests/isolation/ward.py."
        )

    def apart(self, model) -> dict:
        """Two keys of a model to the same other model point to different rows."""
        seen, given = {}, {}
        for found in model._meta.concrete_fields:
            if found.is_relation and not found.primary_key:
                other = found.remote_field.model
                if other in seen:
                    others = other._base_manager.exclude(pk=seen[other]).order_by("-pk")
                    if not others.exists():
                        self.add_row(other)
                    given[found.name] = others.first()
                else:
                    row = self.secret.rows(other._meta.label)
                    seen[other] = row.pk if row is not None else None
        return given

    def numbered(self, model) -> dict:
        """Every number that may be left out is given, each another: columns that name two persons by number."""
        numbers = (found for found in model._meta.concrete_fields if isinstance(found, models.IntegerField))
        return {
            found.name: self.site.pk + place
            for place, found in enumerate(numbers)
            if found.null and not found.is_relation and not found.primary_key
        }

    def has_row(self, model) -> bool:
        """Tell whether the ward has a row of a model."""
        if model._meta.label in ONCE_A_SITE:
            return True
        table = model._meta.db_table
        if issubclass(model, Page):
            return model.objects.filter(path__startswith=self.home.path).exists()
        first = self.ward.bases.get(table)
        if first is not None:
            return model._base_manager.filter(pk__gte=first).exists()
        key = model._meta.pk
        if key.is_relation and key.remote_field.model._meta.db_table in self.ward.bases:
            first = self.ward.bases[key.remote_field.model._meta.db_table]
            return model._base_manager.filter(pk__gte=first).exists()
        return model._base_manager.exists()

    # --- 5. Markers -----------------------------------------------------------------------------------

    def collect(self):
        """Note the numbers of all rows of the ward, and which of them are secret."""
        self.ward.rows, self.ward.secret_ids = {}, set()
        for model in apps.get_models(include_auto_created=True):
            first = self.ward.bases.get(model._meta.db_table)
            if first is None and model._meta.parents:
                parent = next(iter(model._meta.parents))
                first = self.ward.bases.get(parent._meta.db_table)
            if first is None:
                continue
            self.ward.keys[model._meta.db_table] = (model._meta.pk.column, first, first + STEP)
            rows = list(model._base_manager.filter(pk__gte=first, pk__lt=first + STEP).order_by("pk"))
            self.ward.rows[model._meta.label] = [row.pk for row in rows]
            if issubclass(model, Page | StoredFile | LegalDocument):
                self.ward.secret_ids |= {row.pk for row in rows if not self.is_public(row)}

    def plant(self):
        """Put a marker into each text of each row of the ward that has none yet."""
        for model in owned_models():
            if model._meta.label in DERIVED or model._meta.label not in self.ward.rows:
                continue
            fields = [found for found in model._meta.local_concrete_fields if is_text(found)]
            for row in model._base_manager.filter(pk__in=self.ward.rows[model._meta.label]) if fields else ():
                self.plant_row(row, fields)

    def plant_row(self, row, fields):
        is_public = self.is_public(row)
        new = {}
        for found in fields:
            present = str(getattr(row, found.attname) or "")
            told = found.name in TOLD and getattr(row, "state", "") == "taken_down"
            secret = not (is_public or told)
            if found.name == "draft_title" and row.has_unpublished_changes:
                secret = True
            filling = self.secret if secret else self.public
            if filling.kind in present:
                continue
            value = filling.value(found)
            if value:
                new[found.attname] = value
        if new:
            type(row)._base_manager.filter(pk=row.pk).update(**new)
            if isinstance(row, index.Indexed):
                index.insert_or_update_object(type(row)._base_manager.get(pk=row.pk))

    def is_public(self, row) -> bool:
        """Tell whether everybody may know what a row says."""
        if isinstance(row, StoredFile):
            return row.is_public()
        if isinstance(row, DraftStateMixin):
            return row.live
        if isinstance(row, PUBLIC_MODELS):
            return True
        parent = PUBLIC_BY.get(row._meta.label)
        if parent:
            return self.is_public(getattr(row, parent))
        for relation in (found for found in row._meta.concrete_fields if found.is_relation):
            if any(child.field is relation for child in get_all_child_relations(relation.remote_field.model)):
                return self.is_public(getattr(row, relation.name))
        return False


def is_text(found) -> bool:
    """Tell whether a column holds words of a person, and not a key, a choice or an address that code reads."""
    return (
        isinstance(found, models.CharField | models.TextField)
        and not isinstance(found, models.SlugField | models.FileField)
        and not found.choices
        and not found.is_relation
        and (found.max_length or LENGTH) >= LENGTH
        and not FUNCTIONAL.search(found.name)
        and found.name not in ("url_path", "content", "object_str", "role")
    )


__all__ = ["ForeignWard", "StandardPage", "build", "fill_own", "owned_models"]
