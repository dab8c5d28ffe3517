"""Sheets of paper as a scanner sees them: Vietnamese administrative text, askew, under a stamp, with specks."""

import io
import random
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont

from .samples import minimal_pdf

FONTS = Path(settings.BASE_DIR) / "base" / "fonts"
# A sheet of A4 in inches.
WIDTH, HEIGHT = 8.27, 11.69
WORD = re.compile(r"\w+")
SENTENCES = (
    "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015 và các văn bản hướng dẫn thi hành.",
    "Theo đề nghị của Trưởng phòng Kinh tế, Hạ tầng và Đô thị tại Tờ trình số {n}/TTr-KTHT ngày 05 tháng 3.",
    "Ủy ban nhân dân phường thông báo lịch tiếp công dân định kỳ vào sáng thứ Năm tuần thứ hai hằng tháng.",
    "Hộ kinh doanh nộp hồ sơ đăng ký tại Bộ phận Tiếp nhận và Trả kết quả trong giờ hành chính.",
    "Mức hỗ trợ cho mỗi hộ có nhà ở bị sạt lở phải di dời khẩn cấp là {n}.000.000 đồng.",
    "Các cơ quan, đơn vị rà soát danh sách đối tượng bảo trợ xã hội trước ngày 25 hằng tháng.",
    "Người dân được quyền giám sát việc công khai, minh bạch các khoản đóng góp tự nguyện.",
    "Nghiêm cấm lấn chiếm lòng đường, vỉa hè, hành lang bảo vệ bờ kênh, rạch để buôn bán.",
    "Thời hạn giải quyết thủ tục cấp giấy phép xây dựng nhà ở riêng lẻ là {n} ngày làm việc.",
    "Chủ tịch Hội đồng nhân dân chủ trì kỳ họp thường lệ giữa năm, thảo luận kết quả phát triển kinh tế.",
    "Việc bồi thường, tái định cư khi Nhà nước thu hồi đất thực hiện theo quyết định phê duyệt phương án.",
    "Trạm Y tế tổ chức tiêm chủng mở rộng cho trẻ em dưới năm tuổi và phụ nữ mang thai trên địa bàn.",
    "Quyết định này có hiệu lực kể từ ngày ký và thay thế Quyết định số {n}/QĐ-UBND của Ủy ban nhân dân.",
    "Chánh Văn phòng, Thủ trưởng các phòng, ban chuyên môn chịu trách nhiệm thi hành Quyết định này.",
    "Đề nghị các ấp, khóm tuyên truyền để nhân dân biết, thực hiện phân loại rác thải sinh hoạt tại nguồn.",
    "Kinh phí thực hiện được bố trí từ nguồn ngân sách địa phương và các nguồn huy động hợp pháp khác.",
)
STAMP = "ỦY BAN NHÂN DÂN"


