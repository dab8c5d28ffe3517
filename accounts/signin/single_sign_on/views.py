"""The screens of single sign-on, there while a provider is set up; no page is shown at its answer."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from base.audit.trail import record

from ...models import User
from .. import second_factor, throttle
from ..screens import Screen, next_address, too_many
from . import joining, offered, provider
from .forms import JoinForm

# When the person of a session has shown password and second factor to join an account, seconds since 1970.
SHOWN, SHOWN_SECONDS = "_joins_since", 600
TAB = "#tab-security"
# What the audit trail says.
WRITTEN = {
    offered.OVER: "câu trả lời không thuộc lần đăng nhập đang chờ",
    offered.DECLINED: "đã dừng ở nơi cấp",
    offered.REFUSED: "câu trả lời không hợp lệ",
    offered.UNKNOWN: "chưa gắn tài khoản",
    offered.CLOSED: "tài khoản không hoạt động",
}


class SingleSignOnScreen(Screen):
    """A screen that is there while a provider is set up."""

    def dispatch(self, request, *args, **kwargs):
        if not offered.is_offered():
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class BeginView(SingleSignOnScreen):
    """Send the browser to the provider; `?gan=1` for a person who joins an account there to their own."""

    def get(self, request):
        joins = request.GET.get("gan") == "1"
        if joins and not self.may_join():
            return HttpResponseRedirect(reverse("accounts_sso_join"))
        if not joins and request.user.is_authenticated:
            return HttpResponseRedirect(next_address(request))
        wait = throttle.provider_wait(self.address, on=self.now) or throttle.provider_begun(self.address)
        if wait:
            return too_many(request, wait)
        try:
            joins_in = self.session.pk if joins else None
            place = provider.begin(request, wanted=next_address(request), joins=joins_in)
        except offered.NotIn as problem:
            return self.turn_back(problem.reason, joins=joins)
        return HttpResponseRedirect(place)

    def is_in(self) -> bool:
        """Whether the browser has a whole session, in which messages are shown."""
        return self.session is not None and not self.request.sign_in_step

    def may_join(self) -> bool:
        """Whether the person of this session has shown a moment ago that they are its account's owner."""
        if not self.is_in():
            return False
        return 0 <= self.now.timestamp() - self.request.session.get(SHOWN, 0) < SHOWN_SECONDS

    def turn_back(self, reason: str, *, joins: bool):
        """Lead to the screen that the person came from, which says what was wrong."""
        if joins:
            messages.error(self.request, offered.PROBLEMS[reason])
            return HttpResponseRedirect(reverse("wagtailadmin_account") + TAB)
        return HttpResponseRedirect(f"{reverse('accounts_sign_in')}?{urlencode({'khong-vao': reason})}")


