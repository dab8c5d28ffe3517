"""What every matter of a citizen consists of, whatever they write to the portal about: contact, a text, files."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import PurePosixPath

from django.core.files.base import File

from base.models import OrganisationUnit
from base.models.files import digest_of
from vietnam import text as written

from .models.personal import SubmittedFile


@dataclass(frozen=True)
class Contact:
    """How to reach the asker, and what they agreed to; one channel at least."""

    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    ward: OrganisationUnit | None = None
    may_show_name: bool = False
    consent_text: str = ""
    consent_source: str = ""

    def as_row(self, moment: datetime) -> dict:
        """Return the fields of a `PersonalContact`; `moment` is when its person agreed to be contacted."""
        return {
            "name": self.name.strip(),
            "email": self.email.strip(),
            "phone": self.phone.strip(),
            "address": self.address.strip(),
            "ward": self.ward,
            "may_show_name": self.may_show_name,
            "consent_text": self.consent_text,
            "consent_source": self.consent_source,
            "consented_at": moment,
        }


@dataclass(frozen=True)
class Attached:
    """A file that came with a question, examined and scanned: the clean copy and what the scanner said."""

    file: File
    name: str
    scan_state: str = ""
    scan_signature: str = ""


def store(row: SubmittedFile, attached: Attached, moment: datetime) -> SubmittedFile:
    """Store a file under a row that says whose it is; return the row, saved."""
    row.name, row.size, row.digest = attached.name[:200], attached.file.size, digest_of(attached.file)
    row.scan_signature, row.uploaded_at = attached.scan_signature, moment
    if attached.scan_state:
        row.scan_state, row.scanned_at = attached.scan_state, moment
    # The sender's own name for it is in the row only: a path may be logged anywhere.
    row.file.save(stored_name(attached), attached.file, save=False)
    row.save()
    return row


def stored_name(attached: Attached) -> str:
    """Return under which name a file is stored that came with what a citizen sent: its kind, nothing of its own."""
    return f"tep-kem{PurePosixPath(attached.name).suffix.lower()}"


def text_digest(text: str) -> str:
    """Return what two texts that differ in case, marks and blanks only have in common."""
    return sha256(" ".join(written.fold(text).split()).encode()).hexdigest()
