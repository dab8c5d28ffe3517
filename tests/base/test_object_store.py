"""Files in an object store of the S3 kind: private until public, by the portal's addresses alone, and away at times."""

import io
import tempfile
from datetime import timedelta
from pathlib import Path
from unittest import mock
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import time_machine
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from wagtail.documents.forms import get_document_form

from accounts.roles import site_collection
from base.files import scans, store_check
from base.files.storage import NO_ROOM, StoreAway
from base.gate import open_gate
from base.models import Installation, PortalFile
from base.operations import health, installation
from sections.models import ArticlePage
from tests import factories, object_store
from tests.base.test_files import PDF, store_file, store_image
from tests.city import CityTestCase, publish, publish_at_once
from tests.sections import pages
from workflows.archive import contents, copies, verifying
from workflows.models import ArchiveCopy

pytest.importorskip("boto3", reason="of requirements-s3.txt")

from base.files import object_store as product  # noqa: E402  needs the library


class InAStore(CityTestCase):
    """Mixin of the cases: files and archive of this process lie in `self.store`."""

    has_versions = False

    def setUp(self):
        super().setUp()
        self.store = self.enterContext(object_store.running(has_versions=self.has_versions))
        self.enterContext(object_store.files_in(self.store))

    def article(self, file: PortalFile, image=None) -> ArticlePage:
        body = [("paragraph", f'<p><a linktype="document" id="{file.pk}">Tải về</a></p>')]
        named = {"title": "Chợ nổi Long Xuyên", "lead_image": image, "body": body}
        return factories.article(self.city.section(self.city.my_long), by=self.cast.contributor, **named)

    def get(self, url: str, user=None, **headers):
        self.client.logout()
        if user:
            self.client.force_login(user)
        return self.client.get(url, headers=headers)


class FilesOfReaders(InAStore):
    def setUp(self):
        super().setUp()
        self.file, self.image = store_file(self.city.my_long), store_image(self.city.my_long)
        self.page = self.article(self.file, self.image)

    def test_an_upload_lies_in_the_bucket_which_refuses_who_did_not_sign(self):
        key = f"media/{self.file.file.name}"

        self.assertEqual(self.store.contents()[key], PDF)
        for address in (f"{self.store.endpoint}/cong/{key}", f"{self.store.endpoint}/cong?list-type=2"):
            self.assertEqual(requests.get(address, timeout=5).status_code, 403)

    def test_no_address_of_the_bucket_is_given_out(self):
        rendition = self.image.get_rendition("width-20")

        for item in (self.file, self.image, rendition):
            self.assertTrue(item.url.startswith("/tep/"), item.url)
            self.assertEqual(default_storage.url(item.file.name), f"/tep/{item.file.name}")

    def test_is_private_until_public_and_private_again_at_once(self):
        rendition = self.image.get_rendition("width-20")
        addresses = (self.file.url, self.image.url, rendition.url)
        self.assertEqual([self.get(url).status_code for url in addresses], [404] * 3)
        self.assertEqual([self.get(url, self.cast.contributor).status_code for url in addresses], [200] * 3)
        self.assertEqual(self.get(self.file.url, self.cast.contributor_my_xuyen).status_code, 404)

        publish_at_once(self.page)
        answer = self.get(self.file.url)
        self.assertEqual((answer.status_code, b"".join(answer.streaming_content)), (200, PDF))
        self.assertEqual(answer["Content-Type"], "application/pdf")
        self.assertEqual(answer["Cache-Control"], "public, max-age=0, must-revalidate")
        self.assertEqual(self.get(rendition.url).status_code, 200)

        with open_gate("take_down"):
            ArticlePage.objects.get(pk=self.page.pk).unpublish(log_action=False)
        self.assertEqual([self.get(url).status_code for url in addresses], [404] * 3)

    def test_a_part_is_read_from_the_store_as_a_part(self):
        publish_at_once(self.page)
        self.store.asked.clear()

        answer = self.get(self.file.url, Range="bytes=2-5")

        self.assertEqual((answer.status_code, b"".join(answer.streaming_content)), (206, PDF[2:6]))
        self.assertEqual(answer["Content-Range"], f"bytes 2-5/{len(PDF)}")
        self.assertEqual([method for method, _path in self.store.asked], ["HEAD", "GET"])

    def test_the_web_server_in_front_gets_an_address_that_is_good_for_two_minutes(self):
        publish_at_once(self.page)
        with override_settings(PORTAL_ACCEL_PREFIX="/tep-noi-bo/"):
            answers = {method: getattr(self.client, method.lower())(self.file.url) for method in ("GET", "HEAD")}

        for method, answer in answers.items():
            given = answer["X-Accel-Redirect"]
            self.assertTrue(given.startswith(f"/tep-noi-bo/cong/media/{self.file.file.name}?X-Amz-"), given)
            self.assertEqual(dict(parse_qsl(urlsplit(given).query))["X-Amz-Expires"], "120")
            address = self.store.endpoint + given.removeprefix("/tep-noi-bo")
            self.assertEqual(requests.request(method, address, timeout=5).status_code, 200)
            other = {"GET": "HEAD", "HEAD": "GET"}[method]
            self.assertEqual(requests.request(other, address, timeout=5).status_code, 403)
            with time_machine.travel(timezone.now() + timedelta(seconds=121), tick=False):
                self.assertEqual(requests.request(method, address, timeout=5).status_code, 403)
        self.assertEqual(answers["GET"].content, b"")

    def test_the_web_server_in_front_is_given_nothing_of_what_is_private(self):
        with override_settings(PORTAL_ACCEL_PREFIX="/tep-noi-bo/"):
            answer = self.get(self.file.url)

        self.assertEqual(answer.status_code, 404)
        self.assertNotIn("X-Accel-Redirect", answer)

    def test_a_file_that_the_store_lost_is_not_found(self):
        publish_at_once(self.page)
        self.store.versions.clear()

        self.assertEqual(self.get(self.file.url).status_code, 404)


