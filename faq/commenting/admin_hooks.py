"""Where the admin meets comments on consultations; loaded by the room's `wagtail_hooks`."""

from wagtail import hooks

ACTIONS = (
    ("received", "Tiếp nhận góp ý", "Tiếp nhận ý kiến góp ý dự thảo"),
    ("accepted", "Chấp nhận góp ý", "Chấp nhận ý kiến góp ý dự thảo"),
    ("refused", "Không đưa vào tổng hợp", "Không đưa ý kiến góp ý vào tổng hợp"),
    ("reply", "Ghi tiếp thu, giải trình", "Ghi ý kiến tiếp thu, giải trình"),
    ("answered", "Công bố tiếp thu, giải trình", "Công bố kết quả tiếp thu, giải trình ý kiến góp ý"),
    ("digest", "Đưa góp ý vào dự thảo", "Đưa các ý kiến đã chấp nhận vào bản nháp của trang lấy ý kiến"),
    ("exported", "Xuất góp ý", "Xuất ý kiến góp ý, không có thông tin liên hệ"),
    ("contacts_exported", "Xuất góp ý kèm liên hệ", "Xuất ý kiến góp ý kèm thông tin liên hệ"),
    ("contact_read", "Xem người góp ý", "Xem thông tin liên hệ của người góp ý"),
    ("file_read", "Tải tệp kèm góp ý", "Tải tệp kèm ý kiến góp ý"),
)


@hooks.register("register_log_actions")
def comment_log_actions(actions):
    for name, label, message in ACTIONS:
        actions.register_action(f"portal.comment.{name}", label, message)
