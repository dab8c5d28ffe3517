"""Translations: begun from what is public, marked when their source changes, gone with it, and never alone."""

from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Locale
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from accounts.models import User
from base.gate import Refused, open_gate
from base.models import FileText, PublicItem, TranslationMark
from base.public.index.items import items_of
from base.public.translated import same
from sections.models import ArticlePage, EventPage, ReleaseChange, StandardPage
from tests import factories
from tests.city import CityTestCase, draft, fresh, publish, publish_at_once
from tests.sections import pages
from vietnam.analysis import tokens
from workflows import deadlines
from workflows.deadlines import VIETNAM
from workflows.models import Deadline, DeadlineRule, Schedule, TakeDown
from workflows.publishing import approval, bundles, takedown
from workflows.translations import marks, sources, starting
from workflows.upkeep import invariants

MONDAY = datetime(2026, 7, 6, 9, tzinfo=VIETNAM)
ENGLISH = "The ward lies on the right bank of the river."


def day(number: int) -> datetime:
    """So many days after the first."""
    return MONDAY + timedelta(days=number)


class Translations(CityTestCase):
    """A page of the city about its history, public since Monday 06/07/2026, and its translation of the same day."""

    english = True

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.section = cls.city.section(cls.city.site, "gioi-thieu")
        with time_machine.travel(MONDAY, tick=False):
            words = {"title": "Lịch sử thành phố", "body": said("Xưa là làng.")}
            cls.source = publish(factories.standard(cls.section, by=cls.cast.editor, **words), by=cls.cast.editor)
            cls.page = cls.translated()

    @classmethod
    def translated(cls):
        page = starting.start(cls.source, by=cls.cast.editor, title="History of the city")
        return publish(cls.written(page, "Once a village."), by=cls.cast.editor)

    @classmethod
    def written(cls, page, words, **fields):
        """A new version of a translation, of its newest one."""
        page = page.get_latest_revision_as_object()
        page.summary, page.body = ENGLISH, said(words)
        for name, value in fields.items():
            setattr(page, name, value)
        page.save_revision(user=cls.cast.editor)
        return page

    def change_source(self, on: datetime, words="Xưa là đồn, rồi là chợ.", **fields):
        with time_machine.travel(on, tick=False):
            page = StandardPage.objects.get(pk=self.source.pk)
            page.body = said(words)
            for name, value in fields.items():
                setattr(page, name, value)
            page.save_revision(user=self.cast.editor)
            return publish(page, by=self.cast.editor)

    def follow(self, on: datetime, *, follows_source: bool):
        with time_machine.travel(on, tick=False):
            page = self.written(self.page, "Once a post, then a market.")
            state = approval.submit(
                page, by=self.cast.editor, declaration=True, remark="Đã xem lại.", follows_source=follows_source
            )
            approval.approve(state.current_task_state, by=self.cast.head)

    @property
    def mark(self) -> TranslationMark:
        return TranslationMark.objects.get(page=self.page)

    def deadline(self) -> Deadline | None:
        return Deadline.objects.for_subject(self.mark).order_by("pk").last()

    def read(self, on: datetime, address=None) -> str:
        with time_machine.travel(on, tick=False):
            return self.client.get(address or self.page.url, headers={"host": "localhost"}).content.decode()


def said(words: str) -> list:
    return [("paragraph", f"<p>{words}</p>")]


