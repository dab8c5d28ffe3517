"""Tables for the tests of import: as people hand them in."""

import csv
import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile

from legalref.importing import batches, tables
from legalref.importing.columns import BY_NAME, COLUMNS

ROW = {
    "document_type": "Quyết định", "symbol_as_printed": "{n}/2019/QĐ-UBND", "subject": "Về việc thử nghiệm số {n}",
    "main_issuer": "UBND thành phố Long Xuyên", "issued_on": "05/06/2019", "effective_from": "20/06/2019",
    "not_classified": "có", "field": "Giáo dục",
}  # fmt: skip


def row(n: int, **more) -> dict[str, str]:
    """One good row; `more` overwrites or adds columns by their names."""
    return {name: value.format(n=n) for name, value in ROW.items()} | more


def xlsx(rows: list[dict], *, name: str = "van-ban.xlsx", columns=None) -> SimpleUploadedFile:
    """An uploaded XLSX of rows: {name of the column: text}."""
    out = io.BytesIO()
    shown = COLUMNS if columns is None else tuple(BY_NAME[one] for one in columns)
    used = [column for column in shown if columns is not None or any(column.name in one for one in rows)]
    tables.write(out, ([one.get(column.name, "") for column in used] for one in rows), columns=tuple(used))
    return SimpleUploadedFile(name, out.getvalue())


def comma_separated(rows: list[dict], *, delimiter: str = ";") -> SimpleUploadedFile:
    """The same as CSV, as a Vietnamese spreadsheet program saves it."""
    out = io.StringIO()
    names = list(dict.fromkeys(name for one in rows for name in one))
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow([BY_NAME[name].head for name in names])
    for one in rows:
        writer.writerow([one.get(name, "") for name in names])
    return SimpleUploadedFile("van-ban.csv", out.getvalue().encode("utf-8-sig"))


def packed(**files: bytes) -> SimpleUploadedFile:
    """An uploaded ZIP: {"tep__mot_pdf": …} becomes "tep/mot.pdf"."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            stem, _, extension = name.rpartition("_")
            archive.writestr(f"{stem.replace('__', '/').replace('_', '-')}.{extension}", content)
    return SimpleUploadedFile("tep.zip", out.getvalue())


def checked(city, rows, *, by=None, site=None, table=None, **more):
    """Hand in rows and run the dry run; return the batch."""
    batch = batches.upload(
        by=by or city.cast.standing_office, site=site or city.site, table=table or xlsx(rows), **more
    )
    while not batches.check(batch):
        continue
    return batch


def written(city, rows, *, by=None, **more):
    """Hand in rows, confirm and write them; return the batch."""
    batch = checked(city, rows, by=by, **more)
    batch = batches.confirm(batch, by=by or city.cast.standing_office, declaration=True)
    return batches.write_now(batch)


def published(city, rows, *, approver=None, **more):
    """Hand in rows, write, approve and publish them; return the batch."""
    batch = batches.approve(written(city, rows, **more), by=approver or city.cast.head)
    return batches.step(batch)
