from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "home"
    verbose_name = "Trang chủ và các trang thành phần"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from base.admin import guide, preview_modes
        from base.models import OrganisationUnit
        from base.operations import health
        from base.public import sitemap
        from opendata import page as open_data
        from reporting import staffing as who_is_missing
        from workflows.publishing import record_rules
        from workflows.upkeep import invariants

        from . import emblem, opening, own_work
        from .front_places import front_places
        from .look import proposing
        from .models import CityHomePage
        from .units import carrying_out, posts, staffing

        opening.register_what_waits()
        record_rules.register(OrganisationUnit, site_of=opening.site_showing, joins_dossiers=True)
        carrying_out.register()
        posts.register()
        who_is_missing.register(staffing.lacks)
        proposing.register()
        own_work.register_own_work()
        sitemap.register_further(CityHomePage._meta.label, open_data.sitemap_addresses)
        preview_modes.register_places(front_places)
        health.register_check("emblem", emblem.check_emblem)
        invariants.register(emblem.violations)
        guide.register_link("Danh sách «Bắt đầu ở đây»", "home_first_steps")
