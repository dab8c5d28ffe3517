"""How the actions of the audit trail read: one table for those that are recorded directly.

Actions that go through Wagtail's `log()` have their names where they are registered (`register_log_actions`).
"""

from wagtail.log_actions import registry

NAMES: dict[str, str] = {
    "session.in": "Đăng nhập",
    "session.out": "Đăng xuất",
    "session.failed": "Đăng nhập không thành",
    "session.locked": "Khóa tạm vì đăng nhập sai nhiều lần",
    "session.second_factor": "Xác thực bước hai",
    "account.password_changed": "Đổi mật khẩu",
    "account.reset_sent": "Gửi liên kết đặt lại mật khẩu",
    "account.second_factor": "Cài đặt xác thực bước hai",
    "account.second_factor_reset": "Gỡ xác thực bước hai của người khác",
    "account.text_rescued": "Giữ lại nội dung đang soạn khi phiên kết thúc",
    "account.text_removed": "Bỏ nội dung đang soạn đã giữ lại",
    "rights.granted": "Được thêm vào nhóm quyền",
    "rights.withdrawn": "Bị rút khỏi nhóm quyền",
    "rights.superuser_granted": "Được làm siêu quản trị",
    "rights.superuser_withdrawn": "Thôi làm siêu quản trị",
    "draft.seen": "Xem bản nháp",
    "file.downloaded": "Tải tệp chưa công khai",
    "file.infected": "Tải lên tệp có mã độc",
    "export.made": "Xuất danh sách",
    "personal_data.read": "Xem dữ liệu cá nhân",
    "archive.seen": "Xem bản lưu trữ",
    "archive.kept": "Lưu bản đã duyệt vào kho lưu trữ",
    "mail.retry": "Gửi lại thư",
    "mail.dismiss": "Bỏ qua thư không gửi được",
    "audit.restored": "Xác nhận khôi phục từ bản sao cũ",
    "audit.key_rotated": "Đổi khóa ký niêm phong",
    "refused": "Bị từ chối",
    "failed": "Hệ thống lỗi khi xử lý",
}


def name_of(action: str) -> str:
    """Return the Vietnamese name of an action; an action of a release long gone is shown as it was written."""
    if action in NAMES:
        return NAMES[action]
    if registry.action_exists(action):
        return str(registry.get_action_label(action))
    return action


def choices() -> list[tuple[str, str]]:
    """Return every action with its name, sorted by name."""
    logged = {action: str(label) for action, label in registry.get_choices()}
    return sorted({**logged, **NAMES}.items(), key=lambda pair: pair[1])
