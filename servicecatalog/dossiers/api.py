"""The API by which a one-stop system pushes dossiers: `/api/ho-so/v1/`, described in `openapi.py`.

1. `push`: up to MOST_UPDATES updates at once. All of them are kept or none; each is kept once, by its key, so a batch
   that may have been lost on the way is simply sent again. The answer tells what became of each.
2. `dossier`: what the portal shows of one dossier of the sender's own unit, with an ETag.
3. `description`: the OpenAPI document, public.

Every call carries the token of a unit (`tokens.py`), which sees and changes dossiers of that unit's site alone.
No cookie is read, so no CSRF token is asked for. Errors are problem documents in Vietnamese (RFC 9457, formerly 7807).
"""

import hashlib
import json
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.csrf import csrf_exempt

from base.models import PortalSite
from base.operations.throttle import Buckets, Rate
from base.public.api import answer, closed_to_scripts, problem, read_only
from base.public.waits import slowed
from vietnam import dossier_codes

from ..models import DossierSource, DossierSummary
from . import openapi, recording, tokens
from . import updates as dossier_updates
from .openapi import MOST_UPDATES, UPDATES

PREFIX = "/api/ho-so/v1/"
BEARER = "bearer "
# Calls with one token, in each web process.
RATES = {"token": Rate(60, 10)}
MOST_ERRORS = 50
REPEATED, APPLIED, SET_ASIDE = "repeated", "applied", "set_aside"

_buckets = Buckets(RATES)


def with_token(method: str) -> Callable:
    """Let a view answer one method to a caller with a token that works; it gets the token's source."""

    def decorate(view: Callable) -> Callable:
        @csrf_exempt
        @wraps(view)
        def answering(request, *args, **kwargs) -> HttpResponse:
            if request.method != method and not (method == "GET" and request.method == "HEAD"):
                response = problem(405, "Không dùng được", f"Địa chỉ này chỉ nhận {method}.")
                response.headers["Allow"] = method
                return _private(response)
            source = _source(request)
            if source is None:
                message = "Thiếu khóa nạp hồ sơ, hoặc khóa không đúng, chưa được xác nhận, đã hết hạn, đã thu hồi."
                response = problem(401, "Chưa xác thực", message)
                response.headers["WWW-Authenticate"] = 'Bearer realm="ho-so"'
                return _private(response)
            if settings.PORTAL_THROTTLE and (seconds := _buckets.take("token", str(source.pk))):
                message = f"Hãy gửi lại sau {seconds} giây."
                return _private(slowed(problem(429, "Quá nhiều yêu cầu", message), seconds))
            return _private(view(request, source, *args, **kwargs))

        return answering

    return decorate


def _source(request) -> DossierSource | None:
    written = request.headers.get("Authorization", "")
    if written[: len(BEARER)].lower() != BEARER:
        return None
    return tokens.source_of(written[len(BEARER) :].strip())


def _private(response: HttpResponse) -> HttpResponse:
    """Mark an answer to a token as private: no proxy caches it; the token's owner may ask whether it has changed.

    Programs hold tokens, pages of other sites never: their scripts must read neither answers nor refusals.
    """
    closed_to_scripts(response)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Authorization"
    return response


# --- 1. Pushing --------------------------------------------------------------------------------------


