"""What the administration says to a user who asks for a screen that is not for them, or not there.

They come back to the first screen, are told what they had asked for and for whom it is, and get no way to an error of a
form, for there was none. What is not there is said on a page of the administration with the way back, not on the
citizens' one.
"""

from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from wagtail.admin import auth, messages

from ...request_facts import TURNED_AWAY, note_refusal

LONGEST_ADDRESS = 120


def turned_away(request, whom: str = ""):
    """Redirect to the dashboard and say which screen was not opened; `whom`: the roles for which it is."""
    if request.headers.get("x-requested-with") == "XMLHttpRequest":
        raise PermissionDenied
    address = request.path[:LONGEST_ADDRESS]
    message = f"Màn hình này dành cho vai trò: {whom}." if whom else "Vai trò của bạn không dùng màn hình hay việc này."
    # A redirect says nothing by itself: the audit trail writes it down by this note.
    note_refusal(TURNED_AWAY, message)
    # A warning: beside an error Wagtail puts a button to the first error of a form.
    messages.warning(request, f"Chưa mở được «{address}». {message} Bạn được đưa về «Việc của tôi».")
    return redirect("wagtailadmin_home")


def is_of_administration(request) -> bool:
    """Tell whether a user who may enter the administration asked for something in it."""
    user = getattr(request, "user", None)
    is_there = request.path_info.startswith(reverse("wagtailadmin_home"))
    return is_there and user is not None and user.is_authenticated and user.has_perm("wagtailadmin.access_admin")


def not_there(request):
    """Answer 404 with the way back to the dashboard; the same for what is not there and for what is another's."""
    response = render(request, "wagtailadmin/404.html", status=404)
    response.headers["Cache-Control"] = "no-store"
    return response


def say_why() -> None:
    """Let Wagtail turn people away as the portal does."""
    auth.permission_denied = turned_away
