"""Documents, the pages that wait for them, and the job of the night, all at one moment: nobody waits in a circle."""

from wagtail.models import TaskState

from accounts.models import User
from legalref.citations import reading
from legalref.models import Citation
from tests import factories
from tests.city import publish
from tests.side_by_side import at_once
from tests.workflows.test_races import Race
from workflows.publishing import approval

from .library import draft_document

MANY = 4


class Publications(Race):
    def submitted(self, obj, by):
        return approval.submit(obj, by=by, declaration=True, remark="Đã xem lại.").current_task_state.pk

    def approve(self, task):
        return approval.approve(TaskState.objects.get(pk=task), by=User.objects.get(pk=self.cast.head.pk))

    def test_documents_and_the_pages_that_cite_them_go_public_at_once(self):
        section, writer, clerk = self.city.section(self.city.my_long), self.cast.contributor, self.cast.editor
        words = [f"Theo Quyết định số {number}/2021/QĐ-UBND." for number in range(30, 30 + MANY)]
        all_of_them = " ".join(words)
        pages = [
            publish(factories.article(section, by=writer, body=[("paragraph", f"<p>{all_of_them}</p>")]))
            for _ in range(MANY)
        ]
        tasks = []
        for page in pages:
            newer = page.get_latest_revision_as_object()
            newer.summary = "Tóm tắt mới."
            newer.save_revision(user=writer)
            tasks.append(self.submitted(page, writer))
        for number in range(30, 30 + MANY):
            document = draft_document(self.city.site, by=clerk, symbol=f"{number}/2021/QĐ-UBND")
            tasks.append(self.submitted(document, clerk))

        results = at_once([*[lambda task=task: self.approve(task) for task in tasks], reading.renew, reading.renew])

        self.assertEqual([found for found in results if isinstance(found, Exception)], [])
        reading.renew()
        rows = Citation.objects.filter(page__in=[page.pk for page in pages])
        self.assertEqual(rows.count(), MANY * MANY)
        self.assertFalse(rows.filter(target=None).exists())
