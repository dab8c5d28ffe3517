from django.apps import AppConfig

from base.navigation import register_groups

from . import catalogue


class SectionsConfig(AppConfig):
    name = "sections"
    verbose_name = "Chuyên mục"

    def ready(self):
        register_groups((group.label, [row.key for row in rows]) for group, rows in catalogue.menu_groups())
        # Models can be imported only once every app is loaded.
        from . import doors

        doors.open_own()
