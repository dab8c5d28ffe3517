"""Files: private until something public shows them, looked into before they are stored."""

import io
import re
from datetime import date
from urllib.parse import unquote

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.utils import timezone
from PIL import Image
from wagtail.documents.forms import get_document_form
from wagtail.images.forms import get_image_form

from accounts.roles import site_collection
from base.files import serving as files
from base.files.upload_forms import PortalFileForm
from base.gate import Refused, open_gate
from base.models import PortalFile, PortalImage
from base.models.files import NOT_CHANGED, TOKEN_LENGTH
from legalref.models import DocumentFile
from sections.models import ArticlePage
from tests.city import CityTestCase, draft, publish_at_once
from tests.files.samples import minimal_pdf
from tests.legalref.library import draft_document
from workflows.models import Contribution

PDF = minimal_pdf()


def picture(width=40, height=30, *, frames=1, kind="PNG") -> bytes:
    """A small picture, with several frames if asked."""
    buffer = io.BytesIO()
    images = [Image.new("RGB", (width, height), (number % 255, 0, 0)) for number in range(frames)]
    images[0].save(buffer, kind, **({"save_all": True, "append_images": images[1:]} if frames > 1 else {}))
    return buffer.getvalue()


class StoredNames(CityTestCase):
    def test_nobody_can_guess_where_a_file_lies(self):
        file = store_file(self.city.my_long, "Quyết định số 01.pdf")
        token, _, name = file.file.name.partition("/")
        assert token == file.token and len(token) >= 20
        assert name == "quyet-dinh-so-01.pdf"
        assert file.url == f"/tep/{token}/{name}"
        assert len(file.digest) == 64

    def test_a_rendition_has_its_own_name(self):
        image = store_image(self.city.my_long)
        rendition = image.get_rendition("width-20")
        assert rendition.url.startswith(f"/tep/{rendition.token}/")
        assert image.token not in rendition.url

    def test_the_collection_says_whose_it_is(self):
        assert store_file(self.city.my_long).owner_site == self.city.my_long
        assert PortalFile.objects.create(title="a", file=ContentFile(PDF, "a.pdf")).owner_site == self.city.site


def store_file(site, name="a.pdf", **kwargs) -> PortalFile:
    """A file in a site's collection."""
    return PortalFile.objects.create(
        title=name, file=ContentFile(PDF, name), collection=site_collection(site), **kwargs
    )


def store_image(site, **kwargs) -> PortalImage:
    """A picture in a site's collection."""
    return PortalImage.objects.create(
        title="Chợ",
        description="Chợ nổi",
        file=ContentFile(picture(), "cho.png"),
        collection=site_collection(site),
        **kwargs,
    )


