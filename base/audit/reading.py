"""Reading the audit trail: who may read which entries, finding some of them, and how whole the chain is.

1. `accounts` says on which sites a person may read (`register_readers`); no user sees more than that.
2. `find` narrows by the filters of the screen; every filter goes through an index, and words are only looked for inside
   a span of time, so that a million entries are no reason to wait.
3. Pages of the list follow each other by the last entry shown, never by counting.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.contrib.auth import get_user_model
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from vietnam.dates import format_moment

from ..models import AuditEntry, AuditSeal, JobHeartbeat
from ..operations.log_names import neutral_types
from ..queries.contains import contains
from . import sealing, verifying

# The longest span, in days, in which words are looked for.
MOST_DAYS_OF_WORDS = 366
# How many of the last links are compared each time the list is shown.
LINKS_COMPARED = 50

_sites: Callable[..., Iterable[str] | None] | None = None


def register_readers(function: Callable) -> None:
    """Let `accounts` say whose entries a person may read: `function(user)` → slugs of sites, or None for all."""
    global _sites
    _sites = function


# --- Who --------------------------------------------------------------------------------------------


def readable_sites(user) -> frozenset[str] | None:
    """Return the slugs of the sites whose entries a person may read; None stands for all entries."""
    if user is None or not user.is_active:
        return frozenset()
    if user.is_superuser:
        return None
    slugs = _sites(user) if _sites is not None else ()
    return None if slugs is None else frozenset(slugs)


def readable(user) -> QuerySet[AuditEntry]:
    """Return the entries a person may read."""
    slugs = readable_sites(user)
    if slugs is None:
        return AuditEntry.objects.all()
    return AuditEntry.objects.filter(site_slug__in=sorted(slugs)) if slugs else AuditEntry.objects.none()


def may_read(user) -> bool:
    """Tell whether a person may read any part of the trail."""
    return readable_sites(user) != frozenset()


# --- Finding ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """The filters: local days, words, exact values, and any of some actions; empty ones narrow nothing."""

    since: date | None = None
    until: date | None = None
    person: str = ""
    site: str = ""
    action: tuple[str, ...] = ()
    result: str = ""
    request_id: str = ""
    object_type: str = ""
    object_id: str = ""
    words: str = ""


def find(entries: QuerySet[AuditEntry], wanted: Wanted) -> QuerySet[AuditEntry]:
    """Return the entries that meet every filter, the newest first."""
    if wanted.since:
        entries = entries.filter(at__gte=_midnight(wanted.since))
    if wanted.until:
        entries = entries.filter(at__lt=_midnight(wanted.until + timedelta(days=1)))
    exact = {
        "site_slug": wanted.site,
        "action__in": wanted.action,
        "result": wanted.result,
        "request_id": wanted.request_id,
        "object_type": wanted.object_type,
        "object_id": wanted.object_id,
    }
    entries = entries.filter(**{name: value for name, value in exact.items() if value})
    if wanted.person:
        entries = entries.filter(_by_person(wanted.person))
    if wanted.words:
        entries = entries.filter(_with_words(wanted.words))
    return entries.order_by("-at", "-id")


def after(entries: QuerySet[AuditEntry], at: datetime, pk: int) -> QuerySet[AuditEntry]:
    """Return what follows one entry in the list: the older ones."""
    # The first condition alone lets the database start in the middle of the index.
    return entries.filter(at__lte=at).filter(Q(at__lt=at) | Q(pk__lt=pk))


def with_sequence(entries: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
    """Return the entries with `sequence`, the place of each in the chain; None while it waits for its seal."""
    place = AuditSeal.objects.filter(entry_id=OuterRef("pk")).values("sequence")
    return entries.annotate(sequence=Subquery(place))


def same_request(entries: QuerySet[AuditEntry], entry: AuditEntry) -> list[AuditEntry]:
    """Return the other entries of the same request, in their order; [] outside of requests."""
    if not entry.request_id:
        return []
    return list(entries.filter(request_id=entry.request_id).exclude(pk=entry.pk).order_by("at", "id")[:50])


def _by_person(text: str) -> Q:
    """By account, if one has the name; else by the name as it was written down, as that of a deleted account."""
    text = text.strip()
    users = get_user_model()._base_manager
    exact = list(users.filter(username=text).values_list("pk", flat=True))
    found = exact or list(users.filter(contains("full_name", text)).values_list("pk", flat=True)[:200])
    return Q(actor_id__in=found) if found else contains("actor_name", text)


def _with_words(text: str) -> Q:
    text = text.strip()
    label = contains("object_label", text) & ~Q(object_type__in=neutral_types())
    return label | contains("actor_name", text) | Q(address=text) | Q(object_id=text) | Q(request_id=text)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


# --- How whole ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChainStatus:
    """What the screen says about the chain: `whole` or not, and the sentences that say why."""

    whole: bool
    sentences: list[str] = field(default_factory=list)


def chain_status() -> ChainStatus:
    """Compare the last links and report the nightly comparison of all of them."""
    checked = verifying.verify_tail(LINKS_COMPARED)
    if checked.first is not None:
        return ChainStatus(False, [f"Chuỗi niêm phong có lỗi: {checked.first}"])
    night = JobHeartbeat.objects.filter(name="verify_audit").exclude(last_finished=None).first()
    sentences = []
    if checked.sealed_at is None:
        sentences.append("Chưa có dòng nào được niêm phong.")
    else:
        sentences.append(
            f"Chuỗi niêm phong nguyên vẹn đến {_local(checked.sealed_at)} ({checked.sealed:,} dòng).".replace(",", ".")
        )
    failed = night is not None and night.last_result == JobHeartbeat.FAILED
    if failed:
        sentences = [f"Lần đối chiếu toàn bộ gần nhất ({_local(night.last_finished)}) phát hiện lỗi; hãy báo ngay."]
    elif night is not None:
        sentences.append(f"Đối chiếu toàn bộ lần gần nhất: {_local(night.last_finished)}, không có lỗi.")
    late, since = sealing.unsealed_since(timezone.now())
    if late:
        sentences.append(f"{late} dòng chưa niêm phong, từ {_local(since)}: việc định kỳ có thể đã dừng.")
    return ChainStatus(not (failed or late), sentences)


def is_whole(entry: AuditEntry) -> tuple[AuditSeal | None, bool]:
    """Return the link that seals an entry (None while it waits), and whether the entry is still what was sealed."""
    link = AuditSeal.objects.filter(entry_id=entry.pk).first()
    if link is None:
        return None, True
    row = {name: getattr(entry, name) for name in sealing.FIELDS}
    return link, sealing.entry_digest(row) == link.digest


def _local(moment: datetime) -> str:
    return format_moment(moment, seconds=True)
