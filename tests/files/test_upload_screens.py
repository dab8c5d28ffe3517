"""Every screen of the administration that takes a picture or a file looks into it in the same way."""

import html
import json
import zipfile

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from wagtail.models import UploadedFile

from accounts.roles import site_collection
from base.files.alt_texts import MISSING
from base.models import ChosenFile, PortalFile, PortalImage
from tests import factories
from tests.city import CityTestCase, publish_at_once
from tests.files.battery import HTML, MAKERS, photograph, picture
from tests.files.samples import minimal_pdf, office

DESCRIPTION = "Người dân quét đường vào buổi sáng"
AJAX = {"X-Requested-With": "XMLHttpRequest"}


class Screen:
    """One screen: its address, the names of its fields, and how its answer says what went wrong."""

    def __init__(self, name: str, *, prefix: str = "", file: str = "file", is_json: bool = False):
        self.name, self.prefix, self.file, self.is_json = name, prefix, file, is_json

    @property
    def model(self):
        return PortalImage if "images" in self.name else PortalFile

    @property
    def good(self) -> tuple[str, bytes]:
        return ("cho.png", picture()) if self.model is PortalImage else ("a.pdf", minimal_pdf())

    @property
    def bad(self) -> tuple[str, bytes]:
        return ("cho.png", HTML) if self.model is PortalImage else ("a.pdf", HTML)

    def send(self, client, collection, name: str, data: bytes, title: str = "Tệp thử", description: str = DESCRIPTION):
        fields = {f"{self.prefix}title": title, f"{self.prefix}collection": collection.pk}
        if self.model is PortalImage and description and not self.is_json:
            fields[f"{self.prefix}description"] = description
        fields[self.file] = SimpleUploadedFile(name, data)
        return client.post(reverse(self.name), fields, headers=AJAX if self.is_json else {})

    def said(self, answer) -> str:
        if answer["Content-Type"].startswith("application/json"):
            return json.dumps(answer.json(), ensure_ascii=False)
        return answer.content.decode()


SCREENS = [
    Screen("wagtailimages:add"),
    Screen("wagtailimages:add_multiple", file="files[]", is_json=True),
    Screen("wagtailimages_chooser:create", prefix="image-chooser-upload-", file="image-chooser-upload-file"),
    Screen("wagtaildocs:add"),
    Screen("wagtaildocs:add_multiple", file="files[]", is_json=True),
    Screen("wagtaildocs_chooser:create", prefix="document-chooser-upload-", file="document-chooser-upload-file"),
]


