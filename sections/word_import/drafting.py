"""From the uploaded file to the draft: shown first, written when its sender agrees."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Page
from wagtail.rich_text import RichText

from accounts.roles import site_collection
from base.files.chosen import release_files
from base.files.texts import SCHEMES
from base.files.upload_forms import demand_storable
from base.gate import Refused
from base.locking import hold
from base.models import PortalImage, PortalSite
from vietnam import text
from workflows.deadlines import duties

from ..models import WordUpload
from . import report
from .reading import Found, opened
from .uploads import demand_may_import, page_types

# The person's word on letters that look old and are right as they are.
AS_IT_IS = "as_it_is"
GAP = {"type": "paragraph", "html": "<p>[…]</p>"}
LONGEST_TITLE = 255


@dataclass
class Preview:
    """What would become of a file: its parts, what is to be said of it, and how it would read once converted."""

    found: Found
    groups: list[report.Group]
    before: str = ""
    after: str = ""


@dataclass
class Answers:
    """What the sender typed: names of tables and descriptions of pictures, by the place of the part."""

    names: dict[int, str] = field(default_factory=dict)
    alts: dict[int, str] = field(default_factory=dict)


def preview(upload: WordUpload, *, longest_sample: int = 2_000) -> Preview:
    """Return what would become of an uploaded file; nothing is written. Raises ValidationError if it is unreadable."""
    with upload.file.open("rb") as handle, opened(handle) as found:
        for place, part in enumerate(found.parts):
            if part["type"] == "picture":
                try:
                    found.picture(part)
                except ValidationError as error:
                    found.counts["refused_pictures"] = found.counts.get("refused_pictures", 0) + 1
                    found.samples.setdefault("refused_pictures", []).extend(error.messages)
                    found.parts[place] = GAP
    for part in found.parts:
        if part["type"] == "paragraph":
            part["text"] = RichText(part["html"])
    counts = found.counts | report.of_parts(found.parts)
    shown = Preview(found, report.tell(counts, found.samples))
    if found.scheme:
        shown.before = found.plain()[:longest_sample]
        with upload.file.open("rb") as handle, opened(handle, scheme=found.scheme) as converted:
            shown.after = converted.plain()[:longest_sample]
            found.title = converted.title
    return shown


@transaction.atomic
def make_draft(
    upload: WordUpload,
    *,
    by,
    page_type: type,
    title: str,
    scheme: str = "",
    answers: Answers | None = None,
    on: datetime | None = None,
) -> Page:
    """Make a draft page of an uploaded file under the page it was sent for; return it, with its first version.

    `scheme`: "tcvn3" or "vni" to convert, `AS_IT_IS` to leave letters that look old; one of them is needed when they
    do. Raises Refused without the right, ValidationError (fields title, page_type, scheme) when something is missing.
    """
    parent = hold(_still_stored(upload, by).page)
    site = demand_may_import(parent, by=by, adds_to_page=False)
    if page_type not in page_types(parent):
        raise ValidationError({"page_type": "Loại trang này không đứng được ở đây; hãy chọn loại khác."})
    title = text.nfc(" ".join(title.split()))
    if not title or len(title) > LONGEST_TITLE:
        raise ValidationError({"title": f"Hãy nhập tiêu đề, nhiều nhất {LONGEST_TITLE} ký tự."})
    body, counts = _body(upload, site, by=by, name=title, scheme=scheme, answers=answers)
    page = page_type(title=title, live=False, owner=by, locale=parent.locale, **page_type.defaults_for(site, by))
    page.body = page_type._meta.get_field("body").to_python(json.dumps(body))
    parent.add_child(instance=page)
    on = on or timezone.now()
    log(instance=page, action="wagtail.create", user=by, content_changed=True, timestamp=on)
    _write(page, upload, by=by, on=on, counts=counts)
    return page


@transaction.atomic
def add_to_draft(
    upload: WordUpload, *, by, scheme: str = "", answers: Answers | None = None, on: datetime | None = None
) -> Page:
    """Put the text of an uploaded file at the end of the newest version of its page; return it with a new version.

    Raises Refused without the right or while the page is locked or under review, ValidationError (field scheme).
    """
    page = hold(_still_stored(upload, by).page)
    site = demand_may_import(page, by=by, adds_to_page=True)
    newest = page.get_latest_revision_as_object()
    body, counts = _body(upload, site, by=by, name=newest.title, scheme=scheme, answers=answers)
    stream = newest._meta.get_field("body")
    before = json.loads(stream.value_to_string(newest) or "[]")
    newest.body = stream.to_python(json.dumps([*before, *body]))
    _write(newest, upload, by=by, on=on, counts=counts)
    return newest


def _still_stored(upload: WordUpload, by) -> WordUpload:
    stored = WordUpload.objects.select_for_update(of=("self",)).filter(pk=upload.pk).first()
    if stored is None or stored.made_by_id != by.pk:
        raise Refused("Tệp Word này không còn được giữ tạm; hãy tải lên lại.")
    return stored


def _write(page, upload: WordUpload, *, by, on: datetime | None, counts: dict[str, int]) -> None:
    left_out = [line.text for group in report.tell(counts, {}) for line in group.lines]
    revision = page.save_revision(user=by, log_action=False)
    log(
        instance=page,
        action="portal.word.import",
        user=by,
        revision=revision,
        content_changed=True,
        timestamp=on or timezone.now(),
        data={"name": upload.name, "digest": upload.digest, "left_out": left_out},
    )
    duties.note_duties(page, by=by, on=on)
    release_files([upload])


# --- From parts to blocks -------------------------------------------------------------------------------------


def _body(
    upload: WordUpload, site: PortalSite, *, by, name: str, scheme: str, answers: Answers | None
) -> tuple[list[dict], dict[str, int]]:
    """Return the file as blocks of a body, its pictures stored, and how much of what was left out."""
    answers = answers or Answers()
    if scheme not in ("", AS_IT_IS, *SCHEMES):
        raise ValidationError({"scheme": "Không biết bảng mã này; hãy chọn một trong các bảng mã nêu ở đây."})
    with upload.file.open("rb") as handle, opened(handle, scheme=scheme if scheme in SCHEMES else "") as found:
        if found.scheme and not scheme:
            raise ValidationError(
                {"scheme": "Chữ có vẻ ở bảng mã cũ; hãy xem hai cách đọc rồi chọn chuyển hay giữ nguyên."}
            )
        counts = {
            key: count
            for key, count in found.counts.items()
            if key in report.SENTENCES and report.SENTENCES[key].group == report.LEFT_OUT
        }
        blocks = []
        for place, part in enumerate(found.parts):
            if part["type"] == "picture":
                block = _picture(found, part, site, by=by, name=name, alt=answers.alts.get(place, ""))
                if block is None:
                    counts["refused_pictures"] = counts.get("refused_pictures", 0) + 1
                    block = block_of(GAP)
            elif part["type"] == "table":
                block = block_of(part | {"caption": part["caption"] or answers.names.get(place, "")})
            else:
                block = block_of(part)
            blocks.append({**block, "id": str(uuid.uuid4())})
    return blocks, counts


def block_of(part: dict) -> dict:
    """Return a part of a text that is no picture as a block of a body."""
    if part["type"] == "heading":
        return {"type": "heading", "value": {"text": part["text"], "level": part["level"]}}
    if part["type"] == "table":
        grid = {
            "data": part["rows"],
            "cell": [],
            "mergeCells": [],
            "first_row_is_table_header": True,
            "first_col_is_header": False,
            "table_header_choice": "row",
            "table_caption": "",
        }
        caption = text.nfc(" ".join(part["caption"].split()))[:200]
        return {"type": "table", "value": {"caption": caption, "table": grid, "note": ""}}
    return {"type": "paragraph", "value": part["html"]}


def _picture(found: Found, part: dict, site: PortalSite, *, by, name: str, alt: str) -> dict | None:
    """Store a picture in the site's collection; None when the examination of files does not let it pass."""
    try:
        file = found.picture(part)
    except ValidationError:
        return None
    demand_storable(file, by=by, site=site)
    alt = part["alt"] or text.nfc(" ".join(alt.split()))[:200]
    picture = PortalImage(
        title=(part["caption"] or alt or f"Ảnh của bài «{name}»")[:255],
        file=file,
        description=alt,
        collection=site_collection(site),
        uploaded_by_user=by,
    )
    picture.save()
    log(instance=picture, action="wagtail.create", user=by, content_changed=True)
    value = {"image": picture.pk, "decorative": part["decorative"], "alt_text": alt}
    return {"type": "image", "value": {"picture": value, "caption": part["caption"], "credit": ""}}
