"""Pictures and files that readers see, or saw, change by two persons: content, name, description, credit (Điều 20).

1. `propose`: a person of the site says what shall change and why; the new content was looked into and scanned.
2. `decide`: a second person, who approves on every site that shows the file, accepts exactly what they saw, or refuses.
3. Accepted: the address stays, the older content stays as a `FileVersion`, every public page that shows the file is
   sealed in the archive anew, and readers get it at once.
4. `withdraw`: the proposer takes it back.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import DraftStateMixin, Page

from accounts.roles import APPROVE, WRITE, may
from base.chain.canonical_json import digest
from base.files.alt_texts import problem_of
from base.files.serving import (
    demand_not_waiting,
    demand_same_kind,
    note_published,
    replace_file,
    sites_that_show,
    words_of,
)
from base.files.upload_forms import demand_storable
from base.gate import Refused, open_gate
from base.models import PortalImage, PortalSite
from base.models.files import StoredFile, digest_of
from base.public.gone import note_words
from base.public.index import readers_see_changed

from ..archive import copies
from ..models import FileChange
from .approval import acts_for_board
from .waiting import Change, GoesOn, Reach, register_waiting

CREDIT = ("photographer", "source", "licence")
TEXTS = ("title", "description", *CREDIT)


def register_what_waits() -> None:
    """Say what becomes of a proposal (`waiting`); called by `what_waits`."""
    is_of_the_file = GoesOn("The second person decides about the file, asked on every site that shows it then.")
    register_waiting(FileChange, of=_of, release=dict.fromkeys(Change, is_of_the_file))


def _of(reach: Reach) -> list[FileChange]:
    return [change for item in reach.records if isinstance(item, StoredFile) and (change := open_change(item))]


# --- Who may ---------------------------------------------------------------------------------------


def may_propose(user, item) -> bool:
    """Tell whether a user may propose to change a picture or file: they write for the site that holds it."""
    site = item.owner_site
    return site is not None and may(user, WRITE, site)


def may_decide(user, change: FileChange) -> bool:
    """Tell whether a user may decide: they approve on every site that shows the file and did not propose it."""
    if user.pk == change.proposed_by_id or not change.is_open:
        return False
    return all(acts_for_board(user, APPROVE, site) for site in sites_of(change))


def sites_of(change: FileChange) -> set[PortalSite]:
    """Return the sites that a change reaches: the one that holds the file, and all that show it to readers."""
    item = change.item
    return {change.site} | (sites_that_show(item) if item else set())


def open_change(item) -> FileChange | None:
    """Return the undecided change of a picture or file."""
    return FileChange.objects.filter(file_type=item._meta.label, file_id=item.pk, decided_at=None).first()


# --- 1. Propose ------------------------------------------------------------------------------------


@transaction.atomic
def propose(
    item,
    *,
    by,
    on: datetime | None = None,
    title: str,
    description: str = "",
    photographer: str = "",
    source: str = "",
    licence: str = "",
    content=None,
    reason: str,
) -> FileChange:
    """Propose another content or other texts for a picture or file that is or was public; return the proposal.

    `content`: an uploaded file that was looked into and scanned (`base/files/upload_forms.py`), or None. `description`
    and the parts of the credit count for pictures only. Raises Refused without the right, for a file never public, or
    while another proposal is open; ValidationError (field → message) when something is missing or nothing would change.
    """
    item = type(item).objects.select_for_update().get(pk=item.pk)
    if not may_propose(by, item):
        raise Refused("Bạn không có vai trò soạn bài trên trang giữ tệp này nên không đề nghị thay được.")
    if not item.was_public():
        raise Refused("Tệp này chưa từng đăng: hãy sửa trực tiếp ở trang của tệp.")
    if open_change(item):
        raise Refused("Tệp này đã có đề nghị thay đang chờ duyệt.")
    wanted = _texts_for(
        item, title=title, description=description, photographer=photographer, source=source, licence=licence
    )
    if not wanted["title"]:
        raise ValidationError({"title": "Hãy ghi tên tệp."})
    if isinstance(item, PortalImage) and wanted["description"] != item.description:
        if problem := problem_of(wanted["description"], item.file.name):
            raise ValidationError({"description": problem})
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do thay tệp."})
    content_digest = ""
    if content is not None:
        demand_same_kind(item, content)
        content_digest = digest_of(content)
        if content_digest == item.digest:
            raise ValidationError({"content": "Tệp mới giống hệt tệp đang có; hãy chọn đúng tệp cần thay."})
        content.name = item.address_name
    elif wanted == texts_of(item):
        raise ValidationError("Chưa có gì thay đổi: hãy chọn tệp mới, hoặc sửa tên, mô tả.")
    change = FileChange(
        file_type=item._meta.label,
        file_id=item.pk,
        site=item.owner_site,
        **wanted,
        **{f"former_{name}": value for name, value in texts_of(item).items()},
        content_digest=content_digest,
        content_size=content.size if content is not None else 0,
        notes="\n".join(getattr(content, "notes", [])),
        before=state_of(item),
        reason=reason.strip(),
        proposed_by=by,
        proposed_at=on or timezone.now(),
    )
    if content is not None:
        change.file.save(content.name, content, save=False)
    change.digest = digest_of_change(change)
    change.save()
    log(instance=item, action="portal.file.propose", user=by, data={"change": change.pk, "digest": change.digest})
    return change


def texts_of(item) -> dict[str, str]:
    """Return what a picture or file says of itself: title; of pictures description and credit too."""
    return {name: str(getattr(item, name, "") or "") for name in TEXTS}


def state_of(item) -> str:
    """Return the digest of what readers see of a picture or file: its content and its texts."""
    return digest({"content": item.digest, **texts_of(item)})


def digest_of_change(change: FileChange) -> str:
    """Return the digest of all that is proposed; an approval names it."""
    names = ("file_type", "file_id", *TEXTS, "content_digest", "content_size", "before", "reason", "proposed_by_id")
    return digest({name: getattr(change, name) for name in names})


def _texts_for(item, **texts) -> dict[str, str]:
    if not isinstance(item, PortalImage):
        texts |= dict.fromkeys(("description", *CREDIT), "")
    return {name: value.strip() for name, value in texts.items()}


# --- 2. Decide -------------------------------------------------------------------------------------


def decide(
    change: FileChange, *, by, on: datetime | None = None, accepted: bool, digest: str = "", note: str = ""
) -> FileChange:
    """Accept or refuse a proposal; return it.

    `digest`: that of the proposal the person has seen. Raises Refused without the right, when they saw something else,
    when the stored proposal was tampered with, or when the file has changed since; ValidationError for a refusal
    without a note, and when the malware scanner does not pass the content now.
    """
    # Before the transaction: what is recorded of a find outlasts the refusal.
    scan = _scanned(change) if accepted and may_decide(by, change) else None
    with transaction.atomic():
        change = FileChange.objects.select_for_update().get(pk=change.pk)
        if not change.is_open:
            raise Refused("Đề nghị này đã được quyết định.")
        if not may_decide(by, change):
            raise Refused(
                "Bạn không quyết định được đề nghị này: người quyết định phải có quyền duyệt ở mọi trang đang dùng "
                "tệp và không phải người đề nghị."
            )
        moment = on or timezone.now()
        if accepted:
            _demand_unchanged(change, digest)
            _carry_out(change, scan, by, moment)
        elif not note.strip():
            raise ValidationError({"note": "Hãy ghi lý do không đồng ý để người đề nghị biết cần sửa gì."})
        return _closed(change, by, moment, accepted, note)


def _scanned(change: FileChange):
    """Have the proposed content scanned with today's signatures; None without a content or a scanner."""
    if not change.file:
        return None
    try:
        with change.file.open("rb") as handle:
            content = File(handle, name=change.file.name)
            demand_storable(content, by=change.proposed_by, site=change.site)
            return getattr(content, "scan", None)
    except FileNotFoundError:
        return None


