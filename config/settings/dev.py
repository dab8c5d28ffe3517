"""The portal on a developer's machine: debug pages, no HTTPS."""

from .base import *  # noqa: F403
from .base import SECRET_KEY, STORAGES

DEBUG = True
SECRET_KEY = SECRET_KEY or "chi-dung-tren-may-phat-trien-khong-dung-o-noi-khac-0123456789"
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
SECURE_PROXY_SSL_HEADER = None
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "sessionid", "csrftoken"
SECURE_HSTS_SECONDS = 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
EMAIL_BACKEND = PORTAL_DELIVERY_BACKEND = "django.core.mail.backends.console.EmailBackend"
# A template just edited must show at once.
PORTAL_PAGE_CACHE = False
# A developer's machine has no scanner.
PORTAL_UNSCANNED_UPLOADS = True
