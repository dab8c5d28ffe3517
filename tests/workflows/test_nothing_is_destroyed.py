"""No road destroys what was public, its versions, its archive or the record of who did what (Quy chế Điều 21.1).

Each road is walked as the people with the most rights and by code without a person. Afterwards every row that must be
kept is there, unchanged where it may not change, and the archive verifies with its files. Only what was never public
may go, and what a decision of two persons destroys after its time (`test_disposal.py`).
"""

import sys

from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.db.models import RestrictedError
from django.urls import get_resolver
from wagtail.models import (
    Collection,
    Locale,
    ModelLogEntry,
    Page,
    PageLogEntry,
    Revision,
    Site,
    TaskState,
    Workflow,
    WorkflowState,
)

from accounts.models import Appointment, AppointmentDecision, User
from base.gate import Refused, open_gate
from base.models import AuditEntry, OrganisationUnit, PortalFile, PortalSite
from base.models.files import PortalImage
from base.operations import append_only
from legalref.models import DocumentType, LegalDocument
from sections.models import ArticlePage
from tests import factories, rotation
from tests.city import CityTestCase, publish
from tests.workflows.drafts import article
from tests.workflows.test_routes import REFUSALS, admin_patterns, fill
from workflows.archive import copies, verifying
from workflows.models import ArchiveCopy, ChainTip, Declaration, RetentionClass, TakeDown
from workflows.publishing import takedown

REFUSED = (*REFUSALS, RestrictedError, DatabaseError, CommandError)
# Of which no row may go; of the second group none may change either.
STAYING = [
    ArticlePage,
    LegalDocument,
    PortalFile,
    PortalSite,
    OrganisationUnit,
    User,
    Appointment,
    AppointmentDecision,
    TakeDown,
    TaskState,
    WorkflowState,
    RetentionClass,
    PageLogEntry,
    ModelLogEntry,
]
UNCHANGED = [ArchiveCopy, ChainTip, Declaration, AuditEntry, Revision]
DESTROYING = ("delete", "purge", "bulk", "unpublish", "cancel", "revisions", "huy", "xoa", "dispose", "privacy")


def staying() -> dict[str, set]:
    """The keys of every row that must stay."""
    return {model._meta.label: set(model._base_manager.values_list("pk", flat=True)) for model in STAYING}


def unchanged() -> dict[str, dict]:
    """Every row that may not change, as text."""
    return {
        model._meta.label: {
            row["id"]: repr(sorted((key, str(value)) for key, value in row.items()))
            for row in model._base_manager.values()
        }
        for model in UNCHANGED
    }


class Kept(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cast, city = cls.cast, cls.city
        cls.file = factories.file(city.my_long, title="Phụ lục", content=b"%PDF-1.4 Phu luc", name="phu-luc.pdf")
        cls.public = publish(
            article(city, city.my_long, by=cast.contributor, title="Bài đang đăng"), by=cast.contributor
        )
        cls.gone = publish(article(city, city.my_long, by=cast.contributor, title="Bài đã gỡ"))
        row = takedown.propose(cls.gone, TakeDown.Ground.ERROR, by=cast.contributor)[0]
        takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=cast.head)
        cls.row = row
        cls.document = publish(factories.document(city.site, by=cast.standing_office), by=cast.standing_office)
        PortalFile.objects.filter(pk=cls.file.pk).update(first_public_at=cls.public.first_published_at)

    def setUp(self):
        self.rows, self.texts = staying(), unchanged()

    def assert_all_kept(self, road):
        for label, keys in staying().items():
            self.assertEqual(self.rows[label] - keys, set(), f"{road}: rows of {label} are gone")
        for label, rows in unchanged().items():
            lost = {key for key, text in self.texts[label].items() if rows.get(key) != text}
            self.assertEqual(lost, set(), f"{road}: rows of {label} are gone or changed")
        self.assertTrue(PortalFile.objects.get(pk=self.file.pk).file.storage.exists(self.file.file.name), road)


