"""Where the admin meets the questions."""

from wagtail import hooks

ACTIONS = (
    ("received", "Tiếp nhận", "Tiếp nhận câu hỏi"),
    ("classified", "Phân loại", "Phân loại câu hỏi"),
    ("assigned", "Chuyển đơn vị", "Chuyển câu hỏi cho đơn vị trả lời"),
    ("reassigned", "Chuyển đơn vị khác", "Chuyển câu hỏi cho đơn vị khác"),
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
    ("spam", "Loại", "Loại vì không phải câu hỏi"),
)


@hooks.register("register_log_actions")
def log_actions(actions):
    for name, label, message in ACTIONS:
        actions.register_action(f"portal.question.{name}", label, message)
