"""Builds the small city with a day's work in it, on one morning that never changes, for the pictures of the guide.

Prints what `tools/screenshots.py` needs as JSON. All of it is illustrative: people are "Cán bộ mẫu", addresses invalid.
"""

import json
import sys
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import django
import time_machine

WHEN = datetime(2026, 11, 18, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))

if __name__ == "__main__":
    django.setup(set_prefix=False)

    from home import first_steps
    from tests import factories
    from tests.city import PASSWORD, build_city, publish_at_once, with_app
    from tests.faq.cast import a_question
    from tests.legalref.library import draft_document, register, seed_public
    from workflows import deadlines
    from workflows.publishing import approval, takedown

    with time_machine.travel(WHEN - timedelta(days=1), tick=True):
        city = build_city()
        cast = city.cast
        register(city.site)
        seed_public(cast.head)
        ward, news = city.section(city.my_long), city.section(city.site)
        written = factories.article(
            ward, by=cast.contributor, title="Ra quân dọn vệ sinh đường Nguyễn Huệ", summary="Hơn 200 người tham gia."
        )
        states = {}
        for parent, who, title in (
            (ward, cast.contributor, "Lịch tiêm vắc-xin cho trẻ em tháng 12"),
            (city.section(city.dong_xuyen), cast.contributor_dong_xuyen, "Khai giảng lớp phổ cập bơi cho học sinh"),
            (news, cast.editor, "Khánh thành cầu Nguyễn Thái Học"),
        ):
            page = factories.article(parent, by=who, title=title, summary="Nội dung minh họa.")
            states[title] = approval.submit(page, by=who, declaration=True).current_task_state_id
        back = factories.article(ward, by=cast.contributor, title="Tổ chức hội chợ cuối tuần", summary="Minh họa.")
        approval.send_back(
            approval.submit(back, by=cast.contributor, declaration=True).current_task_state,
            by=cast.deputy,
            reason="Nêu rõ giờ mở cửa",
        )
        gone = publish_at_once(factories.article(ward, by=cast.contributor, title="Hỗ trợ tiểu thương năm 2021"))
        row = takedown.propose(
            gone,
            "policy_repealed",
            by=cast.contributor,
            explanation="Quyết định hỗ trợ đã được thay thế.",
            replacement_label="Quyết định 07/2022/QĐ-UBND",
        )[0]
        document = draft_document(
            city.site,
            by=cast.standing_office,
            symbol="77/2026/QĐ-UBND",
            subject="Ban hành Quy định quản lý vỉa hè",
            issued_on=date(2026, 11, 16),
            effective_from=date(2026, 12, 1),
        )
        deadlines.start(
            document, "DL-DOC-OWN", on=date(2026, 11, 16), site=city.site, unit=city.site.unit, title=str(document)
        )
        late = factories.notice(ward, by=cast.contributor, title="Phổ biến Luật Căn cước")
        deadlines.start(late, "DL-LAW-INFO", on=date(2026, 10, 22), site=city.my_long, title="Phổ biến Luật Căn cước")
        for days, title in ((12, "Giấy tờ đăng ký khai sinh"), (8, "Lịch tiếp công dân"), (2, "Cấp lại biển số nhà")):
            on = WHEN - timedelta(days=days)
            a_question(city, site=city.my_long, unit=city.my_long.unit, state="assigned", on=on, title=title)
        a_question(
            city,
            site=city.my_long,
            unit=city.my_long.unit,
            state="drafted",
            on=WHEN - timedelta(days=5),
            title="Thời gian làm việc của bộ phận một cửa",
        )
        a_question(city, on=WHEN - timedelta(days=1), title="Xin hỏi mức phí vệ sinh")
        first_steps.put_away(by=cast.deputy)
    json.dump(
        {
            "password": PASSWORD,
            "apps": {
                user.username: with_app(user).key
                for user in (cast.deputy, cast.head, cast.standing_office, cast.technical_admin)
            },
            "people": {
                name: getattr(cast, name).username
                for name in ("contributor", "deputy", "head", "standing_office", "technical_admin")
            },
            "draft": written.pk,
            "review": states["Lịch tiêm vắc-xin cho trẻ em tháng 12"],
            "takedown": row.pk,
            "section": ward.pk,
        },
        sys.stdout,
    )
