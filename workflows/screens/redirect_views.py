"""The board's screen of redirects: a list, and a form whose target is public content or an allowed host."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.models import Site

from accounts.roles import APPROVE, ARRANGE, may
from accounts.screen_access import holding
from base.admin.screen_access import CLOSED
from base.admin.viewsets import GuardedSnippetViewSet
from base.models import PortalSite
from vietnam.dates import format_short

from ..models import AddressRedirect
from ..publishing import record_rules, redirects, targets
from .record_views import ProposeEditView, ProposeNewView, ProposeRemovalView


class RedirectForm(WagtailAdminModelForm):
    """The old address, and where it leads: an address that is looked up and kept by the key of what stands there."""

    target = forms.CharField(
        label="Dẫn đến",
        max_length=500,
        help_text="Địa chỉ của nội dung đang đăng, ví dụ /tin-tuc/ten-bai/, hoặc địa chỉ đầy đủ của cơ quan nhà nước.",
        error_messages={"required": "Hãy ghi địa chỉ dẫn đến."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        sites = [site.pk for site in PortalSite.objects.all() if may(self.for_user, ARRANGE, site)]
        self.fields["site"].queryset = Site.objects.filter(portal_site__in=sites)
        self.fields["site"].required, self.fields["site"].label = True, "Tên miền"
        self.fields["site"].empty_label = None
        self.fields["old_path"].label = "Địa chỉ cũ"
        self.fields[
            "old_path"
        ].help_text = "Phần sau tên miền, ví dụ /trang-cu/. Chỉ có tác dụng khi ở đó không còn gì."
        self.fields["is_permanent"].label, self.fields["is_permanent"].help_text = "Lâu dài", ""
        if self.instance.pk:
            self.fields["target"].initial = targets.address_of(self.instance.target)

    def clean(self):
        values = super().clean()
        if values.get("target") and values.get("site"):
            try:
                found = targets.target_of(values["target"], values["site"])
            except ValidationError as error:
                self.add_error("target", error)
            else:
                self.instance.redirect_page, self.instance.redirect_page_route_path = found.page, found.route
                self.instance.redirect_link = found.url
        return values


def _last_used(redirect) -> str:
    return format_short(redirect.last_used) if redirect.last_used else ""


class RedirectViewSet(GuardedSnippetViewSet):
    """Redirects of the hosts that a person arranges; a second one, who approves there, lets them come true."""

    screen_access = holding(ARRANGE)
    closed_screens = frozenset({"copy"})
    # No form refers to a redirect.
    chooser_access = CLOSED
    model = AddressRedirect
    site_lookup = "site__portal_site"
    icon = "redirect"
    menu_label = "Chuyển hướng địa chỉ"
    menu_name = "chuyen-huong"
    url_prefix = "chuyen-huong"
    add_to_settings_menu = True
    add_view_class = ProposeNewView
    edit_view_class = ProposeEditView
    delete_view_class = ProposeRemovalView
    list_display = [
        Column("old_path", label="Địa chỉ cũ", sort_key="old_path"),
        Column("site", label="Tên miền"),
        Column("target_text", label="Dẫn đến"),
        BooleanColumn("is_permanent", label="Lâu dài"),
        Column("uses", label="Lượt chuyển trong 12 tháng", sort_key="uses"),
        Column("last_used", label="Dùng lần cuối", accessor=_last_used, sort_key="last_used"),
    ]
    search_fields = ["old_path"]
    search_backend_name = None
    edit_handler = ObjectList(
        [FieldPanel("site"), FieldPanel("old_path"), FieldPanel("target"), FieldPanel("is_permanent")],
        base_form_class=RedirectForm,
    )

    def get_queryset(self, request):
        return redirects.with_uses(super().get_queryset(request), timezone.localdate())

    def on_register(self):
        super().on_register()
        record_rules.register(
            self.model,
            confirming=(APPROVE,),
            site_of=redirects.site_of,
            check=redirects.demand_arranger,
            joins_dossiers=True,
        )
