"""Words with Vietnamese letters, typed into the field of an address, become an address without losing a letter."""

from playwright.sync_api import expect

from tests.browser.test_story import Person


def test_words_typed_into_the_field_of_an_address_lose_their_marks_and_no_letter(browser, city):
    office = Person(browser, city, city["people"]["standing_office"])
    office.open("/quan-tri/van-ban/co-quan/add/")
    field = office.page.locator("#id_slug")

    for typed, address in (
        ("Xã Mỹ Hòa Hưng", "xa-my-hoa-hung"),
        ("Ấp Mỹ Thuận đường", "ap-my-thuan-duong"),
        ("ubnd-xa", "ubnd-xa"),
    ):
        field.fill("")
        field.press_sequentially(typed, delay=5)
        field.press("Tab")
        expect(field).to_have_value(address)
