"""A form that was sent to be submitted and comes back says everything at once: its own errors and the preflight's."""

import json

from django.urls import reverse
from wagtail.models import Page, get_page_models
from wagtail.test.utils.form_data import querydict_from_html, streamfield

from base.admin.guarded_forms import SUBMIT
from legalref.models import LegalDocument
from sections.models import ArticlePage
from servicecatalog.models import Procedure
from tests import factories
from tests.city import CityTestCase
from tests.forms import send

NO_TITLE = {"title": "", "slug": ""}


class AllAtOnce(CityTestCase):
    def setUp(self):
        self.client.force_login(self.cast.contributor)
        self.section = self.city.section(self.city.my_long)

    def add(self, model=ArticlePage, section=None) -> str:
        section = section or self.section
        return reverse("wagtailadmin_pages:add", args=[model._meta.app_label, model._meta.model_name, section.pk])

    def errors_of(self, answer) -> dict:
        self.assertEqual(answer.status_code, 200)
        return answer.context["form"].errors

    def test_of_a_new_page_names_what_is_empty_beside_what_is_wrong(self):
        errors = self.errors_of(send(self.client, self.add(), ArticlePage, **NO_TITLE, **{SUBMIT: "1"}))

        self.assertIn("title", errors)
        self.assertEqual(errors["summary"], ["Thiếu tóm tắt; hãy viết một đến ba câu."])
        self.assertIn("Bài chưa có nội dung", errors["body"][0])

    def test_of_a_page_that_is_there_too(self):
        page = factories.article(self.section, by=self.cast.contributor)
        address = reverse("wagtailadmin_pages:edit", args=[page.pk])

        answer = send(self.client, address, ArticlePage, **NO_TITLE, summary="", **{SUBMIT: "1"})

        self.assertLessEqual({"title", "summary"}, set(self.errors_of(answer)))

    def test_names_what_a_text_that_is_there_lacks_as_well(self):
        table = json.dumps({"data": [["Mức", "Giá"], ["1", "2"]], "table_header_choice": "row"})
        body = streamfield([("table", {"table": table, "caption": "", "note": ""})])

        answer = send(self.client, self.add(), ArticlePage, **NO_TITLE, summary="", body=body, **{SUBMIT: "1"})

        errors = self.errors_of(answer)
        self.assertEqual(set(errors), {"title", "summary", "body"})
        self.assertIn("Bảng", errors["body"][0])

    def test_of_a_record_without_what_every_row_must_have_names_that_alone(self):
        self.client.force_login(self.cast.standing_office)
        for model in (LegalDocument, Procedure):
            with self.subTest(model.__name__):
                address = reverse(model.snippet_viewset.get_url_name("add"))
                html = self.client.get(address).content.decode()
                sent = querydict_from_html(html, form_index=html[: html.index("w-editor-form")].count("<form") - 1)
                self.assertTrue(self.errors_of(self.client.post(address, {**sent.dict(), SUBMIT: "1"})))

    def test_a_draft_that_is_only_saved_hears_nothing_of_it(self):
        errors = self.errors_of(send(self.client, self.add(), ArticlePage, **NO_TITLE))

        self.assertEqual(set(errors), {"title"})

    def test_whoever_has_mended_what_the_form_named_goes_on_to_the_submission(self):
        answer = send(self.client, self.add(), ArticlePage, title="Họp dân", slug="hop-dan", **{SUBMIT: "1"})

        page = ArticlePage.objects.get(slug="hop-dan")
        self.assertRedirects(answer, reverse("workflows_submit", args=["wagtailcore", "page", page.pk]))

    def test_every_type_of_page_comes_back_with_its_errors(self):
        self.client.force_login(self.cast.superuser)
        homes = [self.city.home, self.city.my_long.home_page()]
        parents = [page.specific for home in homes for page in (home, *home.get_children())]
        tried = 0
        for model in get_page_models():
            parent = next((parent for parent in parents if model is not Page and model.can_create_at(parent)), None)
            if parent is None:
                continue
            with self.subTest(model.__name__):
                answer = send(self.client, self.add(model, parent), model, **NO_TITLE, **{SUBMIT: "1"})
                self.assertIn("title", self.errors_of(answer))
                tried += 1
        self.assertGreater(tried, 8)
