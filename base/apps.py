from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "base"
    verbose_name = "Khung chung"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from . import doors
        from .admin_labels import name_models
        from .exports import narrow_exports
        from .signal_handlers import connect

        connect()
        name_models()
        narrow_exports()
        doors.open_own()
