from django.apps import AppConfig


class FaqConfig(AppConfig):
    name = "faq"
    verbose_name = "Hỏi – đáp"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from base.operations import throttle
        from sections.models import ConsultationPage
        from sections.models.sitemap import leave_out
        from servicecatalog.catalogue import service_page
        from servicecatalog.models import ServiceOffering, ServiceOutagePage
        from servicecatalog.usage import satisfaction
        from workflows.publishing import approval

        from . import notice_kinds
        from .commenting import answers, deciding
        from .handling import publication
        from .models import FaqPage
        from .office import duties, own_work
        from .public import about_procedures, service_feedback

        ConsultationPage.register_commenting(answers.answer)
        leave_out(FaqPage)
        # The catalogue stands beside the sections and cannot tell them itself.
        leave_out(ServiceOffering)
        leave_out(ServiceOutagePage)
        service_page.register_questions(about_procedures.answered)
        satisfaction.register_feedback(service_feedback.address)
        approval.on_published(publication.note_published)
        approval.on_published(deciding.note_published)
        throttle.LOOKUPS |= {"/tuong-tu/": "similar", "/tra-cuu/": "lookup"}
        throttle.SENDINGS["/huu-ich/"] = "vote"
        # Following a comment keeps no files; it ends like the tracking of a question, which does, and does as it does.
        throttle.DRAWN_AGAIN |= {"/gui-cau-hoi/", "/gop-y/", "/tra-cuu/"}
        notice_kinds.register()
        duties.register()
        own_work.register_own_work()
