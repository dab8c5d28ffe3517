"""Vietnamese on pages in another language is said to be Vietnamese."""

from django.template import Context, Template
from django.test import SimpleTestCase
from django.utils.translation import override

from base.public.native_words import marked, native
from tests.speed import seconds_of, slowness
from vietnam.text import is_vietnamese, vietnamese_runs


class TheLettersOfAText(SimpleTestCase):
    def test_tell_vietnamese_from_other_languages_that_name_vietnamese_places(self):
        for text, expected in (
            ("Quyết định 12/2021/QĐ-UBND", True),
            ("QĐ-UBND", True),
            ("Ủy ban nhân dân thành phố", True),
            ("Nộp qua website hoặc email của phường", True),
            ("Phường Mỹ Long", True),
            ("Birth registration", False),
            ("Long Xuyên City Portal", False),
            ("The committee of Mỹ Long ward answers within ten days", False),
            ("Café, naïve, résumé", False),
            ("18/06/2020", False),
            ("", False),
        ):
            with self.subTest(text):
                self.assertIs(is_vietnamese(text), expected)

    def test_tell_vietnamese_phrases_in_an_english_sentence(self):
        for text, expected in (
            ("Replaced by Nghị định 42/2022/NĐ-CP from 15/08/2022.", ["Nghị định 42/2022/NĐ-CP"]),
            (
                "Legal basis of: Luật 67/2006/QH11 (In force). Also: Quyết định 1/2020/QĐ-TTg",
                ["Luật 67/2006/QH11", "Quyết định 1/2020/QĐ-TTg"],
            ),
            ("stated in: Điều 6 Quy chế", ["Điều 6 Quy chế"]),
            ("Quản lý dịch vụ Internet và thông tin", ["Quản lý dịch vụ Internet và thông tin"]),
            (" Trang tin Mỹ Long ", ["Trang tin Mỹ Long"]),
            ("Phường Mỹ Long and Phường Mỹ Bình", ["Phường Mỹ Long", "Phường Mỹ Bình"]),
            ("Read Điều 5, khoản 2 first", ["Điều 5, khoản 2"]),
            ("Birth registration", []),
        ):
            with self.subTest(text):
                self.assertEqual([text[start:end] for start, end in vietnamese_runs(text)], expected)

    def test_are_read_in_a_time_that_grows_with_the_text_alone(self):
        for text in ("Luật " + "1" * 20_000 + "x", "Luật " + "1-" * 20_000 + "_", "Luật " + "A" * 20_000 + "x"):
            with self.subTest(text[:8]):
                self.assertLess(seconds_of(lambda text=text: vietnamese_runs(text)), 0.5 * slowness())


class AnEnglishPage(SimpleTestCase):
    def marked(self, html):
        with override("en"):
            return marked(html)

    def test_says_of_an_element_that_holds_vietnamese_alone_that_it_does(self):
        self.assertEqual(
            self.marked('<li class="a"><a href="/x/">Phường Mỹ Long</a></li>'),
            '<li class="a"><a lang="vi" href="/x/">Phường Mỹ Long</a></li>',
        )

    def test_marks_the_words_alone_where_an_element_holds_more(self):
        self.assertEqual(
            self.marked("<p>\n  Phường Mỹ Long\n  <b>Read more</b> and on</p>"),
            '<p>\n  <span lang="vi">Phường Mỹ Long</span>\n  <b>Read more</b> and on</p>',
        )

    def test_marks_titles_options_and_words_of_drawings_themselves(self):
        for html, expected in (
            ("<title>Hỏi đáp</title>", '<title lang="vi">Hỏi đáp</title>'),
            (
                '<select><option value="1">Hộ tịch</option></select>',
                '<select><option lang="vi" value="1">Hộ tịch</option></select>',
            ),
            (
                '<svg><text x="1">Quý một <tspan>x</tspan></text></svg>',
                '<svg><text lang="vi" x="1">Quý một <tspan>x</tspan></text></svg>',
            ),
        ):
            with self.subTest(html):
                self.assertEqual(self.marked(html), expected)

    def test_marks_pictures_by_their_description(self):
        self.assertEqual(
            self.marked('<img src="a.png" alt="Mặt sông"><img alt="A river"><img alt="">'),
            '<img lang="vi" src="a.png" alt="Mặt sông"><img alt="A river"><img alt="">',
        )

    def test_reads_signs_that_are_written_as_entities(self):
        self.assertEqual(self.marked("<p>Hỏi &amp; đáp &lt;</p>"), '<p lang="vi">Hỏi &amp; đáp &lt;</p>')
        self.assertEqual(
            self.marked("<p>See &amp; read Hỏi &amp; đáp &lt;</p>"),
            '<p>See &amp; read <span lang="vi">Hỏi &amp; đáp</span> &lt;</p>',
        )

    def test_keeps_what_its_templates_say_of_the_language(self):
        for html in (
            '<div lang="vi"><p>Phường Mỹ Long</p> Hỏi đáp</div>',
            '<p lang="vi">Trang tin</p>',
            "<p>Hello</p>",
        ):
            with self.subTest(html):
                self.assertEqual(self.marked(html), html)

    def test_marks_vietnamese_inside_what_is_said_to_be_english(self):
        self.assertEqual(
            self.marked('<div lang="vi"><p lang="en">Hỏi đáp</p></div>'),
            '<div lang="vi"><p lang="en"><span lang="vi">Hỏi đáp</span></p></div>',
        )

    def test_leaves_scripts_styles_comments_and_values_alone(self):
        html = (
            '<script>var a = "<b>Hỏi đáp</b>";</script><style>.a::after { content: "Hỏi" }</style>'
            "<!-- <p>Hỏi đáp</p> -->"
            '<input value="Hỏi > đáp" placeholder="Hỏi"><a title="a > b">x</a><p>1 < 2 & 3</p>'
        )

        self.assertEqual(self.marked(html), html)

    def test_survives_elements_that_are_never_closed_or_never_opened(self):
        self.assertEqual(
            self.marked("<ul><li>Hỏi đáp<li>Read</ul></p><p>Hỏi đáp"),
            '<ul><li><span lang="vi">Hỏi đáp</span><li>Read</ul></p><p lang="vi">Hỏi đáp',
        )

    def test_marks_a_word_among_english_ones_by_the_filter(self):
        template = Template("{% load portal %}<p>Answered by {{ unit|native }}.</p>")

        with override("en"):
            html = template.render(Context({"unit": "Phòng Văn hóa <b>"}))

        self.assertEqual(html, '<p>Answered by <span lang="vi">Phòng Văn hóa &lt;b&gt;</span>.</p>')
        with override("en"):
            self.assertEqual(native("Culture & Sports"), "Culture &amp; Sports")
            self.assertEqual(native(None), "")


class AVietnamesePage(SimpleTestCase):
    def test_stays_as_it_is(self):
        html = "<p>Phường Mỹ Long <b>Read more</b></p>"

        with override("vi"):
            self.assertEqual(marked(html), html)
            self.assertEqual(native("Phường Mỹ Long"), "Phường Mỹ Long")
