"""The stories of two machines whose files and archive lie in an object store."""

import time

import requests

from accounts.roles import site_collection
from base.models import PortalFile
from sections.models import ArticlePage
from tests import factories, object_store
from tests.base import test_two_machines as stories
from tests.city import PASSWORD, publish
from tests.files.samples import minimal_pdf
from workflows.models import TakeDown
from workflows.publishing import takedown

PDF = minimal_pdf()
ADD = "/quan-tri/documents/add/"


class WithFilesInAStore(stories.TwoMachines):
    @classmethod
    def environment(cls) -> dict[str, str]:
        cls.store = cls.enterClassContext(object_store.running())
        return {**cls.store.settings(), "PORTAL_UNSCANNED_UPLOADS": "true"}

    def setUp(self):
        self.store.is_away = False
        super().setUp()
        self.enterContext(object_store.files_in(self.store))

    def uploaded(self, port: int) -> PortalFile:
        """Send a file on one machine as an editor does."""
        self.editor = stories.Browser(self.machines.host)
        self.editor.sign_in(port, self.cast.contributor, PASSWORD)
        fields = {
            "csrfmiddlewaretoken": self.editor.token(port, ADD),
            "title": "Kế hoạch năm",
            "collection": site_collection(self.city.my_long).pk,
        }
        self.editor.send(port, ADD, {"file": ("ke-hoach.pdf", PDF, "application/pdf")}, **fields)
        return PortalFile.objects.get()

    def statuses(self, path: str) -> list[int]:
        """What a stranger is answered by each machine."""
        stranger = stories.Browser(self.machines.host)
        return [stranger.get(port, path).status_code for port in self.machines.ports]

    def showing(self, file: PortalFile) -> ArticlePage:
        body = [("paragraph", f'<p><a linktype="document" id="{file.pk}">Tải về</a></p>')]
        section = self.city.section(self.city.my_long)
        return factories.article(section, by=self.cast.contributor, title="Bài có tệp", body=body)

    def test_a_file_sent_on_one_is_private_until_public_on_both_and_gone_from_both(self):
        one, other = self.machines.ports
        file = self.uploaded(one)
        self.assertEqual(self.store.contents()[f"media/{file.file.name}"], PDF)
        self.assertEqual(self.statuses(file.url), [404, 404])
        self.assertEqual(self.editor.get(other, file.url).content, PDF)

        page = publish(self.showing(file), by=self.cast.contributor)
        time.sleep(stories.PROMISED_SECONDS)
        self.assertEqual(self.statuses(file.url), [200, 200])
        self.assertEqual(stories.Browser(self.machines.host).get(other, file.url).content, PDF)
        unsigned = requests.get(f"{self.store.endpoint}/cong/media/{file.file.name}", timeout=5)
        self.assertEqual(unsigned.status_code, 403)

        [row] = takedown.propose(page, TakeDown.Ground.ERROR, by=self.cast.contributor)
        takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=self.cast.head)
        time.sleep(stories.PROMISED_SECONDS)
        self.assertEqual([status for status, _body in self.of_all(page.full_url)], [410, 410])
        self.assertEqual(self.statuses(file.url), [404, 404])

    def test_pages_stay_while_the_store_is_away(self):
        file = self.uploaded(self.machines.ports[0])
        page = publish(self.showing(file), by=self.cast.contributor)
        time.sleep(stories.PROMISED_SECONDS)
        self.store.is_away = True

        self.assertEqual(self.statuses(file.url), [503, 503])
        self.assertEqual([status for status, _body in self.of_all(page.full_url)], [200, 200])
        for port in self.machines.ports:
            status, body = self.machines.get(port, "/readyz")
            self.assertEqual(status, 200)
            self.assertIn("Kho tệp (S3) không trả lời", body)
