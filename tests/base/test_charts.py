"""Figures drawn as SVG."""

import re

from django.test import SimpleTestCase
from django.utils import translation

from base.public import charts
from base.public.charts import Part, Series


class Drawing(SimpleTestCase):
    def test_a_drawing_says_its_numbers_in_words_and_escapes_names(self):
        drawn = charts.bars("x", "Tên", [("<b>Đơn vị</b>", [Part("Đã trả lời", "b", 3), Part("Đang xử lý", "a", 0)])])

        self.assertIn("&lt;b&gt;Đơn vị&lt;/b&gt;: đã trả lời 3.", drawn)
        self.assertNotIn("<b>", drawn)
        self.assertEqual(drawn.count("<svg"), 2)

    def test_nothing_to_draw_is_nothing(self):
        self.assertEqual(charts.bars("x", "Tên", [("A", [Part("Có", "a", 0)])]), "")
        self.assertEqual(charts.columns("x", "Tên", ["T1"], [Series("Có", "a", [None])], most=100), "")

    def test_columns_stay_inside_and_stand_on_the_ground(self):
        drawn = charts.columns("x", "Tên", ["T1", "T2"], [Series("Có", "a", [4, 0])])

        self.assertIn(f'y="{charts.TOP}.0" width', drawn)
        self.assertIn(f'y="{charts.TOP + charts.PLOT}.0" width="21.0" height="0.0"', drawn)

    def test_the_top_of_the_scale_is_a_number_that_four_steps_divide(self):
        for number, top in ((0, 0), (1, 4), (4, 4), (7, 8), (13, 16), (17, 20), (45, 60), (100, 100), (230, 300)):
            with self.subTest(number=number):
                self.assertEqual(charts._rounded_up(number), top)

    def test_numbers_are_written_as_the_language_of_the_page_does_and_have_room(self):
        columns = charts.columns("x", "Tên", ["T1"], [Series("Có", "a", [112000])])
        bars = charts.bars("x", "Tên", [("Phường Mỹ Long", [Part("Có", "b", 112000)])])

        top = charts.number(charts._rounded_up(112000))
        self.assertEqual(top, "125.000")
        self.assertIn(f'x="{charts.FIGURE * len(top) + 2}"', columns)
        self.assertIn(">125.000<", columns)
        value = float(re.search(r'chart__value" x="([\d.]+)"[^>]*>112\.000<', bars.split("</svg>")[1]).group(1))
        self.assertLessEqual(value + charts.FIGURE * len("112.000"), charts.NARROW)
        with translation.override("en"):
            self.assertIn(">125,000<", charts.columns("x", "Tên", ["T1"], [Series("Có", "a", [112000])]))

    def test_months_that_would_touch_lose_their_letter(self):
        months = [f"T{month}" for month in range(1, 13)]

        wide, narrow = charts.columns("x", "Tên", months, [Series("Có", "a", [112000] * 12)]).split("</svg>")[:2]

        self.assertIn(">T12</text>", wide)
        self.assertIn(">12</text>", narrow)
        self.assertIn(">1</text>", narrow)
        self.assertNotIn(">T1</text>", narrow)

    def test_numbers_that_would_touch_are_left_to_the_description(self):
        months = [f"T{month}" for month in range(1, 13)]

        wide, narrow = charts.columns("x", "Tên", months, [Series("Có", "a", [19854] * 12)]).split("</svg>")[:2]

        self.assertEqual((wide.count("chart__value"), narrow.count("chart__value")), (12, 0))
        self.assertIn("19.854", narrow)
        self.assertIn(
            "chart__value", charts.columns("x", "Tên", months, [Series("Có", "a", [9] * 12)]).split("</svg>")[1]
        )

    def test_a_long_label_is_cut_between_words(self):
        label = "Công nhận hộ nghèo, hộ cận nghèo, hộ thoát nghèo định kỳ hằng năm"

        narrow = charts.bars("x", "Tên", [(label, [Part("Có", "b", 3)])]).split("</svg>")[1]

        self.assertIn(">Công nhận hộ nghèo, hộ cận nghèo, hộ thoát…<", narrow)
        self.assertIn(f"{label}: có 3.", narrow)

    def test_a_small_line_stays_inside_and_tells_each_number(self):
        drawn = charts.sparkline("x", "Lượt xem", ["T1", "T2", "<T3>"], [0, 4, 2])

        top, foot = charts.SPARK_EDGE, charts.SPARK_HEIGHT - charts.SPARK_EDGE
        self.assertIn(f'points="5.0,{foot}.0 120.0,{top}.0 235.0,28.0"', drawn)
        self.assertIn("T1: 0; T2: 4; &lt;T3&gt;: 2.", drawn)
        self.assertEqual(charts.sparkline("x", "Lượt xem", ["T1", "T2"], [0, 0]), "")
