"""Every address of the administration is opened once, by one of those who may; nobody meets English there.

In a build a third of them, in turn (`tests/rotation.py`). Who opens which is dealt out, so that everybody opens some:
what `tools/admin_language.py short` runs. With `screens` everybody opens all (`whole.py`).
"""

from io import StringIO

from django.core.management import call_command

from tests import rotation
from tests.isolation.stand import Stand
from tests.language.screens import Walk, admin_addresses, everybody


class EveryScreen(Stand):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        call_command("sync_roles", stdout=StringIO())

    def test_is_vietnamese_for_one_of_those_who_may_open_it(self):
        people = everybody(self, self.ward)
        walk = Walk(self, self.ward, self.own)
        roles = [role for role in people if role not in ("superuser", "anonymous", "other_ward", "entry_only")]
        first = [address for address in admin_addresses() if address.name == "wagtailadmin_home"]
        dealt = {role: [*first] for role in roles}
        wanted = rotation.in_turn(admin_addresses(), lambda address: address.pattern)
        for place, address in enumerate(wanted):
            dealt[roles[place % len(roles)]].append(address)

        for role, addresses in dealt.items():
            walk.walk(role, people[role], addresses)
        closed = [address for address in wanted if address.pattern not in walk.report.patterns]
        walk.walk("superuser", people["superuser"], closed)

        report = walk.report
        assert not report.english, "\n".join(f"{text}: {where}" for text, where in report.english.items())
        assert len(report.patterns) > rotation.at_least(200), len(report.patterns)
        assert len(report.screens) == len(roles) + 1, report.screens
        print(f"\n{report.screens.total()} màn hình, {len(report.patterns)} mẫu địa chỉ, {len(report.texts)} câu chữ")
