"""What citizens ask in the demo, and what they are told: all of it illustrative, no person behind any of it."""

from dataclasses import dataclass

# How far a question has come; the last two end it.
RECEIVED, ASSIGNED, NOTIFIED, SUBMITTED, PUBLISHED, OUT_OF_SCOPE = range(6)


@dataclass(frozen=True)
class Asked:
    """One question: where it was asked, about what, how many days before the build, and how far it has come.

    `unit` is the unit that answers ("" the site's own); `cites` are numbers of documents of the register.
    """

    site: str
    topic: str
    title: str
    text: str
    days_ago: int
    stage: int
    answer: str = ""
    unit: str = ""
    cites: tuple[str, ...] = ()
    satisfaction: int | None = None


CITY, MY_LONG, MY_HOA_HUNG = "long-xuyen", "my-long", "my-hoa-hung"

QUESTIONS = [
    Asked(
        CITY,
        "van-hoa-thong-tin",
        "Ai được gửi bài lên trang thông tin của phường?",
        "Tôi là tổ trưởng tổ dân phố, muốn gửi bài về hoạt động của khóm lên trang của phường. Bài gửi cho ai và "
        "qua những bước nào trước khi được đăng?",
        58,
        PUBLISHED,
        "<p>Bài của khóm, ấp được gửi cho người phụ trách cung cấp thông tin của Ủy ban nhân dân phường, xã. Theo Quyết "
        "định số 01/2020/QĐ-UBND, bài đi qua ba bước: tiếp nhận, biên tập và kiểm duyệt; người soạn không tự duyệt bài "
        "của mình.</p><p>Bài cần ghi rõ tác giả, nguồn và ngày; ảnh cần có mô tả ngắn.</p>",
        unit="van-hoa-thong-tin",
        cites=("01/2020/QĐ-UBND",),
        satisfaction=3,
    ),
    Asked(
        CITY,
        "moi-truong",
        "Rác cồng kềnh như tủ, nệm cũ thì bỏ ở đâu?",
        "Nhà tôi có một tủ gỗ và hai tấm nệm cũ cần bỏ. Xe thu gom hằng ngày không nhận. Xin hỏi tôi phải làm gì?",
        41,
        PUBLISHED,
        "<p>Rác cồng kềnh không để chung với rác sinh hoạt hằng ngày. Hộ gia đình báo trước cho đơn vị thu gom của phường, xã "
        "để hẹn ngày lấy tận nơi; phí thu theo bảng giá niêm yết tại trụ sở phường, xã.</p><p>Không để tủ, nệm trên vỉa hè "
        "khi chưa đến ngày hẹn.</p>",
        unit="tai-nguyen-moi-truong",
        satisfaction=2,
    ),
    Asked(
        MY_LONG,
        "giao-thong-do-thi",
        "Đèn đường trong hẻm hỏng thì báo cho ai?",
        "Hai bóng đèn trong hẻm gần nhà tôi không sáng đã hơn một tuần, buổi tối đi lại rất khó. Tôi báo ở đâu để được sửa?",
        33,
        PUBLISHED,
        "<p>Người dân báo cho khóm hoặc bộ phận tiếp nhận của Ủy ban nhân dân phường, nêu tên hẻm và số trụ đèn gần nhất. "
        "Phường chuyển đơn vị quản lý chiếu sáng; đèn hỏng thường được thay trong ba ngày làm việc.</p>",
        satisfaction=3,
    ),
    Asked(
        MY_HOA_HUNG,
        "nong-nghiep",
        "Đăng ký lịch bơm tưới vụ tới như thế nào?",
        "Tôi có ba công ruộng ở cuối tuyến kênh, vụ trước nước về trễ. Xin hỏi cách đăng ký lịch bơm cho vụ tới.",
        27,
        PUBLISHED,
        "<p>Lịch bơm do tổ thủy lợi của ấp lập và niêm yết tại nhà văn hóa ấp trước khi xuống giống mười ngày. Hộ ở cuối tuyến "
        "kênh đăng ký với tổ trưởng để được xếp bơm trước.</p>",
        satisfaction=1,
    ),
    Asked(
        CITY,
        "an-sinh-xa-hoi",
        "Lớp dạy nghề miễn phí đợt này mở những nghề nào?",
        "Con tôi vừa học xong lớp 12, muốn học nghề. Xin hỏi năm nay thành phố mở những lớp dạy nghề miễn phí nào, đăng ký ở "
        "đâu?",
        16,
        NOTIFIED,
        unit="lao-dong-thuong-binh-xa-hoi",
    ),
    Asked(
        MY_LONG,
        "xay-dung-quy-hoach",
        "Sửa mái nhà trong hẻm có phải xin phép không?",
        "Nhà tôi trong hẻm, mái tôn bị dột, tôi muốn thay mái mới cùng độ cao, không cơi nới. Có phải xin giấy phép không?",
        8,
        SUBMITTED,
        "<p>Việc thay mái giữ nguyên kết cấu, độ cao và không cơi nới được xem xét theo quy định về sửa chữa, cải tạo nhà ở. Đề "
        "nghị liên hệ bộ phận tiếp nhận của phường để được hướng dẫn theo hiện trạng căn nhà.</p>",
    ),
    Asked(
        CITY,
        "giao-duc",
        "Trường trung học cơ sở nhận học sinh chuyển trường giữa năm không?",
        "Gia đình tôi chuyển chỗ ở từ xã khác về thành phố, cháu đang học lớp 7. Xin hỏi hồ sơ chuyển trường giữa năm học.",
        5,
        ASSIGNED,
        unit="giao-duc-dao-tao",
    ),
    Asked(
        MY_LONG,
        "ho-tich-chung-thuc",
        "Đăng ký khai sinh cho con vào sáng thứ Bảy được không?",
        "Tôi làm việc giờ hành chính cả tuần. Phường có nhận hồ sơ đăng ký khai sinh vào sáng thứ Bảy không?",
        1,
        RECEIVED,
    ),
    Asked(
        CITY,
        "linh-vuc-khac",
        "Khi nào Tòa án xét xử vụ tranh chấp của gia đình tôi?",
        "Gia đình tôi có vụ tranh chấp dân sự đang do Tòa án thụ lý, đã lâu chưa được xét xử. Xin hỏi khi nào xét xử?",
        20,
        OUT_OF_SCOPE,
    ),
]

CONSENT = "Tôi đồng ý để cơ quan dùng thông tin liên hệ này vào việc trả lời câu hỏi (dữ liệu minh họa)."
REASON = "Việc xét xử thuộc thẩm quyền của Tòa án; cơ quan hành chính không trả lời thay."
COMPETENT = "Tòa án nhân dân có thẩm quyền thụ lý vụ án"
INTERIM = "Đã nhận câu hỏi và đang chờ danh mục lớp dạy nghề của năm; sẽ trả lời ngay khi danh mục được duyệt."
