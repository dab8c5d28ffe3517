"""Posts a decision of the city with its signed PDF in the database of the environment; prints the title of the file."""

import sys

import django

django.setup(set_prefix=False)

from accounts.models import User  # noqa: E402
from base.models import PortalSite  # noqa: E402
from tests import factories  # noqa: E402
from tests.city import USERNAMES, publish_at_once  # noqa: E402
from tests.files.samples import minimal_pdf  # noqa: E402
from tests.legalref.library import draft_document  # noqa: E402

TITLE = "Bản ký Quyết định 35/2021/QĐ-UBND"
office = User.objects.get(username=USERNAMES["standing_office"])
city = PortalSite.objects.get(slug="long-xuyen")
document = draft_document(city, by=office, symbol="35/2021/QĐ-UBND", subject="Quy định về chợ")
document.signed_file = factories.file(city, title=TITLE, name="35-2021.pdf", content=minimal_pdf(info="/Nam 2021"))
document.save_revision(user=office)
publish_at_once(document)
sys.stdout.write(TITLE)
