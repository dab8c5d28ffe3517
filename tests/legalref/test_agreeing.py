"""Relations between documents: what one person notes is public only once a second has agreed."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from base.gate import Refused
from base.models import SiteGeneration
from legalref import seeding
from legalref.life import agreeing, lifecycle
from legalref.life.effect import AMENDS, BASED_ON, DETAILS, GUIDES
from legalref.models import DocumentRelation, DocumentStatus
from tests import factories
from tests.city import CityTestCase, publish_at_once
from tests.desks import rows_for
from workflows.models import TakeDown
from workflows.publishing import takedown

from .library import agreed, on_city_host, public_document, register, related, second_person

FREE_TEXT = "THÔNG BÁO GIẢ: nộp tiền vào tài khoản 0123 để được giải quyết"
SCOPE, STATED_IN = "dòng tự do của một người", "ghi tự do http://lua-dao.example"


class Noted(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        seeding.seed_types()
        cls.register = register(cls.city.my_long)
        cls.city_register = register(cls.city.site)
        cls.ward = public_document(cls.city.my_long, by=cls.cast.contributor, symbol="3/2021/QĐ-UBND")
        cls.other_ward = public_document(cls.city.my_xuyen, by=cls.cast.contributor_my_xuyen, symbol="4/2021/QĐ-UBND")
        cls.old = public_document(cls.city.site, by=cls.cast.editor)
        cls.new = public_document(cls.city.site, by=cls.cast.editor, symbol="20/2021/QĐ-UBND")
        for document in (cls.ward, cls.other_ward, cls.old, cls.new):
            DocumentStatus.store(document, date(2026, 1, 5))
        cls.clerk = cls.cast.standing_office

    def note(self, **values) -> DocumentRelation:
        """What the contributor of the ward writes about its document, through the screen."""
        self.client.force_login(self.cast.contributor)
        data = {
            "relation": f"bi-tac-dong-{GUIDES}",
            "other": "",
            "other_text": FREE_TEXT,
            "scope": SCOPE,
            "effective_on": "",
            "until": "",
            "stated_in": STATED_IN,
        }
        self.client.post(reverse("legalref_relations", args=[self.ward.pk]), {**data, **values})
        return DocumentRelation.objects.get(target=self.ward)

    def public_answers(self) -> list[str]:
        """Everything that readers get about the ward's document."""
        page = on_city_host(self.city, self.register)
        own = f"{page}{self.ward.slug}/"
        reader = Client()
        addresses = [
            own,
            f"{own}?ngay=2026-01-01",
            page,
            f"/api/v1/van-ban/{self.ward.slug}",
            "/api/v1/van-ban/",
            f"{page}rss/",
            f"{own}phieu-hieu-luc/",
            f"{on_city_host(self.city, self.city_register)}{self.old.slug}/",
        ]
        answers = [reader.get(address, HTTP_HOST="localhost", follow=True) for address in addresses]
        self.assertEqual([answer.status_code for answer in answers[:5]], [200] * 5)
        return [answer.content.decode(errors="replace") for answer in answers if not answer.streaming]

    def shows(self, *texts) -> bool:
        return any(text in answer for answer in self.public_answers() for text in texts)


