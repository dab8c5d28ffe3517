"""Proposes to take down a page of Mỹ Long to which another links, in the database of the environment.

Prints its title.
"""

import sys

import django

django.setup(set_prefix=False)

from accounts.models import User  # noqa: E402
from base.models import PortalSite  # noqa: E402
from sections.models import SectionIndexPage  # noqa: E402
from tests import factories  # noqa: E402
from tests.city import publish_at_once  # noqa: E402
from workflows.publishing import takedown  # noqa: E402

TITLE, LINKING = "Hỗ trợ tiểu thương năm trước", "Các chính sách cho tiểu thương"
writer = User.objects.get(username="cong-tac-vien.my-long")
home = PortalSite.objects.get(slug="my-long").home_page()
section = SectionIndexPage.objects.child_of(home).get(slug="tin-tuc")
page = publish_at_once(factories.article(section, by=writer, title=TITLE, slug="dong-ho-go-bo"))
body = [("paragraph", f'<p>Xem <a linktype="page" id="{page.pk}">mức hỗ trợ năm trước</a>.</p>')]
publish_at_once(factories.article(section, by=writer, title=LINKING, slug="dong-ho-dan-den", body=body))
takedown.propose(page, "no_longer_suitable", by=writer, explanation="Chính sách đã hết hiệu lực.")
sys.stdout.write(TITLE)
