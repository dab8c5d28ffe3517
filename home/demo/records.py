"""Projects, statistics, science, consultations, clarifications, officials, schedules, documents of the demo city.

All illustrative: no person and no amount is real. Days are counted back from the build.
"""

from dataclasses import dataclass, field

CITY, MY_LONG, MY_HOA_HUNG = "long-xuyen", "my-long", "my-hoa-hung"


@dataclass(frozen=True)
class Record:
    """One page with fields of its own: where it stands, its text, and `fields` as the page type names them.

    A field value of the form ("days", n) is the day n days before the build (n < 0: after it); ("file", name) is a
    file of `files.py`.
    """

    site: str
    section: str
    slug: str
    title: str
    summary: str
    fields: dict
    days_ago: int = 20
    body: str = ""
    unit: str = ""
    files: tuple[str, ...] = field(default=())


def _days(n):
    return ("days", n)


def _project(site, slug, title, summary, stage, **fields):
    approved = fields.pop("approved", 60)
    return Record(
        site,
        "du-an",
        slug,
        title,
        summary,
        {
            "kind": fields.pop("kind", "project"),
            "stage": stage,
            "project_type": "Dự án nhóm C",
            "funding_type": "Ngân sách thành phố",
            "sponsor": "Ủy ban nhân dân thành phố Long Xuyên",
            "approval_document": f"Quyết định phê duyệt dự án «{title}» (văn bản minh họa)",
            "approved_on": _days(approved),
            **fields,
        },
        approved - 6,
        unit="ban-quan-ly-du-an" if site == CITY else "",
    )


PROJECTS = [
    _project(
        CITY,
        "ke-bo-song-hau",
        "Kè chống sạt lở bờ sông Hậu, đoạn qua trung tâm",
        "Xây kè mái nghiêng dài 1,2 km, kết hợp lối đi bộ và cây xanh.",
        "under_way",
        main_objective="Bảo vệ bờ sông và khoảng 300 hộ dân, tạo lối đi bộ công cộng dọc bờ.",
        field="Thủy lợi, phòng chống thiên tai",
        period="2025 – 2027",
        budget="186 tỷ đồng (minh họa)",
        status="Đang đóng cọc, hoàn thành khoảng 35% khối lượng.",
        area="Phường Mỹ Long, Mỹ Bình",
        approved=300,
    ),
    _project(
        CITY,
        "chinh-trang-via-he",
        "Chỉnh trang vỉa hè tuyến phố trung tâm",
        "Bảy đoạn vỉa hè dài 2,4 km, có lối cho người khuyết tật.",
        "under_way",
        main_objective="Vỉa hè liền mạch, an toàn cho người khuyết tật, người cao tuổi và trẻ em.",
        field="Hạ tầng đô thị",
        period="2026",
        budget="9,8 tỷ đồng (minh họa)",
        status="Đã xong hai đoạn, đang làm đoạn thứ ba.",
        area="Phường Mỹ Long, Mỹ Xuyên, Mỹ Bình",
        approved=75,
    ),
    _project(
        CITY,
        "truong-tieu-hoc-my-thoi",
        "Xây mới trường tiểu học tại phường Mỹ Thới",
        "Trường 24 phòng học, đạt chuẩn, có lối đi cho học sinh khuyết tật.",
        "preparing",
        main_objective="Đáp ứng chỗ học cho khoảng 840 học sinh, giảm sĩ số lớp.",
        field="Giáo dục",
        period="2027 – 2028",
        budget="64 tỷ đồng (minh họa)",
        status="Đang lập báo cáo nghiên cứu khả thi.",
        area="Phường Mỹ Thới",
        approved=40,
    ),
    _project(
        CITY,
        "ho-dieu-hoa-my-hoa",
        "Hồ điều hòa kết hợp công viên phường Mỹ Hòa",
        "Hồ 1,6 ha trữ nước mưa, giảm ngập cho khu dân cư.",
        "completed",
        main_objective="Giảm ngập khi mưa lớn, tạo không gian xanh.",
        field="Thoát nước đô thị",
        period="2022 – 2024",
        budget="41 tỷ đồng (minh họa)",
        status="Đã nghiệm thu, đưa vào sử dụng.",
        area="Phường Mỹ Hòa",
        approved=1200,
    ),
    _project(
        CITY,
        "mua-sam-may-tinh",
        "Mua sắm máy tính cho bộ phận tiếp nhận hồ sơ",
        "Mua 46 bộ máy tính và máy quét cho bộ phận tiếp nhận của thành phố và phường, xã.",
        "under_way",
        kind="procurement",
        main_objective="Thay thiết bị cũ, rút ngắn thời gian tiếp nhận hồ sơ.",
        field="Công nghệ thông tin",
        period="2026",
        budget="1,2 tỷ đồng (minh họa)",
        status="Đã mở thầu, đang đánh giá hồ sơ.",
        area="Toàn thành phố",
        approved=30,
    ),
    _project(
        MY_LONG,
        "nang-cap-hem",
        "Nâng cấp mười sáu hẻm mẫu phường Mỹ Long",
        "Nâng nền, làm rãnh, gắn đèn mười sáu hẻm ở tám khóm.",
        "under_way",
        main_objective="Hẻm không ngập, đủ sáng, có lối thoát nạn.",
        field="Hạ tầng đô thị",
        period="2026",
        budget="3,4 tỷ đồng (minh họa)",
        status="Đã xong chín hẻm.",
        area="Tám khóm",
        approved=70,
        sponsor="Ngân sách phường và người dân đóng góp",
    ),
    _project(
        MY_HOA_HUNG,
        "duong-quanh-cu-lao",
        "Mở rộng đường quanh cù lao Ông Hổ",
        "Mở rộng bốn cây số đường, mười một chỗ tránh xe, trồng cây che nắng.",
        "under_way",
        main_objective="Đi lại an toàn mùa nước lên, phục vụ sản xuất và du lịch.",
        field="Giao thông nông thôn",
        period="2026 – 2027",
        budget="28 tỷ đồng (minh họa)",
        status="Đã bàn giao mặt bằng.",
        area="Xã Mỹ Hòa Hưng",
        approved=50,
    ),
]

