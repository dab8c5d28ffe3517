from django.apps import AppConfig


class LegalrefConfig(AppConfig):
    name = "legalref"
    verbose_name = "Văn bản"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from base.admin import rule_notes
        from base.audit.actions import register_values
        from base.files import texts
        from base.public import sitemap
        from workflows.deadlines import late_reasons
        from workflows.publishing import approval
        from workflows.upkeep import invariants

        from . import notice_kinds, own_work
        from .citations import reading
        from .importing import publishing
        from .importing.checking import AS_IS
        from .life.effect import RELATIONS
        from .life.lifecycle import RULES, posting
        from .models import Citation, LegalDocument, RegisterPage, SiteDocument
        from .numbers import numbering
        from .register import addresses, indexing, regulation

        publishing.register_what_waits()
        approval.register_after_publication(reading.note_published)
        approval.register_after_publication(posting.note_published)
        sitemap.register_further(RegisterPage._meta.label, addresses.sitemap_addresses, addresses.sitemap_count)
        texts.register_after_change(indexing.note_file_text)
        register_values("code", ((code, kind.active) for code, kind in RELATIONS.items()))
        register_values("decisions", Citation.State.choices)
        register_values("ground", SiteDocument.Ground.choices)
        register_values("scheme", [(AS_IS, "giữ nguyên")])
        late_reasons.register(LegalDocument._meta.label, *RULES.values())
        notice_kinds.register()
        own_work.register_own_work()
        rule_notes.register_addresses(regulation.addresses)
        invariants.register(numbering.violations)
        invariants.register(indexing.violations)
