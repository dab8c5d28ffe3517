"""Scans are found by the words that a program recognises on them, within bounds, while a public page shows them."""

import io
import time
from datetime import timedelta
from unittest import mock, skipUnless

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.management import call_command
from django.test import SimpleTestCase
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.roles import site_collection
from base.files import recognising, texts
from base.files.checks.pdf import SCAN_NOTE, examine
from base.gate import open_gate
from base.models import FileText, PictureText, PortalFile, PortalImage, Recognition
from base.preflight import ACCESS, preflight_content
from base.sandbox.client import NO_WALL, SandboxFailure
from search.models import SearchPage
from search.results import search
from sections.models import ArticlePage
from tests import factories
from tests.city import CityTestCase, draft, publish_at_once
from tests.files.samples import minimal_pdf
from tests.files.scans import HOSTILE, SHEETS, pdf_of
from tests.legalref.library import draft_document

NEEDS_PROGRAM = skipUnless(recognising.is_installed(), "Tesseract is not installed")
# Of the words on a sheet, by how finely it was scanned.
LEAST_FOUND = {300: 0.95, 150: 0.9}
BLANK = Image.new("RGB", (1240, 1754), "white")


class Killed(BaseException):
    """The process ends here."""


class Reader:
    """A child that recognises words at once: each page says its number. It may fail, or do something meanwhile."""

    def __init__(self, *, fails_on: int = 0, failure: str = "timeout", meanwhile=None, words: int = 9):
        self.fails_on, self.failure, self.meanwhile, self.words = fails_on, failure, meanwhile, words
        self.pages = []

    def start(self) -> str:
        return ""

    def ask(self, task: str, *, target: str = "", page: int = 0, **_more) -> dict:
        if task == "draw_page":
            self.pages.append(page)
            if page == self.fails_on:
                raise SandboxFailure(self.failure)
            if self.meanwhile:
                self.meanwhile()
        if task == "sure_words":
            with open(target, "w", encoding="utf-8") as handle:
                handle.write(f"chữ nhận ra trên trang {self.pages[-1] if self.pages else 0}")
        return {"is_paper": True, "words": self.words, "unsure": 1}


def reading(reader) -> mock._patch:
    return mock.patch.multiple(recognising, sheets=reader, is_installed=lambda: True)


def found(city, query: str) -> list[str]:
    home = city.site.home_page()
    page = SearchPage.objects.get(path__startswith=home.path, depth=home.depth + 1)
    return [hit.url for hit in search(page, {"q": query}).hits]


def article_with(city, file: PortalFile) -> ArticlePage:
    body = [("files", {"files": [{"file": file, "label": "Bản ký"}]})]
    return draft(ArticlePage(title="Thông báo", summary="", body=body), city.section(city.site))


def a_scan(site, pages: int = 1) -> PortalFile:
    return factories.file(site, name="ban-ky.pdf", content=pdf_of([BLANK] * pages))


def waiting_scan(site, pages: int = 1) -> PortalFile:
    """A scan that waits, with a content that is not opened."""
    file = factories.file(site, name="ban-ky.pdf", content=b"%PDF-1.7 ban ky")
    FileText.objects.create(
        file=file, digest=file.digest, recognition=Recognition.WAITING, sheets=pages, read_at=timezone.now()
    )
    return file