@dataclass(frozen=True)
class Scan:
    """A sheet and what stands on it; `dots`: an inch, `slant`: in degrees."""

    number: int
    dots: int
    slant: float = 0.0
    is_stamped: bool = False

    @property
    def lines(self) -> list[str]:
        """What is written on the sheet, other words on each."""
        body = [SENTENCES[(self.number * 5 + place * 3) % len(SENTENCES)] for place in range(9)]
        head = ["ỦY BAN NHÂN DÂN PHƯỜNG MỸ LONG", f"THÔNG BÁO Số {self.number + 40}/TB-UBND"]
        return [*head, *(sentence.format(n=self.number + 12 + place) for place, sentence in enumerate(body))]

    def picture(self) -> Image.Image:
        """The sheet as the scanner sees it."""
        sheet = Image.new("RGB", (round(WIDTH * self.dots), round(HEIGHT * self.dots)), (248, 247, 243))
        draw, left = ImageDraw.Draw(sheet), self.dots
        font = ImageFont.truetype(FONTS / "DejaVuSans.ttf", round(13 * self.dots / 72))
        top = self.dots
        for line in self.lines:
            for piece in _folded(line, font, sheet.width - 2 * left):
                draw.text((left, top), piece, (35, 33, 38), font)
                top += round(font.size * 1.5)
            top += round(font.size * 0.5)
        if self.is_stamped:
            _stamp(draw, self.dots, (sheet.width // 2, top - 3 * font.size))
        sheet = sheet.rotate(self.slant, Image.Resampling.BICUBIC, fillcolor=(248, 247, 243))
        _sprinkle(sheet, self.number)
        return sheet

    def missed(self, found: str) -> list[str]:
        """Return the words of the sheet that a text lacks, spelt as they are, as often as they are lacking."""
        return sorted((_words(" ".join(self.lines)) - _words(found)).elements())

    @property
    def count(self) -> int:
        return _words(" ".join(self.lines)).total()


# As offices send them: upright, askew, under a stamp, from machines that scan finely and coarsely.
SHEETS = tuple(
    Scan(number, dots=(300, 150)[number % 2], slant=(0.0, 0.0, 1.7, -1.2, -2.6)[number % 5], is_stamped=number % 4 > 1)
    for number in range(20)
)


def pdf_of(sheets, quality: int = 80) -> bytes:
    """A PDF whose pages show some pictures and nothing else."""
    made = FPDF(unit="in", format=(WIDTH, HEIGHT))
    for sheet in sheets:
        data = io.BytesIO()
        sheet.save(data, "JPEG", quality=quality)
        made.add_page()
        made.image(data, x=0, y=0, w=WIDTH)
    return bytes(made.output())


def _page_with(picture: str, times: int) -> bytes:
    """A page that shows one picture again and again, all of it by a few hundred kilobytes."""
    shown = "q 200 0 0 200 0 0 cm /P Do Q\n" * times
    drawing = f"<< /Length {len(shown)} >>\nstream\n{shown}\nendstream"
    kind = (
        "/Type /XObject /Subtype /Image /BitsPerComponent 8 /ColorSpace /DeviceGray /Filter /ASCIIHexDecode /Length 5"
    )
    picture = f"<< {kind} {picture} >>\nstream\n00ff>\nendstream"
    return minimal_pdf(drawing, picture, page="/Contents 5 0 R /Resources << /XObject << /P 6 0 R >> >>")


# Files made to keep their reader busy without end, by what is wrong with them.
HOSTILE = {
    "a page of a hundred metres": minimal_pdf().replace(b"[0 0 200 200]", b"[0 0 300000 300000]"),
    "a picture that bursts": _page_with("/Width 200000 /Height 200000", 1),
    "thousands of pictures": _page_with("/Width 4000 /Height 4000", 20_000),
}


def _words(text: str) -> Counter:
    return Counter(WORD.findall(text.lower()))


def _folded(line: str, font, width: int) -> list[str]:
    pieces = [""]
    for word in line.split():
        longer = f"{pieces[-1]} {word}".strip()
        if font.getlength(longer) > width:
            pieces.append(word)
        else:
            pieces[-1] = longer
    return pieces


def _stamp(draw, dots: int, middle: tuple[int, int]) -> None:
    """A round stamp over words, in the red of offices."""
    red, around = (214, 40, 58), round(0.7 * dots)
    for less in (0, round(0.08 * dots)):
        box = [
            middle[0] - around + less,
            middle[1] - around + less,
            middle[0] + around - less,
            middle[1] + around - less,
        ]
        draw.ellipse(box, outline=red, width=max(2, dots // 75))
    font = ImageFont.truetype(FONTS / "DejaVuSans-Bold.ttf", round(9 * dots / 72))
    draw.text(middle, STAMP, red, font, anchor="mm")


def _sprinkle(sheet: Image.Image, seed: int) -> None:
    """Specks of dust, the same for the same sheet."""
    chance, draw = random.Random(seed), ImageDraw.Draw(sheet)
    for _ in range(400):
        x, y = chance.randrange(sheet.width), chance.randrange(sheet.height)
        draw.point((x, y), (120, 118, 122))
