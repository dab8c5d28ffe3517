"""The page of a service: fixed headings, papers by case, days of return, machines, English, what is no longer so."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from servicecatalog.models import OfferingLevel, ServiceLevel
from tests.city import CityTestCase, publish_at_once
from tests.servicecatalog.cast import a_procedure, an_offering

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
FRIDAY = datetime(2026, 11, 27, 10, 0, tzinfo=HANOI)
HEADINGS = [
    "Ai được làm", "Hồ sơ", "Trình tự", "Cách nộp", "Thời hạn", "Phí, lệ phí", "Kết quả", "Nơi tiếp nhận",
    "Căn cứ pháp lý",
]  # fmt: skip


def headings(html: str) -> list[str]:
    """The level-two headings inside the parts of a service, in order."""
    return re.findall(r'<h2 id="[^"]+">([^<]+)</h2>', html)


class OnePage(CityTestCase):
    """Birth registration in Mỹ Long, handed in online on the national portal."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.procedure = a_procedure(cls.city, name="Đăng ký khai sinh", keywords="giấy khai sinh\nlàm khai sinh")
        cls.page = an_offering(
            cls.city.my_long, cls.procedure, delivery="linked", apply_url="https://dichvucong.example.invalid/nop",
            apply_to="Cổng Dịch vụ công quốc gia", office_hours="Thứ Hai – thứ Sáu: 7 giờ – 11 giờ",
            reception_hours="Thứ Ba hằng tuần", local_note="<p>Gửi xe ở cổng sau.</p>",
        )  # fmt: skip

    def shown(self, path: str = "", **headers) -> str:
        response = self.client.get(f"/my-long/dich-vu-cong/dang-ky-khai-sinh/{path}", **headers)
        self.assertEqual(response.status_code, 200)
        return response.content.decode()


class ThePage(OnePage):
    def test_has_its_headings_in_the_fixed_order(self):
        found = [heading for heading in headings(self.shown()) if heading in HEADINGS]

        self.assertEqual(found, HEADINGS)

    def test_the_one_main_button_says_where_it_leads(self):
        html = self.shown()

        self.assertEqual(html.count("Nộp hồ sơ trực tuyến"), 1)
        self.assertIn("https://dichvucong.example.invalid/nop", html)
        self.assertIn("dẫn ra ngoài trang, đến Cổng Dịch vụ công quốc gia", html)

    def test_a_service_of_information_only_has_no_button(self):
        other = an_offering(self.city.my_xuyen, self.procedure, apply_url="https://dichvucong.example.invalid/nop")

        html = self.client.get(other.get_url()).content.decode()

        self.assertNotIn("Nộp hồ sơ trực tuyến", html)

    def test_says_where_to_hand_in_with_a_map_hours_reception_and_contact(self):
        html = self.shown()

        for words in ("Trụ sở UBND phường Mỹ Long", "openstreetmap.org", "7 giờ – 11 giờ", "Thứ Ba hằng tuần",
                      "0296 000 0000", "my-long@example.invalid", "Gửi xe ở cổng sau."):  # fmt: skip
            with self.subTest(words=words):
                self.assertIn(words, html)

    def test_says_the_level_its_meaning_and_its_scheme(self):
        html = self.shown()

        self.assertIn("Một phần", html)
        self.assertIn("Nghị định 224/2026/NĐ-CP", html)
        self.assertIn("quy đổi từ mức độ trước đây", html)

    def test_the_level_of_the_site_wins_over_that_of_the_procedure(self):
        full = ServiceLevel.objects.get(scheme__code="nd224", code="toan-trinh")
        self.page.levels = [OfferingLevel(level=full, reason="Quyết định thử")]
        self.page.save_revision()
        publish_at_once(self.page)

        html = self.shown()

        self.assertIn('<span class="badge badge--plain">Toàn trình</span>', html)
        self.assertIn("Quyết định thử", html)

    def test_always_shows_the_present_name_of_the_procedure(self):
        self.procedure.name = "Đăng ký khai sinh cho trẻ em"
        self.procedure.save_revision()
        publish_at_once(self.procedure)

        self.assertIn("<h1><span>Đăng ký khai sinh cho trẻ em</span></h1>", self.shown())