class RoadsInCode(Kept):
    def roads(self):
        """(name, call) of each way in which rows are destroyed."""
        ward, home = self.city.my_long, self.city.my_long.home_page()

        def raw(model):
            return lambda: model._base_manager.all()._raw_delete("default")

        def gate_open(call):
            def destroy():
                with open_gate("take_down"):
                    call()

            return destroy

        for name, thing in (
            ("public page", self.public),
            ("page taken down", self.gone),
            ("document", self.document),
            ("file", self.file),
            ("ward's home page", home),
            ("section", self.city.section(ward)),
        ):
            fresh = type(thing)._base_manager.get(pk=thing.pk)
            yield f"delete of a {name}", fresh.delete
            yield f"delete of a {name}, the gate open", gate_open(fresh.delete)
            yield f"query that deletes a {name}", type(thing)._base_manager.filter(pk=thing.pk).delete
        yield "tree of all pages", Page.objects.filter(depth=2).delete
        for name, query in (
            ("versions", Revision.objects.for_instance(self.gone)),
            ("one version", Revision.objects.for_instance(self.public).order_by("pk")[:1].get()),
            ("take-downs", TakeDown.objects.all()),
            ("declarations", Declaration.objects.all()),
            ("archive", ArchiveCopy.objects.all()),
            ("trail", AuditEntry.objects.all()),
            ("head of the chain", ChainTip.objects.all()),
            ("accounts", User.objects.all()),
            ("the writer's account", User.objects.get(pk=self.cast.contributor.pk)),
            ("a ward", PortalSite.objects.get(pk=ward.pk)),
            ("its unit", OrganisationUnit.objects.get(pk=ward.unit_id)),
            ("appointments", Appointment.objects.all()),
            ("decisions", AppointmentDecision.objects.all()),
            ("types of documents", DocumentType.objects.filter(pk=self.document.document_type_id)),
            ("collections", Collection.objects.filter(pk=self.file.collection_id)),
            ("workflows", Workflow.objects.all()),
            ("Vietnamese", Locale.objects.get(language_code="vi")),
        ):
            yield f"delete of {name}", query.delete
        for model in append_only.append_only_models():
            if model._base_manager.exists():
                yield f"plain delete in {model._meta.db_table}", raw(model)
                yield (
                    f"update of {model._meta.db_table}",
                    lambda model=model: model._base_manager.update(**{model._meta.pk.name: 0}),
                )
        for arguments in (
            ("purge_revisions",),
            ("purge_revisions", "--days", "0"),
            ("purge_revisions", "--pages"),
            ("remove_stale_contenttypes", "--noinput", "--include-stale-apps"),
            ("fixtree", "--full"),
            ("publish_scheduled",),
            ("flush", "--noinput"),
            ("clearsessions",),
        ):
            yield " ".join(arguments), lambda arguments=arguments: call_command(*arguments, verbosity=0)
        yield "orphans swept at once", lambda: copies.purge_orphans(older_than_seconds=-1)
        yield "Wagtail's site", Site.objects.all().delete

        def another_file():
            item = PortalFile.objects.get(pk=self.file.pk)
            item.file.save("khac.pdf", ContentFile(b"%PDF-1.4 khac"), save=True)

        yield "another content under a public file", another_file

    def test_no_road_destroys_what_must_be_kept(self):
        walked = 0
        for name, call in self.roads():
            with self.subTest(name):
                try:
                    with transaction.atomic(), self.captureOnCommitCallbacks(execute=True):
                        call()
                        self.assert_all_kept(name)
                        transaction.set_rollback(True)
                except REFUSED:
                    pass
                self.assert_all_kept(name)
                walked += 1
        self.assertEqual(verifying.verify(), [])
        sys.stdout.write(f"\n{walked} cách xóa trong mã, không cách nào làm mất bản ghi.\n")
        self.assertGreater(walked, 45)

    def test_a_picture_and_file_that_were_public_stay_with_their_bytes(self):
        path = self.file.file.path
        for model in (PortalFile, PortalImage):
            with self.subTest(model=model.__name__), self.assertRaises((Refused, *REFUSED)):
                with transaction.atomic(), self.captureOnCommitCallbacks(execute=True):
                    model.objects.filter(first_public_at__isnull=False).delete()
                    if model is PortalImage:
                        raise Refused("no public picture in this city")
        with open(path, "rb") as kept:
            self.assertEqual(kept.read(), b"%PDF-1.4 Phu luc")

    def test_what_was_never_public_may_be_deleted_and_stands_in_the_trail(self):
        draft = article(self.city, self.city.my_long, by=self.cast.contributor, title="Chưa từng đăng")

        draft.delete(user=self.cast.contributor)

        self.assertTrue(AuditEntry.objects.filter(action="wagtail.delete", object_id=str(draft.pk)).exists())