class BackView(BeginView):
    """Who comes back from the provider: let in, or joined to the account of who asked."""

    def get(self, request):
        if wait := throttle.provider_wait(self.address, on=self.now):
            return too_many(request, wait)
        if provider.WAITING not in request.session:
            # Not begun in this browser: a page elsewhere that leads here locks no office out, and writes nothing.
            return self.turn_back(offered.OVER, joins=self.is_in())
        try:
            answer = provider.finish(request)
        except offered.NotIn as problem:
            self.note_failure(None, problem.reason)
            return self.turn_back(problem.reason, joins=self.is_in())
        if answer.joins:
            return self.join(answer)
        person = joining.person_of(answer.subject)
        if person is None or not joining.may_come_in(person, on=self.now):
            reason = offered.UNKNOWN if person is None else offered.CLOSED
            self.note_failure(person, reason)
            return self.turn_back(reason, joins=False)
        return self.let_in(person, answer)

    def next_address(self) -> str:
        """Where the person wanted to go, as the portal noted it when it sent them off."""
        return self.wanted

    @transaction.atomic
    def let_in(self, person: User, answer):
        """Begin a session, as after the password; the steps that are missing come next."""
        self.wanted = answer.next
        self.begin_session(person)
        record("session.single_sign_on", by=person, obj=person)
        if answer.has_second_factor:
            second_factor.mark_verified(self.session, on=self.now)
            record("session.second_factor", by=person, obj=person, detail={"how": "provider"})
        joining.note_use(person, on=self.now)
        throttle.provider_right(self.address)
        return self.go_on()

    def join(self, answer):
        """Join the account to that of the person who asked, in the very session in which they did."""
        if not self.is_in() or self.session.pk != answer.joins or not self.may_join():
            return self.turn_back(offered.OVER, joins=self.is_in())
        self.request.session.pop(SHOWN, None)
        user = self.session.user
        try:
            joining.join(user, answer.subject, by=user, on=self.now)
        except (ValidationError, PermissionDenied) as problem:
            messages.error(self.request, " ".join(getattr(problem, "messages", [str(problem)])))
        else:
            messages.success(self.request, "Đã gắn đăng nhập chung với tài khoản của bạn.")
        return HttpResponseRedirect(reverse("wagtailadmin_account") + TAB)

    @transaction.atomic
    def note_failure(self, person: User | None, reason: str) -> None:
        """Record and count an answer that lets no person in; a provider that is away is no fault of the asker."""
        if reason == offered.AWAY:
            return
        name = f"{person.get_full_name()} ({person.get_username()})" if person else "không rõ"
        what = {"what": f"đăng nhập chung: {WRITTEN[reason]}"}
        record("session.failed", actor_name=name, object_label=name, site="", result="failed", detail=what)
        failures = throttle.provider_failed(self.address, on=self.now)
        if failures == throttle.PROVIDER.most:
            reason = f"đăng nhập chung không thành {failures} lần"
            throttle.tell_locked(who=person, address=self.address, what=reason, on=self.now)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class JoinView(SingleSignOnScreen):
    """Ask for password and code before an account at the provider is joined: it will open what they open."""

    needs_session = True

    def get(self, request):
        if request.sign_in_step or not joining.may_join(self.session.user):
            return self.go_on()
        return self.show_form(JoinForm(self.session.user))

    def post(self, request):
        user = self.session.user
        if request.sign_in_step or not joining.may_join(user):
            return self.go_on()
        wait = throttle.code_wait(user, self.address, on=self.now, limit=throttle.OLD_PASSWORD)
        if wait := wait or throttle.code_wait(user, self.address, on=self.now):
            return too_many(request, wait)
        form = JoinForm(user, request.POST)
        if not form.is_valid() or not self.is_shown(user, form):
            return self.show_form(form)
        request.session[SHOWN] = self.now.timestamp()
        return self.show("join_go", name=offered.name())

    def is_shown(self, user: User, form: JoinForm) -> bool:
        """Whether password and code are right; what is wrong is counted and said at its field."""
        if not user.check_password(form.cleaned_data["password"]):
            throttle.wrong_old_password(user, self.address, what="gắn đăng nhập chung", on=self.now)
            form.add_error("password", "Mật khẩu đang dùng không đúng; hãy nhập lại.")
            return False
        throttle.code_right(user, self.address, limit=throttle.OLD_PASSWORD)
        if "code" not in form.fields:
            return True
        if second_factor.verify(user, form.cleaned_data["code"], on=self.now):
            throttle.code_right(user, self.address)
            return True
        throttle.wrong_code(user, self.address, on=self.now)
        form.add_error("code", second_factor.WRONG_CODE)
        return False

    def show_form(self, form):
        return self.show("join", form=form, name=offered.name())


class SeparateView(Screen):
    """End the joining of one's own account; there too when the provider is no longer set up."""

    needs_session = True

    def post(self, request):
        if request.sign_in_step:
            return self.go_on()
        if joining.separate(self.session.user, by=self.session.user):
            messages.success(request, "Đã bỏ gắn đăng nhập chung. Tài khoản chỉ còn mở bằng mật khẩu.")
        return HttpResponseRedirect(reverse("wagtailadmin_account") + TAB)


class LeaveView(SingleSignOnScreen):
    """Lead to where the provider ends its own session on this computer."""

    def get(self, request):
        try:
            place = provider.sign_out_address()
        except offered.NotIn:
            place = ""
        return HttpResponseRedirect(place or f"{reverse('accounts_sign_in')}?{urlencode({'khong-vao': offered.STAYS})}")
