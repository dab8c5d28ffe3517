"""Days in forms: one that no calendar has stays as typed and is refused by its name, the picker writes only what was
picked, it goes with the cursor, and beside the field it says how a day is typed."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_story import Person


@pytest.fixture(scope="module")
def office(browser, city):
    """Somebody of the standing office; a code of the app serves for one sign-in."""
    return Person(browser, city, city["people"]["standing_office"])


@pytest.fixture
def day(office, city):
    """The day from which a document is repealed, empty."""
    office.open(f"/quan-tri/van-ban/bai-bo/{city['old']['pk']}/")
    office.page.fill("#id_reason", "Không còn phù hợp.")
    field = office.page.locator("#id_effective_on")
    field.click()
    return field


@pytest.mark.parametrize("left_by", ["Escape", "Tab"])
def test_an_impossible_day_of_repeal_is_refused_and_not_another_taken(office, day, left_by):
    day.press_sequentially("31/02/2026", delay=20)
    day.press(left_by)
    office.page.locator("#id_stated_in").focus()

    expect(day).to_have_value("31/02/2026")
    office.press("Xem tác động")
    office.sees("Ngày 31/02/2026 không có")
    expect(day).to_have_value("31/02/2026")


def test_a_day_of_the_calendar_is_taken_and_another_can_be_picked(office, day):
    day.press_sequentially("05/06/2026", delay=20)
    day.press("Tab")
    expect(day).to_have_value("05/06/2026")
    day.click()

    office.page.locator(".xdsoft_datetimepicker:visible td.xdsoft_date:not(.xdsoft_other_month)", has_text="12").click()

    expect(day).to_have_value("12/06/2026")


def calendars(page):
    return page.locator(".xdsoft_datetimepicker:visible")


def test_the_calendar_goes_with_the_cursor_and_covers_nothing_afterwards(office, day):
    page = office.page
    expect(calendars(page)).to_have_count(1)
    day.press("Tab")
    page.wait_for_timeout(400)
    expect(calendars(page)).to_have_count(0)

    # Gone again before the calendar, which comes a moment later, is there.
    day.focus()
    day.press("Tab")
    page.wait_for_timeout(400)

    expect(calendars(page)).to_have_count(0)


def test_escape_closes_the_calendar_and_leaves_the_cursor(office, day):
    expect(calendars(office.page)).to_have_count(1)

    day.press("Escape")

    expect(calendars(office.page)).to_have_count(0)
    expect(day).to_be_focused()


def test_whoever_types_the_day_needs_no_calendar_and_one_who_asks_again_gets_it(office, day):
    expect(calendars(office.page)).to_have_count(1)

    day.press_sequentially("05/06/2026", delay=20)
    expect(calendars(office.page)).to_have_count(0)
    day.click()

    expect(calendars(office.page)).to_have_count(1)


def test_beside_the_field_it_says_how_a_day_is_typed(office, day):
    told = day.get_attribute("aria-describedby").split()

    said = " ".join(office.page.locator(f"#{place}").inner_text() for place in told)

    assert "ngày/tháng/năm" in said
