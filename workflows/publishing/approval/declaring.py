"""The declaration of accuracy (Điều 20.2), with the files of the version that is declared."""

from collections.abc import Iterable

from wagtail.models import Revision, WorkflowState

from base.gate import Refused
from base.operations.log_names import name_in_logs

from ...models import Declaration
from ...models.bundle import waiting_bundle
from ...versions import version_of
from .. import declared_files

DECLARATION = (
    "Tôi cam kết nội dung này chính xác, có nguồn rõ ràng, và chịu trách nhiệm về tính chính xác của nội dung "
    "cung cấp (Điều 20.2 Quy chế ban hành kèm theo Quyết định 01/2020/QĐ-UBND)."
)
CHECKED = "Tôi đã kiểm tra: không có bí mật nhà nước, không lộ dữ liệu cá nhân, không vi phạm bản quyền."
# What every tick says that `declare` writes down: accuracy (`Declaration.text`) and check (`personal_data_checked`).
WHOLE_DECLARATION = f"{DECLARATION} {CHECKED}"


def declaration_of(revision_id: int) -> Declaration | None:
    """Return the last declaration that was made of a version."""
    return Declaration.objects.filter(revision_id=revision_id).select_related("declared_by").last()


def waits_in(bundle) -> str:
    """Say that something waits in a dossier, and what may be done."""
    return f"Nội dung này ở trong hồ sơ «{bundle}» đang chờ duyệt; hãy rút hồ sơ hoặc bỏ nội dung này ra trước."


def is_declared_version(revision_id: int) -> bool:
    """Tell whether a version was declared accurate."""
    return Declaration.objects.filter(revision_id=revision_id).exists()


def declare(
    obj,
    revision: Revision,
    *,
    by,
    warnings: Iterable[str] = (),
    remark: str = "",
    version=None,
    source_version: int | None = None,
) -> Declaration:
    """Write down that a person declares one version accurate (Điều 20.2), with the pictures and files that it shows.

    `version`: the object as the revision has it, where the caller holds it already. `source_version`: of a translation,
    the version of its source that it follows.
    """
    return Declaration.objects.create(
        revision_id=revision.pk,
        object_label=name_in_logs(obj)[:300],
        declared_by=by,
        declared_by_name=by.get_full_name(),
        text=DECLARATION,
        personal_data_checked=True,
        warnings="\n".join(warnings),
        remark=remark,
        files=declared_files.files_of(version if version is not None else version_of(revision)),
        source_version=source_version,
    )


def demand_declaration(workflow_state: WorkflowState, user) -> None:
    """Refuse to start the review of a version that was not declared accurate, or is declared for its dossier alone."""
    obj = workflow_state.content_object
    if bundle := waiting_bundle(obj):
        raise Refused(waits_in(bundle))
    revision = obj.get_latest_revision()
    if revision is None or not Declaration.objects.filter(revision_id=revision.pk).exists():
        raise Refused("Hãy dùng nút «Gửi duyệt» và xác nhận cam kết về tính chính xác (Điều 20.2).")