class EveryScreen(CityTestCase):
    def setUp(self):
        self.client.force_login(self.cast.contributor)
        self.collection = site_collection(self.city.my_long)
        self.before = self.stored()

    def stored(self) -> int:
        if not default_storage.exists(""):
            return 0
        return sum(1 for folder in default_storage.listdir("")[0] for _ in default_storage.listdir(folder)[1])

    def test_takes_what_is_what_it_says(self):
        for screen in SCREENS:
            with self.subTest(screen.name):
                before = screen.model.objects.count()
                answer = screen.send(self.client, self.collection, *screen.good)
                assert answer.status_code in (200, 302), answer.status_code
                assert screen.model.objects.count() == before + 1, screen.said(answer)

    def test_refuses_what_is_not_and_stores_nothing(self):
        for screen in SCREENS:
            with self.subTest(screen.name):
                answer = screen.send(self.client, self.collection, *screen.bad)
                said = screen.said(answer)
                assert "hãy" in said and ("không phải là «." in said or "không mở được" in said), said[-500:]
                assert not screen.model.objects.exists()
        assert not UploadedFile.objects.exists()
        assert self.stored() == self.before

    def test_keeps_a_file_that_waits_for_another_field_of_a_form_and_of_several_sent_at_once_none(self):
        for screen in SCREENS:
            with self.subTest(screen.name):
                answer = screen.send(self.client, self.collection, *screen.good, title="T" * 300)
                said = "rồi chọn lại tệp" if screen.is_json else f"Đã giữ tệp «{screen.good[0]}»"
                assert said in screen.said(answer)
                assert not screen.model.objects.exists()
        assert not UploadedFile.objects.exists()
        assert ChosenFile.objects.filter(person=self.cast.contributor).count() == 4

    def test_takes_nothing_into_the_collection_of_another_ward(self):
        other = site_collection(self.city.my_xuyen)
        for screen in SCREENS:
            with self.subTest(screen.name):
                screen.send(self.client, other, *screen.good)
                assert not screen.model.objects.filter(collection=other).exists()
        assert not UploadedFile.objects.exists()

    def test_takes_the_place_and_the_maker_out_of_photographs(self):
        for screen in SCREENS[:3]:
            with self.subTest(screen.name):
                screen.send(self.client, self.collection, "a.jpg", photograph())
                stored = PortalImage.objects.latest("pk")
                with stored.file.open("rb") as handle:
                    data = handle.read()
                    assert not Image.open(handle).getexif()
                assert b"MAY-ANH-MAU" not in data and b"GHI-CHU-MAU" not in data

    def test_takes_the_author_out_of_documents(self):
        for screen in SCREENS[3:]:
            with self.subTest(screen.name):
                screen.send(self.client, self.collection, "a.docx", office("docx"))
                stored = PortalFile.objects.latest("pk")
                with stored.file.open("rb") as handle, zipfile.ZipFile(handle) as parts:
                    inside = b"".join(parts.read(name) for name in parts.namelist())
                assert "Báo cáo".encode() in inside and not any(maker in inside for maker in MAKERS)

    def test_the_edit_form_looks_at_the_content_that_takes_the_place_of_a_draft(self):
        for screen, edit in ((SCREENS[0], "wagtailimages:edit"), (SCREENS[3], "wagtaildocs:edit")):
            with self.subTest(edit):
                screen.send(self.client, self.collection, *screen.good)
                item = screen.model.objects.get()
                url, digest = item.url, item.digest
                fields = {"title": "Tệp thử", "collection": self.collection.pk, "description": DESCRIPTION}
                answer = self.client.post(
                    reverse(edit, args=[item.pk]), {**fields, "file": SimpleUploadedFile(*screen.bad)}
                )
                assert "hãy" in answer.content.decode()
                item.refresh_from_db()
                assert item.digest == digest
                name, data = screen.good
                other = data + b"%\n" if screen.model is PortalFile else picture(size=(30, 20))
                self.client.post(
                    reverse(edit, args=[item.pk]), {**fields, "file": SimpleUploadedFile(f"khac-{name}", other)}
                )
                item.refresh_from_db()
                assert item.url == url and item.digest != digest


class Descriptions(CityTestCase):
    """A picture says to those who cannot see it what it shows, whichever screen it comes through."""

    def setUp(self):
        self.client.force_login(self.cast.contributor)
        self.collection = site_collection(self.city.my_long)

    def test_are_asked_for_by_every_screen_that_takes_a_picture(self):
        for screen in (SCREENS[0], SCREENS[2]):
            for description, said in (("", MISSING), ("IMG_2034", "chỉ là tên tệp"), ("cho", "chỉ là tên tệp")):
                with self.subTest(screen.name, description=description):
                    answer = screen.send(self.client, self.collection, *screen.good, description=description)
                    assert said in html.unescape(screen.said(answer))
                    assert not PortalImage.objects.exists()

    def test_are_asked_for_below_each_of_several_pictures_sent_at_once(self):
        SCREENS[1].send(self.client, self.collection, *SCREENS[1].good)
        image = PortalImage.objects.get()
        address = reverse("wagtailimages:edit_multiple", args=[image.pk])
        prefix = f"image-{image.pk}-"
        fields = {f"{prefix}title": "Chợ", f"{prefix}collection": self.collection.pk}

        refused = self.client.post(address, fields, headers=AJAX).json()
        taken = self.client.post(address, {**fields, f"{prefix}description": DESCRIPTION}, headers=AJAX).json()

        assert not refused["success"] and MISSING in html.unescape(refused["form"])
        assert taken["success"]
        image.refresh_from_db()
        assert image.description == DESCRIPTION

    def test_of_a_picture_that_is_public_are_left_to_two_persons(self):
        image = factories.picture(self.city.my_long, description="")
        section = self.city.section(self.city.my_long)
        publish_at_once(factories.article(section, by=self.cast.contributor, picture=image))
        fields = {"title": image.title, "collection": self.collection.pk, "description": "", "tags": "chợ"}

        answer = self.client.post(reverse("wagtailimages:edit", args=[image.pk]), fields)

        assert answer.status_code == 302
