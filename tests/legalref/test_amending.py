"""A document that only amends others is of no more use once all of them have lapsed; its status says so.

As Nghị định 27/2018/NĐ-CP, which amends Nghị định 72/2013/NĐ-CP (lapsed by Nghị định 147/2024/NĐ-CP), and Luật
47/2019/QH14, which amends Luật 76/2015/QH13 and Luật 77/2015/QH13 (both lapsed in 2025).
"""

from datetime import date
from types import SimpleNamespace

from django.test import Client, SimpleTestCase

from legalref import seeding
from legalref.life import lifecycle
from legalref.life.effect import AMENDS, REPLACES, StatusCode, status_on, timeline
from legalref.models import DocumentStatus
from legalref.register import as_of
from tests.city import CityTestCase

from .library import on_city_host, public_document, register, related, repealed, second_person

TITLE = "Sửa đổi, bổ sung một số điều của Nghị định mẫu"
CAUTION = "Mọi văn bản mà văn bản này sửa đổi, bổ sung đều đã hết hiệu lực."
IN_LISTS = "văn bản được sửa đổi đã hết hiệu lực"
LAPSED_ON = date(2024, 12, 25)
TODAY = date(2026, 1, 5)


def a_document(subject=TITLE, **values):
    """What `status_on` asks of a document."""
    empty = dict.fromkeys(
        ("effective_to", "not_suitable_from", "checked_until", "lapses_latest_on", "issuer_closed_on")
    )
    return SimpleNamespace(
        **{
            **empty,
            "subject": subject,
            "issued_on": date(2018, 3, 1),
            "effective_from": date(2018, 4, 15),
            "takes_effect_at_once": False,
            "not_suitable_reason": "",
            "lapses_latest_by": "",
            "territory": "",
            **values,
        }
    )


class Caution(SimpleTestCase):
    def check(self, amended, *, on=TODAY, document=None) -> str:
        return status_on(document or a_document(), on, (), [(other, ()) for other in amended]).caution

    def test_comes_only_when_all_that_is_amended_has_lapsed(self):
        lapsed, valid = a_document("Mẫu", effective_to=LAPSED_ON), a_document("Mẫu")
        self.assertEqual(self.check([lapsed]), CAUTION)
        self.assertEqual(self.check([lapsed, lapsed]), CAUTION)
        self.assertEqual(self.check([lapsed, valid]), "")
        self.assertEqual(self.check([valid]), "")
        self.assertEqual(self.check([]), "")

    def test_comes_on_the_day_on_which_the_last_one_lapses(self):
        lapsed = a_document("Mẫu", effective_to=LAPSED_ON)

        self.assertEqual(self.check([lapsed], on=date(2024, 12, 24)), "")
        self.assertEqual(self.check([lapsed], on=LAPSED_ON), CAUTION)
        turns = timeline(a_document(), (), [(lapsed, ())])
        self.assertEqual(
            [(turn.on, turn.status.caution) for turn in turns if turn.status.caution], [(LAPSED_ON, CAUTION)]
        )

    def test_is_for_documents_that_do_nothing_else(self):
        lapsed = a_document("Mẫu", effective_to=LAPSED_ON)
        for subject in ("Về việc sửa đổi, bổ sung Nghị định mẫu", "Bổ sung Điều 5 Nghị định mẫu"):
            self.assertEqual(self.check([lapsed], document=a_document(subject)), CAUTION)
        for subject in ("Quản lý, cung cấp dịch vụ Internet", "Luật Đầu tư", ""):
            self.assertEqual(self.check([lapsed], document=a_document(subject)), "")

    def test_leaves_the_status_and_takes_the_green_away(self):
        found = status_on(a_document(), TODAY, (), [(a_document("Mẫu", effective_to=LAPSED_ON), ())])

        self.assertEqual((found.code, found.label, found.applies), (StatusCode.IN_FORCE, "Còn hiệu lực", True))
        self.assertNotEqual(found.badge, "in-force")
        self.assertEqual(status_on(a_document(), TODAY).badge, "in-force")

    def test_says_nothing_of_what_is_not_in_force_itself(self):
        lapsed = a_document("Mẫu", effective_to=LAPSED_ON)

        for values in ({"effective_to": date(2025, 1, 1)}, {"effective_from": date(2027, 1, 1)}):
            self.assertEqual(self.check([lapsed], document=a_document(**values)), "")


class Shown(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        seeding.seed_types()
        cls.page = register(cls.city.site)
        by = cls.cast.editor
        cls.old = public_document(cls.city.site, by=by)
        cls.new = public_document(cls.city.site, by=by, symbol="20/2021/QĐ-UBND", subject="Quy định mới")
        cls.amending = public_document(cls.city.site, by=by, symbol="15/2021/QĐ-UBND", subject=TITLE)
        cls.clerk = cls.cast.standing_office
        related(cls.amending, AMENDS, cls.old, by=cls.clerk, effective_on=date(2021, 6, 1))
        for document in (cls.old, cls.new, cls.amending):
            DocumentStatus.store(document, TODAY)

    def stored(self) -> str:
        return DocumentStatus.objects.get(document=self.amending).caution

    def get(self, address: str) -> str:
        return Client().get(address, HTTP_HOST="localhost", follow=True).content.decode()

    def repeal(self):
        return repealed(self.old, by=self.clerk, by_document=self.new, code=REPLACES, effective_on=date(2023, 1, 1))

    def test_nowhere_while_what_is_amended_applies(self):
        self.assertEqual(self.stored(), "")
        self.assertNotIn(CAUTION, self.get(f"{on_city_host(self.city, self.page)}{self.amending.slug}/"))

    def test_on_the_page_in_the_list_and_in_the_api_once_it_has_lapsed(self):
        self.repeal()

        own = f"{on_city_host(self.city, self.page)}{self.amending.slug}/"
        self.assertIn(CAUTION, self.get(own))
        self.assertNotIn("Lưu ý:", self.get(f"{own}?ngay=2022-06-01"))
        self.assertIn(IN_LISTS, self.get(on_city_host(self.city, self.page)))
        self.assertIn(CAUTION, self.get(f"/api/v1/van-ban/{self.amending.slug}"))
        self.assertIn(CAUTION, self.get("/api/v1/van-ban/"))

    def test_is_stored_with_the_repeal_and_taken_back_with_it(self):
        relation = self.repeal()
        self.assertEqual(self.stored(), CAUTION)

        lifecycle.undo_repeal(relation, by=self.clerk, agreed_by=second_person(self.clerk), reason="Ghi nhầm.")

        self.assertEqual(self.stored(), "")

    def test_comes_at_midnight_with_a_repeal_recorded_ahead(self):
        repealed(self.old, by=self.clerk, by_document=self.new, effective_on=date(2030, 1, 1))
        self.assertEqual(self.stored(), "")

        lifecycle.refresh_status(on=date(2030, 1, 1))

        self.assertEqual(self.stored(), CAUTION)

    def test_is_the_same_in_every_function_that_answers_for_a_day(self):
        self.repeal()

        for day, said in ((date(2022, 6, 1), ""), (TODAY, CAUTION)):
            self.assertEqual(lifecycle.status(self.amending, day).caution, said)
            self.assertEqual(as_of.statuses([self.amending], day)[self.amending.pk].caution, said)
        apart = as_of.statuses_apart(type(self.old).objects.all(), date(2022, 6, 1), TODAY)
        self.assertIn(self.amending.pk, apart)
