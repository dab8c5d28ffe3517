"""The register in the admin: typed numbers, errors that lose nothing, repeal in two steps."""

from datetime import date

from django.urls import reverse
from wagtail.users.models import UserProfile

from legalref import seeding
from legalref.models import DocumentRelation, DocumentType, LegalDocument
from tests import factories
from tests.city import CityTestCase
from tests.files.samples import minimal_pdf
from workflows.models import TakeDown
from workflows.publishing import approval

from .library import draft_document, public_document, register


class AdminScreens(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        register(cls.city.site)
        cls.bodies = seeding.seed_issuers()

    def url(self, name, *args):
        return reverse(LegalDocument.snippet_viewset.get_url_name(name), args=args)

    def form(self, **values):
        return {
            "owner_site": self.city.site.pk,
            "document_type": DocumentType.objects.get(name="Quyết định").pk,
            "family": "legal",
            "symbol_as_printed": "12 /2021/QD-UBND",
            "subject": "Ban hành Quy định mẫu",
            "main_issuer": self.bodies["ubnd-thanh-pho-long-xuyen"].pk,
            "issued_on": "2021-03-01",
            "effective_from": "2021-03-15",
            "evidence": "unverified",
            "not_classified": "on",
            "full_text": "QUYẾT ĐỊNH\n\nĐiều 1. Phạm vi\n\nNội dung.\n\nĐiều 2. Quyết định này có hiệu lực từ ngày ký.",
            "document_files-TOTAL_FORMS": "0",
            "document_files-INITIAL_FORMS": "0",
            "document_files-MIN_NUM_FORMS": "0",
            "document_files-MAX_NUM_FORMS": "1000",
            **values,
        }


class Form(AdminScreens):
    def test_a_new_document_begins_with_the_persons_site_and_the_body_of_its_unit(self):
        self.bodies["ubnd-thanh-pho-long-xuyen"].valid_to = None
        self.bodies["ubnd-thanh-pho-long-xuyen"].save()
        self.client.force_login(self.cast.standing_office)
        form = self.client.get(self.url("add")).context["form"]
        self.assertEqual(form["owner_site"].value(), self.city.site.pk)
        self.assertEqual(form["main_issuer"].value(), self.bodies["ubnd-thanh-pho-long-xuyen"].pk)

        self.client.force_login(self.cast.contributor)
        form = self.client.get(self.url("add")).context["form"]

        self.assertEqual(form["owner_site"].value(), self.city.my_long.pk)

    def test_number_is_normalised_and_text_split(self):
        self.client.force_login(self.cast.editor)

        response = self.client.post(self.url("add"), self.form())

        document = LegalDocument.objects.get()
        self.assertEqual(response.status_code, 302)
        self.assertEqual(document.symbol, "12/2021/QĐ-UBND")
        self.assertFalse(document.live)
        newest = document.get_latest_revision_as_object()
        self.assertEqual(
            [row.anchor for row in newest.provisions.all() if row.is_article],
            ["quyet-dinh-dieu-1", "quyet-dinh-dieu-2"],
        )

    def test_days_come_before_months_whatever_the_admins_language(self):
        self.cast.editor.wagtail_userprofile = UserProfile.get_for_user(self.cast.editor)
        self.cast.editor.wagtail_userprofile.preferred_language = "en"
        self.cast.editor.wagtail_userprofile.save()
        self.client.force_login(self.cast.editor)

        self.client.post(self.url("add"), self.form(issued_on="05/06/2021", effective_from="15/06/2021"))

        self.assertEqual(LegalDocument.objects.get().issued_on, date(2021, 6, 5))

    def test_errors_name_field_and_mend_and_lose_nothing(self):
        self.client.force_login(self.cast.editor)

        response = self.client.post(self.url("add"), self.form(symbol_as_printed="mười hai", effective_to="2021-03-01"))

        self.assertEqual(response.status_code, 200)
        self.assertContains(response, "Không đọc được số, ký hiệu")
        self.assertContains(response, "Ngày hết hiệu lực phải sau ngày có hiệu lực")
        self.assertContains(response, "mười hai")
        self.assertContains(response, "Ban hành Quy định mẫu")
        self.assertFalse(LegalDocument.objects.exists())

    def test_submission_of_an_open_number_links_to_the_field(self):
        self.client.force_login(self.cast.editor)
        document = draft_document(self.city.site, by=self.cast.editor, symbol="…/QĐ-UBND")

        response = self.client.get(reverse("workflows_submit", args=["legalref", "legaldocument", document.pk]))

        self.assertContains(response, "#:w:contentpath=symbol_as_printed")
        self.assertContains(response, "còn chỗ trống")

    def test_a_reviewer_reads_it_as_readers_will_with_its_files_and_sees_what_changed_in_words(self):
        clerk = self.cast.standing_office
        live = public_document(self.city.site, by=clerk, symbol="13/2021/QĐ-UBND")
        document = LegalDocument.objects.get(pk=live.pk)
        document.subject = "Ban hành Quy định mẫu, sửa lại"
        document.signed_file = factories.file(self.city.site, title="Bản ký", name="ban-ky.pdf", content=minimal_pdf())
        document.co_issuers = [self.bodies["chinh-phu"]]
        document.save_revision(user=clerk)
        state = approval.submit(document, by=clerk, declaration=True, remark="Đã đối chiếu.")
        self.client.force_login(self.cast.deputy)
        review = self.client.get(reverse("workflows_review", args=[state.current_task_state.pk]))

        as_read = self.client.get(review.context["preview_url"])
        compared = self.client.get(review.context["compare_url"])

        self.assertContains(as_read, "Ban hành Quy định mẫu, sửa lại")
        self.assertContains(as_read, "ban-ky.pdf")
        self.assertContains(compared, "Cơ quan cùng ban hành được điền")
        self.assertContains(compared, "Chính phủ")
        self.assertRegex(compared.content.decode(), r"bản sau: <strong>bản lưu lúc \d\d:\d\d \d\d/\d\d/\d{4}</strong>")
        for answer in (review, as_read, compared):
            self.assertNotContains(answer, "QuerySet")

    def test_bodies_that_stayed_the_same_are_no_change(self):
        clerk = self.cast.standing_office
        document = LegalDocument.objects.get(pk=public_document(self.city.site, by=clerk, symbol="13/2021/QĐ-UBND").pk)
        document.subject = "Ban hành Quy định mẫu, sửa lại"
        version = document.save_revision(user=clerk)
        self.client.force_login(self.cast.deputy)

        compared = self.client.get(self.url("revisions_compare", document.pk, "live", version.pk))

        self.assertContains(compared, "Trích yếu đổi")
        self.assertNotContains(compared, "Cơ quan cùng ban hành")

    def test_save_and_submit_is_offered(self):
        self.client.force_login(self.cast.editor)
        document = draft_document(self.city.site, by=self.cast.editor)

        self.assertContains(self.client.get(self.url("edit", document.pk)), "Lưu và gửi duyệt")

    def test_list_shows_own_sites_only(self):
        draft_document(self.city.my_xuyen, by=self.cast.contributor_my_xuyen, symbol="8/2021/QĐ-UBND")
        self.client.force_login(self.cast.contributor)

        response = self.client.get(self.url("list"))

        self.assertEqual(response.status_code, 200)
        self.assertNotContains(response, "8/2021/QĐ-UBND")

    def test_foreign_document_does_not_exist_for_a_ward(self):
        document = draft_document(self.city.my_xuyen, by=self.cast.contributor_my_xuyen, symbol="8/2021/QĐ-UBND")
        self.client.force_login(self.cast.contributor)

        self.assertEqual(self.client.get(self.url("edit", document.pk)).status_code, 404)

    def test_shared_tables_open_for_those_who_keep_them(self):
        self.client.force_login(self.cast.standing_office)
        for name in ("issuingbody", "documenttype"):
            with self.subTest(name):
                address = reverse(f"wagtailsnippets_legalref_{name}:list")
                self.assertEqual(self.client.get(address).status_code, 200)


class RepealScreens(AdminScreens):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.old = public_document(cls.city.site, by=cls.cast.editor)
        cls.new = public_document(
            cls.city.site,
            by=cls.cast.editor,
            symbol="05/2026/QĐ-UBND",
            issued_on=date(2026, 2, 1),
            effective_from=date(2026, 3, 1),
        )

    def address(self):
        return reverse("legalref_repeal", args=[self.old.pk])

    def data(self, step, **values):
        return {
            "code": "12",
            "by_document": self.new.pk,
            "effective_on": "2026-03-01",
            "scope": "",
            "reason": "",
            "stated_in": "",
            "step": step,
            **values,
        }

    def test_first_step_writes_nothing_and_asks_to_confirm(self):
        self.client.force_login(self.cast.standing_office)

        self.assertContains(self.client.get(self.address()), "Bước 1")
        response = self.client.post(self.address(), self.data("preview"))

        self.assertContains(response, "Bước 2")
        self.assertContains(response, "05/2026/QĐ-UBND")
        self.assertFalse(DocumentRelation.objects.exists())

    def test_confirmation_records_the_repeal(self):
        self.client.force_login(self.cast.standing_office)

        response = self.client.post(self.address(), self.data("confirm"))

        self.assertEqual(response.status_code, 302)
        relation = DocumentRelation.objects.get()
        self.assertEqual((relation.source, relation.target), (self.new, self.old))
        self.assertEqual(TakeDown.objects.count(), 0)

    def test_wrong_date_names_the_field_and_keeps_what_was_typed(self):
        self.client.force_login(self.cast.standing_office)

        response = self.client.post(self.address(), self.data("preview", effective_on="2020-01-01", stated_in="Điều 9"))

        self.assertContains(response, "không thể trước ngày ban hành")
        self.assertContains(response, "Điều 9")
        self.assertContains(response, "Bước 1")

    def test_others_are_refused(self):
        self.client.force_login(self.cast.contributor)

        self.assertNotEqual(self.client.get(self.address()).status_code, 200)
        self.client.post(self.address(), self.data("confirm"))
        self.assertFalse(DocumentRelation.objects.exists())

    def test_recorded_repeal_is_taken_back_with_a_reason(self):
        self.client.force_login(self.cast.standing_office)
        self.client.post(self.address(), self.data("confirm"))
        relation = DocumentRelation.objects.get()

        response = self.client.post(reverse("legalref_undo_repeal", args=[relation.pk]), {"reason": "Ghi nhầm"})

        self.assertEqual(response.status_code, 302)
        self.assertFalse(DocumentRelation.objects.valid().exists())

    def test_ward_puts_a_document_of_the_city_on_its_site(self):
        self.client.force_login(self.cast.contributor)

        response = self.client.post(
            reverse("legalref_mark", args=[self.old.pk]), {"site": self.city.my_long.pk, "ground": "in_scope"}
        )

        self.assertEqual(response.status_code, 302)
        self.assertEqual(self.old.site_documents.get().site, self.city.my_long)

    def test_second_step_carries_what_the_first_asked(self):
        self.client.force_login(self.cast.standing_office)
        preview = self.client.post(
            self.address(), self.data("preview", effective_on="01/03/2026", scope="Điều 3\nĐiều 4")
        )
        hidden = {field.html_name: field.value() for field in preview.context["form"]}
        hidden = {name: "" if value is None else value for name, value in hidden.items() if value is not False}

        response = self.client.post(self.address(), {**hidden, "step": "confirm"})

        self.assertEqual(response.status_code, 302)
        relation = DocumentRelation.objects.get()
        self.assertEqual((relation.effective_on, relation.scope), (date(2026, 3, 1), ["Điều 3", "Điều 4"]))
