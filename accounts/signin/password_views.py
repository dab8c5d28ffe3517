"""The screens of passwords: changed, lost, set by a link."""

from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from ..models import User
from . import known_browsers, links, passwords, sessions, steps, throttle
from .forms import WRONG_OLD, ChangePasswordForm, NewPasswordForm, ResetForm
from .screens import Screen, too_many
from .single_sign_on import joining

LINK_TOKEN = "_link_token"
MASKED = "dat-mat-khau"


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
        wait = throttle.code_wait(user, self.address, on=self.now, limit=throttle.OLD_PASSWORD)
        if wait:
            return too_many(request, wait)
        form = ChangePasswordForm(user, request.POST)
        if form.is_valid():
            return self.change(user, form.cleaned_data["new_password1"])
        if form.has_error("old_password", WRONG_OLD):
            throttle.wrong_old_password(user, self.address, what="đổi mật khẩu", on=self.now)
        return self.show_form(form)

    def change(self, user: User, password: str):
        """Set it, keep this session, end the others."""
        throttle.code_right(user, self.address, limit=throttle.OLD_PASSWORD)
        user = passwords.change_password(user, password, by=user, on=self.now, except_session=self.session)
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
    """Asks whose password was lost: the same answer for every name."""

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
    """Says what happens next, the same to every visitor."""

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
        # Who takes an account back closes the other way into it too.
        joining.separate(self.user, by=self.user)
        throttle.password_chosen(self.user, self.address, on=self.now)
        request.session.pop(LINK_TOKEN, None)
        return self.show("password_set", username=self.user.username)

    def show_form(self, form):
        return self.show(self.template, form=form, username=self.user.username, **password_rules(self.user))


class ActivateView(LinkView):
    """Choose the first password of a new account."""

    tokens = links.ACTIVATION_TOKENS
    template = "activate"
