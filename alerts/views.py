"""The administration's screens of alerts: parse, show what will be seen where, call an action, answer."""

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from accounts.roles import APPROVE, RAISE_ALERT, WRITE, may
from accounts.screen_access import holding
from base.admin.action_views import ActionView, add_errors
from base.gate import Refused
from workflows.publishing import approval

from . import proposing, raising, rights
from .contents import content_of, demand_whole, names_of_sites
from .forms import AlertForm, EndAlertForm, initial_of, usual
from .models import Alert

ICON = "warning"
AT_ONCE, BY_TWO, BACK = "dang-ngay", "gui-duyet", "sua-lai"
PER_PAGE = 25
WRITING = holding(RAISE_ALERT, WRITE)
SEEING = holding(RAISE_ALERT, WRITE, APPROVE)
DONE_ALONE = "Đã đăng; việc này chờ người thứ hai xem lại."
PROPOSED = "Đã gửi đề nghị; người đọc thấy sau khi người thứ hai xác nhận."


class AlertsView(TemplateView):
    """The alerts of one's sites: what stands or is to, what waits for a second person, what was."""

    screen_access = SEEING
    template_name = "alerts/list.html"

    def get_context_data(self, **kwargs):
        user, now = self.request.user, timezone.now()
        found = Alert.objects.filter(owner_site__in=rights.own_sites(user)).select_related("owner_site")
        found = found.prefetch_related("sites")
        past = found.filter(~Q(ended_at=None) | Q(ends_at__lte=now))
        return super().get_context_data(
            title="Cảnh báo",
            header_icon=ICON,
            help_rule="alert",
            standing=found.standing(now),
            past=Paginator(past, PER_PAGE).get_page(self.request.GET.get("p")),
            waiting=proposing.waiting(user),
            may_write=bool(rights.sites_for(user)),
            **kwargs,
        )


class Writing(ActionView):
    """Mixin: an alert is written, shown as readers will see it and where, then put up or sent to a second person."""

    screen_access = WRITING
    template_name = "alerts/write.html"
    form_class = AlertForm
    header_icon = ICON
    help_rule = "alert"
    submit_label = "Xem trước"
    address = ""

    def choosable(self):
        """The sites on which this person may put it."""
        return rights.sites_for(self.request.user)

    def owner_of(self, content):
        """Return whose alert it is; raises Refused where the person may not."""
        return rights.owner_for(self.request.user, content, rights.may_propose)

    def get_form_kwargs(self):
        is_for_all = rights.is_for_all(self.request.user)
        return {**super().get_form_kwargs(), "sites": self.choosable(), "is_for_all": is_for_all}

    def form_valid(self, form):
        if BACK in self.request.POST:
            return self.render_to_response(self.get_context_data(form=form))
        if {AT_ONCE, BY_TWO} & set(self.request.POST):
            return super().form_valid(form)
        content, user = form.content, self.request.user
        try:
            demand_whole(content, timezone.now())
            owner = self.owner_of(content)
            rights.demand_sites(owner, content)
        except (ValidationError, Refused) as error:
            add_errors(form, error)
            return self.form_invalid(form)
        ways = (
            (AT_ONCE, "Đăng ngay", rights.may_act_alone(user, owner)),
            (BY_TWO, "Gửi người thứ hai", may(user, WRITE, owner)),
        )
        return self.render_to_response(
            self.get_context_data(
                form=form,
                content=content,
                sites=names_of_sites(content),
                ways=[(name, label) for name, label, is_open in ways if is_open],
            )
        )

    @property
    def is_at_once(self) -> bool:
        return AT_ONCE in self.request.POST

    def get_success_message(self):
        return DONE_ALONE if self.is_at_once else PROPOSED

    def get_success_url(self):
        return self.address


class NewAlertView(Writing):
    """A new alert."""

    without_version = "Something new; nothing is shown that could change."
    title = "Đăng cảnh báo"

    def get_initial(self):
        return usual()

    def call(self, form):
        by, reason = self.request.user, form.cleaned_data["reason"]
        if self.is_at_once:
            made = raising.raise_alert(form.content, by=by, reason=reason)
            self.address = reverse("alerts_one", args=[made.pk])
        else:
            made = proposing.propose(form.content, by=by, reason=reason)
            self.address = reverse("workflows_record_change", args=[made.pk])


