"""How the audit trail reads: the names of the actions that are recorded directly, and of the details of all.

Actions that go through Wagtail's `log()` have their names where they are registered (`register_log_actions`).
"""

import re
from collections.abc import Callable, Iterable
from datetime import date

from django.apps import apps
from wagtail.log_actions import registry

from vietnam.dates import format_short

NAMES: dict[str, str] = {
    "session.in": "Đăng nhập",
    "session.out": "Đăng xuất",
    "session.failed": "Đăng nhập không thành",
    "session.locked": "Khóa tạm vì đăng nhập sai nhiều lần",
    "session.second_factor": "Xác thực bước hai",
    "session.single_sign_on": "Vào bằng đăng nhập chung",
    "account.password_changed": "Đổi mật khẩu",
    "account.password_dropped": "Bỏ mật khẩu cũ trở lại cùng bản sao lưu",
    "account.reset_sent": "Gửi liên kết đặt lại mật khẩu",
    "account.second_factor": "Cài đặt xác thực bước hai",
    "account.second_factor_reset": "Gỡ xác thực bước hai của người khác",
    "account.sign_in_joined": "Gắn đăng nhập chung",
    "account.sign_in_separated": "Bỏ gắn đăng nhập chung",
    "account.text_rescued": "Giữ lại nội dung đang soạn khi phiên kết thúc",
    "account.text_removed": "Bỏ nội dung đang soạn đã giữ lại",
    "rights.granted": "Được thêm vào nhóm quyền",
    "rights.withdrawn": "Bị rút khỏi nhóm quyền",
    "rights.superuser_granted": "Được làm siêu quản trị",
    "rights.superuser_withdrawn": "Thôi làm siêu quản trị",
    "draft.seen": "Xem bản nháp",
    "preview.opened": "Mở liên kết xem trước",
    "preview.ended": "Kết thúc liên kết xem trước",
    "preview.answered": "Ý kiến của người xem trước",
    "preview.answer_closed": "Đã xem xét ý kiến của người xem trước",
    "file.downloaded": "Tải tệp chưa công khai",
    "file.infected": "Tải lên tệp có mã độc",
    "export.made": "Xuất danh sách",
    "personal_data.read": "Xem dữ liệu cá nhân",
    "archive.seen": "Xem bản lưu trữ",
    "archive.kept": "Lưu bản đã duyệt vào kho lưu trữ",
    "mail.retry": "Gửi lại thư",
    "mail.dismiss": "Bỏ qua thư không gửi được",
    "audit.restored": "Xác nhận khôi phục từ bản sao cũ",
    "portal.restored": "Khôi phục cổng từ bản sao lưu",
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
            "portal.alert",
            "portal.review",
            "portal.claim",
            "portal.bundle",
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
            "portal.new_section",
            "portal.translation",
            "portal.unit_article",
            "wagtail",
        ),
    ),
    ("Ảnh và tệp", ("portal.file", "file")),
    (
        "Văn bản",
        ("portal.document", "portal.book", "portal.import", "portal.citation", "portal.dissemination"),
    ),
    ("Câu hỏi, góp ý, phản ánh", ("portal.question", "portal.comment", "portal.complaint", "portal.form")),
    ("Bài của người không có tài khoản", ("portal.contribution",)),
    ("Dữ liệu cá nhân", ("portal.data_request", "portal.consent", "personal_data", "personal_keys")),
    (
        "Dịch vụ công, hồ sơ",
        ("portal.catalogue", "portal.procedure", "portal.service", "portal.dossier", "portal.report_closing"),
    ),
    ("Nhuận bút, thù lao", ("portal.royalty",)),
    ("Lịch, thời hạn, danh mục chung", ("portal.calendar", "portal.deadline", "portal.record")),
    (
        "Phân công, tài khoản, đăng nhập",
        (
            "portal.appointment",
            "portal.account",
            "portal.board",
            "portal.training",
            "account",
            "session",
            "rights",
        ),
    ),
    ("Báo cáo, chấm điểm", ("portal.score", "portal.yearly")),
    ("Chuyển từ cổng cũ", ("portal.moving",)),
    ("Trang thành phần", ("portal.opening", "portal.practice", "portal.site", "site")),
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
    "accepted": "kết luận",
    "act": "việc",
    "action": "việc",
    "after": "sau",
    "agreed_by": "người thứ hai",
    "amount": "số tiền",
    "answer_id": "số của ý kiến",
    "answers": "số bản trả lời",
    "approval": "cách duyệt",
    "at": "lúc",
    "backup": "bản sao lưu",
    "batch": "lượt nhập",
    "before": "trước",
    "book": "sổ",
    "by_hand": "số việc phải làm tay",
    "category": "loại",
    "change": "đề nghị thay tệp",
    "changed": "sửa văn bản đã có",
    "changes": "thay đổi",
    "channel": "kênh tiếp nhận",
    "characters": "số ký tự",
    "class": "nhóm lưu trữ",
    "code": "mã",
    "comment": "ý kiến",
    "comments": "số góp ý",
    "consequences": "hệ quả",
    "contentpath": "vị trí",
    "copy": "bản lưu trữ",
    "corrected": "đã đính chính",
    "count": "số lần",
    "created": "lập lúc",
    "criterion": "tiêu chí",
    "date": "ngày",
    "days": "số ngày",
    "days_left": "số ngày còn lại",
    "decision": "quyết định",
    "decisions": "các quyết định",
    "destination": "nơi đến",
    "destroyed": "bản đã tiêu hủy",
    "differed": "khác lần ghi nhận trước",
    "digest": "mã băm",
    "document": "văn bản",
    "due": "hạn",
    "email": "thư điện tử",
    "explanation": "giải thích",
    "fields": "các ô",
    "figures": "các số liệu",
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
    "hour": "giờ đăng",
    "how": "cách",
    "id": "số",
    "in_scope": "thuộc phạm vi trả lời",
    "into": "gộp vào số",
    "issued_by": "cơ quan ban hành",
    "items": "số khoản",
    "keep_live": "giữ bản công khai",
    "kept": "bản giữ lại",
    "kind": "loại",
    "language": "ngôn ngữ",
    "language_code": "mã ngôn ngữ",
    "lapsing": "hết hiệu lực theo",
    "last_day": "ngày cuối",
    "late": "trễ hạn",
    "left_out": "lược bỏ",
    "letter": "công văn",
    "level": "mức độ",
    "line": "mục dự toán",
    "lines": "số dòng",
    "links_given_up": "mắt xích bỏ đi",
    "list": "danh sách",
    "locale": "ngôn ngữ",
    "members": "số người",
    "method": "cách gửi",
    "most": "nhiều nhất từ",
    "name": "tên",
    "names": "các tên",
    "networks": "số mạng",
    "new": "mới",
    "next": "bước tiếp",
    "note": "ghi chú",
    "number": "số hiệu",
    "object_id": "số đối tượng",
    "object_type": "loại đối tượng",
    "of": "của",
    "old": "cũ",
    "on": "ngày thực hiện",
    "page": "trang",
    "page_id": "số trang",
    "paid_on": "ngày chi",
    "parent_page_id": "số trang cha",
    "part": "phần",
    "path": "địa chỉ",
    "paths": "địa chỉ được hỏi",
    "person": "người",
    "pk": "số",
    "position": "chức vụ",
    "proposed_by": "người đề nghị",
    "rank": "chức danh trong Ban",
    "reason": "lý do",
    "received": "số góp ý đã nhận",
    "relation": "quan hệ",
    "reply": "trả lời",
    "request_id": "số yêu cầu",
    "restored": "khôi phục",
    "restriction": "quyền xem",
    "result": "kết quả",
    "revision": "phiên bản",
    "revision_id": "phiên bản",
    "revision_id_a": "phiên bản thứ nhất",
    "revision_id_b": "phiên bản thứ hai",
    "rewritten": "số bản ghi mã hóa lại",
    "role": "vai trò",
    "row": "dòng",
    "rows": "số dòng",
    "royalty_state": "tình trạng khoản",
    "rule": "quy tắc thời hạn",
    "same": "không có gì mới",
    "scheme": "cách nhập",
    "scope": "phạm vi",
    "screen": "màn hình",
    "seal": "niêm phong",
    "sent_on": "ngày gửi",
    "shown": "số góp ý đã nêu",
    "signature": "mẫu nhận dạng",
    "since": "từ ngày",
    "site": "trang",
    "source": "nơi đi, nguồn",
    "source_locale": "ngôn ngữ gốc",
    "started": "bắt đầu",
    "status": "trạng thái",
    "submitted": "phiên bản gửi duyệt",
    "symbol": "ký hiệu",
    "table": "bảng",
    "tags": "thẻ",
    "takedown": "việc gỡ bỏ",
    "target": "mục đến",
    "task": "bước duyệt",
    "task_id": "số bước duyệt",
    "task_state_id": "số bước duyệt",
    "tasks": "số việc",
    "text": "nội dung",
    "times": "lần thứ",
    "title": "tên",
    "to": "đến",
    "total": "tổng cộng (đồng)",
    "type": "loại",
    "unit": "đơn vị",
    "unreadable": "số bản ghi không đọc được",
    "until": "đến ngày",
    "unusual": "điểm khác thường",
    "user": "người",
    "username": "tên đăng nhập",
    "version": "phiên bản lịch",
    "virus": "mã độc",
    "what": "nội dung",
    "why": "lý do",
    "withdrawn": "đã rút",
    "words": "tìm chữ",
    "work": "loại việc",
    "workflow": "quy trình",
    "workflow_id": "số quy trình",
    "wrong": "có lỗi, không nhập",
    "year": "năm",
}
# How the codes read that are the values of details: (name of the detail, code) → text. Rooms add theirs.
VALUES: dict[tuple[str, str], object] = {
    ("kind", "right"): "không có quyền",
    ("kind", "hidden"): "không thuộc phạm vi của người xem",
    ("kind", "gate"): "trái quy định",
    ("kind", "rate"): "quá nhiều lần",
    ("kind", "conflict"): "người khác vừa sửa",
    ("how", "app"): "ứng dụng mã xác thực",
    ("how", "recovery"): "mã khôi phục",
    ("how", "enrolled"): "vừa cài ứng dụng mã xác thực",
    ("how", "provider"): "ở nơi cấp đăng nhập chung",
    ("status", "in_progress"): "đang duyệt",
    ("status", "approved"): "đã duyệt",
    ("status", "rejected"): "đã trả lại",
    ("status", "cancelled"): "đã hủy",
    ("status", "skipped"): "đã bỏ qua",
    ("status", "needs_changes"): "cần sửa",
    ("type", "none"): "công khai",
    ("type", "login"): "người đã đăng nhập",
    ("type", "password"): "người có mật khẩu",
    ("type", "groups"): "người trong nhóm",
    ("language_code", "vi"): "tiếng Việt",
    ("language_code", "en"): "tiếng Anh",
    ("screen", "view_draft"): "xem bản nháp",
    ("screen", "preview_on_edit"): "xem trước khi sửa",
    ("screen", "preview_on_add"): "xem trước khi thêm",
    ("screen", "revisions_view"): "xem một phiên bản",
    ("screen", "revisions_compare"): "so sánh phiên bản",
    ("screen", "workflow_preview"): "xem bản chờ duyệt",
    ("screen", "preview_translation"): "xem trước bản dịch",
    ("list", "base_audit"): "Nhật ký kiểm tra",
}
_lookups: dict[str, Callable[[str], str]] = {}
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def register_values(name: str, choices: Iterable[tuple[object, object]]) -> None:
    """Let a room say how its codes read as values of a detail: (code, text) pairs; called once, when it is ready."""
    VALUES.update({(name, str(code)): words for code, words in choices})