PLANS = [
    Record(
        CITY,
        "quy-hoach",
        "ke-hoach-su-dung-dat",
        "Kế hoạch sử dụng đất của thành phố trong năm",
        "Danh mục công trình, diện tích các loại đất dự kiến chuyển mục đích, kèm bảng tổng hợp.",
        {
            "kind": "land_use",
            "stage": "under_way",
            "period": "2026",
            "area": "Toàn thành phố",
            "approval_document": "Quyết định phê duyệt kế hoạch sử dụng đất (văn bản minh họa)",
            "approved_on": _days(120),
        },
        114,
        """Kế hoạch sử dụng đất xác định diện tích từng loại đất trong năm và danh mục công trình, dự án phải thu hồi đất hoặc chuyển mục đích sử dụng đất.

= Diện tích kế hoạch (ha)
| Loại đất | Hiện trạng | Kế hoạch |
| Đất nông nghiệp | 6.812 | 6.745 |
| Đất ở | 2.140 | 2.176 |
| Đất công trình công cộng | 1.030 | 1.061 |

Người có đất trong danh mục xem bản đồ tại phường, xã hoặc Phòng Tài nguyên và Môi trường.""",
        "tai-nguyen-moi-truong",
        ("ke-hoach-su-dung-dat.docx",),
    ),
    Record(
        CITY,
        "quy-hoach",
        "thu-gom-xu-ly-chat-thai",
        "Kế hoạch thu gom, tái chế, xử lý chất thải rắn sinh hoạt",
        "Lộ trình phân loại rác tại nguồn, điểm tập kết và danh sách nguồn thải lớn.",
        {
            "kind": "resources",
            "stage": "under_way",
            "period": "2025 – 2030",
            "area": "Toàn thành phố",
            "approval_document": "Kế hoạch về chất thải rắn sinh hoạt (văn bản minh họa)",
            "approved_on": _days(210),
        },
        203,
        """Thành phố phân loại rác tại nguồn thành ba nhóm: hữu cơ, tái chế và còn lại. Mỗi phường, xã có điểm tập kết có mái che, cách nhà ở theo quy chuẩn.

## Lộ trình

- năm thứ nhất: bốn phường trung tâm và các trường học;
- năm thứ hai: toàn bộ các phường;
- năm thứ ba: hai xã, cùng điểm ủ rác hữu cơ.

## Nguồn thải lớn

Danh sách chợ, bệnh viện, nhà hàng có lượng thải lớn được cập nhật mỗi năm và công khai tại mục này.""",
        "tai-nguyen-moi-truong",
    ),
    Record(
        CITY,
        "quy-hoach",
        "moi-goi-dau-tu",
        "Danh mục dự án mời gọi đầu tư",
        "Bốn nhóm dự án mời gọi: du lịch ven sông, nhà ở xã hội, kho lạnh nông sản, bến xe.",
        {
            "kind": "incentive",
            "stage": "preparing",
            "period": "2026 – 2030",
            "area": "Toàn thành phố",
            "approval_document": "Danh mục mời gọi đầu tư (văn bản minh họa)",
            "approved_on": _days(90),
        },
        84,
        """Thành phố mời gọi đầu tư vào các lĩnh vực sau; nhà đầu tư được hướng dẫn thủ tục tại một đầu mối là Phòng Tài chính - Kế hoạch.

= Danh mục mời gọi
| Nhóm | Địa điểm | Ghi chú |
| Du lịch ven sông | Mỹ Bình, Mỹ Hòa Hưng | Giữ hành lang bờ sông |
| Nhà ở xã hội | Mỹ Quý, Mỹ Thới | Có quỹ đất sạch |
| Kho lạnh nông sản | Mỹ Thạnh | Gần bến cảng |
| Bến xe khách | Bình Đức | Theo quy hoạch |""",
        "tai-chinh-ke-hoach",
    ),
]

