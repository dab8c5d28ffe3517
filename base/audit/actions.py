"""How the audit trail reads: the names of the actions that are recorded directly, and of the details of all.

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
    "preview.opened": "Mở liên kết xem trước",
    "preview.ended": "Kết thúc liên kết xem trước",
    "file.downloaded": "Tải tệp chưa công khai",
    "file.infected": "Tải lên tệp có mã độc",
    "export.made": "Xuất danh sách",
    "personal_data.read": "Xem dữ liệu cá nhân",
    "archive.seen": "Xem bản lưu trữ",
    "archive.kept": "Lưu bản đã duyệt vào kho lưu trữ",
    "mail.retry": "Gửi lại thư",
    "mail.dismiss": "Bỏ qua thư không gửi được",
    "audit.restored": "Xác nhận khôi phục từ bản sao cũ",
    "portal.folders_adopted": "Ghi nhận thư mục dữ liệu và khóa của máy",
    "audit.key_rotated": "Đổi khóa ký niêm phong",
    "personal_keys.rotated": "Mã hóa lại dữ liệu cá nhân bằng khóa mới",
    "site.repaired": "Sửa tên miền hoặc trang chủ của một trang bằng lệnh",
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


# Under which heading an action is looked for, by how its code begins; the first that fits.
HEADINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Duyệt và đăng",
        (
            "wagtail.workflow",
            "wagtail.moderation",
            "wagtail.publish",
            "wagtail.schedule",
            "wagtail.unpublish",
            "portal.publish",
            "portal.submission",
            "portal.schedule",
            "portal.emergency",
            "portal.review",
        ),
    ),
    ("Gỡ bỏ, lưu trữ", ("portal.takedown", "portal.disposal", "portal.retention", "archive")),
    (
        "Trang, bài viết",
        (
            "draft",
            "preview",
            "portal.preview",
            "portal.template",
            "portal.word",
            "portal.arrange",
            "portal.move",
            "sections",
            "wagtail",
        ),
    ),
    ("Ảnh và tệp", ("portal.file", "file")),
    ("Văn bản", ("portal.document", "portal.book", "portal.import", "portal.citation")),
    ("Câu hỏi, góp ý, phản ánh", ("portal.question", "portal.comment", "portal.complaint")),
    ("Dữ liệu cá nhân", ("portal.data_request", "portal.consent", "personal_data", "personal_keys")),
    (
        "Dịch vụ công, hồ sơ",
        ("portal.catalogue", "portal.procedure", "portal.service", "portal.dossier", "portal.report_closing"),
    ),
    ("Lịch, thời hạn, danh mục chung", ("portal.calendar", "portal.deadline", "portal.record")),
    ("Phân công, tài khoản, đăng nhập", ("portal.appointment", "portal.account", "account", "session", "rights")),
    ("Trang thành phần", ("portal.opening", "portal.site", "site")),
)
OTHER = "Hệ thống"


def every_action() -> dict[str, str]:
    """Return every action that can be recorded, with its name."""
    return {action: str(label) for action, label in registry.get_choices()} | NAMES


def heading_of(action: str) -> str:
    """Return the heading of an action in the filter of the trail."""
    beginnings = (heading for heading, codes in HEADINGS if action.startswith(codes))
    return next(beginnings, OTHER)


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return (heading, [(actions, name)]): actions of one name under one heading are one choice, joined by commas."""
    found: dict[str, dict[str, list[str]]] = {heading: {} for heading, _codes in HEADINGS} | {OTHER: {}}
    for action, name in every_action().items():
        found[heading_of(action)].setdefault(name, []).append(action)
    return [
        (heading, [(",".join(sorted(actions)), name) for name, actions in sorted(names.items())])
        for heading, names in found.items()
        if names
    ]


# --- Details ---------------------------------------------------------------------------------------

