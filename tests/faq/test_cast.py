"""The factories of questions themselves: every state is reached by the verbs."""

from faq.models import Question
from tests.city import CityTestCase
from tests.faq.cast import STATES, a_question


class EveryState(CityTestCase):
    def test_is_reached_by_the_verbs_alone(self):
        for state in STATES:
            with self.subTest(state=state):
                question = a_question(self.city, state=state)

                self.assertEqual(question.state, state)
                self.assertTrue(question.events.exists())

    def test_a_ward_has_questions_of_its_own(self):
        question = a_question(self.city, site=self.city.my_long, state="assigned")

        self.assertEqual((question.owner_site, question.unit), (self.city.my_long, self.city.my_long.unit))

    def test_notices_and_waiting_are_added_on_the_way(self):
        question = a_question(self.city, state="assigned", notices=1, waiting="Xin cho biết số thửa.")

        self.assertEqual(question.notices.count(), 1)
        self.assertIsNotNone(question.waiting_since)
        self.assertEqual(Question.objects.count(), 1)
