"""Phrases: what is looked up once is what Django would find each time, in each language."""

from unittest import mock

from django.template import Context, Template
from django.test import SimpleTestCase
from django.utils import translation
from django.utils.functional import lazystr
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext, trans_real
from django.utils.translation.trans_real import DjangoTranslation

from base.public.rendering import known_phrases

PHRASES = ("Trang chủ", "Home", "Save", "Tìm kiếm", "Không có trong danh mục nào", "%(count)s trang", " ", "Save\r\n")


class KnownPhrases(SimpleTestCase):
    def test_are_those_that_django_finds_in_each_language(self):
        for code in ("vi", "en", "vi"):
            catalogue = trans_real.translation(code)
            for phrase in (*PHRASES, mark_safe("Home"), lazystr("Home")):
                with self.subTest(code, phrase=phrase):
                    for _time in ("looked up", "known"):
                        ours = known_phrases.gettext(catalogue, str(phrase))
                        self.assertEqual(ours, known_phrases._gettext(catalogue, str(phrase)))

    def test_are_looked_up_once(self):
        catalogue = trans_real.translation("vi")
        catalogue.__dict__.pop("known_phrases", None)
        with mock.patch.object(known_phrases, "_gettext", wraps=known_phrases._gettext) as looked_up:
            for _time in range(3):
                known_phrases.gettext(catalogue, "Trang chủ")
        looked_up.assert_called_once()

    def test_are_in_the_language_of_whoever_asks(self):
        lazy = gettext_lazy("Trang chủ")
        for _time in range(2):
            for code in ("vi", "en"):
                with translation.override(code):
                    wanted = known_phrases._gettext(trans_real.translation(code), "Trang chủ")
                    self.assertEqual((gettext("Trang chủ"), str(lazy)), (wanted, wanted))
                    self.assertEqual(Template("{% load i18n %}{% translate 'Trang chủ' %}").render(Context()), wanted)
        self.assertNotEqual(
            *(known_phrases.gettext(trans_real.translation(code), "Trang chủ") for code in ("vi", "en"))
        )

    def test_leave_safe_texts_safe_and_plurals_and_contexts_to_django(self):
        with translation.override("vi"):
            self.assertIs(type(gettext(mark_safe("<b>Home</b>"))), SafeString)
            self.assertIs(type(gettext("<b>Home</b>")), str)
            self.assertEqual(ngettext("%(n)s page", "%(n)s pages", 2) % {"n": 2}, "2 pages")
            self.assertEqual(pgettext("no such context", "Home"), "Home")

    def test_fill_no_memory_without_end(self):
        catalogue = trans_real.translation("vi")
        catalogue.__dict__.pop("known_phrases", None)
        with mock.patch.object(known_phrases, "MOST", 2):
            for number in range(5):
                self.assertEqual(known_phrases.gettext(catalogue, f"chưa ai viết {number}"), f"chưa ai viết {number}")
        self.assertEqual(len(catalogue.known_phrases), 2)

    def test_are_asked_by_django(self):
        self.assertIs(DjangoTranslation.gettext, known_phrases.gettext)
