"""Mail leaves through an outbox: written with the change that causes it, delivered afterwards.

1. `OutboxBackend` is what `notices.by_mail` meets: it writes one `OutgoingMail` a recipient, in the caller's
   transaction. So no request waits for the mail server, and a change that is rolled back sends no mail.
2. The job `send_mail` calls `deliver_due` every few seconds. It takes one mail at a time under a row lock, sends it
   and notes the end: two runners never send one mail twice. A runner killed while sending leaves a claim that ends
   after `LEASE`; the mail is then sent again under the same Message-ID, by which a receiver folds the two.
3. A refused mail is tried again, later each time; a server that does not answer stops the round and is asked again
   after `PAUSE`. `GIVE_UP_AFTER` its first try a mail is dead: `/readyz` says so and the technical administrator may
   `retry` or `dismiss` it.
4. The room that wrote a mail may be asked before it leaves whether what it says is still so, and is told when the
   server of its recipient refuses it for good (`register_mails`).
5. `purge` empties what was delivered `SENT_RETENTION` ago; a mail under `PURGE_HEADER` is emptied as soon as it left.
   No log line names a recipient or a text.
"""

import logging
import re
import smtplib
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import make_msgid

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from ..audit.trail import record
from ..gate import Refused
from ..models import OutgoingMail

logger = logging.getLogger(__name__)

# Header by which a caller names what must be told once; it does not leave with the mail.
KEY_HEADER = "Portal-Once"
# Header of mails to citizens: nothing of them is kept once they left. Their key holds for whatever recipient.
PURGE_HEADER = "Portal-Forget"
ROUND_SECONDS = 20
PAUSE = timedelta(seconds=30)
LEASE = timedelta(minutes=2)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
GIVE_UP_AFTER = timedelta(hours=24)
SENT_RETENTION = timedelta(days=30)
ROWS_RETENTION = timedelta(days=365)
# How long a mail may wait before a person should look.
LATE_AFTER = timedelta(minutes=15)

# What the keys of mails begin with → (the look at one before it leaves, what is done with a refused one).
_mails: dict[str, tuple[Callable[[str, datetime], bool], Callable[[str, datetime], None] | None]] = {}
# What a server says of a letter box that is not there, or is closed (RFC 3463).
NO_SUCH_BOX = re.compile(rb"\b5\.1\.\d{1,3}\b|\b5\.2\.1\b")
_ADDRESS = re.compile(r"[^\s<>\"',;:]+@[^\s<>\"',;:]+")
State = OutgoingMail.State


# --- 1. Writing ------------------------------------------------------------------------------------


class OutboxBackend(BaseEmailBackend):
    """The mail backend of the portal: writes rows in the caller's transaction instead of sending."""

    def send_messages(self, email_messages) -> int:
        """Write each message, one row a recipient; return how many messages were taken."""
        return sum(1 for message in email_messages or [] if _write(message))


def _write(message: EmailMessage) -> bool:
    recipients = list(dict.fromkeys(message.recipients()))
    if not recipients:
        return False
    key = str(message.extra_headers.pop(KEY_HEADER, ""))
    purge_when_sent = bool(message.extra_headers.pop(PURGE_HEADER, ""))
    if purge_when_sent and key and OutgoingMail.objects.filter(key=key).exists():
        # Told already; the row does not say any more whom.
        return True
    message.extra_headers.setdefault("Message-ID", make_msgid(domain=settings.PORTAL_HOST))
    data = message.message().as_bytes()
    OutgoingMail.objects.bulk_create(
        [
            OutgoingMail(
                key=key,
                message_id=message.extra_headers["Message-ID"][:200],
                sender=message.from_email,
                recipient=recipient,
                subject=" ".join(str(message.subject).split())[:300],
                message=data,
                purge_when_sent=purge_when_sent,
            )
            for recipient in recipients
        ],
        # A row with this key exists: the recipient was told already.
        ignore_conflicts=bool(key),
    )
    return True


# --- 2. Delivering ---------------------------------------------------------------------------------


class StoredMail(EmailMessage):
    """A mail read back from its row, as the delivering backend wants it: the bytes leave as they were written."""

    def __init__(self, row: OutgoingMail):
        super().__init__(subject=row.subject, from_email=row.sender, to=[row.recipient])
        self.data = bytes(row.message)

    def message(self):
        return StoredBytes(self.data)


class StoredBytes:
    """The part of `email.message.Message` that Django's backends ask for."""

    def __init__(self, data: bytes):
        self.data = data

    def as_bytes(self, unixfrom=False, linesep="\n") -> bytes:
        return self.data.replace(b"\r\n", b"\n").replace(b"\n", linesep.encode())

    def get_charset(self):
        return None


