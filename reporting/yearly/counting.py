"""What the yearly review counts, one definition each; the period is the year up to the day of counting.

| Part | Counts |
|---|---|
| sections | sections that the law asks of the open sites, as `scoring/matrix.py` finds them on the day of counting |
| deadlines | deadlines that fell due in the period: met in time, late (`reporting/figures.py`) |
| content | versions that two persons approved in the period (`reporting/figures.py`) |
| questions | questions received in the year (`faq/public/figures.py`) |
| links, access | findings of the last nightly look (`workflows/upkeep/live_checks.py`), by their topic |
| visits | of all pages (`base/public/usage/visits.py`); uses of services (`servicecatalog/usage/figures.py`) |
| downtime | notices that services are away which began in the period; gaps in the periodic work (`downtime.py`) |
| security | entries of the audit trail in the period |
| accounts | who had a role on the last day of the period; what was not used, and who is trained: by the registers |
| proposals | what follows from the figures above, as a suggestion |
"""

from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import Appointment, User
from accounts.registers import training
from accounts.registers import unused as unused_accounts
from base.audit import actions
from base.figures import written
from base.models import AuditEntry
from base.preflight import ACCESS, LINK, OUTSIDE_LINK
from base.public.usage import visits as all_visits
from base.sites import city_site
from faq.public import figures as questions_figures
from servicecatalog.usage import figures as usage_figures
from vietnam.dates import format_short
from workflows.models import EmergencyAct, LiveFinding, OutsideLink
from workflows.upkeep import live_checks, outside_links

from .. import figures, staffing
from ..figures import OnTime
from ..models import ScoreLine
from ..scoring import matrix
from .downtime import downtime
from .parts import Counted, Period, number

Shown = ScoreLine.Shown
# What a reader of the report has to know of attacks and of exceptions.
SECURITY = (
    "session.failed",
    "session.locked",
    "account.second_factor_reset",
    "rights.superuser_granted",
    "file.infected",
    "refused",
    "audit.restored",
)


def count(year: int, day: date) -> dict[str, Counted]:
    """Return what each part of the review of a year says, by its key; as many queries however much content there is."""
    period = Period(year, day, matrix.open_sites())
    found = {key: part(period) if part is not None else Counted() for key, (_title, part) in PARTS.items()}
    found["proposals"] = Counted(found="\n".join(_proposals(found)))
    return found


# --- Content and time ----------------------------------------------------------------------------------


def sections(period: Period) -> Counted:
    """What sites lack or leave lying, by the names of the sections."""
    found, rows = matrix.matrix(period.sites, period.day), []
    lacking = {site.pk: [] for site in period.sites}
    for row in found.rows:
        for cell in row.cells:
            if cell is not None and cell.is_required and cell.shown in (Shown.LATE, Shown.EMPTY):
                lacking[cell.site.pk].append(f"{row.section.label} ({cell.label.lower()})")
    sums = dict.fromkeys(Shown, 0)
    for site, counted in found.counts():
        for shown, times in counted.items():
            sums[shown] += times
        good = counted[Shown.FRESH] + counted[Shown.PRESENT]
        names = "; ".join(lacking[site.pk])
        numbers = (counted.total(), good, counted[Shown.LATE], counted[Shown.EMPTY])
        rows.append([site.name, *map(number, numbers), names])
    return Counted(
        (
            ("required", "Chuyên mục bắt buộc của các trang đang hoạt động", number(sum(sums.values()))),
            ("good", "Có nội dung, không quá hạn cập nhật", number(sums[Shown.FRESH] + sums[Shown.PRESENT])),
            ("late", "Có nội dung nhưng chậm cập nhật", number(sums[Shown.LATE])),
            ("empty", "Chưa có hoặc chưa có nội dung", number(sums[Shown.EMPTY])),
        ),
        ("Trang", "Bắt buộc", "Đạt", "Chậm", "Trống", "Chuyên mục chậm hoặc trống"),
        rows,
        period.as_of_words,
        of_now=("required", "good", "late", "empty"),
    )


