"""What an editor sees of a page before it is public: itself, in lists, on a ward's site, in English.

Whatever the type of page and the mode: it answers, no cache keeps it, and it counts as no use.
"""

import re
from datetime import timedelta

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from base.admin import preview_modes
from base.admin.preview_modes import ENGLISH, LIST, PAGE, WARD
from base.models import BasePage, PortalSite
from base.public.page_cache import PUBLIC
from servicecatalog.models import ServiceGuidePage, ServiceOffering, ServiceOutagePage
from tests import factories
from tests.city import CityTestCase, draft, english_locale, fresh, publish_at_once
from tests.forms import form_of
from tests.isolation.filling import Filling
from tests.isolation.ward import _place, _Things
from tests.servicecatalog.cast import a_procedure, an_offering
from workflows.drafts import previews

TYPES = [model for model in apps.get_models() if issubclass(model, BasePage)]
# The types whose readers meet them in a list wherever they stand, and those that do in a section.
LISTED = {"faqpage", "serviceoffering", "serviceoutagepage"}
IN_SECTIONS = {
    "articlepage",
    "noticepage",
    "standardpage",
    "officialspage",
    "organisationpage",
    "workschedulepage",
    "projectpage",
    "scienceprogrammepage",
    "statisticsreportpage",
    "consultationpage",
    "clarificationpage",
    "eventpage",
    "releasepage",
    "pollpage",
    "formpage",
}
UNTRANSLATED = "Trang này chưa có bản dịch tiếng Anh"


class Previews(CityTestCase):
    english = True

    def see(self, page, mode=PAGE, *, by=None):
        """The newest version as somebody sees it who may edit the page."""
        self.client.force_login(by or self.cast.superuser)
        return self.client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]), {"mode": mode})

    def article(self, site=None, **fields):
        return factories.article(self.city.section(site or self.city.my_long), by=self.cast.contributor, **fields)


class EveryType(Previews):
    """Every page type, filled and empty, on the city's site and on a ward's, in every mode that it offers."""

    def filled(self, model, site):
        things = _Things(site, self.cast.superuser, {})
        things.choose(factories.picture(site), factories.file(site), factories.document(site), a_procedure(self.city))
        page = Filling("", things.row).instance(model, **_place(site))
        page.slug = f"thu-{model._meta.model_name}"
        return draft(page, self.parent(model, site), by=self.cast.superuser)

    def parent(self, model, site):
        """Where a page of a type can be added, else where those stand of which a site has one."""
        home = site.home_page().specific
        around = [*(child for child in home.get_children().specific() if child.portal_site == site), home]
        return next((page for page in around if model.can_create_at(page)), home)

    def pages(self):
        for site in (self.city.site, self.city.my_long):
            for model in TYPES:
                if model._meta.app_label == "home":
                    page = site.home_page().specific
                    if isinstance(page, model):
                        yield page
                else:
                    yield self.filled(model, site)

    def test_answers_in_every_mode_and_is_kept_by_no_cache(self):
        seen = {}
        for page in self.pages():
            for mode, _label in page.preview_modes:
                with self.subTest(page=page._meta.model_name, site=page.portal_site.slug, mode=mode):
                    answer = self.see(page, mode)
                    assert answer.status_code == 200
                    assert "private" in answer["Cache-Control"]
                    assert PUBLIC not in answer
                    html = answer.content.decode()
                    assert "<main" in html
                    assert "data-usage-place" not in html
                    seen.setdefault(page._meta.model_name, set()).add(mode)
                    if mode == ENGLISH:
                        assert '<html lang="en">' in html
        assert set(seen) == {model._meta.model_name for model in TYPES}
        assert {name for name, modes in seen.items() if LIST in modes} == LISTED | IN_SECTIONS
        assert {name for name, modes in seen.items() if WARD in modes} == {"serviceoutagepage"}
        assert all(modes >= {PAGE, ENGLISH} for modes in seen.values())

    def test_answers_before_anything_is_typed(self):
        self.client.force_login(self.cast.superuser)
        for model in TYPES:
            parent = self.parent(model, self.city.site)
            if not model.is_creatable or not model.can_create_at(parent):
                continue
            names = [model._meta.app_label, model._meta.model_name, parent.pk]
            address = reverse("wagtailadmin_pages:preview_on_add", args=names)
            with self.subTest(page=model._meta.model_name):
                typed = form_of(self.client, reverse("wagtailadmin_pages:add", args=names), model)
                if not self.client.post(address, typed).json()["is_valid"]:
                    # Without a procedure there is no service; the panel asks for it.
                    assert model is ServiceOffering
                    continue
            for mode, label in preview_modes.LABELS.items():
                with self.subTest(page=model._meta.model_name, mode=label):
                    answer = self.client.get(address, {"mode": mode})
                    assert answer.status_code == 200
                    assert "<main" in answer.content.decode()

    def test_offers_its_modes_on_the_form_in_vietnamese(self):
        self.client.force_login(self.cast.contributor)
        form = self.client.get(reverse("wagtailadmin_pages:edit", args=[self.article().pk]))
        for label in ("Chế độ xem trước", ">Trang</option>", "Trong danh sách", "Bản tiếng Anh"):
            self.assertContains(form, label)
        self.assertNotContains(form, "Trên trang phường, xã")

    def test_a_page_that_stands_in_no_section_offers_no_list(self):
        page = factories.standard(self.city.my_long.home_page(), title="Giới thiệu phường")
        assert LIST not in dict(page.preview_modes)
        self.assertContains(self.see(page, LIST), "<h1>Giới thiệu phường</h1>", html=True)

    def test_an_unknown_mode_shows_the_page_itself(self):
        self.assertContains(self.see(self.article(title="Cầu mới"), "khong-co"), "<h1>Cầu mới</h1>", html=True)


