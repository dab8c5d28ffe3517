"""Phrases of templates: `{% translate %}` draws what Django's own draws, in each language."""

from django.template import Context, Template
from django.templatetags.i18n import TranslateNode
from django.test import SimpleTestCase
from django.utils import translation
from django.utils.safestring import SafeString

from base.public.rendering import plain_phrases

PHRASES = (
    "{% translate 'Trang chủ' %}",
    "{% translate \"Không có <b> & 'x' trong danh mục nào\" %}",
    "{% translate '100% của phần' %}",
    "{% translate 'Trang chủ' as there %}[{{ there }}]",
    "{% translate 'Trang chủ' noop %}",
    "{% translate 'Trang chủ'|upper %}",
    "{% translate 'Nơi tiếp nhận' context 'dịch vụ' %}",
    "{% translate title %}",
    "{% translate text %}",
    "{% autoescape off %}{% translate 'Trang chủ' %}{% translate text %}{% endautoescape %}",
)


class PlainPhrases(SimpleTestCase):
    def drawn(self, source: str) -> str:
        values = {"title": "Trang chủ", "text": "<i>Trang</i>"}
        return Template("{% load i18n %}" + source).render(Context(values))

    def djangos(self, source: str) -> str:
        TranslateNode.render = plain_phrases._render
        try:
            return self.drawn(source)
        finally:
            plain_phrases.install()

    def test_are_drawn_as_django_draws_them_in_each_language(self):
        for code in ("vi", "en", "vi"):
            for source in PHRASES:
                with self.subTest(code, source=source), translation.override(code):
                    self.assertEqual(self.drawn(source), self.djangos(source))

    def test_of_one_template_are_in_the_language_of_whoever_asks(self):
        template, found = Template("{% load i18n %}{% translate 'Trang chủ' %}"), []
        for code in ("vi", "en", "vi"):
            with translation.override(code):
                found.append(template.render(Context()))

        self.assertEqual(found[0], found[2])
        self.assertNotEqual(found[0], found[1])

    def test_are_drawn_by_this(self):
        self.assertIs(TranslateNode.render, plain_phrases.render)
        self.assertIs(type(self.drawn("{% translate 'Trang chủ' %}")), SafeString)
