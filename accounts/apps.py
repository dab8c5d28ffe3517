from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Tài khoản"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from base.admin.guide import register_roles
        from base.audit.reading import register_readers
        from base.audit.trail import register_actor_text
        from base.files.scans import register_alarm_addresses
        from base.operations.attempts import register_table

        from . import after_restore, notice_kinds
        from .actor_text import actor_text, home_slug
        from .models import AttemptCount
        from .roles import READ_TRAIL, roles_of, slugs_where, technical_addresses
        from .signin import in_admin  # noqa: F401 - registers its hooks

        register_actor_text(actor_text, home_slug)
        register_readers(lambda user: slugs_where(user, READ_TRAIL))
        register_alarm_addresses(technical_addresses)
        # `base` counts in it and may not import it.
        register_table(AttemptCount)
        register_roles(lambda user: frozenset(roles_of(user)))
        notice_kinds.register()
        after_restore.register()