class InLists(Previews):
    def titles(self, html):
        return [title for title in ("Cầu mới", "Cầu cũ", "Bản nháp khác", "Bài phường khác") if title in html]

    def test_a_draft_stands_first_in_its_section_and_on_the_front_page_beside_public_pages_only(self):
        publish_at_once(self.article(title="Cầu cũ"))
        self.article(title="Bản nháp khác")
        publish_at_once(self.article(self.city.my_xuyen, title="Bài phường khác"))
        picture = factories.picture(self.city.my_long)

        page = self.article(title="Cầu mới", summary="Thông xe từ thứ Hai.", picture=picture)
        answer = self.see(page, LIST, by=self.cast.contributor)

        html = answer.content.decode()
        assert self.titles(html) == ["Cầu mới", "Cầu cũ"]
        section, front, city = html.split('<span class="badge badge--plain">')[1:]
        assert section.startswith("Trong mục «Tin tức")
        assert front.startswith("Trên trang chủ<")
        assert city.startswith("Trên trang chủ thành phố<")
        for place in (section, front):
            assert place.index("Cầu mới") < place.index("Cầu cũ")
            assert "Thông xe từ thứ Hai." in place
            assert picture.renditions.get(filter_spec="fill-480x270").url in place
            assert f"{timezone.localdate():%d/%m/%Y}" in place
        assert "Cầu mới" in city
        assert "Cầu cũ" not in city

    def test_a_public_page_stands_once_and_in_its_place_as_its_draft_says(self):
        old = publish_at_once(self.article(title="Bài thứ hai"))
        publish_at_once(self.article(title="Bài mới nhất"))
        old.title = "Cầu mới"
        old.save_revision()

        section = self.see(old, LIST).content.decode().split('<span class="badge badge--plain">')[1]

        assert "Bài thứ hai" not in section
        assert section.count(">Cầu mới<") == 1
        assert section.index("Bài mới nhất") < section.index("Cầu mới")

    def test_a_notice_and_this_weeks_schedule_stand_where_the_front_page_has_them(self):
        section = self.city.section(self.city.site)
        for page, anchor in (
            (factories.notice(section, urgent=True, days=3), "thong-bao"),
            (factories.schedule(section), "lich-cong-tac"),
            (factories.consultation(section), "dang-lay-y-kien"),
        ):
            with self.subTest(page=page._meta.model_name):
                self.assertContains(self.see(page, LIST), f'aria-labelledby="{anchor}"')

    def test_asks_no_more_the_more_there_is(self):
        page = self.article()
        publish_at_once(self.article())
        few = self.queries(page)
        for _number in range(8):
            publish_at_once(self.article())
        assert self.queries(page) <= few + 1

    def queries(self, page):
        self.see(page, LIST)
        with CaptureQueriesContext(connection) as asked:
            self.see(page, LIST)
        return len(asked)


