"""Who acts: one person a role, and their sessions over the real sign-in screens."""

from django.contrib.auth.models import Group, Permission

from accounts.models import User
from tests.abuse.planting import OPEN, SECRET, plant, raise_sequences
from tests.abuse.visitor import ADMIN, Visitor
from tests.city import PASSWORD, build_city, person

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
        "writer A": cast.contributor, "unit head A": cast.unit_head, "approver A": cast.ward_approver,
        "writer B": cast.contributor_my_xuyen, "approver B": approver_b, "writer C": cast.contributor_dong_xuyen,
        "entry only": only, "editor": cast.editor, "standing office": cast.standing_office, "deputy": cast.deputy,
        "head": cast.head, "technical admin": cast.technical_admin, "accountant": cast.accountant,
        "superuser": cast.superuser,
    }  # fmt: skip
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
    if role not in stage.sessions:
        stage.sessions[role] = sign_in(stage, role)
    return stage.sessions[role]


def sign_in(stage, role: str, *, address: str | None = None) -> Visitor:
    """A new session of a person, over the sign-in screens."""
    user = stage.people[role]
    visitor = Visitor(stage, role, address=address)
    visitor.user = User.objects.get(pk=user.pk)
    answer = visitor.post(f"{ADMIN}login/", {"username": user.username, "password": PASSWORD, "next": ADMIN})
    if answer.status_code != 302 or "login" in answer.headers["Location"]:
        raise AssertionError(f"{role} could not sign in: {answer.status_code}")
    return visitor
