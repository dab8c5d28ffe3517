"""Who may open which screen of the administration, and that the guard stops nobody's own work.

Whether anything of another ward leaks, whatever the screen, is tried by `tests/isolation`.
"""

from datetime import date
from html import unescape

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.http import Http404
from django.test import RequestFactory
from django.urls import reverse
from django.views import View
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.models import Page

from base.admin.patches import wagtail_screens
from base.admin.screen_access import SIGNED_IN, access_of
from base.admin.viewsets import choosable, demand_own, own
from base.gate import Refused
from base.middleware import admin_gate
from base.wagtail_hooks import protect_what_was_published
from legalref.models import DocumentType, IssuingBody, LegalDocument
from sections.models import ArticlePage
from tests.base.test_files import store_image
from tests.city import CityTestCase, draft, fresh, person, publish_at_once
from tests.isolation.addresses import addresses

# Of what is public and of signed scores only, to be read; and of dossiers, to be sent in.
OWN_INTERFACE = {
    "legalref_api_description",
    "legalref_api_documents",
    "legalref_api_document",
    "reporting_api_description",
    "reporting_api_months",
    "reporting_api_month",
    "servicecatalog_dossier_api",
    "opendata_api",
    "opendata_api_index",
    "opendata_api_one",
    "opendata_api_rows",
}


class ReviewedAddresses(CityTestCase):
    def test_every_screen_is_on_one_of_the_lists(self):
        unreviewed = {a.name for a in addresses() if a.is_admin and a.name and not a.is_reviewed}
        assert unreviewed == set(), "new, closed until its view states `screen_access`"

    def test_screens_without_a_name_are_closed(self):
        nameless = [address.pattern for address in addresses() if address.is_admin and not address.name]
        assert sorted(set(nameless)) == ["quan-tri/^.*/$", "quan-tri/test404/"]
        self.client.force_login(self.cast.superuser)
        assert self.client.get("/quan-tri/test404/").status_code == 404

    def test_the_lists_name_nothing_that_does_not_exist(self):
        names = {address.name for address in addresses()}
        assert frozenset().union(*wagtail_screens.LISTS) - names == set()

    def test_no_screen_is_on_two_lists_and_none_of_those_that_state_it_themselves_on_one(self):
        names = [name for each in wagtail_screens.LISTS for name in each]
        names += {address.name for address in addresses() if access_of(address.view) is not None}
        assert sorted(name for name in set(names) if names.count(name) > 1) == []

    def test_a_view_that_states_nothing_is_closed_to_the_superuser_too(self):
        def of_tomorrow(request):
            raise AssertionError

        for view in (of_tomorrow, View.as_view()):
            assert not admin_gate.may_open(self.cast.superuser, view, "wagtailadmin_new_in_the_next_release", {})

    def test_what_publishes_or_removes_in_one_step_is_closed_to_the_superuser_too(self):
        self.client.force_login(self.cast.superuser)
        page = self.city.section(self.city.my_long)
        for name in ("unpublish", "move", "set_privacy"):
            assert self.client.get(reverse(f"wagtailadmin_pages:{name}", args=[page.pk])).status_code == 404
        for name in ("images", "documents"):
            assert self.client.get(reverse(f"wagtailadmin_api:{name}:listing")).status_code == 404
        for name in ("wagtailadmin_choose_page_", "wagtailimages_chooser:", "wagtaildocs_chooser:"):
            assert self.client.get(reverse(f"{name}chosen_multiple"), {"id": page.pk}).status_code == 404

    def test_a_key_that_is_no_number_chooses_nothing(self):
        self.client.force_login(self.cast.editor)
        chooser = "wagtailsnippetchoosers_legalref_legaldocument"
        for address in (
            reverse(f"{chooser}:chosen", args=["%"]),
            reverse(f"{chooser}:chosen", args=["x"]),
        ):
            assert self.client.get(address).status_code == 404
        assert self.client.get(reverse(f"{chooser}:chosen_multiple"), {"id": ["%", "x"]}).status_code == 200

    def test_there_are_no_bulk_actions_but_tags_of_pictures_and_files(self):
        assert not list(bulk_action_registry.get_bulk_actions_for_model("wagtailcore", "page"))
        found = {(app, *models) for app, models in bulk_action_registry.actions.items()}
        assert found == {("base", "portalimage", "portalfile")}
        for model in ("portalimage", "portalfile"):
            found = bulk_action_registry.get_bulk_actions_for_model("base", model)
            assert [action.action_type for action in found] == ["add_tags"]

    def test_there_is_no_other_administration_and_no_interface_of_wagtail(self):
        spaces = {address.name.split(":")[0] for address in addresses() if not address.is_admin}
        assert not any("admin" in space or "api" in space for space in spaces - OWN_INTERFACE)
        for path in ("/django-admin/", "/admin/", "/api/v2/pages/", "/api/v3/", "/documents/1/a.pdf", "/media/a.pdf"):
            assert self.client.get(path).status_code == 404, path


