"""Pictures and files: who gets them, and what takes their place.

1. An upload is looked into (`files/checks/`) and scanned (`scanner.py`) before it is stored (`upload_forms.py`).
2. It lies under a random name and belongs to the site of its collection.
3. It is public only while something public refers to it; until then its site's people alone get it.
4. When the last page that shows it is taken down, it is private again at once.
5. Another content keeps the address, and leaves a record of the older one (`replace_file`). What was public once is
   replaced only by two persons (`workflows/publishing/file_changes.py`) and never deleted (`models/files.py`).
"""

import contextlib
import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max
from django.http import FileResponse, Http404, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe
from wagtail.log_actions import log

from vietnam import text

from .. import authority
from ..audit import trail as audit
from ..chain.canonical_json import digest
from ..gate import Refused, is_open
from ..models import FileEdit, FileVersion, PortalFile, PortalImage, PortalRendition, PortalSite
from ..models.files import NOT_CHANGED, NOT_WHILE_WAITING, StoredFile, content_type_of, digest_of
from ..sites import site_of
from .checks.common import extension_of
from .storage import StoreAway

# A browser, and whatever stands between, asks before it shows a file again: one that was taken down is gone at once.
# What has not changed is answered 304.
PUBLIC_CACHE = "public, max-age=0, must-revalidate"
PRIVATE_CACHE = "private, no-store"
# Whatever an uploaded file holds, it runs nothing and loads nothing.
FILE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'; frame-ancestors 'self'"
)
LONGEST_DOWNLOAD_NAME = 120
# Where the object store does not answer.
AWAY_STATUS, AGAIN_SECONDS = 503, 30
AWAY = "Kho tệp hiện không trả lời nên chưa mở được tệp này; hãy thử lại sau ít phút."
SHOWN_INLINE = ("image/", "audio/", "video/", "application/pdf")

NOT_SCANNED = "Tệp này chưa được quét mã độc, hoặc đã bị phát hiện có mã độc, nên chưa mở được; hãy thử lại sau."


# --- Serving --------------------------------------------------------------------------------------


def is_public(file) -> bool:
    """Tell whether a picture, one of its renditions, or a file may be read by the public now."""
    return _stored(file).is_public()


@require_safe
def serve(request, token: str, name: str):
    """Answer "/tep/<token>/<name>": the file, or 404 to a user who may not have it, as if it were not there.

    503 to a user who may have it, while the object store does not answer.
    """
    item = find(token)
    if item is None or PurePosixPath(item.file.name).name != name:
        # Asked in any case, so that the answer varies as that for a private file does.
        bool(request.user.is_authenticated)
        raise Http404
    stored = _stored(item)
    if stored.is_public():
        etag = quote_etag(_etag_of(item))
        response = get_conditional_response(request, etag=etag) or _send(request, item)
        if response.status_code == AWAY_STATUS:
            return response
        response.headers["ETag"] = etag
        response.headers["Cache-Control"] = PUBLIC_CACHE
        return response
    if not (request.user.is_authenticated and authority.may_see(request.user, stored)):
        raise Http404
    return send_private(request, item)


def send_private(request, item, *, actor_name: str = ""):
    """Answer a file that is not public to a person who may have it, and write down that they got it.

    Called by `serve`, and by screens that decide themselves who may have a file. `actor_name` names who has no account.
    """
    if not _stored(item).is_servable():
        raise Refused(NOT_SCANNED)
    response = _send(request, item)
    if response.status_code == AWAY_STATUS:
        return response
    response.headers["Cache-Control"] = PRIVATE_CACHE
    if request.method == "GET" and not isinstance(item, PortalRendition):
        by = None if actor_name else request.user
        audit.record("file.downloaded", by=by, actor_name=actor_name, obj=item, before=item.digest)
    return response


def find(token: str) -> PortalRendition | PortalImage | PortalFile | None:
    """Return what a random name stands for: an address, or the folder where a content lies."""
    return (
        PortalRendition.objects.select_related("image").filter(token=token).first()
        or PortalImage.objects.filter(token=token).first()
        or PortalFile.objects.filter(token=token).first()
        or PortalImage.objects.filter(file__startswith=f"{token}/").first()
        or PortalFile.objects.filter(file__startswith=f"{token}/").first()
    )


def _etag_of(item) -> str:
    """One content has one: the address stays when the content is replaced."""
    return item.token if isinstance(item, PortalRendition) else f"{item.token}.{item.digest[:16]}"


def note_published(files: Iterable, on) -> None:
    """Write down that pictures and files became public at the moment `on`; the publishing action calls it."""
    for file in files:
        if file.first_public_at is not None:
            continue
        type(file).objects.filter(pk=file.pk, first_public_at=None).update(first_public_at=on)


def sites_that_show(item) -> set[PortalSite]:
    """Return the sites that readers see a picture or file on, and the one that holds it."""
    return {item.owner_site, *(_site_of_row(row) for row in item.public_sources())} - {None}


