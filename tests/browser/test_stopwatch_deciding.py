"""What the board's and the office's work takes: a removal, an alert, a new ward, what is late."""

from datetime import timedelta

from django.utils import timezone

from tests.browser.stopwatch import timed


def test_a_removal_is_decided_by_somebody_who_sees_what_links_to_it(workers, city):
    title = city["run"]("tests/browser/stopwatch_takedown.py").strip()
    with timed("Quyết định gỡ bỏ") as watch:
        head = workers("head", watch)
        head.follow(title)
        head.sees("Các chính sách cho tiểu thương")
        head.decide("Gỡ bỏ")
        head.sees("Đã gỡ")


def test_a_decision_its_news_a_service_an_answer_and_an_alert_appear_at_once(workers, city):
    keys = city["run"]("tests/browser/stopwatch_bundle.py").split()
    with timed("Đăng hồ sơ nhiều nội dung") as watch:
        writer = workers("editor", watch)
        writer.follow("Lập hồ sơ đăng")
        writer.type("[name=title]", "Lệ phí mới của thành phố")
        for key in keys:
            writer.tick(f"input[value='{key}']", "bản nháp")
        writer.type("[name=remark]", "Đã đối chiếu với bản gốc.")
        writer.tick("input[name=declaration]", "cam kết chính xác, đã kiểm tra")
        writer.send("Lập hồ sơ và gửi duyệt")
        writer.sees("Đang chờ người thứ hai quyết định")

        head = workers("head", watch)
        head.approve("Lệ phí mới của thành phố")
        head.sees("Đã duyệt và đăng cùng lúc 5 nội dung")


def test_an_alert_stands_on_every_page(workers):
    # It ends by itself before others look at pages.
    end = timezone.localtime() + timedelta(minutes=3)
    with timed("Cảnh báo") as watch:
        head = workers("head", watch)
        page = head.page
        head.follow("Đăng cảnh báo")
        head.click(page.locator("input[name=level]").first, "mức độ")
        head.type("[name=title]", "Nước lên nhanh ở các tuyến đường ven sông; hạn chế đi lại.")
        head.click(page.locator("input[name=sites]").first, "mọi trang")
        head.type("[name=ends_at]", f"{end:%d/%m/%Y %H:%M}")
        head.type("[name=reason]", "Triều cường vượt báo động ba.")
        head.send("Xem trước")
        head.send("Đăng ngay")
        head.sees("Đã đăng; việc này chờ người thứ hai xem lại")


def test_a_ward_is_opened(workers):
    with timed("Mở trang phường, xã") as watch:
        office = workers("standing_office", watch)
        office.follow("Mở trang phường, xã")
        for name, words in (
            ("name", "Phường Mỹ Thạnh"),
            ("slug", "my-thanh"),
            ("host_label", "mythanh"),
            ("legal_act", "Quyết định mẫu"),
            ("valid_from", "01/07/2026"),
            ("address", "Trụ sở phường"),
            ("phone", "0296 000 0000"),
            ("email", "my-thanh@example.invalid"),
        ):
            office.type(f"[name={name}]", words)
        office.send("Lập hồ sơ")
        office.tick("input[name=declaration]", "cam kết chính xác")
        office.send("Gửi duyệt")

        deputy = workers("deputy", watch)
        deputy.follow("Phường Mỹ Thạnh")
        deputy.decide("Duyệt và thực hiện")
        deputy.sees("Đã duyệt")
        assert office.page.goto(f"{office.url}/my-thanh/").status == 200


def test_a_unit_is_founded_by_a_decision(workers):
    name = "Trường Tiểu học Mẫu"
    with timed("Lập đơn vị mới") as watch:
        office = workers("standing_office", watch)
        office.go("Điều hành", "Đơn vị")
        office.follow("Lập đơn vị mới")
        office.type("[name=name]", name)
        office.select("[name=kind]", "Trường học")
        office.type("[name=legal_act]", "Quyết định mẫu")
        office.type("[name=effective_on]", "01/07/2026")
        office.send("Gửi đề nghị")
        office.sees("Đã gửi đề nghị")

        deputy = workers("deputy", watch)
        deputy.follow(name)
        deputy.decide("Xác nhận")
        deputy.sees("Đã ghi quyết định")
        office.open("/quan-tri/don-vi/?loai=school")
        office.sees(name)


def test_a_ward_is_split(workers):
    with timed("Tách phường, xã") as watch:
        office = workers("standing_office", watch)
        office.go("Điều hành", "Trang thành phần")
        office.follow("Chia, tách trang")
        office.select("[name=site]", "Phường Đông Xuyên")
        office.type("[name=wards]", "Phường Mỹ Hưng; my-hung@example.invalid")
        office.tick("[name=goes_on][value=yes]", "tiếp tục hoạt động")
        office.type("[name=legal_act]", "Quyết định mẫu")
        office.type("[name=effective_on]", "01/07/2026")
        office.send("Lập hồ sơ")
        office.tick("input[name=declaration]", "cam kết chính xác")
        office.send("Gửi duyệt")

        deputy = workers("deputy", watch)
        deputy.follow("Phường Đông Xuyên")
        deputy.decide("Duyệt và thực hiện")
        deputy.sees("Đã duyệt")
        assert office.page.goto(f"{office.url}/my-hung/").status == 200


def test_what_is_late_in_one_ward_is_found(workers, city):
    title = city["run"]("tests/browser/stopwatch_late.py").strip()
    with timed("Tìm việc quá hạn của một phường") as watch:
        office = workers("standing_office", watch)
        office.go("Điều hành", "Việc có thời hạn")
        office.open_filters()
        office.select("#id_trang", "Phường Mỹ Long")
        office.send("Lọc")
        office.follow("Quá hạn")
        office.sees(title)


def test_a_score_sheet_is_signed_from_the_first_screen(workers, city):
    title = city["run"]("tests/browser/stopwatch_scores.py").strip()
    with timed("Ký phiếu chấm điểm") as watch:
        head = workers("head", watch)
        head.follow(title)
        head.sees("Tổng điểm")
        head.follow("Ký")
        head.send("Ký")
        head.sees("Đã ký")


def test_a_month_of_royalties_is_submitted_and_decided(workers, city):
    month = city["run"]("tests/browser/stopwatch_royalties.py").strip()
    with timed("Quyết định nhuận bút tháng") as watch:
        office = workers("standing_office", watch)
        office.go("Điều hành", "Nhuận bút, thù lao")
        office.follow(month, "tháng")
        office.follow("Lập bảng kê, trình Trưởng ban")
        office.send("Trình Trưởng ban")
        office.sees("Đã trình Trưởng ban")

        head = workers("head", watch)
        head.follow(f"Bảng kê nhuận bút, thù lao {month}", "bảng kê")
        head.send("Quyết định chi")
        head.sees("Đã ghi quyết định")
