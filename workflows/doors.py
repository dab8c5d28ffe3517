"""Which of this room's screens are for whom (`base.admin.screen_access`)."""

from accounts.doors import holding, holds_a_role
from accounts.roles import ADMINISTER, APPROVE, ARRANGE, DISPATCH, EMERGENCY
from base.admin.screen_access import CHOOSER, SNIPPET, anybody, nobody, open_to

from .archive import disposal, retention


def open_own() -> None:
    """Name this room's screens; called once, from `WorkflowsConfig.ready`."""
    open_to(
        holds_a_role,
        """
        workflows_queue workflows_submit workflows_recall workflows_review workflows_takedowns workflows_propose
        workflows_takedown workflows_propose_record
        workflows_takedown_group workflows_withdraw workflows_restore workflows_second_look workflows_move
        workflows_decide_move workflows_unschedule workflows_schedule
        workflows_file_change workflows_file_change_content
        workflows_withdraw_file_change workflows_propose_file_change workflows_archive workflows_archive_copy
        workflows_archive_html workflows_previews workflows_preview_revoke
        workflows_review_dates workflows_review_date workflows_review_day
        workflows_record_changes workflows_record_change workflows_withdraw_record_change
        workflows_live_checks workflows_templates workflows_templates_below workflows_template_start
        workflows_template_places workflows_template_save workflows_template_retire
        """,
    )
    open_to(anybody, "workflows_desk workflows_own_pages")
    open_to(holding(EMERGENCY), "workflows_emergency_publish workflows_emergency_remove workflows_calendar_at_once")
    open_to(holding(ARRANGE), "workflows_arrange")
    open_to(holding(ARRANGE), SNIPPET, "wagtailsnippets_workflows_addressredirect:")
    open_to(nobody, "copy", "wagtailsnippets_workflows_addressredirect:")
    open_to(nobody, CHOOSER, "wagtailsnippetchoosers_workflows_addressredirect:")
    open_to(
        disposal.may_look,
        """
        workflows_disposals workflows_disposal_propose workflows_disposal workflows_disposal_decide
        workflows_disposal_withdraw workflows_disposal_sheet workflows_disposal_paper workflows_disposal_file
        """,
    )
    open_to(
        holds_a_role,
        """
        workflows_deadlines workflows_deadlines_sheet workflows_deadline workflows_performance
        workflows_performance_file workflows_deadline_rules workflows_deadline_rule workflows_calendar
        workflows_calendar_year workflows_calendar_versions workflows_calendar_table
        """,
    )
    open_to(holding(APPROVE, DISPATCH), "workflows_deadline_extend workflows_deadline_cancel")
    open_to(holding(DISPATCH, ADMINISTER), "workflows_calendar_day workflows_calendar_import")
    open_to(
        retention.may_set_terms,
        "workflows_retention workflows_retention_add workflows_retention_term workflows_retention_rule",
    )
