"""Review of what is public (rà soát định kỳ): each page has an owner and a day by which it is to be read again.

1. `note_published`: a publication sets the day anew, by the rule that the page type names (`BasePage.review_rule`, a
row of the deadline rules). 2. `choose`: a person sets another day. 3. `start_deadlines`, every morning: pages that
never had a day get one, what is public no more loses it, and what is due soon gets a deadline, so that dashboard,
boards and digest treat it as all else that is due. Until then a page has no deadline: thousands of them would run
for a year.
4. `confirm`: reviewed, nothing to change. That is no publication and changes nothing that readers see.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Page, get_page_models

from accounts.roles import APPROVE, WRITE, may
from base.gate import Refused
from base.models import PortalSite
from base.sites import site_of, sites_held
from vietnam.dates import format_short, format_vn

from .. import deadlines
from ..models import Deadline, DeadlineRule, ReviewDate

# For a page whose type has no rule, when a person chooses a day for it.
USUAL_RULE = "DL-CHECK-YEAR"
# What was public before reviews were kept is not all due on the first morning, nor on one and the same.
FIRST_AFTER_WORKDAYS, SPREAD_WORKDAYS = 20, 60
CHUNK = 500
# At most this many pages of a site fall due on one day, if the weeks before it have room.
MOST_A_DAY, SPREAD_DAYS = 5, 120
CHOSEN_ANEW = "Đã đổi ngày rà soát."
GONE = "Trang không còn đăng, hoặc trang thông tin đã ngừng cập nhật."
MOVED = "Trang đã chuyển sang trang thông tin khác."


def code_of(page) -> str:
    """Return the code of the rule by which a page is reviewed; "" for what only tells of its day (news, notices)."""
    return getattr(page.cached_content_type.model_class(), "review_rule", "")


def usual_day(code: str, since: date) -> date | None:
    """Return the day that a rule gives; None without a rule, or while the office has set no period."""
    try:
        return deadlines.due_date(code, since) if code else None
    except deadlines.NoDeadline:
        return None


def may_review_on(user, site: PortalSite | None) -> bool:
    """Tell whether a user may say that a page of a site was reviewed, and set its day."""
    return site is not None and (may(user, WRITE, site) or may(user, APPROVE, site))


def of_page(page) -> ReviewDate | None:
    """Return what is kept of a page's review."""
    return ReviewDate.objects.select_related("unit", "site", "reviewed_by").filter(page_id=page.pk).first()


def address_of(row: ReviewDate) -> str:
    """Return the screen of a review."""
    return reverse("workflows_review_date", args=[row.page_id])


def may_wait(deadline: Deadline | None, on: date | datetime | None = None) -> bool:
    """Tell whether another day may still be set: not for a review that is late."""
    return deadline is None or not deadlines.is_late(deadline, on)


def deadline_of(row: ReviewDate) -> Deadline | None:
    """Return the deadline that runs for a review, once its day is near."""
    return Deadline.objects.for_subject(row).open().select_related("rule").prefetch_related("pauses").first()


# --- 1. Publication ------------------------------------------------------------------------------------


def note_published(obj, on: date | datetime | None = None) -> ReviewDate | None:
    """Set the day anew: two persons have just read the page. Registered with `approval.register_after_publication`.

    A day that a person chose and that is still to come stays.
    """
    if not isinstance(obj, Page):
        return None
    site, day = site_of(obj), deadlines.local_date(on)
    row = ReviewDate.objects.select_for_update().filter(page_id=obj.pk).first()
    if row is not None:
        deadlines.meet_for(row, on=on)
    chosen = row.chosen_on if row is not None and row.chosen_on and row.chosen_on > day else None
    usual = usual_day(code_of(obj), day)
    if site is None or (usual is None and chosen is None):
        if row is not None:
            row.delete()
        return None
    row = row or ReviewDate(page_id=obj.pk)
    row.site, row.unit = site, getattr(obj, "responsible_unit", None) or site.unit
    row.counted_from, row.chosen_on = day, chosen
    row.review_on = chosen or _with_room(usual, since=day, site=site, page_id=obj.pk)
    row.save()
    return row


def _with_room(usual: date, *, since: date, site: PortalSite, page_id: int) -> date:
    """Return the day that a rule gives, or an earlier one on which fewer pages of the site fall due.

    What was published as one bundle would else be due on one day. Never later than the rule says, never in the first
    half of its time; when all days are full, the emptiest.
    """
    first = max(usual - timedelta(days=SPREAD_DAYS), since + (usual - since) / 2)
    taken = ReviewDate.objects.filter(site=site, review_on__range=(first, usual)).exclude(page_id=page_id)
    count = Counter(taken.values_list("review_on", flat=True))
    if count[usual] < MOST_A_DAY:
        return usual
    days = [usual - timedelta(days=number) for number in range((usual - first).days + 1)]
    with deadlines.calendar_held():
        days = [day for day in days if deadlines.is_working_day(day)] or [usual]
    return next((day for day in days if count[day] < MOST_A_DAY), min(days, key=lambda day: count[day]))