SCIENCE = [
    Record(
        CITY,
        "khoa-hoc",
        "giam-phat-thai-ruong-lua",
        "Giảm phát thải trên ruộng lúa bằng tưới ướt khô xen kẽ",
        "Đề tài đo lượng nước, khí phát thải và chi phí trên ruộng tưới ướt khô xen kẽ tại Mỹ Khánh.",
        {
            "code": "LX-KH-2024-03 (minh họa)",
            "level": "local",
            "field": "Nông nghiệp",
            "host_unit": "Phòng Kinh tế",
            "period": "2024 – 2026",
            "approval_document": "Quyết định phê duyệt đề tài (minh họa)",
            "approved_on": _days(640),
            "accepted_on": _days(25),
            "general_report": ("file", "bao-cao-tong-hop.docx"),
            "application_report": ("file", "bao-cao-ung-dung.docx"),
        },
        15,
        """Đề tài theo dõi hai vụ lúa trên mười hai ruộng. Ruộng tưới ướt khô xen kẽ dùng ít nước hơn khoảng một phần tư, phát thải ít hơn, năng suất không giảm. Kết quả được chuyển thành tài liệu hướng dẫn một trang cho nông dân.""",
        "kinh-te",
    ),
    Record(
        CITY,
        "khoa-hoc",
        "canh-bao-sat-lo",
        "Bộ chỉ báo cộng đồng cảnh báo sớm sạt lở bờ sông",
        "Đề tài xây dựng bộ dấu hiệu đơn giản để người dân tự quan sát và báo sớm.",
        {
            "code": "LX-KH-2026-01 (minh họa)",
            "level": "local",
            "field": "Phòng chống thiên tai",
            "host_unit": "Phòng Tài nguyên và Môi trường",
            "period": "2026 – 2027",
            "approval_document": "Quyết định phê duyệt đề tài (minh họa)",
            "approved_on": _days(45),
        },
        33,
        """Đề tài thử nghiệm bộ dấu hiệu nhận biết sạt lở ở sáu ấp, khóm ven sông: vết nứt, cây nghiêng, nước xoáy. Người dân gửi ảnh theo mẫu, cán bộ kiểm tra trong ngày. Mục tiêu là báo sớm ít nhất hai ngày.""",
        "tai-nguyen-moi-truong",
    ),
]

