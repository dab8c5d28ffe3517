"""The catalogue in the administration: procedures, and the lists they are arranged by."""

from django import forms
from django.db.models import Count, Q
from django.urls import reverse
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
)
from wagtail.admin.ui import menus
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.snippets.views.snippets import IndexView, SnippetViewSetGroup

from accounts.roles import DISPATCH, PROPOSE_TAKEDOWN, WRITE, may
from accounts.screen_access import holding
from base.admin.screen_access import SITE_MEMBERS
from base.admin.viewsets import GuardedSnippetViewSet
from base.authority import is_city_person
from legalref.screens.panels import ReadablePanel
from legalref.screens.viewsets import DashboardMenuItem, SharedSnippetViewSet
from vietnam import text
from workflows.publishing import removed_status

from ..models import ApplicantKind, LevelMapping, LevelScheme, LifeEvent, Procedure, Sector, ServiceField, ServiceLevel
from .access import PROCEDURE_KEEPERS
from .forms import ProcedureForm


def _publication(procedure) -> str:
    if not procedure.live:
        return removed_status.label_of(procedure) or "Nháp"
    return "Đã đăng, có bản sửa" if procedure.has_unpublished_changes else "Đã đăng"


def _done_at(procedure) -> str:
    names = ("at_province", "at_district", "at_ward", "at_other")
    return ", ".join(procedure._meta.get_field(name).verbose_name for name in names if getattr(procedure, name))


def _sites(procedure) -> str:
    return str(procedure.public_offerings)


def propose_url(procedure) -> str:
    """Address of the proposal to take a procedure down."""
    return reverse("workflows_propose_record", args=["servicecatalog", "procedure", procedure.pk])


class ProcedureIndexView(IndexView):
    """The list of procedures, with how many sites offer each, and the ways to offer it and to end that."""

    def get_base_queryset(self):
        return (
            super()
            .get_base_queryset()
            .select_related("field__sector", "owner_site")
            .annotate(public_offerings=Count("offerings", filter=Q(offerings__live=True), distinct=True))
        )

    def search_queryset(self, queryset):
        if not self.is_searching:
            return queryset
        for word in text.fold(self.search_query).split():
            queryset = queryset.filter(search_text__contains=word)
        return queryset

    def get_list_more_buttons(self, instance):
        buttons, user = super().get_list_more_buttons(instance), self.request.user

        def button(label, name, icon, priority):
            return menus.MenuItem(label, url=reverse(name, args=[instance.pk]), icon_name=icon, priority=priority)

        if instance.live and may(user, WRITE, instance.owner_site):
            buttons.append(button("Cung cấp trên các trang", "servicecatalog_offer", "site", 60))
        if instance.live and may(user, PROPOSE_TAKEDOWN, instance.owner_site):
            buttons.append(button("Ngừng cung cấp", "servicecatalog_withdraw", "cross", 61))
            buttons.append(menus.MenuItem("Đề nghị gỡ bỏ", url=propose_url(instance), icon_name="bin", priority=63))
        if instance.live:
            buttons.append(button("Mức độ hiện nay", "servicecatalog_level", "tick-inverse", 62))
        return buttons


LIMIT = [
    FieldRowPanel([FieldPanel("same_day"), FieldPanel("cutoff_hour")]),
    FieldRowPanel([FieldPanel("amount"), FieldPanel("unit"), FieldPanel("start_event")]),
    FieldRowPanel([FieldPanel("extra_amount"), FieldPanel("extra_unit"), FieldPanel("extra_reason")]),
    FieldPanel("not_counted"),
]
HELP_LIMIT = (
    "<p>Mỗi cách nộp ghi một thời hạn. Cổng tính ngày trả kết quả theo lịch làm việc: không tính ngày nhận, ngày nghỉ; "
    "«trả ngay trong ngày» với giờ 15 nghĩa là hồ sơ nhận từ 15 giờ trả vào ngày làm việc tiếp theo.</p>"
)


