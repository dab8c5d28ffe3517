"""What is drawn once is known by all that it shows, and shows nothing of one reader."""

import re
from dataclasses import dataclass
from datetime import datetime
from unittest import mock
from zoneinfo import ZoneInfo

import time_machine
from django.conf import settings
from django.template import Context, Template
from django.test import RequestFactory, SimpleTestCase
from django.utils import translation
from django.utils.safestring import mark_safe

from base.models import PortalSite
from base.public.rendering import drawings

USE = re.compile(r'{% drawn(?P<each>_each)? "(?P<template>[\w/.]+)"(?P<values>[^%]*)%}')
READ = re.compile(r"{[{%][^}]*[}%]}")


@dataclass
class Line:
    label: str
    url: str


@dataclass
class Changing:
    label: str
    shows: tuple | None = None


class Drawings(SimpleTestCase):
    def setUp(self):
        drawings.clear()
        self.addCleanup(drawings.clear)
        self.asked = []

        def template(name):
            self.asked.append(name)
            return Template("{% load i18n %}{% translate 'Trang chủ' %}: {{ text }} {{ line.label }}")

        # The engine's own template takes a context; the backend's takes values.
        found = mock.patch.object(drawings, "get_template", lambda name: _Backend(template(name)))
        found.start()
        self.addCleanup(found.stop)

    def test_are_made_once_for_the_same_values(self):
        drawn = [drawings.draw("a.html", {"text": "một", "line": Line("hai", "/")}) for _time in range(2)]

        self.assertEqual(drawn[0], drawn[1])
        self.assertEqual(self.asked, ["a.html"])

    def test_differ_by_each_value_and_by_the_template(self):
        kinds = ("một", mark_safe("một"), "hai", 1, True, 1.0, None, "", [1], [True], ["một", "hai"], Line("một", "/"))
        for text in kinds:
            drawings.draw("a.html", {"text": text})
        drawings.draw("b.html", {"text": "một"})
        drawings.draw("a.html", {"line": "một"})

        self.assertEqual(len(self.asked), len(kinds) + 2)

    def test_never_take_a_text_for_a_safe_one(self):
        safe = drawings.draw("a.html", {"text": mark_safe("<b>")})
        plain = drawings.draw("a.html", {"text": "<b>"})

        self.assertIn("<b>", safe)
        self.assertIn("&lt;b&gt;", plain)

    def test_are_those_of_the_language(self):
        found = []
        for code in ("vi", "en", "vi"):
            with translation.override(code):
                found.append(drawings.draw("a.html", {"text": "một"}))

        self.assertEqual(found[0], found[2])
        self.assertNotEqual(found[0], found[1])

    def test_are_those_of_the_day(self):
        for hour in (22, 23, 24):
            moment = datetime(2026, 3, 4, hour % 24, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
            with time_machine.travel(moment.replace(day=4 + hour // 24), tick=False):
                drawings.draw("a.html", {"text": "một"})

        self.assertEqual(len(self.asked), 2)

    def test_are_made_each_time_of_what_may_change_unseen(self):
        for _time in range(2):
            drawings.draw("a.html", {"line": [Changing("một")]})
            drawings.draw("a.html", {"line": Changing("một", ("một",))})

        self.assertEqual(len(self.asked), 3)

    def test_take_no_row_no_request_and_nothing_that_does_not_say_what_it_shows(self):
        for value in (PortalSite(pk=1), RequestFactory().get("/"), object(), {"a": 1}, {1}):
            with self.subTest(value=type(value).__name__), self.assertRaises(TypeError):
                drawings.draw("a.html", {"text": value})

    def test_fill_no_memory_without_end(self):
        with mock.patch.object(drawings, "MOST", 3):
            for number in range(10):
                drawings.draw("a.html", {"text": str(number)})
                self.assertLessEqual(len(drawings._made), 3)


class _Backend:
    def __init__(self, template):
        self.template = template

    def render(self, values):
        return self.template.render(Context(values))


class DrawnTemplates(SimpleTestCase):
    """Templates that are drawn once: they get what they read, and read nothing of one reader."""

    def templates(self):
        return {path: path.read_text("utf-8") for path in settings.BASE_DIR.glob("*/templates/**/*.html")}

    def test_are_given_all_they_read_and_read_nothing_of_one_reader(self):
        found = [(path.name, use) for path, text in self.templates().items() for use in USE.finditer(text)]
        self.assertGreater(len(found), 15)
        for user, use in found:
            with self.subTest(user, template=use["template"]):
                text = self.text_of(use["template"])
                given = re.findall(r'"(\w+)"', use["values"]) if use["each"] else re.findall(r"(\w+)=", use["values"])
                tags = " ".join(READ.findall(re.sub(r"{% comment %}.*?{% endcomment %}", "", text, flags=re.S)))
                for word in ("request", "frame", "user", "csrf_token", "nonce", "messages"):
                    self.assertNotRegex(tags, rf"(?<![\w.'\"]){word}\b")
                self.assertTrue(all(re.search(rf"\b{name}\b", tags) for name in given), given)

    def text_of(self, name: str) -> str:
        (path,) = settings.BASE_DIR.glob(f"*/templates/{name}")
        text = path.read_text("utf-8")
        for include in re.findall(r'{% include "([\w/.]+)"', text):
            text += self.text_of(include)
        return text
