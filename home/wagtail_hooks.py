"""What the home room adds to the admin: the screens of the component sites, and the words of their log lines."""

from wagtail import hooks

LOG_ACTIONS = {
    "portal.opening.make": ("Lập hồ sơ trang thành phần", "Đã lập hồ sơ trang thành phần"),
    "portal.opening.submit": ("Gửi duyệt hồ sơ", "Đã gửi duyệt hồ sơ trang thành phần"),
    "portal.opening.reject": ("Trả lại hồ sơ", "Đã trả lại hồ sơ trang thành phần"),
    "portal.opening.approve": ("Duyệt hồ sơ", "Đã duyệt hồ sơ trang thành phần"),
    "portal.site.settings": ("Đổi cài đặt trang", "Đã đổi cài đặt của trang"),
}


@hooks.register("register_log_actions")
def register_log_actions(actions):
    """Name the actions that the verbs of `opening` log."""
    for action, (label, message) in LOG_ACTIONS.items():
        actions.register_action(action, label, message)
