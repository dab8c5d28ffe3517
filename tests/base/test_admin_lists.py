"""Wagtail's lists: their filters work together with a search."""

from django.urls import reverse

from tests import factories
from tests.city import CityTestCase


class UsageCount(CityTestCase):
    """How often a picture or file is used, asked beside words searched for."""

    def setUp(self):
        self.client.force_login(self.cast.editor)

    def found(self, kind: str, title: str, **asked) -> bool:
        response = self.client.get(reverse(f"wagtail{kind}:index_results"), {"q": "bản đồ", **asked})
        assert response.status_code == 200
        return title in response.content.decode()

    def test_what_is_searched_for_may_be_narrowed_by_how_often_it_is_used(self):
        factories.picture(self.city.site, title="Bản đồ trung tâm")
        factories.file(self.city.site, title="Bản đồ ngập")

        for kind, title in (("images", "Bản đồ trung tâm"), ("docs", "Bản đồ ngập")):
            with self.subTest(kind):
                assert self.found(kind, title)
                assert self.found(kind, title, usage_count_min=0, usage_count_max=3)
                assert not self.found(kind, title, usage_count_min=1)
                assert not self.found(kind, title, usage_count_max=3, q="sông")
