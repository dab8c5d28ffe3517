"""What tests of appointments share: the small city on a day in March 2026, with people to appoint."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import time_machine

from accounts import appointments, decisions
from accounts.models import Appointment, User
from tests.city import CityTestCase, person

BODY = "Ủy ban nhân dân thành phố Long Xuyên"
TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


class WithDecisions(CityTestCase):
    """The small city on 2 March 2026; another admin and a person without a role."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.admin = cls.cast.technical_admin
        cls.other_admin = person("quan-tri.2", "Cán bộ mẫu 51", "technical_admin", cls.city.site)
        cls.newcomer = User.objects.create(
            username="moi", full_name="Cán bộ mẫu 52", email="moi@example.invalid", is_active=False, password="!x"
        )

    def setUp(self):
        travel = time_machine.travel(NOW, tick=False)
        travel.start()
        self.addCleanup(travel.stop)

    def decision(self, kind="appoint", number="15/QĐ-UBND", **fields):
        known = {"signed_on": date(2026, 2, 20), "issuing_body": BODY, "title": "Phân công", "by": self.admin}
        return decisions.record_decision(number=number, kind=kind, **{**known, **fields})

    def appoint(self, role="contributor", site=None, **fields):
        fields = {"by": self.admin, "person": self.newcomer, "valid_from": TODAY, **fields}
        return appointments.appoint(self.decision(), role=role, site=site or self.city.my_long, **fields)

    def of(self, user, **fields) -> Appointment:
        return Appointment.objects.get(person=user, **fields)
