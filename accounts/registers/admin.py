"""What the registers add to the administration: their screens, menu entries, and the words of their log lines."""

from django.urls import path, reverse
from wagtail import hooks

from base.admin.screen_access import ScreenMenuItem

from . import board_views, training_views, unused_views

LOG_ACTIONS = {
    "portal.board.enter": ("Ghi thành viên Ban Biên tập", "Đã ghi thành viên Ban Biên tập"),
    "portal.board.end": ("Thôi thành viên Ban Biên tập", "Thành viên đã thôi Ban Biên tập"),
    "portal.board.delegate": ("Ghi ủy quyền trong Ban Biên tập", "Đã ghi ủy quyền trong Ban Biên tập"),
    "portal.training.record": ("Ghi lớp đào tạo", "Đã ghi lớp đào tạo, bồi dưỡng"),
    "portal.training.attend": ("Ghi người dự lớp", "Đã ghi người dự lớp đào tạo, bồi dưỡng"),
    "portal.account.warn_unused": ("Báo lâu không dùng", "Đã báo tài khoản lâu không dùng"),
    "portal.account.suspend": ("Tạm khóa tài khoản", "Tài khoản tạm khóa vì lâu không dùng"),
    "portal.account.resume": ("Mở lại tài khoản", "Đã mở lại tài khoản tạm khóa"),
}


def log_actions(actions) -> None:
    """Name the actions that the registers log."""
    for action, (label, message) in LOG_ACTIONS.items():
        actions.register_action(action, label, message)


def admin_urls():
    return [
        path("ban-bien-tap/", board_views.BoardView.as_view(), name="accounts_board"),
        path("ban-bien-tap/danh-sach.xlsx", board_views.BoardFileView.as_view(), name="accounts_board_xlsx"),
        path("ban-bien-tap/ghi/", board_views.BoardDecisionView.as_view(), name="accounts_board_record"),
        path("ban-bien-tap/<int:pk>/thoi/", board_views.EndMemberView.as_view(), name="accounts_board_end"),
        path(
            "ban-bien-tap/<int:pk>/uy-quyen/", board_views.DelegateMemberView.as_view(), name="accounts_board_delegate"
        ),
        path("dao-tao/", training_views.TrainingsView.as_view(), name="accounts_trainings"),
        path("dao-tao/so.xlsx", training_views.TrainingFileView.as_view(), name="accounts_trainings_xlsx"),
        path("dao-tao/ghi/", training_views.RecordTrainingView.as_view(), name="accounts_training_record"),
        path("dao-tao/<int:pk>/", training_views.TrainingView.as_view(), name="accounts_training"),
        path("phan-cong/lau-khong-dung/", unused_views.UnusedView.as_view(), name="accounts_unused"),
        path(
            "phan-cong/lau-khong-dung/danh-sach.xlsx",
            unused_views.UnusedFileView.as_view(),
            name="accounts_unused_xlsx",
        ),
        path("phan-cong/nguoi/<int:pk>/mo-lai/", unused_views.ResumeView.as_view(), name="accounts_resume"),
    ]


def board_menu_item():
    return ScreenMenuItem("Ban Biên tập", reverse("accounts_board"), name="ban-bien-tap", icon_name="group", order=291)


def training_menu_item():
    return ScreenMenuItem("Đào tạo", reverse("accounts_trainings"), name="dao-tao", icon_name="doc-full", order=292)


def register_hooks() -> None:
    """Add them; called once, from `accounts/wagtail_hooks.py`."""
    hooks.register("register_log_actions", log_actions)
    hooks.register("register_admin_urls", admin_urls)
    for item in (board_menu_item, training_menu_item):
        hooks.register("register_admin_menu_item", item)