class WhileTheStoreIsAway(InAStore):
    def test_files_are_answered_503_and_pages_stay(self):
        file = store_file(self.city.my_long)
        page = publish_at_once(self.article(file))
        self.store.is_away = True

        for prefix in ("", "/tep-noi-bo/"):
            with self.subTest(prefix=prefix), override_settings(PORTAL_ACCEL_PREFIX=prefix):
                answer = self.get(file.url)
                self.assertEqual((answer.status_code, answer["Retry-After"]), (503, "30"))
                self.assertEqual(answer["Cache-Control"], "private, no-store")
                self.assertIn("Kho tệp hiện không trả lời", answer.content.decode())
        self.assertEqual(pages.visit(self.client, page).status_code, 200)
        self.assertEqual(self.get("/tep/aaaaaaaaaaaaaaaaaaaa/a.pdf").status_code, 404)

    def test_it_is_not_asked_again_for_five_seconds(self):
        self.store.is_away = True
        self.assertFalse(default_storage.has_room(1))
        self.store.is_away = False

        self.assertFalse(default_storage.has_room(1))
        later = product.monotonic() + product.REST_SECONDS
        with mock.patch.object(product, "monotonic", lambda: later):
            self.assertTrue(default_storage.has_room(1))

    def test_an_upload_is_refused_with_the_reason_and_what_was_typed_stays(self):
        self.store.is_away = True
        form = get_document_form(PortalFile)(
            {"title": "Kế hoạch năm", "collection": site_collection(self.city.my_long).pk},
            {"file": SimpleUploadedFile("ke-hoach.pdf", PDF, "application/pdf")},
            user=self.cast.contributor,
        )

        self.assertFalse(form.is_valid())
        self.assertEqual(form.errors["file"], [NO_ROOM])
        self.assertEqual(form["title"].value(), "Kế hoạch năm")

    def test_one_that_goes_away_while_a_file_is_written_leaves_no_row(self):
        self.store.is_away = True

        with self.assertRaises(StoreAway), transaction.atomic():
            store_file(self.city.my_long)

        self.assertEqual((PortalFile.objects.count(), self.store.versions), (0, {}))

    def test_a_form_gets_back_what_was_typed_when_it_goes_away_in_the_middle(self):
        self.client.force_login(self.cast.contributor)
        self.client.raise_request_exception = False
        self.store.is_away = True
        fields = {"title": "Kế hoạch năm", "collection": site_collection(self.city.my_long).pk}

        with mock.patch.object(product.PrivateObjects, "has_room", return_value=True):
            answer = self.client.post(
                "/quan-tri/documents/add/", {**fields, "file": SimpleUploadedFile("ke-hoach.pdf", PDF)}
            )

        self.assertEqual((answer.status_code, answer["Retry-After"]), (503, "30"))
        self.assertContains(answer, "Kế hoạch năm", status_code=503)
        self.assertContains(answer, "Gửi lại", status_code=503)
        self.assertFalse(PortalFile.objects.exists())

    def test_nothing_is_published_without_its_copy_in_the_archive(self):
        page = self.article(store_file(self.city.my_long))
        self.store.is_away = True

        with self.assertRaises(StoreAway), transaction.atomic():
            publish(page, by=self.cast.contributor)

        self.assertFalse(ArticlePage.objects.get(pk=page.pk).live)

    def test_a_store_that_refuses_strangers_in_a_way_of_its_own_is_private(self):
        self.store.refusal = 412

        self.assertEqual(store_check.check().state, health.OK)

    def test_watchers_read_it(self):
        self.assertEqual(store_check.check().state, health.OK)
        self.store.is_open = True
        found = store_check.check()
        self.assertEqual((found.state, found.stops_serving), (health.FAILED, False))
        self.assertIn("cho người lạ đọc", found.detail)

        self.store.is_away = True

        found = store_check.check()
        self.assertEqual((found.state, found.stops_serving), (health.FAILED, False))
        self.assertIn("không trả lời", found.detail)


