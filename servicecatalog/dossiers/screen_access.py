"""Which screens of dossiers are for whom (`base.admin.screen_access`)."""

from accounts.doors import holding
from accounts.roles import ADMINISTER, DISPATCH, HANDLE_QUESTIONS
from base.admin.screen_access import open_to

from .tokens import may_see


def open_own() -> None:
    """Name the screens of dossiers; called once, from `ServicecatalogConfig.ready`."""
    open_to(
        holding(HANDLE_QUESTIONS),
        """
        servicecatalog_dossiers servicecatalog_dossier_asides servicecatalog_dossier_report
        servicecatalog_dossier_report_sheet servicecatalog_dossier_import servicecatalog_dossier_template
        """,
    )
    open_to(holding(DISPATCH), "servicecatalog_source_confirm servicecatalog_report_closing")
    open_to(holding(ADMINISTER), "servicecatalog_source_new")
    open_to(may_see, "servicecatalog_sources servicecatalog_source_revoke")
