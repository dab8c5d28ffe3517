"""What stands in the three wards before the cases begin.

Ward A (Mỹ Long) is the attacker's, ward B (Mỹ Xuyên) the victim's, ward C (Đông Xuyên) a third one. Every text field of
what ward B has not published holds `SECRET`, everything it has published holds `OPEN`. Ids of the three do not
coincide: the sequences of the database are raised before each ward is filled.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.db import connection
from django.utils import timezone
from PIL import Image
from wagtail.models import Page

from accounts.models import User
from accounts.roles import site_collection
from base.models import PortalFile, PortalImage, PortalSite
from legalref import seeding
from legalref.models import DocumentType, LegalDocument
from sections.models import ArticlePage, ClarificationPage, ConsultationPage, NoticePage, Official, OfficialsPage
from tests.city import draft, fresh, publish
from workflows.models import Contribution, TakeDown
from workflows.publishing import approval, arrangement, takedown

SECRET = "zqkin"
OPEN = "zqcong"


@dataclass
class Ward:
    """One ward with what was planted there, by name."""

    site: PortalSite
    writer: User
    word: str
    section: Page
    images: dict[str, PortalImage] = field(default_factory=dict)
    files: dict[str, PortalFile] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    documents: dict[str, LegalDocument] = field(default_factory=dict)
    takedowns: dict[str, TakeDown] = field(default_factory=dict)
    others: dict[str, object] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return f"{self.site.slug}.localhost"

    def path(self, page: Page) -> str:
        """The address of a page on the ward's own host."""
        return "/" + page.url_path.removeprefix(self.site.home_page().url_path)


