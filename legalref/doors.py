"""Which of this room's screens are for whom (`base.admin.screen_access`)."""

from accounts.doors import holding, holds_a_role
from accounts.roles import ADMINISTER, CONFIRM_REPEAL, DISPATCH, WRITE, may
from base.admin.screen_access import CHOOSER, SNIPPET, nobody, open_to, works_on_a_site

DOCUMENT, ISSUER, TYPE = (f"legalref_{name}:" for name in ("legaldocument", "issuingbody", "documenttype"))


def keeps_lists(user) -> bool:
    """Tell whether the lists of issuers and types are for a user: the technical administrator keeps them, too."""
    return works_on_a_site(user) or may(user, ADMINISTER)


def open_own() -> None:
    """Name this room's screens; called once, from `LegalrefConfig.ready`."""
    open_to(holding(CONFIRM_REPEAL), "legalref_repeal legalref_undo_repeal")
    open_to(holds_a_role, "legalref_mark legalref_regulation")
    open_to(works_on_a_site, "legalref_page_citations legalref_document_citations legalref_wanted")
    open_to(
        works_on_a_site,
        """
        legalref_documents legalref_relations legalref_take_back_relation legalref_agree_relation legalref_attention
        legalref_duty legalref_duty_sheet
        """,
    )
    open_to(
        holding(WRITE, DISPATCH),
        """
        legalref_books legalref_open_book legalref_book legalref_take_number legalref_next_book
        legalref_book_register legalref_cancel_number legalref_hand_over_book
        """,
    )
    open_to(
        holding(WRITE, DISPATCH),
        """
        legalref_imports legalref_import_new legalref_import_template legalref_import legalref_import_report
        legalref_import_confirm legalref_import_convert legalref_import_approve legalref_import_discard
        legalref_import_undo legalref_import_decide_undo legalref_export legalref_take_text
        """,
    )
    for space, who in ((DOCUMENT, works_on_a_site), (ISSUER, keeps_lists), (TYPE, keeps_lists)):
        open_to(who, SNIPPET, f"wagtailsnippets_{space}")
        open_to(who, CHOOSER, f"wagtailsnippetchoosers_{space}")
    open_to(
        works_on_a_site,
        """
        preview_on_add preview_on_edit revisions_view revisions_revert revisions_compare lock unlock workflow_action
        collect_workflow_action_data confirm_workflow_cancellation workflow_history workflow_history_detail
        workflow_preview
        """,
        f"wagtailsnippets_{DOCUMENT}",
    )
    # A document leaves the public by a decision (`workflows.publishing.takedown`), never in one step.
    open_to(nobody, "unpublish revisions_unschedule", f"wagtailsnippets_{DOCUMENT}")
