"""The administration speaks Vietnamese: every text of the installed libraries has one, and the screens show it."""

import re
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from unittest import mock

import polib
from django import forms
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import SimpleTestCase
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format, number_format
from wagtail.admin.widgets import AdminDateInput, AdminDateTimeInput
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from base.middleware.audit import WAGTAIL_REFUSALS
from tests.city import PASSWORD, CityTestCase
from tests.language.catalogues import DOMAINS, FOLDER, count, key, own, vietnamese

OWN_ENGLISH = Path(settings.BASE_DIR) / "locale" / "en" / "LC_MESSAGES" / "django.po"
# Written alike in both languages; the name of a lookup, which is never shown.
ALIKE = {"%(size)d byte", "exact"}
VALUE = re.compile(r"%\(\w+\)[a-zA-Z]|%[sd](?![a-z])|\{\w*(?::\w+)?\}")
TAG = re.compile(r"</?\w[^<>]*>")


def everything() -> list[polib.POEntry]:
    return [entry for domain in DOMAINS for entry in own(domain)]


def spaces(text: str) -> tuple[int, int]:
    """How many spaces stand before and after a text."""
    return len(text) - len(text.lstrip()), len(text) - len(text.rstrip())


class AdminCatalogue(SimpleTestCase):
    def test_has_every_text_of_the_installed_libraries(self):
        """Fails after an upgrade with what is to be translated; `tools/admin_language.py` prints the counts."""
        for counted in count():
            with self.subTest(library=counted.library, domain=counted.domain):
                self.assertEqual(counted.missing, ())

    def test_looks_into_every_installed_library(self):
        texts = {(counted.library, counted.domain): counted.texts for counted in count()}

        for name, domain, at_least in (
            ("wagtail.admin", "django", 880),
            ("wagtail.admin", "djangojs", 80),
            ("wagtail", "django", 290),
            ("wagtail.images", "django", 140),
            ("wagtail_localize", "django", 75),
            ("django.conf", "django", 300),
            # Those that bring no English catalogue are read in their code.
            ("django_otp", "django", 14),
            ("rest_framework", "django", 100),
            ("django_filters", "django", 40),
            ("treebeard", "django", 14),
            ("modelsearch", "django", 2),
        ):
            with self.subTest(library=name, domain=domain):
                self.assertGreaterEqual(texts[name, domain], at_least)
        self.assertGreater(sum(texts.values()), 2_700)

    def test_leaves_nothing_empty_or_in_doubt(self):
        for domain in DOMAINS:
            self.assertEqual([entry.msgid for entry in own(domain) if not entry.translated()], [])

    def test_says_everything_once(self):
        for domain in DOMAINS:
            keys = [key(entry) for entry in own(domain)]
            self.assertEqual(len(keys), len(set(keys)))

    def test_asks_for_the_same_values(self):
        wrong = []
        for entry in everything():
            english = [set(VALUE.findall(text)) for text in (entry.msgid_plural, entry.msgid) if text]
            # The one form of Vietnamese stands for all numbers, so it takes the values of the plural; the singular of
            # English may leave the number out.
            wanted = [english[0], *(values for values in english[1:] if values)]
            if set(VALUE.findall(vietnamese(entry))) not in wanted:
                wrong.append(entry.msgid)

        self.assertEqual(wrong, [])

    def test_keeps_the_markup(self):
        wrong = [
            entry.msgid
            for entry in everything()
            if sorted(TAG.findall(vietnamese(entry))) != sorted(TAG.findall(entry.msgid_plural or entry.msgid))
        ]

        self.assertEqual(wrong, [])

    def test_keeps_the_spaces_around(self):
        wrong = [entry.msgid for entry in everything() if spaces(entry.msgid) != spaces(vietnamese(entry))]

        self.assertEqual(wrong, [])

    def test_has_one_form_for_all_numbers(self):
        for domain in DOMAINS:
            self.assertEqual(
                polib.pofile(str(FOLDER / f"{domain}.po")).metadata["Plural-Forms"], "nplurals=1; plural=0;"
            )
            for entry in own(domain):
                self.assertIn(set(entry.msgstr_plural), ({0}, set()))

    def test_uses_the_words_of_the_house(self):
        words = {entry.msgid: entry.msgstr for entry in own("django")}

        self.assertEqual(words["Publish"], "Đăng")
        self.assertEqual(words["Unpublish"], "Gỡ bỏ")
        self.assertEqual(words["Draft"], "Bản nháp")
        self.assertEqual(words["Submit for moderation"], "Gửi duyệt")
        self.assertEqual(words["Documents"], "Tệp")
        for text in words.values():
            self.assertNotRegex(text, "(?i)xuất bản|thu hồi xuất|kiểm duyệt viên|vùng miền|quy trình")


