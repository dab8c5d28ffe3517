"""Translations whose source says something else since: marked at once, a deadline begins, in the end readers are told.

1. `follow`: what a translation was begun from. 2. `note_published`: after each publication, of a source or of a
translation. 3. `remove`: what is public no more is late no more. 4. `rows_of`: the report.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.urls import reverse
from wagtail.models import Page

from accounts.roles import owner_site
from base.admin.field_anchors import label_of
from base.models import TranslationMark
from base.queries.savepoints import savepoints_made

from .. import deadlines
from ..models import Deadline
from ..publishing.approval.declaring import declaration_of
from .sources import differences, is_translated_by_hand, is_translation, source_of

RULE = "DL-TRANSLATION"
GONE = "Bản dịch không còn đăng."


# --- 1. Begun ----------------------------------------------------------------------------------------


def follow(page, version: int | None) -> TranslationMark:
    """Note from which version of its source, by its key, a translation is made; return its row."""
    facts = {"site": owner_site(page), "source_version": version}
    with savepoints_made():
        row, _ = TranslationMark.objects.update_or_create(page_id=page.pk, defaults=facts)
    return row


# --- 2. Published --------------------------------------------------------------------------------------


def note_published(obj, on: date | datetime | None = None) -> None:
    """Compare what is public now with its translations or its source (`approval.register_after_publication`)."""
    if not isinstance(obj, Page) or not is_translated_by_hand(obj):
        return
    if not is_translation(obj):
        marks = TranslationMark.objects.select_for_update(of=("self",)).filter(
            page__translation_key=obj.translation_key, page__live=True
        )
        for row in marks.exclude(page=obj.pk).select_related("page", "site").order_by("pk"):
            _compare(row, obj, on)
        return
    source = source_of(obj)
    if source is None:
        return
    declared = declaration_of(obj.live_revision_id)
    row = TranslationMark.objects.select_for_update().filter(page_id=obj.pk).first()
    if declared is not None and declared.source_version is not None:
        row = follow(obj, declared.source_version)
    elif row is None:
        # Made in one go with its source, as when a site is opened: it follows what is public then.
        row = follow(obj, source.live_revision_id)
    row.site = owner_site(obj)
    _compare(row, source, on)


def _compare(row: TranslationMark, source, on: date | datetime | None) -> None:
    """Mark a public translation whose source says something else now, or end the mark of one that follows it."""
    if differences(source, row.source_version, source.live_revision_id) == []:
        deadlines.meet_for(row, on=on)
        row.changed_on = row.late_from = None
    elif row.changed_on is None:
        row.changed_on = deadlines.local_date(on)
        row.late_from = _begin(row, source, on)
    row.save()


def _begin(row: TranslationMark, source, on: date | datetime | None) -> date | None:
    """Start the deadline of a translation to follow its source; return the day after its last one, None without one."""
    specific = row.page.specific
    unit = getattr(specific, "responsible_unit", None) or row.site.unit
    title = f"Cập nhật bản dịch «{row.page.title}»"
    try:
        with savepoints_made():
            deadline = deadlines.start(row, RULE, on=on, site=row.site, unit=unit, title=title)
    except deadlines.NoDeadline:
        return None
    return deadline.last_day + timedelta(days=1)


# --- 3. Public no more ---------------------------------------------------------------------------------


def remove(page, *, on: date | datetime | None = None) -> None:
    """End the mark of a translation that is public no more; what it was made from is kept for its return."""
    if not isinstance(page, Page):
        return
    for row in TranslationMark.objects.filter(page_id=page.pk, changed_on__isnull=False):
        deadlines.cancel_for(row, reason=GONE, on=on)
        row.changed_on = row.late_from = None
        row.save(update_fields=["changed_on", "late_from"])


# --- 4. The report -------------------------------------------------------------------------------------


def rows_of(sites: Iterable[int], *, only_changed: bool) -> QuerySet:
    """Return the public translations of some sites by title; or only those behind their source, the longest first."""
    found = TranslationMark.objects.filter(site__in=list(sites), page__live=True).select_related("page", "site")
    found = found.filter(changed_on__isnull=False) if only_changed else found
    return found.order_by("changed_on", "pk") if only_changed else found.order_by("page__title", "pk")


def sources_of(rows: Iterable[TranslationMark]) -> dict[str, Page]:
    """Return the Vietnamese pages of some translations by their translation key; one query."""
    keys = [row.page.translation_key for row in rows]
    found = Page.objects.filter(translation_key__in=keys).exclude(pk__in=[row.page_id for row in rows])
    return {page.translation_key: page for page in found}


def deadlines_of(rows: Iterable[TranslationMark]) -> dict[int, Deadline]:
    """Return the deadlines that run for some translations, by the key of the row; one query for all."""
    kind = ContentType.objects.get_for_model(TranslationMark)
    found = Deadline.objects.open().filter(content_type=kind, object_id__in=[str(row.pk) for row in rows])
    return {int(deadline.object_id): deadline for deadline in found.select_related("rule").prefetch_related("pauses")}


def differing(row: TranslationMark, source: Page) -> list[str]:
    """Return the names of the fields in which the public source says something else than the version followed."""
    names = differences(source, row.source_version, source.live_revision_id) if row.changed_on else None
    specific = source.specific
    return [label_of(specific, name) for name in names or ()]


def address_of(row: TranslationMark) -> str:
    """Return the screen on which a translation is brought up to date."""
    return reverse("workflows_translation", args=[row.page_id])
