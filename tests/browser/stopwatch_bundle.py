"""Drafts of an editor of the city, of four kinds, and an alert that they proposed: all shall appear at one instant.

In the database of the environment. Prints their keys, one a line.
"""

import sys
from datetime import timedelta

import django

django.setup(set_prefix=False)


from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from alerts import proposing  # noqa: E402
from base.models import PortalSite  # noqa: E402
from tests import factories  # noqa: E402
from tests.alerts.standing import content  # noqa: E402
from tests.city import City  # noqa: E402
from tests.faq.test_library import an_answer  # noqa: E402
from tests.legalref.library import draft_document  # noqa: E402
from tests.servicecatalog.cast import a_procedure, an_offering  # noqa: E402
from workflows.models.bundle import type_of  # noqa: E402

writer = User.objects.get(username="bien-tap")
site = PortalSite.objects.get(kind=PortalSite.Kind.CITY)
city = City(site=site, my_long=None, my_xuyen=None, dong_xuyen=None, cast=None)
document = draft_document(site, by=writer, symbol="91/2026/QĐ-UBND", subject="Quy định lệ phí mẫu")
news = factories.article(city.section(site), by=writer, cites=[document], title="Lệ phí theo mức mới")
procedure = a_procedure(city, code="1.987654", name="Xác nhận lệ phí mẫu")
service = an_offering(site, procedure, by=writer, public=False)
answer = an_answer(city.section(site, "hoi-dap"), "Lệ phí nộp thế nào?", by=writer, public=False)
# It ends by itself before others look at pages.
words = content(title="Lệ phí theo mức mới từ hôm nay", ends_at=timezone.now() + timedelta(minutes=4))
alert = proposing.propose(words, by=writer, reason="Theo quyết định mới.")
sys.stdout.write("\n".join(f"{type_of(thing)}/{thing.pk}" for thing in (document, news, service, answer, alert)))
