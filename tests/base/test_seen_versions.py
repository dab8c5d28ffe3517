"""Who decides by a button decides about what he saw."""

import inspect
import re
from pathlib import Path

import rooms
from django import forms
from django.template.loader import get_template
from django.test import RequestFactory, SimpleTestCase
from django.urls import reverse
from wagtail.models import TaskState

from base.admin import seen_versions
from base.admin.action_views import ActionView
from base.admin.seen_versions import SeenVersion, stamp_of
from base.models import OrganisationUnit
from config.settings.base import BASE_DIR
from faq.handling import answering, assigning
from faq.models import Answer
from tests import factories
from tests.city import CityTestCase, fresh, publish
from tests.faq.cast import a_question, again
from tests.isolation.addresses import addresses
from workflows.models import TakeDown
from workflows.publishing import approval, takedown

OURS = {*rooms.ROOMS, "config"}
PUT_IN = re.compile(r"base/submission_key\.html|seen_field")
EXTENDS = re.compile(r'{% extends "([^"]+)" %}')
FORM = re.compile(r'<form method="post".*?</form>', re.DOTALL)


def screens():
    """Yield (address, view class or function) of every screen of the administration that is ours and takes a form."""
    for address in addresses():
        view = getattr(address.view, "view_class", address.view)
        takes_forms = hasattr(view, "post") or not inspect.isclass(view)
        if address.is_admin and takes_forms and view.__module__.split(".")[0] in OURS:
            yield address, view


def inherited(name: str):
    """Yield the source of a template and of those it extends, as long as they are ours."""
    while name and not name.startswith("wagtailadmin/"):
        source = Path(get_template(name).template.origin.name).read_text()
        yield source
        name = next(iter(EXTENDS.findall(source)), "")


def is_guarded(view) -> bool:
    return inspect.isclass(view) and issubclass(view, SeenVersion) and not view.without_version


class EveryScreen(SimpleTestCase):
    def test_names_what_is_decided_about_or_says_why_nothing_shown_is(self):
        silent = [
            f"{address.pattern}: {view.__qualname__}"
            for address, view in screens()
            if not getattr(view, "without_version", "") and getattr(view, "seen", SeenVersion.seen) is SeenVersion.seen
        ]

        self.assertEqual(silent, [])
        self.assertGreater(sum(is_guarded(view) for _, view in screens()), 70)

    def test_that_is_new_and_says_neither_cannot_be_opened(self):
        class Forgotten(ActionView):
            form_class = forms.Form

        with self.assertRaises(NotImplementedError):
            Forgotten.as_view()(RequestFactory().get("/"))

    def test_says_one_thing_only(self):
        both = [
            view.__qualname__ for _, view in screens() if getattr(view, "without_version", "") and "seen" in vars(view)
        ]

        self.assertEqual(both, [])

    def test_that_is_guarded_has_the_stamp_in_its_form(self):
        names = {getattr(view, "template_name", "") for _, view in screens() if is_guarded(view)} - {""}
        for name in names:
            with self.subTest(template=name):
                sources = list(inherited(name))

                self.assertTrue(any(PUT_IN.search(source) for source in sources))
                self.assertEqual([form for form in FORM.findall(sources[0]) if not PUT_IN.search(form)], [])

    def test_stands_in_the_list_of_decisions(self):
        said = (BASE_DIR / "docs" / "permissions.md").read_text()

        self.assertEqual([address.name for address, _ in screens() if f"`{address.name}`" not in said], [])


class Stamp(CityTestCase):
    def test_changes_with_the_row_and_only_then(self):
        unit = OrganisationUnit.objects.first()
        before = stamp_of([unit])

        self.assertEqual(stamp_of([OrganisationUnit.objects.get(pk=unit.pk)]), before)
        unit.phone = "0296 000 0001"
        unit.save()
        self.assertNotEqual(stamp_of([OrganisationUnit.objects.get(pk=unit.pk)]), before)

    def test_of_a_page_changes_with_a_saved_version_and_with_its_place_in_the_site(self):
        page = factories.article(self.city.section(self.city.my_long), by=self.cast.contributor)
        before = stamp_of([page])

        page.save_revision(user=self.cast.contributor)

        self.assertNotEqual(stamp_of([type(page).objects.get(pk=page.pk)]), before)


