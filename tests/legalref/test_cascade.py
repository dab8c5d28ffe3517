"""A repeal and what it draws after it, row by row: under the law of 2015 and of 2025, accepted and taken back."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import Locale, Page

from legalref.life import lifecycle
from legalref.life.effect import AMENDS, BASED_ON, DETAILS, GUIDES, REFERS_TO, REPEALS, REPLACES, StatusCode
from legalref.models import DocumentRelation, DocumentStatus, RepealEffect
from sections.models import ArticlePage
from tests.city import CityTestCase, draft, publish_at_once
from tests.legalref.library import related, repealed
from workflows.models import Deadline, TakeDown
from workflows.publishing import takedown

from .library import public_document, register, second_person

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
OLD_LAW = date(2025, 3, 1)
NEW_LAW = date(2025, 4, 1)
S = StatusCode


class Cascade(CityTestCase):
    """A decision; one that details it, one that details that one, one that only rests on it; pages about each.

    The decision is cited on three sites and in English, the detailing one on a fourth page.
    """

    english = True

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.clerk, city = cls.cast.standing_office, cls.city
        register(city.site)
        with time_machine.travel("2024-06-03 09:00 +07:00"):
            cls.old, cls.detail, cls.finer, cls.resting = (
                public_document(city.site, by=cls.cast.editor, symbol=f"{number}/2021/QĐ-UBND")
                for number in (12, 13, 14, 15)
            )
            cls.new = public_document(
                city.site,
                by=cls.cast.editor,
                symbol="05/2024/QĐ-UBND",
                issued_on=date(2024, 5, 1),
                effective_from=date(2024, 5, 15),
            )
            for source, code, target in (
                (cls.detail, DETAILS, cls.old),
                (cls.finer, DETAILS, cls.detail),
                (cls.resting, BASED_ON, cls.old),
            ):
                related(source, code, target, by=cls.clerk)
            cls.pages = {
                site.slug: cls.page_about(cls.old, city.section(site))
                for site in (city.site, city.my_long, city.my_xuyen)
            }
            english = city.site.home_page(locale=Locale.objects.get(language_code="en"))
            cls.pages["en"] = cls.page_about(cls.old, english)
            cls.pages["detail"] = cls.page_about(cls.detail, city.section(city.dong_xuyen))

    @classmethod
    def page_about(cls, document, parent):
        page = ArticlePage(
            title="Bài thử",
            summary="Tóm tắt.",
            author_name="Phòng mẫu",
            source_name="Phòng mẫu",
            responsible_unit=cls.city.site.unit,
            body=[("paragraph", "<p>Nội dung.</p>")],
            legal_basis=[("document", {"document": document, "provision": "", "role": "about"})],
        )
        return publish_at_once(draft(page, parent, by=cls.clerk))

    def repeal(self, effective_on, *, on=None, **values):
        day = on or effective_on
        moment = datetime(day.year, day.month, day.day, 9, tzinfo=VIETNAM)
        return repealed(self.old, by=self.clerk, by_document=self.new, on=moment, effective_on=effective_on, **values)

    def statuses(self):
        names = {document.pk: name for name, document in self.documents().items()}
        return {names[row.document_id]: row.code for row in DocumentStatus.objects.filter(document__in=names)}

    def documents(self):
        return {name: getattr(self, name) for name in ("old", "detail", "finer", "resting", "new")}

    def tasks(self):
        names = {page.pk: name for name, page in self.pages.items()}
        return {names[row.page_id]: row.state for row in TakeDown.objects.all()}

    def everything(self):
        """The rows that a repeal may change, as plain values."""
        return {
            "statuses": sorted(DocumentStatus.objects.values_list("document_id", "code", "reason", "since")),
            "relations": set(DocumentRelation.objects.valid().values_list("source_id", "code", "target_id")),
            "live": sorted(Page.objects.live().values_list("pk", flat=True)),
            "open": sorted(TakeDown.objects.filter(state__in=TakeDown.UNDECIDED).values_list("pk", flat=True)),
            "clocks": sorted(Deadline.objects.filter(met_on=None, cancelled=False).values_list("pk", flat=True)),
        }


class Proposal(Cascade):
    def proposed(self, on, scope=()):
        found = lifecycle.affected(self.old, effective_on=on, scope=scope)
        return {(item.document, item.parent): item.lapses for item in found.dependents}

    def test_law_of_2015_lets_detailing_documents_lapse_with_it_and_those_that_detail_them(self):
        self.assertEqual(
            self.proposed(date(2025, 3, 31)), {(self.detail, self.old): True, (self.finer, self.detail): True}
        )

    def test_law_of_2025_lets_them_stay(self):
        self.assertEqual(self.proposed(NEW_LAW), {(self.detail, self.old): False, (self.finer, self.detail): False})

    def test_repeal_of_a_part_lets_them_stay_under_either_law(self):
        self.assertEqual(set(self.proposed(OLD_LAW, ["Điều 3"]).values()), {False})

    def test_what_rests_on_it_refers_to_it_or_only_guides_is_not_proposed(self):
        related(self.new, REFERS_TO, self.old, by=self.clerk)
        related(self.resting, GUIDES, self.old, by=self.clerk)

        self.assertEqual({document for document, _parent in self.proposed(OLD_LAW)}, {self.detail, self.finer})

    def test_what_has_lapsed_already_is_named_but_not_proposed(self):
        related(self.new, REPLACES, self.detail, by=self.clerk, effective_on=date(2024, 7, 1))

        self.assertFalse(self.proposed(OLD_LAW)[(self.detail, self.old)])

    def test_drafts_and_what_is_issued_later_are_left_out(self):
        type(self.finer).objects.filter(pk=self.finer.pk).update(issued_on=date(2026, 1, 1))

        self.assertEqual(list(self.proposed(OLD_LAW)), [(self.detail, self.old)])

    def test_wizard_ticks_what_the_law_proposes_and_takes_what_is_ticked(self):
        self.client.force_login(self.clerk)
        address = reverse("legalref_repeal", args=[self.old.pk])
        form = {"code": REPLACES, "by_document": self.new.pk, "effective_on": "01/03/2025", "step": "preview"}
        ticked = [f'value="{document.pk}" checked' for document in (self.detail, self.finer)]

        shown = self.client.post(address, form)
        for box in ticked:
            self.assertContains(shown, box)
        later = self.client.post(address, {**form, "effective_on": "01/04/2025"})
        for box in ticked:
            self.assertNotContains(later, box)
        back = self.client.post(address, {**form, "step": "back", "was_asked": "1", "lapsing": [self.detail.pk]})
        self.assertContains(back, f'<input type="hidden" name="lapsing" value="{self.detail.pk}"')
        again = self.client.post(address, {**form, "was_asked": "1", "lapsing": [self.detail.pk]})
        self.assertContains(again, ticked[0])
        self.assertNotContains(again, ticked[1])
        self.client.post(address, {**form, "step": "confirm", "was_asked": "1", "lapsing": [self.detail.pk]})

        self.assertEqual({row.target for row in DocumentRelation.objects.exclude(follows_from=None)}, {self.detail})

    def test_writes_nothing(self):
        before = self.everything()

        lifecycle.affected(self.old, effective_on=OLD_LAW)

        self.assertEqual(self.everything(), before)


class Confirmed(Cascade):
    """What is recorded, accepted and taken back."""

    def test_law_of_2015_accepted_row_by_row(self):
        relation = self.repeal(OLD_LAW, lapsing=[self.detail, self.finer])

        self.assertEqual(
            self.statuses(),
            {"old": S.LAPSED, "detail": S.LAPSED, "finer": S.LAPSED, "resting": S.IN_FORCE, "new": S.IN_FORCE},
        )
        self.assertEqual(
            [(row.target, row.code, row.follows_from) for row in lifecycle.with_consequences(relation)],
            [
                (self.old, REPLACES, None),
                (self.detail, REPEALS, relation),
                (self.finer, REPEALS, relation.consequences.get()),
            ],
        )
        self.assertEqual(
            lifecycle.status(self.finer, OLD_LAW).reason,
            "Hết hiệu lực cùng Quyết định 13/2021/QĐ-UBND (khoản 4 Điều 154 Luật 80/2015/QH13) từ ngày 01/03/2025 "
            "(chưa đối chiếu với bản gốc).",
        )
        self.assertEqual(lifecycle.status(self.finer, date(2025, 2, 28)).code, S.IN_FORCE)
        self.assertEqual(self.tasks(), dict.fromkeys(self.pages, TakeDown.State.OPEN))
        self.assertEqual(
            {row.site.slug for row in TakeDown.objects.all()}, {"long-xuyen", "my-long", "my-xuyen", "dong-xuyen"}
        )
        self.assertEqual(
            {effect.document for effect in RepealEffect.objects.filter(relation=relation.consequences.get())},
            {self.detail},
        )
        detail = TakeDown.objects.get(page=self.pages["detail"])
        self.assertIn("13/2021/QĐ-UBND hết hiệu lực cùng Quyết định 12/2021/QĐ-UBND", detail.explanation)

    def test_law_of_2015_taken_back_row_by_row(self):
        before = self.everything()
        relation = self.repeal(OLD_LAW, lapsing=[self.detail, self.finer])

        undone = lifecycle.undo_repeal(
            relation,
            by=self.clerk,
            agreed_by=second_person(self.clerk),
            on=datetime(2025, 3, 2, 9, tzinfo=VIETNAM),
            reason="Ghi nhầm",
        )

        self.assertEqual(self.everything(), before)
        self.assertEqual([row.target for row in undone.consequences], [self.detail, self.finer])
        self.assertEqual(self.tasks(), dict.fromkeys(self.pages, TakeDown.State.WITHDRAWN))

    def test_one_person_records_and_another_who_may_takes_back(self):
        before = self.everything()
        self.clerk, recorder = self.cast.head, self.clerk
        relation = self.repeal(OLD_LAW, lapsing=[self.detail])

        lifecycle.undo_repeal(relation, by=recorder, agreed_by=second_person(recorder), on=OLD_LAW, reason="Ghi nhầm")

        self.assertEqual(self.everything(), before)

    def test_taking_back_restores_the_page_that_was_taken_down_for_a_detailing_document(self):
        relation = self.repeal(OLD_LAW, lapsing=[self.detail, self.finer])
        row = TakeDown.objects.get(page=self.pages["detail"])
        takedown.decide(row, "take_down", by=self.cast.head, on=datetime(2025, 3, 2, 9, tzinfo=VIETNAM))

        undone = lifecycle.undo_repeal(relation, by=self.clerk, agreed_by=second_person(self.clerk), reason="Ghi nhầm")

        self.assertEqual([found.page_id for found in undone.restored], [self.pages["detail"].pk])

    def test_not_accepted_nothing_lapses_by_itself(self):
        self.repeal(OLD_LAW)

        self.assertEqual(self.statuses()["detail"], S.IN_FORCE)
        self.assertNotIn("detail", self.tasks())

    def test_one_may_be_taken_back_alone_and_stays_taken_back(self):
        relation = self.repeal(OLD_LAW, lapsing=[self.detail, self.finer])
        second = relation.consequences.get()

        lifecycle.undo_repeal(second, by=self.clerk, agreed_by=second_person(self.clerk), reason="Văn bản còn hiệu lực")

        self.assertEqual(
            {name: code for name, code in self.statuses().items() if name in ("old", "detail", "finer")},
            {"old": S.LAPSED, "detail": S.IN_FORCE, "finer": S.IN_FORCE},
        )
        self.assertEqual(
            lifecycle.undo_repeal(
                relation, by=self.clerk, agreed_by=second_person(self.clerk), reason="Ghi nhầm"
            ).consequences,
            [],
        )

    def test_again_changes_nothing(self):
        first = self.repeal(OLD_LAW, lapsing=[self.detail, self.finer])
        before = self.everything()

        self.assertEqual(self.repeal(OLD_LAW, lapsing=[self.detail, self.finer]), first)
        self.assertEqual(self.everything(), before)

    def test_recorded_ahead_tasks_come_on_the_day(self):
        relation = self.repeal(date(2025, 3, 20), on=OLD_LAW, lapsing=[self.detail])
        self.assertEqual(self.tasks(), {})

        lifecycle.refresh_status(on=datetime(2025, 3, 20, 0, 1, tzinfo=VIETNAM))

        self.assertEqual(set(self.tasks()), set(self.pages))
        self.assertEqual(relation.consequences.get().effects.get().takedown.page_id, self.pages["detail"].pk)

    def test_law_of_2025_row_by_row_they_stay_and_only_what_cites_the_document_gets_a_task(self):
        self.repeal(NEW_LAW)

        self.assertEqual(
            self.statuses(),
            {"old": S.LAPSED, "detail": S.IN_FORCE, "finer": S.IN_FORCE, "resting": S.IN_FORCE, "new": S.IN_FORCE},
        )
        self.assertEqual(self.tasks(), dict.fromkeys(("long-xuyen", "my-long", "my-xuyen", "en"), TakeDown.State.OPEN))

    def test_law_of_2025_taken_back_row_by_row(self):
        before = self.everything()

        lifecycle.undo_repeal(
            self.repeal(NEW_LAW), by=self.clerk, agreed_by=second_person(self.clerk), on=NEW_LAW, reason="Ghi nhầm"
        )

        self.assertEqual(self.everything(), before)

    def test_one_that_was_published_as_lapsed_is_recorded_with_that_ground(self):
        self.repeal(NEW_LAW, lapsing=[self.detail])

        self.assertEqual(self.statuses()["detail"], S.LAPSED)
        self.assertIn("khoản 2 Điều 57 Luật 64/2025/QH15", lifecycle.status(self.detail, NEW_LAW).reason)
        self.assertEqual(self.statuses()["finer"], S.IN_FORCE)

    def test_part_opens_reviews_that_name_the_provisions_on_every_site_and_language(self):
        self.repeal(OLD_LAW, scope=["Điều 3", "khoản 2 Điều 5"])

        rows = {row.page_id: row for row in TakeDown.objects.all()}
        self.assertEqual(set(rows), {self.pages[name].pk for name in ("long-xuyen", "my-long", "my-xuyen", "en")})
        for row in rows.values():
            self.assertEqual(row.suggestion, TakeDown.Decision.EDIT)
            self.assertIn("Điều 3, khoản 2 Điều 5", row.internal_note)
        self.assertEqual(self.statuses()["old"], S.PARTLY_LAPSED)
        self.assertEqual(
            lifecycle.status(self.old, OLD_LAW).reason,
            "Được thay thế bởi Quyết định 05/2024/QĐ-UBND (Điều 3, khoản 2 Điều 5) từ ngày 01/03/2025 "
            "(chưa đối chiếu với bản gốc).",
        )

    def test_part_lets_no_detailing_document_lapse(self):
        with self.assertRaises(ValidationError) as caught:
            self.repeal(OLD_LAW, scope=["Điều 3"], lapsing=[self.detail])

        self.assertIn("lapsing", caught.exception.message_dict)

    def test_document_that_details_nothing_of_it_is_refused_and_nothing_written(self):
        before = self.everything()

        with self.assertRaises(ValidationError) as caught:
            self.repeal(OLD_LAW, lapsing=[self.resting])

        self.assertIn("15/2021/QĐ-UBND", caught.exception.message_dict["lapsing"][0])
        self.assertEqual(self.everything(), before)

    def test_one_further_down_lapses_only_with_what_it_details(self):
        with self.assertRaises(ValidationError) as caught:
            self.repeal(OLD_LAW, lapsing=[self.finer])

        self.assertIn("hãy đánh dấu cả hai", caught.exception.message_dict["lapsing"][0])

    def test_circles_of_each_kind_are_refused(self):
        related(self.new, AMENDS, self.old, by=self.clerk, effective_on=date(2024, 6, 1))
        for code, values in ((DETAILS, {}), (AMENDS, {"effective_on": date(2024, 7, 1)}), (BASED_ON, {})):
            source, target = {DETAILS: (self.old, self.finer), AMENDS: (self.old, self.new)}.get(
                code, (self.old, self.resting)
            )
            with self.subTest(code), self.assertRaises(ValidationError) as caught:
                related(source, code, target, by=self.clerk, **values)
            self.assertIn("không thể đi vòng", caught.exception.message_dict["source"][0])

    def test_two_may_refer_to_each_other(self):
        related(self.new, REFERS_TO, self.old, by=self.clerk)

        self.assertTrue(related(self.old, REFERS_TO, self.new, by=self.clerk).pk)

    def test_no_document_acts_on_itself_in_any_way(self):
        for code in (REPLACES, AMENDS, DETAILS, BASED_ON, REFERS_TO):
            with self.subTest(code), self.assertRaises(ValidationError):
                related(self.old, code, self.old, by=self.clerk, effective_on=date(2024, 6, 1))
