"""The screens of the second factor: asked for, set up, replaced."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from base.admin.screen_access import with_access
from base.admin.seen_versions import decides_about_nothing_seen
from base.audit.trail import record

from ..appointment_views.access import APPOINTMENT_READERS
from ..models import User
from . import second_factor, sessions, steps, throttle
from .forms import CodeForm
from .screens import Screen, next_address, too_many
from .views import End


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
            throttle.wrong_code(user, self.address, on=self.now)
            form.add_error("code", second_factor.WRONG_CODE)
        return self.show("verify", form=form)


class EnrolView(VerifyView):
    """Install the app: scan or type the secret, then enter its first code. Who has one shows it first."""

    def dispatch(self, request, *args, **kwargs):
        if request.sign_in_step not in ("", steps.ENROL):
            return HttpResponseRedirect(f"{reverse(request.sign_in_step)}?{urlencode({'next': next_address(request)})}")
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
                throttle.wrong_code(user, self.address, on=self.now)
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
        return self.show("recovery_codes", codes=codes, go_on=next_address(self.request))


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
            throttle.wrong_code(user, self.address, on=self.now)
            form.add_error("code", second_factor.WRONG_CODE)
        return self.show("factor", form=form, codes_left=second_factor.codes_left(user))


@with_access(APPOINTMENT_READERS)
@decides_about_nothing_seen("Takes whatever second factor there is; without one there is nothing to take.")
def reset_factor(request, pk: int):
    """Take the second factor of a user who lost it, after a look at who it is."""
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