def words_of(item) -> list[str]:
    """Return what names a picture (with its sizes) or a file in addresses: random, so found wherever it stands."""
    renditions = item.renditions.all() if isinstance(item, PortalImage) else []
    return [f"{settings.MEDIA_URL}{token}/" for token in [item.token, *(found.token for found in renditions)]]


def _site_of_row(row):
    return site_of(row) if hasattr(row, "path") else getattr(row, "owner_site", None)


def _stored(file):
    return file.image if isinstance(file, PortalRendition) else file


def _send(request, item):
    """Answer a file with the headers of all files; 503 where the store does not answer."""
    content_type = content_type_of(item.file.name)
    inline = content_type.startswith(SHOWN_INLINE)
    try:
        if settings.PORTAL_ACCEL_PREFIX:
            # The web server in front sends the file itself, from a location that no request can ask for.
            response = HttpResponse(content_type=content_type)
            response.headers["X-Accel-Redirect"] = settings.PORTAL_ACCEL_PREFIX.rstrip("/") + _place(request, item.file)
        else:
            response = _read(request, item.file, content_type)
    except FileNotFoundError:
        raise Http404 from None
    except StoreAway:
        headers = {"Retry-After": str(AGAIN_SECONDS), "Cache-Control": PRIVATE_CACHE}
        return HttpResponse(AWAY, status=AWAY_STATUS, content_type="text/plain; charset=utf-8", headers=headers)
    response.headers["Content-Disposition"] = _disposition(item, inline=inline)
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-site"
    return response


def _place(request, file) -> str:
    """Return where the web server in front finds a file behind its internal location: in the folder or the store."""
    if settings.PORTAL_S3_BUCKET:
        return file.storage.signed_address(file.name, request.method)
    return f"/{quote(file.name)}"


def _disposition(item, *, inline: bool) -> str:
    """Name the file as it will be saved: its title, plain for old programs and whole for the others (RFC 6266)."""
    stored = PurePosixPath(item.file.name)
    # Letters that are not seen may turn a name around.
    seen = "".join(
        " " if unicodedata.category(letter)[0] == "C" else letter for letter in text.nfc(_stored(item).title)
    )
    title = re.sub(r"[/\\\\:*?\"<>| ]+", " ", seen).strip(" .")
    extension = stored.suffix
    title = title.removesuffix(extension).removesuffix(extension.upper())[:LONGEST_DOWNLOAD_NAME].strip(" .")
    kind = "inline" if inline else "attachment"
    if not title or isinstance(item, PortalRendition):
        return f'{kind}; filename="{stored.name}"'
    return f"{kind}; filename=\"{stored.name}\"; filename*=UTF-8''{quote(title + extension, safe='')}"


def _read(request, file, content_type):
    """Return the whole file or, for players that seek, the one range they ask for."""
    size = file.size
    wanted = re.fullmatch(r"bytes=(\d{0,15})-(\d{0,15})", request.headers.get("Range", ""))
    if not wanted or wanted.groups() == ("", "") or "If-Range" in request.headers:
        response = FileResponse(file.storage.part(file.name, 0, size), content_type=content_type)
        response.headers["Content-Length"] = str(size)
        response.headers["Accept-Ranges"] = "bytes"
        return response
    first, last = wanted.groups()
    if first:
        start, end = int(first), min(int(last) if last else size - 1, size - 1)
    else:
        start, end = max(0, size - int(last)), size - 1
    if start > end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    part = file.storage.part(file.name, start, end - start + 1)
    response = FileResponse(part, content_type=content_type, status=206)
    response.headers["Content-Length"] = str(end - start + 1)
    response.headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    response.headers["Accept-Ranges"] = "bytes"
    return response


# --- Replacing ------------------------------------------------------------------------------------


@transaction.atomic
def replace_file(item, *, by, on: datetime | None = None, content, reason: str, approved_by=None) -> FileVersion:
    """Put another content in the place of a picture's or file's; return the record of the older one.

    `content`: an uploaded file that was looked into (`files/checks/`), of the same kind as the older one. The address
    stays; sizes of a picture are made anew. Raises ValidationError (field → message) without a reason or with another
    kind of file, Refused without the right, or for what is or was public unless an action of `workflows` calls.
    `approved_by`: the second person, whose act it then is.
    """
    item = type(item).objects.select_for_update().get(pk=item.pk)
    before = state_of(item)
    if not authority.belongs_to(approved_by or by, item):
        raise Refused("Bạn không thuộc trang giữ tệp này nên không thay được.")
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do thay tệp."})
    if item.was_public() and not is_open():
        raise Refused(NOT_CHANGED)
    demand_not_waiting(item, by=approved_by or by)
    demand_same_kind(item, content)
    content.name = item.address_name
    version = note_replaced(item, content, by=by, on=on, reason=reason, approved_by=approved_by)
    item.file = content
    if isinstance(item, PortalImage):
        # The point of interest was that of the older picture.
        item.set_focal_point(None)
        item._set_image_file_metadata()
        item.renditions.all().delete()
    else:
        item._set_document_file_metadata()
    item.save()
    if approved_by is None:
        note_edited(item, before, by=by, on=on)
    log(
        instance=item,
        action="portal.file.replace",
        user=approved_by or by,
        data={"reason": reason, "before": version.digest, "after": item.digest},
    )
    return version