def deliver_due(*, on: datetime) -> int:
    """Deliver the mails whose time has come, for at most `ROUND_SECONDS`; return how many left.

    Raises nothing for a mail or a server that fails: the row keeps the fault.
    """
    _free_dead_claims(on)
    if not _due(on).exists():
        return 0
    server = get_connection(settings.PORTAL_DELIVERY_BACKEND)
    try:
        server.open()
    except Exception as error:  # noqa: BLE001  whatever it is, the mails wait
        _pause(on, error)
        return 0
    delivered, until = 0, time.monotonic() + ROUND_SECONDS
    try:
        while time.monotonic() < until and (row := _claim(on)) is not None:
            if not _is_still_so(row, on):
                continue
            try:
                server.send_messages([StoredMail(row)])
            except Exception as error:  # noqa: BLE001  one bad mail must not stop the others
                if _is_refused(row, on, error):
                    continue
                _note_failure(row, on, error)
                if _is_the_servers(error):
                    _pause(on, error)
                    break
            else:
                _note_sent(row, on)
                delivered += 1
    finally:
        _close(server)
    return delivered


def _due(on: datetime):
    return OutgoingMail.objects.filter(state=State.QUEUED, not_before__lte=on)


def _free_dead_claims(on: datetime) -> None:
    """Free the claims of killed processes: whether such a mail left is not known, so it is sent again."""
    dead = OutgoingMail.objects.filter(state=State.SENDING, claimed_at__lt=on - LEASE)
    if dead.exists():
        dead.update(state=State.QUEUED, not_before=on)


@transaction.atomic
def _claim(on: datetime) -> OutgoingMail | None:
    """Take the next due mail; those that failed least go first, so that one bad mail holds up no other."""
    skip = connection.features.has_select_for_update_skip_locked
    row = _due(on).select_for_update(skip_locked=skip).order_by("attempts", "pk").first()
    if row is None:
        return None
    row.state, row.claimed_at, row.attempts = State.SENDING, on, row.attempts + 1
    row.save(update_fields=["state", "claimed_at", "attempts"])
    return row


def register_mails(
    beginning: str,
    look: Callable[[str, datetime], bool],
    refused: Callable[[str, datetime], None] | None = None,
) -> None:
    """Let a room look at its mails, whose keys begin so, before they leave; called from its `AppConfig.ready`.

    `look(key, on)` tells whether what a mail says is still so; one that is not does not leave, and is emptied: the
    person to be told gets another mail, under another key, where there is still something to tell. `refused(key, on)`:
    the server of the recipient refused the mail for good, so it is not tried again; without it every mail is. Both are
    called in the transaction that notes it.
    """
    _mails[beginning] = look, refused


def _of_room(row: OutgoingMail):
    return next((acts for beginning, acts in _mails.items() if row.key.startswith(beginning)), None)


@transaction.atomic
def _is_still_so(row: OutgoingMail, on: datetime) -> bool:
    acts = _of_room(row)
    if acts is None or acts[0](row.key, on):
        return True
    _give_up(row, on)
    return False


@transaction.atomic
def _is_refused(row: OutgoingMail, on: datetime, error: Exception) -> bool:
    """Tell whether a mail was refused because there is no such letter box, and its room sees to it.

    A server that refuses ours for another reason (a block list, a rule of its own) refuses all of them.
    """
    acts = _of_room(row)
    if acts is None or acts[1] is None or not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    if not all(NO_SUCH_BOX.search(_as_bytes(text)) for _code, text in error.recipients.values()):
        return False
    acts[1](row.key, on)
    _give_up(row, on)
    return True


def _as_bytes(text) -> bytes:
    return text if isinstance(text, bytes) else str(text).encode()


def _give_up(row: OutgoingMail, on: datetime) -> None:
    row.state, row.dismissed_at = State.DEAD, on
    row.recipient, row.subject, row.message = "", "", b""
    row.save(update_fields=["state", "dismissed_at", "recipient", "subject", "message"])


def _note_sent(row: OutgoingMail, on: datetime) -> None:
    row.state, row.sent_at, row.last_error = State.SENT, max(on, timezone.now()), ""
    if row.purge_when_sent:
        row.recipient, row.subject, row.message = "", "", b""
    row.save(update_fields=["state", "sent_at", "last_error", "recipient", "subject", "message"])


def _note_failure(row: OutgoingMail, on: datetime, error: Exception) -> None:
    if not row.last_error:
        # However long it lay while nothing ran: it was never tried before.
        row.trying_since = on
    row.last_error = described(error)
    if on - row.trying_since >= GIVE_UP_AFTER:
        row.state = State.DEAD
        logger.error("Thư số %s không gửi được sau %s lần: %s", row.pk, row.attempts, row.last_error)
    else:
        row.state = State.QUEUED
        wait = PAUSE if _is_the_servers(error) else min(FIRST_WAIT * 2 ** min(row.attempts - 1, 10), LONGEST_WAIT)
        row.not_before = on + wait
    row.save(update_fields=["state", "not_before", "last_error", "trying_since"])


