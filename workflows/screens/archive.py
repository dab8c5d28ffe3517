"""The screens of the archive: the sealed copies of a page, one copy, its saved HTML."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.generic import TemplateView

from accounts.screen_access import ROLE_HOLDERS
from base.admin.screen_access import with_access
from base.admin.seen_versions import decides_about_nothing_seen
from base.audit import trail as audit
from base.models import PortalSite
from base.queries.contains import contains

from ..archive import copies, disposal, retention, verifying
from ..models import ArchiveCopy, RetentionClass

COPIES_A_PAGE = TAKEDOWNS_A_PAGE = 50


class ArchiveListView(TemplateView):
    screen_access = ROLE_HOLDERS
    template_name = "workflows/archive.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        slugs = [site.slug for site in PortalSite.objects.all() if copies.may_read(user, site)]
        rows = ArchiveCopy.objects.filter(site_slug__in=slugs).order_by("-pk")
        wanted = self.request.GET.get("q", "").replace("\x00", "").strip()[:100]
        if wanted:
            rows = rows.filter(contains("title", wanted))
        return super().get_context_data(
            title="Lưu trữ",
            header_icon="folder-open-1",
            q=wanted,
            page=Paginator(rows, COPIES_A_PAGE).get_page(self.request.GET.get("p")),
            disposes=disposal.may_look(user),
            sets_terms=retention.may_set_terms(user),
            **kwargs,
        )


# Names of the Dublin Core elements in the words of Thông tư 24/2011/TT-BTTTT.
DUBLIN_CORE = {
    "title": "Tiêu đề",
    "creator": "Người tạo",
    "date": "Thời gian",
    "description": "Mô tả",
    "publisher": "Cơ quan ban hành",
    "identifier": "Định danh",
    "language": "Ngôn ngữ",
    "source": "Nguồn",
    "type": "Dạng",
    "subject": "Chủ đề",
}


class ArchiveCopyView(TemplateView):
    screen_access = ROLE_HOLDERS
    template_name = "workflows/archive_copy.html"

    @cached_property
    def copy(self):
        return visible_copy(self.request.user, self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            title="Bản lưu trữ",
            header_icon="folder-open-1",
            subject=self.copy.title,
            copy=self.copy,
            violations=verifying.verify([self.copy]),
            retention_class=RetentionClass.objects.filter(key=self.copy.retention_class).first(),
            metadata=[(name, DUBLIN_CORE.get(name, name), value) for name, value in self.copy.metadata.items()],
            **kwargs,
        )


def visible_copy(user, pk) -> ArchiveCopy:
    """Return an archive copy that the person may read, or answer 404."""
    copy = get_object_or_404(ArchiveCopy, pk=pk)
    if not copies.may_read(user, PortalSite.objects.filter(slug=copy.site_slug).first()):
        raise Http404
    return copy


@with_access(ROLE_HOLDERS)
@decides_about_nothing_seen("Only shows.")
@xframe_options_sameorigin
def archive_html(request, pk):
    """The archived page as readers saw it, without scripts."""
    copy = visible_copy(request.user, pk)
    if not copy.html_digest:
        raise Http404
    audit.record("archive.seen", by=request.user, obj=copy, site=copy.site_slug)
    response = HttpResponse(copies.read(copy.html_digest))
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'self'; img-src 'self' data:; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