class Begun(Translations):
    def test_it_is_a_draft_beside_its_source_with_an_english_title_and_address(self):
        page = publish_at_once(factories.standard(self.section, by=self.cast.editor, title="Địa lý thành phố"))

        made = starting.start(page, by=self.cast.editor, title="Where the city lies")

        self.assertEqual((made.live, made.translation_key), (False, page.translation_key))
        self.assertEqual((made.title, made.slug), ("Where the city lies", "where-the-city-lies"))
        self.assertEqual(made.get_parent().translation_key, self.section.translation_key)
        self.assertEqual(made.locale, Locale.objects.get(language_code="en"))
        self.assertEqual(self.mark_of(made).source_version, page.live_revision_id)

    def mark_of(self, page):
        return TranslationMark.objects.get(page=page)

    def test_it_is_refused_to_who_does_not_write_there_and_of_what_is_not_public(self):
        page = factories.standard(self.section, by=self.cast.editor, title="Chưa đăng")
        public = publish_at_once(factories.standard(self.section, by=self.cast.editor, title="Đã đăng"))
        for who, what in ((self.cast.editor, page), (self.cast.contributor, public), (self.cast.accountant, public)):
            with self.subTest(who=who.username), self.assertRaises(Refused):
                starting.start(what, by=fresh(who), title="A title")

    def test_there_is_one_only_and_none_without_a_section_for_it(self):
        with self.assertRaisesMessage(Refused, "đã có bản tiếng Anh"):
            starting.start(self.source, by=self.cast.editor, title="History again")
        news = publish_at_once(factories.article(self.city.section(self.city.site), by=self.cast.editor))
        with self.assertRaisesMessage(Refused, "chưa có bản tiếng Anh"):
            starting.start(news, by=self.cast.editor, title="News")

    def test_it_needs_a_title(self):
        page = publish_at_once(factories.standard(self.section, by=self.cast.editor, title="Địa lý thành phố"))
        with self.assertRaises(ValidationError) as caught:
            starting.start(page, by=self.cast.editor, title="  ")
        self.assertIn("title", caught.exception.message_dict)

    def test_its_screen_asks_for_the_title_and_opens_the_draft(self):
        page = publish_at_once(factories.standard(self.section, by=self.cast.editor, title="Địa lý thành phố"))
        self.client.force_login(self.cast.editor)
        self.assertContains(self.client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])), "Dịch sang tiếng Anh")

        answer = self.client.post(
            reverse("workflows_translation_start", args=[page.pk]), {"title": "Where the city lies"}
        )

        made = starting.translation_of(page)
        self.assertRedirects(answer, reverse("wagtailadmin_pages:edit", args=[made.pk]), fetch_redirect_response=False)


class TheRoad(Translations):
    def test_is_that_of_every_page_and_nobody_walks_it_alone(self):
        page = self.written(self.page, "Another text.")
        state = approval.submit(page, by=self.cast.editor, declaration=True, remark="Đã xem lại.")
        with self.assertRaises(Refused):
            approval.approve(state.current_task_state, by=self.cast.editor)

        self.assertNotIn("Another text.", self.read(day(1)))

    def test_stops_a_translation_whose_source_is_not_public(self):
        with time_machine.travel(day(1), tick=False):
            page = publish_at_once(factories.standard(self.section, by=self.cast.editor, title="Địa lý thành phố"))
            made = self.written(starting.start(page, by=self.cast.editor, title="Geography"), "By the river.")
            takedown.emergency_remove(
                page,
                by=self.cast.head,
                reason="Sai.",
                ground=TakeDown.Ground.ERROR,
            )
            with self.assertRaises(ValidationError) as caught:
                approval.submit(made, by=self.cast.editor, declaration=True, remark="Đã xem lại.")

        self.assertIn("Trang tiếng Việt không đăng", str(caught.exception))

    def test_stops_a_summary_that_nobody_translated_and_doubts_text(self):
        left = self.written(self.page, "Xưa là một ngôi làng nhỏ bên sông.")
        left.summary = "Thành phố bên sông Hậu, xưa là một ngôi làng."
        found = {finding.field: finding.level for finding in sources.findings(left)}

        self.assertEqual(found, {"summary": "blocker", "body": "warning"})

    def test_lets_names_in_english_sentences_through(self):
        self.assertEqual(sources.findings(self.written(self.page, "Long Xuyên lies on the Hậu River.")), [])


