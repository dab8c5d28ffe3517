"""Figures drawn as SVG."""

from django.test import SimpleTestCase

from base import charts
from base.charts import Part, Series


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

    def test_a_small_line_stays_inside_and_tells_each_number(self):
        drawn = charts.sparkline("x", "Lượt xem", ["T1", "T2", "<T3>"], [0, 4, 2])

        top, foot = charts.SPARK_EDGE, charts.SPARK_HEIGHT - charts.SPARK_EDGE
        self.assertIn(f'points="5.0,{foot}.0 120.0,{top}.0 235.0,28.0"', drawn)
        self.assertIn("T1: 0; T2: 4; &lt;T3&gt;: 2.", drawn)
        self.assertEqual(charts.sparkline("x", "Lượt xem", ["T1", "T2"], [0, 0]), "")
