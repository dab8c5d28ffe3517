"""Fill the database named by the settings with articles of about 4 KB, published by the demo's own cast.

    python bench/build_content.py --articles 2000

May run again: it adds what is missing.
"""

import argparse
import io
import random
import uuid

import django

django.setup()

from django.core.files.base import ContentFile  # noqa: E402
from django.db import transaction  # noqa: E402
from PIL import Image, ImageDraw  # noqa: E402

from accounts.models import RoleGroup, User  # noqa: E402
from base.models import PortalImage, PortalSite  # noqa: E402
from sections.models import ArticlePage, SectionIndexPage  # noqa: E402
from workflows.publishing.approval import publish_bundle  # noqa: E402

SECTION = "tin-tuc"
BATCH = 50
PICTURES = 12
PARAGRAPHS = 7
SENTENCES = 5
MARK = "Bài đo hiệu năng"

# Openings, doings and objects that any of them may follow: enough to make no two paragraphs alike.
WHO = [
    "Ủy ban nhân dân thành phố",
    "Phòng Văn hóa và Thông tin",
    "Phòng Quản lý đô thị",
    "Phòng Giáo dục và Đào tạo",
    "Trung tâm Y tế thành phố",
    "Hội Nông dân thành phố",
    "Đoàn Thanh niên",
    "Ủy ban Mặt trận Tổ quốc",
    "Phòng Kinh tế",
    "Văn phòng Hội đồng nhân dân và Ủy ban nhân dân",
    "Phòng Tài chính – Kế hoạch",
    "Bộ phận Tiếp nhận và Trả kết quả",
]
DOES = [
    "đã tổ chức hội nghị triển khai",
    "vừa ban hành kế hoạch thực hiện",
    "phối hợp kiểm tra thực tế",
    "lấy ý kiến về",
    "thông báo rộng rãi đến nhân dân về",
    "tổng kết sáu tháng đầu năm công tác",
    "tập huấn cho cán bộ cơ sở về",
    "khảo sát hiện trường phục vụ",
    "đôn đốc tiến độ",
    "công bố kết quả bước đầu của",
]
WHAT = [
    "chương trình xây dựng đô thị văn minh",
    "công tác cải cách thủ tục hành chính",
    "chỉnh trang các tuyến đường",
    "phòng, chống sạt lở bờ sông mùa nước nổi",
    "nâng cấp trường học trên địa bàn",
    "hỗ trợ hộ nghèo sản xuất",
    "chuyển đổi số trong giải quyết hồ sơ",
    "bảo đảm trật tự, an toàn giao thông",
    "bảo vệ môi trường, thu gom rác",
    "chăm sóc sức khỏe người cao tuổi",
    "giữ gìn di tích và lễ hội truyền thống",
    "tiêu thụ nông sản của hợp tác xã",
]
HOW = [
    "theo đúng tiến độ đã đề ra",
    "với sự tham gia của đông đảo nhân dân",
    "trên tinh thần công khai, minh bạch",
    "tại các phường, xã trực thuộc",
    "trong quý tới",
    "bằng nguồn vốn ngân sách và xã hội hóa",
    "nhằm phục vụ người dân và doanh nghiệp tốt hơn",
    "theo quy định hiện hành",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--articles", type=int, default=2000)
    wanted = parser.parse_args().articles
    city = PortalSite.objects.get(kind=PortalSite.Kind.CITY)
    section = SectionIndexPage.objects.child_of(city.home_page()).get(section_key=SECTION)
    pictures = [picture(number) for number in range(PICTURES)]
    there = ArticlePage.objects.child_of(section).filter(source_name=MARK).count()
    for first in range(there, wanted, BATCH):
        publish(section, city, range(first, min(first + BATCH, wanted)), pictures)


@transaction.atomic
def publish(section, city, numbers, pictures) -> None:
    """Write the articles of `numbers` as a contributor and publish them as the deputy head."""
    writer, approver = holder("contributor", city), holder("deputy_head", city)
    articles = []
    for number in numbers:
        article = write(number, city, pictures[number % len(pictures)])
        section.add_child(instance=article)
        article.save_revision(user=writer)
        articles.append(article)
    publish_bundle(articles, submitted_by=writer, by=approver, reason="Dữ liệu đo hiệu năng")


def write(number: int, city, lead_image) -> ArticlePage:
    """Return article `number`, the same one at every run."""
    chance = random.Random(number)

    def sentence():
        return f"{chance.choice(WHO)} {chance.choice(DOES)} {chance.choice(WHAT)} {chance.choice(HOW)}."

    body = [
        {
            "type": "paragraph",
            "value": f"<p>{' '.join(sentence() for _ in range(SENTENCES))}</p>",
            "id": str(uuid.UUID(int=chance.getrandbits(128))),
        }
        for _ in range(PARAGRAPHS)
    ]
    return ArticlePage(
        title=f"{chance.choice(WHO)} {chance.choice(DOES)} {chance.choice(WHAT)} (bài {number + 1})",
        slug=f"bai-do-{number + 1}",
        live=False,
        summary=f"{sentence()} {sentence()}",
        author_name="Cán bộ mẫu 01",
        source_name=MARK,
        responsible_unit=city.unit,
        is_illustrative=True,
        kind=ArticlePage.Kind.NEWS,
        lead_image=lead_image,
        lead_image_alt="Hình vẽ minh họa gồm các dải màu",
        body=body,
    )


def picture(number: int) -> PortalImage:
    """Return generated picture `number`, made on first use."""
    title = f"{MARK}, ảnh {number + 1}"
    found = PortalImage.objects.filter(title=title).first()
    if found:
        return found
    chance = random.Random(1000 + number)
    drawn = Image.new("RGB", (960, 540), "white")
    pen = ImageDraw.Draw(drawn)
    for stripe in range(12):
        pen.rectangle((stripe * 80, 0, stripe * 80 + 79, 539), fill=tuple(chance.randrange(256) for _ in "rgb"))
    data = io.BytesIO()
    drawn.save(data, "JPEG", quality=80)
    return PortalImage.objects.create(
        title=title, file=ContentFile(data.getvalue(), f"bai-do-{number + 1}.jpg"), width=960, height=540
    )


def holder(role: str, site) -> User:
    """Return a demo account that holds `role` on `site`."""
    return User.objects.filter(groups__in=RoleGroup.objects.filter(role=role, site=site).values("group")).earliest("pk")


if __name__ == "__main__":
    main()