class Removing(InAStore):
    has_versions = True

    def test_what_is_deleted_goes_with_all_its_versions(self):
        file = store_file(self.city.my_long)
        key = f"media/{file.file.name}"
        default_storage.replace(file.file.name, ContentFile(b"khac"))
        self.assertEqual(len(self.store.versions[key]), 2)

        with self.captureOnCommitCallbacks(execute=True):
            file.delete()

        self.assertEqual(self.store.versions[key], [])

    def test_what_could_not_be_deleted_goes_with_the_nightly_job(self):
        file = store_file(self.city.my_long)
        name, remaining = file.file.name, store_file(self.city.my_long)
        self.store.is_away = True
        with self.captureOnCommitCallbacks(execute=True):
            file.delete()
        self.store.is_away = False
        self.assertIn(f"media/{name}", self.store.contents())

        with self.rested():
            self.assertEqual(scans.purge_orphans(older_than_seconds=86_400), 0)
            self.assertEqual(scans.purge_orphans(older_than_seconds=-1), 1)

        self.assertEqual(list(self.store.contents()), [f"media/{remaining.file.name}"])

    def test_the_nightly_job_says_that_the_store_is_away(self):
        self.store.is_away = True

        with self.assertRaises(StoreAway):
            scans.purge_orphans()

    def rested(self):
        later = product.monotonic() + product.REST_SECONDS
        return mock.patch.object(product, "monotonic", lambda: later)


class TheArchive(InAStore):
    def test_what_is_published_is_sealed_and_verified_in_the_bucket(self):
        file = store_file(self.city.my_long)
        publish(self.article(file), by=self.cast.contributor)
        copy = ArchiveCopy.objects.get()

        lying = self.store.contents()
        for digest in (copy.content_digest, copy.html_digest, file.digest):
            self.assertIn(f"archive/{digest[:2]}/{digest}", lying)
        self.assertEqual(lying[f"archive/{file.digest[:2]}/{file.digest}"], PDF)
        self.assertEqual(copies.archived_content(copy)["title"], "Chợ nổi Long Xuyên")
        self.assertEqual(verifying.verify(), [])

        self.store.put(f"archive/{file.digest[:2]}/{file.digest}", b"khac")
        del self.store.versions[f"archive/{copy.html_digest[:2]}/{copy.html_digest}"]

        found = {violation.message for violation in verifying.verify()}
        self.assertEqual(len(found), 2)
        self.assertTrue(any("Thiếu tệp lưu trữ" in message for message in found), found)
        self.assertTrue(any("đã bị sửa" in message for message in found), found)

    def test_a_content_is_written_once_and_an_old_one_renewed_before_it_is_used_again(self):
        digest, size = copies.store(b"noi dung")
        key = f"archive/{digest[:2]}/{digest}"
        self.store.versions[key][-1].written_at -= timedelta(days=2)
        self.store.asked.clear()

        self.assertEqual(copies.store_file(io.BytesIO(b"noi dung")), (digest, size))

        self.assertEqual([method for method, _path in self.store.asked], ["HEAD", "PUT"])
        self.assertEqual(copies.purge_orphans(), 0)
        self.assertEqual(copies.purge_orphans(older_than_seconds=-1), 1)
        self.assertNotIn(key, self.store.contents())
        with self.assertRaises(FileNotFoundError):
            contents.opened(digest)

    def test_a_check_of_it_fails_where_the_store_is_away_and_finds_nothing_missing(self):
        publish(self.article(store_file(self.city.my_long)), by=self.cast.contributor)
        self.store.is_away = True

        with self.assertRaises(StoreAway):
            verifying.verify()


