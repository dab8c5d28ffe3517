"""The build of the demo city: everything through the actions of the rooms, one person submitting, another approving.

1. `_people`: the accounts by one decision, with random passwords and secrets of second factors kept in a file of the
   state folder. As in a real portal two superusers begin: one records the technical admin, the other confirms; the
   admin records the others.
2. `_open_city`, `_open_wards`: the sites by their dossiers.
3. `_register`: the Decision, what it cites, and two illustrative decisions of the city.
4. `_articles`, `_records`, `english.translate_all`: the pages, each dated back to its day.
5. `services.provide_all`, `usage`: procedures and services of every site, a guide, an outage; their use, and visits of all pages.
6. `_questions`: citizens' questions, some on their way, some answered in public.
7. `_unfinished`: a draft under review and one sent back, so that the admin shows work.
8. `_repeal`: a decision is replaced; of the pages that speak about it some are gone, one kept, one waits.
9. `scores.score_months`: score sheets of the last months, two of them signed.
10. `registers.fill`: the Editorial Board, training, a new section, the practice site.
11. `yearly.report_year`: the review of this year, approved and sent.
12. `royalties.pay_a_month`: what was published lately has its royalties, a month is decided.
13. `duties.start_all`: how long sections may be silent, why a document was posted late, other competent bodies.
14. `usage.hear_all`: an alert that is over, what readers thought of pages, people who follow a ward.

Safe to run again: what is there is left as it is.
"""

import secrets
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from wagtail.models import Locale, Page

from accounts import appointments, decisions, persons
from accounts.models import AppointmentDecision, User
from accounts.roles import ROLES, site_collection
from accounts.signin import second_factor
from base.models import OrganisationUnit, PortalSite
from base.public.navigation import name_of
from base.sites import sites_held
from legalref import seeding
from legalref.citations.citing_pages import ABOUT, REFERENCE
from legalref.life import agreeing, lifecycle
from legalref.models import DocumentType, LegalDocument, SiteDocument
from sections.catalogue import INDEX, section
from sections.clarification import offer_to_city
from sections.models import (
    ArticlePage,
    ClarificationPage,
    ConsultationPage,
    NoticePage,
    Official,
    OfficialsPage,
    ProjectPage,
    ScheduleItem,
    ScienceProgrammePage,
    StandardPage,
    StatisticsReportPage,
    WorkSchedulePage,
)
from workflows.models import TakeDown
from workflows.publishing import approval, takedown

from .. import opening, setting_up
from ..data.units import IN_FORCE, WARDS
from ..models import CityHomePage, Opening
from . import (
    city_content,
    duties,
    english,
    events,
    questions,
    records,
    registers,
    royalties,
    scores,
    sent,
    services,
    units,
    usage,
    ward_content,
    yearly,
)
from .dossiers import record_all
from .files import stored_file
from .markup import body, rich
from .people import CITY, PEOPLE, STARTERS, UNIT_OF
from .pictures import picture

ACCOUNTS_FILE = "demo_accounts.txt"
LEGAL_ACT = "Quyết định 01/2020/QĐ-UBND"
SOURCE = "Ban Biên tập (dữ liệu minh họa)"
BOARD_HEAD, BOARD_DEPUTY, OFFICE, ADMIN = "truong-ban", "pho-truong-ban", "thuong-truc", "quan-tri"
CITY_ISSUER = "ubnd-thanh-pho-long-xuyen"
# Every ward opens centrally approved; this one by delegation, so that both ways can be seen (Điều 20).
DELEGATED = "my-long"
CITY_INTRO = (
    "<p>Long Xuyên bên bờ sông Hậu. Tin tức, văn bản, dịch vụ công và thông tin của thành phố cùng các phường, xã ở một "
    "nơi, dễ tìm và có nguồn rõ ràng.</p>"
)