STATISTICS = [
    Record(
        CITY,
        "thong-ke",
        "kinh-te-xa-hoi-quy",
        "Tình hình kinh tế - xã hội quý gần nhất",
        "Số liệu sơ bộ về bán lẻ, nông nghiệp, vận tải và việc làm của thành phố.",
        {
            "period": "Quý III năm 2026",
            "surveyed": "Từ ngày 01 đến ngày 12 của tháng sau quý",
            "certainty": "provisional",
            "decision": "Quyết định công bố số liệu (minh họa)",
            "decided_on": _days(18),
            "table": (
                "Một số chỉ tiêu quý III (minh họa)",
                [
                    ["Chỉ tiêu", "Quý III", "So cùng kỳ"],
                    ["Tổng mức bán lẻ (tỷ đồng)", "14.620", "108,4%"],
                    ["Diện tích lúa (ha)", "4.980", "98,9%"],
                    ["Lượt khách (nghìn)", "412", "112,7%"],
                    ["Người được giải quyết việc làm", "2.140", "103,2%"],
                ],
            ),
            "method": "Số liệu thu thập bằng phiếu điều tra chọn mẫu và báo cáo hành chính của các đơn vị; số sơ bộ, được "
            "hiệu chỉnh khi có số chính thức.",
            "analysis": "Bán lẻ và du lịch tăng; diện tích lúa giảm nhẹ do chuyển đổi cây trồng. Việc làm tăng chủ yếu ở "
            "khu vực dịch vụ.",
        },
        10,
        "",
        "chi-cuc-thong-ke",
        ("so-lieu-quy.csv",),
    ),
    Record(
        CITY,
        "thong-ke",
        "dan-so-nam",
        "Dân số và lao động năm trước",
        "Số liệu chính thức về dân số trung bình, cơ cấu tuổi và lao động của thành phố.",
        {
            "period": "Năm 2025",
            "surveyed": "Quý I năm 2026",
            "certainty": "confirmed",
            "decision": "Quyết định công bố số liệu (minh họa)",
            "decided_on": _days(140),
            "table": (
                "Dân số và lao động (minh họa)",
                [
                    ["Chỉ tiêu", "Giá trị"],
                    ["Dân số trung bình (người)", "274.900"],
                    ["Tỷ lệ nữ", "51,2%"],
                    ["Lực lượng lao động (người)", "148.300"],
                ],
            ),
            "method": "Ước lượng từ điều tra biến động dân số, mẫu 4.200 hộ, sai số 1,5 điểm phần trăm.",
            "analysis": "Dân số tăng chậm, tỷ lệ người cao tuổi tăng; cần thêm chỗ khám chữa bệnh và không gian đi bộ.",
        },
        132,
        "",
        "chi-cuc-thong-ke",
        ("so-lieu-dan-so.csv",),
    ),
]

