from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "base"
    verbose_name = "Khung chung"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from wagtail.models import Page, ReferenceIndex

        from .admin.held_sites import hold_in_menus
        from .admin.patches.admin_labels import name_models
        from .admin.typed_days import name_impossible_days
        from .audit.actions import register_values
        from .files import recognising, store_check
        from .files.texts import SCHEMES
        from .models import AuditEntry, PortalSite, SiteLook, VisitCount
        from .models.files import register_showing
        from .operations import health, notice_kinds, throttle
        from .operations.backup import freshness
        from .operations.machines import alike
        from .operations.watching import system_time
        from .public.rendering import escaping, known_phrases, plain_phrases
        from .public.translated import same
        from .public.usage.counted import VIEW
        from .public.usage.counting import register_counted
        from .queries import known_children, known_columns, known_hosts, known_marks, known_references, known_rows
        from .signal_handlers import connect
        from .tables.csv import narrow_exports

        connect()
        # Wagtail notes what pages and snippets refer to by itself; the emblem of a site is public by this one's row.
        ReferenceIndex.register_model(SiteLook)
        register_showing(same.that_show)
        register_counted(Page, {VIEW}, table=VisitCount)
        register_values("approval", PortalSite.Approval.choices)
        register_values("result", AuditEntry.Result.choices)
        register_values("scheme", SCHEMES.items())
        health.register_check(system_time.CHECK, system_time.check)
        name_models()
        hold_in_menus()
        narrow_exports()
        name_impossible_days()
        notice_kinds.register()
        health.register_check(freshness.CHECK, freshness.check)
        health.register_check(recognising.CHECK, recognising.check)
        health.register_check(alike.CHECK, alike.check)
        health.register_check(store_check.CHECK, store_check.check)
        throttle.register_addresses(sendings={"/huu-ich/": "vote"})
        known_children.install()
        known_columns.install()
        known_hosts.install()
        known_marks.install()
        known_references.install()
        known_rows.install()
        escaping.install()
        known_phrases.install()
        plain_phrases.install()
