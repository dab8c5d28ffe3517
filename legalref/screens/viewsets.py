"""The register in the admin: documents, issuing bodies, types."""

from django import forms
from django.urls import reverse
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms.choosers import BaseFilterForm, SearchFilterMixin
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.admin.ui import menus
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.snippets.views.chooser import SnippetChooserViewSet
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet, SnippetViewSetGroup

from accounts.roles import ADMINISTER, CONFIRM_REPEAL, DISPATCH, WRITE, may, works_on
from accounts.screen_access import holding, holds_a_role
from base.admin.edit_conflict import version_aware
from base.admin.screen_access import CLOSED, SITE_MEMBERS, ScreenAccess, works_on_a_site
from base.admin.viewsets import (
    AccessStated,
    AccessStatedSnippets,
    GuardedChooseResultsView,
    GuardedChooseView,
    GuardedSnippetChooserViewSet,
    GuardedSnippetViewSet,
)
from vietnam.dates import format_short
from workflows.publishing import record_rules, removed_status
from workflows.screens.record_views import ProposeEditView, ProposeNewView, ProposeRemovalView

from ..citations import reading
from ..models import DocumentType, IssuingBody, LegalDocument, PostingRule
from ..register import listing
from .forms import LegalDocumentForm
from .panels import DutyPanel, ReadablePanel, RelationsPanel, SuccessorsPanel


def _issued(document) -> str:
    return format_short(document.issued_on) if document.issued_on else ""


class StatusColumn(Column):
    """The stored status as a badge, in the colours that readers see."""

    cell_template_name = "legalref/admin/status_cell.html"


def _first_day(body) -> str:
    return format_short(body.valid_from) if body.valid_from else ""


def _last_day(body) -> str:
    return format_short(body.valid_to) if body.valid_to else ""


def _publication(document) -> str:
    if not document.live:
        return removed_status.label_of(document) or "Nháp"
    return "Đã đăng, có bản sửa" if document.has_unpublished_changes else "Đã đăng"


class DocumentIndexView(IndexView):
    """The list of documents, with the ways to repeal one and to put one on a site."""

    def get_base_queryset(self):
        return super().get_base_queryset().for_display()

    def search_queryset(self, queryset):
        return listing.matching(queryset, self.search_query, is_begun=True) if self.is_searching else queryset

    def get_list_more_buttons(self, instance):
        buttons = super().get_list_more_buttons(instance)
        if works_on(self.request.user, instance.owner_site):
            buttons.append(
                menus.MenuItem(
                    "Quan hệ", url=reverse("legalref_relations", args=[instance.pk]), icon_name="link", priority=59
                )
            )
        if instance.live and may(self.request.user, CONFIRM_REPEAL):
            buttons.append(
                menus.MenuItem(
                    "Bãi bỏ, thay thế",
                    url=reverse("legalref_repeal", args=[instance.pk]),
                    icon_name="warning",
                    priority=60,
                )
            )
        if reading.may_decide(self.request.user, instance):
            buttons.append(
                menus.MenuItem(
                    "Trích dẫn",
                    url=reverse("legalref_document_citations", args=[instance.pk]),
                    icon_name="link",
                    priority=62,
                )
            )
        if may(self.request.user, WRITE):
            buttons.append(
                menus.MenuItem(
                    "Đưa vào trang", url=reverse("legalref_mark", args=[instance.pk]), icon_name="site", priority=61
                )
            )
        if may(self.request.user, WRITE, instance.owner_site):
            buttons.append(
                menus.MenuItem(
                    "Lấy toàn văn từ tệp",
                    url=reverse("legalref_take_text", args=[instance.pk]),
                    icon_name="doc-full",
                    priority=63,
                )
            )
        return buttons


class DocumentSearchForm(SearchFilterMixin, BaseFilterForm):
    """The search field of the chooser, by the register's own index."""

    def filter(self, objects):
        self.search_query = self.cleaned_data.get("q")
        self.is_searching = bool(self.search_query)
        return listing.matching(objects, self.search_query, is_begun=True) if self.is_searching else objects


def _issued(document) -> str:
    return format_short(document.issued_on) if document.issued_on else ""


class TellsDocumentsApart:
    """Mixin: several bodies issue one number; who issued it, when and about what tell which it is."""

    filter_form_class = DocumentSearchForm

    def get_object_list(self):
        return (
            super().get_object_list().select_related("document_type", "main_issuer").defer("full_text", "search_text")
        )

    @property
    def columns(self):
        return [
            *super().columns,
            Column("main_issuer", label="Cơ quan ban hành"),
            Column("issued_on", label="Ngày ban hành", accessor=_issued),
            Column("subject", label="Trích yếu"),
        ]


class DocumentChooseView(TellsDocumentsApart, GuardedChooseView):
    """The window of the chooser."""


class DocumentChooseResultsView(TellsDocumentsApart, GuardedChooseResultsView):
    """The list inside it."""