class AdminWords(SimpleTestCase):
    """What Django really looks up: the compiled catalogues, in their order."""

    def setUp(self):
        self.enterContext(translation.override("vi"))

    def test_come_before_those_the_libraries_bring(self):
        self.assertEqual(translation.gettext("Edit"), "Sửa")
        self.assertEqual(translation.gettext("Delete"), "Xóa")
        self.assertEqual(translation.gettext("Password reset unsuccessful"), "Chưa đặt lại được mật khẩu")

    def test_count_without_a_plural(self):
        for number in (0, 1, 7):
            text = translation.ngettext("%(num)d minute", "%(num)d minutes", number) % {"num": number}
            self.assertEqual(text, f"{number} phút")

    def test_leave_english_pages_english(self):
        with translation.override("en"):
            self.assertEqual(translation.gettext("Publish"), "Publish")


class AdminScreens(CityTestCase):
    """Screens as people of the administration see them; whatever was looked up in vain is named."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.own = {entry.msgid for entry in polib.pofile(str(OWN_ENGLISH))}

    def in_vain(self, *urls, user):
        """English texts that stayed English while `urls` were shown to `user`."""
        self.client.force_login(user)
        missing = set()

        def listen(name, position):
            look_up = getattr(translation, name)
            original = getattr(translation._trans, look_up.__name__)

            def heard(*args):
                found = original(*args)
                texts = args[position : position + (2 if name.startswith("n") else 1)]
                if (
                    found in texts
                    and re.search("[A-Za-z]{3}", found)
                    and found.isascii()
                    and found not in self.own | ALIKE
                    # The audit trail asks how the refusals read in every language.
                    and not (found in WAGTAIL_REFUSALS and translation.get_language() == "en")
                ):
                    missing.add(str(found))
                return found

            return mock.patch.object(translation._trans, name, heard)

        with listen("gettext", 0), listen("ngettext", 0), listen("pgettext", 1):
            for url in urls:
                response = self.client.get(url)
                self.assertIn(response.status_code, (200, 302), url)
        return missing

    def test_of_a_contributor_are_vietnamese(self):
        section = self.city.section(self.city.my_long)
        user = self.cast.contributor
        missing = self.in_vain(
            reverse("wagtailadmin_home"),
            reverse("wagtailadmin_explore", args=[section.pk]),
            reverse("wagtailadmin_pages:add_subpage", args=[section.pk]),
            reverse("wagtailadmin_pages:add", args=["sections", "articlepage", section.pk]),
            reverse("wagtailadmin_pages:search"),
            reverse("wagtailadmin_choose_page"),
            reverse("wagtailimages:index"),
            reverse("wagtailimages:add_multiple"),
            reverse("wagtailimages_chooser:choose"),
            reverse("wagtaildocs:index"),
            reverse("wagtaildocs:add_multiple"),
            reverse("wagtaildocs_chooser:choose"),
            reverse("wagtailadmin_account"),
            user=user,
        )

        self.assertEqual(missing, set())

    def test_of_an_editor_are_vietnamese(self):
        page = self.city.section(self.city.site)
        missing = self.in_vain(
            reverse("wagtailadmin_home"),
            reverse("wagtailadmin_pages:edit", args=[page.pk]),
            reverse("wagtailadmin_pages:history", args=[page.pk]),
            reverse("wagtailadmin_pages:usage", args=[page.pk]),
            reverse("wagtailadmin_pages:workflow_history", args=[page.pk]),
            reverse("wagtailadmin_reports:workflow"),
            reverse("wagtailadmin_reports:locked_pages"),
            user=self.cast.editor,
        )

        self.assertEqual(missing, set())

    def test_of_the_administrator_are_vietnamese(self):
        missing = self.in_vain(
            reverse("wagtailusers_users:index"),
            reverse("wagtailusers_groups:index"),
            reverse("wagtailadmin_collections:index"),
            reverse("wagtailadmin_workflows:index"),
            reverse("wagtailadmin_workflows:task_index"),
            reverse("wagtaillocales:index"),
            reverse("wagtailsnippets:index"),
            reverse("wagtailadmin_reports:site_history"),
            reverse("wagtailadmin_reports:aging_pages"),
            reverse("wagtailadmin_reports:page_types_usage"),
            reverse("wagtailimages:edit", args=[self.picture().pk]),
            reverse("wagtaildocs:edit", args=[self.file().pk]),
            user=self.cast.superuser,
        )

        self.assertEqual(missing, set())

    def picture(self):
        return get_image_model().objects.create(title="Chợ Mỹ Long", file="cho.png", width=10, height=10)

    def file(self):
        return get_document_model().objects.create(title="Biểu mẫu", file="bieu-mau.pdf")

    def test_name_fields_that_no_catalogue_reaches(self):
        self.client.force_login(self.cast.superuser)
        for view, words, foreign in (
            ("wagtailadmin_choose_page_external_link", ["Chữ của liên kết"], ["Link text"]),
            ("wagtailadmin_choose_page_anchor_link", ["Tên neo", "Chữ của liên kết"], ["Link text"]),
            ("wagtailadmin_choose_page_email_link", ["Địa chỉ thư điện tử", "Nội dung thư"], ["Subject", "Body"]),
            ("wagtailadmin_choose_page_phone_link", ["Số điện thoại"], ["Phone number"]),
            ("wagtailadmin_workflows:add", ["Loại dữ liệu"], ["Content types"]),
        ):
            response = self.client.get(reverse(view))
            is_dialog = response["Content-Type"].startswith("application/json")
            html = response.json()["html"] if is_dialog else response.content.decode()
            with self.subTest(view=view):
                for word in words:
                    self.assertIn(word, html)
                for word in foreign:
                    self.assertNotRegex(html, rf">\s*{word}")

    def test_give_their_scripts_vietnamese(self):
        self.client.force_login(self.cast.contributor)
        script = self.client.get(reverse("wagtailadmin_javascript_catalog")).content.decode()

        self.assertIn('"Insert a block": "Ch\\u00e8n kh\\u1ed1i n\\u1ed9i dung"', script)
        self.assertIn('"Changes have been autosaved."', script)


class PermissionNames(CityTestCase):
    def test_become_vietnamese_and_stay(self):
        call_command("sync_roles", stdout=StringIO())
        names = dict(Permission.objects.values_list("codename", "name"))

        self.assertEqual(names["change_legaldocument"], "Được sửa văn bản")
        self.assertEqual(names["access_admin"], "Được vào trang quản trị")
        self.assertEqual(names["publish_legaldocument"], "Được đăng văn bản")
        said = StringIO()
        call_command("sync_roles", stdout=said)
        self.assertIn("0 quyền được đặt tên", said.getvalue())

    def test_leave_no_english_on_the_screen_of_a_group(self):
        call_command("sync_roles", stdout=StringIO())
        self.client.force_login(self.cast.superuser)
        html = self.client.get(reverse("wagtailusers_groups:edit", args=[Group.objects.first().pk])).content.decode()

        self.assertEqual(re.findall(r"Can [a-z]+[^<\n]*", html), [])
        self.assertIn("Được sửa văn bản", html)


class DatesAndNumbers(SimpleTestCase):
    def setUp(self):
        self.enterContext(translation.override("vi"))

    def test_are_written_as_in_vietnam(self):
        self.assertEqual(number_format(Decimal("1234567.5"), 1, force_grouping=True), "1.234.567,5")
        self.assertEqual(date_format(date(2020, 6, 5), "DATE_FORMAT"), "05/06/2020")
        self.assertEqual(date_format(datetime(2020, 6, 5, 14, 30), "TIME_FORMAT"), "14:30")  # noqa: DTZ001  a text only

    def test_are_read_as_they_are_written(self):
        self.assertEqual(forms.DateField().clean("05/06/2020"), date(2020, 6, 5))
        self.assertEqual(forms.DecimalField(localize=True).clean("1234567,5"), Decimal("1234567.5"))

    def test_are_picked_from_weeks_that_begin_on_monday(self):
        config = AdminDateInput().get_config()

        self.assertEqual((config["format"], config["dayOfWeekStart"]), ("d/m/Y", 1))
        self.assertEqual(AdminDateTimeInput().get_config()["format"], "d/m/Y H:i")


class TheLanguageOfAnAccount(CityTestCase):
    def test_is_vietnamese_until_somebody_chooses_another(self):
        self.client.force_login(self.cast.editor)
        html = self.client.get(
            reverse("wagtailadmin_account"), headers={"accept-language": "en-US,en"}
        ).content.decode()

        self.assertIn('<html lang="vi"', html)
        self.assertIn("Đăng xuất", html)


class SigningIn(CityTestCase):
    def setUp(self):
        self.url = reverse("wagtailadmin_login")

    def test_asks_in_vietnamese_and_remembers_nothing(self):
        html = self.client.get(self.url).content.decode()

        for text in ("Tên đăng nhập", "Mật khẩu", "Đăng nhập", "Quên mật khẩu?"):
            self.assertIn(text, html)
        for text in ("Password", "Username", "Sign in", "remember"):
            self.assertNotIn(text, html)
        self.assertEqual(len(re.findall(r'<input [^>]*name="(?:username|password)"[^>]*autocomplete="off"', html)), 2)

    def test_names_what_was_wrong(self):
        response = self.client.post(self.url, {"username": "bien-tap", "password": "sai"})

        self.assertContains(response, "Tên đăng nhập hoặc mật khẩu không đúng.")
        self.assertContains(response, 'value="bien-tap"')

    def test_ends_with_the_browser(self):
        response = self.client.post(
            self.url, {"username": self.cast.editor.username, "password": PASSWORD, "remember": "on"}
        )

        self.assertEqual(response.status_code, 302)
        self.assertEqual(response.cookies[settings.SESSION_COOKIE_NAME]["max-age"], "")
