"""Words in a field, whatever their case: typed without diacritics they find every way of writing."""

from unicodedata import normalize

from base.queries.contains import contains
from sections.models import ArticlePage
from tests import factories
from tests.city import CityTestCase


class Contains(CityTestCase):
    def setUp(self):
        section = self.city.section(self.city.my_long)
        for title in ("Đường Trần Hưng Đạo", "DƯƠNG LỊCH", "Bàn về 100% chỉ tiêu_năm"):
            factories.article(section, by=self.cast.contributor, title=title)

    def titles(self, words: str) -> set[str]:
        return set(ArticlePage.objects.filter(contains("title", words)).values_list("title", flat=True))

    def test_without_diacritics_finds_every_way_of_writing(self):
        for words in ("duong", "DUONG", "Duong"):
            with self.subTest(words):
                self.assertEqual(self.titles(words), {"Đường Trần Hưng Đạo", "DƯƠNG LỊCH"})

    def test_with_diacritics_finds_what_is_written_so_in_any_case(self):
        for words in ("đường", "ĐƯỜNG", "Đường", "hưng đạo"):
            with self.subTest(words):
                self.assertEqual(self.titles(words), {"Đường Trần Hưng Đạo"})
        self.assertEqual(self.titles("dương"), {"DƯƠNG LỊCH"})

    def test_signs_mean_themselves(self):
        self.assertEqual(self.titles("100%"), {"Bàn về 100% chỉ tiêu_năm"})
        self.assertEqual(self.titles("tieu_nam"), {"Bàn về 100% chỉ tiêu_năm"})
        self.assertEqual(self.titles("1_0"), set())

    def test_letters_composed_of_two_signs_are_the_same_letters(self):
        self.assertEqual(self.titles(normalize("NFD", "Đường")), {"Đường Trần Hưng Đạo"})
