"""Showing one version of a draft to a person without an account, by a link that ends.

1. `make_link`: a person who works on the site says for whom and why, and for how many days: 7, at most 30. The link is
   of the version they see now; what is drafted later is not shown.
2. `address_of`: a random key and a signature over key, version and end. Neither can be guessed, and a row that was
   changed in the database opens nothing.
3. `find` and `open_link`: the link answers while it lasts, while its maker has worked on the site without a break since
   they made it, and while page and version are there; each opening is counted and recorded in the audit trail.
4. `page_as_read`: the version as a reader would get it, marked as a preview, with nothing of the reader's session.
   `file_shown` finds a picture or file of this version and no other.
5. What the reader says of the version is a remark on it (`preview_answers.py`).
6. `revoke` ends one link; `end_links_of` all of a page when it is published, taken down or deleted; `end_all` every one
   after a restore.
"""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from accounts.roles import has_worked_on_since, works_on
from base.audit import trail as audit
from base.authority import references, references_foreign_to_owner
from base.files import serving as files
from base.gate import Refused
from base.locking import hold
from base.models import PortalRendition, PortalSite
from base.models.files import StoredFile
from base.public.frame import Alert
from base.sites import site_of

from .. import deadlines
from ..models import PreviewLink

DEFAULT_DAYS, MOST_DAYS = 7, 30
PATH = "/xem-truoc/"
MOST_OPEN_A_PAGE = 20
OUTSIDER = "Người giữ liên kết xem trước"

_FILE_ADDRESS = re.compile(re.escape(settings.MEDIA_URL) + r"([a-z0-9]{8,32})/")
End = PreviewLink.End


# --- 1. Making -------------------------------------------------------------------------------------


def is_linked_version(revision_id: int) -> bool:
    """Tell whether a link to a version was given out: what its reader sees must not change meanwhile."""
    return PreviewLink.objects.filter(revision_id=revision_id).exists()


def may_share(user, page) -> bool:
    """Tell whether a user may show drafts of a page to outsiders: they must work on the content of its site.

    Of the practice site nothing is shown to any outsider.
    """
    site = site_of(page)
    return works_on(user, site) and not site.is_practice


@transaction.atomic
def make_link(
    page, *, by, on: datetime | None = None, recipient: str, reason: str, days: int = DEFAULT_DAYS
) -> PreviewLink:
    """Make a link to the newest version of a page; return it.

    Raises Refused without the right, without a draft, or when the draft leads to what another site has not published;
    ValidationError (field → message) without recipient or reason, or for more than MOST_DAYS days.
    """
    page = hold(page)
    if not may_share(by, page):
        raise Refused("Bạn không có vai trò soạn, duyệt trên trang này nên không tạo được liên kết xem trước.")
    recipient, reason = recipient.strip(), reason.strip()
    errors = {}
    if not recipient:
        errors["recipient"] = "Hãy ghi gửi cho ai: cơ quan, đơn vị hoặc chức danh."
    if not reason:
        errors["reason"] = "Hãy ghi lý do cần người ngoài xem bản nháp."
    if not 1 <= days <= MOST_DAYS:
        errors["days"] = f"Liên kết có thời hạn từ 1 đến {MOST_DAYS} ngày; hãy nhập số ngày trong khoảng đó."
    if errors:
        raise ValidationError(errors)
    revision = page.get_latest_revision()
    if revision is None or not is_draft(page, revision):
        raise Refused("Trang này không có bản nháp: người ngoài xem được bản đang đăng ở địa chỉ của trang.")
    if references_foreign_to_owner(revision.as_object()):
        raise Refused("Bản nháp dẫn tới nội dung chưa đăng của trang khác nên không chia sẻ được; hãy bỏ liên kết đó.")
    moment = on or timezone.now()
    if links_of(page).filter(ended_at=None, until__gt=moment).count() >= MOST_OPEN_A_PAGE:
        raise Refused(f"Trang này đã có {MOST_OPEN_A_PAGE} liên kết còn hiệu lực; hãy thu hồi liên kết không dùng nữa.")
    link = PreviewLink.objects.create(
        owner_site=site_of(page),
        page_id=page.pk,
        revision_id=revision.pk,
        title=str(revision.object_str)[:300],
        recipient=recipient[:200],
        reason=reason[:300],
        made_by=by,
        made_at=moment,
        until=moment + timedelta(days=days),
    )
    log(
        instance=page,
        action="portal.preview.make",
        user=by,
        revision=revision,
        data={"reason": link.reason, "until": link.until.isoformat(), "number": link.pk},
    )
    return link


