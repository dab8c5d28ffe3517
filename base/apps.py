from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "base"
    verbose_name = "Khung chung"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from . import doors
        from .exports import narrow_exports
        from .signal_handlers import connect

        connect()
        narrow_exports()
        doors.open_own()