def demand_not_waiting(item, *, by) -> None:
    """Raise Refused while a version that waits for a decision, or for its hour, shows a picture or file as it is."""
    if waiting := item.waiting_versions():
        raise Refused(waiting_message(waiting, by))


def waiting_message(waiting: list, by) -> str:
    """Say which versions wait with a file and how each is withdrawn; what another site has not published stays unnamed.

    Example: "Tệp này đi cùng «Kế hoạch» (…) nên chưa đổi được; hãy …".
    """
    own = [version for version in waiting if authority.belongs_to(by, version.subject)]
    if not own:
        return f"{NOT_WHILE_WAITING} Bài đó thuộc trang khác: hãy nhờ Ban Biên tập thành phố."
    names = ", ".join(f"«{version.title}»" for version in own)
    ways = "; ".join(dict.fromkeys(version.way_out for version in own))
    return (
        f"Tệp này đi cùng {names} đang chờ duyệt hoặc đã hẹn giờ đăng nên chưa đổi được: người duyệt xem đúng tệp như "
        f"hiện nay. Hãy rút bài ({ways}), đổi tệp rồi gửi duyệt lại; hoặc chờ bài được đăng rồi đề nghị thay tệp."
    )


def state_of(item: StoredFile) -> str:
    """Return the digest of all that a reader sees of a picture or file: content, texts, point of interest."""
    return digest({"content": item.digest, **item.shown()})


def note_edited(item: StoredFile, before: str, *, by, on: datetime | None = None) -> FileEdit | None:
    """Write down who changed a file that was not public, if what readers will see of it changed since `before`."""
    after = state_of(item)
    if after == before:
        return None
    return FileEdit.objects.create(
        file_type=item._meta.label,
        file_id=item.pk,
        by_id=getattr(by, "pk", None),
        by_name=_name_of(by),
        before=before,
        after=after,
        edited_at=on or timezone.now(),
    )


def demand_same_kind(item, content) -> None:
    """Raise ValidationError unless a content is of the kind that the address of a picture or file ends with."""
    extension = extension_of(item.address_name)
    if _same_kind(extension_of(content.name)) != _same_kind(extension):
        raise ValidationError({"content": not_of_this_kind(extension)})


def not_of_this_kind(extension: str) -> str:
    """Say that what takes the place of a picture or file must be of its kind."""
    return f"Tệp mới phải cùng loại «.{extension}» để giữ nguyên địa chỉ."


def same_kinds(extension: str) -> set[str]:
    """Return the ends of names that are of one kind with an end."""
    return {"jpg", "jpeg"} if _same_kind(extension) == "jpg" else {extension}


def _same_kind(extension: str) -> str:
    return "jpg" if extension == "jpeg" else extension


def note_replaced(item, content, *, by, on: datetime | None = None, reason: str, approved_by=None) -> FileVersion:
    """Write down the content that `item` (as stored) has before `content` takes its place; return the record.

    The bytes of what was public stay where they are; those of a draft go with the transaction.
    """
    kind, was_public, path = item._meta.label, item.was_public(), item.file.name
    last = FileVersion.objects.filter(file_type=kind, file_id=item.pk).aggregate(last=Max("number"))["last"]
    size = 0
    with contextlib.suppress(OSError):
        size = item.file.size
    if not was_public:
        transaction.on_commit(lambda: default_storage.delete(path))
    return FileVersion.objects.create(
        file_type=kind,
        file_id=item.pk,
        number=(last or 0) + 1,
        title=item.title,
        description=getattr(item, "description", ""),
        name=item.address_name,
        path=path if was_public else "",
        digest=item.digest,
        size=size,
        was_public=was_public,
        next_digest=digest_of(content),
        by_id=getattr(by, "pk", None),
        by_name=_name_of(by),
        approved_by_name=_name_of(approved_by),
        reason=reason,
        replaced_at=on or timezone.now(),
    )


def file_at(model, path: str) -> PortalImage | PortalFile | None:
    """Return the picture or file whose content is at a path of the store, or was until it was replaced."""
    version = FileVersion.objects.filter(file_type=model._meta.label, path=path).exclude(path="").first()
    return model.objects.filter(pk=version.file_id).first() if version else model.objects.filter(file=path).first()


def versions_of(item) -> list[FileVersion]:
    """Return the records of the contents a picture or file had before, newest first."""
    return list(FileVersion.objects.filter(file_type=item._meta.label, file_id=item.pk).order_by("-number"))


def _name_of(person) -> str:
    return f"{person.get_full_name()} ({person.get_username()})" if getattr(person, "pk", None) else ""