def _pause(on: datetime, error: Exception) -> None:
    """Pause while the server is away: no mail is tried before `PAUSE` is over; one that waited too long is given up."""
    logger.warning("Máy chủ thư không nhận thư: %s", described(error))
    waiting = _due(on)
    waiting.filter(last_error="").update(trying_since=on)
    waiting.filter(trying_since__lte=on - GIVE_UP_AFTER).update(state=State.DEAD, last_error=described(error))
    waiting.update(not_before=on + PAUSE, last_error=described(error))


def _is_the_servers(error: Exception) -> bool:
    """Tell whether the next mail would fare no better: no connection, no answer, or a server that closes."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code == 421
    return isinstance(error, OSError)


def described(error: Exception) -> str:
    """Return an error in a line that names no address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        error = smtplib.SMTPResponseException(*next(iter(error.recipients.values())))
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        text = f"máy chủ trả lời {error.smtp_code} {text}"
    else:
        text = f"{type(error).__name__}: {error}"
    return _ADDRESS.sub("…", " ".join(text.split()))[:300]


def _close(server) -> None:
    try:
        server.close()
    except Exception as error:  # noqa: BLE001  what was sent is sent
        logger.warning("Máy chủ thư không đóng kết nối: %s", described(error))


# --- 3. What did not leave -------------------------------------------------------------------------


def may_fix(user) -> bool:
    """Tell whether a user may look at what did not leave, and try again."""
    return user.has_perm("base.change_outgoingmail")


@transaction.atomic
def retry(mail: OutgoingMail, *, by, on: datetime | None = None) -> OutgoingMail:
    """Put a dead or waiting mail into the next round; raises Refused for one that left or is emptied."""
    row = _fixable(mail, by)
    if not row.message:
        raise Refused("Nội dung thư đã được xóa theo thời hạn lưu nên không gửi lại được.")
    moment = on or timezone.now()
    row.state, row.not_before, row.trying_since, row.dismissed_at = State.QUEUED, moment, moment, None
    row.save(update_fields=["state", "not_before", "trying_since", "dismissed_at"])
    record("mail.retry", by=by, obj=row)
    return row


@transaction.atomic
def dismiss(mail: OutgoingMail, *, by, on: datetime | None = None) -> OutgoingMail:
    """Close a dead mail that need not leave any more; the row stays, the health check ignores it."""
    row = _fixable(mail, by)
    if row.state != State.DEAD:
        raise Refused("Chỉ bỏ qua được thư đã ngừng gửi.")
    row.dismissed_at = on or timezone.now()
    row.save(update_fields=["dismissed_at"])
    record("mail.dismiss", by=by, obj=row)
    return row


def _fixable(mail: OutgoingMail, by) -> OutgoingMail:
    if not may_fix(by):
        raise Refused("Chỉ cán bộ quản trị kỹ thuật được xử lý thư gửi đi.")
    row = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
    if row.state in (State.SENT, State.SENDING):
        raise Refused("Thư này đã gửi hoặc đang được gửi.")
    return row


# --- 5. Forgetting ---------------------------------------------------------------------------------


@transaction.atomic
def empty(key: str, *, recipient: str, on: datetime) -> int:
    """Empty the mails to a person about one matter, sent or not (their keys begin with `key`); return how many.

    What waits to be sent does not leave any more. One that is on its way this moment is emptied when it has left, or by
    `purge`.
    """
    if not recipient:
        return 0
    found = OutgoingMail.objects.filter(key__startswith=key, recipient=recipient).exclude(state=State.SENDING)
    found.filter(state__in=[State.QUEUED, State.DEAD]).update(state=State.DEAD, dismissed_at=on)
    return found.update(recipient="", subject="", message=b"")


def purge(*, on: datetime) -> int:
    """Empty the mails that left, or were given up, `SENT_RETENTION` ago; return how many.

    After `ROWS_RETENTION` the empty rows go too: those of mails that left, and of those that a user closed.
    """
    closed = Q(state=State.SENT) | Q(state=State.DEAD, dismissed_at__isnull=False)
    OutgoingMail.objects.filter(closed, created_at__lt=on - ROWS_RETENTION, recipient="").delete()
    old = OutgoingMail.objects.exclude(recipient="").filter(state__in=[State.SENT, State.DEAD])
    old = old.filter(created_at__lt=on - SENT_RETENTION, trying_since__lt=on - SENT_RETENTION)
    return old.update(recipient="", subject="", message=b"", key="")
