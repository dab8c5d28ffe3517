"""An empty portal becomes ready: nothing made up in it, its statements as drafts, and the placeholder emblem named."""

from django.test import TestCase, override_settings

from base.models import OrganisationUnit
from base.operations.health import OK, WARNING
from home import emblem
from home.setting_up import set_up
from sections.models import StandardPage

STATEMENTS = {"kha-nang-tiep-can", "quyen-rieng-tu"}


class SetUp(TestCase):
    def test_a_portal_in_use_begins_without_anything_made_up(self):
        set_up()

        city = OrganisationUnit.objects.get(kind="city")
        assert (city.phone, city.email, city.responsible_person, city.reception_hours) == ("", "", "", "")
        assert not OrganisationUnit.objects.filter(responsible_person__contains="mẫu").exists()

    def test_the_party_and_the_council_are_units_with_sections(self):
        dossier = set_up()

        kinds = set(OrganisationUnit.objects.values_list("kind", flat=True))
        slugs = set(dossier.site.home_page().get_children().values_list("slug", flat=True))
        assert {"party", "council", "mass_organisation"} <= kinds
        assert {"thanh-uy", "hoi-dong-nhan-dan"} <= slugs

    def test_both_statements_are_drafts_of_the_dossier_made_once(self):
        dossier = set_up()
        set_up()

        drafts = StandardPage.objects.filter(slug__in=STATEMENTS)
        assert {page.slug for page in drafts} == STATEMENTS and drafts.count() == 2
        assert not any(page.live for page in drafts) and all(page.body for page in drafts)
        assert {page.pk for page in drafts} <= {page.pk for page in dossier.pages()}

    def test_the_demo_has_its_own(self):
        set_up(with_examples=True)

        assert OrganisationUnit.objects.get(kind="city").phone
        assert not StandardPage.objects.filter(slug__in=STATEMENTS).exists()


class Emblem(TestCase):
    def test_who_watches_a_portal_in_use_is_told_of_the_placeholder(self):
        assert emblem.is_placeholder()
        for https, demo, state in ((True, False, WARNING), (True, True, OK), (False, False, OK)):
            with self.subTest(https=https, demo=demo), override_settings(PORTAL_HTTPS=https, PORTAL_DEMO=demo):
                found = emblem.check_emblem()
                assert found.state == state and not found.stops_serving
