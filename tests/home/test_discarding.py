"""A dossier of component sites that was made by mistake: corrected or discarded by its maker, with all it had taken."""

from datetime import date

from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import Collection, Page

from accounts.models import Appointment, RoleGroup
from base.gate import Refused
from base.models import OrganisationUnit, PortalSite, SiteHost
from base.sites import all_sites
from home import opening
from home.models import Opening
from tests.city import CityTestCase, fresh

ACT = {"legal_act": "Nghị quyết 9/NQ-HĐND", "effective_on": date(2026, 9, 1)}
NORTH = opening.NewWard("Phường Mỹ Bắc", "my-bac@example.invalid", "ward")
State = Opening.State


class DossierCase(CityTestCase):
    def setUp(self):
        self.office = self.cast.standing_office
        self.site = PortalSite.objects.get(pk=self.city.my_long.pk)

    def opened(self, **changes) -> Opening:
        given = {
            "name": "Phường Mỹ Thạnh",
            "kind": "ward",
            "slug": "my-thanh",
            "host_label": "mythanh",
            "legal_act": "Nghị quyết 9/NQ-HĐND",
            "valid_from": date(2026, 9, 1),
            "email": "my-thanh@example.invalid",
        }
        return opening.open_ward(by=self.office, **{**given, **changes})

    def renamed(self, **changes) -> Opening:
        return opening.rename_ward(by=self.office, **{"site": self.site, "name": "Phường Long Mỹ", **ACT, **changes})

    def split(self) -> Opening:
        return opening.split_ward(by=self.office, site=self.site, wards=[NORTH], goes_on=True, **ACT)

    def returned(self, dossier: Opening) -> Opening:
        opening.submit_opening(dossier, by=self.office)
        return opening.reject_opening(dossier, by=fresh(self.cast.head), reason="Sai tên.")

    def again(self, dossier: Opening) -> Opening:
        return Opening.objects.get(pk=dossier.pk)


class Discarding(DossierCase):
    def test_a_dossier_that_prepared_nothing_leaves_its_site_free_for_another(self):
        for make in (self.renamed, lambda: self.returned(self.renamed())):
            with self.subTest(make=make):
                dossier = make()
                opening.discard_opening(dossier, by=self.office)
                self.assertEqual(self.again(dossier).state, State.DISCARDED)
                self.assertEqual(self.again(dossier).events[-1]["step"], "discard")
        opening.close_ward(site=self.site, by=self.office, **ACT)

    def test_a_site_that_was_prepared_is_gone_and_name_address_and_host_are_free(self):
        dossier = self.opened()
        site, first = dossier.site, Page.objects.count()
        pages = dossier.pages().count()

        opening.discard_opening(dossier, by=self.office)

        site.refresh_from_db()
        self.assertEqual(site.state, PortalSite.State.DISCARDED)
        self.assertEqual(Page.objects.count(), first - pages)
        self.assertFalse(SiteHost.objects.filter(site=site).exists())
        self.assertNotIn(site, all_sites())
        self.assertFalse(Collection.objects.filter(name="my-thanh").exists())
        for link in RoleGroup.objects.filter(site=site).select_related("group"):
            self.assertEqual(set(link.group.permissions.values_list("codename", flat=True)), {"access_admin"})
        another = self.opened()
        self.assertEqual((another.site.slug, another.site.name), ("my-thanh", "Phường Mỹ Thạnh"))
        opening.submit_opening(another, by=self.office)
        opening.approve_opening(another, by=fresh(self.cast.head))
        self.assertEqual(PortalSite.objects.get(slug="my-thanh").state, PortalSite.State.OPEN)

    def test_readers_and_forms_know_nothing_of_its_unit(self):
        dossier = self.opened()
        opening.discard_opening(dossier, by=self.office)

        unit = OrganisationUnit.objects.get(pk=dossier.site.unit_id)

        for day in (date(2020, 1, 1), date(2030, 1, 1)):
            self.assertNotIn(unit, OrganisationUnit.objects.known(day))
        self.assertNotIn(unit, OrganisationUnit.objects.real())
        self.client.force_login(self.office)
        self.assertNotIn(dossier.site, self.client.get(reverse("home_sites")).context["sites"])
        self.assertNotContains(self.client.get(reverse("home_units"), {"hien": "tat-ca"}), unit.name)

    def test_a_split_gives_up_its_parts_and_the_old_site_goes_on(self):
        dossier = self.split()
        (part,) = dossier.parts.all()

        opening.discard_opening(dossier, by=self.office)

        part.refresh_from_db()
        self.site.refresh_from_db()
        self.assertEqual((part.state, self.site.state), (PortalSite.State.DISCARDED, PortalSite.State.OPEN))
        self.assertEqual(self.split().parts.get().slug, "my-bac")

    def test_nothing_that_was_submitted_or_decided_is_discarded(self):
        dossier = self.renamed()
        opening.submit_opening(dossier, by=self.office)
        with self.assertRaises(Refused):
            opening.discard_opening(dossier, by=self.office)

        opening.discard_opening(
            opening.reject_opening(dossier, by=fresh(self.cast.head), reason="Sai."), by=self.office
        )

        with self.assertRaises(Refused):
            opening.discard_opening(dossier, by=self.office)
        with self.assertRaises(Refused):
            opening.submit_opening(self.again(dossier), by=self.office)

    def test_nobody_discards_another_s_dossier_until_its_maker_is_gone(self):
        dossier = self.renamed()
        for who in (self.cast.deputy, self.cast.contributor):
            with self.subTest(who=who), self.assertRaises(Refused):
                opening.discard_opening(dossier, by=fresh(who))
        self.office.is_active = False
        self.office.save()

        opening.discard_opening(dossier, by=fresh(self.cast.deputy))

        self.assertEqual(self.again(dossier).state, State.DISCARDED)

    def test_a_site_to_which_people_are_appointed_stays(self):
        dossier = self.opened()
        model = Appointment.objects.filter(role="contributor", site=self.city.my_long).first()
        model.pk, model.site = None, dossier.site
        model.save()

        with self.assertRaisesMessage(Refused, "phân công"):
            opening.discard_opening(dossier, by=self.office)

        self.assertEqual(self.again(dossier).state, State.DRAFT)
        self.assertTrue(dossier.pages().exists())


