"""Corrections (đính chính) of a public page only grow: what readers were told of a mistake is not taken back.

Every page type with rows named `corrections` asks `findings` in its preflight, so that no version is submitted,
approved or published in an emergency without the corrections that are public, or with a new one of another day than
it was written on.
"""

from collections.abc import Sequence
from datetime import date

from django.utils import timezone

from base.chain.canonical_json import CLEARED_BY_PUBLICATION, sealed_content
from base.preflight import Finding
from base.queries import sql
from workflows.versions import as_stored

FIELD = "corrections"
STILL_WRONG = (
    "Có đính chính mới nhưng bài vẫn y như bản đang đăng: hãy sửa luôn chỗ sai trong bài; nếu chữ trong bài được giữ, "
    "hãy ghi lý do khi gửi duyệt."
)


def findings(page) -> list[Finding]:
    """Return what is wrong with the corrections of a version: one that was public is missing, or a new one's day.

    A new one beside a page that otherwise stays as readers see it is asked about: the mistake is still in the text.
    """
    stored = as_stored(page)
    stored = stored if stored is not None and stored.first_published_at is not None else None
    new, found = [(row.corrected_on, row.note) for row in page.corrections.all()], []
    for day, note in _rows(page) if stored else []:
        if (day, note) in new:
            new.remove((day, note))
        else:
            found.append(
                f"Đính chính ngày {day:%d/%m/%Y} đã đăng nên phải giữ đúng ngày và đúng chữ: «{note}». Hãy thêm lại "
                "như vậy; muốn nói khác thì thêm một đính chính mới."
            )
    today = timezone.localdate()
    earliest = timezone.localdate(stored.last_published_at) if stored and stored.last_published_at else None
    for day, _note in new:
        if day > today or (earliest and day < earliest):
            found.append(
                f"Đính chính mới ghi ngày {day:%d/%m/%Y}: hãy ghi ngày viết, không sau hôm nay ({today:%d/%m/%Y})"
                + (f" và không trước lần đăng gần nhất ({earliest:%d/%m/%Y})." if earliest else ".")
            )
    findings = [Finding("blocker", FIELD, message) for message in found]
    if stored and stored.live and new and _but_corrections(page) == _but_corrections(stored):
        findings.append(Finding("warning", FIELD, STILL_WRONG))
    return findings


def public_of(keys: Sequence[int]) -> dict[int, list[tuple[date, str]]]:
    """Return the corrections that readers see of some pages, the oldest first: {key: [(day, text)]}; one query."""
    rows = sql.read(
        f"SELECT page_id, corrected_on, note FROM sections_articlecorrection WHERE page_id IN {sql.places(keys)} "
        "ORDER BY corrected_on, sort_order, id",
        keys,
    )
    found: dict[int, list[tuple[date, str]]] = {}
    for key, day, note in rows:
        found.setdefault(key, []).append((sql.day(day), note))
    return found


def _but_corrections(page) -> dict:
    return {name: value for name, value in sealed_content(page).items() if name not in (FIELD, *CLEARED_BY_PUBLICATION)}


def _rows(page) -> list[tuple]:
    """The corrections that readers see, or saw until the page was taken down: those of drafts lie in versions only."""
    rows = page.corrections.model.objects.filter(page_id=page.pk).order_by("sort_order", "pk")
    return list(rows.values_list("corrected_on", "note"))
