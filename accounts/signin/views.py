"""The screens of signing in. Each works without JavaScript, is never kept by a browser, and calls the actions."""

from urllib.parse import urlencode

from django.contrib import auth
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from base.audit.trail import record

from ..models import PortalSession, User
from . import known_browsers, sessions, throttle
from .forms import LoginForm
from .screens import Screen, next_address, too_many
from .single_sign_on import offered

End = PortalSession.End
REASONS = {
    End.IDLE: "Phiên làm việc đã kết thúc vì để lâu không dùng.",
    End.TOO_OLD: "Phiên làm việc đã kết thúc vì quá thời hạn một phiên.",
    End.ELSEWHERE: "Phiên làm việc đã được kết thúc từ một phiên khác của bạn.",
    End.CREDENTIALS: "Phiên làm việc đã kết thúc vì mật khẩu, xác thực hoặc quyết định giao quyền đã thay đổi.",
    End.REPLACED: "Phiên làm việc đã được thay bằng một phiên mới.",
    End.SIGNED_OUT: "Bạn đã đăng xuất.",
}
# What a window says that was open when the person signed out in another one.
LEFT_ELSEWHERE = "Bạn đã đăng xuất ở cửa sổ khác."


# The hash is computed outside a transaction: a crowd of sign-ins must not hold the database's write lock.
@method_decorator(sensitive_post_parameters("password"), name="dispatch")
class SignInView(Screen):
    """Name and password."""

    @classmethod
    def as_view(cls, **options):
        return transaction.non_atomic_requests(super().as_view(**options))

    def get(self, request):
        user = request.user
        if user.is_authenticated and user.has_perm("wagtailadmin.access_admin"):
            return HttpResponseRedirect(next_address(request))
        if request.sign_in_step:
            return HttpResponseRedirect(f"{reverse(request.sign_in_step)}?{urlencode({'next': next_address(request)})}")
        why = request.GET.get("ly-do", "")
        return self.show_form(
            LoginForm(request),
            reason=REASONS.get(why, ""),
            has_left=why == End.SIGNED_OUT,
            problem=offered.PROBLEMS.get(request.GET.get("khong-vao", ""), ""),
        )

    def post(self, request):
        typed = request.POST.get("username", "")
        self.browser = known_browsers.find(request, typed)
        wait = throttle.password_wait(typed, self.address, on=self.now, browser=self.browser)
        if wait:
            return too_many(request, wait)
        form = LoginForm(request, data=request.POST)
        if form.is_valid():
            return self.let_in(form.get_user())
        if form.cleaned_data.get("username") and form.cleaned_data.get("password"):
            if self.note_failure(form.cleaned_data["username"]) >= throttle.PASSWORD.most:
                return too_many(request, throttle.PASSWORD.window)
        return self.show_form(form)

    def show_form(self, form: LoginForm, **context):
        return self.show("sign_in", form=form, single_sign_on=offered.name(), **context)

    @transaction.atomic
    def let_in(self, user: User):
        """Begin a session; the steps that are missing come next."""
        throttle.password_right(user.username, self.address, browser=self.browser)
        self.begin_session(user)
        return self.go_on()

    @transaction.atomic
    def note_failure(self, typed: str) -> int:
        """Record and count a wrong sign-in; return how many there were lately for this account and network.

        What was typed is named only when it is an account's name.

        Roles and site are left out: looking them up would tell known names from unknown ones by the time it takes.
        """
        who = User.objects.filter(username=typed).first()
        name = f"{who.get_full_name()} ({who.get_username()})" if who else "không rõ"
        record("session.failed", actor_name=name, object_label=name, site="", result="failed")
        failures, everywhere = throttle.password_failed(typed, self.address, on=self.now, browser=self.browser)
        if failures == throttle.PASSWORD.most:
            throttle.tell_locked(who=who, address=self.address, what="sai mật khẩu 10 lần", on=self.now)
        if everywhere == throttle.PASSWORD_OF_ACCOUNT.most:
            what = f"sai mật khẩu {everywhere} lần của một tài khoản, từ nhiều mạng"
            throttle.tell_locked(who=who, address=self.address, what=what, on=self.now)
        return failures


class SignOutView(Screen):
    """End this session, on the server too; everywhere, when asked."""

    def get(self, request):
        return self.show("sign_out") if self.session else HttpResponseRedirect(reverse("wagtailadmin_login"))

    def post(self, request):
        if self.session is not None:
            if request.POST.get("everywhere"):
                sessions.end_all(self.session.user, on=self.now, why=End.SIGNED_OUT, by=self.session.user)
            else:
                sessions.end(self.session, on=self.now, why=End.SIGNED_OUT, by=self.session.user)
        key = request.session.session_key
        auth.logout(request)
        if self.session is not None:
            # As at every other end: what another window still sends is known as its writer's, and kept for them.
            request.session = sessions.LeftAlone(key)
        response = HttpResponseRedirect(f"{reverse('wagtailadmin_login')}?{urlencode({'ly-do': End.SIGNED_OUT})}")
        # What the browser still remembers of the administration is of no use to the next user of it.
        response.headers["Clear-Site-Data"] = '"cache"'
        return response


# --- Sessions and what they leave ------------------------------------------------------------------


def ended_message(rescued) -> str:
    """Return what the person is told when their session ended while they worked."""
    return (
        "Phiên làm việc đã kết thúc; văn bản đã được giữ. Đăng nhập lại để xem ở «Văn bản giữ lại»."
        if rescued
        else "Phiên làm việc đã kết thúc. Hãy đăng nhập lại."
    )


def ended_page(request, rescued):
    """Answer a form that came too late: its text is kept, and here is where to sign in."""
    session = request.ended_session
    context = {
        "form": LoginForm(request),
        "next": reverse("accounts_rescued") if rescued else reverse("wagtailadmin_home"),
        "kept": rescued,
        "reason": REASONS.get(session.why, "") if session else "",
        "step": request.sign_in_step,
        "single_sign_on": offered.name(),
    }
    response = render(request, "accounts/signin/sign_in.html", context, status=403)
    response.headers["Cache-Control"] = "no-store, private"
    return response
