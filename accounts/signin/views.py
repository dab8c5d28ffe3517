"""The screens of signing in. Each works without JavaScript, is never kept by a browser, and calls the verbs."""

import math
from datetime import timedelta
from functools import wraps
from urllib.parse import urlencode

from django.contrib import auth, messages
from django.contrib.auth import HASH_SESSION_KEY
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View

from base.admin.seen_versions import decides_about_nothing_seen
from base.audit.trail import record, record_personal_data_read
from base.request_facts import client_address, note_refusal
from base.waits import in_words

from ..models import PortalSession, User
from . import known_browsers, links, passwords, rescue, second_factor, sessions, steps, throttle
from .forms import WRONG_OLD, ChangePasswordForm, CodeForm, LoginForm, NewPasswordForm, ResetForm

End = PortalSession.End
# Set by the editor's clock when a key was pressed since it last asked.
ACTIVE = "hoat-dong"
LINK_TOKEN = "_link_token"
MASKED = "dat-mat-khau"
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
    """A screen of signing in; with `needs_session`, of somebody whose password was right."""

    needs_session = False
    without_version = "The person's own account and sessions."

    @classmethod
    def as_view(cls, **options):
        return screen(super().as_view(**options))

    def dispatch(self, request, *args, **kwargs):
        self.now = timezone.now()
        self.session = request.portal_session
        if self.needs_session and self.session is None:
            return HttpResponseRedirect(f"{reverse('wagtailadmin_login')}?{urlencode({'next': _next(request)})}")
        return super().dispatch(request, *args, **kwargs)

    @property
    def address(self) -> str:
        """The client's network address."""
        return client_address(self.request)

    def show(self, template: str, status: int = 200, **context):
        """Answer with a screen; `next` goes along through all of them."""
        context = {"next": _next(self.request), "now_session": self.session, **context}
        return render(self.request, f"accounts/signin/{template}.html", context, status=status)

    def go_on(self):
        """Go to the next step of signing in, or in."""
        step = steps.outstanding(self.session, on=self.now)
        if step:
            return HttpResponseRedirect(f"{reverse(step)}?{urlencode({'next': _next(self.request)})}")
        self.enter()
        response = HttpResponseRedirect(_next(self.request))
        known_browsers.remember(self.request, response, self.session.user.get_username())
        return response

    def enter(self):
        """Every step is done: say what the person should know before he works."""
        if self.session.entered_at is None and rescue.waiting(self.session.user, on=self.now).exists():
            messages.warning(self.request, "Có văn bản được giữ lại từ phiên trước: xem mục «Văn bản giữ lại».")
        sessions.enter(self.session, on=self.now)


# --- In and out ------------------------------------------------------------------------------------


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
            return HttpResponseRedirect(_next(request))
        if request.sign_in_step:
            return HttpResponseRedirect(f"{reverse(request.sign_in_step)}?{urlencode({'next': _next(request)})}")
        return self.show("sign_in", form=LoginForm(request), reason=REASONS.get(request.GET.get("ly-do", ""), ""))

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
            if self.note_failure(form.cleaned_data["username"]) >= throttle.LOCKED_FROM:
                return too_many(request, throttle.LOCKED)
        return self.show("sign_in", form=form)

    @transaction.atomic
    def let_in(self, user: User):
        """Begin a session; the steps that are missing come next."""
        before = self.request.portal_session
        if before is not None:
            sessions.end(before, on=self.now, why=End.REPLACED)
        throttle.password_right(user.username, self.address, browser=self.browser)
        auth.login(self.request, user)
        self.session = sessions.begin(self.request, user, on=self.now)
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
        if failures == throttle.LOCKED_FROM:
            throttle.tell_locked(who=who, address=self.address, what="sai mật khẩu 10 lần", on=self.now)
        if everywhere == throttle.PASSWORDS_OF_ACCOUNT:
            what = f"sai mật khẩu {everywhere} lần của một tài khoản, từ nhiều mạng"
            throttle.tell_locked(who=who, address=self.address, what=what, on=self.now)
        return failures


