"""Tokens with which a one-stop system pushes the dossiers of one site: made, confirmed, used, revoked.

1. `make`: the technical administrator names system, site and last day. The token is returned once; only its SHA-256 is
   kept (it is random, so no slow hash is needed). 2. `confirm`: the standing office, another person, lets it work.
3. `source_of`: whose token this is, when it works now. 4. `revoke`: either of them, at once and for good.

Data pushed with a token is shown to the public, therefore two persons. Both steps are in the audit trail.
"""

import hashlib
import secrets
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import ADMINISTER, DISPATCH, may
from base.gate import Refused
from base.models import PortalSite
from vietnam import dossier_codes
from workflows import deadlines

from ..models import DossierSource

MARK = "lxhs_"
RANDOM_BYTES = 32
LONGEST_TOKEN = 100
LONGEST_LIFE = timedelta(days=2 * 366)
# When a token was used last is written at most so often: it is asked at every push.
NOTE_EVERY = timedelta(minutes=1)
Standing = DossierSource.Standing


def may_make(user) -> bool:
    """Tell whether a user may make tokens: the technical administrator (Quy chế Điều 14)."""
    return may(user, ADMINISTER)


def may_confirm(user) -> bool:
    """Tell whether a user may confirm tokens: the standing office (Quy chế Điều 13.1)."""
    return may(user, DISPATCH)


def may_see(user) -> bool:
    """Tell whether a user may see the list of tokens and revoke one."""
    return may_make(user) or may_confirm(user)


@transaction.atomic
def make(
    *, name: str, site: PortalSite, by, unit_codes: str = "", expires_on: date | None = None, on: datetime | None = None
) -> tuple[DossierSource, str]:
    """Make a token that waits for its confirmation; return its row and the token, which cannot be read again.

    Raises Refused without the right, ValidationError (field → messages) for a wrong name, code or day.
    """
    if not may_make(by):
        raise Refused("Chỉ cán bộ quản trị kỹ thuật được cấp khóa nạp hồ sơ.")
    now, problems = on or timezone.now(), {}
    codes = unit_codes.upper().split()
    if not name.strip():
        problems["name"] = "Hãy ghi tên hệ thống gửi hồ sơ."
    if wrong := [code for code in codes if not dossier_codes.is_unit_code(code)]:
        problems["unit_codes"] = f"«{wrong[0][:40]}» không phải mã định danh, ví dụ 000.00.24.H01 hoặc H01.24.07."
    today = deadlines.local_date(now)
    if expires_on is None:
        problems["expires_on"] = "Hãy ghi ngày hết hạn của khóa."
    elif not today <= expires_on <= today + LONGEST_LIFE:
        problems["expires_on"] = "Ngày hết hạn phải từ hôm nay đến hai năm sau."
    if problems:
        raise ValidationError(problems)
    token = MARK + secrets.token_urlsafe(RANDOM_BYTES)
    source = DossierSource.objects.create(
        name=name.strip(),
        owner_site=site,
        unit_codes="\n".join(codes),
        token_digest=digest_of(token),
        token_hint=token[-4:],
        made_by=by,
        made_at=now,
        expires_on=expires_on,
    )
    log(instance=source, action="portal.dossier_source.make", user=by, data={"site": site.slug, "name": source.name})
    return source, token


@transaction.atomic
def confirm(source: DossierSource, *, by, on: datetime | None = None) -> DossierSource:
    """Activate a token. Raises Refused without the right, for the person who made it, and when it does not wait."""
    if not may_confirm(by):
        raise Refused("Chỉ cơ quan Thường trực Ban Biên tập được xác nhận khóa nạp hồ sơ.")
    now = on or timezone.now()
    source = DossierSource.objects.select_for_update(of=("self",)).select_related("owner_site").get(pk=source.pk)
    if source.made_by_id == by.pk:
        raise Refused("Người cấp khóa không tự xác nhận khóa của mình; hãy nhờ người thứ hai.")
    if source.standing(deadlines.local_date(now)) != Standing.WAITING:
        raise Refused("Khóa này không chờ xác nhận.")
    source.confirmed_by, source.confirmed_at = by, now
    source.save(update_fields=["confirmed_by", "confirmed_at"])
    data = {"site": source.owner_site.slug, "name": source.name}
    log(instance=source, action="portal.dossier_source.confirm", user=by, data=data)
    return source


@transaction.atomic
def revoke(source: DossierSource, *, by, on: datetime | None = None) -> DossierSource:
    """End a token at once; it never works again. Raises Refused without the right and when it is revoked already."""
    if not may_see(by):
        raise Refused("Chỉ cán bộ quản trị kỹ thuật, cơ quan Thường trực được thu hồi khóa nạp hồ sơ.")
    source = DossierSource.objects.select_for_update(of=("self",)).select_related("owner_site").get(pk=source.pk)
    if source.revoked_at is not None:
        raise Refused("Khóa này đã được thu hồi.")
    source.revoked_by, source.revoked_at = by, on or timezone.now()
    source.save(update_fields=["revoked_by", "revoked_at"])
    data = {"site": source.owner_site.slug, "name": source.name}
    log(instance=source, action="portal.dossier_source.revoke", user=by, data=data)
    return source


def source_of(token: str, *, on: datetime | None = None) -> DossierSource | None:
    """Return the source whose token this is when it works now, else None; notes that it was used."""
    if not token.startswith(MARK) or len(token) > LONGEST_TOKEN:
        return None
    now = on or timezone.now()
    source = (
        DossierSource.objects.select_related("owner_site__unit", "owner_site__parent")
        .filter(token_digest=digest_of(token))
        .first()
    )
    if source is None or source.standing(deadlines.local_date(now)) != Standing.IN_USE:
        return None
    if source.owner_site.state != PortalSite.State.OPEN:
        return None
    if source.last_used_at is None or now - source.last_used_at >= NOTE_EVERY:
        DossierSource.objects.filter(pk=source.pk).update(last_used_at=now)
    return source


def digest_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
