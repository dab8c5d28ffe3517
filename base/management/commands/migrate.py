"""`manage.py migrate`, which refuses a database that another release of the portal made."""

import functools
import gc
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from wagtail.models import Page

from ...models import PublicItem
from ...operations import database_roles, upgrading
from ...public.index import rebuilding

_STORED_COLUMNS = {
    "sqlite": "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'",
    "postgresql": "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema",
}


class Command(migrate.Command):
    """Refuse before anything is changed: tables would be made beside those that hold the data."""

    def handle(self, *args, **options):
        database = options["database"]
        if other := unknown_migrations(database) or other_tables(database):
            raise CommandError(
                f"Cơ sở dữ liệu này do một bản khác của cổng tạo ra (có {len(other)} bước chuyển đổi hoặc bảng mà bản "
                f"này không biết, chẳng hạn {other[0]}). Chưa thay đổi gì. Dữ liệu minh họa: dừng cổng, đổi tên hoặc "
                "xóa thư mục var/ (với PostgreSQL: tạo cơ sở dữ liệu mới) rồi chạy lại. Dữ liệu thật: chạy đúng bản "
                "đã tạo ra nó."
            )
        with collecting_rarely(), making_few_models():
            super().handle(*args, **options)
        if settings.PORTAL_DATABASE_ROLE:
            database_roles.grant(settings.PORTAL_DATABASE_ROLE, database)
        if not options["app_label"] and database == "default":
            fill_public_index()
            for line in upgrading.run_steps():
                self.stdout.write(f"  {line}")


def fill_public_index() -> None:
    """Write the public index where content was public before there was one."""
    if Page.objects.live().filter(depth__gt=1).exists() and not PublicItem.objects.exists():
        rebuilding.rebuild()


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Let the garbage collector look rarely: every migration makes all models anew, and it looks at all of them.

    An eighth of the processor-seconds of a new database, which takes 730 MB at most on SQLite, 790 on PostgreSQL.
    """
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(200_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


@contextmanager
def making_few_models() -> Iterator[None]:
    """Let Django make fewer models anew while it migrates: a half of the processor-seconds of a new database.

    1. A model that is added is made alone: nothing points to it yet. Django makes all models anew that can be reached
    from it, which is nearly all of them, each time. 2. Which setting swaps a model is looked up once. Django looks
    again after every model it makes, although settings stay. For Django 5.2; the tables are the same.
    """
    add_model, swaps = ProjectState.add_model, functools.cache(apps.get_swappable_settings_name.__wrapped__)

    def add_alone(state, model_state):
        if "apps" not in state.__dict__:
            add_model(state, model_state)
            return
        made = state.__dict__.pop("apps")
        add_model(state, model_state)
        state.__dict__["apps"] = made
        made.render_multiple([model_state])

    ProjectState.add_model = add_alone
    apps.get_swappable_settings_name = functools.partial(swaps, apps)
    try:
        yield
    finally:
        ProjectState.add_model = add_model
        del apps.get_swappable_settings_name


def unknown_migrations(database: str = "default") -> list[str]:
    """Return what was applied to our rooms' tables and is in no file here: "room.name", in order."""
    loader = MigrationLoader(connections[database])
    ours = {room.label for room in apps.get_app_configs() if Path(room.path).parent == settings.BASE_DIR}
    applied = {key for key in loader.applied_migrations if key[0] in ours}
    return sorted(".".join(key) for key in applied - {*loader.disk_migrations})


def other_tables(database: str = "default") -> list[str]:
    """Return our rooms' tables that lack a column, or are not there, although the room's migrations are all applied.

    Until the first release migrations are made anew under the names they had.
    """
    connection = connections[database]
    loader = MigrationLoader(connection)
    pending = {label for label, name in loader.disk_migrations if (label, name) not in loader.applied_migrations}
    rooms = [room for room in apps.get_app_configs() if Path(room.path).parent == settings.BASE_DIR]
    models = [model for room in rooms if room.label not in pending for model in room.get_models()]
    if not models:
        return []
    stored: dict[str, set[str]] = defaultdict(set)
    with connection.cursor() as cursor:
        # Not table by table: Django reads each definition on SQLite, a second for all.
        cursor.execute(_STORED_COLUMNS[connection.vendor])
        for table, column in cursor.fetchall():
            stored[table].add(column)
    return sorted(table for table, columns in _columns_of(models).items() if columns - stored[table])


def _columns_of(models: list) -> dict[str, set[str]]:
    return {
        model._meta.db_table: {field.column for field in model._meta.local_concrete_fields}
        for model in models
        if model._meta.managed and not model._meta.proxy
    }
