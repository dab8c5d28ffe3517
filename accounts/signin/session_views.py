"""The screens of sessions: what an open page asks, what was kept when one ended, sessions elsewhere."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from base.admin.screen_access import SIGNED_IN, with_access
from base.admin.seen_versions import decides_about_nothing_seen
from base.audit.trail import record, record_personal_data_read

from ..models import PortalSession
from . import rescue, sessions
from .screens import Screen
from .views import LEFT_ELSEWHERE, REASONS, End, ended_message


class StateView(Screen):
    """Tell the editor's script whether the session still lasts; `?hoat-dong=1` says that keys were pressed."""

    def get(self, request):
        if self.session is None:
            why = request.ended_session.why if request.ended_session else ""
            message = LEFT_ELSEWHERE if why == End.SIGNED_OUT else REASONS.get(why, "")
            return JsonResponse({"state": "ended", "why": message})
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


class RescueView(Screen):
    """Take the text of an editor whose session has just ended, sent by its own script."""

    def post(self, request):
        session = request.ended_session or (request.portal_session if request.sign_in_step else None)
        if session is None:
            return JsonResponse({"kept": False}, status=409)
        rescued = rescue.store(request, session, on=self.now)
        return JsonResponse({"kept": rescued is not None, "message": ended_message(rescued)})


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


@with_access(SIGNED_IN)
@decides_about_nothing_seen("Only shows.")
def rescued_list(request):
    """Show the texts that were kept: the own ones, and those of the sites where one reviews."""
    texts = rescue.visible_to(request.user)[:200]
    return render(request, "accounts/signin/rescued_list.html", {"title": "Văn bản giữ lại", "texts": texts})


@with_access(SIGNED_IN)
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
