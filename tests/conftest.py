"""What all tests share: paths stay quiet, no test reaches the network, caches start empty."""

import pytest
from django.core.cache import caches


@pytest.fixture(autouse=True)
def empty_caches():
    """Forget what an earlier test left in the caches (site root paths, renditions)."""
    for name in ("default", "renditions"):
        caches[name].clear()
    yield
