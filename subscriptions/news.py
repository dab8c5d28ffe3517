"""What is said of changes, as it is public at this moment: titles, addresses and reasons are read as a person is told.

Of one thing a mail says one entry, however many subscriptions and changes led to it.
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass, field

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from base.chain.canonical_json import digest
from base.models import PortalSite
from base.public.index.addresses import Addresses
from base.queries import sql
from base.sites import following as successor_of
from faq.models import QuestionTopic
from legalref.life.effect import RELATIONS, happened
from legalref.models import DocumentRelation, LegalDocument
from legalref.register.addresses import Registers
from vietnam.dates import format_short
from workflows.models import TakeDown

from . import following
from .models import PublicChange, Telling

Kind = PublicChange.Kind
# Of several changes of one thing the first of these is named.
_BY_WEIGHT = (Kind.PUBLISHED, Kind.CORRECTED, Kind.CHANGED)
DOCUMENT_TYPE = "legalref.LegalDocument"


@dataclass(frozen=True)
class Entry:
    """One thing in a mail. `kind`: what happened; `note`: why it went, what its effect is now, or ""."""

    kind: str
    title: str
    url: str = ""
    where: str = ""
    note: str = ""

    @property
    def label(self) -> str:
        """What happened, in the language of the mail."""
        return {
            Kind.PUBLISHED: _("Mới đăng"),
            Kind.CORRECTED: _("Đính chính"),
            Kind.CHANGED: _("Có thay đổi"),
            Kind.STATUS: _("Thay đổi hiệu lực"),
            Kind.GONE: _("Đã gỡ bỏ"),
            Kind.LOST: _("Không còn để theo dõi"),
        }[self.kind]


@dataclass
class News:
    """What a person is to be told: entries, the newest first, and the tellings of which nothing is said any more."""

    entries: list[Entry] = field(default_factory=list)
    dropped: list[Telling] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """A digest of what is said."""
        return digest([list(astuple(entry)) for entry in self.entries])


def news_of(tellings: Iterable[Telling]) -> News:
    """Return what is to be said of some tellings of one person, each with its change, in the active language."""
    by_thing: dict[tuple, list[Telling]] = {}
    for telling in tellings:
        by_thing.setdefault(_thing_of(telling.change), []).append(telling)
    mailed = _mailed_before_it_went(by_thing)
    pages = _pages({key for kind, key in by_thing if kind == "page"})
    documents = _documents({key for kind, key in by_thing if kind in ("document", "status")})
    news = News()
    for thing, rows in sorted(by_thing.items(), key=lambda found: -max(row.change_id for row in found[1])):
        kinds = {row.change.kind for row in rows if row.change.kind != Kind.GONE or thing in mailed}
        entry = _entry(thing, kinds, pages, documents)
        if entry is None:
            news.dropped += rows
        else:
            news.entries.append(entry)
    return news


def _thing_of(change: PublicChange) -> tuple:
    if change.kind == Kind.LOST:
        return "followed", change.followed
    if change.kind == Kind.STATUS:
        return "status", change.document_id
    return ("page", change.page_id) if change.page_id else ("document", change.document_id)


def _mailed_before_it_went(by_thing: dict[tuple, list[Telling]]) -> set[tuple]:
    """Return the things that went after their person was told of them; not by a mail that is written now, or was
    emptied because it was not true any more: who never heard of a thing need not hear that it went."""
    gone = {
        thing: max(row.change_id for row in rows if row.change.kind == Kind.GONE)
        for thing, rows in by_thing.items()
        if any(row.change.kind == Kind.GONE for row in rows)
    }
    if not gone:
        return set()
    first = next(iter(by_thing.values()))[0]
    keys = {kind: [key for what, key in gone if what == kind] for kind in ("page", "document")}
    about = Q(change__page_id__in=keys["page"]) | Q(change__document_id__in=keys["document"])
    rows = Telling.objects.filter(about, subscriber_id=first.subscriber_id).select_related("change")
    mailed = set()
    for row in rows.order_by("change_id"):
        thing = _thing_of(row.change)
        if row.change_id >= gone.get(thing, 0):
            continue
        if row.change.kind == Kind.GONE:
            mailed.discard(thing)
        elif row.mailing_id is not None and row.mailing_id != first.mailing_id:
            mailed.add(thing)
    return mailed


def _entry(thing: tuple, kinds: set[str], pages: dict, documents: dict) -> Entry | None:
    what, key = thing
    if what == "followed":
        return _lost(key)
    if what == "status":
        return _status(documents[key]) if key in documents else None
    shown = next((kind for kind in _BY_WEIGHT if kind in kinds), None)
    if what == "page" and key in pages:
        title, url, where = pages[key]
        return Entry(shown, title, url, where) if shown else None
    if what == "document" and key in documents:
        document = documents[key]
        title = f"{document.name}: {document.subject}" if document.subject else document.name
        return Entry(shown, title, Registers().full_url(document), document.main_issuer.name) if shown else None
    if Kind.GONE not in kinds:
        return None
    return _gone(TakeDown.objects.filter(**({"page_id": key} if what == "page" else _of_record(key))).in_force())


def _pages(keys: set[int]) -> dict[int, tuple[str, str, str]]:
    """Return (title, address, section) of the pages that are public."""
    ordered, addresses = sorted(keys), Addresses()
    rows = sql.read(
        "SELECT i.page_id, i.title, p.url_path, above.title FROM base_publicitem i "
        "JOIN wagtailcore_page p ON p.id = i.page_id AND p.live LEFT JOIN wagtailcore_page above "
        f"ON above.id = i.section_id WHERE i.page_id IN {sql.places(ordered)}",
        ordered,
    )
    return {key: (title, addresses.full(path), section or "") for key, title, path, section in rows}


def _documents(keys: set[int]) -> dict[int, LegalDocument]:
    found = LegalDocument.objects.public().filter(pk__in=keys).for_display() if keys else ()
    return {document.pk: document for document in found}


def _status(document: LegalDocument) -> Entry:
    """Say what the effect of a document is now, and what will act on it."""
    today, status = timezone.localdate(), document.status
    coming = DocumentRelation.objects.valid().filter(target=document, effective_on__gt=today).select_related("source")
    parts = [f"{status.label}. {status.reason}".strip(), status.caution]
    for row in coming.order_by("effective_on", "pk"):
        if RELATIONS[row.code].effect:
            parts.append(
                _("Từ ngày %(day)s: %(what)s.") % {"day": format_short(row.effective_on), "what": happened(row)}
            )
    note = " ".join(part for part in parts if part)
    return Entry(Kind.STATUS, document.name, Registers().full_url(document), document.subject, note)


def _of_record(key: int) -> dict:
    return {"object_type": DOCUMENT_TYPE, "object_id": str(key)}


def _gone(row: TakeDown | None, kind: str = Kind.GONE, title: str = "") -> Entry:
    """Say what went and why, as its address does: a title that may itself be what was disclosed is not named."""
    if row is None:
        return Entry(kind, title or _("Một nội dung đã báo trong thư trước"))
    notes = [_(row.get_ground_display()) + ".", row.explanation]
    if row.replacement_label:
        notes.append(_("Nội dung thay thế: %(label)s.") % {"label": row.replacement_label})
    note = " ".join(part for part in notes if part)
    return Entry(kind, row.public_title or _("Một nội dung có dữ liệu cá nhân"), note=note)


def _lost(followed: str) -> Entry | None:
    """Say that what was followed is there no more; None when it is back."""
    if following.find(followed) is not None:
        return None
    kind, _dash, number = followed.rpartition("-")
    if kind == following.SITE:
        return _lost_site(PortalSite.objects.filter(pk=number).first())
    if kind == following.TOPIC:
        topic = QuestionTopic.objects.filter(pk=number).first()
        return Entry(Kind.LOST, _("Lĩnh vực «%(topic)s»") % {"topic": topic.label} if topic else _("Một lĩnh vực"))
    wanted = {"page_id": number} if kind == following.SECTION else _of_record(number)
    return _gone(TakeDown.objects.filter(**wanted).in_force(), Kind.LOST, _("Mục ông/bà theo dõi"))


def _lost_site(site: PortalSite | None) -> Entry:
    if site is None:
        return Entry(Kind.LOST, _("Trang ông/bà theo dõi"))
    successor = successor_of(site)
    home = successor.home_page() if successor is not None else None
    note = _("Trang kế thừa: %(name)s") % {"name": successor.name} if successor is not None else ""
    return Entry(Kind.LOST, site.name, home.full_url if home is not None else "", note=note)
