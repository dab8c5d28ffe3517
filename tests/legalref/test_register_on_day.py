"""The register as of a day: which documents, under which status, how many, at which price."""

from contextlib import contextmanager
from datetime import date, timedelta
from unittest import mock

import time_machine

from legalref.life import lifecycle
from legalref.life.effect import AMENDS, REPLACES, SUSPENDS, StatusCode
from legalref.models import DocumentType, IssuingBody, LegalDocument, RegisterEntry, RegisterVersion
from legalref.register import as_of, facet_index, facet_index_on_day, listing
from legalref.register.facet_index_on_day import index_on
from tests.city import CityTestCase
from tests.legalref.library import related

from .library import on_city_host, public_document, shipped_register
from .test_library import AtMost

DAYS = (
    date(1990, 1, 1),
    date(2002, 7, 1),
    date(2012, 1, 1),
    date(2017, 9, 30),
    date(2020, 6, 5),
    date(2021, 1, 1),
    date(2022, 8, 14),
    date(2022, 8, 15),
    date(2024, 12, 31),
    date(2025, 4, 1),
    date(2026, 11, 24),
    date(2027, 3, 1),
)


@contextmanager
def in_parts_of(count):
    """Read what may have turned without naming the register's documents, and so many at a time."""
    with (
        mock.patch.object(facet_index_on_day, "KEYS_IN_CONDITION", 0),
        mock.patch.object(as_of, "KEYS_A_QUERY", count),
    ):
        yield