CONSULTATIONS = [
    Record(
        CITY,
        "gop-y",
        "du-thao-quan-ly-via-he",
        "Lấy ý kiến dự thảo quy định quản lý, sử dụng vỉa hè",
        "Dự thảo thay thế quy định cũ về sử dụng tạm thời vỉa hè; góp ý đến hết thời hạn.",
        {
            "opens_on": _days(8),
            "closes_on": _days(-22),
            "drafting_body": "Phòng Quản lý đô thị",
            "receiving_body": "Phòng Quản lý đô thị thành phố Long Xuyên",
            "receiving_address": "Số 99 Nguyễn Thái Học nối dài, phường Mỹ Hòa",
            "receiving_email": "gop-y@example.invalid",
            "draft_file": ("file", "du-thao-via-he.docx"),
            "explanation_file": ("file", "thuyet-minh-via-he.docx"),
        },
        8,
        """Dự thảo có ba điểm mới: công bố tuyến phố được kinh doanh, bắt buộc chừa lối 1,5 mét, và phí sử dụng tính theo mét vuông ngày.

Người dân, hộ kinh doanh góp ý bằng văn bản hoặc thư điện tử đến cơ quan tiếp nhận.""",
        "quan-ly-do-thi",
    ),
    Record(
        CITY,
        "gop-y",
        "du-thao-phi-giu-xe",
        "Lấy ý kiến dự thảo giá dịch vụ giữ xe tại các điểm công cộng",
        "Đã hết hạn lấy ý kiến; kết quả tiếp thu, giải trình được đăng kèm.",
        {
            "opens_on": _days(95),
            "closes_on": _days(60),
            "drafting_body": "Phòng Tài chính - Kế hoạch",
            "receiving_body": "Phòng Tài chính - Kế hoạch",
            "receiving_address": "Số 99 Nguyễn Thái Học nối dài",
            "receiving_email": "gop-y@example.invalid",
            "draft_file": ("file", "du-thao-gia-giu-xe.docx"),
            "explanation_file": ("file", "thuyet-minh-gia-giu-xe.docx"),
            "outcome_on": _days(45),
            "outcome_text": "Có 38 ý kiến. Tiếp thu 21 ý kiến về giá ban đêm và vé tháng; 17 ý kiến khác được giải trình vì "
            "vượt khung giá của tỉnh.",
        },
        94,
        "Dự thảo quy định mức giá tối đa giữ xe đạp, xe máy, ô tô tại các điểm công cộng.",
        "tai-chinh-ke-hoach",
    ),
    Record(
        MY_LONG,
        "gop-y",
        "pho-di-bo",
        "Lấy ý kiến về phố đi bộ cuối tuần",
        "Phường lấy ý kiến người dân và hộ kinh doanh về giờ, tuyến và điểm giữ xe của phố đi bộ.",
        {
            "opens_on": _days(2),
            "closes_on": _days(-30),
            "drafting_body": "Ủy ban nhân dân phường Mỹ Long",
            "receiving_body": "Ủy ban nhân dân phường Mỹ Long",
            "receiving_address": "Trụ sở UBND phường Mỹ Long",
            "receiving_email": "my-long@example.invalid",
            "draft_file": ("file", "phuong-an-pho-di-bo.docx"),
            "explanation_file": ("file", "thuyet-minh-pho-di-bo.docx"),
        },
        2,
        "Phương án gồm ba tuyến phố, bốn điểm giữ xe và giờ hoạt động từ 18 giờ đến 22 giờ.",
        "",
    ),
]

