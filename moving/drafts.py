"""What people did with the draft of a row: one that they edited, submitted or published is theirs, and stays as it is.

Asked by what writes a draft a second time (`writing.join_links`) and by what removes it (`undoing.py`).
"""

from django.db.models import Q
from wagtail.models import Page

from base.locking import hold
from workflows.models import PublicationBundle
from workflows.models.bundle import WAITING, open_items_of
from workflows.publishing.approval import current_state

from .models import MovedRow

PUBLIC = "bài đã được đăng"
EDITED = "bản nháp đã được sửa sau khi chuyển"
SUBMITTED = "bài đã được gửi duyệt"


def held(row: MovedRow) -> tuple[Page | None, str]:
    """Lock the draft of a row, its dossiers first; return it as it is stored now, and whose it is by now.

    The draft is None once it was deleted; the second is "" while no user has touched it, else one of the above.
    """
    page = Page.objects.filter(pk=row.page_id).first()
    if page is None:
        return None, ""
    # The dossiers before the page, as their own actions lock them.
    keys = Q(pk=row.bundle_id) | Q(pk__in=open_items_of(page).values("bundle"))
    bundles = list(PublicationBundle.objects.select_for_update(of=("self",)).filter(keys).order_by("pk"))
    page = hold(page)
    if page.live or page.first_published_at:
        return page, PUBLIC
    if page.latest_revision_id != row.revision:
        return page, EDITED
    waits = any(bundle.state in WAITING for bundle in bundles) or open_items_of(page).filter(bundle__state__in=WAITING)
    return page, SUBMITTED if waits or current_state(page) is not None else ""
