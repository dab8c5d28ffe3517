"""Units and their people on public pages: kept once, shown in the chart, in lists and in blocks, on the day that is."""

import re
from datetime import date
from unittest import mock

from django.template.loader import render_to_string
from django.utils import timezone, translation

from base.models import OrganisationUnit, PostHolder
from home.demo import units as demo_units
from home.units import posts, usage
from sections import organisation
from sections.blocks import UnitChoiceBlock
from sections.models import OfficialsPage, OfficialsUnit, OrganisationPage
from tests.city import CityTestCase, draft, fresh, publish_at_once
from workflows.publishing import record_changes

TODAY = date(2026, 12, 1)


class OnPages(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.office = OrganisationUnit.objects.create(
            name="Phòng Kinh tế",
            slug="kinh-te",
            kind=OrganisationUnit.Kind.OFFICE,
            parent=cls.city.site.unit,
            phone="0296 111 2222",
            duties="Nông nghiệp, thương mại.",
        )
        cls.team = OrganisationUnit.objects.create(
            name="Đội Thuế", slug="doi-thue", kind=OrganisationUnit.Kind.PUBLIC_UNIT, parent=cls.office
        )
        PostHolder.objects.create(
            unit=cls.office,
            name="Cán bộ mẫu 61",
            post="Trưởng phòng",
            is_head=True,
            reception_days="Thứ Năm hằng tuần",
            valid_from=date(2024, 1, 1),
        )
        PostHolder.objects.create(
            unit=cls.office,
            name="Cán bộ mẫu 60",
            post="Trưởng phòng",
            valid_from=date(2020, 1, 1),
            valid_to=date(2023, 12, 31),
        )
        section = cls.city.section(cls.city.site, "gioi-thieu")
        cls.chart = draft(OrganisationPage(title="Sơ đồ tổ chức", slug="so-do"), section, by=cls.cast.contributor)
        publish_at_once(cls.chart)
        cls.people = OfficialsPage(title="Lãnh đạo", slug="lanh-dao", responsible_unit=cls.office)
        cls.people.from_units = [OfficialsUnit(unit=cls.office)]
        draft(cls.people, section, by=cls.cast.contributor)
        publish_at_once(cls.people)

    def read(self, page) -> str:
        return self.client.get(page.get_url() or page.url_path).content.decode()

    def test_the_chart_draws_and_lists_who_leads_today(self):
        text = self.read(self.chart)
        for words in (
            "<svg",
            'id="don-vi-kinh-te"',
            'href="#don-vi-kinh-te"',
            "Phòng Kinh tế",
            "Đội Thuế",
            "Cán bộ mẫu 61",
            "Thứ Năm hằng tuần",
            "0296 111 2222",
        ):
            assert words in text, words
        assert "Cán bộ mẫu 60" not in text

    def test_a_long_list_is_folded_and_opens_without_a_script(self):
        with mock.patch.object(organisation, "MOST_WITHOUT_GROUPS", 1):
            text = self.read(self.chart)

        folded = text.index('<details class="fold" id="nhom-phong-ban"><summary>')
        assert folded < text.index('id="don-vi-kinh-te"') < text.index("</details>", folded)
        assert text.index("diagram--rong") > text.index('<details class="fold fold--small"><summary>')
        assert "Phòng, ban, cơ quan ngành dọc (1)</summary>" in text

    def test_a_list_of_officials_takes_them_from_the_unit(self):
        text = self.read(self.people)
        assert "Cán bộ mẫu 61" in text and "Cán bộ mẫu 60" not in text
        assert not [finding for finding in self.people.preflight() if finding.level == "blocker"]

    def test_a_new_head_is_shown_at_once_everywhere(self):
        change = posts.appoint_holder(
            self.office,
            by=self.cast.standing_office,
            name="Cán bộ mẫu 62",
            post="Trưởng phòng",
            is_head=True,
            duties="Phụ trách chung.",
            valid_from=date(2026, 1, 1),
        )
        record_changes.confirm(change, by=fresh(self.cast.head), digest=change.digest)
        for page in (self.chart, self.people):
            with self.subTest(page=page.title):
                text = self.read(page)
                assert "Cán bộ mẫu 62" in text and "Cán bộ mẫu 61" not in text

    def test_a_unit_knows_the_pages_that_show_it(self):
        labels = [use.label for use in usage.uses_of(self.office, self.cast.standing_office)]
        assert "Lãnh đạo" in labels
        assert {page.pk for page in usage.pages_showing(self.office)} == {self.chart.pk, self.people.pk}

    def test_all_pages_that_show_a_unit_are_written_anew_however_few_are_named(self):
        with mock.patch.object(usage, "MOST_PAGES", 0):
            assert self.people.pk in {page.pk for page in usage.pages_showing(self.office)}
            *_, rest = usage.uses_of(self.office, self.cast.standing_office)

        assert (rest.label, rest.count, rest.address) == ("Trang khác", 1, "")

    def test_a_block_shows_how_a_unit_is_reached(self):
        block = type(self.chart).body.field.stream_block.child_blocks["contact"]
        value = block.to_python({"unit": self.office.pk})
        text = render_to_string("sections/blocks/contact.html", {"value": value})
        assert "Cán bộ mẫu 61" in text and "0296 111 2222" in text


class Chart(CityTestCase):
    def test_each_unit_stands_below_the_one_it_belongs_to_and_former_ones_do_not(self):
        top = self.city.site.unit
        office = OrganisationUnit.objects.create(name="Phòng A", slug="a", kind="office", parent=top)
        OrganisationUnit.objects.create(name="Đội B", slug="b", kind="public_unit", parent=office)
        OrganisationUnit.objects.create(name="Cũ", slug="c", kind="office", parent=top, valid_to=date(2020, 1, 1))

        rows = organisation.units_below(top, TODAY)

        depths = {row.unit.name: row.depth for row in rows}
        assert depths["Phòng A"] == 1 and depths["Đội B"] == 2 and "Cũ" not in depths
        assert [row.unit.name for row in rows].index("Đội B") == [row.unit.name for row in rows].index("Phòng A") + 1

    def test_wards_come_after_the_other_bodies_of_the_city(self):
        top = self.city.site.unit
        OrganisationUnit.objects.create(name="Thành ủy", slug="tu", kind="party", parent=top, sort_order=99)

        kinds = [row.unit.kind in organisation.WARDS for row in organisation.units_below(top, TODAY)]

        assert kinds == sorted(kinds) and True in kinds

    def test_a_long_list_is_folded_by_kind_and_loses_no_unit(self):
        top = self.city.site.unit
        for number in range(organisation.MOST_WITHOUT_GROUPS):
            OrganisationUnit.objects.create(name=f"Phòng {number}", slug=f"p{number}", kind="office", parent=top)
        OrganisationUnit.objects.create(name="Cơ quan lạ", slug="la", kind="city", parent=top)
        rows = organisation.units_below(top, TODAY)

        first, *groups = organisation.groups_of(rows)

        assert [row.unit.name for row in first.rows] == [top.name, "Cơ quan lạ"] and first.heading == ""
        assert [group.key for group in groups] == ["phong-ban", "phuong-xa"]
        listed = [row.unit.pk for group in (first, *groups) for row in group.rows]
        assert sorted(listed) == sorted(row.unit.pk for row in rows)

    def test_a_short_list_is_not_folded(self):
        rows = organisation.units_below(self.city.my_long.unit, TODAY)

        (group,) = organisation.groups_of(rows)

        assert (group.heading, group.rows) == ("", rows)

    def test_each_box_says_the_post_and_leads_to_its_unit(self):
        unit = OrganisationUnit(name="Phòng A", slug="phong-a")
        head = PostHolder(unit=unit, name="Cán bộ mẫu 61", post="Trưởng phòng", is_head=True)

        drawn = str(organisation.drawing("k", "Sơ đồ", [organisation.ChartUnit(unit, 0, [head])]))

        assert drawn.count('<a href="#don-vi-phong-a">') == 2 and "Cán bộ mẫu 61, Trưởng phòng" in drawn
        assert 'role="img"' not in drawn

    def test_on_an_english_page_it_says_which_names_are_vietnamese(self):
        unit = OrganisationUnit(name="Thanh tra", slug="thanh-tra")
        head = PostHolder(unit=unit, name="Ban Mai", post="Chi huy", is_head=True)
        named = OrganisationUnit(name="Phòng A", slug="phong-a", name_en="Office A")

        with translation.override("en"):
            rows = [organisation.ChartUnit(unit, 0, [head]), organisation.ChartUnit(named, 1)]
            drawn = str(organisation.drawing("k", "Chart", rows))

        assert drawn.count(' lang="vi">Thanh tra</text>') == drawn.count(' lang="vi">Ban Mai, Chi huy</text>') == 2
        assert drawn.count('">Office A</text>') == 2 and ' lang="vi">Office A' not in drawn

    def test_many_units_stand_in_two_columns_of_the_wide_drawing_alone(self):
        units = [organisation.ChartUnit(OrganisationUnit(name="Thành phố", slug="tp"), 0)]
        for number in range(40):
            depth = 2 if number % 5 == 4 else 1
            units.append(organisation.ChartUnit(OrganisationUnit(name=f"Đơn vị {number}", slug=f"u{number}"), depth))

        wide, narrow = re.findall(r'<svg[^>]* height="(\d+)"', str(organisation.drawing("k", "Sơ đồ", units)))

        assert int(wide) < 0.6 * int(narrow)

    def test_a_long_name_is_broken_and_nothing_of_it_is_lost(self):
        unit = OrganisationUnit(name="Trung tâm Văn hóa, Thể thao và Truyền thanh thành phố Long Xuyên", slug="x")
        drawn = str(organisation.drawing("k", "Sơ đồ", [organisation.ChartUnit(unit, 0)]))
        assert drawn.count("<svg") == 2 and "Truyền" in drawn and "Long Xuyên" in drawn


class DemoUnits(CityTestCase):
    def test_the_demo_keeps_its_units_by_two_persons_and_once(self):
        for slug in {row[0] for row in demo_units.HOLDERS} | {"giao-duc-dao-tao"}:
            OrganisationUnit.objects.get_or_create(slug=slug, defaults={"name": slug, "kind": "office"})
        people = {"thuong-truc": self.cast.standing_office, "truong-ban": self.cast.head}
        city = type(
            "City", (), {"people": people, "sites": {"long-xuyen": self.city.site, "my-long": self.city.my_long}}
        )()
        city._section = lambda site, key: None

        demo_units.show_all(city)
        demo_units.show_all(city)

        assert PostHolder.objects.count() == len(demo_units.HOLDERS)
        assert OrganisationUnit.objects.get(name=demo_units.SCHOOL).valid_from <= timezone.localdate()
        assert OrganisationUnit.objects.get(slug="my-long").responsible_person == "Cán bộ mẫu 10, Chủ tịch"


class TheListOfUnits(CityTestCase):
    """The block of a unit's contact is drawn by a plain list, also where nothing is chosen yet."""

    def test_reads_what_it_drew(self):
        block, unit = UnitChoiceBlock(), self.city.my_long.unit
        for chosen, drawn in ((None, ""), (unit, str(unit.pk))):
            with self.subTest(chosen):
                assert block.get_form_state(chosen) == [drawn]
                assert block.value_from_form(drawn) == chosen
