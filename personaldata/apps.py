from django.apps import AppConfig


class PersonaldataConfig(AppConfig):
    name = "personaldata"
    verbose_name = "Dữ liệu cá nhân"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from base.audit.actions import register_values
        from base.operations import throttle
        from base.public import navigation
        from faq.handling import succession
        from faq.models import QuestionsPage

        from . import after_restore, complaint_page, notice_kinds, own_data, own_work
        from .models import CorrectionComplaint, DataSubjectRequest

        QuestionsPage.register_answers(own_data=own_data.answer, complaints=complaint_page.answer)
        navigation.register_reporting(QuestionsPage, "bao-loi/?trang=")
        succession.register_records(DataSubjectRequest, CorrectionComplaint)
        throttle.register_addresses(lookups={"/du-lieu-ca-nhan/": "lookup"})
        register_values("kind", DataSubjectRequest.Kind.choices)
        notice_kinds.register()
        own_work.register_own_work()
        after_restore.register()
