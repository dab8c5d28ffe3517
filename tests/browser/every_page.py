"""One page of every public type in the small city, filled as editors fill them."""

from datetime import date, time, timedelta
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.utils import timezone
from PIL import Image

from base.models import PortalFile, PortalImage, PostHolder
from legalref import seeding
from legalref.models import LegalDocument
from sections import models as sections
from servicecatalog import models as services
from tests.city import draft, publish_at_once
from tests.faq.cast import a_question
from tests.servicecatalog.cast import a_procedure, an_offering

PARAGRAPH = (
    "<p>Sáng 18/6/2020, Ủy ban nhân dân thành phố tổ chức <a href='https://example.invalid/'>lễ khánh thành</a> cầu "
    "Nguyễn Thái Học, công trình nối phường Mỹ Bình với phường Mỹ Long. Cầu dài 128 m, có lối riêng cho người đi bộ "
    "và xe lăn.</p><ul><li>Tải trọng: 18 tấn</li><li>Thời gian thi công: 14 tháng</li></ul>"
)
TABLE = {
    "first_row_is_table_header": True,
    "first_col_is_header": True,
    "table_caption": "",
    "data": [
        ["Nguồn vốn", "Năm 2019 (tỷ đồng)", "Năm 2020 (tỷ đồng)"],
        ["Tỉnh", "12,5", "8,0"],
        ["Thành phố", "6", "7"],
    ],
}


