"""What an object refers to is in the index as it would be made afresh, and was written once."""

from unittest import mock

from django.db.models.signals import post_save
from wagtail.models import ReferenceIndex

from base.queries.known_references import referring
from sections.models import ArticlePage, Official, OfficialsPage
from servicecatalog.models import Procedure
from tests import factories
from tests.base.test_files import store_image
from tests.city import CityTestCase, draft, publish
from tests.sections import pages
from tests.servicecatalog.cast import a_procedure


def stored(thing) -> set:
    """What the index holds of an object."""
    rows = ReferenceIndex.get_references_for_object(thing)
    return {*rows.values_list("to_content_type", "to_object_id", "model_path", "content_path")}


def portraits(page) -> set[str]:
    """The keys of the pictures of officials among them."""
    return {key for _type, key, path, _place in stored(page) if path == "officials.item.portrait"}


def afresh(thing) -> set:
    """What would be written of it as it is stored."""
    return {*ReferenceIndex._extract_references_from_object(type(thing).objects.get(pk=thing.pk))}


class KnownReferences(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.pictures = [store_image(cls.city.my_long) for _number in range(3)]
        cls.section = cls.city.section(cls.city.my_long)

    def setUp(self):
        written = ReferenceIndex.create_or_update_for_object
        self.written = self.enterContext(
            mock.patch.object(ReferenceIndex, "create_or_update_for_object", side_effect=written)
        )

    def officials(self) -> OfficialsPage:
        page = OfficialsPage(title="Lãnh đạo", slug="lanh-dao-thu", **pages.responsibility())
        page.officials = [
            Official(name=f"Cán bộ mẫu 0{number}", post="Phó Chủ tịch", portrait=picture)
            for number, picture in enumerate(self.pictures, 1)
        ]
        return draft(page, self.section, by=self.cast.contributor)

    def test_a_page_is_written_once_when_all_its_rows_stand(self):
        page = self.officials()

        self.assertEqual(self.written.call_count, 1)
        self.assertEqual(stored(page), afresh(page))
        self.assertEqual(portraits(page), {str(picture.pk) for picture in self.pictures})

    def test_rows_that_were_taken_off_are_taken_out(self):
        page = self.officials()

        page.officials = page.officials.all()[:1]
        page.save()

        self.assertEqual(stored(page), afresh(page))
        self.assertEqual(portraits(page), {str(self.pictures[0].pk)})

    def test_a_row_that_is_saved_by_itself_is_written_with_its_page(self):
        page = self.officials()
        row = page.officials.get(portrait=self.pictures[2])

        row.portrait = self.pictures[0]
        row.save()

        self.assertEqual(stored(page), afresh(page))
        self.assertEqual(portraits(page), {str(picture.pk) for picture in self.pictures[:2]})

    def test_a_publication_writes_once_what_it_published(self):
        page = factories.article(self.section, by=self.cast.contributor, picture=self.pictures[0])
        self.written.reset_mock()

        page = publish(page, by=self.cast.contributor)

        self.assertEqual([call.args[0].pk for call in self.written.call_args_list].count(page.pk), 1)
        self.assertEqual(stored(page), afresh(page))

    def test_a_procedure_with_its_rows_is_written_as_one(self):
        procedure = a_procedure(self.city, name="Đăng ký khai sinh", public=False)
        self.written.reset_mock()

        procedure.save()

        self.assertEqual([type(call.args[0]) for call in self.written.call_args_list], [Procedure])
        self.assertEqual(stored(procedure), afresh(procedure))

    def test_fields_that_refer_to_nothing_are_not_looked_at(self):
        page = factories.article(self.section, by=self.cast.contributor)
        self.written.reset_mock()

        page.save(update_fields=["latest_revision", "has_unpublished_changes", "last_published_at"])
        self.assertEqual(self.written.call_count, 0)

        for name in ("responsible_unit", "responsible_unit_id", "body"):
            self.written.reset_mock()
            page.save(update_fields=[name])
            self.assertEqual(self.written.call_count, 1, name)

    def test_what_is_saved_while_another_is_saved_is_written_too(self):
        page, other = (factories.article(self.section, by=self.cast.contributor) for _ in range(2))

        def save_other(instance, **kwargs):
            if instance.pk == page.pk:
                other.lead_image = self.pictures[1]
                other.save()

        post_save.connect(save_other, sender=ArticlePage)
        self.addCleanup(post_save.disconnect, save_other, sender=ArticlePage)
        page.lead_image = self.pictures[0]
        page.save()

        for one in (page, other):
            self.assertEqual(stored(one), afresh(one))
        self.assertIn((str(self.pictures[1].pk), "lead_image"), {(key, path) for _type, key, path, _ in stored(other)})

    def test_the_fields_of_an_article_that_refer_are_known(self):
        self.assertLessEqual({"lead_image", "body", "responsible_unit", "attachments"}, referring(ArticlePage))
        self.assertFalse({"latest_revision", "live_revision", "locale", "owner", "title"} & referring(ArticlePage))