class Signing(CityTestCase):
    """The decision of the head of a unit about an answer; another text was laid before him meanwhile."""

    def setUp(self):
        self.question = a_question(self.city, state="drafted", answer="<p>Văn bản người ký đã đọc.</p>")
        self.client.force_login(self.cast.deputy)
        self.address = reverse("faq_sign", args=[self.question.pk])

    def opened(self) -> str:
        return self.client.get(self.address).context["seen_stamp"]

    def press(self, stamp):
        return self.client.post(self.address, {seen_versions.FIELD: stamp, "signer_name": "Cán bộ mẫu 30"})

    def swap_the_text(self):
        by = fresh(self.cast.editor)
        other = OrganisationUnit.objects.exclude(pk=self.question.unit_id).first()
        assigning.reassign(self.question, unit=other, reason="Thuộc đơn vị khác.", by=by)
        answering.draft(again(self.question), body="<p>Văn bản khác hẳn, chưa ai đọc.</p>", by=by)
        answering.submit(again(self.question), by=by)

    def state(self) -> str:
        return Answer.objects.get(question=self.question).state

    def test_goes_through_when_nothing_changed(self):
        response = self.press(self.opened())

        self.assertEqual((response.status_code, self.state()), (302, Answer.State.SIGNED))

    def test_of_another_text_than_was_read_is_refused_and_shows_it_with_what_was_typed(self):
        stamp = self.opened()
        self.swap_the_text()

        response = self.press(stamp)

        self.assertEqual((response.status_code, self.state()), (200, Answer.State.SUBMITTED))
        self.assertContains(response, "đã thay đổi từ lúc bạn mở")
        self.assertContains(response, "Văn bản khác hẳn")
        self.assertContains(response, "Cán bộ mẫu 30")

    def test_goes_through_once_the_new_text_was_shown(self):
        stamp = self.opened()
        self.swap_the_text()

        response = self.press(self.press(stamp).context["seen_stamp"])

        self.assertEqual((response.status_code, self.state()), (302, Answer.State.SIGNED))

    def test_without_a_stamp_or_with_one_of_another_screen_is_refused(self):
        for stamp in ("", "x" * 40, self.opened()[:-1], stamp_of([self.question])):
            with self.subTest(stamp=stamp):
                self.press(stamp)

                self.assertEqual(self.state(), Answer.State.SUBMITTED)

    def test_sent_twice_is_carried_out_once_although_the_first_changed_what_was_seen(self):
        shown = self.client.get(self.address).context
        data = {seen_versions.FIELD: shown["seen_stamp"], shown["submission_field"]: shown["submission_key"]}

        first, second = self.client.post(self.address, data), self.client.post(self.address, data)

        self.assertEqual((first.status_code, second.status_code), (302, 302))
        self.assertEqual(first.url, second.url)

    def test_is_pressed_on_the_screen_of_the_question_about_what_stands_there(self):
        question = a_question(self.city, site=self.city.my_long, state="assigned")
        answering.draft(question, body="<p>Bản thứ nhất.</p>", by=self.cast.contributor)
        self.client.force_login(self.cast.contributor)
        page = self.client.get(reverse("faq_question", args=[question.pk]))
        stamp = page.context["seen_stamp"]
        self.assertContains(page, f'name="{seen_versions.FIELD}" value="{stamp}"')
        answering.draft(again(question), body="<p>Bản thứ hai.</p>", by=fresh(self.cast.editor))
        address = reverse("faq_submit", args=[question.pk])

        late = self.client.post(address, {seen_versions.FIELD: stamp})

        self.assertContains(late, "đã thay đổi từ lúc bạn mở")
        self.assertEqual(Answer.objects.get(question=question).state, Answer.State.DRAFT)
        self.client.post(address, {seen_versions.FIELD: late.context["seen_stamp"]})
        self.assertEqual(Answer.objects.get(question=question).state, Answer.State.SUBMITTED)

    def test_says_so_beside_the_other_errors_of_a_form(self):
        stamp = self.opened()
        self.swap_the_text()

        response = self.client.post(self.address, {seen_versions.FIELD: stamp, "signer_name": "x" * 500})

        self.assertContains(response, "đã thay đổi từ lúc bạn mở")
        self.assertEqual(len(response.context["form"].errors), 2)


