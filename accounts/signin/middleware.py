"""Every request that brings a session: is it still good, and is its person really in?

1. The key's session is looked up: one that ended, is idle or too old, or whose person's credentials changed, opens
   nothing.
2. Of a session with a step of signing in still to do (`steps.py`) no user is signed in, except on that step's screen.
3. Otherwise the visit is noted, unless it is only the question by which the editor asks whether the session goes on.
4. What was typed into a form of the administration is kept (`rescue.py`) before the way leads to signing in.

Stands inside AuthenticationMiddleware and MessageMiddleware, before the gate of the administration.
"""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from base.public.request_kinds import READING

from ..models import PortalSession
from . import rescue, screens, sessions, steps, views

# Screens for those who are not in, or not yet; Wagtail's two are drawings and translations.
OPEN = frozenset({"wagtailadmin_sprite", "wagtailadmin_javascript_catalog"})
# Where one comes to after the end, while other windows may still have text to send.
LOOKED_AT = frozenset({"wagtailadmin_login", "accounts_sign_in"})
# What the browser asks by itself: it neither keeps a session alive nor takes its cookie away.
BACKGROUND = ("editing-sessions/", "phien/", "sprite/", "jsi18n/")


class SignInMiddleware:
    """Let only whole sessions through; see the module."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.prefix = reverse("wagtailadmin_home")
        self.background = tuple(self.prefix + path for path in BACKGROUND)
        self.store = import_string(settings.SESSION_ENGINE + ".SessionStore")

    def __call__(self, request):
        request.portal_session = request.ended_session = None
        request.sign_in_step = ""
        request.was_signed_in = False
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if key:
            self._examine(request, key, timezone.now())
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.was_signed_in or not request.path_info.startswith(self.prefix):
            return None
        if getattr(view, "is_sign_in_screen", False):
            only_looks = request.method in READING and request.resolver_match.url_name in LOOKED_AT
            if isinstance(request.session, sessions.LeftAlone) and not (self._is_background(request) or only_looks):
                # A person who signs in or out here begins anew.
                request.session = self.store()
            return None
        if request.resolver_match.view_name in OPEN:
            return None
        return self._turn_away(request)

    def _examine(self, request, key: str, now) -> None:
        session = sessions.find(key)
        if session is not None and session.ended is not None:
            self._close(request, key, session, now)
            return
        if not request.user.is_authenticated:
            if session is not None:
                # Django has compared the password's hash, the epoch, the age and whether the account is active.
                why = sessions.overdue(session, now) or PortalSession.End.CREDENTIALS
                self._close(request, key, sessions.end(session, on=now, why=why), now)
            return
        if session is None or session.user_id != request.user.pk:
            session = sessions.begin(request, request.user, on=now)
        session.user = request.user
        if why := sessions.overdue(session, now):
            self._close(request, key, sessions.end(session, on=now, why=why), now)
            return
        request.portal_session = session
        request.sign_in_step = steps.outstanding(session, on=now)
        if request.sign_in_step:
            request.user = AnonymousUser()
            request.was_signed_in = True
        elif self._is_activity(request):
            sessions.touch(session, now)

    def _close(self, request, key: str, session: PortalSession, now) -> None:
        request.user = AnonymousUser()
        request.ended_session = session
        request.was_signed_in = True
        if rescue.is_taken(session, now):
            # The cookie stays, though it opens nothing: by its key the text of an open editor is known as its writer's.
            request.session = sessions.LeftAlone(key)
        else:
            request.session.flush()

    def _turn_away(self, request):
        session = request.portal_session or request.ended_session
        rescued = None
        if request.method not in READING:
            rescued = rescue.store(request, session, match=request.resolver_match, on=timezone.now())
        if self._is_background(request) or not request.accepts("text/html") or _is_by_script(request):
            return JsonResponse(
                # Of the editor's codes the one whose message it shows, and after which it goes on saving by itself.
                {"success": False, "error_code": "locked", "error_message": views.ended_message(rescued)},
                status=403,
            )
        if request.method in READING:
            return HttpResponseRedirect(self._sign_in_address(request))
        return views.ended_page(request, rescued)

    def _sign_in_address(self, request) -> str:
        name = request.sign_in_step or "wagtailadmin_login"
        query = {"next": request.get_full_path()}
        if request.ended_session is not None and request.ended_session.why:
            query["ly-do"] = request.ended_session.why
        return f"{reverse(name)}?{urlencode(query)}"

    def _is_background(self, request) -> bool:
        return request.path_info.startswith(self.background)

    def _is_activity(self, request) -> bool:
        if not self._is_background(request):
            return True
        return request.GET.get(screens.ACTIVE) == "1"


def _is_by_script(request) -> bool:
    return request.headers.get("x-requested-with") == "XMLHttpRequest"
