"""The register as a table in the same format, alone or in a ZIP with files and long texts: `batches` reads it back."""

import tempfile
import zipfile
from collections.abc import Iterator

from django.db.models import Prefetch

from base.files.checks.common import MB
from base.tables import xlsx
from base.tables.columns import joined

from ..models import DocumentFile, DocumentRelation, LegalDocument
from ..register import listing
from . import packed, relations, tables
from .checking import AT_HAND, files_of, newest_of, path_of, text_path_of
from .columns import COLUMNS, LONGEST_CELL, Lists

TABLE_NAME = "van-ban.xlsx"
MOST_DOCUMENTS = tables.MOST_ROWS
CHUNK = 200
# Filters of the screen by the name of their field.
FILTERS = {
    "site": "owner_site",
    "document_type": "document_type",
    "family": "family",
    "main_issuer": "main_issuer",
    "year": "year",
    "live": "live",
    "status": "stored_status__code",
    "field": "field",
}


def chosen(documents, filters: dict):
    """Narrow documents by what was chosen: {"document_type": …, "year": 2020, "q": "…"}; blanks choose nothing."""
    for name, lookup in FILTERS.items():
        if filters.get(name) not in (None, ""):
            documents = documents.filter(**{lookup: filters[name]})
    if query := (filters.get("q") or "").strip():
        documents = listing.matching(documents, query)
    return documents


def rows(documents) -> Iterator[list[str]]:
    """Yield the cells of each document, in the order of `COLUMNS`, a few hundred documents in memory at a time."""
    lists = Lists.load()
    for document in _read(documents):
        yield cells(document, lists)


def cells(document: LegalDocument, lists: Lists) -> list[str]:
    """Return the cells of one document as text."""
    acting = list(getattr(document, "acts", ())) + list(getattr(document, "undergoes", ()))
    values = {
        "full_text_file": text_path_of(document) if len(document.full_text) > LONGEST_CELL else "",
        "signed_file": "\n".join(joined(path_of(file), shown) for file, shown in files_of(document, "signed_file")),
        "document_files": "\n".join(
            joined(path_of(file), shown) for file, shown in files_of(document, "document_files")
        ),
        "relations": relations.write(document, acting, lists, passive=False),
        "passive_relations": relations.write(document, acting, lists, passive=True),
    }
    return [
        values[column.name] if column.name in values else str(column.write(document, lists) or "") for column in COLUMNS
    ]


def write_table(target, documents) -> None:
    """Write the table of documents to an open binary file."""
    xlsx.write_to(target, tables.sheets(rows(documents)))


def write_package(target, documents) -> None:
    """Write a ZIP to an open binary file: the table, the files of the documents, and texts too long for a cell."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        done = set()
        for document in _read(documents):
            for name in ("signed_file", "document_files"):
                for file, _shown in files_of(document, name):
                    path = path_of(file)
                    if path in done:
                        continue
                    done.add(path)
                    with file.file.open("rb") as content:
                        packed.add(archive, path, content)
            if len(document.full_text) > LONGEST_CELL:
                archive.writestr(text_path_of(document), document.full_text)
        with tempfile.SpooledTemporaryFile(8 * MB) as table:
            write_table(table, documents)
            table.seek(0)
            packed.add(archive, TABLE_NAME, table)


def _read(documents) -> Iterator[LegalDocument]:
    others = ("target__document_type", "target__main_issuer")
    valid = DocumentRelation.objects.valid().select_related(*others)
    valid = valid.defer("target__full_text", "target__search_text")
    found = documents.select_related(*AT_HAND, "stored_status", "latest_revision")
    found = found.prefetch_related(
        "co_issuers",
        Prefetch("document_files", DocumentFile.objects.select_related("file")),
        Prefetch("acts_on", valid, to_attr="acts"),
        Prefetch("acted_on_by", valid.filter(source=None), to_attr="undergoes"),
    )
    for document in found.order_by("pk").iterator(chunk_size=CHUNK):
        yield _newest(document) if document.has_unpublished_changes and document.latest_revision_id else document


def _newest(document: LegalDocument) -> LegalDocument:
    """Return the newest version: what an import compares with."""
    newest = newest_of(document)
    newest.acts, newest.undergoes = document.acts, document.undergoes
    return newest
