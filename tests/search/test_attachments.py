"""What the files on a page say is found with the page, and only while the page is public."""

from django.core.files.uploadedfile import SimpleUploadedFile

from base.files import texts as file_texts
from base.gate import open_gate
from base.models import PortalFile, PublicItem
from base.public.index import rebuilding
from search.facets import FILE
from search.models import SearchPage
from search.results import search
from sections.models import ArticlePage
from tests import factories
from tests.city import CityTestCase, draft, publish_at_once
from tests.legalref.library import public_document
from workflows.publishing import file_changes


class Attachments(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.file = cls.text_file("Danh sách hộ được hỗ trợ xuồng composite")
        cls.page = publish_at_once(cls.article("Thông báo hỗ trợ", cls.file))

    @classmethod
    def text_file(cls, content: str) -> PortalFile:
        return factories.file(cls.city.site, content=content.encode())

    @classmethod
    def article(cls, title: str, file: PortalFile) -> ArticlePage:
        body = [("files", {"files": [{"file": file, "label": "Danh sách"}]})]
        return draft(ArticlePage(title=title, summary="", body=body), cls.city.section(cls.city.site))

    def found(self, query: str) -> list[str]:
        home = self.city.site.home_page()
        page = SearchPage.objects.get(path__startswith=home.path, depth=home.depth + 1)
        return [hit.url for hit in search(page, {"q": query}).hits]

    def test_a_file_read_after_publication_is_found_with_its_page(self):
        self.assertEqual(self.found("xuồng composite"), [])

        file_texts.store_texts()

        self.assertEqual(self.found("xuồng composite"), [self.page.get_url()])
        self.assertEqual(self.found("xuong composite"), [self.page.get_url()])

    def test_a_file_read_before_publication_is_found_with_its_page(self):
        file = self.text_file("Quy trình tiêm phòng gia súc")
        file_texts.store_texts()

        page = publish_at_once(self.article("Tin chăn nuôi", file))

        self.assertEqual(self.found("tiêm phòng"), [page.get_url()])

    def kinds(self, query: str, **filters) -> tuple[list[str], dict[str, int]]:
        """The titles found, and how many there are of each kind of file."""
        home = self.city.site.home_page()
        page = SearchPage.objects.get(path__startswith=home.path, depth=home.depth + 1)
        found = search(page, {"q": query, **filters})
        choices = found.facet(FILE).choices
        return [hit.title for hit in found.hits], {choice.label: choice.count for choice in choices}

    def test_pages_and_documents_are_filtered_by_the_kinds_of_their_files(self):
        pdf = factories.file(self.city.site, name="ban-ky.pdf", content=b"%PDF-1.7")
        sheet = factories.file(self.city.site, name="danh-sach.xlsx", content=b"PK")
        both = [("files", {"files": [{"file": file, "label": "Tệp"} for file in (pdf, sheet)]})]
        section = self.city.section(self.city.site)
        publish_at_once(draft(ArticlePage(title="Xuồng cứu hộ", summary="", body=both), section))
        publish_at_once(draft(ArticlePage(title="Xuồng máy", summary=""), section))
        public_document(self.city.site, by=self.cast.editor, subject="Quy định về xuồng", signed_file=pdf)

        titles, counts = self.kinds("xuồng")

        self.assertEqual(len(titles), 3)
        self.assertEqual(counts, {"Tệp PDF": 2, "Bảng tính": 1, "Không ghi tệp": 1})
        for kind, number in (("tep-pdf", 2), ("bang-tinh", 1), ("khong-ghi-tep", 1)):
            with self.subTest(kind):
                self.assertEqual(len(self.kinds("xuồng", **{FILE: kind})[0]), number)
        self.assertEqual(rebuilding.violations(), [])

    def test_the_index_knows_the_kinds_of_files_on_a_page(self):
        self.assertEqual(PublicItem.objects.get(page=self.page).file_kinds, "text")

    def test_the_text_of_a_draft_is_not_found_and_that_of_a_removed_page_no_more(self):
        file_texts.store_texts()
        self.article("Bản nháp", self.text_file("Nội dung kín bưng"))
        file_texts.store_texts()
        self.assertEqual(self.found("kín bưng"), [])

        with open_gate("take_down"):
            self.page.unpublish(log_action=False)
        self.assertEqual(self.found("xuồng composite"), [])

    def test_a_page_that_says_it_itself_comes_before_one_whose_file_says_it(self):
        file_texts.store_texts()
        body = [("paragraph", "<p>Xuồng composite cứu hộ.</p>")]
        said = draft(ArticlePage(title="Cứu hộ", summary="", body=body), self.city.section(self.city.site))

        said = publish_at_once(said)

        self.assertEqual(self.found("xuồng composite"), [said.get_url(), self.page.get_url()])

    def test_another_content_under_the_same_address_is_found_instead(self):
        file_texts.store_texts()
        self.file.refresh_from_db()
        content = SimpleUploadedFile(self.file.address_name, "Danh sách hộ được hỗ trợ giống lúa".encode())
        texts = file_changes.texts_of(self.file)
        change = file_changes.propose(
            self.file, by=self.cast.standing_office, content=content, reason="Bản mới", **texts
        )
        file_changes.decide(change, by=self.cast.head, accepted=True, digest=change.digest)

        file_texts.store_texts()

        self.assertEqual(self.found("giống lúa"), [self.page.get_url()])
        self.assertEqual(self.found("xuồng composite"), [])