def too_many(request, wait: timedelta):
    """Answer 429: somebody guessed too often, and when it goes on."""
    note_refusal("rate", "đăng nhập")
    seconds = max(1, math.ceil(wait.total_seconds()))
    response = render(request, "accounts/signin/too_many.html", {"wait": in_words(seconds)}, status=429)
    response.headers["Retry-After"] = str(seconds)
    response.headers["Cache-Control"] = "no-store, private"
    return response


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
            # As at every other end: what another window still sends is known as its writer's, and kept for him.
            request.session = sessions.LeftAlone(key)
        response = HttpResponseRedirect(f"{reverse('wagtailadmin_login')}?{urlencode({'ly-do': End.SIGNED_OUT})}")
        # What the browser still remembers of the administration is of no use to whoever comes next.
        response.headers["Clear-Site-Data"] = '"cache"'
        return response


# --- The second factor -----------------------------------------------------------------------------


class VerifyView(Screen):
    """A code of the app, or a recovery code."""

    needs_session = True

    def get(self, request):
        if not second_factor.device_of(self.session.user) or self.session.verified_at:
            return self.go_on()
        return self.show("verify", form=CodeForm())

    def post(self, request):
        user = self.session.user
        form = CodeForm(request.POST)
        wait = throttle.code_wait(user, self.address, on=self.now)
        if wait:
            return too_many(request, wait)
        if form.is_valid():
            how = second_factor.verify(user, form.cleaned_data["code"], on=self.now)
            if how:
                throttle.code_right(user, self.address)
                second_factor.mark_verified(self.session, on=self.now)
                sessions.change_key(request, self.session)
                record("session.second_factor", by=user, obj=user, detail={"how": how})
                return self.go_on()
            self.note_failure(user)
            form.add_error("code", second_factor.WRONG_CODE)
        return self.show("verify", form=form)

    def note_failure(self, user: User) -> None:
        """Count and record a wrong code."""
        record("session.second_factor", by=user, obj=user, result="failed")
        if throttle.code_failed(user, self.address, on=self.now) == throttle.LOCKED_FROM:
            throttle.tell_locked(who=user, address=self.address, what="sai mã xác thực 10 lần", on=self.now)


class EnrolView(VerifyView):
    """Install the app: scan or type the secret, then enter its first code. Who has one shows it first."""

    def dispatch(self, request, *args, **kwargs):
        if request.sign_in_step not in ("", steps.ENROL):
            return HttpResponseRedirect(f"{reverse(request.sign_in_step)}?{urlencode({'next': _next(request)})}")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request):
        return self.show_secret(CodeForm())

    def post(self, request):
        user = self.session.user
        if second_factor.device_of(user) and not self.may_replace():
            return HttpResponseRedirect(reverse("accounts_factor"))
        form = CodeForm(request.POST)
        wait = throttle.code_wait(user, self.address, on=self.now)
        if wait:
            return too_many(request, wait)
        if form.is_valid():
            try:
                codes = second_factor.confirm_enrolment(user, form.cleaned_data["code"], by=user, on=self.now)
            except ValidationError as problem:
                self.note_failure(user)
                form.add_error("code", problem)
            else:
                return self.enrolled(user, codes)
        return self.show_secret(form)

    def show_secret(self, form):
        user = self.session.user
        if second_factor.device_of(user) and not self.may_replace():
            return HttpResponseRedirect(reverse("accounts_factor"))
        device = second_factor.start_enrolment(user)
        return self.show(
            "enrol",
            form=form,
            picture=second_factor.picture_of(device),
            secret=second_factor.secret_of(device),
            username=user.get_username(),
            is_compulsory=second_factor.is_compulsory(user),
        )

    def may_replace(self) -> bool:
        """Whether the present app's code was shown for this purpose a moment ago."""
        shown = self.request.session.get("_factor_shown", 0)
        return bool(self.session.verified_at) and self.now.timestamp() - shown < 600

    def enrolled(self, user: User, codes: list[str]):
        """Show the recovery codes, this once."""
        throttle.code_right(user, self.address)
        second_factor.mark_verified(self.session, on=self.now)
        self.request.session.pop("_factor_shown", None)
        sessions.change_key(self.request, self.session)
        sessions.end_all(user, on=self.now, why=End.CREDENTIALS, but=self.session)
        record("session.second_factor", by=user, obj=user, detail={"how": "enrolled"})
        return self.show_codes(codes)

    def show_codes(self, codes: list[str]):
        if not steps.outstanding(self.session, on=self.now):
            self.enter()
        return self.show("recovery_codes", codes=codes, go_on=_next(self.request))


