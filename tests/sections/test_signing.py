"""The head of a division signs a clarification about its work: exactly the version they read, and nothing else."""

from datetime import date

from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse

from base.gate import Refused
from base.models import OrganisationUnit
from sections import signing
from sections.models import ClarificationSignature
from tests.city import CityTestCase, appointed, draft, fresh, person, publish, publish_at_once
from tests.desks import rows_for
from tests.sections import pages
from workflows.publishing import approval, arrangement, takedown


class SigningCase(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.school, cls.office = (
            OrganisationUnit.objects.create(
                name=name, slug=slug, kind=kind, parent=cls.city.site.unit, valid_from=date(2020, 1, 1)
            )
            for name, slug, kind in (
                ("Trường Tiểu học Thử", "tieu-hoc-thu", OrganisationUnit.Kind.SCHOOL),
                ("Phòng Kinh tế", "kinh-te", OrganisationUnit.Kind.OFFICE),
            )
        )
        cls.leader, cls.other = person("hieu-truong", "Cán bộ mẫu 72"), person("truong-phong", "Cán bộ mẫu 73")
        appointed(cls.leader, "unit_leader", cls.city.site, unit=cls.school)
        appointed(cls.other, "unit_leader", cls.city.site, unit=cls.office)
        cls.page = draft(
            pages.clarification(title="Về tin đồn thu phí", responsible_unit=cls.school),
            cls.city.section(cls.city.site, "giai-thich"),
            by=cls.cast.editor,
        )

    def ask(self) -> ClarificationSignature:
        return signing.ask(self.page, by=fresh(self.cast.editor))

    def submit(self):
        return approval.submit(self.page, by=fresh(self.cast.editor), declaration=True, remark="Đã đối chiếu.")

    def save_again(self):
        self.page.summary = "Sửa thêm một câu."
        self.page.save_revision(user=self.cast.editor)
        self.page.refresh_from_db()


class Signing(SigningCase):
    def test_it_is_not_submitted_before_the_head_has_signed_and_is_approved_after(self):
        with self.assertRaises(ValidationError) as raised:
            self.submit()
        assert "chưa ký phiên bản này" in raised.exception.message_dict["responsible_unit"][0]

        signing.sign(self.ask(), by=fresh(self.leader))

        assert publish(self.page, by=self.cast.editor).live

    def test_another_version_wants_another_signature(self):
        request = self.ask()
        self.save_again()
        with self.assertRaises(Refused):
            signing.sign(request, by=fresh(self.leader))
        signing.sign(self.ask(), by=fresh(self.leader))
        assert not signing.is_missing(self.page.get_latest_revision_as_object())

        self.save_again()

        assert signing.is_missing(self.page.get_latest_revision_as_object())
        with self.assertRaises(ValidationError):
            self.submit()

    def test_what_is_given_back_says_what_to_correct_and_returns_to_its_writer(self):
        request = self.ask()
        with self.assertRaises(ValidationError):
            signing.give_back(request, by=fresh(self.leader), note=" ")

        signing.give_back(request, by=fresh(self.leader), note="Thiếu số liệu năm nay")

        (row,) = rows_for(fresh(self.cast.editor), ["tra-lai"])
        assert row.note == "Thiếu số liệu năm nay"
        with self.assertRaises(ValidationError):
            self.submit()
        self.save_again()
        assert rows_for(fresh(self.cast.editor), ["tra-lai"]) == []

    def test_the_head_hears_of_it_and_so_does_the_writer(self):
        with self.captureOnCommitCallbacks(execute=True):
            signing.sign(self.ask(), by=fresh(self.leader))
        assert {message.to[0] for message in mail.outbox} == {self.leader.email, self.cast.editor.email}

    def test_only_the_head_of_that_unit_signs(self):
        request = self.ask()
        for who in (self.other, self.cast.head, self.cast.unit_head, self.cast.editor, self.cast.superuser):
            with self.subTest(who=who.username), self.assertRaises(Refused):
                signing.sign(request, by=fresh(who))

    def test_only_who_writes_on_the_site_asks_and_once_for_a_version(self):
        for who in (self.cast.contributor, self.leader):
            with self.subTest(who=who.username), self.assertRaises(Refused):
                signing.ask(self.page, by=fresh(who))
        self.ask()
        with self.assertRaises(Refused):
            self.ask()

    def test_a_page_that_is_removed_waits_for_no_signature_and_who_asked_hears_of_it(self):
        publish_at_once(self.page)
        self.save_again()
        request = self.ask()

        takedown.emergency_remove(self.page, by=fresh(self.cast.head), reason="Nội dung sai.")

        request.refresh_from_db()
        assert (request.is_open, request.accepted) == (False, False) and "bị gỡ bỏ" in request.note
        told = [sent.subject for sent in mail.outbox if sent.to == [self.cast.editor.email]]
        assert f"Bài xin chữ ký không còn chờ quyết định: {request.title}" in told

    def test_a_page_that_moves_waits_on(self):
        request = self.ask()

        arrangement.move_draft(self.page, self.city.section(self.city.site), by=fresh(self.cast.editor))

        request.refresh_from_db()
        assert request.is_open

    def test_a_unit_without_a_head_and_a_ward_need_no_signature(self):
        for unit in (self.city.site.unit, self.city.my_long.unit):
            page = draft(
                pages.clarification(title=f"Bài của {unit}", responsible_unit=unit),
                self.city.section(self.city.site, "giai-thich"),
                by=self.cast.editor,
            )
            with self.subTest(unit=unit):
                assert not signing.is_missing(page) and not signing.may_ask(fresh(self.cast.editor), page)
                with self.assertRaises(Refused):
                    signing.ask(page, by=fresh(self.cast.editor))


class Screens(SigningCase):
    def test_from_the_page_to_the_signature_by_screens(self):
        self.client.force_login(self.cast.editor)
        edit = self.client.get(reverse("wagtailadmin_pages:edit", args=[self.page.pk])).content.decode()
        address = reverse("sections_ask_signature", args=[self.page.pk])
        assert address in edit
        self.client.post(address, {})
        request = ClarificationSignature.objects.get()

        self.client.force_login(self.leader)
        (row,) = rows_for(fresh(self.leader), ["ky"])
        screen = reverse("sections_sign_clarification", args=[request.pk])
        assert row.title == "Về tin đồn thu phí" and row.address == screen
        answer = self.client.get(screen)
        shown = self.client.get(answer.context["preview_url"]).content.decode()
        assert "Về tin đồn thu phí" in shown
        typed = {"note": "Thiếu số liệu", "decision": "sign"}
        assert "Trả lại để sửa" in self.client.post(screen, typed).content.decode()
        assert ClarificationSignature.objects.get().is_open

        self.client.post(screen, {"note": "", "decision": "sign"})

        assert ClarificationSignature.objects.get().accepted
        assert "đã được ký hoặc đã trả lại" in self.client.get(screen).content.decode()

    def test_it_is_given_back_on_the_same_screen(self):
        request = self.ask()
        self.client.force_login(self.leader)
        screen = reverse("sections_sign_clarification", args=[request.pk])
        self.client.post(screen, {"note": "Thiếu số liệu", "decision": "return"})
        assert ClarificationSignature.objects.get().note == "Thiếu số liệu"

    def test_the_head_of_another_unit_finds_nothing(self):
        screen = reverse("sections_sign_clarification", args=[self.ask().pk])
        for who in (self.other, self.cast.head, self.cast.unit_head):
            with self.subTest(who=who.username):
                self.client.force_login(who)
                assert self.client.get(screen).status_code == 404
                assert rows_for(fresh(who), ["ky"]) == []
