"""4. Several drafts approved as one act become public in one transaction, or none of them."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.models import Revision

from accounts.roles import WRITE, may, owner_site
from base.gate import Refused
from base.locking import hold
from base.public.index import readers_see_changed
from base.sites import sites_held

from ...models import TakeDown
from ...versions import one_action
from .. import declared_files
from .checking import blockers
from .declaring import declaration_of, declare
from .publishing import NEVER_PUBLIC, demand_own_references, publish_version
from .rights import is_practice, may_approve


@transaction.atomic
def publish_bundle(
    objects,
    *,
    submitted_by,
    by,
    on: datetime | None = None,
    reason: str,
    is_declared: bool = False,
    versions: dict[int, int] | None = None,
    was_approved: bool = False,
) -> list:
    """Publish several drafts approved as one act, parents before children; return the published objects.

    For dossiers (opening a site, a demo built by its cast): one person submits the whole, a second with the right
    on each object's site approves it. `is_declared`: it was declared accurate, with its files, when it was submitted
    (`declare`), and is compared with that. `versions`: the submitted version of each object, by its key; without it the
    objects are submitted and approved in one step. `was_approved`: the rights were asked at the approval
    (`demand_bundle`), for the hour that has come now. Raises Refused when they are the same person or wrote it, or when
    the newest version is not the submitted one; ValidationError with the first object's blockers.
    """
    if submitted_by is None or by is None or submitted_by.pk == by.pk:
        raise Refused("Cần hai người khác nhau: người gửi và người duyệt.")
    moment, published = on or timezone.now(), []
    with sites_held():
        for obj in objects:
            with one_action():
                obj = hold(obj)
                revision = _submitted_version(obj, versions, submitted_by=submitted_by)
                if not was_approved:
                    _demand_bundling_rights(obj, submitted_by=submitted_by, by=by)
                _demand_bundled(obj, revision, submitted_by=submitted_by, is_declared=is_declared)
                people = {"approved_by": by, "submitted_by": submitted_by}
                published.append(publish_version(obj, revision, **people, on=moment, ground=reason, raise_now=False))
        readers_see_changed(published, sites={owner_site(obj) for obj in published} - {None})
    return published


def demand_bundle(objects, *, submitted_by, by) -> None:
    """Demand of declared drafts, which the caller holds, what `publish_bundle` does; nothing of them becomes public.

    They were approved as one act for a later hour. Raises Refused and ValidationError as `publish_bundle`.
    """
    with sites_held():
        for obj in objects:
            with one_action():
                revision = obj.get_latest_revision()
                _demand_bundling_rights(obj, submitted_by=submitted_by, by=by)
                _demand_bundled(obj, revision, submitted_by=submitted_by, is_declared=True)
                demand_own_references(revision)


def _submitted_version(obj, versions: dict[int, int] | None, *, submitted_by) -> Revision:
    """Return the newest version of one object of a bundle; Refused when it is not the one that was submitted."""
    revision = obj.get_latest_revision() or obj.save_revision(user=submitted_by)
    if versions is not None and versions.get(obj.pk) != revision.pk:
        raise Refused(f"«{obj}» đã được sửa sau khi gửi nên không đăng được; hãy trả lại rồi gửi phiên bản mới.")
    return revision


def _demand_bundling_rights(obj, *, submitted_by, by) -> None:
    if is_practice(obj):
        raise Refused(NEVER_PUBLIC)
    if not may(submitted_by, WRITE, owner_site(obj)):
        raise Refused(f"Người gửi không có quyền soạn trên trang chứa «{obj}».")
    if not may_approve(by, obj):
        raise Refused(f"Người duyệt không duyệt được «{obj}»: phải có quyền duyệt và không soạn, không gửi nó.")


def _demand_bundled(obj, revision: Revision, *, submitted_by, is_declared: bool) -> None:
    """Demand of one object of a bundle what is demanded of a page alone beside rights: no blockers, declared files.

    What was taken down since its last publication, or is to be, comes back by itself: two persons look at that alone.
    """
    if obj.first_published_at and TakeDown.objects.of(obj).filter(state__in=TakeDown.AGAINST_PUBLICATION).exists():
        raise Refused(f"«{obj}» đã bị gỡ bỏ, hoặc có đề nghị gỡ bỏ chờ quyết định; hãy gửi duyệt riêng.")
    stopping = blockers(obj)
    if stopping:
        raise ValidationError({finding.field: [f"{obj}: {finding.message}"] for finding in stopping})
    declared = declaration_of(revision.pk)
    if not (is_declared and declared is not None and declared.declared_by_id == submitted_by.pk):
        declared = declare(obj, revision, by=submitted_by)
    declared_files.demand_as_declared(revision, declared)
