from django.apps import AppConfig


class ServicecatalogConfig(AppConfig):
    name = "servicecatalog"
    verbose_name = "Dịch vụ công"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from base.operations import throttle
        from workflows.publishing import approval, declared_files

        from . import own_work
        from .catalogue import batches, guide_page, indexing, listing, outages, service_page
        from .dossiers import api, lookup, report
        from .models import CataloguePage, ServiceGuidePage, ServiceOffering, ServiceOutagePage
        from .usage import leaving, page

        CataloguePage.listing, CataloguePage.leaving = listing, leaving
        CataloguePage.tracking, CataloguePage.dossier_report = lookup, report
        CataloguePage.figures_page = page
        ServiceOffering.service_page = service_page
        ServiceGuidePage.guide_page, ServiceOutagePage.outages = guide_page, outages
        declared_files.register_waiting(batches.waiting_versions)
        approval.on_published(indexing.note_published)
        throttle.LOOKUPS["/tra-cuu-ho-so/"] = "lookup"
        throttle.SENDINGS |= {api.PREFIX: "push", "/hai-long/": "vote"}
        own_work.register_own_work()
