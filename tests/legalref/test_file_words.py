"""Words of a file that is read only after its document was published are found in the register."""

import time_machine

from base.files import texts
from base.models import FileText
from base.public.page_cache import read_generations
from legalref.models import DocumentFile, RegisterEntry, RegisterVersion
from legalref.register import finding, indexing
from legalref.register.facet_index import index_of
from tests import factories
from tests.city import CityTestCase

from .library import draft_document, public_document


class FilesReadLater(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        with time_machine.travel("2026-11-25 09:00 +07:00"):
            cls.file = factories.file(cls.city.site, title="Bản ký", content="Danh mục bến phà".encode())
            cls.document = public_document(cls.city.site, by=cls.cast.editor, signed_file=cls.file)
            cls.other = public_document(cls.city.site, by=cls.cast.editor, symbol="13/2021/QĐ-UBND")

    def found(self, words):
        return set(finding.find(words, index_of(None).part()).looks)

    def test_signed_file_is_found_once_the_job_has_read_it(self):
        self.assertEqual(self.found("bến phà"), set())

        texts.store_texts()

        self.assertEqual(self.found("bến phà"), {self.document.pk})
        self.assertEqual(self.found("13/2021/QĐ-UBND"), {self.other.pk}, "the others stay as they were")

    def test_attached_file_is_found_too_and_readers_get_a_fresh_page(self):
        attached = factories.file(self.city.site, title="Phụ lục", content="Sơ đồ cầu treo".encode())
        DocumentFile.objects.create(document=self.other, file=attached, label="Phụ lục")
        before = read_generations()[self.city.site.pk]

        texts.store_texts()

        self.assertEqual(self.found("cầu treo"), {self.other.pk})
        self.assertGreater(read_generations()[self.city.site.pk], before)

    def test_converted_text_is_found_once_a_person_has_confirmed_the_encoding(self):
        old = factories.file(self.city.site, content="Quyeát ñònh cuûa thaønh phoá".encode())
        document = public_document(self.city.site, by=self.cast.editor, symbol="14/2021/QĐ-UBND", signed_file=old)
        texts.store_texts()
        self.assertNotIn(document.pk, self.found("của thành phố"))

        texts.confirm_scheme(old, "vni", by=self.cast.editor)

        self.assertIn(document.pk, self.found("của thành phố"))

    def test_draft_that_shows_the_file_gets_no_entry(self):
        draft = draft_document(self.city.site, by=self.cast.editor, symbol="15/2021/QĐ-UBND", signed_file=self.file)

        self.assertEqual(indexing.note_file_text(self.file), 1)

        self.assertFalse(RegisterEntry.objects.filter(document=draft).exists())

    def test_file_that_says_nothing_new_leaves_the_register_as_it_is(self):
        texts.store_texts()
        version = RegisterVersion.current()

        FileText.objects.update(digest="0" * 64)
        texts.store_texts()

        self.assertEqual(RegisterVersion.current(), version)
