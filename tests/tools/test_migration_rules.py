"""Newer tables that older code can live with, and those that it cannot."""

import migration_rules
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.test import SimpleTestCase, TestCase


def problems(*operations) -> list[str]:
    """What the rules find in a migration of these operations, after one that made a model."""
    state = ProjectState()
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("title", models.CharField(max_length=100)),
        ("note", models.CharField(max_length=100, null=True)),
    ]
    state.add_model(ModelState("base", "Thing", fields))
    migration = migrations.Migration("0002_more", "base")
    migration.operations = list(operations)
    return list(migration_rules.problems_of(migration, state))


class Rules(SimpleTestCase):
    def test_what_older_code_names_or_leaves_out_is_found(self):
        text = models.CharField(max_length=100)
        for operation, word in (
            (migrations.RemoveField("thing", "note"), "bỏ cột note"),
            (migrations.RenameField("thing", "note", "remark"), "đổi tên cột note"),
            (migrations.DeleteModel("Thing"), "bỏ bảng Thing"),
            (migrations.RenameModel("Thing", "Item"), "đổi tên bảng Thing"),
            (migrations.AddField("thing", "more", models.CharField(max_length=9, default="")), "db_default"),
            (migrations.AlterField("thing", "note", text), "không còn để trống"),
            (migrations.AlterField("thing", "title", models.CharField(max_length=50)), "ngắn lại"),
            (migrations.AlterField("thing", "title", models.CharField(max_length=100, unique=True)), "duy nhất"),
            (migrations.AlterField("thing", "title", models.IntegerField()), "đổi kiểu"),
            (migrations.RunSQL("SELECT 1"), "SQL"),
            (migrations.AddConstraint("thing", models.UniqueConstraint(fields=["title"], name="x")), "điều kiện"),
        ):
            with self.subTest(operation=operation.describe()):
                [found] = problems(operation)
                self.assertIn(word, found)

    def test_what_it_never_notices_passes(self):
        key = models.ForeignKey("base.Thing", models.CASCADE, related_name="+")
        for operations in (
            [migrations.AddField("thing", "more", models.CharField(max_length=9, null=True))],
            [migrations.AddField("thing", "more", models.CharField(max_length=9, default="", db_default=""))],
            [migrations.AddField("thing", "things", models.ManyToManyField("base.Thing"))],
            [migrations.AlterField("thing", "title", models.CharField(max_length=200, null=True))],
            [migrations.AddIndex("thing", models.Index(fields=["title"], name="x"))],
            [migrations.CreateModel("New", []), migrations.AddField("new", "thing", key)],
            [migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("thing", "note")])],
            [migrations.RunPython(migrations.RunPython.noop)],
        ):
            with self.subTest(operation=operations[-1].describe()):
                self.assertEqual(problems(*operations), [])

    def test_what_stands_inside_another_operation_is_looked_at(self):
        inside = migrations.SeparateDatabaseAndState(database_operations=[migrations.RemoveField("thing", "note")])

        self.assertEqual(problems(inside), ["bỏ cột note"])


class Project(TestCase):
    def test_no_migration_since_the_last_release_breaks_them(self):
        self.assertEqual(migration_rules.since_release(MigrationLoader(None)), [])

    def test_from_the_first_release_on_one_is_noted(self):
        self.assertTrue(migration_rules.BASELINE.exists() or migration_rules.version().startswith("0."))

    def test_migrations_of_a_release_are_not_looked_at_again_and_all_others_are(self):
        loader = MigrationLoader(None)

        self.assertEqual(list(migration_rules.violations(loader, migration_rules.released(loader)["migrations"])), [])
        self.assertTrue(list(migration_rules.violations(loader, {})))

    def test_a_migration_that_says_why_passes(self):
        loader = MigrationLoader(None)
        known = migration_rules.released(loader)["migrations"]
        room, name = next((room, names[-1]) for room, names in known.items() if len(names) > 1)
        known[room].remove(name)
        migration = loader.disk_migrations[(room, name)]
        migration.operations = [migrations.RunSQL("SELECT 1")]

        self.assertEqual(len(list(migration_rules.violations(loader, known))), 1)
        migration.lives_with_old_code = "Không bản nào còn đọc cột này từ 1.1"
        self.assertEqual(list(migration_rules.violations(loader, known)), [])
