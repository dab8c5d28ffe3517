"""Issuing bodies are historical: dates, predecessor and successor, and when they may issue law."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django.urls import reverse

from base.gate import Refused
from legalref import seeding
from legalref.models import DocumentType, Family, IssuingBody, LegalCompetence, LegalDocument
from tests.city import CityTestCase

from .library import draft_document, public_document

LAST_DAY = date(2025, 6, 30)


class Issuers(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        seeding.seed_types()
        cls.old = seeding.seed_issuers()["ubnd-thanh-pho-long-xuyen"]
        cls.new = IssuingBody.objects.create(
            name="Ủy ban nhân dân phường mới", slug="ubnd-phuong-moi", valid_from=date(2025, 7, 1), predecessor=cls.old
        )
        cls.document = public_document(cls.city.site, by=cls.cast.editor)

    def send(self, **values):
        data = {
            "owner_site": self.city.site.pk,
            "document_type": DocumentType.objects.get(name="Quyết định").pk,
            "family": "legal",
            "symbol_as_printed": "40/2025/QĐ-UBND",
            "subject": "Về việc thử",
            "main_issuer": self.old.pk,
            "issued_on": "30/06/2025",
            "evidence": "unverified",
            "not_classified": "on",
            "full_text": "",
            "document_files-TOTAL_FORMS": "0",
            "document_files-INITIAL_FORMS": "0",
            "document_files-MIN_NUM_FORMS": "0",
            "document_files-MAX_NUM_FORMS": "1000",
            **values,
        }
        self.client.force_login(self.cast.editor)
        return self.client.post(reverse("wagtailsnippets_legalref_legaldocument:add"), data)

    def test_a_document_is_refused_on_a_day_on_which_its_issuer_was_not_there(self):
        for body, day, said, instead in (
            (self.old, "01/07/2025", "kết thúc hoạt động sau ngày 30/06/2025", self.new),
            (self.new, "30/06/2025", "hoạt động từ ngày 01/07/2025", self.old),
        ):
            with self.subTest(body=body):
                response = self.send(main_issuer=body.pk, issued_on=day, subject="Nội dung đã gõ")

                error = " ".join(response.context["form"].errors["main_issuer"])
                self.assertIn(said, error)
                self.assertIn(f"chọn «{instead}»", error)
                self.assertContains(response, "Nội dung đã gõ")

    def test_the_last_day_and_the_first_are_days_of_the_body(self):
        self.assertEqual(self.send().status_code, 302)
        response = self.send(main_issuer=self.new.pk, issued_on="01/07/2025", symbol_as_printed="1/2025/QĐ-UBND")
        self.assertEqual(response.status_code, 302)

    def test_a_new_document_begins_with_the_body_of_the_unit_while_it_is_there(self):
        self.client.force_login(self.cast.editor)
        add = reverse("wagtailsnippets_legalref_legaldocument:add")
        for last_day, begins_with in ((None, self.old.pk), (LAST_DAY, None)):
            self.old.valid_to = last_day
            self.old.save()
            self.assertEqual(self.client.get(add).context["form"].initial.get("main_issuer"), begins_with)

    def test_a_family_that_was_left_alone_follows_the_type(self):
        letter = DocumentType.objects.get(name="Công văn")
        self.assertEqual(letter.family, Family.ADMINISTRATIVE)
        self.send(document_type=letter.pk, symbol_as_printed="40/UBND-VX")

        self.assertEqual(LegalDocument.objects.latest("pk").family, Family.ADMINISTRATIVE)

    def test_a_family_that_was_chosen_stays(self):
        letter = DocumentType.objects.get(name="Công văn")
        self.send(document_type=letter.pk, symbol_as_printed="40/UBND-VX", family=Family.TECHNICAL)

        self.assertEqual(LegalDocument.objects.latest("pk").family, Family.TECHNICAL)

    def test_a_joint_issuer_is_asked_as_well(self):
        response = self.send(co_issuers=[self.new.pk])

        self.assertIn("hoạt động từ ngày", " ".join(response.context["form"].errors["co_issuers"]))

    def test_a_body_that_may_not_issue_law_on_the_day_is_a_warning_before_submission(self):
        for first, last in ((date(2016, 7, 1), date(2025, 3, 31)), (date(2025, 7, 1), None)):
            LegalCompetence.objects.create(body=self.old, valid_from=first, valid_to=last, legal_source="Luật mẫu")
        draft = draft_document(self.city.site, by=self.cast.editor, symbol="41/2025/QĐ-UBND")
        for day, is_warned in ((date(2025, 3, 31), False), (date(2025, 4, 1), True), (date(2025, 6, 30), True)):
            with self.subTest(day):
                draft.issued_on = day
                found = [item.message for item in draft.preflight() if item.field == "main_issuer"]
                self.assertEqual(any("không được ban hành văn bản quy phạm" in text for text in found), is_warned)

    def test_an_imported_document_outside_the_bodys_dates_is_warned_of_before_submission(self):
        draft = draft_document(
            self.city.site, by=self.cast.editor, symbol="42/2025/QĐ-UBND", issued_on=date(2025, 7, 1)
        )

        found = [item for item in draft.preflight() if item.field == "main_issuer"]

        self.assertEqual([item.level for item in found], ["warning"])
        self.assertIn("kết thúc hoạt động", found[0].message)

    def test_a_closed_body_keeps_its_documents(self):
        self.assertFalse(self.old.is_valid(date(2026, 1, 1)))
        self.assertEqual(LegalDocument.objects.get(pk=self.document.pk).main_issuer, self.old)
        with self.assertRaises((ProtectedError, Refused)):
            self.old.delete()

    def test_a_body_is_not_closed_before_its_last_document(self):
        self.old.valid_to = date(2021, 2, 28)

        with self.assertRaises(ValidationError) as caught:
            self.old.full_clean()

        self.assertIn("«Quyết định 12/2021/QĐ-UBND» ngày 01/03/2021", caught.exception.message_dict["valid_to"][0])

    def test_bodies_do_not_follow_each_other_in_a_circle(self):
        self.old.predecessor = self.new

        with self.assertRaises(ValidationError) as caught:
            self.old.full_clean()

        self.assertIn("predecessor", caught.exception.message_dict)

    def test_the_form_names_successor_and_documents(self):
        self.client.force_login(self.cast.standing_office)

        response = self.client.get(reverse("wagtailsnippets_legalref_issuingbody:edit", args=[self.old.pk]))

        self.assertContains(response, "Ủy ban nhân dân phường mới")
        self.assertContains(response, "1 văn bản đang đăng")

    def test_the_latest_end_names_the_act_that_sets_it(self):
        response = self.send(lapses_latest_on="01/03/2027")

        self.assertIn("văn bản định ngày đó", " ".join(response.context["form"].errors["lapses_latest_by"]))

    def test_the_list_shows_the_status_as_a_badge(self):
        self.client.force_login(self.cast.editor)

        response = self.client.get(reverse("wagtailsnippets_legalref_legaldocument:list"))

        self.assertContains(response, '<span class="portal-badge portal-badge--in-force">Còn hiệu lực</span>')