def deadlines(period: Period) -> Counted:
    """What was done in time."""
    sites = period.sites_then
    found = figures.on_time_by_site(sites, period.first, period.last, period.day)
    by_site = [(site, OnTime.sum(found[site.pk].values())) for site in sites]
    total = OnTime.sum(part for _site, part in by_site)
    return Counted(
        (
            ("due", "Việc đến hạn trong kỳ", number(total.due)),
            ("late", "Việc quá hạn", number(total.late)),
            ("percent", "Tỷ lệ đúng hạn", _percent(total)),
        ),
        ("Trang", "Đến hạn", "Đúng hạn", "Quá hạn", "Tỷ lệ đúng hạn"),
        [[site.name, *map(number, (part.due, part.on_time, part.late)), _percent(part)] for site, part in by_site],
    )


def _percent(part: OnTime) -> str:
    return "—" if part.percent is None else f"{written(part.percent)}%"


def content(period: Period) -> Counted:
    """What was published, corrections of pages and documents included."""
    sites = period.sites_then
    copies = figures.versions(sites, period.first, period.last).filter(figures.BY_TWO)
    numbers = dict(copies.order_by().values_list("site_slug").annotate(Count("pk")))
    return Counted(
        (("approved", "Phiên bản được hai người duyệt đăng", number(sum(numbers.values()))),),
        ("Trang", "Phiên bản duyệt đăng"),
        [[site.name, number(numbers.get(site.slug, 0))] for site in sites],
    )


def questions(period: Period) -> Counted:
    """What citizens asked, and what became of it."""
    total = questions_figures.of_year(city_site(), period.year, on=period.day).total
    return Counted(
        (
            ("received", "Câu hỏi tiếp nhận", number(total.received)),
            ("answered", "Đã trả lời", number(total.answered)),
            ("overdue", "Đang chờ và quá hạn", number(total.overdue)),
        ),
        of_now=("answered", "overdue"),
    )


# --- What hinders readers ------------------------------------------------------------------------------


def links(period: Period) -> Counted:
    """Links that lead nowhere, inside and outside, and how old that knowledge is."""
    rows = LiveFinding.objects.filter(topic__in=[LINK, OUTSIDE_LINK], owner_site__in=[site.pk for site in period.sites])
    numbers = {site.pk: {LINK: 0, OUTSIDE_LINK: 0} for site in period.sites}
    for site, topic, times in rows.order_by().values_list("owner_site", "topic").annotate(Count("pk")):
        numbers[site][topic] = times
    known = OutsideLink.objects.aggregate(all=Count("pk"), asked=Count("pk", filter=~Q(asked_at=None)))
    inside, outside = (sum(one[topic] for one in numbers.values()) for topic in (LINK, OUTSIDE_LINK))
    is_known = outside_links.is_on() or known["asked"]
    return Counted(
        (
            ("inside", "Liên kết hỏng trong cổng", number(inside)),
            ("outside", "Liên kết hỏng ra ngoài", number(outside) if is_known else ""),
        ),
        ("Trang", "Hỏng trong cổng", "Hỏng ra ngoài"),
        [
            [site.name, number(numbers[site.pk][LINK]), number(numbers[site.pk][OUTSIDE_LINK]) if is_known else "—"]
            for site in period.sites
        ],
        f"{period.as_of_words}\n{_age_of_links(known)}",
        of_now=("inside", "outside") if is_known else ("inside",),
    )


def _age_of_links(known: dict) -> str:
    last, asked = live_checks.last_round(), outside_links.last_asked()
    lines = [
        f"Liên kết trong cổng: kiểm tra đêm {format_short(last.night)}."
        if last
        else "Liên kết trong cổng: chưa có đêm nào kiểm tra xong."
    ]
    if asked:
        day = format_short(timezone.localtime(asked).date())
        addresses = f"{number(known['asked'])} trên {number(known['all'])} địa chỉ"
        lines.append(f"Liên kết ra ngoài: đã hỏi {addresses}, lần gần nhất ngày {day}.")
    elif outside_links.is_on():
        lines.append(f"Liên kết ra ngoài: có {number(known['all'])} địa chỉ, chưa hỏi địa chỉ nào.")
    else:
        lines.append("Liên kết ra ngoài: chưa bật kiểm tra tự động; người lập báo cáo ghi số đã kiểm tra.")
    return "\n".join(lines)


