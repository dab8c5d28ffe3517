"""Who may see and refer to what."""

import html
import json

from django.test import RequestFactory
from wagtail.models import Collection

from accounts.roles import site_collection
from base import authority
from base.models import PortalSite
from sections.models import ArticlePage
from tests.base.test_files import store_file, store_image
from tests.city import CityTestCase, appointed, draft, fresh, person, publish_at_once


class SitesOfAPerson(CityTestCase):
    def test_a_ward_person_has_one_site(self):
        assert authority.sites_of(self.cast.contributor) == {self.city.my_long.pk}
        assert not authority.is_city_person(self.cast.contributor)

    def test_the_people_of_the_city_have_all(self):
        everything = set(PortalSite.objects.values_list("pk", flat=True))
        for user in (self.cast.editor, self.cast.head, self.cast.standing_office, self.cast.superuser):
            assert authority.sites_of(user) == everything
            assert authority.is_city_person(user)

    def test_a_person_may_work_for_two_wards(self):
        user = person("hai-phuong", "Cán bộ mẫu 30", "contributor", self.city.my_long)
        appointed(user, "contributor", self.city.my_xuyen)
        assert authority.sites_of(fresh(user)) == {self.city.my_long.pk, self.city.my_xuyen.pk}

    def test_nobody_and_the_inactive_have_none(self):
        user = fresh(self.cast.contributor)
        user.is_active = False
        assert authority.sites_of(user) == frozenset()
        assert authority.sites_of(None) == frozenset()
        assert authority.sites_of(person("moi", "Cán bộ mẫu 31")) == frozenset()


class Seeing(CityTestCase):
    def setUp(self):
        self.page = draft(
            ArticlePage(title="Bài nháp của Mỹ Xuyên"),
            self.city.section(self.city.my_xuyen),
            by=self.cast.contributor_my_xuyen,
        )
        self.file = store_file(self.city.my_xuyen)

    def test_a_draft_is_for_its_own_people_and_the_city(self):
        for thing in (self.page, self.file):
            assert authority.may_see(self.cast.contributor_my_xuyen, thing)
            assert authority.may_see(self.cast.editor, thing)
            assert not authority.may_see(self.cast.contributor, thing)
            assert not authority.may_refer(self.cast.contributor, thing)

    def test_what_is_public_may_be_referred_to_by_everybody(self):
        page = publish_at_once(self.page)
        assert authority.may_refer(self.cast.contributor, page)

    def test_files_in_the_root_collection_are_shared(self):
        self.file.collection = Collection.get_first_root_node()
        assert authority.may_refer(self.cast.contributor, self.file)

    def test_collections_and_pages_are_those_of_own_sites(self):
        names = set(authority.own_collections(self.cast.contributor).values_list("name", flat=True))
        site_collection(self.city.my_xuyen)
        assert "my-xuyen" not in names
        pages = authority.own_pages(self.cast.contributor)
        assert not pages.filter(pk=self.page.pk).exists()
        assert pages.filter(pk=self.city.section(self.city.my_long).pk).exists()


class References(CityTestCase):
    def setUp(self):
        self.image = store_image(self.city.my_xuyen)
        self.file = store_file(self.city.my_xuyen)
        self.draft = draft(ArticlePage(title="Bài nháp"), self.city.section(self.city.my_xuyen))
        self.text = (
            f'<p><a linktype="page" id="{self.draft.pk}">bài</a> <a linktype="document" id="{self.file.pk}">tệp</a></p>'
        )

    def page(self, **kwargs):
        return draft(ArticlePage(title="Bài của Mỹ Long", **kwargs), self.city.section(self.city.my_long))

    def test_keys_blocks_and_rich_text_are_found(self):
        page = self.page(lead_image=self.image, body=[("paragraph", self.text)])
        found = {(reference.field, reference.target) for reference in authority.references(page)}
        assert ("lead_image", self.image) in found
        assert ("body", self.file) in found
        assert ("body", self.draft.page_ptr) in found

    def test_those_to_another_wards_drafts_are_foreign(self):
        page = self.page(lead_image=self.image, body=[("paragraph", self.text)])
        foreign = authority.foreign_references(self.cast.contributor, page)
        assert {reference.field for reference in foreign} == {"lead_image", "body"}
        assert len(foreign) == 3
        assert authority.foreign_references(self.cast.editor, page) == []

    def test_the_message_does_not_tell_the_foreign_title(self):
        page = self.page(body=[("paragraph", self.text)])
        for reference in authority.foreign_references(self.cast.contributor, page):
            assert "Bài nháp" not in reference.message
            assert "hãy chọn" in reference.message

    def test_approval_asks_for_the_page_whoever_wrote_it(self):
        page = self.page(lead_image=self.image)
        assert [found.target for found in authority.references_foreign_to_owner(page)] == [self.image]
        own = self.page(lead_image=store_image(self.city.my_long))
        assert authority.references_foreign_to_owner(own) == []

    def test_preflight_stops_it_at_its_field(self):
        findings = self.page(lead_image=self.image).preflight()
        assert any(
            found.is_blocker and found.field == "lead_image" and "của trang khác" in found.message for found in findings
        )

    def test_a_reference_to_what_is_public_is_nobodys_business(self):
        publish_at_once(self.draft)
        page = self.page(body=[("paragraph", f'<p><a linktype="page" id="{self.draft.pk}">bài</a></p>')])
        assert authority.foreign_references(self.cast.contributor, page) == []


