"""The menus of the administration: whatever a role is shown opens."""

from django.test import RequestFactory
from wagtail.admin.menu import SubmenuMenuItem, admin_menu

from tests.city import CityTestCase

ROLES = (
    "contributor", "ward_approver", "unit_head", "standing_office", "editor", "head", "deputy", "technical_admin",
    "accountant", "superuser",
)  # fmt: skip


class Menus(CityTestCase):
    english = True

    def links(self, menu, request, above=()):
        """Yield (labels from the top, address) of every link of a menu and of those below it."""
        for item in menu.menu_items_for_request(request):
            if isinstance(item, SubmenuMenuItem):
                below = list(self.links(item.menu, request, (*above, str(item.label))))
                assert below, f"{item.label}: an empty group"
                yield from below
            else:
                yield (*above, str(item.label)), item.url

    def shown_to(self, role):
        request = RequestFactory().get("/quan-tri/")
        request.user, request.session = getattr(self.cast, role), self.client.session
        return list(self.links(admin_menu, request))

    def test_every_link_that_a_role_is_shown_opens(self):
        for role in ROLES:
            self.client.force_login(getattr(self.cast, role))
            for labels, address in self.shown_to(role):
                with self.subTest(role=role, link=" ▸ ".join(labels)):
                    answer = self.client.get(address, follow=True)
                    assert answer.status_code == 200
                    assert "<h1" in answer.content.decode()

    def test_what_a_role_may_open_is_still_shown(self):
        reports = {"Luồng duyệt", "Trang lâu chưa cập nhật"}
        for role, may in (("standing_office", True), ("head", True), ("contributor", False), ("accountant", False)):
            shown = {labels[-1] for labels, _address in self.shown_to(role)}
            assert (reports <= shown) == may, role
            assert may or not reports & shown, role
