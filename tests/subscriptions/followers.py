"""Citizens who follow by mail, for tests of this room and of the jobs."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import time_machine
from django.core import mail
from django.test import Client

from subscriptions import sending, spreading
from subscriptions.models import Subscriber
from tests import factories
from tests.city import CityTestCase, publish

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
# A Monday.
DAY = datetime(2026, 9, 7, 9, tzinfo=VIETNAM)
ADDRESS = "nguoi-theo-doi@example.invalid"


class Followers(CityTestCase):
    """A city with somebody who reads its pages; `follow` makes them follow, `run_jobs` is a minute of the jobs."""

    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(DAY, tick=True))
        self.reader = Client(headers={"host": "localhost"})
        self.section = self.city.section(self.city.site)

    def later(self, **passed):
        """Let time pass."""
        self.clock.move_to(datetime.now(VIETNAM) + timedelta(**passed))

    def ask(self, followed=None, *, email=ADDRESS, frequency="at_once", consent="on", **more):
        """Send the form as a browser does."""
        data = {"theo": followed or f"muc-{self.section.pk}", "email": email, "frequency": frequency, **more}
        return self.reader.post("/nhan-tin/", data | ({"consent": consent} if consent else {}))

    def confirm(self, message=None):
        """Open the link of a first mail, then press its button; return both answers."""
        path = link_in((message or mail.outbox[-1]).body)
        return self.reader.get(path), self.reader.post(path)

    def follow(self, followed=None, **fields) -> Subscriber:
        """Follow something, confirmed; the mails for it are forgotten."""
        self.ask(followed, **fields)
        self.confirm()
        mail.outbox.clear()
        self.later(seconds=1)
        return Subscriber.objects.order_by("pk").last()

    def published(self, parent=None, **fields):
        """Publish an article; return it."""
        page = publish(factories.article(parent or self.section, by=self.cast.editor, **fields))
        self.later(seconds=1)
        return page

    def run_jobs(self) -> list:
        """Spread what changed and write the mails; return those written."""
        now, before = datetime.now(VIETNAM), len(mail.outbox)
        spreading.spread(on=now)
        sending.send_due(on=now)
        return mail.outbox[before:]


def link_in(body: str, name: str = "") -> str:
    """Return the path of the first link of a mail that leads to this room, to the page that is called `name`."""
    links = re.findall(r"https?://\S+", body)
    return next(urlsplit(found).path for found in links if f"/nhan-tin/{name}" in found)
