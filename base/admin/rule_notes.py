"""Which article stands behind a screen: a short note beside each rule, with the page of the guide that explains it.

A table; `note` gives a row with the address of its article in the register, which the room of the register passes
in (`register_addresses`). The Regulation is the one issued with Decision 01/2020/QĐ-UBND of Long Xuyên.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

REGULATION = "Quy chế ban hành kèm theo Quyết định 01/2020/QĐ-UBND"


@dataclass(frozen=True)
class Rule:
    """The rule of one screen: articles of the Regulation ("20.2"), other sources as text, what it asks, the guide."""

    key: str
    articles: tuple[str, ...]
    text: str
    guide: str
    others: str = ""


@dataclass(frozen=True)
class Article:
    """One article as it is shown: "Điều 20.2", and its place in the register ("" while that is not public)."""

    label: str
    address: str


RULES: dict[str, Rule] = {
    rule.key: rule
    for rule in (
        Rule(
            "submit",
            ("5", "20.2"),
            "Bài phải ghi rõ tác giả, nguồn; người cung cấp chịu trách nhiệm về tính chính xác và cam kết "
            "khi gửi duyệt.",
            "viet-va-gui-duyet",
        ),
        Rule(
            "review",
            ("20.1",),
            "Ban Biên tập biên tập, kiểm duyệt và chịu trách nhiệm về nội dung được duyệt đăng; người "
            "soạn, người gửi không tự duyệt.",
            "duyet-hoac-tra-lai",
        ),
        Rule(
            "takedown",
            ("21.2",),
            "Bài về chính sách đã bị bãi bỏ, không còn phù hợp thì gỡ khỏi trang; bản lưu trữ vẫn giữ. "
            "Một người đề nghị, người khác quyết định.",
            "go-bo",
        ),
        Rule(
            "restore",
            ("21.1",),
            "Thông tin đã duyệt được lưu trữ theo quy định về lưu trữ.",
            "khoi-phuc",
        ),
        Rule(
            "emergency",
            ("20.1",),
            "Duyệt đăng là việc của Ban Biên tập. Trưởng ban chỉ làm một mình khi khẩn cấp, ghi lý do; "
            "người thứ hai phải xem lại.",
            "dang-khan-cap",
        ),
        Rule(
            "alert",
            ("20.1",),
            "Duyệt đăng là việc của Ban Biên tập. Người trực ban đăng cảnh báo một mình khi không thể chờ, ghi lý do; "
            "người thứ hai phải xem lại. Cảnh báo nào cũng có giờ tự ẩn.",
            "canh-bao",
        ),
        Rule(
            "mourning",
            ("20.1",),
            "Ngày quốc tang theo quyết định của Nhà nước; một người ghi, người khác xác nhận.",
            "canh-bao",
            "Nghị định 105/2012/NĐ-CP",
        ),
        Rule(
            "appointment",
            ("8.1", "13.1"),
            "Người quản trị, đưa tin được phân công bằng quyết định của cơ quan chủ quản; quyết định được "
            "gửi đến Sở để quản lý.",
            "tai-khoan",
        ),
        Rule(
            "board",
            ("13.1", "13.2"),
            "Ban Biên tập do Chủ tịch Ủy ban nhân dân thành phố quyết định thành lập, gồm Trưởng ban, Phó Trưởng ban "
            "và các thành viên.",
            "ban-bien-tap-dao-tao",
        ),
        Rule(
            "training",
            ("15",),
            "Cán bộ Ban Biên tập và cán bộ, viên chức quản trị hằng năm được đào tạo, bồi dưỡng kiến thức chuyên môn "
            "nghiệp vụ.",
            "ban-bien-tap-dao-tao",
        ),
        Rule(
            "new_section",
            ("16.1",),
            "Chuyên mục mới phát sinh theo ý kiến chỉ đạo của Ủy ban nhân dân thành phố; cơ quan Thường trực có văn "
            "bản đề xuất kinh phí bổ sung.",
            "chuyen-muc-moi",
        ),
        Rule(
            "city_news",
            ("20.1",),
            "Ban Biên tập chịu trách nhiệm về nội dung được duyệt đăng; ai duyệt đăng ở trang phường, xã thì quyết "
            "định tin của thành phố có hiện ở trang đó hay không.",
            "hen-gio-va-lich",
        ),
        Rule(
            "unit_article",
            ("2", "20.2"),
            "Phòng, ban, đoàn thể, trường cung cấp thông tin và chịu trách nhiệm về tính chính xác; Ban Biên tập biên "
            "tập, duyệt trước khi đăng.",
            "bai-cua-don-vi",
        ),
        Rule(
            "question",
            ("6", "10.1"),
            "Tiếp nhận, phân loại, chuyển đơn vị; trả lời hoặc thông báo quá trình chậm nhất 15 ngày làm "
            "việc. Không nêu thông tin cá nhân của người hỏi.",
            "tra-loi-cau-hoi",
        ),
        Rule(
            "personal",
            ("6",),
            "Thu thập, xử lý và dùng thông tin cá nhân phải theo pháp luật; chỉ xem khi cần cho việc đang làm.",
            "du-lieu-ca-nhan",
            "Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15",
        ),
        Rule(
            "comment",
            ("10.1",),
            "Ý kiến góp ý dự thảo được tiếp nhận, xem xét và tổng hợp công khai, không nêu liên hệ của người gửi.",
            "gop-y-du-thao",
            "Nghị định 43/2011/NĐ-CP, Điều 10.1.i",
        ),
        Rule(
            "complaint",
            ("10.1",),
            "Thông tin phải được cập nhật chính xác; phản ánh thông tin sai phải được xem xét và trả lời.",
            "phan-anh-sai-sot",
            "Luật Tiếp cận thông tin 104/2016/QH13, Điều 22",
        ),
        Rule(
            "deadline",
            ("10.1",),
            "Mỗi loại thông tin có thời hạn cung cấp riêng, tính theo ngày làm việc.",
            "viec-co-thoi-han",
        ),
        Rule(
            "review_date",
            ("10.1", "18.2"),
            "Thông tin đã đăng phải chính xác và được cập nhật, nên mỗi trang có ngày phải đọc lại. Đọc lại mà không "
            "có gì phải sửa thì chỉ ghi lại, không phải đăng lại.",
            "ra-soat-dinh-ky",
        ),
        Rule(
            "translation",
            ("10.1",),
            "Bản dịch nói đúng điều trang tiếng Việt đang nói. Trang tiếng Việt đổi thì bản dịch được đánh dấu, có hạn "
            "để cập nhật; quá hạn thì người đọc được báo. Gỡ trang tiếng Việt là gỡ cả bản dịch.",
            "ban-dich",
            "Nghị định 43/2011/NĐ-CP, Điều 13",
        ),
        Rule(
            "open_ward",
            ("9", "13.1"),
            "Trang các xã, phường là trang thành phần và cung cấp cùng những mục bắt buộc; Ban Biên tập "
            "của thành phố duyệt.",
            "mo-phuong",
        ),
        Rule(
            "units",
            ("2", "4.2", "13.1"),
            "Các phòng, ban, ngành, đoàn thể, trường học, xã, phường đều cung cấp thông tin: ai đứng đầu, liên hệ thế "
            "nào ghi một lần và hiện ở mọi nơi. Một người đề nghị, người khác xác nhận; đơn vị không bao giờ bị xóa.",
            "don-vi",
        ),
        Rule(
            "site_look",
            ("2", "9"),
            "Biểu trưng, màu sắc, giấy phép, thứ tự trình đơn của trang do người của trang hoặc Ban Biên tập đề nghị, "
            "người khác xác nhận rồi người đọc mới thấy; chữ phải đọc được trên nền sáng và nền tối.",
            "don-vi",
            others="WCAG 2.1 AA",
        ),
        Rule(
            "file_change",
            ("20.1", "21.1"),
            "Tệp đã đăng cũng là thông tin đã duyệt: đổi nội dung, tên hoặc mô tả phải có người thứ hai "
            "duyệt; bản cũ vẫn giữ.",
            "anh-va-tep",
        ),
        Rule(
            "document",
            ("10.1", "10.2"),
            "Văn bản được đăng chậm nhất 2 ngày làm việc sau ngày ban hành với cơ quan ban hành, 10 ngày "
            "với cơ quan thuộc phạm vi điều chỉnh.",
            "van-ban-va-bai-bo",
        ),
        Rule(
            "archive",
            ("21.1",),
            "Thông tin đã duyệt được lưu trữ đến hết thời hạn lưu.",
            "khoi-phuc",
        ),
        Rule(
            "clarification",
            ("11",),
            "Phường, xã chủ động cung cấp thông tin giải thích, làm rõ; bài đăng cả trên trang thành phố.",
            "giai-thich-lam-ro",
        ),
        Rule(
            "royalties",
            ("17",),
            "Nhuận bút, thù lao theo quy định hiện hành; Trưởng ban quyết định mức chi trong kinh phí được giao. "
            "Không ai đề xuất, quyết định, chi cho chính mình.",
            "nhuan-but",
        ),
        Rule(
            "arrange",
            ("20.1",),
            "Biên tập, xử lý thông tin trên trang là việc của Ban Biên tập.",
            "sap-xep-va-chuyen-trang",
        ),
    )
}

_addresses: list[Callable[[Sequence[str]], list[str]]] = []


def register_addresses(find: Callable[[Sequence[str]], list[str]]) -> None:
    """Register `find(articles)`: the addresses of articles of the Regulation in the register, "" for one without."""
    _addresses[:] = [find]


def articles_of(rule: Rule) -> list[Article]:
    """Return the articles of a rule as they are shown."""
    found = _addresses[0](rule.articles) if _addresses else [""] * len(rule.articles)
    return [Article(f"Điều {number}", address) for number, address in zip(rule.articles, found, strict=True)]
