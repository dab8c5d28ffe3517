"""Organisation units and posts: kept as data by two persons, by decisions with their days, and never deleted."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from base.gate import Refused
from base.models import OrganisationUnit, PortalSite, PostHolder, UnitAct, UnitSuccession
from faq.models import QuestionTopic
from home.units import acts, facts, posts, staffing
from legalref.models import IssuingBody
from sections.models import ArticlePage
from sections.organisation import units_below
from tests.city import CityTestCase, draft, fresh, person
from tests.faq.cast import a_question
from tests.sections import pages
from vietnam.text import slug
from workflows import deadlines
from workflows.models import RecordChange
from workflows.publishing import record_changes, record_texts

Kind = OrganisationUnit.Kind
TODAY = date(2026, 9, 15)
ACT = {"legal_act": "Quyết định 12/QĐ-UBND ngày 01/9/2026", "effective_on": date(2026, 9, 1)}


def at(day: date = TODAY):
    return datetime(day.year, day.month, day.day, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


class UnitCase(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.office = cls.cast.standing_office
        cls.culture, cls.economy = (
            OrganisationUnit.objects.create(
                name=name,
                authority_name=f"{name} thành phố Long Xuyên",
                slug=slug,
                kind=Kind.OFFICE,
                parent=cls.city.site.unit,
                valid_from=date(2020, 6, 15),
            )
            for name, slug in (("Phòng Văn hóa và Thông tin", "van-hoa"), ("Phòng Kinh tế", "kinh-te"))
        )

    def agree(self, change, who=None, day=TODAY):
        return record_changes.confirm(change, by=fresh(who or self.cast.head), digest=change.digest, on=at(day))

    def act(self, verb, *args, **fields):
        """Propose and confirm; return the act."""
        change = verb(*args, by=self.office, **{**ACT, **fields})
        self.agree(change)
        return UnitAct.objects.latest("pk")


class ByDecision(UnitCase):
    def test_a_new_unit_of_every_kind_but_wards_is_there_once_a_second_person_has_confirmed(self):
        for kind in (Kind.SCHOOL, Kind.PARTY, Kind.COUNCIL, Kind.MASS_ORGANISATION, Kind.PUBLIC_UNIT, Kind.SECTOR):
            with self.subTest(kind=kind):
                name = f"Đơn vị thử {Kind(kind).label}"
                change = acts.found_unit(name=name, kind=kind, by=self.office, **ACT)
                assert not OrganisationUnit.objects.filter(name=name).exists()

                self.agree(change)

                unit = OrganisationUnit.objects.get(name=name)
                assert unit.kind == kind and unit.valid_from == ACT["effective_on"]
                assert unit.parent == self.city.site.unit
                assert unit.acts.get().legal_act == ACT["legal_act"]

    def test_a_ward_is_founded_by_its_dossier_alone(self):
        with self.assertRaises(ValidationError) as raised:
            acts.found_unit(name="Phường Mới", kind=Kind.WARD, by=self.office, **ACT)
        assert "kind" in raised.exception.message_dict

    def test_the_former_name_stays_in_the_history(self):
        act = self.act(acts.rename_unit, self.culture, name="Phòng Văn hóa, Khoa học và Thông tin")

        unit = act.unit
        assert unit.name == "Phòng Văn hóa, Khoa học và Thông tin"
        assert unit.authority_name == "Phòng Văn hóa, Khoa học và Thông tin thành phố Long Xuyên"
        assert act.former_name == "Phòng Văn hóa và Thông tin" and unit.slug == "van-hoa"

    def test_a_body_that_issues_documents_is_followed_by_one_of_the_new_name(self):
        old = IssuingBody.objects.create(name=self.culture.full_name, slug="vhtt-cu", unit=self.culture)

        self.act(acts.rename_unit, self.culture, name="Phòng Văn hóa, Xã hội")

        old.refresh_from_db()
        new = IssuingBody.objects.get(unit=self.culture, valid_to=None)
        assert old.valid_to == date(2026, 8, 31) and new.predecessor == old
        assert new.name == "Phòng Văn hóa, Xã hội thành phố Long Xuyên" and new.valid_from == date(2026, 9, 1)

    def test_a_unit_that_is_taken_in_ends_and_its_topics_go_along(self):
        topic = QuestionTopic.objects.first()
        QuestionTopic.objects.filter(pk=topic.pk).update(unit=self.culture)

        act = self.act(acts.merge_units, units=[self.culture], into=self.economy)

        self.culture.refresh_from_db()
        assert self.culture.valid_to == date(2026, 8, 31)
        assert act.unit == self.economy and list(act.others.all()) == [self.culture]
        assert UnitSuccession.objects.get(predecessor=self.culture).successor == self.economy
        assert QuestionTopic.objects.get(pk=topic.pk).unit == self.economy

    def test_what_is_proposed_of_a_unit_that_ends_waits_no_longer(self):
        proposed = []
        for unit in (self.culture, self.economy):
            unit.phone = "0296 3 841 999"
            proposed.append(record_changes.propose(unit, by=fresh(self.office)))
            unit.refresh_from_db()

        self.act(acts.merge_units, units=[self.culture], into=self.economy)

        ended, other = (RecordChange.objects.get(pk=change.pk) for change in proposed)
        assert (ended.accepted, other.is_open) == (False, True) and "chấm dứt theo" in ended.note

    def test_no_page_is_given_to_a_unit_that_has_ended_and_those_it_has_stay_with_a_warning(self):
        section = self.city.section(self.city.my_long)
        page = draft(pages.article(responsible_unit=self.culture), section)
        self.act(acts.merge_units, units=[self.culture], into=self.economy)
        self.client.force_login(self.cast.contributor)

        new = self.client.get(reverse("wagtailadmin_pages:add", args=["sections", "articlepage", section.pk]))
        old = self.client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))

        offered = [screen.context["form"].fields["responsible_unit"].queryset for screen in (new, old)]
        assert [self.culture in units for units in offered] == [False, True]
        assert [self.economy in units for units in offered] == [True, True]
        page = ArticlePage.objects.get(pk=page.pk)
        assert [(found.level, found.field) for found in page.preflight() if "chấm dứt" in found.message] == [
            ("warning", "responsible_unit")
        ]

    def test_two_units_are_followed_by_a_new_one(self):
        act = self.act(acts.merge_units, units=[self.culture, self.economy], new_name="Phòng Kinh tế, Văn hóa")

        assert act.unit.name == "Phòng Kinh tế, Văn hóa" and act.unit.kind == Kind.OFFICE
        assert set(act.others.all()) == {self.culture, self.economy}

    def test_a_split_makes_new_units_and_the_old_one_goes_on_or_ends(self):
        for unit, goes_on, names in (
            (self.culture, True, ["Phòng Du lịch"]),
            (self.economy, False, ["Phòng Nông nghiệp", "Phòng Công Thương"]),
        ):
            with self.subTest(goes_on=goes_on):
                act = self.act(acts.split_unit, unit, names=names, goes_on=goes_on)

                unit.refresh_from_db()
                assert (unit.valid_to is None) == goes_on
                assert sorted(made.name for made in act.others.all()) == sorted(names)
                assert unit.successions.count() == len(names)

    def below(self, unit, name="Đội Thuế", **fields):
        return OrganisationUnit.objects.create(name=name, slug=slug(name), kind=Kind.PUBLIC_UNIT, parent=unit, **fields)

    def test_the_units_below_one_that_ends_go_to_the_one_that_follows_and_the_proposal_names_them(self):
        verbs = {
            "merged": (acts.merge_units, {"units": [self.economy], "into": self.culture}, "Phòng Văn hóa và Thông tin"),
            "split": (acts.split_unit, {"names": ["Phòng A", "Phòng B"], "goes_on": False}, "Phòng A"),
            "ended": (acts.end_unit, {"successor": self.culture}, "Phòng Văn hóa và Thông tin"),
            "ended alone": (acts.end_unit, {}, "Long Xuyên"),
        }
        for way, (verb, fields, follower) in verbs.items():
            with self.subTest(way=way), transaction.atomic():
                team = self.below(self.economy)
                args = () if "units" in fields else (self.economy,)
                change = verb(*args, by=self.office, **{**ACT, **fields})
                told = {label: (former, new) for label, former, new in record_texts.differences(change)}
                self.assertEqual(told["Đơn vị trực thuộc"][0], "Đội Thuế")
                self.assertIn(follower, told["Đơn vị trực thuộc"][1])

                self.agree(change)

                team.refresh_from_db()
                self.assertIn(follower, team.parent.name)
                self.assertIn("Đội Thuế", {row.unit.name for row in units_below(self.city.site.unit, TODAY)})
                transaction.set_rollback(True)

    def test_a_unit_that_takes_in_the_one_it_belongs_to_is_not_below_itself(self):
        team = self.below(self.economy)

        self.act(acts.merge_units, units=[self.economy], into=team)

        team.refresh_from_db()
        self.assertEqual(team.parent, self.city.site.unit)

    def test_one_that_goes_on_keeps_the_units_below_it_and_former_ones_stay_where_they_were(self):
        team, former = self.below(self.economy), self.below(self.economy, "Đội Cũ", valid_to=date(2021, 1, 1))

        self.act(acts.split_unit, self.economy, names=["Phòng C"], goes_on=True)
        self.assertEqual(OrganisationUnit.objects.get(pk=team.pk).parent, self.economy)
        self.act(acts.end_unit, self.economy, successor=self.culture)

        self.assertEqual(OrganisationUnit.objects.get(pk=former.pk).parent, self.economy)

    def test_one_that_got_another_unit_below_it_since_is_not_ended(self):
        change = acts.end_unit(self.economy, by=self.office, **ACT)
        self.below(self.economy)

        with self.assertRaisesMessage(Refused, "đã thay đổi từ lúc đề nghị"):
            self.agree(change)

    def test_a_unit_ends_with_the_terms_of_its_people(self):
        holder = PostHolder.objects.create(
            unit=self.economy, name="Cán bộ mẫu 61", post="Trưởng phòng", valid_from=date(2024, 1, 1)
        )

        self.act(acts.end_unit, self.economy)

        holder.refresh_from_db()
        self.economy.refresh_from_db()
        assert self.economy.valid_to == holder.valid_to == date(2026, 8, 31)

    def test_what_was_proposed_about_its_posts_ends_with_it_and_of_other_units_goes_on(self):
        ended, other = (
            posts.appoint_holder(
                unit, by=self.cast.head, name="Cán bộ mẫu 61", post="Chuyên viên", valid_from=date(2026, 9, 1)
            )
            for unit in (self.economy, self.culture)
        )
        mail.outbox.clear()

        self.act(acts.end_unit, self.economy, legal_act="QĐ 12/QĐ-UBND")

        ended.refresh_from_db()
        other.refresh_from_db()
        assert ended.accepted is False and "QĐ 12/QĐ-UBND" in ended.note
        assert other.is_open
        assert [message.to for message in mail.outbox] == [[self.cast.head.email]]
        with self.assertRaises(Refused):
            self.agree(ended, self.cast.deputy)

    def test_nothing_happens_before_the_day(self):
        change = acts.rename_unit(
            self.culture, name="Phòng Khác", by=self.office, **{**ACT, "effective_on": date(2026, 10, 1)}
        )
        with self.assertRaises(Refused):
            self.agree(change)
        self.agree(change, day=date(2026, 10, 1))

    def test_neither_the_proposer_nor_a_ward_confirms(self):
        change = acts.rename_unit(self.culture, name="Phòng Khác", by=self.office, **ACT)
        for who in (self.office, self.cast.contributor, self.cast.ward_approver, self.cast.technical_admin):
            with self.subTest(who=who.username), self.assertRaises(Refused):
                self.agree(change, who)

    def test_only_who_keeps_units_proposes(self):
        for who in (self.cast.contributor, self.cast.unit_head, self.cast.editor, self.cast.technical_admin):
            with self.subTest(who=who.username), self.assertRaises(Refused):
                acts.rename_unit(self.culture, name="Phòng Khác", by=who, **ACT)

    def test_one_proposal_at_a_time_about_a_unit(self):
        acts.rename_unit(self.culture, name="Phòng Khác", by=self.office, **ACT)
        with self.assertRaises(Refused):
            acts.merge_units(units=[self.culture], into=self.economy, by=self.office, **ACT)

    def test_a_unit_that_changed_since_is_not_touched(self):
        change = acts.end_unit(self.economy, by=self.office, **ACT)
        OrganisationUnit.objects.filter(pk=self.economy.pk).update(name="Phòng Kinh tế, Hạ tầng")
        with self.assertRaises(Refused):
            self.agree(change)

    def test_the_site_of_a_ward_goes_by_its_dossier(self):
        with self.assertRaises(Refused):
            acts.end_unit(self.city.my_long.unit, by=self.office, **ACT)

    def test_what_is_missing_is_named_by_its_field(self):
        wrong = (
            ("name", lambda: acts.found_unit(name="", kind=Kind.OFFICE, by=self.office, **ACT)),
            ("name", lambda: acts.found_unit(name="Phòng Kinh tế", kind=Kind.OFFICE, by=self.office, **ACT)),
            ("legal_act", lambda: acts.end_unit(self.economy, by=self.office, **{**ACT, "legal_act": " "})),
            ("into", lambda: acts.merge_units(units=[self.economy], by=self.office, **ACT)),
            ("into", lambda: acts.merge_units(units=[self.economy], into=self.economy, by=self.office, **ACT)),
            ("units", lambda: acts.merge_units(units=[self.economy], new_name="Mới", by=self.office, **ACT)),
            ("names", lambda: acts.split_unit(self.economy, names=["A"], goes_on=False, by=self.office, **ACT)),
            ("successor", lambda: acts.end_unit(self.economy, successor=self.economy, by=self.office, **ACT)),
        )
        for field, call in wrong:
            with self.subTest(field=field), self.assertRaises(ValidationError) as raised:
                call()
            assert field in raised.exception.message_dict

    def test_nothing_happens_to_a_unit_before_its_own_first_day_nor_before_that_of_its_people(self):
        begun, early = self.culture.valid_from, date(2006, 9, 1)
        PostHolder.objects.create(unit=self.culture, name="Cán bộ mẫu 81", post="Trưởng phòng", valid_from=TODAY)
        by = self.office
        for name, day, call in (
            ("ended long ago", early, lambda **act: acts.end_unit(self.economy, by=by, **act)),
            ("ended on its first day", begun, lambda **act: acts.end_unit(self.economy, by=by, **act)),
            ("taken in", early, lambda **act: acts.merge_units(units=[self.economy], into=self.culture, by=by, **act)),
            (
                "split",
                early,
                lambda **act: acts.split_unit(self.economy, names=["A", "B"], goes_on=False, by=by, **act),
            ),
            ("renamed", early, lambda **act: acts.rename_unit(self.economy, name="Tên mới", by=by, **act)),
            ("its head came since", ACT["effective_on"], lambda **act: acts.end_unit(self.culture, by=by, **act)),
        ):
            with self.subTest(name), self.assertRaises(ValidationError) as raised:
                call(legal_act=ACT["legal_act"], effective_on=day)
            assert "từ ngày" in raised.exception.message_dict["effective_on"][0]

        acts.rename_unit(self.economy, name="Tên mới", by=by, legal_act="QĐ 1", effective_on=begun)

    def test_a_name_that_no_unit_can_have_is_refused_before_it_is_proposed(self):
        with self.assertRaises(ValidationError) as raised:
            acts.split_unit(self.economy, names=["Phòng " + "a" * 200], goes_on=True, by=self.office, **ACT)

        assert "dài 206 ký tự" in raised.exception.message_dict["names"][0]

    def test_a_name_that_differs_by_case_spaces_or_the_place_of_a_tone_is_the_same(self):
        OrganisationUnit.objects.create(name="Phòng Hòa giải", slug="hoa-giai", kind=Kind.OFFICE)
        for name in ("phòng  kinh tế", " Phòng Kinh Tế ", "Phòng Hoà giải"):
            with self.subTest(name=name), self.assertRaises(ValidationError) as raised:
                acts.found_unit(name=name, kind=Kind.OFFICE, by=self.office, **ACT)
            assert "name" in raised.exception.message_dict
        with self.assertRaises(ValidationError):
            acts.split_unit(self.economy, names=["Phòng A", "phòng  a"], goes_on=True, by=self.office, **ACT)

        change = acts.found_unit(name="Phòng  Kinh tê", kind=Kind.OFFICE, by=self.office, **ACT)

        assert change.values["names"] == ["Phòng Kinh tê"]

    def test_a_telephone_is_written_in_digits(self):
        for phone in ("khong co so", "12", "gọi 0296 000 0000"):
            with self.subTest(phone=phone):
                with self.assertRaises(ValidationError) as raised:
                    acts.found_unit(name="Phòng Thử", kind=Kind.OFFICE, phone=phone, by=self.office, **ACT)
                assert list(raised.exception.message_dict) == ["phone"]
                with self.assertRaises(ValidationError) as raised:
                    facts.change_facts(self.economy, by=self.office, phone=phone)
                assert list(raised.exception.message_dict) == ["phone"]
        for phone in ("", "1022", "0296 384 1234", "(0296) 384 1234 - máy lẻ 12", "0296.384.1234; +84 296 384 1235"):
            with self.subTest(phone=phone):
                change = acts.found_unit(name="Phòng Thử", kind=Kind.OFFICE, phone=phone, by=self.office, **ACT)
                assert change.values["details"]["phone"] == phone

    def test_the_proposal_of_a_unit_says_to_what_it_belongs(self):
        for parent, shown in ((None, str(self.city.site.unit)), (self.culture, str(self.culture))):
            with self.subTest(parent=parent):
                change = acts.found_unit(name="Đội thử", kind=Kind.PUBLIC_UNIT, parent=parent, by=self.office, **ACT)
                assert ("Trực thuộc", "", shown) in record_texts.differences(change)

    def test_no_row_is_deleted_by_anybody(self):
        self.act(acts.merge_units, units=[self.culture], into=self.economy)
        for model in (OrganisationUnit, UnitAct, UnitSuccession):
            with self.subTest(model=model), self.assertRaises(DatabaseError), transaction.atomic():
                model.objects.all()._raw_delete("default")


class Posts(UnitCase):
    def appoint(self, unit=None, by=None, **fields):
        given = {
            "name": "Cán bộ mẫu 61",
            "post": "Trưởng phòng",
            "is_head": True,
            "duties": "Phụ trách chung.",
            "valid_from": date(2026, 9, 1),
            **fields,
        }
        return posts.appoint_holder(unit or self.culture, by=by or self.office, **given)

    def test_a_new_head_ends_the_term_of_the_former_one(self):
        self.agree(self.appoint(valid_from=date(2024, 1, 1)))

        self.agree(self.appoint(name="Cán bộ mẫu 62"))

        former, head = PostHolder.objects.order_by("pk")
        assert former.valid_to == date(2026, 8, 31) and head.valid_to is None
        assert [holder.name for holder in posts.current_holders(self.culture, at())] == ["Cán bộ mẫu 62"]
        assert [holder.name for holder in posts.holders_of(self.culture, at()).former] == ["Cán bộ mẫu 61"]

    def test_a_new_head_with_an_end_of_term_ends_that_of_the_former_one_too(self):
        self.agree(self.appoint(valid_from=date(2024, 1, 1)))

        self.agree(self.appoint(name="Cán bộ mẫu 62", valid_to=date(2030, 6, 30)))

        former, head = PostHolder.objects.order_by("pk")
        assert former.valid_to == date(2026, 8, 31) and head.valid_to == date(2030, 6, 30)

    def test_a_proposal_says_its_days_as_the_form_does_and_when_readers_see_it(self):
        for first, words in ((date(2030, 12, 1), "từ ngày 01/12/2030"), (date(2026, 9, 1), "ngay")):
            with self.subTest(first=first), time_machine.travel(at(), tick=False):
                change = self.appoint(valid_from=first)
                self.client.force_login(fresh(self.cast.head))
                shown = self.client.get(reverse("workflows_record_change", args=[change.pk])).content.decode()
                assert ("Nhận chức vụ từ ngày", "(trống)", f"{first:%d/%m/%Y}") in record_texts.differences(change)
                assert f"Xác nhận: người đọc thấy {words}" in shown
                record_changes.refuse(change, by=fresh(self.cast.head), note="Chưa.")

    def test_who_leaves_stays_in_the_list_of_those_before(self):
        self.agree(self.appoint())
        holder = PostHolder.objects.get()

        self.agree(posts.end_term(holder, last_day=date(2026, 9, 10), by=self.office))

        assert not posts.current_holders(self.culture, at()).exists()
        assert posts.holders_of(self.culture, at()).former == [holder]

    def test_who_was_entered_without_a_first_day_leaves_too(self):
        holder = PostHolder.objects.create(
            unit=self.culture, name="Cán bộ mẫu 61", post="Trưởng phòng", is_head=True, answers_for_content=True
        )

        self.agree(posts.end_term(holder, last_day=date(2026, 9, 10), by=self.office))

        holder.refresh_from_db()
        assert holder.valid_to == date(2026, 9, 10)

    def test_the_footer_names_who_answers_for_the_content_today(self):
        ward = self.city.my_long.unit
        change = self.appoint(
            ward, self.cast.contributor, answers_for_content=True, post="Chủ tịch", valid_from=date(2026, 9, 20)
        )
        record_changes.confirm(change, by=fresh(self.cast.head), digest=change.digest, on=at())
        assert "Cán bộ mẫu 61" not in OrganisationUnit.objects.get(pk=ward.pk).responsible_person

        posts.name_responsible(at(date(2026, 9, 20)))

        assert OrganisationUnit.objects.get(pk=ward.pk).responsible_person == "Cán bộ mẫu 61, Chủ tịch"
        assert posts.name_responsible(at(date(2026, 9, 20))) == []

    def test_who_has_left_is_named_no_longer_and_the_keepers_are_told(self):
        ward = self.city.my_long.unit
        self.agree(self.appoint(ward, self.cast.contributor, answers_for_content=True, post="Chủ tịch"))
        self.agree(posts.end_term(PostHolder.objects.get(), last_day=date(2026, 9, 20), by=self.cast.contributor))
        assert posts.name_responsible(at(date(2026, 9, 20))) == []

        assert posts.name_responsible(at(date(2026, 9, 21))) == [ward]

        assert OrganisationUnit.objects.get(pk=ward.pk).responsible_person == ""
        with time_machine.travel(at(date(2026, 9, 21)), tick=False):
            assert staffing.lacking_by_unit()[ward.pk] == (staffing.RESPONSIBLE,)

    def test_what_was_typed_since_stays(self):
        ward = self.city.my_long.unit
        self.agree(self.appoint(ward, self.cast.contributor, answers_for_content=True, post="Chủ tịch"))
        self.agree(posts.end_term(PostHolder.objects.get(), last_day=date(2026, 9, 20), by=self.cast.contributor))
        OrganisationUnit.objects.filter(pk=ward.pk).update(responsible_person="Cán bộ mẫu 63, Phó Chủ tịch")

        assert posts.name_responsible(at(date(2026, 9, 21))) == []

        with time_machine.travel(at(date(2026, 9, 21)), tick=False):
            assert ward.pk not in staffing.lacking_by_unit()

    def test_nothing_private_and_nothing_missing(self):
        wrong = (
            ("email", {"email": "ten@gmail.com"}),
            ("phone", {"phone": "0912 345 678"}),
            ("duties", {"duties": ""}),
            ("valid_from", {"valid_from": None}),
            ("name", {"name": ""}),
        )
        for field, values in wrong:
            with self.subTest(field=field), self.assertRaises(ValidationError) as raised:
                self.appoint(**values)
            assert field in raised.exception.message_dict

    def test_a_ward_keeps_its_own_people_and_no_others(self):
        self.appoint(self.city.my_long.unit, self.cast.contributor, post="Chủ tịch")
        for unit in (self.city.my_xuyen.unit, self.culture, self.city.site.unit):
            with self.subTest(unit=unit), self.assertRaises(Refused):
                self.appoint(unit, self.cast.contributor)


class Facts(UnitCase):
    def test_a_ward_proposes_its_contacts_and_they_can_be_put_back(self):
        unit = self.city.my_long.unit
        before = unit.phone
        self.agree(facts.change_facts(unit, by=self.cast.contributor, phone="0296 111 1111"))
        assert OrganisationUnit.objects.get(pk=unit.pk).phone == "0296 111 1111"

        self.agree(facts.change_facts(unit, by=self.cast.contributor, phone=before))
        assert OrganisationUnit.objects.get(pk=unit.pk).phone == before

    def test_its_place_among_the_units_is_for_who_keeps_them_all(self):
        with self.assertRaises(Refused):
            facts.change_facts(self.city.my_long.unit, by=self.cast.contributor, sort_order=1)

    def test_no_unit_is_below_itself(self):
        team = OrganisationUnit.objects.create(name="Đội", slug="doi", kind=Kind.PUBLIC_UNIT, parent=self.culture)
        with self.assertRaises(ValidationError) as raised:
            facts.change_facts(self.culture, by=self.office, parent=team)
        assert "parent" in raised.exception.message_dict


class Staffing(UnitCase):
    def test_a_site_without_its_own_people_is_named_with_what_it_lacks(self):
        missing = staffing.lacking_by_unit()

        assert missing[self.city.my_xuyen.unit_id] == (staffing.HEAD,)
        assert self.city.my_long.unit_id not in missing

    def test_it_is_red_on_the_first_screen_of_the_board_and_of_no_ward(self):
        cache.clear()
        for who, is_told in ((self.cast.head, True), (self.office, True), (self.cast.contributor, False)):
            with self.subTest(who=who.username):
                self.client.force_login(who)
                answer = self.client.get(reverse("wagtailadmin_home")).content.decode()
                assert ("Phường Mỹ Xuyên (thủ trưởng)" in answer) == is_told

    def test_with_a_head_it_is_no_longer_named(self):
        person("chu-tich.my-xuyen", "Cán bộ mẫu 64", "unit_head", self.city.my_xuyen)
        assert self.city.my_xuyen.unit_id not in staffing.lacking_by_unit()


class Screens(UnitCase):
    def post(self, screen, *args, **data):
        return self.client.post(reverse(screen, args=args), data)

    def test_every_form_proposes_and_leads_to_its_proposal(self):
        self.client.force_login(self.office)
        act = {"legal_act": "Quyết định 12/QĐ-UBND", "effective_on": "2026-09-01"}
        sent = (
            ("home_found_unit", (), {"name": "Trường Tiểu học Thử", "kind": "school"}),
            ("home_merge_units", (), {"units": [self.economy.pk], "into": self.culture.pk}),
            ("home_rename_unit", (self.economy.pk,), {"name": "Phòng Kinh tế, Hạ tầng"}),
            ("home_split_unit", (self.economy.pk,), {"names": "Phòng Một\nPhòng Hai", "goes_on": "no"}),
            ("home_end_unit", (self.economy.pk,), {"successor": self.culture.pk}),
        )
        for name, args, data in sent:
            with self.subTest(name=name):
                RecordChange.objects.filter(decided_at=None).update(decided_at=timezone.now(), accepted=False)
                answer = self.post(name, *args, **data, **act)
                change = RecordChange.objects.get(decided_at=None)
                self.assertRedirects(answer, reverse("workflows_record_change", args=[change.pk]))
                assert record_texts.differences(change)

    def test_facts_and_posts_are_proposed_on_screens_too(self):
        self.client.force_login(self.office)
        self.post("home_unit_facts", self.culture.pk, phone="0296 222 2222", sort_order=3)
        assert RecordChange.objects.get().values["phone"] == "0296 222 2222"
        holder = {"name": "Cán bộ mẫu 61", "post": "Phó Trưởng phòng", "valid_from": "2026-09-01", "sort_order": 0}

        self.post("home_new_holder", self.culture.pk, **holder)

        self.agree(RecordChange.objects.latest("pk"))
        made = PostHolder.objects.get()
        self.post("home_holder", made.pk, **{**holder, "phone": "0296 333 3333"})
        assert RecordChange.objects.latest("pk").values["phone"] == "0296 333 3333"
        RecordChange.objects.filter(decided_at=None).update(decided_at=timezone.now(), accepted=False)
        self.post("home_end_term", made.pk, last_day="2026-09-14")
        assert RecordChange.objects.latest("pk").values["valid_to"] == "2026-09-14"

    def test_nothing_typed_is_lost_when_something_is_missing(self):
        self.client.force_login(self.office)
        answer = self.post("home_found_unit", name="Trường Tiểu học Thử", kind="school", effective_on="2026-09-01")
        text = answer.content.decode()
        assert "Hãy ghi số, ký hiệu, ngày của quyết định làm căn cứ." in text and "Trường Tiểu học Thử" in text

    def test_the_kind_of_a_new_unit_is_chosen_and_never_the_first_of_the_list(self):
        self.client.force_login(self.office)
        form = self.client.get(reverse("home_found_unit")).context["form"]
        assert form["kind"].value() in (None, "")

        answer = self.post("home_found_unit", name="Đội thử", legal_act="Quyết định 1", effective_on="2026-09-01")

        assert list(answer.context["form"].errors) == ["kind"]

    def test_a_proposal_is_called_what_the_decision_does(self):
        change = acts.found_unit(name="Đội thử", kind=Kind.PUBLIC_UNIT, by=self.office, **ACT)
        assert str(change) == "Thành lập: Đội thử"

    def test_a_unit_shows_its_people_its_history_and_where_it_is_used(self):
        self.act(acts.rename_unit, self.culture, name="Phòng Văn hóa, Xã hội")
        PostHolder.objects.create(
            unit=self.culture, name="Cán bộ mẫu 61", post="Trưởng phòng", is_head=True, valid_from=date(2024, 1, 1)
        )
        self.client.force_login(self.office)

        text = self.client.get(reverse("home_unit", args=[self.culture.pk])).content.decode()

        for words in ("Cán bộ mẫu 61", "trước đó: Phòng Văn hóa và Thông tin", ACT["legal_act"], "Đang dùng ở đâu"):
            assert words in text, words

    def test_the_page_of_a_unit_costs_the_same_however_much_names_it(self):
        ward = self.city.my_long.unit
        self.client.force_login(self.office)
        address = reverse("home_unit", args=[ward.pk])
        self.client.get(address)
        with CaptureQueriesContext(connection) as few:
            self.client.get(address)
        for place in range(4):
            PostHolder.objects.create(unit=ward, name=f"Cán bộ mẫu 6{place}", post="Chuyên viên")
            IssuingBody.objects.create(name=f"Cơ quan mẫu {place}", slug=f"co-quan-{place}", unit=ward)

        with CaptureQueriesContext(connection) as many:
            page = self.client.get(address)

        self.assertContains(page, "Cán bộ mẫu 63")
        self.assertEqual([use.count for use in page.context["uses"] if use.label.startswith("Cơ quan")], [4])
        # Fifteen are those of any screen of the administration.
        self.assertLessEqual(len(many), 25)
        self.assertEqual(len(many), len(few))

    def test_a_unit_shows_who_held_holds_and_will_hold_its_posts(self):
        day = deadlines.today()
        for name, first, last in (
            ("Người trước", None, day - timedelta(days=9)),
            ("Người trước nữa", None, day - timedelta(days=99)),
            ("Người nay", day - timedelta(days=8), None),
            ("Người sau", day + timedelta(days=9), None),
        ):
            PostHolder.objects.create(unit=self.culture, name=name, post="Phó", valid_from=first, valid_to=last)

        found = posts.holders_of(self.culture)

        assert [one.name for one in found.now if one.name.startswith("Người")] == ["Người nay"]
        assert [one.name for one in found.later] == ["Người sau"]
        assert [one.name for one in found.former] == ["Người trước", "Người trước nữa"]
        assert [one.pk for one in found.now] == [one.pk for one in posts.current_holders(self.culture)]

    def test_a_unit_lacks_what_the_list_says(self):
        lacking = staffing.lacking_by_unit()
        for unit in OrganisationUnit.objects.select_related("portal_site"):
            assert staffing.lacking_in(unit) == lacking.get(unit.pk, ()), unit
            former = posts.holders_of(unit).former
            assert staffing.lacking_in(unit, former) == lacking.get(unit.pk, ()), unit

    def test_the_list_finds_without_marks_and_shows_former_units_when_asked(self):
        self.act(acts.end_unit, self.economy)
        self.client.force_login(self.office)
        shown = {
            query: self.client.get(reverse("home_units") + query).content.decode()
            for query in ("", "?q=van hoa", "?hien=da-cham-dut", "?loai=ward")
        }
        assert "Phòng Văn hóa và Thông tin" in shown[""] and "Phòng Kinh tế" not in shown[""]
        assert "Phòng Văn hóa và Thông tin" in shown["?q=van hoa"] and "Phường Mỹ Long" not in shown["?q=van hoa"]
        assert "Phòng Kinh tế" in shown["?hien=da-cham-dut"]
        assert "Phường Mỹ Long" in shown["?loai=ward"] and "Phòng Văn hóa" not in shown["?loai=ward"]

    def test_the_list_costs_the_same_however_many_units_there_are(self):
        self.client.force_login(self.office)
        self.client.get(reverse("home_units"))
        OrganisationUnit.objects.bulk_create(
            OrganisationUnit(name=f"Trường {n}", slug=f"truong-{n}", kind=Kind.SCHOOL, parent=self.city.site.unit)
            for n in range(60)
        )
        with CaptureQueriesContext(connection) as asked:
            self.client.get(reverse("home_units"))
        assert len(asked) <= 30

    def test_the_screen_of_a_unit_costs_the_same_with_a_long_history(self):
        self.client.force_login(self.office)
        address = reverse("home_unit", args=[self.culture.pk])
        self.client.get(address)
        with CaptureQueriesContext(connection) as asked_before:
            self.client.get(address)
        for number in range(20):
            PostHolder.objects.create(
                unit=self.culture, name=f"Cán bộ mẫu {number}", post="Chuyên viên", valid_from=date(2020, 1, 1)
            )
            act = UnitAct.objects.create(kind=UnitAct.Kind.MERGED, unit=self.culture, **ACT)
            act.others.add(self.economy)
        with CaptureQueriesContext(connection) as asked:
            self.client.get(address)
        assert len(asked) <= len(asked_before) + 1 and len(asked) <= 40

    def test_people_of_a_ward_change_their_own_unit_alone(self):
        self.client.force_login(self.cast.contributor)
        own, other = self.city.my_long.unit_id, self.city.my_xuyen.unit_id
        for name in ("home_unit_facts", "home_new_holder"):
            with self.subTest(name=name):
                assert self.client.get(reverse(name, args=[own])).status_code == 200
                assert self.client.get(reverse(name, args=[other])).status_code == 404
                assert self.client.get(reverse(name, args=[self.culture.pk])).status_code == 404


class OfAnotherUnit(UnitCase):
    """What the people of a ward see of units that are not theirs: what readers see, and no more."""

    def setUp(self):
        self.enterContext(time_machine.travel(at(), tick=True))
        self.ward = self.city.my_xuyen.unit
        self.client.force_login(self.cast.contributor)

    def shown(self, unit, who=None):
        self.client.force_login(who or self.cast.contributor)
        return self.client.get(reverse("home_unit", args=[unit.pk])).content.decode()

    def test_not_who_will_hold_a_post_later_nor_that_a_proposal_waits_nor_its_open_questions(self):
        PostHolder.objects.create(unit=self.ward, name="Cán bộ mẫu 71", post="Chủ tịch", valid_from=date(2026, 12, 1))
        facts.change_facts(self.ward, by=self.cast.contributor_my_xuyen, phone="0296 333 3333")
        a_question(self.city, state="assigned", site=self.city.my_xuyen)

        others = self.shown(self.ward)
        own, keepers = self.shown(self.ward, self.cast.contributor_my_xuyen), self.shown(self.ward, self.office)

        for words in ("Cán bộ mẫu 71", "đang chờ người thứ hai", "Câu hỏi đang xử lý"):
            assert words not in others, words
            assert words in own and words in keepers, words

    def test_not_what_the_city_proposes_about_units(self):
        acts.found_unit(name="Phòng Chưa Công Bố", kind=Kind.OFFICE, by=self.office, **ACT)

        assert "Phòng Chưa Công Bố" not in self.client.get(reverse("home_units")).content.decode()
        self.client.force_login(self.office)
        assert "Phòng Chưa Công Bố" in self.client.get(reverse("home_units")).content.decode()

    def test_not_a_ward_that_is_only_prepared_nor_a_unit_to_come_but_those_of_today(self):
        prepared = self.city.my_xuyen
        PortalSite.objects.filter(pk=prepared.pk).update(state=PortalSite.State.PREPARED)
        to_come = OrganisationUnit.objects.create(
            name="Phòng Sắp Lập", slug="sap-lap", kind=Kind.OFFICE, valid_from=date(2027, 1, 1)
        )
        listed = self.client.get(reverse("home_units") + "?hien=tat-ca").content.decode()

        for unit in (prepared.unit, to_come):
            assert self.client.get(reverse("home_unit", args=[unit.pk])).status_code == 404
            assert unit.name not in listed
        assert self.culture.name in listed and self.culture.name in self.shown(self.culture)
        assert prepared.unit.name in self.shown(prepared.unit, self.cast.contributor_my_xuyen)
        assert to_come.name in self.shown(to_come, self.office)
