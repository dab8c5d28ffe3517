"""The admin's screens of what the board keeps about sections: after how many days without news one is stale."""

from django import forms
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.ui.tables import Column

from accounts.roles import DISPATCH, WRITE
from accounts.screen_access import holding
from base.admin.screen_access import CLOSED
from legalref.screens.viewsets import SharedSnippetViewSet

from .models import FreshnessAmount


class FreshnessAmountViewSet(SharedSnippetViewSet):
    """The amounts are the same for all sites of a kind: the standing office keeps them, a second person confirms.

    Who writes works under them and reads them here.
    """

    screen_access = holding(DISPATCH, WRITE)
    # No form refers to an amount.
    chooser_access = CLOSED
    model = FreshnessAmount
    icon = "history"
    menu_label = "Mức cập nhật chuyên mục"
    menu_name = "muc-cap-nhat"
    add_to_admin_menu = True
    url_prefix = "muc-cap-nhat"
    list_display = [
        Column("section_key", label="Chuyên mục", accessor="get_section_key_display"),
        Column("site_kind", label="Loại trang", accessor="get_site_kind_display"),
        Column("days", label="Số ngày"),
        Column("legal_source", label="Căn cứ"),
    ]
    list_filter = ["site_kind"]
    panels = [
        FieldRowPanel([FieldPanel("section_key", widget=forms.Select), FieldPanel("site_kind", widget=forms.Select)]),
        FieldPanel("days"),
        FieldPanel("legal_source"),
    ]