@with_token("POST")
def push(request, source: DossierSource) -> HttpResponse:
    """Keep a batch of updates; answer what became of each, in their order."""
    if request.content_type != "application/json":
        return problem(415, "Không đọc được", "Nội dung phải là application/json; hãy sửa Content-Type.")
    try:
        body = json.loads(request.body or b"null")
    except ValueError:
        return problem(400, "Không đọc được", "Nội dung không phải JSON; hãy sửa lại.")
    if not isinstance(body, dict) or set(body) != {UPDATES} or not isinstance(body[UPDATES], list):
        return problem(422, "Dữ liệu không hợp lệ", f'Nội dung phải là {{"{UPDATES}": […]}}, không có gì khác.')
    if not 1 <= len(body[UPDATES]) <= MOST_UPDATES:
        return problem(422, "Dữ liệu không hợp lệ", f"Mỗi lần gửi từ 1 đến {MOST_UPDATES} lần cập nhật.")
    now, codes, updates, errors = timezone.now(), source.allowed_codes(), [], []
    for place, raw in enumerate(body[UPDATES]):
        if not isinstance(raw, dict):
            errors.append(_error(place, "", "Mỗi lần cập nhật là một đối tượng JSON."))
            continue
        try:
            updates.append(dossier_updates.read(raw, now=now, unit_codes=codes))
        except dossier_updates.Wrong as wrong:
            errors += [_error(place, name, message) for name, message in wrong.problems]
    if errors:
        return _refused(422, "Dữ liệu không hợp lệ", errors)
    try:
        recorded = recording.record(updates, site=source.owner_site, source=source)
    except recording.Conflict as conflict:
        return _refused(409, "Trái với dữ liệu đã nhận", [_error(*item) for item in conflict.problems])
    return _json({"results": [_result(item) for item in recorded]})


def _error(place: int, name: str, message: str) -> dict:
    return {"index": place, "field": name, "detail": message}


def _refused(status: int, title: str, errors: list[dict]) -> HttpResponse:
    message = f"Không nhận lần cập nhật nào của lô; có {len(errors)} lỗi, hãy sửa rồi gửi lại cả lô."
    return problem(status, title, message, errors=errors[:MOST_ERRORS])


def _result(item: recording.Recorded) -> dict:
    return {
        "code": item.update.code,
        "key": item.update.key,
        "result": SET_ASIDE if item.reason else APPLIED,
        "is_repeated": item.is_repeat,
        "reason": item.reason,
        "status": item.dossier.status,
    }


# --- 2. Asking ---------------------------------------------------------------------------------------


@with_token("GET")
def dossier(request, source: DossierSource, code: str) -> HttpResponse:
    """Answer the state of one dossier of the sender's own site, and its updates that do not count."""
    try:
        code = dossier_codes.parse(code).text
    except dossier_codes.WrongCode as error:
        return problem(404, "Không tìm thấy", str(error))
    found = DossierSummary.objects.filter(code=code, owner_site=source.owner_site).first()
    if found is None:
        return problem(404, "Không tìm thấy", "Đơn vị của khóa này không có hồ sơ nào mang mã đó.")
    response = _json(state(found))
    return get_conditional_response(request, etag=response.headers["ETag"], response=response) or response


def state(found: DossierSummary) -> dict:
    """Return what the API says of a dossier: the same facts and the same count of days as the public look-up."""
    stand = recording.standing_of(found)
    aside = found.events.exclude(set_aside="").order_by("at", "sequence", "key")[:MOST_UPDATES]
    return {
        "code": found.code,
        "status": found.status,
        "status_name": recording.state_name(found.status),
        "status_since": _moment(found.status_since),
        "procedure": found.procedure_code,
        "channel": found.channel,
        "received_at": _moment(found.received_at),
        "promised_on": _day(found.promised_on),
        "due_on": _day(found.due_on),
        "standing": stand.standing,
        "days_left": stand.days_left,
        "is_late": stand.is_late,
        "stopped_since": _moment(found.stopped_at),
        "reappointed_on": _day(found.reappointed_on),
        "apologised_at": _moment(found.apologised_at),
        "ended_at": _moment(found.ended_at),
        "returned_at": _moment(found.returned_at),
        "set_aside": [
            {"key": event.key, "status": event.status, "at": _moment(event.at), "reason": event.set_aside}
            for event in aside
        ],
    }


def _moment(moment) -> str | None:
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else None


def _day(day) -> str | None:
    return day.isoformat() if day else None


def _json(data: dict) -> HttpResponse:
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response.headers["ETag"] = quote_etag(hashlib.blake2b(body, digest_size=16).hexdigest())
    return response


# --- 3. The description ------------------------------------------------------------------------------


@read_only
def description(request) -> HttpResponse:
    """Answer the OpenAPI document of this API."""
    return answer(request, openapi.description(), PortalSite.objects.all())
