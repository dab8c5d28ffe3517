"""The state of the portal as text: what each check found and since when, the periodic work, and when nothing ran."""

from django.views.generic import TemplateView

from ..audit import reading
from ..models import CheckState, JobHeartbeat, PortalStop
from ..operations import health
from .screen_access import ScreenAccess

STOPS_SHOWN = 10
# The worst first.
_ORDER = [health.FAILED, health.WARNING, health.OK]


def may_see(user) -> bool:
    """Tell whether a user may see how the portal fares: who reads the audit trail of all sites."""
    return reading.readable_sites(user) is None


class StatusView(TemplateView):
    """The checks as they are now, each with the moment from which the job `watch_checks` has seen it so."""

    template_name = "base/admin/status.html"
    screen_access = ScreenAccess(may_see)

    def get_context_data(self, **kwargs):
        known = {row.name: row for row in CheckState.objects.all()}
        findings = sorted(health.findings_now(), key=lambda finding: _ORDER.index(finding.state))
        rows = [(finding, _STATES[finding.state], _since(finding, known)) for finding in findings]
        return super().get_context_data(
            title="Tình trạng của cổng",
            header_icon="view",
            rows=rows,
            is_well=all(finding.state == health.OK for finding in findings),
            jobs=JobHeartbeat.objects.exclude(last_started=None).order_by("last_result", "name"),
            stops=list(PortalStop.objects.order_by("-began_at").exclude(began_at=_first_moment())[:STOPS_SHOWN]),
            **kwargs,
        )


_STATES = dict(CheckState.STATES)


def _since(finding: health.Finding, known: dict[str, CheckState]):
    row = known.get(finding.check)
    return row.since if row is not None and row.state == finding.state else None


def _first_moment():
    # From this one on stops are noted; it is none.
    return PortalStop.objects.order_by("began_at").values("began_at")[:1]
