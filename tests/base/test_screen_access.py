"""Which role opens which screen of the administration: the whole of it, screen by screen, as the gate decides.

`screen_access.txt` says it for reading and for comparing: a line a screen, and where it matters whose the thing is, a
line a screen and thing. After a change that is wanted: `WRITE_SCREEN_ACCESS=1 pytest tests/base/test_screen_access.py`.
"""

import os
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from django.contrib.auth.models import Group, Permission
from django.http import Http404, HttpResponse
from django.test import RequestFactory, SimpleTestCase
from django.urls import path
from django.views import View
from django.views.decorators.cache import never_cache

from base.admin.screen_access import CLOSED, SIGNED_IN, ScreenAccess, access_of, with_access
from base.admin.viewsets import AccessStated
from base.middleware import admin_gate
from tests.base.test_files import store_file, store_image
from tests.city import CityTestCase, person
from tests.isolation.addresses import ADMIN, MISSING, Address, addresses, model_of

# Whose the thing is that an address numbers; the people of the ward work for Mỹ Long.
WHOSE = ("the city", "Mỹ Long", "Mỹ Xuyên", "nobody")
TABLE = Path(__file__).with_name("screen_access.txt")
# Words that stand in addresses beside or in place of a number.
WORDS = {"app_label": "base", "model_name": "portalimage", "action": "add_tags"}
KIND_OF_THING = {"app_label": "wagtailcore", "model_name": "page"}
# Numbers beside that of the thing: whether they are its own, `tests/isolation` tries.
BESIDE = frozenset({"revision_id", "revision_id_a", "revision_id_b", "workflow_state_id", "task_state_id", "task_id"})


class EveryScreen(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        no_role = person("khong-vai-tro", "Cán bộ mẫu 40")
        group = Group.objects.create(name="Chỉ vào được trang quản trị")
        group.permissions.add(Permission.objects.get(codename="access_admin"))
        no_role.groups.add(group)
        cls.people = {**vars(cls.cast), "no_role": no_role}
        sites = (cls.city.site, cls.city.my_long, cls.city.my_xuyen)
        cls.things = {
            "base.PortalImage": [store_image(site).pk for site in sites],
            "base.PortalFile": [store_file(site).pk for site in sites],
            "wagtailcore.Page": [cls.city.section(site).pk for site in sites],
        }

    def answer(self, user, address: Address, number: int) -> str:
        """Return what the gate says: "+" opens, "-" is not there, "!" leads back to the first screen with a word."""
        request = RequestFactory().get("/" + ADMIN)
        request.user, request.resolver_match = user, SimpleNamespace(view_name=address.name)
        words = KIND_OF_THING if "object_id" in address.arguments else WORDS
        arguments = {name: words.get(name, str(number)) for name in address.arguments if name not in BESIDE}
        gate = admin_gate.AdminGateMiddleware(lambda request: HttpResponse())
        try:
            return "!" if gate.process_view(request, address.view, (), arguments) else "+"
        except Http404:
            return "-"

    def rows(self, address: Address) -> dict:
        """Return whose thing → the answers to each person, a sign each."""
        kind = next((model_of(address, name) for name in address.arguments if name not in WORDS), "")
        if not address.arguments or access_of(address.view) is not None:
            numbers = {"nobody": MISSING}
        else:
            numbers = dict(zip(WHOSE, [*self.things.get(kind, self.things["wagtailcore.Page"]), MISSING], strict=True))
        return {
            whose: "".join(self.answer(user, address, number) for user in self.people.values())
            for whose, number in numbers.items()
        }

    def lines(self):
        """Yield the table, from the names of the roles on top."""
        yield " ".join(self.people)
        for address in sorted((a for a in addresses() if a.is_admin), key=lambda found: (found.name, found.pattern)):
            rows = self.rows(address)
            if len(set(rows.values())) == 1:
                yield f"{rows['nobody']} {address.name or address.pattern}"
            else:
                yield from (f"{answers} {address.name}: of {whose}" for whose, answers in rows.items())

    def test_what_each_role_opens_is_what_somebody_has_looked_at(self):
        with mock.patch.object(admin_gate, "turned_away", return_value=HttpResponse()):
            found = list(self.lines())
        if os.environ.get("WRITE_SCREEN_ACCESS"):
            TABLE.write_text("\n".join(found) + "\n")

        assert found == TABLE.read_text().splitlines()


class Statement(SimpleTestCase):
    def test_of_a_class_is_found_behind_wrappers_that_keep_what_they_wrap(self):
        class OneView(View):
            screen_access = SIGNED_IN

        def bare(view):
            return lambda request: view(request)

        assert access_of(OneView.as_view()) is SIGNED_IN
        assert access_of(never_cache(OneView.as_view())) is SIGNED_IN
        assert access_of(bare(OneView.as_view())) is None

    def test_of_a_function_is_its_own(self):
        @with_access(CLOSED)
        @never_cache
        def shows(request):
            raise AssertionError

        assert access_of(shows) is CLOSED
        assert access_of(View.as_view()) is None

    def test_of_a_viewset_holds_for_the_screens_that_it_knows_by_name(self):
        class Generates:
            def get_urlpatterns(self):
                return [path("", View.as_view(), name=name) for name in ("list", "copy", "unpublish", "of_tomorrow")]

        class OneViewSet(AccessStated, Generates):
            screen_access = SIGNED_IN
            closed_screens = frozenset({"copy"})

        found = {pattern.name: access_of(pattern.callback) for pattern in OneViewSet().get_urlpatterns()}
        assert found == {"list": SIGNED_IN, "copy": CLOSED, "unpublish": CLOSED, "of_tomorrow": None}

    def test_closes_to_a_superuser_what_is_closed_to_all_and_nothing_else(self):
        superuser = SimpleNamespace(is_superuser=True)
        assert ScreenAccess(lambda user: False).allows(superuser)
        assert not CLOSED.allows(superuser)