def _demand_unchanged(change: FileChange, seen: str) -> None:
    if seen != change.digest:
        raise Refused("Đề nghị khác với nội dung bạn đã xem; hãy mở lại đề nghị và xem lại.")
    stored = ""
    if change.has_content:
        try:
            with change.file.open("rb") as handle:
                stored = digest_of(handle)
        except (FileNotFoundError, ValueError):
            stored = ""
    if stored != change.content_digest or digest_of_change(change) != change.digest:
        raise Refused("Đề nghị đã lưu không còn khớp mã băm lúc gửi; hãy báo cán bộ kỹ thuật, không duyệt.")


def _carry_out(change: FileChange, scan, by, moment: datetime) -> None:
    known = change.item
    item = known and type(known).objects.select_for_update().get(pk=known.pk)
    if item is None or state_of(item) != change.before:
        raise Refused("Tệp đã thay đổi từ lúc đề nghị; hãy không đồng ý và làm đề nghị mới.")
    demand_not_waiting(item, by=by)
    # A new content: pages keep its address, the older sizes are gone. New texts: the older ones are not shown again.
    sizes = words_of(item)[1:] if change.has_content else []
    note_words(words=sizes, texts=_texts_that_go(item, change), things=[item], action="file_change", change=change.pk)
    with open_gate("publish"):
        if change.has_content:
            with change.file.open("rb") as handle:
                content = File(handle, name=item.address_name)
                content.notes, content.scan = change.notes.splitlines(), scan
                replace_file(
                    item, by=change.proposed_by, on=moment, content=content, reason=change.reason, approved_by=by
                )
            item.refresh_from_db()
        if texts_of(item) != _texts_for(item, **{name: getattr(change, name) for name in TEXTS}):
            for name in TEXTS:
                if hasattr(item, name):
                    setattr(item, name, getattr(change, name))
            item.save()
    _seal_anew(item, change, by, moment)
    log(
        instance=item,
        action="portal.file.change",
        user=by,
        data={"change": change.pk, "digest": change.digest, "before": change.before, "after": state_of(item)},
    )


