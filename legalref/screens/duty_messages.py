"""What a person who saves a document is told of the duties to post it: on which sites they started, or why on none."""

from wagtail.admin import messages

from base.admin.field_anchors import edit_address

from ..life import lifecycle
from ..models import LegalDocument, PostingRule, SiteDocument

# The tab of the form with each deadline and each rule (`viewsets.LegalDocumentViewSet`).
TAB = "#tab-chuyen_giao"


def tell(request, document: LegalDocument, made: list[SiteDocument], *, is_new: bool) -> None:
    """Say which duties started; of a new document without any, why none. An edit that starts none says nothing."""
    if made:
        text = f"Đã mở thời hạn đăng ở {', '.join(mark.site.name for mark in made)}."
    elif is_new:
        text = f"Văn bản chưa mở thời hạn đăng nào: {_why(document)}."
    else:
        return
    messages.info(request, text, buttons=[messages.button(edit_address(document) + TAB, "Xem thời hạn đăng")])


def _why(document: LegalDocument) -> str:
    about = [out for out in lifecycle.outcomes(document) if out.rule.target != PostingRule.Target.DISSEMINATION]
    return "; ".join(dict.fromkeys(out.reason for out in about if out.reason)) or "Ban Biên tập chưa đặt quy tắc nào"
