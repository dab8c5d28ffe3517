"""The audit trail: who did what, to what, when, from where, with which result.

1. An action, or a view that only shows something, calls `record`: one entry, in the transaction of what it tells of.
2. What Wagtail's `log()` writes is mirrored by a receiver (`signal_handlers.py`), exactly one entry each; code that
   calls `log()` does not call `record` as well.
3. Refusals and failures (`result` other than "ok") are kept back and written by the outermost middleware after the
   view's transaction, so that a rollback loses none; floods are counted instead of written one by one (`Bounds`), and
   those of people not signed in are summed up by the minute (`audit/floods.py`), and written at the latest when the
   process ends (`start`).
4. The job `seal_audit` chains the entries (`sealing.py`). Nothing changes or deletes one: the database refuses.

Sign-ins (`session.in`, `session.out`, `session.failed`, `session.locked`, `session.second_factor`,
`session.single_sign_on`) are recorded by the actions of `accounts`, not by receivers. A view that shows personal data
of citizens calls `record_personal_data_read`.
"""

import json
import logging
import re
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from multiprocessing.util import Finalize

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, close_old_connections, transaction
from wagtail.models import Collection, Page, Site

from .. import authority
from ..chain import keys
from ..chain.canonical_json import digest
from ..locking import without_waiting
from ..models import AuditEntry, PortalSite
from ..operations.log_names import name_in_logs
from ..operations.throttle import network_of
from ..request_facts import HIDDEN, RANDOM_NAME, RequestFacts, client_address, current_request, note_refusal
from .floods import Sum, floods

__all__ = ["client_address", "current_request", "note_refusal", "record", "record_personal_data_read"]

logger = logging.getLogger(__name__)

OK, REFUSED, FAILED = AuditEntry.Result.OK, AuditEntry.Result.REFUSED, AuditEntry.Result.FAILED
SYSTEM = "Hệ thống"
# The entry that the outermost middleware writes of a request that was refused; and by whom, where many are summed up.
REFUSAL, MANY = "refused", "Nhiều yêu cầu không đăng nhập"
# Values under these names are left out of the details, whatever they hold.
SECRET_NAMES = re.compile(
    r"passw|mat_?khau|token|secret|otp|recovery|csrf|cookie|session_key|phone|dien_?thoai|e_?mail|question|cau_?hoi|"
    r"^body$|^content$",
    re.IGNORECASE,
)
PHONE = re.compile(r"(?<![\w/.-])(?:\+84|0)(?:[ .-]?\d){8,10}(?![\w/])")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
LONGEST_TEXT, LONGEST_DETAIL = 500, 4000
FIELDS = tuple(field.attname for field in AuditEntry._meta.concrete_fields)
# What PostgreSQL stores in no text.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

_actor_text: Callable[..., str] | None = None
_home: Callable[..., str] | None = None


def register_actor_text(function: Callable, home: Callable) -> None:
    """Let `accounts` say how a person's role and appointment read, and where they work.

    `function(user) -> str`; `home(user)` → the slug of the site they work for, the city's for those who work for all.
    """
    global _actor_text, _home
    _actor_text, _home = function, home


# --- Recording -------------------------------------------------------------------------------------


def record(
    action: str,
    *,
    by=None,
    actor_name: str = "",
    obj=None,
    object_label: str = "",
    site=None,
    before="",
    after="",
    result: str = OK,
    detail: dict | None = None,
) -> AuditEntry:
    """Write one entry; return it.

    `by`: the user who acts; by default the one signed in to the request, outside of requests the system. `actor_name`:
    a name as text where there is no user. `obj`: what it was done to; type, number, name and site are taken from it.
    `site`: a PortalSite or a slug, by default that of `obj`, else that of the person. `before`, `after`: a SHA-256, or
    a value whose digest is taken. `detail`: what `clean` leaves of it. With a `result` other than "ok", inside a
    request, the entry is written after the request's transaction, and has no number yet.
    """
    facts = current_request.get()
    if by is None and not actor_name and facts is not None:
        by = facts.user
    person = by if by is not None and getattr(by, "pk", None) else None
    if person is not None:
        actor_name = f"{person.get_full_name()} ({person.get_username()})"
    elif not actor_name and facts is None:
        actor_name = SYSTEM
    entry = AuditEntry(
        action=action[:80],
        actor_id=person.pk if person is not None else None,
        actor_name=_text(actor_name, 200),
        actor_text=actor_text(person) if person is not None else "",
        site_slug=_slug(site, obj, person),
        object_label=_text(object_label or (name_in_logs(obj) if obj is not None else ""), 300),
        before=_digest(before),
        after=_digest(after),
        result=result,
        detail=clean(detail or {}),
    )
    if obj is not None:
        entry.object_type, entry.object_id = object_type(obj), str(obj.pk or "")[:60]
    if facts is not None:
        entry.address, entry.request_id, entry.session = facts.address, facts.id, facts.session
        facts.recorded.add(action)
    if facts is not None and result != OK:
        facts.late.append(entry)
    else:
        _write(entry)
    return entry