def raise_sequences(to: int) -> None:
    """Let every table number its next row from `to` on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT schemaname, sequencename, coalesce(last_value, 0) FROM pg_sequences")
        for schema, name, last in cursor.fetchall():
            if last < to:
                cursor.execute(f'SELECT setval(\'"{schema}"."{name}"\', %s)', [to])


def plant(site: PortalSite, *, writer: User, head: User, hidden: str, shown: str, year: int) -> Ward:
    """Fill a ward: pages in every state, pictures, files, documents, take-downs; `hidden` and `shown` mark the texts.

    `year` keeps the numbers of the documents of two wards apart.
    """
    ward = Ward(site, writer, hidden, site.home_page().get_children().get(slug="tin-tuc").specific)
    head = fresh(head)
    for name in ("loose", "draft", "pending", "public", "gone"):
        word = shown if name == "public" else hidden
        ward.images[name] = picture(site, f"{word} ảnh {name}", f"{word}-anh-{name}.jpg", word, shade=len(ward.images))
        ward.files[name] = text_file(site, f"{word} tệp {name}", f"{word}-tep-{name}.txt", f"{word} nội dung {name}")
    _pages(ward, writer, head, hidden, shown)
    _documents(ward, writer, head, hidden, shown, year)
    _acts(ward, writer, head, hidden, shown)
    return ward


def article(ward: Ward, word: str, name: str, *, image: str = "", file: str = "", **fields) -> ArticlePage:
    """An article whose every text field holds `word`, not saved yet."""
    body = [
        ("heading", {"text": f"{word} đề mục", "level": "2"}),
        ("paragraph", f"<p>{word} đoạn văn {name}, đủ để đọc.</p>"),
        ("quote", {"text": f"{word} lời trích", "attribution": f"{word} người nói"}),
        ("callout", {"kind": "info", "title": f"{word} khung", "text": f"<p>{word} khung</p>"}),
    ]
    values = {
        "title": f"{word} bài {name}",
        "slug": f"{word}-bai-{name}",
        "summary": f"{word} tóm tắt {name}.",
        "author_name": f"{word} tác giả",
        "source_name": f"{word} nguồn",
        "keywords": f"{word} từ khóa",
        "responsible_unit": ward.site.unit,
        "body": body,
        **fields,
    }
    if image:
        values |= {
            "lead_image": ward.images[image],
            "lead_image_alt": f"{word} mô tả ảnh",
            "lead_image_caption": f"{word} chú thích ảnh",
        }
    if file:
        values["attachments"] = [("file", {"file": ward.files[file], "label": f"{word} tệp kèm"})]
    return ArticlePage(**values)


def _pages(ward: Ward, writer: User, head: User, hidden: str, shown: str) -> None:
    add = ward.pages
    add["draft"] = draft(article(ward, hidden, "nhap", image="draft", file="draft"), ward.section, by=writer)
    add["public"] = publish(
        draft(article(ward, shown, "cong-khai", image="public", file="public"), ward.section, by=writer), approver=head
    )
    live = publish(draft(article(ward, shown, "dang-sua"), ward.section, by=writer), approver=head)
    edited = live.get_latest_revision_as_object()
    changed = article(ward, hidden, "sua-cho", image="pending", file="pending", slug=live.slug)
    for name in (
        "title",
        "summary",
        "author_name",
        "source_name",
        "keywords",
        "body",
        "attachments",
        "lead_image",
        "lead_image_alt",
        "lead_image_caption",
    ):
        setattr(edited, name, getattr(changed, name))
    edited.draft_title = edited.title
    ward.others["pending_revision"] = edited.save_revision(user=writer)
    add["pending"] = type(live).objects.get(pk=live.pk)
    waiting = draft(article(ward, hidden, "cho-duyet"), ward.section, by=writer)
    ward.others["waiting_state"] = approval.submit(waiting, by=writer, declaration=True, remark="Đã xem lại.")
    add["waiting"] = type(waiting).objects.get(pk=waiting.pk)
    returned = draft(article(ward, hidden, "tra-lai", file="draft"), ward.section, by=writer)
    state = approval.submit(returned, by=writer, declaration=True, remark="Đã xem lại.")
    approval.send_back(state.current_task_state, by=head, reason=f"{hidden} lý do trả lại")
    add["returned"] = type(returned).objects.get(pk=returned.pk)
    locked = draft(article(ward, hidden, "khoa"), ward.section, by=writer)
    locked.locked, locked.locked_by, locked.locked_at = True, writer, timezone.now()
    locked.save(update_fields=["locked", "locked_by", "locked_at"])
    add["locked"] = locked
    scheduled = article(ward, hidden, "hen-gio")
    scheduled.go_live_at = timezone.now() + timedelta(days=30)
    add["scheduled"] = publish(draft(scheduled, ward.section, by=writer), approver=head)
    common = {
        "author_name": f"{hidden} tác giả",
        "source_name": f"{hidden} nguồn",
        "summary": f"{hidden} tóm tắt",
        "responsible_unit": ward.site.unit,
    }
    today = timezone.localdate()
    add["officials"] = OfficialsPage(title=f"{hidden} lãnh đạo", slug=f"{hidden}-lanh-dao", **common)
    add["officials"].officials = [
        Official(
            name=f"{hidden} cán bộ",
            post=f"{hidden} chức vụ",
            phone="0296 000 0000",
            duties=f"{hidden} việc",
            email=f"{hidden}@example.invalid",
            biography=f"{hidden} tiểu sử",
            is_leader=True,
        )
    ]
    add["consultation"] = ConsultationPage(
        title=f"{hidden} dự thảo",
        slug=f"{hidden}-du-thao",
        body=[("paragraph", f"<p>{hidden}</p>")],
        opens_on=today,
        closes_on=today + timedelta(days=30),
        explanation_file=ward.files["draft"],
        receiving_body=f"{hidden} nơi nhận",
        receiving_address=f"{hidden} địa chỉ",
        receiving_email=f"{hidden}.gopy@example.invalid",
        **common,
    )
    add["clarification"] = ClarificationPage(
        title=f"{hidden} giải thích",
        slug=f"{hidden}-giai-thich",
        claim_summary=f"{hidden} tin đồn",
        claim_place=f"{hidden} nơi đăng",
        claim_on=today - timedelta(days=1),
        body=[("paragraph", f"<p>{hidden}</p>")],
        **common,
    )
    add["notice"] = NoticePage(
        title=f"{hidden} thông báo",
        slug=f"{hidden}-thong-bao",
        body=[("paragraph", f"<p>{hidden}</p>")],
        is_urgent=True,
        **common,
    )
    for name in ("officials", "consultation", "clarification", "notice"):
        draft(add[name], ward.section, by=writer)
    Contribution.objects.create(
        page_id=add["waiting"].pk,
        contributor_name=f"{hidden} người cung cấp",
        organisation=f"{hidden} tổ chức",
        contact=f"{hidden} 0296 000 0000",
        received_on=today,
        declaration_file=ward.files["loose"],
        entered_by=head,
    )


def _documents(ward: Ward, writer: User, head: User, hidden: str, shown: str, year: int) -> None:
    ward.documents["draft"] = document(ward, writer, f"901/{year}/QĐ-UBND", hidden, year)
    public = document(ward, writer, f"902/{year}/QĐ-UBND", shown, year)
    state = approval.submit(public, by=writer, declaration=True, remark="Đã xem lại.")
    approval.approve(state.current_task_state, by=head)
    public.refresh_from_db()
    edited = public.get_latest_revision_as_object()
    edited.subject, edited.status_note = f"{hidden} trích yếu đang sửa", f"{hidden} ghi chú"
    edited.signed_file = ward.files["pending"]
    ward.others["document_revision"] = edited.save_revision(user=writer)
    ward.documents["public"] = LegalDocument.objects.get(pk=public.pk)


def document(ward: Ward, writer: User, symbol: str, word: str, year: int) -> LegalDocument:
    """A decision of the ward's register whose texts hold `word`, as a draft."""
    seeding.seed_types()
    made = LegalDocument(
        live=False,
        owner_site=ward.site,
        document_type=DocumentType.objects.get(name="Quyết định"),
        family="legal",
        symbol_as_printed=symbol,
        subject=f"{word} trích yếu",
        signer_name=f"{word} người ký",
        place=f"{word} nơi",
        signer_title=f"{word} chức vụ",
        sector=f"{word} ngành",
        field=f"{word} lĩnh vực",
        scope=f"{word} phạm vi",
        recipients=f"{word} nơi nhận",
        status_note=f"{word} ghi chú",
        main_issuer=seeding.seed_issuers()["ubnd-thanh-pho-long-xuyen"],
        issued_on=date(year, 6, 5),
        effective_from=date(year, 6, 15),
        not_classified=True,
    )
    made.full_clean()
    made.save()
    made.save_revision(user=writer)
    return made


