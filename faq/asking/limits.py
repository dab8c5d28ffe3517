"""How many questions may come in a period, and how many files may lie here unsent.

1. `refusal`: one mail address or telephone number may ask so often in a period; over that the asker is told when they
   may ask again, and keeps what they typed.
2. `work_wanted`: a network from which unusually many come is asked for a harder proof of work, and refused nothing:
   thousands may be behind it. A sender without scripts presses again, at a rate of its own, when the turn of the form
   has come (`base/operations/proof.py`).
3. `is_suspect`: what looks like a program's is received all the same, and a person looks first. It also counts the
   sending (`count`), with what is sent. Networks, addresses and numbers are stored as keyed digests, for a day.
"""

from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from base.operations import proof
from base.operations.attempts import NO_WAIT, Window
from base.operations.throttle import Buckets, Rate, is_busy, network_of
from base.public.waits import as_text
from vietnam.text import fold

from ..models import Asking

# A person; a family or an office behind one address, from where on more work is wanted; those of them without scripts.
OF_CONTACT = Window(5, timedelta(days=1))
OF_NETWORK = Window(40, timedelta(hours=1))
UNPROVEN_OF_NETWORK = Window(5, timedelta(hours=1))
# Without the harder proof, over all servers: a few at once, then at a rate by which the fifty of a thousand people who
# have no scripts are through in minutes. A person looks at them first (`is_suspect`).
UNPROVEN_SECONDS = 30
UNPROVEN = "unproven"
MOST_ASIDE = 40
# Where points in the name before the @ lead to the same letter box.
WITHOUT_POINTS = frozenset({"gmail.com", "googlemail.com"})
# A turn is for one sending.
RATES = {UNPROVEN: Rate(12, 1 / UNPROVEN_SECONDS), "turn": Rate(1, 1 / 86_400)}
_buckets = Buckets(RATES, of_all=frozenset(RATES), name="questions")
_SALT = "faq.limits"
# A field that people do not see; programs fill it.
TRAP = "website"


def digest_of(value: str) -> str:
    """Return the keyed digest under which something is counted; "" for nothing."""
    return salted_hmac(_SALT, value, algorithm="sha256").hexdigest() if value else ""


def network_digest(address: str) -> str:
    """Return the digest of the network an address belongs to."""
    return digest_of(network_of(address)) if address else ""


class Over(NamedTuple):
    """Why a form is not received now, how long to wait (None: it only wants more work), and its turn ("": none)."""

    message: str
    wait: timedelta | None
    turn: str = ""


def refusal(*, mail: str, phone: str, unit, on: datetime) -> Over | None:
    """Return why no more questions are taken now and how long to wait; None when they are.

    `unit`: the one whose telephone number and address are named for what is urgent. A second sender with the same
    contact at the same moment waits here for the transaction of the first.
    """
    _one_at_a_time(mail_digest(mail), _phone(phone))
    wait = _longest_wait(mail, phone, on)
    if not wait:
        return None
    # The minute that is named is never before the moment.
    moment = timezone.localtime(on + wait + timedelta(seconds=59))
    message = _(
        "Trong 24 giờ qua đã có %(count)s câu hỏi gửi với thông tin liên hệ này, là mức nhiều nhất trong một ngày. Xin "
        "ông/bà gửi tiếp sau %(wait)s, từ %(time)s ngày %(day)s; nội dung đã nhập vẫn còn trên trang này. %(reach)s"
    ) % {
        "count": OF_CONTACT.most,
        "wait": as_text(ceil(wait.total_seconds())),
        "time": f"{moment:%H:%M}",
        "day": f"{moment:%d/%m/%Y}",
        "reach": _reach(unit),
    }
    return Over(message, wait)


def used_up(*, mail: str, phone: str, unit, on: datetime) -> str:
    """Return beforehand why a sending would be refused, "" where it would not be; takes no lock and waits for none.

    The hour is not named: the user may have typed a neighbour's number, and has sent nothing.
    """
    if not _longest_wait(mail, phone, on):
        return ""
    return _(
        "Trong 24 giờ qua đã có %(count)s câu hỏi gửi với thông tin liên hệ này, là mức nhiều nhất trong một ngày; "
        "gửi lúc này thì chưa được nhận. %(reach)s"
    ) % {"count": OF_CONTACT.most, "reach": _reach(unit)}


def _longest_wait(mail: str, phone: str, on: datetime) -> timedelta:
    counted = {"mail": mail_digest(mail), "phone": _phone(phone)}
    waits = [OF_CONTACT.wait(Asking.objects.filter(**{name: key}), on=on) for name, key in counted.items() if key]
    return max(waits, default=NO_WAIT)


def _reach(unit) -> str:
    """Say how else to reach a unit when something is urgent, with what is known of it."""
    if unit.phone and unit.address:
        return _("Việc gấp xin gọi %(phone)s hoặc đến %(address)s.") % {"phone": unit.phone, "address": unit.address}
    if unit.phone:
        return _("Việc gấp xin gọi %(phone)s.") % {"phone": unit.phone}
    if unit.address:
        return _("Việc gấp xin đến %(address)s.") % {"address": unit.address}
    return _("Việc gấp xin gọi điện hoặc đến trực tiếp.")


