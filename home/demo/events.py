"""The public calendars of the demo city and of a ward: reception days, and events that stand, moved, were called off;
a release that is announced, a poll, a form to fill in.
"""

import json
from datetime import time

from sections.catalogue import section
from sections.models import CalendarPage, EventPage, FormPage, PollPage, ReceptionRule, ReleasePage

from .markup import body
from .people import CITY

SOURCE_OF_LAW = "Luật Tiếp công dân 42/2013/QH13; thông báo lịch tiếp công dân (minh họa)"
PLACE_OF_CITY = "Trụ sở Tiếp công dân, số 99 Nguyễn Thái Học nối dài, phường Mỹ Hòa"
# Site, who receives, days of the month, day of the week, the afternoon too, where.
RULES = [
    (CITY, "Chủ tịch Ủy ban nhân dân thành phố", "5, 20", None, True, PLACE_OF_CITY),
    (
        "my-long",
        "Chủ tịch Ủy ban nhân dân phường",
        "",
        3,
        False,
        "Bộ phận Tiếp công dân, Ủy ban nhân dân phường Mỹ Long",
    ),
]
# Site, name in the address, title, summary, days from today, hours, place, who may come, state, reason.
EVENTS = [
    (
        CITY,
        "ngay-hoi-viec-lam",
        "Ngày hội việc làm thanh niên thành phố",
        "Doanh nghiệp và cơ sở dạy nghề gặp người tìm việc; tư vấn hồ sơ tại chỗ (dữ liệu minh họa).",
        9,
        (time(7, 30), time(11, 0)),
        "Nhà văn hóa thành phố",
        "Mọi người; không thu phí",
        EventPage.State.PLANNED,
        "",
    ),
    (
        CITY,
        "doi-thoai-ho-kinh-doanh",
        "Đối thoại với hộ kinh doanh về trật tự đô thị",
        "Lãnh đạo thành phố nghe và trả lời ý kiến của hộ kinh doanh (dữ liệu minh họa).",
        16,
        (time(14, 0), None),
        "Hội trường Ủy ban nhân dân thành phố",
        "Hộ kinh doanh trên địa bàn; đăng ký tại phòng Kinh tế",
        EventPage.State.MOVED,
        "Trùng ngày họp Hội đồng nhân dân.",
    ),
    (
        "my-long",
        "hoi-cho-cuoi-tuan",
        "Phiên chợ cuối tuần phường Mỹ Long",
        "Gian hàng nông sản của bà con (dữ liệu minh họa).",
        4,
        (None, None),
        "Công viên bờ sông",
        "Mọi người",
        EventPage.State.CANCELLED,
        "Mưa lớn kéo dài, mặt bằng ngập.",
    ),
]
MOVED_BY_DAYS = 7
RELEASE = (
    "nien-giam-thong-ke",
    "Niên giám thống kê của thành phố",
    "Số liệu dân số, kinh tế, xã hội của năm trước (dữ liệu minh họa).",
    25,
)
# Name in the address, title, summary, question, choices.
POLL = (
    "tham-do-cho-dem",
    "Thăm dò: chợ đêm ven sông mở ngày nào",
    "Thành phố hỏi ý kiến về ngày mở chợ đêm ven sông (dữ liệu minh họa).",
    "Ông/bà muốn chợ đêm ven sông mở vào ngày nào?",
    ("Thứ Bảy", "Chủ nhật", "Cả hai ngày", "Không nên mở"),
)
# Site, name in the address, title, summary, purpose, questions: label, kind, choices, whether it must be answered.
FORM = (
    "my-long",
    "dang-ky-lop-tin-hoc",
    "Đăng ký lớp tin học cộng đồng",
    "Lớp tin học cơ bản cho người dân phường, học buổi tối (dữ liệu minh họa).",
    "xếp lớp và báo lịch học",
    (
        ("Họ và tên", "short", "", True),
        ("Số điện thoại", "phone", "", True),
        ("Buổi học", "one", "Thứ Ba, thứ Năm\nThứ Bảy", True),
        ("Điều muốn học", "long", "", False),
    ),
)


def show_all(city) -> None:
    """Give the demo city its calendars, events, its poll and its form; what exists is kept."""
    for key, leader, days, weekday, afternoon, place in RULES:
        site = city.sites[key]
        home = site.home_page().specific
        row = section("lich")
        if city._exists(home, row.key):
            continue
        page = city._page(CalendarPage, site, home, row.key, row.label, row.lead, "")
        page.show_in_menus = True
        page.receptions = [
            ReceptionRule(
                leader=leader,
                days=days,
                weekday=weekday,
                afternoon_starts_at=time(14, 0) if afternoon else None,
                afternoon_ends_at=time(17, 0) if afternoon else None,
                place=place,
                legal_source=SOURCE_OF_LAW,
                valid_from=city._day(400),
            )
        ]
        city._publish(page, home, site, 30)
    for key, slug, title, summary, ahead, (starts, ends), place, who, state, reason in EVENTS:
        site = city.sites[key]
        parent = city._section(site, "tin-tuc")
        if parent is None or city._exists(parent, slug):
            continue
        page = city._page(EventPage, site, parent, slug, title, summary, "")
        page.starts_on, page.starts_at, page.ends_at = city._day(-ahead), starts, ends
        page.place, page.who_may_come, page.organiser = place, who, page.responsible_unit.full_name
        page.state, page.state_reason = state, reason
        if state == EventPage.State.MOVED:
            page.moved_from = city._day(MOVED_BY_DAYS - ahead)
        page.body = body(summary)
        city._publish(page, parent, site, 6)
    site = city.sites[CITY]
    parent = city._section(site, "thong-ke")
    slug, title, summary, ahead = RELEASE
    if parent is not None and not city._exists(parent, slug):
        page = city._page(ReleasePage, site, parent, slug, title, summary, "")
        page.due_on, page.body = city._day(-ahead), body(summary)
        city._publish(page, parent, site, 6)
    _take_part(city)


def _take_part(city) -> None:
    """Give the city its poll, and a ward its form."""
    slug, title, summary, question, choices = POLL
    site = city.sites[CITY]
    parent = city._section(site, "gop-y")
    if parent is not None and not city._exists(parent, slug):
        page = city._page(PollPage, site, parent, slug, title, summary, "")
        page.question, page.opens_on, page.closes_on = question, city._day(6), city._day(-30)
        page.choices = [("choice", choice) for choice in choices]
        city._publish(page, parent, site, 6)
    key, slug, title, summary, purpose, questions = FORM
    site = city.sites[key]
    parent = city._section(site, "gop-y")
    if parent is not None and not city._exists(parent, slug):
        page = city._page(FormPage, site, parent, slug, title, summary, "")
        page.purpose, page.opens_on, page.closes_on = purpose, city._day(6), city._day(-30)
        names = ("label", "kind", "options", "is_required")
        rows = [{"type": "question", "value": {**dict(zip(names, row, strict=True)), "help": ""}} for row in questions]
        page.questions = json.dumps(rows)
        city._publish(page, parent, site, 6)
