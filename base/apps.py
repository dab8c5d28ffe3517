from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "base"
    verbose_name = "Khung chung"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from .admin.patches.admin_labels import name_models
        from .admin.typed_days import name_impossible_days
        from .operations import notice_kinds
        from .queries import known_rows
        from .signal_handlers import connect
        from .tables.csv import narrow_exports

        connect()
        name_models()
        narrow_exports()
        name_impossible_days()
        notice_kinds.register()
        known_rows.install()
