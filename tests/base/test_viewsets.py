"""Isolation of sites in the administration: a matrix over every address there is.

Everything of another ward carries a marker in each of its texts. Whoever does not work there may meet the marker
nowhere, whichever address he opens with whichever of its numbers.
"""

from datetime import date
from html import unescape
from itertools import product

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.http import Http404
from django.test import RequestFactory
from django.urls import get_resolver, reverse
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.models import Collection, Page

from accounts.roles import site_collection
from base.gate import Refused
from base.middleware import admin_gate
from base.viewsets import choosable, demand_own, own
from base.wagtail_hooks import keep_what_was_published
from legalref.models import DocumentType, IssuingBody, LegalDocument
from sections.models import ArticlePage
from tests.base.test_files import store_file, store_image
from tests.city import CityTestCase, draft, person, publish_at_once

MARKER = "Zqxbimat"
PREFIX = "quan-tri/"


def addresses():
    """Yield (name, view, route as a format string, argument names) of every address under the administration."""

    def walk(patterns, space, route):
        for pattern in patterns:
            here = route + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
                yield from walk(pattern.url_patterns, inner, here)
            elif here.startswith(PREFIX) and pattern.name:
                arguments = list(pattern.pattern.converters) or list(pattern.pattern.regex.groupindex)
                yield space + pattern.name, pattern.callback, arguments

    yield from walk(get_resolver().url_patterns, "", "")


class ReviewedAddresses(CityTestCase):
    def test_every_screen_of_wagtail_is_on_one_of_the_lists(self):
        unreviewed = {
            name
            for name, view, _arguments in addresses()
            if not admin_gate.is_own_screen(view) and not admin_gate.is_reviewed(name)
        }
        assert unreviewed == set(), "new in Wagtail, closed until somebody has looked"

    def test_the_lists_name_nothing_that_does_not_exist(self):
        names = {name for name, _view, _arguments in addresses()}
        listed = admin_gate.OPEN | admin_gate.CITY | admin_gate.CLOSED
        listed |= set(admin_gate.OWN_FILE) | set(admin_gate.CHOSEN_FILE)
        assert listed - names == set()

    def test_what_publishes_or_removes_in_one_step_is_closed_to_the_superuser_too(self):
        self.client.force_login(self.cast.superuser)
        page = self.city.section(self.city.my_long)
        for name in ("unpublish", "move", "set_privacy"):
            assert self.client.get(reverse(f"wagtailadmin_pages:{name}", args=[page.pk])).status_code == 404
        for name in ("images", "documents"):
            assert self.client.get(reverse(f"wagtailadmin_api:{name}:listing")).status_code == 404

    def test_there_are_no_bulk_actions(self):
        assert not list(bulk_action_registry.get_bulk_actions_for_model("wagtailcore", "page"))
        assert not list(bulk_action_registry.get_bulk_actions_for_model("base", "portalimage"))


