"""Framework signals of the house: the gate's refusals and the audit trail, nothing with a business effect.

Wagtail's own actions call `save`, `delete` and `move` on plain `Page` rows as well as on our classes, so the
refusal must sit where every one of them passes.
"""

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection
from django.db.backends.signals import connection_created
from django.db.models import ProtectedError
from django.db.models.signals import m2m_changed, post_delete, post_migrate, post_save, pre_delete, pre_save
from wagtail.models import (
    DraftStateMixin,
    ModelLogEntry,
    PageLogEntry,
    PageViewRestriction,
    Revision,
    Site,
    WorkflowState,
)
from wagtail.signals import pre_page_move

from .admin.edit_conflict import protect_versions_in_use
from .audit import mirror
from .gate import Refused, is_open
from .locking import hold_all
from .models.files import NOT_CHANGED, NOT_WHILE_WAITING, StoredFile
from .models.site import PortalSite
from .operations import log_names
from .operations.append_only import install
from .public.index import readers_see_changed
from .queries import planning
from .queries.contains import teach

# Columns that say how a draft is worked on; they change nothing that a visitor can see.
BOOKKEEPING = frozenset(
    {
        "draft_title",
        "has_unpublished_changes",
        "latest_revision",
        "latest_revision_created_at",
        "locked",
        "locked_at",
        "locked_by",
        "owner",
        "numchild",
        "content_type",
        "wagtail_admin_comments",
    }
)

NOT_PUBLISHED_HERE = "Nội dung chỉ được đăng sau khi một người khác đã duyệt: hãy gửi duyệt thay vì đăng trực tiếp."
NOT_REMOVED_HERE = "Nội dung đã từng đăng không được xóa; hãy dùng «Gỡ bỏ» để đề nghị gỡ và lưu bản lưu trữ."
VERSIONS_STAY = "Các phiên bản của nội dung đã từng đăng được giữ lại cùng bản lưu trữ."
NOT_MOVED_HERE = (
    "Hãy dùng «Sắp xếp mục» hoặc «Chuyển trang» của cổng: việc này cần quyền và, khi chuyển trang, hai người."
)
NOT_WITHDRAWN = "Bài này vừa được duyệt nên không rút lại được nữa; hãy hủy lịch đăng hoặc đề nghị gỡ bỏ."
NO_PRIVACY = "Cổng không dùng trang riêng tư: nội dung đã duyệt là công khai, nội dung cần rút lại thì gỡ bỏ."


def refuse_unapproved_change(sender, instance, update_fields=None, **kwargs):
    """Refuse to write a row that is, or would become, public while the gate is shut."""
    if not isinstance(instance, DraftStateMixin) or is_open():
        return
    if update_fields is not None and BOOKKEEPING.issuperset(update_fields):
        return
    if instance._state.adding:
        if instance.live:
            raise Refused(NOT_PUBLISHED_HERE)
        return
    stored = sender._base_manager.filter(pk=instance.pk).first()
    if stored is None or not (stored.live or instance.live):
        return
    names = set(update_fields) if update_fields is not None else None
    for field in sender._meta.concrete_fields:
        if field.name in BOOKKEEPING or (names is not None and field.name not in names):
            continue
        if field.get_prep_value(field.value_from_object(stored)) != field.get_prep_value(
            field.value_from_object(instance)
        ):
            raise Refused(NOT_PUBLISHED_HERE if instance.live else NOT_REMOVED_HERE)


def refuse_unapproved_change_of_file(sender, instance, update_fields=None, **kwargs):
    """Refuse to change what readers see of a picture or file that is or was public while the gate is shut, or what they
    will see of one that a version waits with."""
    if not isinstance(instance, StoredFile) or instance._state.adding or is_open():
        return
    names = [name for name in instance.shown_fields if update_fields is None or name in update_fields]
    rows = sender._base_manager.filter(pk=instance.pk)
    if connection.in_atomic_block:
        # An approval that looks at the file at this moment holds it: what it makes public is asked about afterwards.
        rows = rows.select_for_update(no_key=True, of=("self",))
    stored = rows.first() if names else None
    if stored is None:
        return
    fresh = "file" in names and bool(instance.file) and not instance.file._committed
    if fresh or any(_value(stored, name) != _value(instance, name) for name in names):
        if stored.was_public():
            raise Refused(NOT_CHANGED)
        if stored.waiting_versions():
            raise Refused(NOT_WHILE_WAITING)


def _value(obj, name: str):
    field = obj._meta.get_field(name)
    return field.get_prep_value(field.value_from_object(obj))


class VersionsStay(Refused, ProtectedError):
    """The refusal to delete a version: a screen answers it as one, `purge_revisions` goes on past what is protected."""

    def __init__(self, revision):
        ProtectedError.__init__(self, VERSIONS_STAY, {revision})


def refuse_deletion_of_published(sender, instance, **kwargs):
    """Refuse to delete what is public or once was, gate or no gate."""
    if isinstance(instance, DraftStateMixin) and (instance.live or instance.first_published_at):
        raise Refused(NOT_REMOVED_HERE)
    if isinstance(instance, StoredFile):
        # Deleting through a query or a collection passes by the model's own method.
        instance.refuse_deletion()
    if isinstance(instance, Revision):
        obj = instance.content_object
        if isinstance(obj, DraftStateMixin) and (obj.live or obj.first_published_at):
            raise VersionsStay(instance)


