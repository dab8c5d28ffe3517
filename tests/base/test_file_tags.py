"""Several pictures or files get tags at once: those that a person may change, no others, whatever numbers he writes.

Nothing becomes public, changes its owner or vanishes by it.
"""

from html import unescape
from urllib.parse import urlencode

from django.urls import reverse
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.models import Collection, ModelLogEntry

from accounts.roles import site_collection
from base.admin.patches.wagtail_screens import BULK_ACTIONS
from base.files.tags import ACTIONS
from base.models import AuditEntry, PortalFile, PortalImage
from tests import factories
from tests.city import CityTestCase

MISSING = 987_654_321


class Tagging(CityTestCase):
    def setUp(self):
        self.own = [factories.picture(self.city.my_long, title=f"Ảnh {number}") for number in (1, 2)]
        self.files = [factories.file(self.city.my_long, title=f"Tệp {number}") for number in (1, 2)]
        for thing in (*self.own, *self.files):
            thing.uploaded_by_user = self.cast.contributor
            thing.save()
        self.colleagues = factories.picture(self.city.my_long, title="Ảnh đồng nghiệp")
        self.theirs = factories.picture(self.city.my_xuyen, title="Ảnh phường khác")
        self.client.force_login(self.cast.contributor)

    def address(self, model, keys, action="add_tags"):
        path = reverse("wagtail_bulk_action", args=[model._meta.app_label, model._meta.model_name, action])
        query = [*(("id", key) for key in keys), ("next", reverse("wagtailimages:index"))]
        return f"{path}?{urlencode(query)}"

    def tag(self, things, tags="lễ hội, sông nước", *, keys=()):
        address = self.address(type(things[0]), [*(thing.pk for thing in things), *keys])
        return self.client.post(address, {"tags": tags})

    def tags_of(self, thing):
        return sorted(thing.tags.names())

    # --- What it does -----------------------------------------------------------------------------------

    def test_each_of_the_files_ticked_gets_the_tags_beside_those_it_has(self):
        for things in (self.own, self.files):
            things[0].tags.add("cũ")
            assert self.tag(things).status_code == 302
            assert self.tags_of(things[0]) == ["cũ", "lễ hội", "sông nước"]
            assert self.tags_of(things[1]) == ["lễ hội", "sông nước"]

    def test_each_stands_in_the_audit_trail_with_who_and_what(self):
        self.tag(self.own)
        entries = AuditEntry.objects.filter(action="portal.file.tag").order_by("object_id")
        assert [entry.object_id for entry in entries] == [str(image.pk) for image in self.own]
        assert {(entry.actor_id, entry.site_slug) for entry in entries} == {(self.cast.contributor.pk, "my-long")}
        assert ModelLogEntry.objects.filter(action="portal.file.tag").first().data == {"tags": "lễ hội, sông nước"}

    def test_the_list_finds_them_by_their_tag(self):
        self.tag(self.own[:1], "rước đèn")
        found = self.client.get(reverse("wagtailimages:index"), {"q": "rước đèn"})
        assert list(found.context["object_list"]) == self.own[:1]

    def test_the_screen_names_them_in_vietnamese(self):
        html = unescape(self.client.get(self.address(PortalImage, [image.pk for image in self.own])).content.decode())
        for words in ("Gắn thẻ cho hình ảnh", "Ảnh 1", "Ảnh 2", "Có, thêm", "Không thêm", "Thẻ"):
            assert words in html
        listing = unescape(self.client.get(reverse("wagtailimages:index")).content.decode())
        assert "Gắn thẻ" in listing
        assert "Thêm vào bộ sưu tập" not in listing.split("bulk-actions-choices", 1)[1]

    def test_nothing_else_of_a_file_changes(self):
        before = list(PortalImage.objects.order_by("pk").values())
        self.tag(self.own)
        assert list(PortalImage.objects.order_by("pk").values()) == before
        assert not any(image.is_public() for image in self.own)

    def test_without_a_tag_or_with_one_too_long_the_form_comes_back(self):
        for tags in ("", " ", "a" * 101):
            with self.subTest(tags=tags):
                answer = self.tag(self.own, tags)
                assert answer.status_code == 200
                assert answer.context["form"].errors["tags"]
                assert self.tags_of(self.own[0]) == []

    # --- Whose files ------------------------------------------------------------------------------------

    def test_another_wards_file_is_neither_named_nor_touched(self):
        address = self.address(PortalImage, [self.own[0].pk, self.theirs.pk])
        assert "phường khác" not in unescape(self.client.get(address).content.decode())
        self.tag(self.own[:1], keys=[self.theirs.pk])
        assert self.tags_of(self.own[0]) == ["lễ hội", "sông nước"]
        assert self.tags_of(self.theirs) == []
        assert not AuditEntry.objects.filter(action="portal.file.tag", object_id=str(self.theirs.pk)).exists()

    def test_one_that_is_not_ones_own_is_answered_as_one_that_is_not_there(self):
        for key in (self.theirs.pk, MISSING, "abc", "-1", "9" * 18, "²", ""):
            with self.subTest(key=key):
                address = self.address(PortalImage, [key])
                assert self.client.get(address).status_code == 404
                assert self.client.post(address, {"tags": "x"}).status_code == 404
        assert self.tags_of(self.theirs) == []

    def test_all_of_a_list_is_not_offered(self):
        assert self.client.post(self.address(PortalImage, ["all"]), {"tags": "x"}).status_code == 404
        self.client.force_login(self.cast.superuser)
        assert self.client.post(self.address(PortalImage, ["all"]), {"tags": "x"}).status_code == 404
        assert not PortalImage.tags.through.objects.exists()

    def test_what_one_sees_but_may_not_change_is_named_and_left_alone(self):
        """Who writes changes what he uploaded; of other files of his ward, and those of all, he sees the names."""
        shared = factories.picture(self.city.site, title="Ảnh chung")
        PortalImage.objects.filter(pk=shared.pk).update(collection=Collection.get_first_root_node())
        for image in (self.colleagues, shared):
            with self.subTest(image=image.title):
                screen = self.client.get(self.address(PortalImage, [image.pk]))
                assert image.title in unescape(screen.content.decode())
                self.assertContains(screen, "Bạn không có quyền")
                self.assertNotContains(screen, 'name="tags"')
                self.tag(self.own[:1], "x", keys=[image.pk])
                assert self.tags_of(image) == []
        self.client.force_login(self.cast.ward_approver)
        assert self.tag([self.colleagues]).status_code == 302
        assert self.tags_of(self.colleagues) == ["lễ hội", "sông nước"]

    def test_people_of_the_city_tag_the_files_of_its_own(self):
        own = factories.picture(self.city.site)
        self.client.force_login(self.cast.editor)
        assert self.tag([own]).status_code == 302
        assert self.tags_of(own) == ["lễ hội", "sông nước"]

    def test_who_may_change_no_file_tags_none(self):
        for name in ("contributor_my_xuyen", "accountant", "technical_admin"):
            self.client.force_login(getattr(self.cast, name))
            assert self.client.post(self.address(PortalImage, [self.own[0].pk]), {"tags": "x"}).status_code == 404
        assert self.tags_of(self.own[0]) == []

    # --- Nothing else -----------------------------------------------------------------------------------

    def test_these_are_all_the_bulk_actions_there_are(self):
        known = {
            (app, model, name)
            for app, models in bulk_action_registry.actions.items()
            for model, actions in models.items()
            for name in actions
        }
        assert known == BULK_ACTIONS == {("base", "portalimage", "add_tags"), ("base", "portalfile", "add_tags")}
        assert {action for models in bulk_action_registry.actions["base"].values() for action in models.values()} == {
            *ACTIONS
        }

    def test_any_other_is_closed_to_the_superuser_too(self):
        self.client.force_login(self.cast.superuser)
        into = site_collection(self.city.my_xuyen)
        page = self.city.section(self.city.my_long)
        for model, thing in ((PortalImage, self.own[0]), (PortalFile, self.files[0]), (type(page), page)):
            for action in ("delete", "add_to_collection", "move", "publish", "unpublish", "add_tags"):
                if (model._meta.app_label, action) == ("base", "add_tags"):
                    continue
                with self.subTest(model=model._meta.model_name, action=action):
                    address = self.address(model, [thing.pk], action)
                    assert self.client.get(address).status_code == 404
                    assert self.client.post(address, {"collection": into.pk}).status_code == 404
        assert PortalImage.objects.get(pk=self.own[0].pk).owner_site == self.city.my_long
