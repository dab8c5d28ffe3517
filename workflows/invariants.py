"""What must hold after any fault: checked on the database and the archive as they are, changing nothing.

1. Every public page and record has a version that is public, and that version was approved: a declaration, a sealed
   copy, a log line. 2. What is public is what was sealed. 3. No page is without a version; no task, take-down or
   archive row is half made. 4. The page tree is whole. 5. The archive's chain and files verify. 6. Nothing that was
   taken down is public. 7. A person's groups and `is_active` are what his appointments in force say, and a role that
   takes two persons was confirmed by a second one.
"""

from collections import Counter

from django.apps import apps
from django.db.models import F, Q
from wagtail.models import DraftStateMixin, Page, PageLogEntry, Revision, TaskState, WorkflowState

from accounts.models import Appointment, RoleGroup, User

from . import archive
from .models import ArchiveCopy, Declaration, TakeDown


def faults() -> list[str]:
    """Return a line of Vietnamese for each invariant that is broken; an empty list when all hold."""
    return [
        *_public_things(),
        *_halves(),
        *_tree(),
        *_taken_down(),
        *_rights(),
        *(fault.message for fault in archive.verify()),
    ]


def _public_things() -> list[str]:
    found = []
    sealed = {}
    for copy in ArchiveCopy.objects.order_by("pk"):
        sealed[(copy.object_type, copy.object_id, copy.revision_id)] = copy
    declared = set(Declaration.objects.values_list("revision_id", flat=True))
    published = set(
        PageLogEntry.objects.filter(action__in=["portal.publish", "wagtail.publish.scheduled"]).values_list(
            "page_id", flat=True
        )
    )
    for obj in _live_objects():
        name = f"{obj._meta.verbose_name} {obj.pk} «{obj}»"
        copy = sealed.get((obj._meta.label, str(obj.pk), obj.live_revision_id))
        if obj.live_revision_id is None:
            found.append(f"{name} đang đăng mà không có phiên bản nào được đăng.")
        elif copy is None:
            found.append(f"{name} đang đăng mà không có bản lưu trữ.")
        elif copy.content_digest != archive.content_digest(obj):
            found.append(f"{name}: nội dung đang đăng khác bản đã duyệt.")
        if obj.live_revision_id and obj.live_revision_id not in declared and not _was_emergency(copy):
            found.append(f"{name} đang đăng mà không có cam kết của người gửi.")
        if isinstance(obj, Page) and obj.pk not in published:
            found.append(f"{name} đang đăng mà không có dòng nhật ký đăng.")
    return found


def _was_emergency(copy) -> bool:
    return copy is not None and copy.ground.startswith("Đăng khẩn cấp")


def _live_objects():
    yield from Page.objects.filter(live=True, depth__gt=1).specific().iterator()
    for model in apps.get_models():
        if issubclass(model, DraftStateMixin) and not issubclass(model, Page):
            yield from model.objects.filter(live=True).iterator()


def _halves() -> list[str]:
    found = [
        f"Trang {pk} không có phiên bản nào."
        for pk in Page.objects.filter(depth__gt=1, latest_revision=None, alias_of=None).values_list("pk", flat=True)
    ]
    found += [
        f"Luồng duyệt {pk} đang chạy mà không có việc nào."
        for pk in WorkflowState.objects.filter(
            status=WorkflowState.STATUS_IN_PROGRESS, current_task_state=None
        ).values_list("pk", flat=True)
    ]
    approved = TaskState.objects.filter(
        status=TaskState.STATUS_APPROVED, workflow_state__status=WorkflowState.STATUS_IN_PROGRESS
    )
    found += [f"Việc {pk} đã duyệt mà luồng duyệt chưa kết thúc." for pk in approved.values_list("pk", flat=True)]
    revisions = set(Revision.objects.values_list("pk", flat=True))
    found += [
        f"Bản lưu trữ {copy.pk} thuộc phiên bản {copy.revision_id} không còn."
        for copy in ArchiveCopy.objects.only("pk", "revision_id")
        if copy.revision_id not in revisions
    ]
    return found


def _tree() -> list[str]:
    paths = Page.objects.filter(depth__gt=1).values_list("path", flat=True)
    children = Counter(path[: -Page.steplen] for path in paths)
    found = [
        f"Trang {pk}: số trang con ghi {numchild}, thật ra {children.get(path, 0)}."
        for pk, path, numchild in Page.objects.values_list("pk", "path", "numchild")
        if numchild != children.get(path, 0)
    ]
    known = set(Page.objects.values_list("path", flat=True))
    found += [f"Trang ở {path} không có trang cha." for path in children if path and path not in known]
    return found


def _taken_down() -> list[str]:
    rows = TakeDown.objects.filter(state=TakeDown.State.TAKEN_DOWN, page__live=True)
    return [f"Trang {row.page_id} «{row.title}» đã gỡ mà vẫn đang đăng." for row in rows]


def _rights() -> list[str]:
    """Rights come from appointments in force and from nothing else; superusers have none of either."""
    in_force = Appointment.objects.in_force()
    appointed: dict[int, set] = {}
    for person, role, site in in_force.values_list("person_id", "role", "site_id"):
        appointed.setdefault(person, set()).add((role, site))
    roles = {group: (role, site) for group, role, site in RoleGroup.objects.values_list("group_id", "role", "site_id")}
    grouped: dict[int, set] = {}
    for person, group in User.groups.through.objects.values_list("user_id", "group_id"):
        grouped.setdefault(person, set()).add(roles.get(group, ("?", group)))
    found = []
    for person in User.objects.order_by("pk"):
        by_decision, by_group = appointed.get(person.pk, set()), grouped.get(person.pk, set())
        if by_decision != by_group:
            found.append(f"Tài khoản {person.pk} «{person.username}»: quyền khác với các phân công đang hiệu lực.")
        if not person.is_superuser and person.is_active != bool(by_decision):
            found.append(f"Tài khoản {person.pk} «{person.username}»: tình trạng hoạt động khác với phân công.")
    alone = in_force.filter(needs_confirmation=True).filter(
        Q(confirmed_by=None) | Q(confirmed_by=F("recorded_by")) | Q(confirmed_by=F("person"))
    )
    found += [
        f"Phân công {pk} có hiệu lực mà chưa có người thứ hai xác nhận." for pk in alone.values_list("pk", flat=True)
    ]
    return found
