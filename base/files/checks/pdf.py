"""PDF: nothing that runs, loads, hides or asks; the author's name out, unless the file is signed."""

import tempfile

from django.core.exceptions import ValidationError

from ...sandbox.client import SandboxFailure, pdfs
from .common import Examined, cut_short, not_opened, not_what_it_says, on_disk, replaced

SCAN_SECONDS, WALK_SECONDS, STRIP_SECONDS = 6, 3, 6
PRINT_AGAIN = "hãy mở tệp, in lại sang PDF (Print → Save as PDF) rồi tải bản mới lên"
REFUSALS = {
    "encrypted": "Tệp PDF có mật khẩu, hoặc bị khóa theo cách cổng không kiểm tra được; hãy bỏ khóa, hoặc in lại sang "
    "PDF rồi tải bản mới lên.",
    "script": f"Tệp PDF có mã lệnh JavaScript; {PRINT_AGAIN}.",
    "launch": f"Tệp PDF có lệnh mở chương trình, mở tệp khác hoặc gửi dữ liệu đi; {PRINT_AGAIN}.",
    "embedded": f"Tệp PDF có tệp khác nhúng bên trong; {PRINT_AGAIN}, các tệp kèm theo thì tải lên riêng.",
    "media": f"Tệp PDF có phim, âm thanh hoặc nội dung động nhúng bên trong; {PRINT_AGAIN}.",
    "form": f"Tệp PDF có biểu mẫu động (XFA); {PRINT_AGAIN}.",
    "large": f"Tệp PDF phình quá lớn khi mở, có thể gây hại; {PRINT_AGAIN}.",
}
# What the child says of a PDF.
SCANNED = {"found": [str], "signed": bool, "complete": bool}
WALKED = {"found": [str], "signed": bool, "pages": int, "whole": bool, "personal": bool, "is_scan": bool}
SIGNED_NOTE = "Tệp PDF có chữ ký số: được giữ nguyên từng byte, kể cả tên người soạn ghi trong tệp."
SCAN_NOTE = (
    "Tệp PDF là bản quét không có lớp chữ: máy đọc màn hình không đọc được, người đọc không chép, không tìm chữ được; "
    "hãy kèm bản chữ (Word, hoặc PDF xuất từ Word) hoặc dán toàn văn. Chữ mà cổng nhận dạng tự động chỉ giúp tìm thấy "
    "tệp và có thể sai."
)
NOT_STRIPPED_NOTE = (
    "Không gỡ được tên người soạn ghi trong tệp PDF; nếu không muốn công khai, hãy in lại sang PDF rồi thay tệp."
)


def examine(file, extension: str) -> Examined:
    """Refuse active content; return the file without its author's name, or as it is when it is signed."""
    notes, personal = look_into(file)
    if not personal:
        return Examined(file, notes)
    with on_disk(file) as path, tempfile.NamedTemporaryFile(prefix="portal-pdf-") as clean:
        try:
            written = pdfs.ask("strip", seconds=STRIP_SECONDS, source=path, target=clean.name, says={"written": bool})[
                "written"
            ]
        except SandboxFailure:
            return Examined(file, [*notes, NOT_STRIPPED_NOTE])
        if not written:
            return Examined(file, notes)
        with open(clean.name, "rb") as source:
            return Examined(replaced(file, source), notes)


def look_into(file) -> tuple[list[str], bool]:
    """Refuse active content; return notes, and whether a name could be taken out without breaking a signature."""
    file.seek(0)
    if b"%PDF-" not in file.read(1024):
        raise not_what_it_says("pdf")
    with on_disk(file) as path:
        try:
            scanned = pdfs.ask("scan", seconds=SCAN_SECONDS, source=path, says=SCANNED)
        except SandboxFailure as failure:
            unread = ValidationError(f"Không kiểm tra được tệp PDF này; {PRINT_AGAIN}.")
            raise not_opened(failure, unread) from None
        locked = "encrypted" in scanned["found"]
        _refuse([name for name in scanned["found"] if name != "encrypted"])
        if not scanned["complete"]:
            raise cut_short()
        try:
            walked = pdfs.ask("walk", seconds=WALK_SECONDS, source=path, says=WALKED)
        except SandboxFailure:
            if locked:
                _refuse(["encrypted"])
            # No parser can read it within its bounds: the scan of all bytes stands alone.
            return [SIGNED_NOTE if scanned["signed"] else NOT_STRIPPED_NOTE], False
    _refuse(walked["found"])
    if locked and not walked["whole"]:
        # What is encrypted only the walk has seen.
        _refuse(["encrypted"])
    if not walked["pages"]:
        raise ValidationError(f"Tệp PDF không có trang nào đọc được; {PRINT_AGAIN}.")
    scan = [SCAN_NOTE] if walked["is_scan"] else []
    if scanned["signed"] or walked["signed"]:
        return [SIGNED_NOTE, *scan], False
    if locked:
        return [*([NOT_STRIPPED_NOTE] if walked["personal"] else []), *scan], False
    return scan, walked["personal"]


def _refuse(found: list[str]) -> None:
    for name, sentence in REFUSALS.items():
        if name in found:
            raise ValidationError(sentence)
