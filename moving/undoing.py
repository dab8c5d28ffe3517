"""An import is taken back while nothing of it was public: dossiers, proposals, drafts, then pictures and files.

A row a transaction. A draft that was edited since stays, as does one that was submitted meanwhile, and what cannot be
taken back; its row says so.
"""

import time
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils import timezone
from wagtail.models import Page, ReferenceIndex

from base.gate import Refused
from base.operations.steps import sentences_of
from workflows.deadlines import duties
from workflows.drafts import previews
from workflows.models import PublicationBundle, RecordChange
from workflows.models.bundle import WAITING
from workflows.publishing import bundles, record_changes

from . import drafts
from .models import MovedFile, MovedRow, SiteImport

ROWS_AT_ONCE, MOST_NAMED = 20, 5
STAYS = "Giữ lại, không thu hồi: {why}."


def demand_undoable(batch: SiteImport) -> None:
    """Raise Refused once something of an import was public, or while a dossier of it waits for its decision."""
    pages = Page.objects.filter(pk__in=batch.rows.exclude(page=None).values("page"))
    public = list(pages.filter(Q(live=True) | Q(first_published_at__isnull=False)).order_by("pk")[: MOST_NAMED + 1])
    if public:
        names = ", ".join(f"«{page.title}»" for page in public[:MOST_NAMED])
        more = " và các bài khác" if len(public) > MOST_NAMED else ""
        raise Refused(f"{names}{more} đã được đăng nên không thu hồi cả đợt; hãy đề nghị gỡ bỏ từng bài.")
    keys = batch.rows.exclude(bundle=None).values("bundle")
    waiting = PublicationBundle.objects.filter(pk__in=keys, state__in=WAITING).order_by("pk").first()
    if waiting is not None:
        raise Refused(f"Hồ sơ «{waiting}» của đợt đã gửi duyệt; hãy rút về hoặc chờ trả lại rồi thu hồi.")


def undo_some(batch: SiteImport, *, seconds: float, on: datetime | None = None) -> bool:
    """Take rows back for a bounded time, the last first; tell whether all of an import is taken back.

    Each is a transaction of its own; one whose draft stays says why.
    """
    ends, moment = time.monotonic() + seconds, on or timezone.now()
    while rows := list(batch.rows.exclude(page=None).order_by("-number")[:ROWS_AT_ONCE]):
        for row in rows:
            try:
                with transaction.atomic():
                    _take_back(row, batch, moment)
            except (Refused, ValidationError, ProtectedError) as error:
                why = sentences_of(error) if not isinstance(error, ProtectedError) else "nơi khác đang dùng đến bài này"
                _leave(row, why.rstrip("."))
            if time.monotonic() > ends:
                return False
    _remove_files(batch)
    return True


def _take_back(row: MovedRow, batch: SiteImport, on: datetime) -> None:
    by = batch.undone_by
    page, whose = drafts.held(row)
    if whose == drafts.SUBMITTED:
        _leave(row, whose)
        return
    bundle = PublicationBundle.objects.select_for_update(of=("self",)).filter(pk=row.bundle_id).first()
    if bundle is not None and bundle.is_open:
        bundles.drop(bundle, by=by, on=on)
    for change in RecordChange.objects.filter(pk__in=row.redirects, decided_at=None).order_by("pk"):
        record_changes.retract(change, by=by, on=on, note=f"Thu hồi {batch}: {batch.undo_reason}")
    if whose:
        _leave(row, whose)
        return
    if page is not None:
        duties.drop_deadlines_of(page, by=by, on=on)
        previews.end_links_of(page, previews.End.REMOVED, by=by, on=on)
        # Read anew: what went before has written into the tree.
        draft = Page.objects.get(pk=page.pk).specific
        draft.delete()
    MovedRow.objects.filter(pk=row.pk).update(page=None)


def _leave(row: MovedRow, why: str) -> None:
    """Leave the draft of a row where it is, and say so."""
    MovedRow.objects.filter(pk=row.pk).update(page=None, remarks=[*row.remarks, STAYS.format(why=why)])


def _remove_files(batch: SiteImport) -> None:
    """Remove the pictures and files that came with an import and that nothing shows any more."""
    for moved in MovedFile.objects.filter(batch=batch).select_related("image", "file").order_by("pk"):
        with transaction.atomic():
            for item in (moved.image, moved.file):
                if item is not None and not ReferenceIndex.get_references_to(item).exists() and not item.was_public():
                    item.delete()
            MovedFile.objects.filter(pk=moved.pk).delete()