def _write(entry: AuditEntry) -> None:
    """Sign an entry and store it; what is signed is what the database will give back."""
    entry.signature = keys.sign_entry({name: getattr(entry, name) for name in FIELDS})
    entry.save(force_insert=True)


def record_personal_data_read(*, by, obj, what: str, site=None) -> AuditEntry:
    """Write down that `by` was shown personal data of citizens that `obj` holds; `what` names the kind, no values.

    Example: `record_personal_data_read(by=request.user, obj=question, what="điện thoại, thư điện tử")`. Call it before
    the data leave, in the view that shows, exports or mails them: if it cannot be written, they are not shown.
    """
    return record("personal_data.read", by=by, obj=obj, site=site, detail={"what": what})


def actor_text(user) -> str:
    """Return the roles and the appointment of a person as text, as they are now; remembered for the request."""
    if _actor_text is None:
        return ""
    remembered = getattr(user, "_actor_text", None)
    if remembered is None:
        remembered = user._actor_text = _actor_text(user)[:500]
    return remembered


def object_type(obj) -> str:
    """Return "app.Model" of a thing; of a page read as plain Page, the model it really is."""
    if type(obj) is Page and obj.content_type_id:
        model = ContentType.objects.get_for_id(obj.content_type_id).model_class()
        return (model or Page)._meta.label
    return obj._meta.label


def clean(value, name: str = "", depth: int = 0):
    """Return a value without secrets and personal data: fields named like them, telephone numbers, addresses, tokens.

    Long texts are cut; what would be longer than `LONGEST_DETAIL` altogether is left out.
    """
    cleaned = _clean(value, depth)
    if depth == 0 and len(json.dumps(cleaned, ensure_ascii=False, default=str)) > LONGEST_DETAIL:
        return {"left_out": "quá dài"}
    return cleaned


def _clean(value, depth: int):
    if depth > 4:
        return HIDDEN
    if isinstance(value, dict):
        return {
            _text(str(key), 80): HIDDEN if SECRET_NAMES.search(str(key)) else _clean(item, depth + 1)
            for key, item in list(value.items())[:50]
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(item, depth + 1) for item in list(value)[:50]]
    # A broken number comes back from PostgreSQL written otherwise, and would be no longer what was signed.
    if value is None or isinstance(value, bool | int):
        return value
    return _text(str(value), LONGEST_TEXT)


def _text(value: str, longest: int) -> str:
    value = EMAIL.sub(HIDDEN, PHONE.sub(HIDDEN, UNSTORABLE.sub("\ufffd", value)))
    # A digest is long and has digits like a token, but opens nothing.
    value = RANDOM_NAME.sub(lambda found: found[0] if re.fullmatch("[0-9a-f]{64}", found[0]) else HIDDEN, value)
    return value[:longest]


def _digest(value) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value):
        return value
    return digest(value)


def _slug(site, obj, person) -> str:
    if isinstance(site, str):
        return site
    found = site if site is not None else _site_of_object(obj)
    if found is not None:
        return found.slug
    if isinstance(obj, get_user_model()) and obj.pk and (own := _home_slug(obj)):
        return own
    return _home_slug(person) if person is not None else ""


