"""What else waits in the demo: articles of people without an account, and drafts that shall appear at one instant."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from base.models import PortalSite
from faq.contributing import handling, receiving
from faq.models import ContributedArticle
from faq.submission import Contact
from workflows.models import PublicationBundle
from workflows.publishing import bundles

AUTHOR = "Bút danh mẫu (dữ liệu minh họa)"
ARTICLES = (
    (
        "Chi hội mẫu trồng một trăm cây sao dọc kênh",
        "Bài minh họa. Sáng chủ nhật, hội viên chi hội mẫu cùng người dân trồng một trăm cây sao dọc tuyến kênh.\n\n"
        "Cây do một vườn ươm mẫu tặng; mỗi hộ bên kênh nhận chăm sóc năm cây.",
        "",
    ),
    (
        "Lớp học bơi miễn phí cho trẻ em trong xóm",
        "Bài minh họa. Lớp học bơi mẫu mở mỗi chiều thứ bảy, có người cứu hộ trực suốt buổi và áo phao cho từng em.",
        "Lớp học mở ở địa điểm nào, đến hết tháng nào?",
    ),
)
TITLE = "Hồ sơ mẫu: các bản nháp đăng cùng lúc (dữ liệu minh họa)"
TITLE_AT_AN_HOUR = "Hồ sơ mẫu: đã duyệt, chờ giờ đăng (dữ liệu minh họa)"
HOUR = time(7, 0)


def send_all(site: PortalSite, office, now: datetime) -> None:
    """Let two articles be sent to a site, about one of which its sender is asked back; once."""
    if not ContributedArticle.objects.exists():
        for number, (title, text, asked) in enumerate(ARTICLES, 1):
            on = now - timedelta(days=number, hours=3)
            contact = Contact(
                name=f"Người gửi mẫu {number}",
                email=f"nguoi-gui-mau-{number}@example.invalid",
                consent_text="Đồng ý (dữ liệu minh họa)",
                consent_source="dữ liệu minh họa",
            )
            article = receiving.receive(
                site,
                title=title,
                text=text,
                author_line=AUTHOR,
                contact=contact,
                declaration="Cam kết (dữ liệu minh họa)",
                on=on,
            )
            ContributedArticle.objects.filter(pk=article.pk).update(is_illustrative=True)
            if asked:
                handling.ask_back(article, text=asked, by=office, on=on + timedelta(hours=2))


def submit_together(things: list, writer, now: datetime) -> None:
    """Let drafts wait for a second person as one dossier; once."""
    _submit(TITLE, things, writer, now)


def approve_for_an_hour(things: list, writer, approver, now: datetime) -> None:
    """Let drafts wait, approved as one dossier, for the morning of the next day; once."""
    morning = datetime.combine(timezone.localdate(now) + timedelta(days=1), HOUR, timezone.get_default_timezone())
    if bundle := _submit(TITLE_AT_AN_HOUR, things, writer, now, publish_at=morning):
        bundles.approve(bundle, by=approver, on=now)


def _submit(title: str, things: list, writer, now: datetime, **more) -> PublicationBundle | None:
    if PublicationBundle.objects.filter(title=title).exists():
        return None
    bundle = bundles.make(title, things, by=writer, on=now)
    return bundles.submit(bundle, by=writer, declaration=True, remark="Đã xem lại.", on=now, **more)
