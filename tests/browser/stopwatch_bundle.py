"""Drafts of an editor of the city, of five kinds, in the database of the environment: they shall appear at one instant.

Prints their keys, one a line.
"""

import sys

import django

django.setup(set_prefix=False)


from accounts.models import User  # noqa: E402
from base.models import PortalSite  # noqa: E402
from home.models import CityHomePage  # noqa: E402
from tests import factories  # noqa: E402
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
home = CityHomePage.objects.get(translation_key=site.home_key)
home.intro = "<p>Từ hôm nay lệ phí theo mức mới.</p>"
home.save_revision(user=writer)
sys.stdout.write("\n".join(f"{type_of(thing)}/{thing.pk}" for thing in (document, news, service, answer, home)))