# --- 2. Another day -------------------------------------------------------------------------------------


@transaction.atomic
def choose(page, day: date | None, *, by, on: date | datetime | None = None) -> ReviewDate | None:
    """Set the day of a public page's next review; None: as its type's rule gives, or no review where it has none.

    Raises Refused without the right, for what is not public, or when the review is late already; ValidationError
    ("day") for a day that is not later than today, more than a year away, or no working day.
    """
    row, today = _held(page, by, on), deadlines.local_date(on)
    if row.pk and not may_wait(deadline_of(row), on):
        raise Refused("Trang đã quá hạn rà soát: hãy đọc lại trang rồi ghi «Đã rà soát», hoặc sửa bài.")
    if day is not None:
        _demand_sensible(day, today)
    usual = usual_day(code_of(page), row.counted_from)
    before = row.review_on.isoformat() if row.pk else ""
    if row.pk:
        deadlines.cancel_for(row, reason=CHOSEN_ANEW, on=on, by=by)
    if day is None and usual is None:
        if row.pk:
            row.delete()
        row = None
    else:
        row.chosen_on, row.review_on = day, day or usual
        row.save()
    data = {"from": before, "to": row.review_on.isoformat() if row else ""}
    log(instance=page, action="portal.review.choose", user=by, data=data)
    return row


def _held(page, by, on) -> ReviewDate:
    """The row of a page, held, or a new one; refuses a user who may not and what is not public."""
    site = site_of(page)
    if not may_review_on(by, site):
        raise Refused("Chỉ người soạn bài hoặc người duyệt của trang được ghi việc rà soát.")
    if not page.live:
        raise Refused("Trang này không còn đăng nên không cần rà soát.")
    row = ReviewDate.objects.select_for_update().filter(page_id=page.pk).first() or ReviewDate(page_id=page.pk)
    row.site, row.unit = site, getattr(page.specific, "responsible_unit", None) or site.unit
    if not row.pk:
        row.counted_from = deadlines.local_date(page.last_published_at or on)
    return row


def _demand_sensible(day: date, today: date) -> None:
    if day <= today:
        raise ValidationError({"day": "Hãy chọn một ngày sau hôm nay."})
    if day - today > deadlines.LONGEST:
        raise ValidationError({"day": f"Ngày {format_short(day)} quá xa; hãy chọn một ngày trong vòng một năm."})
    if not deadlines.is_working_day(day):
        later = deadlines.workdays_after(day, 1)
        raise ValidationError({"day": f"{format_vn(day)} không phải ngày làm việc; có thể chọn {format_vn(later)}."})


# --- 3. Every morning -----------------------------------------------------------------------------------


def start_deadlines(*, on: date | datetime | None = None) -> list[Deadline]:
    """Start the deadlines of the reviews that are near; return them. Safe to run again.

    A deadline starts on the first day on which its rule reminds people. First come pages that have no day yet, and what
    is public no more.
    """
    day = deadlines.local_date(on)
    _drop_gone(on)
    _fill(day)
    started = []
    rules = _rules(day)
    ends = {code: deadlines.workdays_after(day, _ahead(rule)) for code, rule in rules.items()}
    near = ReviewDate.objects.filter(review_on__lte=max(ends.values(), default=day)).exclude(with_deadline())
    for row in near.select_related("page", "site", "unit").order_by("review_on", "pk"):
        code = code_of(row.page) or USUAL_RULE
        if code in rules and row.review_on <= ends[code]:
            started.append(_start(row, rules[code], day))
    return started


def _ahead(rule: DeadlineRule) -> int:
    """How many working days before the last one people are reminded first."""
    return max([0, *(-level for level in rule.reminder_days)])


def _rules(day: date) -> dict[str, DeadlineRule]:
    """The rules of reviews that are there on a day, by their code."""
    codes = {getattr(model, "review_rule", "") for model in get_page_models()} | {USUAL_RULE}
    found = {code: DeadlineRule.objects.for_event(code, day) for code in sorted(codes - {""})}
    return {code: rule for code, rule in found.items() if rule is not None}


@transaction.atomic
def _start(row: ReviewDate, rule: DeadlineRule, day: date) -> Deadline:
    """Start the deadline of a review: by its rule from its first day, or until the day that was set otherwise."""
    about = {"site": row.site, "unit": row.unit, "title": f"Rà soát «{row.page.title}»"}
    if row.chosen_on is None and row.review_on == usual_day(rule.code, row.counted_from):
        deadline = deadlines.start(row, rule, on=row.counted_from, **about)
    else:
        # The calendar may have made a day off of it since.
        until = deadlines.workdays_after(row.review_on - timedelta(days=1), 1)
        deadline = deadlines.start_until(row, rule, on=min(day, until), until=until, **about)
    row.note_last_day(deadline.last_day)
    return deadline


