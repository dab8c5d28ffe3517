"""Input that Wagtail's own screens cannot read is answered 400, not 500.

Wagtail trusts what its own scripts send: a form without the bookkeeping of its blocks, rich text of another shape, a
key that is no number end in an exception in the midst of its code (decisions/0018). An error of our own code stays an
error.
"""

import logging
from pathlib import Path

from django.conf import settings
from django.core.exceptions import FieldError, ObjectDoesNotExist, ValidationError
from django.db import DataError
from django.db.models import ProtectedError, RestrictedError
from django.urls import NoReverseMatch, reverse
from django.utils.datastructures import MultiValueDictKeyError
from django.utils.translation import gettext as _

from ..views import refuse_input

logger = logging.getLogger(__name__)

# What a wrong key or filter in an address becomes.
OF_ADDRESSES = (ValueError, ValidationError, OverflowError, DataError, FieldError, ObjectDoesNotExist, KeyError)
# Where a user wants to be led afterwards, by Wagtail's name.
NEXT = "next"
# What a form or document of another shape becomes, beside the above.
OF_BODIES = (*OF_ADDRESSES, TypeError, AttributeError, IndexError, AssertionError, RecursionError)
STILL_USED = (
    "Không xóa được vì nội dung khác đang nhắc đến mục này; hãy bỏ các chỗ nhắc đến trước, "
    "hoặc dùng mục «Đề nghị gỡ bỏ»."
)
READING = frozenset({"GET", "HEAD", "OPTIONS"})
# They hand a request on to Wagtail's view, and do nothing else with it.
PASS_ON = frozenset({"by_method", "guarded", "__call__", "dispatch"})


class Unreadable(Exception):
    """A form could not be read that ours, not Wagtail's, asked for; its cause says why."""


def is_valid(form) -> bool:
    """Tell whether a form is valid; raise Unreadable where Wagtail stumbles over what was sent."""
    try:
        return form.is_valid()
    except OF_BODIES as error:
        if _is_ours(error):
            raise
        raise Unreadable from error


def forms_of(formset) -> list:
    """Return the forms of a formset; raise Unreadable where the keys of its rows are none."""
    try:
        return formset.forms
    except (ValueError, ValidationError, KeyError) as error:
        raise Unreadable from error


class UnreadableInputMiddleware:
    """Answer 400 when one of Wagtail's screens stumbles over what it was sent.

    409 when it was to delete what others hold on to; the whole request is taken back.

    Only in the administration, only for the exceptions above, and only when no line of ours stood between
    Wagtail's view and the failure: every frame of ours handed on (PASS_ON) or called `super()`. The traceback is logged
    as a warning.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.admin_prefix = reverse("wagtailadmin_home")

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not request.path_info.startswith(self.admin_prefix):
            return None
        if isinstance(exception, ProtectedError | RestrictedError) and not _is_ours(exception):
            return refuse_input(request, STILL_USED, status=409)
        if not is_of_input(request, exception):
            return None
        logger.warning("Unreadable input: %s %s", request.method, request.path_info, exc_info=exception)
        cause = exception.__cause__ if isinstance(exception, Unreadable) else exception
        if isinstance(cause, MultiValueDictKeyError):
            named = str(cause).strip("'\"")[:100]
            return refuse_input(
                request,
                _("Biểu mẫu gửi lên thiếu phần «%(name)s»; hãy bấm nút quay lại, tải lại trang rồi gửi lại.")
                % {"name": named},
            )
        return refuse_input(
            request,
            _(
                "Dữ liệu gửi lên không đúng dạng mà trang này đọc được; hãy bấm nút quay lại, "
                "tải lại trang rồi gửi lại."
            ),
        )


def is_of_input(request, exception: Exception) -> bool:
    """Tell whether an exception means that a screen of Wagtail could not read what it was sent."""
    if isinstance(exception, Unreadable):
        return True
    if isinstance(exception, NoReverseMatch):
        # Wagtail takes any word without a host for an address to lead to.
        return bool(request.GET.get(NEXT) or request.POST.get(NEXT)) and not _is_ours(exception)
    if request.method in READING:
        was_sent = bool(request.META.get("QUERY_STRING") or getattr(request.resolver_match, "kwargs", None))
        kinds = OF_ADDRESSES
    else:
        was_sent, kinds = True, OF_BODIES
    return was_sent and isinstance(exception, kinds) and not _is_ours(exception)


def _is_ours(exception: Exception) -> bool:
    """Tell whether a line of ours, other than one that passes the call on, is in the traceback."""
    trace, frames = exception.__traceback__, []
    while trace is not None:
        frames.append(trace.tb_frame.f_code)
        trace = trace.tb_next
    if _is_own_file(frames[-1].co_filename):
        return True
    return any(
        _is_own_file(code.co_filename) and code.co_name not in PASS_ON and code.co_name != following.co_name
        for code, following in zip(frames, frames[1:], strict=False)
    )


def _is_own_file(name: str) -> bool:
    path = Path(name)
    return path.is_relative_to(settings.BASE_DIR) and "site-packages" not in path.parts
