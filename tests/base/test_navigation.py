"""The main menu: groups, places, what is left over."""

from types import SimpleNamespace

from django.test import SimpleTestCase

from base.public import navigation


def page(slug, path):
    return SimpleNamespace(slug=slug, path=path, title=slug.replace("-", " ").capitalize())


def address(found):
    return f"/{found.slug}/"


class MainMenu(SimpleTestCase):
    def setUp(self):
        before = list(navigation._groups)
        self.addCleanup(lambda: navigation._groups.__setitem__(slice(None), before))
        navigation.register_groups([("Tin tức", ["tin-tuc", "tuyen-truyen"]), ("Văn bản", ["van-ban"])])

    def menu(self, *slugs, here=""):
        pages = [page(slug, f"0001{number:04d}") for number, slug in enumerate(slugs, 1)]
        return navigation.menu(pages, here, address)

    def test_joins_sections_in_groups_in_the_registered_order(self):
        groups = self.menu("van-ban", "tuyen-truyen", "tin-tuc")

        self.assertEqual([group.label for group in groups], ["Tin tức", "Văn bản"])
        self.assertEqual([item.url for item in groups[0].items], ["/tin-tuc/", "/tuyen-truyen/"])

    def test_makes_a_group_of_one_section_a_plain_link(self):
        groups = self.menu("van-ban", "tin-tuc", "tuyen-truyen")

        self.assertEqual(groups[1].url, "/van-ban/")
        self.assertEqual(groups[0].url, "")

    def test_leaves_out_groups_without_sections(self):
        self.assertEqual([group.label for group in self.menu("van-ban")], ["Văn bản"])

    def test_keeps_a_section_that_no_group_names(self):
        groups = self.menu("van-ban", "muc-rieng")

        self.assertEqual([item.url for item in groups[-1].items], ["/muc-rieng/"])

    def test_marks_the_section_the_reader_is_in(self):
        groups = self.menu("tin-tuc", "tuyen-truyen", here="000100010007")

        self.assertEqual(groups[0].items[0].current_kind, "true")
        self.assertTrue(groups[0].is_current)
        self.assertFalse(groups[0].items[1].is_current)

    def test_marks_the_page_itself(self):
        self.assertEqual(self.menu("van-ban", here="00010001")[0].current_kind, "page")

    def test_follows_the_order_of_the_site(self):
        pages = [page(slug, "") for slug in ("tin-tuc", "tuyen-truyen", "van-ban")]

        groups = navigation.menu(pages, "", address, ["van-ban", "tuyen-truyen", "khong-con"])

        self.assertEqual([group.label for group in groups], ["Văn bản", "Tin tức"])
        self.assertEqual([item.url for item in groups[1].items], ["/tuyen-truyen/", "/tin-tuc/"])

    def test_knows_sections_whose_address_is_in_another_language(self):
        groups = self.menu("law-and-policy-explained", "news-and-events", "legal-documents")

        self.assertEqual([group.label for group in groups], ["Tin tức", "Văn bản"])
        self.assertEqual([item.url for item in groups[0].items], ["/news-and-events/", "/law-and-policy-explained/"])
        self.assertEqual(navigation.name_of("search"), "tim-kiem")

    def test_refuses_more_than_seven_groups(self):
        with self.assertRaises(ValueError):
            navigation.register_groups([(str(number), []) for number in range(8)])
