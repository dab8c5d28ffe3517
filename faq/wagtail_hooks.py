"""Where the admin meets the questions."""

from django.urls import path, reverse
from wagtail import hooks
from wagtail.admin.ui.sidebar import LinkMenuItem
from wagtail.snippets.models import register_snippet

from base.admin.screen_access import ScreenMenuItem
from workflows.dashboard import queue_screen

from .commenting import admin_hooks  # noqa: F401  registers its own hooks
from .contributing import admin_hooks as contribution_hooks  # noqa: F401  registers its own hooks
from .filling import admin_hooks as filling_hooks  # noqa: F401  registers its own hooks
from .office import afterwards_views, answer_views, consent_views, entering_views, sorting_views, table_views
from .office import views as admin_views
from .office.viewsets import AnswerTemplateViewSet, CompetentBodyViewSet, QuestionTopicViewSet

register_snippet(QuestionTopicViewSet)
register_snippet(AnswerTemplateViewSet)
register_snippet(CompetentBodyViewSet)

STEP_URLS = (
    ("nhan", sorting_views.ClaimView, "faq_claim"),
    ("thoi", sorting_views.ReleaseView, "faq_release"),
    ("la-cau-hoi", sorting_views.ClearView, "faq_clear"),
    ("loai", sorting_views.SpamView, "faq_spam"),
    ("gop", sorting_views.MergeView, "faq_merge"),
    ("phan-loai", sorting_views.ClassifyView, "faq_classify"),
    ("ngoai-pham-vi", sorting_views.RejectView, "faq_reject"),
    ("chuyen", sorting_views.AssignView, "faq_assign"),
    ("chuyen-lai", sorting_views.ReassignView, "faq_reassign"),
    ("tra-lai-noi-chuyen", sorting_views.GiveBackView, "faq_give_back"),
    ("thong-bao", sorting_views.NotifyView, "faq_notify"),
    ("bo-sung", sorting_views.WaitView, "faq_wait"),
    ("tiep-tuc", sorting_views.ResumeView, "faq_resume"),
    ("soan", answer_views.DraftView, "faq_draft"),
    ("trinh", answer_views.SubmitView, "faq_submit"),
    ("tra-lai", answer_views.SendBackView, "faq_send_back"),
    ("ky", answer_views.SignView, "faq_sign"),
    ("lien-quan-chung", answer_views.InterestView, "faq_interest"),
    ("gui", answer_views.ReplyView, "faq_reply"),
    ("an-danh", afterwards_views.PrepareView, "faq_prepare"),
    ("ket-thuc", afterwards_views.CloseView, "faq_close"),
    ("xem-lai", afterwards_views.ReopenView, "faq_reopen"),
    ("nguoi-hoi", admin_views.ContactView, "faq_contact"),
    ("giay-tiep-nhan", admin_views.ReceiptView, "faq_receipt"),
)


CONSENT_URLS = (
    ("du-lieu-ca-nhan/van-ban/", consent_views.ConsentsView, "faq_consents"),
    ("du-lieu-ca-nhan/van-ban/moi/", consent_views.ProposeConsentView, "faq_consent_new"),
    ("du-lieu-ca-nhan/van-ban/<int:pk>/", consent_views.ConsentView, "faq_consent"),
    ("du-lieu-ca-nhan/van-ban/<int:pk>/sua/", consent_views.CorrectConsentView, "faq_consent_edit"),
    ("du-lieu-ca-nhan/van-ban/<int:pk>/duyet/", consent_views.ConfirmConsentView, "faq_consent_confirm"),
)


@hooks.register("register_admin_urls")
def admin_urls():
    return [
        path("cau-hoi/", admin_views.InboxView.as_view(), name="faq_inbox"),
        path("cau-hoi/xuat/", admin_views.InboxSheetView.as_view(), name="faq_inbox_sheet"),
        path("cau-hoi/nhap/", entering_views.EnterView.as_view(), name="faq_enter"),
        path("cau-hoi/bang-tra-loi/", table_views.AnswerTableView.as_view(), name="faq_answer_table"),
        path("cau-hoi/bang-tra-loi/tai/", table_views.AnswerSheetView.as_view(), name="faq_answer_sheet"),
        path("cau-hoi/tep/<int:pk>/", admin_views.QuestionFileView.as_view(), name="faq_question_file"),
        path("cau-hoi/tep/<int:pk>/ban-che/", entering_views.RedactView.as_view(), name="faq_redact"),
        path("cau-hoi/<int:pk>/", admin_views.QuestionView.as_view(), name="faq_question"),
        *(path(f"cau-hoi/<int:pk>/{end}/", view.as_view(), name=name) for end, view, name in STEP_URLS),
        *(path(address, view.as_view(), name=name) for address, view, name in CONSENT_URLS),
    ]


