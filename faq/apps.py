from django.apps import AppConfig


class FaqConfig(AppConfig):
    name = "faq"
    verbose_name = "Hỏi – đáp"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from base.operations import throttle
        from base.public import navigation
        from sections.models import ConsultationPage
        from sections.models.sitemap import leave_out
        from servicecatalog.catalogue import service_page
        from servicecatalog.models import ServiceOffering, ServiceOutagePage
        from servicecatalog.usage import satisfaction
        from workflows.publishing import approval

        from .asking import asking, tracking
        from .commenting import answers, deciding
        from .handling import publication
        from .models import FaqPage, QuestionsPage
        from .office import duties, own_work
        from .personaldata import complaint_page, own_data
        from .public import about_procedures, answer_page, library, service_feedback, statistics

        FaqPage.answer_page = answer_page
        QuestionsPage.library, QuestionsPage.statistics = library, statistics
        QuestionsPage.asking, QuestionsPage.tracking = asking, tracking
        QuestionsPage.own_data, QuestionsPage.complaints = own_data, complaint_page
        ConsultationPage.commenting = answers
        leave_out(FaqPage)
        # The catalogue stands beside the sections and cannot tell them itself.
        leave_out(ServiceOffering)
        leave_out(ServiceOutagePage)
        service_page.register_questions(about_procedures.answered)
        satisfaction.register_feedback(service_feedback.address)
        navigation.register_reporting(QuestionsPage, "bao-loi/?trang=")
        approval.on_published(publication.note_published)
        approval.on_published(deciding.note_published)
        throttle.LOOKUPS |= {"/tuong-tu/": "similar", "/tra-cuu/": "lookup", "/du-lieu-ca-nhan/": "lookup"}
        throttle.SENDINGS["/huu-ich/"] = "vote"
        # Following a comment keeps no files; it ends like the tracking of a question, which does, and does as it does.
        throttle.DRAWN_AGAIN |= {"/gui-cau-hoi/", "/gop-y/", "/tra-cuu/"}
        duties.register()
        own_work.register_own_work()
