"""Lays an article of Mỹ Long into the database of the environment and prints its title.

The argument says how it stands: `draft`, `waiting` for a review, `returned` with a reason, `public`, or `changed` and
public again.
"""

import sys

import django

django.setup(set_prefix=False)

from accounts.models import User  # noqa: E402
from base.models import PortalSite  # noqa: E402
from sections.models import SectionIndexPage  # noqa: E402
from tests import factories  # noqa: E402
from tests.city import USERNAMES, publish  # noqa: E402
from workflows.publishing import approval  # noqa: E402

TITLES = {
    "draft": "Lịch tiêm chủng tháng sau",
    "waiting": "Chợ đêm mở lại cuối tuần",
    "returned": "Sửa vỉa hè đường Lê Lợi",
    "public": "Giờ làm việc của Bộ phận một cửa",
    "changed": "Danh bạ điện thoại của phường",
}
state = sys.argv[1]
writer, editor = (User.objects.get(username=USERNAMES[role]) for role in ("contributor", "editor"))
home = PortalSite.objects.get(slug="my-long").home_page()
section = SectionIndexPage.objects.child_of(home).get(slug="tin-tuc")
page = factories.article(section, by=writer, title=TITLES[state], slug=f"dong-ho-{state}")
if state in ("public", "changed"):
    publish(page)
elif state != "draft":
    task = approval.submit(page, by=writer, declaration=True, remark="Đã xem lại.").current_task_state
    if state == "returned":
        approval.send_back(task, by=editor, reason="Ghi rõ từ ngày nào.")
sys.stdout.write(TITLES[state])
