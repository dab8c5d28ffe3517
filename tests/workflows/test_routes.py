# ruff: noqa: E501  the table of roads reads best one road a line
"""Every road by which Wagtail can make content public, change it or remove it, walked by a person acting alone.

Two walks. `RoadsInCode` calls each of Wagtail's own functions; `RoadsOverHttp` posts to every address of the admin.
After each step what the public can see must be what it was. A new action, bulk action, command or admin address that
is not in the reviewed lists fails a test, so an upgrade cannot open a road unnoticed.
"""

import importlib
import pkgutil
import re
import sys
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import wagtail.actions
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.management import call_command, get_commands
from django.db import connection, transaction
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from wagtail.actions.base import BaseAction
from wagtail.actions.convert_alias import ConvertAliasPageAction
from wagtail.actions.copy_for_translation import CopyPageForTranslationAction
from wagtail.actions.copy_page import CopyPageAction
from wagtail.actions.create_alias import CreatePageAliasAction
from wagtail.actions.delete_page import DeletePageAction
from wagtail.actions.edit_page import EditPageAction
from wagtail.actions.move_page import MovePageAction
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.actions.revert_to_page_revision import RevertToPageRevisionAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.models import (
    GroupApprovalTask,
    Page,
    PageViewRestriction,
    Revision,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)
from wagtail_localize.models import Translation, TranslationSource

from base.gate import Refused
from base.models import PortalImage
from legalref.models import LegalDocument
from sections.models import ArticlePage, NoticePage
from tests.city import CityTestCase, english_locale, publish
from tests.forms import send
from tests.workflows.drafts import article
from workflows.models import ArchivalUnpublishTask, EditorialApprovalTask, TakeDown
from workflows.publishing import approval, takedown

REFUSALS = (PermissionDenied, Refused, ValidationError, ProtectedError)
NOT_SHOWN = {
    "has_unpublished_changes",
    "latest_revision",
    "latest_revision_created_at",
    "draft_title",
    "locked",
    "locked_at",
    "locked_by",
    "owner",
    "numchild",
    "live_revision",
}


def what_is_public() -> str:
    """A digest of everything a visitor can see: live pages with their fields and places, live documents, hidings."""
    lines = []
    for page in Page.objects.filter(live=True).order_by("pk").specific():
        data = {name: value for name, value in page.serializable_data().items() if name not in NOT_SHOWN}
        lines.append(repr(sorted((name, str(value)) for name, value in data.items())))
    for document in LegalDocument.objects.filter(live=True).order_by("pk"):
        lines.append(f"{document.pk} {document}")
    for image in PortalImage.objects.order_by("pk"):
        lines.append(f"{image.pk} {image.file.name}")
    lines += [f"restriction {pk}" for pk in PageViewRestriction.objects.values_list("pk", flat=True)]
    return sha256("\n".join(lines).encode()).hexdigest()


class Prepared(CityTestCase):
    """A public page with an unapproved change under review; its one author is the deputy, who may approve others'."""

    english = True

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cast = cls.cast
        cls.live = publish(article(cls.city, cls.city.my_long, by=cast.contributor, title="Bài đang đăng"))
        changed = cls.live.get_latest_revision_as_object()
        changed.title = changed.draft_title = "Tiêu đề chưa duyệt"
        cls.pending = changed.save_revision(user=cast.deputy)
        cls.state = approval.submit(type(changed).objects.get(pk=changed.pk), by=cast.deputy, declaration=True)
        cls.draft = article(cls.city, cls.city.my_long, by=cast.deputy, title="Bản nháp")
        cls.gone = publish(article(cls.city, cls.city.my_long, by=cast.contributor, title="Đã từng đăng"))
        row = takedown.propose(cls.gone, TakeDown.Ground.ERROR, by=cast.contributor)[0]
        takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=cast.head)
        cls.proposed = publish(article(cls.city, cls.city.my_long, by=cast.contributor, title="Đang đề nghị gỡ"))
        cls.row = takedown.propose(cls.proposed, TakeDown.Ground.ERROR, by=cast.deputy)[0]
        cls.other_section = cls.city.section(cls.city.my_long, "chi-dao-dieu-hanh")

    def page(self, which=None):
        page = which or self.live
        return type(page).objects.get(pk=page.pk)