DETAILS: dict[str, str] = {
    "accept": "chấp nhận",
    "action": "việc",
    "after": "sau",
    "approval": "cách duyệt",
    "batch": "lượt nhập",
    "before": "trước",
    "book": "sổ",
    "change": "đề nghị thay tệp",
    "changes": "thay đổi",
    "channel": "kênh tiếp nhận",
    "characters": "số ký tự",
    "class": "nhóm lưu trữ",
    "code": "mã quan hệ",
    "comment": "ý kiến",
    "consequences": "hệ quả",
    "contentpath": "vị trí",
    "copy": "bản lưu trữ",
    "count": "số lần",
    "date": "ngày",
    "days_left": "số ngày còn lại",
    "decision": "quyết định",
    "decisions": "các quyết định",
    "destination": "nơi đến",
    "destroyed": "bản đã tiêu hủy",
    "digest": "mã băm",
    "due": "hạn",
    "email": "thư điện tử",
    "file": "tệp",
    "filters": "bộ lọc",
    "first": "số đầu",
    "format": "định dạng",
    "from": "từ",
    "full_name": "họ và tên",
    "go_live_at": "giờ đăng",
    "ground": "căn cứ",
    "groups": "nhóm quyền",
    "has_live_version": "đang có bản công khai",
    "how": "cách",
    "id": "số",
    "in_scope": "thuộc phạm vi trả lời",
    "issued_by": "cơ quan ban hành",
    "kept": "bản giữ lại",
    "kind": "loại",
    "lapsing": "hết hiệu lực theo",
    "last_day": "ngày cuối",
    "late": "trễ hạn",
    "left_out": "lược bỏ",
    "letter": "công văn",
    "level": "mức độ",
    "links_given_up": "mắt xích bỏ đi",
    "list": "danh sách",
    "members": "số người",
    "method": "cách gửi",
    "name": "tên",
    "new": "mới",
    "next": "bước tiếp",
    "note": "ghi chú",
    "number": "số hiệu",
    "object_id": "số đối tượng",
    "object_type": "loại đối tượng",
    "old": "cũ",
    "on": "ngày thực hiện",
    "page": "trang",
    "page_id": "số trang",
    "parent_page_id": "số trang cha",
    "path": "địa chỉ",
    "person": "người",
    "pk": "số",
    "position": "chức vụ",
    "proposed_by": "người đề nghị",
    "reason": "lý do",
    "relation": "quan hệ",
    "reply": "trả lời",
    "request_id": "số yêu cầu",
    "restored": "khôi phục",
    "result": "kết quả",
    "revision": "phiên bản",
    "revision_id": "phiên bản",
    "role": "vai trò",
    "row": "dòng",
    "rows": "số dòng",
    "rule": "quy tắc thời hạn",
    "scheme": "cách nhập",
    "scope": "phạm vi",
    "screen": "màn hình",
    "seal": "niêm phong",
    "sent_on": "ngày gửi",
    "signature": "mẫu nhận dạng",
    "since": "từ ngày",
    "site": "trang",
    "source": "nơi đi, nguồn",
    "started": "bắt đầu",
    "status": "trạng thái",
    "symbol": "ký hiệu",
    "table": "bảng",
    "tags": "thẻ",
    "takedown": "việc gỡ bỏ",
    "target": "mục đến",
    "task": "bước duyệt",
    "task_state_id": "số bước duyệt",
    "tasks": "số việc",
    "text": "nội dung",
    "title": "tên",
    "to": "đến",
    "type": "loại",
    "until": "đến ngày",
    "unusual": "điểm khác thường",
    "user": "người",
    "username": "tên đăng nhập",
    "virus": "mã độc",
    "what": "nội dung",
    "agreed_by": "người thứ hai",
    "networks": "số mạng",
    "most": "nhiều nhất từ",
    "paths": "địa chỉ được hỏi",
    "why": "lý do",
    "withdrawn": "đã rút",
    "words": "tìm chữ",
    "workflow": "quy trình",
    "year": "năm",
}
VALUES: dict[tuple[str, str], str] = {
    ("kind", "right"): "không có quyền",
    ("kind", "hidden"): "không thuộc phạm vi của người xem",
    ("kind", "gate"): "trái quy định",
    ("kind", "rate"): "quá nhiều lần",
    ("kind", "conflict"): "người khác vừa sửa",
    ("kind", "holiday"): "ngày nghỉ",
    ("how", "app"): "ứng dụng mã xác thực",
    ("status", "in_progress"): "đang duyệt",
    ("status", "approved"): "đã duyệt",
    ("status", "rejected"): "đã trả lại",
    ("status", "cancelled"): "đã hủy",
    ("status", "needs_changes"): "cần sửa",
}


def detail_name(path: str) -> str:
    """Return the Vietnamese name of a detail; without one, it is shown as it was written.

    Example: "workflow.next.title" → "quy trình, bước tiếp, tên"; the items of a list count from 1.
    """
    return ", ".join(str(int(part) + 1) if part.isdecimal() else DETAILS.get(part, part) for part in path.split("."))


def detail_value(path: str, value):
    """Return how a value reads: codes by their names, the rest as it is."""
    return VALUES.get((path.rpartition(".")[2], str(value)), value)
