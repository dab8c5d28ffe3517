"""The topics of questions: filled once, then the people's own."""

import csv

from base.models import OrganisationUnit
from faq import seeding
from faq.models import QuestionTopic
from home.data.units import DIVISIONS
from tests.city import CityTestCase


class LoadTopics(CityTestCase):
    def test_an_empty_table_gets_the_fields_of_a_citys_work_in_their_order(self):
        topics = list(QuestionTopic.objects.all())

        self.assertEqual(topics[0].name, "Đất đai")
        self.assertIn("hộ tịch", topics[2].keywords.splitlines())
        self.assertEqual([topic.sort_order for topic in topics], list(range(1, len(topics) + 1)))
        self.assertTrue(all(topic.name_en for topic in topics))

    def test_one_topic_takes_proposals_to_amend_the_regulation(self):
        amending = QuestionTopic.objects.filter(kind=QuestionTopic.Kind.AMENDMENT)

        self.assertEqual([topic.slug for topic in amending], ["kien-nghi-sua-doi-quy-che"])

    def test_what_people_changed_added_or_removed_stays(self):
        QuestionTopic.objects.filter(slug="dat-dai").update(name="Đất đai, đo đạc")
        QuestionTopic.objects.filter(slug="nong-nghiep").delete()
        QuestionTopic.objects.create(slug="chuyen-doi-so", name="Chuyển đổi số")

        added = seeding.load_topics()

        self.assertEqual(added, [])
        self.assertEqual(QuestionTopic.objects.get(slug="dat-dai").name, "Đất đai, đo đạc")
        self.assertFalse(QuestionTopic.objects.filter(slug="nong-nghiep").exists())

    def test_units_are_those_of_the_divisions_that_exist(self):
        QuestionTopic.objects.all().delete()
        unit = OrganisationUnit.objects.create(
            name="Phòng Y tế",
            authority_name="Phòng Y tế thành phố Long Xuyên",
            slug="y-te",
            kind=OrganisationUnit.Kind.OFFICE,
            parent=self.city.site.unit,
            valid_from="2014-05-05",
        )

        seeding.load_topics()

        self.assertEqual(QuestionTopic.objects.get(slug="y-te").unit, unit)
        self.assertIsNone(QuestionTopic.objects.get(slug="dat-dai").unit)

    def test_every_unit_of_the_table_is_a_division_of_the_city(self):
        with seeding.DATA.open(encoding="utf-8", newline="") as file:
            named = {row["unit"] for row in csv.DictReader(file)} - {""}

        self.assertLessEqual(named, {division["slug"] for division in DIVISIONS})
