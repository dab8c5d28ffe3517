"""Where the admin meets following by mail: the names of what is recorded."""

from wagtail import hooks

ACTIONS = (
    ("confirmed", "Xác nhận nhận tin", "Người dân xác nhận một mục theo dõi"),
    ("frequency", "Đổi nhịp gửi tin", "Người dân đổi nhịp gửi tin"),
    ("left_one", "Thôi theo dõi một mục", "Người dân thôi theo dõi một mục"),
    ("left", "Thôi nhận tin", "Người dân thôi nhận tin, địa chỉ bị xóa"),
    ("suppressed", "Ngừng gửi tin", "Ngừng gửi tin vì thư bị trả lại hoặc bị báo là thư rác"),
)


@hooks.register("register_log_actions")
def log_actions(actions):
    for name, label, message in ACTIONS:
        actions.register_action(f"portal.subscription.{name}", label, message)
