"""Vietnamese labels where the libraries leave a thing its English name and so no catalogue can help.

`name_fields` runs once, when `wagtail_hooks` is loaded: the forms of the link chooser, the filters of the report on
translations, the list of sites, the choice of a workflow's pages. `name_models` runs when the models are
loaded: their names stand on lists, at permissions and where something is used. `name_roots` names the two rows that
migrations make: the root of the tree and of the collections. `name_what_came_back` gives what a reviewer returned a
word of its own wherever a page or record says how it stands.
"""

from functools import wraps

from django.apps import apps
from wagtail.admin.forms.choosers import (
    AnchorLinkChooserForm,
    EmailLinkChooserForm,
    ExternalLinkChooserForm,
    PhoneLinkChooserForm,
)
from wagtail.admin.forms.workflows import TaskChooserSearchForm, WorkflowContentTypeForm, WorkflowPageForm
from wagtail.admin.views.pages.search import SearchView
from wagtail.models import Collection, Page, WorkflowMixin, WorkflowState
from wagtail.sites.views import IndexView as SiteIndex
from wagtail.users.forms import GroupPagePermissionFormSet
from wagtail_localize.locales.components import LocaleComponentModelForm
from wagtail_localize.views.report import TranslationsReportFilterSet

_LINK_TEXT = {"link_text": "Chữ của liên kết"}
FIELDS = {
    ExternalLinkChooserForm: _LINK_TEXT,
    AnchorLinkChooserForm: _LINK_TEXT | {"url": "Tên neo"},
    EmailLinkChooserForm: _LINK_TEXT
    | {"email_address": "Địa chỉ thư điện tử", "subject": "Tiêu đề thư", "body": "Nội dung thư"},
    PhoneLinkChooserForm: _LINK_TEXT | {"phone_number": "Số điện thoại"},
    WorkflowPageForm: {"page": "Trang"},
    WorkflowContentTypeForm: {"content_types": "Loại dữ liệu"},
}
FILTERS = {"source_locale": "Ngôn ngữ gốc", "target_locale": "Ngôn ngữ dịch"}
COLUMNS = {"port": "Cổng", "site_name": "Tên trang thông tin", "root_page": "Trang gốc"}
# Fields that a form makes for itself.
MADE_FIELDS = {
    TaskChooserSearchForm: {"task_type": "Loại nhiệm vụ"},
    LocaleComponentModelForm: {"enabled": "Đồng bộ", "sync_from": "Đồng bộ từ ngôn ngữ"},
}
# Models whose authors gave them no name; a model has one form for one and for many.
MODELS = {
    "wagtailcore.Locale": "ngôn ngữ",
    "wagtailcore.UploadedFile": "tệp đã tải lên",
    "wagtailcore.WorkflowContentType": "loại dữ liệu của luồng duyệt",
    "wagtailcore.PageSubscription": "theo dõi trang",
    "wagtailcore.ReferenceIndex": "nơi sử dụng",
    "wagtailadmin.EditingSession": "phiên soạn thảo",
    "wagtailadmin.FormState": "biểu mẫu đang mở",
    "wagtailadmin.Admin": "trang quản trị",
    "wagtailimages.Rendition": "cỡ ảnh",
    "wagtail_localize.TranslatableObject": "nội dung dịch được",
    "wagtail_localize.TranslationSource": "nguồn bản dịch",
    "wagtail_localize.Translation": "bản dịch",
    "wagtail_localize.TranslationLog": "nhật ký bản dịch",
    "wagtail_localize.TranslationContext": "ngữ cảnh bản dịch",
    "wagtail_localize.String": "câu",
    "wagtail_localize.StringTranslation": "bản dịch của câu",
    "wagtail_localize.StringSegment": "đoạn có câu",
    "wagtail_localize.Template": "khuôn",
    "wagtail_localize.TemplateSegment": "đoạn có khuôn",
    "wagtail_localize.SegmentOverride": "đoạn thay riêng",
    "wagtail_localize.OverridableSegment": "đoạn thay được",
    "wagtail_localize.RelatedObjectSegment": "đoạn liên kết",
    "wagtail_localize.LocaleSynchronization": "đồng bộ ngôn ngữ",
    "otp_totp.TOTPDevice": "ứng dụng mã xác thực",
    "sessions.Session": "phiên",
}
MODEL_FIELDS = {
    "wagtailcore.Comment": {"user": "người viết", "resolved_by": "người giải quyết"},
    "wagtailcore.CommentReply": {"user": "người viết"},
    "wagtailcore.PageSubscription": {"user": "người dùng"},
    "wagtailcore.GroupPagePermission": {"page": "trang"},
}
ROOT = "Gốc"
RETURNED, RETURNED_LIVE = "bị trả lại", "đang đăng + bị trả lại"


def name_fields() -> None:
    """Give the fields, filters, columns and lists above their labels."""
    for form, labels in FIELDS.items():
        for name, label in labels.items():
            form.base_fields[name].label = label
    for form, labels in MADE_FIELDS.items():
        form.__init__ = _labelling(form.__init__, labels)
    GroupPagePermissionFormSet.form.base_fields["page"].label = "Trang"
    for name, label in FILTERS.items():
        TranslationsReportFilterSet.base_filters[name].label = label
    for column in SiteIndex.columns:
        column.label = COLUMNS.get(column.name, column.label)
    SearchView.verbose_name = SearchView.verbose_name_plural = "trang"


def name_models() -> None:
    """Name the models and fields above.

    Only what is shown changes: migrations go by what the libraries themselves declared.
    """
    for label, name in MODELS.items():
        options = apps.get_model(label)._meta
        options.verbose_name = options.verbose_name_plural = name
    for label, names in MODEL_FIELDS.items():
        for field, name in names.items():
            apps.get_model(label)._meta.get_field(field).verbose_name = name


def name_roots() -> None:
    """Name the root of the pages and that of the collections, which migrations call "Root".

    Of the page only the name that the administration shows: what readers see changes by approval alone.
    """
    page = Page.get_first_root_node()
    if page is not None and page.draft_title == "Root":
        page.draft_title = ROOT
        page.save(clean=False, update_fields=["draft_title"])
    Collection.objects.filter(depth=1, name="Root").update(name=ROOT)


def name_what_came_back() -> None:
    """Let lists and tags say "bị trả lại" of what waits for its writer, where Wagtail says "draft".

    To go once Wagtail has a status of its own for what needs changes.
    """
    label_of = WorkflowMixin.status_string.fget

    def status_string(thing):
        is_known = hasattr(thing, "_current_workflow_states")
        if not is_known:
            # Lists ask for all of it at once; else Wagtail would ask once more.
            state = thing.current_workflow_state
            thing._current_workflow_states = [state] if state else []
        try:
            states = {state.status for state in thing._current_workflow_states}
            if WorkflowState.STATUS_NEEDS_CHANGES not in states:
                return label_of(thing)
            return RETURNED_LIVE if thing.live else RETURNED
        finally:
            if not is_known:
                del thing._current_workflow_states

    WorkflowMixin.status_string = property(status_string)


def _labelling(make, labels):
    @wraps(make)
    def made(self, *args, **kwargs):
        make(self, *args, **kwargs)
        for name, label in labels.items():
            if name in self.fields:
                self.fields[name].label = label

    return made