def _texts_that_go(item, change: FileChange) -> list[str]:
    wanted = _texts_for(item, **{name: getattr(change, name) for name in TEXTS})
    return [text for name, text in texts_of(item).items() if text and text != wanted[name]]


def _seal_anew(item, change: FileChange, by, moment: datetime) -> None:
    """What readers see of these pages and records is another thing now: the archive keeps it as well.

    The search finds these pages by the words of the older content no more; those of the new one are read later.
    """
    pages = []
    for shown in item.public_sources():
        if isinstance(shown, DraftStateMixin) and shown.live_revision_id:
            shown = shown.specific if hasattr(shown, "specific") else shown
            pages += [shown] if isinstance(shown, Page) else []
            copies.seal(
                shown.live_revision,
                approved_by=by,
                submitted_by=change.proposed_by,
                on=moment,
                ground=f"Thay tệp «{change}»: {change.reason}",
            )
    note_published([item] if item.is_shown() else [], moment)
    readers_see_changed(pages, sites=sites_of(change), urgent=True)


def _closed(change: FileChange, by, moment: datetime, accepted: bool, note: str) -> FileChange:
    """Write the decision down; the copy of the proposed content goes with the transaction, its digest stays."""
    if path := change.file.name:
        transaction.on_commit(lambda: default_storage.delete(path))
    change.file = ""
    change.decided_by, change.decided_at, change.accepted, change.note = by, moment, accepted, note.strip()
    change.save()
    if not accepted and change.item:
        log(instance=change.item, action="portal.file.refuse", user=by, data={"change": change.pk, "note": note})
    return change


# --- 4. Withdraw -----------------------------------------------------------------------------------


@transaction.atomic
def withdraw(change: FileChange, *, by, on: datetime | None = None) -> FileChange:
    """Take an undecided proposal back; only its proposer may."""
    change = FileChange.objects.select_for_update().get(pk=change.pk)
    if not change.is_open:
        raise Refused("Đề nghị này đã được quyết định.")
    if by.pk != change.proposed_by_id:
        raise Refused("Chỉ người đề nghị rút được đề nghị.")
    return _closed(change, by, on or timezone.now(), False, "Người đề nghị rút lại.")