def _acts(ward: Ward, writer: User, head: User, hidden: str, shown: str) -> None:
    gone = publish(
        draft(article(ward, hidden, "da-go", image="gone", file="gone"), ward.section, by=writer), approver=head
    )
    row = takedown.propose(gone, TakeDown.Ground.ERROR, by=writer, explanation=f"{shown} đã gỡ", internal_note=hidden)[
        0
    ]
    takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=head, note=f"{hidden} ghi chú quyết định")
    ward.pages["gone"] = type(gone).objects.get(pk=gone.pk)
    ward.takedowns["gone"] = row
    doubted = publish(draft(article(ward, shown, "bi-de-nghi-go"), ward.section, by=writer), approver=head)
    ward.takedowns["open"] = takedown.propose(
        doubted, TakeDown.Ground.NO_LONGER_SUITABLE, by=writer, explanation=f"{shown} giải thích", internal_note=hidden
    )[0]
    ward.pages["doubted"] = doubted
    target = ward.site.home_page().get_children().get(slug="chi-dao-dieu-hanh")
    moving = publish(draft(article(ward, shown, "xin-chuyen"), ward.section, by=writer), approver=head)
    ward.pages["moving"] = moving
    ward.others["move"] = arrangement.propose_move(moving, target, by=writer, reason=f"{hidden} lý do chuyển")
    shock = draft(article(ward, shown, "khan-cap"), ward.section, by=writer)
    ward.pages["emergency"] = approval.emergency_publish(shock, by=head, reason=f"{hidden} lý do khẩn cấp")


def picture(site: PortalSite, title: str, name: str, word: str, *, shade: int = 0) -> PortalImage:
    """A small picture in the site's own collection."""
    made = PortalImage(
        title=title,
        description=f"{word} mô tả",
        source=f"{word} nguồn ảnh",
        collection=site_collection(site),
        file=ImageFile(ContentFile(picture_bytes(shade)), name=name),
    )
    made.save()
    return made


def picture_bytes(shade: int = 0) -> bytes:
    """A grey picture of 960 × 540 points, as JPEG."""
    data = BytesIO()
    Image.new("RGB", (960, 540), (136, 153, 100 + shade)).save(data, "JPEG")
    return data.getvalue()


def text_file(site: PortalSite, title: str, name: str, content: str) -> PortalFile:
    """A small file in the site's own collection."""
    made = PortalFile(title=title, collection=site_collection(site))
    made.file.save(name, ContentFile(content.encode()), save=False)
    made.save()
    return made
