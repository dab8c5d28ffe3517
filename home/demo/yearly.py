"""The yearly report of the demo city: counted from what the demo has, submitted by one person, approved by another."""

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from reporting.models import YearlyReport
from reporting.yearly import reports

# The day on which it is approved, if that is over.
MONTH, DAY, HOUR = 11, 25, 9
LETTER = "00/BC-BBT (minh họa)"
# What only people know; invented.
GIVEN = {"all": "1.250.000", "stops": "1", "unplanned": "3,5", "incidents": "0", "outside": "0"}
TEXTS = {
    "summary": "Trong năm, Trang thông tin điện tử thành phố và các trang thành phần hoạt động ổn định, nội dung được hai "
    "người duyệt trước khi đăng (dữ liệu minh họa).\nTồn tại chính: một số trang phường, xã còn thiếu chuyên mục bắt buộc "
    "và chưa có người soạn riêng.",
    "downtime": "Một lần mất điện tại phòng máy ngoài kế hoạch, đã khắc phục trong ngày (dữ liệu minh họa).",
}


def report_year(*, writer: User, approver: User, now: datetime) -> YearlyReport:
    """Make, complete, submit, approve and send this year's report; one that is there stays as it is."""
    on = min(now, timezone.localtime(now).replace(month=MONTH, day=DAY, hour=HOUR, minute=0, second=0, microsecond=0))
    found = YearlyReport.objects.filter(year=on.year).first()
    if found is not None:
        return found
    report = reports.prepare(on.year, by=writer, on=on, is_illustrative=True)
    for part in report.parts.all():
        given = {figure.pk: (GIVEN[figure.key], "") for figure in part.figures.all() if figure.is_missing}
        if given or part.key in TEXTS:
            reports.write(part, text=TEXTS.get(part.key, ""), corrections=given, by=writer)
    report = reports.approve(reports.submit(report, by=writer, on=on), by=approver, on=on)
    return reports.note_sent(report, sent_on=timezone.localtime(on).date(), letter=LETTER, by=writer, on=on)
