"""Filled choosers in a real browser: their menu opens, and each of its entries does what it says."""

import pytest
from playwright.sync_api import expect

from tests.browser.stopwatch import picture

PATIENCE = 60_000


def chosen_menu(page, name: str):
    """Open the menu of a filled chooser and return the box it stands in now."""
    page.locator(f"#id_{name}-chooser .chosen [data-w-dropdown-target=toggle]").click()
    menu = page.locator(".tippy-box:visible", has=page.locator("[data-chooser-action-choose]"))
    expect(menu).to_be_visible()
    return menu


def uploads(page, title: str, file: dict) -> None:
    """Fill in the part of the dialog for a new picture, and press."""
    page.set_input_files(".modal-body [data-chooser-modal-creation-form] input[type=file]", file)
    # Wagtail proposes the name of the file, which would come into the midst of what is typed.
    expect(page.locator(".modal-body input[name$=title]")).not_to_have_value("")
    page.fill(".modal-body input[name$=title]", title)
    page.fill(".modal-body input[name$=description]", "Người dân quét đường")
    page.locator(".modal-body form button[type=submit]", has_text="Tải lên").last.click()


@pytest.mark.parametrize(
    ("button", "title"), [("Dùng hình ảnh đã có", "Lễ ra quân"), ("Dùng hình ảnh mới", "Lễ ra quân lần hai")]
)
def test_a_picture_that_is_there_already_is_taken_or_uploaded_once_more(person, city, button, title):
    writer = person("contributor")
    page, trouble = writer.page, []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    writer.open(f"/quan-tri/pages/add/sections/articlepage/{city['section']}/")
    for name in ("Lễ ra quân", "Lễ ra quân lần hai"):
        chosen = page.locator("#id_lead_image-chooser .chosen")
        if chosen.is_visible():
            chosen_menu(page, "lead_image").locator("[data-chooser-action-choose]").click()
        else:
            page.locator("#id_lead_image-chooser .unchosen [data-chooser-action-choose]").click()
        page.locator(".modal-body [role=tab]", has_text="Tải lên").first.click()
        uploads(page, name, picture("#8fb57f" if button == "Dùng hình ảnh mới" else "#b57fa9"))
        if name == "Lễ ra quân":
            page.wait_for_selector(".modal-body", state="detached")
    page.locator(".modal-body a", has_text=button).click()
    page.wait_for_selector(".modal-body", state="detached")
    expect(page.locator("#id_lead_image-chooser [data-chooser-title]")).to_have_text(title)
    assert trouble == []


def test_a_picture_is_changed_and_let_go(person, city):
    writer = person("contributor")
    page = writer.page
    writer.open(f"/quan-tri/pages/add/sections/articlepage/{city['section']}/")
    page.fill("#id_title", "Bài có ảnh")
    page.locator("#id_lead_image-chooser .unchosen [data-chooser-action-choose]").click()
    page.locator(".modal-body [role=tab]", has_text="Tải lên").first.click()
    uploads(page, "Ra quân", picture("#b5917f"))
    page.wait_for_selector(".modal-body", state="detached")
    # The description of the picture is asked once.
    expect(page.locator("#id_lead_image_alt")).to_have_value("Người dân quét đường")
    with writer.moved():
        page.locator("button.action-save").first.click()
    expect(page.locator("#id_lead_image-chooser .chosen")).to_be_visible()
    number = page.input_value("#id_lead_image")
    assert number

    chosen_menu(page, "lead_image").locator("[data-chooser-action-choose]").click()
    expect(page.locator(".modal-body [role=tab]").first).to_be_visible()
    page.locator(".modal-dialog [data-dismiss=modal]").first.click()
    page.wait_for_selector(".modal-dialog", state="detached")
    assert page.input_value("#id_lead_image") == number

    chosen_menu(page, "lead_image").locator("[data-chooser-action-clear]").click()
    expect(page.locator("#id_lead_image-chooser .unchosen")).to_be_visible()
    assert page.input_value("#id_lead_image") == ""