def with_deadline() -> Exists:
    """Answer, in a query of review dates, whether a deadline runs."""
    kind = ContentType.objects.get_for_model(ReviewDate)
    key = Cast(OuterRef("pk"), CharField(max_length=64))
    return Exists(Deadline.objects.filter(content_type=kind, object_id=key, met_on=None, cancelled=False))


def _drop_gone(on) -> None:
    stopped = (PortalSite.State.FROZEN, PortalSite.State.CLOSED)
    rows = ReviewDate.objects.filter(page__live=False) | ReviewDate.objects.filter(site__state__in=stopped)
    for row in rows:
        remove(row.page, on=on)


def remove(page, *, on: date | datetime | None = None) -> None:
    """Drop the review of a page that is public no more; records, which have numbers of their own, have none."""
    if not isinstance(page, Page):
        return
    for row in ReviewDate.objects.filter(page_id=page.pk):
        deadlines.cancel_for(row, reason=GONE, on=on)
        row.delete()


def note_moved(page, *, on: date | datetime | None = None) -> None:
    """Move the reviews of a page that moved, and of those below it, to the work queue of the other site."""
    for row in ReviewDate.objects.filter(page__path__startswith=page.path).select_related("page"):
        site = site_of(row.page)
        if site is not None and site.pk != row.site_id:
            deadlines.cancel_for(row, reason=MOVED, on=on)
            row.site = site
            row.save(update_fields=["site"])


def _fill(day: date) -> None:
    """Give a day to public pages that have none, of the types that have a rule."""
    known = ReviewDate.objects.filter(page_id=OuterRef("pk"))
    for model in get_page_models():
        code = getattr(model, "review_rule", "")
        if usual_day(code, day) is None:
            continue
        missing = model.objects.filter(live=True).exclude(Exists(known)).select_related("responsible_unit")
        with sites_held():
            for page in missing.order_by("pk")[:CHUNK]:
                site = site_of(page)
                if site is None or site.state != PortalSite.State.OPEN:
                    continue
                since = deadlines.local_date(page.last_published_at or day)
                earliest = deadlines.workdays_after(day, FIRST_AFTER_WORKDAYS + page.pk % SPREAD_WORKDAYS)
                found = {"site": site, "unit": page.responsible_unit or site.unit, "counted_from": since}
                found["review_on"] = max(earliest, usual_day(code, since) or earliest)
                ReviewDate.objects.get_or_create(page_id=page.pk, defaults=found)


# --- 4. Reviewed ----------------------------------------------------------------------------------------


@transaction.atomic
def confirm(page, *, by, on: date | datetime | None = None, note: str) -> ReviewDate:
    """Record that a public page was read through and needs no change, with a note; return its next day.

    The page stays as it is, to the letter. Raises Refused without the right, for what is not public, or when no rule
    says when the next review is; ValidationError ("note") without a note.
    """
    row = _held(page, by, on)
    if not note.strip():
        raise ValidationError({"note": "Hãy ghi đã đối chiếu với gì."})
    day = deadlines.local_date(on)
    if row.pk:
        deadlines.meet_for(row, on=on, by=by)
    before = row.review_on.isoformat() if row.pk else ""
    usual = usual_day(code_of(page) or USUAL_RULE, day)
    if usual is None:
        raise Refused("Chưa đặt thời hạn rà soát cho loại trang này; hãy đặt ở «Quy tắc thời hạn».")
    row.counted_from, row.chosen_on, row.review_on = day, None, usual
    row.reviewed_at = on if isinstance(on, datetime) else timezone.now()
    row.reviewed_by, row.note = by, note.strip()
    row.save()
    data = {"note": row.note, "from": before, "to": row.review_on.isoformat()}
    log(instance=page, action="portal.review.confirm", user=by, data=data)
    return row


# --- The report -------------------------------------------------------------------------------------------


def rows_of(sites: Iterable[int], *, only_due: bool) -> QuerySet:
    """Return the reviews of some sites, the longest overdue first; only those whose deadline runs, or all."""
    found = ReviewDate.objects.filter(site__in=list(sites)).select_related("page", "site", "unit", "reviewed_by")
    return found.filter(with_deadline()) if only_due else found


def deadlines_of(rows: Iterable[ReviewDate]) -> dict[int, Deadline]:
    """Return the deadlines that run for some reviews, by the key of the review; one query for all."""
    kind = ContentType.objects.get_for_model(ReviewDate)
    found = Deadline.objects.open().filter(content_type=kind, object_id__in=[str(row.pk) for row in rows])
    return {int(deadline.object_id): deadline for deadline in found.select_related("rule").prefetch_related("pauses")}
