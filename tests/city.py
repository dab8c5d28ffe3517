"""A small city for tests: Long Xuyên with three wards, and the cast, one person a role.

`build_city()` opens the sites the way the portal does, except that it opens the gate itself instead of sealing every
page: a test that needs sealed copies publishes through `publish`. Everything is built once for a class:

    class Articles(CityTestCase):
        def test_...(self):
            page = self.city.article(self.city.my_long, title="Bài thử")
            publish(page, by=self.cast.contributor)
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.test import Client, RequestFactory, TestCase
from django.urls import Resolver404, resolve
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from wagtail.models import Collection, Locale, Page

from accounts.models import Appointment, AppointmentDecision, PortalSession, User
from accounts.persons import sync_person
from accounts.roles import ROLES
from accounts.signin import passwords, sessions
from base.admin import seen_versions
from base.gate import open_gate
from base.models import OrganisationUnit, PortalSite
from base.public.index import readers_see_changed
from faq import seeding as topics
from home import opening
from home.models import Opening
from home.setting_up import ensure_locales
from sections import catalogue
from workflows import seeding
from workflows.publishing import approval

from . import snapshot

# How a browser sends a form without files, where a test asks for it.
FORM = "application/x-www-form-urlencoded"
PASSWORD = "mat-khau-chi-dung-khi-thu"
WARD_SECTIONS = (
    "tin-tuc",
    "chi-dao-dieu-hanh",
    "tuyen-truyen",
    "giai-thich",
    "van-ban",
    "gop-y",
    "hoi-dap",
    "dich-vu-cong",
)
CITY_SECTIONS = (*WARD_SECTIONS, "gioi-thieu", "quy-hoach", "du-an", "khoa-hoc", "thong-ke", "cong-khai")


USERNAMES = {
    "contributor": "cong-tac-vien.my-long",
    "contributor_my_xuyen": "cong-tac-vien.my-xuyen",
    "contributor_dong_xuyen": "cong-tac-vien.dong-xuyen",
    "editor": "bien-tap",
    "deputy": "pho-truong-ban",
    "head": "truong-ban",
    "standing_office": "thuong-truc",
    "technical_admin": "quan-tri",
    "unit_head": "chu-tich.my-long",
    "ward_approver": "duyet.my-long",
    "accountant": "ke-toan",
    "superuser": "sieu-quan-tri",
}
# The other break-glass account: recorded by one, confirmed by the other, as at the start of a portal.
SECOND_SUPERUSER = "sieu-quan-tri.2"
START = date(2020, 6, 15)
RECORDED_AT = datetime(2020, 6, 15, 8, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@dataclass
class Cast:
    """One person a role; the ward's people work for Mỹ Long unless their name says otherwise."""

    contributor: User
    contributor_my_xuyen: User
    contributor_dong_xuyen: User
    editor: User
    deputy: User
    head: User
    standing_office: User
    technical_admin: User
    unit_head: User
    ward_approver: User
    accountant: User
    superuser: User


@dataclass
class City:
    """The sites and the cast."""

    site: PortalSite
    my_long: PortalSite
    my_xuyen: PortalSite
    dong_xuyen: PortalSite
    cast: Cast

    @property
    def home(self) -> Page:
        return self.site.home_page().specific

    def section(self, site: PortalSite, key: str = "tin-tuc") -> Page:
        """The page of a section of a site."""
        return site.home_page().get_children().get(slug=key).specific


class CityClient(Client):
    """A browser whose `force_login` gives a session that is whole: every step of signing in is done.

    `verified=False` gives one whose person showed his password only. `post` presses the button of a screen as it stands
    at that moment; a form that was opened before names what it showed (`seen_versions.FIELD`) by itself.
    """

    def post(self, path, data=None, *args, **extra):
        if isinstance(data, dict) and seen_versions.FIELD not in data or data is None:
            stamp = self._stamp_of(path, extra.get("HTTP_HOST", "testserver"))
            if stamp:
                data = {**(data or {}), seen_versions.FIELD: stamp}
        if extra.get("content_type") == FORM and isinstance(data, dict):
            data = urlencode(data, doseq=True)
        return super().post(path, data, *args, **extra)

    def _stamp_of(self, path, host) -> str:
        """What the screen at an address shows now, "" for one that decides about nothing, or is not there."""
        try:
            found = resolve(urlsplit(path).path)
        except Resolver404:
            return ""
        view_class = getattr(found.func, "view_class", None)
        if not (view_class and issubclass(view_class, seen_versions.SeenVersion)):
            return ""
        if settings.SESSION_COOKIE_NAME not in self.cookies:
            # To ask for a session would make one.
            return ""
        user = User.objects.filter(pk=self.session.get(SESSION_KEY)).first()
        if user is None:
            return ""
        view = view_class(**found.func.view_initkwargs)
        request = RequestFactory().get(path, HTTP_HOST=host)
        request.user = user
        view.setup(request, *found.args, **found.kwargs)
        try:
            return view.stamp()
        except (Http404, PermissionDenied, ValidationError):
            return ""

    def force_login(self, user, backend=None, *, verified=True):
        now = timezone.now()
        user = User.objects.get(pk=user.pk)
        if verified and passwords.is_due(user, now):
            user.must_change_password, user.password_changed_at = False, now
            user.save(update_fields=["must_change_password", "password_changed_at"])
        store = SessionStore()
        store[SESSION_KEY] = str(user.pk)
        store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        store[HASH_SESSION_KEY] = user.get_session_auth_hash()
        store.save()
        self.cookies[settings.SESSION_COOKIE_NAME] = store.session_key
        PortalSession.objects.create(
            user=user,
            key_digest=sessions.key_digest(store.session_key),
            started=now,
            last_seen=now,
            address="127.0.0.1",
            network="127.0.0.0/24",
            verified_at=now if verified else None,
            entered_at=now if verified else None,
        )