CLARIFICATIONS = [
    Record(
        CITY,
        "giai-thich",
        "lam-ro-tin-don-cau",
        "Làm rõ thông tin «cầu trung tâm cấm xe từ tuần sau»",
        "Không có kế hoạch cấm xe qua cầu; thông tin lan truyền là nhầm với việc sơn vạch ban đêm.",
        {
            "claim_summary": "Có thông tin lan truyền rằng cầu trung tâm sẽ cấm xe hoàn toàn từ tuần sau.",
            "claim_place": "Một số trang mạng xã hội",
            "claim_on": _days(6),
            "field": "economy",
        },
        5,
        """Phòng Quản lý đô thị khẳng định không có kế hoạch cấm xe qua cầu trung tâm.

Việc thi công trong tuần là sơn lại vạch kẻ đường, làm từ 22 giờ đến 4 giờ sáng, mỗi lần đóng một làn. Người và xe vẫn qua cầu bình thường.

Kế hoạch thi công đã đăng ở mục thông báo. Người dân nên xem thông tin trên trang chính thức trước khi chia sẻ.""",
        "quan-ly-do-thi",
        ("ke-hoach-son-vach.docx",),
    ),
    Record(
        MY_LONG,
        "giai-thich",
        "lam-ro-thu-phi-pho-di-bo",
        "Làm rõ thông tin «phố đi bộ thu phí vào cửa»",
        "Phố đi bộ không thu phí vào cửa; chỉ có phí giữ xe niêm yết tại bốn điểm.",
        {
            "claim_summary": "Có thông tin cho rằng phố đi bộ thu phí vào cửa 20.000 đồng mỗi người.",
            "claim_place": "Nhóm mạng xã hội địa phương",
            "claim_on": _days(4),
            "field": "society",
            "also_on_city": True,
        },
        3,
        """Phường Mỹ Long khẳng định phố đi bộ không thu phí vào cửa. Người dân chỉ trả phí giữ xe theo giá niêm yết tại bốn điểm giữ xe.

Trường hợp bị thu tiền trái quy định, người dân báo cho công an phường hoặc gọi số điện thoại ở mục Liên hệ.""",
        "",
        ("bang-gia-giu-xe.docx",),
    ),
]

# (name, post, is leader, biography, duties); people of the demo have no real names.
OFFICIALS = [
    (
        "Cán bộ mẫu 21",
        "Chủ tịch Ủy ban nhân dân",
        True,
        "Tiểu sử minh họa: trình độ đại học; đã công tác ở phường và phòng chuyên môn.",
        "Lãnh đạo, điều hành chung; chịu trách nhiệm về tổ chức bộ máy, ngân sách, cải cách hành chính.",
    ),
    (
        "Cán bộ mẫu 22",
        "Phó Chủ tịch Ủy ban nhân dân",
        True,
        "Tiểu sử minh họa: trình độ đại học, chuyên ngành quản lý đất đai.",
        "Phụ trách đô thị, đất đai, môi trường, đầu tư xây dựng.",
    ),
    (
        "Cán bộ mẫu 23",
        "Phó Chủ tịch Ủy ban nhân dân",
        True,
        "Tiểu sử minh họa: trình độ đại học, chuyên ngành công tác xã hội.",
        "Phụ trách văn hóa, giáo dục, y tế, lao động và bảo trợ xã hội.",
    ),
    ("Cán bộ mẫu 24", "Công chức tiếp nhận hồ sơ", False, "", "Tiếp nhận và trả kết quả hồ sơ."),
    ("Cán bộ mẫu 25", "Công chức phụ trách trang thông tin", False, "", "Cung cấp thông tin lên trang, nhận góp ý."),
]

# (weekday 0 = Monday, hour, leader, content, place, attending, change).
SCHEDULE = [
    (0, 8, "Chủ tịch UBND", "Họp giao ban đầu tuần", "Phòng họp số 1", "Lãnh đạo các phòng, ban", ""),
    (0, 14, "Phó Chủ tịch (đô thị)", "Kiểm tra tiến độ kè bờ sông", "Công trường kè", "Ban Quản lý dự án", ""),
    (
        1,
        8,
        "Phó Chủ tịch (văn xã)",
        "Làm việc với các trường về phòng chống đuối nước",
        "Phòng GDĐT",
        "Hiệu trưởng các trường",
        "",
    ),
    (
        2,
        8,
        "Chủ tịch UBND",
        "Nghe báo cáo dự thảo quy định về vỉa hè",
        "Phòng họp số 2",
        "Phòng QLĐT, Phòng Tư pháp",
        "",
    ),
    (2, 14, "Phó Chủ tịch (văn xã)", "Thăm hộ neo đơn", "Phường Mỹ Quý", "Phòng LĐTBXH", "Dời từ 8 giờ sang 14 giờ"),
    (
        3,
        8,
        "Phó Chủ tịch (đô thị)",
        "Đối thoại với hộ kinh doanh về trật tự đô thị",
        "Hội trường",
        "Đại diện hộ kinh doanh",
        "",
    ),
    (4, 8, "Chủ tịch UBND", "Tiếp công dân", "Trụ sở Tiếp công dân", "Thanh tra, Văn phòng", ""),
]