class RoadsInCode(Prepared):
    def roads(self):
        """(name, call) of each road; `who` is the person acting alone, or None."""
        draft, live = self.draft.get_latest_revision(), self.pending
        state, row_state = self.state.current_task_state, self.row.workflow_state.current_task_state
        task, takedown_task = EditorialApprovalTask.objects.get(), ArchivalUnpublishTask.objects.get()

        def set_live():
            page = self.page(self.draft)
            page.live = True
            page.save()

        def change_live():
            page = self.page()
            page.title = "Sửa thẳng"
            page.save()

        def hide():
            PageViewRestriction.objects.create(page=self.page(), restriction_type="login")

        def empty_workflow(who):
            empty = Workflow.objects.create(name="Không có bước nào")
            empty.start(self.page(self.draft), who)

        def own_workflow(who):
            mine = GroupApprovalTask.objects.create(name="Tự duyệt")
            mine.groups.add(Group.objects.create(name="nhóm tự lập"))
            flow = Workflow.objects.create(name="Luồng tự lập")
            WorkflowTask.objects.create(workflow=flow, task=mine, sort_order=0)
            WorkflowPage.objects.filter(page=self.city.my_long.home_page()).update(workflow=flow)
            started = flow.start(self.page(self.draft), who)
            started.current_task_state.approve(user=who)

        def task_out_of_workflow(who):
            WorkflowTask.objects.filter(workflow=self.state.workflow).delete()
            state.cancel(user=who)

        def scheduled_command():
            Revision.objects.filter(pk=draft.pk).update(approved_go_live_at=timezone.now() - timedelta(hours=1))
            call_command("publish_scheduled")

        def expiring_command():
            Page.objects.filter(pk=self.live.pk).update(expire_at=timezone.now() - timedelta(hours=1))
            call_command("publish_scheduled")

        def translation(who, publish):
            source, _ = TranslationSource.get_or_create_from_instance(self.page(self.city.home))
            Translation.objects.get_or_create(source=source, target_locale=english_locale())
            source.create_or_update_translation(english_locale(), user=who, publish=publish, fallback=True)

        def edit_and_publish(who):
            page = self.page()
            EditPageAction(page, user=who, publish=True).execute(skip_permission_checks=True)

        def replace_picture():
            image = PortalImage.objects.first()
            if image is None:
                raise Refused
            image.file.save("khac.png", ContentFile(b"khac"), save=True)

        def alias(who):
            CreatePageAliasAction(self.page(), parent=self.other_section, user=who, update_slug="bi-danh").execute(
                skip_permission_checks=True
            )

        def converted_alias(who):
            parent = self.page(self.other_section)
            made = CreatePageAliasAction(self.page(self.draft), parent=parent, user=who).execute(
                skip_permission_checks=True
            )
            ConvertAliasPageAction(made, user=who).execute(skip_permission_checks=True)
            type(made).objects.get(pk=made.pk).get_latest_revision().publish(user=who)

        skip = {"skip_permission_checks": True}
        for who in (None, self.cast.superuser, self.cast.deputy):
            yield from (
                ("Revision.publish", lambda who=who: draft.publish(user=who)),
                ("Revision.publish, checks skipped", lambda who=who: live.publish(user=who, **skip)),
                (
                    "Page.publish of the plain page",
                    lambda who=who: Page.objects.get(pk=self.draft.pk).publish(draft, user=who, **skip),
                ),
                ("specific publish", lambda who=who: self.page(self.draft).publish(draft, user=who, **skip)),
                (
                    "PublishPageRevisionAction",
                    lambda who=who: PublishPageRevisionAction(draft, user=who).execute(**skip),
                ),
                ("live = True and save", set_live),
                ("save of a changed live page", change_live),
                (
                    "Page.unpublish of the plain page",
                    lambda who=who: Page.objects.get(pk=self.live.pk).unpublish(user=who),
                ),
                ("specific unpublish", lambda who=who: self.page().unpublish(user=who)),
                (
                    "UnpublishPageAction",
                    lambda who=who: UnpublishPageAction(self.page(), user=who, include_descendants=True).execute(
                        **skip
                    ),
                ),
                ("queryset unpublish", lambda: Page.objects.filter(pk=self.live.pk).unpublish()),
                ("Page.delete", lambda who=who: self.page().delete(user=who)),
                ("plain Page.delete", lambda: Page.objects.get(pk=self.live.pk).delete()),
                ("delete of a page once public", lambda: self.page(self.gone).delete()),
                ("DeletePageAction", lambda who=who: DeletePageAction(self.page(), user=who).execute(**skip)),
                ("queryset delete", lambda: Page.objects.filter(pk=self.live.pk).delete()),
                ("delete of its section", lambda: Page.objects.get(pk=self.live.get_parent().pk).delete()),
                ("Page.move", lambda who=who: self.page().move(self.other_section, pos="last-child", user=who)),
                (
                    "MovePageAction",
                    lambda who=who: MovePageAction(self.page(), self.other_section, pos="last-child", user=who).execute(
                        **skip
                    ),
                ),
                ("plain reorder", lambda: Page.objects.get(pk=self.live.pk).move(self.page(self.proposed), pos="left")),
                (
                    "CopyPageAction kept live",
                    lambda who=who: CopyPageAction(
                        self.page(), to=self.other_section, keep_live=True, user=who
                    ).execute(**skip),
                ),
                ("CreatePageAliasAction", lambda who=who: alias(who)),
                (
                    "Page.create_alias",
                    lambda who=who: self.page().create_alias(
                        parent=self.other_section, user=who, update_slug="bi-danh-2"
                    ),
                ),
                (
                    "RevertToPageRevisionAction and publish",
                    lambda who=who: (
                        RevertToPageRevisionAction(self.page(), self.live.live_revision, user=who)
                        .execute(**skip)
                        .publish(user=who)
                    ),
                ),
                ("EditPageAction with publish", lambda who=who: edit_and_publish(who)),
                ("TaskState.approve of the author's own", lambda who=who: state.approve(user=who)),
                (
                    "Task.on_action of the author",
                    lambda who=who: task.on_action(state, who or self.cast.deputy, "approve"),
                ),
                ("WorkflowState.finish", lambda who=who: self.state.finish(user=who)),
                ("Task.deactivate", lambda who=who: task.deactivate(user=who)),
                ("Workflow.deactivate", lambda who=who: self.state.workflow.deactivate(user=who)),
                ("task taken out of the workflow", lambda who=who: task_out_of_workflow(who)),
                ("TaskState.cancel", lambda who=who: state.cancel(user=who)),
                ("an empty workflow", lambda who=who: empty_workflow(who)),
                ("a workflow of one's own, reassigned", lambda who=who: own_workflow(who)),
                ("deletion of the approvers' groups", lambda: Group.objects.filter(role_group__role="head").delete()),
                ("take-down task approved by its proposer", lambda who=who: row_state.approve(user=who)),
                (
                    "take-down decided by its proposer",
                    lambda who=who: takedown_task.on_action(row_state.specific, who or self.cast.deputy, "take_down"),
                ),
                ("take-down task deactivated", lambda who=who: takedown_task.deactivate(user=who)),
                ("publish_scheduled, due", scheduled_command),
                ("publish_scheduled, expired", expiring_command),
                ("privacy", hide),
                ("localize: translate and publish", lambda who=who: translation(who, True)),
                ("update_aliases", lambda: self.page().update_aliases()),
                ("replacement of a picture's file", replace_picture),
                ("ConvertAliasPageAction", lambda who=who: converted_alias(who)),
                (
                    "CopyPageForTranslationAction",
                    lambda who=who: CopyPageForTranslationAction(
                        self.page(), english_locale(), copy_parents=True, user=who
                    ).execute(**skip),
                ),
            )

    def test_every_road_is_closed_to_a_person_acting_alone(self):
        before, walked, quiet = what_is_public(), 0, set()
        for name, call in self.roads():
            with self.subTest(name):
                try:
                    with transaction.atomic(), self.captureOnCommitCallbacks(execute=True):
                        call()
                        quiet.add(name)
                        self.assertEqual(self.changed_by(name, before), before, f"{name} changed what is public")
                        transaction.set_rollback(True)
                except REFUSALS:
                    pass
                self.assertEqual(what_is_public(), before)
                walked += 1
        sys.stdout.write(f"\n{walked} đường trong mã, tất cả bị từ chối hoặc không đổi gì công khai.\n")
        self.assertGreater(walked, 100)

    def changed_by(self, name, before):
        """What is public now; the two commands set a date by hand first, which is no part of the road."""
        if name == "publish_scheduled, expired":
            Page.objects.filter(pk=self.live.pk).update(expire_at=None)
        return what_is_public()

    def test_every_action_of_wagtail_is_in_the_walk(self):
        found = set()
        for module in pkgutil.iter_modules(wagtail.actions.__path__):
            loaded = importlib.import_module(f"wagtail.actions.{module.name}")
            found |= {
                name
                for name, value in vars(loaded).items()
                if isinstance(value, type) and name.endswith("Action") and value is not BaseAction
            }
        self.assertEqual(
            found,
            {
                # For pages, walked above.
                "ConvertAliasPageAction",
                "CopyPageAction",
                "CopyPageForTranslationAction",
                "CreatePageAliasAction",
                "DeletePageAction",
                "EditPageAction",
                "MovePageAction",
                "PublishPageRevisionAction",
                "RevertToPageRevisionAction",
                "UnpublishPageAction",
                # Their parents, or those of records: all end in `save` and `delete`, which the gate refuses.
                "CopyForTranslationAction",
                "CreateAction",
                "CreatePageAction",
                "DeleteAction",
                "EditAction",
                "PublishRevisionAction",
                "RevertToRevisionAction",
                "UnpublishAction",
            },
        )

    def test_no_bulk_action_changes_what_is_public(self):
        """The registry holds tags of pictures and files only: Wagtail's run on ids that no screen of ours has checked."""
        for app_label, model_name in (("wagtailcore", "page"), ("legalref", "legaldocument")):
            self.assertEqual(list(bulk_action_registry.get_bulk_actions_for_model(app_label, model_name)), [])
        known = {
            (model, name)
            for models in bulk_action_registry.actions.values()
            for model, actions in models.items()
            for name in actions
        }
        self.assertEqual(known, {("portalimage", "add_tags"), ("portalfile", "add_tags")})

    def test_every_command_of_wagtail_is_known(self):
        """`purge_revisions` is ours: it removes nothing."""
        found = {
            name for name, app in get_commands().items() if str(app).split(".")[0] in ("wagtail", "wagtail_localize")
        }
        self.assertEqual(
            found,
            {
                "api_tokens",
                "convert_mariadb_uuids",
                "create_log_entries_from_revisions",
                "fixtree",
                "move_pages",
                "publish_scheduled",
                "publish_scheduled_pages",
                "purge_embeds",
                "rebuild_references_index",
                "set_url_paths",
                "show_references_index",
                "sync_locale_trees",
                "wagtail_update_image_renditions",
                "update_index",
                "wagtail_update_index",
                "import_redirects",
                "enable_fuzzystrmatch",
                "enable_trigram",
                "enable_unaccent",
            },
        )