class OnWards(Previews):
    def test_a_ward_that_is_not_open_is_not_taken(self):
        PortalSite.objects.exclude(slug__in=("long-xuyen", "my-xuyen")).update(state=PortalSite.State.FROZEN)
        assert preview_modes.ward_home(self.city.home) == self.city.my_xuyen.home_page().specific
        PortalSite.objects.filter(kind=PortalSite.Kind.WARD).update(state=PortalSite.State.FROZEN)
        assert self.see(self.city.home, WARD).status_code == 200

    def test_a_notice_of_outage_is_shown_on_wards_when_it_is_the_citys(self):
        for site, offered in ((self.city.site, True), (self.city.my_xuyen, False)):
            catalogue = site.home_page().get_children().get(slug="dich-vu-cong")
            now = timezone.now()
            away = {"starts_at": now, "ends_at": now + timedelta(hours=5), "message": "Máy chủ bảo trì."}
            page = draft(ServiceOutagePage(title="Bảo trì", **away), catalogue)
            assert (WARD in dict(page.preview_modes)) is offered
            html = self.see(page, WARD).content.decode()
            assert "Máy chủ bảo trì." in html
            assert (preview_modes.ward_home(page).full_url in html.split("<main")[0]) is offered

    def saved(self, page):
        page.save_revision()
        return page


class InEnglish(Previews):
    def standing(self):
        """A page under the home page of a ward, which has an English one."""
        return factories.standard(self.city.my_long.home_page(), title="Cầu mới")

    def translated(self, *, public=False):
        page = publish_at_once(self.standing())
        english = page.copy_for_translation(english_locale())
        english.title = "The new bridge"
        english.save_revision()
        if public:
            english = publish_at_once(english)
            english.title = "The newer bridge"
            english.save_revision()
        return page

    def test_the_newest_version_of_the_translation_is_shown(self):
        html = self.see(self.translated(), ENGLISH, by=self.cast.contributor).content.decode()
        assert "<h1>The new bridge</h1>" in html
        assert '<html lang="en">' in html
        assert UNTRANSLATED not in html

    def test_a_draft_of_it_is_for_people_of_its_site_only(self):
        page = self.translated()
        assert page.english_version(fresh(self.cast.contributor)).title == "The new bridge"
        assert page.english_version(fresh(self.cast.editor)).title == "The new bridge"
        for stranger in (fresh(self.cast.contributor_my_xuyen), AnonymousUser(), None):
            assert page.english_version(stranger) is None

    def test_others_see_what_is_public_of_it(self):
        page = self.translated(public=True)
        assert page.english_version(fresh(self.cast.contributor)).title == "The newer bridge"
        assert page.english_version(fresh(self.cast.contributor_my_xuyen)).title == "The new bridge"

    def test_without_one_the_page_stands_in_the_english_frame_with_a_note(self):
        html = self.see(factories.article(self.city.section(self.city.site), title="Cầu mới"), ENGLISH).content.decode()
        assert UNTRANSLATED in html
        assert 'class="tools"' not in html
        assert re.search(r'<h1[^>]*>\s*(<span lang="vi">)?Cầu mới', html)
        assert "Long Xuyen City Portal" in html
        assert "Home" in html

    def test_a_mirrored_page_is_no_translation(self):
        page = self.standing()
        page.copy_for_translation(english_locale(), alias=True)
        self.assertContains(self.see(page, ENGLISH), UNTRANSLATED)

    def test_a_service_is_shown_by_the_english_name_of_its_procedure(self):
        procedure = a_procedure(self.city, title_en="Registration of births")
        page = an_offering(self.city.site, procedure, public=False)
        html = self.see(page, ENGLISH).content.decode()
        assert "Registration of births" in html
        assert UNTRANSLATED not in html

    def test_an_english_page_offers_no_other_english(self):
        english = self.city.site.home_page(english_locale()).specific
        assert ENGLISH not in dict(english.preview_modes)


class Kept(Previews):
    def test_a_draft_of_a_service_is_seen_before_its_procedure_is_public(self):
        page = an_offering(self.city.site, a_procedure(self.city, public=False), public=False)
        assert self.see(page).status_code == 200
        publish_at_once(page)
        self.client.logout()
        assert self.client.get(page.get_url()).status_code == 404

    def test_what_an_outsider_sees_by_a_link_is_counted_as_no_use(self):
        catalogue = self.city.site.home_page().get_children().get(slug="dich-vu-cong")
        page = publish_at_once(draft(ServiceGuidePage(title="Hướng dẫn", summary="Từng bước."), catalogue))
        assert "data-usage-place" in self.client.get(page.get_url()).content.decode()
        page.title = "Hướng dẫn mới"
        page.save_revision()
        link = previews.make_link(page, by=self.cast.editor, recipient="Sở", reason="Góp ý")
        assert "data-usage-place" not in previews.page_as_read(previews.version_of(link), link)