class OfOnePerson(Noted):
    def test_is_public_nowhere_and_readers_keep_their_copies(self):
        before = dict(SiteGeneration.objects.values_list("site", "value"))

        relation = self.note()

        self.assertEqual((relation.confirmed_by, relation.agreed_at), (self.cast.contributor, None))
        self.assertFalse(self.shows(FREE_TEXT, SCOPE, STATED_IN))
        self.assertEqual(dict(SiteGeneration.objects.values_list("site", "value")), before)

    def test_is_public_once_a_second_agreed(self):
        relation = self.note()

        agreeing.agree(relation, by=self.cast.deputy)

        self.assertTrue(self.shows(FREE_TEXT))
        relation.refresh_from_db()
        self.assertEqual(relation.agreed_by, self.cast.deputy)

    def test_changes_no_status_until_a_second_agreed(self):
        relation = lifecycle.relate(self.new, AMENDS, self.old, by=self.clerk, effective_on=date(2022, 1, 1))
        lifecycle.refresh_status(on=date(2026, 1, 6))
        codes = [lifecycle.status(self.old, date(2026, 1, 6)).code, DocumentStatus.objects.get(document=self.old).code]
        self.assertEqual(codes, ["in_force", "in_force"])

        agreed(relation)

        self.assertEqual(DocumentStatus.objects.get(document=self.old).code, "partly_lapsed")

    def test_is_agreed_to_neither_by_himself_nor_without_the_right_nor_twice(self):
        relation = lifecycle.relate(self.new, AMENDS, self.old, by=self.clerk, effective_on=date(2022, 1, 1))
        for by in (self.clerk, self.cast.contributor, self.cast.editor, self.cast.technical_admin, self.cast.superuser):
            with self.subTest(by=str(by)), self.assertRaises(Refused):
                agreeing.agree(relation, by=by)
        agreeing.agree(relation, by=self.cast.head)

        agreeing.agree(relation, by=self.cast.deputy)

        self.assertEqual(DocumentRelation.objects.get().agreed_by, self.cast.head)

    def test_is_never_two_persons_in_the_database_either(self):
        relation = self.note()

        with self.assertRaises(IntegrityError), transaction.atomic():
            DocumentRelation.objects.filter(pk=relation.pk).update(agreed_by=relation.confirmed_by)

    def test_cannot_name_himself_as_the_second(self):
        with self.assertRaises(Refused):
            lifecycle.relate(self.new, DETAILS, self.old, by=self.cast.head, agreed_by=self.cast.head)

    def test_is_taken_back_by_whoever_noted_it_and_was_never_public(self):
        relation = self.note()

        lifecycle.take_back(relation, by=self.cast.contributor, reason="Ghi nhầm.")

        with self.assertRaises(Refused):
            agreeing.agree(relation, by=self.cast.deputy)
        self.assertFalse(self.shows(FREE_TEXT))

    def test_gives_no_words_to_what_two_others_decide(self):
        noted = lifecycle.relate(self.new, DETAILS, self.old, by=self.cast.editor, stated_in=FREE_TEXT)

        found = lifecycle.relate(
            self.new, DETAILS, self.old, by=self.cast.head, stated_in="Điều 1", agreed_by=self.cast.deputy
        )

        self.assertEqual(DocumentRelation.objects.valid().get(), found)
        self.assertEqual(found.stated_in, "Điều 1")
        [entry] = ModelLogEntry.objects.filter(action="portal.document.take_back", object_id=str(self.old.pk))
        self.assertEqual((entry.user_id, entry.data["relation"]), (self.cast.head.pk, noted.pk))

    def test_makes_a_circle_only_as_long_as_the_other_way_does_not_count(self):
        there = lifecycle.relate(self.new, DETAILS, self.old, by=self.clerk)
        back = lifecycle.relate(self.old, DETAILS, self.new, by=self.clerk)
        agreed(there)

        with self.assertRaises(ValidationError):
            agreed(back)