class ScreensOfARole(CityTestCase):
    """A role opens the screens that it has a use for, by their names."""

    def who_may(self, name):
        people = {"nobody": self.without_role, **vars(self.cast)}
        access = next(access_of(address.view) for address in addresses() if address.name == name)
        return {role for role, user in people.items() if access.allows(fresh(user))} - {"superuser"}

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.without_role = person("khong-vai-tro", "Cán bộ mẫu 40")
        group = Group.objects.create(name="Chỉ vào được trang quản trị")
        group.permissions.add(Permission.objects.get(codename="access_admin"))
        cls.without_role.groups.add(group)

    def test_capabilities_open_them(self):
        office, head, deputy = "standing_office", "head", "deputy"
        for name, expected in {
            "home_sites": {office, head, deputy},
            "legalref_repeal": {office, head, deputy},
            "workflows_emergency_publish": {head},
            "accounts_lists": {office, head, "technical_admin"},
            "base_audit": {office, head, "technical_admin", "unit_head", "ward_approver"},
            "workflows_arrange": {office, head, deputy, "editor", "ward_approver"},
        }.items():
            with self.subTest(name):
                assert self.who_may(name) == expected

    def test_an_account_without_a_role_opens_its_own_account_the_first_screen_and_the_guide_only(self):
        stated = {a.name: access_of(a.view) for a in addresses() if a.is_admin and access_of(a.view) is not None}
        opened = {name for name, access in stated.items() if access.allows(self.without_role)}
        assert opened == {name for name, access in stated.items() if access is SIGNED_IN}
        others = {name for name in opened if not name.startswith(("accounts_", "base_guide"))}
        assert others == {"workflows_dashboard", "workflows_own_pages", "base_dismissibles"}

    def test_whoever_has_no_use_for_a_screen_is_sent_back_with_a_word(self):
        self.client.force_login(self.cast.contributor)
        answer = self.client.get(reverse("home_sites"), follow=True)
        assert answer.redirect_chain == [(reverse("wagtailadmin_home"), 302)]

    def test_another_wards_page_and_one_that_is_not_there_are_answered_alike(self):
        self.client.force_login(self.cast.contributor)
        foreign = self.city.section(self.city.my_xuyen).pk
        for name in ("edit", "history", "copy", "usage", "view_draft", "confirm_workflow_cancellation", "add_subpage"):
            for pk in (foreign, 987_654):
                assert self.client.get(reverse(f"wagtailadmin_pages:{name}", args=[pk])).status_code == 404, name