def _site_of_object(obj):
    if obj is None or isinstance(obj, PortalSite):
        return obj
    if isinstance(obj, Collection):
        return PortalSite.objects.filter(slug=obj.name).first() if obj.depth == 2 else None
    if getattr(type(obj), "owner_site", obj) is None:
        # Said to be of no site, whatever site it names beside.
        return None
    found = authority.owner_of(obj) or getattr(obj, "portal_site", None) or getattr(obj, "site", obj)
    if isinstance(found, Site):
        # Wagtail's own row of a host: what hangs on it belongs to the portal's site it serves.
        return PortalSite.objects.filter(wagtail_site=found).first()
    return found if isinstance(found, PortalSite) else None


def _home_slug(person) -> str:
    """The site a person works for; remembered for the request."""
    if _home is None:
        return ""
    remembered = getattr(person, "_home_slug", None)
    if remembered is None:
        remembered = person._home_slug = _home(person)
    return remembered


# --- After the request -----------------------------------------------------------------------------


class Bounds:
    """How many late entries an address may cause: `FULL` a minute one by one, after that only every doubling.

    An entry beyond `FULL` carries in `detail["count"]` how many there were in this minute. Counted in each process.
    """

    FULL = 10
    # All addresses together: a flood from many places.
    FULL_FOR_ALL = 300
    REMEMBERED = 10_000

    def __init__(self):
        self._lock = threading.Lock()
        self._minute, self._counts, self._all = 0, {}, 0

    def admit(self, address: str, action: str) -> int:
        """Count one more; return how many there are by now if this one is to be written, else 0."""
        minute = int(time.monotonic() // 60)
        with self._lock:
            if minute != self._minute or len(self._counts) > self.REMEMBERED:
                self._minute, self._counts, self._all = minute, {}, 0
            key = (network_of(address), action)
            count = self._counts[key] = self._counts.get(key, 0) + 1
            if not self._is_written(count, self.FULL):
                return 0
            # What an address has too much of does not count against the others: no one address can silence the trail.
            self._all += 1
            return count if self._is_written(self._all, self.FULL_FOR_ALL) else 0

    def reset(self) -> None:
        """Count from zero."""
        with self._lock:
            self._counts, self._all = {}, 0

    @staticmethod
    def _is_written(count: int, full: int) -> bool:
        return count <= full or (count % full == 0 and (count // full).bit_count() == 1)


bounds = Bounds()


def write_late(facts: RequestFacts, *, is_database_away: bool = False) -> None:
    """Write what was kept back, in a transaction of its own; without a database the entry is lost, not the answer.

    `is_database_away`: the request has waited for the database already, so this waits no second time.
    """
    entries, due = [], floods.take_due()
    for entry in facts.late:
        if entry.action == REFUSAL and entry.actor_id is None:
            if floods.admit(entry.detail.get("kind", ""), entry.address, entry.detail.get("path", "")):
                entries.append(entry)
            continue
        count = bounds.admit(entry.address, entry.action)
        if count > Bounds.FULL:
            entry.detail = {**entry.detail, "count": count}
        if count:
            entries.append(entry)
    facts.late.clear()
    _write_together(entries, due, is_database_away=is_database_away)


def start() -> None:
    """See to it that what this process has summed up is written when it ends (`config/wsgi.py`)."""
    # Runs at the end of a server's child process too, which ends without Python's own `atexit`.
    Finalize(None, _end, exitpriority=1)


def _end() -> None:
    # The connection may be one that the database has closed long ago.
    close_old_connections()
    write_what_is_left()


def write_what_is_left() -> None:
    """Write what was summed up, whether its minute is over or not."""
    _write_together([], floods.take_all())


def _write_together(entries: list[AuditEntry], due: dict[str, Sum], *, is_database_away: bool = False) -> None:
    if not entries and not due:
        return
    entries += [
        AuditEntry(
            action=REFUSAL,
            result=REFUSED,
            actor_name=MANY,
            detail=clean(summed.as_detail(kind)),
            address=next(iter(summed.networks)) if len(summed.networks) == 1 else "",
        )
        for kind, summed in due.items()
    ]
    try:
        with without_waiting() if is_database_away else nullcontext(), transaction.atomic():
            for entry in entries:
                _write(entry)
    except DatabaseError:
        floods.put_back(due)
        logger.exception("Không ghi được %d dòng nhật ký kiểm tra", len(entries))