class DocumentChooserViewSet(GuardedSnippetChooserViewSet):
    """The chooser of documents: own ones, and public ones of all sites."""

    choose_view_class = DocumentChooseView
    choose_results_view_class = DocumentChooseResultsView


class DocumentFilters(WagtailFilterSet):
    """What the list of documents is narrowed by."""

    class Meta:
        model = LegalDocument
        fields = ["document_type", "family", "main_issuer", "year", "live", "stored_status__code"]


DocumentFilters.base_filters["stored_status__code"].label = "Tình trạng hiệu lực"


class LegalDocumentViewSet(GuardedSnippetViewSet):
    screen_access = SITE_MEMBERS
    model = LegalDocument
    chooser_viewset_class = DocumentChooserViewSet
    site_lookup = "owner_site"
    icon = "doc-full"
    menu_label = "Danh sách văn bản"
    menu_name = "van-ban-so"
    url_prefix = "van-ban/so"
    index_view_class = DocumentIndexView
    list_display = [
        "__str__",
        "subject",
        Column("main_issuer", label="Cơ quan ban hành", sort_key="main_issuer__name"),
        Column("issued_on", label="Ngày ban hành", accessor=_issued, sort_key="issued_on"),
        StatusColumn("stored_status", label="Tình trạng", accessor="status", sort_key="stored_status__rank"),
        Column("live", label="Đăng", accessor=_publication, sort_key="live"),
    ]
    filterset_class = DocumentFilters
    list_per_page = 30
    ordering = ["-issued_on", "-pk"]
    # Searched by the register's own index; a name here makes the list offer its field.
    search_fields = ["search_text"]
    search_backend_name = None

    edit_handler = TabbedInterface(
        [
            ObjectList(
                [
                    MultiFieldPanel(
                        [
                            FieldPanel("owner_site"),
                            FieldRowPanel([FieldPanel("document_type", widget=forms.Select), FieldPanel("family")]),
                            FieldPanel("symbol_as_printed"),
                            FieldPanel("subject"),
                            FieldPanel("main_issuer"),
                            FieldRowPanel([ReadablePanel("issued_on"), ReadablePanel("effective_from")]),
                            FieldPanel("co_issuers"),
                        ],
                        heading="Thuộc tính",
                    ),
                    MultiFieldPanel(
                        [
                            FieldRowPanel([FieldPanel("signing_capacity"), FieldPanel("signer_title")]),
                            FieldRowPanel([FieldPanel("signer_name"), FieldPanel("place")]),
                        ],
                        heading="Ký ban hành",
                    ),
                    MultiFieldPanel(
                        [
                            FieldRowPanel([FieldPanel("field"), FieldPanel("sector")]),
                            ReadablePanel("scope"),
                            FieldPanel("for_components"),
                            FieldPanel("posting_sites", widget=forms.CheckboxSelectMultiple),
                            FieldPanel("needs_dissemination"),
                            FieldRowPanel([FieldPanel("gazette_number"), ReadablePanel("gazette_on")]),
                            FieldPanel("urgency"),
                            FieldPanel("source_url"),
                            FieldPanel("not_classified"),
                        ],
                        heading="Lĩnh vực, phạm vi",
                    ),
                    # Last, as a long text makes its field long.
                    MultiFieldPanel(
                        [
                            FieldPanel("signed_file"),
                            InlinePanel("document_files", label="Tệp kèm theo"),
                            ReadablePanel("full_text"),
                            ReadablePanel("recipients"),
                        ],
                        heading="Nội dung, tệp",
                    ),
                ],
                heading="Văn bản",
            ),
            ObjectList(
                [
                    RelationsPanel(heading="Tình trạng, quan hệ"),
                    ReadablePanel("effective_to"),
                    FieldRowPanel([ReadablePanel("lapses_latest_on"), FieldPanel("lapses_latest_by")]),
                    FieldPanel("territory"),
                    ReadablePanel("checked_until"),
                    FieldPanel("evidence"),
                    FieldRowPanel([ReadablePanel("not_suitable_from"), FieldPanel("not_suitable_reason")]),
                    ReadablePanel("status_note"),
                ],
                heading="Hiệu lực",
            ),
            ObjectList(
                [
                    FieldRowPanel([ReadablePanel("handed_over_on"), ReadablePanel("received_by_board_on")]),
                    DutyPanel(heading="Thời hạn đăng"),
                ],
                heading="Chuyển giao",
            ),
        ],
        base_form_class=LegalDocumentForm,
    )


class SharedChooserViewSet(AccessStated, SnippetChooserViewSet):
    """The chooser of records that all sites share."""


class SharedSnippetViewSet(AccessStatedSnippets, SnippetViewSet):
    """The screens of records that all sites share: open to holders of the model's permissions, whatever the site.

    Readers see such records, so a change waits for a second person (`workflows.publishing.record_changes`);
    `hidden_fields` are those that no reader sees.
    """

    chooser_viewset_class = SharedChooserViewSet
    add_view_class = ProposeNewView
    edit_view_class = ProposeEditView
    delete_view_class = ProposeRemovalView
    hidden_fields = frozenset()

    def on_register(self):
        super().on_register()
        record_rules.register(self.model, hidden=frozenset(self.hidden_fields), joins_dossiers=True)

    def get_edit_handler(self):
        return version_aware(super().get_edit_handler())


