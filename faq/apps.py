from django.apps import AppConfig


class FaqConfig(AppConfig):
    name = "faq"
    verbose_name = "Hỏi – đáp"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from base import throttle
        from sections.models.sitemap import leave_out
        from workflows import approval

        from . import answer_page, asking, library, publication, statistics, tracking
        from .models import FaqPage, QuestionsPage

        FaqPage.answer_page = answer_page
        QuestionsPage.library, QuestionsPage.statistics = library, statistics
        QuestionsPage.asking, QuestionsPage.tracking = asking, tracking
        leave_out(FaqPage)
        approval.on_published(publication.note_published)
        throttle.LOOKUPS.add("/tuong-tu/")