class PageForms(CityTestCase):
    """The form of a page refuses references into another site (W6)."""

    def form(self, user, image, page):
        handler = ArticlePage.get_edit_handler()
        form_class = handler.get_form_class()
        empty = form_class(instance=page, for_user=user, parent_page=page.get_parent())
        data = dict.fromkeys(empty.fields, "")
        data |= {"title": "Bài", "slug": "bai", "kind": "news", "lead_image": image.pk}
        for prefix in ("body", "legal_basis", "attachments"):
            data[f"{prefix}-count"] = "0"
        for name in empty.formsets:
            data |= {f"{name}-TOTAL_FORMS": 0, f"{name}-INITIAL_FORMS": 0}
        return form_class(data, instance=page, for_user=user, parent_page=page.get_parent())

    def setUp(self):
        self.request = RequestFactory().get("/")
        self.page = draft(ArticlePage(title="Bài"), self.city.section(self.city.my_long))

    def test_another_wards_private_picture_is_refused_at_its_field(self):
        form = self.form(self.cast.contributor, store_image(self.city.my_xuyen), self.page)
        assert not form.is_valid()
        assert "của trang khác" in form.errors["lead_image"][0]

    def test_shown_again_it_does_not_name_another_wards_picture(self):
        image = store_image(self.city.my_xuyen)
        form = self.form(self.cast.contributor, image, self.page)

        form.is_valid()

        shown = str(form["lead_image"])
        assert image.title not in shown
        assert f'value="{image.pk}"' not in shown

    def test_shown_again_it_keeps_text_but_not_the_link_to_another_wards_file(self):
        file = store_file(self.city.my_xuyen)
        entity = {"type": "DOCUMENT", "mutability": "MUTABLE", "data": {"id": file.pk, "url": "/x", "filename": "x"}}
        block = {
            "key": "a",
            "text": "Xem tep",
            "type": "unstyled",
            "depth": 0,
            "inlineStyleRanges": [],
            "entityRanges": [{"offset": 0, "length": 7, "key": 0}],
        }
        sent = {
            "body-count": "1",
            "body-0-type": "paragraph",
            "body-0-order": "0",
            "body-0-deleted": "",
            "body-0-id": "",
            "body-0-value": json.dumps({"blocks": [block], "entityMap": {"0": entity}}),
            "title": "",
        }
        form = self.form(self.cast.contributor, store_image(self.city.my_long), self.page)
        form.data |= sent

        assert not form.is_valid()

        shown = html.unescape(str(form["body"]))
        assert "Xem tep" in shown
        assert file.title not in shown
        assert file.url not in shown

    def test_an_own_picture_is_taken(self):
        form = self.form(self.cast.contributor, store_image(self.city.my_long), self.page)
        assert form.is_valid(), form.errors

    def test_a_reference_made_by_somebody_who_might_stays(self):
        image = store_image(self.city.my_xuyen)
        self.page.lead_image = image
        self.page.save_revision(user=self.cast.editor)
        form = self.form(self.cast.contributor, image, self.page)
        assert form.is_valid(), form.errors
