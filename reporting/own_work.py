"""What the reports bring to the first screen of a person: sheets to sign, and what their site owes this week."""

from datetime import date, timedelta

from django.core.cache import cache
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Concat
from django.urls import reverse

from accounts.roles import SIGN_SCORES, WRITE, may
from base.models import PortalSite
from sections import completeness
from vietnam.dates import format_short
from workflows.dashboard import submissions, work_queue
from workflows.dashboard.work_queue import Rows, Scope, WorkNotice, rows
from workflows.deadlines import acting
from workflows.models import Deadline

from .models import ScoreSheet

SUNDAY = 6
# So long the first screens of a site say what was counted for one of them.
OWED_FOR_SECONDS = 60
# At most this many of what is owed are named; the board of deadlines has all of it.
MOST_NAMED = 3
ALL_OPEN = "nhom=dang-mo"


@work_queue.out_of(lambda: ScoreSheet.objects.filter(state=ScoreSheet.State.SUBMITTED))
def sheets_to_sign(scope: Scope) -> Rows | None:
    """Submitted sheets that wait for the head; those that they submitted or wrote into are others' to sign."""
    if not may(scope.user, SIGN_SCORES):
        return None
    waiting = ScoreSheet.objects.filter(state=ScoreSheet.State.SUBMITTED).exclude(submitted_by=scope.user)
    found = waiting.filter(
        ~Exists(ScoreSheet.writers.through.objects.filter(scoresheet=OuterRef("pk"), user=scope.user))
    )
    title = Concat(Value("Phiếu chấm điểm "), "site_name", output_field=CharField())
    return rows(found, title=title, note=Value("chờ ký"), at="submitted_at", site="site")


@work_queue.out_of(lambda: ScoreSheet.objects.filter(state=ScoreSheet.State.SUBMITTED))
def sheets_handed_on(scope: Scope) -> Rows | None:
    """Sheets that the person submitted and the head signs."""
    found = ScoreSheet.objects.filter(state=ScoreSheet.State.SUBMITTED, submitted_by=scope.user)
    title = Concat(Value("Phiếu chấm điểm "), "site_name", output_field=CharField())
    return rows(found, title=title, note=Value("chờ ký"), at="submitted_at", site="site")


def owed_this_week(scope: Scope) -> list[WorkNotice]:
    """Say to the people of one ward what its site owes until Sunday: what is late, due, and mandatory yet empty."""
    own = [site for site in scope.sites if not site.is_city]
    if scope.is_of_city or len(own) != 1 or not may(scope.user, WRITE, own[0]):
        return []
    site = own[0]
    key = f"owed-{site.pk}-{scope.today}"
    text, late, due = cache.get_or_set(key, lambda: _owed(site, scope.today), OWED_FOR_SECONDS)
    if not text:
        return []
    if due:
        return [
            WorkNotice(text, f"{reverse('workflows_deadlines')}?{ALL_OPEN}", "Xem các việc ấy", is_grave=bool(late))
        ]
    return [WorkNotice(text, reverse("reporting_matrix"), "Xem từng chuyên mục", is_grave=False)]


def _owed(site: PortalSite, today: date) -> tuple[str, int, int]:
    """Return what a site owes until Sunday, "" for nothing, how much of it is late, and how much has a last day."""
    sunday = today + timedelta(days=SUNDAY - today.weekday())
    found = Deadline.objects.open().filter(site=site, last_day__lte=sunday)
    owing = list(found.select_related("rule", "site", "unit", "content_type"))
    late, due = ([row for row in owing if (row.last_day < today) == is_late] for is_late in (True, False))
    actors = acting.Actors([*late[:MOST_NAMED], *due[:MOST_NAMED]])
    empty = [row.section.label for row in completeness.lacking(site, today)]
    owed = [
        f"{len(late)} việc quá hạn ({_named(late, actors)})" if late else "",
        f"{len(due)} việc đến hạn ({_named(due, actors)})" if due else "",
        f"{len(empty)} chuyên mục bắt buộc còn trống ({', '.join(empty)})" if empty else "",
    ]
    if not any(owed):
        return "", 0, 0
    text = f"Tuần này (đến {format_short(sunday)}) {site.name} còn nợ: {'; '.join(filter(None, owed))}."
    return text, len(late), len(owing)


def _named(rows: list[Deadline], actors: acting.Actors) -> str:
    """The first of them, each with its last day and who does it; "…" for more."""
    names = [
        f"«{row.title}», {format_short(row.last_day)}, {', '.join(map(str, actors.of(row))) or 'chưa có người làm'}"
        for row in rows[:MOST_NAMED]
    ]
    return "; ".join([*names, *(["…"] if len(rows) > MOST_NAMED else [])])


def _is_of_wards(scope: Scope) -> bool:
    """Tell whether a person works on the content of wards alone."""
    return bool(scope.sites) and not scope.is_of_city


def register_own_work() -> None:
    """Add all of it to the work queue; called once, from `ReportingConfig.ready`."""
    work_queue.register_source("ky-phieu-diem", "ky", sheets_to_sign, "reporting_sheet", "reporting_sheets")
    work_queue.register_source("phieu-diem-da-trinh", "da-gui", sheets_handed_on, "reporting_sheet", "reporting_sheets")
    submissions.register_decisions(
        "portal.score.submit",
        {"portal.score.sign": "Phiếu chấm điểm đã ký", "portal.score.send_back": "Phiếu chấm điểm bị trả lại"},
        returned="portal.score.send_back",
        screen="reporting_sheet",
    )
    work_queue.register_notice(owed_this_week)
    work_queue.register_shortcut("Điểm của trang", "reporting_sheets", _is_of_wards)
