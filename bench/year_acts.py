"""What the cast of the small city does in a year: each act is a verb or several, as a person would call them."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from accounts import appointments, decisions
from faq.commenting import deciding, receiving
from faq.handling import answering, publication
from legalref.life import lifecycle
from legalref.models import LegalDocument
from sections.models import ConsultationPage
from tests import factories
from tests.city import City, fresh, person, publish
from tests.faq.cast import STATES, a_contact, a_question, questions_page
from tests.legalref.library import register
from workflows import deadlines
from workflows.deadlines import calendar_changes
from workflows.models import CalendarDay, TakeDown
from workflows.publishing import approval, record_changes, takedown

# City and two wards.
HOMES = 3

Act = Callable[[datetime], object]


class Acts:
    """The acts of a working day, drawn by chance, and the addresses that readers ask for."""

    def __init__(self, city: City, rng: random.Random):
        self.city, self.cast, self.rng = city, city.cast, rng
        self.wards = [(city.my_long, self.cast.contributor), (city.my_xuyen, self.cast.contributor_my_xuyen)]
        self.pages: list = []
        self.documents: list[LegalDocument] = []
        register(city.site)
        questions_page(city)
        self.lists = [city.site.home_page(), *(ward.home_page() for ward, _ in self.wards)]
        self.lists += [page for home in list(self.lists) for page in home.get_children().live()]

    def of(self, now: datetime) -> list[Act]:
        """Return what is done at this moment: some each working day, the rest every so many days."""
        if not deadlines.is_working_day(now.date()):
            return []
        chances = {
            self.write_news: 0.6,
            self.write_for_later: 0.2,
            self.write_with_an_end: 0.15,
            self.warn: 0.1,
            self.plan_the_week: 0.1,
            self.open_a_consultation: 0.05,
            self.comment: 0.3,
            self.decide_comments: 0.2,
            self.ask: 0.5,
            self.issue: 0.1,
            self.repeal: 0.03,
            self.repeal_ahead: 0.04,
            self.propose_to_take_down: 0.06,
            self.decide_what_waits: 0.3,
            self.restore: 0.04,
            self.write_a_draft: 0.15,
            self.leave_for_review: 0.1,
            self.appoint_for_some_weeks: 0.02,
            self.declare_a_day_off: 0.005,
            self.correct: 0.15,
        }
        return [act for act, chance in chances.items() if self.rng.random() < chance]

    def addresses(self) -> list[str]:
        """Return the paths on the city's host that readers ask for: front pages, some lists, the newest pages."""
        lists = self.rng.sample(self.lists[HOMES:], 6)
        return [self._path(page) for page in [*self.lists[:HOMES], *lists, *self.pages[-8:]]]

    def _path(self, page) -> str:
        return "/" + page.url_path.removeprefix(self.city.home.url_path)

    # --- Pages ------------------------------------------------------------------------------------

    def write_news(self, now: datetime):
        """Publish a piece of news of the city or a ward."""
        section, writer = self._somewhere()
        return self._public(factories.article(section, by=writer, cites=self._cited()))

    def write_for_later(self, now: datetime):
        """Approve a piece of news for six o'clock of one of the next days."""
        section, writer = self._somewhere()
        at = (now + timedelta(days=self.rng.randint(1, 4))).replace(hour=6, minute=0)
        return self._public(factories.article(section, by=writer, go_live_at=at))

    def write_with_an_end(self, now: datetime):
        """Publish a notice that leaves by itself."""
        section, writer = self._somewhere("thong-bao")
        at = (now + timedelta(days=self.rng.randint(1, 20))).replace(hour=0, minute=0)
        return self._public(factories.notice(section, by=writer, expire_at=at))

    def warn(self, now: datetime):
        """Publish an urgent notice that holds for some days."""
        section, writer = self._somewhere("thong-bao")
        return self._public(factories.notice(section, by=writer, urgent=True, days=self.rng.randint(0, 3)))

    def plan_the_week(self, now: datetime):
        """Publish the schedule of the week."""
        section, writer = self._somewhere("lich-cong-tac")
        return self._public(factories.schedule(section, by=writer))

    def open_a_consultation(self, now: datetime):
        """Publish a consultation that opens in some days."""
        section, writer = self._somewhere("gop-y")
        opens = now.date() + timedelta(days=self.rng.randint(0, 9))
        return self._public(factories.consultation(section, by=writer, opens_on=opens))

    def write_a_draft(self, now: datetime):
        """Begin a page and leave it."""
        section, writer = self._somewhere("gioi-thieu")
        return factories.standard(section, by=writer)

    def leave_for_review(self, now: datetime):
        """Submit a page that nobody decides about."""
        section, writer = self._somewhere()
        return approval.submit(factories.article(section, by=writer), by=writer, declaration=True, remark="Đã xem lại.")

    def correct(self, now: datetime):
        """Publish a new version of a page."""
        page = self._live_page()
        if page is None:
            return None
        page.summary = f"Tóm tắt sửa lúc {now:%d/%m %H:%M}."
        page.save_revision(user=page.owner)
        return publish(page, by=page.owner)

    # --- Citizens ---------------------------------------------------------------------------------

    def ask(self, now: datetime):
        """Ask a question that comes as far as chance has it."""
        state = self.rng.choice(STATES)
        if state != "published":
            return a_question(self.city, state=state, on=now - timedelta(hours=1))
        question = a_question(self.city, state="replied", common=True, on=now - timedelta(hours=1))
        office = fresh(self.cast.standing_office)
        return self._public(
            publication.prepare_page(
                question,
                title=question.title,
                question_text=question.text,
                answer=answering.answer_of(question).body,
                by=office,
            )
        )

    def comment(self, now: datetime):
        """Comment on a consultation that is open."""
        pages = [page for page in ConsultationPage.objects.live() if page.is_open]
        if pages:
            receiving.receive(self.rng.choice(pages), text=f"Góp ý lúc {now:%d/%m %H:%M}.", contact=a_contact())

    def decide_comments(self, now: datetime):
        """Take in or refuse the comments of Mỹ Long."""
        for comment in receiving.ConsultationComment.objects.filter(owner_site=self.city.my_long, state="received"):
            if self.rng.random() < 0.5:
                deciding.accept(comment, public_text="Nội dung đã ẩn danh.", by=fresh(self.cast.unit_head))
            else:
                deciding.refuse(comment, reason="Không thuộc nội dung dự thảo.", by=fresh(self.cast.unit_head))

    # --- Documents --------------------------------------------------------------------------------

    def issue(self, now: datetime):
        """Publish a decision of the city that takes effect in ten days."""
        made = factories.document(self.city.site, by=self.cast.editor, issued_on=now.date())
        self.documents.append(publish(made, by=self.cast.editor))

    def repeal(self, now: datetime):
        """Repeal a document from today on."""
        self._repeal(now.date())

    def repeal_ahead(self, now: datetime):
        """Record that a document is repealed some weeks from now."""
        self._repeal(now.date() + timedelta(days=self.rng.randint(1, 40)))

    def _repeal(self, day):
        documents = [document for document in self.documents if document.effective_from < day]
        if documents:
            document = self.rng.choice(documents)
            self.documents.remove(document)
            lifecycle.repeal(
                document, by=fresh(self.cast.standing_office), effective_on=day, reason="Theo quyết định rà soát."
            )

    # --- Take-down --------------------------------------------------------------------------------

    def propose_to_take_down(self, now: datetime):
        """Propose to take a page down."""
        page = self._live_page()
        if page is not None:
            takedown.propose(page, TakeDown.Ground.ERROR, by=fresh(self.cast.editor), explanation="Số liệu sai.")

    def decide_what_waits(self, now: datetime):
        """Decide the take-downs that wait."""
        for row in TakeDown.objects.filter(state__in=TakeDown.UNDECIDED)[:3]:
            takedown.decide(row, self.rng.choice(["take_down", "keep"]), by=fresh(self.cast.head), note="Đã đối chiếu.")

    def restore(self, now: datetime):
        """Bring back a page that was taken down."""
        row = TakeDown.objects.filter(state=TakeDown.State.TAKEN_DOWN, page__isnull=False).order_by("?").first()
        if row is not None:
            takedown.restore(row, by=fresh(self.cast.editor), reason="Đã sửa xong.")

    # --- People and days --------------------------------------------------------------------------

    def appoint_for_some_weeks(self, now: datetime):
        """Appoint a contributor of Mỹ Long for some weeks from tomorrow."""
        new = person(f"cong-tac-vien-{now:%m%d%H}", "Cán bộ mẫu 50")
        # As an account whose first appointment is still to come.
        new.is_active = False
        new.save()
        decision = decisions.record_decision(
            by=self.cast.technical_admin,
            number=f"{now:%m%d%H}/QĐ-UBND",
            signed_on=now.date(),
            title="Phân công",
            issuing_body="Ủy ban nhân dân thành phố Long Xuyên",
            kind="appoint",
        )
        first = now.date() + timedelta(days=1)
        return appointments.appoint(
            decision,
            by=self.cast.technical_admin,
            person=new,
            role="contributor",
            site=self.city.my_long,
            valid_from=first,
            valid_to=first + timedelta(days=self.rng.randint(10, 40)),
        )

    def declare_a_day_off(self, now: datetime):
        """Declare a day off in some weeks, by two persons."""
        day = now.date() + timedelta(days=self.rng.randint(10, 40))
        if CalendarDay.objects.filter(date=day).exists():
            return None
        wanted = CalendarDay(date=day, kind="holiday", name="Nghỉ theo thông báo")
        change = calendar_changes.propose_days([wanted], by=fresh(self.cast.standing_office))
        return record_changes.confirm(change, by=fresh(self.cast.head), digest=change.digest)

    # --- Private ----------------------------------------------------------------------------------

    def _somewhere(self, key: str = "tin-tuc"):
        """Draw a section of the city or a ward, and who writes there."""
        site, writer = self.rng.choice([(self.city.site, self.cast.editor), *self.wards])
        found = site.home_page().get_children().filter(slug=key).first()
        section = found.specific if found is not None else self.city.section(site)
        return section, fresh(writer)

    def _public(self, page):
        page = publish(page, by=page.owner, approver=fresh(self.cast.head))
        self.pages.append(page)
        return page

    def _cited(self) -> list[LegalDocument]:
        return self.rng.sample(self.documents, 1) if self.documents and self.rng.random() < 0.4 else []

    def _live_page(self):
        found = [page for page in self.pages[-40:] if type(page).objects.filter(pk=page.pk, live=True).exists()]
        return type(page := self.rng.choice(found)).objects.get(pk=page.pk) if found else None
