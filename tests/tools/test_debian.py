"""What the tools find on a machine: `make test` may have installed the browser under any of its names."""

import debian
import pytest


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Return a function that puts a program into the only folder of programs."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)

    def put(name: str) -> str:
        path = tmp_path / name
        path.touch(mode=0o755)
        return str(path)

    return put


def test_a_browser_is_found_under_each_of_its_names(programs):
    assert debian.browser() is None

    for name in reversed(debian.BROWSERS):
        path = programs(name)

        assert debian.browser() == path


def test_the_browser_that_the_environment_names_goes_before(programs, monkeypatch):
    programs("chromium")
    monkeypatch.setenv("CHROMIUM", "/opt/chromium")

    assert debian.browser() == "/opt/chromium"