class ServingFiles(CityTestCase):
    def setUp(self):
        self.file = store_file(self.city.my_long)
        self.image = store_image(self.city.my_long)
        self.page = draft(
            ArticlePage(
                title="Chợ nổi Long Xuyên",
                lead_image=self.image,
                body=[("paragraph", f'<p><a linktype="document" id="{self.file.pk}">Tải về</a></p>')],
            ),
            self.city.section(self.city.my_long),
            by=self.cast.contributor,
        )

    def get(self, url, user=None, **headers):
        self.client.logout()
        if user:
            self.client.force_login(user)
        return self.client.get(url, headers=headers)

    def take_down(self):
        with open_gate("take_down"):
            ArticlePage.objects.get(pk=self.page.pk).unpublish(log_action=False)

    def test_a_file_on_a_draft_is_not_there_for_the_public(self):
        rendition = self.image.get_rendition("width-20")
        for url in (self.file.url, self.image.url, rendition.url):
            assert self.get(url).status_code == 404

    def test_its_own_people_see_it_uncached(self):
        for url in (self.file.url, self.image.get_rendition("width-20").url):
            response = self.get(url, self.cast.contributor)
            assert response.status_code == 200
            assert response["Cache-Control"] == "private, no-store"

    def test_people_of_another_ward_do_not(self):
        assert self.get(self.file.url, self.cast.contributor_my_xuyen).status_code == 404

    def test_the_board_of_the_city_does(self):
        assert self.get(self.file.url, self.cast.editor).status_code == 200

    def test_it_is_public_once_a_live_page_shows_it(self):
        publish_at_once(self.page)
        response = self.get(self.file.url)
        assert response.status_code == 200
        assert b"".join(response.streaming_content) == PDF
        # Asked for anew each time, by browsers too: what was taken down is gone at once.
        assert response["Cache-Control"] == "public, max-age=0, must-revalidate"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"].startswith("default-src 'none'")
        assert response["Content-Disposition"] == "inline; filename=\"a.pdf\"; filename*=UTF-8''a.pdf"
        assert not response.cookies and "Vary" not in response
        assert self.get(self.image.get_rendition("width-20").url).status_code == 200

    def test_a_draft_of_a_live_page_does_not_make_its_files_public(self):
        page = publish_at_once(self.page)
        other = store_image(self.city.my_long)
        page.lead_image = other
        page.save_revision(user=self.cast.contributor)
        assert not files.is_public(other)
        assert files.is_public(self.image)

    def test_it_is_private_again_at_once_when_the_page_is_taken_down(self):
        publish_at_once(self.page)
        assert self.get(self.file.url).status_code == 200
        self.take_down()
        assert self.get(self.file.url).status_code == 404

    def test_an_unchanged_file_is_answered_with_304(self):
        publish_at_once(self.page)
        etag = self.get(self.file.url)["ETag"]
        assert self.get(self.file.url, **{"If-None-Match": etag}).status_code == 304

    def test_a_player_gets_the_part_it_asks_for(self):
        publish_at_once(self.page)
        response = self.get(self.file.url, Range="bytes=0-3")
        assert response.status_code == 206
        assert b"".join(response.streaming_content) == PDF[:4]
        assert response["Content-Range"] == f"bytes 0-3/{len(PDF)}"
        assert self.get(self.file.url, Range="bytes=900-").status_code == 416

    def test_a_private_file_is_answered_with_the_headers_of_one_that_is_not_there(self):
        private, nothing = self.get(self.file.url), self.get("/tep/" + "a" * 20 + "/khong-co.txt")

        assert dict(private.headers) == dict(nothing.headers)

    def test_a_wrong_name_or_token_is_not_found(self):
        publish_at_once(self.page)
        token = self.file.token
        for url in (f"/tep/{token}/b.pdf", "/tep/aaaaaaaaaaaaaaaaaaaa/a.pdf", f"/tep/{token}/..%2fa.pdf"):
            assert self.get(url).status_code == 404

    def test_a_signed_statement_kept_inside_is_never_public(self):
        inside = store_file(self.city.site)
        Contribution.objects.create(
            page_id=self.page.pk,
            contributor_name="Cán bộ mẫu 20",
            received_on=date(2026, 1, 5),
            declaration_file=inside,
            entered_by=self.cast.standing_office,
        )
        assert not files.is_public(inside)

    @override_settings(PORTAL_ACCEL_PREFIX="/kho-tep/")
    def test_a_web_server_in_front_may_send_it(self):
        publish_at_once(self.page)
        response = self.get(self.file.url)
        assert response["X-Accel-Redirect"] == f"/kho-tep/{self.file.file.name}"
        assert response["Content-Type"] == "application/pdf" and not response.content

    @override_settings(PORTAL_ACCEL_PREFIX="/kho-tep/")
    def test_the_web_server_in_front_is_told_nothing_about_what_is_private(self):
        response = self.get(self.file.url)
        assert response.status_code == 404
        assert "X-Accel-Redirect" not in response

    def test_only_what_is_public_is_answered_with_304(self):
        publish_at_once(self.page)
        etag = self.get(self.file.url)["ETag"]
        self.take_down()

        for headers in ({"If-None-Match": etag}, {"If-None-Match": "*"}, {"If-Modified-Since": FUTURE}):
            with self.subTest(headers):
                assert self.get(self.file.url, **headers).status_code == 404

    def test_its_own_people_get_a_private_file_whole_whatever_their_browser_remembers(self):
        publish_at_once(self.page)
        etag = self.get(self.file.url)["ETag"]
        self.take_down()

        response = self.get(self.file.url, self.cast.contributor, **{"If-None-Match": etag})

        assert response.status_code == 200
        assert response["Cache-Control"] == "private, no-store" and "ETag" not in response


FUTURE = "Fri, 01 Jan 2100 00:00:00 GMT"
TOKEN = rb"\b[a-z0-9]{%d}\b" % TOKEN_LENGTH


