from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = "Tìm kiếm"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from workflows.upkeep import invariants as house

        from . import invariants

        house.register(invariants.violations)