class Matrix(CityTestCase):
    """Everything of Mỹ Xuyên bears the marker; the people of Mỹ Long and those without a role must not see it."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        city = cls.city
        section = city.section(city.my_xuyen)
        writer = cls.cast.contributor_my_xuyen
        cls.draft = draft(ArticlePage(title=f"{MARKER} nháp", summary=MARKER), section, by=writer)
        cls.live = publish_at_once(
            draft(ArticlePage(title="Bài đã đăng của Mỹ Xuyên", summary="Tóm tắt"), section, by=writer)
        )
        cls.live.title = f"{MARKER} sửa"
        cls.live.save_revision(user=writer)
        cls.image = store_image(city.my_xuyen, tags=[])
        cls.file = store_file(city.my_xuyen, f"{MARKER}.pdf")
        type(cls.image).objects.filter(pk=cls.image.pk).update(title=MARKER, description=MARKER)
        issuer = IssuingBody.objects.create(name="Ủy ban nhân dân phường Mỹ Xuyên", slug="ubnd-my-xuyen")
        cls.document = LegalDocument(
            live=False, owner_site=city.my_xuyen, document_type=DocumentType.objects.get(name="Quyết định"),
            symbol_as_printed="15/QĐ-UBND", subject=MARKER, main_issuer=issuer, issued_on=date(2026, 1, 5),
        )  # fmt: skip
        cls.document.full_clean()
        cls.document.save()
        cls.document.save_revision(user=writer)
        cls.without_role = person("khong-vai-tro", "Cán bộ mẫu 40")
        group = Group.objects.create(name="Chỉ vào được trang quản trị")
        group.permissions.add(Permission.objects.get(codename="access_admin"))
        cls.without_role.groups.add(group)

    def values(self, argument, name):
        """What to put into an argument: the numbers of Mỹ Xuyên's things."""
        pages = [self.draft.pk, self.live.pk]
        revisions = [self.draft.latest_revision_id, self.live.latest_revision_id]
        if argument in ("app_label", "app_name", "content_type_app_name"):
            return ["sections", "base", "legalref"]
        if argument in ("model_name", "content_type_model_name"):
            return ["articlepage", "portalimage", "legaldocument"]
        if "page" in argument or argument == "destination_id":
            return pages
        if "image" in argument:
            return [self.image.pk]
        if "doc" in argument:
            return [self.file.pk]
        if "revision_id_" in argument:
            return ["earliest" if argument.endswith("a") else "latest", revisions[1]]
        if "revision" in argument:
            return revisions
        if argument in ("action", "action_name"):
            return ["approve", "delete"]
        if argument == "filter_spec":
            return ["width-20"]
        if argument in ("uidb64", "token", "mode"):
            return ["abc"]
        if "legalref" in name or "LegalDocument" in name:
            return [self.document.pk]
        if "images" in name:
            return [self.image.pk]
        if "docs" in name:
            return [self.file.pk]
        return sorted({*pages, self.document.pk, site_collection(self.city.my_xuyen).pk, self.city.my_xuyen.pk})

    def requests(self):
        """Yield every address with every value, plain and with the marker as the search."""
        for name, _view, arguments in addresses():
            if name in ("wagtailadmin_logout", "wagtailadmin_error_test"):
                continue
            for values in product(*(self.values(argument, name) for argument in arguments)):
                url = self.address(name, dict(zip(arguments, values, strict=True)))
                if url is None:
                    continue
                yield name, url
                if "choos" in name or "search" in name or "api" in name:
                    # No search for the marker itself: a search form repeats what was typed.
                    yield name, f"{url}?q=nháp&search=nháp&id={self.draft.pk}&id={self.live.pk}&id={self.image.pk}"

    @staticmethod
    def address(name, arguments):
        try:
            return reverse(name, kwargs=arguments)
        except Exception:
            return None

    def leaks(self, user, only=()):
        """Return (name, address) of each answer with the marker; `only` narrows by parts of names."""
        self.client.force_login(user)
        found, count = set(), 0
        for name, url in self.requests():
            if only and not any(part in name for part in only):
                continue
            response = self.client.get(url)
            count += 1
            assert response.status_code < 500, url
            body = b"".join(response.streaming_content) if response.streaming else response.content
            text = unescape(body.decode("utf-8", "replace"))
            if MARKER in text or MARKER in str(response.headers):
                found.add((name, url))
        assert only or count > 250
        return found

    def test_an_approver_of_another_ward_meets_nothing(self):
        assert self.leaks(self.cast.ward_approver) == set()

    def test_an_account_without_a_role_meets_nothing(self):
        assert self.leaks(self.without_role) == set()

    def test_the_oracle_works_because_its_own_people_meet_it(self):
        """The same addresses show the marker to those who work there."""
        wanted = ("wagtailadmin_pages:edit", "wagtailadmin_choose_page_child", "wagtailadmin_pages:history")
        names = {name for name, _url in self.leaks(self.cast.contributor_my_xuyen, only=wanted)}
        assert names == set(wanted)
        documents = {name for name, _url in self.leaks(self.cast.editor, only=("legaldocument",))}
        assert len(documents) >= 4

    def test_posting_to_another_wards_things_changes_nothing(self):
        self.client.force_login(self.cast.ward_approver)
        before = self.state()
        for name, url in self.requests():
            if "?" in url or "account" in name or "login" in name:
                continue
            response = self.client.post(url, self.POSTED)
            assert response.status_code < 500, url
        assert self.state() == before

    # Fields of all kinds of forms: whatever the screen asks for, something of it is there.
    POSTED = {
        "title": "Bị đổi", "slug": "bi-doi", "subject": "Bị đổi", "comment": "x", "reason": "x", "note": "x",
        "external-link-chooser-url": "https://example.invalid/", "external-link-chooser-link_text": "x",
        "decision": "take_down", "ground": "error", "declaration": "on", "on": "2026-01-05",
    }  # fmt: skip

    def state(self):
        return (
            list(Page.objects.order_by("pk").values_list("pk", "title", "draft_title", "live", "path", "locked")),
            list(LegalDocument.objects.values_list("pk", "subject", "live", "latest_revision")),
            list(type(self.image).objects.values_list("pk", "title", "collection")),
            list(type(self.file).objects.values_list("pk", "title", "collection")),
            list(Collection.objects.values_list("pk", "name")),
        )


class OwnWork(CityTestCase):
    """What is open stays open: the guard must not stop anybody's own work."""

    def setUp(self):
        self.client.force_login(self.cast.contributor)
        self.section = self.city.section(self.city.my_long)
        self.page = draft(ArticlePage(title="Bài của tôi"), self.section, by=self.cast.contributor)
        self.image = store_image(self.city.my_long)

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
            live=False, owner_site=site, document_type=DocumentType.objects.get(name="Quyết định"),
            symbol_as_printed=f"{site.pk}/QĐ-UBND", subject="Thử", main_issuer=issuer, issued_on=date(2026, 1, 5),
        )  # fmt: skip
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
            keep_what_was_published(RequestFactory().get("/"), section)
