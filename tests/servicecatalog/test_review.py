"""Cần xem lại: what needs a person, found by itself; and the level that a person decides."""

import io
from datetime import date
from unittest import mock

from django.core.exceptions import ValidationError
from django.urls import reverse
from openpyxl import load_workbook

from base.gate import Refused
from servicecatalog.catalogue import deciding_levels, levels, review
from servicecatalog.models import Procedure, ServiceGuidePage, ServiceLevel, ServiceOffering
from servicecatalog.screens import dashboard_views
from tests import factories
from tests.city import CityTestCase, draft, publish, publish_at_once
from tests.desks import rows_for
from tests.legalref.library import public_document, register, repealed
from tests.servicecatalog.cast import a_procedure, an_offering

TODAY = date(2026, 11, 25)


class Reviewed(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.office = cls.cast.standing_office

    def found(self, key, *sites):
        """What a case names: (name, site) of each row."""
        seen = review.Review(list(sites) or [self.city.site], TODAY)
        return [(row.name, row.site.slug) for row in review.BY_KEY[key].find(seen)]


class LapsedBases(Reviewed):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        register(cls.city.site)
        cls.law = public_document(cls.city.site, by=cls.cast.editor)
        cls.procedure = a_procedure(cls.city, basis=cls.law)
        cls.other = a_procedure(cls.city)

    def test_flag_the_procedure_by_themselves_once_the_document_is_repealed(self):
        self.assertEqual(self.found("can-cu-het-hieu-luc"), [])
        self.assertEqual(rows_for(self.office, {"xem-lai"}), [])

        repealed(self.law, by=self.office, reason="Bị bãi bỏ.", effective_on=date(2022, 1, 1))

        self.assertEqual(self.found("can-cu-het-hieu-luc"), [(str(self.procedure), "long-xuyen")])
        [row] = rows_for(self.office, {"xem-lai"})
        self.assertEqual((row.title, row.note), (self.procedure.name, "căn cứ đã hết hiệu lực"))
        self.assertEqual(rows_for(self.cast.contributor, {"xem-lai"}), [])

    def test_count_when_it_is_the_deciding_document(self):
        Procedure.objects.filter(pk=self.other.pk).update(deciding_document=self.law)
        repealed(self.law, by=self.office, reason="Bị bãi bỏ.", effective_on=date(2022, 1, 1))

        self.assertEqual(len(self.found("can-cu-het-hieu-luc")), 2)


class WhatElse(Reviewed):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.near = a_procedure(cls.city, level="muc-do-3", title_en="A service")
        cls.exact = a_procedure(cls.city, level="muc-do-4")

    def test_levels_that_follow_only_nearly_are_named(self):
        self.assertEqual(self.found("muc-do"), [(str(self.near), "long-xuyen")])

    def test_procedures_without_an_english_name_are_named(self):
        self.assertEqual(self.found("thieu-tieng-anh"), [(str(self.exact), "long-xuyen")])

    def test_wards_that_do_not_offer_what_belongs_to_them_are_named(self):
        an_offering(self.city.my_long, self.near)

        self.assertEqual(self.found("chua-cung-cap", self.city.my_long), [(str(self.exact), "my-long")])
        self.assertEqual(len(self.found("chua-cung-cap", self.city.my_xuyen)), 2)
        self.assertEqual(self.found("chua-cung-cap", self.city.site), [])

    def test_titles_that_are_not_the_name_of_the_procedure_are_named(self):
        an_offering(self.city.my_long, self.near, title="Tên khác", slug="ten-khac")
        an_offering(self.city.my_xuyen, self.near)

        self.assertEqual(self.found("khac-ten", *self.city_sites()), [("Tên khác", "my-long")])

    def city_sites(self):
        return [self.city.site, self.city.my_long, self.city.my_xuyen]

    def test_services_of_a_procedure_that_has_ended_are_named(self):
        an_offering(self.city.my_long, self.near)
        Procedure.objects.filter(pk=self.near.pk).update(valid_to=date(2026, 1, 1))

        self.assertEqual(self.found("het-ap-dung", self.city.my_long), [(self.near.name, "my-long")])
        self.assertEqual(self.found("muc-do"), [])

    def test_online_services_without_a_guide_are_named_until_there_is_one(self):
        self.assertEqual(len(self.found("thieu-huong-dan")), 2)
        catalogue = self.city.section(self.city.site, "dich-vu-cong")
        guide = ServiceGuidePage(
            title="Hướng dẫn",
            slug="huong-dan",
            summary="Các bước.",
            responsible_unit=self.city.site.unit,
            source_name="Nguồn",
            author_name="Tác giả",
        )
        draft(guide, catalogue, by=self.office)
        guide.procedures.set([self.near])
        guide.save_revision(user=self.office)
        publish_at_once(guide)

        self.assertEqual(self.found("thieu-huong-dan"), [(str(self.exact), "long-xuyen")])

    def test_forms_older_than_the_decision_are_named(self):
        form = factories.file(self.city.site)
        part = self.near.components.first()
        part.form_file, part.form_version_on = form, date(2019, 1, 1)
        part.save()

        self.assertEqual(self.found("mau-don-cu"), [(str(self.near), "long-xuyen")])
        part.form_version_on = date(2020, 3, 2)
        part.save()
        self.assertEqual(self.found("mau-don-cu"), [])


class DecidingALevel(Reviewed):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.procedure = a_procedure(cls.city, level="muc-do-3", by=cls.cast.editor)
        cls.part = ServiceLevel.objects.get(scheme__code="nd224", code="mot-phan")
        cls.whole = ServiceLevel.objects.get(scheme__code="nd224", code="toan-trinh")
        cls.old = ServiceLevel.objects.get(scheme__code="nd43", code="muc-do-4")

    def decide(self, level, by=None, **more):
        return deciding_levels.decide_level(self.procedure, level, by=by or self.office, on=TODAY, **more)

    def test_changes_nothing_in_public_before_a_second_person_approved_it(self):
        self.decide(self.whole)
        self.procedure.refresh_from_db()
        self.assertEqual(levels.level_of(self.procedure, TODAY).label, "Một phần")

        public = publish(self.procedure, by=self.office, approver=self.cast.head)

        shown = levels.level_of(public, TODAY)
        self.assertEqual((shown.label, shown.needs_review), ("Toàn trình", False))
        self.assertEqual(levels.level_of(public, date(2020, 6, 5)).label, "Mức độ 3")

    def test_decided_again_replaces_what_was_decided_in_the_same_scheme(self):
        self.decide(self.part, reason="Phải ký trước mặt công chức.")
        newest = self.decide(self.whole)

        self.assertEqual([row.level.code for row in newest.levels.all()], ["muc-do-3", "toan-trinh"])

    def test_partly_online_needs_its_reason(self):
        with self.assertRaises(ValidationError) as caught:
            self.decide(self.part)
        self.assertIn("reason", caught.exception.message_dict)

    def test_takes_only_levels_of_the_scheme_that_is_law(self):
        with self.assertRaises(ValidationError):
            self.decide(self.old)

    def test_is_not_for_a_ward(self):
        with self.assertRaises(Refused):
            self.decide(self.whole, by=self.cast.contributor)


class Screens(Reviewed):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.procedure = a_procedure(cls.city, by=cls.cast.editor)
        cls.hidden = a_procedure(cls.city, by=cls.cast.editor, public=False, name="Thủ tục kín")

    def get(self, user, name, *args, **query):
        self.client.force_login(user)
        return self.client.get(reverse(name, args=args), query)

    def test_the_list_shows_each_case_with_its_count_to_the_city(self):
        answer = self.get(self.office, "servicecatalog_review", can="chua-cung-cap")

        self.assertContains(answer, "Chưa cung cấp (3)")
        self.assertContains(answer, "Mức độ cần xác định (1)")
        self.assertNotContains(answer, "Thủ tục kín")

    def test_a_ward_sees_its_own_services_only(self):
        answer = self.get(self.cast.contributor, "servicecatalog_review")

        self.assertContains(answer, "Chưa cung cấp (1)")
        self.assertContains(answer, "Mức độ cần xác định (0)")
        self.assertNotContains(answer, "Mỹ Xuyên")

    def test_the_sheet_has_every_case(self):
        answer = self.get(self.office, "servicecatalog_review_sheet")

        book = load_workbook(io.BytesIO(answer.content))
        self.assertEqual(book.sheetnames, [case.label[:31] for case in review.CASES])
        self.assertEqual(book["Chưa cung cấp"].max_row, 3 + 3)

    def test_a_ward_adds_its_service_from_the_list(self):
        self.client.force_login(self.cast.contributor)
        address = reverse("servicecatalog_offer_here", args=[self.procedure.pk, "my-long"])
        self.assertContains(self.client.get(address), self.procedure.name)

        answer = self.client.post(address)

        page = ServiceOffering.objects.get(procedure=self.procedure)
        self.assertRedirects(answer, reverse("wagtailadmin_pages:edit", args=[page.pk]), fetch_redirect_response=False)
        other = reverse("servicecatalog_offer_here", args=[self.procedure.pk, "my-xuyen"])
        self.assertEqual(self.client.post(other).status_code, 404)
        kept = reverse("servicecatalog_offer_here", args=[self.hidden.pk, "my-long"])
        self.assertEqual(self.client.post(kept).status_code, 404)

    def test_the_office_offers_decides_and_ends_from_its_screens(self):
        self.client.force_login(self.office)
        address = reverse("servicecatalog_offer", args=[self.procedure.pk])
        self.assertContains(self.client.get(address), "sẽ lập bản nháp", count=3)
        self.assertContains(self.client.post(address), "cam kết")
        answer = self.client.post(address, {"declaration": "on"}, follow=True)
        self.assertContains(answer, "Chờ duyệt")
        self.assertNotContains(answer, 'name="decision"')
        batch = answer.redirect_chain[-1][0]

        self.client.force_login(self.cast.head)
        self.assertContains(self.client.get(batch), 'name="decision" value="approve">Duyệt cả lô</button>')
        with mock.patch.object(dashboard_views, "SECONDS_OF_A_REQUEST", 600):
            answer = self.client.post(batch, {"decision": "approve"}, follow=True)
        self.assertContains(answer, "Đã duyệt và đăng cả lô.")
        self.assertEqual(ServiceOffering.objects.live().count(), 3)

        self.client.force_login(self.office)
        level = reverse("servicecatalog_level", args=[self.procedure.pk])
        self.assertContains(self.client.get(level), "quy đổi gần đúng")
        ending = reverse("servicecatalog_withdraw", args=[self.procedure.pk])
        self.assertContains(self.client.post(ending, {"reason": ""}), "Hãy ghi lý do ngừng cung cấp")
        self.assertEqual(self.client.post(ending, {"reason": "Bãi bỏ."}).status_code, 302)

    def test_procedures_are_edited_by_the_city_alone(self):
        viewset = Procedure.snippet_viewset
        edit = reverse(viewset.get_url_name("edit"), args=[self.procedure.pk])
        self.client.force_login(self.office)
        answer = self.client.get(edit)
        self.assertContains(answer, "Lưu và gửi duyệt")
        for heading in ("Trình tự thực hiện", "Cách thức thực hiện, thời hạn", "Thành phần hồ sơ", "Căn cứ pháp lý"):
            self.assertContains(answer, heading)
        found = self.client.get(reverse(viewset.get_url_name("list")), {"q": "dang ky viec thu"})
        self.assertContains(found, self.procedure.name)
        self.assertNotContains(found, "Thủ tục kín")

        self.client.force_login(self.cast.contributor)
        self.assertEqual(self.client.get(edit).status_code, 302)
        chooser = reverse(viewset.chooser_viewset.get_url_name("choose_results"))
        found = self.client.get(chooser)
        self.assertContains(found, self.procedure.name)
        self.assertNotContains(found, "Thủ tục kín")

    def test_lists_are_kept_by_the_standing_office(self):
        add = "wagtailsnippets_servicecatalog_lifeevent:add"
        self.assertEqual(self.get(self.office, add).status_code, 200)
        self.assertEqual(self.get(self.cast.contributor, add).status_code, 302)

    def test_a_version_is_shown_as_readers_would_see_it(self):
        self.client.force_login(self.office)
        version = self.hidden.get_latest_revision()
        name = Procedure.snippet_viewset.get_url_name("revisions_view")

        answer = self.client.get(reverse(name, args=[self.hidden.pk, version.pk]))

        self.assertContains(answer, "Thủ tục kín")
        self.assertContains(answer, "Giấy xác nhận của cơ sở y tế")
