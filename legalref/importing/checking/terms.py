"""What a row may come to, and what is at hand while rows are checked."""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError

from accounts.roles import DISPATCH, WRITE, may
from base.models import PortalSite

from ...models import ImportBatch, ImportRow, LegalDocument
from ..columns import BY_NAME, Lists
from ..packed import Packed, key_of

Outcome = ImportRow.Outcome
ROWS_A_TRANSACTION = 100
# Of the preflight: what the batch itself takes care of, or what only a person at the form can weigh.
NOT_OF_ROWS = frozenset({"signed_file"})
FILE_TEXT = "full_text"
# What a list of documents reads together with them.
AT_HAND = ("document_type", "main_issuer", "owner_site", "signed_file")
AS_IS = "as_is"


@dataclass
class Sources:
    """What rows are checked against: batch, lists, ZIP, and what is known of its files by now."""

    batch: ImportBatch
    lists: Lists
    packed: Packed | None = None
    sites: dict[int, bool] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)

    @property
    def by(self):
        return self.batch.made_by

    def may_write(self, site: PortalSite) -> bool:
        """Tell whether the person of the batch may make drafts on a site."""
        if site.pk not in self.sites:
            is_open = site.state not in (PortalSite.State.FROZEN, PortalSite.State.CLOSED)
            self.sites[site.pk] = is_open and (may(self.by, WRITE, site) or may(self.by, DISPATCH, site))
        return self.sites[site.pk]

    def problem_of_file(self, path: str) -> str:
        """Return why a file of the ZIP may not be stored, "" when it may; each file is looked into once."""
        key = key_of(path)
        if key not in self.files:
            self.files[key] = ""
            try:
                self.packed.examined(path)
            except ValidationError as error:
                self.files[key] = error.messages[0]
        return self.files[key]

    def digest_of(self, path: str) -> str:
        """Return the digest of a file of the ZIP as it came."""
        key = key_of(path)
        if key not in self.digests:
            self.digests[key] = self.packed.digest_of(path)
        return self.digests[key]


@dataclass
class Checked:
    """What came of one row, before it is stored."""

    values: dict = field(default_factory=dict)
    problems: list[dict] = field(default_factory=list)
    remarks: list[dict] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    document: LegalDocument | None = None
    existing: LegalDocument | None = None
    label: str = ""
    identity: str = ""
    key: str = ""

    def wrong(self, column: str, message: str) -> None:
        """Note an error of a column (its field's name, or its head)."""
        header = BY_NAME[column].header if column in BY_NAME else column
        if {"column": header, "message": message} not in self.problems:
            self.problems.append({"column": header, "message": message})

    def remark(self, column: str, message: str) -> None:
        """Note a doubt that stops nothing."""
        header = BY_NAME[column].header if column in BY_NAME else column
        self.remarks.append({"column": header, "message": message})


def is_filled(sources: Sources, path: str) -> bool:
    return sources.packed is not None and sources.packed.has(path)
