"""A day of some seventy actions: each leaves exactly one entry of its own in the audit trail, and the right one.

What an action by its nature also writes (an approval keeps a sealed copy and ends the review) is listed in `ALONG`;
nothing else may be written, and none of it may be missing.
"""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import get_connection, send_mail
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import rich_text, streamfield

from accounts import appointments, decisions, department_list, persons
from accounts.models import PortalSession, RoleGroup, User
from accounts.signin import links, second_factor, sessions
from base.audit import actions, screens, sealing, verifying
from base.audit import trail as audit
from base.models import AuditEntry, OutgoingMail, PortalFile
from base.operations import mail
from faq.handling import answering, intake, running
from faq.models import QuestionTopic
from home import opening
from legalref.life import agreeing, lifecycle
from legalref.models import DocumentType
from legalref.numbers import numbering
from sections.models import ArticlePage
from tests import factories
from tests.city import PASSWORD, CityClient, CityTestCase, fresh, publish, with_app
from tests.faq.cast import a_contact
from tests.files.samples import minimal_pdf
from tests.forms import send
from tests.legalref.library import public_document, second_person
from tests.working_days import remove_day, set_day
from workflows import deadlines
from workflows.archive import copies, disposal, retention
from workflows.models import ArchiveCopy, RetentionClass, TakeDown
from workflows.publishing import approval, arrangement, takedown
from workflows.upkeep import review_dates

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
TODAY = MORNING.date()
LONG_AGO = datetime(2010, 5, 4, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
NEW_PASSWORD = "Cau.Rong-7.Bac"
WARD, CITY = "my-long", "long-xuyen"

# What some actions also write, each a fact of its own.
ALONG = {
    # Wagtail makes the page, then its first version.
    "page made": ["wagtail.edit"],
    # A review has a clock, from the submission to the decision.
    "wagtail.workflow.start": ["portal.deadline.start"],
    "wagtail.workflow.resume": ["portal.deadline.start"],
    "wagtail.workflow.reject": ["portal.deadline.meet"],
    "portal.publish": ["archive.kept", "portal.deadline.meet", "wagtail.workflow.approve"],
    "published in an emergency": ["archive.kept", "portal.publish"],
    "removed in an emergency": ["wagtail.unpublish"],
    "portal.takedown.propose": ["portal.deadline.start", "wagtail.workflow.start"],
    "portal.takedown.take_down": ["portal.deadline.meet", "wagtail.unpublish", "wagtail.workflow.approve"],
    "portal.takedown.keep": ["archive.kept", "portal.deadline.meet", "wagtail.workflow.approve"],
    "portal.takedown.withdraw": ["portal.deadline.cancel", "wagtail.workflow.cancel"],
    "portal.move": ["wagtail.move"],
    # The front page and the page of the search.
    "portal.opening.make": ["wagtail.create", "wagtail.create"],
    "portal.document.mark": ["portal.deadline.meet", "portal.deadline.start"],
    "portal.document.repeal": ["portal.document.relate"],
    # The first day has come: the account opens, its person is told.
    "portal.appointment.confirm": [
        "portal.account.invite",
        "portal.account.open",
        "portal.appointment.begin",
        "rights.granted",
    ],
    "portal.appointment.revoke": ["portal.account.close", "rights.withdrawn"],
    # The clocks of a question begin, are met and stand still with its steps; opening it is one of its own.
    "portal.question.received": ["portal.deadline.start", "portal.deadline.start"],
    "portal.question.claimed": ["portal.deadline.meet"],
    "portal.question.assigned": ["portal.deadline.start", "portal.deadline.start"],
    "portal.question.reassigned": [
        "portal.deadline.cancel",
        "portal.deadline.meet",
        "portal.deadline.start",
        "portal.deadline.start",
    ],
    "portal.question.drafted": ["portal.deadline.meet"],
    "portal.question.notice": ["portal.deadline.meet", "portal.deadline.start"],
    "portal.question.signed": ["portal.deadline.meet"],
    "portal.question.replied": ["portal.deadline.meet"],
    "not for us": [
        "portal.deadline.meet",
        "portal.deadline.meet",
        "portal.deadline.meet",
        "portal.deadline.start",
        "portal.question.classified",
    ],
    # The second factor was the last step of signing in.
    "let in": ["session.in"],
}
# Actions whose entry must hold the digest of what they left.
LEAVES_A_STATE = {"wagtail.edit", "portal.publish", "portal.account.create", "portal.site.settings"}

PARAGRAPH = '{"blocks":[{"key":"a","text":"Nội dung.","type":"unstyled","depth":0,"inlineStyleRanges":[],\
"entityRanges":[]}],"entityMap":{}}'
BODY = streamfield([("paragraph", PARAGRAPH)])


@dataclass
class Left:
    """The entry that an action must leave."""

    action: str
    who: str
    about: Model | None = None
    site: str = WARD
    result: str = "ok"
    over_http: bool = False
    # The line of `ALONG`, where the action has more than one or none by its own name.
    along: str = ""
    # Who is named where no account is looked up.
    named: str = ""


class Day(CityTestCase):
    """What the day needs, its actions one after the other, and what is wrong with what each of them left."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        city, cast = cls.city, cls.cast
        with time_machine.travel(MORNING - timedelta(days=30), tick=False):
            cls.section = city.section(city.my_long)
            cls.target = city.section(city.my_long, "tuyen-truyen")
            by = cast.contributor
            cls.first, cls.second, cls.third, cls.last = (factories.article(cls.section, by=by) for _ in range(4))
            cls.public = [publish(factories.article(cls.section, by=by)) for _ in range(5)]
            cls.of_the_head = factories.article(cls.section, by=cast.head)
            approval.submit(cls.of_the_head, by=cast.head, declaration=True)
            cls.file = factories.file(city.my_long)
            cls.law = public_document(city.site, by=cast.standing_office)
            cls.newer = public_document(city.site, by=cast.standing_office, symbol="07/2022/QĐ-UBND")
            revision = factories.article(cls.section, by=by).get_latest_revision()
            cls.old_copy = copies.seal(revision, approved_by=cast.head, on=LONG_AGO)
            cls.app = with_app(cast.head)
        User.objects.update(password_changed_at=MORNING - timedelta(days=1), must_change_password=False)

    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(MORNING, tick=False))
        self.actions, self.mistakes = 0, []

    def test_each_action_leaves_exactly_one_entry_and_the_right_one(self):
        self.sign_in_and_out()
        self.write_and_approve()
        self.take_down()
        self.arrange()
        self.lead_the_city()
        self.keep_documents()
        self.appoint()
        self.look_and_fetch()
        self.handle_questions()
        self.be_refused()
        self.dispose_and_mail()

        self.assertEqual(self.mistakes, [], "\n".join(self.mistakes))
        self.assertGreaterEqual(self.actions, 60)
        self.assertEqual(self.unnamed(), set())
        sealing.seal()
        self.assertEqual(verifying.verify(on=MORNING + timedelta(days=1), tail=False).violations, [])

    # --- What each action must leave ---

    @contextmanager
    def leaves(self, action: str, who: str = "", **expected):
        """Carry out one action, five minutes after the one before; `about` may be set inside, on what is yielded."""
        self.actions += 1
        self.clock.shift(timedelta(minutes=5))
        last = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        left = Left(action, who, **expected)
        yield left
        found = self.wrong_with(left, list(AuditEntry.objects.filter(pk__gt=last).order_by("pk")))
        self.mistakes += [f"{self.actions}. {action}: {mistake}" for mistake in found]

    def wrong_with(self, left: Left, written: list[AuditEntry]) -> list[str]:
        own = [entry for entry in written if entry.action == left.action][:1]
        others = sorted(entry.action for entry in written if entry not in own)
        if not own or others != sorted(ALONG.get(left.along or left.action, [])):
            return [f"wrote {[entry.action for entry in written]}"]
        entry, about = own[0], left.about
        person = getattr(self.cast, left.who) if left.who else None
        name = f"{person.get_full_name()} ({person.username})" if person else left.named
        right = {
            "result": entry.result == left.result,
            "site": entry.site_slug == left.site,
            "actor": entry.actor_id == (person.pk if person else None),
            "name": name in entry.actor_name and bool(entry.actor_name),
            "role and decision": not person or " · " in entry.actor_text or "dự phòng" in entry.actor_text,
            "object": about is None
            or (entry.object_type, entry.object_id) == (audit.object_type(about), str(about.pk))
            and entry.object_label != "",
            "state": left.action not in LEAVES_A_STATE or len(entry.after) == 64,
            "address": entry.address == ("127.0.0.1" if left.over_http else ""),
            "request": len(entry.request_id) == (16 if left.over_http else 0),
        }
        said = f"{entry.actor_name}, {entry.site_slug}, {entry.object_type} {entry.object_id}, {entry.result}"
        return [f"{what} is wrong ({said})" for what, is_right in right.items() if not is_right]

    def unnamed(self) -> set[str]:
        """The details that the screens would show by an English word of the code."""
        entries = AuditEntry.objects.exclude(detail={})
        paths = {path for entry in entries for path, _ in screens.flat(entry.detail)}
        parts = {part for path in paths for part in path.split(".") if not part.isdecimal()}
        return parts - actions.DETAILS.keys()

    # --- At the screens ---

    def browser(self, who: str) -> CityClient:
        """A browser whose person signed in a moment ago."""
        browser = CityClient()
        browser.force_login(getattr(self.cast, who))
        return browser

    def get(self, who: str, address: str, **query):
        return self.browser(who).get(address, query)

    def post(self, who: str, name: str, *args, **data):
        return self.browser(who).post(reverse(name, args=args), data)

    def submit(self, page):
        self.post("contributor", "workflows_submit", "wagtailcore", "page", page.pk, declaration="on")

    def review(self, who: str, page, decision: str):
        task = approval.current_state(page).current_task_state
        self.post(who, "workflows_review", task.pk, decision=decision, comment="Cần sửa tóm tắt.")

    def propose(self, page):
        self.post("contributor", "workflows_propose", page.pk, ground="error", explanation="Số liệu đã cũ.")

    def decide(self, page, decision: str):
        row = TakeDown.objects.get(page_id=page.pk)
        self.post("head", "workflows_takedown", row.pk, decision=decision, comment="Đã xem xét nội dung.")

    # --- The day ---

    def sign_in_and_out(self):
        cast, browser, head = self.cast, Client(), Client()
        name = cast.contributor.username
        # Known and unknown names take the same time: neither account nor site are looked up.
        with self.leaves("session.failed", result="failed", site="", named=name, over_http=True):
            browser.post("/quan-tri/login/", {"username": name, "password": "sai"})
        with self.leaves("session.in", "contributor", over_http=True):
            browser.post("/quan-tri/login/", {"username": name, "password": PASSWORD})
        with self.leaves("account.password_changed", "contributor", about=cast.contributor, over_http=True):
            passwords = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
            browser.post("/quan-tri/doi-mat-khau/", passwords)
        with self.leaves("session.out", "contributor", over_http=True):
            browser.post("/quan-tri/logout/")
        head.post("/quan-tri/login/", {"username": cast.head.username, "password": PASSWORD})
        with self.leaves("session.second_factor", "head", site=CITY, result="failed", over_http=True):
            head.post("/quan-tri/xac-thuc/", {"code": "000000"})
        with self.leaves("session.second_factor", "head", site=CITY, along="let in", over_http=True):
            head.post("/quan-tri/xac-thuc/", {"code": second_factor.present_code(self.app)})
        with self.leaves("account.second_factor", "deputy", site=CITY, about=cast.deputy):
            code = second_factor.present_code(second_factor.start_enrolment(cast.deputy))
            second_factor.confirm_enrolment(cast.deputy, code, by=cast.deputy, on=MORNING)
        with self.leaves("account.second_factor_reset", "superuser", site=CITY, about=cast.deputy):
            second_factor.reset_second_factor(cast.deputy, by=cast.superuser, on=MORNING)
        links.ask_reset(cast.editor.username, address="127.0.0.1", on=MORNING)
        with self.leaves("account.reset_sent", site=CITY, about=cast.editor):
            links.send_resets(on=MORNING)
        with self.leaves("session.out", "head", site=CITY):
            sessions.end_all(cast.head, on=MORNING, why=PortalSession.End.ELSEWHERE, by=cast.head)

    def write_and_approve(self):
        page = self.first
        with self.leaves("wagtail.create", "contributor", along="page made", over_http=True) as left:
            address = reverse("wagtailadmin_pages:add", args=["sections", "articlepage", self.section.pk])
            fields = {"title": "Bài viết trong ngày", "slug": "bai-viet-trong-ngay", "summary": "Tóm tắt."}
            fields |= {"author_name": "Cán bộ mẫu 01", "responsible_unit": str(self.city.my_long.unit_id)}
            send(self.browser("contributor"), address, ArticlePage, **fields)
            left.about = ArticlePage.objects.get(slug="bai-viet-trong-ngay")
        with self.leaves("wagtail.edit", "contributor", about=page, over_http=True):
            address = reverse("wagtailadmin_pages:edit", args=[page.pk])
            send(self.browser("contributor"), address, ArticlePage, summary="Tóm tắt đã sửa.", body=BODY)
        with self.leaves("draft.seen", "contributor", about=page, over_http=True):
            self.get("contributor", reverse("wagtailadmin_pages:view_draft", args=[page.pk]))
        with self.leaves("wagtail.workflow.start", "contributor", about=page, over_http=True):
            self.submit(page)
        with self.leaves("wagtail.workflow.reject", "editor", about=page, over_http=True):
            self.review("editor", page, "return")
        with self.leaves("wagtail.workflow.resume", "contributor", about=page, over_http=True):
            self.submit(page)
        with self.leaves("portal.publish", "deputy", about=page, over_http=True):
            self.review("deputy", page, "approve")
        with self.leaves("portal.emergency", "head", about=self.second, along="published in an emergency"):
            approval.emergency_publish(self.second, by=self.cast.head, reason="Mưa lũ")
        with self.leaves("wagtail.delete", "contributor", about=self.last, over_http=True):
            self.post("contributor", "wagtailadmin_pages:delete", self.last.pk)

    def take_down(self):
        cast, (gone, withdrawn, kept, leaked, _rest) = self.cast, self.public
        with self.leaves("portal.takedown.propose", "contributor", about=gone, over_http=True):
            self.propose(gone)
        with self.leaves("portal.takedown.take_down", "head", about=gone, over_http=True):
            self.decide(gone, "take_down")
        with self.leaves("portal.takedown.restore", "contributor", about=gone):
            row = TakeDown.objects.get(page_id=gone.pk)
            takedown.restore(row, by=cast.contributor, reason="Gỡ nhầm")
        self.propose(withdrawn)
        with self.leaves("portal.takedown.withdraw", "contributor", about=withdrawn):
            row = TakeDown.objects.get(page_id=withdrawn.pk)
            takedown.withdraw(row, by=cast.contributor, reason="Đề nghị nhầm")
        self.propose(kept)
        with self.leaves("portal.takedown.keep", "head", about=kept, over_http=True):
            self.decide(kept, "keep")
        copy = ArchiveCopy.objects.get(object_id=str(gone.pk))
        with self.leaves("archive.seen", "head", about=copy, over_http=True):
            self.get("head", reverse("workflows_archive_html", args=[copy.pk]))
        with self.leaves("portal.emergency", "head", about=leaked, along="removed in an emergency"):
            takedown.emergency_remove(leaked, by=cast.head, reason="Lộ dữ liệu")

    def arrange(self):
        cast, page = self.cast, self.public[4]
        with self.leaves("portal.review.choose", "contributor", about=page):
            review_dates.choose(page, deadlines.workdays_after(TODAY, 20), by=cast.contributor)
        with self.leaves("portal.review.confirm", "contributor", about=page):
            review_dates.confirm(page, by=cast.contributor, note="Đã đối chiếu với bản gốc.")
        with self.leaves("portal.move", "contributor", about=self.third):
            arrangement.move_draft(self.third, self.target, by=cast.contributor)
        with self.leaves("portal.move.propose", "contributor", about=page):
            proposal = arrangement.propose_move(page, self.target, by=cast.contributor, reason="Đúng mục hơn")
        with self.leaves("portal.move", "head", about=page):
            arrangement.decide_move(proposal, by=cast.head, accepted=True)

    def lead_the_city(self):
        office, day = self.cast.standing_office, date(2026, 4, 27)
        with self.leaves("portal.calendar.set", "standing_office", site=CITY) as left:
            left.about = set_day(day, kind="holiday", name="Nghỉ bù", by=office)
        with self.leaves("portal.calendar.remove", "standing_office", site=CITY):
            remove_day(day, by=office)
        with self.leaves("portal.site.settings", "standing_office", about=self.city.my_long):
            opening.change_settings(self.city.my_long, by=office, approval_mode="central", contacts={})
        with self.leaves("portal.opening.make", "standing_office", site="my-thoi") as left:
            left.about = dossier = opening.open_ward(
                by=office,
                name="Phường Mỹ Thới",
                kind="ward",
                slug="my-thoi",
                host_label="my-thoi",
                gso_code="30300",
                legal_act="Nghị quyết 01",
                valid_from=TODAY,
                address="Trụ sở",
                phone="0296 000 0000",
                email="my-thoi@example.invalid",
                sections=[],
            )
        with self.leaves("portal.opening.submit", "standing_office", site="my-thoi", about=dossier):
            opening.submit_opening(dossier, by=office)
        with self.leaves("portal.opening.reject", "head", site="my-thoi", about=dossier):
            opening.reject_opening(dossier, by=self.cast.head, reason="Chưa có nghị quyết")

    def keep_documents(self):
        cast, city, law = self.cast, self.city, self.law
        office, kind = cast.standing_office, DocumentType.objects.get(name="Quyết định")
        with self.leaves("portal.document.mark", "contributor", site=CITY, about=law):
            lifecycle.mark_for_site(law, city.my_long, ground="in_scope", by=cast.contributor)
        with self.leaves("portal.document.repeal", "head", site=CITY, about=law):
            relation = lifecycle.repeal(law, by=cast.head, by_document=self.newer, effective_on=TODAY)
        with self.leaves("portal.document.agree", "deputy", site=CITY, about=law):
            agreeing.agree(relation, by=cast.deputy)
        with self.leaves("portal.document.undo_repeal", "head", site=CITY, about=law):
            lifecycle.undo_repeal(relation, by=cast.head, agreed_by=second_person(cast.head), reason="Ghi nhầm văn bản")
        with self.leaves("portal.book.open", "standing_office", site=CITY) as left:
            left.about = book = numbering.open_book(
                by=office, on=TODAY, site=city.site, issuer=law.main_issuer, family="legal", types=[kind], year=2026
            )
        with self.leaves("portal.book.take", "standing_office", site=CITY, about=book):
            taken = numbering.take_number(book, by=office, on=TODAY, document_type=kind, subject="Về việc thử")
        with self.leaves("portal.book.cancel", "standing_office", site=CITY, about=book):
            numbering.cancel_number(taken, by=office, reason="Không ban hành")
        with self.leaves("export.made", "standing_office", site=CITY, about=book, over_http=True):
            self.get("standing_office", reverse("legalref_book_register", args=[book.pk]))

    def appoint(self):
        cast, city, by = self.cast, self.city, self.cast.technical_admin
        said = {"signed_on": TODAY, "issuing_body": "Ủy ban nhân dân thành phố Long Xuyên", "title": "Phân công"}
        who = {"full_name": "Cán bộ mẫu 20", "email": "moi@example.invalid"}
        with self.leaves("portal.appointment.decide", "technical_admin", site=CITY) as left:
            left.about = decision = decisions.record_decision(by=by, number="20/QĐ-UBND", kind="appoint", **said)
        with self.leaves("portal.account.create", "technical_admin", site=CITY) as left:
            left.about = person = persons.create_account(by=by, username="moi.my-long", **who)
        with self.leaves("portal.appointment.appoint", "technical_admin") as left:
            left.about = appointment = appointments.appoint(
                decision, by=by, person=person, role="ward_approver", site=city.my_long, valid_from=TODAY
            )
        with self.leaves("portal.appointment.confirm", "head", about=appointment):
            appointments.confirm(appointment, by=fresh(cast.head))
        with self.leaves("portal.account.change", "technical_admin", about=person):
            persons.change_account(person, by=by, position="Công chức", **who)
        ending = decisions.record_decision(by=by, number="21/QĐ-UBND", kind="end", **said)
        with self.leaves("portal.appointment.revoke", "technical_admin", about=appointment):
            appointments.revoke(appointment, by=by, decision=ending, reason="Chuyển công tác")
        with self.leaves("portal.appointment.send", "technical_admin", site=CITY, about=decision):
            decisions.mark_sent(decision, by=by, sent_on=TODAY, letter="15/UBND")
        with self.leaves("portal.appointment.list", "technical_admin", site=CITY) as left:
            left.about = made = department_list.make_list(by=by)
        with self.leaves("export.made", "technical_admin", site=CITY, about=made, over_http=True):
            self.get("technical_admin", reverse("accounts_list_xlsx", args=[made.pk]))
        # Past every verb, as from a console.
        group = RoleGroup.objects.get(role="editor", site=city.site).group
        with self.leaves("rights.granted", site=CITY, about=cast.accountant, named="Hệ thống"):
            cast.accountant.groups.add(group)
        with self.leaves("rights.withdrawn", site=CITY, about=cast.accountant, named="Hệ thống"):
            cast.accountant.groups.remove(group)

    def look_and_fetch(self):
        ward = self.city.my_long
        with self.leaves("file.downloaded", "contributor", about=self.file, over_http=True):
            self.get("contributor", self.file.url)
        with self.leaves("wagtail.create", "contributor", over_http=True) as left:
            upload = SimpleUploadedFile("tep.pdf", minimal_pdf(), "application/pdf")
            collection = factories.site_collection(ward).pk
            self.post("contributor", "wagtaildocs:add", title="Tệp trong ngày", file=upload, collection=collection)
            left.about = PortalFile.objects.get(title="Tệp trong ngày")
        with self.leaves("export.made", "head", site=CITY, over_http=True):
            self.get("head", reverse("base_audit"), export="xlsx", site=WARD)
        with self.leaves("personal_data.read", "head", about=ward):
            audit.record_personal_data_read(by=self.cast.head, obj=ward, what="số điện thoại")

    def handle_questions(self):
        cast, office, city = self.cast, self.cast.standing_office, self.city
        topic = QuestionTopic.objects.filter(is_active=True).first()

        def step(action: str, who: str, name: str, site: str = CITY, **data):
            with self.leaves(f"portal.question.{action}", who, site=site, about=question, over_http=True):
                self.post(who, name, question.pk, **data)

        with self.leaves("portal.question.received", "standing_office", site=CITY) as left:
            left.about = question = intake.enter(
                by=office,
                site=city.site,
                channel="letter",
                title="Hỏi thủ tục",
                received_on=timezone.now(),
                text="Xin hỏi thủ tục này cần giấy tờ gì?",
                contact=a_contact(),
            ).question
        step("claimed", "standing_office", "faq_claim")
        step("released", "standing_office", "faq_release")
        step("classified", "standing_office", "faq_classify", topic=topic.pk, assign="khong")
        step("assigned", "standing_office", "faq_assign", unit=city.site.unit_id)
        step("reassigned", "standing_office", "faq_reassign", site=WARD, unit=city.my_long.unit_id, reason="Đúng nơi")
        step("drafted", "contributor", "faq_draft", site=WARD, body=rich_text("<p>Nộp tại một cửa.</p>"))
        step("submitted", "contributor", "faq_submit", site=WARD)
        step("returned", "unit_head", "faq_send_back", site=WARD, reason="Ghi rõ giờ")
        answering.submit(question, by=cast.contributor)
        last_day = running.running_deadline(question).last_day
        promised = deadlines.workdays_after(last_day, 5)
        step("notice", "unit_head", "faq_notify", site=WARD, text="Đang xem.", promised_on=f"{promised:%d/%m/%Y}")
        step("signed", "ward_approver", "faq_sign", site=WARD)
        step("interest", "unit_head", "faq_interest", site=WARD, common="khong", reason="Việc riêng")
        step("replied", "unit_head", "faq_reply", site=WARD)
        step("closed", "unit_head", "faq_close", site=WARD)
        with self.leaves("personal_data.read", "unit_head", about=question, over_http=True):
            self.post("unit_head", "faq_contact", question.pk)
        with self.leaves("export.made", "unit_head", over_http=True):
            self.get("unit_head", reverse("faq_inbox_sheet"))
        question = intake.receive(
            site=city.site, title="Hỏi án phí", text="Xin hỏi án phí dân sự sơ thẩm?", contact=a_contact()
        ).question
        with self.leaves(
            "portal.question.out_of_scope",
            "standing_office",
            site=CITY,
            along="not for us",
            about=question,
            over_http=True,
        ):
            data = {"reason": "Việc của tòa án", "competent_body": "Tòa án nhân dân"}
            self.post("standing_office", "faq_reject", question.pk, **data)

    def be_refused(self):
        foreign = self.city.section(self.city.my_xuyen)
        for who, address, site in (
            ("contributor", "/quan-tri/users/", WARD),
            ("contributor", reverse("base_audit"), WARD),
            ("contributor", reverse("wagtailadmin_pages:edit", args=[foreign.pk]), WARD),
            ("contributor_my_xuyen", reverse("workflows_propose", args=[self.public[2].pk]), "my-xuyen"),
        ):
            with self.leaves("refused", who, site=site, result="refused", over_http=True):
                self.get(who, address)
        with self.leaves("refused", "head", site=CITY, result="refused", over_http=True):
            self.review("head", self.of_the_head, "approve")
        without_token = CityClient(enforce_csrf_checks=True)
        without_token.force_login(self.cast.contributor)
        with self.leaves("refused", "contributor", result="refused", over_http=True):
            without_token.post("/quan-tri/van-ban-giu-lai/")

    def dispose_and_mail(self):
        cast, office, admin = self.cast, self.cast.standing_office, self.cast.technical_admin
        news = RetentionClass.objects.get(key="news")
        with self.leaves("portal.retention.set", "standing_office", site=CITY, about=news):
            retention.set_term(news, by=office, years=12, source="Quyết định thử")
        with self.leaves("portal.disposal.propose", "standing_office", site=CITY) as left:
            left.about = proposal = disposal.propose([self.old_copy], by=office, reason="Hết thời hạn")
        with self.leaves("portal.disposal.destroy", "head", site=CITY, about=proposal):
            disposal.decide(
                proposal,
                by=cast.head,
                accepted=True,
                decision_number="15/QĐ-UBND",
                decision_date=TODAY,
                decision_file=ContentFile(b"%PDF-1.4 da ky", name="quyet-dinh.pdf"),
            )
        connection = get_connection("base.operations.mail.OutboxBackend")
        send_mail("Báo", "Nội dung", None, ["ai@example.invalid"], connection=connection)
        OutgoingMail.objects.update(state=OutgoingMail.State.DEAD)
        letter = OutgoingMail.objects.get()
        with self.leaves("mail.retry", "technical_admin", site=CITY, about=letter):
            mail.retry(letter, by=admin)
        OutgoingMail.objects.update(state=OutgoingMail.State.DEAD)
        with self.leaves("mail.dismiss", "technical_admin", site=CITY, about=letter):
            mail.dismiss(letter, by=admin)
