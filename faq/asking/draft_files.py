"""Files chosen in a public form, kept on the server between its steps.

1. `take_in` looks into each chosen file by content, has it scanned, and keeps the clean copy for `RETENTION_HOURS`;
   a file that is not taken is named, with what to do about it. The form carries a signed ticket a file.
2. `read_tickets` returns the files that are still there, and the names of the others: those must be chosen again.
3. `attached` passes the files to the question; `release_files` removes them, `purge` those never sent.

How much one network may leave here, and all together, is bounded: what is not sent must not fill the store. What comes
with a proof of work (`base/operations/proof.py`) has a wide bound of its own, so that senders without a proof cannot
fill it for their neighbours.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from base.files import scanner
from base.files.checks.common import MB, extension_of
from base.files.checks.examine import examine_document, examine_image
from base.files.chosen import release_files
from base.files.storage import NO_ROOM
from base.files.upload_forms import demand_storable
from base.models.files import ScanState
from base.models.files import digest_of as file_digest
from base.operations.throttle import visit_of
from base.request_facts import client_address
from vietnam.text import nfc

from ..models import DraftFile
from ..submission import Attached
from .limits import digest_of, network_digest

PICTURES = ("jpg", "jpeg", "png", "webp")
DOCUMENTS = ("pdf", "docx", "odt")
TAKEN = (*DOCUMENTS, *PICTURES)
MOST_FILES, LARGEST_FILE, LARGEST_TOTAL = 5, 10 * MB, 20 * MB
RETENTION_HOURS = 3
# Of a network without a proof, with one; of all.
MOST_OF_NETWORK, MOST_OF_PROVEN, MOST_OF_ALL = 200 * MB, 2000 * MB, 4000 * MB
# The same as the forms say it.
_BOUNDS = {
    "files": MOST_FILES,
    "mb": LARGEST_FILE // MB,
    "bytes": LARGEST_FILE,
    "total_mb": LARGEST_TOTAL // MB,
    "total_bytes": LARGEST_TOTAL,
    "types": ", ".join(TAKEN),
    "accept": ",".join(f".{ending}" for ending in TAKEN),
    "hours": RETENTION_HOURS,
}
_SALT = "faq.kept-file"
# The field in which a form carries the names of files that were refused, so that its later steps still say so.
LEFT_OUT, MOST_LEFT_OUT = "left_out", 20
_LONGEST_NAME = 150


@dataclass
class Taken:
    """What a form holds: files that are kept, and a sentence for each that is not."""

    files: list[DraftFile] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    # Of this step.
    refused_names: list[str] = field(default_factory=list)
    taken_names: set[str] = field(default_factory=set)

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


@dataclass(frozen=True)
class _Bound:
    """Under which digest the files of a network are counted, and how many bytes may lie there."""

    source: str
    most: int

    @classmethod
    def of(cls, address: str, *, is_proven: bool) -> "_Bound":
        network = network_digest(address)
        return cls(digest_of(f"proven {network}"), MOST_OF_PROVEN) if is_proven else cls(network, MOST_OF_NETWORK)


def ticket(file: DraftFile) -> str:
    """Return what the form carries for a draft file: it can be neither guessed nor changed."""
    return signing.dumps([file.pk, file.name, file.stored_at.timestamp()], salt=_SALT)


def read_tickets(tickets: Iterable[str], on: datetime) -> Taken:
    """Return the files of the tickets that are still kept, and a sentence for each that is not."""
    wanted = {}
    for text in list(tickets)[:MOST_FILES]:
        try:
            pk, name, stored_at = signing.loads(text, salt=_SALT)
        except (signing.BadSignature, ValueError):
            continue
        wanted[pk] = name, stored_at
    valid_after = on - timedelta(hours=RETENTION_HOURS)
    found = DraftFile.objects.filter(stored_at__gt=valid_after).in_bulk(wanted)
    taken = Taken([found[pk] for pk in wanted if pk in found])
    for pk, (name, stored_at) in wanted.items():
        if pk not in found:
            taken.refused_names.append(name)
            taken.refusals.append(_gone_text(name, is_old=stored_at <= valid_after.timestamp()))
    return taken


def _gone_text(name: str, *, is_old: bool) -> str:
    text = (
        _("Tệp «%(name)s» đã hết thời gian giữ tạm (%(hours)s giờ); hãy chọn lại tệp này.")
        if is_old
        # The form was sent with it before: by "back", or in another window.
        else _(
            "Tệp «%(name)s» không còn được giữ tạm: biểu mẫu này đã được gửi cùng tệp đó, hoặc tệp đã được bỏ ra. "
            "Nếu câu hỏi đã gửi (có giấy tiếp nhận) thì không cần gửi lại; nếu muốn gửi câu hỏi khác, hãy chọn lại tệp."
        )
    )
    return text % {"name": name, "hours": RETENTION_HOURS}


def take_in(request, taken: Taken, *, on: datetime) -> Taken:
    """Examine the files ("files") of a form that was sent, and keep them beside those that `taken` holds; return it."""
    visit = visit_of(request)
    bound = _Bound.of(client_address(request), is_proven=visit is not None and visit.is_proven)
    for upload in request.FILES.getlist("files"):
        name = nfc(upload.name)[-_LONGEST_NAME:]
        try:
            taken.files.append(_stored(upload, name, taken, bound, on))
            taken.taken_names.add(name)
        except ValidationError as error:
            taken.refused_names.append(name)
            taken.refusals.append(
                _("Tệp «%(name)s» chưa được nhận: %(reason)s") % {"name": name, "reason": " ".join(error.messages)}
            )
    return taken


def left_out(names: Iterable[str], taken: Taken) -> list[str]:
    """Return the names of files that were chosen and are not sent with the question, each once.

    `names`: those that the form carries from its steps before; a name that is among the files taken now is left out.
    """
    before = [name[-_LONGEST_NAME:] for name in names if name not in taken.taken_names]
    return [name for name in dict.fromkeys([*taken.refused_names, *before]) if name][:MOST_LEFT_OUT]


def attached(files: Iterable[DraftFile]) -> list[Attached]:
    """Return draft files in the form in which a question takes them."""
    return [Attached(stored.file.open("rb"), stored.name, _state_of(stored), stored.scan_signature) for stored in files]


def purge(*, on: datetime) -> int:
    """Remove the files that were never sent; return how many were removed."""
    old = list(DraftFile.objects.filter(stored_at__lte=on - timedelta(hours=RETENTION_HOURS)))
    release_files(old)
    return len(old)


def _stored(upload, name: str, taken: Taken, bound: _Bound, on: datetime) -> DraftFile:
    _demand_fitting(upload, taken)
    extension = extension_of(upload.name)
    try:
        examined = (examine_image if extension in PICTURES else examine_document)(upload).file
    except ValidationError as error:
        raise ValidationError(_for_citizens(error)) from None
    _demand_room(examined.size, bound)
    # The log entry of the scanner's refusal must not hold the name that a citizen gave their file.
    examined.name = f"tep-kem-cau-hoi.{extension}"
    try:
        demand_storable(examined, by=None)
    except ValidationError as error:
        raise ValidationError(_for_citizens(error)) from None
    scan = getattr(examined, "scan", None)
    stored = DraftFile(
        name=name,
        size=examined.size,
        digest=file_digest(examined),
        source=bound.source,
        stored_at=on,
        scan_state=ScanState.CLEAN if scan else ScanState.UNSCANNED,
        scan_signature=scan.signature[:120] if scan else "",
    )
    stored.file.save(examined.name, examined, save=False)
    stored.save()
    return stored


def _demand_fitting(upload, taken: Taken) -> None:
    if extension_of(upload.name) not in TAKEN:
        raise ValidationError(
            _("loại tệp này không được nhận; hãy chuyển sang một trong: %(types)s.") % {"types": ", ".join(TAKEN)}
        )
    if len(taken.files) >= MOST_FILES:
        raise ValidationError(_("mỗi câu hỏi kèm nhiều nhất %(most)s tệp; hãy bỏ bớt tệp.") % {"most": MOST_FILES})
    if not upload.size:
        raise ValidationError(_("tệp rỗng; hãy chọn tệp có nội dung."))
    if upload.size > LARGEST_FILE:
        raise ValidationError(_("tệp nặng hơn %(most)s MB; hãy nén hoặc chia nhỏ tệp.") % {"most": LARGEST_FILE // MB})
    if taken.size + upload.size > LARGEST_TOTAL:
        raise ValidationError(
            _("các tệp cộng lại nặng hơn %(most)s MB; hãy bỏ bớt tệp.") % {"most": LARGEST_TOTAL // MB}
        )


def _demand_room(size: int, bound: _Bound) -> None:
    """Raise ValidationError when too much lies here unsent, of this network or of all."""
    stored = DraftFile.objects.all()
    for rows, most in ((stored.filter(source=bound.source), bound.most), (stored, MOST_OF_ALL)):
        if (rows.aggregate(size=Sum("size"))["size"] or 0) + size > most:
            raise ValidationError(
                _("nơi giữ tệp tạm đang đầy; hãy gửi câu hỏi không kèm tệp, hoặc chọn lại tệp sau ít phút.")
            )


def bounds() -> dict:
    """Return how many files of which kind and size a form takes, and whether it takes any, scanned or not, now."""
    return {**_BOUNDS, "are_taken": scanner.are_files_taken(), "are_scanned": scanner.is_configured()}


def _for_citizens(error: ValidationError) -> str:
    """Return a refusal of the checks, written in Vietnamese for officials, in the words and language of a citizen."""
    text = " ".join(error.messages)
    if text in (scanner.AWAY, scanner.TOO_LONG):
        return _(
            "máy quét mã độc hiện không trả lời; hãy chọn lại tệp sau ít phút, hoặc gửi câu hỏi không kèm tệp. "
            "Nội dung đã nhập vẫn còn."
        )
    if text == scanner.ABSENT:
        return _("cổng hiện chưa nhận tệp kèm theo; hãy gửi câu hỏi không kèm tệp.")
    if text == NO_ROOM:
        return _("máy chủ hiện không lưu được tệp; hãy chọn lại tệp sau, hoặc gửi câu hỏi không kèm tệp.")
    if "mã độc" in text:
        return _("tệp có mã độc; hãy quét máy đang dùng rồi lấy lại tệp từ nguồn tin cậy.")
    if get_language() == settings.LANGUAGE_CODE:
        return text
    return _("nội dung tệp bị hỏng, có phần chạy được, hoặc không đúng loại ghi ở tên tệp; hãy lưu lại rồi chọn lại.")


def _state_of(stored: DraftFile) -> str:
    return stored.scan_state if stored.scan_state != ScanState.UNSCANNED else ""
