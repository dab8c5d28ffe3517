"""The services of the demo: procedures brought in as a file, offered on all sites, each by two persons of the cast.

1. `procedures.json`, all of it illustrative, goes the way of every import (`servicecatalog.importing`): dry run, drafts,
one batch, the head's approval. 2. Each procedure is offered on every site it belongs to, again as one batch. 3. A guide
with pictures and a planned outage are in the city's catalogue. Nothing is done twice.
"""

from datetime import timedelta
from pathlib import Path

from django.core.files import File
from django.utils import timezone

from accounts.roles import site_collection
from base.models import PortalSite
from servicecatalog.catalogue import batches, offerings
from servicecatalog.importing import bringing, reading
from servicecatalog.models import Procedure, ServiceGuidePage, ServiceOffering, ServiceOutagePage

from .files import stored_file
from .pictures import picture

DATA = Path(__file__).parent / "procedures.json"
FORMS = (
    "to-khai-khai-sinh.docx",
    "to-khai-ket-hon.docx",
    "to-khai-khai-tu.docx",
    "to-khai-ho-tich.docx",
    "de-nghi-ho-kinh-doanh.docx",
)
HOURS = "Thứ Hai đến thứ Sáu: 7 giờ – 11 giờ\nThứ Hai đến thứ Sáu: 13 giờ – 17 giờ"
NATIONAL = "https://dichvucong.gov.vn"
GUIDE = "huong-dan-nop-ho-so-truc-tuyen"
OUTAGE = "tam-ngung-de-bao-tri"
# What the guide says: heading, text, scene and description of its picture.
GUIDE_STEPS = (
    (
        "Chuẩn bị",
        "Mở trang của dịch vụ, chọn trường hợp của mình ở «Kiểm tra tôi cần gì», rồi chụp hoặc quét các giấy tờ "
        "trong danh sách. Ảnh phải rõ chữ, đủ bốn góc.",
        "library",
        "Kệ sách trong thư viện",
    ),
    (
        "Nộp",
        "Bấm «Nộp hồ sơ», đăng nhập ở cổng dịch vụ công, điền tờ khai và gắn các tệp đã chuẩn bị. Xem lại một lượt "
        "trước khi gửi.",
        "street",
        "Đường phố ban ngày",
    ),
    (
        "Theo dõi",
        "Ghi lại mã hồ sơ trên giấy tiếp nhận. Vào «Tra cứu hồ sơ» để xem hồ sơ đang ở bước nào và ngày hẹn trả.",
        "river",
        "Dòng sông buổi sáng",
    ),
    (
        "Nhận kết quả",
        "Đến bộ phận một cửa đúng ngày hẹn, mang bản chính để đối chiếu; hoặc nhận qua bưu chính nếu đã chọn.",
        "garden",
        "Khu vườn nhỏ",
    ),
)


def provide_all(build) -> None:
    """Bring in the procedures and offer them; `build` is the `Build` whose people and sites are used."""
    office, approver = build.people["thuong-truc"], build.people["truong-ban"]
    city = build.sites["long-xuyen"]
    if not Procedure.objects.filter(is_illustrative=True).exists():
        for name in FORMS:
            stored_file(name, collection=site_collection(city))
        with DATA.open("rb") as handle:
            items = reading.read(File(handle, DATA.name), DATA.name)
        rows = bringing.check(items, by=office, is_illustrative=True)
        if wrong := [f"{row.label}: {row.problems}" for row in rows if row.problems]:
            raise ValueError("; ".join(wrong))
        _approve(bringing.write(rows, by=office, declaration=True, title="Thủ tục minh họa"), approver)
    if not ServiceOffering.objects.filter(is_illustrative=True).exists():
        procedures = list(Procedure.objects.filter(is_illustrative=True, live=True).order_by("pk"))
        _approve(offerings.offer_everywhere(procedures, by=office, declaration=True, fields=_own_facts), approver)
    _guide(build, city)
    _outage(build, city)


def _approve(batch, approver) -> None:
    batches.carry_on(batches.approve(batch, by=approver), seconds=float("inf"))


def _own_facts(procedure: Procedure, site: PortalSite) -> dict:
    """What a site has of its own: place, hours, the way online where the level of 2020 is three or four."""
    facts = {
        "place": f"Bộ phận tiếp nhận và trả kết quả, {site.unit.full_name}",
        "office_hours": HOURS,
        "contact_phone": site.unit.phone,
        "contact_email": site.unit.email,
    }
    if any(row.level.is_online for row in procedure.levels.all()):
        linked = {"delivery": "linked", "apply_url": NATIONAL, "apply_to": "Cổng Dịch vụ công quốc gia"}
        return {**facts, **linked}
    return facts


def _guide(build, city: PortalSite) -> None:
    catalogue = offerings.catalogue_of(city)
    if build._exists(catalogue, GUIDE):
        return
    page = build._page(
        ServiceGuidePage,
        city,
        catalogue,
        GUIDE,
        "Nộp hồ sơ trực tuyến: bốn bước",
        "Chuẩn bị giấy tờ, nộp, theo dõi và nhận kết quả, từng bước có hình.",
        "",
    )
    steps = []
    for number, (heading, words, scene, alt) in enumerate(GUIDE_STEPS, 1):
        image = picture(scene, collection=site_collection(city))
        image.contextual_alt_text, image.decorative = f"{alt}, hình minh họa", False
        steps += [
            ("heading", {"text": heading, "level": "2"}),
            ("paragraph", f"<p>{words}</p>"),
            ("image", {"picture": image, "caption": f"Bước {number}", "credit": "Hình minh họa"}),
        ]
    page.steps = steps
    build._publish(page, catalogue, city, 30)


def _outage(build, city: PortalSite) -> None:
    catalogue = offerings.catalogue_of(city)
    if build._exists(catalogue, OUTAGE):
        return
    page = build._page(
        ServiceOutagePage, city, catalogue, OUTAGE, "Tạm ngừng nộp hồ sơ trực tuyến để bảo trì (minh họa)", "", ""
    )
    evening = timezone.localtime(build.now).replace(hour=22, minute=0, second=0, microsecond=0) + timedelta(days=5)
    page.starts_at, page.ends_at = evening, evening + timedelta(hours=6)
    page.message = "Hệ thống nộp hồ sơ trực tuyến bảo trì. Bộ phận một cửa vẫn nhận hồ sơ trực tiếp vào giờ làm việc."
    page.message_en = "Online applications are closed for maintenance. The one-stop desks stay open in office hours."
    build._publish(page, catalogue, city, 1)
