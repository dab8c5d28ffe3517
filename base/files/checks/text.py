"""Plain text and tables of comma-separated values."""

import codecs
import re

from django.core.exceptions import ValidationError

from .common import MB, Examined, not_what_it_says

_PAGE = re.compile(r"\s*(?:<!doctype|<html|<head|<body|<script|<svg|<\?xml|<\?php|#!)", re.IGNORECASE)
# A cell that a spreadsheet takes for a formula; a number with its sign is none.
_FORMULA = re.compile(r"(?:^|[,;\t\n])\s*\"?(?:[=@\t\r]|[+\-](?![\d.,\s]*(?:[,;\t\r\n\"]|$)))")


def examine(file, extension: str) -> Examined:
    """Take UTF-8 text (Điều 7.3); a table whose cells a spreadsheet would compute gets a note."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    formula, first, before = False, True, ""
    try:
        for chunk in iter(lambda: file.read(MB), b""):
            text = decoder.decode(chunk)
            if "\0" in text or (first and _PAGE.match(text)):
                raise not_what_it_says(extension)
            formula = formula or (extension == "csv" and bool(_FORMULA.search(before + text)))
            before, first = text[-64:], False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise ValidationError(
            f"Tệp «.{extension}» không dùng bảng mã UTF-8 (Điều 7.3); hãy lưu lại với mã UTF-8 rồi tải lên."
        ) from None
    notes = []
    if formula:
        notes.append(
            "Bảng có ô bắt đầu bằng «=», «+», «-» hoặc «@»: phần mềm bảng tính sẽ coi là công thức; "
            "hãy kiểm tra, hoặc thêm dấu nháy đơn trước các ô đó."
        )
    return Examined(file, notes)