class Correcting(DossierCase):
    def test_a_new_name_its_act_and_its_day_are_corrected_and_told(self):
        dossier = self.returned(self.renamed())

        opening.correct_opening(
            dossier,
            by=self.office,
            legal_act="Nghị quyết 10/NQ-HĐND",
            effective_on=date(2026, 10, 1),
            name="Phường  Long Mỹ Đông",
        )

        found = self.again(dossier)
        self.assertEqual(found.details["name"], "Phường Long Mỹ Đông")
        self.assertEqual((found.state, found.effective_on), (State.REJECTED, date(2026, 10, 1)))
        self.assertIn("«Phường Long Mỹ» thành «Phường Long Mỹ Đông»", found.events[-1]["text"])

    def test_without_a_change_nothing_is_told(self):
        dossier = self.renamed()

        opening.correct_opening(dossier, by=self.office, name="Phường Long Mỹ", **ACT)

        self.assertEqual(len(self.again(dossier).events), 1)

    def test_the_sites_of_a_merger_and_the_successor_of_a_closing(self):
        xuyen, dong = self.city.my_xuyen, self.city.dong_xuyen
        merger = opening.merge_wards(by=self.office, predecessors=[self.site], successor=xuyen, **ACT)
        opening.correct_opening(merger, by=self.office, predecessors=[xuyen], successor=self.site, **ACT)
        found = self.again(merger)
        self.assertEqual((found.site, list(found.predecessors.all())), (self.site, [xuyen]))

        closing = opening.close_ward(by=self.office, site=dong, **ACT)
        opening.correct_opening(closing, by=self.office, successor=self.site, **ACT)
        self.assertEqual(self.again(closing).successor, self.site)

    def test_prepared_sites_begin_on_the_corrected_day(self):
        for dossier in (self.opened(), self.split()):
            with self.subTest(dossier=dossier):
                opening.correct_opening(
                    dossier, by=self.office, legal_act="Nghị quyết 10", effective_on=date(2026, 11, 1)
                )
                (site,) = self.again(dossier).sites_prepared()
                self.assertEqual(
                    {site.valid_from, site.unit.valid_from, site.hosts.get().valid_from}, {date(2026, 11, 1)}
                )

    def test_what_is_wrong_is_named_and_nothing_changes(self):
        dossier = self.renamed()
        for field, changes in (
            ("name", {"name": "Mỹ"}),
            ("name", {"name": "Phường Mỹ Xuyên"}),
            ("legal_act", {"name": "Phường Long Mỹ", "legal_act": " "}),
            ("effective_on", {"name": "Phường Long Mỹ", "effective_on": date(2006, 9, 1)}),
        ):
            with self.subTest(changes), self.assertRaises(ValidationError) as raised:
                opening.correct_opening(dossier, by=self.office, **{**ACT, **changes})
            self.assertIn(field, raised.exception.message_dict)
        self.assertEqual(self.again(dossier).details["name"], "Phường Long Mỹ")

    def test_a_ward_is_split_on_no_day_before_its_own(self):
        dossier = self.split()
        with self.assertRaises(ValidationError) as raised:
            opening.correct_opening(dossier, by=self.office, legal_act="NQ 1", effective_on=date(2006, 9, 1))
        self.assertIn("effective_on", raised.exception.message_dict)

    def test_nobody_else_and_nothing_submitted(self):
        dossier = self.renamed()
        with self.assertRaises(Refused):
            opening.correct_opening(dossier, by=fresh(self.cast.deputy), name="Phường Long Mỹ Đông", **ACT)
        opening.submit_opening(dossier, by=self.office)
        with self.assertRaises(Refused):
            opening.correct_opening(dossier, by=self.office, name="Phường Long Mỹ Đông", **ACT)