class CityTestCase(TestCase):
    """Tests in the small city; `self.city` and `self.cast`."""

    client_class = CityClient
    english = False

    @classmethod
    def setUpTestData(cls):
        cls.city = build_city(english=cls.english)
        cls.cast = cls.city.cast


def build_city(*, english: bool = False) -> City:
    """Build the small city and its cast in an empty database; return them.

    Built once a process; later calls put the same rows back, which takes a tenth of the time.
    """
    snapshot.built(f"city-{english}", partial(_build, english))
    return stored_city()


def _build(english: bool) -> None:
    ensure_locales()
    if Collection.get_first_root_node() is None:
        Collection.add_root(name="Root")
    seeding.load_rules()
    seeding.load_calendar(years=())
    topics.load_topics()
    topics.load_consents()
    unit = OrganisationUnit.objects.create(
        name="Thành phố Long Xuyên",
        authority_name="Ủy ban nhân dân thành phố Long Xuyên",
        short_name="Long Xuyên",
        name_en="Long Xuyen City",
        slug="long-xuyen",
        kind=OrganisationUnit.Kind.CITY,
        symbol="UBND",
        gso_code="883",
        address="Số 99 Nguyễn Thái Học nối dài, phường Mỹ Hòa",
        phone="0296 000 0000",
        email="long-xuyen@example.invalid",
        valid_from=date(1999, 3, 1),
    )
    opening.prepare_city(
        unit=unit,
        name="Trang thông tin điện tử thành phố Long Xuyên",
        name_en="Long Xuyen City Portal",
        legal_act="Quyết định 01/2020/QĐ-UBND",
        english=english,
        sections=_rows(CITY_SECTIONS),
    )
    site = PortalSite.objects.get(kind=PortalSite.Kind.CITY)
    two_superusers()
    maker = person("thuong-truc", "Cán bộ mẫu 05", "standing_office", site)
    wards = [
        _open_ward(maker, name, name.split(" ", 1)[1], slug, code)
        for name, slug, code in (
            ("Phường Mỹ Long", "my-long", "30283"),
            ("Phường Mỹ Xuyên", "my-xuyen", "30286"),
            ("Phường Đông Xuyên", "dong-xuyen", "30285"),
        )
    ]
    _make_public(site, *wards)
    my_long, my_xuyen, dong_xuyen = wards
    for name, number, role, where in (
        ("contributor", "01", "contributor", my_long),
        ("contributor_my_xuyen", "02", "contributor", my_xuyen),
        ("contributor_dong_xuyen", "03", "contributor", dong_xuyen),
        ("editor", "04", "editor", site),
        ("deputy", "06", "deputy_head", site),
        ("head", "07", "head", site),
        ("technical_admin", "08", "technical_admin", site),
        ("unit_head", "09", "unit_head", my_long),
        ("ward_approver", "10", "ward_approver", my_long),
        ("accountant", "11", "accountant", site),
    ):
        person(USERNAMES[name], f"Cán bộ mẫu {number}", role, where)


def stored_city() -> City:
    """The city and its cast, read from the database."""
    sites = {site.slug: site for site in PortalSite.objects.select_related("unit", "parent")}
    people = {user.username: user for user in User.objects.filter(username__in=USERNAMES.values())}
    cast = Cast(**{name: people[username] for name, username in USERNAMES.items()})
    return City(sites["long-xuyen"], sites["my-long"], sites["my-xuyen"], sites["dong-xuyen"], cast)


def person(username: str, full_name: str, role: str | None = None, site: PortalSite | None = None) -> User:
    """Make a person with one role on a site by an appointment in force (none without a role)."""
    user = User.objects.create_user(
        username, email=f"{username}@example.invalid", password=PASSWORD, full_name=full_name
    )
    if role:
        appointed(user, role, site)
    return user


