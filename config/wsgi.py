"""The WSGI application, from the outside in: figures for the monitoring, bodies read to their end, static files, page
cache, what counts the use of pages, the gate of renders, Django.
"""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
# Before any of our modules: their models need the apps.
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402
from whitenoise import WhiteNoise  # noqa: E402

from base.audit import trail as audit  # noqa: E402
from base.middleware.headers import HEADERS  # noqa: E402
from base.operations import installation  # noqa: E402
from base.operations.handlers import PortalWSGIHandler  # noqa: E402
from base.operations.machines import alike  # noqa: E402
from base.operations.watching import folder  # noqa: E402
from base.public.busy import refuse_when_busy  # noqa: E402
from base.public.page_cache import PageCache  # noqa: E402
from base.public.page_cache.generations import read_generations  # noqa: E402
from base.public.renders import RenderGate, on_own_thread  # noqa: E402
from base.public.renders.memory import share_arenas  # noqa: E402
from base.public.request_kinds import WATCHED  # noqa: E402
from base.public.usage import beacon, counted, counting  # noqa: E402
from base.public.whole_bodies import WholeBodies  # noqa: E402
from home.demo.refusal import refuse_demo_people  # noqa: E402

# Before the library that counts is imported.
os.environ[folder.VARIABLE] = str(folder.share(settings.PORTAL_FIGURES))

from base.operations.watching.meter import Meter  # noqa: E402

# Names that carry their hash never change: CompressedManifestStaticFilesStorage writes `name.<12 hex>.ext`.
IMMUTABLE = r"^.+\.[0-9a-f]{12}\..+$"


def add_headers(headers, path, url):
    """Give static files the headers of every other answer."""
    for name, value in HEADERS.items():
        headers[name] = value


if not (settings.PORTAL_DEMO or settings.DEBUG):
    refuse_demo_people()
installation.demand()
alike.announce_start()

share_arenas()
if settings.PORTAL_COUNTS_WRITER:
    audit.start()
    counting.start()
# A cached page waits for no thread that makes a page, but for Python's one lock: it is passed on every millisecond, not
# every five (bench/crowd.py: the median of cached pages beside a flood of searches fell from 8 to 4 ms).
sys.setswitchinterval(0.001)
gate = RenderGate.from_settings(PortalWSGIHandler(), refuse=refuse_when_busy)
application = PageCache.from_settings(
    beacon.UsageBeacon(gate, counting.usage),
    bypass=(*WATCHED, counted.PLACE),
    read=on_own_thread(read_generations),
    busy=gate.refuse,
)
if not settings.DEBUG:
    application = WhiteNoise(
        application,
        root=settings.STATIC_ROOT,
        prefix=settings.STATIC_URL,
        max_age=settings.WHITENOISE_MAX_AGE,
        allow_all_origins=False,
        immutable_file_test=IMMUTABLE,
        add_headers_function=add_headers,
    )
application = Meter(WholeBodies(application))
