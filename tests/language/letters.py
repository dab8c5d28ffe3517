"""The mails of the portal are Vietnamese: subject and body are judged as a screen is.

`CAUSES` names tests of the rooms that cause one kind of mail each; `tests/conftest.py` has the mails of each judged
when it ends. Whoever asked in English is answered in English: not judged.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.core.mail import EmailMessage
from django.utils import translation

from tests.language.screens import judged

CAUSES = {
    "tests.accounts.test_appointments": """
        Accounts.test_gets_its_one_time_link_when_the_first_appointment_begins
        Accounts.test_the_old_address_hears_of_a_change Confirming.test_asks_those_who_may
        Confirming.test_the_head_or_another_admin_confirms Ending.test_a_right_ends_after_its_last_day
        Ending.test_the_person_is_told Ending.test_an_end_in_the_past_cuts_now
        Replacing.test_at_once_when_the_day_has_come Delegating.test_ends_with_the_holder_s_own
        Warning_.test_goes_to_the_person_the_admins_and_the_standing_office
    """,
    "tests.accounts.test_sign_in": "Trail.test_a_sign_in_at_night_is_unusual",
    "tests.accounts.test_sign_in_factor": """
        SecondFactor.test_enrolment_gives_ten_recovery_codes_once_and_tells_the_person
        SecondFactor.test_a_recovery_code_works_once_in_any_case_and_is_mailed
        SecondFactor.test_new_recovery_codes_end_the_old_ones
        Lost.test_the_technical_admin_takes_it_after_a_look_at_who_it_is
    """,
    "tests.accounts.test_sign_in_links": """
        ForgottenPassword.test_is_answered_by_a_letter_to_the_person_by_name_or_mail_address
    """,
    "tests.accounts.test_sign_in_passwords": """
        Change.test_ends_the_other_sessions_keeps_this_one_and_tells_the_person
    """,
    "tests.accounts.test_sign_in_throttle": """
        Guessing.test_a_lock_is_recorded_and_the_technical_admin_told_once_an_hour
    """,
    "tests.base.test_audit_chain": "Tips.test_the_day_has_a_signed_file_and_a_mail",
    "tests.home.test_jobs": "Alarms.test_a_fault_in_the_archive_is_mailed_to_those_who_watch",
    "tests.files.test_scanner": """
        Uploading.test_an_infected_file_is_refused_recorded_and_told_to_the_technical_administrator
        ScanningAgain.test_what_is_found_later_is_withdrawn_at_once
    """,
    "tests.faq.test_handling": """
        Receiving.test_the_asker_is_mailed_number_secret_and_last_day_but_not_his_own_words
        OutOfScope.test_the_asker_is_told_at_once_why_and_whose_matter_it_is
        OnTheWay.test_an_interim_notice_takes_the_place_of_the_answer_and_starts_the_promised_clock
        OnTheWay.test_the_clock_stands_while_the_asker_owes_something_and_moves_by_working_days
        Answering.test_a_returned_answer_goes_back_with_the_reason_and_comes_again
        Answering.test_the_reply_meets_all_clocks_and_reaches_the_asker
    """,
    "tests.faq.test_commenting": """
        Deciding.test_tells_the_sender_why_a_comment_was_refused_and_takes_it_in_after_all
        TheDigest.test_ends_its_comments_when_it_is_public_with_the_outcome
    """,
    "tests.faq.test_complaints": "Answering.test_everybody_who_reported_it_is_told_and_every_clock_met",
    "tests.faq.test_requests": """
        Deciding.test_an_answer_meets_the_clock_and_is_mailed_without_what_was_asked
        CarryingOut.test_whoever_has_no_secret_is_still_answered_by_the_contact_he_withdraws
    """,
    "tests.legalref.test_import_notices": """
        WaitingForApproval.test_written_batch_tells_those_who_may_approve_it_and_nobody_else
        WaitingForApproval.test_proposed_undoing_waits_for_a_second_person_and_tells_him
    """,
    "tests.workflows.test_handover": """
        HandOver.test_a_writer_s_draft_goes_to_the_writers_of_his_ward_and_stays_as_it_was
    """,
    "tests.workflows.test_reminders": """
        Digests.test_one_digest_a_person_holds_all_that_waits_for_him
        Moved.test_those_who_must_act_are_told_once_a_change_what_moved_from_when_to_when
        MissingCalendar.test_from_november_the_office_and_the_administrator_are_told_once_a_month
    """,
}

# Codes to type off, the sealed heads of the day as data, the name of the harmless virus that scanners are tried with.
NOT_SPEECH = re.compile(r"(?<=Mã tra cứu: )\w+|^\{.*\}$|\bEicar-Test-Signature\b")


def is_cause(module: str, name: str) -> bool:
    """Tell whether a test ("Class.test_…") is one whose mails are judged."""
    return name in CAUSES.get(module, "").split()


@contextmanager
def taken_down() -> Iterator[list[tuple[str, str]]]:
    """Take down subject and body of every mail that is sent meanwhile."""
    mails, original = [], EmailMessage.send

    def send_and_note(message, *args, **kwargs):
        if translation.get_language() != "en":
            mails.append((str(message.subject), str(message.body)))
        return original(message, *args, **kwargs)

    with mock.patch.object(EmailMessage, "send", send_and_note):
        yield mails


def english_in(mails: list[tuple[str, str]]) -> list[str]:
    """What is English in the subjects and the lines of the bodies."""
    texts = {text for subject, body in mails for text in (subject, *(line.strip() for line in body.split("\n")))}
    return [f"{found}" for text in sorted(texts) if (found := judged("thư", text, NOT_SPEECH))]
