"""`manage.py migrate`, which refuses a database that another release of the portal made."""

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.loader import MigrationLoader


class Command(migrate.Command):
    """Refuse before anything is changed: tables would be made beside those that hold the data."""

    def handle(self, *args, **options):
        if unknown := unknown_migrations(options["database"]):
            raise CommandError(
                f"Cơ sở dữ liệu này do một bản khác của cổng tạo ra (có {len(unknown)} bước chuyển đổi mà bản này "
                f"không biết, chẳng hạn {unknown[0]}). Chưa thay đổi gì. Dữ liệu minh họa: dừng cổng, đổi tên hoặc "
                "xóa thư mục var/ (với PostgreSQL: tạo cơ sở dữ liệu mới) rồi chạy lại. Dữ liệu thật: chạy đúng bản "
                "đã tạo ra nó."
            )
        super().handle(*args, **options)


def unknown_migrations(database: str = "default") -> list[str]:
    """Return what was applied to our rooms' tables and is in no file here: "room.name", in order."""
    loader = MigrationLoader(connections[database])
    ours = {room.label for room in apps.get_app_configs() if Path(room.path).parent == settings.BASE_DIR}
    applied = {key for key in loader.applied_migrations if key[0] in ours}
    return sorted(".".join(key) for key in applied - {*loader.disk_migrations})
