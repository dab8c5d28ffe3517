"""One document on two days: which provisions changed, by what, and what the page says when there is nothing to say."""

from datetime import date

import time_machine

from legalref.life import lifecycle
from legalref.life.effect import AMENDS, REPEALS, SUSPENDS
from legalref.models import LegalDocument
from tests.city import CityTestCase, publish_at_once
from tests.legalref.library import draft_document, on_city_host, public_document, register, related

TEXT = "QUYẾT ĐỊNH\n\nĐiều 1. Phạm vi\n\nÁp dụng trên địa bàn.\n\nĐiều 2. Mức thu\n\n1. Mức thu là 5.000 đồng."

HEAD = "QUYẾT ĐỊNH\n\nĐiều 1. Sửa đổi, bổ sung một số điều\n\n"


class BetweenDays(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        with time_machine.travel("2026-11-25 09:00 +07:00"):
            by = cls.cast.standing_office
            cls.register = register(cls.city.site)
            document = draft_document(cls.city.site, by=by, symbol="12/2021/QĐ-UBND")
            document.set_full_text(TEXT)
            document.save_revision(user=by)
            cls.document = publish_at_once(document)
            cls.amending = public_document(
                cls.city.site,
                by=by,
                symbol="30/2022/QĐ-UBND",
                issued_on=date(2022, 6, 1),
                effective_from=date(2022, 7, 1),
            )
            related(cls.amending, AMENDS, cls.document, by=by, effective_on=date(2022, 7, 1), scope=["khoản 1 Điều 2"])
            related(
                cls.amending,
                SUSPENDS,
                cls.document,
                by=by,
                effective_on=date(2023, 1, 1),
                until=date(2023, 4, 1),
                scope=["Điều 1"],
            )

    def setUp(self):
        traveller = time_machine.travel("2026-11-25 10:00 +07:00")
        traveller.start()
        self.addCleanup(traveller.stop)
        self.address = f"{on_city_host(self.city, self.register)}{self.document.slug}/"

    def compare(self, **days):
        return self.client.get(f"{self.address}so-sanh/", days)

    def test_names_the_provision_that_was_amended_with_its_text_and_the_document_that_did_it(self):
        response = self.compare(tu="2022-01-01", den="2022-12-31")

        self.assertContains(response, "01/07/2022")
        self.assertContains(response, "Sửa đổi, bổ sung")
        self.assertContains(response, f'href="{self.address}#quyet-dinh-dieu-2-khoan-1"')
        self.assertContains(response, "Mức thu là 5.000 đồng.")
        self.assertContains(response, self.amending.name)
        self.assertNotContains(response, "Ngưng hiệu lực")

    def amend(self, text: str):
        """Give the amending document its text."""
        document = LegalDocument.objects.get(pk=self.amending.pk)
        document.set_full_text(text)
        document.save_revision(user=self.cast.standing_office)
        publish_at_once(document)

    def test_the_amending_words_stand_beside_those_before(self):
        self.amend(f"{HEAD}1. Sửa đổi khoản 1 Điều 2 như sau:\n\n“1. Mức thu là 8.000 đồng.”\n\n2. Bãi bỏ Điều 21.")

        response = self.compare(tu="2022-01-01", den="2022-12-31")

        self.assertContains(response, "Chữ trước và chữ sửa đổi")
        self.assertContains(response, "Mức thu là 5.000 đồng.")
        self.assertContains(response, "Mức thu là 8.000 đồng.")
        self.assertNotContains(response, "Bãi bỏ Điều 21.")

    def test_words_that_speak_of_another_provision_or_are_found_twice_are_not_taken_for_them(self):
        for text in (
            "1. Sửa đổi khoản 1 Điều 21 như sau:\n\n“1. Mức thu là 8.000 đồng.”",
            "1. Sửa đổi khoản 1 Điều 2 như sau:\n\n“1. A.”\n\n2. Bổ sung khoản 1 Điều 2 như sau:\n\n“1. B.”",
            "1. Khoản 1 Điều 2 vẫn áp dụng.",
        ):
            with self.subTest(text=text):
                self.amend(HEAD + text)
                response = self.compare(tu="2022-01-01", den="2022-12-31")
                self.assertNotContains(response, "Chữ trước và chữ sửa đổi")
                self.assertContains(response, "Mức thu là 5.000 đồng.")

    def test_what_paused_is_in_effect_again_on_the_day_after(self):
        response = self.compare(tu="2022-12-31", den="2023-04-01")

        self.assertContains(response, "Ngưng hiệu lực")
        self.assertContains(response, "Có hiệu lực trở lại")

    def test_the_first_day_itself_is_no_change_and_the_last_one_is(self):
        self.assertContains(self.compare(tu="2022-07-01", den="2022-08-01"), "văn bản không thay đổi")
        self.assertNotContains(self.compare(tu="2022-06-30", den="2022-07-01"), "văn bản không thay đổi")

    def test_days_in_the_other_order_say_the_same(self):
        forth, back = self.compare(tu="2022-01-01", den="2022-12-31"), self.compare(tu="2022-12-31", den="2022-01-01")

        self.assertEqual(forth.context["changes"], back.context["changes"])

    def test_without_days_it_compares_the_issue_with_today(self):
        response = self.compare()

        self.assertEqual((response.context["first"], response.context["last"]), (date(2021, 3, 1), date(2026, 11, 25)))
        self.assertEqual([change.on.year for change in response.context["changes"]], [2022, 2023, 2023])

    def test_a_day_that_makes_no_sense_is_told_and_breaks_nothing(self):
        response = self.compare(tu="31/02/2022", den="x" * 500)

        self.assertContains(response, "Không đọc được ngày", count=2)
        self.assertNotIn("X-Portal-Cache", response)

    def test_days_before_its_issue_and_far_ahead_are_drawn_in(self):
        response = self.compare(tu="1500-01-01", den="9999-12-31")

        self.assertEqual((response.context["first"], response.context["last"].year), (date(2021, 3, 1), 2031))

    def test_a_relation_that_only_one_person_noted_is_not_shown(self):
        lifecycle.relate(
            self.amending, REPEALS, self.document, by=self.cast.standing_office, effective_on=date(2024, 1, 1)
        )

        self.assertContains(self.compare(tu="2023-12-01", den="2024-02-01"), "văn bản không thay đổi")

    def test_the_page_of_the_document_leads_there_and_the_copy_depends_on_the_two_days(self):
        self.assertContains(self.client.get(self.address), f'href="{self.address}so-sanh/"')
        response = self.compare()
        self.assertEqual(response["X-Portal-Vary-Params"], "den,tu")
        self.assertContains(response, '<meta name="robots" content="noindex">', html=True)

    def test_a_document_that_is_not_public_has_no_comparison(self):
        hidden = draft_document(self.city.site, by=self.cast.standing_office, symbol="99/2021/QĐ-UBND")

        address = on_city_host(self.city, self.register)
        self.assertEqual(self.client.get(f"{address}{hidden.slug}/so-sanh/").status_code, 404)