class ProcedureViewSet(GuardedSnippetViewSet):
    """Procedures belong to the city's site; wards choose public ones for their services."""

    screen_access = PROCEDURE_KEEPERS
    chooser_access = SITE_MEMBERS
    model = Procedure
    site_lookup = "owner_site"
    icon = "clipboard-list"
    menu_label = "Thủ tục hành chính"
    menu_name = "thu-tuc"
    url_prefix = "dich-vu-cong/thu-tuc"
    index_view_class = ProcedureIndexView
    list_display = [
        "code",
        "name",
        Column("field", label="Lĩnh vực", sort_key="field__name"),
        Column("levels", label="Cấp thực hiện", accessor=_done_at),
        Column("public_offerings", label="Số trang cung cấp", accessor=_sites),
        Column("live", label="Đăng", accessor=_publication, sort_key="live"),
    ]
    list_filter = ["field", "at_ward", "at_district", "live"]
    list_per_page = 50
    search_fields = ["search_text"]
    search_backend_name = None

    edit_handler = TabbedInterface(
        [
            ObjectList(
                [
                    MultiFieldPanel(
                        [
                            FieldPanel("owner_site"),
                            FieldRowPanel([FieldPanel("code"), FieldPanel("local_code")]),
                            FieldPanel("name"),
                            FieldPanel("summary"),
                            FieldRowPanel([FieldPanel("field", widget=forms.Select), FieldPanel("kind")]),
                            FieldRowPanel(
                                [FieldPanel(name) for name in ("at_ward", "at_district", "at_province", "at_other")]
                            ),
                            FieldRowPanel(
                                [
                                    FieldPanel("applicants", widget=forms.CheckboxSelectMultiple),
                                    FieldPanel("life_events", widget=forms.CheckboxSelectMultiple),
                                ]
                            ),
                            FieldPanel("keywords"),
                        ],
                        heading="Thủ tục",
                    ),
                    MultiFieldPanel(
                        [
                            FieldPanel("deciding_document"),
                            FieldRowPanel([FieldPanel("decided_by"), ReadablePanel("decided_on")]),
                            FieldRowPanel([ReadablePanel("valid_from"), ReadablePanel("valid_to")]),
                        ],
                        heading="Quyết định công bố, thời gian áp dụng",
                    ),
                ],
                heading="Thủ tục",
            ),
            ObjectList(
                [
                    InlinePanel(
                        "steps",
                        label="Bước",
                        heading="Trình tự thực hiện",
                        panels=[FieldPanel("title"), FieldPanel("body"), FieldPanel("body_en")],
                    ),
                    HelpPanel(content=HELP_LIMIT),
                    InlinePanel(
                        "channels",
                        label="Cách nộp",
                        heading="Cách thức thực hiện, thời hạn",
                        panels=[FieldPanel("way"), *LIMIT, FieldPanel("description")],
                    ),
                    InlinePanel(
                        "fees",
                        label="Phí, lệ phí",
                        heading="Phí, lệ phí",
                        panels=[
                            FieldRowPanel([FieldPanel("label"), FieldPanel("way")]),
                            FieldRowPanel([FieldPanel("amount"), FieldPanel("per")]),
                            FieldPanel("note"),
                        ],
                    ),
                    FieldPanel("fee_note"),
                    FieldPanel("reception_address"),
                ],
                heading="Thực hiện, thời hạn, phí",
            ),
            ObjectList(
                [
                    InlinePanel(
                        "components",
                        label="Giấy tờ",
                        heading="Thành phần hồ sơ",
                        panels=[
                            FieldPanel("case"),
                            FieldPanel("name"),
                            FieldPanel("name_en"),
                            FieldRowPanel([FieldPanel("originals"), FieldPanel("copies"), FieldPanel("to_show_only")]),
                            FieldRowPanel([FieldPanel("form_file"), ReadablePanel("form_version_on")]),
                            FieldPanel("note"),
                        ],
                        help_text="Giấy tờ của một trường hợp ghi cùng tên trường hợp; giấy tờ chung để trống ô này.",
                    ),
                    FieldPanel("sets_count"),
                    InlinePanel(
                        "results",
                        label="Kết quả",
                        heading="Kết quả thực hiện",
                        panels=[FieldPanel("name"), FieldPanel("name_en")],
                    ),
                    FieldPanel("requirements"),
                ],
                heading="Hồ sơ, kết quả",
            ),
            ObjectList(
                [
                    InlinePanel(
                        "agencies",
                        label="Cơ quan",
                        heading="Cơ quan",
                        panels=[FieldRowPanel([FieldPanel("role"), FieldPanel("unit")]), FieldPanel("name")],
                    ),
                    InlinePanel(
                        "legal_bases",
                        label="Căn cứ",
                        heading="Căn cứ pháp lý",
                        panels=[
                            FieldPanel("document"),
                            FieldRowPanel([FieldPanel("as_printed"), FieldPanel("provision")]),
                        ],
                        help_text="Chọn văn bản trong sổ khi có: cổng tự báo khi văn bản đó hết hiệu lực.",
                    ),
                ],
                heading="Cơ quan, căn cứ",
            ),
            ObjectList(
                [
                    InlinePanel(
                        "levels",
                        label="Mức độ",
                        heading="Mức độ cung cấp trực tuyến",
                        panels=[
                            FieldPanel("level", widget=forms.Select),
                            FieldRowPanel([ReadablePanel("valid_from"), ReadablePanel("valid_to")]),
                            FieldPanel("reason"),
                        ],
                        help_text="Mỗi hệ mức độ một dòng. Hệ sau chưa ghi thì cổng tự quy đổi và nhắc rà soát.",
                    ),
                ],
                heading="Mức độ",
            ),
            ObjectList([FieldPanel("title_en"), FieldPanel("summary_en")], heading="Tiếng Anh"),
        ],
        base_form_class=ProcedureForm,
    )


class EnglishColumn(Column):
    """A name in English, marked as such for those who listen to the page."""

    cell_template_name = "servicecatalog/admin/english_cell.html"