class OfAlert:
    """Mixin: the alert of the address, for who may see all of it; 404 for another."""

    header_icon = ICON
    help_rule = "alert"

    @cached_property
    def alert(self) -> Alert:
        alert = get_object_or_404(Alert.objects.select_related("owner_site"), pk=self.kwargs["pk"])
        if not rights.may_see(self.request.user, alert.owner_site):
            raise Http404
        return alert

    def seen(self):
        """The alert."""
        return [self.alert]

    def closed(self):
        return raising.OVER if self.alert.is_over() else ""

    def way_on(self):
        return {"url": reverse("alerts_one", args=[self.alert.pk]), "words": "Xem cảnh báo"}


class AlertView(OfAlert, TemplateView):
    """One alert: as readers see it, where, who did what with it; the ways to change and end it."""

    screen_access = SEEING
    template_name = "alerts/one.html"

    def get_context_data(self, **kwargs):
        alert, user = self.alert, self.request.user
        content = content_of(alert)
        return super().get_context_data(
            title="Cảnh báo",
            subject=str(alert),
            header_icon=ICON,
            help_rule=self.help_rule,
            alert=alert,
            content=content,
            sites=names_of_sites(content),
            versions=alert.versions.select_related("emergency__looked_by"),
            waiting=proposing.waiting_for(alert),
            open_acts=[(act, approval.may_look(act, user)) for act in rights.open_acts(alert)],
            may_change=not alert.is_over() and not alert.source and rights.may_propose(user, alert.owner_site),
            may_end=not alert.is_over() and may_end(user, alert),
            **kwargs,
        )


class ChangeAlertView(OfAlert, Writing):
    """An alert as it shall be."""

    title = "Sửa cảnh báo"

    def choosable(self):
        owner = self.alert.owner_site
        return super().choosable() if owner.is_city else [owner]

    def owner_of(self, content):
        owner = self.alert.owner_site
        if not rights.may_propose(self.request.user, owner):
            raise Refused(proposing.NOT_YOURS)
        return owner

    def get_form_kwargs(self):
        given = super().get_form_kwargs()
        return {**given, "is_for_all": given["is_for_all"] and self.alert.owner_site.is_city}

    def closed(self):
        if self.alert.source:
            return "Cảnh báo này theo một thông báo tạm ngừng dịch vụ; hãy sửa thông báo ấy."
        return super().closed()

    def get_initial(self):
        return initial_of(content_of(self.alert))

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=str(self.alert), **kwargs)

    def call(self, form):
        by, reason = self.request.user, form.cleaned_data["reason"]
        if self.is_at_once:
            raising.change_alert(self.alert, form.content, by=by, reason=reason)
            self.address = reverse("alerts_one", args=[self.alert.pk])
        else:
            made = proposing.propose_change(self.alert, form.content, by=by, reason=reason)
            self.address = reverse("workflows_record_change", args=[made.pk])


class EndAlertView(OfAlert, ActionView):
    """An alert off its pages before its end: at once by who is on duty or looks at it as second, else proposed."""

    screen_access = SEEING
    template_name = "alerts/end.html"
    form_class = EndAlertForm
    title = "Dừng cảnh báo"

    @property
    def is_at_once(self) -> bool:
        user = self.request.user
        return rights.may_act_alone(user, self.alert.owner_site) or rights.may_end_as_second(user, self.alert)

    @property
    def submit_label(self):
        return "Dừng ngay" if self.is_at_once else "Gửi người thứ hai"

    def get_context_data(self, **kwargs):
        content = content_of(self.alert)
        return super().get_context_data(
            subject=str(self.alert),
            content=content,
            sites=names_of_sites(content),
            is_at_once=self.is_at_once,
            **kwargs,
        )

    def call(self, form):
        by, reason = self.request.user, form.cleaned_data["reason"]
        self.address = reverse("alerts_one", args=[self.alert.pk])
        if self.is_at_once:
            raising.end_alert(self.alert, by=by, reason=reason)
            self.success_message = "Đã dừng cảnh báo."
        else:
            made = proposing.propose_end(self.alert, by=by, reason=reason)
            self.address = reverse("workflows_record_change", args=[made.pk])
            self.success_message = PROPOSED

    def get_success_url(self):
        return self.address


def may_end(user, alert: Alert) -> bool:
    """Tell whether a user may end an alert, or propose to."""
    return rights.may_propose(user, alert.owner_site) or rights.may_end_as_second(user, alert)
