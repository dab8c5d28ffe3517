"""What every screen of signing in shares: how it is answered, and what is said to who must wait."""

from datetime import timedelta
from functools import wraps
from urllib.parse import urlencode

from django.contrib import auth, messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.generic import View

from base.admin.screen_access import SIGNED_IN
from base.public.waits import as_text, seconds_of, slowed
from base.request_facts import client_address, note_refusal

from ..models import PortalSession, User
from . import known_browsers, rescue, sessions, steps

# Set by the editor's script when a key was pressed since it last asked.
ACTIVE = "hoat-dong"


def screen(view):
    """Mark a view as one of signing in: open before the session is whole, never stored by a browser."""
    view = never_cache(view)

    @wraps(view)
    def marked(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store, private"
        return response

    marked.is_sign_in_screen = True
    return marked


class Screen(View):
    """A screen of signing in; with `needs_session`, of a user whose password was right."""

    screen_access = SIGNED_IN
    needs_session = False
    without_version = "The person's own account and sessions."

    @classmethod
    def as_view(cls, **options):
        return screen(super().as_view(**options))

    def dispatch(self, request, *args, **kwargs):
        self.now = timezone.now()
        self.session = request.portal_session
        if self.needs_session and self.session is None:
            return HttpResponseRedirect(f"{reverse('wagtailadmin_login')}?{urlencode({'next': next_address(request)})}")
        return super().dispatch(request, *args, **kwargs)

    @property
    def address(self) -> str:
        """The client's network address."""
        return client_address(self.request)

    def show(self, template: str, status: int = 200, **context):
        """Answer with a screen; `next` goes along through all of them."""
        context = {"next": self.next_address(), "now_session": self.session, **context}
        return render(self.request, f"accounts/signin/{template}.html", context, status=status)

    def next_address(self) -> str:
        """Where the person goes after the last step."""
        return next_address(self.request)

    def begin_session(self, user: User) -> None:
        """Begin a session of who has just shown who they are; one that this browser had before ends."""
        before = self.request.portal_session
        if before is not None:
            sessions.end(before, on=self.now, why=PortalSession.End.REPLACED)
        auth.login(self.request, user)
        self.session = sessions.begin(self.request, user, on=self.now)

    def go_on(self):
        """Go to the next step of signing in, or in."""
        step = steps.outstanding(self.session, on=self.now)
        if step:
            return HttpResponseRedirect(f"{reverse(step)}?{urlencode({'next': self.next_address()})}")
        self.enter()
        response = HttpResponseRedirect(self.next_address())
        known_browsers.remember(self.request, response, self.session.user.get_username())
        return response

    def enter(self):
        """Every step is done: say what the person should know before they start work."""
        if self.session.entered_at is None and rescue.waiting(self.session.user, on=self.now).exists():
            messages.warning(self.request, "Có văn bản được giữ lại từ phiên trước: xem mục «Văn bản giữ lại».")
        sessions.enter(self.session, on=self.now)


def too_many(request, wait: timedelta):
    """Answer 429: there were too many guesses; say when the next is allowed."""
    note_refusal("rate", "đăng nhập")
    seconds = seconds_of(wait)
    response = slowed(render(request, "accounts/signin/too_many.html", {"wait": as_text(seconds)}), seconds)
    response.headers["Cache-Control"] = "no-store, private"
    return response


def next_address(request) -> str:
    """Return where the person wanted to go, if that is one of our addresses; else the administration's front page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    own = wanted.startswith(reverse("wagtailadmin_home")) and wanted != reverse("wagtailadmin_logout")
    return wanted if allowed and own else reverse("wagtailadmin_home")
