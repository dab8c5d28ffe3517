"""The technical administrator's screen of mail: what waits, what was given up, and trying again."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import TemplateView, View

from ..gate import Refused
from ..models import OutgoingMail
from ..operations import mail as outbox
from .screen_access import ScreenAccess

PER_PAGE = 50


class Fixing:
    """Mixin: for those who may look at mail that did not leave, and try again."""

    screen_access = ScreenAccess(outbox.may_fix)


class MailListView(Fixing, TemplateView):
    """The mails of one state, those that did not leave first; addresses are masked, texts are not shown."""

    template_name = "base/admin/mail.html"

    def get_context_data(self, **kwargs):
        counts = dict(OutgoingMail.objects.values_list("state").order_by("state").annotate(Count("pk")))
        asked = self.request.GET.get("tinh-trang", "")
        state = asked if asked in OutgoingMail.State.values else OutgoingMail.State.DEAD
        page = Paginator(OutgoingMail.objects.filter(state=state).order_by("-pk").defer("message"), PER_PAGE).get_page(
            self.request.GET.get("p")
        )
        return super().get_context_data(
            title="Thư gửi đi",
            header_icon="mail",
            states=[(value, label, counts.get(value, 0)) for value, label in OutgoingMail.State.choices],
            state=state,
            is_fixable=state in (OutgoingMail.State.DEAD, OutgoingMail.State.QUEUED),
            is_dead=state == OutgoingMail.State.DEAD,
            page=page,
            **kwargs,
        )


class FixMailView(Fixing, View):
    """Try one mail again (`act=outbox.retry`), or let it be (`act=outbox.dismiss`)."""

    without_version = "A mail cannot change; one that left or was given up is refused."

    act = None
    done = ""

    def post(self, request, pk):
        mail = get_object_or_404(OutgoingMail.objects.defer("message"), pk=pk)
        try:
            self.act(mail, by=request.user)
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, self.done)
        return redirect("base_mail")