class EveryDecision(CityTestCase):
    """Screens of other rooms: each decision goes through as shown, and not after a change."""

    def page(self):
        return publish(
            factories.article(self.city.section(self.city.my_long), by=self.cast.contributor), by=self.cast.contributor
        )

    def check(self, address: str, data: dict, *, by, change, has_happened) -> None:
        """Open a screen, let something change, press; then look again and press."""
        self.client.force_login(by)
        shown = self.client.get(address)
        self.assertEqual(shown.status_code, 200)
        stamp = shown.context["seen_stamp"]
        change()

        late = self.client.post(address, {**data, seen_versions.FIELD: stamp})

        self.assertContains(late, "đã thay đổi từ lúc bạn mở")
        self.assertFalse(has_happened())
        self.client.post(address, {**data, seen_versions.FIELD: late.context["seen_stamp"]})
        self.assertTrue(has_happened())

    def test_of_a_take_down_is_about_the_public_version_that_was_shown(self):
        page = self.page()
        row = takedown.propose(
            page, by=self.cast.contributor, ground=TakeDown.Ground.NO_LONGER_SUITABLE, explanation="Không còn đúng."
        )[0]

        self.check(
            reverse("workflows_takedown", args=[row.pk]),
            {"decision": "keep", "comment": "Giữ lại.", "behaviour": row.behaviour},
            by=self.cast.deputy,
            change=lambda: TakeDown.objects.filter(pk=row.pk).update(explanation="Lý do khác hẳn."),
            has_happened=lambda: TakeDown.objects.get(pk=row.pk).state == TakeDown.State.RETAINED_WITH_NOTE,
        )

    def test_of_an_approval_is_about_what_is_public_beside_it(self):
        page = self.page()
        page.title = "Bài có bản mới"
        draft_of = page.save_revision(user=self.cast.contributor)
        task = approval.submit(page, by=self.cast.contributor, declaration=True).current_task_state

        self.check(
            reverse("workflows_review", args=[task.pk]),
            {"decision": "approve", "comment": ""},
            by=self.cast.deputy,
            change=lambda: type(page).objects.filter(pk=page.pk).update(live_revision=draft_of),
            has_happened=lambda: TaskState.objects.get(pk=task.pk).status == TaskState.STATUS_APPROVED,
        )

    def test_of_an_emergency_is_about_the_version_that_was_shown(self):
        page = factories.article(self.city.section(self.city.my_long), by=self.cast.contributor)

        def change():
            page.title = "Tiêu đề người khác vừa sửa"
            page.save_revision(user=self.cast.contributor)

        self.check(
            reverse("workflows_emergency_publish", args=[page.pk]),
            {"reason": "Mưa lũ."},
            by=self.cast.head,
            change=change,
            has_happened=lambda: type(page).objects.get(pk=page.pk).live,
        )

    def test_of_the_order_of_pages_is_about_the_order_that_was_shown(self):
        section = self.city.section(self.city.my_long)
        pages = [self.page() for _ in range(3)]
        address = reverse("workflows_arrange", args=[section.pk])
        self.client.force_login(self.cast.editor)
        stamp = self.client.get(address).context["seen_stamp"]
        self.client.post(address, {"page": pages[2].pk, "step": "up"})

        self.client.post(address, {"page": pages[2].pk, "step": "up", seen_versions.FIELD: stamp})

        section = self.city.section(self.city.my_long)
        shown = [child.pk for child in section.get_children().order_by("path") if child.pk in {p.pk for p in pages}]
        self.assertEqual(shown, [pages[0].pk, pages[2].pk, pages[1].pk])
