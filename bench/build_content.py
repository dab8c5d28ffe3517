"""Fill the database named by the settings with articles of about 4 KB, published by the demo's own cast.

    python bench/build_content.py --articles 2000

Every article takes the portal's own road to publication. On PostgreSQL two processes do it side by side; SQLite has one
writer at a time, so one process does it. May run again: it adds what is missing.
"""

import argparse
import gc
import io
import multiprocessing
import random
import uuid
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import django

django.setup()

from django.core.files.base import ContentFile  # noqa: E402
from django.db import connection, connections, transaction  # noqa: E402
from PIL import Image, ImageDraw  # noqa: E402

from accounts.models import RoleGroup, User  # noqa: E402
from base.locking import hold  # noqa: E402
from base.models import PortalImage, PortalSite  # noqa: E402
from base.queries import planning  # noqa: E402
from base.sites import sites_held  # noqa: E402
from sections.models import ArticlePage, SectionIndexPage  # noqa: E402
from workflows.publishing.approval import publish_bundle  # noqa: E402

SECTION = "tin-tuc"
BATCH = 20
PICTURES = 12
PARAGRAPHS = 7
SENTENCES = 5
MARK = "Bài đo hiệu năng"
REASON = "Dữ liệu đo hiệu năng"

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
    parser.add_argument("--processes", type=int, default=2 if connection.vendor == "postgresql" else 1)
    options = parser.parse_args()
    city, section = city_and_section()
    for number in range(PICTURES):
        picture(number)
    batches = missing(section, options.articles)
    # A process that begins with a connection of another would share it.
    connections.close_all()
    with ProcessPoolExecutor(options.processes, multiprocessing.get_context("fork"), begin) as pool:
        list(pool.map(partial(publish, bundle=1 if options.processes > 1 else BATCH), batches))
    keep_statistics()


def begin() -> None:
    """Leave what Django has loaded out of every later look for rubbish: a tenth of the time of a publication."""
    gc.freeze()
    gc.disable()


def missing(section, wanted: int) -> list[range | list[int]]:
    """Return the numbers below `wanted` of which no article is public yet, in batches."""
    there = set(ArticlePage.objects.child_of(section).live().filter(source_name=MARK).values_list("slug", flat=True))
    numbers = [number for number in range(wanted) if slug_of(number) not in there]
    return [numbers[first : first + BATCH] for first in range(0, len(numbers), BATCH)]


def publish(numbers, *, bundle: int) -> None:
    """Write the articles of `numbers` as a contributor and publish them as the deputy head, `bundle` in each act.

    A publication holds the chain of the archive until its end, and a new page its section. So the drafts are committed
    first, and where another process publishes too, each article by itself: what it does before its sealing happens
    beside the other's. Alone, one act for all is cheaper.
    """
    city, section = city_and_section()
    writer, approver = holder("contributor", city), holder("deputy_head", city)
    pictures = [picture(number) for number in range(PICTURES)]
    # What is the same for all articles is read once for them; whose is a page is asked a dozen times of each.
    with sites_held():
        with transaction.atomic():
            drafts = [draft(section, city, number, pictures[number % PICTURES]) for number in numbers]
            for article in drafts:
                article.save_revision(user=writer)
        for first in range(0, len(drafts), bundle):
            publish_bundle(drafts[first : first + bundle], submitted_by=writer, by=approver, reason=REASON)
    gc.collect()


def draft(section, city, number: int, lead_image) -> ArticlePage:
    """Return the draft of article `number`; one that a run which was cut short has left is used again."""
    left = ArticlePage.objects.child_of(section).filter(slug=slug_of(number)).first()
    if left is not None:
        return left
    # Of two processes that add a page to one section the second would give it the same place in the tree.
    hold(section)
    return section.add_child(instance=write(number, city, lead_image))


def keep_statistics() -> None:
    """Tell the database what it has: in production a job does, or autovacuum, which a bench's servers run without."""
    planning.count_rows()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def city_and_section() -> tuple[PortalSite, SectionIndexPage]:
    """Return the city and the section of it that takes the articles."""
    city = PortalSite.objects.get(kind=PortalSite.Kind.CITY)
    return city, SectionIndexPage.objects.child_of(city.home_page()).get(section_key=SECTION)


def slug_of(number: int) -> str:
    """Return the slug of article `number`, counted from 0: "bai-do-1"."""
    return f"bai-do-{number + 1}"


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
        slug=slug_of(number),
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