def keeps_lists(user) -> bool:
    """Tell whether the lists of issuers and types are for a user: the technical administrator keeps them, too."""
    return works_on_a_site(user) or may(user, ADMINISTER)


LIST_KEEPERS = ScreenAccess(keeps_lists)


class IssuingBodyViewSet(SharedSnippetViewSet):
    screen_access = LIST_KEEPERS
    model = IssuingBody
    icon = "group"
    menu_label = "Cơ quan ban hành"
    menu_name = "co-quan-ban-hanh"
    url_prefix = "van-ban/co-quan"
    list_display = [
        "name",
        "symbol",
        Column("valid_from", label="Có từ ngày", accessor=_first_day),
        Column("valid_to", label="Đến hết ngày", accessor=_last_day),
        Column("predecessor", label="Tiếp nối"),
    ]
    search_fields = ["name", "symbol"]
    search_backend_name = None
    panels = [
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("symbol"), FieldPanel("slug")]),
        FieldPanel("unit"),
        FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_to")]),
        FieldPanel("predecessor"),
        SuccessorsPanel(heading="Cơ quan kế tiếp, văn bản"),
        InlinePanel("competences", label="Thời gian được ban hành văn bản quy phạm pháp luật"),
    ]


class DocumentTypeViewSet(SharedSnippetViewSet):
    screen_access = LIST_KEEPERS
    model = DocumentType
    icon = "list-ul"
    menu_label = "Loại văn bản"
    menu_name = "loai-van-ban"
    url_prefix = "van-ban/loai"
    hidden_fields = frozenset({"sort_order"})
    list_display = ["name", "abbr", "family", BooleanColumn("is_published", label="Đăng", sort_key="is_published")]
    panels = [
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("abbr"), FieldPanel("slug")]),
        FieldPanel("family"),
        FieldPanel("is_published"),
        FieldPanel("sort_order"),
    ]


class PostingRuleViewSet(SharedSnippetViewSet):
    """By which rules documents have to be posted: the standing office keeps them, a second person confirms.

    Who writes works under them and reads them here.
    """

    screen_access = holding(DISPATCH, WRITE)
    # No form refers to a rule.
    chooser_access = CLOSED
    model = PostingRule
    icon = "calendar-check"
    menu_label = "Quy tắc đăng văn bản"
    menu_name = "quy-tac-dang"
    url_prefix = "van-ban/quy-tac-dang"
    list_display = [
        "name",
        Column("target", label="Phải có ở", accessor="get_target_display"),
        Column("conditions", label="Văn bản"),
        Column("legal_source", label="Căn cứ"),
        BooleanColumn("is_active", label="Đang dùng"),
    ]
    panels = [
        FieldPanel("name"),
        FieldPanel("target", widget=forms.Select),
        FieldRowPanel([ReadablePanel("issued_from"), ReadablePanel("issued_until")]),
        FieldRowPanel([FieldPanel("issuer", widget=forms.Select), FieldPanel("document_type", widget=forms.Select)]),
        FieldRowPanel([FieldPanel("family", widget=forms.Select), FieldPanel("for_components_only")]),
        FieldPanel("legal_source"),
        FieldPanel("is_active"),
    ]


class DashboardMenuItem(MenuItem):
    """A menu entry for those who work on a site's content."""

    def is_shown(self, request):
        return works_on_a_site(request.user) and holds_a_role(request.user)


class WriterMenuItem(DashboardMenuItem):
    """A menu entry for those who write."""

    def is_shown(self, request):
        return super().is_shown(request) and may(request.user, WRITE)


class RegisterViewSetGroup(SnippetViewSetGroup):
    """One menu entry for the register."""

    items = (LegalDocumentViewSet, IssuingBodyViewSet, DocumentTypeViewSet, PostingRuleViewSet)
    menu_label = "Văn bản"
    menu_name = "van-ban"
    menu_icon = "doc-full"
    menu_order = 250

    def get_submenu_items(self):
        return [
            *super().get_submenu_items(),
            WriterMenuItem(
                "Văn bản mới",
                reverse("wagtailsnippets_legalref_legaldocument:add"),
                name="van-ban-moi",
                icon_name="plus",
                order=2,
            ),
            DashboardMenuItem(
                "Văn bản cần chú ý",
                reverse("legalref_attention"),
                name="van-ban-can-chu-y",
                icon_name="warning",
                order=10_000,
            ),
            DashboardMenuItem(
                "Thời hạn đăng văn bản",
                reverse("legalref_duty"),
                name="thoi-han-dang",
                icon_name="calendar-alt",
                order=10_001,
            ),
        ]
