"""An article of the city, in the database of the environment; prints its address on the city's host."""

import sys

import django

django.setup(set_prefix=False)

from base.models import PortalSite  # noqa: E402
from tests.city import draft, publish_at_once  # noqa: E402
from tests.sections import pages  # noqa: E402

city = PortalSite.objects.get(kind=PortalSite.Kind.CITY)
section = city.home_page().get_children().get(slug="tin-tuc").specific
page = pages.article(title="Cầu Nguyễn Thái Học", slug="cau-nguyen-thai-hoc", summary="Thông xe sáng nay.")
page.body = [
    {"type": "paragraph", "value": "<p>Câu thứ nhất có <b>chữ đậm</b>. Câu thứ hai.</p><ul><li>Điều một</li></ul>"},
    {"type": "paragraph", "value": "<p>Đoạn cuối.</p>"},
]
publish_at_once(draft(page, section))
sys.stdout.write(f"/tin-tuc/{page.slug}/")