class FactorView(EnrolView):
    """Replace the app or the recovery codes: the present factor comes first."""

    def get(self, request):
        user = self.session.user
        if not second_factor.device_of(user):
            return HttpResponseRedirect(reverse("accounts_enrol"))
        if not self.session.verified_at:
            return self.go_on()
        return self.show("factor", form=CodeForm(), codes_left=second_factor.codes_left(user))

    def post(self, request):
        user = self.session.user
        if not second_factor.device_of(user) or not self.session.verified_at:
            return self.go_on()
        form = CodeForm(request.POST)
        wait = throttle.code_wait(user, self.address, on=self.now)
        if wait:
            return too_many(request, wait)
        if form.is_valid():
            if second_factor.verify(user, form.cleaned_data["code"], on=self.now):
                throttle.code_right(user, self.address)
                if request.POST.get("what") == "codes":
                    return self.show_codes(second_factor.renew_recovery_codes(user, by=user, on=self.now))
                request.session["_factor_shown"] = self.now.timestamp()
                return HttpResponseRedirect(reverse("accounts_enrol"))
            self.note_failure(user)
            form.add_error("code", second_factor.WRONG_CODE)
        return self.show("factor", form=form, codes_left=second_factor.codes_left(user))


# --- Passwords -------------------------------------------------------------------------------------


@method_decorator(sensitive_post_parameters(), name="dispatch")
class ChangePasswordView(Screen):
    """A new password, by the present one; also the step that first use and age demand."""

    needs_session = True

    def get(self, request):
        if request.sign_in_step == steps.VERIFY:
            return self.go_on()
        return self.show_form(ChangePasswordForm(self.session.user))

    def post(self, request):
        user = self.session.user
        if request.sign_in_step == steps.VERIFY:
            return self.go_on()
        wait = throttle.code_wait(user, self.address, on=self.now, scope=throttle.OLD_PASSWORD)
        if wait:
            return too_many(request, wait)
        form = ChangePasswordForm(user, request.POST)
        if form.is_valid():
            return self.change(user, form.cleaned_data["new_password1"])
        if form.has_error("old_password", WRONG_OLD):
            throttle.code_failed(user, self.address, on=self.now, scope=throttle.OLD_PASSWORD)
            record("session.failed", by=user, result="failed", detail={"what": "đổi mật khẩu"})
        return self.show_form(form)

    def change(self, user: User, password: str):
        """Set it, keep this session, end the others."""
        throttle.code_right(user, self.address, scope=throttle.OLD_PASSWORD)
        user = passwords.change_password(user, password, by=user, on=self.now, keep=self.session)
        self.request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        self.session.user = user
        sessions.change_key(self.request, self.session)
        messages.success(self.request, "Đã đổi mật khẩu. Các phiên đăng nhập khác đã kết thúc.")
        return self.go_on()

    def show_form(self, form):
        user = self.session.user
        return self.show(
            "change_password",
            form=form,
            is_forced=self.request.sign_in_step == steps.CHANGE_PASSWORD,
            is_first=user.must_change_password,
            **password_rules(user),
        )


def password_rules(user) -> dict:
    """What the list of rules beside the field needs."""
    names = sorted({part for part in (user.username, user.full_name) if part})
    return {
        "rules": passwords.rule_list(),
        "rule_data": {"words": passwords.weak_words(), "names": names, "shortest": passwords.SHORTEST},
    }


