"""Who acts: one person a role, and their sessions over the real sign-in screens."""

import base64
import hmac
import re
import struct
import threading
import time

from django.contrib.auth.models import Group, Permission

from accounts.models import User
from tests.abuse.planting import OPEN, SECRET, plant, raise_sequences
from tests.abuse.visitor import ADMIN, Visitor
from tests.city import PASSWORD, build_city, person

LOGIN, VERIFY, ENROL = f"{ADMIN}login/", f"{ADMIN}xac-thuc/", f"{ADMIN}xac-thuc/cai-dat/"
_signing_in = threading.Lock()

# Role names as the cases use them: A's people attack B's things.
WARD_A = ("writer A", "unit head A", "approver A")
OUTSIDERS = (*WARD_A, "writer C", "entry only")
CITY = ("editor", "standing office", "deputy", "head")
TECHNICAL = ("technical admin", "accountant")
EVERYBODY = (*OUTSIDERS, *CITY, *TECHNICAL, "superuser")


def prepare(stage) -> None:
    """Build the city, plant the wards and name the people."""
    stage.city = city = build_city(english=True)
    cast = city.cast
    cast.contributor_my_xuyen.full_name = f"{SECRET} cán bộ phường"
    cast.contributor_my_xuyen.save()
    entry = Group.objects.create(name="chi-vao-quan-tri")
    entry.permissions.add(Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin"))
    only = person("chi-vao", "Cán bộ mẫu 13")
    only.groups.add(entry)
    approver_b = person("duyet.my-xuyen", f"{SECRET} người duyệt", "ward_approver", city.my_xuyen)
    stage.people = {
        "writer A": cast.contributor,
        "unit head A": cast.unit_head,
        "approver A": cast.ward_approver,
        "writer B": cast.contributor_my_xuyen,
        "approver B": approver_b,
        "writer C": cast.contributor_dong_xuyen,
        "entry only": only,
        "editor": cast.editor,
        "standing office": cast.standing_office,
        "deputy": cast.deputy,
        "head": cast.head,
        "technical admin": cast.technical_admin,
        "accountant": cast.accountant,
        "superuser": cast.superuser,
    }
    for number, (key, site, writer, hidden, shown) in enumerate(
        (
            ("A", city.my_long, cast.contributor, "zaan", "zacong"),
            ("B", city.my_xuyen, cast.contributor_my_xuyen, SECRET, OPEN),
            ("C", city.dong_xuyen, cast.contributor_dong_xuyen, "zcan", "zccong"),
        )
    ):
        raise_sequences(100_000 * (number + 1))
        stage.wards[key] = plant(site, writer=writer, head=cast.head, hidden=hidden, shown=shown, year=2021 + number)
    raise_sequences(500_000)
    # The server refuses to start while an active account has an address of the demo.
    for user in User.objects.all():
        User.objects.filter(pk=user.pk).update(email=f"{user.username}@thu-nghiem.invalid")


def session(stage, role: str) -> Visitor:
    """The session of a role, signed in once and used by all cases."""
    if role == "anonymous":
        return Visitor(stage)
    with _signing_in:
        if role not in stage.sessions:
            stage.sessions[role] = sign_in(stage, role)
    return stage.sessions[role]


def sign_everybody_in(stage) -> None:
    """Sign everybody in before the cases, so that what a first visit leaves behind is there."""
    for role in stage.people:
        session(stage, role).get(f"{ADMIN}account/")


def sign_in(stage, role: str, *, address: str | None = None, password: str = "") -> Visitor:
    """A new session of a person, over the sign-in screens: password, second factor, first password."""
    user = stage.people[role]
    visitor = Visitor(stage, role, address=address)
    answer = visitor.post(
        LOGIN, {"username": user.username, "password": password or stage.passwords.get(role, PASSWORD), "next": ADMIN}
    )
    for _step in range(4):
        place = answer.headers.get("Location", "")
        if answer.status_code == 302 and place.split("?")[0] == ADMIN:
            return visitor
        if answer.status_code != 302 or place.startswith(LOGIN):
            break
        answer = _take_step(stage, visitor, role, place.split("?")[0])
        if answer.status_code == 200 and role in stage.codes:
            # The recovery codes were shown: the session is whole.
            return visitor
    raise AssertionError(f"{role} could not sign in: {answer.status_code} {answer.headers.get('Location', '')}")


def _take_step(stage, visitor: Visitor, role: str, place: str):
    if place == ENROL:
        secret = re.search(r'sign-in__secret">([^<]+)<', visitor.get(place).text).group(1)
        stage.secrets[role] = secret
        answer = visitor.post(place, {"code": app_code(secret), "next": ADMIN})
        stage.codes[role] = re.findall(r"<li><code>([a-z0-9-]+)</code>", answer.text)
        return answer
    if place == VERIFY:
        return visitor.post(place, {"code": stage.codes[role].pop(), "next": ADMIN})
    raise AssertionError(f"{role} was asked for an unknown step: {place}")


def app_code(secret: str, *, at: float | None = None) -> str:
    """The six digits that the app of a person shows (RFC 6238, 30 seconds)."""
    letters = secret.replace(" ", "")
    key = base64.b32decode(letters + "=" * (-len(letters) % 8))
    digest = hmac.new(key, struct.pack(">Q", int((at or time.time()) // 30)), "sha1").digest()
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place : place + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"
