from django.apps import AppConfig


class FaqConfig(AppConfig):
    name = "faq"
    verbose_name = "Hỏi – đáp"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from base.audit.actions import register_values
        from base.models.page import BasePage
        from base.operations import log_names, throttle
        from base.public import sitemap
        from sections.models import ArticlePage, ConsultationPage, FormPage
        from sections.models.sitemap import register_left_out
        from servicecatalog.catalogue import service_page
        from servicecatalog.models import ServiceOffering, ServiceOutagePage
        from servicecatalog.usage import satisfaction
        from workflows.publishing import approval, review_facts

        from . import notice_kinds
        from .commenting import answers, deciding
        from .contributing import handling as contributing
        from .filling import answers as form_answers
        from .handling import publication
        from .models import FaqPage, Question, QuestionsPage
        from .office import duties, own_work
        from .public import about_procedures, service_feedback, statistics

        ConsultationPage.register_below(answers.answer)
        FormPage.register_below(form_answers.answer)
        register_left_out(FaqPage)
        # The catalogue stands beside the sections and cannot tell them itself.
        register_left_out(ServiceOffering)
        register_left_out(ServiceOutagePage)
        service_page.register_questions(about_procedures.answered)
        satisfaction.register_feedback(service_feedback.address)
        approval.register_after_publication(publication.note_published)
        approval.register_after_publication(deciding.note_published)
        approval.register_after_publication(contributing.note_published)
        review_facts.register_origin(contributing.origin_of)
        BasePage.demands_of_copies.append(contributing.demand_copyable)
        log_names.register_names(ArticlePage._meta.label, contributing.name_in_logs)
        throttle.register_addresses(
            lookups={"/tuong-tu/": "similar", "/tra-cuu/": "lookup", "/theo-doi/": "lookup"},
            # Following a comment keeps no files; it ends like the tracking of a question, which does.
            drawn_again={"/gui-cau-hoi/", "/gop-y/", "/gui-bai/", "/dien/", "/tra-cuu/"},
        )
        sitemap.register_further(QuestionsPage._meta.label, statistics.sitemap_addresses)
        register_values("channel", Question.Channel.choices)
        notice_kinds.register()
        duties.register()
        own_work.register_own_work()
