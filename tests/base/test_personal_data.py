"""Texts that seem to hold personal data."""

import pytest

from base.personal_data import kinds_in
from sections.models import ArticlePage


class TestKinds:
    @pytest.mark.parametrize(
        ("text", "kinds"),
        [
            ("Gọi 0912 345 678 gặp anh Nam", ["số điện thoại di động"]),
            ("<p>+84 98.765.4321</p>", ["số điện thoại di động"]),
            ("Hộp thư ten.rieng@gmail.com", ["thư điện tử cá nhân"]),
            ("CCCD 089012345678", ["số căn cước"]),
            ("CCCD 089 012 345678, điện thoại 0387654321", ["số căn cước", "số điện thoại di động"]),
            ("Đường dây nóng 0296 385 2105", []),
            ("ubnd@longxuyen.angiang.gov.vn", []),
            ("Số 01/2020/QĐ-UBND, 15.062.020.000 đồng, mã 12.345.678.901", []),
            ("ngày 05/06/2020, 0,912345678 điểm", []),
        ],
    )
    def test_each_kind_is_told_and_offices_are_not(self, text, kinds):
        assert kinds_in(text) == kinds


@pytest.mark.django_db
class TestPreflight:
    def test_a_number_in_a_block_is_a_warning_at_its_field(self):
        page = ArticlePage(title="Bài", body=[("paragraph", "<p>Gọi 0912 345 678.</p>")])

        found = [finding for finding in page.preflight() if "số điện thoại" in finding.message]

        assert [(finding.level, finding.field) for finding in found] == [("warning", "body")]
