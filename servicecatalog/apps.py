from django.apps import AppConfig


class ServicecatalogConfig(AppConfig):
    name = "servicecatalog"
    verbose_name = "Dịch vụ công"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from base.operations import throttle
        from workflows.publishing import approval, declared_files

        from . import doors, own_work
        from .catalogue import batches, indexing
        from .dossiers import api, screen_access

        declared_files.register_waiting(batches.waiting_versions)
        approval.on_published(indexing.note_published)
        throttle.LOOKUPS["/tra-cuu-ho-so/"] = "lookup"
        throttle.SENDINGS |= {api.PREFIX: "push", "/hai-long/": "vote"}
        doors.open_own()
        screen_access.open_own()
        own_work.register_own_work()
