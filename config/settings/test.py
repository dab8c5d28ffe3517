"""The portal under test: fast hashing, mail kept in memory, files in a folder that is thrown away."""

import tempfile
from pathlib import Path

from .base import *  # noqa: F403

SECRET_KEY = "chi-dung-khi-chay-thu-0123456789-0123456789-0123456789"
DEBUG = False
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **FOLDERS,  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CACHES = {
    name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    for name in ("default", "renditions")
}
if "sqlite" in DATABASES["default"]["ENGINE"]:  # noqa: F405
    # One thread asks for more different statements than SQLite keeps prepared otherwise: a third of what they cost.
    DATABASES["default"]["OPTIONS"]["cached_statements"] = 1000  # noqa: F405
# Tests of the outbox name it themselves; the others find what would be said in `mail.outbox` at once.
EMAIL_BACKEND = PORTAL_DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
SECURE_HSTS_SECONDS = 0
PORTAL_CLAMAV = PORTAL_S3_BUCKET = PORTAL_BACKUP_S3_BUCKET = ""
PORTAL_UNSCANNED_UPLOADS = True
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "sessionid", "csrftoken"
PORTAL_HTTPS = False
# All tests come from one address.
PORTAL_THROTTLE = False
# A thread of its own would write into the database of a test.
PORTAL_COUNTS_WRITER = False
# Removed when the process ends.
_throwaway = tempfile.TemporaryDirectory(prefix="portal-test-")
MEDIA_ROOT = Path(_throwaway.name) / "media"
ARCHIVE_ROOT = Path(_throwaway.name) / "archive"
PORTAL_SEALS = Path(_throwaway.name) / "seals"
PORTAL_GONE = Path(_throwaway.name) / "gone"
PORTAL_PAGES = Path(_throwaway.name) / "pages"
PORTAL_GONE_SHARED = Path(_throwaway.name) / "gone-shared"
PORTAL_AUDIT_KEYS = Path(_throwaway.name) / "audit_keys"
