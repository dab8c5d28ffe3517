"""What jobs verify: the archive, the audit trail, the rights. What is wrong is mailed, and is a failed job."""

from datetime import datetime

from accounts import rights
from base.audit import sealing, verifying
from base.chain import tips
from base.operations.periodic import STEP_SECONDS
from workflows.archive import verifying as archive


class ArchiveViolations(Exception):
    """The archive differs from its seals; the text lists the first violations."""


def verify_archive(on: datetime, progress: dict) -> dict:
    """Check the archive, a step of some seconds at a time: its rows and chain first, then each file once.

    What is wrong is mailed after the step that found it; after the last step ArchiveViolations is raised, so that it is
    seen as a failed job.
    """
    found, progress = archive.verify_step(progress, seconds=STEP_SECONDS)
    if found:
        tips.alarm(_as_text(len(found), list(map(str, found))))
    if progress.get("after") is None and progress["count"]:
        raise ArchiveViolations(_as_text(progress["count"], progress["violations"]))
    return progress if progress.get("after") is not None else {}


def _as_text(count: int, violations: list[str]) -> str:
    return f"{count} lỗi trong kho lưu trữ. {'; '.join(violations[:20])}"


class AuditViolations(Exception):
    """The audit trail differs from its chain; the text lists the first violations."""


def verify_audit(on: datetime) -> None:
    """Seal the stragglers and check the whole trail; mail what is wrong and raise AuditViolations: a failed job."""
    sealing.seal(everything=True)
    if found := verifying.verify(on=on).violations:
        text = f"{len(found)} lỗi trong nhật ký kiểm tra. {'; '.join(map(str, found[:20]))}"
        tips.alarm(text)
        raise AuditViolations(text)


class RightsViolations(Exception):
    """A user has a right without an appointment; the text lists the first of them."""


def verify_rights(on: datetime) -> None:
    """Check that rights are what the appointments say; raises RightsViolations, so that it is seen as a failed job."""
    if violations := rights.violations():
        raise RightsViolations(f"{len(violations)} quyền không theo phân công. {' '.join(violations[:20])}")
