from django.apps import AppConfig

from . import catalogue


class SectionsConfig(AppConfig):
    name = "sections"
    verbose_name = "Chuyên mục"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from base.public.navigation import register_groups

        register_groups((group.label, [row.key for row in rows]) for group, rows in catalogue.menu_groups())
        from . import own_work

        own_work.register_own_work()