def refuse_unapproved_move(sender, instance, **kwargs):
    """Refuse to move or reorder while the gate is shut."""
    if not is_open():
        raise Refused(NOT_MOVED_HERE)


def protect_approved_reviews(sender, instance, raw=False, **kwargs):
    """Refuse to withdraw what was approved since it was read: Wagtail's own screen writes over the review.

    The page or record is locked first, as in an approval.
    """
    if raw or instance._state.adding or instance.status != WorkflowState.STATUS_CANCELLED:
        return
    subject = instance.content_object
    if subject is not None:
        hold_all([subject])
    stored = WorkflowState.objects.filter(pk=instance.pk).values_list("status", flat=True).first()
    if stored == WorkflowState.STATUS_APPROVED:
        raise Refused(NOT_WITHDRAWN)


def refuse_privacy(sender, **kwargs):
    """Refuse view restrictions: hiding a live page would be a take-down by one person."""
    raise Refused(NO_PRIVACY)


def install_append_only(sender, using, **kwargs):
    """Make the triggers of append-only tables after every migrate, and our indexes on the tables of libraries."""
    install(using)
    planning.install_indexes(using)
    planning.compile_no_queries(using)


def name_log_entry(sender, instance, raw=False, **kwargs):
    """Keep a title that must be purged one day out of what Wagtail logs, before it is mirrored."""
    model = instance.content_type.model_class() if instance.content_type_id else None
    name = log_names.neutral_name(model, instance.object_id) if instance._state.adding and not raw else ""
    if name:
        instance.label = name
        instance.data = log_names.without_titles(instance.action, instance.data or {}, name)


def mirror_log_entry(sender, instance, created, raw=False, **kwargs):
    """Write the audit entry of what Wagtail logs, in the same transaction; the only place that does."""
    if created and not raw:
        mirror.mirror(instance)


def note_state_before(sender, instance, raw=False, update_fields=None, **kwargs):
    """Keep the digest of a setting or a right before a request changes it."""
    if not raw and set(update_fields or ()) != {"last_login"}:
        mirror.note_state(instance)


def record_superuser(sender, instance, created, raw=False, update_fields=None, **kwargs):
    """Record a user who is created as a superuser."""
    if created and instance.is_superuser and not raw:
        mirror.record_superuser(instance, was=False)


def record_superuser_change(sender, instance, raw=False, update_fields=None, **kwargs):
    """Record a user who becomes a superuser or ceases to be one."""
    if instance.pk is not None and not instance._state.adding and not raw:
        if update_fields is None or "is_superuser" in update_fields:
            mirror.record_superuser(instance)


def record_groups(sender, instance, action, reverse, pk_set, **kwargs):
    """Write down which groups a person gets or loses, from whichever side."""
    if action not in ("post_add", "pre_remove", "pre_clear"):
        return
    change = "rights.granted" if action == "post_add" else "rights.withdrawn"
    if not reverse:
        groups = Group.objects.filter(pk__in=pk_set) if pk_set is not None else instance.groups.all()
        mirror.record_groups(change, instance, list(groups))
        return
    people = get_user_model().objects.filter(pk__in=pk_set) if pk_set is not None else instance.user_set.all()
    for person in people:
        mirror.record_groups(change, person, [instance])


def tell_of_host(sender, raw=False, **kwargs):
    """Invalidate cached pages and addresses when a host changes: links may be written with it."""
    if not raw:
        readers_see_changed(sites=PortalSite.objects.all())


def connect() -> None:
    """Connect the receivers; called once, from `BaseConfig.ready`."""
    connection_created.connect(teach, dispatch_uid="base.contains")
    pre_save.connect(refuse_unapproved_change, dispatch_uid="gate-save")
    pre_save.connect(refuse_unapproved_change_of_file, dispatch_uid="gate-file")
    pre_delete.connect(refuse_deletion_of_published, dispatch_uid="gate-delete")
    pre_page_move.connect(refuse_unapproved_move, dispatch_uid="gate-move")
    pre_save.connect(protect_versions_in_use, sender=Revision, dispatch_uid="versions-in-use")
    pre_save.connect(protect_approved_reviews, sender=WorkflowState, dispatch_uid="approved-reviews")
    pre_save.connect(refuse_privacy, sender=PageViewRestriction, dispatch_uid="gate-privacy")
    # Once a migrate run, not once an app: every table stands by then.
    post_migrate.connect(install_append_only, sender=apps.get_app_config("base"), dispatch_uid="append-only")
    for signal in (post_save, post_delete):
        signal.connect(tell_of_host, sender=Site, dispatch_uid="kept-hosts")
    for model in (PageLogEntry, ModelLogEntry):
        pre_save.connect(name_log_entry, sender=model, dispatch_uid=f"log-name-{model.__name__}")
        post_save.connect(mirror_log_entry, sender=model, dispatch_uid=f"audit-{model.__name__}")
    for model in mirror.watched_models():
        pre_save.connect(note_state_before, sender=model, dispatch_uid=f"audit-state-{model._meta.label}")
    user = get_user_model()
    post_save.connect(record_superuser, sender=user, dispatch_uid="audit-superuser")
    pre_save.connect(record_superuser_change, sender=user, dispatch_uid="audit-superuser-change")
    m2m_changed.connect(record_groups, sender=user.groups.through, dispatch_uid="audit-groups")
