"""Where the edit form of a thing is, and where in it a field stands."""

from django.apps import apps
from django.test import RequestFactory, TestCase
from django.urls import reverse
from wagtail.admin.panels import InlinePanel
from wagtail.models import Page

from base.admin.field_anchors import edit_address, panels_of, place_of
from base.models import PortalSite
from legalref.models import LegalDocument
from sections.models import SectionIndexPage
from tests.city import CityTestCase


class EditAddress(TestCase):
    def test_a_page_and_a_record_are_edited_on_their_own_screens(self):
        self.assertEqual(edit_address(SectionIndexPage(pk=7)), reverse("wagtailadmin_pages:edit", args=[7]))
        viewset = LegalDocument.snippet_viewset
        self.assertEqual(edit_address(LegalDocument(pk=7)), reverse(viewset.get_url_name("edit"), args=[7]))

    def test_a_record_without_a_screen_and_what_is_gone_have_no_address(self):
        self.assertEqual(edit_address(PortalSite(pk=7)), "")
        self.assertEqual(edit_address(None), "")


class PlaceOfRows(CityTestCase):
    def rendered(self, made) -> str:
        """The edit form of a page or record that is not saved yet."""
        is_page = isinstance(made, Page)
        handler = made.get_edit_handler() if is_page else made.snippet_viewset.get_edit_handler()
        request = RequestFactory().get("/")
        request.user = self.cast.superuser
        form = handler.get_form_class()(instance=made, for_user=request.user)
        return handler.get_bound_panel(instance=made, request=request, form=form).render_html({})

    def test_is_there_in_every_form_that_has_rows(self):
        models = [model for model in apps.get_models() if issubclass(model, Page) or hasattr(model, "snippet_viewset")]
        tried = 0
        for model in models:
            if model is Page or model._meta.abstract:
                continue
            made = model()
            rows = [panel.relation_name for panel in panels_of(made) if isinstance(panel, InlinePanel)]
            html = self.rendered(made) if rows else ""
            for relation in rows:
                with self.subTest(model=model._meta.label, relation=relation):
                    place = place_of(made, relation)
                    assert place.startswith("#panel-")
                    assert f'id="{place[1:]}"' in html
                    tried += 1
        assert tried > 8, tried
