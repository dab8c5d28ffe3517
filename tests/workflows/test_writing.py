"""Who wrote what waits: asked for many at once, it is what is said of each alone."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.city import CityTestCase, publish
from workflows.deadlines import acting
from workflows.models import Deadline, TakeDown
from workflows.publishing import approval, takedown
from workflows.publishing.writing import writers, writers_of


class Writers(CityTestCase):
    def article(self, title):
        return factories.article(self.city.section(self.city.my_long), by=self.cast.contributor, title=title)

    def submitted(self, title):
        page = self.article(title)
        approval.submit(page, by=self.cast.contributor, declaration=True)
        return page

    def again(self, page):
        return type(page).objects.get(pk=page.pk)

    def several(self) -> list:
        draft, waiting, public, gone = self.article("Nháp"), self.submitted("Chờ"), self.article("Đăng"), None
        public = publish(public, by=self.cast.contributor)
        public.save_revision(user=self.cast.editor)
        gone = publish(self.article("Đã gỡ"), by=self.cast.contributor)
        [row] = takedown.propose(gone, TakeDown.Ground.ERROR, by=self.cast.contributor)
        takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=self.cast.head)
        self.again(gone).get_latest_revision_as_object().save_revision(user=self.cast.editor)
        return [self.again(page) for page in (draft, waiting, public, gone)]

    def test_are_those_of_each_alone(self):
        things = self.several()
        writer, editor = {self.cast.contributor.pk}, {self.cast.editor.pk}

        self.assertEqual(writers_of(things), [writer, writer, editor, editor])
        self.assertEqual(writers_of(things), [writers(thing) for thing in things])
        self.assertEqual(writers_of([]), [])

    def test_are_asked_for_with_as_many_queries_for_many_as_for_one(self):
        things = [self.again(self.submitted(f"Bài {number}")) for number in range(6)]
        with CaptureQueriesContext(connection) as of_one:
            writers_of(things[:1])

        with self.assertNumQueries(len(of_one)):
            writers_of(things)

    def test_of_all_reviews_are_asked_for_once_for_a_board(self):
        pages = [self.submitted(f"Bài {number}") for number in range(5)]
        deadline_rows = Deadline.objects.filter(object_id__in=[str(page.pk) for page in pages]).order_by("pk")
        deadline_rows = list(deadline_rows.select_related("rule", "site", "content_type"))

        def asked(some) -> int:
            with CaptureQueriesContext(connection) as queries:
                actors = acting.Actors(some)
                self.assertTrue(all(self.cast.head in actors.of(deadline) for deadline in some))
            return len(queries)

        asked(deadline_rows[:1])
        self.assertEqual(asked(deadline_rows), asked(deadline_rows[:1]))
