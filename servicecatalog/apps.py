from django.apps import AppConfig


class ServicecatalogConfig(AppConfig):
    name = "servicecatalog"
    verbose_name = "Dịch vụ công"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from base.operations import throttle
        from workflows.publishing import approval, declared_files

        from . import (
            batches,
            doors,
            dossier_api,
            dossier_doors,
            dossier_lookup,
            dossier_report,
            guide_page,
            indexing,
            leaving,
            listing,
            outages,
            own_work,
            service_page,
            usage_page,
        )
        from .models import CataloguePage, ServiceGuidePage, ServiceOffering, ServiceOutagePage

        CataloguePage.listing, CataloguePage.leaving = listing, leaving
        CataloguePage.tracking, CataloguePage.dossier_report = dossier_lookup, dossier_report
        CataloguePage.figures_page = usage_page
        ServiceOffering.service_page = service_page
        ServiceGuidePage.guide_page, ServiceOutagePage.outages = guide_page, outages
        declared_files.register_waiting(batches.waiting_versions)
        approval.on_published(indexing.note_published)
        throttle.LOOKUPS["/tra-cuu-ho-so/"] = "lookup"
        throttle.SENDINGS |= {dossier_api.PREFIX: "push", "/hai-long/": "vote"}
        doors.open_own()
        dossier_doors.open_own()
        own_work.bring_own()