def access(period: Period) -> Counted:
    """What hinders people who hear or magnify a page, as far as a program can find it."""
    rows = LiveFinding.objects.filter(topic=ACCESS, owner_site__in=[site.pk for site in period.sites])
    numbers = dict(rows.order_by().values_list("owner_site").annotate(Count("pk")))
    return Counted(
        (("findings", "Lỗi tiếp cận trong nội dung đang đăng", number(sum(numbers.values()))),),
        ("Trang", "Lỗi tiếp cận"),
        [[site.name, number(numbers.get(site.pk, 0))] for site in period.sites],
        f"{period.as_of_words}\nĐếm tự động: ảnh thiếu mô tả, bảng thiếu tên, phần nội dung thiếu điều bắt buộc.",
        of_now=("findings",),
    )


def visits(period: Period) -> Counted:
    """How often the pages of all sites were read and those of services used, by month; about, without programs."""
    found = usage_figures.of_year(city_site(), period.year)
    all_pages = dict(all_visits.of_year(period.year))
    rows = [
        (f"{month:02}/{period.year}", all_pages[month], row)
        for month, row in found.months
        if month <= period.last.month
    ]
    return Counted(
        (
            ("views", "Lượt xem trang dịch vụ công", number(found.total.views)),
            ("outgoing", "Lượt đến nơi nộp hồ sơ", number(found.total.outgoing)),
            # "" is for a person to fill in: a year before the portal counted its pages.
            ("all", "Lượt truy cập toàn cổng", number(every) if (every := sum(all_pages.values())) else ""),
        ),
        ("Tháng", "Lượt truy cập", "Xem trang dịch vụ", "Xem hướng dẫn", "Tải biểu mẫu", "Đến nơi nộp hồ sơ"),
        [
            [label, *map(number, (of_all, row.views, row.guides, row.downloads, row.outgoing))]
            for label, of_all, row in rows
        ],
        "Cổng đếm gần đúng lượt người xem mọi trang, không đếm chương trình máy tính.",
    )


# --- How it ran ----------------------------------------------------------------------------------------


def security(period: Period) -> Counted:
    """What the audit trail recorded of attacks, refusals and exceptions; numbers only."""
    first, after = period.moments
    entries = AuditEntry.objects.filter(action__in=SECURITY, at__gte=first, at__lt=after)
    numbers = dict(entries.order_by().values_list("action").annotate(Count("pk")))
    emergencies = EmergencyAct.objects.filter(acted_at__gte=first, acted_at__lt=after).count()
    return Counted(
        (
            ("locked", "Lần khóa tạm vì đăng nhập sai", number(numbers.get("session.locked", 0))),
            ("infected", "Tệp có mã độc bị chặn", number(numbers.get("file.infected", 0))),
            ("emergencies", "Lần xử lý khẩn cấp một người", number(emergencies)),
            ("incidents", "Sự cố an toàn thông tin phải báo cáo", ""),
        ),
        ("Sự kiện trong nhật ký kiểm tra", "Số lần"),
        [[actions.name_of(action), number(numbers.get(action, 0))] for action in SECURITY],
    )


