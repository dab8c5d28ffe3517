"""How the review of a page or record stands and what its submission will say, for its edit form."""

from django import template
from wagtail.models import WorkflowMixin

from ..publishing import approval, review_facts
from ..screens.subjects import described

register = template.Library()


@register.simple_tag
def came_back(thing) -> str:
    """Say who gave a page or record back, when and why, as long as it was not submitted again; "" otherwise."""
    return review_facts.returned(thing) if thing.pk and isinstance(thing, WorkflowMixin) else ""


@register.simple_tag
def submission_findings(thing) -> dict:
    """Return what submitting the newest version of a page or record would say (blockers, warnings); {} of a new one."""
    if not thing.pk or not isinstance(thing, WorkflowMixin):
        return {}
    found = approval.findings_at_submission(thing)
    return {
        "blockers": [described(thing, finding) for finding in found if finding.is_blocker],
        "warnings": [described(thing, finding) for finding in found if not finding.is_blocker],
    }
