"""The provincial list of criteria in the administration: the standing office keeps it, two persons change it."""

from django import forms
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from accounts.roles import DISPATCH, SCORE
from accounts.screen_access import holding
from legalref.screens.viewsets import SharedSnippetViewSet
from sections import catalogue

from ..models import Criterion


class CriterionViewSet(SharedSnippetViewSet):
    screen_access = holding(SCORE, DISPATCH)
    model = Criterion
    icon = "list-ol"
    menu_label = "Tiêu chí chấm điểm"
    menu_name = "tieu-chi-cham-diem"
    menu_order = 72
    add_to_admin_menu = True
    url_prefix = "tieu-chi-cham-diem"
    list_display = ["label", "group", "max_points", "measure", "valid_from", "valid_to"]
    list_filter = ["measure", "site_kind"]
    list_per_page = 60
    search_fields = ["label", "code"]
    search_backend_name = None
    panels = [
        FieldRowPanel([FieldPanel("code"), FieldPanel("sort_order")]),
        FieldPanel("label"),
        FieldPanel("group"),
        FieldPanel("legal_source"),
        FieldRowPanel([FieldPanel("max_points"), FieldPanel("late_points")]),
        FieldRowPanel([FieldPanel("measure"), FieldPanel("site_kind")]),
        FieldPanel(
            "section_key",
            widget=forms.Select(choices=[("", "—"), *((row.key, row.label) for row in catalogue.SECTIONS)]),
        ),
        FieldPanel("rules"),
        FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_to")]),
    ]
