"""Tables of a room made in one step of a migration (`base/operations/table_making.py`)."""

from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState
from django.test import TransactionTestCase

from base.operations.table_making import CreateModels

KEY = ("id", models.BigAutoField(primary_key=True))


def two_models() -> list:
    """Return two models of a room that does not exist, the second with a key to the first."""
    return [
        migrations.CreateModel("Street", [KEY, ("name", models.CharField(max_length=10))]),
        migrations.CreateModel("House", [KEY, ("street", models.ForeignKey("tried.Street", models.CASCADE))]),
    ]


class OneStep(TransactionTestCase):
    def test_leaves_the_same_models_behind_as_one_step_each(self):
        together, apart = ProjectState(), ProjectState()
        # Asked for before, as by the data migrations of Wagtail.
        self.assertEqual(list(together.apps.get_models()), [])

        CreateModels(two_models()).state_forwards("tried", together)
        for model in two_models():
            model.state_forwards("tried", apart)

        self.assertEqual(together.models, apart.models)
        self.assertEqual(
            together.apps.get_model("tried", "House")._meta.get_field("street").related_model.__name__, "Street"
        )

    def test_makes_the_tables_and_takes_them_away_again(self):
        operation, before, after = CreateModels(two_models()), ProjectState(), ProjectState()
        operation.state_forwards("tried", after)

        with connection.schema_editor() as editor:
            operation.database_forwards("tried", editor, before, after)
        made = {"tried_street", "tried_house"} & {*connection.introspection.table_names()}
        with connection.schema_editor() as editor:
            operation.database_backwards("tried", editor, after, before)

        self.assertEqual(made, {"tried_street", "tried_house"})
        self.assertFalse(made & {*connection.introspection.table_names()})
