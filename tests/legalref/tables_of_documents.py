"""Tables for the tests of import: as people hand them in."""

import csv
import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile

from base.tables.xlsx import write
from legalref.importing import batches, tables
from legalref.importing.columns import BY_NAME, COLUMNS

LONG_ENOUGH = 3600.0
ROW = {
    "document_type": "Quyết định",
    "symbol_as_printed": "{n}/2019/QĐ-UBND",
    "subject": "Về việc thử nghiệm số {n}",
    "main_issuer": "UBND thành phố Long Xuyên",
    "issued_on": "05/06/2019",
    "effective_from": "20/06/2019",
    "not_classified": "có",
    "field": "Giáo dục",
}


def row(n: int, **more) -> dict[str, str]:
    """One good row; `more` overwrites or adds columns by their names."""
    return {name: value.format(n=n) for name, value in ROW.items()} | more


def xlsx(rows: list[dict], *, name: str = "van-ban.xlsx", columns=None) -> SimpleUploadedFile:
    """An uploaded XLSX of rows: {name of the column: text}."""
    shown = COLUMNS if columns is None else tuple(BY_NAME[one] for one in columns)
    used = [column for column in shown if columns is not None or any(column.name in one for one in rows)]
    cells = ([one.get(column.name, "") for column in used] for one in rows)
    return SimpleUploadedFile(name, write(tables.sheets(cells, columns=used)))


def comma_separated(rows: list[dict], *, delimiter: str = ";") -> SimpleUploadedFile:
    """The same as CSV, as a Vietnamese spreadsheet program saves it."""
    out = io.StringIO()
    names = list(dict.fromkeys(name for one in rows for name in one))
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow([BY_NAME[name].header for name in names])
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
    batches.check(batch, seconds=LONG_ENOUGH)
    return batch


def written(city, rows, *, by=None, **more):
    """Hand in rows, confirm and write them; return the batch."""
    batch = checked(city, rows, by=by, **more)
    batch = batches.confirm(batch, by=by or city.cast.standing_office, declaration=True)
    return batches.write_now(batch)


def published(city, rows, *, approver=None, **more):
    """Hand in rows, write, approve and publish them; return the batch."""
    batch = batches.approve(written(city, rows, **more), by=approver or city.cast.head)
    return step(batch)


def step(batch):
    """Carry a batch on by one step that does all it has to, however slow the machine is; return the batch."""
    return batches.step(batch, seconds=LONG_ENOUGH)


# What is wrong with a row, by the column that must be named; each breaks one row and no other.
BREAKS = (
    ("symbol_as_printed", {"symbol_as_printed": ""}),
    ("symbol_as_printed", {"symbol_as_printed": "quyết định đó"}),
    ("document_type", {"document_type": "Quyết nghị"}),
    ("main_issuer", {"main_issuer": "Cơ quan không có thật"}),
    ("issued_on", {"issued_on": "31/02/2019"}),
    ("issued_on", {"issued_on": "05/06/2199"}),
    ("subject", {"subject": ""}),
    ("not_classified", {"not_classified": "không"}),
    ("signed_file", {"signed_file": "tep/khong-co.pdf"}),
    ("relations", {"relations": "Căn cứ vào | Nghị định 999/1999/NĐ-CP"}),
    ("effective_to", {"effective_to": "01/01/2019"}),
    ("family", {"family": "Văn bản mật"}),
)


def many(count: int, broken: int) -> tuple[list[dict[str, str]], set[int]]:
    """Return (rows, numbers of the rows of the sheet that are broken); some have long texts, some relations."""
    rows = [
        row(
            n,
            field=("Giáo dục", "Y tế", "Đất đai", "Tài chính")[n % 4],
            signer_name="Cán bộ mẫu 01",
            full_text="\n\n".join(f"Điều {k}. Nội dung của điều {k} trong văn bản minh họa." for k in range(1, 60))
            if n % 50 == 0
            else "",
            relations=f"Căn cứ vào | Quyết định {n - 1}/2019/QĐ-UBND" if n % 20 == 1 and n > 1 else "",
        )
        for n in range(1, count + 1)
    ]
    wrong = set()
    for k in range(broken):
        # Never one that another row refers to.
        place = (k + 1) * (count // (broken + 1)) // 20 * 20 + 5
        rows[place - 1] |= BREAKS[k % len(BREAKS)][1]
        wrong.add(place + 1)
    assert len(wrong) == broken
    return rows, wrong
