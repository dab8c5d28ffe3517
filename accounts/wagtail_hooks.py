"""What the accounts room adds to the admin: its screens, menu entries, panels, and the words of its log lines."""

from wagtail import hooks

LOG_ACTIONS = {
    "portal.appointment.decide": ("Ghi quyết định", "Đã ghi quyết định phân công"),
    "portal.appointment.appoint": ("Ghi phân công", "Đã ghi phân công"),
    "portal.appointment.delegate": ("Ghi ủy quyền", "Đã ghi ủy quyền"),
    "portal.appointment.confirm": ("Xác nhận phân công", "Người thứ hai đã xác nhận phân công"),
    "portal.appointment.begin": ("Phân công có hiệu lực", "Phân công bắt đầu có hiệu lực"),
    "portal.appointment.end": ("Kết thúc phân công", "Phân công kết thúc"),
    "portal.appointment.revoke": ("Thu hồi phân công", "Đã thu hồi phân công"),
    "portal.appointment.replace": ("Thay thế phân công", "Phân công được thay bằng người khác"),
    "portal.appointment.warn": ("Báo sắp hết hạn", "Đã báo phân công sắp hết hạn"),
    "portal.appointment.send": ("Gửi Sở", "Đã ghi việc gửi Sở"),
    "portal.appointment.list": ("Lập danh sách gửi Sở", "Đã lập danh sách gửi Sở"),
    "portal.appointment.handover": ("Bàn giao việc", "Đã bàn giao việc đang làm"),
    "portal.appointment.handover_failed": ("Bàn giao lỗi", "Việc bàn giao không xong, cần xem lại"),
    "portal.account.create": ("Lập tài khoản", "Đã lập tài khoản"),
    "portal.account.change": ("Sửa tài khoản", "Đã sửa thông tin tài khoản"),
    "portal.account.open": ("Mở tài khoản", "Tài khoản hoạt động theo phân công"),
    "portal.account.close": ("Đóng tài khoản", "Tài khoản ngừng vì không còn phân công"),
    "portal.account.invite": ("Gửi liên kết kích hoạt", "Đã gửi liên kết kích hoạt"),
}


@hooks.register("register_log_actions")
def register_log_actions(actions):
    """Name the actions that the verbs of `appointments` log."""
    for action, (label, message) in LOG_ACTIONS.items():
        actions.register_action(action, label, message)