def is_draft(page, revision) -> bool:
    """Tell whether a version of a page is not the public one."""
    return not page.live or page.live_revision_id != revision.pk


def links_of(page):
    """Return the links of a page, newest first."""
    return PreviewLink.objects.filter(page_id=page.pk).select_related("made_by", "ended_by", "owner_site")


# --- 2. Address ------------------------------------------------------------------------------------


def token_of(link: PreviewLink) -> str:
    """Return key and signature: what is in the address."""
    return f"{link.key}.{_signer().signature(_signed(link))}"


def address_of(link: PreviewLink) -> str:
    """Return the whole address, on the host of the city."""
    return settings.WAGTAILADMIN_BASE_URL + reverse("workflows_preview", args=[token_of(link)])


def _signer() -> Signer:
    return Signer(salt="workflows.previews", sep=":")


def _signed(link: PreviewLink) -> str:
    return f"{link.key} {link.page_id} {link.revision_id} {int(link.until.timestamp())}"


# --- 3. Opening ------------------------------------------------------------------------------------


def find(token: str) -> PreviewLink | None:
    """Return the link that an address names, ended or not; None when its signature is not ours."""
    key, _dot, signature = token.partition(".")
    link = PreviewLink.objects.select_related("made_by", "owner_site__parent").filter(key=key).first()
    if link is None:
        return None
    try:
        _signer().unsign(f"{_signed(link)}:{signature}")
    except BadSignature:
        return None
    return link


def version_of(link: PreviewLink, on: datetime | None = None) -> Page | None:
    """Return the page as the link shows it at a moment, or None when the link shows nothing any more."""
    moment = on or timezone.now()
    if link.ended_at is not None or moment >= link.until or link.owner_site.state == PortalSite.State.CLOSED:
        return None
    if not has_worked_on_since(link.made_by, link.owner_site, deadlines.local_date(link.made_at)):
        return None
    revision = Revision.objects.filter(pk=link.revision_id, object_id=str(link.page_id)).first()
    page = Page.objects.filter(pk=link.page_id).first()
    if revision is None or page is None:
        return None
    page = page.specific
    if site_of(page) != link.owner_site or not is_draft(page, revision):
        return None
    return revision.as_object()


@transaction.atomic
def open_link(link: PreviewLink, *, by=None, on: datetime | None = None) -> None:
    """Count one opening and write it down; `by`: a person who happens to be signed in."""
    moment = on or timezone.now()
    PreviewLink.objects.filter(pk=link.pk).update(opened_count=F("opened_count") + 1, last_opened_at=moment)
    link.refresh_from_db(fields=["opened_count", "last_opened_at"])
    audit.record(
        "preview.opened",
        by=by,
        actor_name="" if by else OUTSIDER,
        obj=link,
        site=link.owner_site,
        detail={"page_id": link.page_id, "revision_id": link.revision_id, "count": link.opened_count},
    )


# --- 4. Showing ------------------------------------------------------------------------------------


def page_as_read(version, link: PreviewLink) -> str:
    """Return the version as HTML, as an anonymous reader would get it, under a bar that says what it is.

    Made with a request of its own: nothing of the reader's cookies reaches it. Its pictures and files that are not
    public get addresses below that of the link.
    """
    request = HttpRequest()
    base = urlsplit(settings.WAGTAILADMIN_BASE_URL)
    request.method, request.path = "GET", version.get_url() or "/"
    request.path_info = request.path
    request.META = {
        "SERVER_NAME": settings.PORTAL_HOST,
        "SERVER_PORT": str(settings.PORTAL_PORT),
        "HTTP_HOST": base.netloc,
    }
    request.user, request.is_preview = AnonymousUser(), True
    with translation.override(version.locale.language_code):
        context = version.get_context(request)
        frame = context["frame"]
        frame.is_indexed = frame.is_shared = frame.shows_userbar = False
        frame.canonical_url = frame.report_url = ""
        frame.alternates, frame.metadata, frame.structured_data = [], [], {}
        until = date_format(timezone.localtime(link.until), "H:i d/m/Y")
        frame.alerts.insert(
            0,
            Alert(
                "warning",
                _("Bản xem trước, chưa được duyệt và chưa đăng"),
                _("Chỉ dành cho người nhận liên kết, đến %(until)s; xin không chuyển tiếp.") % {"until": until},
                url=reverse("workflows_preview_answer", args=[token_of(link)]),
                link_label=_("Gửi ý kiến về bản này"),
            ),
        )
        html = render_to_string(version.get_template(request), context, request)
    return _with_own_files(html, version, link)


