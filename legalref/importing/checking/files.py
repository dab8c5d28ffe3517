"""The files that a row names: there, whole, in order, and whether their text is the one given."""

from base.files import texts
from base.models import PortalFile
from vietnam import text

from ...models import ImportedFile, LegalDocument
from .. import columns
from .terms import AS_IS, FILE_TEXT, Checked, Sources, is_filled


def check_files(checked: Checked, sources: Sources, newest: LegalDocument | None) -> list[str]:
    """Look at the files a row names; return the columns whose files would change. Unchanged ones leave the values."""
    changed = []
    for name in ("signed_file", "document_files"):
        wanted = checked.values.get(name)
        if wanted is None:
            continue
        present = files_of(newest, name) if newest is not None else []
        if len(wanted) == len(present) and all(
            _is_same(path, shown, file, label, sources)
            for (path, shown), (file, label) in zip(wanted, present, strict=True)
        ):
            del checked.values[name]
            continue
        if name == "signed_file" and len(wanted) > 1:
            checked.wrong(name, "Chỉ một tệp là bản ký; hãy chuyển các tệp khác sang cột «Tệp kèm theo».")
        for path, _shown in wanted:
            _check_file(name, path, checked, sources)
        if newest is not None:
            changed.append(name)
    return changed


def files_of(document: LegalDocument, name: str) -> list[tuple[PortalFile, str]]:
    """Return the files of a document that belong to a column, each with the name it is shown by."""
    if name == "signed_file":
        return [(document.signed_file, document.signed_file.title)] if document.signed_file_id else []
    rows = sorted(document.document_files.all(), key=lambda row: (row.sort_order or 0, row.pk or 0))
    return [(row.file, row.label) for row in rows]


def path_of(file: PortalFile) -> str:
    """Return the name a file has in an exported ZIP: unique, and the same each time."""
    return f"tep/{file.pk}/{file.address_name}"


def _is_same(path: str, shown: str, file: PortalFile, label: str, sources: Sources) -> bool:
    if shown and shown != label:
        return False
    if sources.packed is None or not sources.packed.has(path):
        return path == path_of(file)
    digest = sources.digest_of(path)
    return digest == file.digest or ImportedFile.objects.filter(source_digest=digest, file=file).exists()


def _check_file(name: str, path: str, checked: Checked, sources: Sources) -> None:
    if sources.packed is None:
        checked.wrong(name, f"Có ghi tệp «{path}» nhưng không kèm ZIP; hãy tải lên cả ZIP, hoặc để trống ô này.")
    elif not sources.packed.has(path):
        checked.wrong(name, f"Không có «{path}» trong ZIP; hãy kiểm tra tên tệp, kể cả thư mục và đuôi tệp.")
    elif problem := sources.problem_of_file(path):
        checked.wrong(name, f"«{path}»: {problem}")


def put_text(document: LegalDocument, checked: Checked, sources: Sources, newest: LegalDocument | None = None) -> bool:
    """Find the full text of a row: its cell, its file, or the text of its signed file; tell whether it changes.

    A changed text is put into the values, as the text itself; an unchanged one is left out.
    """
    values = checked.values
    pasted, file = values.pop(FILE_TEXT, None), values.pop("full_text_file", None)
    had = newest.full_text if newest is not None else ""
    if pasted and file:
        checked.wrong("full_text_file", "Có cả toàn văn và tệp toàn văn; hãy giữ một trong hai.")
        return False
    if file:
        if newest is not None and had and file[0][0] == text_path_of(newest) and not is_filled(sources, file[0][0]):
            return False
        pasted = _text_of_file("full_text_file", file[0][0], checked, sources)
    elif not pasted and not had and sources.batch.takes_text and values.get("signed_file"):
        pasted = _text_of_file("signed_file", values["signed_file"][0][0], checked, sources)
    elif pasted is None or (not pasted and len(had) > columns.LONGEST_CELL):
        # The column is absent, or the text is too long for a cell and its file was not named.
        return False
    pasted = text.nfc(pasted or "").strip()
    if pasted == had:
        return False
    values[FILE_TEXT] = pasted
    document.full_text = pasted
    return newest is not None


def text_path_of(document: LegalDocument) -> str:
    """Return the name a document's full text has in an exported ZIP."""
    return f"toan-van/{document.pk}.txt"


def _text_of_file(name: str, path: str, checked: Checked, sources: Sources) -> str:
    before = len(checked.problems)
    _check_file(name, path, checked, sources)
    if len(checked.problems) > before or any(path in found["message"] for found in checked.problems):
        return ""
    if not texts.is_readable(path):
        if name == "full_text_file":
            checked.wrong(name, f"«{path}»: toàn văn đọc được từ tệp {', '.join(texts.READABLE)}; hãy đổi dạng tệp.")
        return ""
    scheme = sources.batch.scheme if sources.batch.scheme in texts.SCHEMES else ""
    found = texts.read(sources.packed.opened(path), path)
    if found.scheme and found.scheme == scheme:
        found = texts.read(sources.packed.opened(path), path, scheme=scheme)
    elif found.scheme and sources.batch.scheme != AS_IS:
        sources.batch.suspected_scheme = sources.batch.suspected_scheme or found.scheme
        checked.remark(name, f"«{path}»: chữ có vẻ ở bảng mã {texts.SCHEMES[found.scheme]}.")
    for note in found.notes:
        checked.remark(name, f"«{path}»: {note}")
    return found.text