def picture(title="Cầu Nguyễn Thái Học") -> PortalImage:
    """A drawn picture with a description."""
    canvas = Image.new("RGB", (1200, 800), (196, 220, 232))
    for row in range(400, 800):
        canvas.paste((60, 110 + (row - 400) // 8, 120), (0, row, 1200, row + 1))
    stream = BytesIO()
    canvas.save(stream, "PNG")
    image = PortalImage(
        title=title,
        description="Mặt sông lúc sáng sớm",
        source="Phòng VHTT",
        file=ImageFile(stream, name="cau.png"),
    )
    image.save()
    return image


def document(title="Quyết định phê duyệt dự án") -> PortalFile:
    """A small file to download."""
    file = PortalFile(title=title, file_size=2048)
    file.file.save("quyet-dinh.pdf", ContentFile(b"%PDF-1.4\n%%EOF\n"), save=False)
    file.save()
    return file


def text(image=None, file=None) -> list[tuple]:
    """A body with every part."""
    parts = [
        ("paragraph", PARAGRAPH),
        ("heading", {"text": "Vì sao xây cầu", "level": "2"}),
        ("paragraph", PARAGRAPH),
        ("quote", {"text": "Bà con hai bên rạch đi chợ gần hơn.", "attribution": "Cán bộ mẫu 01"}),
        ("heading", {"text": "Lối đi khi chạy thử", "level": "2"}),
        ("callout", {"kind": "warning", "title": "Cấm xe tải trên 5 tấn", "text": "<p>Đến hết ngày 30/6.</p>"}),
        ("steps", [{"title": "Chuẩn bị hồ sơ", "text": "<p>Tờ khai.</p>"}, {"title": "Nộp hồ sơ", "text": ""}]),
        ("heading", {"text": "Kinh phí", "level": "2"}),
        ("heading", {"text": "Theo nguồn vốn", "level": "3"}),
        ("table", {"caption": "Kinh phí theo nguồn vốn", "table": TABLE, "note": "Nguồn: Phòng TCKH."}),
        ("links", {"title": "Liên kết", "links": [{"label": "Cổng", "url": "https://example.invalid/", "note": ""}]}),
    ]
    if image:
        parts.append(("image", {"picture": image, "caption": "Cầu nhìn từ phường Mỹ Bình", "credit": "Ảnh: VHTT"}))
    if file:
        parts.append(("files", {"title": "Hồ sơ", "files": [{"file": file, "label": ""}]}))
    return [{"type": name, "value": _raw(value)} for name, value in parts]


def one_of_every_type(city) -> dict[str, str]:
    """Publish one page of every type under the city's sections; return their paths by the name of their type."""
    image, file = picture(), document()
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    unit = city.site.unit
    common = {
        "summary": "Cây cầu giúp người dân hai phường đi lại thuận tiện, giảm ùn tắc giờ cao điểm.",
        "author_name": "Cán bộ mẫu 01",
        "source_name": "Phòng Văn hóa và Thông tin",
        "responsible_unit": unit,
    }
    attachments = [{"type": "file", "value": {"file": file.pk, "label": "Bản vẽ mặt bằng"}}]
    decision = register(city)
    basis = [{"type": "document", "value": {"document": decision.pk, "provision": "Điều 10", "role": "basis"}}]
    made = {}

    def add(section, page):
        parent = city.section(city.site, section) if section else city.home
        made[type(page).__name__] = publish_at_once(draft(page, parent))

    for number in range(18):
        add(
            "tin-tuc",
            sections.ArticlePage(
                title=f"Khánh thành cầu Nguyễn Thái Học nối hai bờ rạch Long Xuyên, đợt {number + 1}",
                lead_image=image if number % 2 else None,
                lead_image_alt="Mặt sông" if number % 2 else "",
                lead_image_caption="Cầu Nguyễn Thái Học",
                body=text(image, file),
                attachments=attachments,
                legal_basis=basis,
                **common,
            ),
        )
    article = made["ArticlePage"]
    article.retained_note, article.retained_note_on = "Mức hỗ trợ trong bài đã thay đổi.", today
    type(article).objects.filter(pk=article.pk).update(retained_note=article.retained_note, retained_note_on=today)
    add(
        "tin-tuc",
        sections.NoticePage(
            title="Tạm ngừng cấp nước đường Trần Hưng Đạo", is_urgent=True, valid_until=today, body=text(), **common
        ),
    )
    add("gioi-thieu", sections.StandardPage(title="Lịch sử hình thành", body=text(image), **common))
    officials = sections.OfficialsPage(title="Lãnh đạo Ủy ban nhân dân thành phố", **common)
    for number, is_leader in ((1, True), (2, True), (3, False)):
        officials.officials.add(
            sections.Official(
                is_leader=is_leader,
                name=f"Cán bộ mẫu 0{number}",
                post="Phó Chủ tịch",
                unit=unit,
                phone="0296 000 0000",
                email="can-bo@example.invalid",
                duties="Phụ trách văn hóa, xã hội.",
                biography="Cử nhân luật.",
                portrait=image if number == 1 else None,
            )
        )
    add("gioi-thieu", officials)
    for number, until in ((4, today), (5, None)):
        PostHolder.objects.create(
            unit=unit,
            name=f"Cán bộ mẫu 0{number}",
            post="Phó Chủ tịch",
            phone="0296 000 0000",
            reception_days="Thứ Năm hằng tuần",
            valid_from=date(2020, 1, 1),
            valid_to=until,
        )
    add("gioi-thieu", sections.OrganisationPage(title="Sơ đồ tổ chức", slug="so-do-to-chuc", body=text(), **common))
    add(
        "tin-tuc",
        sections.EventPage(
            title="Lễ khánh thành cầu",
            starts_on=today,
            starts_at=time(7, 30),
            ends_on=today + timedelta(days=1),
            place="Đầu cầu phía phường Mỹ Bình",
            organiser="Phòng Quản lý đô thị",
            who_may_come="Mọi người",
            state="moved",
            moved_from=today - timedelta(days=2),
            state_reason="Mưa lớn.",
            body=text(),
            **common,
        ),
    )
    add(
        "gop-y",
        sections.PollPage(
            title="Thăm dò về chợ đêm",
            question="Ông/bà muốn chợ đêm mở vào ngày nào?",
            choices=[("choice", "Thứ Bảy"), ("choice", "Chủ nhật")],
            opens_on=today,
            closes_on=today + timedelta(days=9),
            **common,
        ),
    )
    question = {
        "label": "Họ và tên",
        "kind": "short",
        "options": "",
        "help": "Như căn cước",
        "is_required": True,
    }
    add(
        "gop-y",
        sections.FormPage(
            title="Đăng ký lớp học",
            questions=[("question", question)],
            opens_on=today,
            closes_on=today + timedelta(days=9),
            purpose="xếp lớp và báo lịch học",
            **common,
        ),
    )
    release = sections.ReleasePage(title="Niên giám thống kê", due_on=today - timedelta(days=3), body=text(), **common)
    release.changes = [
        sections.ReleaseChange(
            was_due_on=today - timedelta(days=9), due_on=today - timedelta(days=3), reason="Chờ số liệu của tỉnh."
        )
    ]
    add("thong-ke", release)
    calendar = sections.CalendarPage(title="Lịch sự kiện, tiếp công dân", slug="lich", **common)
    calendar.receptions = [
        sections.ReceptionRule(
            leader="Chủ tịch Ủy ban nhân dân thành phố",
            days="5, 20",
            afternoon_starts_at=time(14),
            afternoon_ends_at=time(17),
            place="Trụ sở Tiếp công dân",
            legal_source="Luật Tiếp công dân 42/2013/QH13",
            valid_from=today - timedelta(days=40),
        )
    ]
    add(None, calendar)
    schedule = sections.WorkSchedulePage(
        title="Lịch làm việc tuần này", week_start=monday, remark="Có thể đổi.", **common
    )
    for day, hour in ((0, time(7, 30)), (0, None), (1, time(14))):
        schedule.items.add(
            sections.ScheduleItem(
                on=monday + timedelta(days=day),
                starts_at=hour,
                leader="Chủ tịch",
                content="Họp giao ban",
                place="Phòng họp số 1",
                attending="Các phòng",
                is_changed=hour is None,
                change_note="Dời sang chiều",
            )
        )
    add("chi-dao-dieu-hanh", schedule)
    add(
        "du-an",
        sections.ProjectPage(
            title="Kè chống sạt lở bờ sông Hậu",
            stage="under_way",
            main_objective="Bảo vệ dân cư",
            field="Thủy lợi",
            project_type="Nhóm C",
            period="2019 – 2021",
            budget="85 tỷ đồng",
            funding_type="Ngân sách",
            sponsor="Tỉnh",
            status="Đạt 60%",
            approval_document="Quyết định 12/QĐ-UBND",
            approved_on=date(2020, 6, 1),
            attachments=attachments,
            **common,
        ),
    )
    add(
        "khoa-hoc",
        sections.ScienceProgrammePage(
            title="Giống lúa chịu mặn",
            code="ĐT-01",
            field="Nông nghiệp",
            host_unit="Phòng Kinh tế",
            period="2019",
            approved_on=date(2019, 1, 2),
            accepted_on=date(2020, 1, 2),
            general_report=file,
            application_report=file,
            body=text(),
            **common,
        ),
    )
    add(
        "thong-ke",
        sections.StatisticsReportPage(
            title="Kinh tế - xã hội quý II",
            period="Quý II năm 2020",
            surveyed="tháng 6",
            method="<p>Báo cáo.</p>",
            analysis="<p>Tăng 5%.</p>",
            decision="Quyết định 9/QĐ-UBND",
            decided_on=date(2020, 7, 1),
            figures=[{"type": "table", "value": {"caption": "Chỉ tiêu chủ yếu", "table": TABLE, "note": ""}}],
            attachments=attachments,
            **common,
        ),
    )
    add(
        "gop-y",
        sections.ConsultationPage(
            title="Dự thảo Quy chế quản lý chợ nổi",
            opens_on=today,
            closes_on=today + timedelta(days=20),
            draft_file=file,
            explanation_file=file,
            drafting_body="Phòng Kinh tế",
            receiving_body="Phòng Kinh tế",
            receiving_address="Số 99",
            receiving_email="gop-y@example.invalid",
            body=text(),
            **common,
        ),
    )
    add(
        "giai-thich",
        sections.ClarificationPage(
            title="Về tin chợ nổi đóng cửa",
            claim_summary="Có tin nói chợ nổi đóng cửa.",
            claim_place="mạng xã hội",
            claim_on=date(2020, 6, 1),
            body=text(),
            attachments=attachments,
            **common,
        ),
    )
    for state in ("assigned", "out_of_scope", "published", "published"):
        said = 3 if state == "published" else None
        question = a_question(city, state=state, documents=[decision], satisfaction=said)
    made["FaqPage"] = question.page
    add("", sections.ContactPage(title="Thông tin liên hệ", slug="lien-he", directions="Gửi xe trong sân.", **common))
    add("", sections.SitemapPage(title="Sơ đồ trang", slug="so-do", **common))
    made["ServiceOffering"] = a_service(city, file=file, basis=decision)
    add(
        "dich-vu-cong",
        services.ServiceGuidePage(
            slug="huong-dan", title="Hướng dẫn nộp hồ sơ trực tuyến", steps=text(image, file), **common
        ),
    )
    now = timezone.now()
    add(
        "dich-vu-cong",
        services.ServiceOutagePage(
            title="Bảo trì hệ thống nộp hồ sơ",
            starts_at=now - timedelta(hours=1),
            ends_at=now + timedelta(days=2),
            message="Hệ thống nộp hồ sơ trực tuyến tạm ngừng để bảo trì.",
            responsible_unit=unit,
        ),
    )
    paths = {name: page.relative_url(city.site.wagtail_site) for name, page in made.items()}
    paths["LegalDocument"] = (
        f"{city.section(city.site, 'van-ban').relative_url(city.site.wagtail_site)}{decision.slug}/"
    )
    return paths


def a_service(city, *, file, basis) -> services.ServiceOffering:
    """A service of the city with everything a service can have, its procedure offered by two wards as well."""
    procedure = a_procedure(
        city,
        name="Đăng ký khai sinh cho trẻ em sinh ra tại thành phố",
        title_en="Birth registration",
        basis=basis,
        code="1.001193",
        keywords="giấy khai sinh\nlàm khai sinh",
        requirements="<p>Trẻ chưa được đăng ký khai sinh.</p>",
        public=False,
    )
    procedure.is_illustrative = True
    procedure.components.add(
        services.DossierComponent(
            name="Tờ khai đăng ký khai sinh", originals=1, form_file=file, form_version_on=date(2020, 7, 16)
        )
    )
    procedure.channels.add(
        services.ProcedureChannel(
            way="online",
            same_day=True,
            cutoff_hour=15,
            extra_amount=3,
            extra_reason="phải xác minh",
            description="Nộp qua Cổng Dịch vụ công quốc gia.",
        ),
    )
    procedure.save()
    procedure.save_revision()
    procedure = publish_at_once(procedure)
    for site in (city.my_long, city.my_xuyen):
        an_offering(site, procedure)
    online = {
        "delivery": "linked",
        "apply_url": "https://example.invalid/nop",
        "apply_to": "Cổng Dịch vụ công quốc gia",
    }
    return an_offering(
        city.site,
        procedure,
        slug="khai-sinh",
        office_hours="Thứ Hai – thứ Sáu: 7 giờ – 11 giờ\nThứ Bảy: 7 giờ – 11 giờ",
        reception_hours="Ngày 5 và 20 hằng tháng",
        local_note="<p>Lấy số thứ tự ở cửa số 2.</p>",
        **online,
    )


def register(city) -> LegalDocument:
    """Fill the register and make its documents public; return the Decision with its full text."""
    for document in seeding.seed_drafts(by=city.cast.standing_office):
        publish_at_once(document)
    seeding.seed_relations(by=city.cast.head, second=city.cast.deputy)
    return seeding.documents_by_key()[seeding.DECISION]


def _raw(value):
    """A block's value as it is stored: pictures and files by their keys."""
    if isinstance(value, PortalImage):
        return {"image": value.pk, "alt_text": "Mặt sông lúc sáng sớm", "decorative": False}
    if isinstance(value, PortalFile):
        return value.pk
    if isinstance(value, dict):
        return value if value is TABLE else {name: _raw(child) for name, child in value.items()}
    if isinstance(value, list):
        return [_raw(child) for child in value]
    return value
