"""`manage.py migrate` on a database that another release of the portal made."""

from datetime import date
from io import StringIO

from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ModelState, ProjectState
from django.test import SimpleTestCase, TestCase

from base.management.commands.migrate import making_few_models
from workflows import seeding
from workflows.models import DeadlineRule


class AnotherReleasesDatabase(TestCase):
    def test_is_left_as_it_is_with_a_word_on_what_to_do(self):
        MigrationRecorder(connection).record_applied("faq", "0009_log_names_of_question_pages")

        with self.assertRaisesMessage(CommandError, "faq.0009_log_names_of_question_pages"):
            call_command("migrate", verbosity=0)

    def test_is_known_by_its_tables_too_where_the_migrations_have_the_names_of_ours(self):
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE base_outgoingmail RENAME COLUMN purge_when_sent TO forget")

        with self.assertRaisesMessage(CommandError, "base_outgoingmail"):
            call_command("migrate", verbosity=0)

    def test_our_own_is_migrated_again_without_a_word(self):
        for library in ("a_library_that_left", "wagtailcore"):
            MigrationRecorder(connection).record_applied(library, "0001_of_before")

        call_command("migrate", verbosity=0)


class NewRules(TestCase):
    """A release brings deadline rules to a portal that stands; `migrate` adds them."""

    def migrate(self) -> str:
        out = StringIO()
        call_command("migrate", verbosity=0, stdout=out)
        return out.getvalue()

    def test_are_added_and_named(self):
        seeding.load_rules()
        DeadlineRule.objects.filter(code="DL-OUTCOME").delete()

        said = self.migrate()

        self.assertTrue(DeadlineRule.objects.filter(code="DL-OUTCOME").exists())
        self.assertIn("Quy tắc thời hạn mới: DL-OUTCOME", said)
        self.assertNotIn("Quy tắc", self.migrate())

    def test_leave_what_the_board_keeps_as_it_is(self):
        seeding.load_rules()
        rule = DeadlineRule.objects.get(code="DL-REVIEW")
        rule.amount, rule.valid_from = 5, date(2021, 1, 1)
        rule.save()
        before = list(DeadlineRule.objects.order_by("pk").values())

        self.assertNotIn("Quy tắc", self.migrate())

        self.assertEqual(list(DeadlineRule.objects.order_by("pk").values()), before)

    def test_wait_on_an_empty_portal_for_its_setup(self):
        self.migrate()

        self.assertFalse(DeadlineRule.objects.exists())


class FewModels(SimpleTestCase):
    """While it migrates, a model that is added is made alone; nothing that could be reached from it is made anew."""

    def state(self) -> ProjectState:
        state = ProjectState()
        for name, points_to in (("Street", None), ("House", "base.Street")):
            state.add_model(self.model(name, points_to))
        return state

    def model(self, name: str, points_to: str | None) -> ModelState:
        fields = [("id", models.AutoField(primary_key=True))]
        if points_to:
            fields.append(("of", models.ForeignKey(points_to, models.CASCADE)))
        return ModelState("base", name, fields)

    def test_a_model_that_is_added_is_known_to_those_it_points_to_and_leaves_them_as_they_are(self):
        state = self.state()
        before = {name: state.apps.get_model("base", name) for name in ("Street", "House")}

        with making_few_models():
            state.add_model(self.model("Lamp", "base.Street"))

        lamp, street = (state.apps.get_model("base", name) for name in ("Lamp", "Street"))
        self.assertIs(lamp._meta.get_field("of").related_model, street)
        self.assertEqual({field.name for field in street._meta.related_objects}, {"house", "lamp"})
        self.assertEqual({name: state.apps.get_model("base", name) for name in before}, before)

    def test_a_model_that_changes_is_made_anew_with_those_around_it(self):
        state = self.state()
        house = state.apps.get_model("base", "House")

        with making_few_models():
            state.add_model(self.model("Lamp", "base.Street"))
            state.add_field("base", "street", "name", models.TextField(), preserve_default=True)

        street, lamp = (state.apps.get_model("base", name) for name in ("Street", "Lamp"))
        self.assertIsNot(state.apps.get_model("base", "House"), house)
        self.assertIs(lamp._meta.get_field("of").related_model, street)
        self.assertEqual(street._meta.get_field("name").attname, "name")

    def test_which_setting_swaps_a_model_is_said_as_ever_and_all_is_djangos_own_afterwards(self):
        asked = ("accounts.User", "base.PortalImage", "wagtailcore.Page", "auth.Group")
        django = [apps.get_swappable_settings_name(name) for name in asked]
        add_model = ProjectState.add_model

        with making_few_models():
            self.assertIsNot(ProjectState.add_model, add_model)
            self.assertEqual([apps.get_swappable_settings_name(name) for name in asked], django)

        self.assertIs(ProjectState.add_model, add_model)
        self.assertNotIn("get_swappable_settings_name", vars(apps))