class Screens(Noted):
    def decide(self, relation, **data):
        return self.client.post(reverse("legalref_agree_relation", args=[relation.pk]), data)

    def test_tell_who_noted_it_that_it_waits_and_let_him_not_agree(self):
        relation = self.note()

        shown = self.client.get(reverse("legalref_relations", args=[self.ward.pk]))

        self.assertContains(shown, "Chờ người thứ hai xác nhận")
        self.assertContains(shown, FREE_TEXT)
        self.assertNotContains(shown, reverse("legalref_agree_relation", args=[relation.pk]))
        self.assertContains(
            self.client.get(reverse("legalref_agree_relation", args=[relation.pk])), "không tự xác nhận được"
        )
        self.decide(relation, decision="agree")
        self.assertFalse(DocumentRelation.objects.valid().exists())

    def test_call_the_second_person_who_reads_all_of_it_and_agrees(self):
        relation = self.note()
        address = reverse("legalref_agree_relation", args=[relation.pk])
        self.client.force_login(self.cast.deputy)
        self.assertContains(self.client.get(reverse("workflows_queue")), address)
        shown = self.client.get(address)
        for text in (FREE_TEXT, SCOPE, STATED_IN, str(self.cast.contributor)):
            self.assertContains(shown, text)

        self.assertEqual(self.decide(relation, decision="agree").status_code, 302)

        self.assertEqual(DocumentRelation.objects.valid().get().agreed_by, self.cast.deputy)
        self.assertNotContains(self.client.get(reverse("workflows_queue")), address)

    def test_let_the_second_person_refuse_with_a_reason(self):
        relation = self.note()
        self.client.force_login(self.cast.deputy)

        self.assertContains(self.decide(relation, decision="refuse"), "Hãy ghi lý do không xác nhận")
        self.assertEqual(self.decide(relation, decision="refuse", reason="Không có căn cứ.").status_code, 302)

        relation.refresh_from_db()
        self.assertEqual((relation.revoked_by, relation.revoked_reason), (self.cast.deputy, "Không có căn cứ."))

    def test_show_nothing_of_it_to_another_ward(self):
        relation = lifecycle.relate(self.ward, BASED_ON, self.other_ward, by=self.cast.contributor, stated_in=STATED_IN)
        self.client.force_login(self.cast.contributor_my_xuyen)

        shown = self.client.get(reverse("legalref_relations", args=[self.other_ward.pk]))

        self.assertEqual(shown.status_code, 200)
        self.assertNotContains(shown, "lua-dao")
        for name in ("legalref_agree_relation", "legalref_take_back_relation"):
            self.assertEqual(self.client.get(reverse(name, args=[relation.pk])).status_code, 404)

    def test_name_it_among_what_waits_only_for_whom_it_concerns(self):
        relation = self.note()
        names = {
            person.username: str(relation) in {row.title for row in rows_for(person, {"quyet-dinh"})}
            for person in (
                self.cast.contributor,
                self.cast.deputy,
                self.cast.head,
                self.cast.contributor_my_xuyen,
                self.cast.technical_admin,
                self.cast.editor,
            )
        }

        self.assertEqual(
            [found for found, waits in names.items() if waits], [self.cast.deputy.username, self.cast.head.username]
        )


class Repeal(Noted):
    """A repeal goes through the screen that shows what it reaches; its take-downs stay a decision of two."""

    def setUp(self):
        page = factories.article(self.city.section(self.city.my_long), by=self.clerk, cites=[self.old])
        self.page = publish_at_once(page)
        self.relation = lifecycle.repeal(self.old, by=self.clerk, by_document=self.new, effective_on=date(2023, 1, 1))

    def test_waits_with_status_and_tasks(self):
        self.assertEqual(lifecycle.status(self.old, date(2026, 1, 6)).code, "in_force")
        self.assertFalse(TakeDown.objects.exists())
        self.assertEqual(lifecycle.open_due_tasks(), 0)

    def test_opens_the_tasks_in_the_name_of_who_noted_it_once_a_second_agreed(self):
        agreeing.agree(self.relation, by=self.cast.head)

        self.assertEqual(DocumentStatus.objects.get(document=self.old).code, "lapsed")
        row = TakeDown.objects.get(page=self.page)
        self.assertEqual(row.proposed_by, self.clerk)
        self.assertFalse(takedown.may_decide(self.clerk, row))
        self.assertTrue(takedown.may_decide(self.cast.head, row))
        self.page.refresh_from_db()
        self.assertTrue(self.page.live)

    def test_opens_each_task_once_whoever_asks_again(self):
        agreeing.agree(self.relation, by=self.cast.head)
        agreeing.agree(self.relation, by=self.cast.deputy)
        lifecycle.repeal(self.old, by=self.clerk, by_document=self.new, effective_on=date(2023, 1, 1))
        lifecycle.open_due_tasks()

        self.assertEqual(TakeDown.objects.count(), 1)

    def test_takes_along_what_lapses_with_it(self):
        detail = public_document(self.city.site, by=self.cast.editor, symbol="21/2021/QĐ-UBND")
        related(detail, DETAILS, self.old, by=self.clerk)
        lifecycle.repeal(self.old, by=self.clerk, by_document=self.new, effective_on=date(2023, 1, 1), lapsing=[detail])
        self.assertEqual(lifecycle.status(detail, date(2026, 1, 6)).code, "in_force")

        agreeing.agree(self.relation, by=self.cast.head)

        self.assertEqual(lifecycle.status(detail, date(2026, 1, 6)).code, "lapsed")

    def test_shows_the_second_person_what_it_reaches(self):
        self.client.force_login(self.cast.head)

        shown = self.client.get(reverse("legalref_agree_relation", args=[self.relation.pk]))

        self.assertContains(shown, self.page.title)
        self.assertContains(shown, "Chưa trang nào bị gỡ ngay")

    def test_is_refused_when_what_replaces_it_is_public_no_more(self):
        type(self.new).objects.filter(pk=self.new.pk).update(live=False)

        with self.assertRaises(Refused):
            agreeing.agree(self.relation, by=self.cast.head)

    def test_is_undone_before_anybody_agreed_without_a_trace_for_readers(self):
        lifecycle.undo_repeal(self.relation, by=self.clerk, agreed_by=second_person(self.clerk), reason="Ghi nhầm.")

        self.assertEqual(lifecycle.status(self.old, date(2026, 1, 6)).code, "in_force")
        self.assertFalse(TakeDown.objects.exists())