def test_another_issuer_is_chosen_than_the_one_that_the_form_begins_with(person):
    office = person("standing_office")
    page = office.page
    office.open("/quan-tri/van-ban/so/add/")
    page.wait_for_selector("#id_subject")
    assert page.input_value("#id_main_issuer")

    chosen_menu(page, "main_issuer").locator("[data-chooser-action-choose]").click()
    expect(page.locator(".modal-body")).to_contain_text("quan ban hành")
    page.locator(".modal-body a[data-chooser-modal-choice]").last.click()
    page.wait_for_selector(".modal-body", state="detached")
    assert page.input_value("#id_main_issuer")


def test_a_file_chosen_where_the_dialog_opens_goes_into_the_form_for_new_ones(person, city):
    writer = person("contributor")
    page = writer.page
    writer.open(f"/quan-tri/pages/add/sections/articlepage/{city['section']}/")
    page.locator("#id_lead_image-chooser .unchosen [data-chooser-action-choose]").click()

    page.set_input_files("[data-portal-upload]", picture("#a3b57f"))

    expect(page.locator(".modal-body [role=tab][aria-selected=true]")).to_contain_text("Tải lên")
    chosen = page.locator(".modal-body [data-chooser-modal-creation-form] input[type=file]")
    assert chosen.evaluate("field => [...field.files].map((file) => file.name)") == ["le-ra-quan.jpg"]
    page.fill(".modal-body input[name$=title]", "Dọn kênh")
    page.fill(".modal-body input[name$=description]", "Người dân vớt rác dưới kênh")
    page.locator(".modal-body form button[type=submit]", has_text="Tải lên").last.click()
    page.wait_for_selector(".modal-body", state="detached")
    expect(page.locator("#id_lead_image-chooser [data-chooser-title]")).to_have_text("Dọn kênh")


def test_a_file_of_a_kind_that_is_not_taken_is_refused_before_anything_is_typed(person, city):
    writer = person("contributor")
    page = writer.page
    writer.open(f"/quan-tri/pages/add/sections/articlepage/{city['section']}/")
    page.locator("#id_lead_image-chooser .unchosen [data-chooser-action-choose]").click()

    page.set_input_files(
        "[data-portal-upload]", {"name": "bao-cao.docx", "mimeType": "application/zip", "buffer": b"PK"}
    )
    expect(page.locator(".modal-body [role=alert]")).to_contain_text("Loại ảnh «.docx» không được nhận")
    expect(page.locator(".modal-body [role=tab][aria-selected=true]")).not_to_contain_text("Tải lên")

    page.set_input_files("[data-portal-upload]", picture("#3b5fa3"))
    expect(page.locator(".modal-body [role=tab][aria-selected=true]")).to_contain_text("Tải lên")
    expect(page.locator(".modal-body [role=alert]")).to_have_count(0)

    title = page.input_value(".modal-body input[name$=title]")
    field = ".modal-body [data-chooser-modal-creation-form] input[type=file]"
    page.set_input_files(field, {"name": "bang-luong.xlsx", "mimeType": "application/zip", "buffer": b"PK"})
    expect(page.locator(".modal-body [role=alert]")).to_contain_text("Loại ảnh «.xlsx» không được nhận")
    assert page.input_value(".modal-body input[name$=title]") == title


def test_the_button_of_the_search_for_pages_leads_to_what_was_found(person, city):
    section = city["run"](
        "manage.py",
        "shell",
        "-v0",
        "-c",
        "from base.models import PortalSite; from sections.models import SectionIndexPage;"
        "home = PortalSite.objects.get(slug='my-long').home_page();"
        "print(SectionIndexPage.objects.child_of(home).get(section_key='giai-thich').pk)",
    ).strip()
    writer = person("contributor")
    page, broken = writer.page, []
    page.on("pageerror", lambda error: broken.append(error.message))
    writer.open(f"/quan-tri/pages/add/sections/clarificationpage/{section}/")
    page.locator("#id_press_release-chooser .unchosen [data-chooser-action-choose]").click()
    page.wait_for_selector(".modal-body form.search-form")
    # The dialog takes the focus itself once it has come in.
    page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished))")
    # Seen by nobody, the button is reached by the keyboard.
    page.locator(".modal-body form.search-form input[type=submit]:not(:disabled)").focus()

    page.keyboard.press("Enter")

    expect(page.locator(".modal-body .page-results :focus")).to_have_count(1)
    assert broken == []
