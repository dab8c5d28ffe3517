"""Personal data go when their term is over; what was asked and answered stays (Luật 91/2025/QH15; Luật CNTT Điều 21).

1. A question, comment or complaint that ends gives its contact the day from which it is purged (`purge_on`).
2. Until then a handler may write the text that is to stay, freed of personal data (`retain_text`).
3. The job `purge_contacts` purges what has come due, each in a transaction of its own: contact data and attachments go,
   mails on the way are emptied, of the text there stays the published one, else the handler's, else the text in which
   everything is covered that the portal knows or that looks like personal data. What the office wrote stays, only the
   sender's own data in it are covered; so they are in versions of the page that were never public.
4. `purge` refuses what has not ended, has no day, or is not due. Only a request of the person concerned purges sooner
   (`data_requests`): then `purge_record` does the same at once.

The record, its number, its consent as text and its figures stay; the log tells when, not what.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Min, Q
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import HANDLE_QUESTIONS, may
from base.gate import Refused
from base.operations import mail
from base.operations.backup.ended import note as note_ended
from base.operations.log_names import person_text
from faq.filling import receiving as filled_forms
from faq.handling import anonymising
from faq.models import CommentContact, ContributedArticle, Question, QuestionContact, State
from faq.terms import CONTACT_DAYS
from sections.models import ConsultationPage
from vietnam import text as written
from vietnam.dates import format_short
from workflows import deadlines

from .covering import cover_draft, cover_office, cover_versions
from .models import DataSubjectRequest, RetainedText
from .registers import COMMENT_RUNS, REGISTERS, Register, register_of

# What the journal outside the database says of a record whose contact went wholly, or while it ran
# (`after_restore.py`).
ERASED, EMPTIED = "contact-erased", "contact-emptied"
SOON_DAYS = 30
# After this many days without an outcome a consultation is named to those who handle its comments.
OUTCOME_DAYS = 90


# --- 1. What is due ---------------------------------------------------------------------------------


def due(register: Register, *, on: date | datetime | None = None, sites: Iterable | None = None):
    """Return the contacts of a register that the next run purges, the longest due first."""
    return _held(register, sites).filter(purge_on__lte=deadlines.local_date(on)).order_by("purge_on", "pk")


def soon(register: Register, *, on: date | datetime | None = None, sites: Iterable | None = None):
    """Return those that come due within `SOON_DAYS`."""
    day = deadlines.local_date(on)
    found = _held(register, sites).filter(purge_on__gt=day, purge_on__lte=day + timedelta(days=SOON_DAYS))
    return found.order_by("purge_on", "pk")


def purged(register: Register, *, sites: Iterable | None = None):
    """Return those that were purged, the latest first."""
    return _of(register, sites).exclude(purged_at=None).order_by("-purged_at", "-pk")


def stuck(*, on: date | datetime | None = None, sites: Iterable | None = None):
    """Return the questions answered so long ago that their contact would be purged, had they been ended."""
    since = (on if isinstance(on, datetime) else timezone.now()) - timedelta(days=CONTACT_DAYS)
    found = Question.objects.filter(state=State.REPLIED, replied_at__lt=since, contact__purged_at=None)
    return (found if sites is None else found.filter(owner_site__in=sites)).order_by("replied_at", "pk")


def stuck_consultations(*, on: date | datetime | None = None, sites: Iterable | None = None):
    """Return the consultations closed over `OUTCOME_DAYS` ago of which people still wait for the outcome.

    Each with `waiting` (how many contacts are held) and `goes_on` (the day on which they go), the longest closed first.
    """
    closed = deadlines.local_date(on) - timedelta(days=OUTCOME_DAYS)
    running = Q(comments__state__in=COMMENT_RUNS, comments__contact__purged_at=None)
    if sites is not None:
        running &= Q(comments__owner_site__in=sites)
    found = ConsultationPage.objects.filter(running, closes_on__lt=closed)
    counted = found.annotate(waiting=Count("comments", filter=running), goes_on=Min("comments__contact__purge_on"))
    return counted.order_by("closes_on", "pk")


def _of(register: Register, sites):
    found = register.contacts.objects.select_related(f"{register.record}__owner_site")
    if register.contacts is QuestionContact:
        found = found.select_related("question__retained_text")
    return found if sites is None else found.filter(**{f"{register.record}__owner_site__in": sites})


def _held(register: Register, sites):
    return _of(register, sites).filter(purged_at=None).exclude(purge_on=None)


# --- 2. The text that is to stay --------------------------------------------------------------------


@transaction.atomic
def retain_text(question: Question, *, title: str, text: str, by, on: datetime | None = None) -> RetainedText:
    """Write the text of a question that stays when its contact goes; may be changed until then.

    Raises Refused without the right or after the purge, ValidationError when a text is empty or holds what the asker
    gave as their contact.
    """
    question = Question.objects.select_for_update(of=("self",)).select_related("owner_site").get(pk=question.pk)
    if not may(by, HANDLE_QUESTIONS, question.owner_site):
        raise Refused("Bạn không có quyền soạn bản ẩn danh của câu hỏi này.")
    contact = question.contact
    if contact.purged_at:
        raise Refused("Thông tin người hỏi đã được xóa; nội dung câu hỏi không sửa được nữa.")
    # A name that may be published is not kept for that: consent ends with the purpose.
    contact.may_show_name = False
    values = {"title": written.nfc(title).strip()[:200], "text": written.nfc(text).strip()}
    wrong = {
        name: "Hãy ghi nội dung giữ lại." if not value else refusal
        for name, value in values.items()
        if not value or (refusal := anonymising.refusal(value, contact))
    }
    if wrong:
        raise ValidationError(wrong)
    retained, _made = RetainedText.objects.update_or_create(
        question=question, defaults={**values, "made_by_name": person_text(by), "made_at": on or timezone.now()}
    )
    log(instance=question, action="portal.question.retain_text", user=by)
    return retained


# --- 3. The job -------------------------------------------------------------------------------------


def purge_contacts(*, on: datetime) -> int:
    """Purge all that has come due; return how many. One that fails does not hold up the others: it is raised last."""
    give_days_to_comments(on=on)
    done, failure = 0, None
    for register in REGISTERS:
        for pk in list(due(register, on=on).values_list("pk", flat=True)):
            contact = register.contacts.objects.get(pk=pk)
            if not register.has_ended(register.of(contact)):
                # Opened again in this very moment; its day is set anew when it ends.
                continue
            try:
                purge(register.of(contact), on=on)
                done += 1
            except Exception as error:  # noqa: BLE001  raised below
                failure = error
    for request in DataSubjectRequest.objects.filter(purged_at=None, purge_on__lte=deadlines.local_date(on)):
        _purge_request(request, on)
        done += 1
    done += filled_forms.purge_due(on=on)
    if failure is not None:
        raise failure
    return done


def give_days_to_comments(*, on: date | datetime | None = None) -> int:
    """Give contacts of comments without an outcome their day, a year after the consultation closed; return how many.

    The outcome, once it is public, or a refusal sets the day anew (`commenting.deciding`); a consultation that is open
    again takes it away.
    """
    today, changed = deadlines.local_date(on), 0
    running = CommentContact.objects.filter(comment__state__in=COMMENT_RUNS, purged_at=None)
    for page, closes_on in running.order_by().values_list("comment__page", "comment__page__closes_on").distinct():
        is_over = closes_on is not None and closes_on < today
        day = closes_on + timedelta(days=CONTACT_DAYS) if is_over else None
        changed += running.filter(comment__page=page).exclude(purge_on=day).update(purge_on=day)
    return changed


@transaction.atomic
def purge(record, *, on: datetime | None = None):
    """Purge the contact of one record whose term is over; return the contact.

    Raises Refused for a record that has not ended, has no day or is not due: there is no other way before the term than
    a request of the person concerned.
    """
    register = register_of(record)
    contact = hold_contact(register, record)
    if contact.purged_at:
        return contact
    moment = on or timezone.now()
    if not register.has_ended(register.of(contact)):
        raise Refused(f"{record} chưa kết thúc nên chưa xóa thông tin liên hệ được.")
    if contact.purge_on is None:
        raise Refused(f"{record} chưa có ngày xóa thông tin liên hệ nên không xóa được.")
    if contact.purge_on > deadlines.local_date(moment):
        raise Refused(f"{record}: đến ngày {format_short(contact.purge_on)} mới xóa thông tin liên hệ.")
    return purge_record(record, on=moment)


# --- 4. Forgetting ----------------------------------------------------------------------------------


@transaction.atomic
def purge_record(record, *, by=None, on: datetime | None = None):
    """Delete what a record holds of a person, whatever its day; return the contact.

    Called by `purge` and by the requests of the person concerned, which have checked that it may be.
    """
    register = register_of(record)
    contact = hold_contact(register, record)
    record, moment = register.of(contact), on or timezone.now()
    register.cover(record, contact)
    _remove_files(record, moment)
    _empty(register, record, contact, moment)
    contact.purged_at = moment
    contact.save()
    note_ended(ERASED, record)
    log(instance=record, action=f"portal.{register.key}.purged", user=by)
    return contact


@transaction.atomic
def purge_contact(record, *, by=None, on: datetime | None = None):
    """Empty the contact of a record that still runs, because consent was withdrawn; return it.

    The sender follows the matter by number and secret. Their own data are covered in what they wrote; what else there
    is goes as soon as the record ends.
    """
    register = register_of(record)
    contact = hold_contact(register, record)
    record, moment = register.of(contact), on or timezone.now()
    for name in ("title", "text"):
        if hasattr(record, name):
            setattr(record, name, anonymising.without_own(getattr(record, name), contact))
    record.save()
    if isinstance(record, Question):
        cover_office(record, contact)
        # A draft that shows the name would be approved with it.
        cover_versions(record, contact)
    elif isinstance(record, ContributedArticle):
        cover_draft(record, contact)
    _empty(register, record, contact, moment)
    contact.withdrawn_at = contact.withdrawn_at or moment
    contact.save()
    note_ended(EMPTIED, record)
    log(instance=record, action=f"portal.{register.key}.withdrawn", user=by)
    return contact


def hold_contact(register: Register, record):
    """Lock record and contact, the record first; return the contact."""
    type(record).objects.select_for_update(of=("self",)).get(pk=record.pk)
    contacts = register.contacts.objects.select_for_update(of=("self",))
    return contacts.select_related(f"{register.record}__owner_site").get(**{register.record: record.pk})


def _empty(register: Register, record, contact, moment: datetime) -> None:
    mail.empty(f"{register.key}-{record.pk}-", recipient=contact.email, on=moment)
    for name in contact.PERSONAL:
        setattr(contact, name, "")
    contact.may_show_name = False


def _remove_files(record, moment: datetime) -> None:
    """Take the attachments out of the store; name and row say that something was there. Covered copies stay."""
    if not hasattr(record, "files"):
        return
    for file in record.files.select_for_update().filter(removed_at=None):
        if getattr(file, "redacted_of_id", None) is not None:
            continue
        stored_as, name = file.file.name, file.name
        file.file, file.removed_at = "", moment
        file.name = f"tệp {file.pk}{_ending(name)}"
        file.save()
        storage = type(file)._meta.get_field("file").storage
        transaction.on_commit(lambda stored_as=stored_as, storage=storage: storage.delete(stored_as))


def _ending(name: str) -> str:
    dot = name.rfind(".")
    return name[dot:].lower() if 0 < len(name) - dot <= 6 and dot >= 0 else ""


@transaction.atomic
def _purge_request(request: DataSubjectRequest, on: datetime) -> None:
    held = DataSubjectRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if held.is_open or held.purged_at:
        return
    for name in held.PERSONAL:
        setattr(held, name, "")
    held.purged_at = on
    held.save()
    log(instance=held, action="portal.data_request.purged")
