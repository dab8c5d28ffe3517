"""Rows that an action only reads are read once in it, and no others."""

from unittest import mock

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale, ModelLogEntry, Page, PageLogEntry, TaskState

from accounts.models import User
from base.models import PortalFile
from base.queries.known_rows import known_once, make_known, make_present, rows_known
from sections.models import ArticlePage
from tests import factories
from tests.city import CityTestCase
from tests.workflows.drafts import article


def again(page):
    """The same page read anew."""
    return type(page).objects.get(pk=page.pk)


def again_without_query(page):
    """Another object of the same page."""
    return type(page)(pk=page.pk, locale_id=page.locale_id)


class KnownRows(CityTestCase):
    def setUp(self):
        self.page = article(self.city, self.city.my_long, by=self.cast.contributor)

    def test_are_read_once_in_an_action_for_all_that_have_their_key(self):
        first, second = again(self.page), again(self.page)

        with rows_known():
            with self.assertNumQueries(1):
                self.assertIs(first.locale, second.locale)
            with rows_known():
                self.assertIs(again(self.page).locale, first.locale)

    def test_are_read_anew_outside_of_an_action(self):
        first, second = again(self.page), again(self.page)

        with self.assertNumQueries(2):
            self.assertIsNot(first.locale, second.locale)
        with rows_known():
            known = again(self.page).locale
        self.assertIsNot(again(self.page).locale, known)

    def test_are_no_files_and_no_pages_which_an_action_reads_again_under_a_lock(self):
        picture = factories.picture(self.city.my_long)
        rows = [picture.renditions.model(image_id=picture.pk) for _ in range(2)]
        places = [ModelLogEntry(content_type=ContentType.objects.get_for_model(PortalFile)) for _ in range(2)]

        with rows_known():
            self.assertIsNot(rows[0].image, rows[1].image)
            self.assertIs(places[0].content_type, places[1].content_type)
            first, second = (Page(alias_of_id=self.page.pk) for _ in range(2))
            self.assertIsNot(first.alias_of, second.alias_of)

    def test_let_a_key_that_leads_nowhere_be_refused(self):
        page = again(self.page)
        page.locale_id = Locale.objects.order_by("-pk").first().pk + 100

        with rows_known(), self.assertRaises(ValidationError) as refused:
            page.full_clean()

        self.assertIn("locale", refused.exception.message_dict)

    def test_let_what_is_required_be_demanded(self):
        with rows_known(), self.assertRaises(ValidationError) as refused:
            TaskState().clean_fields()

        self.assertIn("task", refused.exception.message_dict)

    def test_of_a_version_are_asked_for_once(self):
        content = self.page.get_latest_revision().content
        self.page.with_content_json(content)
        with CaptureQueriesContext(connection) as each_time:
            self.page.with_content_json(content)

        with rows_known():
            first = self.page.with_content_json(content)
            with CaptureQueriesContext(connection) as again:
                second = self.page.with_content_json(content)

        self.assertGreater(len(each_time), len(again) + 2)
        self.assertEqual(first.serializable_data(), second.serializable_data())
        self.assertEqual(first.serializable_data(), self.page.with_content_json(content).serializable_data())

    def test_of_a_version_that_went_are_left_out_as_ever(self):
        content = self.page.serializable_data() | {"owner": self.cast.head.pk}
        gone = content | {"owner": self.cast.head.pk + 1_000_000}

        with rows_known():
            self.assertIsNone(ArticlePage.from_serializable_data(gone).owner_id)
            self.assertEqual(ArticlePage.from_serializable_data(content).owner_id, self.cast.head.pk)
        self.assertIsNone(ArticlePage.from_serializable_data(gone).owner_id)

    def test_that_are_there_are_asked_for_once(self):
        def clean():
            entry = ModelLogEntry(user_id=self.cast.head.pk, action="wagtail.edit", label="x", object_id="1", uuid=None)
            entry.content_type_id = ContentType.objects.get_for_model(User).pk
            entry.full_clean(exclude=["timestamp"])

        clean()
        with CaptureQueriesContext(connection) as each_time:
            clean()
        # Content types are known to the process.
        with rows_known():
            with self.assertNumQueries(len(each_time) - 1):
                clean()
            with self.assertNumQueries(0):
                clean()

    def test_of_a_content_type_that_is_not_there_is_refused(self):
        entry = ModelLogEntry(action="wagtail.edit", label="x", object_id="1", content_type_id=1_000_000)

        with rows_known(), self.assertRaises(ValidationError) as refused:
            entry.full_clean()

        self.assertIn("content_type", refused.exception.message_dict)


class HandedOn(CityTestCase):
    def test_are_rows_of_the_shared_models_and_no_others(self):
        page = article(self.city, self.city.my_long, by=self.cast.contributor)
        locale, picture = page.locale, factories.picture(self.city.my_long)

        with rows_known():
            make_known([locale, picture])
            with self.assertNumQueries(0):
                self.assertIs(again_without_query(page).locale, locale)
            self.assertIsNot(picture.renditions.model(image_id=picture.pk).image, picture)
        make_known([locale])
        self.assertIsNot(again(page).locale, locale)

    def test_is_that_a_row_is_there_which_was_locked(self):
        page = article(self.city, self.city.my_long, by=self.cast.contributor)
        entry = PageLogEntry(page_id=page.pk)

        with rows_known():
            make_present(page)
            with self.assertNumQueries(0):
                PageLogEntry._meta.get_field("page").clean(page.pk, entry)

    def test_is_what_was_asked_once_until_the_action_ends(self):
        asked = mock.Mock(side_effect=[1, 2, 3])

        with rows_known():
            self.assertEqual([known_once("what", asked) for _ in range(2)], [1, 1])
            self.assertEqual(known_once("what else", asked), 2)
        self.assertEqual(known_once("what", asked), 3)
