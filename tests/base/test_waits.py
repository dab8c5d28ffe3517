"""A time to wait in words: never less than it is."""

from django.test import SimpleTestCase
from django.utils import translation

from base.public.waits import as_text


class InWords(SimpleTestCase):
    def test_says_seconds_then_minutes_then_hours_and_never_too_few(self):
        for seconds, words in (
            (1, "1 giây"),
            (119, "119 giây"),
            (120, "2 phút"),
            (121, "3 phút"),
            (59 * 60, "59 phút"),
            (59 * 60 + 1, "1 giờ"),
            (3600, "1 giờ"),
            (3601, "2 giờ"),
            (86_400, "24 giờ"),
        ):
            with self.subTest(seconds):
                self.assertEqual(as_text(seconds), words)

    def test_speaks_english_to_readers_of_english(self):
        with translation.override("en"):
            self.assertEqual([as_text(1), as_text(300), as_text(7200)], ["1 second", "5 minutes", "2 hours"])
