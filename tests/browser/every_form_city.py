"""Builds the small city with a row of everything, and says who may open which screen of the administration.

    python tests/browser/every_form_city.py         every screen; builds a ward that has a row of every model
    python tests/browser/every_form_city.py few     one screen of each kind, in all its states

Prints JSON: `sessions` (role → cookies of somebody who is signed in), `screens` (role, path, name, state).
"""

import json
import sys
from io import StringIO
from types import SimpleNamespace

import django

django.setup(set_prefix=False)

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from wagtail.models import Collection  # noqa: E402

from base.models import PortalSite  # noqa: E402
from base.operations import installation  # noqa: E402
from tests.browser.form_screens import ROLES, Finder, a_few_screens, every_other_screen, every_page_type  # noqa: E402
from tests.city import build_city  # noqa: E402
from tests.isolation.roles import walkers  # noqa: E402
from tests.isolation.ward import build, fill_own  # noqa: E402
from tests.language.screens import everybody  # noqa: E402

is_few = sys.argv[1:] == ["few"]
with transaction.atomic():
    city = build_city(english=True)
    cast = city.cast
    own = fill_own(city, city.my_long, cast.contributor)
    if is_few:
        people = {"contributor": cast.contributor, "standing_office": cast.standing_office, "head": cast.head}
    else:
        roles = walkers(city)
        ward = build(city)
        everyone = everybody(SimpleNamespace(cast=cast, roles=roles), ward)
        people = {role: everyone[role] for role in ROLES}
        # By its name a collection is the site's: renamed, it would hide its pictures from everybody.
        Collection.objects.filter(pk=ward.collections["own"]).update(name=PortalSite.objects.get(pk=ward.site.pk).slug)
        # The row of everything is there of what names the portal's folders too.
        installation.adopt()
    call_command("sync_roles", stdout=StringIO())
finder = Finder(people)
if is_few:
    a_few_screens(finder, city, own)
else:
    every_page_type(finder, city, ward)
    every_other_screen(finder, ward, own)
json.dump({"sessions": finder.sessions, "screens": finder.screens}, sys.stdout)