class TakingBack(Noted):
    """What readers see goes by two persons as well."""

    def setUp(self):
        super().setUp()
        self.relation = self.note()
        agreeing.agree(self.relation, by=self.cast.deputy)

    def test_by_one_person_changes_nothing_that_readers_see(self):
        before = dict(SiteGeneration.objects.values_list("site", "value"))

        agreeing.ask_back(self.relation, by=self.cast.contributor, reason="Ghi nhầm.")

        self.assertTrue(self.shows(FREE_TEXT))
        self.assertEqual(dict(SiteGeneration.objects.values_list("site", "value")), before)
        with self.assertRaises(Refused):
            lifecycle.take_back(self.relation, by=self.cast.contributor, reason="Ghi nhầm.")
        for by in (self.cast.contributor, self.cast.contributor_my_xuyen, self.cast.technical_admin):
            with self.subTest(by=str(by)), self.assertRaises(Refused):
                agreeing.decide_back(self.relation, by=by, agrees=True)

    def waits_for(self, person) -> bool:
        address = reverse("legalref_agree_relation", args=[self.relation.pk])
        return address in {row.address for row in rows_for(person, {"quyet-dinh"})}

    def test_waits_for_those_who_may_agree_and_goes_once_one_did(self):
        agreeing.ask_back(self.relation, by=self.cast.contributor, reason="Ghi nhầm.")
        self.assertTrue(self.waits_for(self.cast.head))
        self.assertFalse(self.waits_for(self.cast.contributor))

        agreeing.decide_back(self.relation, by=self.cast.head, agrees=True)

        self.relation.refresh_from_db()
        self.assertEqual((self.relation.revoked_by, self.relation.revoked_reason), (self.cast.contributor, "Ghi nhầm."))
        self.assertFalse(self.shows(FREE_TEXT))
        self.assertFalse(self.waits_for(self.cast.head))

    def test_is_left_with_a_reason_and_may_be_asked_again(self):
        agreeing.ask_back(self.relation, by=self.cast.contributor, reason="Ghi nhầm.")
        with self.assertRaises(ValidationError):
            agreeing.decide_back(self.relation, by=self.cast.head, agrees=False)

        agreeing.decide_back(self.relation, by=self.cast.head, agrees=False, reason="Văn bản ghi đúng.")

        self.assertTrue(self.shows(FREE_TEXT))
        self.assertFalse(self.waits_for(self.cast.head))
        agreeing.ask_back(self.relation, by=self.cast.contributor, reason="Vẫn nhầm.")
        self.assertTrue(self.waits_for(self.cast.head))

    def test_of_a_repeal_leaves_its_status_until_the_second_agreed(self):
        repeal = agreed(lifecycle.relate(self.new, AMENDS, self.old, by=self.clerk, effective_on=date(2022, 1, 1)))
        agreeing.ask_back(repeal, by=self.clerk, reason="Ghi nhầm.")
        self.assertEqual(DocumentStatus.objects.get(document=self.old).code, "partly_lapsed")

        undone = agreeing.decide_back(repeal, by=self.cast.head, agrees=True)

        self.assertEqual(undone.relation, repeal)
        self.assertEqual(DocumentStatus.objects.get(document=self.old).code, "in_force")
