from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = "Tìm kiếm"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from base.operations import health
        from base.public.frame import SEARCH_SLUG
        from base.public.index import rebuilding
        from base.public.index.meanings import register_equivalents
        from base.public.navigation import register_addresses
        from base.public.usage.words import register_words
        from workflows.upkeep import invariants as house

        from . import invariants, meanings, searched, updates
        from .models import SearchCount

        register_addresses({"search": SEARCH_SLUG})
        updates.connect()
        register_equivalents(meanings.known)
        register_words(searched.countable, table=SearchCount)
        house.register(invariants.violations)
        house.register(rebuilding.violations)
        health.register_check("admin_search", updates.check)
