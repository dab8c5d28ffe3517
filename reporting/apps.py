from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "Báo cáo, chấm điểm"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from workflows.upkeep import invariants

        from . import own_work
        from .scoring import sheets
        from .yearly import own_work as yearly_work
        from .yearly import reports

        invariants.register(sheets.violations)
        invariants.register(reports.violations)
        own_work.register_own_work()
        yearly_work.register_own_work()
