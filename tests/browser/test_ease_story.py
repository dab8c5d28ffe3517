"""Writing with ease, by the keyboard: from a template to a draft, from a finding to its field, a draft shown outside.

The screens of one's own are asked by axe (Wagtail brings it) for labels, names, contrast and order.
"""

import re

from playwright.sync_api import expect

from tests.browser.test_story import Person

# What axe says of Wagtail's own frame around our screens.
OF_WAGTAIL = {"landmark-unique", "region"}
INSIDE = """(selector) => {
  const place = document.querySelector(selector);
  return Boolean(place && place.contains(document.activeElement));
}"""
AXE = """async () => {
  const found = await window.axe.run("#main", {resultTypes: ["violations"]});
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(" ")}`);
}"""

FADING_MS = 800


def faults_of(page) -> list[str]:
    """What axe finds on the screen, without what belongs to Wagtail, once messages have faded in."""
    page.wait_for_timeout(FADING_MS)
    return [fault for fault in page.evaluate(AXE) if fault.split(":")[0] not in OF_WAGTAIL]


def test_from_a_template_to_a_link_for_an_outsider_by_keyboard(browser, city):
    writer = Person(browser, city, city["people"]["contributor"])
    page = writer.page

    # A draft from a template: the link, the title, the button, all by Enter.
    writer.open(f"/quan-tri/mau-bai/duoi/{city['section']}/")
    page.get_by_role("link", name=re.compile("Tin hội nghị")).press("Enter")
    page.get_by_label("Tiêu đề của trang mới").fill("Hội nghị tổng kết công tác năm")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/pages/\d+/edit/"))
    pk = re.search(r"/pages/(\d+)/edit/", page.url).group(1)

    # The preflight leads to the field: the cursor stands in it.
    writer.open(f"/quan-tri/duyet/wagtailcore/page/{pk}/gui/")
    writer.sees("Còn chỗ chưa điền")
    violations = {"gui": faults_of(page)}
    page.locator("#main a[href$='contentpath=summary']").first.press("Enter")
    page.wait_for_function(INSIDE, arg="[data-contentpath=summary]")

    # What is wrong takes the focus; its link leads to the field; nothing typed is lost.
    writer.open(f"/quan-tri/xem-truoc/{pk}/")
    page.get_by_label("Lý do").fill("xin ý kiến chuyên môn")
    writer.press("Tạo liên kết")
    page.wait_for_function(INSIDE, arg="[data-portal-errors]")
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Enter")
    page.wait_for_function(INSIDE, arg="[data-contentpath=recipient]")
    page.keyboard.type("Phòng Tư pháp")
    expect(page.get_by_label("Lý do")).to_have_value("xin ý kiến chuyên môn")
    writer.press("Tạo liên kết")
    address = page.locator(".portal-address").input_value()
    violations["xem-truoc"] = faults_of(page)
    for name in ("mau-bai", "kiem-tra-noi-dung", f"mau-bai/luu/{pk}"):
        writer.open(f"/quan-tri/{name}/")
        violations[name] = faults_of(page)
    assert {name: found for name, found in violations.items() if found} == {}

    # Somebody without an account reads the draft, and gets no cookie.
    outside = browser.new_context()
    reader = outside.new_page()
    answer = reader.goto(city["url"] + re.sub(r"^https?://[^/]+", "", address))
    assert answer.status == 200
    expect(reader.locator("body")).to_contain_text("Bản xem trước, chưa được duyệt và chưa đăng")
    expect(reader.locator("h1")).to_contain_text("Hội nghị tổng kết công tác năm")
    assert outside.cookies() == []
    outside.close()
