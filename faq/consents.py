"""What citizens agree to, version by version: proposed by one person, confirmed by another, shown from its day.

The forms show and store the sentence of the version in force (`words`); the policy behind it is a page of its own
(`/hoi-dap/du-lieu-ca-nhan/chinh-sach/`), each version at an address that stays.
"""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.html import strip_tags
from wagtail.log_actions import log

from accounts.roles import APPROVE, HANDLE_QUESTIONS, may
from base.gate import Refused
from base.models import PortalSite
from base.operations.log_names import person_text
from base.public.index import readers_see_changed
from base.sites import city_site
from vietnam import text as written
from vietnam.dates import format_short
from workflows import deadlines

from . import seeding, terms
from .models import ConsentText

FIELDS = ("text", "text_en", "policy", "policy_en")
PLACES = ("{unit}", "{days}")


def in_force(on: date | datetime | None = None) -> ConsentText | None:
    """Return the version that counts on a day (today); None before the first one was confirmed."""
    return ConsentText.objects.in_force(deadlines.local_date(on))


def shown(on: date | datetime | None = None) -> ConsentText:
    """Return the version that citizens are shown on a day: the one in force, else the one the portal came with."""
    return in_force(on) or seeding.delivered_consent()


def words(site: PortalSite, language: str, on: date | datetime | None = None) -> str:
    """Return the sentence to agree to on a site, with its authority and the term filled in."""
    return filled_in(shown(on), site, language)


def filled_in(version: ConsentText, site: PortalSite, language: str) -> str:
    """Return the sentence of a version as a site shows it, with its authority and the term."""
    text = version.text_en if language == "en" else version.text
    unit = site.unit.name_en if language == "en" and site.unit.name_en else site.unit.full_name
    return text.replace("{unit}", unit).replace("{days}", str(terms.CONTACT_DAYS))


def may_propose(user) -> bool:
    """Tell whether a person may write a new version: who handles questions for the whole city."""
    return may(user, HANDLE_QUESTIONS, city_site())


def may_confirm(user, version: ConsentText) -> bool:
    """Tell whether a person may confirm a version: who approves for the city, and did not write it."""
    return version.confirmed_at is None and user.pk != version.proposed_by_id and may(user, APPROVE, city_site())


@transaction.atomic
def propose(*, valid_from: date, by, on: datetime | None = None, **texts: str) -> ConsentText:
    """Write the next version; readers do not see it before a second person has confirmed it.

    `texts`: text, text_en, policy, policy_en. Raises Refused without the right or while another one waits,
    ValidationError (field → messages) for what is missing, and for a day before the present version's.
    """
    if not may_propose(by):
        raise Refused("Chỉ người xử lý câu hỏi của thành phố được soạn văn bản đồng ý.")
    if ConsentText.objects.filter(confirmed_at=None).exists():
        raise Refused("Đang có một phiên bản chờ duyệt; hãy duyệt hoặc sửa phiên bản đó trước.")
    texts = _checked(valid_from, texts)
    number = (ConsentText.objects.aggregate(last=Max("version"))["last"] or 0) + 1
    version = ConsentText.objects.create(
        version=number,
        valid_from=valid_from,
        proposed_by_id=by.pk,
        proposed_by_name=person_text(by),
        proposed_at=on or timezone.now(),
        **texts,
    )
    log(instance=version, action="portal.consent.proposed", user=by)
    return version


@transaction.atomic
def correct(version: ConsentText, *, valid_from: date, by, on: datetime | None = None, **texts: str) -> ConsentText:
    """Change a version that waits; the person who changes it becomes its writer. Refused once it is confirmed."""
    version = ConsentText.objects.select_for_update().get(pk=version.pk)
    if not may_propose(by):
        raise Refused("Chỉ người xử lý câu hỏi của thành phố được soạn văn bản đồng ý.")
    _demand_waiting(version)
    for name, value in _checked(valid_from, texts).items():
        setattr(version, name, value)
    version.valid_from, version.proposed_by_id = valid_from, by.pk
    version.proposed_by_name, version.proposed_at = person_text(by), on or timezone.now()
    version.save()
    log(instance=version, action="portal.consent.proposed", user=by)
    return version


@transaction.atomic
def confirm(version: ConsentText, *, by, on: datetime | None = None) -> ConsentText:
    """Confirm a version as a second person: the forms show it from its day. Refused for the person who wrote it."""
    version = ConsentText.objects.select_for_update().get(pk=version.pk)
    _demand_waiting(version)
    if not may_confirm(by, version):
        raise Refused("Văn bản đồng ý do người thứ hai có quyền duyệt của thành phố duyệt; người soạn không tự duyệt.")
    moment = on or timezone.now()
    if version.valid_from < deadlines.local_date(moment):
        raise Refused("Ngày bắt đầu dùng đã qua; hãy sửa ngày rồi duyệt: không ai đồng ý với văn bản chưa được thấy.")
    version.confirmed_by_id, version.confirmed_by_name = by.pk, person_text(by)
    version.confirmed_at = moment
    version.save(update_fields=["confirmed_by_id", "confirmed_by_name", "confirmed_at"])
    log(instance=version, action="portal.consent.confirmed", user=by)
    readers_see_changed(sites=PortalSite.objects.all())
    return version


def _demand_waiting(version: ConsentText) -> None:
    if version.confirmed_at is not None:
        raise Refused("Phiên bản này đã duyệt nên không thay đổi nữa; hãy soạn phiên bản mới.")


def _checked(valid_from: date, texts: dict[str, str]) -> dict[str, str]:
    texts = {name: written.nfc(texts.get(name, "")).strip() for name in FIELDS}
    wrong = {name: "Hãy ghi nội dung này." for name, value in texts.items() if not strip_tags(value).strip()}
    for name in ("text", "text_en"):
        missing = [place for place in PLACES if place not in texts[name]]
        if name not in wrong and missing:
            wrong[name] = f"Câu đồng ý phải có {' và '.join(missing)}: nơi ghi tên cơ quan và số ngày giữ."
    latest = ConsentText.objects.exclude(confirmed_at=None).order_by("-valid_from").first()
    if latest is not None and valid_from <= latest.valid_from:
        day = format_short(latest.valid_from)
        wrong["valid_from"] = f"Ngày bắt đầu phải sau ngày của phiên bản {latest.version} ({day})."
    if wrong:
        raise ValidationError(wrong)
    return texts
