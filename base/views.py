"""Answers when something is refused, missing or broken: what happened, and what the reader can do."""

import logging
import re
import sys

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

from .admin.patches.admin_refusals import is_of_administration, not_there
from .files.storage import StoreAway
from .gate import Refused
from .operations.proof import TURN
from .operations.throttle import turn_in, visit_of
from .public.api import closed_to_scripts, is_api, only_for_reading, problem
from .public.frame import Frame, build_frame
from .public.gone.journal import journal
from .public.waits import as_text

logger = logging.getLogger(__name__)

AWAY_SECONDS = 30
# Fields whose values never come back on a page: passwords, codes. Readers' forms have neither; the code that they look
# something up with shall come back.
SECRET_FIELD = re.compile(r"passw|mat.?khau|otp|code|ma.?xac.?thuc", re.IGNORECASE)
# In the address of every screen that asks for a code of the second factor.
PROVING = "xac-thuc"
PASSWORD_FIELD = re.compile(r"passw|mat.?khau|otp", re.IGNORECASE)


def bad_request(request, exception=None):
    """Answer 400: the request itself makes no sense."""
    return _error_page(
        request,
        400,
        _("Yêu cầu không hợp lệ"),
        _("Máy chủ không đọc được yêu cầu này. Hãy kiểm tra lại địa chỉ hoặc dữ liệu đã nhập rồi gửi lại."),
    )


def refuse_input(request, explanation: str, status: int = 400):
    """Answer 400 (413 too much, 409 not possible now) and say what is wrong, in a sentence the reader can act on."""
    headings = {413: _("Nội dung gửi lên quá lớn"), 409: _("Chưa thực hiện được")}
    return _error_page(request, status, headings.get(status, _("Yêu cầu không hợp lệ")), explanation)


def too_many_requests(request, seconds: int):
    """Answer 429 and say when to come again; asks nothing of the database, which it protects."""
    language = _language(request)
    with translation.override(language):
        if is_api(request):
            response = _problem(request, 429, _("Quá nhiều yêu cầu"), f"Hãy hỏi lại sau {seconds} giây.")
        else:
            frame = Frame(language_code=language, title=_("Quá nhiều yêu cầu"))
            frame.is_indexed = False
            context = {"frame": frame, "status": 429, "wait": as_text(seconds)}
            response = render(request, "429.html", context, status=429)
    response.headers["Retry-After"] = str(seconds)
    response.headers["Cache-Control"] = "no-store"
    return response


def press_again(request, seconds: int):
    """Answer 429 to a form that came too soon: all that was typed, to be sent again with one press, and truly when.

    Asks nothing of the database. Passwords are not given back, nor are files, which a page cannot hold.
    """
    return _give_back("base/press_again.html", _given_back(request, _secret_in(request)), seconds, 429)


def permission_denied(request, exception=None):
    """Answer 403; a refusal of the gate says itself which road to take."""
    explanation = str(exception) if isinstance(exception, Refused) else ""
    return _error_page(
        request,
        403,
        _("Không được phép"),
        explanation or _("Không có quyền xem trang này hoặc thực hiện việc này."),
    )


def page_not_found(request, exception=None):
    """Answer 404; a short one to an address that asked for many missing pages (`throttle.py`).

    In the administration it has a link back to the dashboard.
    """
    visit = visit_of(request)
    if visit is not None and (seconds := visit.missing_wait()):
        return too_many_requests(request, seconds)
    if is_of_administration(request):
        return not_there(request)
    return _error_page(
        request,
        404,
        _("Không tìm thấy trang"),
        _("Trang không có ở địa chỉ này. Có thể địa chỉ bị gõ sai, hoặc trang đã được chuyển đi."),
    )