def register_lookup(name: str, function: Callable[[str], str]) -> None:
    """Let a room say how codes read that are rows: `function(code)` → text, "" for one that is gone."""
    _lookups[name] = function


def detail_name(path: str) -> str:
    """Return the Vietnamese name of a detail; without one, it is shown as it was written.

    Example: "workflow.next.title" → "quy trình, bước tiếp, tên"; the items of a list count from 1.
    """
    return ", ".join(str(int(part) + 1) if part.isdecimal() else DETAILS.get(part, part) for part in path.split("."))


def detail_value(path: str, value):
    """Return how a value reads: codes by their names, days as people write them, the rest as it is."""
    name, words = next((part for part in reversed(path.split(".")) if not part.isdecimal()), ""), str(value)
    if (name, words) in VALUES:
        return str(VALUES[name, words])
    if name in _lookups:
        return _lookups[name](words) or value
    if name == "action":
        return ", ".join(dict.fromkeys(map(name_of, words.split(","))))
    if name == "filters":
        return DETAILS.get(words, words)
    if name == "object_type":
        return type_name(words)
    if name in ("list", "screen"):
        return _list_name(words)
    # «Nghị định 1/2020/NĐ-CP: accepted», as decisions about citations are written down.
    head, colon, code = words.rpartition(": ")
    if colon and (name, code) in VALUES:
        return f"{head}: {VALUES[name, code]}"
    if DAY.fullmatch(words):
        try:
            return format_short(date.fromisoformat(words))
        except ValueError:
            return value
    return value


def type_name(label: str) -> str:
    """Return what kind of thing "app.Model" is, by the model's own name; a model that is gone by its label."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label


def _list_name(address: str) -> str:
    """The name of a list by that of its address: "wagtailsnippets_faq_questiontopic:list" → «chủ đề câu hỏi»."""
    namespace = address.partition(":")[0]
    app, _, model = namespace.removeprefix("wagtailsnippets_").partition("_")
    if not namespace.startswith("wagtailsnippets_"):
        return address
    try:
        return str(apps.get_model(app, model)._meta.verbose_name_plural)
    except LookupError:
        return address
