"""Public services in a real browser: a citizen who types no marks finds, prints, tracks; scripts are off.

At 360 px: from the front page of Mỹ Long to "khai sinh", the papers of her case as a sheet to print, her dossier.
"""

import re

from playwright.sync_api import expect


def test_a_citizen_without_marks_finds_prints_her_papers_and_tracks_her_dossier(browser, city):
    context = browser.new_context(viewport={"width": 360, "height": 800}, locale="vi-VN", java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(30_000)

    # Found without marks: two clicks and two words.
    page.goto(f"{city['url']}/my-long/")
    page.locator("summary", has_text="Danh mục").first.click()
    page.get_by_role("link", name=re.compile("^Dịch vụ công")).first.click()
    page.get_by_role("searchbox", name="Tìm dịch vụ").fill("khai sinh")
    page.locator("form.filters").get_by_role("button", name="Tìm").click()
    expect(page.locator(".listing__item")).to_have_count(1)
    page.get_by_role("link", name="Đăng ký khai sinh").click()
    expect(page.locator("h1")).to_have_text("Đăng ký khai sinh")
    expect(page.get_by_role("link", name="Nộp hồ sơ trực tuyến")).to_have_count(1)
    expect(page.locator("#noi-den")).to_contain_text("dẫn ra ngoài trang, đến Cổng Dịch vụ công")

    # Narrowed to her case, as a sheet of paper.
    page.get_by_label("Sinh tại cơ sở y tế").check()
    page.get_by_role("button", name="Xem giấy tờ cần có").click()
    expect(page.locator("#ho-so ~ ul.papers")).to_have_count(2)
    page.get_by_role("link", name="Bản in danh mục giấy tờ").click()
    expect(page.locator("h1")).to_contain_text("Danh mục giấy tờ")
    expect(page.locator("main")).to_contain_text("Giấy xác nhận của cơ sở y tế")
    expect(page.locator("main")).not_to_contain_text("Văn bản của người làm chứng")
    expect(page.locator("#hen-tra ~ p")).to_contain_text(re.compile(r"có kết quả chậm nhất ngày \d\d/\d\d/\d{4}"))
    page.emulate_media(media="print")
    assert page.locator("ul.papers .papers__box").first.is_visible()
    for hidden in (".menu", ".service__screen", ".breadcrumbs"):
        assert not page.locator(hidden).first.is_visible()
    page.emulate_media(media="screen")

    # Her dossier, by the code on the receipt.
    page.goto(f"{city['url']}/my-long/dich-vu-cong/")
    page.get_by_role("link", name="Tra cứu hồ sơ").click()
    page.get_by_label("Mã hồ sơ").fill(city["dossier"])
    page.locator("main").get_by_role("button", name="Tra cứu").click()
    expect(page.locator("main")).to_contain_text("Đang xử lý")
    assert city["dossier"] not in page.url
    context.close()
