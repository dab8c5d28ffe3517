"""The tables of a room made in one step of a migration.

Django builds its picture of all models anew after every `CreateModel`, as soon as a migration before has asked for it
(Wagtail's do): a hundred and fifty models, each time with all that points to them. Here the models are added first, and
the picture is built once. It can go when Django does so itself.
"""

from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class CreateModels(Operation):
    """Make the tables of several models: `CreateModel` operations, each after those it points to."""

    serialization_expand_args = ["models"]

    def __init__(self, models: list):
        self.models = models

    def deconstruct(self):
        return self.__class__.__name__, [], {"models": self.models}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.clear_delayed_apps_cache()
        state.__dict__.pop("apps", None)
        for model in self.models:
            model.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for model in self.models:
            model.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for model in reversed(self.models):
            model.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Create {len(self.models)} models"
