"""4. The one place that makes a version public: sealed, let through the gate, compared with its copy, duties met."""

from collections.abc import Callable

from django.utils import timezone
from modelcluster.models import get_all_child_relations
from wagtail.models import Page

from accounts.roles import owner_site
from base.authority import references_foreign_to_owner, references_once
from base.files.serving import note_published
from base.gate import Refused, open_gate
from base.models import PortalSite
from base.public.gone import note_back, note_replaced
from base.public.index import readers_see_changed

from ... import deadlines
from ...archive import copies
from ...deadlines import duties
from ...models import ArchiveCopy, TakeDown
from ...versions import built_anew, note_held, version_of
from .. import schedules
from .rights import is_practice

NEVER_PUBLIC = "Nội dung của trang thực hành không bao giờ công khai."
NOT_OPEN = "trang chứa nội dung này chưa mở, nên nó chỉ công khai cùng hồ sơ mở trang."
_after_publication: list[Callable] = []


def register_after_publication(function: Callable) -> Callable:
    """Register what a room above does with a page or record that has just become public, in the same transaction.

    `function(obj, on)`: `obj` as it is public now. What it locks, it locks after the page, the chain of the archive
    and nothing else.
    """
    if function not in _after_publication:
        _after_publication.append(function)
    return function


def demand_own_references(revision) -> None:
    """Raise Refused when a version leads to what another site has not published (any more)."""
    version = version_of(revision)
    foreign = references_foreign_to_owner(version, references_once(version))
    if foreign:
        raise Refused(foreign[0].message)


def publish_version(obj, revision, *, approved_by, submitted_by, on, ground="", raise_now=True, urgent=False):
    """Publish a version of a page or record that the caller holds, as it is stored now; the one place that does."""
    if is_practice(obj):
        raise Refused(NEVER_PUBLIC)
    demand_open(obj, owner_site(obj))
    if urgent and obj.live and isinstance(obj, Page):
        # What it said until now may be why the head could not wait.
        note_replaced(obj)
    demand_own_references(revision)
    copy = copies.seal(revision, approved_by=approved_by, submitted_by=submitted_by, on=on, ground=ground)
    first = obj.first_published_at
    public = let_through(revision, by=approved_by, log_action="portal.publish")
    if public.live and (timezone.now() - on).total_seconds() > 60:
        # An act recorded later than it happened keeps its day.
        public.first_published_at, public.last_published_at = first or on, on
        with open_gate("publish"):
            public.save(update_fields=["first_published_at", "last_published_at"])
    if first is None:
        date_as_before(public)
    if public.live and public.live_revision_id == revision.pk:
        finish_publication(public, copy, on)
    else:
        schedules.note(revision, public, approved_by=approved_by, submitted_by=submitted_by, on=on)
    if raise_now:
        site = owner_site(public)
        readers_see_changed([public], sites=[site] if site else [], urgent=urgent)
    return public


def date_as_before(public) -> None:
    """Give what was public on an earlier portal, and is so here for the first time, the moment at which it was then."""
    formerly = getattr(public, "formerly_published_at", None)
    if public.live and formerly is not None and formerly < public.first_published_at:
        public.first_published_at = formerly
        with open_gate("publish"):
            public.save(update_fields=["first_published_at"])


def demand_open(obj, site: PortalSite | None) -> None:
    """Refuse what is of a site that is only prepared: who opens it decides about all of it (`home/opening/`).

    The practice site is never opened, and nothing of it becomes public: there people submit and approve as elsewhere.
    """
    if site is not None and site.state == PortalSite.State.PREPARED and site.kind != PortalSite.Kind.PRACTICE:
        raise Refused(f"«{obj}»: {NOT_OPEN}")


def let_through(revision, *, by, log_action: str):
    """Publish a version through the gate, now or at its hour; return the object as it is stored from then on."""
    with open_gate("publish"), built_anew(revision):
        revision.publish(user=by, skip_permission_checks=True, log_action=log_action)
    public = revision.content_type.model_class().objects.get(pk=revision.object_id)
    # Compared with the copy, looked through for files and written into the index: read once.
    for relation in get_all_child_relations(public):
        getattr(public, relation.get_accessor_name()).get_object_list()
    note_held(public)
    return public


def finish_publication(public, copy: ArchiveCopy, on) -> None:
    """Demand that what has just become public is what was sealed at its approval; then meet what depends on it."""
    if not copies.is_as_sealed(copy, public):
        raise Refused("Nội dung đăng không khớp nội dung đã duyệt; không có gì được đăng.")
    if hidden := schedules.hidden_above(public):
        raise Refused(f"Mục «{hidden[-1].title}» chứa trang này chưa đăng hoặc đã gỡ; hãy đăng mục đó trước.")
    _clear_hour(public)
    note_published(copies.referenced_files(public), on)
    meet_duties(public, on)


def _clear_hour(public) -> None:
    """Clear the hour that a publication has met: Wagtail would keep it with the page permanently."""
    if public.go_live_at is not None:
        public.go_live_at = None
        with open_gate("publish"):
            public.save(update_fields=["go_live_at"])


def meet_duties(public, on) -> None:
    """Meet the duties that this publication fulfils, and end the take-down it answers."""
    duties.meet(public, on)
    _end_returning_takedown(public, on)
    if public.live:
        note_back(public)
    for function in _after_publication:
        function(public, on)


def _end_returning_takedown(subject, on) -> None:
    """A page or record that is public again ends its take-down: restored, or edited as asked."""
    answered = TakeDown.objects.of(subject).filter(state__in=[TakeDown.State.TAKEN_DOWN, TakeDown.State.TO_EDIT])
    edited = [row for row in answered if row.state == TakeDown.State.TO_EDIT]
    if down := [row.pk for row in answered if row.state == TakeDown.State.TAKEN_DOWN]:
        answered.filter(pk__in=down).update(state=TakeDown.State.RESTORED, restored_at=on)
    if edited and getattr(subject, "retained_note", ""):
        # The two persons who published what was asked for have answered what the note said.
        subject.retained_note, subject.retained_note_on = "", None
        with open_gate("publish"):
            subject.save(update_fields=["retained_note", "retained_note_on"], clean=False)
    for row in edited:
        deadlines.meet_for(row, on=on)
        row.state = TakeDown.State.RETAINED_WITH_NOTE
        row.save(update_fields=["state"])
