from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Tài khoản"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from base.audit import register_actor_text

        from .actor_text import actor_text

        register_actor_text(actor_text)
