"""Which account at the identity provider opens which person's account: joined by the person, ended by several.

Who joins has just shown the password and the second factor of the portal, and then signed in anew at the provider:
both are theirs. No administrator joins for another: two of them could come in as any approver (decision 0099).
"""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from base.audit.trail import record
from base.operations.backup.ended import note as note_ended
from base.operations.notices import notify

from ...models import JoinedSignIn, User
from ...roles import ADMINISTER, may

# The kind under which the journal notes that a joining ended (`base/operations/backup/ended.py`).
JOINED = "joined-sign-in"


@dataclass(frozen=True)
class Subject:
    """Who came from the provider: its address, and the digest of its name for the person, which stays there."""

    issuer: str
    digest: str

    @classmethod
    def of(cls, issuer: str, name: str) -> "Subject":
        """Return the subject of a provider that calls a person `name`; the same name of another one is another."""
        mark = salted_hmac("accounts.signin.single_sign_on", f"{issuer}\n{name}", algorithm="sha256").hexdigest()
        return cls(issuer, mark)


def person_of(subject: Subject) -> User | None:
    """Return the person whose account is joined, whatever became of it since; None when there is none."""
    joined = JoinedSignIn.objects.filter(digest=subject.digest).select_related("user").first()
    return joined.user if joined else None


def may_come_in(person: User, *, on: datetime) -> bool:
    """Tell whether appointments let a person in on a day, as they do with a password."""
    return person.is_active and (person.rights_until is None or person.rights_until >= timezone.localdate(on))


def may_join(person: User) -> bool:
    """Tell whether a person may join an account; one of last resort hangs on no provider."""
    return person.is_active and not person.is_superuser and person.has_usable_password()


@transaction.atomic
def join(person: User, subject: Subject, *, by: User, on: datetime) -> JoinedSignIn:
    """Join an account at the provider to the person's own, in the place of a former one; return the row.

    The person is told by mail. Raises PermissionDenied for another's account, and for one of last resort;
    ValidationError when the provider's account is another person's already.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    if by.pk != person.pk or not may_join(person):
        raise PermissionDenied("Mỗi người tự gắn đăng nhập chung cho tài khoản của mình; tài khoản dự phòng thì không.")
    taken = ValidationError("Tài khoản ở hệ thống đăng nhập chung này đã gắn với tài khoản của người khác.")
    if JoinedSignIn.objects.filter(digest=subject.digest).exclude(user=person).exists():
        raise taken
    _end(JoinedSignIn.objects.filter(user=person), by=person)
    try:
        with transaction.atomic():
            joined = JoinedSignIn.objects.create(
                user=person, digest=subject.digest, issuer=subject.issuer, joined_at=on
            )
    except IntegrityError:
        raise taken from None
    record("account.sign_in_joined", by=person, obj=person, detail={"what": subject.issuer})
    notify(person, "sign_in_joined", {"on": on, "issuer": subject.issuer})
    return joined


@transaction.atomic
def separate(person: User, *, by: User) -> bool:
    """End the joining of a person's account; tell whether there was one.

    By the person or a technical administrator; raises PermissionDenied for others. The password stays.
    """
    if not may_separate(person, by):
        raise PermissionDenied("Bạn không được bỏ gắn đăng nhập chung của người này.")
    return _end(JoinedSignIn.objects.filter(user=person), by=by)


def may_separate(person: User, by: User) -> bool:
    """Tell whether `by` may end the joining of a person's account."""
    return by.is_active and (by.pk == person.pk or by.is_superuser or may(by, ADMINISTER))


@transaction.atomic
def end_with_rights(person: User) -> bool:
    """End the joining with the person's last appointment, as their password ends; tell whether there was one."""
    return _end(JoinedSignIn.objects.filter(user=person), by=None)


@transaction.atomic
def end_again(joined: JoinedSignIn) -> bool:
    """End a joining that an older copy of the database brought back."""
    return _end(JoinedSignIn.objects.filter(pk=joined.pk), by=None)


def note_use(person: User, *, on: datetime) -> None:
    """Note when a person came in by it last."""
    JoinedSignIn.objects.filter(user=person).update(last_used_at=on)


def _end(rows: QuerySet, *, by: User | None) -> bool:
    joined = rows.select_for_update(of=("self",)).select_related("user").first()
    if joined is None:
        return False
    note_ended(JOINED, joined)
    record("account.sign_in_separated", by=by, obj=joined.user, detail={"what": joined.issuer})
    joined.delete()
    return True