class TheStoreItself(InAStore):
    def test_lists_of_any_length_are_read_to_their_end(self):
        names = [default_storage.save(f"abc{number}/a.txt", ContentFile(b"a")) for number in range(5)]
        storages["archive"].replace("ab/cd", ContentFile(b"b"))

        self.assertEqual([name for name, _moment, _size in default_storage.listed()], names)
        self.assertEqual([name for name, _moment, _size in storages["archive"].listed()], ["ab/cd"])

    def test_no_file_takes_the_place_of_one_that_came_first(self):
        first, second = (default_storage.save("abc/a.txt", ContentFile(text)) for text in (b"mot", b"hai"))

        self.assertEqual(first, "abc/a.txt")
        self.assertNotEqual(second, first)
        with default_storage.open(first) as handle:
            self.assertEqual(handle.read(), b"mot")

    def test_a_wrong_key_is_a_store_that_does_not_serve(self):
        with override_settings(PORTAL_S3_SECRET="sai"):
            store = product.PrivateObjects("media")

        with self.assertRaises(StoreAway):
            store.size("abc/a.txt")
        self.assertFalse(store.has_room(1))

    def test_has_no_path(self):
        file = store_file(self.city.my_long)

        with self.assertRaises(NotImplementedError):
            default_storage.path(file.file.name)

    def test_a_refused_upload_says_why(self):
        self.store.is_away = True

        with self.assertRaisesMessage(ValidationError, NO_ROOM):
            scans.demand_storable(SimpleUploadedFile("a.pdf", PDF), by=self.cast.contributor)


class OneThatStandsMoves(InAStore):
    """`manage.py files_to_store`: files and archive of a portal that had folders."""

    def setUp(self):
        super().setUp()
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.media, self.archive = folder / "media", folder / "archive"
        self.enterContext(override_settings(MEDIA_ROOT=self.media, ARCHIVE_ROOT=self.archive))
        for path, content in (
            (self.media / "abc" / "anh.jpg", b"anh"),
            (self.media / ".portal", b"dau"),
            (self.archive / "ab" / "abcd", b"luu tru"),
            (self.archive / "ab" / ".abcd.1", b"do dang"),
        ):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def move(self) -> str:
        out = io.StringIO()
        call_command("files_to_store", stdout=out)
        return out.getvalue()

    def test_what_the_bucket_lacks_is_written_and_read_back_and_nothing_twice(self):
        self.assertIn("Đã ghi 2 tệp", self.move())
        self.assertEqual(self.store.contents(), {"media/abc/anh.jpg": b"anh", "archive/ab/abcd": b"luu tru"})

        self.store.put("media/abc/anh.jpg", b"ahn")
        self.assertIn("Đã ghi 1 tệp, 0.0 MB vào kho và đọc lại; 1 tệp đã có", self.move())

        self.assertEqual(self.store.contents()["media/abc/anh.jpg"], b"anh")
        self.assertTrue((self.media / "abc" / "anh.jpg").exists())

    def test_a_store_that_is_away_or_not_set_is_named(self):
        self.store.is_away = True
        with self.assertRaisesMessage(CommandError, "không trả lời"):
            self.move()
        with override_settings(PORTAL_S3_BUCKET=""), self.assertRaisesMessage(CommandError, "PORTAL_S3_BUCKET"):
            self.move()


class OnePortal(InAStore):
    """The bucket is marked as the folders are (`base/operations/installation.py`)."""

    def setUp(self):
        super().setUp()
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        places = {name: folder / name.lower() for name in ("PORTAL_SEALS", "PORTAL_GONE_SHARED", "PORTAL_AUDIT_KEYS")}
        self.enterContext(override_settings(**places))
        Installation.objects.all().delete()

    def test_a_machine_with_the_bucket_of_another_portal_does_not_start(self):
        installation.demand()
        marks = {self.store.contents()[key] for key in ("media.portal", "archive.portal")}
        self.assertEqual(marks, {Installation.objects.get().key.encode()})
        installation.demand()

        self.store.put("media.portal", b"cua cong khac")

        with self.assertRaisesMessage(ImproperlyConfigured, "Thư mục tệp tải lên (http://127.0.0.1:"):
            installation.demand()
        self.assertEqual(len(installation.adopt()), 1)
        installation.demand()

    def test_one_that_is_away_stops_no_start(self):
        installation.demand()
        self.store.is_away = True

        installation.demand()

    def test_the_marks_are_no_files(self):
        installation.demand()

        self.assertEqual((list(default_storage.listed()), list(storages["archive"].listed())), ([], []))