class Screens(DossierCase):
    def address(self, screen: str, dossier: Opening) -> str:
        return reverse(screen, args=[dossier.pk])

    def test_the_maker_presses_both_buttons_of_the_dossier(self):
        self.client.force_login(self.office)
        dossier = self.renamed()
        shown = self.client.get(self.address("home_opening", dossier))
        for screen in ("home_correct_opening", "home_discard_opening"):
            self.assertContains(shown, f'href="{self.address(screen, dossier)}"')

        form = self.client.get(self.address("home_correct_opening", dossier))
        self.assertContains(form, 'value="Phường Long Mỹ"')
        sent = {"name": "Phường Long Mỹ Đông", "legal_act": "Nghị quyết 10", "effective_on": "01/10/2026"}
        self.assertContains(
            self.client.post(self.address("home_correct_opening", dossier), sent, follow=True), "Đã sửa hồ sơ"
        )
        asked = self.client.get(self.address("home_discard_opening", dossier))
        self.assertContains(asked, "Chưa có gì thay đổi ở các trang")
        done = self.client.post(self.address("home_discard_opening", dossier), follow=True)
        self.assertContains(done, "Đã bỏ hồ sơ")
        self.assertNotContains(done, "Gửi duyệt</button>")
        self.assertEqual(self.again(dossier).state, State.DISCARDED)

    def test_each_kind_has_its_form(self):
        self.client.force_login(self.office)
        xuyen, dong = self.city.my_xuyen, self.city.dong_xuyen
        merger = opening.merge_wards(by=self.office, predecessors=[self.site], successor=xuyen, **ACT)
        closing = opening.close_ward(by=self.office, site=dong, **ACT)
        act = {"legal_act": "Nghị quyết 10", "effective_on": "01/10/2026"}
        for dossier, more in (
            (merger, {"predecessors": [self.site.pk], "successor": xuyen.pk}),
            (closing, {"successor": xuyen.pk}),
            (self.opened(), {}),
        ):
            with self.subTest(dossier=dossier):
                self.client.post(self.address("home_correct_opening", dossier), {**act, **more})
                self.assertEqual(self.again(dossier).legal_act, "Nghị quyết 10")
                self.assertContains(self.client.get(self.address("home_discard_opening", dossier)), "Bỏ hồ sơ</button>")

    def test_who_did_not_make_it_is_offered_neither(self):
        dossier = self.renamed()
        self.client.force_login(self.cast.deputy)

        self.assertNotContains(self.client.get(self.address("home_opening", dossier)), "Bỏ hồ sơ")
        for screen in ("home_correct_opening", "home_discard_opening"):
            answer = self.client.get(self.address(screen, dossier))
            self.assertContains(answer, "Chỉ người lập")
            self.assertNotContains(answer, '<button type="submit" class="button">')

    def test_the_first_screen_names_it_no_more(self):
        dossier = self.renamed()
        self.client.force_login(self.office)
        self.assertContains(self.client.get(reverse("wagtailadmin_home")), self.address("home_opening", dossier))

        opening.discard_opening(dossier, by=self.office)

        self.assertNotContains(self.client.get(reverse("wagtailadmin_home")), self.address("home_opening", dossier))
