"""Turns away input that no page can mean, before anything reads it."""

from urllib.parse import unquote_to_bytes

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..views import refuse_input

LONGEST_PATH = 2048
LONGEST_QUERY = 2048
# Lists of the administration carry their filters, chosen rows and the way back in the address.
LONGEST_ADMIN_QUERY = 16_384
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")

BAD_CHARACTERS = _("Địa chỉ hoặc dữ liệu gửi lên có ký tự không hợp lệ; hãy xóa ký tự lạ rồi gửi lại.")
TOO_LONG = _("Địa chỉ quá dài; hãy rút ngắn từ khóa hoặc mở lại trang từ trình đơn.")


class CleanInputMiddleware:
    """Answer 400 in Vietnamese to NUL characters, broken UTF-8 and over-long addresses.

    PostgreSQL refuses NUL in text and Python's decoder refuses broken UTF-8: both would end as a server error
    somewhere deep in a view.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.admin_prefix = reverse("wagtailadmin_home")

    def __call__(self, request):
        problem = self._problem_of_address(request)
        if problem:
            return refuse_input(request, problem)
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.method != "POST" or request.content_type not in FORM_TYPES:
            return None
        for name, values in request.POST.lists():
            if "\0" in name or any("\0" in value for value in values):
                return refuse_input(request, BAD_CHARACTERS)
        return None

    def _problem_of_address(self, request) -> str:
        # A path that is not UTF-8 reaches us with its bytes quoted again, and is simply not found.
        path, query = request.path_info, request.META.get("QUERY_STRING", "")
        limit = LONGEST_ADMIN_QUERY if path.startswith(self.admin_prefix) else LONGEST_QUERY
        if len(path) > LONGEST_PATH or len(query) > limit:
            return TOO_LONG
        return "" if "\0" not in path and _is_text(unquote_to_bytes(query)) else BAD_CHARACTERS


def _is_text(data: bytes) -> bool:
    if b"\0" in data:
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