class RoadsOverHttp(Kept):
    def addresses(self):
        """Every address of the admin that may destroy, its parameters filled with the ids of what must be kept."""
        version = Revision.objects.for_instance(self.gone).latest("pk").pk
        by_path = (
            ("van-ban", self.document.pk),
            ("documents", self.file.pk),
            ("users", self.cast.contributor.pk),
            ("collections", self.file.collection_id),
            ("sites", self.city.my_long.wagtail_site_id or 1),
            ("locales", Locale.objects.get(language_code="vi").pk),
            ("go-bo", self.row.pk),
            ("luu-tru", ArchiveCopy.objects.latest("pk").pk),
            ("workflows", self.row.workflow_state.workflow_id),
        )
        for pattern, _name in admin_patterns(get_resolver()):
            if not any(word in pattern for word in DESTROYING):
                continue
            pk = next((pk for part, pk in by_path if f"/{part}" in pattern), None)
            for page in (self.gone, self.public):
                values = {
                    "pk": pk or page.pk,
                    "page_id": page.pk,
                    "object_id": page.pk,
                    "revision_id": version,
                    "document_id": self.file.pk,
                    "doc_id": self.file.pk,
                    "image_id": 1,
                    "number": 1,
                    "user_id": self.cast.contributor.pk,
                    "app_label": "wagtailcore",
                    "model_name": "page",
                    "action": "delete",
                    "action_name": "delete",
                    "revision_id_a": "live",
                    "revision_id_b": version,
                    "task_state_id": self.row.workflow_state.current_task_state_id,
                }
                yield pattern, fill(pattern, values), page
                if pk:
                    break

    def test_no_address_of_the_admin_destroys_what_must_be_kept(self):
        self.client.raise_request_exception = False
        data = {"confirm": "1", "reassignment": "", "next": "/", "delete": "1", "reason": "", "decision": "accept"}
        walked = 0
        for who in (self.cast.superuser, self.cast.head, self.cast.technical_admin):
            self.client.force_login(who)
            self.rows, self.texts = staying(), unchanged()
            for _pattern, address, page in rotation.in_turn(self.addresses(), lambda found: found[0]):
                with self.subTest(address=address, who=who.username), transaction.atomic():
                    with self.captureOnCommitCallbacks(execute=True):
                        answer = self.client.post(
                            f"{address}?id={page.pk}&next=/", {**data, "id": page.pk}, HTTP_HOST="localhost"
                        )
                    self.assertLess(answer.status_code, 500)
                    self.assert_all_kept(address)
                    transaction.set_rollback(True)
                walked += 1
        self.assertEqual(verifying.verify(), [])
        sys.stdout.write(f"\n{walked} yêu cầu xóa vào trang quản trị, không yêu cầu nào làm mất bản ghi.\n")
        self.assertGreater(walked, rotation.at_least(150))
