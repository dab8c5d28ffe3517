"""Framework signals of the house: the gate's refusals, and nothing with a business effect.

Wagtail's own actions call `save`, `delete` and `move` on plain `Page` rows as well as on our classes, so the
refusal must sit where every one of them passes.
"""

from django.apps import apps
from django.db.models.signals import post_migrate, pre_delete, pre_save
from wagtail.models import DraftStateMixin, PageViewRestriction
from wagtail.signals import pre_page_move

from .append_only import install
from .gate import Refused, is_open
from .models.files import Kept

# Columns that say how a draft is worked on; they change nothing that a visitor can see.
BOOKKEEPING = frozenset(
    {
        "draft_title", "has_unpublished_changes", "latest_revision", "latest_revision_created_at",
        "locked", "locked_at", "locked_by", "owner", "numchild", "content_type", "wagtail_admin_comments",
    }
)  # fmt: skip

NOT_PUBLISHED_HERE = "Nội dung chỉ được đăng sau khi một người khác đã duyệt: hãy gửi duyệt thay vì đăng trực tiếp."
NOT_REMOVED_HERE = "Nội dung đã từng đăng không được xóa; hãy dùng «Gỡ bỏ» để đề nghị gỡ và lưu bản lưu trữ."
NOT_MOVED_HERE = (
    "Hãy dùng «Sắp xếp mục» hoặc «Chuyển trang» của cổng: việc này cần quyền và, khi chuyển trang, hai người."
)
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


def refuse_deletion_of_published(sender, instance, **kwargs):
    """Refuse to delete what is public or once was, gate or no gate."""
    if isinstance(instance, DraftStateMixin) and (instance.live or instance.first_published_at):
        raise Refused(NOT_REMOVED_HERE)
    if isinstance(instance, Kept):
        # Deleting through a query or a collection passes by the model's own method.
        instance.refuse_deletion()


def refuse_unapproved_move(sender, instance, **kwargs):
    """Refuse to move or reorder while the gate is shut."""
    if not is_open():
        raise Refused(NOT_MOVED_HERE)


def refuse_privacy(sender, **kwargs):
    """Refuse view restrictions: hiding a live page would be a take-down by one person."""
    raise Refused(NO_PRIVACY)


def install_append_only(sender, using, **kwargs):
    """Make the triggers of append-only tables after every migrate."""
    install(using)


def connect() -> None:
    """Connect the receivers; called once, from `BaseConfig.ready`."""
    pre_save.connect(refuse_unapproved_change, dispatch_uid="gate-save")
    pre_delete.connect(refuse_deletion_of_published, dispatch_uid="gate-delete")
    pre_page_move.connect(refuse_unapproved_move, dispatch_uid="gate-move")
    pre_save.connect(refuse_privacy, sender=PageViewRestriction, dispatch_uid="gate-privacy")
    # Once a migrate run, not once an app: every table stands by then.
    post_migrate.connect(install_append_only, sender=apps.get_app_config("base"), dispatch_uid="append-only")
