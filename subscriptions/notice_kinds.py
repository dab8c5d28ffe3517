"""The mails of this room: all to citizens, who are told nothing but what they chose."""

from functools import partial

from base.operations import mail
from base.operations.notices import Kind, register_kinds

from . import bounces, sending

Citizen = partial(Kind, is_personal=True)


def register() -> None:
    """Register them; before a mail of news leaves it is looked at again."""
    register_kinds(
        "subscriptions",
        Citizen("subscription_confirm", once="subscription-confirm-{subscription.pk}-{asked}"),
        Citizen("subscription_link"),
        Citizen("subscription_news", once=f"{sending.KEY}{{mailing.pk}}"),
        Citizen("subscription_reminder", once="subscription-reminder-{subscriber.pk}-{asked}"),
    )
    mail.register_mails(sending.KEY, sending.is_still_so, bounces.note_refused)