class OnDay(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.register, cls.documents = shipped_register(cls.city)

    def setUp(self):
        traveller = time_machine.travel("2026-11-25 10:00 +07:00")
        traveller.start()
        self.addCleanup(traveller.stop)
        self.address = on_city_host(self.city, self.register)

    def get(self, **parameters):
        return self.client.get(self.address, {name.replace("_", "-"): value for name, value in parameters.items()})

    def listed(self, day, **parameters):
        """Every document of the register on a day, page by page."""
        found, number = [], 1
        while True:
            one = listing.list_documents(self.city.site, {**parameters, "trang": number}, day=day)
            found += one.documents
            if not one.paging.has_next():
                return found
            number += 1


class Statuses(OnDay):
    def test_every_document_has_the_status_of_that_day_and_only_what_was_issued_is_listed(self):
        public = list(LegalDocument.objects.on_site(self.city.site).select_related("main_issuer"))
        for day in DAYS:
            with self.subTest(day):
                expected = {
                    document.pk: lifecycle.status(document, day).code
                    for document in public
                    if document.issued_on <= day
                }
                found = self.listed(day)

                self.assertEqual({document.pk: document.shown_status.code for document in found}, expected)
                self.assertEqual(len(found), len(expected), "each once")
                ranks = [document.shown_status.rank for document in found]
                self.assertEqual(ranks, sorted(ranks), "in force first")

    def test_a_register_of_many_documents_is_read_in_parts_and_says_the_same(self):
        for day in DAYS:
            whole = self.listed(day)
            with self.subTest(day), in_parts_of(3):
                parts = self.listed(day)

                self.assertEqual([one.pk for one in parts], [one.pk for one in whole])
                self.assertEqual([one.shown_status for one in parts], [one.shown_status for one in whole])

    def test_filter_by_status_and_its_counts_are_those_of_that_day(self):
        for day in DAYS:
            whole = self.listed(day)
            counts = {
                choice.value: choice.count
                for entry in listing.list_documents(self.city.site, {}, day=day).filters
                if entry.name == "tinh-trang"
                for choice in entry.choices
            }
            self.assertEqual(sum(counts.values()), len(whole))
            for code in StatusCode:
                with self.subTest(day, code=code):
                    value = code.replace("_", "-")
                    expected = [document for document in whole if document.shown_status.code == code]

                    self.assertEqual(self.listed(day, **{"tinh-trang": value}) if expected else [], expected)
                    self.assertEqual(counts.get(value, 0), len(expected))

    def test_what_has_no_turn_between_two_days_is_not_asked(self):
        public = LegalDocument.objects.public()
        turned = as_of.statuses_apart(public, date(2026, 11, 24), date(2026, 11, 25))

        self.assertLess(len(turned), public.count() / 4)

    def test_every_kind_of_turn_is_seen(self):
        values = {"issued_on": date(2015, 1, 1), "effective_from": date(2015, 2, 1)}
        made = {
            name: public_document(
                self.city.site, by=self.cast.editor, symbol=f"{900 + number}/2015/QĐ-UBND", **values | one
            )
            for number, (name, one) in enumerate(
                {
                    "begins": {"effective_from": date(2020, 3, 1)},
                    "ends": {"effective_to": date(2020, 3, 1)},
                    "latest": {"lapses_latest_on": date(2020, 3, 1), "lapses_latest_by": "Nghị quyết mẫu"},
                    "unsuitable": {"not_suitable_from": date(2020, 3, 1), "not_suitable_reason": "Không còn phù hợp"},
                    "unchecked": {"checked_until": date(2020, 2, 29)},
                    "seen": {"effective_from": None, "checked_until": date(2020, 3, 1)},
                    "replaced": {},
                    "amended": {},
                    "suspended": {},
                    "resumed": {},
                }.items()
            )
        }
        acting = public_document(
            self.city.site,
            by=self.cast.editor,
            symbol="990/2020/QĐ-UBND",
            issued_on=date(2020, 1, 2),
            effective_from=date(2020, 1, 2),
        )
        for code, name, begin, until in (
            (REPLACES, "replaced", date(2020, 3, 1), None),
            (AMENDS, "amended", date(2020, 3, 1), None),
            (SUSPENDS, "suspended", date(2020, 3, 1), None),
            (SUSPENDS, "resumed", date(2020, 1, 2), date(2020, 3, 1)),
        ):
            related(acting, code, made[name], by=self.cast.standing_office, effective_on=begin, until=until)
        before, after = date(2020, 2, 29), date(2020, 3, 1)

        on = {day: {row.pk: row.shown_status.code for row in self.listed(day)} for day in (before, after)}

        for name, document in made.items():
            with self.subTest(name):
                for day in (before, after):
                    self.assertEqual(on[day][document.pk], lifecycle.status(document, day).code)
                self.assertNotEqual(on[before][document.pk], on[after][document.pk])


class Page(OnDay):
    def test_banner_names_the_day_and_leads_back_and_links_keep_the_day(self):
        response = self.get(ngay="01/01/2021", loai="nghi-dinh")

        self.assertContains(response, "Đang xem sổ văn bản như vào ngày 01/01/2021, không phải hôm nay.")
        self.assertContains(response, '<a href="?loai=nghi-dinh">Xem tình trạng hôm nay</a>')
        self.assertContains(response, f'{self.documents["nd-43-2011"].slug}/?ngay=2021-01-01"')
        self.assertContains(response, 'name="ngay" maxlength="40" placeholder="Hôm nay" value="01/01/2021"')
        self.assertNotContains(response, "42/2022/NĐ-CP")

    def test_today_written_out_is_today(self):
        response = self.get(ngay="2026-11-25")

        self.assertNotContains(response, "không phải hôm nay")
        self.assertContains(response, "42/2022/NĐ-CP")

    def test_wrong_day_is_told_and_kept_and_today_is_shown(self):
        response = self.get(ngay="31/02/2021")

        self.assertContains(response, 'role="alert"')
        self.assertContains(response, 'value="31/02/2021"')
        self.assertContains(response, "42/2022/NĐ-CP")

    def test_number_typed_leads_to_the_document_on_that_day(self):
        response = self.get(q="43/2011", ngay="2021-01-01")

        self.assertTrue(response.url.endswith(f"/{self.documents['nd-43-2011'].slug}/?ngay=2021-01-01"))

    def test_words_are_searched_among_what_was_issued_by_then(self):
        found = self.get(q="thông tin điện tử", ngay="2012-01-01").context["listing"]

        self.assertIn("43/2011/NĐ-CP", [document.symbol for document in found.documents])
        self.assertTrue(all(document.issued_on <= date(2012, 1, 1) for document in found.documents))

    def test_day_before_every_document_says_that_none_matches(self):
        self.assertContains(self.get(ngay="1900-01-01"), "Không có văn bản nào khớp.")

    def test_queries_do_not_grow_with_documents_and_relations(self):
        def count():
            self.get(ngay="2021-01-01", tinh_trang="in-force")
            # Four of them ask what amending documents amend, in the index of the day and in the rows shown.
            with self.assertNumQueries(AtMost(22)) as caught:
                self.get(ngay="2021-01-01", tinh_trang="in-force")
            return len(caught.captured_queries)

        few = count()
        acting = self.documents["nd-42-2022"]
        for number in range(30):
            document = public_document(
                self.city.site,
                by=self.cast.editor,
                symbol=f"{100 + number}/2019/QĐ-UBND",
                issued_on=date(2019, 1, 1) + timedelta(days=number),
                effective_from=date(2019, 3, 1),
            )
            related(acting, AMENDS, document, by=self.cast.standing_office, effective_on=date(2022, 8, 15))

        self.assertEqual(count(), few)


class ValuesNobodyBears(OnDay):
    def test_known_value_gives_an_empty_list_that_keeps_the_filter(self):
        unused = DocumentType.objects.exclude(pk__in=LegalDocument.objects.values("document_type")).first()
        IssuingBody.objects.create(slug="uy-ban-mau", name="Ủy ban mẫu")
        RegisterEntry.objects.filter(field="").update(field="Khác")
        RegisterVersion.raise_value()
        for name, value, label in (
            ("tinh-trang", "suspended", "Ngưng hiệu lực"),
            ("nam", "1955", "1955"),
            ("loai", unused.slug, unused.name),
            ("co-quan", "uy-ban-mau", "Ủy ban mẫu"),
            ("linh-vuc", "chua-ghi", "Chưa ghi"),
        ):
            with self.subTest(name):
                response = self.get(**{name: value})

                self.assertEqual(response.context["listing"].total, 0)
                self.assertTrue(response.context["listing"].is_filtered)
                self.assertContains(response, f'<option value="{value}" selected>{label} (0)</option>')
                self.assertContains(response, "Không có văn bản nào khớp.")

    def test_value_that_says_nothing_is_as_if_it_were_not_there(self):
        for name, value in (("tinh-trang", "la-lung"), ("nam", "20205"), ("loai", "khong-co"), ("linh-vuc", "x")):
            with self.subTest(name):
                found = self.get(**{name: value}).context["listing"]

                self.assertEqual((found.is_filtered, found.unknown), (False, (name,)))
                self.assertEqual(found.total, LegalDocument.objects.public().count())


class Shelves(OnDay):
    def test_shelf_of_today_stays_as_it_was(self):
        today = facet_index.index_of(self.city.site)
        before = {name: dict(values) for name, values in today.values.items()}

        then = index_on(today, date(2012, 1, 1))

        self.assertEqual({name: dict(values) for name, values in today.values.items()}, before)
        self.assertLess(then.everything.bit_count(), today.everything.bit_count())
