"""Vietnamese labels where Wagtail leaves a field or a column its English name and so no catalogue can help.

`name_fields` runs once, when `wagtail_hooks` is loaded: the forms of the link chooser, the filters of the report on
translations, the list of sites and the choice of a workflow's pages.
"""

from wagtail.admin.forms.choosers import (
    AnchorLinkChooserForm,
    EmailLinkChooserForm,
    ExternalLinkChooserForm,
    PhoneLinkChooserForm,
)
from wagtail.admin.forms.workflows import WorkflowContentTypeForm, WorkflowPageForm
from wagtail.sites.views import IndexView as SiteIndex
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


def name_fields() -> None:
    """Give the fields, filters and columns above their labels."""
    for form, labels in FIELDS.items():
        for name, label in labels.items():
            form.base_fields[name].label = label
    for name, label in FILTERS.items():
        TranslationsReportFilterSet.base_filters[name].label = label
    for column in SiteIndex.columns:
        column.label = COLUMNS.get(column.name, column.label)
