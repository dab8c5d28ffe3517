"""What must hold after any fault: checked on the database and the files as they are, changing nothing.

1. Every public page and record has a version that is public, and that version was approved by a second person: a
   declaration, a sealed copy with two names (one only for an open or closed emergency act), a log line; what is public
   is what was sealed, pictures and files included, by the fields that the seal has.
2. (No acknowledged change is missing: only the client with the acknowledgements can check it, `bench/kill_drill.py`.)
3. Nothing is half made: no page without a version, no task, take-down or archive row without its other half, no file
   row without its file, no empty file, no file that no row names.
4. The page tree is whole.
5. What can be found is what is there (`search` registers it).
6. Each mail has left or is still on its way, with its text.
7. The chains of the audit trail and of the archive verify, with their files and with their tips outside.
8. Numbers of documents are unique and without a gap in each book (`legalref` registers it).
9. Nothing that was taken down is public to any user, at its old address or at the addresses of its files.
10. What waits for its hour stands where two persons approved it to appear.
11. Every redirect is by two persons or follows from what two decided, and leads to public content or an allowed host.
12. Rights come from appointments in force and from nothing else (`accounts.rights`).
13. Nothing of the practice site is or was public.
14. A portal in use does not show the emblem that comes with the software (`home` registers it).
15. No translation made by hand is public whose source is not.
"""

from collections import Counter
from collections.abc import Callable

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Q
from django.test import Client
from wagtail.models import DraftStateMixin, Page, PageLogEntry, Revision, Site, TaskState, WorkflowState

from accounts import rights
from base.audit.verifying import verify as verify_trail
from base.files import scans
from base.files.serving import file_at
from base.models import OutgoingMail, PortalFile, PortalImage, PortalRendition, PortalSite
from base.models.files import digest_of

from ..archive import copies
from ..archive.verifying import verify as verify_archive
from ..models import ArchiveCopy, Declaration, EmergencyAct, TakeDown
from ..publishing import declared_files, redirects, schedules
from ..translations.sources import is_translated_by_hand

# A file may lie without a row while its upload is under way, and until the nightly purge after a crash.
OLDEST_ORPHAN_SECONDS = 2 * 86_400

_more: list[Callable[[], list[str]]] = []


def register(check: Callable[[], list[str]]) -> None:
    """Let a room above add what must hold in it: a function that returns a line for each fault."""
    if check not in _more:
        _more.append(check)


def violations() -> list[str]:
    """Return a line of Vietnamese for each invariant that is broken; an empty list when all hold."""
    checks = [
        _public_things,
        _halves,
        _files,
        _tree,
        _mail,
        _trail,
        _archive,
        _taken_down,
        _probes,
        _schedules,
        redirects.violations,
        rights.violations,
        _practice,
        _translations,
        *_more,
    ]
    return [line for check in checks for line in check()]


def _public_things() -> list[str]:
    found, looked_at = [], {}
    # The last copy counts: a file that took another's place was sealed with the version it belongs to, by its own two.
    sealed, alone = {}, set()
    emergencies = set(EmergencyAct.objects.filter(kind=EmergencyAct.Kind.PUBLISH).values_list("revision_id", flat=True))
    for copy in ArchiveCopy.objects.order_by("pk"):
        key = (copy.object_type, copy.object_id, copy.revision_id)
        sealed[key] = copy
        if copy.revision_id not in emergencies and not _has_two_names(copy):
            alone.add(key)
    declared = set(Declaration.objects.values_list("revision_id", flat=True))
    published = set(
        PageLogEntry.objects.filter(action__in=["portal.publish", "wagtail.publish.scheduled"]).values_list(
            "page_id", flat=True
        )
    )
    for obj in _live_objects():
        name = f"{obj._meta.verbose_name} {obj.pk} «{obj}»"
        key = (obj._meta.label, str(obj.pk), obj.live_revision_id)
        copy = sealed.get(key)
        if obj.live_revision_id is None:
            found.append(f"{name} đang đăng mà không có phiên bản nào được đăng.")
        elif copy is None:
            found.append(f"{name} đang đăng mà không có bản lưu trữ.")
        else:
            if not copies.is_as_sealed(copy, obj):
                found.append(f"{name}: nội dung đang đăng khác bản đã duyệt.")
            for title in declared_files.differing(copy.files, declared_files.files_of(obj)):
                found.append(f"{name}: tệp «{title}» đang đăng khác bản đã duyệt.")
            found += _contents_of(obj, name, looked_at)
            if key in alone:
                found.append(f"{name}: không có hai người khác nhau gửi và duyệt.")
        if obj.live_revision_id and obj.live_revision_id not in declared | emergencies:
            found.append(f"{name} đang đăng mà không có cam kết của người gửi.")
        if isinstance(obj, Page) and obj.pk not in published:
            found.append(f"{name} đang đăng mà không có dòng nhật ký đăng.")
    return found