def _with_own_files(html: str, version, link: PreviewLink) -> str:
    """Lead the addresses of the version's own private files through the link."""
    own = _files_of(version)
    below = reverse("workflows_preview", args=[token_of(link)]).rstrip("/") + settings.MEDIA_URL
    leads: dict[str, bool] = {}

    def lead(match) -> str:
        token = match.group(1)
        if token not in leads:
            item = files.find(token)
            leads[token] = item is not None and _key(item) in own and not files.is_public(item)
        return f"{below}{token}/" if leads[token] else match.group(0)

    return _FILE_ADDRESS.sub(lead, html)


def file_shown(version, token: str):
    """Return the picture, rendition or file of this version that a random name stands for, or None."""
    item = files.find(token)
    return item if item is not None and _key(item) in _files_of(version) else None


def _files_of(version) -> set[tuple[str, int]]:
    """What the version itself names, of its own site or shared by the city."""
    foreign = {_key(reference.target) for reference in references_foreign_to_owner(version)}
    named = {_key(reference.target) for reference in references(version) if isinstance(reference.target, StoredFile)}
    return named - foreign


def _key(item) -> tuple[str, int]:
    owner = item.image if isinstance(item, PortalRendition) else item
    return (owner._meta.label, owner.pk)


# --- 5. Ending -------------------------------------------------------------------------------------


@transaction.atomic
def revoke(link: PreviewLink, *, by, on: datetime | None = None) -> PreviewLink:
    """End a link now; any user who works on the site may. Safe to repeat."""
    link = PreviewLink.objects.select_for_update(of=("self",)).select_related("owner_site").get(pk=link.pk)
    if not works_on(by, link.owner_site):
        raise Refused("Bạn không có vai trò trên trang này nên không thu hồi được liên kết.")
    if link.ended_at is None:
        _end(link, End.REVOKED, by=by, on=on or timezone.now())
    return link


@transaction.atomic
def end_links_of(page, because: str, *, by=None, on: datetime | None = None) -> list[PreviewLink]:
    """End every open link of a page that was published, taken down or deleted; return them."""
    moment = on or timezone.now()
    ended = list(PreviewLink.objects.select_for_update().filter(page_id=page.pk, ended_at=None))
    for link in ended:
        _end(link, because, by=by, on=moment)
    return ended


@transaction.atomic
def end_all(*, on: datetime) -> int:
    """End every open link; return how many. For a portal put back from a copy, in which a revoked one is open again."""
    links = PreviewLink.objects.select_for_update(of=("self",)).select_related("owner_site")
    ended = list(links.filter(ended_at=None, until__gt=on))
    for link in ended:
        _end(link, End.REVOKED, by=None, on=on)
    return len(ended)


def note_published(obj, on: datetime) -> None:
    """End the links of a page that has just become public. Registered with `approval.register_after_publication`."""
    if isinstance(obj, Page):
        end_links_of(obj, End.PUBLISHED, on=on)


def _end(link: PreviewLink, because: str, *, by, on: datetime) -> None:
    link.ended_at, link.ended_by, link.ended_because = on, by, because
    link.save(update_fields=["ended_at", "ended_by", "ended_because"])
    audit.record(
        "preview.ended",
        by=by,
        obj=link,
        site=link.owner_site,
        detail={"page_id": link.page_id, "revision_id": link.revision_id, "why": link.get_ended_because_display()},
    )
