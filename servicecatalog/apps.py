from django.apps import AppConfig


class ServicecatalogConfig(AppConfig):
    name = "servicecatalog"
    verbose_name = "Dịch vụ công"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from base.operations import throttle
        from base.public import sitemap
        from base.public.usage.counting import register_counted
        from workflows.deadlines import late_reasons
        from workflows.publishing import approval

        from . import notice_kinds, own_work
        from .catalogue import batches, indexing, listing, outage_alerts
        from .dossiers import api
        from .models import CataloguePage, ServiceGuidePage, ServiceOffering, ServiceOutagePage, UsageCount

        batches.register_what_waits()
        outage_alerts.register_what_waits()
        late_reasons.register(ServiceOutagePage._meta.label, "DL-DOWNTIME")
        approval.register_after_publication(indexing.note_published)
        approval.register_after_publication(outage_alerts.note_published)
        register_counted(ServiceOffering, UsageCount.Kind.values, table=UsageCount)
        register_counted(ServiceGuidePage, {UsageCount.Kind.GUIDE}, table=UsageCount)
        throttle.register_addresses(
            lookups={"/tra-cuu-ho-so/": "lookup"}, sendings={api.PREFIX: "push", "/hai-long/": "vote"}
        )
        sitemap.register_further(CataloguePage._meta.label, listing.sitemap_addresses)
        own_work.register_own_work()
        notice_kinds.register()
