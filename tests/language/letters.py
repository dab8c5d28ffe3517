"""The mails of the portal are Vietnamese: subject and body are judged as a screen is.

`CAUSES` names, for every kind of notice, tests of the rooms that cause it; `tests/conftest.py` has the mails of each
judged when it ends, and demands that the kind was among them. Whoever asked in English is answered in English: not
judged.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.utils import translation

from base.operations import notices
from base.operations.notices import Channel, Notice
from tests.language.screens import judged

# Module → kind → tests ("Class.test_…").
CAUSES = {
    "tests.accounts.test_appointments": {
        "activation": """
            Accounts.test_gets_its_one_time_link_when_the_first_appointment_begins
            Confirming.test_the_head_or_another_admin_confirms
        """,
        "appointment_began": "Appointing.test_a_renewal_follows_without_a_gap_and_cuts_nothing",
        "appointment_ended": """
            Ending.test_a_right_ends_after_its_last_day Ending.test_the_person_is_told
            Ending.test_an_end_in_the_past_cuts_now Replacing.test_at_once_when_the_day_has_come
            Delegating.test_ends_with_the_holder_s_own
        """,
        "appointment_ending": "Warning_.test_goes_to_the_person_the_admins_and_the_standing_office",
        "appointment_to_confirm": "Confirming.test_asks_those_who_may",
        "email_changed": "Accounts.test_the_old_address_hears_of_a_change",
    },
    "tests.accounts.test_sign_in": {"unusual_sign_in": "Trail.test_a_sign_in_at_night_is_unusual"},
    "tests.accounts.test_sign_in_factor": {
        "app_enrolled": "SecondFactor.test_enrolment_gives_ten_recovery_codes_once_and_tells_the_person",
        "recovery_code_used": "SecondFactor.test_a_recovery_code_works_once_in_any_case_and_is_mailed",
        "recovery_codes_renewed": "SecondFactor.test_new_recovery_codes_end_the_old_ones",
        "second_factor_reset": "Lost.test_the_technical_admin_takes_it_after_a_look_at_who_it_is",
    },
    "tests.accounts.test_joined_sign_in": {
        "sign_in_joined": "Joining.test_is_recorded_mailed_and_stores_no_name_of_the_provider_for_the_person",
    },
    "tests.accounts.test_sign_in_links": {
        "password_reset": "ForgottenPassword.test_is_answered_by_a_letter_to_the_person_by_name_or_mail_address",
    },
    "tests.accounts.test_sign_in_passwords": {
        "password_changed": "Change.test_ends_the_other_sessions_keeps_this_one_and_tells_the_person",
    },
    "tests.accounts.test_sign_in_throttle": {
        "sign_in_locked": "Guessing.test_a_lock_is_recorded_and_the_technical_admin_told_once_an_hour",
    },
    "tests.accounts.test_unused": {
        "account_unused": "Suspended.test_the_person_and_who_runs_the_portal_are_told",
        "account_suspended": "Suspended.test_the_person_and_who_runs_the_portal_are_told",
        "unused_accounts": "Suspended.test_the_person_and_who_runs_the_portal_are_told",
        "account_resumed": "Resumed.test_the_technical_admin_opens_it_with_a_reason_and_a_new_password_is_due",
    },
    "tests.base.test_audit_chain": {"daily_tips": "Tips.test_the_day_has_a_signed_file_and_a_mail"},
    "tests.base.test_watching": {"checks_alarm": "Alarms.test_what_lasts_three_runs_is_mailed_once"},
    "tests.base.test_wagtail_mail": {
        "task_state_submitted": "WorkflowMail.test_a_task_of_a_group_is_told_to_its_members",
        "updated_comments": "CommentMail.test_it_goes_to_the_writer_and_not_to_who_works_elsewhere_by_now",
        "workflow_state_approved": "WorkflowMail.test_the_writer_hears_of_the_approval",
        "workflow_state_submitted": "WorkflowMail.test_a_submission_is_told_to_superusers",
    },
    "tests.servicecatalog.test_outages": {
        "planned_stop_proposed": """
            Proposing.test_makes_a_draft_of_the_city_that_two_others_publish_and_tells_who_sees_to_it
        """,
    },
    "tests.sections.test_unit_articles": {
        "unit_article_sent": "Writing.test_sent_it_is_seen_by_the_standing_office_and_still_by_no_other_unit",
        "unit_article_handled": "Handling.test_given_back_its_writer_hears_why_and_sends_it_again",
    },
    "tests.sections.test_city_news": {"place_refused": "Who.test_the_city_hears_of_it_with_the_reason"},
    "tests.sections.test_signing": {
        "clarification_to_sign": "Signing.test_the_head_hears_of_it_and_so_does_the_writer",
        "clarification_decided": "Signing.test_the_head_hears_of_it_and_so_does_the_writer",
    },
    "tests.home.test_dossiers_move": {"bundle_moved": "Moves.test_all_of_it_moves_and_is_submitted_anew"},
    "tests.home.test_backing_up": {
        "backup_failed": "Alarms.test_the_second_failure_in_succession_is_mailed_once_a_day",
        "backup_well": "Alarms.test_who_heard_of_a_failure_hears_that_it_is_over",
    },
    "tests.home.test_jobs": {"seals_alarm": "Alarms.test_a_fault_in_the_archive_is_mailed_to_those_who_watch"},
    "tests.files.test_scanner": {
        "infected_upload": """
            Uploading.test_an_infected_file_is_refused_recorded_and_told_to_the_technical_administrator
        """,
        "infected_file": "ScanningAgain.test_what_is_found_later_is_withdrawn_at_once",
    },
    "tests.faq.test_handling": {
        "question_received": "Receiving.test_the_asker_is_mailed_number_secret_and_last_day_but_not_his_own_words",
        "question_out_of_scope": "OutOfScope.test_the_asker_is_told_at_once_why_and_whose_matter_it_is",
        "question_progress": """
            OnTheWay.test_an_interim_notice_takes_the_place_of_the_answer_and_starts_the_promised_clock
        """,
        "question_waiting": "OnTheWay.test_the_clock_stands_while_the_asker_owes_something_and_moves_by_working_days",
        "question_assigned": "Answering.test_the_reply_meets_all_clocks_and_reaches_the_asker",
        "question_for_unit": "Answering.test_the_reply_meets_all_clocks_and_reaches_the_asker",
        "answer_returned": "Answering.test_a_returned_answer_goes_back_with_the_reason_and_comes_again",
        "answer_to_sign": "Answering.test_a_returned_answer_goes_back_with_the_reason_and_comes_again",
        "question_answered": "Answering.test_the_reply_meets_all_clocks_and_reaches_the_asker",
    },
    "tests.faq.test_commenting": {
        "comment_refused": "Deciding.test_tells_the_sender_why_a_comment_was_refused_and_takes_it_in_after_all",
        "comment_answered": "TheDigest.test_ends_its_comments_when_it_is_public_with_the_outcome",
    },
    "tests.faq.test_commenting_form": {
        "comment_received": "TheForm.test_goes_by_a_preview_to_a_receipt_with_number_and_secret",
    },
    "tests.personaldata.test_complaints": {
        "complaint_answered": "Answering.test_everybody_who_reported_it_is_told_and_every_clock_met",
    },
    "tests.personaldata.test_requests": {
        "data_request_answered": """
            Deciding.test_an_answer_meets_the_clock_and_is_mailed_without_what_was_asked
            CarryingOut.test_whoever_has_no_secret_is_still_answered_by_the_contact_he_withdraws
        """,
    },
    "tests.faq.test_contributing": {
        "contribution_received": "TheForm.test_goes_by_a_preview_to_a_receipt_with_number_and_secret",
        "contribution_asked": "TheOffice.test_asks_the_sender_back",
        "contribution_declined": "TheOffice.test_declines_it_with_a_reason_that_the_sender_reads",
        "contribution_published": "TheOffice.test_makes_a_draft_that_only_two_persons_publish",
    },
    "tests.faq.test_tracking": {
        "lookup_locked": "Guessing.test_is_locked_from_the_tenth_for_a_quarter_of_an_hour_and_told",
    },
    "tests.legalref.test_import_notices": {
        "batch_to_approve": "WaitingForApproval.test_written_batch_tells_those_who_may_approve_it_and_nobody_else",
        "batch_to_undo": "WaitingForApproval.test_proposed_undoing_waits_for_a_second_person_and_tells_him",
    },
    "tests.faq.test_acceptance": {
        "question_given_back": "GivenBack.test_by_its_unit_it_is_sorted_again_and_the_askers_days_run_on",
    },
    "tests.royalties.test_tariffs": {
        "royalty_tariff_decided": "Deciding.test_who_proposed_it_hears_of_the_decision_with_its_reason",
        "royalty_tariff_waits": "Proposing.test_the_standing_office_proposes_and_the_head_hears_of_it",
    },
    "tests.royalties.test_statements": {
        "royalty_statement_waits": "Deciding.test_freezes_it_with_a_sealed_copy_in_the_archive",
        "royalty_statement_decided": "Deciding.test_freezes_it_with_a_sealed_copy_in_the_archive",
        "royalty_statement_returned": "Deciding.test_sending_it_back_with_a_reason_gives_the_items_free",
        "royalty_paid": "Paying.test_is_noted_by_the_accountant_with_day_and_voucher",
    },
    "tests.royalties.test_unclaimed": {
        "royalty_unclaimed": "Telling.test_the_standing_office_is_told_once_a_month_and_nobody_else",
    },
    "tests.subscriptions.test_following": {
        "subscription_confirm": "TheWholeWay.test_from_the_link_on_a_section_to_the_first_mail_and_out_again",
        "subscription_link": "TheOwnPage.test_by_a_link_asked_for_at_the_address_alone",
        "subscription_news": "TheWholeWay.test_from_the_link_on_a_section_to_the_first_mail_and_out_again",
        "subscription_reminder": "Terms.test_after_two_years_a_person_is_asked_once_and_goes_without_a_press",
    },
    "tests.alerts.test_two_persons": {
        "record_change_waits": "Proposals.test_are_mailed_at_once_to_those_who_may_confirm",
    },
    "tests.workflows.test_approval": {
        "second_look_waits": """
            Emergency.test_those_who_may_look_are_told_at_once_and_once
            Emergency.test_a_removal_is_told_without_the_title_that_it_may_be_for
        """,
        "workflow_state_rejected": "Decision.test_a_reviewer_returns_it_with_a_reason_and_it_comes_back",
        "emergency_refused": "Emergency.test_who_acted_is_told_that_the_second_person_does_not_agree",
    },
    "tests.workflows.test_bundles": {
        "bundle_submitted": "Publishing.test_those_concerned_hear_of_it",
        "bundle_published": "Publishing.test_those_concerned_hear_of_it",
        "bundle_returned": "TwoPersons.test_another_reviewer_returns_but_does_not_approve",
    },
    "tests.workflows.test_bundle_hours": {
        "bundle_scheduled": "TakenBack.test_a_writer_takes_it_back",
        "bundle_void": "Hindered.test_an_item_saved_since_sends_all_of_it_back_and_both_hear_why",
        "bundle_failed": "Hindered.test_a_fault_keeps_the_dossier_and_its_hour_and_is_told_once",
    },
    "tests.workflows.test_bundle_stops": {
        "bundle_stopped": "Removed.test_a_page_taken_down_sends_its_dossier_back_and_its_writer_hears_of_it",
    },
    "tests.workflows.test_claims": {
        "work_assigned": "Assigning.test_who_approves_gives_it_to_a_colleague_who_is_told",
    },
    "tests.workflows.test_handover": {
        "work_handed_over": "HandOver.test_a_writer_s_draft_goes_to_the_writers_of_his_ward_and_stays_as_it_was",
    },
    "tests.workflows.test_preview_answers": {
        "preview_answered": "Sending.test_neither_trail_nor_mail_nor_table_tells_who_said_what",
    },
    "tests.workflows.test_reminders": {
        "deadline_digest": "Digests.test_one_digest_a_person_holds_all_that_waits_for_him",
        "deadlines_moved": "Moved.test_those_who_must_act_are_told_once_a_change_what_moved_from_when_to_when",
        "calendar_missing": "MissingCalendar.test_from_november_the_office_and_the_administrator_are_told_once_a_month",
    },
    "tests.workflows.test_submissions": {
        "submissions_digest": "Digest.test_is_one_mail_of_all_since_the_last_working_day",
    },
    "tests.workflows.test_waiting": {
        "waiting_ended": """
            Reviews.test_the_heads_removal_ends_it_with_its_deadline_and_tells_who_submitted_it
            Moves.test_it_ends_when_its_page_or_its_target_is_removed_and_its_proposer_hears_of_it
        """,
    },
    "tests.workflows.test_schedules": {
        "schedule_failed": """
            Places.test_what_was_altered_in_the_database_since_the_approval_is_not_published_at_its_hour
        """,
        "schedule_void": "Places.test_a_page_moved_by_a_person_loses_its_hour_and_both_hear_of_it",
    },
}

# Codes to type off, the sealed heads of the day as data, the name of the harmless virus that scanners are tried with.
NOT_SPEECH = re.compile(r"(?<=Mã tra cứu: )\w+|^\{.*\}$|\bEicar-Test-Signature\b")


def kinds_of(module: str, name: str) -> set[str]:
    """The kinds of notice that a test ("Class.test_…") stands for."""
    return {kind for kind, names in CAUSES.get(module, {}).items() if name in names.split()}


@contextmanager
def taken_down() -> Iterator[list[Notice]]:
    """Take down every notice that is sent meanwhile, as one channel more would."""
    found = []

    def note(notice, addresses):
        if translation.get_language() != "en":
            found.append(notice)

    with mock.patch.object(notices, "CHANNELS", (*notices.CHANNELS, Channel(notices.mail_address_of, note))):
        yield found


def english_in(found: list[Notice]) -> list[str]:
    """What is English in the subjects and the lines of the bodies."""
    texts = {text for one in found for text in (one.subject, *(line.strip() for line in one.body.split("\n")))}
    return [f"{english}" for text in sorted(texts) if (english := judged("thư", text, NOT_SPEECH))]
