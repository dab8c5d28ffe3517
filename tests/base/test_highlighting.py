"""Words marked in what is shown."""

from django.test import SimpleTestCase

from base.public.highlighting import highlight


class Highlighting(SimpleTestCase):
    def test_words_are_marked_and_the_rest_escaped(self):
        assert highlight("Đất <b>đai</b>", "dat") == "<mark>Đất</mark> &lt;b&gt;đai&lt;/b&gt;"

    def test_a_word_with_marks_marks_the_same_word_only(self):
        assert highlight("đất đạt dat", "đất") == "<mark>đất</mark> đạt <mark>dat</mark>"

    def test_nothing_typed_marks_nothing(self):
        assert highlight("Đất", "") == "Đất"
