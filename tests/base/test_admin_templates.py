"""Templates of Wagtail that the portal mends: each is needed until Wagtail's own is as it should be."""

import re
from pathlib import Path

import wagtail.admin
import wagtail.images
from django.conf import settings
from django.template.loader import get_template
from django.test import SimpleTestCase
from django.urls import reverse
from wagtail.models import Collection

from tests.city import CityTestCase

PANEL = 'data-w-tabs-target="panel"'
CHOOSERS = ("wagtailadmin/generic/chooser/chooser.html", "wagtailimages/chooser/chooser.html")
POSTING = re.compile(r'<form\b[^>]*method="post".*?</form>', re.DOTALL | re.IGNORECASE)
# Their token comes with the parts that they include: of a form sent once more with all that it held, of an opened
# question.
TOKEN_WITHIN = {
    "base: base/parts/given_back.html",
    "faq: faq/contributing/followed.html",
    "faq: faq/filling/followed.html",
    "faq: faq/track_question.html",
}
# Public forms of pages that are the same bytes for every visitor; their views ask the browser where a form comes from.
WITHOUT_TOKEN = {
    "base: base/parts/useful.html",
    "base: base/useful_why.html",
    "sections: sections/parts/poll_form.html",
    "servicecatalog: servicecatalog/parts/usage.html",
    "subscriptions: subscriptions/confirm.html",
    "subscriptions: subscriptions/follow.html",
    "subscriptions: subscriptions/leave.html",
    "subscriptions: subscriptions/link.html",
    "subscriptions: subscriptions/manage.html",
}
DUPLICATE = "wagtailimages/chooser/confirm_duplicate_upload.html"


class ThePictureThatIsThereAlready(SimpleTestCase):
    """Pressed in `tests/browser/test_choosers.py`."""

    def test_is_the_panel_of_its_tab_as_the_script_of_tabs_demands(self):
        self.assertIn(PANEL, get_template(DUPLICATE).template.source)

    def test_needs_the_mend_as_long_as_wagtail_leaves_it_out(self):
        own = Path(wagtail.images.__file__).parent / "templates" / DUPLICATE

        self.assertNotIn(PANEL, own.read_text(), "Wagtail marks the panel itself: remove the template of base")


class TheSearchForPages(SimpleTestCase):
    """Pressed in `tests/browser/test_choosers.py`."""

    def test_needs_the_mend_as_long_as_wagtail_takes_its_answer_for_a_dialog(self):
        own = Path(wagtail.admin.__file__).parent / "static/wagtailadmin/js/page-chooser-modal.js"

        self.assertRegex(
            own.read_text(), r'ajaxifyForm\(\w+\(\)\("form\.search-form"', "remove static/js/admin_page_search.js"
        )


class FormsThatPost(SimpleTestCase):
    def test_have_a_token_but_for_public_ones_whose_views_ask_where_they_come_from(self):
        # A test client sends without a token: a dead button of the administration passed all tests of its view.
        without = set()
        for template in Path(settings.BASE_DIR).glob("*/templates/**/*.html"):
            forms = POSTING.findall(template.read_text(encoding="utf-8"))
            if any("csrf_token" not in form for form in forms):
                without.add(template.relative_to(settings.BASE_DIR).as_posix().replace("/templates/", ": "))

        self.assertEqual(without, TOKEN_WITHIN | WITHOUT_TOKEN)


class PrivacyOfACollection(CityTestCase):
    def test_is_no_button_whose_screen_is_closed(self):
        self.client.force_login(self.cast.superuser)
        collection = Collection.objects.filter(depth=2).first()

        answer = self.client.get(reverse("wagtailadmin_collections:edit", args=[collection.pk]))

        self.assertContains(answer, collection.name)
        self.assertNotContains(answer, 'data-a11y-dialog-show="set-privacy"')

    def test_needs_the_mend_as_long_as_wagtail_draws_it_for_everybody(self):
        own = Path(wagtail.admin.__file__).parent / "templates/wagtailadmin/collections/_privacy_switch.html"

        self.assertNotIn("perms", own.read_text(), "Wagtail asks for a right: remove the template of base")


class AFileIsTakenWhereTheDialogOpens(CityTestCase):
    """Chosen in `tests/browser/test_choosers.py`."""

    def opened(self, name: str) -> str:
        self.client.force_login(self.cast.contributor)
        return self.client.get(reverse(name)).json()["html"]

    def test_in_the_dialogs_of_pictures_and_files_but_not_where_nothing_is_uploaded(self):
        for name in ("wagtailimages_chooser:choose", "wagtaildocs_chooser:choose"):
            with self.subTest(name):
                self.assertEqual(self.opened(name).count("data-portal-upload"), 1)
        self.assertNotIn("data-portal-upload", self.opened("wagtailadmin_choose_page"))

    def test_needs_the_mend_as_long_as_wagtails_dialog_opens_without_a_field_for_files(self):
        for name in CHOOSERS:
            with self.subTest(name):
                [own] = self.wagtails(name)

                self.assertIn("{% block filter_form %}", own.read_text())
                self.assertNotIn('type="file"', own.read_text(), "Wagtail takes a file there: remove base's templates")

    @staticmethod
    def wagtails(name: str) -> list[Path]:
        apps = (wagtail.admin, wagtail.images)
        found = (Path(app.__file__).parent / "templates" / name for app in apps)
        return [path for path in found if path.exists()]


class TemplatesThatStandInThePlaceOfWagtailsOwn(SimpleTestCase):
    """Each is needed as long as Wagtail's own (below its package) has the words that make it so."""

    WORDS = (
        ("admin/templates/wagtailadmin/shared/header.html", 'value="Search"'),
        ("admin/templates/wagtailadmin/shared/headers/_actions.html", 'aria-label="Actions"'),
        ("admin/templates/wagtailadmin/shared/user_avatar.html", "{% if not username %}{{ user }}{% else %}"),
        ("admin/templates/wagtailadmin/tables/boolean_cell.html", "title=value|stringformat:'s'"),
        ("admin/templates/wagtailadmin/pages/add_subpage.html", '{% icon name="plus-inverse"'),
        ("../wagtail_localize/locales/templates/wagtaillocales/index.html", "num_pages }} pages"),
    )

    def test_are_needed_as_long_as_its_words_stand_there(self):
        package = Path(wagtail.admin.__file__).parents[1]
        for name, words in self.WORDS:
            with self.subTest(name):
                self.assertIn(words, (package / name).read_text(), "Wagtail has changed it: remove or renew ours")