class InboxMenuItem(ScreenMenuItem):
    """The inbox, with the number of what waits for the person."""

    def render_component(self, request):
        waiting = queue_screen.count_of(request, "cau-hoi", "ky")
        label = f"{self.label} ({waiting})" if waiting else self.label
        return LinkMenuItem(self.name, label, self.url, icon_name=self.icon_name, classname=self.classname)


@hooks.register("register_admin_menu_item")
def inbox_menu_item():
    return InboxMenuItem("Câu hỏi", reverse("faq_inbox"), name="cau-hoi", icon_name="help", order=60)


ACTIONS = (
    ("received", "Tiếp nhận", "Tiếp nhận câu hỏi"),
    ("routed", "Chuyển cơ quan Thường trực", "Chuyển kiến nghị sửa đổi Quy chế cho cơ quan Thường trực"),
    ("classified", "Phân loại", "Phân loại câu hỏi"),
    ("assigned", "Chuyển đơn vị", "Chuyển câu hỏi cho đơn vị trả lời"),
    ("reassigned", "Chuyển đơn vị khác", "Chuyển câu hỏi cho đơn vị khác"),
    ("given_back", "Trả lại nơi chuyển", "Trả câu hỏi lại nơi chuyển"),
    ("claimed", "Nhận xử lý", "Nhận xử lý câu hỏi"),
    ("released", "Thôi xử lý", "Thôi xử lý câu hỏi"),
    ("clear", "Xác nhận là câu hỏi", "Xác nhận không phải thư rác"),
    ("notice", "Thông báo quá trình", "Thông báo quá trình xử lý câu hỏi"),
    ("waiting", "Đề nghị bổ sung", "Đề nghị người hỏi bổ sung"),
    ("resumed", "Tiếp tục xử lý", "Tiếp tục xử lý câu hỏi"),
    ("drafted", "Soạn trả lời", "Soạn câu trả lời"),
    ("submitted", "Trình ký", "Trình ký câu trả lời"),
    ("returned", "Trả lại", "Trả lại câu trả lời để sửa"),
    ("signed", "Ký duyệt", "Ký duyệt câu trả lời"),
    ("replied", "Trả lời", "Gửi câu trả lời cho người hỏi"),
    ("out_of_scope", "Không thuộc phạm vi", "Trả lời câu hỏi không thuộc phạm vi"),
    ("interest", "Liên quan chung", "Xác định câu hỏi có liên quan chung hay không"),
    ("prepared", "Soạn trang công khai", "Soạn trang công khai của câu hỏi"),
    ("published", "Đăng công khai", "Đăng công khai câu trả lời"),
    ("closed", "Kết thúc", "Kết thúc câu hỏi, không đăng công khai"),
    ("rated", "Đánh giá", "Người hỏi đánh giá mức hài lòng"),
    ("reopened", "Xem xét lại", "Xem xét lại câu hỏi"),
    ("merged", "Gộp", "Gộp câu hỏi cùng nội dung"),
    ("handed_over", "Chuyển đơn vị kế thừa", "Chuyển câu hỏi cho đơn vị kế thừa"),
    ("spam", "Loại", "Loại vì không phải câu hỏi"),
    ("redact", "Thêm bản đã che", "Thêm bản đã che của tệp kèm câu hỏi"),
)


CONSENT_ACTIONS = (
    ("consent.proposed", "Soạn văn bản đồng ý", "Soạn phiên bản mới của văn bản đồng ý"),
    ("consent.confirmed", "Duyệt văn bản đồng ý", "Duyệt phiên bản mới của văn bản đồng ý"),
)


@hooks.register("register_log_actions")
def log_actions(actions):
    for name, label, message in ACTIONS:
        actions.register_action(f"portal.question.{name}", label, message)
    for name, label, message in CONSENT_ACTIONS:
        actions.register_action(f"portal.{name}", label, message)
