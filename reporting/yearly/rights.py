"""Who writes, sees and approves the yearly report."""

from accounts.roles import ADMINISTER, APPROVE, SCORE, may
from base.sites import city_site
from workflows.publishing.approval import acts_for_board

from ..models import YearlyReport


def may_write(user) -> bool:
    """Tell whether a user makes, counts, corrects and submits the report: the board and the standing office."""
    return may(user, SCORE)


def may_see(user) -> bool:
    """Tell whether a user sees the report and takes its papers: who writes it, and who runs the portal."""
    return may_write(user) or may(user, ADMINISTER)


def may_approve(user, report: YearlyReport) -> bool:
    """Tell whether a user may approve a submitted report or return it: for the city's board, and another submitted it.

    Who wrote a text or a figure of it may not either, whatever became of that. Asks writers and figures of the report.
    """
    site = city_site()
    if site is None or not report.is_submitted or user.pk == report.submitted_by_id:
        return False
    corrected = {figure.corrected_by_id for part in report.parts.all() for figure in part.figures.all()}
    has_written = user.pk in corrected or user in report.writers.all()
    return not has_written and acts_for_board(user, APPROVE, site)
