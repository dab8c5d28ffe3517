"""A person on duty in the city, in the database of the environment; prints the key of their app."""

import sys

import django

django.setup(set_prefix=False)

from base.models import PortalSite  # noqa: E402
from tests.city import person, with_app  # noqa: E402

duty = person("truc-ban", "Cán bộ mẫu 51", "duty", PortalSite.objects.get(kind=PortalSite.Kind.CITY))
sys.stdout.write(with_app(duty).key)
