from django.apps import AppConfig


class RoyaltiesConfig(AppConfig):
    name = "royalties"
    verbose_name = "Nhuận bút, thù lao"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from base.audit.actions import register_values
        from workflows.upkeep import invariants

        from . import notice_kinds, own_work, statements
        from .models import Royalty

        register_values("royalty_state", Royalty.State.choices)
        register_values("accepted", [(True, "đồng ý"), (False, "không đồng ý")])
        notice_kinds.register()
        own_work.register_own_work()
        invariants.register(statements.violations)
