"""The rules of `vietnam` need no Django: these tests run without its settings."""

import pytest


@pytest.fixture(autouse=True)
def empty_caches():
    """Replace the fixture of all other tests, which asks for Django's caches."""
    yield
