"""What somebody puts away in the administration: names with yes or no, and not many."""

import json

from wagtail.users.models import UserProfile

from base.admin.dismissible_views import MOST_NAMES
from tests.city import CityTestCase

ADDRESS = "/quan-tri/dismissibles/"


class PuttingAway(CityTestCase):
    def setUp(self):
        self.client.force_login(self.cast.contributor)

    def send(self, data):
        body = data if isinstance(data, str) else json.dumps(data)
        return self.client.patch(ADDRESS, body, content_type="application/json")

    def kept(self) -> dict:
        profile = UserProfile.objects.filter(user=self.cast.contributor).first()
        return profile.dismissibles if profile else {}

    def test_what_wagtail_puts_away_stays_away(self):
        answer = self.send({"whats-new-in-wagtail-version-8.0": True})
        assert answer.status_code == 200
        assert self.send({"editor-guide": True}).json() == {
            "whats-new-in-wagtail-version-8.0": True,
            "editor-guide": True,
        }
        assert self.client.get(ADDRESS).json() == self.kept()

    def test_anything_else_is_refused_and_nothing_kept(self):
        for data in (
            {"a": "x" * 100},
            {"a": {"b": True}},
            {"a b": True},
            {"x" * 81: True},
            {"": True},
            [True],
            "null",
            "{",
            "[" * 3000,
            {str(number): True for number in range(MOST_NAMES + 1)},
            {"a": True, "b": "ă" * 100_000},
        ):
            assert self.send(data).status_code == 400, str(data)[:60]
        assert self.kept() == {}

    def test_little_by_little_no_more_is_kept_either(self):
        statuses = {self.send({f"muc-{number}": True}).status_code for number in range(MOST_NAMES + 5)}
        assert statuses == {200, 400}
        assert len(self.kept()) == MOST_NAMES

    def test_a_stranger_is_asked_to_sign_in(self):
        self.client.logout()
        assert self.send({"a": True}).status_code in (302, 403)
