"""Taking in what was written in a form, erasing it for its sender, and purging it when its term is over."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from accounts.roles import ANSWER_QUESTIONS, HANDLE_QUESTIONS
from accounts.unit_roles import units_for
from base.chain.canonical_json import digest
from base.gate import Refused
from base.operations.backup.ended import note as note_ended
from base.public.translated.same import take_from_source
from base.sites import site_of
from sections.models import FormPage
from vietnam import text as written
from workflows import deadlines

from .. import numbering
from ..handling import succession
from ..models import FilledForm, FormVersion
from ..office import inbox
from ..open_days import NotNow, why_not
from . import fields

# What the journal outside the database says of answers that went before their term (`after_restore.py`).
ERASED = "form-erased"


class FormClosed(Refused):
    """The form takes no answers at this moment."""


@dataclass(frozen=True)
class Received:
    """What was received, and its secret."""

    filled: FilledForm
    secret: str


@transaction.atomic
def receive(
    page: FormPage,
    *,
    answers: dict[str, str | list[str]],
    consent_text: str,
    language_code: str = "vi",
    is_suspect: bool = False,
    opened_at: datetime | None = None,
    on: datetime | None = None,
) -> Received:
    """Take answers in; return them with their secret.

    `answers`: by the keys of the questions of the public version. `opened_at`: when the form was opened, as the portal
    signed it. Raises FormClosed outside of its days (but see `open_days.GRACE`), ValidationError for what is no answer
    to its question (`fields.problem_of`), for what is no question of this version, and without consent.
    """
    moment = on or timezone.now()
    page = take_from_source(FormPage.objects.select_for_update(of=("self",)).get(pk=page.pk))
    demand_open(page, moment, opened_at)
    questions = page.asked()
    if not consent_text or set(answers) - {question.key for question in questions}:
        raise ValidationError(_("Biểu mẫu vừa thay đổi hoặc chưa đủ câu trả lời; xin xem lại rồi gửi."))
    problems = [fields.problem_of(question, answers.get(question.key)) for question in questions]
    if any(problems):
        raise ValidationError([problem for problem in problems if problem])
    site = site_of(page)
    number, year = numbering.next_number(numbering.Series.FORM, moment)
    filled = FilledForm.objects.create(
        number=number,
        year=year,
        secret=numbering.new_secret(),
        page=page,
        version=_version(page, moment),
        owner_site=succession.site_that_acts(site),
        unit=succession.unit_that_acts(page.responsible_unit, moment) if page.responsible_unit_id else site.unit,
        language_code=language_code,
        answers=json.dumps(_tidied(answers), ensure_ascii=False),
        consent_text=consent_text,
        received_at=moment,
        is_suspect=is_suspect,
        purge_on=page.purge_day,
    )
    log(instance=filled, action="portal.form.received", data={"page": page.pk})
    return Received(filled, filled.secret)


def demand_open(page: FormPage, on: datetime, opened_at: datetime | None = None) -> None:
    """Raise FormClosed unless the form takes answers now, or did when it was opened a moment ago."""
    reason = why_not(page, on, opened_at)
    if reason == NotNow.AWAY:
        raise FormClosed(_("Trang này không nhận biểu mẫu."))
    if reason == NotNow.UPCOMING:
        raise FormClosed(_("Biểu mẫu này chưa đến ngày nhận."))
    if reason == NotNow.CLOSED:
        raise FormClosed(_("Biểu mẫu này đã đóng nên câu trả lời chưa được nhận; nội dung đã ghi vẫn còn bên dưới."))


def find(number: str, secret: str) -> FilledForm | None:
    """Return what a number and its secret open; None alike for each that is wrong."""
    return numbering.opens(FilledForm.objects.select_related("page", "version", "owner_site"), number, secret)


def visible_to(user):
    """Return the filled forms that a person may read: of the sites whose matters they handle, or of their own unit."""
    sites = inbox.sites_for(user, HANDLE_QUESTIONS)
    return FilledForm.objects.filter(Q(owner_site__in=sites) | Q(unit__in=units_for(user, ANSWER_QUESTIONS)))


@transaction.atomic
def erase(filled: FilledForm, *, on: datetime | None = None) -> FilledForm:
    """Erase what its sender wrote, at their own wish; number and day stay. Once more changes nothing."""
    filled = FilledForm.objects.select_for_update(of=("self",)).get(pk=filled.pk)
    if filled.purged_at is None:
        _empty(filled, on or timezone.now())
        note_ended(ERASED, filled)
        log(instance=filled, action="portal.form.erased")
    return filled


def purge_due(*, on: date | datetime | None = None) -> int:
    """Empty the answers whose term is over, each in a transaction of its own; return how many."""
    due = FilledForm.objects.filter(purged_at=None, purge_on__lte=deadlines.local_date(on))
    done = 0
    for key in list(due.order_by("purge_on", "pk").values_list("pk", flat=True)):
        with transaction.atomic():
            filled = FilledForm.objects.select_for_update(of=("self",)).get(pk=key)
            if filled.purged_at is None:
                _empty(filled, on if isinstance(on, datetime) else timezone.now())
                log(instance=filled, action="portal.form.purged")
                done += 1
    return done


def _empty(filled: FilledForm, moment: datetime) -> None:
    filled.answers, filled.purged_at = "", moment
    filled.save(update_fields=["answers", "purged_at"])


def _version(page: FormPage, moment: datetime) -> FormVersion:
    questions = [question.as_data() for question in page.asked()]
    mark = digest([questions, page.purpose])
    defaults = {"questions": questions, "purpose": page.purpose, "made_at": moment}
    return FormVersion.objects.get_or_create(page=page, digest=mark, defaults=defaults)[0]


def _tidied(answers: dict) -> dict:
    def tidy(value):
        return [written.nfc(one).strip() for one in value] if isinstance(value, list) else written.nfc(value).strip()

    return {key: tidy(value) for key, value in answers.items()}
