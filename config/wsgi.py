"""The WSGI application: static files, then the page cache, then Django."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

# Before any of our modules: their models need the apps.
django_application = get_wsgi_application()

from django.conf import settings  # noqa: E402
from whitenoise import WhiteNoise  # noqa: E402

from base.page_cache import PageCache  # noqa: E402

# Names that carry their hash never change: CompressedManifestStaticFilesStorage writes `name.<12 hex>.ext`.
IMMUTABLE = r"^.+\.[0-9a-f]{12}\..+$"

application = WhiteNoise(
    PageCache.from_settings(django_application),
    root=settings.STATIC_ROOT,
    prefix=settings.STATIC_URL,
    max_age=settings.WHITENOISE_MAX_AGE,
    allow_all_origins=False,
    immutable_file_test=IMMUTABLE,
)