@NEEDS_PROGRAM
class RealSheets(CityTestCase):
    """Four sheets, read once by the program."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.sheets = SHEETS[:4]
        content = pdf_of(sheet.picture() for sheet in cls.sheets)
        cls.file = factories.file(cls.city.site, name="ban-ky.pdf", content=content)
        cls.page = publish_at_once(article_with(cls.city, cls.file))
        texts.store_texts()
        cls.steps = [recognising.recognise(timezone.now(), {}, seconds=0.001) for _sheet in cls.sheets]
        cls.stored = FileText.objects.get(file=cls.file)

    def test_words_are_found_as_they_are_spelt(self):
        for dots, least in LEAST_FOUND.items():
            sheets = [sheet for sheet in self.sheets if sheet.dots == dots]
            missed = [word for sheet in sheets for word in sheet.missed(self.stored.text)]
            self.assertGreaterEqual(1 - len(missed) / sum(sheet.count for sheet in sheets), least, (dots, missed))

    def test_each_step_reads_a_sheet_and_the_last_ends_the_file(self):
        self.assertEqual([bool(step) for step in self.steps], [True, True, True, True])
        self.assertEqual(recognising.recognise(timezone.now(), {}), {})
        self.assertEqual((self.stored.recognition, self.stored.sheets, self.stored.sheets_read), ("done", 4, 4))

    def test_words_lead_to_the_page_while_it_is_public_only(self):
        self.assertEqual(found(self.city, "tiêm chủng mở rộng"), [self.page.get_url()])
        self.assertEqual(found(self.city, "tiem chung mo rong"), [self.page.get_url()])

        with open_gate("take_down"):
            self.page.unpublish(log_action=False)

        self.assertEqual(found(self.city, "tiêm chủng mở rộng"), [])

    def test_a_picture_of_paper_is_found_too_and_a_photograph_has_no_words(self):
        data = ContentFile(b"")
        self.sheets[1].picture().save(data, "JPEG")
        paper = PortalImage(title="Giấy mời", collection=site_collection(self.city.site))
        paper.file = ImageFile(data, name="giay.jpg")
        paper.save()
        photo = factories.picture(self.city.site, size=(1600, 1200))
        page = ArticlePage(title="Giấy mời", summary="", lead_image=paper, lead_image_alt="Giấy mời")
        page = publish_at_once(draft(page, self.city.section(self.city.site)))

        self.assertEqual(recognising.recognise(timezone.now(), {}), {})

        self.assertLessEqual(len(self.sheets[1].missed(PictureText.objects.get(picture=paper).text)), 15)
        self.assertFalse(PictureText.objects.filter(picture=photo).exclude(text="").exists())
        self.assertIn(page.get_url(), found(self.city, "tiêm chủng mở rộng"))


class OneSheet(CityTestCase):
    def setUp(self):
        self.file = waiting_scan(self.city.my_long, pages=3)

    def stored(self) -> FileText:
        return FileText.objects.get(file=self.file)

    def die_on(self, page: int, reader) -> None:
        if reader.pages[-1] == page:
            raise Killed

    def recognise(self, reader=None, on=None, **more) -> dict:
        with reading(reader or Reader()):
            return recognising.recognise(on or timezone.now(), {}, **more)

    def test_comes_after_the_other_and_a_run_that_died_goes_on_behind_it(self):
        self.assertEqual(self.recognise(seconds=0), {"left": 1})
        self.assertEqual(self.stored().sheets_read, 0)
        reader = Reader()
        reader.meanwhile = lambda: self.die_on(2, reader)
        with self.assertRaises(Killed):
            self.recognise(reader)
        self.assertEqual((self.stored().sheets_read, self.stored().recognition), (1, "waiting"))
        reader = Reader()

        self.assertEqual(self.recognise(reader), {})

        self.assertEqual(reader.pages, [2, 3])
        self.assertEqual(self.stored().text, "\n\n".join(f"chữ nhận ra trên trang {page}" for page in (1, 2, 3)))

    def recognise_twice(self, reader) -> None:
        """Now, and once more when a sheet that failed is tried again."""
        self.recognise(reader)
        self.recognise(reader, on=timezone.now() + timedelta(hours=2))

    def test_that_fails_once_is_tried_again_in_an_hour_and_goes_on(self):
        reader = Reader(fails_on=2)
        self.assertEqual(self.recognise(reader), {})
        self.assertEqual((reader.pages, self.stored().recognition), ([1, 2], "again"))
        again = Reader()
        self.assertEqual(self.recognise(again), {})
        self.assertEqual(again.pages, [])

        self.assertEqual(self.recognise(again, on=timezone.now() + timedelta(hours=2)), {})

        self.assertEqual(again.pages, [2, 3])
        self.assertEqual((self.stored().recognition, self.stored().sheets_read, self.stored().notes), ("done", 3, ""))

    def test_that_fails_twice_ends_the_file_and_leaves_what_was_read_before(self):
        reader = Reader(fails_on=2)

        self.recognise_twice(reader)

        self.assertEqual(reader.pages, [1, 2, 2])
        self.assertEqual((self.stored().recognition, self.stored().text), ("done", "chữ nhận ra trên trang 1"))
        self.assertEqual((self.stored().sheets_read, "trang 2" in self.stored().notes), (1, True))

    def test_that_fails_twice_at_once_refuses_the_file_until_it_is_to_be_read_again(self):
        whole = waiting_scan(self.city.my_xuyen)
        self.recognise_twice(Reader(fails_on=1))
        self.assertEqual((self.stored().recognition, self.stored().text), ("refused", ""))
        FileText.objects.filter(file=whole).update(recognition=Recognition.DONE, sheets_read=1)
        FileText.objects.filter(file=self.file).update(notes=f"{self.stored().notes}\nTệp dùng phông cũ.")
        again = Reader()
        self.recognise(again, on=timezone.now() + timedelta(days=1))
        self.assertEqual(again.pages, [])

        call_command("recognise_again", stdout=io.StringIO())
        self.recognise(again)

        self.assertEqual(again.pages, [1, 2, 3])
        self.assertEqual((self.stored().recognition, self.stored().notes), ("done", "Tệp dùng phông cũ."))

    def test_of_a_file_that_is_not_there_is_said_to_be_missing(self):
        self.file.file.storage.delete(self.file.file.name)

        self.recognise_twice(Reader())

        self.assertEqual((self.stored().recognition, self.stored().notes), ("refused", recognising.MISSING))

    def test_of_pictures_is_looked_for_again_only_where_that_is_asked_for(self):
        for name, text in (("giấy", "giấy khai sinh"), ("ảnh", "")):
            picture = factories.picture(self.city.site, title=name, size=(1600, 1200))
            row = {"digest": picture.digest, "text": text, "read_at": timezone.now()}
            PictureText.objects.create(picture=picture, **row)

        self.assertEqual((recognising.read_again(), PictureText.objects.count()), (0, 2))
        self.assertEqual((recognising.read_again(pictures=True), PictureText.objects.get().text), (1, "giấy khai sinh"))

    def test_behind_no_wall_is_not_opened_and_waits(self):
        with self.assertRaises(SandboxFailure):
            self.recognise(Reader(fails_on=1, failure=NO_WALL))

        self.assertEqual((self.stored().recognition, self.stored().sheets_read), ("waiting", 0))

    def test_with_spots_only_says_nothing(self):
        self.recognise(Reader(words=2))

        self.assertEqual((self.stored().recognition, self.stored().text), ("empty", ""))

    def test_of_a_content_that_was_replaced_meanwhile_is_not_kept(self):
        replaced = Reader(meanwhile=lambda: PortalFile.objects.filter(pk=self.file.pk).update(digest="0" * 64))

        self.recognise(replaced)

        self.assertEqual((self.stored().text, self.stored().sheets_read), ("", 0))
        self.assertEqual(texts.text_of(self.file), "")

    def test_after_the_most_is_not_read_and_the_file_says_so(self):
        reader = Reader()
        with mock.patch.object(recognising, "MOST_SHEETS", 2):
            self.recognise(reader)

        self.assertEqual((reader.pages, self.stored().recognition), ([1, 2], "done"))
        self.assertIn("dài 3 trang", self.stored().notes)

    def test_goes_with_its_file(self):
        self.recognise()

        PortalFile.objects.get(pk=self.file.pk).delete()

        self.assertFalse(FileText.objects.filter(digest=self.file.digest).exists())

    def test_of_another_content_is_read_anew(self):
        self.recognise()
        self.assertIn("trang 3", texts.text_of(self.file))
        FileText.objects.filter(file=self.file).update(digest="0" * 64)
        self.assertEqual(texts.text_of(self.file), "")

        texts.store_texts()

        self.assertEqual((self.stored().text, self.stored().sheets_read), ("", 0))

    def test_is_shown_to_editors_as_recognised_by_a_program(self):
        self.recognise()
        self.client.force_login(self.cast.ward_approver)

        shown = self.client.get(reverse("wagtaildocs:edit", args=[self.file.pk]))

        self.assertContains(shown, "Chữ nhận dạng tự động (3/3 trang)")
        self.assertContains(shown, "chữ nhận ra trên trang 2")

    def test_without_words_is_named_to_editors(self):
        self.recognise_twice(Reader(fails_on=1))
        self.client.force_login(self.cast.ward_approver)

        shown = self.client.get(reverse("wagtaildocs:edit", args=[self.file.pk]))

        self.assertContains(shown, "không nhận dạng được")


class ReplacedPicture(CityTestCase):
    def setUp(self):
        picture = factories.picture(self.city.site, size=(1600, 1200))
        PictureText.objects.create(
            picture=picture, digest=picture.digest, text="giấy khai sinh mẫu", read_at=timezone.now()
        )
        page = ArticlePage(title="Thông báo", summary="", lead_image=picture, lead_image_alt="Tờ giấy")
        self.page = publish_at_once(draft(page, self.city.section(self.city.site)))
        self.assertEqual(found(self.city, "giấy khai sinh"), [self.page.get_url()])
        PortalImage.objects.filter(pk=picture.pk).update(digest="0" * 64)

    def test_is_found_by_its_former_words_no_more_even_where_nothing_can_be_read(self):
        with mock.patch.object(recognising, "is_installed", return_value=False):
            recognising.recognise(timezone.now(), {})

        self.assertEqual(found(self.city, "giấy khai sinh"), [])
        self.assertFalse(PictureText.objects.exists())

    def test_is_read_anew(self):
        with reading(Reader()):
            recognising.recognise(timezone.now(), {})

        self.assertEqual(PictureText.objects.get().digest, "0" * 64)
        self.assertEqual(found(self.city, "giấy khai sinh"), [])
        self.assertEqual(found(self.city, "chữ nhận ra"), [self.page.get_url()])


class WithoutTheProgram(CityTestCase):
    def test_scans_wait_and_the_state_of_the_portal_says_so(self):
        file = waiting_scan(self.city.my_long)
        with mock.patch.object(recognising, "is_installed", return_value=False):
            self.assertEqual(recognising.recognise(timezone.now(), {}), {})
            finding = recognising.check()

        self.assertEqual((finding.state, finding.stops_serving), ("warning", False))
        self.assertIn("1 tệp quét", finding.detail)
        self.assertEqual(FileText.objects.get(file=file).recognition, "waiting")

    def test_nothing_is_said_where_no_scan_waits(self):
        with mock.patch.object(recognising, "is_installed", return_value=False):
            self.assertEqual(recognising.check().state, "ok")

    def test_nothing_is_said_where_the_program_is_there(self):
        waiting_scan(self.city.my_long)

        with mock.patch.object(recognising, "is_installed", return_value=True):
            self.assertEqual(recognising.check().state, "ok")


class BeforeSubmission(CityTestCase):
    def warnings(self, thing) -> list[tuple[str, str]]:
        return [(found.level, found.topic) for found in preflight_content(thing) if SCAN_NOTE in found.message]

    def test_a_scan_without_letters_is_named_with_the_way_out(self):
        file = a_scan(self.city.site)
        texts.store_texts()

        self.assertEqual(self.warnings(article_with(self.city, file)), [("warning", ACCESS)])
        self.assertIn("hãy kèm bản chữ", SCAN_NOTE)

    def test_it_is_named_once_however_often_it_was_read(self):
        file = a_scan(self.city.site)
        texts.store_texts()
        FileText.objects.update(digest="0" * 64)
        texts.store_texts()

        file.refresh_from_db()
        self.assertEqual(file.notes.count(SCAN_NOTE), 1)

    def test_it_is_named_from_the_upload_on(self):
        examined = examine(ContentFile(pdf_of([BLANK]), name="ban-ky.pdf"), "pdf")

        self.assertIn(SCAN_NOTE, examined.notes)

    def test_a_file_with_letters_is_not(self):
        letters = minimal_pdf(page="/Resources << /Font << /F1 6 0 R >> >>")
        examined = examine(ContentFile(letters, name="a.pdf"), "pdf")
        file = factories.file(self.city.site, content="Có chữ".encode())
        texts.store_texts()

        self.assertEqual(examined.notes, [])
        self.assertEqual(self.warnings(article_with(self.city, file)), [])

    def test_the_signed_copy_of_a_document_is_named_unless_the_document_has_its_text(self):
        file = a_scan(self.city.site)
        texts.store_texts()
        document = draft_document(self.city.site, by=self.cast.editor, signed_file=PortalFile.objects.get(pk=file.pk))

        def named():
            return [found.field for found in document.preflight() if SCAN_NOTE in found.message]

        self.assertEqual(named(), ["signed_file"])
        document.full_text = "Điều 1. Phạm vi điều chỉnh."
        self.assertEqual(named(), [])


@NEEDS_PROGRAM
class HostileFiles(SimpleTestCase):
    """Files made to keep their reader busy without end: each is refused in its time, and the next one is read."""

    def outcome(self, content: bytes, seconds: float = 12) -> str:
        """The words read, or why there are none."""
        began = time.monotonic()
        with (
            mock.patch.object(recognising, "DRAW_SECONDS", 2),
            mock.patch.object(recognising, "READ_SECONDS", 5),
            recognising.on_disk(io.BytesIO(content)) as path,
        ):
            try:
                words = recognising._words_on_page(path, 1)
            except SandboxFailure as failure:
                words = failure.kind
        self.assertLess(time.monotonic() - began, seconds)
        return words

    def test_none_gives_words_and_none_takes_longer_than_it_may(self):
        outcomes = {}
        for name, content in HOSTILE.items():
            with self.subTest(name):
                outcomes[name] = self.outcome(content)

        self.assertEqual(outcomes["a page of a hundred metres"], "")
        self.assertIn(outcomes["a picture that bursts"], ("", "timeout", "died"))
        self.assertIn(outcomes["thousands of pictures"], ("timeout", "died"))
        self.assertEqual(self.outcome(minimal_pdf()), "", "the next file is read")
