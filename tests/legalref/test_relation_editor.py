"""The editor of relations: both directions in words, errors that lose nothing, who may note what, taking back."""

from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from legalref import seeding
from legalref.life import lifecycle
from legalref.life.effect import AMENDS, BASED_ON, DETAILS, PAUSES, REFERS_TO, RELATIONS, REPEALS, REPLACES
from legalref.life.relation_forms import ways
from legalref.models import DocumentRelation
from tests.city import CityTestCase

from .library import agreed, draft_document, public_document, related


class Editor(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        seeding.seed_types()
        cls.old = public_document(cls.city.site, by=cls.cast.editor)
        cls.new = public_document(cls.city.site, by=cls.cast.editor, symbol="20/2021/QĐ-UBND")
        cls.ward = public_document(cls.city.my_long, by=cls.cast.contributor, symbol="3/2021/QĐ-UBND")
        cls.foreign = draft_document(cls.city.my_xuyen, by=cls.cast.contributor_my_xuyen, symbol="8/2021/QĐ-UBND")

    def address(self, document=None):
        return reverse("legalref_relations", args=[(document or self.old).pk])

    def send(self, relation, *, document=None, other="", **values):
        data = {
            "relation": relation,
            "other": getattr(other, "pk", other),
            "other_text": "",
            "scope": "",
            "effective_on": "",
            "until": "",
            "stated_in": "",
        }
        return self.client.post(self.address(document), {**data, **values})

    # --- What is offered and shown -----------------------------------------------------------------------

    def test_offers_fourteen_relations_in_each_direction_and_not_the_older_code_13(self):
        for (_heading, choices), way in zip(ways(), ("tac-dong", "bi-tac-dong"), strict=True):
            self.assertEqual([key for key, _ in choices], [f"{way}-{code}" for code in RELATIONS if code != 13])
        self.assertIn(("bi-tac-dong-12", "Được thay thế bởi"), ways()[1][1])

    def test_a_relation_shows_in_both_documents_each_with_the_label_of_its_side(self):
        office = self.cast.standing_office
        for code, kind in RELATIONS.items():
            related(
                self.new,
                code,
                self.old,
                by=office,
                effective_on=date(2022, 1, code),
                scope=["Điều 3"],
                stated_in="khoản 1 Điều 9",
                is_verified=True,
            )
            with self.subTest(code):
                self.client.force_login(office)
                self.assertContains(self.client.get(self.address(self.new)), f">{kind.active}</td>")
                self.assertContains(self.client.get(self.address(self.old)), f">{kind.passive}</td>")
        shown = self.client.get(self.address(self.old))
        for text in ("Điều 3", "khoản 1 Điều 9", "từ 01/01/2022", "đã đối chiếu bản gốc", str(office)):
            self.assertContains(shown, text)

    def test_the_screen_asks_the_same_number_of_queries_for_one_relation_and_for_many(self):
        self.client.force_login(self.cast.standing_office)
        counts = []
        for amount in (1, 8):
            for number in range(DocumentRelation.objects.count(), amount):
                other = draft_document(self.city.site, by=self.cast.editor, symbol=f"{40 + number}/2021/QĐ-UBND")
                related(other, DETAILS, self.old, by=self.cast.standing_office)
            self.client.get(self.address())
            with CaptureQueriesContext(connection) as found:
                self.client.get(self.address())
            counts.append(len(found))
        self.assertEqual(counts[0], counts[1])

    def test_another_wards_draft_is_named_by_no_title(self):
        related(self.foreign, BASED_ON, self.ward, by=self.cast.standing_office)
        self.client.force_login(self.cast.contributor)

        response = self.client.get(self.address(self.ward))

        self.assertContains(response, "Văn bản chưa đăng của trang khác")
        self.assertNotContains(response, "8/2021/QĐ-UBND")

    # --- Noting one --------------------------------------------------------------------------------------

    def test_direction_follows_the_words(self):
        self.client.force_login(self.cast.editor)

        self.send("tac-dong-9", other=self.new)
        self.send("bi-tac-dong-4", other=self.new)

        found = set(DocumentRelation.objects.values_list("source", "code", "target"))
        self.assertEqual(found, {(self.old.pk, DETAILS, self.new.pk), (self.new.pk, REFERS_TO, self.old.pk)})

    def test_a_ward_writer_notes_the_basis_of_an_own_document_and_nothing_that_changes_a_status(self):
        self.client.force_login(self.cast.contributor)

        self.assertEqual(self.send("tac-dong-3", document=self.ward, other=self.old).status_code, 302)
        refused = self.send(
            "tac-dong-10", document=self.ward, other=self.old, effective_on="01/01/2022", stated_in="Điều 7"
        )
        details = self.send("tac-dong-9", document=self.ward, other=self.old)

        self.assertContains(refused, "thay đổi hiệu lực văn bản")
        self.assertContains(refused, "Điều 7")
        self.assertContains(details, "Bạn không có quyền ghi quan hệ")
        self.assertEqual(DocumentRelation.objects.get().code, BASED_ON)

    def test_a_writer_of_the_document_acted_on_cannot_note_an_amendment(self):
        self.client.force_login(self.cast.editor)

        self.send("bi-tac-dong-10", other=self.new, effective_on="01/01/2022")

        self.assertFalse(DocumentRelation.objects.exists())

    def test_errors_name_the_field_and_keep_what_was_typed(self):
        self.client.force_login(self.cast.standing_office)
        cases = (
            ("tac-dong-10", {"other": self.old, "effective_on": "01/01/2022"}, "other", "không tác động lên chính nó"),
            ("tac-dong-10", {"effective_on": "01/01/2022"}, "other", "Hãy chọn văn bản bị tác động"),
            ("bi-tac-dong-10", {"effective_on": "01/01/2022"}, "other", "Hãy chọn văn bản tác động"),
            ("bi-tac-dong-10", {"effective_on": "31/31/2022", "other": self.new.pk}, "effective_on", "không có;"),
            ("bi-tac-dong-10", {"effective_on": "đầu năm", "other": self.new.pk}, "effective_on", "Không đọc được"),
            ("bi-tac-dong-10", {"other": self.new}, "effective_on", "Hãy ghi ngày"),
            ("bi-tac-dong-10", {"other": self.new, "effective_on": "01/01/2020"}, "effective_on", "trước ngày ban"),
            (
                "bi-tac-dong-11",
                {"other": self.new, "effective_on": "01/01/2022", "until": "01/01/2022"},
                "until",
                "phải sau ngày bắt đầu",
            ),
            ("", {"other": self.new}, "relation", "Hãy chọn quan hệ"),
            ("tac-dong-13", {"other": self.new}, "relation", "tac-dong-13"),
        )
        for relation, values, name, words in cases:
            with self.subTest(words):
                response = self.send(relation, stated_in="khoản 5 Điều 6", scope="Điều 12", **values)

                self.assertIn(words, " ".join(response.context["form"].errors[name]))
                self.assertContains(response, "khoản 5 Điều 6")
                self.assertContains(response, "Điều 12")
        self.assertFalse(DocumentRelation.objects.exists())

    def test_a_circle_is_refused_with_both_documents_named(self):
        related(self.new, DETAILS, self.old, by=self.cast.standing_office)
        self.client.force_login(self.cast.standing_office)

        response = self.send("tac-dong-9", other=self.new)

        self.assertContains(response, "không thể đi vòng")
        self.assertEqual(DocumentRelation.objects.count(), 1)

    def test_a_suspension_holds_from_its_first_day_until_before_its_last(self):
        self.client.force_login(self.cast.standing_office)

        self.send("bi-tac-dong-11", other=self.new, effective_on="01/01/2022", until="01/04/2022")
        agreed(DocumentRelation.objects.get())

        self.assertEqual(DocumentRelation.objects.get().code, PAUSES)
        found = [
            lifecycle.status(self.old, day).code
            for day in (date(2021, 12, 31), date(2022, 1, 1), date(2022, 3, 31), date(2022, 4, 1))
        ]
        self.assertEqual(found, ["in_force", "suspended", "suspended", "in_force"])

    def test_a_document_that_is_not_in_the_register_is_named_in_words(self):
        self.client.force_login(self.cast.standing_office)

        self.send("bi-tac-dong-10", other_text="Quyết định 9/2022/QĐ-UBND", effective_on="01/01/2022")

        self.assertEqual(DocumentRelation.objects.get().source_text, "Quyết định 9/2022/QĐ-UBND")

    def test_what_ends_a_public_document_goes_on_to_the_preview_with_all_that_was_typed(self):
        self.client.force_login(self.cast.standing_office)

        response = self.send(
            "bi-tac-dong-12", other=self.new, effective_on="01/01/2022", stated_in="Điều 9", scope="Điều 3\nĐiều 4"
        )
        shown = self.client.get(response.url)

        self.assertTrue(response.url.startswith(reverse("legalref_repeal", args=[self.old.pk])))
        self.assertFalse(DocumentRelation.objects.exists())
        form = shown.context["form"]
        self.assertEqual(form["by_document"].value(), str(self.new.pk))
        self.assertEqual(form["code"].value(), str(REPLACES))
        self.assertEqual(form["scope"].value(), "Điều 3\nĐiều 4")
        self.assertContains(shown, "Điều 9")

    def test_the_preview_names_no_draft_that_its_address_asks_for(self):
        self.client.force_login(self.cast.standing_office)

        shown = self.client.get(reverse("legalref_repeal", args=[self.old.pk]), {"by_document": self.foreign.pk})

        self.assertNotContains(shown, "8/2021/QĐ-UBND")

    # --- Whose ---------------------------------------------------------------------------------------------

    def test_a_ward_sees_neither_the_citys_editor_nor_another_wards(self):
        self.client.force_login(self.cast.contributor)

        for document in (self.old, self.foreign):
            self.assertEqual(self.client.get(self.address(document)).status_code, 404)
            self.assertEqual(self.send("tac-dong-3", document=document, other=self.ward).status_code, 404)

    def test_another_wards_draft_cannot_be_chosen(self):
        self.client.force_login(self.cast.contributor)

        response = self.send("tac-dong-3", document=self.ward, other=self.foreign)

        self.assertContains(response, "chưa được đăng ở trang khác")
        self.assertNotContains(response, "8/2021/QĐ-UBND")
        self.assertFalse(DocumentRelation.objects.exists())

    # --- Taking back ----------------------------------------------------------------------------------------

    def take_back(self, relation, reason="Ghi nhầm"):
        return self.client.post(reverse("legalref_take_back_relation", args=[relation.pk]), {"reason": reason})

    def decide(self, relation, by, decision="agree", reason=""):
        self.client.force_login(by)
        address = reverse("legalref_agree_relation", args=[relation.pk])
        return self.client.post(address, {"decision": decision, "reason": reason})

    def test_a_basis_is_taken_back_with_a_reason_by_its_writer(self):
        relation = related(self.ward, BASED_ON, self.old, by=self.cast.contributor)
        self.client.force_login(self.cast.contributor)

        self.assertContains(self.take_back(relation, " "), "Hãy ghi lý do")
        self.assertEqual(self.take_back(relation).status_code, 302)
        relation.refresh_from_db()
        self.assertIsNone(relation.revoked_at)
        self.assertContains(self.client.get(self.address(self.ward)), "đề nghị thu hồi")
        self.decide(relation, self.cast.head)

        relation.refresh_from_db()
        self.assertEqual((relation.revoked_by, relation.revoked_reason), (self.cast.contributor, "Ghi nhầm"))
        self.client.force_login(self.cast.contributor)
        self.assertContains(self.client.get(self.address(self.ward)), "lý do: Ghi nhầm")

    def test_taking_back_an_amendment_gives_the_status_back(self):
        relation = related(self.new, AMENDS, self.old, by=self.cast.standing_office, effective_on=date(2022, 1, 1))
        self.client.force_login(self.cast.standing_office)

        self.take_back(relation)
        self.decide(relation, self.cast.head)

        self.old.stored_status.refresh_from_db()
        self.assertEqual(self.old.stored_status.code, "in_force")

    def test_who_may_not_record_a_relation_does_not_take_it_back(self):
        relation = related(
            None,
            REPEALS,
            self.ward,
            by=self.cast.standing_office,
            source_text="Văn bản khác",
            effective_on=date(2022, 1, 1),
        )
        self.client.force_login(self.cast.contributor)

        self.assertEqual(self.take_back(relation).status_code, 404)
        relation.refresh_from_db()
        self.assertIsNone(relation.revoked_at)
