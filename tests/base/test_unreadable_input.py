"""What Wagtail's screens cannot read is answered 400; what we did wrong stays an error."""

from unittest import mock

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from legalref.models import DocumentRelation, LegalDocument
from legalref.models.relation import RELATIONS
from tests.city import CityTestCase, draft
from tests.legalref import library
from tests.sections import pages
from workflows.dashboard.views import QueueView

# A screen of Wagtail's own.
LOCKED_PAGES = "wagtail.admin.views.reports.locked_pages.LockedPagesView.get_context_data"


class UnreadableInput(CityTestCase):
    def setUp(self):
        self.client.raise_request_exception = False
        self.client.force_login(self.cast.superuser)

    def test_a_form_without_its_bookkeeping_is_told_what_is_missing(self):
        section = self.city.section(self.city.my_long)
        address = reverse("wagtailadmin_pages:add", args=["sections", "articlepage", section.pk])

        with self.assertLogs("base.middleware.unreadable_input", "WARNING"):
            response = self.client.post(address, {"title": "Bài"})

        self.assertContains(response, "thiếu phần", status_code=400)

    def test_a_word_that_is_no_address_to_go_on_to_is_refused_and_nothing_is_done(self):
        page = draft(pages.article(), self.city.section(self.city.my_long), by=self.cast.contributor)
        address = reverse("wagtailadmin_pages:delete", args=[page.pk])

        with self.assertLogs("base.middleware.unreadable_input", "WARNING"):
            refused = self.client.post(address, {"next": "987654321"})
        assert refused.status_code == 400
        assert Page.objects.filter(pk=page.pk).exists()

        led = self.client.post(address, {"next": "/quan-tri/account/"})
        self.assertRedirects(led, "/quan-tri/account/", fetch_redirect_response=False)
        assert not Page.objects.filter(pk=page.pk).exists()

    def test_a_document_without_a_type_is_refused_at_its_field(self):
        document = library.draft_document(self.city.site, by=self.cast.editor)
        document.document_type = None

        with self.assertRaises(ValidationError) as refused:
            document.full_clean()

        assert "document_type" in refused.exception.message_dict

    def test_a_key_that_is_none_is_refused(self):
        address = reverse("wagtailadmin_choose_page") + "?page_type=khong.co&target_pages=x"

        response = self.client.get(address)

        assert response.status_code in (400, 404)

    def test_a_key_in_an_address_of_ours_that_is_no_number_is_not_found(self):
        for method in ("GET", "POST"):
            response = self.client.generic(method, "/quan-tri/duyet/sections/articlepage/%C3%97/gui/")
            assert response.status_code == 404, method

    def test_an_error_of_our_own_code_stays_an_error(self):
        def broken(*_arguments, **_options):
            raise ValueError("our own mistake")

        with mock.patch.object(QueueView, "get", broken), self.assertLogs("django.request", "ERROR"):
            response = self.client.get(reverse("workflows_queue") + "?tinh-trang=x")

        assert response.status_code == 500

    def test_an_address_without_anything_sent_is_not_to_blame(self):
        with (
            mock.patch(LOCKED_PAGES, side_effect=KeyError("inside Wagtail")),
            self.assertLogs("django.request", "ERROR"),
        ):
            response = self.client.get(reverse("wagtailadmin_reports:locked_pages"))

        assert response.status_code == 500

    def test_what_others_hold_on_to_is_not_deleted_and_that_is_said(self):
        by = self.cast.editor
        old = library.draft_document(self.city.site, by=by)
        new = library.draft_document(self.city.site, by=by, symbol="13/2021/QĐ-UBND")
        DocumentRelation.objects.create(
            source=new, target=old, code=next(iter(RELATIONS)), confirmed_by=by, confirmed_at=timezone.now()
        )
        address = reverse(LegalDocument.snippet_viewset.get_url_name("delete"), args=[old.pk])

        response = self.client.post(address)

        self.assertContains(response, "Không xóa được", status_code=409)
        assert LegalDocument.objects.filter(pk=old.pk).exists()