ENGLISH_NAME = EnglishColumn("name_en", label="Tên tiếng Anh", sort_key="name_en")


class CityListViewSet(SharedSnippetViewSet):
    """A list of the whole city; kept by the standing office, looked up by those who write."""

    screen_access = holding(WRITE, DISPATCH)


class ListViewSet(CityListViewSet):
    """A list of names in an order of its own."""

    list_display = ["name", ENGLISH_NAME, "slug", "sort_order"]
    hidden_fields = frozenset({"sort_order"})
    search_fields = ["name"]
    search_backend_name = None
    panels = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("name_en")]),
        FieldRowPanel([FieldPanel("slug"), FieldPanel("sort_order")]),
    ]


class SectorViewSet(ListViewSet):
    model = Sector
    icon = "folder-open-inverse"
    menu_label = "Ngành"
    menu_name = "nganh"
    url_prefix = "dich-vu-cong/nganh"


class FieldViewSet(ListViewSet):
    model = ServiceField
    icon = "list-ul"
    menu_label = "Lĩnh vực"
    menu_name = "linh-vuc"
    url_prefix = "dich-vu-cong/linh-vuc"
    list_display = ["name", "sector", ENGLISH_NAME, "sort_order"]
    panels = [FieldPanel("sector", widget=forms.Select), *ListViewSet.panels]


class LifeEventViewSet(ListViewSet):
    model = LifeEvent
    icon = "calendar"
    menu_label = "Sự kiện trong đời"
    menu_name = "su-kien"
    url_prefix = "dich-vu-cong/su-kien"
    panels = [*ListViewSet.panels, FieldPanel("icon")]


class ApplicantViewSet(ListViewSet):
    model = ApplicantKind
    icon = "group"
    menu_label = "Đối tượng"
    menu_name = "doi-tuong"
    url_prefix = "dich-vu-cong/doi-tuong"


class SchemeViewSet(CityListViewSet):
    model = LevelScheme
    icon = "history"
    menu_label = "Hệ mức độ"
    menu_name = "he-muc-do"
    url_prefix = "dich-vu-cong/he-muc-do"
    list_display = ["name", Column("mark", label="Hệ"), "valid_from", "valid_to", "legal_source"]
    panels = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("code")]),
        FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_to")]),
        FieldPanel("legal_source"),
    ]


class LevelViewSet(CityListViewSet):
    model = ServiceLevel
    icon = "order"
    menu_label = "Mức độ"
    menu_name = "muc-do"
    url_prefix = "dich-vu-cong/muc-do"
    list_display = [
        "name",
        "scheme",
        "axis",
        BooleanColumn("is_online", label="Nộp trực tuyến được"),
        "rank",
    ]
    panels = [
        FieldRowPanel([FieldPanel("scheme", widget=forms.Select), FieldPanel("axis")]),
        FieldRowPanel([FieldPanel("name"), FieldPanel("name_en")]),
        FieldRowPanel([FieldPanel("code"), FieldPanel("rank")]),
        FieldRowPanel([FieldPanel("description"), FieldPanel("description_en")]),
        FieldPanel("is_online"),
    ]


class MappingViewSet(CityListViewSet):
    model = LevelMapping
    icon = "arrow-right-full"
    menu_label = "Quy đổi mức độ"
    menu_name = "quy-doi"
    url_prefix = "dich-vu-cong/quy-doi"
    list_display = [
        "source",
        "target",
        BooleanColumn("is_approximate", label="Gần đúng, cần rà soát"),
        "note",
    ]
    panels = [
        FieldRowPanel([FieldPanel("source", widget=forms.Select), FieldPanel("target", widget=forms.Select)]),
        FieldPanel("is_approximate"),
        FieldPanel("note"),
    ]


class CityMenuItem(MenuItem):
    """A menu entry for those who write for the city."""

    def is_shown(self, request):
        return is_city_person(request.user) and may(request.user, WRITE)


class CatalogueViewSetGroup(SnippetViewSetGroup):
    """One menu entry for the catalogue."""

    items = (
        ProcedureViewSet,
        SectorViewSet,
        FieldViewSet,
        LifeEventViewSet,
        ApplicantViewSet,
        SchemeViewSet,
        LevelViewSet,
        MappingViewSet,
    )
    menu_label = "Dịch vụ công"
    menu_name = "dich-vu-cong"
    menu_icon = "clipboard-list"
    menu_order = 252

    def get_submenu_items(self):
        return [
            *super().get_submenu_items(),
            DashboardMenuItem(
                "Thủ tục cần xem lại",
                reverse("servicecatalog_review"),
                name="dich-vu-can-xem-lai",
                icon_name="warning",
                order=10_000,
            ),
            CityMenuItem(
                "Nhập thủ tục", reverse("servicecatalog_import"), name="nhap-thu-tuc", icon_name="upload", order=10_001
            ),
            DashboardMenuItem(
                "Lô thủ tục, dịch vụ",
                reverse("servicecatalog_batches"),
                name="lo-dich-vu",
                icon_name="check",
                order=10_002,
            ),
        ]
