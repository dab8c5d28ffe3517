"""What a user has dismissed in the administration ("not again"): a handful of names, each with yes or no.

Wagtail's own view of the same address stores whatever JSON it is sent, of any size, in the account.
"""

import json
import re

from django.http import HttpResponseBadRequest, JsonResponse
from django.utils.decorators import method_decorator
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.dismissibles import DismissiblesView
from wagtail.users.models import UserProfile

from .screen_access import SIGNED_IN

NAME = re.compile(r"[A-Za-z0-9_.\-]{1,80}")
MOST_NAMES, MOST_BYTES = 50, 4096


@method_decorator(require_admin_access, name="dispatch")
class OwnDismissiblesView(DismissiblesView):
    """Tell what was put away, and put away more."""

    screen_access = SIGNED_IN

    def patch(self, request, *args, **kwargs):
        try:
            sent = json.loads(request.body) if len(request.body) <= MOST_BYTES else None
        except (ValueError, RecursionError):
            sent = None
        if not isinstance(sent, dict) or not all(NAME.fullmatch(name) and _is_yes_or_no(sent[name]) for name in sent):
            return HttpResponseBadRequest("Chỉ nhận tên và có hoặc không.")
        profile = UserProfile.get_for_user(request.user)
        dismissed = profile.dismissibles | sent
        if len(dismissed) > MOST_NAMES:
            return HttpResponseBadRequest(f"Nhiều nhất {MOST_NAMES} mục.")
        profile.dismissibles = dismissed
        profile.save(update_fields=["dismissibles"])
        return JsonResponse(dismissed)


def _is_yes_or_no(value) -> bool:
    return isinstance(value, bool)
