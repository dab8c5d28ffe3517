"""What tests share that take a database back to an older release, with rows in it, and forward again."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from base.operations import append_only
from tests.workflows.test_races import Race


class GoingBack(Race):
    """A city whose room `app` is migrated as `to` says, and stands as it was afterwards."""

    app = ""

    def setUp(self):
        super().setUp()
        newest = [key for key in MigrationExecutor(connection).loader.graph.leaf_nodes() if key[0] == self.app]
        self.newest = newest
        self.addCleanup(append_only.install)
        self.addCleanup(self.migrate, newest)

    def migrate(self, to):
        """Migrate to the named states: list of (room, migration); return the models as they were there."""
        executor = MigrationExecutor(connection)
        executor.migrate(to)
        return executor.loader.project_state(to).apps
