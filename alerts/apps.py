from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "alerts"
    verbose_name = "Cảnh báo, quốc tang"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from workflows.models import EmergencyAct
        from workflows.screens import emergencies
        from workflows.upkeep import invariants

        from . import acts, mourning, own_work, proposing
        from . import invariants as own_invariants

        proposing.register()
        mourning.register()
        emergencies.register_kind(EmergencyAct.Kind.ALERT, acts.drawing)
        own_work.register_own_work()
        invariants.register(own_invariants.violations)
