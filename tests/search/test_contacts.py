"""Units and people found by name, post and duty, as far as a public page shows them; sorting by day; fields."""

from datetime import date

import time_machine

from base.gate import open_gate
from base.models import OrganisationUnit, PostHolder
from search import contacts
from search.models import Equivalent, SearchPage
from search.results import search
from sections.models import ArticlePage, OrganisationPage
from tests.city import CityTestCase, draft, publish_at_once
from tests.servicecatalog.cast import a_procedure, an_offering

Kind = OrganisationUnit.Kind


class Contacts(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        top = cls.city.site.unit
        cls.justice = OrganisationUnit.objects.create(
            name="Phòng Tư pháp", slug="tu-phap-thu", kind=Kind.OFFICE, parent=top, duties="Hộ tịch, chứng thực."
        )
        cls.closed = OrganisationUnit.objects.create(
            name="Phòng Bimatnhap", slug="bimat", kind=Kind.OFFICE, parent=top, valid_to=date(2020, 1, 1)
        )
        PostHolder.objects.create(unit=cls.justice, name="Cán bộ mẫu 61", post="Trưởng phòng", is_head=True)
        PostHolder.objects.create(
            unit=cls.justice, name="Cán bộ mẫu 62", post="Phó trưởng phòng", valid_to=date(2020, 1, 1)
        )
        section = cls.city.section(cls.city.site)
        cls.chart = publish_at_once(draft(OrganisationPage(title="Sơ đồ tổ chức thử", summary=""), section))
        publish_at_once(draft(ArticlePage(title="Tin về chứng thực", summary="Tin."), section))

    def found(self, query, **parameters):
        home = self.city.site.home_page()
        page = SearchPage.objects.get(path__startswith=home.path, depth=home.depth + 1)
        return search(page, {"q": query, **parameters})

    def titles(self, query, **parameters):
        found = self.found(query, **parameters)
        return [hit.title.replace("<mark>", "").replace("</mark>", "") for hit in found.hits + found.near_hits]

    def test_a_unit_is_first_by_its_name_and_leads_to_its_place_on_the_chart(self):
        for typed in ("phòng tư pháp", "phong tu phap", "tư pháp"):
            with self.subTest(typed=typed):
                hit = self.found(typed).hits[0]
                self.assertEqual(hit.kind, "Đơn vị, cán bộ")
                self.assertTrue(hit.url.endswith(f"{self.chart.slug}/#don-vi-tu-phap-thu"), hit.url)

    def test_a_person_is_found_by_name_and_by_post(self):
        for typed in ("can bo mau 61", "trưởng phòng tư pháp"):
            with self.subTest(typed=typed):
                self.assertEqual(self.titles(typed)[0], "Cán bộ mẫu 61, Trưởng phòng")

    def test_a_person_whose_post_begins_with_the_words_is_before_a_title_that_has_them(self):
        PostHolder.objects.create(unit=self.city.site.unit, name="Cán bộ mẫu 63", post="Chủ tịch Ủy ban nhân dân")
        PostHolder.objects.create(unit=self.city.site.unit, name="Cán bộ mẫu 64", post="Phó Chủ tịch")
        publish_at_once(
            draft(ArticlePage(title="Chủ tịch tiếp dân", summary="Tin."), self.city.section(self.city.site))
        )

        for typed in ("chủ tịch", "chu tich"):
            with self.subTest(typed=typed):
                titles = self.titles(typed)
                self.assertEqual(titles[:2], ["Cán bộ mẫu 63, Chủ tịch Ủy ban nhân dân", "Chủ tịch tiếp dân"])
                self.assertIn("Cán bộ mẫu 64, Phó Chủ tịch", titles)
        # A single word begins many names.
        self.assertNotEqual(self.titles("chủ")[0], "Cán bộ mẫu 63, Chủ tịch Ủy ban nhân dân")

    def test_a_title_behind_a_persons_name_is_no_part_of_the_post(self):
        PostHolder.objects.create(unit=self.justice, name="Cán bộ mẫu 65, ThS.", post="Phó trưởng phòng")
        [person] = [one for one in contacts.known("vi") if one.title.startswith("Cán bộ mẫu 65")]

        by_name, by_post, _by_both = (words for words, _length in person.names)
        self.assertLessEqual({"can", "ths"}, by_name)
        self.assertFalse({"can", "ths"} & by_post)
        self.assertEqual(self.titles("phó trưởng phòng tư pháp")[0], "Cán bộ mẫu 65, ThS., Phó trưởng phòng")

    def test_a_unit_is_found_by_what_people_ask_of_it(self):
        OrganisationUnit.objects.create(
            name="Phòng Tư liệu",
            slug="tu-lieu-thu",
            kind=Kind.OFFICE,
            parent=self.city.site.unit,
            duties="Giúp việc về tư pháp.",
        )
        for typed in ("số điện thoại phòng tư pháp", "dia chi phong tu phap"):
            with self.subTest(typed=typed):
                named = [title for title in self.titles(typed) if title.startswith("Phòng")]
                self.assertEqual(named, ["Phòng Tư pháp", "Phòng Tư liệu"])

    def test_what_an_abbreviation_means_is_looked_for_in_names_and_not_in_duties(self):
        Equivalent.objects.all().delete()
        for phrase, means in (("CTHT", "chứng hộ tịch"), ("PTP", "phòng tư pháp")):
            Equivalent.objects.create(phrase=phrase, means=means, source="Cách gọi hằng ngày")

        self.assertNotIn("Phòng Tư pháp", self.titles("ctht"))
        self.assertEqual(self.titles("ptp")[0], "Phòng Tư pháp")

    def test_a_unit_is_among_the_rest_by_its_duties(self):
        titles = self.titles("chứng thực")

        self.assertEqual(titles[0], "Tin về chứng thực")
        self.assertIn("Phòng Tư pháp", titles)

    def test_who_left_and_what_ended_is_not_found(self):
        self.assertNotIn("Cán bộ mẫu 62, Phó trưởng phòng", self.titles("cán bộ mẫu 62"))
        self.assertEqual(self.titles("bimatnhap", **{"chu": "1"}), [])

    def test_they_leave_with_the_page_that_shows_them(self):
        with open_gate("take_down"):
            OrganisationPage.objects.get(pk=self.chart.pk).unpublish(log_action=False)

        self.assertNotIn("Phòng Tư pháp", self.titles("phòng tư pháp", **{"chu": "1"}))

    def test_a_ward_finds_what_its_own_pages_show(self):
        home = self.city.my_long.home_page()
        page = SearchPage.objects.get(path__startswith=home.path, depth=home.depth + 1)

        here, everywhere = (
            search(page, {"q": "phòng tư pháp", "pham-vi": scope}) for scope in ("trang-nay", "toan-thanh-pho")
        )

        self.assertNotIn("Đơn vị, cán bộ", [hit.kind for hit in here.hits])
        self.assertEqual(everywhere.hits[0].kind, "Đơn vị, cán bộ")

    def test_their_kind_is_a_filter_whose_count_holds(self):
        kinds = {choice.value: choice.count for choice in self.found("chứng thực").facet("loai").choices}

        found = self.found("chứng thực", loai="don-vi-can-bo")

        self.assertEqual(found.total, kinds["don-vi-can-bo"])
        self.assertEqual({hit.kind for hit in found.hits}, {"Đơn vị, cán bộ"})


class OrderAndFields(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        section = cls.city.section(cls.city.site)
        for day, title in (("2026-03-02", "Lịch bơm tưới"), ("2026-03-09", "Tin trong tuần")):
            with time_machine.travel(f"{day}T03:00:00+00:00", tick=False):
                publish_at_once(draft(ArticlePage(title=title, summary="Lịch bơm tưới."), section))
        pump = a_procedure(cls.city, name="Đăng ký lịch bơm tưới")
        an_offering(cls.city.site, pump, slug="bom")
        cls.field = pump.field.name

    found, titles = Contacts.found, Contacts.titles

    def test_by_day_the_newest_is_first_and_what_has_no_day_last(self):
        self.assertEqual(self.titles("lịch bơm tưới")[0], "Đăng ký lịch bơm tưới")
        self.assertEqual(
            self.titles("lịch bơm tưới", xep="moi-nhat"), ["Tin trong tuần", "Lịch bơm tưới", "Đăng ký lịch bơm tưới"]
        )
        self.assertEqual(self.titles("lịch bơm tưới", xep="x"), self.titles("lịch bơm tưới"))
        self.assertContains(
            self.client.get("/tim-kiem/", {"q": "lịch bơm tưới", "xep": "moi-nhat"}), "selected>Mới nhất"
        )

    def test_the_field_of_a_service_is_a_filter(self):
        fields = {choice.label: choice for choice in self.found("lịch bơm tưới").facet("linh-vuc").choices}

        self.assertEqual(
            self.titles("lịch bơm tưới", **{"linh-vuc": fields[self.field].value}), ["Đăng ký lịch bơm tưới"]
        )
