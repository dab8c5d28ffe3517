"""Starts a clock of Mỹ Long that ran out long ago in the database of the environment; prints what is late."""

import sys
from datetime import timedelta

import django

django.setup(set_prefix=False)

from accounts.models import User  # noqa: E402
from base.models import PortalSite  # noqa: E402
from sections.models import SectionIndexPage  # noqa: E402
from tests import factories  # noqa: E402
from tests.city import USERNAMES  # noqa: E402
from workflows import deadlines  # noqa: E402

TITLE = "Kế hoạch phòng chống ngập"
ward = PortalSite.objects.get(slug="my-long")
section = SectionIndexPage.objects.child_of(ward.home_page()).get(slug="tin-tuc")
writer = User.objects.get(username=USERNAMES["contributor"])
page = factories.notice(section, by=writer, title=TITLE, slug="dong-ho-qua-han")
on = deadlines.today() - timedelta(days=90)
deadlines.start(page, "DL-PLAN", on=on, site=ward, unit=ward.unit, title=TITLE)
sys.stdout.write(TITLE)