class NotThere(CityTestCase):
    """What is not public is answered like what never was, whichever way a stranger asks."""

    ways = [
        ("GET", {}),
        ("HEAD", {}),
        ("GET", {"Range": "bytes=0-3"}),
        ("HEAD", {"Range": "bytes=0-"}),
        ("GET", {"Range": "bytes=-1"}),
        ("GET", {"If-None-Match": "*"}),
        ("HEAD", {"If-None-Match": "*"}),
        ("GET", {"If-Modified-Since": FUTURE}),
        ("GET", {"If-Match": "*"}),
        ("GET", {"If-Unmodified-Since": FUTURE}),
        ("GET", {"If-Range": FUTURE, "Range": "bytes=0-3"}),
        ("GET", {"Accept": "*/*", "X-Original-URL": "/"}),
    ]

    def setUp(self):
        self.file, self.image = store_file(self.city.my_long, "Kế hoạch.pdf"), store_image(self.city.my_long)
        self.rendition = self.image.get_rendition("width-20")
        self.page = draft(
            ArticlePage(
                title="Chợ nổi",
                lead_image=self.image,
                body=[("paragraph", f'<p><a linktype="document" id="{self.file.pk}">Tải về</a></p>')],
            ),
            self.city.section(self.city.my_long),
            by=self.cast.contributor,
        )

    def own(self) -> list[str]:
        """The addresses they had, and where they lie."""
        kept = [self.file, self.image, self.rendition]
        return list(dict.fromkeys([item.url for item in kept] + [f"/tep/{item.file.name}" for item in kept]))

    def guessed(self) -> list[str]:
        """Where somebody would look who knows Wagtail, Django, nginx and the name of the file."""
        kept = [self.file, self.image, self.rendition]
        return [
            *(f"/{folder}/{item.file.name}" for item in kept for folder in ("media", "tep-noi-bo", "files", "static")),
            *(f"/media/{folder}/{item.address_name}" for item in kept[:2] for folder in ("documents", "images")),
            f"/media/images/{self.rendition.file.name.rsplit('/', 1)[-1]}",
            f"/documents/{self.file.pk}/{self.file.address_name}",
            f"/documents/{self.file.pk}/ke-hoach.pdf",
            f"/images/{self.image.pk}/width-400/cho.png",
            f"/tep/{self.file.token}/",
            f"/tep/{self.file.token}/Kế hoạch.pdf",
            f"{self.file.url}?v=1",
            f"{self.file.url}/",
            f"/tep//{self.file.file.name}",
            f"/tep/{self.image.token}/../{self.file.file.name}",
        ]

    def learnt(self, method: str, address: str, headers: dict) -> tuple:
        """What a stranger learns from an answer: all of it but what the address itself says."""
        answer = self.client.generic(method, address, headers=headers)
        heads = {name: value for name, value in answer.headers.items() if name != "X-Request-Id"}
        return answer.status_code, heads, re.sub(TOKEN, b"-" * TOKEN_LENGTH, answer.content)

    def demand_not_there(self, asked):
        self.client.logout()
        for (method, headers), address in asked:
            with self.subTest(method=method, address=address, headers=headers):
                status, heads, content = self.learnt(method, address, headers)
                assert status == 404
                assert not {"ETag", "Accept-Ranges", "Last-Modified", "X-Accel-Redirect"} & set(heads)
                never = re.sub(TOKEN.decode(), "a" * TOKEN_LENGTH, address)
                assert (status, heads, content) == self.learnt(method, never, headers)

    def test_on_a_draft(self):
        self.demand_not_there([(way, address) for address in self.own() for way in self.ways[:4]])

    def test_after_the_page_was_taken_down(self):
        publish_at_once(self.page)
        assert self.client.get(self.file.url).status_code == self.client.get(self.rendition.url).status_code == 200

        with open_gate("take_down"):
            ArticlePage.objects.get(pk=self.page.pk).unpublish(log_action=False)

        asked = [(way, address) for address in self.own() for way in self.ways]
        self.demand_not_there(asked + [(("GET", {}), address) for address in self.guessed()])

    def test_another_method_than_reading_is_refused_for_all_alike(self):
        for address in (self.file.url, "/tep/aaaaaaaaaaaaaaaaaaaa/a.pdf"):
            for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
                with self.subTest(method=method, address=address):
                    assert self.client.generic(method, address).status_code == 405


class ShownByRecords(CityTestCase):
    def test_the_files_of_a_document_are_as_public_as_the_document(self):
        signed, other = store_file(self.city.site), store_file(self.city.site)
        document = draft_document(self.city.site, by=self.cast.standing_office, signed_file=signed)
        document.document_files.add(DocumentFile(file=other))
        document.save()
        document.save_revision(user=self.cast.standing_office)
        self.demand(404, signed, other)

        document = publish_at_once(document)
        self.demand(200, signed, other)

        with open_gate("take_down"):
            document.unpublish(log_action=False)
        self.demand(404, signed, other)

    def demand(self, status: int, *items):
        for item in items:
            assert self.client.get(item.url).status_code == status


