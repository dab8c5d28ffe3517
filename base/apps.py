from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "base"
    verbose_name = "Khung chung"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from . import contains, doors
        from .admin_labels import name_models
        from .exports import narrow_exports
        from .signal_handlers import connect
        from .typed_days import name_impossible_days

        connect()
        contains.connect()
        name_models()
        narrow_exports()
        name_impossible_days()
        doors.open_own()