class Changed(Translations):
    def test_a_source_that_says_something_else_marks_its_translation_and_starts_a_deadline(self):
        self.assertIsNone(self.mark.changed_on)

        self.change_source(day(1))

        self.assertEqual(self.mark.changed_on, date(2026, 7, 7))
        self.assertEqual(self.deadline().last_day, deadlines.due_date(marks.RULE, date(2026, 7, 7)))
        self.assertEqual(self.mark.late_from, self.deadline().last_day + timedelta(days=1))

    def test_what_is_the_same_in_each_language_marks_nothing(self):
        self.change_source(day(1), words="Xưa là làng.", author_name="Người khác", slug="lich-su-moi")

        self.assertIsNone(self.mark.changed_on)

    def test_a_source_that_takes_its_words_back_ends_the_mark(self):
        self.change_source(day(1))
        self.change_source(day(2), words="Xưa là làng.")

        self.assertIsNone(self.mark.changed_on)
        self.assertIsNotNone(self.deadline().met_on)

    def test_a_version_that_follows_the_source_ends_the_mark_and_another_one_does_not(self):
        self.change_source(day(1))

        self.follow(day(2), follows_source=False)
        self.assertEqual(self.mark.changed_on, date(2026, 7, 7))

        self.follow(day(3), follows_source=True)
        self.assertIsNone(self.mark.changed_on)
        self.assertEqual(self.deadline().met_on, date(2026, 7, 9))

    def test_what_the_source_said_when_the_translation_was_submitted_counts_not_when_it_was_approved(self):
        with time_machine.travel(day(1), tick=False):
            page = self.written(self.page, "Once a small village.")
            state = approval.submit(
                page, by=self.cast.editor, declaration=True, remark="Đã xem lại.", follows_source=True
            )
        self.change_source(day(2))
        with time_machine.travel(day(3), tick=False):
            approval.approve(state.current_task_state, by=self.cast.head)

        self.assertEqual(self.mark.changed_on, date(2026, 7, 8))

    def test_both_in_one_dossier_follow_each_other(self):
        with time_machine.travel(day(1), tick=False):
            source = StandardPage.objects.get(pk=self.source.pk)
            source.body = said("Xưa là đồn.")
            source.save_revision(user=self.cast.editor)
            page = self.written(self.page, "Once a post.")
            bundle = bundles.make("Lịch sử, hai thứ tiếng", [page, source], by=self.cast.editor)
            bundles.submit(bundle, by=self.cast.editor, declaration=True, remark="Đã xem lại.")
            bundles.approve(bundle, by=self.cast.head)

        self.assertIsNone(self.mark.changed_on)
        self.assertEqual(self.mark.source_version, StandardPage.objects.get(pk=self.source.pk).live_revision_id)

    def test_without_a_period_of_the_board_readers_are_told_nothing_but_the_report_says_it(self):
        DeadlineRule.objects.filter(code=marks.RULE).update(amount=None)

        self.change_source(day(1))

        self.assertEqual((self.mark.changed_on, self.mark.late_from), (date(2026, 7, 7), None))
        self.assertIsNone(self.deadline())


class Readers(Translations):
    note = "This translation is older than the Vietnamese page"

    def test_are_told_above_the_translation_from_the_day_after_the_last_one_and_led_to_the_source(self):
        self.change_source(day(1))
        last = datetime(*self.deadline().last_day.timetuple()[:3], 23, 50, tzinfo=VIETNAM)

        self.assertNotIn(self.note, self.read(last))
        page = self.read(last + timedelta(minutes=20))
        self.assertIn(self.note, page)
        self.assertIn("07/07/2026", page)
        self.assertIn(f'<a href="{urlsplit(self.source.url).path}" hreflang="vi">', page)
        self.assertNotIn(self.note, self.read(last + timedelta(minutes=20), self.source.url))

    def test_are_told_no_more_once_it_follows(self):
        self.change_source(day(1))
        self.follow(day(40), follows_source=True)

        self.assertNotIn(self.note, self.read(day(41)))

    def test_and_search_engines_find_the_other_language_and_the_default_one(self):
        for address in (self.page.url, self.source.url):
            with self.subTest(address):
                page = self.read(day(1), address)
                self.assertIn(f'hreflang="x-default" href="{self.source.full_url}"', page)
                self.assertIn(f'hreflang="en" href="{self.page.full_url}"', page)
        sitemap = self.read(day(1), "/sitemap.xml")
        self.assertIn(f'hreflang="x-default" href="{self.source.full_url}"', sitemap)

    def test_of_vietnamese_pages_cost_no_query_for_it(self):
        page = StandardPage.objects.select_related("locale").get(pk=self.source.pk)
        with self.assertNumQueries(0):
            self.assertIsNone(sources.source_of(page))