def is_crowded(address: str, on: datetime) -> bool:
    """Tell whether a network has lately sent more than the limit, so that its next forms want more work."""
    # As the other limits of one address: a generator of load on the machine itself turns them off.
    if not settings.PORTAL_THROTTLE or not address:
        return False
    return OF_NETWORK.is_full(Asking.objects.filter(network=network_digest(address)), on=on)


def bits_for(address: str, on: datetime) -> int:
    """Return the zero bits that a form wants when it is drawn now for an address."""
    return proof.bits_for(is_crowded=is_crowded(address, on), is_busy=is_busy())


def work_wanted(form, *, address: str, on: datetime) -> Over | None:
    """Return why a form from a crowded network is drawn again before it is received; None: receive it.

    Without a time to wait it now wants more work (`proof.marks`), which its script does at once. `form`: its fields.
    """
    if not is_crowded(address, on):
        return None
    stamp = form.get(proof.STAMP, "")
    bits, known = proof.bits_for(is_crowded=True), proof.read(stamp, on)
    if known is None or known.bits < bits:
        return Over(
            _(
                "Từ kết nối mạng này đang có rất nhiều người gửi, nên trang này vừa làm thêm một bước để phân biệt "
                "người với chương trình tự động. Nội dung đã nhập vẫn còn; xin bấm gửi lần nữa."
            ),
            None,
        )
    if proof.proven(stamp, form.get(proof.PROOF, ""), on) is not None:
        return None
    seconds, turn, _is_taken = _buckets.take_or_turn(UNPROVEN, address, form, on, MOST_ASIDE)
    return Over(again(seconds), timedelta(seconds=seconds), turn) if seconds else None


def note_refused(turn: str, address: str) -> None:
    """Count the place that a refusal gave, with its turn; called when the transaction of `work_wanted` has ended."""
    if turn:
        _buckets.put_aside_again(UNPROVEN, address, MOST_ASIDE)


def again(seconds: int) -> str:
    """Say that all that was typed is still there, and after how many seconds to send it again."""
    return _(
        "Từ kết nối mạng này đang có rất nhiều người gửi. Nội dung đã nhập vẫn còn trên trang này; xin bấm gửi lần nữa "
        "sau %(wait)s."
    ) % {"wait": as_text(seconds)}


def is_suspect(form, *, address: str, mail: str, phone: str, on: datetime, has_key: bool = True) -> bool:
    """Count a sending; tell whether it looks like a program's: a person looks at it before it is worked on.

    So it does when the trap is filled, when there is neither proof nor time, nor a key by which it is sent only once
    (`has_key`), when its stamp was used before, or when much without a proof came from its network lately.
    """
    stamp = form.get(proof.STAMP, "")
    verdict, known = proof.judge(stamp, form.get(proof.PROOF, ""), on), proof.read(stamp, on)
    is_proven = verdict is proof.Verdict.PROVEN
    # Before this one is counted.
    is_one_of_many = not is_proven and _is_unlikely(address, on)
    is_first = count(
        stamp=known.word if known else None, address=address, mail=mail, phone=phone, is_proven=is_proven, on=on
    )
    is_person = is_first and has_key and verdict is not proof.Verdict.NOTHING and not form.get(TRAP)
    return is_one_of_many or not is_person


def _is_unlikely(address: str, on: datetime) -> bool:
    network = network_digest(address)
    rows = Asking.objects.filter(network=network, is_proven=False)
    return bool(network) and UNPROVEN_OF_NETWORK.is_full(rows, on=on)


def count(*, stamp: str | None, address: str, mail: str, phone: str, is_proven: bool, on: datetime) -> bool:
    """Note that a question was sent; return False when its form has sent one already."""
    asking, is_first = None, True
    row = {
        "network": network_digest(address),
        "mail": mail_digest(mail),
        "phone": _phone(phone),
        "is_proven": is_proven,
        "at": on,
    }
    if stamp:
        asking, is_first = Asking.objects.get_or_create(stamp=digest_of(stamp), defaults=row)
    if asking is None or not is_first:
        Asking.objects.create(stamp=None, **row)
    return is_first


def purge(*, on: datetime) -> int:
    """Remove what no longer counts; return how many rows went."""
    return Asking.objects.filter(at__lt=on - OF_CONTACT.period).delete()[0]


def same(kind: str, one: str, other: str) -> bool:
    """Tell whether two mail addresses ("email") or telephone numbers ("phone") are the same, however they are typed."""
    digest = mail_digest if kind == "email" else _phone
    return bool(one and other) and digest(one) == digest(other)


def mail_digest(address: str) -> str:
    """Return the digest of a letter box: what follows a plus sign only sorts what comes into it."""
    name, at, host = fold(address.strip()).rpartition("@")
    name = name.partition("+")[0] or name
    return digest_of((name.replace(".", "") if host in WITHOUT_POINTS else name) + at + host)


def _one_at_a_time(*digests: str) -> None:
    """Hold what is counted until the transaction ends; SQLite has one writer anyway."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for digest in sorted(filter(None, digests)):
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(digest[:15], 16)])


def _phone(number: str) -> str:
    digits = "".join(letter for letter in number if letter.isdigit())
    return digest_of(digits.removeprefix("84").lstrip("0"))