def two_superusers() -> list[User]:
    """The two break-glass accounts, made on first use: what one records, the other confirms."""
    found = list(User.objects.filter(is_superuser=True).order_by("pk")[:2])
    for username, full_name in ((USERNAMES["superuser"], "Cán bộ mẫu 12"), (SECOND_SUPERUSER, "Cán bộ mẫu 13")):
        if len(found) < 2:
            found.append(User.objects.create_superuser(username, password=PASSWORD, full_name=full_name))
    return found


def appointed(user: User, role: str, site: PortalSite, **fields) -> Appointment:
    """Give a person one more role by an appointment in force since START, recorded and confirmed by two superusers."""
    first, second = two_superusers()
    decision, _ = AppointmentDecision.objects.get_or_create(
        number="01/QĐ-UBND",
        signed_on=date(2020, 6, 12),
        issuing_body="Ủy ban nhân dân thành phố Long Xuyên",
        defaults={"title": "Phân công thành viên", "kind": "appoint", "recorded_by": first, "recorded_at": RECORDED_AT},
    )
    known = ROLES[role]
    two = {"confirmed_by": second, "confirmed_at": RECORDED_AT} if known.needs_confirmation else {}
    appointment = Appointment.objects.create(
        **{
            "decision": decision,
            "person": user,
            "role": role,
            "role_label": known.label,
            "site": site,
            "valid_from": START,
            "state": Appointment.State.IN_FORCE,
            "began_on": START,
            "needs_confirmation": known.needs_confirmation,
            "recorded_by": first,
            "recorded_at": RECORDED_AT,
            **two,
            **fields,
        }
    )
    sync_person(user)
    return appointment


def with_app(user: User) -> TOTPDevice:
    """Give a person an app that shows codes, as if he had enrolled; `second_factor.present_code` tells its code."""
    return TOTPDevice.objects.create(user=user, name="Ứng dụng mã xác thực", confirmed=True)


def fresh(user: User) -> User:
    """The same person without what was remembered of his roles."""
    return User.objects.get(pk=user.pk)


def draft(page, parent, *, by: User | None = None):
    """Put a new page under `parent` as a draft with its first version; return it."""
    page.live = False
    page.owner = page.owner or by
    page.locale = parent.locale
    parent.add_child(instance=page)
    page.save_revision(user=by)
    return page


def publish(page, *, by: User | None = None, approver: User | None = None, on=None):
    """Publish the newest version on the approved road and return the page read anew.

    `by` submits it (default: the owner, else the standing office), `approver` approves it (default: the head).
    """
    by = by or page.owner or User.objects.get(username="thuong-truc")
    approver = approver or User.objects.get(username="truong-ban")
    state = approval.submit(page, by=by, declaration=True, remark="Đã xem lại.", on=on)
    approval.approve(state.current_task_state, by=approver, on=on)
    return type(page).objects.get(pk=page.pk)


def publish_at_once(page):
    """Make the newest version public without its sealed copy, for tests that only need a public page."""
    revision = page.get_latest_revision() or page.save_revision()
    with open_gate("publish"):
        revision.publish(skip_permission_checks=True, log_action=False)
    return note_changed(page)


def note_changed(page):
    """Let readers see a page that a test has written past the road to publication; return it read anew."""
    stored = type(page).objects.get(pk=page.pk)
    if isinstance(stored, Page):
        readers_see_changed([stored])
    return stored


# --- Private ---------------------------------------------------------------------------------------


def _rows(keys) -> list[catalogue.Section]:
    return [catalogue.section(key) for key in keys]


def _open_ward(maker, name, short_name, slug, code) -> PortalSite:
    dossier = opening.open_ward(
        by=maker,
        name=name,
        kind="ward",
        slug=slug,
        host_label=slug,
        gso_code=code,
        legal_act="Quyết định 01/2020/QĐ-UBND",
        valid_from=date(2020, 6, 15),
        sections=_rows(WARD_SECTIONS),
        address=f"Trụ sở UBND phường {short_name}",
        phone="0296 000 0000",
        email=f"{slug}@example.invalid",
    )
    return dossier.site


def _make_public(*sites: PortalSite) -> None:
    """Open prepared sites at once: what `approve_opening` does, without sealing every page."""
    with open_gate("publish"):
        for site in sites:
            dossier = site.openings.get()
            for page in dossier.pages().specific():
                page.get_latest_revision().publish(skip_permission_checks=True, log_action=False)
            site.state, site.state_changed_on = PortalSite.State.OPEN, date(2020, 6, 15)
            site.save()
            opening.give_host(site)
            dossier.state = Opening.State.APPROVED
            dossier.save()
            readers_see_changed(dossier.pages().specific())


def english_locale() -> Locale:
    """The English locale."""
    return Locale.objects.get(language_code="en")
