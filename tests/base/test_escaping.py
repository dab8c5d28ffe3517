"""Escaping for HTML: what templates show is escaped as Django's own function escapes it."""

from django.template import Context, Template
from django.test import SimpleTestCase
from django.utils import html
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from base.public.rendering import escaping


class Escaping(SimpleTestCase):
    def test_gives_what_djangos_own_gives(self):
        for value in ("", "a", "<b>&\"'", mark_safe("<b>"), 12, None, 1.5, ["<"], {"<": ">"}, html):
            with self.subTest(value=value):
                ours, theirs = escaping.escape(value), escaping._escape(value)
                self.assertEqual(ours, theirs)
                self.assertIs(type(ours), SafeString)

    def test_leaves_what_is_to_be_translated_to_its_time(self):
        self.assertIsInstance(escaping.escape(gettext_lazy("Tìm")), Promise)
        self.assertEqual(str(escaping.escape(gettext_lazy("<Tìm>"))), "&lt;Tìm&gt;")

    def test_is_asked_by_templates_and_by_format_html(self):
        self.assertIs(html.escape, escaping.escape)
        self.assertEqual(Template("{{ text }}").render(Context({"text": "<b>"})), "&lt;b&gt;")
        self.assertEqual(format_html("<i>{}</i>", "<b>"), "<i>&lt;b&gt;</i>")
        self.assertEqual(format_html("<i>{}</i>", mark_safe("<b>")), "<i><b></i>")