@requires_csrf_token
def server_error(request):
    """Answer 500, or 503 while database or object store are away; the details are in the log, never on the page."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError | StoreAway):
        return database_away(request)
    return _error_page(
        request,
        500,
        _("Hệ thống đang có lỗi"),
        _("Trang tạm thời không mở được. Xin thử lại sau ít phút; lỗi đã được ghi lại để xử lý."),
    )


def database_away(request):
    """Answer 503 and give back what was typed, to be sent again with one press; asks nothing of the database.

    A form with a password or a code is not given back, nor are files, which a page cannot hold. The address of what
    went from public view answers 410 even now: it is not away, it is gone.
    """
    if request.method in ("GET", "HEAD") and journal().removal_at(request.META.get("HTTP_HOST", ""), request.path_info):
        return _gone_while_away(request)
    return _give_back("base/database_away.html", _given_back(request, _secret_in(request)), AWAY_SECONDS, 503)


def busy(request, seconds: int):
    """Answer 503 where there is no room now, with all that was typed, to be sent again with one press.

    Asks nothing of the database. Not given back are passwords, codes of the administration, and files, which a page
    cannot hold.
    """
    return _give_back("base/busy.html", _given_back(request, _secret_in(request)), seconds, 503)


def _secret_in(request) -> re.Pattern:
    """Where people prove who they are a code is as secret as a password; elsewhere it is that of a procedure."""
    return SECRET_FIELD if PROVING in request.path_info else PASSWORD_FIELD


def _give_back(template: str, context: dict, seconds: int, status: int) -> HttpResponse:
    with translation.override(context["language"]):
        context |= {"seconds": seconds, "wait": as_text(seconds), "status": status}
        response = HttpResponse(render_to_string(template, context), status=status)
    response.headers["Retry-After"] = str(seconds)
    response.headers["Cache-Control"] = "no-store"
    return response


def _given_back(request, secret: re.Pattern) -> dict:
    """Return what a page needs that gives back what was typed; nothing of a form with a field named like `secret`."""
    typed = []
    if request.method == "POST":
        typed = [(name, value) for name, values in request.POST.lists() for value in values]
        if turn := turn_in(request):
            typed = [*((name, value) for name, value in typed if name != TURN), (TURN, turn)]
        if any(secret.search(name) for name, _value in typed):
            typed = []
    return {
        "language": _language(request),
        "site_name": settings.WAGTAIL_SITE_NAME,
        "typed": typed,
        "address": request.get_full_path(),
        "had_files": bool(typed) and bool(request.FILES),
    }


def _gone_while_away(request):
    """Answer 410 from the journal alone: no title, which may be what had to go, and no reason, which is not there."""
    context = {"language": _language(request), "site_name": settings.WAGTAIL_SITE_NAME}
    with translation.override(context["language"]):
        response = HttpResponse(render_to_string("base/gone_while_away.html", context), status=410)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "no-store"
    return response


def csrf_failure(request, reason=""):
    """Answer 403 to a form whose token is missing or too old; 405 where nothing can be sent at all."""
    if is_api(request):
        return only_for_reading()
    if is_of_administration(request) and not request.accepts("text/html"):
        # The editor of the administration, which saves by itself, shows this message and goes on.
        message = "Biểu mẫu đã hết hạn vì vừa có lần đăng nhập khác; nội dung vẫn còn ở đây, chưa lưu."
        return JsonResponse({"success": False, "error_code": "locked", "error_message": message}, status=403)
    if request.path_info == reverse("wagtailadmin_login") and settings.SESSION_COOKIE_NAME in request.COOKIES:
        # The user signed in in another window: the screen redirects, or asks again.
        return redirect(request.get_full_path())
    return _error_page(
        request,
        403,
        _("Biểu mẫu đã hết hạn"),
        _("Hãy bấm nút quay lại của trình duyệt, sao chép nội dung đã nhập, tải lại trang rồi gửi lại."),
    )


def _problem(request, status: int, title: str, detail: str) -> HttpResponse:
    response = problem(status, title, detail)
    return closed_to_scripts(response) if "Authorization" in request.headers else response


def _error_page(request, status: int, heading: str, explanation: str) -> HttpResponse:
    if is_api(request):
        response = _problem(request, status, heading, explanation)
        response.headers["Cache-Control"] = "no-store"
        return response
    language = _language(request)
    with translation.override(language):
        try:
            frame = build_frame(None, request, title=heading)
        except DatabaseError:
            frame = Frame(language_code=language, title=heading)
        frame.is_indexed = False
        # Wagtail writes a row when a user first sees its bar; an error page must not wait for a locked database.
        frame.shows_userbar = False
        context = {"frame": frame, "status": status, "heading": heading, "explanation": explanation}
        try:
            response = render(request, "base/error.html", context, status=status)
        except Exception:
            # Whatever broke here must not hide the first error.
            logger.exception("The error page could not be made.")
            response = HttpResponse(render_to_string("500.html"), status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _language(request) -> str:
    return translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
