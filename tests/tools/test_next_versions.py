"""A newer library is tried in a copy: its pin alone is raised, and the project stays as it is."""

import next_versions
import pytest

PINS = "Django==5.2.19\ndjango-otp==1.7.5\nwhitenoise[brotli]==6.12.0\n"


class TestPins:
    def test_the_pin_of_one_library_is_raised_and_no_other(self):
        assert next_versions.raised(PINS, "django", "6.1.3") == PINS.replace("5.2.19", "6.1.3")
        assert next_versions.raised(PINS, "whitenoise", "7.0") == PINS.replace("6.12.0", "7.0")

    def test_a_library_that_is_not_pinned_is_refused_by_name(self, capsys):
        with pytest.raises(SystemExit):
            next_versions.raised(PINS, "wagtail", "8.1")

        assert "wagtail" in capsys.readouterr().err

    def test_the_newest_release_is_read_from_the_listing(self):
        assert next_versions.newest("django (6.1.3)\nAvailable versions: 6.1.3, 6.1.2") == "6.1.3"
        with pytest.raises(SystemExit):
            next_versions.newest("")


class TestCopy:
    def test_the_copy_holds_what_is_tracked_and_nothing_else(self, tmp_path):
        place = tmp_path / "trial"
        place.mkdir()
        (place / "left-over").touch()

        next_versions.copy_tracked_files(place)

        assert (place / "manage.py").read_bytes() == (next_versions.ROOT / "manage.py").read_bytes()
        assert not (place / "left-over").exists() and not (place / "var").exists()
