"""SPF, DKIM and DMARC of the domain that mails are sent from: looked up by a job, kept in a table, shown by `/readyz`.

Off until `PORTAL_MAIL_DOMAIN` (and, for DKIM, `PORTAL_MAIL_SELECTOR`) is set: then the job `look_up_sender` asks the
machine's name server for three text records each hour. What it cannot learn is unknown, not wrong.
"""

import re
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from base.operations.health import OK, WARNING, Finding
from base.operations.name_records import NoAnswer, text_records
from vietnam.dates import format_moment

from .models import SenderRecord

CHECK = "mail_domain"
# An older answer says nothing any more.
HOLDS = timedelta(days=2)
Method, State = SenderRecord.Method, SenderRecord.State
_SPF_END = re.compile(r"(?:^|\s)(?:[-~]all|redirect=\S+)\s*$", re.IGNORECASE)
_KEY = re.compile(r"(?:^|;)\s*p\s*=\s*[A-Za-z0-9+/]", re.IGNORECASE)
_POLICY = re.compile(r"^v\s*=\s*DMARC1\s*;.*?\bp\s*=\s*(?:none|quarantine|reject)\b", re.IGNORECASE | re.DOTALL)


def names() -> dict[str, str]:
    """Return the names whose text records are looked up, by method; {} when no domain is set."""
    domain, selector = settings.PORTAL_MAIL_DOMAIN.strip(), settings.PORTAL_MAIL_SELECTOR.strip()
    if not domain:
        return {}
    found = {Method.SPF: domain, Method.DMARC: f"_dmarc.{domain}"}
    return found | {Method.DKIM: f"{selector}._domainkey.{domain}"} if selector else found


def look_up(*, on: datetime) -> int:
    """Ask for each record and keep what it is; return how many were answered. What is not set goes from the table."""
    wanted, answered = names(), 0
    SenderRecord.objects.exclude(name__in=wanted.values()).delete()
    for method, name in wanted.items():
        try:
            found = text_records(name)
        except NoAnswer:
            # What was answered before stays, with its moment.
            SenderRecord.objects.get_or_create(method=method, defaults={"name": name, "state": State.UNKNOWN})
            continue
        SenderRecord.objects.update_or_create(
            method=method, defaults={"name": name, "state": judged(method, found), "answered_at": on}
        )
        answered += 1
    return answered


def judged(method: str, texts: list[str]) -> str:
    """Return what the text records of a name mean for a method.

    >>> judged("spf", ["v=spf1 ip4:203.0.113.7 -all"])
    State.RIGHT
    """
    if method == Method.SPF:
        own = [text for text in texts if text.lower().split(" ")[0] == "v=spf1"]
        # Two of them count as none; without an end any server may send.
        is_right = len(own) == 1 and _SPF_END.search(own[0])
    elif method == Method.DKIM:
        own = [text for text in texts if re.search(r"(?:^|;)\s*(?:p|k|v)\s*=", text)]
        is_right = any(_KEY.search(text) for text in own)
    else:
        own = [text for text in texts if text.lower().startswith("v=dmarc1")]
        is_right = len(own) == 1 and _POLICY.search(own[0])
    if not own:
        return State.MISSING
    return State.RIGHT if is_right else State.WRONG


def check() -> Finding:
    """Say what is known of the records; asks the table alone, for `/readyz`."""
    wanted = names()
    if not wanted:
        return Finding(CHECK, OK, "Không tra SPF, DKIM của tên miền gửi thư (chưa đặt PORTAL_MAIL_DOMAIN).")
    sender = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ").lower()
    if settings.PORTAL_MAIL_DOMAIN.strip().lower() != sender:
        return Finding(CHECK, WARNING, "PORTAL_MAIL_DOMAIN khác tên miền của PORTAL_MAIL_FROM.")
    if Method.DKIM not in wanted:
        return Finding(CHECK, WARNING, "Chưa đặt PORTAL_MAIL_SELECTOR: không tra được khóa DKIM.")
    rows = {row.method: row for row in SenderRecord.objects.filter(name__in=wanted.values())}
    states = {method: _state_of(rows.get(method)) for method in wanted}
    wrong = [
        f"{Method(method).label}: {state.label}"
        for method, state in states.items()
        if state in (State.WRONG, State.MISSING)
    ]
    if wrong:
        return Finding(CHECK, WARNING, f"Tên miền gửi thư — {'; '.join(wrong)}. Thư tin dễ bị coi là thư rác.")
    unknown = [str(Method(method).label) for method, state in states.items() if state == State.UNKNOWN]
    if unknown:
        return Finding(CHECK, WARNING, f"Chưa biết {', '.join(unknown)}: máy chủ tên miền chưa trả lời.")
    oldest = min(row.answered_at for row in rows.values())
    return Finding(CHECK, OK, f"Tên miền gửi thư có SPF, DKIM, DMARC (tra lúc {format_moment(oldest)}).")


def _state_of(row: SenderRecord | None) -> SenderRecord.State:
    if row is None or row.answered_at is None or row.answered_at < timezone.now() - HOLDS:
        return State.UNKNOWN
    return State(row.state)
