"""The first accounts of a portal that has none: two break-glass accounts, for two people, by a link that works once.

1. Who installs the portal is shown the link (`manage.py first_link`); it holds for a day. 2. `create` makes both
accounts, without passwords; each person chooses their own by the link of `activation_link`. 3. From then on there are
accounts, so no link opens this any more, whatever becomes of these people. What they do next is listed in «Bắt đầu ở
đây» (`home/first_steps.py`): one records the first decision, the other confirms it.
"""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from wagtail.log_actions import log

from base.gate import Refused
from base.operations import leases
from vietnam.text import nfc

from ..models import User
from ..persons import BAD_USERNAME, problems

HOLDS_FOR = timedelta(hours=24)
CLOSED = "Cổng đã có tài khoản: màn hình này đã đóng và không mở lại."
SAME = "Hai tài khoản dự phòng là của hai người khác nhau: cần tên đăng nhập và thư điện tử khác nhau."
_SALT = "accounts.first-accounts"


def is_open() -> bool:
    """Tell whether the portal has no account yet."""
    return not User.objects.exists()


def link() -> str:
    """Return the address at which the first accounts are made. Raises Refused once there is an account."""
    if not is_open():
        raise Refused(CLOSED)
    return settings.WAGTAILADMIN_BASE_URL + reverse("accounts_first", args=[signing.dumps("first", salt=_SALT)])


def opens(token: str) -> bool:
    """Tell whether the token of a link still opens the screen."""
    try:
        signing.loads(token, salt=_SALT, max_age=HOLDS_FOR)
    except signing.BadSignature:
        return False
    return is_open()


def create(people: list[dict[str, str]]) -> list[User]:
    """Make the two break-glass accounts; return them, active and without passwords.

    `people`: two of {"username", "full_name", "email"}. Raises Refused when there is an account, ValidationError when
    both are the same person or an account has no good name or mail address.
    """
    # Two who press at once: the second finds the accounts of the first.
    with leases.hold("first-accounts", wait_seconds=10), transaction.atomic():
        if not is_open():
            raise Refused(CLOSED)
        if len(people) != 2 or any(
            len({nfc(one[name]).lower() for one in people}) != 2 for name in ("username", "email")
        ):
            raise ValidationError(SAME)
        return [_made(**person) for person in people]


def _made(*, username: str, full_name: str, email: str) -> User:
    if found := problems(username=username, full_name=full_name, email=email):
        raise ValidationError([message for messages in found.values() for message in messages])
    person = User(
        username=nfc(username).strip(),
        full_name=" ".join(nfc(full_name).split()),
        email=email.strip(),
        is_superuser=True,
        is_staff=True,
    )
    person.set_unusable_password()
    try:
        person.clean_fields(exclude={"password"})
    except ValidationError:
        raise ValidationError(BAD_USERNAME) from None
    person.save()
    log(instance=person, action="portal.account.create", user=None, data={"username": person.username, "first": True})
    return person
