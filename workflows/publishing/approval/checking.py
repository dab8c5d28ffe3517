"""What stops or doubts a version before a person approves it, and what of it its submitter has answered."""

from django.core.exceptions import ValidationError
from django.utils import timezone

from base.preflight import Finding

from ...models import Declaration
from ...translations import sources
from ...versions import newest_of
from .. import schedules
from .declaring import declaration_of


def findings(obj) -> list[Finding]:
    """Return what the preflight says of the newest version: blockers stop it, warnings want a remark."""
    return findings_of(newest_of(obj))


def findings_of(version) -> list[Finding]:
    """Return what the preflight says of one version, its dates among it."""
    found = version.preflight() if hasattr(version, "preflight") else []
    return [*found, *sources.findings(version), *schedules.date_findings(version, timezone.now())]


def findings_at_submission(obj) -> list[Finding]:
    """Return what stops or doubts the submission of the newest version: an hour set to the past as well.

    One that passes while the version waits for a decision stops nothing: approved later, it appears at once.
    """
    return [*findings(obj), *schedules.hour_findings(obj, timezone.now())]


def blockers(obj) -> list[Finding]:
    """Return the preflight findings that stop submission and approval of the newest version."""
    return [finding for finding in findings(obj) if finding.is_blocker]


def unanswered(found: list[Finding], declared: Declaration | None) -> list[Finding]:
    """Return the warnings about which the user who submitted a version has not said anything yet."""
    known = set(declared.warnings.splitlines()) if declared is not None else set()
    return [finding for finding in found if not finding.is_blocker and line_of(finding) not in known]


def needs_remark(obj) -> bool:
    """Tell whether approving the newest version takes a remark: the preflight found what its submitter did not see."""
    return bool(unanswered(findings(obj), declaration_of(obj.latest_revision_id)))


def line_of(finding: Finding) -> str:
    return " ".join(finding.message.split())


def demand_no_blockers(found: list[Finding]) -> None:
    errors: dict[str, list[str]] = {}
    for finding in found:
        if finding.is_blocker:
            errors.setdefault(finding.field, []).append(finding.message)
    if errors:
        raise ValidationError(errors)