def _practice() -> list[str]:
    site = PortalSite.objects.filter(kind=PortalSite.Kind.PRACTICE).first()
    if site is None:
        return []
    was_public = Q(live=True) | Q(first_published_at__isnull=False)
    found = [
        page for home in site.homes() for page in Page.objects.descendant_of(home, inclusive=True).filter(was_public)
    ]
    for model in apps.get_models():
        if issubclass(model, DraftStateMixin) and hasattr(model, "owner_site_id"):
            found += model._default_manager.filter(was_public, owner_site=site).order_by("pk")
    return [f"{thing._meta.verbose_name} {thing.pk} của trang thực hành đã công khai." for thing in found]


def _has_two_names(copy: ArchiveCopy) -> bool:
    return bool(copy.submitted_by and copy.approved_by) and copy.submitted_by != copy.approved_by


def _contents_of(obj, name: str, looked_at: dict) -> list[str]:
    """Look at the bytes of each file that a public thing shows: once a run, in pieces."""
    found = []
    for item in copies.referenced_files(obj):
        key = (item._meta.label, item.pk)
        if key not in looked_at:
            looked_at[key] = _is_intact(item)
        if not looked_at[key]:
            found.append(f"{name}: nội dung tệp «{item.title}» trong kho khác mã băm đã duyệt.")
    return found


def _is_intact(item) -> bool:
    try:
        with item.file.open("rb") as handle:
            return digest_of(handle) == item.digest
    except FileNotFoundError:
        # `_files` names it.
        return True


def _live_objects():
    yield from Page.objects.filter(live=True, depth__gt=1).order_by("pk").specific().iterator()
    for model in apps.get_models():
        if issubclass(model, DraftStateMixin) and not issubclass(model, Page):
            yield from model.objects.filter(live=True).order_by("pk").iterator()


def _halves() -> list[str]:
    found = [
        f"Trang {pk} không có phiên bản nào."
        for pk in Page.objects.filter(depth__gt=1, latest_revision=None, alias_of=None)
        .order_by("pk")
        .values_list("pk", flat=True)
    ]
    found += [
        f"Luồng duyệt {pk} đang chạy mà không có việc nào."
        for pk in WorkflowState.objects.filter(status=WorkflowState.STATUS_IN_PROGRESS, current_task_state=None)
        .order_by("pk")
        .values_list("pk", flat=True)
    ]
    approved = TaskState.objects.filter(
        status=TaskState.STATUS_APPROVED, workflow_state__status=WorkflowState.STATUS_IN_PROGRESS
    )
    found += [
        f"Việc {pk} đã duyệt mà luồng duyệt chưa kết thúc."
        for pk in approved.order_by("pk").values_list("pk", flat=True)
    ]
    revisions = set(Revision.objects.values_list("pk", flat=True))
    found += [
        f"Bản lưu trữ {copy.pk} thuộc phiên bản {copy.revision_id} không còn."
        for copy in ArchiveCopy.objects.exclude(revision_id=copies.NO_VERSION).order_by("pk").only("pk", "revision_id")
        if copy.revision_id not in revisions
    ]
    return found


def _files() -> list[str]:
    found, sizes = [], {name: size for name, _moment, size in default_storage.listed()}
    for model in (PortalFile, PortalImage, PortalRendition):
        for item in model._base_manager.order_by("pk").only("pk", "file").iterator():
            if sizes.get(item.file.name):
                continue
            # Gone, empty, or written since the list was read.
            name = f"{model._meta.verbose_name} {item.pk}"
            try:
                if not item.file or item.file.size == 0:
                    found.append(f"{name}: tệp rỗng.")
            except FileNotFoundError:
                found.append(f"{name}: không còn tệp.")
    found += [
        f"Tệp {name.partition('/')[0]}/… nằm trong kho mà không bản ghi nào nhắc đến."
        for name in scans.orphans(older_than_seconds=OLDEST_ORPHAN_SECONDS)
    ]
    return found


def _tree() -> list[str]:
    paths = Page.objects.filter(depth__gt=1).values_list("path", flat=True)
    children = Counter(path[: -Page.steplen] for path in paths)
    found = [
        f"Trang {pk}: số trang con ghi {numchild}, thật ra {children.get(path, 0)}."
        for pk, path, numchild in Page.objects.order_by("pk").values_list("pk", "path", "numchild")
        if numchild != children.get(path, 0)
    ]
    known = set(Page.objects.values_list("path", flat=True))
    found += [f"Trang ở {path} không có trang cha." for path in children if path and path not in known]
    return found


def _mail() -> list[str]:
    State = OutgoingMail.State
    on_its_way = OutgoingMail.objects.filter(state__in=[State.QUEUED, State.SENDING])
    lost = on_its_way.filter(Q(recipient="") | Q(message=b""))
    found = [f"Thư {pk} chưa gửi mà không còn nội dung." for pk in lost.order_by("pk").values_list("pk", flat=True)]
    unclaimed = OutgoingMail.objects.filter(state=State.SENDING, claimed_at=None)
    found += [
        f"Thư {pk} đang gửi mà không ai nhận gửi." for pk in unclaimed.order_by("pk").values_list("pk", flat=True)
    ]
    undated = OutgoingMail.objects.filter(state=State.SENT, sent_at=None)
    return found + [
        f"Thư {pk} ghi đã gửi mà không có giờ gửi." for pk in undated.order_by("pk").values_list("pk", flat=True)
    ]


