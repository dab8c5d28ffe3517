"""The lists that editors keep for the search: words that mean the same, pages to see first."""

from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import BooleanColumn, Column

from accounts.roles import WRITE
from accounts.screen_access import holding
from base.admin.screen_access import CLOSED
from legalref.screens.viewsets import SharedSnippetViewSet

from ..models import BestBet, Equivalent


class EquivalentViewSet(SharedSnippetViewSet):
    """Words that mean the same, for all sites: a person who writes proposes, another confirms."""

    screen_access = holding(WRITE)
    # No form refers to one.
    chooser_access = CLOSED
    model = Equivalent
    icon = "search"
    menu_label = "Từ đồng nghĩa, viết tắt"
    menu_name = "tu-dong-nghia"
    menu_order = 255
    add_to_admin_menu = True
    url_prefix = "tim-kiem/tu-dong-nghia"
    # Where a word comes from is for those who keep the list.
    hidden_fields = frozenset({"source"})
    list_display = [
        "phrase",
        Column("means", label="Nghĩa là", accessor=lambda row: "; ".join(row.meanings)),
        BooleanColumn("is_both_ways", label="Hai chiều"),
        Column("source", label="Nguồn"),
        BooleanColumn("is_active", label="Đang dùng"),
    ]
    list_per_page = 50
    search_fields = ["phrase", "means"]
    search_backend_name = None
    panels = [
        FieldPanel("phrase"),
        FieldPanel("means"),
        FieldPanel("is_both_ways"),
        FieldPanel("source"),
        FieldPanel("is_active"),
    ]


class BestBetViewSet(SharedSnippetViewSet):
    """Pages to see first for some queries: a person who writes proposes, another confirms."""

    screen_access = holding(WRITE)
    # No form refers to one.
    chooser_access = CLOSED
    model = BestBet
    icon = "pick"
    menu_label = "Trang nên xem trước"
    menu_name = "trang-nen-xem-truoc"
    menu_order = 256
    add_to_admin_menu = True
    url_prefix = "tim-kiem/nen-xem-truoc"
    list_display = [
        Column("queries", label="Khi người đọc tìm", accessor=lambda row: "; ".join(row.lines)),
        Column("page", label="Trang"),
        BooleanColumn("is_active", label="Đang dùng"),
    ]
    search_fields = ["queries"]
    search_backend_name = None
    panels = [FieldPanel("queries"), FieldPanel("page"), FieldPanel("is_active")]
