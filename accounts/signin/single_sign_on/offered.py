"""Whether single sign-on is offered, and why a person did not come in by it."""

from django.conf import settings

AWAY, OVER, DECLINED, REFUSED, UNKNOWN, CLOSED = "away", "over", "declined", "refused", "unknown", "closed"
STAYS = "stays"
# How far the time of the provider may be from the portal's.
SKEW_SECONDS = 60
OTHERWISE = "hãy vào bằng tên đăng nhập và mật khẩu"
# What the sign-in screen says; the address names a reason, never a text.
PROBLEMS = {
    AWAY: f"Hệ thống đăng nhập chung hiện không trả lời: {OTHERWISE}, hoặc thử lại sau ít phút.",
    OVER: "Lần đăng nhập chung này đã dùng rồi, đã quá 10 phút hoặc không bắt đầu ở trình duyệt này. Hãy bấm lại nút.",
    DECLINED: f"Việc đăng nhập đã dừng ở hệ thống đăng nhập chung. Hãy thử lại; nếu vẫn vậy, {OTHERWISE}.",
    REFUSED: "Cổng không nhận câu trả lời của hệ thống đăng nhập chung. "
    f"{OTHERWISE.capitalize()} và báo cán bộ quản trị kỹ thuật.",
    UNKNOWN: "Tài khoản ở hệ thống đăng nhập chung chưa gắn với tài khoản nào của cổng, hoặc phân công đã kết thúc. "
    f"{OTHERWISE.capitalize()}, rồi gắn ở «Tài khoản», mục «Mật khẩu và phiên».",
    CLOSED: "Tài khoản của bạn ở cổng đang tạm khóa hoặc không còn phân công đang hiệu lực, nên không vào được. "
    "Hãy liên hệ cán bộ quản trị kỹ thuật.",
    STAYS: "Không đăng xuất được ở hệ thống đăng nhập chung. Trên máy dùng chung, hãy đóng hết trình duyệt.",
}


class NotIn(Exception):
    """No person came in; `reason` is one of `PROBLEMS`."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


def is_offered() -> bool:
    """Tell whether a provider is set up."""
    return bool(settings.PORTAL_OIDC_ISSUER)


def name() -> str:
    """Return what the provider is called on screens, "" without one."""
    return settings.PORTAL_OIDC_NAME if is_offered() else ""
