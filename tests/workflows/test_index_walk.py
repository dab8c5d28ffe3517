"""Whatever is done, in whatever order, the public index is what would be made afresh: a random walk, and a race."""

from datetime import date, datetime, timedelta
from random import Random

import time_machine
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase
from wagtail.models import Page, TaskState

from accounts.models import User
from base.models import PublicItem
from base.public.index import rebuilding
from legalref.life import lifecycle
from search import updates
from sections.models import ArticlePage, SectionIndexPage
from tests.city import CityTestCase, draft, publish
from tests.legalref.library import public_document, repealed
from tests.sections import pages
from tests.servicecatalog.cast import a_procedure, an_offering
from tests.side_by_side import at_once
from tests.workflows.test_races import Race
from workflows.models import TakeDown
from workflows.publishing import approval, arrangement, takedown

STEPS = 14


class Walk:
    """A city, a day, and what the two persons of each act do on it."""

    def __init__(self, test: CityTestCase, random: Random):
        self.test, self.random, self.number = test, random, 0
        self.city, self.cast = test.city, test.cast
        self.day = datetime.fromisoformat("2020-06-18T09:00:00+07:00")

    def step(self, name: str) -> None:
        with time_machine.travel(self.day):
            getattr(self, name)()
        self.test.assertEqual(rebuilding.violations(), [], f"after «{name}», step {self.number}")

    def article(self) -> ArticlePage | None:
        found = list(ArticlePage.objects.live().order_by("pk"))
        return self.random.choice(found) if found else None

    def section(self) -> SectionIndexPage:
        keys = ("tin-tuc", "tuyen-truyen", "chi-dao-dieu-hanh")
        sections = SectionIndexPage.objects.child_of(self.city.home)
        return sections.get(section_key=self.random.choice(keys))

    # --- What is done

    def publish(self):
        self.number += 1
        section = self.city.section(self.city.my_long) if self.number % 3 == 0 else self.section()
        page = pages.article(title=f"Bài {self.number}", slug=f"bai-di-{self.number}")
        publish(draft(page, section, by=self.cast.standing_office))

    def edit(self):
        if (page := self.article()) is not None:
            page.title, page.summary = f"{page.title[:60]} sửa", "Tóm tắt khác."
            page.save_revision(user=self.cast.standing_office)
            if self.random.random() < 0.7:
                publish(page, by=self.cast.standing_office)

    def take_down(self):
        if (page := self.article()) is not None:
            takedown.emergency_remove(page, by=self.cast.head, reason="Sai")

    def restore(self):
        row = TakeDown.objects.filter(state=TakeDown.State.TAKEN_DOWN).exclude(page_id=None).order_by("-pk").first()
        if row is not None:
            takedown.restore(row, by=self.cast.standing_office, reason="Đã sửa")
            publish(Page.objects.get(pk=row.page_id).specific, by=self.cast.standing_office)

    def move(self):
        page, target = self.article(), self.section()
        if page is not None and page.get_parent().pk != target.pk:
            proposal = arrangement.propose_move(page, target, by=self.cast.standing_office, reason="Đúng mục")
            arrangement.decide_move(proposal, by=self.cast.head, accepted=self.random.random() < 0.8)

    def reorder(self):
        section = self.section()
        before = self.random.choice(list(section.get_siblings(inclusive=False).live()))
        arrangement.reorder(Page.objects.get(pk=section.pk), by=self.cast.standing_office, before=before)

    def rename_a_section(self):
        self.number += 1
        section = SectionIndexPage.objects.get(pk=self.section().pk)
        section.title, section.slug = f"Mục {self.number}", f"muc-{self.number}"
        section.save_revision(user=self.cast.standing_office)
        publish(section, by=self.cast.standing_office)

    def offer_and_end_a_service(self):
        self.number += 1
        procedure = a_procedure(self.city, code=f"1.00{self.number:04}", name=f"Thủ tục {self.number}")
        an_offering(self.city.my_long, procedure, slug=f"thu-tuc-{self.number}")
        if self.random.random() < 0.5:
            both = {"proposed_by": self.cast.standing_office, "by": self.cast.head}
            takedown.take_down_records([procedure], **both, reason="Bãi bỏ")

    def repeal(self):
        self.number += 1
        old, new = (
            public_document(
                self.city.site,
                by=self.cast.editor,
                symbol=f"{self.number}/{year}/QĐ-UBND",
                issued_on=date(year, 1, 6),
            )
            for year in (2019, 2020)
        )
        repealed(old, by=self.cast.standing_office, by_document=new, effective_on=self.day.date())
        lifecycle.refresh_status(on=self.day)

    def another_day(self):
        self.day += timedelta(days=self.random.randint(1, 40))

    def index_the_administration(self):
        updates.index_saved()


DONE = [name for name in vars(Walk) if not name.startswith("_") and name not in ("step", "article", "section")]


class AfterAnything(HypothesisTestCase, CityTestCase):
    english = True

    @settings(max_examples=6, deadline=None, database=None, phases=[Phase.generate])
    @given(st.lists(st.sampled_from(DONE), min_size=STEPS, max_size=STEPS), st.randoms(use_true_random=False))
    def test_the_index_is_what_would_be_made_afresh(self, names, random):
        walk = Walk(self, Random(random.random()))
        for name in ["publish", "publish", "publish", *names]:
            walk.step(name)


class AtOnce(Race):
    def test_two_publications_and_a_rebuild_end_with_a_whole_index(self):
        tasks = [self.submitted(title=f"Bài {number}", slug=f"bai-{number}")[1] for number in range(4)]
        PublicItem.objects.filter(kind="sections.SectionIndexPage").delete()

        def approve(task):
            return approval.approve(TaskState.objects.get(pk=task.pk), by=self.person("head"))

        results = at_once(
            [
                *(lambda task=task: approve(task) for task in tasks[:2]),
                rebuilding.rebuild,
                *(lambda task=task: approve(task) for task in tasks[2:]),
                rebuilding.rebuild,
            ]
        )

        self.assertEqual([result for result in results if isinstance(result, Exception)], [])
        self.assertEqual(rebuilding.violations(), [])
        self.assertEqual(ArticlePage.objects.filter(title__startswith="Bài ", live=True).count(), 4)

    def test_a_take_down_beside_a_rebuild_leaves_no_row(self):
        page, task = self.submitted()
        approval.approve(TaskState.objects.get(pk=task.pk), by=self.person("head"))
        head = User.objects.get(pk=self.cast.head.pk)

        results = at_once(
            [
                rebuilding.rebuild,
                lambda: takedown.emergency_remove(self.read(page), by=head, reason="Lộ"),
                rebuilding.rebuild,
            ]
        )

        self.assertEqual([result for result in results if isinstance(result, Exception)], [])
        self.assertFalse(PublicItem.objects.filter(key=f"page:{page.pk}").exists())
        self.assertEqual(rebuilding.violations(), [])