class Written:
    """Whether a request wrote anything into the tables that tell what is public, `tables`."""

    READS = ("SELECT", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")
    TABLE = re.compile(r'(?:INTO|UPDATE|FROM|JOIN) "(\w+)"')

    def __init__(self, tables: set[str]):
        self.tables, self.anything = tables, False

    def __call__(self, execute, sql, params, many, context):
        if not sql.startswith(self.READS) and not self.tables.isdisjoint(self.TABLE.findall(sql) or self.tables):
            self.anything = True
        return execute(sql, params, many, context)

    @classmethod
    def tables_read(cls, look) -> set[str]:
        """Return the names of the tables that `look()` reads."""
        with CaptureQueriesContext(connection) as captured:
            look()
        return {name for query in captured for name in cls.TABLE.findall(query["sql"])}


class RoadsOverHttp(Prepared):
    FORM = {
        "action-publish": "1",
        "action-submit": "1",
        "action-unpublish": "1",
        "action-delete": "1",
        "confirm": "1",
        "action-restart-workflow": "1",
        "action-workflow-action": "1",
        "workflow-action-name": "approve",
        "workflow-action-extra-data": "{}",
        "include_descendants": "on",
        "publish_copies": "on",
        "alias": "on",
        "copy_subpages": "on",
        "new_title": "Bản sao",
        "new_slug": "ban-sao",
        "restriction_type": "login",
        "decision": "take_down",
        "accepted": "yes",
        "comment": "x",
        "note": "x",
        "reason": "x",
        "next": "/",
        "approve": "1",
        "action": "publish",
        "locales": "2",
        "declaration": "on",
        "position": "0",
    }

    def addresses(self):
        """Every address of the admin, its parameters filled with the ids of this page, its versions and tasks."""
        page = self.live
        values = {
            "page_id": page.pk,
            "pk": page.pk,
            "object_id": page.pk,
            "revision_id": self.pending.pk,
            "page_to_move_id": page.pk,
            "parent_page_id": self.live.get_parent().pk,
            "parent_id": self.live.get_parent().pk,
            "destination_id": self.other_section.pk,
            "task_state_id": self.state.current_task_state.pk,
            "action_name": "approve",
            "app_label": "wagtailcore",
            "model_name": "page",
            "action": "publish",
            "content_type_app_name": "sections",
            "content_type_model_name": "articlepage",
            "lang": "en",
            "revision_id_a": "live",
            "revision_id_b": self.pending.pk,
            "workflow_pk": self.state.workflow_id,
            "site_id": 1,
            "user_id": self.cast.deputy.pk,
            "group_id": 1,
            "image_id": 1,
            "document_id": 1,
            "page_content_type_id": 1,
            "translation_id": 1,
            "translation_source_id": 1,
            "filename": "x",
        }
        for pattern, name in admin_patterns(get_resolver()):
            filled = fill(pattern, values)
            yield name or pattern, filled
        for pk in (self.state.current_task_state.pk, self.row.workflow_state.current_task_state.pk, self.row.pk):
            for part in ("duyet/viec/{}/", "go-bo/{}/", "go-bo/{}/chung/", "go-bo/{}/khoi-phuc/"):
                yield part, "/quan-tri/" + part.format(pk)

    def test_no_address_of_the_admin_lets_one_person_change_what_is_public(self):
        before, walked, wrote = what_is_public(), 0, 0
        tables = Written.tables_read(what_is_public)
        self.assertLessEqual({"wagtailcore_page", "sections_articlepage", "legalref_legaldocument"}, tables)
        self.client.raise_request_exception = False
        for who in (self.cast.superuser, self.cast.deputy):
            self.client.force_login(who)
            for name, address in self.addresses():
                if "logout" in address:
                    continue
                with self.subTest(address=address, who=str(who)), transaction.atomic():
                    query = f"?id={self.live.pk}&next=/"
                    written = Written(tables)
                    with self.captureOnCommitCallbacks(execute=True), connection.execute_wrapper(written):
                        self.client.post(
                            address + query, {**self.FORM, "rows": [str(self.row.pk)]}, HTTP_HOST="localhost"
                        )
                    if written.anything:
                        self.assertEqual(what_is_public(), before, f"{name} changed what is public")
                        wrote += 1
                    transaction.set_rollback(True)
                walked += 1
                if not self.client.session.get("_auth_user_id"):
                    self.client.force_login(who)
        sys.stdout.write(
            f"\n{walked} yêu cầu POST vào trang quản trị, không yêu cầu nào đổi được nội dung công khai.\n"
        )
        self.assertGreater(walked, 400)
        self.assertGreater(wrote, 1, "what wrote there was looked at")


def admin_patterns(resolver, prefix="", inside=False):
    """(pattern, name) of every address under the admin."""
    for item in resolver.url_patterns:
        part = str(item.pattern)
        here = inside or part.startswith("quan-tri/")
        if isinstance(item, URLResolver):
            yield from admin_patterns(item, prefix + part, here)
        elif isinstance(item, URLPattern) and here:
            yield prefix + part, item.name


def fill(pattern: str, values: dict) -> str:
    """An address made from a pattern: `<int:page_id>` and `(?P<page_id>…)` filled, the rest of a regex dropped."""
    address = re.sub(
        r"<(?:\w+:)?(\w+)>",
        lambda match: str(values.get(match.group(1), 1)),
        re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", lambda match: str(values.get(match.group(1), 1)), pattern),
    )
    return "/" + re.sub(r"[\^$?\\]|\(.*?\)", "", address)


class RoadsOfTheForms(Prepared):
    """The edit and create forms, sent whole, with the names of Wagtail's own buttons added by hand."""

    def test_no_button_name_makes_the_edit_form_publish(self):
        before = what_is_public()
        address = reverse("wagtailadmin_pages:edit", args=[self.draft.pk])
        for who in (self.cast.superuser, self.cast.contributor):
            self.client.force_login(who)
            for button in ("action-publish", "action-submit", "action-unpublish", "action-restart-workflow"):
                with self.subTest(button=button, who=str(who)):
                    answer = send(self.client, address, ArticlePage, title=f"Sửa rồi {button}", **{button: "1"})
                    self.assertIn(answer.status_code, (200, 302))
                    self.assertEqual(what_is_public(), before)
                    self.assertIsNone(approval.current_state(self.page(self.draft)))
        self.assertEqual(self.page(self.draft).draft_title, "Sửa rồi action-restart-workflow")

    def test_no_button_name_makes_the_create_form_publish(self):
        before = what_is_public()
        section = self.city.section(self.city.my_long)
        address = reverse("wagtailadmin_pages:add", args=["sections", "noticepage", section.pk])
        self.client.force_login(self.cast.superuser)
        for button in ("action-publish", "action-submit"):
            with self.subTest(button):
                answer = send(self.client, address, NoticePage, title=f"Thông báo {button}", **{button: "1"})
                self.assertIn(answer.status_code, (200, 302))
                self.assertEqual(what_is_public(), before)


def test_every_address_of_the_admin_has_been_looked_at():
    """A new address is closed until somebody has asked whether it publishes or removes, and added it to the list."""
    reviewed = (Path(__file__).parent / "admin_addresses.txt").read_text().split()

    found = sorted({pattern for pattern, _name in admin_patterns(get_resolver())})

    assert found == reviewed
