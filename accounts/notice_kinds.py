"""The notices of this room: appointments, passwords, signing in."""

from base.operations.notices import Kind, register_kinds


def register() -> None:
    """Register them; a person hears of each change of the own account, the technical administrators of attacks."""
    register_kinds(
        "accounts",
        Kind("appointment_to_confirm"),
        Kind("appointment_began"),
        Kind("appointment_ending"),
        Kind("appointment_ended"),
        Kind("activation"),
        Kind("email_changed"),
        Kind("password_reset"),
        Kind("password_changed"),
        Kind("unusual_sign_in"),
        Kind("app_enrolled"),
        Kind("recovery_codes_renewed"),
        Kind("recovery_code_used"),
        Kind("second_factor_reset"),
        Kind("sign_in_joined"),
        Kind("sign_in_locked"),
        Kind("account_unused"),
        Kind("account_suspended"),
        Kind("account_resumed"),
        Kind("unused_accounts", once="unused-accounts {recipient} {day}"),
    )
