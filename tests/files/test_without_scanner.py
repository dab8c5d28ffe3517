"""Without a scanner no file is taken; where the settings take them all the same, the forms say that none is scanned."""

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import SimpleTestCase, override_settings
from django.urls import reverse
from wagtail.documents.forms import get_document_form

from accounts.roles import site_collection
from base.files import scanner, scans
from base.models import PortalFile
from base.operations import health
from tests.city import CityTestCase
from tests.files import clamd
from tests.files.samples import minimal_pdf


class Uploads(CityTestCase):
    def form(self):
        return get_document_form(PortalFile)(
            {"title": "Tệp", "collection": site_collection(self.city.my_long).pk},
            {"file": SimpleUploadedFile("a.pdf", minimal_pdf())},
            user=self.cast.contributor,
        )

    @override_settings(PORTAL_UNSCANNED_UPLOADS=False)
    def test_are_refused_with_the_way_out(self):
        self.assertEqual(self.form().errors["file"], [scanner.ABSENT])
        # The machine's fault alone: what was chosen may be sent again later.
        with self.assertRaises(ValidationError) as refused:
            scans.demand_storable(ContentFile(b"x", "a.txt"), by=None)
        self.assertEqual(refused.exception.code, scans.NOT_NOW)

    def test_are_taken_where_the_settings_say_so(self):
        self.assertTrue(self.form().is_valid())

    @override_settings(PORTAL_UNSCANNED_UPLOADS=False)
    def test_are_taken_as_soon_as_there_is_a_scanner(self):
        with clamd.running() as running, override_settings(PORTAL_CLAMAV=running.address):
            self.assertTrue(self.form().is_valid())

    def test_forms_say_what_becomes_of_a_file(self):
        self.client.force_login(self.cast.contributor)
        address = reverse("wagtaildocs:add")

        self.assertContains(self.client.get(address), scanner.UNSCANNED)
        with override_settings(PORTAL_UNSCANNED_UPLOADS=False):
            self.assertContains(self.client.get(address), scanner.ABSENT)
        with clamd.running() as running, override_settings(PORTAL_CLAMAV=running.address):
            drawn = self.client.get(address)
            self.assertNotContains(drawn, scanner.UNSCANNED)
            self.assertNotContains(drawn, scanner.ABSENT)


class Health(SimpleTestCase):
    def test_says_whether_files_are_refused_or_unscanned(self):
        for is_taken, detail in ((True, scanner.UNSCANNED), (False, scanner.ABSENT)):
            with self.subTest(is_taken=is_taken), override_settings(PORTAL_UNSCANNED_UPLOADS=is_taken):
                found = health.check_scanner()
                self.assertEqual((found.state, found.detail), (health.WARNING, detail))
