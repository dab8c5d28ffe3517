"""Where the edit form of a thing is."""

from django.test import SimpleTestCase
from django.urls import reverse

from base.form_places import edit_address
from base.models import PortalSite
from legalref.models import LegalDocument
from sections.models import SectionIndexPage


class EditAddress(SimpleTestCase):
    def test_a_page_and_a_record_are_edited_on_their_own_screens(self):
        self.assertEqual(edit_address(SectionIndexPage(pk=7)), reverse("wagtailadmin_pages:edit", args=[7]))
        viewset = LegalDocument.snippet_viewset
        self.assertEqual(edit_address(LegalDocument(pk=7)), reverse(viewset.get_url_name("edit"), args=[7]))

    def test_a_record_without_a_screen_and_what_is_gone_have_no_address(self):
        self.assertEqual(edit_address(PortalSite(pk=7)), "")
        self.assertEqual(edit_address(None), "")