class AskResetView(Screen):
    """Somebody forgot his password: the same answer for every name."""

    def get(self, request):
        return self.show("ask_reset", form=ResetForm())

    def post(self, request):
        browser = known_browsers.find(request, request.POST.get("typed", ""))
        wait = throttle.reset_wait(self.address, on=self.now, browser=browser)
        if wait:
            return too_many(request, wait)
        form = ResetForm(request.POST)
        if not form.is_valid():
            return self.show("ask_reset", form=form)
        throttle.reset_asked(self.address, on=self.now, browser=browser)
        links.ask_reset(form.cleaned_data["typed"], address=self.address, on=self.now)
        return HttpResponseRedirect(reverse("accounts_reset_asked"))


class ResetAskedView(Screen):
    """Says what happens next, whoever asked."""

    def get(self, request):
        return self.show("reset_asked", hours=links.RESET_HOURS)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class LinkView(Screen):
    """Choose a password by a link. Its token goes from the address into the session: no log and no page keeps it."""

    tokens = links.RESET_TOKENS
    template = "reset"

    def dispatch(self, request, *args, **kwargs):
        self.user = links.person_of(kwargs["uidb64"])
        token = kwargs["token"]
        if token == MASKED:
            token = request.session.get(LINK_TOKEN, "")
        elif self.holds(token):
            request.session[LINK_TOKEN] = token
            return HttpResponseRedirect(request.path.replace(kwargs["token"], MASKED))
        if not self.holds(token):
            self.session, self.now = None, timezone.now()
            return self.show("dead_link", is_activation=self.template == "activate", status=410)
        return super().dispatch(request, *args, **kwargs)

    def holds(self, token: str) -> bool:
        """Whether the token still opens this person's account."""
        return self.user is not None and self.user.is_active and self.tokens.check_token(self.user, token)

    def get(self, request, uidb64, token):
        return self.show_form(NewPasswordForm(self.user))

    def post(self, request, uidb64, token):
        form = NewPasswordForm(self.user, request.POST)
        if not form.is_valid():
            return self.show_form(form)
        passwords.change_password(self.user, form.cleaned_data["new_password1"], by=self.user, on=self.now)
        throttle.password_chosen(self.user, self.address, on=self.now)
        request.session.pop(LINK_TOKEN, None)
        return self.show("password_set", username=self.user.username)

    def show_form(self, form):
        return self.show(self.template, form=form, username=self.user.username, **password_rules(self.user))


class ActivateView(LinkView):
    """Choose the first password of a new account."""

    tokens = links.ACTIVATION_TOKENS
    template = "activate"


# --- Sessions and what they leave ------------------------------------------------------------------


def ended_message(kept) -> str:
    """Return what the person is told when his session ended under his hands."""
    return (
        "Phiên làm việc đã kết thúc; văn bản đã được giữ. Đăng nhập lại để xem ở «Văn bản giữ lại»."
        if kept
        else "Phiên làm việc đã kết thúc. Hãy đăng nhập lại."
    )


def ended_page(request, kept):
    """Answer a form that came too late: its text is kept, and here is where to sign in."""
    session = request.ended_session
    context = {
        "form": LoginForm(request),
        "next": reverse("accounts_rescued") if kept else reverse("wagtailadmin_home"),
        "kept": kept,
        "reason": REASONS.get(session.why, "") if session else "",
        "step": request.sign_in_step,
    }
    response = render(request, "accounts/signin/sign_in.html", context, status=403)
    response.headers["Cache-Control"] = "no-store, private"
    return response


class StateView(Screen):
    """Tell the editor's clock whether the session still stands; `?hoat-dong=1` says that keys were pressed."""

    def get(self, request):
        if self.session is None:
            why = request.ended_session.why if request.ended_session else ""
            said = LEFT_ELSEWHERE if why == End.SIGNED_OUT else REASONS.get(why, "")
            return JsonResponse({"state": "ended", "why": said})
        if request.sign_in_step:
            return JsonResponse({"state": "step"})
        # Signing in anew changes the token against forged requests: forms opened before get it from here.
        return JsonResponse(
            {
                "state": "on",
                "seconds_left": sessions.seconds_left(self.session, self.now),
                "person": self.session.user_id,
                "session": self.session.pk,
                "token": get_token(request),
            }
        )


