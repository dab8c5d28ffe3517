"""The log line of this room in the admin's history."""

from wagtail import hooks


@hooks.register("register_log_actions")
def register_log_actions(actions):
    actions.register_action(
        "sections.clarification.offer",
        "Gửi bài giải thích lên trang thành phố",
        "Đã gửi bài giải thích lên trang thành phố",
    )
