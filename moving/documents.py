"""Legal documents among the pages of an old portal: found by their numbers in titles, proposed to the register.

They make a lot, which goes the register's own way (`legalref/importing/`): a dry run, the declaration of one person,
the approval of another. What a title does not say stays empty, and the dry run of the lot asks for it.
"""

import contextlib
import zipfile
from collections.abc import Iterator
from datetime import datetime
from tempfile import TemporaryFile
from typing import NamedTuple

from django.core.files.base import File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from base.files.checks.common import MB, extension_of
from base.tables import xlsx
from legalref.importing import batches, packed, tables
from legalref.importing.columns import BY_NAME, YES
from legalref.models import ImportBatch, IssuingBody, LegalDocument
from vietnam import citations
from vietnam.dates import format_short

from .models import MovedRow, SiteImport

LARGEST_PACKAGE, MOST_FILES = 90 * MB, 1_900
COLUMNS = (
    *("document_type", "symbol_as_printed", "subject", "main_issuer", "issued_on"),
    *("evidence", "not_classified", "signed_file", "document_files"),
)


class Found(NamedTuple):
    """What the title of a page says of a document: symbol, name of its type, its day (None), what it is about."""

    symbol: str
    type_name: str
    dated: datetime | None
    subject: str
    issuer_letters: str


def found_in(title: str) -> Found | None:
    """Return the document that a title names at its beginning, None for none.

    Example: "Quyết định số 12/2020/QĐ-UBND ngày 05/6/2020 về việc ban hành Quy chế".
    """
    for citation in citations.find(title):
        # A number further back is cited by a title, and is not that of the document itself.
        if title[: citation.start].strip(" .,:;–-()[]"):
            return None
        if citation.kind != citations.NUMBERED or citation.number is None or not citation.number.issuers:
            continue
        subject = title[citation.end :].strip(" .,:;–-()") or title
        return Found(
            symbol=citation.symbol,
            type_name=citation.type_name,
            dated=citation.dated,
            subject=subject[:1].upper() + subject[1:],
            issuer_letters=citation.number.issuers[0],
        )
    return None


class Lot(NamedTuple):
    """Documents as the register takes them: a table, and a ZIP with their files, None where there are none."""

    table: SimpleUploadedFile
    package: File | None


@contextlib.contextmanager
def packed_up(batch: SiteImport, given) -> Iterator[Lot | None]:
    """Give the documents among the written rows of an import, the ZIP open; None without any.

    Packing takes long, so that it is done before the transaction that submits them (`propose`).
    """
    rows = list(batch.rows.exclude(symbol="").exclude(page=None).order_by("number")) if batch.takes_documents else []
    if not rows:
        yield None
        return
    with TemporaryFile() as package:
        names = _packed(rows, given, package)
        table = xlsx.write(tables.sheets(_cells(rows, names, batch), columns=[BY_NAME[name] for name in COLUMNS]))
        files = File(package, f"tep-dot-chuyen-{batch.pk}.zip") if any(names.values()) else None
        package.seek(0)
        yield Lot(SimpleUploadedFile(f"van-ban-dot-chuyen-{batch.pk}.xlsx", table), files)


def propose(batch: SiteImport, lot: Lot, *, by, on: datetime | None = None) -> ImportBatch:
    """Submit the documents of an import to the register; return the lot. Raises Refused, ValidationError."""
    return batches.upload(by=by, on=on, site=batch.site, table=lot.table, package=lot.package)


def _packed(rows: list[MovedRow], given, target) -> dict[int, list[str]]:
    """Write the files of some rows into a ZIP that a lot may bring; return the names of those in it, by row."""
    names, size, count, written = {}, 0, 0, set()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for row in rows:
            names[row.pk] = []
            for path, _label in row.values.get("files") or []:
                entry = given.entries.get(path)
                if entry is None or extension_of(path) not in packed.DOCUMENTS:
                    continue
                if path not in written:
                    if size + entry.file_size > LARGEST_PACKAGE or count >= MOST_FILES:
                        continue
                    with archive.open(path, "w") as part:
                        part.writelines(given.package.chunks(entry))
                    written.add(path)
                    size, count = size + entry.file_size, count + 1
                names[row.pk].append(path)
    return names


def _cells(rows: list[MovedRow], names: dict[int, list[str]], batch: SiteImport):
    bodies = _bodies(batch)
    evidence = str(LegalDocument.Evidence.UNVERIFIED.label)
    for row in rows:
        found = found_in(row.title)
        day = found.dated or (timezone.localdate(row.published_at) if row.published_at else None)
        signed = next((path for path in names[row.pk] if extension_of(path) == "pdf"), "")
        others = [path for path in names[row.pk] if path != signed]
        yield [
            found.type_name,
            found.symbol,
            found.subject,
            bodies.get(found.issuer_letters, ""),
            format_short(day) if day else "",
            evidence,
            # It was public on the old portal; who confirms the lot declares it for every row.
            YES,
            signed,
            "\n".join(others),
        ]


def _bodies(batch: SiteImport) -> dict[str, str]:
    """Return the issuing bodies by the letters of their symbol, where there is one; the site's own authority first."""
    found: dict[str, list[str]] = {}
    for body in IssuingBody.objects.exclude(symbol="").order_by("pk"):
        found.setdefault(body.symbol, []).append(body.name)
    own = IssuingBody.objects.filter(unit=batch.site.unit_id).order_by("pk").first()
    single = {symbol: names[0] for symbol, names in found.items() if len(names) == 1}
    return single | ({own.symbol: own.name} if own is not None and own.symbol else {})
