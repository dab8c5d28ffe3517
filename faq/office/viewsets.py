"""Topics and answer templates in the admin."""

from django import forms
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.snippets.views.snippets import IndexView
from wagtail.snippets.widgets import AdminSnippetChooser

from accounts.roles import HANDLE_QUESTIONS, WRITE
from accounts.screen_access import holding
from base.admin.screen_access import CLOSED, SITE_MEMBERS, ScreenAccess
from base.admin.viewsets import GuardedSnippetViewSet, choosable
from legalref.models import LegalDocument
from legalref.screens.viewsets import SharedSnippetViewSet

from ..handling import template_fields
from ..models import AnswerTemplate, CompetentBody, QuestionTopic
from . import inbox

DOCUMENTS = ("document_1", "document_2", "document_3", "document_4")


ACTIVE = BooleanColumn("is_active", label="Đang dùng")


class DocumentField(forms.ModelChoiceField):
    """A document of the register."""

    def __init__(self, place: int):
        super().__init__(
            LegalDocument.objects.none(),
            label=f"Căn cứ {place}",
            required=False,
            widget=AdminSnippetChooser(LegalDocument),
        )


class QuestionTopicViewSet(SharedSnippetViewSet):
    """Topics are the same for all sites: the standing office keeps them, handlers see them."""

    screen_access = holding(HANDLE_QUESTIONS, WRITE)
    # The page of an answer has a topic.
    chooser_access = SITE_MEMBERS
    model = QuestionTopic
    icon = "tag"
    menu_label = "Lĩnh vực câu hỏi"
    url_prefix = "cau-hoi-linh-vuc"
    # Which unit answers as a rule, and the words that suggest the topic, are for those who handle questions.
    hidden_fields = frozenset({"sort_order", "keywords", "unit"})
    list_display = ["name", "kind", Column("unit", label="Đơn vị thường trả lời"), ACTIVE]
    search_fields = ["name", "keywords"]
    search_backend_name = None
    panels = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("name_en")]),
        FieldRowPanel([FieldPanel("slug"), FieldPanel("kind", widget=forms.Select)]),
        FieldPanel("unit"),
        FieldPanel("keywords"),
        FieldRowPanel([FieldPanel("is_active"), FieldPanel("sort_order")]),
    ]


class CompetentBodyViewSet(SharedSnippetViewSet):
    """Whose matter it is when it is not ours: the same for all sites, read by askers."""

    screen_access = holding(HANDLE_QUESTIONS, WRITE)
    # The form of an answer out of scope offers them in a list.
    chooser_access = CLOSED
    model = CompetentBody
    icon = "group"
    menu_label = "Cơ quan có thẩm quyền"
    menu_name = "co-quan-tham-quyen"
    add_to_admin_menu = True
    url_prefix = "cau-hoi-co-quan"
    list_display = ["name", "matters", Column("url", label="Trang"), Column("way", label="Liên hệ"), ACTIVE]
    search_fields = ["name", "matters"]
    search_backend_name = None
    panels = [
        FieldPanel("name"),
        FieldPanel("matters"),
        FieldRowPanel([FieldPanel("url"), FieldPanel("phone")]),
        FieldPanel("address"),
        FieldPanel("is_active"),
    ]


class AnswerTemplateForm(WagtailAdminModelForm):
    """A template with a few documents chosen one by one: the register is too long for a list."""

    document_1, document_2, document_3, document_4 = (DocumentField(place) for place in range(1, 5))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Whose it is must be said: the city's is offered everywhere.
        self.fields["owner_site"].required = True
        known = list(self.instance.documents.all()) if self.instance.pk else []
        for place, name in enumerate(DOCUMENTS):
            field = self.fields[name]
            field.queryset = choosable(LegalDocument.objects.all(), self.for_user, "owner_site")
            field.initial = known[place] if place < len(known) else None

    def save(self, commit=True):
        template = super().save(commit)
        if commit:
            chosen = (self.cleaned_data.get(name) for name in DOCUMENTS)
            template.documents.set([document for document in chosen if document is not None])
        return template


def _lapsed(template: AnswerTemplate) -> str:
    return "; ".join(f"{document}: {document.status.label}" for document in template.lapsed)


LAPSED = Column("lapsed", label="Căn cứ hết hiệu lực", accessor=_lapsed)
FIELDS_HELP = (
    "Trường trong ngoặc vuông kép: "
    + ", ".join(f"[[{name}]]" for name in template_fields.KNOWN)
    + " được điền sẵn khi chèn mẫu; tên khác, ví dụ [[số tờ bản đồ]], người soạn phải điền trước khi trình ký."
)


class AnswerTemplateIndexView(IndexView):
    """The list of templates, with what they cite and that has lapsed."""

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        found = template_fields.lapsed(context["object_list"])
        for template in context["object_list"]:
            template.lapsed = found.get(template.pk, [])
        return context


class AnswerTemplateViewSet(GuardedSnippetViewSet):
    """Templates belong to sites; the city's are offered everywhere."""

    screen_access = ScreenAccess(inbox.works_with_questions)
    # No form refers to a template.
    chooser_access = CLOSED
    model = AnswerTemplate
    site_lookup = "owner_site"
    icon = "doc-full"
    menu_label = "Mẫu trả lời"
    url_prefix = "cau-hoi-mau-tra-loi"
    list_display = ["name", Column("topic", label="Lĩnh vực"), Column("owner_site", label="Trang"), LAPSED, ACTIVE]
    index_view_class = AnswerTemplateIndexView
    search_fields = ["name"]
    search_backend_name = None
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldRowPanel([FieldPanel("owner_site"), FieldPanel("topic", widget=forms.Select)]),
            FieldPanel("body", help_text=FIELDS_HELP),
            *(FieldPanel(name) for name in DOCUMENTS),
            FieldPanel("is_active"),
        ],
        base_form_class=AnswerTemplateForm,
    )
