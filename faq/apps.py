from django.apps import AppConfig


class FaqConfig(AppConfig):
    name = "faq"
    verbose_name = "Hỏi – đáp"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from base import throttle
        from workflows import approval

        from . import publication

        approval.on_published(publication.note_published)
        throttle.LOOKUPS.add("/tuong-tu/")