class MaySendView(Screen):
    """Tell nginx whether to read a large body: 204 for a whole session, 401 without (`deploy/nginx/portal.conf`)."""

    def get(self, request):
        return HttpResponse(status=401 if self.session is None or request.sign_in_step else 204)


class KeepView(Screen):
    """Take the text of an editor whose session has just ended, sent by its own script."""

    def post(self, request):
        session = request.ended_session or (request.portal_session if request.sign_in_step else None)
        if session is None:
            return JsonResponse({"kept": False}, status=409)
        kept = rescue.keep(request, session, on=self.now)
        return JsonResponse({"kept": kept is not None, "message": ended_message(kept)})


class EndSessionView(Screen):
    """End one of the own sessions, or all others."""

    needs_session = True

    def post(self, request, pk=None):
        user = self.session.user
        if request.sign_in_step:
            return self.go_on()
        if pk is None:
            count = sessions.end_all(user, on=self.now, why=End.ELSEWHERE, by=user, but=self.session)
            messages.success(request, f"Đã kết thúc {count} phiên khác.")
        else:
            session = get_object_or_404(PortalSession, pk=pk, user=user)
            sessions.end(session, on=self.now, why=End.ELSEWHERE, by=user)
            messages.success(request, "Đã kết thúc phiên đăng nhập đã chọn.")
        return HttpResponseRedirect(reverse("wagtailadmin_account") + "#tab-security")


@decides_about_nothing_seen("Only shows.")
def rescued_list(request):
    """Show the texts that were kept: the own ones, and those of the sites where one reviews."""
    texts = rescue.visible_to(request.user)[:200]
    return render(request, "accounts/signin/rescued_list.html", {"title": "Văn bản giữ lại", "texts": texts})


@decides_about_nothing_seen("A kept text cannot change; only its writer removes it.")
def rescued(request, pk: int):
    """Show one text; its writer may remove it."""
    text = get_object_or_404(rescue.visible_to(request.user), pk=pk)
    is_own = text.user_id == request.user.pk
    if request.method == "POST":
        rescue.remove(text, by=request.user)
        messages.success(request, "Đã xóa văn bản giữ lại.")
        return HttpResponseRedirect(reverse("accounts_rescued"))
    if text.is_personal:
        record_personal_data_read(by=request.user, obj=text, site=text.site, what="biểu mẫu giữ lại khi phiên kết thúc")
    elif not is_own:
        record("draft.seen", by=request.user, obj=text, site=text.site)
    context = {
        "title": text.label,
        "text": text,
        "paragraphs": rescue.paragraphs(text),
        "is_own": is_own,
        "again": rescue.again(text) if is_own else [],
    }
    return render(request, "accounts/signin/rescued.html", context)


@decides_about_nothing_seen("Takes whatever second factor there is; without one there is nothing to take.")
def reset_factor(request, pk: int):
    """Take the second factor of somebody who lost it, after a look at who it is."""
    user = get_object_or_404(User, pk=pk)
    if not second_factor.may_reset(user, request.user) or second_factor.device_of(user) is None:
        raise Http404
    if request.method == "POST":
        second_factor.reset_second_factor(user, by=request.user, on=timezone.now())
        messages.success(request, f"Đã đặt lại xác thực hai bước của {user}.")
        if user.is_superuser:
            return HttpResponseRedirect(reverse("wagtailadmin_home"))
        return HttpResponseRedirect(reverse("accounts_person", args=[user.pk]))
    context = {"title": "Đặt lại xác thực hai bước", "person": user}
    return render(request, "accounts/signin/reset_factor.html", context)


def _next(request) -> str:
    """Return where the person wanted to go, if that is one of our addresses; else the administration's front page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    own = wanted.startswith(reverse("wagtailadmin_home")) and wanted != reverse("wagtailadmin_logout")
    return wanted if allowed and own else reverse("wagtailadmin_home")
