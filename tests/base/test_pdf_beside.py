"""A PDF of the portal beside its text: in the browser's own viewer, from this portal alone."""

from base.middleware.headers import PUBLIC_POLICY
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

    def test_what_is_no_pdf_is_a_link_only(self):
        response = self.shown("ban-ky.docx")

        self.assertContains(response, "Bản ký")
        self.assertNotContains(response, "<iframe")