def build(say=lambda line: None) -> list[tuple[str, str, str, str, str]]:
    """Build the demo city in an empty or a partly built portal; return `accounts()`.

    `say` takes one line of progress. About a minute on SQLite.
    """
    return Build(say).run()


def accounts() -> list[tuple[str, str, str, str, str]]:
    """Return the demo accounts as (user name, password, role, site, secret), from the file that the build left.

    The secret is that of the second factor, "" for whom the password is enough.
    """
    path = Path(settings.VAR_DIR) / ACCOUNTS_FILE
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [tuple(f"{line}\t".split("\t")[:5]) for line in lines if line and not line.startswith("#")]


class Build:
    """One run of the build; holds what its steps share."""

    def __init__(self, say):
        self.say = say
        self.now = timezone.now()
        self.today = timezone.localdate()
        self.people: dict[str, User] = {}
        self.passwords: dict[str, str] = {name: password for name, password, *_rest in accounts()}
        self.sites: dict[str, PortalSite] = {}
        self.units: dict[str, OrganisationUnit] = {}
        self.documents: dict[str, LegalDocument] = {}

    def run(self):
        dossier = setting_up.set_up(with_examples=True)
        self.sites[CITY] = PortalSite.objects.select_related("unit").get(kind=PortalSite.Kind.CITY)
        self.units = {unit.slug: unit for unit in OrganisationUnit.objects.all()}
        self._people(only_site=CITY)
        self._open_city(dossier)
        self._open_wards()
        self._people()
        self.say("Văn bản")
        self._register()
        self.say("Bài viết, thông báo, hồ sơ")
        with sites_held():
            self._articles()
            self._records()
        units.show_all(self)
        events.show_all(self)
        english.translate_all(self)
        self._home_highlights()
        self.say("Thủ tục, dịch vụ công")
        services.provide_all(self)
        usage.count_all(timezone.localdate(self.now))
        self.say("Hồ sơ một cửa")
        record_all(self.sites, self.now)
        self.say("Hỏi – đáp")
        self._questions()
        self._unfinished()
        self._sent()
        self.say("Bãi bỏ một văn bản")
        self._repeal()
        self.say("Phiếu chấm điểm")
        scores.score_months(self.people, now=self.now)
        self.say("Sổ Ban Biên tập, đào tạo; trang thực hành")
        registers.fill(self.people, self.sites[CITY], self.today)
        usage.visit_all(self.now)
        english.alert_all(self)
        self.say("Báo cáo hằng năm")
        yearly.report_year(writer=self.people[OFFICE], approver=self.people[BOARD_HEAD], now=self.now)
        self.say("Nhuận bút")
        royalties.pay_a_month(self)
        self.say("Thời hạn tự bắt đầu")
        duties.start_all(self.documents, self.people[OFFICE], self.now)
        self.say("Cảnh báo đã hết, ý kiến, người nhận tin")
        usage.hear_all(self.people, self.sites[DELEGATED], self.now)
        return accounts()

    # --- 1. People --------------------------------------------------------------------------------

    def _people(self, only_site: str = "") -> None:
        first, second = starters = [self._starter(name) for name in STARTERS]
        for username, full_name, position, role, site in PEOPLE:
            if site not in self.sites or (only_site and site != only_site):
                continue
            admin = self.people.get(ADMIN, first)
            user = User.objects.filter(username=username).first()
            if user is None:
                user = persons.create_account(
                    by=admin,
                    username=username,
                    full_name=full_name,
                    position=position,
                    email=f"{username}@example.invalid",
                )
                # Instead of the activation link: there is no person to get it.
                password = self.passwords[username] = secrets.token_urlsafe(12)
                user.set_password(password)
                user.save(update_fields=["password"])
                if second_factor.COMPULSORY_FOR & ROLES[role].capabilities:
                    # Instead of a telephone, as there is none; `demo_code` shows what it would show.
                    TOTPDevice.objects.create(user=user, name=second_factor.DEVICE_NAME)
            if not user.appointments.exists():
                appointment = appointments.appoint(
                    self._decision(admin),
                    by=admin,
                    person=user,
                    role=role,
                    site=self.sites[site],
                    unit=self.units.get(UNIT_OF.get(username)),
                    valid_from=IN_FORCE,
                )
                if appointment.waits_for_confirmation:
                    appointments.confirm(appointment, by=self.people.get(BOARD_HEAD, second))
            self.people[username] = User.objects.get(pk=user.pk)
        for starter in starters:
            starter.is_active = False
            starter.save(update_fields=["is_active"])
        self._write_accounts()

    @staticmethod
    def _starter(username: str) -> User:
        starter, _ = User.objects.get_or_create(username=username, defaults={"full_name": "Tài khoản khởi đầu"})
        starter.is_superuser = starter.is_active = True
        starter.set_unusable_password()
        starter.save()
        return starter

    @staticmethod
    def _decision(admin: User) -> AppointmentDecision:
        return decisions.record_decision(
            by=admin,
            number="00/QĐ-UBND (minh họa)",
            signed_on=IN_FORCE,
            kind=AppointmentDecision.Kind.APPOINT,
            issuing_body="Ủy ban nhân dân thành phố Long Xuyên",
            title="Phân công thành viên quản trị, đưa tin (minh họa của bản trình diễn)",
        )

    def _write_accounts(self) -> None:
        path = Path(settings.VAR_DIR) / ACCOUNTS_FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [
            "# Tài khoản trình diễn, mật khẩu ngẫu nhiên của lần dựng này: tên, mật khẩu, vai trò, trang, khóa xác thực"
        ]
        apps = {device.user.username: device for device in TOTPDevice.objects.select_related("user")}
        for username, _name, _position, role, site in PEOPLE:
            if username in self.passwords:
                secret = second_factor.secret_of(apps[username]).replace(" ", "") if username in apps else ""
                lines.append("\t".join((username, self.passwords[username], ROLES[role].label, site, secret)))
        path.touch(mode=0o600)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _writer(self, site: PortalSite) -> User:
        """Who submits for a site: its contributor, else the standing office."""
        name = f"cong-tac-vien.{CITY if site.is_city else site.slug}"
        return self.people.get(name) or self.people[OFFICE]

    # --- 2. Sites ---------------------------------------------------------------------------------

    def _open_city(self, dossier: Opening) -> None:
        self.say("Trang thành phố")
        if dossier.state == Opening.State.APPROVED:
            return
        city = self.sites[CITY]
        home = city.home_page().specific
        home.intro = CITY_INTRO
        self._decorate_home(home, "river", "Dòng sông Hậu rộng với hàng cây bên bờ, hình minh họa")
        english = city.home_page(locale=Locale.objects.get(language_code="en")).specific
        english.intro = "<p>News, documents and services of Long Xuyen City on the Hau River, in one place.</p>"
        self._decorate_home(english, "river", "The wide Hau River with trees along its bank, an illustration")
        self._complete_officials(home, city)
        self._decide(dossier, BOARD_HEAD)

    def _open_wards(self) -> None:
        for place, row in enumerate(WARDS):
            site = PortalSite.objects.select_related("unit").filter(slug=row["slug"]).first()
            dossier = site.openings.filter(kind=Opening.Kind.OPEN).first() if site else None
            if site is None:
                self.say(row["name"])
                dossier = opening.open_ward(
                    by=self.people[OFFICE],
                    legal_act=LEGAL_ACT,
                    valid_from=IN_FORCE,
                    responsible_person="Cán bộ mẫu 21",
                    reception_hours="Thứ Hai hằng tuần, 07 giờ 30 – 11 giờ 00",
                    approval_mode=PortalSite.Approval.DELEGATED
                    if row["slug"] == DELEGATED
                    else PortalSite.Approval.CENTRAL,
                    **row,
                )
                site = dossier.site
            self.sites[row["slug"]] = site
            if dossier is not None and dossier.state != Opening.State.APPROVED:
                home = site.home_page().specific
                home.intro = f"<p>Trang thông tin điện tử thành phần của {site.unit.full_name}.</p>"
                scene = "island" if row["slug"] == "my-hoa-hung" else ("alley", "trees", "river", "street")[place % 4]
                self._decorate_home(home, scene, f"Phong cảnh {row['name']}, hình minh họa")
                self._complete_officials(home, site)
                self._decide(dossier, BOARD_HEAD if place % 2 else BOARD_DEPUTY)
                site.refresh_from_db()

    def _decide(self, dossier: Opening, approver: str) -> None:
        if dossier.state in (Opening.State.DRAFT, Opening.State.REJECTED):
            dossier = opening.submit_opening(dossier, by=self.people[OFFICE])
        opening.approve_opening(dossier, by=self.people[approver])

    def _decorate_home(self, home, scene: str, alt: str) -> None:
        home.lead_image = picture(scene, collection=site_collection(self.sites[CITY]))
        home.lead_image_alt = alt
        home.is_illustrative = True
        home.save(update_fields=["is_illustrative"])
        self._tasks(home)
        home.save_revision(user=self.people[OFFICE])

    def _tasks(self, home) -> None:
        """The things most people come for, from the sections the site has."""
        children = {name_of(page.slug): page for page in home.get_children()}
        vietnamese = home.locale.language_code == settings.LANGUAGE_CODE
        wanted = [
            (
                "dich-vu-cong",
                "Nộp hồ sơ trực tuyến" if vietnamese else "Apply for a service",
                "Hướng dẫn từng bước, tra cứu hồ sơ" if vietnamese else "What you need, track a dossier",
            ),
            (
                "van-ban",
                "Tìm văn bản" if vietnamese else "Find a document",
                "Theo số, loại, năm, tình trạng hiệu lực" if vietnamese else "By number, type, year and status",
            ),
            (
                "hoi-dap",
                "Hỏi chính quyền" if vietnamese else "Ask the authority",
                "Gửi câu hỏi, tra cứu, xem câu trả lời" if vietnamese else "Send a question, track it",
            ),
            (
                "gop-y",
                "Góp ý dự thảo" if vietnamese else "Comment on a draft",
                "Các dự thảo đang lấy ý kiến" if vietnamese else "Drafts open for comments",
            ),
            (
                "lien-he",
                "Lịch tiếp công dân, liên hệ" if vietnamese else "Contact the office",
                "Địa chỉ, giờ làm việc, thư điện tử" if vietnamese else "Address, hours, e-mail",
            ),
        ]
        home.tasks = [
            ("task", {"label": label, "description": text, "page": children[slug], "url": ""})
            for slug, label, text in wanted
            if slug in children
        ]
        home.links = [
            ("link", {"label": row["label"], "url": row["url"]}) for row in opening.state_links(not vietnamese)
        ]

    def _complete_officials(self, home, site: PortalSite) -> None:
        page = OfficialsPage.objects.child_of(home).filter(slug="lien-he-can-bo").first()
        if page is None:
            return
        page.officials = [
            Official(
                name=name,
                post=post,
                unit=site.unit,
                phone=site.unit.phone,
                email=site.unit.email,
                is_leader=is_leader,
                biography=biography,
                duties=duties,
            )
            for name, post, is_leader, biography, duties in records.OFFICIALS
        ]
        page.save_revision(user=self.people[OFFICE])

    # --- 3. Documents -----------------------------------------------------------------------------

    def _register(self) -> None:
        maker, approver = self.people[OFFICE], self.people[BOARD_HEAD]
        self._let_issue_today()
        duties.prepare(self.today)
        drafts = seeding.load_register(by=maker, second=approver, on=self.today)
        if drafts:
            approval.publish_bundle(drafts, submitted_by=maker, by=approver, reason="Nạp sổ văn bản ban đầu")
        for key, symbol, issued, posted_after, subject, components in records.DOCUMENTS:
            self.documents[symbol] = self._document(key, symbol, self._day(issued), posted_after, subject, components)
        for document in LegalDocument.objects.filter(live=True).select_related("main_issuer", "owner_site"):
            self.documents.setdefault(document.symbol, document)
        lifecycle.refresh_status(on=self.today)

    def _let_issue_today(self) -> None:
        """Let the city's own body still issue today: the demo shows a city at work on whatever day it is built."""
        issuer = seeding.seed_issuers()[CITY_ISSUER]
        if issuer.valid_to is not None:
            issuer.valid_to = None
            issuer.save(update_fields=["valid_to"])

    def _document(self, key, symbol, issued_on: date, posted_after: int, subject, components) -> LegalDocument:
        city, maker = self.sites[CITY], self.people[OFFICE]
        issuer = seeding.seed_issuers()[CITY_ISSUER]
        found = LegalDocument.objects.filter(main_issuer=issuer, symbol=symbol).first()
        if found is None:
            found = LegalDocument(
                live=False,
                owner_site=city,
                document_type=DocumentType.objects.get(name="Quyết định"),
                family="legal",
                symbol_as_printed=symbol,
                subject=subject,
                main_issuer=issuer,
                issued_on=issued_on,
                effective_from=issued_on + timedelta(days=10),
                evidence=LegalDocument.Evidence.UNVERIFIED,
                field="Hạ tầng đô thị",
                for_components=components,
                not_classified=True,
                is_illustrative=True,
                status_note="Văn bản minh họa của bản trình diễn, không có trên thực tế.",
                signed_file=stored_file("van-ban-ky.docx", collection=site_collection(city)),
            )
            found.full_clean()
            found.save()
            found.save_revision(user=maker)
        if not found.live:
            lifecycle.mark_for_site(found, city, ground=SiteDocument.Ground.ISSUER, by=maker, on=issued_on)
            moment = self._moment(issued_on + timedelta(days=posted_after))
            found = approval.publish_bundle(
                [found], submitted_by=maker, by=self.people[BOARD_HEAD], on=moment, reason=f"Đăng văn bản {symbol}"
            )[0]
        return found

    # --- 4. Pages ---------------------------------------------------------------------------------

    def _articles(self) -> None:
        city = self.sites[CITY]
        for text in [*city_content.STANDARD, *city_content.NOTICES, *city_content.ARTICLES]:
            self._text(city, text)
        own = {"my-long": ward_content.MY_LONG, "my-hoa-hung": ward_content.MY_HOA_HUNG}
        for row in WARDS:
            site = self.sites[row["slug"]]
            words = self._words(row, site)
            for text in [*ward_content.EVERY_WARD_STANDARD, *ward_content.EVERY_WARD_ARTICLES]:
                self._text(site, text, words)
            for text in [*own.get(site.slug, ()), *ward_content.NOTICES.get(site.slug, ())]:
                self._text(site, text)

    def _words(self, row: dict, site: PortalSite) -> dict:
        facts = [f"| {fact['label']} | {fact['value']} |" for fact in row["facts"]]
        table = (
            "\n".join(["= Số liệu chính", "| Chỉ tiêu | Giá trị |", *facts])
            if facts
            else ("Số liệu dân số, diện tích được cập nhật sau mỗi kỳ thống kê.")
        )
        name = row["name"]
        return {
            "name": name,
            "name_lower": name[0].lower() + name[1:],
            "office": site.unit.full_name,
            "code": row["gso_code"],
            "place": "ấp" if row["kind"] == OrganisationUnit.Kind.COMMUNE else "khóm",
            "facts": table,
        }

    def _text(self, site: PortalSite, text, words: dict | None = None, language: str = "vi") -> Page | None:
        parent = self._section(site, text.section, language)
        if parent is None or self._exists(parent, text.slug):
            return None

        def say(value: str) -> str:
            return value.format(**words) if words else value

        model = ArticlePage if text.kind else (NoticePage if text in _NOTICES else StandardPage)
        page = self._page(model, site, parent, text.slug, say(text.title), say(text.summary), text.unit)
        page.body = body(say(text.body))
        if model is ArticlePage:
            page.kind = text.kind
            if text.picture:
                page.lead_image = picture(text.picture[0], collection=site_collection(site))
                page.lead_image_alt = f"{text.picture[1]}, hình minh họa"
            role = ABOUT if text.kind == ArticlePage.Kind.DISSEMINATION else REFERENCE
            page.legal_basis = [
                ("document", {"document": self.documents[symbol], "provision": "", "role": role})
                for symbol in text.cites
            ]
        if model is NoticePage:
            page.is_urgent = text.more.get("urgent", False)
            if "valid_days" in text.more:
                page.valid_until = self.today + timedelta(days=text.more["valid_days"])
            page.on_wards = [self.sites[slug].pk for slug in text.more.get("wards", ()) if slug in self.sites]
        return self._publish(page, parent, site, text.days_ago)

    def _records(self) -> None:
        for model, rows in (
            (ProjectPage, [*records.PROJECTS, *records.PLANS]),
            (ScienceProgrammePage, records.SCIENCE),
            (StatisticsReportPage, records.STATISTICS),
            (ConsultationPage, records.CONSULTATIONS),
            (ClarificationPage, records.CLARIFICATIONS),
        ):
            for record in rows:
                self._record(model, record)
        for slug in (CITY, "my-long", "my-hoa-hung"):
            for weeks in (0, -1):
                self._schedule(self.sites[slug], weeks)
        offered = ClarificationPage.objects.filter(also_on_city=True, live=True).first()
        if offered and not ClarificationPage.objects.filter(offered_from=offered).exists():
            offer_to_city(offered, by=self.people[OFFICE])

    def _record(self, model, record) -> None:
        site = self.sites[record.site]
        parent = self._section(site, record.section)
        if parent is None or self._exists(parent, record.slug):
            return
        collection = site_collection(site)
        fields = dict(record.fields)
        table = fields.pop("table", None)
        outcome = fields.pop("outcome_text", "")
        page = self._page(model, site, parent, record.slug, record.title, record.summary, record.unit)
        for name, value in fields.items():
            kind = value[0] if isinstance(value, tuple) else ""
            if kind == "days":
                value = self._day(value[1])
            elif kind == "file":
                value = stored_file(value[1], collection=collection)
            setattr(page, name, value)
        if record.body:
            page.body = body(record.body)
        if table:
            caption, rows = table
            page.figures = [
                (
                    "table",
                    {
                        "caption": caption,
                        "table": {"data": rows, "first_row_is_table_header": True, "first_col_is_header": True},
                        "note": "Dữ liệu minh họa.",
                    },
                )
            ]
            page.method, page.analysis = rich(page.method), rich(page.analysis)
        if outcome:
            page.outcome = rich(outcome)
        if record.files:
            page.attachments = [
                ("file", {"file": stored_file(name, collection=collection, table=table and table[1]), "label": ""})
                for name in record.files
            ]
        self._publish(page, parent, site, record.days_ago)

    def _schedule(self, site: PortalSite, weeks: int) -> None:
        monday = self.today - timedelta(days=self.today.weekday()) + timedelta(weeks=weeks)
        parent = self._section(site, "chi-dao-dieu-hanh")
        slug = f"lich-cong-tac-{monday:%Y-%m-%d}"
        if parent is None or self._exists(parent, slug):
            return
        page = self._page(
            WorkSchedulePage,
            site,
            parent,
            slug,
            f"Lịch công tác tuần từ {monday:%d/%m/%Y}",
            f"Lịch làm việc của lãnh đạo {site.unit.full_name} trong tuần (minh họa).",
            "",
        )
        page.week_start = monday
        page.items = [
            ScheduleItem(
                on=monday + timedelta(days=weekday),
                starts_at=time(hour),
                leader=leader,
                content=content,
                place=place,
                attending=attending,
                is_changed=bool(change),
                change_note=change,
            )
            for weekday, hour, leader, content, place, attending, change in records.SCHEDULE
        ]
        self._publish(page, parent, site, max(0, (self.today - monday).days) + 2)

    def _home_highlights(self) -> None:
        """Put two pages on the city's front page, once they exist, and publish it anew."""
        home = CityHomePage.objects.get(translation_key=self.sites[CITY].home_key, locale__language_code="vi")
        if home.featured:
            return
        chosen = Page.objects.filter(
            slug__in=("cho-noi-long-xuyen-gin-giu-nep-song-nuoc", "duong-quanh-cu-lao"),
            live=True,
            path__startswith=home.path,
            content_type__model="articlepage",
        )
        home.featured = [("page", page) for page in chosen]
        home.save_revision(user=self.people["bien-tap"])
        approval.publish_bundle(
            [home], submitted_by=self.people["bien-tap"], by=self.people[BOARD_HEAD], reason="Chọn bài nổi bật"
        )

    # --- 6. Questions -----------------------------------------------------------------------------

    def _questions(self) -> None:
        questions.ask_all(self.people, self.sites, self.units, self.documents, self.now)

    # --- 7. Work in hand --------------------------------------------------------------------------

    def _unfinished(self) -> None:
        """A page under review and one sent back, both of Mỹ Long's contributor."""
        site, writer = self.sites["my-long"], self.people["cong-tac-vien.my-long"]
        parent = self._section(site, "tin-tuc")
        for slug, title, summary, words, returned in records.UNFINISHED:
            if self._exists(parent, slug):
                continue
            page = self._page(ArticlePage, site, parent, slug, title, summary, "")
            page.body = body(words)
            page.owner = writer
            parent.add_child(instance=page)
            page.save_revision(user=writer)
            state = approval.submit(page, by=writer, declaration=True, remark="Đã xem lại.")
            if returned:
                approval.send_back(state.current_task_state, by=self.people["duyet.my-long"], reason=returned)

    def _sent(self) -> None:
        """Articles of people without an account and of a unit; two dossiers of drafts of the city: one waits, with an
        alert, one has its hour.
        """
        site, writer = self.sites[CITY], self.people["cong-tac-vien.long-xuyen"]
        sent.send_all(site, self.people[OFFICE], self.now)
        sent.send_of_unit(self.units["giao-duc-dao-tao"], self.people["cong-tac-vien.giao-duc"], self.now)
        if together := self._drafts(site, writer, records.TOGETHER):
            sent.submit_together([*together, sent.alert_of(site, writer, self.now)], writer, self.now)
        if at_an_hour := self._drafts(site, writer, records.AT_AN_HOUR):
            sent.approve_for_an_hour(at_an_hour, writer, self.people[BOARD_HEAD], self.now)

    def _drafts(self, site, writer, texts) -> list:
        """An article and a notice as drafts; nothing where they are there already."""
        drafts = []
        for (model, key), (slug, title, summary, words) in zip(
            ((ArticlePage, "tin-tuc"), (NoticePage, "chi-dao-dieu-hanh")), texts, strict=True
        ):
            parent = self._section(site, key)
            if self._exists(parent, slug):
                return []
            page = self._page(model, site, parent, slug, title, summary, "")
            page.body = body(words)
            page.owner = writer
            parent.add_child(instance=page)
            page.save_revision(user=writer)
            drafts.append(page)
        return drafts

    # --- 8. A repeal under way --------------------------------------------------------------------

    def _repeal(self) -> None:
        old, new = (self.documents[symbol] for _key, symbol, *_rest in records.DOCUMENTS)
        rows = TakeDown.objects.filter(ground=TakeDown.Ground.POLICY_REPEALED)
        if rows.exists():
            return
        relation = lifecycle.repeal(
            old,
            by=self.people[OFFICE],
            by_document=new,
            effective_on=self.today,
            stated_in="Điều 3 (văn bản minh họa)",
        )
        agreeing.agree(relation, by=self.people[BOARD_HEAD])
        wanted = {
            "su-dung-tam-via-he": ("take_down", BOARD_HEAD, "Chính sách đã được thay bằng quy định mới."),
            "via-he-quanh-cho-my-long": ("take_down", "duyet.my-long", "Nội dung theo quy định cũ."),
            "hoi-dap-ve-quy-dinh-via-he": (
                "keep",
                BOARD_DEPUTY,
                "Bài theo quy định cũ, giữ lại để tham khảo; quy định hiện hành xem văn bản thay thế.",
            ),
        }
        for row in rows.filter(state__in=TakeDown.UNDECIDED):
            decision = wanted.get(row.old_slug)
            if decision:
                takedown.decide(row, decision[0], by=self.people[decision[1]], note=decision[2])

    # --- Shared -----------------------------------------------------------------------------------

    def _section(self, site: PortalSite, key: str, language: str = "vi") -> Page | None:
        """The page of a section; one that a ward may have but must not is made when content for it comes."""
        home = site.home_page(locale=Locale.objects.get(language_code=language))
        row = section(key)
        found = home.get_children().filter(slug=row.address(language) if row else key).first()
        if found is None and row and row.page_type == INDEX:
            index = opening.add_section(site, home, row, by=self.people[OFFICE], language_code=language)
            approval.publish_bundle(
                [index],
                submitted_by=self.people[OFFICE],
                by=self.people[BOARD_HEAD],
                reason=f"Mở mục {row.label}",
            )
            found = Page.objects.get(pk=index.pk)
        return found.specific if found else None

    def _exists(self, parent, slug: str) -> bool:
        return (
            parent.get_children().filter(slug=slug).exists()
            or TakeDown.objects.filter(old_url_path=f"{parent.url_path}{slug}/").exists()
        )

    def _page(self, model, site, parent, slug, title, summary, unit: str, *, english: bool = False):
        responsible = self.units.get(unit) or site.unit
        return model(
            title=title,
            slug=slug,
            summary=summary,
            live=False,
            locale=parent.locale,
            responsible_unit=responsible,
            author_name=((english and responsible.name_en) or responsible.full_name)[:120],
            source_name="Editorial Board (illustrative data)" if english else SOURCE,
            is_illustrative=True,
        )

    def _publish(self, page, parent, site: PortalSite, days_ago: int):
        writer = self._writer(site)
        delegated = site.approval_mode == PortalSite.Approval.DELEGATED
        approver = (
            self.people["duyet.my-long"] if delegated else self.people[BOARD_DEPUTY if days_ago % 2 else BOARD_HEAD]
        )
        page.owner = writer
        if isinstance(page, ArticlePage):
            # Royalties go to people, not to units.
            page.author_name = writer.get_full_name()
        parent.add_child(instance=page)
        page.save_revision(user=writer)
        return approval.publish_bundle(
            [page], submitted_by=writer, by=approver, on=self._ago(days_ago), reason="Duyệt bài của bản trình diễn"
        )[0]

    def _ago(self, days: int) -> datetime:
        return self.now - timedelta(days=days)

    def _day(self, days_ago: int) -> date:
        return self.today - timedelta(days=days_ago)

    def _moment(self, day: date) -> datetime:
        return timezone.make_aware(datetime.combine(day, time(9)))


_NOTICES = [*city_content.NOTICES, *(text for texts in ward_content.NOTICES.values() for text in texts)]
