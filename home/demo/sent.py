"""What else waits in the demo: articles of people without an account and of a unit, and drafts that shall appear at one
instant, with an alert among them.
"""

from datetime import datetime, time, timedelta

from django.utils import timezone

from alerts import proposing
from alerts.contents import Content
from base.models import OrganisationUnit, PortalSite
from faq.contributing import handling, receiving
from faq.models import ContributedArticle
from faq.submission import Contact
from sections.models import UnitArticle
from sections.unit_articles import writing
from workflows.models import PublicationBundle, RecordChange
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
UNIT_ARTICLE = {
    "title": "Các trường khởi động tuần lễ đọc sách (dữ liệu minh họa)",
    "text": (
        "Bài minh họa. Từ thứ Hai, các trường tiểu học và trung học cơ sở của thành phố mở tuần lễ đọc sách: mỗi lớp "
        "giới thiệu một cuốn sách hay.\n\nThư viện các trường mở cửa thêm một giờ mỗi chiều để học sinh mượn sách."
    ),
    "author_line": "Phòng Giáo dục và Đào tạo (dữ liệu minh họa)",
    "section": None,
}
ALERT = "Bộ phận một cửa đổi giờ làm việc (dữ liệu minh họa)"
ALERT_TEXT = "Trong mùa nước nổi nhận hồ sơ từ 6 giờ 30. Cảnh báo này là dữ liệu minh họa."
ALERT_DAYS = 7


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


def send_of_unit(unit: OrganisationUnit, writer, now: datetime) -> None:
    """Let a unit without a site send an article to the standing office; once."""
    if not UnitArticle.objects.exists():
        article = writing.begin(unit, by=writer, on=now, **UNIT_ARTICLE)
        writing.send(article, by=writer, on=now, declaration=True)


def alert_of(site: PortalSite, writer, now: datetime) -> RecordChange:
    """Propose an alert of a site that may wait in a dossier with the news that it leads to."""
    ends_at = now + timedelta(days=ALERT_DAYS)
    content = Content(level="info", title=ALERT, text=ALERT_TEXT, ends_at=ends_at, sites=(site.pk,))
    return proposing.propose(content, by=writer, on=now, reason="Dữ liệu minh họa: đi cùng bài trong hồ sơ.")


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
