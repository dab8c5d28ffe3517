"""Component sites that are split or renamed: one dossier, two persons, everything or nothing."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.urls import reverse

from base.gate import Refused
from base.models import OrganisationUnit, PortalSite, UnitAct, UnitSuccession
from home import opening
from home.models import Opening
from legalref.models import IssuingBody
from legalref.seeding import seed_issuer_of
from tests.city import CityTestCase, fresh

ACT = {"legal_act": "Nghị quyết 9/NQ-HĐND", "effective_on": date(2026, 9, 1)}
DAY = datetime(2026, 9, 1, 8, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
NORTH = opening.NewWard("Phường Mỹ Bắc", "my-bac@example.invalid", "ward")
SOUTH = opening.NewWard("Xã Mỹ Nam", "my-nam@example.invalid", "commune")


class DossierCase(CityTestCase):
    def setUp(self):
        self.site = PortalSite.objects.get(pk=self.city.my_long.pk)

    def carry_out(self, dossier: Opening, on=DAY) -> Opening:
        opening.submit_opening(dossier, by=self.cast.standing_office, on=on)
        opening.approve_opening(dossier, by=fresh(self.cast.head), on=on)
        self.site.refresh_from_db()
        return Opening.objects.get(pk=dossier.pk)


class SplitWard(DossierCase):
    def split(self, **changes) -> Opening:
        given = {"site": self.site, "wards": [NORTH], "goes_on": True, **ACT, **changes}
        return opening.split_ward(by=self.cast.standing_office, **given)

    def test_prepares_whole_sites_of_which_nothing_is_public(self):
        dossier = self.split(wards=[NORTH, SOUTH])

        north, south = dossier.parts.order_by("pk")
        assert (north.unit.kind, south.unit.kind) == ("ward", "commune")
        assert north.slug == "my-bac" and north.hosts.get().hostname.startswith("mybac.")
        assert not dossier.pages().filter(live=True).exists()
        assert {north.state, south.state} == {PortalSite.State.PREPARED}
        assert self.site.state == PortalSite.State.OPEN

    def test_the_parts_open_at_once_and_the_old_site_goes_on(self):
        dossier = self.carry_out(self.split())

        part = dossier.parts.get()
        assert dossier.state == Opening.State.APPROVED
        assert part.state == self.site.state == PortalSite.State.OPEN
        assert part.home_page().live
        assert UnitSuccession.objects.get(predecessor=self.site.unit).successor == part.unit

    def test_the_old_site_stops_and_the_first_part_follows(self):
        dossier = self.carry_out(self.split(wards=[NORTH, SOUTH], goes_on=False))

        first = dossier.parts.get(name=NORTH.name)
        assert self.site.state == PortalSite.State.FROZEN and self.site.successor == first
        assert self.site.unit.valid_to == date(2026, 8, 31)
        assert self.site.unit.successions.count() == 2

    def test_nothing_before_the_day_and_not_by_the_maker(self):
        dossier = self.split()
        opening.submit_opening(dossier, by=self.cast.standing_office)
        early = DAY.replace(month=8)
        with self.assertRaises(Refused):
            opening.approve_opening(dossier, by=fresh(self.cast.head), on=early)
        with self.assertRaises(Refused):
            opening.approve_opening(dossier, by=fresh(self.cast.standing_office), on=DAY)

    def test_what_is_missing_is_named(self):
        wrong = (
            ("site", {"site": self.city.site}),
            ("wards", {"wards": []}),
            ("wards", {"goes_on": False}),
            ("wards", {"wards": [opening.NewWard("Phường Mỹ Xuyên", "a@example.invalid", "ward")]}),
            ("legal_act", {"legal_act": " "}),
            ("effective_on", {"effective_on": date(2006, 9, 1)}),
        )
        for field, changes in wrong:
            with self.subTest(field=field), self.assertRaises(ValidationError) as raised:
                self.split(**changes)
            assert field in raised.exception.message_dict

    def test_a_ward_that_is_named_twice_is_said_so(self):
        with self.assertRaisesMessage(ValidationError, "«Phường Mỹ Bắc» được ghi hai lần"):
            self.split(wards=[NORTH, NORTH])

    def test_one_dossier_at_a_time(self):
        self.split()
        with self.assertRaises(ValidationError):
            opening.close_ward(site=self.site, by=self.cast.standing_office, **ACT)


class RenameWard(DossierCase):
    def rename(self, **changes) -> Opening:
        given = {"site": self.site, "name": "Phường Long Mỹ", **ACT, **changes}
        return opening.rename_ward(by=self.cast.standing_office, **given)

    def test_the_name_changes_everywhere_and_the_address_stays(self):
        seed_issuer_of(self.site.unit)
        address = self.site.home_page().url_path

        self.carry_out(self.rename())

        home, unit = self.site.home_page(), OrganisationUnit.objects.get(pk=self.site.unit_id)
        assert self.site.name == unit.name == home.title == "Phường Long Mỹ"
        assert unit.authority_name == "Ủy ban nhân dân phường Long Mỹ" and home.url_path == address
        assert UnitAct.objects.get(unit=unit).former_name == "Phường Mỹ Long"
        bodies = IssuingBody.objects.filter(unit=unit).order_by("pk")
        assert [body.valid_to for body in bodies] == [date(2026, 8, 31), None] and bodies[1].predecessor == bodies[0]
        assert "Phường Long Mỹ" in self.client.get("/my-long/").content.decode()

    def test_what_is_missing_is_named(self):
        for field, changes in (
            ("site", {"site": self.city.site}),
            ("name", {"name": "Mỹ"}),
            ("name", {"name": "Phường Mỹ Xuyên"}),
            ("name", {"name": "Mỹ Long Đông"}),
            ("name", {"name": "Xã Mỹ Long"}),
            ("legal_act", {"legal_act": ""}),
            ("effective_on", {"effective_on": date(2006, 9, 1)}),
        ):
            with self.subTest(field=field), self.assertRaises(ValidationError) as raised:
                self.rename(**changes)
            assert field in raised.exception.message_dict


class Screens(DossierCase):
    def test_both_forms_make_a_dossier_that_says_what_it_does(self):
        self.client.force_login(self.cast.standing_office)
        act = {"legal_act": "Nghị quyết 9/NQ-HĐND", "effective_on": "2026-09-01"}
        line = f"{NORTH.name}; {NORTH.email}"
        for screen, data, words in (
            ("home_rename", {"site": self.site.pk, "name": "Phường Long Mỹ"}, "địa chỉ của trang giữ nguyên"),
            ("home_split", {"site": self.city.my_xuyen.pk, "wards": line, "goes_on": "yes"}, "tiếp tục hoạt động"),
        ):
            with self.subTest(screen=screen):
                answer = self.client.post(reverse(screen), {**data, **act}, follow=True)
                assert words in answer.content.decode()

    def test_the_dossier_of_a_split_says_of_which_ward_each_page_is(self):
        given = {"site": self.site, "wards": [NORTH, SOUTH], "goes_on": True, **ACT}
        dossier = opening.split_ward(by=self.cast.standing_office, **given)
        self.client.force_login(self.cast.standing_office)

        answer = self.client.get(reverse("home_opening", args=[dossier.pk]))

        parts = set(dossier.parts.all())
        assert {page.of_site for page in answer.context["pages"]} == parts
        for part in parts:
            self.assertContains(answer, f"<td>{part}</td>")

    def test_a_line_that_is_no_ward_is_named_and_kept(self):
        self.client.force_login(self.cast.standing_office)
        data = {"site": self.site.pk, "wards": "Phường Mỹ Bắc", "goes_on": "yes", "legal_act": "x"}
        text = self.client.post(reverse("home_split"), data).content.decode()
        assert "Dòng 1" in text and "Phường Mỹ Bắc" in text
