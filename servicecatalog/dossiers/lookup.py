"""The state of a dossier, shown by its code (`/dich-vu-cong/tra-cuu-ho-so/`; Thông tư 01/2018/TT-VPCP Điều 16).

1. `track` takes the code by POST: it is in no address, no log and no cache. Every site answers for all of the city.
2. `public_state` says state, dates, days left, what that means, what comes next, and of a late dossier the rule of the
   apology.
   Nothing else is told, and nothing else is known: no name, no papers, no procedure.
3. All unknown codes get the same answer, after the same queries as a known one. Visitors who ask very often have to
   wait: `_buckets` counts every question, `UNKNOWN` those for unknown codes.
   A look-up that brings a proof of work (`base/operations/proof.py`) takes from a bucket of its own: thousands of
   people may stand behind one address.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from math import ceil

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from base.operations import proof
from base.operations.attempts import Attempts
from base.operations.throttle import Buckets, Rate, is_busy, network_of
from base.public.routed import answer_private
from base.public.waits import as_text, slowed
from base.request_facts import client_address
from vietnam import dossier_codes
from workflows import deadlines

from ..models import DossierStatus, DossierSummary
from . import recording
from .recording import Standing

TEMPLATE = "servicecatalog/track_dossier.html"
RATES = {
    # Some people at one counter ask at once; a program that tries numbers is slowed.
    "dossier": Rate(20, 0.2),
    # With a proof of work, which carries a few look-ups.
    "dossier-proven": Rate(300, 6),
    "dossier-stamp": Rate(5, 1 / 86_400),
}
# Unknown codes from one address within a quarter of an hour: a reading room may stand behind it.
UNKNOWN = Attempts("dossier-code", most=40)
# Counted only so that a known code is the same work as an unknown one.
KNOWN = Attempts("dossier-known")
LONGEST_TYPED = 140
FIELD = "code"

_buckets = Buckets(RATES, of_all=frozenset(RATES), name="dossiers")

# What a state means, and what comes next.
WORDS = {
    DossierStatus.REGISTERED: (
        gettext_lazy("Hồ sơ đã được gửi và đang chờ cơ quan kiểm tra."),
        gettext_lazy("Cơ quan tiếp nhận hồ sơ, hoặc báo vì sao không tiếp nhận."),
    ),
    DossierStatus.RECEIVED: (
        gettext_lazy("Cơ quan đã nhận đủ hồ sơ; thời hạn giải quyết đang được tính."),
        gettext_lazy("Hồ sơ được chuyển cho người giải quyết."),
    ),
    DossierStatus.REFUSED: (
        gettext_lazy("Cơ quan không tiếp nhận hồ sơ và đã báo lý do cho người nộp."),
        gettext_lazy("Ông/bà có thể nộp lại khi hồ sơ đã đủ điều kiện."),
    ),
    DossierStatus.IN_PROGRESS: (
        gettext_lazy("Cơ quan đang giải quyết hồ sơ; thời hạn đang được tính."),
        gettext_lazy("Khi có kết quả, cơ quan báo ông/bà đến nhận hoặc gửi theo cách đã chọn."),
    ),
    DossierStatus.PAPERS_WANTED: (
        gettext_lazy("Cơ quan đang chờ ông/bà bổ sung giấy tờ; thời hạn giải quyết dừng lại."),
        gettext_lazy("Xin bổ sung theo phiếu yêu cầu; khi đủ giấy tờ, thời hạn được tính lại từ đầu."),
    ),
    DossierStatus.PAYMENT_WANTED: (
        gettext_lazy("Cơ quan đang chờ ông/bà nộp thuế, phí hoặc lệ phí; thời hạn giải quyết dừng lại."),
        gettext_lazy("Xin nộp theo thông báo; sau đó thời hạn được tính tiếp."),
    ),
    DossierStatus.WITHDRAWN: (
        gettext_lazy("Hồ sơ đã được rút theo yêu cầu của người nộp."),
        gettext_lazy("Không còn việc gì phải làm; muốn giải quyết tiếp thì nộp hồ sơ mới."),
    ),
    DossierStatus.STOPPED: (
        gettext_lazy("Cơ quan đã dừng giải quyết hồ sơ và đã báo lý do cho người nộp."),
        gettext_lazy("Xin xem thông báo của cơ quan; muốn giải quyết tiếp thì nộp hồ sơ mới."),
    ),
    DossierStatus.FINISHED: (
        gettext_lazy("Hồ sơ đã có kết quả."),
        gettext_lazy("Xin đến nhận kết quả, hoặc chờ kết quả được gửi theo cách đã chọn."),
    ),
    DossierStatus.RETURNED: (
        gettext_lazy("Kết quả đã được trả cho người nộp."),
        gettext_lazy("Không còn việc gì phải làm."),
    ),
}
STATE_NAMES = {
    DossierStatus.REGISTERED: gettext_lazy("Mới đăng ký"),
    DossierStatus.RECEIVED: gettext_lazy("Được tiếp nhận"),
    DossierStatus.REFUSED: gettext_lazy("Không được tiếp nhận"),
    DossierStatus.IN_PROGRESS: gettext_lazy("Đang xử lý"),
    DossierStatus.PAPERS_WANTED: gettext_lazy("Yêu cầu bổ sung giấy tờ"),
    DossierStatus.PAYMENT_WANTED: gettext_lazy("Yêu cầu thực hiện nghĩa vụ tài chính"),
    DossierStatus.WITHDRAWN: gettext_lazy("Công dân yêu cầu rút hồ sơ"),
    DossierStatus.STOPPED: gettext_lazy("Dừng xử lý"),
    DossierStatus.FINISHED: gettext_lazy("Đã xử lý xong"),
    DossierStatus.RETURNED: gettext_lazy("Đã trả kết quả"),
}
ENDED_WORDS = {
    Standing.ENDED_EARLY: gettext_lazy("Xong trước hạn"),
    Standing.ENDED_IN_TIME: gettext_lazy("Xong đúng hạn"),
    Standing.ENDED_LATE: gettext_lazy("Xong quá hạn"),
}


class CodeForm(forms.Form):
    """The code of a dossier as a visitor types it; the field says what is wrong with it."""

    code = forms.CharField(
        label=gettext_lazy("Mã hồ sơ"),
        max_length=LONGEST_TYPED,
        strip=True,
        help_text=gettext_lazy("Mã in trên giấy tiếp nhận hồ sơ và hẹn trả kết quả, ví dụ 000.00.24.H01-200605-0001."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={
            "required": gettext_lazy("Hãy nhập mã hồ sơ."),
            "max_length": gettext_lazy("Mã hồ sơ dài quá 35 ký tự; hãy chép lại mã in trên giấy tiếp nhận."),
        },
    )

    def clean_code(self) -> str:
        try:
            return dossier_codes.parse(self.cleaned_data["code"]).text
        except dossier_codes.WrongCode as error:
            raise forms.ValidationError(_code_message(error)) from None


def _code_message(error: dossier_codes.WrongCode) -> str:
    """What is wrong with a code, in the language of the page: the parser speaks Vietnamese only."""
    general = _("Mã hồ sơ không đúng dạng, ví dụ 000.00.24.H01-200605-0001 hoặc H01.24.07-230605-0001.")
    return str(error) if get_language() == "vi" else general


@dataclass(frozen=True)
class PublicState:
    """What the page says of a dossier; `apology` are sentences, empty when there is nothing to apologise for."""

    code: str
    state: str
    since: datetime
    received_on: date | None
    due_on: date | None
    ended_on: date | None
    days: str
    is_late: bool
    is_stopped: bool
    meaning: str
    next: str
    unit: object
    apology: list[str] = field(default_factory=list)


def track(page, request):
    """Answer the page: the form, or the dossier whose code came with it."""
    if request.method != "POST":
        return _draw(page, request, {"form": CodeForm(auto_id="ho-so-%s")})
    form = CodeForm(request.POST, auto_id="ho-so-%s")
    if not form.is_valid():
        errors = [(form[FIELD].id_for_label, text) for text in form.errors.get(FIELD, [])]
        return _draw(page, request, {"form": form, "errors": errors})
    now, address = timezone.now(), client_address(request)
    if wait := _wait(address, request.POST, now):
        return _slowed(page, request, form, wait)
    found = recording.find(form.cleaned_data[FIELD])
    with deadlines.calendar_held():
        shown = public_state(found) if found else None
    (KNOWN if found else UNKNOWN).add(_digest(address), on=now)
    is_demo = found is not None and found.is_illustrative
    return _draw(page, request, {"form": form, "dossier": shown, "is_unknown": found is None, "is_demo": is_demo})


# --- Asking too often --------------------------------------------------------------------------------


def _digest(address: str) -> str:
    return salted_hmac("servicecatalog.dossier", network_of(address), algorithm="sha256").hexdigest()


def _wait(address: str, typed, now: datetime) -> int:
    """Return the seconds that an address has to wait."""
    if not settings.PORTAL_THROTTLE:
        return 0
    is_proven = _buckets.take_for_proof("dossier-stamp", typed, now)
    if seconds := _buckets.take("dossier-proven" if is_proven else "dossier", address):
        return seconds
    return ceil(UNKNOWN.wait(_digest(address), on=now).total_seconds())


def _slowed(page, request, form, seconds: int):
    described = _("Có quá nhiều lần tra cứu từ kết nối này. Xin chờ %(wait)s rồi thử lại.") % {"wait": as_text(seconds)}
    return slowed(_draw(page, request, {"form": form, "errors": [("", described)], "press_again": seconds}), seconds)


# --- What is told ------------------------------------------------------------------------------------


def public_state(found: DossierSummary, on: date | None = None) -> PublicState:
    """Return what the public is told of a dossier as it stands on a local day (today for None)."""
    stand = recording.standing_of(found, on)
    status = DossierStatus(found.status)
    meaning, following = WORDS[status]
    return PublicState(
        code=found.code,
        state=str(STATE_NAMES[status]),
        since=found.status_since,
        received_on=_local(found.received_at),
        due_on=found.due_on,
        ended_on=_local(found.ended_at),
        days=_days(found, stand),
        is_late=stand.is_late,
        is_stopped=found.stopped_at is not None,
        meaning=str(meaning),
        next=str(following),
        unit=found.owner_site.unit,
        apology=_apology(found, stand),
    )


def _local(moment: datetime | None) -> date | None:
    return deadlines.local_date(moment) if moment else None


def _days(found: DossierSummary, stand: recording.Stand) -> str:
    if stand.standing in ENDED_WORDS and found.received_at:
        return str(ENDED_WORDS[stand.standing]) if found.due_on else ""
    if stand.days_left is None:
        return ""
    left = stand.days_left
    if stand.is_late:
        # Late over a weekend only: no working day has passed yet.
        late = max(1, -left)
        return ngettext("Quá hạn %(days)s ngày làm việc", "Quá hạn %(days)s ngày làm việc", late) % {"days": late}
    if found.status == DossierStatus.PAPERS_WANTED:
        return _("Đang dừng tính hạn; khi đủ giấy tờ, thời hạn được tính lại từ đầu")
    if found.stopped_at:
        described = ngettext(
            "Đang dừng tính hạn; khi tính tiếp còn %(days)s ngày làm việc",
            "Đang dừng tính hạn; khi tính tiếp còn %(days)s ngày làm việc",
            left,
        )
        return described % {"days": left}
    if left == 0:
        return _("Đến hạn hôm nay")
    return ngettext("Còn %(days)s ngày làm việc", "Còn %(days)s ngày làm việc", left) % {"days": left}


def _apology(found: DossierSummary, stand: recording.Stand) -> list[str]:
    """The rule of the apology and what became of it; of a dossier that is late, or was put off."""
    if not stand.is_late and found.apologised_at is None:
        return []
    described = [
        _(
            "Hồ sơ quá hạn thì cơ quan phải gửi thư xin lỗi, nêu lý do và hẹn lại ngày trả kết quả chậm nhất một ngày "
            "trước khi hết hạn; chỉ được hẹn lại một lần (Nghị định 61/2018/NĐ-CP và quy định thay thế)."
        )
    ]
    if found.apologised_at is None:
        return [
            *described,
            _("Cổng chưa nhận được thông tin về thư xin lỗi; ông/bà có thể hỏi nơi tiếp nhận dưới đây."),
        ]
    described.append(
        _("Cơ quan đã xin lỗi ngày %(day)s và hẹn lại ngày %(new)s.")
        % {"day": _written(_local(found.apologised_at)), "new": _written(found.reappointed_on)}
    )
    if stand.apology_was_late:
        described.append(_("Thư xin lỗi gửi muộn hơn quy định."))
    if stand.is_past_reappointment and found.ended_at is None:
        described.append(_("Ngày hẹn lại cũng đã qua; cơ quan không được hẹn thêm lần nữa."))
    return described


def _written(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _draw(page, request, context: dict):
    """Draw the page for one person: in no cache, no search engine."""
    whole = page.get_context(request)
    whole["frame"].is_demo = bool(context.get("is_demo"))
    work = proof.marks(request.POST, timezone.now(), proof.bits_for(is_busy=is_busy()))
    return answer_private(page, request, TEMPLATE, {**whole, **work, "page": None, **context}, _("Tra cứu hồ sơ"))
