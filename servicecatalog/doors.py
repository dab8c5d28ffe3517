"""Which of this room's screens are for whom (`base.admin.screen_access`)."""

from accounts.doors import holding
from accounts.roles import ADMINISTER, DISPATCH, PROPOSE_TAKEDOWN, WRITE, may
from base.admin.screen_access import CHOOSER, SNIPPET, nobody, open_to, works_on_a_site
from base.authority import is_city_person

PROCEDURE = "servicecatalog_procedure:"
LISTS = (
    "sector",
    "servicefield",
    "lifeevent",
    "applicantkind",
    "levelscheme",
    "servicelevel",
    "levelmapping",
)


def keeps_procedures(user) -> bool:
    """Tell whether procedures are a user's business: they belong to the city's site."""
    return is_city_person(user) and (may(user, WRITE) or may(user, ADMINISTER))


def open_own() -> None:
    """Name this room's screens; called once, from `ServicecatalogConfig.ready`."""
    open_to(works_on_a_site, "servicecatalog_review servicecatalog_review_sheet servicecatalog_offer_here")
    open_to(works_on_a_site, "servicecatalog_batches servicecatalog_batch")
    open_to(keeps_procedures, "servicecatalog_level servicecatalog_offer")
    open_to(
        keeps_procedures,
        "servicecatalog_import servicecatalog_import_template servicecatalog_import_confirm servicecatalog_export",
    )
    open_to(holding(PROPOSE_TAKEDOWN), "servicecatalog_withdraw")
    open_to(keeps_procedures, SNIPPET, f"wagtailsnippets_{PROCEDURE}")
    # A ward chooses public ones for its services and guides.
    open_to(works_on_a_site, CHOOSER, f"wagtailsnippetchoosers_{PROCEDURE}")
    open_to(
        keeps_procedures,
        """
        preview_on_add preview_on_edit revisions_view revisions_revert revisions_compare lock unlock workflow_action
        collect_workflow_action_data confirm_workflow_cancellation workflow_history workflow_history_detail
        workflow_preview
        """,
        f"wagtailsnippets_{PROCEDURE}",
    )
    # A procedure ends by its last day and its services by a decision (`workflows.publishing.takedown`), never in one
    # step.
    open_to(nobody, "unpublish revisions_unschedule", f"wagtailsnippets_{PROCEDURE}")
    for name in LISTS:
        open_to(holding(WRITE, DISPATCH), SNIPPET, f"wagtailsnippets_servicecatalog_{name}:")
        open_to(holding(WRITE, DISPATCH), CHOOSER, f"wagtailsnippetchoosers_servicecatalog_{name}:")