def accounts(period: Period) -> Counted:
    """Who may work in the portal, who does not sign in, who was trained, where people are missing."""
    held = Appointment.objects.held_between(period.last, period.last)
    sites = period.sites_then
    held = held.filter(site__in=[site.pk for site in sites], person__is_active=True)
    people: dict[int, set[int]] = {site.pk: set() for site in sites}
    for site, person in held.values_list("site", "person"):
        people[site].add(person)
    everyone = set().union(*people.values())
    most = settings.PORTAL_UNUSED_SUSPEND_DAYS
    long_ago = {use.person.pk for use in unused_accounts.uses(period.last) if use.days >= most}
    unused = everyone & long_ago
    lacking = {lack.unit_id: lack for lack in staffing.lacks()}
    units = [site.unit_id for site in sites]
    suspended = User.objects.filter(suspended_at__isnull=False).count()
    trained = training.of_year(period.year)
    return Counted(
        (
            ("active", "Tài khoản có phân công còn hiệu lực", number(len(everyone))),
            ("unused", f"Trong đó không dùng đến từ {most} ngày trở lên", number(len(unused))),
            ("suspended", "Tài khoản đang tạm khóa vì không đăng nhập", number(suspended)),
            ("trainings", "Lớp đào tạo, bồi dưỡng đã tổ chức (Quy chế Điều 15)", number(trained.held)),
            ("trained", "Người thuộc diện đã dự, trên tổng số", f"{number(trained.trained)}/{number(trained.people)}"),
            ("lacking", "Trang, đơn vị chưa đủ người", number(len(lacking))),
        ),
        ("Trang, đơn vị", "Tài khoản", "Không đăng nhập", "Còn thiếu (tại ngày lập)"),
        [
            *(
                [site.name, number(len(had)), number(len(had & unused)), _missing(lacking, site.unit_id)]
                for site, had in zip(sites, people.values(), strict=True)
            ),
            *([lack.name, "—", "—", _missing(lacking, unit)] for unit, lack in lacking.items() if unit not in units),
        ],
        "Trang chưa có người duyệt riêng do Ban Biên tập thành phố duyệt (Quy chế Điều 20).",
        of_now=("unused", "suspended", "lacking"),
    )


def _missing(lacking: dict[int, staffing.Lack], unit: int) -> str:
    return ", ".join(lacking[unit].missing) if unit in lacking else ""


# --- What follows --------------------------------------------------------------------------------------


def _proposals(found: dict[str, Counted]) -> list[str]:
    """Return what is proposed for each figure that is not nought, as paragraphs."""
    values = {(part, key): value for part, counted in found.items() for key, _label, value in counted.figures}
    lines = [
        words.format(number=values[place]) for place, words in PROPOSALS.items() if values[place] not in ("", "0", "—")
    ]
    return [f"{place}. {line}" for place, line in enumerate(lines, 1)] or [
        "Số liệu không cho thấy tồn tại phải khắc phục; tiếp tục duy trì và cập nhật thường xuyên."
    ]


PROPOSALS = {
    ("sections", "empty"): "Hoàn thiện {number} chuyên mục bắt buộc còn trống; giao thủ trưởng đơn vị của từng trang.",
    ("sections", "late"): "Cập nhật {number} chuyên mục đã quá thời gian cho phép và phân công người theo dõi.",
    ("deadlines", "late"): "Làm rõ nguyên nhân {number} việc quá hạn, điều chỉnh phân công ở các trang có tỷ lệ thấp.",
    ("questions", "overdue"): "Trả lời dứt điểm {number} câu hỏi của người dân đang quá hạn.",
    ("links", "inside"): "Sửa hoặc bỏ {number} liên kết hỏng trong nội dung đang đăng.",
    ("links", "outside"): "Thay hoặc bỏ {number} liên kết ra ngoài không còn mở được.",
    ("access", "findings"): "Khắc phục {number} lỗi tiếp cận để người khuyết tật dùng được nội dung.",
    ("accounts", "unused"): "Rà soát {number} tài khoản không sử dụng; thu hồi hoặc tập huấn lại.",
    ("accounts", "lacking"): "Bổ sung cộng tác viên, người duyệt, thủ trưởng cho {number} trang, đơn vị còn thiếu.",
}
# Key → (title, what counts it), in the order of the report; None: suggested from the others, or a person's own words.
PARTS: dict[str, tuple[str, Callable[[Period], Counted] | None]] = {
    "summary": ("Đánh giá chung", None),
    "sections": ("Nội dung theo chuyên mục bắt buộc", sections),
    "deadlines": ("Thời hạn cập nhật và xử lý", deadlines),
    "content": ("Tin, bài, văn bản đã đăng", content),
    "questions": ("Hỏi đáp", questions),
    "links": ("Liên kết", links),
    "access": ("Khả năng tiếp cận", access),
    "visits": ("Truy cập và sử dụng", visits),
    "downtime": ("Tạm ngừng và gián đoạn", downtime),
    "security": ("An toàn thông tin", security),
    "accounts": ("Tài khoản và nhân sự", accounts),
    "proposals": ("Đề xuất phương án khắc phục, nâng cấp", None),
}
SUGGESTED = frozenset({"proposals"})
