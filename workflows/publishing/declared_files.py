"""Pictures and files belong to what is declared and approved: those that a version shows, as they are at that moment.

1. `files_of`: what a version shows of them, written into the declaration at submission and into the sealed copy.
2. `demand_as_declared`, `is_as_sealed`: they are compared again at approval and at publication.
3. `waiting_versions`: while a version waits for a decision or for its hour, its files stay as they are
   (`base/files/serving.py`).
4. `editors_of`: a user who changed one of them is a writer of the version and does not approve it.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from wagtail.models import Revision, TaskState, WorkflowState

from base.admin.field_anchors import edit_address
from base.gate import Refused
from base.models import FileEdit, FileVersion, PortalFile, PortalImage
from base.models.files import StoredFile, WaitingVersion

from ..archive.copies import as_shown, hold_files, last_copy_of, referenced_files
from ..models import ArchiveCopy, Declaration, EditorialApprovalTask
from ..versions import version_of
from . import waiting

KINDS = (PortalFile, PortalImage)
WITHDRAW = "«Rút về để sửa» ở màn hình soạn bài, hoặc người duyệt trả lại"
UNSCHEDULE = "«Hủy lịch đăng», hoặc lưu một phiên bản mới của bài"
RESUBMIT = "hãy trả lại, hoặc rút rồi gửi duyệt lại"


# --- 1. What a version shows -----------------------------------------------------------------------


def files_of(obj) -> list[dict]:
    """Return what readers see of each picture and file that a page or record, or one version of it, shows."""
    return [as_shown(item) for item in referenced_files(obj)]


# --- 2. Compared again -----------------------------------------------------------------------------


def demand_as_declared(revision: Revision, declared: Declaration | None) -> None:
    """Raise Refused when a file of a version is not what it was when the version was declared accurate.

    Holds the files until the transaction ends. Emergency acts have no declaration and pass.
    """
    if declared is None:
        return
    shown = _held(version_of(revision))
    if declared.files is None:
        # Declared before files belonged to it.
        names = _replaced_since(shown, declared.declared_at)
    else:
        names = differing(declared.files, shown)
    if names:
        raise Refused(f"Tệp {_listed(names)} đã đổi sau khi gửi duyệt; {RESUBMIT}.")


def is_as_sealed(revision: Revision) -> bool:
    """Tell whether the files of a version are what its last sealed copy says; holds them until the transaction ends."""
    copy = last_copy_of(revision)
    return copy is not None and not differing(copy.files, _held(revision.as_object()))


def differing(declared: list[dict], shown: list[dict]) -> list[str]:
    """Return the titles of the files that are not what an older list says, by the fields that this one has."""
    now = {_key(entry): entry for entry in shown} | {entry["path"]: entry for entry in shown}
    found, matched = [], set()
    for entry in declared:
        is_now = now.get(_key(entry))
        if is_now is None or not _is_same(entry, is_now):
            found.append(entry.get("name", ""))
        if is_now is not None:
            matched.add(_key(is_now))
    return found + [entry["name"] for entry in shown if _key(entry) not in matched]


def _key(entry: dict):
    """Older copies know a file by the place where it lay only."""
    return (entry["type"], entry["id"]) if "id" in entry else entry["path"]


def _is_same(entry: dict, is_now: dict) -> bool:
    before, shown = entry.get("shown", {"title": entry.get("name")}), is_now["shown"]
    return entry["digest"] == is_now["digest"] and all(shown[name] == before[name] for name in before if name in shown)


def _held(obj) -> list[dict]:
    items = hold_files(obj)
    for field in obj._meta.concrete_fields:
        # A picture of its own is asked for by what is drawn and looked through.
        if field.is_relation and field.related_model in KINDS:
            found = (item for item in items if type(item) is field.related_model)
            if item := next((item for item in found if item.pk == getattr(obj, field.attname)), None):
                setattr(obj, field.name, item)
    return [as_shown(item) for item in items]


def _replaced_since(shown: list[dict], moment: datetime) -> list[str]:
    return [
        entry["name"]
        for entry in shown
        if FileVersion.objects.filter(file_type=entry["type"], file_id=entry["id"], replaced_at__gt=moment).exists()
    ]


def _listed(names: list[str]) -> str:
    return ", ".join(f"«{name}»" for name in dict.fromkeys(names))


# --- 3. What waits with a file ---------------------------------------------------------------------


def waiting_versions(item: StoredFile) -> list[WaitingVersion]:
    """Return the versions under review, approved for later, or submitted as part of one act, that show a file.

    A version after which another was saved cannot become public any more, and does not wait.
    """
    submitted = TaskState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS,
        workflow_state__status=WorkflowState.STATUS_IN_PROGRESS,
        task__in=EditorialApprovalTask.objects.values("pk"),
    ).values("revision_id")
    scheduled = Revision.objects.exclude(approved_go_live_at=None).values("pk")
    found: dict[int, str] = {}
    for pk, files in _declared(submitted).items():
        if _names(files, item, pk):
            found[pk] = WITHDRAW
    for pk, files in _sealed(scheduled).items():
        if _names(files, item, pk):
            found[pk] = UNSCHEDULE
    for versions in waiting.versions():
        for pk, files in _declared(versions).items():
            if _names(files, item, pk):
                found.setdefault(pk, "người duyệt trả lại, hoặc thu hồi, hồ sơ hay lô có bài này")
    rows = (_waiting_version(pk, way_out) for pk, way_out in found.items())
    return [version for version in rows if version is not None]


def _declared(revisions: QuerySet | list[int]) -> dict[int, list[dict] | None]:
    """The files of each version as its last declaration says."""
    rows = Declaration.objects.filter(revision_id__in=revisions).order_by("pk")
    return dict(rows.values_list("revision_id", "files"))


def _sealed(revisions: QuerySet) -> dict[int, list[dict]]:
    rows = ArchiveCopy.objects.filter(revision_id__in=revisions).order_by("pk")
    return dict(rows.values_list("revision_id", "files"))


def _names(files: list[dict] | None, item: StoredFile, revision_id: int) -> bool:
    if files is None:
        revision = Revision.objects.filter(pk=revision_id).first()
        files = files_of(revision.as_object()) if revision else []
    own = (item._meta.label, item.pk)
    return any(_key(entry) == own or ("id" not in entry and entry["path"] == item.file.name) for entry in files)


def _waiting_version(revision_id: int, way_out: str) -> WaitingVersion | None:
    revision = Revision.objects.filter(pk=revision_id).first()
    subject = revision.content_object if revision else None
    if subject is None or subject.latest_revision_id != revision_id or subject.live_revision_id == revision_id:
        return None
    return WaitingVersion(subject, revision.object_str or str(subject), way_out, edit_address(subject))


# --- 4. Who changed one ----------------------------------------------------------------------------


def editors_of(asked: Iterable[tuple[object, datetime | None]]) -> list[set[int]]:
    """Return who changed, since a moment, a file that the newest version of a page or record shows: ids of users.

    `asked`: (page or record, moment), no users for the moment None; the answers come in their order.
    """
    asked = [(obj, since if obj.latest_revision_id else None) for obj, since in asked]
    newest = [obj.latest_revision_id for obj, since in asked if since is not None]
    known = _declared(newest) if newest else {}
    shown = [_shown_by(obj, known.get(obj.latest_revision_id)) if since else set() for obj, since in asked]
    wanted = Q(pk=None)
    for label in (model._meta.label for model in KINDS):
        wanted |= Q(file_type=label, file_id__in={pk for keys in shown for kind, pk in keys if kind == label})
    if not any(shown):
        return [set() for _ in asked]
    first = min(since for _, since in asked if since is not None)
    edits = list(
        FileEdit.objects.filter(wanted, edited_at__gte=first)
        .exclude(by_id=None)
        .values_list("file_type", "file_id", "edited_at", "by_id")
    )
    return [
        {by for kind, pk, moment, by in edits if (kind, pk) in keys and moment >= since}
        for keys, (_, since) in zip(shown, asked, strict=True)
    ]


def _shown_by(obj, declared: list[dict] | None) -> set[tuple[str, int]]:
    """The files of the newest version: (kind, key), as declared, or as it is where it was not declared."""
    entries = declared if declared is not None else files_of(obj.get_latest_revision().as_object())
    return {(entry["type"], entry["id"]) for entry in entries}
