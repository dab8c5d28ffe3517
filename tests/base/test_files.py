"""Files: private until something public shows them, looked into before they are stored."""

import io
import zipfile
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import SimpleTestCase, override_settings
from django.utils import timezone
from PIL import Image
from wagtail.documents.forms import get_document_form
from wagtail.images.forms import get_image_form

from accounts.roles import site_collection
from base import files
from base.forms import PortalFileForm
from base.gate import Refused, open_gate
from base.models import PortalFile, PortalImage
from base.models.files import NOT_CHANGED
from sections.models import ArticlePage
from tests.city import CityTestCase, draft, publish_at_once
from tests.files.samples import minimal_pdf
from workflows.models import Contribution

PDF = minimal_pdf()


def picture(width=40, height=30, *, frames=1, kind="PNG") -> bytes:
    """A small picture, with several frames if asked."""
    buffer = io.BytesIO()
    images = [Image.new("RGB", (width, height), (number % 255, 0, 0)) for number in range(frames)]
    images[0].save(buffer, kind, **({"save_all": True, "append_images": images[1:]} if frames > 1 else {}))
    return buffer.getvalue()


def packed(entries: dict[str, bytes]) -> bytes:
    """A zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def upload(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


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
        title="Chợ", description="Chợ nổi", file=ContentFile(picture(), "cho.png"),
        collection=site_collection(site), **kwargs,
    )  # fmt: skip


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
        assert "public" in response["Cache-Control"] and "s-maxage=0" in response["Cache-Control"]
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

    def test_a_wrong_name_or_token_is_not_found(self):
        publish_at_once(self.page)
        token = self.file.token
        for url in (f"/tep/{token}/b.pdf", "/tep/aaaaaaaaaaaaaaaaaaaa/a.pdf", f"/tep/{token}/..%2fa.pdf"):
            assert self.get(url).status_code == 404

    def test_a_signed_statement_kept_inside_is_never_public(self):
        inside = store_file(self.city.site)
        Contribution.objects.create(
            page_id=self.page.pk, contributor_name="Cán bộ mẫu 20", received_on=date(2026, 1, 5),
            declaration_file=inside, entered_by=self.cast.standing_office,
        )  # fmt: skip
        assert not files.is_public(inside)

    @override_settings(PORTAL_ACCEL_PREFIX="/kho-tep/")
    def test_a_web_server_in_front_may_send_it(self):
        publish_at_once(self.page)
        response = self.get(self.file.url)
        assert response["X-Accel-Redirect"] == f"/kho-tep/{self.file.file.name}"


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
        assert form.errors["file"] == [NOT_CHANGED]

    def test_the_form_looks_into_documents(self):
        form_class = get_document_form(PortalFile)
        assert issubclass(form_class, PortalFileForm)
        form = form_class(
            {"title": "Tệp", "collection": site_collection(self.city.my_long).pk},
            {"file": SimpleUploadedFile("a.pdf", b"<html>")},
            user=self.cast.superuser,
        )
        assert "không phải là «.pdf»" in form.errors["file"][0]
