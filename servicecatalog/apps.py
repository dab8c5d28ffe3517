from django.apps import AppConfig


class ServicecatalogConfig(AppConfig):
    name = "servicecatalog"
    verbose_name = "Dịch vụ công"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from . import doors

        doors.open_own()
