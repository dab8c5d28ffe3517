"""Emblem, colours, licence, order of the menu of a site: proposed by its people, confirmed by others, then shown."""

import io
import re
from datetime import datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import override_settings
from django.urls import reverse
from PIL import Image

from base.gate import Refused
from base.models import PortalImage, SiteLook, SiteMenu
from base.public.look import contrast
from home import emblem
from home.look import proposing
from tests.city import CityTestCase, fresh
from workflows.models import RecordChange
from workflows.publishing import record_changes, record_texts
from workflows.upkeep import invariants

ON = datetime(2026, 9, 15, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
NONE = dict.fromkeys(proposing.COLOURS, "")
BLUE = {**NONE, "accent": "#0b4f78"}


def drawn(size=(200, 240), kind="PNG", name="bieu-trung.png") -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", size, "#0b4f78").save(file, kind)
    return SimpleUploadedFile(name, file.getvalue(), "image/png")


class LookCase(CityTestCase):
    def propose(self, site=None, by=None, **fields):
        fields = {"colours": NONE, **fields}
        return proposing.propose_look(site or self.city.my_long, by=fresh(by or self.cast.contributor), on=ON, **fields)

    def agree(self, change, who=None):
        with self.captureOnCommitCallbacks(execute=True):
            return record_changes.confirm(change, by=fresh(who or self.cast.head), digest=change.digest, on=ON)

    def head_of(self, address) -> str:
        return self.client_class().get(address).content.decode().partition("<main")[0]


class Emblem(LookCase):
    def test_readers_see_it_once_another_person_has_agreed_and_never_before(self):
        before = self.head_of("/my-long/")
        with self.captureOnCommitCallbacks(execute=True):
            change = self.propose(emblem=drawn())
        image = PortalImage.objects.latest("pk")
        assert self.head_of("/my-long/") == before
        assert self.client_class().get(image.url).status_code == 404

        self.agree(change)

        shown = self.head_of("/my-long/")
        assert f'src="{image.url}" width="64" height="77"' in shown
        assert f'<link rel="icon" href="{image.url}" type="image/png">' in shown
        assert image.url not in self.head_of("/my-xuyen/") and image.url not in self.head_of("/")
        assert self.client_class().get(image.url).status_code == 200

    def test_that_of_the_city_stands_where_a_ward_has_none(self):
        self.agree(self.propose(self.city.site, self.cast.standing_office, emblem=drawn()))

        url = PortalImage.objects.latest("pk").url
        assert url in self.head_of("/my-long/") and url in self.head_of("/")
        self.assertRedirects(self.client_class().get(reverse("city_emblem")), url, fetch_redirect_response=False)

    def test_programs_that_ask_for_an_icon_without_reading_a_page_get_its_very_bytes(self):
        ward = {"headers": {"host": "my-long.localhost:8000"}}
        self.assertEqual(self.client_class().get("/favicon.ico").status_code, 302)
        change = self.propose(self.city.site, self.cast.standing_office, emblem=drawn())
        self.assertEqual(self.client_class().get("/favicon.ico").status_code, 302)

        self.agree(change)

        for host in ({}, ward):
            answer = self.client_class().get("/favicon.ico", **host)
            self.assertEqual((answer.status_code, answer["Content-Type"]), (200, "image/png"))
            self.assertEqual(answer.content, PortalImage.objects.latest("pk").file.open("rb").read())
            self.assertEqual(answer["X-Portal-Cache"], "public")

        self.agree(self.propose(emblem=drawn((300, 300))))

        own = self.client_class().get("/favicon.ico", **ward).content
        self.assertEqual(own, PortalImage.objects.latest("pk").file.open("rb").read())
        self.assertNotEqual(own, self.client_class().get("/favicon.ico").content)

    def test_the_administration_shows_the_placeholder_before(self):
        assert "emblem" in self.client_class().get(reverse("city_emblem"))["Location"]

    def test_the_picture_stays_as_it_was_proposed(self):
        with self.captureOnCommitCallbacks(execute=True):
            change = self.propose(emblem=drawn())
        image = PortalImage.objects.latest("pk")

        assert [version.subject for version in image.waiting_versions()] == [change]
        with self.assertRaises(Refused):
            image.delete()
        self.agree(change)
        assert image.waiting_versions() == [] and PortalImage.objects.get(pk=image.pk).first_public_at == ON
        with self.assertRaises(Refused):
            image.delete()

    def test_what_no_page_can_show_is_named_and_nothing_is_stored(self):
        count = PortalImage.objects.count()
        for file, words in (
            (drawn(size=(40, 40)), "mỗi cạnh cần từ 96 đến 1024 điểm"),
            (drawn(size=(900, 200)), "hãy cắt bỏ phần trống"),
            (drawn(kind="JPEG", name="bieu-trung.jpg"), "PNG hoặc WebP"),
        ):
            with self.subTest(words=words), self.assertRaises(ValidationError) as raised:
                self.propose(emblem=file)
            assert words in raised.exception.message_dict["emblem"][0]
        assert PortalImage.objects.count() == count

    def test_it_goes_when_the_site_wants_that_of_the_city_and_can_be_put_back(self):
        self.agree(self.propose(emblem=drawn()))
        url = PortalImage.objects.latest("pk").url
        gone = self.agree(self.propose(without_emblem=True))
        assert url not in self.head_of("/my-long/")
        assert self.client_class().get(url).status_code == 404

        self.agree(record_changes.put_back(gone, by=fresh(self.cast.contributor), on=ON))

        assert url in self.head_of("/my-long/")


class Colours(LookCase):
    def test_a_site_has_its_own_by_a_style_sheet_of_the_portal(self):
        self.agree(self.propose(colours=BLUE))

        address = re.search(r'href="(/giao-dien/0b4f78-[^"]+\.css)"', self.head_of("/my-long/"))[1]
        answer = self.client_class().get(address)
        assert answer["Content-Type"].startswith("text/css") and "immutable" in answer["Cache-Control"]
        assert "--red: #0b4f78" in answer.content.decode()
        assert "/giao-dien/" not in self.head_of("/my-xuyen/")

    def test_what_cannot_be_read_is_named_with_the_pair_and_a_way_out(self):
        for field, colours in (
            ("accent", {**NONE, "accent": "#e67e22"}),
            ("dark_accent", {**BLUE, "dark_accent": "#7fb3d5"}),
            ("dark_text", {**BLUE, "dark_text": "#0b4f78"}),
        ):
            with self.subTest(field=field), self.assertRaises(ValidationError) as raised:
                self.propose(colours=colours)
            (message,) = raised.exception.message_dict[field]
            suggested = re.search(r"ví dụ (#[0-9a-f]{6})", message)[1]
            assert "cần ít nhất" in message
            assert not contrast.failing(field, suggested)
            self.assertFalse(RecordChange.objects.exists())

    def test_what_is_no_colour_is_refused_at_its_field(self):
        with self.assertRaises(ValidationError) as raised:
            self.propose(colours={**NONE, "accent": "xanh"})
        assert "#8a1b1f" in raised.exception.message_dict["accent"][0]

    def test_a_style_sheet_of_colours_that_cannot_be_read_is_not_there(self):
        assert self.client_class().get("/giao-dien/ffff00-0b4f78-93caee.css").status_code == 404


class Licence(LookCase):
    LICENCE = "Số 07/GP-SKHCN do Sở Khoa học và Công nghệ cấp ngày 02/03/2026"

    def foot_of(self, address) -> str:
        return self.client_class().get(address).content.decode().partition("<footer")[2]

    def test_stands_in_the_footer_of_the_city_and_its_wards_once_another_person_has_agreed(self):
        change = self.propose(self.city.site, self.cast.standing_office, licence=f" {self.LICENCE}  ")
        assert "Giấy phép" not in self.foot_of("/")

        self.agree(change)

        for address in ("/", "/my-long/", "/my-long/tin-tuc/"):
            with self.subTest(address=address):
                assert f"<dt>Giấy phép</dt><dd>{self.LICENCE}</dd>" in self.foot_of(address)
        assert f'<dd lang="vi">{self.LICENCE}</dd>' in self.foot_of("/en/")

    def test_a_ward_with_one_of_its_own_shows_that(self):
        self.agree(self.propose(self.city.site, self.cast.standing_office, licence=self.LICENCE))
        self.agree(self.propose(licence="Số 08/GP-SKHCN"))

        assert "Số 08/GP-SKHCN" in self.foot_of("/my-long/") and self.LICENCE not in self.foot_of("/my-long/")
        assert self.LICENCE in self.foot_of("/my-xuyen/")

    def test_is_typed_on_the_screen_of_the_look_which_leaves_the_rest_as_it_is(self):
        self.agree(self.propose(colours=BLUE))
        self.client.force_login(self.cast.contributor)
        address = reverse("home_site_look", args=[self.city.my_long.pk])
        typed = {**BLUE, "licence": self.LICENCE}

        self.client.post(address, typed)

        change = RecordChange.objects.get(decided_at=None)
        (what,) = record_texts.differences(change)
        assert what == ("Giấy phép thiết lập trang", what[1], self.LICENCE)
        self.client.force_login(self.cast.head)
        decision = self.client.get(reverse("workflows_record_change", args=[change.pk])).content.decode()
        assert f"<p>Giấy phép: {self.LICENCE}</p>" in decision

    def test_colours_are_proposed_without_it(self):
        self.agree(self.propose(licence=self.LICENCE))

        self.agree(self.propose(colours=BLUE))

        assert SiteLook.objects.get(site=self.city.my_long).licence == self.LICENCE


class Menu(LookCase):
    def order(self, site=None):
        text = self.head_of("/my-long/")
        return re.findall(r'href="/my-long/([a-z-]+)/"', text.partition('id="danh-muc"')[2].partition("</nav>")[0])

    def test_the_order_changes_for_readers_once_another_person_has_agreed_and_can_be_put_back(self):
        before = self.order()
        wanted = ["hoi-dap", *[slug for slug in reversed(before) if slug != "hoi-dap"]]
        change = proposing.propose_menu(self.city.my_long, by=fresh(self.cast.contributor), on=ON, order=wanted)
        assert self.order() == before and record_texts.differences(change)

        change = self.agree(change)

        after = self.order()
        assert after != before and sorted(after) == sorted(before) and after[0] == "hoi-dap"
        self.agree(record_changes.put_back(change, by=fresh(self.cast.contributor), on=ON))
        assert self.order() == before

    def test_the_screen_asks_a_number_for_each_group_and_section(self):
        self.client.force_login(self.cast.contributor)
        address = reverse("home_site_menu", args=[self.city.my_long.pk])
        numbers = {name: field.initial for name, field in self.client.get(address).context["form"].fields.items()}
        last = [name for name in numbers if name.startswith("nhom-")][-1]

        self.client.post(address, {**numbers, last: 1, "nhom-1": 2})

        change = RecordChange.objects.get()
        self.agree(change)
        assert SiteMenu.objects.get().order == change.values["order"] and self.order()[0] == change.values["order"][0]


class WhoMay(LookCase):
    def test_a_ward_proposes_for_itself_alone_and_does_not_confirm_by_itself(self):
        with self.assertRaises(Refused):
            self.propose(self.city.my_xuyen, colours=BLUE)
        change = self.propose(colours=BLUE)
        for person in (self.cast.contributor, self.cast.contributor_my_xuyen):
            with self.subTest(person=person), self.assertRaises(Refused):
                self.agree(change, person)

    def test_screens_are_there_for_the_own_site_and_the_decision_shows_the_picture(self):
        own, other = self.city.my_long.pk, self.city.my_xuyen.pk
        self.client.force_login(self.cast.contributor)
        for name in ("home_site_look", "home_site_menu"):
            with self.subTest(name=name):
                assert self.client.get(reverse(name, args=[own])).status_code == 200
                assert self.client.get(reverse(name, args=[other])).status_code == 404
        sent = {"emblem": drawn(), "accent": "#0B4F78", "dark_accent": "", "dark_text": ""}
        self.client.post(reverse("home_site_look", args=[own]), sent)
        change, image = RecordChange.objects.get(), PortalImage.objects.latest("pk")

        self.client.force_login(self.cast.head)
        text = self.client.get(reverse("workflows_record_change", args=[change.pk])).content.decode()

        assert change.values["accent"] == "#0b4f78" and change.values["emblem"] == image.pk
        assert image.url in text and "Thanh danh mục, nền tối" in text
        assert self.client.get(image.url).status_code == 200
        self.agree(change)
        self.client.force_login(self.cast.contributor)
        self.client.post(reverse("home_site_look", args=[own]), {"without_emblem": "on", "accent": "#0b4f78"})
        assert RecordChange.objects.get(decided_at=None).values["emblem"] is None

    def test_nothing_typed_is_lost_when_a_colour_cannot_be_read(self):
        self.client.force_login(self.cast.contributor)
        sent = {"emblem": drawn(), "accent": "#ffff00", "dark_accent": "", "dark_text": "#93caee"}
        text = self.client.post(reverse("home_site_look", args=[self.city.my_long.pk]), sent).content.decode()
        assert 'value="#ffff00"' in text and 'value="#93caee"' in text and "bieu-trung.png" in text


class Live(LookCase):
    def test_the_placeholder_must_not_go_live(self):
        with override_settings(PORTAL_HTTPS=True, PORTAL_DEMO=False):
            assert emblem.TO_CHANGE in invariants.violations()
            self.agree(self.propose(self.city.site, self.cast.standing_office, emblem=drawn()))
            assert emblem.violations() == []
        with override_settings(PORTAL_HTTPS=True, PORTAL_DEMO=True):
            SiteLook.objects.update(emblem=None)
            assert emblem.violations() == []

    def test_who_sets_the_portal_up_is_told(self):
        said = io.StringIO()
        with override_settings(PORTAL_DEMO=False):
            call_command("setup_portal", stdout=said)
        assert emblem.TO_CHANGE in said.getvalue()
