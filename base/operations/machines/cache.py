"""Redis as the cache of all machines: while it is away nothing is known, no request waits for it twice, none fails.

Only what may be asked of the database again lies in this cache, for a minute at most: what was to be removed from it
while it was away is gone by itself soon after it is back. Sessions, attempts and limits are in the database.
"""

import logging
from collections.abc import Callable
from importlib import import_module
from time import monotonic

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache

logger = logging.getLogger(__name__)

LONGEST_SECONDS = 60
# So long it is not asked again after it did not answer.
REST_SECONDS = 5.0
# For connecting and for an answer.
OPTIONS = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}


class SharedCache(RedisCache):
    """The cache of the setting PORTAL_CACHE_URL, where that names a Redis server."""

    def __init__(self, server, params):
        super().__init__(server, {**params, "OPTIONS": {**OPTIONS, **params.get("OPTIONS", {})}})
        self._rests_until = 0.0

    def get_backend_timeout(self, timeout=DEFAULT_TIMEOUT):
        """Return for how many seconds something is remembered, never long; None would be for good."""
        seconds = super().get_backend_timeout(timeout)
        return LONGEST_SECONDS if seconds is None else min(seconds, LONGEST_SECONDS)

    def _asked(self, call: Callable, otherwise):
        """Return what the server answers; `otherwise`, where it does not, or did not a moment ago."""
        if monotonic() < self._rests_until:
            return otherwise
        try:
            return call()
        except (OSError, _error_of_library()):
            logger.warning("Redis không trả lời; các trang được tạo không dùng bộ nhớ đệm chung.")
            self._rests_until = monotonic() + REST_SECONDS
            return otherwise

    def add(self, *args, **kwargs):
        """Set what is not known yet; while it is away, all counts as new."""
        return self._asked(lambda: super(SharedCache, self).add(*args, **kwargs), True)

    def get(self, key, default=None, version=None):
        """Return what is known under a key."""
        return self._asked(lambda: super(SharedCache, self).get(key, default, version), default)

    def set(self, *args, **kwargs):
        """Remember something."""
        return self._asked(lambda: super(SharedCache, self).set(*args, **kwargs), None)

    def touch(self, *args, **kwargs):
        """Remember something for longer."""
        return self._asked(lambda: super(SharedCache, self).touch(*args, **kwargs), False)

    def delete(self, *args, **kwargs):
        """Remove what is known under a key."""
        return self._asked(lambda: super(SharedCache, self).delete(*args, **kwargs), False)

    def get_many(self, *args, **kwargs):
        """Return what is known under several keys."""
        return self._asked(lambda: super(SharedCache, self).get_many(*args, **kwargs), {})

    def has_key(self, *args, **kwargs):
        """Tell whether anything is known under a key."""
        return self._asked(lambda: super(SharedCache, self).has_key(*args, **kwargs), False)

    def set_many(self, data, *args, **kwargs):
        """Remember several things; return the keys of those that were not."""
        return self._asked(lambda: super(SharedCache, self).set_many(data, *args, **kwargs), list(data))

    def delete_many(self, *args, **kwargs):
        """Remove what is known under several keys."""
        return self._asked(lambda: super(SharedCache, self).delete_many(*args, **kwargs), None)

    def clear(self):
        """Remove all that is known."""
        return self._asked(super().clear, False)


def _error_of_library() -> type[Exception]:
    # Installed only where it is used (`requirements-redis.lock`).
    return import_module("redis.exceptions").RedisError