class DownloadNames(CityTestCase):
    """The address says nothing; whoever saves the file gets its title (RFC 6266, 8187)."""

    def said(self, title: str) -> str:
        self.file = PortalFile.objects.create(
            title=title, file=ContentFile(PDF, "Quyết định.pdf"), collection=site_collection(self.city.my_long)
        )
        self.client.force_login(self.cast.contributor)
        return self.client.get(self.file.url)["Content-Disposition"]

    def test_the_title_is_given_plain_and_whole(self):
        said = self.said("Quyết định 01/2020/QĐ-UBND.pdf")
        assert said.startswith('inline; filename="quyet-dinh.pdf"; ')
        assert unquote(said.partition("filename*=UTF-8''")[2]) == "Quyết định 01 2020 QĐ-UBND.pdf"

    def test_nothing_in_a_title_breaks_out_of_the_header(self):
        for title in ('a"; filename="b.exe', "a\r\nSet-Cookie: x=1", "../../etc/passwd", "a\u202eexe.pdf", "'a'%00;b"):
            with self.subTest(title):
                said = self.said(title)
                assert re.fullmatch(r"inline; filename=\"[\w.-]+\"; filename\*=UTF-8''[\w.%~-]+\.pdf", said), said
                name = unquote(said.partition("filename*=UTF-8''")[2])
                assert not set(name) & set('\r\n"\\/\u202e')

    def test_a_very_long_title_is_cut_and_an_empty_one_left_out(self):
        assert len(unquote(self.said("Dài " * 60).partition("''")[2])) <= files.LONGEST_DOWNLOAD_NAME + 4
        assert self.said("///") == 'inline; filename="quyet-dinh.pdf"'


class ReplacingAndDeleting(CityTestCase):
    def setUp(self):
        self.image = store_image(self.city.my_long)
        self.page = draft(
            ArticlePage(title="Chợ nổi", lead_image=self.image),
            self.city.section(self.city.my_long),
            by=self.cast.contributor,
        )

    def test_a_draft_picture_is_replaced_under_its_address(self):
        before, path = self.image.url, self.image.file.name
        self.image.file = ContentFile(picture(50, 50), "cho.png")
        self.image.save()
        assert self.image.url == before
        assert self.image.file.name != path

    def test_a_public_picture_is_not_replaced(self):
        publish_at_once(self.page)
        self.image.file = ContentFile(picture(50, 50), "cho.png")
        with pytest.raises(Refused, match="Đề nghị thay tệp"):
            self.image.save()

    def test_nor_one_that_was_public(self):
        file = store_file(self.city.my_long)
        files.note_published([file], timezone.now())
        file.refresh_from_db()
        with pytest.raises(Refused):
            file.delete()
        file.file = ContentFile(PDF + b" ", "a.pdf")
        with pytest.raises(Refused):
            file.save()

    def test_a_public_picture_is_not_deleted(self):
        publish_at_once(self.page)
        with pytest.raises(Refused):
            self.image.delete()

    def test_nor_through_a_query(self):
        file = store_file(self.city.my_long)
        files.note_published([file], timezone.now())
        with pytest.raises(Refused):
            PortalFile.objects.filter(pk=file.pk).delete()

    def test_a_picture_nobody_ever_saw_is_deleted(self):
        unused = store_image(self.city.my_long)
        unused.delete()
        assert not PortalImage.objects.filter(pk=unused.pk).exists()

    def test_the_form_says_what_to_do_instead(self):
        publish_at_once(self.page)
        form = get_image_form(PortalImage)(
            {"title": "Chợ", "collection": self.image.collection_id},
            {"file": SimpleUploadedFile("cho.png", picture(50, 50), "image/png")},
            instance=self.image,
            user=self.cast.superuser,
        )
        assert not form.is_valid()
        assert NOT_CHANGED in form.non_field_errors()
        assert "file" not in form.fields and form.fields["title"].widget.attrs["readonly"]

    def test_a_file_that_was_chosen_before_it_became_public_is_not_dropped_in_silence(self):
        publish_at_once(self.page)
        form = get_image_form(PortalImage)(
            {"title": self.image.title, "collection": self.image.collection_id, "file-tep-giu": "ve"},
            instance=self.image,
            user=self.cast.superuser,
        )
        assert not form.is_valid()
        assert NOT_CHANGED in form.non_field_errors()

    def test_of_a_file_nobody_saw_asks_for_the_file(self):
        form = get_image_form(PortalImage)(instance=self.image, user=self.cast.superuser)
        assert "file" in form.fields and "readonly" not in form.fields["title"].widget.attrs

    def test_the_form_looks_into_documents(self):
        form_class = get_document_form(PortalFile)
        assert issubclass(form_class, PortalFileForm)
        form = form_class(
            {"title": "Tệp", "collection": site_collection(self.city.my_long).pk},
            {"file": SimpleUploadedFile("a.pdf", b"<html>")},
            user=self.cast.superuser,
        )
        assert "không phải là «.pdf»" in form.errors["file"][0]

    def test_the_form_says_of_an_empty_file_what_to_do(self):
        form = get_document_form(PortalFile)(
            {"title": "Tệp", "collection": site_collection(self.city.my_long).pk},
            {"file": SimpleUploadedFile("a.pdf", b"")},
            user=self.cast.superuser,
        )

        assert form.errors["file"] == ["Tệp rỗng; hãy chọn lại tệp."]
