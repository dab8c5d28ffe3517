"""A PDF of the portal beside its text: in the browser's own viewer, from this portal alone."""

from datetime import UTC, datetime, timedelta

import time_machine
from django.core.files.base import ContentFile
from django.utils import translation

from base.middleware.headers import PUBLIC_POLICY
from base.models.files import PortalFile
from base.templatetags.portal import file_facts
from tests import factories
from tests.city import CityTestCase, draft, publish_at_once
from tests.sections import pages


class PdfBesideItsText(CityTestCase):
    def shown(self, name: str):
        file = pages.file(f"Tệp {name}")
        type(file).objects.filter(pk=file.pk).update(file=name)
        attached = pages.stream(("file", {"file": file.pk, "label": "Bản ký"}))
        return pages.visit(
            self.client,
            publish_at_once(draft(pages.article(attachments=attached), self.city.section(self.city.site))),
        )

    def test_opens_in_the_browser_s_own_viewer_from_this_portal_alone(self):
        response = self.shown("ban-ky.pdf")

        self.assertContains(response, '<iframe class="files__pdf" src="/tep/')
        self.assertContains(response, 'title="Bản ký" loading="lazy"')
        self.assertIn("frame-src 'self';", PUBLIC_POLICY)
        self.assertIn("object-src 'none'", PUBLIC_POLICY)

    def test_says_its_kind_pages_and_day_in_the_language_of_the_page(self):
        file = PortalFile(file="ban-ky.pdf", file_size=2048, pages=12)
        file.content_at = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)
        self.assertEqual(file_facts(file), "PDF · 2,0\xa0KB · 12 trang · 28/11/2026")
        with translation.override("en"):
            self.assertEqual(file_facts(file), "PDF · 2.0\xa0KB · 12 pages · 28/11/2026")

    def test_of_which_neither_pages_nor_day_are_known_says_the_rest(self):
        self.assertEqual(file_facts(PortalFile(file="ban-ky.docx")), "DOCX")

    def test_a_new_content_has_a_new_day(self):
        with time_machine.travel(datetime(2026, 11, 20, 3, tzinfo=UTC), tick=False):
            file = factories.file(self.city.site, name="ban-ky.pdf")
        first = file.content_at
        with time_machine.travel(datetime(2026, 11, 27, 3, tzinfo=UTC), tick=False):
            file.title = "Bản ký của Chủ tịch"
            file.save()
            self.assertEqual(PortalFile.objects.get(pk=file.pk).content_at, first)
            file.file = ContentFile(b"%PDF-1.4 khac", name="ban-ky.pdf")
            file.save()
        self.assertEqual(PortalFile.objects.get(pk=file.pk).content_at - first, timedelta(days=7))

    def test_what_is_no_pdf_is_a_link_only(self):
        response = self.shown("ban-ky.docx")

        self.assertContains(response, "Bản ký")
        self.assertNotContains(response, "<iframe")
