"""What papers take: a legal document with its PDF registered and posted, its PDF replaced."""

from tests.browser.stopwatch import pdf, timed
from tests.files.samples import minimal_pdf


def test_a_legal_document_is_registered_and_posted_with_its_pdf(workers):
    with timed("Đăng ký và đăng văn bản") as watch:
        office = workers("standing_office", watch)
        page = office.page
        office.follow("Thêm văn bản")
        page.wait_for_selector("#id_subject")
        office.select("#id_document_type", "Quyết định")
        office.type("#id_symbol_as_printed", "88/2024/QĐ-UBND")
        office.type("#id_subject", "Ban hành Quy định quản lý vỉa hè")
        office.type("#id_issued_on", "05/06/2024")
        office.type("#id_effective_from", "20/06/2024")
        office.tick("#id_not_classified", "không thuộc bí mật nhà nước")
        office.upload("#id_signed_file-chooser", pdf(minimal_pdf(info="/Nam 2024")), title="Bản ký 88/2024/QĐ-UBND")
        office.type("#id_full_text", "Điều 1. Vỉa hè dành cho người đi bộ.\n\nĐiều 2. Có hiệu lực từ ngày ký.")
        office.hand_in()

        head = workers("head", watch)
        head.approve("88/2024/QĐ-UBND")
        head.sees("Đã duyệt và đăng")


def test_the_pdf_of_a_posted_document_is_replaced_by_two_persons(workers, city):
    title = city["run"]("tests/browser/stopwatch_file.py").strip()
    with timed("Thay bản PDF của văn bản") as watch:
        office = workers("standing_office", watch)
        page = office.page
        office.go("Nội dung", "Tệp")
        office.follow(title, "tệp")
        office.follow("Đề nghị thay tệp")
        page.set_input_files("#id_content", pdf(minimal_pdf(info="/Nam 2022"), "35-2021.pdf"))
        office.type("[name=reason]", "Bản quét cũ thiếu trang hai.")
        office.send("Gửi đề nghị")
        office.sees("Đã gửi đề nghị thay tệp")

        deputy = workers("deputy", watch)
        deputy.follow(title, "tệp")
        deputy.decide("Đồng ý thay tệp")
        deputy.sees("Đã ghi quyết định")
