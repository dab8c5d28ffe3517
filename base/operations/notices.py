"""What a person is told: one registry of kinds, one template a kind, one way out; mail is the only channel today.

1. A room registers its kinds (`<room>/notice_kinds.py`); the text of one is `<room>/templates/<room>/mails/<name>.txt`:
   the first line is the subject, what follows is the body. Nothing in it is escaped: it is plain text.
2. An action calls `notify(to, "name", context)` in its transaction. Templates also know `recipient`, who reads it, and
   `portal`, the address that links of the administration begin with.
3. A kind says what holds for it everywhere: what a person may turn off, what is told once, what is personal. A digest
   is a kind of which a person gets one a day: the day is in its `once`.
4. Every channel gets the finished `Notice`. Mail goes into the outbox (`mail.py`), which sees to once-only, retry and
   terms.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.core.mail import EmailMessage
from django.template import Context
from django.template.loader import get_template
from django.utils import translation
from wagtail.users.models import UserProfile

from .mail import KEY_HEADER, PURGE_HEADER


@dataclass(frozen=True)
class Kind:
    """One kind of notice, by its name.

    `once`: what must be told once, as a format of the context ("deadline-digest {recipient.pk} {day}"); "" may come
    any number of times. `is_personal`: to a citizen, nothing of it is kept once it left. `is_shared`: several
    recipients get one mail and see each other. `preference`: the choice of a person's account that turns it off, a
    field of Wagtail's `UserProfile` without `_notifications`; who is inactive is then not told either.
    """

    name: str
    once: str = ""
    is_personal: bool = False
    is_shared: bool = False
    preference: str = ""


@dataclass(frozen=True)
class Notice:
    """A notice as it leaves: its kind, those who get it (users, contacts or mail addresses), key, subject and body.

    `headers`: more headers of a mail; `sender`: the address to which a mail that cannot be delivered comes back.
    """

    kind: Kind
    recipients: tuple
    key: str
    subject: str
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)
    sender: str = ""


# Name → (kind, name of its template).
_kinds: dict[str, tuple[Kind, str]] = {}


def register_kinds(room: str, *kinds: Kind) -> None:
    """Let a room add its kinds; raises ValueError for a name that another kind has."""
    for kind in kinds:
        template = f"{room}/mails/{kind.name}.txt"
        if _kinds.setdefault(kind.name, (kind, template)) != (kind, template):
            raise ValueError(f"Two kinds of notice are named {kind.name}.")


def registered_kinds() -> dict[str, tuple[Kind, str]]:
    """Return (kind, name of its template) of every kind, by its name."""
    return dict(_kinds)


def notify(
    to,
    kind: str,
    context: dict | None = None,
    *,
    language: str = "",
    headers: Mapping[str, str] | None = None,
    sender: str = "",
) -> int:
    """Tell one or several of a matter, each apart unless the kind is shared; return how many notices were written.

    `to`: a user, a citizen's contact or a mail address, or an iterable of these; who has no address is left out.
    `language`: that of the text, else the one that is active. `headers`, `sender`: as in `Notice`. Raises KeyError for
    an unknown kind.
    """
    found, template = _kinds[kind]
    people = tuple(one for one in _listed(to) if _has_address(one) and _wants(one, found))
    groups = [people] if found.is_shared and people else [(one,) for one in people]
    with translation.override(language or translation.get_language()):
        for group in groups:
            _send(replace(_written(found, template, group, context or {}), headers=headers or {}, sender=sender))
    return len(groups)


def _listed(to) -> Iterable:
    return [to] if isinstance(to, str) or hasattr(to, "email") else to


def _has_address(one) -> bool:
    return any(channel.address_of(one) for channel in CHANNELS)


def _wants(one, kind: Kind) -> bool:
    if not kind.preference:
        return True
    return one.is_active and getattr(UserProfile.get_for_user(one), f"{kind.preference}_notifications")


def _written(kind: Kind, template: str, recipients: tuple, context: dict) -> Notice:
    context = {**context, "recipient": recipients[0], "portal": settings.WAGTAILADMIN_BASE_URL}
    text = get_template(template).template.render(Context(context, autoescape=False, use_l10n=False))
    subject, _, body = text.strip().partition("\n")
    # A line break of any kind in a title must not make a mail that no server takes.
    return Notice(kind, recipients, kind.once.format(**context), " ".join(subject.split()), body.strip())


def _send(notice: Notice) -> None:
    for channel in CHANNELS:
        if addresses := [address for one in notice.recipients if (address := channel.address_of(one))]:
            channel.send(notice, addresses)


# --- Channels --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Channel:
    """A way out: where it finds the address of a recipient ("" for none), and how it sends a notice to some of them."""

    address_of: Callable[[object], str]
    send: Callable[[Notice, list[str]], None]


def mail_address_of(one) -> str:
    """Return the mail address of a user or a contact; of an address, itself."""
    return one if isinstance(one, str) else one.email


def by_mail(notice: Notice, addresses: list[str]) -> None:
    """Write a notice as one mail, in the caller's transaction."""
    headers = {KEY_HEADER: notice.key, PURGE_HEADER: "yes" if notice.kind.is_personal else ""}
    if notice.kind.preference:
        # As Wagtail's own mails, which one may turn off too: no automatic answer comes back.
        headers["Auto-Submitted"] = "auto-generated"
    headers = {name: value for name, value in {**notice.headers, **headers}.items() if value}
    if notice.sender:
        # What readers see as the sender stays the portal's own.
        headers["From"] = settings.DEFAULT_FROM_EMAIL
    EmailMessage(notice.subject, notice.body, notice.sender or None, addresses, headers=headers).send()


# Another channel (SMS) is one more row: it finds the telephone number of a contact, and sends.
CHANNELS: tuple[Channel, ...] = (Channel(mail_address_of, by_mail),)