class OwnWork(CityTestCase):
    """What is open stays open: the guard must not stop anybody's own work."""

    def setUp(self):
        self.client.force_login(self.cast.contributor)
        self.section = self.city.section(self.city.my_long)
        self.page = draft(ArticlePage(title="Bài của tôi"), self.section, by=self.cast.contributor)
        self.image = store_image(self.city.my_long)

    def ping(self, obj, key=None):
        """Tell that the person signed in works on something now; return what is answered."""
        kind = [obj._meta.app_label, obj._meta.model_name]
        return self.client.post(
            reverse("wagtailadmin_editing_sessions:ping", args=[*kind, str(key or obj.pk), 987_654]),
            {"is_editing": "1"},
        )

    def test_two_who_edit_the_same_page_learn_of_each_other(self):
        assert self.ping(self.page).json()["other_sessions"] == []
        self.client.force_login(self.cast.unit_head)

        told = self.ping(self.page).json()["other_sessions"]

        assert [(other["user"], other["is_editing"]) for other in told] == [(str(self.cast.contributor), True)]

    def test_who_edits_a_page_of_another_ward_is_told_to_nobody_from_outside(self):
        foreign = self.city.section(self.city.my_xuyen)
        kind = Page.objects.get(pk=foreign.pk)
        self.client.force_login(self.cast.contributor_my_xuyen)
        assert self.ping(kind).status_code == 200
        self.client.force_login(self.cast.contributor)
        for obj, key in ((kind, None), (foreign, None), (kind, 987_654), (kind, "x"), (self.cast.head, None)):
            assert self.ping(obj, key).status_code == 404, (obj, key)
        unknown = reverse("wagtailadmin_editing_sessions:ping", args=["nothing", "page", "1", 1])
        assert self.client.post(unknown).status_code == 404

    def test_own_pages_are_listed_chosen_and_edited(self):
        for url in (
            reverse("wagtailadmin_home"),
            reverse("wagtailadmin_explore", args=[self.section.pk]),
            reverse("wagtailadmin_pages:edit", args=[self.page.pk]),
            reverse("wagtailadmin_pages:history", args=[self.page.pk]),
            reverse("wagtailadmin_pages:add", args=["sections", "articlepage", self.section.pk]),
            reverse("wagtailadmin_choose_page"),
            reverse("wagtailadmin_choose_page_child", args=[self.section.pk]),
            reverse("wagtailimages:index"),
            reverse("wagtailimages_chooser:choose"),
            reverse("wagtailimages_chooser:chosen", args=[self.image.pk]),
            reverse("wagtaildocs:index"),
            reverse("wagtaildocs_chooser:choose"),
        ):
            assert self.client.get(url).status_code == 200, url

    def test_the_chooser_leads_down_to_the_own_ward(self):
        page = self.city.home
        body = self.client.get(reverse("wagtailadmin_choose_page_child", args=[page.pk])).content.decode()
        assert "Mỹ Long" in unescape(body.encode().decode("unicode_escape", "ignore")) or "M\\u1ef9 Long" in body
        assert "M\\u1ef9 Xuy" not in body

    def test_the_editor_folds_vietnamese_titles_into_addresses(self):
        body = self.client.get(reverse("wagtailadmin_pages:edit", args=[self.page.pk])).content.decode()
        assert "admin_slug.js" in body

    def test_the_administration_bears_the_portals_name(self):
        self.client.logout()
        body = self.client.get(reverse("wagtailadmin_login")).content.decode()
        assert "Trang thông tin điện tử thành phố Long Xuyên" in body

    def test_the_administration_has_one_address_for_all_sites(self):
        host = self.city.my_long.hosts.first().hostname
        response = self.client.get(reverse("wagtailadmin_home"), headers={"host": host})
        assert response.status_code == 302
        assert response["Location"].startswith(settings.WAGTAILADMIN_BASE_URL)
        assert self.client.post(reverse("wagtailadmin_login"), headers={"host": host}).status_code == 404

    def test_public_pages_show_no_editing_button(self):
        publish_at_once(self.page)
        body = self.client.get(self.page.get_url()).content.decode()
        assert reverse("wagtailadmin_pages:edit", args=[self.page.pk]) not in body


class Scopes(CityTestCase):
    def document(self, site, live=False):
        issuer, _ = IssuingBody.objects.get_or_create(name="Ủy ban nhân dân thử", slug="ubnd-thu")
        document = LegalDocument(
            live=False,
            owner_site=site,
            document_type=DocumentType.objects.get(name="Quyết định"),
            symbol_as_printed=f"{site.pk}/QĐ-UBND",
            subject="Thử",
            main_issuer=issuer,
            issued_on=date(2026, 1, 5),
        )
        document.full_clean()
        document.save()
        document.save_revision()
        return publish_at_once(document) if live else document

    def test_lists_hold_own_records_and_choosers_published_ones_too(self):
        mine = self.document(self.city.my_long)
        theirs = self.document(self.city.my_xuyen, live=True)
        hidden = self.document(self.city.dong_xuyen)
        everything, user = LegalDocument.objects.all(), self.cast.contributor
        assert list(own(everything, user, "owner_site")) == [mine]
        assert set(choosable(everything, user, "owner_site")) == {mine, theirs}
        assert set(own(everything, self.cast.editor, "owner_site")) == {mine, theirs, hidden}
        for pk in (theirs.pk, hidden.pk, 999999, "abc", "1_2C"):
            with pytest.raises(Http404):
                demand_own(everything, user, "owner_site", pk)
        demand_own(everything, user, "owner_site", mine.pk)

    def test_a_published_page_is_not_deleted(self):
        section = self.city.section(self.city.my_long)
        with pytest.raises(Refused):
            protect_what_was_published(RequestFactory().get("/"), section)