# Illustrative decisions of the city, the second replacing the first: (key, number, days before the build, days until it
# was posted, subject, whether it concerns the wards).
DOCUMENTS = [
    (
        "old",
        "15/2019/QĐ-UBND",
        2500,
        1,
        "Ban hành Quy định về việc sử dụng tạm thời một phần vỉa hè trên địa bàn thành phố (văn bản minh họa)",
        True,
    ),
    (
        "new",
        "08/2026/QĐ-UBND",
        12,
        6,
        "Ban hành Quy định về quản lý, sử dụng vỉa hè trên địa bàn thành phố (văn bản minh họa)",
        True,
    ),
]

# Unfinished work in Mỹ Long: (slug, title, summary, text, reason for which it was sent back or "").
UNFINISHED = [
    (
        "tap-huan-phong-chay",
        "Tập huấn phòng cháy cho tổ dân phố ở Mỹ Long",
        "Lực lượng chữa cháy hướng dẫn người dân dùng bình chữa cháy và lối thoát nạn trong hẻm.",
        "Tối qua, hơn sáu mươi tổ trưởng dân phố dự buổi tập huấn phòng cháy, thực hành dùng bình chữa cháy và thoát nạn "
        "trong hẻm nhỏ.",
        "",
    ),
    (
        "ngay-hoi-doc-sach",
        "Ngày hội đọc sách ở sân nhà văn hóa khóm",
        "Trẻ em trong khóm đổi sách cũ, nghe kể chuyện và vẽ tranh.",
        "Sáng Chủ nhật, khoảng một trăm trẻ em đến sân nhà văn hóa khóm đổi sách cũ và nghe kể chuyện.",
        "Cần ghi rõ khóm nào tổ chức và nguồn của số người tham gia.",
    ),
]

# Drafts of the city that appear at one instant: (slug, title, summary, words).
TOGETHER = [
    (
        "gio-lam-viec-mua-nuoc-noi",
        "Bộ phận một cửa đổi giờ làm việc mùa nước nổi",
        "Từ tuần sau, bộ phận một cửa nhận hồ sơ sớm hơn một giờ.",
        "Bộ phận một cửa nhận hồ sơ từ 6 giờ 30 để người dân vùng ven sông kịp chuyến phà sáng.",
    ),
    (
        "thong-bao-gio-lam-viec-mua-nuoc-noi",
        "Thông báo giờ làm việc mùa nước nổi của bộ phận một cửa",
        "Giờ nhận và trả hồ sơ trong mùa nước nổi.",
        "Sáng từ 6 giờ 30 đến 10 giờ 30, chiều từ 13 giờ đến 16 giờ, từ thứ Hai đến thứ Sáu.",
    ),
]
# Approved already, as one dossier, for an hour of tomorrow.
AT_AN_HOUR = [
    (
        "lich-tiem-chung-mua-lu",
        "Lịch tiêm chủng mở rộng trong mùa lũ",
        "Các điểm tiêm trên ghe phục vụ vùng ngập từ đầu tháng.",
        "Trẻ em vùng ngập được tiêm tại điểm lưu động trên ghe; phụ huynh mang theo sổ tiêm chủng của trẻ.",
    ),
    (
        "thong-bao-diem-tiem-luu-dong",
        "Thông báo các điểm tiêm chủng lưu động",
        "Nơi neo ghe và giờ tiêm của từng điểm lưu động.",
        "Mỗi điểm tiêm từ 7 giờ đến 10 giờ; khi mưa lớn, buổi tiêm chuyển sang ngày kế tiếp.",
    ),
]
