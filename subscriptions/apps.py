from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    name = "subscriptions"
    verbose_name = "Nhận tin qua thư"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from base.operations import health, throttle
        from base.public import navigation
        from workflows.publishing import approval

        from . import following, journal, mail_check, managing, notice_kinds, sender_records

        approval.register_after_publication(journal.note_published)
        navigation.register_following(following.address_of, following.own_address)
        notice_kinds.register()
        managing.register_replays()
        health.register_check(mail_check.CHECK, mail_check.check)
        health.register_check(sender_records.CHECK, sender_records.check)
        # One press by a link that only its person has; mail programs send many of them from one address.
        pressed = ("/nhan-tin/thoi/", "/nhan-tin/xac-nhan/", "/nhan-tin/quan-ly/")
        throttle.register_addresses(sendings={f"{way}{end}": "vote" for end in pressed for way in ("", "/en")})