def _trail() -> list[str]:
    # The newest entries wait for the job that seals them: `/readyz` says when they wait too long.
    return [f"Nhật ký kiểm tra, {found}" for found in verify_trail(tail=False).violations]


def _archive() -> list[str]:
    return [
        f"Bản lưu trữ {found.place}: {found.message}" if found.place else found.message for found in verify_archive()
    ]


def _taken_down() -> list[str]:
    rows = TakeDown.objects.filter(state=TakeDown.State.TAKEN_DOWN).order_by("pk")
    found = [f"Trang {row.page_id} «{row.title}» đã gỡ mà vẫn đang đăng." for row in rows.filter(page__live=True)]
    records = rows.filter(page=None)
    return found + [f"«{row.title}» ({row.object_type}) đã gỡ mà vẫn đang đăng." for row in records if row.subject.live]


def _probes() -> list[str]:
    """Ask, as any reader may, for what was taken down: its old address, and the files only it showed."""
    rows = TakeDown.objects.filter(state=TakeDown.State.TAKEN_DOWN).exclude(old_url_path="")
    client, found, asked = Client(raise_request_exception=False), [], 0
    for row in rows.order_by("pk"):
        taken_again = Page.objects.filter(url_path=row.old_url_path, live=True).exclude(pk=row.page_id)
        addresses = [] if taken_again.exists() else _addresses(row.old_url_path)
        copy = ArchiveCopy.objects.filter(pk=row.archive_copy_id).first()
        addresses += [(host, path) for host, _ in addresses[:1] for path in _private_files(copy)]
        for host, path in addresses:
            # Each from an address of its own: the brake on floods is not what is asked about.
            asked += 1
            address = f"127.{asked >> 16 & 255}.{asked >> 8 & 255}.{asked & 255}"
            answer = client.get(path, secure=True, headers={"host": host}, REMOTE_ADDR=address)
            if answer.status_code == 200:
                found.append(f"Trang {row.page_id} «{row.title}» đã gỡ mà {host}{path} vẫn trả lời.")
    return found


def _schedules() -> list[str]:
    found = []
    waiting = Revision.objects.filter(approved_go_live_at__isnull=False).select_related("schedule__site")
    for revision in waiting.order_by("pk"):
        obj, row = revision.content_object, getattr(revision, "schedule", None)
        obj = obj.specific if isinstance(obj, Page) else obj
        name = f"Lịch đăng «{revision.object_str}» (phiên bản {revision.pk})"
        if row is None or None in (row.submitted_by_id, row.approved_by_id):
            found.append(f"{name} không có ghi nhận ai gửi, ai duyệt.")
        elif row.submitted_by_id == row.approved_by_id:
            found.append(f"{name}: cùng một người gửi và duyệt.")
        elif not schedules.stands_where_approved(row, obj):
            found.append(f"{name}: trang không còn ở nơi đã được duyệt.")
        elif row.site.state in schedules.STOPPED:
            found.append(f"{name}: {row.site} đã ngừng cập nhật.")
        elif schedules.hidden_above(obj) and not schedules.waits_for_section(obj):
            found.append(f"{name}: mục chứa trang không đăng và không hẹn giờ đăng.")
    return found


def _translations() -> list[str]:
    language = {"locale__language_code": settings.LANGUAGE_CODE}
    hidden = Page.objects.filter(live=False, **language)
    found = Page.objects.filter(live=True, translation_key__in=hidden.values("translation_key")).exclude(**language)
    return [
        f"Bản dịch {page.pk} «{page.title}» đang đăng mà trang tiếng Việt không đăng."
        for page in found.order_by("pk")
        if is_translated_by_hand(page)
    ]


def _addresses(url_path: str) -> list[tuple[str, str]]:
    """Every host and path under which a place of the page tree was to be read."""
    found = []
    for site in Site.objects.select_related("root_page"):
        for root in site.root_page.get_translations(inclusive=True).select_related("locale"):
            if url_path.startswith(root.url_path):
                language = root.locale.language_code
                prefix = "/" if language == settings.LANGUAGE_CODE else f"/{language}/"
                found.append((site.hostname, prefix + url_path[len(root.url_path) :]))
    return found


def _private_files(copy) -> list[str]:
    """The addresses of the files a copy shows and nothing public does."""
    found = []
    for item in copy.files if copy is not None else []:
        for model in (PortalFile, PortalImage):
            stored = file_at(model, item["path"])
            if stored is not None and not stored.is_shown():
                found.append(stored.url)
    return found
