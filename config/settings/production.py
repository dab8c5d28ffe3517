"""The portal in production, and what `make run` starts."""

from importlib.util import find_spec

from django.core.exceptions import ImproperlyConfigured

from . import base
from .base import *  # noqa: F403

MISSING_EXTRA = "Đã đặt {} nhưng thiếu thư viện: .venv/bin/python -m pip install --require-hashes -r {}"


def demand_extras() -> None:
    """Stop the start when files in S3, sign-on, traces or Redis are only half set up. Raises ImproperlyConfigured."""
    for name in ("PORTAL_S3", "PORTAL_BACKUP_S3"):
        if getattr(base, f"{name}_BUCKET"):
            _demand_store(name)
    if base.PORTAL_TRACES_URL and find_spec("opentelemetry") is None:
        raise ImproperlyConfigured(MISSING_EXTRA.format("PORTAL_TRACES_URL", "requirements-tracing.lock"))
    if base.IS_CACHE_IN_REDIS and find_spec("redis") is None:
        raise ImproperlyConfigured(MISSING_EXTRA.format("PORTAL_CACHE_URL", "requirements-redis.lock"))
    if not base.PORTAL_OIDC_ISSUER:
        return
    if not base.PORTAL_OIDC_ISSUER.startswith("https://"):
        raise ImproperlyConfigured("PORTAL_OIDC_ISSUER phải bắt đầu bằng https://.")
    if not (base.PORTAL_OIDC_CLIENT and base.PORTAL_OIDC_SECRET):
        raise ImproperlyConfigured("Đã đặt PORTAL_OIDC_ISSUER: hãy đặt cả PORTAL_OIDC_CLIENT và PORTAL_OIDC_SECRET.")
    if find_spec("authlib") is None:
        raise ImproperlyConfigured(MISSING_EXTRA.format("PORTAL_OIDC_ISSUER", "requirements-sso.lock"))


def _demand_store(name: str) -> None:
    if not getattr(base, f"{name}_ENDPOINT").startswith(("https://", "http://127.0.0.1:")):
        raise ImproperlyConfigured(f"Đã đặt {name}_BUCKET: {name}_ENDPOINT phải bắt đầu bằng https://.")
    if not (getattr(base, f"{name}_KEY") and getattr(base, f"{name}_SECRET")):
        raise ImproperlyConfigured(f"Đã đặt {name}_BUCKET: hãy đặt cả {name}_KEY và {name}_SECRET.")
    if find_spec("storages") is None or find_spec("boto3") is None:
        raise ImproperlyConfigured(MISSING_EXTRA.format(f"{name}_BUCKET", "requirements-s3.lock"))


base.demand_secret_key()
demand_extras()
