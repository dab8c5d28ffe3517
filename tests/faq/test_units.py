"""A division, a school, a union has accounts of its own: its people answer and sign what is given to it, no more."""

from datetime import date

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts import appointments, decisions
from accounts.models import Appointment
from accounts.roles import ANSWER_QUESTIONS, SIGN_ANSWERS, WRITE, may, works_on
from accounts.unit_roles import may_for_unit, units_for
from base.authority import own_pages, sites_of
from base.gate import Refused
from base.models import OrganisationUnit
from faq.handling import answering, running
from faq.models import Answer
from faq.office import inbox
from home.units import acts, staffing
from tests.city import CityTestCase, appointed, fresh, person
from tests.desks import rows_for
from workflows.deadlines import acting
from workflows.publishing import record_changes

from .cast import a_question, again


class UnitPeople(CityTestCase):
    """Two divisions of the city; the first has a contributor and a head with accounts, the second has nobody."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.school, cls.office = (
            OrganisationUnit.objects.create(
                name=name,
                authority_name=name,
                slug=slug,
                kind=kind,
                parent=cls.city.site.unit,
                valid_from=date(2020, 1, 1),
            )
            for name, slug, kind in (
                ("Trường Tiểu học Thử", "tieu-hoc-thu", OrganisationUnit.Kind.SCHOOL),
                ("Phòng Kinh tế", "kinh-te", OrganisationUnit.Kind.OFFICE),
            )
        )
        cls.writer = person("ctv.tieu-hoc", "Cán bộ mẫu 71")
        cls.leader = person("hieu-truong", "Cán bộ mẫu 72")
        appointed(cls.writer, "unit_contributor", cls.city.site, unit=cls.school)
        appointed(cls.leader, "unit_leader", cls.city.site, unit=cls.school)
        cls.own = a_question(cls.city, state="assigned", unit=cls.school, title="Hỏi về tuyển sinh")
        cls.others = a_question(cls.city, state="assigned", unit=cls.office, title="Hỏi về hộ kinh doanh")
        cls.unsorted = a_question(cls.city, title="Chưa phân loại")
        cls.of_ward = a_question(cls.city, site=cls.city.my_long, state="assigned", title="Hỏi Mỹ Long")

    def titles(self, user, kind: str) -> set[str]:
        return {row.title.split(": ", 1)[1] for row in rows_for(fresh(user), [kind])}


class WhatTheyMay(UnitPeople):
    def test_they_see_what_is_given_to_their_unit_and_nothing_else(self):
        for who in (self.writer, self.leader):
            with self.subTest(who=who.username):
                assert set(inbox.visible_to(fresh(who))) == {self.own}
                assert sites_of(fresh(who)) == frozenset() and not own_pages(fresh(who)).exists()
                assert not works_on(fresh(who), self.city.site) and not works_on(fresh(who), self.city.my_long)

    def test_a_role_of_a_unit_counts_for_no_site(self):
        leader = fresh(self.leader)
        for site in (self.city.site, self.city.my_long):
            assert not any(may(leader, found, site) for found in (ANSWER_QUESTIONS, SIGN_ANSWERS, WRITE))
        assert may_for_unit(leader, SIGN_ANSWERS, self.school.pk)
        assert not may_for_unit(leader, SIGN_ANSWERS, self.office.pk) and not may_for_unit(leader, SIGN_ANSWERS, None)
        assert units_for(fresh(self.writer), SIGN_ANSWERS) == frozenset()

    def test_other_questions_are_not_there_for_them(self):
        self.client.force_login(self.leader)
        for question, status in ((self.own, 200), (self.others, 404), (self.unsorted, 404), (self.of_ward, 404)):
            with self.subTest(question=question.title):
                assert self.client.get(reverse("faq_question", args=[question.pk])).status_code == status

    def test_they_open_no_screen_of_content_or_of_contacts(self):
        self.client.force_login(self.leader)
        for address in (
            reverse("wagtailadmin_explore_root"),
            reverse("wagtailadmin_pages:edit", args=[self.city.section(self.city.site).pk]),
            reverse("wagtailimages:index"),
            reverse("faq_contact", args=[self.own.pk]),
            reverse("accounts_appointments"),
        ):
            with self.subTest(address=address):
                assert self.client.get(address).status_code in (302, 403, 404)


class FromQuestionToAnswer(UnitPeople):
    def test_the_contributor_writes_and_the_head_signs(self):
        assert self.titles(self.writer, "cau-hoi") == {"Hỏi về tuyển sinh"}
        answering.draft(self.own, body="<p>Nộp hồ sơ tại trường.</p>", by=fresh(self.writer))
        self.client.force_login(self.writer)
        assert self.client.get(reverse("faq_draft", args=[self.own.pk])).status_code == 200
        self.client.post(reverse("faq_submit", args=[self.own.pk]))
        assert self.titles(self.leader, "ky") == {"Hỏi về tuyển sinh"}
        self.client.force_login(self.leader)

        answer = self.client.post(reverse("faq_sign", args=[self.own.pk]), {"signer_name": "", "signer_position": ""})

        assert answer.status_code == 302 and again(self.own).state == "signed"
        assert Answer.objects.get(question=self.own).signed_by_id_then == self.leader.pk

    def test_who_wrote_does_not_sign_and_a_contributor_never_does(self):
        answering.draft(self.own, body="<p>Trả lời.</p>", by=fresh(self.leader))
        answering.submit(again(self.own), by=fresh(self.leader))
        for who in (self.leader, self.writer):
            with self.subTest(who=who.username), self.assertRaises(Refused):
                answering.sign(again(self.own), by=fresh(who))

    def test_nobody_of_a_unit_answers_for_another(self):
        for question in (self.others, self.of_ward):
            with self.subTest(question=question.title), self.assertRaises(Refused):
                answering.draft(question, body="<p>Trả lời.</p>", by=fresh(self.leader))

    def test_what_is_theirs_does_not_wait_for_the_city_meanwhile(self):
        editor = self.titles(self.cast.editor, "cau-hoi")
        assert "Hỏi về hộ kinh doanh" in editor and "Hỏi về tuyển sinh" not in editor

    def test_the_city_may_still_answer_and_sign_for_them(self):
        answering.draft(self.own, body="<p>Trả lời.</p>", by=fresh(self.cast.editor))
        answering.submit(again(self.own), by=fresh(self.cast.editor))
        answering.sign(again(self.own), by=fresh(self.cast.head))
        assert again(self.own).state == "signed"

    def test_the_deadline_is_theirs(self):
        deadline = running.running_deadline(again(self.own))
        assert {user.pk for user in acting.Actors([deadline]).of(deadline)} == {self.writer.pk, self.leader.pk}


class Appointing(UnitPeople):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.newcomer = person("moi", "Cán bộ mẫu 73")

    def appoint(self, role, unit):
        decision = decisions.record_decision(
            number=f"{role}/QĐ-UBND",
            kind="appoint",
            signed_on=date(2026, 1, 2),
            issuing_body="Ủy ban nhân dân thành phố Long Xuyên",
            title="Phân công",
            by=self.cast.technical_admin,
        )
        return appointments.appoint(
            decision,
            by=self.cast.technical_admin,
            person=self.newcomer,
            role=role,
            site=self.city.site,
            unit=unit,
            valid_from=date(2026, 1, 5),
        )

    def test_a_role_of_a_unit_names_one_and_other_roles_name_none(self):
        ended = OrganisationUnit.objects.create(name="Cũ", slug="cu", kind="office", valid_to=date(2021, 1, 1))
        for role, unit in (("unit_leader", None), ("editor", self.school), ("unit_contributor", ended)):
            with self.subTest(role=role), self.assertRaises(ValidationError) as raised:
                self.appoint(role, unit)
            assert "unit" in raised.exception.message_dict

    def test_an_appointment_gives_the_work_of_the_unit(self):
        made = self.appoint("unit_contributor", self.office)
        assert made.state == Appointment.State.IN_FORCE
        assert set(inbox.visible_to(fresh(made.person))) == {self.others}

    def test_it_ends_with_the_unit(self):
        change = acts.end_unit(
            self.school,
            by=self.cast.standing_office,
            legal_act="Quyết định 9/QĐ-UBND",
            effective_on=timezone.localdate(),
        )
        record_changes.confirm(change, by=fresh(self.cast.head), digest=change.digest)

        assert not Appointment.objects.in_force().filter(unit=self.school).exists()
        assert not fresh(self.leader).is_active
        assert again(self.own).unit == self.city.site.unit and again(self.own).state == "assigned"

    def test_a_unit_without_a_head_is_named(self):
        Appointment.objects.filter(person=self.leader).update(state=Appointment.State.ENDED)
        assert staffing.lacking_by_unit()[self.school.pk] == (staffing.HEAD,)