class TheSameInEachLanguage(Translations):
    """What no one translates: of an article its kind, dates, picture and files."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        with time_machine.travel(MONDAY, tick=False):
            words = {"title": "Giới thiệu chợ nổi", "kind": ArticlePage.Kind.INTRODUCTION}
            cls.article = publish(factories.article(cls.section, by=cls.cast.editor, **words), by=cls.cast.editor)
            page = starting.start(cls.article, by=cls.cast.editor, title="The floating market")
            cls.translation = publish(cls.written(page, "It begins at five."), by=cls.cast.editor)

    def change(self, **fields) -> ArticlePage:
        with time_machine.travel(day(1), tick=False):
            page = ArticlePage.objects.get(pk=self.article.pk)
            for name, value in fields.items():
                setattr(page, name, value)
            page.save_revision(user=self.cast.editor)
            return publish(page, by=self.cast.editor)

    def test_is_shown_as_the_source_has_it_at_once_and_marks_nothing(self):
        table = factories.file(self.city.site, title="Giờ họp chợ", name="gio-hop-cho.txt")

        self.change(attachments=[("file", {"file": table, "label": "Bảng giờ"})], kind=ArticlePage.Kind.NEWS)

        page = self.read(day(1), self.translation.url)
        self.assertIn("It begins at five.", page)
        self.assertIn(table.url, page)
        self.assertIsNone(TranslationMark.objects.get(page=self.translation).changed_on)
        item = PublicItem.objects.get(page=self.translation.pk)
        self.assertEqual(item.sub_kind, ArticlePage.Kind.NEWS)

    def test_a_file_that_the_source_has_no_more_is_neither_served_nor_found_through_the_translation(self):
        kept, gone = (factories.file(self.city.site, title=title) for title in ("hoacuc", "hoalan"))
        for file in (kept, gone):
            FileText.objects.create(file=file, digest=file.digest, text=file.title, read_at=MONDAY)
        with time_machine.travel(day(1), tick=False):
            attachments = [("file", {"file": file, "label": file.title}) for file in (kept, gone)]
            words = {"title": "Chợ hoa", "attachments": attachments}
            article = publish(factories.article(self.section, by=self.cast.editor, **words), by=self.cast.editor)
            page = starting.start(article, by=self.cast.editor, title="The flower market")
            page = publish(self.written(page, "It is on the quay."), by=self.cast.editor)
            self.assertEqual([file.is_shown() for file in (kept, gone)], [True, True])
            article = article.get_latest_revision_as_object()
            article.attachments = attachments[:1]
            article.save_revision(user=self.cast.editor)
            publish(article, by=self.cast.editor)

        self.assertEqual([file.is_shown() for file in (kept, gone)], [True, False])
        self.assertEqual(len(gone.public_sources()), 1)
        found = next(items_of([ArticlePage.objects.get(pk=page.pk)])).words
        self.assertEqual([tokens(file.title) <= found for file in (kept, gone)], [True, False])

    def test_a_picture_in_the_own_words_of_a_translation_is_shown(self):
        picture = factories.picture(self.city.site, description="The quay")
        picture.contextual_alt_text, picture.decorative = "The quay", False
        page = self.written(self.page, "Once a village.")
        page.body = [("image", {"picture": picture, "caption": "", "credit": ""})]
        page.save_revision(user=self.cast.editor)
        publish_at_once(page)

        self.assertTrue(picture.is_shown())

    def test_an_event_goes_into_a_calendar_on_the_day_that_its_source_says(self):
        event = publish_at_once(draft(pages.event(), self.section))
        page = publish_at_once(starting.start(event, by=self.cast.editor, title="Job fair"))
        event = EventPage.objects.get(pk=event.pk)
        event.starts_on = date(2020, 6, 28)
        event.save_revision(user=self.cast.editor)
        publish_at_once(event)

        self.assertIn("DTSTART:20200628", page.calendar().content.decode())

    def test_a_table_as_a_file_has_the_figures_that_its_source_has_now(self):
        report = publish_at_once(draft(pages.statistics(), self.section))
        page = publish_at_once(starting.start(report, by=self.cast.editor, title="Economy in the second quarter"))
        report = type(report).objects.get(pk=report.pk)
        report.figures = pages.stream(
            ("table", pages.TABLE | {"table": {"data": [["Phường", "Người"], ["Mỹ Long", "27.000"]]}})
        )
        report.save_revision(user=self.cast.editor)
        publish_at_once(report)

        self.assertContains(pages.visit(self.client, page, end="bang/1/"), "27.000")
        self.assertContains(pages.visit(self.client, page), "Download the table “")

    def test_the_day_of_a_release_and_its_history_are_those_of_the_source(self):
        release = publish_at_once(draft(pages.release(), self.section))
        release.due_on = date(2020, 7, 15)
        release.changes = [ReleaseChange(was_due_on=date(2020, 6, 30), due_on=date(2020, 7, 15), reason="Chờ số liệu.")]
        release.save_revision(user=self.cast.editor)
        publish_at_once(release)

        page = starting.start(release, by=self.cast.editor, title="Yearbook of statistics")

        self.assertEqual(page._lost_history(), [])
        page.changes = []
        self.assertEqual([row.reason for row in page.history()], ["Chờ số liệu."])
        page.changes = [ReleaseChange(was_due_on=date(2020, 6, 30), due_on=date(2020, 7, 15), reason="Data are late.")]
        self.assertEqual([row.reason for row in page.history()], ["Data are late."])

    def test_is_no_field_of_the_form_of_a_translation_but_one_of_its_source(self):
        self.client.force_login(self.cast.editor)
        for page, offered in ((self.article, True), (self.translation, False)):
            form = self.client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).context["form"]
            for name in ("kind", "lead_image", "attachments", "original_on"):
                with self.subTest(page=page.title, name=name):
                    self.assertEqual(name in form.fields, offered)
            self.assertIn("body", form.fields)

    def test_is_saved_with_the_rest_of_the_form_as_it_was(self):
        self.client.force_login(self.cast.editor)
        address = reverse("wagtailadmin_pages:edit", args=[self.translation.pk])
        form = self.client.get(address).context["form"]
        sent = nested_form_data(
            {
                **{name: form[name].value() or "" for name in form.fields if name not in ("body", "comments")},
                "summary": "The market on the river, early in the morning.",
                "body": streamfield([("paragraph", rich_text("<p>It begins at six.</p>"))]),
                "comments": inline_formset([]),
                "corrections": inline_formset([]),
            }
        )

        answer = self.client.post(address, sent)

        assert answer.status_code == 302, answer.context["form"].errors
        saved = ArticlePage.objects.get(pk=self.translation.pk).get_latest_revision_as_object()
        self.assertEqual(saved.summary, "The market on the river, early in the morning.")
        self.assertEqual(saved.kind, ArticlePage.Kind.INTRODUCTION)

    def test_stays_as_it_was_typed_where_there_is_no_source(self):
        parent = self.section.get_translations().first().specific
        alone = publish_at_once(factories.article(parent, by=self.cast.editor, title="Only in English"))

        self.assertEqual(same.take_from_source(alone).kind, alone.kind)
        article = ArticlePage.objects.select_related("locale").get(pk=self.article.pk)
        with self.assertNumQueries(0):
            same.take_from_source(article)


class TakenDown(Translations):
    def test_a_translation_goes_with_its_source_and_its_deadline_ends(self):
        self.change_source(day(1))
        with time_machine.travel(day(2), tick=False):
            takedown.emergency_remove(
                StandardPage.objects.get(pk=self.source.pk),
                by=self.cast.head,
                reason="Sai.",
                ground=TakeDown.Ground.ERROR,
            )

        self.page.refresh_from_db()
        self.assertFalse(self.page.live)
        self.assertIsNone(self.mark.changed_on)
        self.assertTrue(self.deadline().cancelled)

    def scheduled(self):
        """A translation that two persons approved for Monday 20/07, of a page that is public."""
        with time_machine.travel(day(1), tick=False):
            source = publish(
                factories.standard(self.section, by=self.cast.editor, title="Địa lý thành phố"), by=self.cast.editor
            )
            page = starting.start(source, by=self.cast.editor, title="Where the city lies")
            page = publish(self.written(page, "On the river.", go_live_at=day(14)), by=self.cast.editor)
        self.assertTrue(Schedule.objects.waiting().of(page).exists())
        return source, page

    def appears(self, page) -> bool:
        with time_machine.travel(day(15), tick=False):
            approval.publish_due()
        return StandardPage.objects.get(pk=page.pk).live

    def test_one_that_waits_for_its_hour_loses_it_with_its_source(self):
        source, page = self.scheduled()
        with time_machine.travel(day(2), tick=False):
            takedown.emergency_remove(source, by=self.cast.head, reason="Sai.", ground=TakeDown.Ground.ERROR)

        self.assertFalse(Schedule.objects.waiting().of(page).exists())
        self.assertFalse(self.appears(page))

    def test_nor_does_it_appear_where_its_source_went_past_that(self):
        source, page = self.scheduled()
        with open_gate("take_down"):
            source.unpublish(log_action=False)

        self.assertFalse(self.appears(page))
        self.assertEqual(Schedule.objects.of(page).get().ended_reason, "Trang tiếng Việt không còn đăng.")

    def test_it_appears_where_its_source_is_public(self):
        self.assertTrue(self.appears(self.scheduled()[1]))

    def proposed(self, page) -> list[TakeDown]:
        return takedown.propose(page, TakeDown.Ground.ERROR, by=self.cast.editor, on=day(1), explanation="Số liệu sai.")

    def decide(self, row) -> TakeDown:
        with time_machine.travel(day(2), tick=False):
            return takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=self.cast.head, note="Đồng ý.")

    def live(self, *found) -> list[bool]:
        return [StandardPage.objects.get(pk=page.pk).live for page in found]

    def test_one_that_became_public_since_the_proposal_goes_by_the_decision_about_its_source(self):
        with time_machine.travel(day(1), tick=False):
            source = publish(
                factories.standard(self.section, by=self.cast.editor, title="Địa lý thành phố"), by=self.cast.editor
            )
            rows = self.proposed(source)
            page = starting.start(source, by=self.cast.editor, title="Where the city lies")
            page = publish(self.written(page, "On the river."), by=self.cast.editor)

        self.decide(rows[0])

        self.assertEqual(self.live(source, page), [False, False])
        row = TakeDown.objects.get(page=page)
        self.assertEqual((row.state, row.explanation), (TakeDown.State.TAKEN_DOWN, "Số liệu sai."))
        self.assertEqual((row.proposed_by, row.decided_by), (self.cast.editor, self.cast.head))
        self.assertFalse(PublicItem.objects.filter(page=page.pk).exists())

    def test_one_whose_own_proposal_was_withdrawn_goes_as_well(self):
        of_source, of_page = self.proposed(self.source)
        takedown.withdraw(of_page, by=self.cast.editor, on=day(1), reason="Bản dịch đúng.")

        self.decide(of_source)

        self.assertEqual(self.live(self.source, self.page), [False, False])

    def test_one_that_waits_for_its_own_decision_goes_in_the_way_that_was_proposed(self):
        of_source, of_page = self.proposed(self.source)
        TakeDown.objects.filter(pk=of_page.pk).update(behaviour=TakeDown.Behaviour.REDIRECT)

        self.decide(of_source)

        of_page.refresh_from_db()
        self.assertEqual((of_page.state, of_page.behaviour), (TakeDown.State.TAKEN_DOWN, TakeDown.Behaviour.REDIRECT))

    def test_both_go_by_one_decision_about_their_group(self):
        rows = takedown.decide_group(
            self.proposed(self.source), TakeDown.Decision.TAKE_DOWN, by=self.cast.head, on=day(2)
        )

        self.assertEqual({row.state for row in rows}, {TakeDown.State.TAKEN_DOWN})
        self.assertEqual(TakeDown.objects.count(), 2)

    def test_a_source_stays_when_its_translation_alone_is_taken_down(self):
        of_source, of_page = self.proposed(self.source)

        self.decide(of_page)

        self.assertEqual(self.live(self.source, self.page), [True, False])

    def test_one_that_is_public_alone_breaks_what_must_hold(self):
        self.assertEqual(invariants._translations(), [])
        with open_gate("take_down"):
            StandardPage.objects.get(pk=self.source.pk).unpublish(log_action=False)

        self.assertEqual(len(invariants._translations()), 1)
        self.assertIn("History of the city", invariants._translations()[0])

    def test_a_translation_goes_at_the_end_date_of_its_source(self):
        self.change_source(day(1), expire_at=day(5))
        with time_machine.travel(day(6), tick=False):
            takedown.expire_due()

        self.page.refresh_from_db()
        self.assertFalse(self.page.live)

    def test_a_source_stays_when_its_translation_ends(self):
        with time_machine.travel(day(1), tick=False):
            publish(self.written(self.page, "Once a village.", expire_at=day(5)), by=self.cast.editor)
        with time_machine.travel(day(6), tick=False):
            takedown.expire_due()

        self.source.refresh_from_db()
        self.page.refresh_from_db()
        self.assertEqual((self.source.live, self.page.live), (True, False))


class TheReport(Translations):
    address = reverse("workflows_translations")

    def seen(self, who: User, query="") -> str:
        self.client.force_login(fresh(who))
        with time_machine.travel(day(30), tick=False):
            return self.client.get(f"{self.address}{query}").content.decode()

    def test_shows_what_is_behind_its_source_and_on_demand_all(self):
        self.assertNotIn("History of the city", self.seen(self.cast.editor))
        self.assertIn("History of the city", self.seen(self.cast.editor, "?xem=tat-ca"))

        self.change_source(day(1))

        page = self.seen(self.cast.editor)
        self.assertIn("History of the city", page)
        self.assertIn("Người đọc đang thấy lưu ý.", page)

    def test_shows_people_of_a_ward_their_own_alone(self):
        self.change_source(day(1))

        self.assertNotIn("History of the city", self.seen(self.cast.contributor, "?xem=tat-ca"))

    def test_costs_the_same_for_one_and_for_many(self):
        self.client.force_login(self.cast.editor)
        self.change_source(day(1))
        with time_machine.travel(day(30), tick=False):
            self.client.get(self.address)
            with CaptureQueriesContext(connection) as one:
                self.client.get(self.address)
        for number in range(4):
            self.another(number)
        with time_machine.travel(day(30), tick=False), self.assertNumQueries(len(one)):
            self.client.get(self.address)

    def another(self, number: int) -> None:
        page = publish_at_once(factories.standard(self.section, by=self.cast.editor, title=f"Trang {number}"))
        made = publish_at_once(starting.start(page, by=self.cast.editor, title=f"Page {number}"))
        row = TranslationMark.objects.get(page=made)
        row.source_version = 1
        row.save()
        marks.note_published(page, day(2))

    def test_leads_to_one_translation_that_says_where_its_source_differs_and_what_to_do(self):
        self.change_source(day(1), title="Lịch sử và truyền thống")
        self.client.force_login(self.cast.editor)

        page = self.client.get(reverse("workflows_translation", args=[self.page.pk]))

        self.assertContains(page, "Tiêu đề; Nội dung")
        self.assertContains(
            page,
            reverse(
                "wagtailadmin_pages:revisions_compare",
                args=[
                    self.source.pk,
                    self.mark.source_version,
                    StandardPage.objects.get(pk=self.source.pk).live_revision_id,
                ],
            ),
        )

    def test_of_one_translation_is_not_there_for_another_ward_or_for_an_original(self):
        for who, page in ((self.cast.contributor, self.page), (self.cast.editor, self.source)):
            self.client.force_login(fresh(who))
            with self.subTest(who=who.username):
                answer = self.client.get(reverse("workflows_translation", args=[page.pk]))
                self.assertEqual(answer.status_code, 404)

    def test_the_tick_of_the_submission_is_offered_for_a_translation_and_for_nothing_else(self):
        self.client.force_login(self.cast.editor)
        self.change_source(day(1))
        page = self.written(self.page, "Once a post.")
        address = reverse("workflows_submit", args=["wagtailcore", "page", page.pk])
        with time_machine.travel(day(2), tick=False):
            self.client.force_login(self.cast.editor)
            self.assertContains(self.client.get(address), "follows_source")
            self.client.post(address, {"declaration": "on", "follows_source": "on", "remark": "Đã xem lại."})
            state = approval.waiting_review(page)
            approval.approve(state, by=self.cast.head)
            other = self.client.get(reverse("workflows_submit", args=["wagtailcore", "page", self.source.pk]))

        self.assertIsNone(self.mark.changed_on)
        self.assertNotContains(other, "follows_source")
