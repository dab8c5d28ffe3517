"""Relations, the repeal with its tasks on several sites, and taking it back."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from wagtail.models import Locale, ModelLogEntry, Page

from base.gate import Refused
from legalref.citations import citing_pages
from legalref.life import lifecycle
from legalref.life.effect import AMENDS, DETAILS, REPLACES, StatusCode
from legalref.models import DocumentRelation, RepealEffect, SiteDocument
from sections.models import ArticlePage
from tests.city import CityTestCase, draft, publish, publish_at_once
from tests.legalref.library import related, repealed
from workflows.models import Deadline, TakeDown
from workflows.publishing import takedown

from .library import draft_document, on_city_host, public_document, register, second_person

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
MOMENT = datetime(2026, 3, 2, 9, 0, tzinfo=VIETNAM)


class WithCitingPages(CityTestCase):
    """A decision cited on three sites, once in English, and one that replaces it."""

    english = True

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.clerk = cls.cast.standing_office
        register(cls.city.site)
        cls.old = public_document(cls.city.site, by=cls.cast.editor)
        cls.new = public_document(
            cls.city.site,
            by=cls.cast.editor,
            symbol="05/2026/QĐ-UBND",
            issued_on=date(2026, 2, 1),
            effective_from=date(2026, 3, 1),
        )
        cls.pages = [
            cls.article(site, cls.old, f"Bài về quy định mẫu {number}")
            for number, site in enumerate((cls.city.site, cls.city.my_long, cls.city.my_xuyen), 1)
        ]
        cls.unpublished = draft(
            cls.page(cls.old, "Bản nháp dẫn văn bản"), cls.city.section(cls.city.my_long), by=cls.clerk
        )
        cls.silent = cls.article(cls.city.my_long, None, "Bài không dẫn văn bản nào")

    @classmethod
    def page(cls, document, title, role="about"):
        basis = [("document", {"document": document, "provision": "Điều 1", "role": role})] if document else []
        return ArticlePage(
            title=title,
            summary="Tóm tắt.",
            author_name="Phòng mẫu",
            source_name="Phòng mẫu",
            responsible_unit=cls.city.site.unit,
            body=[("paragraph", "<p>Nội dung.</p>")],
            legal_basis=basis,
        )

    @classmethod
    def article(cls, site, document, title, role="about"):
        page = draft(cls.page(document, title, role), cls.city.section(site), by=cls.clerk)
        return publish_at_once(page)

    def repeal(self, **values):
        values = {"by": self.clerk, "on": MOMENT, "by_document": self.new, "effective_on": date(2026, 3, 1), **values}
        return repealed(self.old, **values)


class Affected(WithCitingPages):
    def test_shows_the_live_citing_pages_by_site_without_writing(self):
        before = TakeDown.objects.count(), DocumentRelation.objects.count()

        found = lifecycle.affected(self.old)

        self.assertEqual([site.slug for site in found.pages], ["long-xuyen", "my-long", "my-xuyen"])
        self.assertEqual(
            [item.page.pk for pages in found.pages.values() for item in pages], [page.pk for page in self.pages]
        )
        self.assertEqual((TakeDown.objects.count(), DocumentRelation.objects.count()), before)

    def test_english_page_is_reached(self):
        english = Locale.objects.get(language_code="en")
        home = self.city.site.home_page(locale=english)
        page = self.page(self.old, "An article about the sample rule")
        page.live, page.locale, page.slug = False, english, "an-article"
        home.add_child(instance=page)
        page.save_revision(user=self.clerk)
        publish_at_once(page)

        self.assertIn(page.pk, [found.pk for found in citing_pages.pages_citing(self.old)])

    def test_page_that_only_rests_on_it_is_suggested_for_editing(self):
        page = self.article(self.city.my_long, self.old, "Bài chỉ căn cứ", role="basis")

        found = {item.page.pk: item for pages in lifecycle.affected(self.old).pages.values() for item in pages}

        self.assertEqual(found[page.pk].suggestion, TakeDown.Decision.EDIT)
        self.assertEqual(found[self.pages[0].pk].suggestion, TakeDown.Decision.TAKE_DOWN)

    def test_queries_do_not_grow_with_the_pages(self):
        with self.assertNumQueries(FuzzyInt(1, 14)):
            lifecycle.affected(self.old)
        for number in range(6):
            self.article(self.city.dong_xuyen, self.old, f"Bài thêm {number}")
        with self.assertNumQueries(FuzzyInt(1, 14)):
            lifecycle.affected(self.old)

    def test_detailing_documents_are_named_with_the_rule_of_that_day(self):
        detail = public_document(self.city.site, by=self.cast.editor, symbol="13/2021/QĐ-UBND")
        related(detail, DETAILS, self.old, by=self.cast.editor)

        old_law = lifecycle.affected(self.old, effective_on=date(2025, 3, 31))
        new_law = lifecycle.affected(self.old, effective_on=date(2025, 4, 1))

        self.assertEqual([item.document for item in old_law.dependents], [detail])
        self.assertTrue(old_law.dependents_lapse)
        self.assertFalse(new_law.dependents_lapse)


class Repeal(WithCitingPages):
    def test_opens_one_task_a_page_on_three_sites(self):
        relation = self.repeal()

        rows = TakeDown.objects.filter(repeal_effect__relation=relation)
        self.assertEqual(sorted(row.page_id for row in rows), sorted(page.pk for page in self.pages))
        self.assertEqual({row.site.slug for row in rows}, {"long-xuyen", "my-long", "my-xuyen"})
        self.assertEqual({row.ground for row in rows}, {TakeDown.Ground.POLICY_REPEALED})
        self.assertEqual({row.state for row in rows}, {TakeDown.State.OPEN})
        self.assertEqual(len({row.group for row in rows}), 1)
        self.assertTrue(all(row.replacement_url.endswith(f"/van-ban/{self.new.slug}/") for row in rows))
        self.assertTrue(all("05/2026/QĐ-UBND" in row.replacement_label for row in rows))

    def test_takes_no_page_down_by_itself(self):
        self.repeal()

        self.assertTrue(all(ArticlePage.objects.get(pk=page.pk).live for page in self.pages))

    def test_sets_the_status_with_its_reason(self):
        self.repeal()

        self.old.refresh_from_db()
        self.assertEqual(self.old.stored_status.code, StatusCode.LAPSED)
        self.assertIn("Được thay thế bởi Quyết định 05/2026/QĐ-UBND", self.old.stored_status.reason)
        self.assertEqual(lifecycle.status(self.old, date(2026, 2, 28)).code, StatusCode.IN_FORCE)

    def test_is_logged_once(self):
        self.repeal()

        self.assertEqual(ModelLogEntry.objects.filter(action="portal.document.repeal").count(), 1)

    def test_again_changes_nothing(self):
        first = self.repeal()
        row = TakeDown.objects.filter(repeal_effect__relation=first).first()
        takedown.decide(row, "keep", by=self.cast.head, on=MOMENT, note="Tin có giá trị lịch sử.")

        second = self.repeal()

        self.assertEqual(first, second)
        self.assertEqual(DocumentRelation.objects.valid().count(), 1)
        self.assertEqual(TakeDown.objects.count(), 3)
        self.assertEqual(RepealEffect.objects.count(), 3)

    def test_decision_of_a_second_person_takes_the_page_down(self):
        relation = self.repeal()
        row = TakeDown.objects.get(repeal_effect__relation=relation, page=self.pages[1])

        takedown.decide(row, "take_down", by=self.cast.head, on=MOMENT)

        response = self.client.get(on_city_host(self.city, self.pages[1]))
        self.assertEqual(response.status_code, 410)
        self.assertContains(response, "05/2026/QĐ-UBND", status_code=410)

    def test_partial_repeal_only_asks_for_a_review(self):
        relation = self.repeal(scope=["Điều 3", "khoản 2 Điều 5"])

        rows = TakeDown.objects.filter(repeal_effect__relation=relation)
        self.assertEqual({row.suggestion for row in rows}, {TakeDown.Decision.EDIT})
        self.assertTrue(all("Điều 3, khoản 2 Điều 5" in row.internal_note for row in rows))
        self.assertEqual(lifecycle.status(self.old, date(2026, 3, 2)).code, StatusCode.PARTLY_LAPSED)

    def test_without_a_document_needs_a_reason(self):
        with self.assertRaises(ValidationError) as caught:
            self.repeal(by_document=None)
        self.assertIn("by_document", caught.exception.message_dict)

        relation = self.repeal(by_document=None, reason="Nghị quyết mẫu số 9/NQ-HĐND chưa có trong sổ")
        self.assertIn("Nghị quyết mẫu", lifecycle.status(self.old, date(2026, 3, 2)).reason)
        self.assertIsNone(relation.source)

    def test_for_a_reason_alone_is_said_as_one_on_the_page_in_its_relations_and_when_pages_go(self):
        relation = self.repeal(by_document=None, reason="Không còn phù hợp.", stated_in="Báo cáo rà soát năm 2025")

        self.old.refresh_from_db()
        said = "Bị bãi bỏ từ ngày 01/03/2026; lý do: Không còn phù hợp. (Báo cáo rà soát năm 2025)"
        self.assertTrue(self.old.stored_status.reason.startswith(said))
        row = TakeDown.objects.filter(repeal_effect__relation=relation).first()
        self.assertEqual(row.explanation, f"{self.old.name} b{said[1:]}.")
        self.assertEqual(relation.source_text, "")

    def test_by_a_document_not_yet_in_the_register_is_said_by_its_name(self):
        relation = self.repeal(by_document=None, other_text="Nghị quyết 9/NQ-HĐND của tỉnh", reason="Trùng lặp.")

        self.old.refresh_from_db()
        self.assertIn("Bị bãi bỏ bởi Nghị quyết 9/NQ-HĐND của tỉnh từ ngày", self.old.stored_status.reason)
        self.assertEqual((relation.source_text, relation.stated_in), ("Nghị quyết 9/NQ-HĐND của tỉnh", "Trùng lặp."))

    def test_for_the_same_reason_again_changes_nothing(self):
        first = self.repeal(by_document=None, reason="Không còn phù hợp.")

        self.assertEqual(self.repeal(by_document=None, reason="Không còn phù hợp."), first)

    def test_needs_the_right(self):
        for person in (self.cast.contributor, self.cast.editor, self.cast.ward_approver, self.cast.technical_admin):
            with self.subTest(person.username), self.assertRaises(Refused):
                self.repeal(by=person)

    def test_by_a_draft_is_refused(self):
        unpublished = draft_document(self.city.site, by=self.cast.editor, symbol="77/2021/QĐ-UBND")

        with self.assertRaises(Refused):
            self.repeal(by_document=unpublished)

    def test_in_the_future_opens_its_tasks_on_the_day(self):
        self.repeal(effective_on=date(2026, 4, 1))
        self.assertEqual(TakeDown.objects.count(), 0)

        lifecycle.refresh_status(on=datetime(2026, 3, 31, 0, 1, tzinfo=VIETNAM))
        self.assertEqual(TakeDown.objects.count(), 0)
        lifecycle.refresh_status(on=datetime(2026, 4, 1, 0, 1, tzinfo=VIETNAM))

        self.assertEqual(TakeDown.objects.count(), 3)
        self.assertEqual(lifecycle.status(self.old, date(2026, 4, 1)).code, StatusCode.LAPSED)

    def test_page_with_another_take_down_keeps_that_one(self):
        (other,) = takedown.propose(self.pages[0], TakeDown.Ground.ERROR, by=self.clerk, on=MOMENT)

        relation = self.repeal()

        self.assertFalse(RepealEffect.objects.filter(takedown=other).exists())
        self.assertEqual(relation.effects.count(), 2)


class RecordedAhead(WithCitingPages):
    """A repeal of 01/04/2026, recorded on 02/03/2026."""

    DAY = datetime(2026, 4, 1, 0, 1, tzinfo=VIETNAM)

    def ahead(self, document, **more):
        return repealed(document, by=self.clerk, on=MOMENT, by_document=self.new, effective_on=date(2026, 4, 1), **more)

    def uncited(self, symbol="78/2021/QĐ-UBND"):
        return public_document(self.city.site, by=self.cast.editor, symbol=symbol)

    def test_one_that_no_page_cites_on_its_day_takes_down_nothing_that_cites_it_later(self):
        document = self.uncited()
        relation = self.ahead(document)
        lifecycle.refresh_status(on=self.DAY)

        self.article(self.city.my_long, document, "Bài viết về sau")
        lifecycle.refresh_status(on=datetime(2026, 9, 1, 0, 1, tzinfo=VIETNAM))

        self.assertFalse(TakeDown.objects.exists())
        relation.refresh_from_db()
        self.assertEqual(relation.tasks_opened_on, date(2026, 4, 1))

    def test_pages_that_came_to_cite_it_before_its_day_get_their_tasks_on_that_day(self):
        document = self.uncited()
        self.ahead(document)
        page = self.article(self.city.my_long, document, "Bài viết trước ngày ấy")

        lifecycle.refresh_status(on=self.DAY)

        self.assertEqual([row.page_id for row in TakeDown.objects.all()], [page.pk])

    def test_a_day_on_which_the_jobs_stood_still_is_made_up_for(self):
        self.ahead(self.old)

        lifecycle.refresh_status(on=datetime(2026, 4, 9, 0, 1, tzinfo=VIETNAM))

        self.assertEqual(TakeDown.objects.count(), 3)

    def test_a_person_who_records_it_again_reaches_the_pages_that_came_since(self):
        document = self.uncited()
        self.ahead(document)
        lifecycle.refresh_status(on=self.DAY)
        page = self.article(self.city.my_long, document, "Bài viết về sau")

        repealed(document, by=self.clerk, on=self.DAY, by_document=self.new)

        self.assertEqual([row.page_id for row in TakeDown.objects.all()], [page.pk])

    def test_one_that_fails_stops_no_other_and_is_tried_again(self):
        broken = self.uncited()
        self.ahead(broken)
        self.ahead(self.old)
        page = self.article(self.city.my_xuyen, broken, "Bài hỏng")
        kind = page.content_type
        # The row of its own type is gone, as after a fault of the database.
        Page.objects.filter(pk=page.pk).update(content_type=self.city.home.content_type)

        with self.assertRaisesMessage(RuntimeError, "Không mở được việc rà soát"):
            lifecycle.open_due_tasks(on=self.DAY)
        self.assertEqual(TakeDown.objects.count(), 3)

        Page.objects.filter(pk=page.pk).update(content_type=kind)
        lifecycle.open_due_tasks(on=self.DAY)
        self.assertEqual(TakeDown.objects.count(), 4)


class Undo(WithCitingPages):
    def test_reverses_exactly_what_it_set(self):
        relation = self.repeal()
        first, second, third = TakeDown.objects.filter(repeal_effect__relation=relation).order_by("page__path")
        takedown.decide(second, "take_down", by=self.cast.head, on=MOMENT)
        takedown.decide(third, "keep", by=self.cast.head, on=MOMENT, note="Tin có giá trị lịch sử.")

        undone = lifecycle.undo_repeal(
            relation, by=self.clerk, agreed_by=second_person(self.clerk), on=MOMENT, reason="Ghi nhận nhầm văn bản"
        )

        self.assertEqual([row.pk for row in undone.withdrawn], [first.pk])
        self.assertEqual([row.pk for row in undone.restored], [second.pk])
        self.assertEqual([row.pk for row in undone.to_review], [third.pk])
        self.assertEqual(lifecycle.status(self.old, date(2026, 3, 2)).code, StatusCode.IN_FORCE)
        self.old.refresh_from_db()
        self.assertEqual(self.old.stored_status.code, StatusCode.IN_FORCE)
        first.refresh_from_db()
        self.assertEqual(first.state, TakeDown.State.WITHDRAWN)

    def test_restored_page_goes_public_through_approval(self):
        relation = self.repeal()
        row = TakeDown.objects.get(repeal_effect__relation=relation, page=self.pages[1])
        takedown.decide(row, "take_down", by=self.cast.head, on=MOMENT)
        lifecycle.undo_repeal(
            relation, by=self.clerk, agreed_by=second_person(self.clerk), on=MOMENT, reason="Ghi nhận nhầm"
        )
        page = ArticlePage.objects.get(pk=self.pages[1].pk)
        self.assertFalse(page.live)

        page = publish(page, by=self.clerk)

        self.assertTrue(page.live)
        self.assertEqual(page.slug, self.pages[1].slug)

    def test_relation_stays_with_who_took_it_back_and_can_be_recorded_anew(self):
        relation = self.repeal()
        lifecycle.undo_repeal(
            relation, by=self.clerk, agreed_by=second_person(self.clerk), on=MOMENT, reason="Ghi nhận nhầm"
        )

        relation.refresh_from_db()
        self.assertEqual(relation.revoked_by, self.clerk)
        self.assertNotEqual(self.repeal(), relation)

    def test_needs_right_and_reason(self):
        relation = self.repeal()

        with self.assertRaises(Refused):
            lifecycle.undo_repeal(relation, by=self.cast.editor, agreed_by=second_person(self.cast.editor), reason="Vì")
        with self.assertRaises(ValidationError):
            lifecycle.undo_repeal(relation, by=self.clerk, agreed_by=second_person(self.clerk), reason=" ")


class Relations(WithCitingPages):
    def test_document_does_not_act_on_itself(self):
        with self.assertRaises(ValidationError):
            related(self.old, AMENDS, self.old, by=self.clerk, effective_on=date(2022, 1, 1))

    def test_circle_of_replacements_is_refused(self):
        third = public_document(self.city.site, by=self.cast.editor, symbol="14/2021/QĐ-UBND")
        related(self.new, REPLACES, self.old, by=self.clerk, effective_on=date(2026, 3, 1))
        related(third, REPLACES, self.new, by=self.clerk, effective_on=date(2026, 4, 1))

        with self.assertRaises(ValidationError) as caught:
            related(self.old, REPLACES, third, by=self.clerk, effective_on=date(2026, 5, 1))

        self.assertIn("source", caught.exception.message_dict)

    def test_two_replacers_are_allowed(self):
        third = public_document(self.city.site, by=self.cast.editor, symbol="14/2021/QĐ-UBND")
        related(self.new, REPLACES, self.old, by=self.clerk, effective_on=date(2026, 3, 1))
        related(third, REPLACES, self.old, by=self.clerk, effective_on=date(2026, 3, 1))

        self.assertEqual(DocumentRelation.objects.valid().filter(target=self.old).count(), 2)

    def test_writer_may_note_a_basis_but_change_no_status(self):
        related(self.new, DETAILS, self.old, by=self.cast.editor)

        with self.assertRaises(Refused):
            related(self.new, AMENDS, self.old, by=self.cast.editor, effective_on=date(2026, 3, 1))

    def test_citing_a_repealed_document_takes_nothing_down(self):
        related(self.new, REPLACES, self.old, by=self.clerk, effective_on=date(2026, 3, 1))
        lifecycle.refresh_status(on=date(2026, 3, 2))

        self.assertEqual(TakeDown.objects.count(), 0)


class MarkForSite(WithCitingPages):
    def test_starts_the_deadline_of_the_ground_and_publication_meets_it(self):
        document = draft_document(self.city.site, by=self.cast.editor, symbol="20/2021/QĐ-UBND")
        lifecycle.mark_for_site(document, self.city.site, ground="issuer", by=self.clerk)
        lifecycle.mark_for_site(document, self.city.my_long, ground="in_scope", by=self.clerk)
        deadline_rows = Deadline.objects.for_subject(document)

        self.assertEqual({deadline.rule.code for deadline in deadline_rows}, {"DL-DOC-OWN", "DL-DOC-SCOPE"})
        self.assertEqual({deadline.started_on for deadline in deadline_rows}, {document.issued_on})

        publish(document, by=self.cast.editor)

        self.assertFalse(Deadline.objects.for_subject(document).filter(met_on=None).exists())

    def test_public_document_meets_it_at_once(self):
        lifecycle.mark_for_site(self.old, self.city.my_long, ground="in_scope", by=self.clerk)

        self.assertIsNotNone(Deadline.objects.for_subject(self.old).get().met_on)

    def test_again_keeps_the_first_mark(self):
        first = lifecycle.mark_for_site(self.old, self.city.my_long, ground="in_scope", by=self.clerk)
        second = lifecycle.mark_for_site(self.old, self.city.my_long, ground="issuer", by=self.clerk)

        self.assertEqual(first, second)
        self.assertEqual(SiteDocument.objects.count(), 1)

    def test_other_wards_people_may_not(self):
        with self.assertRaises(Refused):
            lifecycle.mark_for_site(self.old, self.city.my_long, ground="in_scope", by=self.cast.contributor_my_xuyen)


class FuzzyInt(int):
    """A number that equals every number between two bounds."""

    def __new__(cls, low, high):
        self = super().__new__(cls, high)
        self.low, self.high = low, high
        return self

    def __eq__(self, other):
        return self.low <= other <= self.high

    __hash__ = int.__hash__
