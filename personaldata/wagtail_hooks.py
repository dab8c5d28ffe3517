"""Where the admin meets personal data: retention, requests about own data, complaints."""

from django.urls import path, reverse
from wagtail import hooks

from base.admin.screen_access import ScreenMenuItem

from . import complaint_views, request_views, term_views

ACTIONS = (
    ("question.purged", "Xóa thông tin người hỏi", "Xóa thông tin người hỏi khi hết thời hạn hoặc theo yêu cầu"),
    ("question.withdrawn", "Rút lại đồng ý", "Người hỏi rút lại sự đồng ý"),
    ("question.corrected", "Sửa thông tin người hỏi", "Sửa thông tin liên hệ theo yêu cầu của người hỏi"),
    ("question.retain_text", "Soạn bản ẩn danh để lưu", "Soạn nội dung giữ lại khi xóa thông tin người hỏi"),
    ("comment.purged", "Xóa thông tin người góp ý", "Xóa thông tin người góp ý khi hết thời hạn hoặc theo yêu cầu"),
    ("comment.withdrawn", "Rút lại đồng ý", "Người góp ý rút lại sự đồng ý"),
    ("comment.corrected", "Sửa thông tin người góp ý", "Sửa thông tin liên hệ theo yêu cầu của người góp ý"),
    ("contribution.purged", "Xóa thông tin người gửi bài", "Xóa thông tin người gửi bài"),
    ("contribution.corrected", "Sửa thông tin người gửi bài", "Sửa thông tin liên hệ theo yêu cầu của người gửi bài"),
    ("complaint.received", "Tiếp nhận phản ánh", "Tiếp nhận phản ánh thông tin sai"),
    ("complaint.merged", "Gộp phản ánh", "Gộp phản ánh cùng nội dung"),
    ("complaint.spam", "Loại phản ánh", "Loại vì không phải phản ánh"),
    ("complaint.answered", "Trả lời phản ánh", "Trả lời phản ánh thông tin sai"),
    ("complaint.clarified", "Soạn bài làm rõ", "Soạn bài giải thích, làm rõ từ phản ánh"),
    ("complaint.purged", "Xóa thông tin người phản ánh", "Xóa thông tin người phản ánh"),
    ("complaint.withdrawn", "Rút lại đồng ý", "Người phản ánh rút lại sự đồng ý"),
    ("complaint.corrected", "Sửa thông tin người phản ánh", "Sửa thông tin liên hệ theo yêu cầu của người phản ánh"),
    ("data_request.received", "Tiếp nhận yêu cầu", "Tiếp nhận yêu cầu về dữ liệu cá nhân"),
    ("data_request.accepted", "Chấp nhận yêu cầu", "Chấp nhận yêu cầu về dữ liệu cá nhân"),
    ("data_request.refused", "Không chấp nhận yêu cầu", "Không chấp nhận yêu cầu về dữ liệu cá nhân"),
    ("data_request.done", "Thực hiện yêu cầu", "Thực hiện yêu cầu về dữ liệu cá nhân"),
    ("data_request.purged", "Xóa nội dung yêu cầu", "Xóa nội dung yêu cầu về dữ liệu cá nhân khi hết thời hạn"),
)


URLS = (
    ("du-lieu-ca-nhan/", term_views.PersonalDataView, "faq_personal_data"),
    ("du-lieu-ca-nhan/giu-lai/<int:pk>/", term_views.RetainTextView, "faq_keep_text"),
    ("du-lieu-ca-nhan/yeu-cau/", request_views.DataRequestsView, "faq_data_requests"),
    ("du-lieu-ca-nhan/yeu-cau/nhap/", request_views.EnterRequestView, "faq_data_request_enter"),
    ("du-lieu-ca-nhan/yeu-cau/<int:pk>/", request_views.DataRequestView, "faq_data_request"),
    ("du-lieu-ca-nhan/yeu-cau/<int:pk>/tra-loi/", request_views.DecideRequestView, "faq_data_request_decide"),
    ("du-lieu-ca-nhan/yeu-cau/<int:pk>/thuc-hien/", request_views.CarryOutView, "faq_data_request_do"),
    ("phan-anh/", complaint_views.ComplaintsView, "faq_complaints"),
    ("phan-anh/<int:pk>/", complaint_views.ComplaintView, "faq_complaint"),
    ("phan-anh/<int:pk>/tra-loi/", complaint_views.AnswerComplaintView, "faq_complaint_answer"),
    ("phan-anh/<int:pk>/giai-thich/", complaint_views.ClarifyComplaintView, "faq_complaint_clarify"),
    ("phan-anh/<int:pk>/gop/", complaint_views.MergeComplaintView, "faq_complaint_merge"),
    ("phan-anh/<int:pk>/loai/", complaint_views.SpamComplaintView, "faq_complaint_spam"),
)


@hooks.register("register_admin_urls")
def data_urls():
    return [path(address, view.as_view(), name=name) for address, view, name in URLS]


@hooks.register("register_admin_menu_item")
def complaints_menu_item():
    return ScreenMenuItem("Phản ánh lỗi", reverse("faq_complaints"), name="phan-anh", icon_name="warning", order=62)


@hooks.register("register_admin_menu_item")
def personal_data_menu_item():
    return ScreenMenuItem(
        "Dữ liệu cá nhân", reverse("faq_personal_data"), name="du-lieu-ca-nhan", icon_name="lock", order=64
    )


@hooks.register("register_log_actions")
def log_actions(actions):
    for name, label, message in ACTIONS:
        actions.register_action(f"portal.{name}", label, message)
