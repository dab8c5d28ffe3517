from django.apps import AppConfig

from . import catalogue


class SectionsConfig(AppConfig):
    name = "sections"
    verbose_name = "Chuyên mục"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from base.operations import throttle
        from base.public.feeds import lists
        from base.public.navigation import register_addresses, register_groups

        register_groups((group.label, [row.key for row in rows]) for group, rows in catalogue.menu_groups())
        register_addresses(catalogue.keys_by_address())
        from legalref.life import lifecycle
        from workflows.deadlines import rules
        from workflows.deadlines.acting import FRESH_RULE
        from workflows.publishing import review_facts
        from workflows.upkeep import invariants

        from . import corrections, dissemination, freshness, notice_kinds, own_work, signing
        from .city_news import refusing
        from .models import ClarificationPage
        from .unit_articles import seeing

        lists.register_corrections(corrections.public_of)
        throttle.register_addresses(sendings={"/tham-do/": "vote"})
        rules.register_amounts(FRESH_RULE, freshness.has_own_amounts)
        lifecycle.register_dissemination(dissemination.propose, dissemination.drafted)
        notice_kinds.register()
        ClarificationPage.register_signing(signing.is_missing)
        signing.register_what_waits()
        own_work.register_own_work()
        review_facts.register_origin(seeing.origin_of)
        refusing.register()
        invariants.register(refusing.violations)
