"""The portal in production as tests serve it several times at once: static files as they lie, the cast's hashing."""

from config.settings.production import *  # noqa: F403
from config.settings.production import STORAGES

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A thread of its own would write into the database of a test.
PORTAL_COUNTS_WRITER = False
