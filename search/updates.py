"""The search of the administration follows what is saved: a page waits, and a job indexes it some seconds later.

Wagtail would index each page within the request that saves it, a tenth of a publication. Readers' searches ask the
public index, which an action writes in its own transaction.
"""

from django.apps import apps
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.utils import timezone
from wagtail.models import Page
from wagtail.search import index

from base.models import BasePage
from base.operations.health import OK, WARNING, Finding
from base.queries import sql

from .models import SavedPage

PAGES_A_ROUND = 200
# A page that waits longer than this is waited for by a person.
LONGEST_WAIT_SECONDS = 120
# Columns that say how a draft is worked on; no search reads them.
BOOKKEEPING = frozenset(
    "draft_title has_unpublished_changes latest_revision latest_revision_created_at locked locked_at locked_by "
    "numchild live_revision go_live_at expire_at approved_schedule".split()
)


def note_saved(sender, instance, raw=False, update_fields=None, **kwargs) -> None:
    """Let a page wait to be indexed, unless nothing was saved that a search reads."""
    if not raw and not (update_fields is not None and BOOKKEEPING.issuperset(update_fields)):
        sql.write(
            "INSERT INTO search_savedpage (page_id, saved_at) VALUES (%s, %s) ON CONFLICT (page_id) DO NOTHING",
            [(instance.pk, timezone.now())],
        )


def note_deleted(sender, instance, **kwargs) -> None:
    """Take a deleted page out of the search at once: its result would lead nowhere."""
    index.remove_object(instance)


def connect() -> None:
    """Connect the receivers to every type of page; called once, from `SearchConfig.ready`."""
    for model in apps.get_models():
        if issubclass(model, BasePage):
            post_save.connect(note_saved, sender=model, dispatch_uid=f"search-saved-{model._meta.label}")
            post_delete.connect(note_deleted, sender=model, dispatch_uid=f"search-deleted-{model._meta.label}")


def index_saved(most: int = PAGES_A_ROUND) -> int:
    """Index the pages that wait, those that were saved first first; return how many. A job; a page each transaction.

    What is saved again meanwhile waits again.
    """
    keys = list(SavedPage.objects.order_by("saved_at").values_list("pk", flat=True)[:most])
    for key in keys:
        with transaction.atomic():
            SavedPage.objects.filter(pk=key).delete()
            page = Page.objects.filter(pk=key).first()
            if page is not None:
                index.insert_or_update_object(page.specific)
    return len(keys)


def check() -> Finding:
    """Look for how long the page that was saved first waits to be found in the administration."""
    first = SavedPage.objects.order_by("saved_at").values_list("saved_at", flat=True).first()
    seconds = int((timezone.now() - first).total_seconds()) if first else 0
    if seconds > LONGEST_WAIT_SECONDS:
        waiting = SavedPage.objects.count()
        return Finding("admin_search", WARNING, f"Tìm kiếm quản trị chậm {seconds} giây: {waiting} trang đang chờ.")
    return Finding("admin_search", OK, f"Tìm kiếm quản trị theo kịp nội dung đã lưu (chậm nhất {seconds} giây).")
