"""What needs attention, and the duty to publish measured in working days."""

from datetime import date, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from base.models import AuditEntry
from legalref import seeding
from legalref.life import attention, duty, lifecycle
from legalref.life.effect import BASED_ON, REPEALS
from legalref.models import Citation, LegalDocument
from tests import factories
from tests.city import CityTestCase
from tests.legalref.library import related
from workflows import deadlines

from .library import draft_document, public_document

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class Attention(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        seeding.seed_types()
        clerk, site = cls.cast.editor, cls.city.site
        signed = factories.file(site)
        make = {"by": clerk, "signed_file": signed}
        cls.whole = public_document(site, symbol="1/2021/QĐ-UBND", **make)
        cls.without_file = public_document(site, by=clerk, symbol="2/2021/QĐ-UBND")
        cls.undated = public_document(site, symbol="3/2021/QĐ-UBND", effective_from=None, **make)
        cls.handed_over = draft_document(site, symbol="4/2021/QĐ-UBND", handed_over_on=date(2021, 3, 2), **make)
        cls.lapsed = public_document(site, symbol="5/2021/QĐ-UBND", **make)
        cls.resting = public_document(site, symbol="6/2021/QĐ-UBND", **make)
        cls.writing = public_document(site, symbol="7/2021/QĐ-UBND", **make)
        office = cls.cast.standing_office
        related(None, REPEALS, cls.lapsed, by=office, effective_on=date(2021, 6, 1), source_text="Văn bản khác")
        related(cls.resting, BASED_ON, cls.lapsed, by=office)
        Citation.objects.create(
            source=cls.writing,
            written="Quyết định 5/2021",
            is_live=True,
            kind="number",
            role="basis",
            label="Quyết định 5/2021",
            target=cls.lapsed,
        )
        cls.ward = public_document(cls.city.my_long, by=cls.cast.contributor, symbol="9/2021/QĐ-UBND")

    def test_each_case_finds_its_documents_and_no_other(self):
        documents = LegalDocument.objects.filter(owner_site=self.city.site)
        wanted = {
            "chua-co-tep": {self.without_file},
            "chua-xac-dinh": {self.undated},
            "can-cu-het-hieu-luc": {self.resting, self.writing},
            "da-chuyen-chua-dang": {self.handed_over},
            "chua-dua-vao-trang": {self.handed_over},
            "quan-he-chua-ro": {self.lapsed},
        }
        for case in attention.CASES:
            with self.subTest(case.key):
                self.assertEqual(set(attention.needing(documents, case)), wanted[case.key])
        self.assertEqual(attention.counts(documents), {key: len(found) for key, found in wanted.items()})

    def test_a_draft_that_was_put_on_a_site_has_its_deadline(self):
        case = attention.BY_KEY["chua-dua-vao-trang"]
        lifecycle.mark_for_site(self.handed_over, self.city.site, ground="issuer", by=self.cast.editor)

        self.assertFalse(attention.needing(LegalDocument.objects.all(), case).exists())

    def test_a_rejected_citation_and_a_mere_mention_are_no_basis(self):
        case, documents = attention.BY_KEY["can-cu-het-hieu-luc"], LegalDocument.objects.all()
        for values in ({"state": Citation.State.REJECTED}, {"role": "reference", "state": Citation.State.AUTOMATIC}):
            Citation.objects.update(**values)
            self.assertNotIn(self.writing, attention.needing(documents, case))

    def test_what_was_handed_over_in_a_later_version_of_a_draft_counts(self):
        draft = draft_document(self.city.site, by=self.cast.editor, symbol="14/2021/QĐ-UBND")
        draft.handed_over_on = date(2021, 3, 3)
        draft.save_revision(user=self.cast.editor)

        found = attention.needing(LegalDocument.objects.all(), attention.BY_KEY["da-chuyen-chua-dang"])

        self.assertEqual(set(found), {self.handed_over, draft})

    def test_a_new_version_of_a_public_document_changes_no_fact_that_readers_see(self):
        self.whole.issued_on = date(2021, 3, 9)
        self.whole.save_revision(user=self.cast.editor)

        self.assertEqual(LegalDocument.objects.get(pk=self.whole.pk).issued_on, date(2021, 3, 1))

    def test_a_ward_counts_its_own_documents_only(self):
        self.client.force_login(self.cast.contributor)

        response = self.client.get(reverse("legalref_attention"), {"can": "chua-co-tep", "trang": "long-xuyen"})

        self.assertContains(response, "9/2021/QĐ-UBND")
        self.assertNotContains(response, "2/2021/QĐ-UBND")
        self.assertContains(response, "Chưa có tệp (1)")

    def test_the_city_sees_all_sites_and_narrows_to_one(self):
        self.client.force_login(self.cast.editor)

        everything = self.client.get(reverse("legalref_attention"), {"can": "chua-co-tep"})
        narrowed = self.client.get(reverse("legalref_attention"), {"can": "chua-co-tep", "trang": "my-long"})

        self.assertContains(everything, "Chưa có tệp (2)")
        self.assertContains(narrowed, "Chưa có tệp (1)")

    def test_queries_do_not_grow_with_documents(self):
        self.client.force_login(self.cast.editor)
        address = reverse("legalref_attention") + "?can=chua-co-tep"
        self.client.get(address)
        with CaptureQueriesContext(connection) as few:
            self.client.get(address)
        for number in range(20, 26):
            public_document(self.city.site, by=self.cast.editor, symbol=f"{number}/2021/QĐ-UBND")
        with CaptureQueriesContext(connection) as many:
            self.client.get(address)

        self.assertEqual(len(many), len(few))


class Duty(CityTestCase):
    """Issued Friday 05/03/2021; handed over Tuesday 09/03 (2 working days later); public Thursday 11/03."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        seeding.seed_types()
        cls.document = cls.made("31/2021/QĐ-UBND", date(2021, 3, 5), date(2021, 3, 9), 11)
        cls.quick = cls.made("32/2021/QĐ-UBND", date(2021, 3, 5), date(2021, 3, 5), 9)
        cls.open = draft_document(
            cls.city.site, by=cls.cast.editor, symbol="33/2021/QĐ-UBND", issued_on=date(2021, 4, 1)
        )
        lifecycle.mark_for_site(cls.open, cls.city.site, ground="issuer", by=cls.cast.standing_office)
        lifecycle.mark_for_site(cls.document, cls.city.my_long, ground="in_scope", by=cls.cast.contributor)

    @classmethod
    def made(cls, symbol, issued, handed_over, day):
        document = draft_document(
            cls.city.site, by=cls.cast.editor, symbol=symbol, issued_on=issued, handed_over_on=handed_over
        )
        moment = datetime(2021, 3, day, 9, tzinfo=VIETNAM)
        LegalDocument.objects.filter(pk=document.pk).update(live=True, first_published_at=moment)
        document.refresh_from_db()
        lifecycle.mark_for_site(document, cls.city.site, ground="issuer", by=cls.cast.standing_office)
        return document

    def measured(self, document, site=None):
        return duty.of_document(document, [site or self.city.site], date(2021, 4, 5))[0]

    def test_the_two_stretches_are_counted_apart_in_working_days(self):
        found = self.measured(self.document)

        self.assertEqual((found.to_hand_over, found.to_publish, found.in_all), (2, 2, 4))

    def test_two_working_days_on_the_issuers_site_and_ten_on_a_site_in_scope(self):
        own, in_scope = self.measured(self.document), self.measured(self.document, self.city.my_long)

        self.assertEqual((own.due_on, own.outcome), (date(2021, 3, 9), "Đăng quá hạn"))
        self.assertEqual((in_scope.due_on, in_scope.outcome), (date(2021, 3, 19), "Đăng đúng hạn"))

    def test_an_open_duty_is_late_from_the_day_after_its_last(self):
        for day, outcome in ((date(2021, 4, 5), "Còn trong hạn"), (date(2021, 4, 6), "Quá hạn, chưa đăng")):
            with self.subTest(day):
                found = duty.of_document(self.open, [self.city.site], day)[0]
                self.assertEqual((found.due_on, found.to_hand_over, found.outcome), (date(2021, 4, 5), None, outcome))

    def test_the_day_due_is_that_of_the_one_function(self):
        found = self.measured(self.document)

        self.assertEqual(found.due_on, deadlines.due_date("DL-DOC-OWN", date(2021, 3, 5)))

    def test_sums_by_site_and_month_with_averages(self):
        measures = duty.measure(duty.duties([self.city.site, self.city.my_long]), date(2021, 4, 6))

        found = {(item.site, item.month): item for item in duty.summaries(measures)}
        march = found[self.city.site, date(2021, 3, 1)]
        self.assertEqual((march.documents, march.published, march.in_time, march.late), (2, 2, 1, 1))
        self.assertEqual((march.to_hand_over, march.to_publish, march.in_all), (1.0, 2.0, 3.0))
        april = found[self.city.site, date(2021, 4, 1)]
        self.assertEqual((april.documents, april.published, april.late, april.in_all), (1, 0, 1, None))
        self.assertEqual(found[self.city.my_long, date(2021, 3, 1)].in_time, 1)

    def test_two_queries_however_many_documents(self):
        rows = list(duty.duties([self.city.site]))
        duty.measure(rows)

        with self.assertNumQueries(2):
            duty.measure(rows)
        with self.assertNumQueries(2):
            duty.measure(rows[:1])

    def test_the_screen_of_a_ward_shows_its_own_site_only(self):
        self.client.force_login(self.cast.contributor)

        response = self.client.get(reverse("legalref_duty"), {"trang": "long-xuyen"})

        self.assertContains(response, "31/2021/QĐ-UBND")
        self.assertNotContains(response, "32/2021/QĐ-UBND")

    def test_month_and_site_narrow_the_list(self):
        self.client.force_login(self.cast.editor)

        response = self.client.get(reverse("legalref_duty"), {"thang": "2021-04", "trang": self.city.site.slug})

        self.assertContains(response, "33/2021/QĐ-UBND")
        self.assertNotContains(response, "31/2021/QĐ-UBND")

    def test_the_sheet_says_what_the_screen_says_and_is_noted(self):
        self.client.force_login(self.cast.editor)

        response = self.client.get(reverse("legalref_duty_sheet"), {"thang": "2021-03", "trang": self.city.site.slug})

        book = load_workbook(BytesIO(response.content))
        rows = [[cell.value for cell in row] for row in book["Theo trang và tháng"].iter_rows(min_row=4)]
        self.assertEqual(rows[1][1:], ["03/2021", "2", "2", "1", "1", "1,0", "2,0", "3,0"])
        documents = [row[0].value for row in book["Văn bản"].iter_rows(min_row=5)]
        self.assertEqual({name.split()[-1] for name in documents}, {"31/2021/QĐ-UBND", "32/2021/QĐ-UBND"})
        self.assertTrue(AuditEntry.objects.filter(action="export.made", actor_id=self.cast.editor.pk).exists())

    def test_the_form_of_a_document_shows_its_measure(self):
        self.client.force_login(self.cast.editor)

        response = self.client.get(reverse("wagtailsnippets_legalref_legaldocument:edit", args=[self.document.pk]))

        self.assertContains(response, "Đăng quá hạn")
        self.assertContains(response, "hạn cuối thứ Ba 09/03/2021")

    def test_two_versions_are_compared_in_days_and_lines_that_can_be_read(self):
        first = self.open.get_latest_revision()
        self.open.handed_over_on = date(2021, 4, 2)
        self.open.set_full_text("QUYẾT ĐỊNH\n\nĐiều 1. Phạm vi áp dụng")
        second = self.open.save_revision(user=self.cast.editor)
        self.client.force_login(self.cast.editor)

        response = self.client.get(
            reverse(
                "wagtailsnippets_legalref_legaldocument:revisions_compare", args=[self.open.pk, first.pk, second.pk]
            )
        )

        self.assertContains(response, '<ins class="addition">02/04/2021</ins>')
        self.assertContains(response, '<p><ins class="addition">QUYẾT ĐỊNH</ins></p>')
