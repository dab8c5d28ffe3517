"""What the wards' pages say: two of them richly, the others with what every ward has. All "dữ liệu minh họa"."""

from .city_content import REGULATION, Text

# --- Every ward: `{name}` is the full name, `{office}` the authority, `{place}` khóm or ấp ------------

EVERY_WARD_ARTICLES = [
    Text(
        "tin-tuc",
        "ra-quan-don-ve-sinh",
        "{name} ra quân dọn vệ sinh, khơi thông dòng chảy",
        "Cán bộ, đoàn viên và người dân cùng dọn rác, khơi cống, cắt cỏ ven đường trước mùa mưa.",
        """Sáng thứ Bảy, {office} cùng các đoàn thể và người dân ra quân dọn vệ sinh. Các tổ chia nhau khơi thông cống, vớt rác trên kênh, cắt cỏ và sơn lại gốc cây dọc đường.

Rác được phân ra ba loại ngay tại chỗ. Phần tái chế được bán gây quỹ tặng sách cho học sinh khó khăn. Mỗi {place} giữ một đoạn đường tự quản và tự chấm điểm mỗi tháng.

Địa phương nhắc người dân không đổ rác xuống kênh, đặt rác trước nhà đúng giờ thu gom và che kín thùng khi trời mưa.""",
        20,
        "news",
        (),
        (),
        "",
    ),
    Text(
        "chi-dao-dieu-hanh",
        "truc-giai-quyet-ho-so-thu-bay",
        "{name} nhận và trả hồ sơ cả sáng thứ Bảy",
        "Bộ phận tiếp nhận mở cửa từ 7 giờ 30 đến 11 giờ 30 sáng thứ Bảy để người đi làm đến được.",
        """Từ tuần này, bộ phận tiếp nhận và trả kết quả của {office} mở cửa từ 7 giờ 30 đến 11 giờ 30 sáng thứ Bảy.

Các thủ tục nhận vào sáng thứ Bảy gồm hộ tịch, chứng thực, bảo trợ xã hội. Kết quả chứng thực được trả trong buổi. Hồ sơ cần xác minh được hẹn ngày trả ghi trên phiếu.

Người cao tuổi, người khuyết tật được ưu tiên; có người hỗ trợ điền đơn và nộp hồ sơ trực tuyến ngay tại chỗ.""",
        28,
        "direction",
    ),
]

EVERY_WARD_STANDARD = [
    Text(
        "gioi-thieu",
        "gioi-thieu-chung",
        "Giới thiệu {name_lower}",
        "Vị trí, dân cư, tổ chức của {name_lower}, thành phố Long Xuyên.",
        """{name} là một trong mười ba đơn vị hành chính của thành phố Long Xuyên theo địa giới năm 2020, mã đơn vị hành chính {code}.

{facts}

## Tổ chức

{office} gồm Chủ tịch, các Phó Chủ tịch và công chức chuyên môn: văn phòng, địa chính, tài chính, tư pháp, văn hóa xã hội, quân sự. Dưới đó là các {place} tự quản.

## Bản đồ

Bản đồ địa giới được niêm yết tại trụ sở; ranh giới với các phường, xã lân cận xem ở trang giới thiệu của thành phố.""",
        150,
    ),
    Text(
        "cong-khai",
        "danh-muc-cong-khai",
        "Danh mục thông tin phải được công khai của {name_lower}",
        "Địa chỉ, hình thức, thời điểm, thời hạn công khai và đầu mối nhận yêu cầu cung cấp thông tin.",
        """= Danh mục thông tin phải được công khai
| Thông tin | Hình thức | Thời điểm | Thời hạn |
| Văn bản của địa phương | Mục Văn bản | 2 ngày làm việc sau khi ban hành | Thường xuyên |
| Dự toán, quyết toán | Mục Công khai; niêm yết | Theo Luật Ngân sách nhà nước | Ít nhất 90 ngày |
| Các khoản đóng góp của người dân | Niêm yết; họp {place} | Trước khi thu và khi kết thúc | Ít nhất 30 ngày |
| Thủ tục hành chính | Bộ phận tiếp nhận; mục Dịch vụ công | Khi có thay đổi | Thường xuyên |

Đầu mối: công chức văn phòng {office}, điện thoại 0296 000 0000 (số minh họa).""",
        90,
    ),
]

# --- Mỹ Long and Mỹ Hòa Hưng ------------------------------------------------------------------------

MY_LONG = [
    Text(
        "tin-tuc",
        "pho-di-bo-cuoi-tuan",
        "Mỹ Long thử nghiệm phố đi bộ cuối tuần quanh chợ Long Xuyên",
        "Ba tuyến phố quanh chợ dành cho người đi bộ tối thứ Bảy, Chủ nhật; xe máy gửi ở bốn điểm có giá niêm yết.",
        """Ủy ban nhân dân phường Mỹ Long bắt đầu thử nghiệm phố đi bộ quanh chợ Long Xuyên từ 18 giờ đến 22 giờ tối thứ Bảy và Chủ nhật. Thời gian thử nghiệm là ba tháng, sau đó phường lấy ý kiến người dân và hộ kinh doanh rồi mới quyết định.

## Tuyến phố và giờ giấc

Ba tuyến phố quanh nhà lồng chợ được rào hai đầu. Người dân sống trong tuyến vẫn ra vào bằng xe, đi chậm và dắt bộ ở đoạn đông người. Xe cứu thương, xe chữa cháy luôn có lối vào rộng bốn mét, không được bày bàn ghế.

## Gửi xe và vệ sinh

Bốn điểm giữ xe ở bốn hướng, giá niêm yết, có camera. Mỗi hộ kinh doanh tự thu gom rác trước cửa; đội vệ sinh quét lại lúc 22 giờ 30. Âm thanh tắt trước 22 giờ.

## Ý kiến của người dân

> Khách đi bộ thì ghé mua nhiều hơn, nhưng phải giữ cho sạch và đừng ồn quá khuya. | Một hộ kinh doanh ở khóm gần chợ

Phường đặt hộp góp ý ở hai đầu phố và nhận ý kiến qua mục Liên hệ. Kết quả thử nghiệm sẽ được đăng trong mục Lấy ý kiến góp ý.""",
        2,
        "news",
        ("night", "Con phố nhỏ lên đèn lúc chạng vạng"),
        (),
        "",
    ),
    Text(
        "tin-tuc",
        "hem-sach-den-sang",
        "Tám khóm của Mỹ Long thi đua hẻm sạch, đèn sáng",
        "Mỗi khóm chọn hai hẻm làm mẫu, người dân tự góp đèn, chậu cây và tự quản vệ sinh.",
        """Tám khóm của phường Mỹ Long phát động thi đua xây dựng hẻm sạch, đèn sáng. Mỗi khóm chọn hai hẻm, họp dân bàn việc gì làm trước. Hẻm tối thì gắn đèn; hẻm ngập thì nâng nền, làm rãnh; hẻm trống thì đặt chậu cây.

Sau một tháng, mười sáu hẻm mẫu đã có 118 bóng đèn tiết kiệm điện do người dân tự góp, điện lấy từ nhà mặt hẻm, mỗi nhà trả khoảng một ly cà phê mỗi tháng. Tổ trưởng dân phố ghi sổ đóng góp và dán công khai ở đầu hẻm.

Phường hỗ trợ xi măng và kỹ thuật. Công an phường hướng dẫn lắp camera ở đầu hẻm, có biển báo để bảo vệ đời sống riêng tư.

Cuối năm, phường chấm điểm theo bốn tiêu chí: sáng, sạch, thông thoáng, có cây. Hẻm đạt điểm cao được khen và được chọn để các khóm khác đến xem.""",
        11,
        "news",
        ("alley", "Hẻm nhỏ có chậu cây hai bên"),
        (),
        "",
    ),
    Text(
        "tin-tuc",
        "kham-suc-khoe-nguoi-cao-tuoi",
        "Khám sức khỏe miễn phí cho người cao tuổi phường Mỹ Long",
        "Trạm Y tế phường khám, đo huyết áp, thử đường huyết cho hơn bốn trăm người cao tuổi trong hai ngày.",
        """Trạm Y tế phường Mỹ Long tổ chức khám sức khỏe miễn phí cho người từ 60 tuổi trở lên trong hai ngày cuối tuần, tại trạm và tại nhà văn hóa khóm ở xa.

Hơn bốn trăm người được đo huyết áp, thử đường huyết, khám mắt và tư vấn dinh dưỡng. Người không đi lại được có bác sĩ đến nhà. Kết quả ghi vào sổ theo dõi sức khỏe, người bệnh giữ một bản.

Trạm nhắc những người có huyết áp cao đến đo lại mỗi tuần và không tự ý ngưng thuốc. Lịch khám lần sau được thông báo trên trang này và loa của khóm.""",
        17,
        "news",
    ),
    Text(
        "tin-tuc",
        "lop-day-boi-mien-phi",
        "Dạy bơi miễn phí cho học sinh tiểu học trong hè",
        "Phường mở bốn lớp bơi, ưu tiên trẻ em nhà ven rạch, mỗi lớp hai mươi em, có cứu hộ.",
        """Để phòng đuối nước, phường Mỹ Long mở bốn lớp dạy bơi miễn phí cho học sinh tiểu học, ưu tiên trẻ em nhà ở ven rạch. Mỗi lớp hai mươi em, học mười hai buổi, có hai huấn luyện viên và một nhân viên cứu hộ.

Sau khóa học, các em bơi được ít nhất 25 mét và biết cách nổi, gọi người giúp khi bạn gặp nạn thay vì nhảy xuống cứu.

Phụ huynh ghi danh tại văn phòng khóm, mang theo bản sao giấy khai sinh và giấy xác nhận sức khỏe.""",
        44,
        "news",
    ),
    Text(
        "chi-dao-dieu-hanh",
        "sap-xep-cho-tam",
        "Sắp xếp lại các điểm bán tạm quanh chợ",
        "Phường yêu cầu các hộ bán tạm chuyển vào khu đã kẻ vạch, chừa lối chữa cháy và lối cho người khuyết tật.",
        """Chủ tịch Ủy ban nhân dân phường Mỹ Long yêu cầu Ban Quản lý chợ và công an phường sắp xếp lại các điểm bán tạm quanh chợ.

- các hộ chuyển vào khu đã kẻ vạch trước 25 của tháng;
- chừa lối chữa cháy rộng bốn mét và lối cho xe lăn;
- bàn ghế xếp gọn sau 22 giờ.

Phường tuyên truyền, nhắc nhở trong mười lăm ngày rồi mới lập biên bản. Hộ khó khăn được miễn phí chỗ ba tháng đầu.""",
        10,
        "direction",
    ),
    Text(
        "chi-dao-dieu-hanh",
        "phan-hoi-mui-hoi-ranh",
        "Phản hồi kiến nghị về mùi hôi rãnh thoát nước",
        "Phường đã nạo vét 320 mét rãnh, thay 14 nắp đan; đoạn còn lại chờ phối hợp với đơn vị thoát nước.",
        """Người dân khóm gần chợ phản ánh rãnh thoát nước có mùi hôi. Phường đã kiểm tra trong hai ngày làm việc và trả lời như sau.

Rãnh bị lấp bởi mỡ và rác từ các hàng ăn. Phường đã nạo vét 320 mét, thay 14 nắp đan vỡ và yêu cầu các hàng ăn đặt bẫy mỡ trước 30 ngày tới. Đoạn cuối rãnh thuộc đơn vị thoát nước quản lý, phường đã gửi văn bản đề nghị phối hợp.

Sau một tháng, phường sẽ kiểm tra lại cùng đại diện người dân và đăng kết quả ở mục này.""",
        23,
        "reply",
    ),
    Text(
        "tuyen-truyen",
        "via-he-quanh-cho-my-long",
        "Sử dụng vỉa hè quanh chợ Mỹ Long theo quy định của thành phố",
        "Những điều hộ kinh doanh quanh chợ cần biết khi xin sử dụng tạm một phần vỉa hè.",
        """Phường Mỹ Long nhắc các hộ quanh chợ về quy định sử dụng tạm thời vỉa hè của thành phố.

## Nơi được phép

Chỉ các đoạn có vạch kẻ màu trắng. Phần trong vạch để xe của khách, phần ngoài vạch là lối đi bộ.

## Cách xin phép

Điền mẫu đơn tại bộ phận tiếp nhận, phường trả lời trong ba ngày làm việc. Đám tiệc chỉ cần báo trước.

## Mức nhắc nhở

Lần đầu nhắc, lần hai ghi sổ, lần ba dừng cho phép.""",
        56,
        "dissemination",
        (),
        ("15/2019/QĐ-UBND",),
    ),
    Text(
        "tuyen-truyen",
        "cung-cap-tin-cho-trang-phuong",
        "Người dân cộng tác tin, bài cho trang phường như thế nào",
        "Ai cũng có thể gửi tin, ảnh cho trang phường; phường biên tập và thành phố kiểm duyệt trước khi đăng.",
        """Theo Quy chế của thành phố, tổ chức, cá nhân đều có thể cộng tác tin, bài. Người gửi cam kết về tính chính xác và ghi rõ nguồn của thông tin, hình ảnh.

1) Soạn tin: ngắn, đủ việc gì, ở đâu, khi nào, ai làm; không đưa thông tin riêng tư của người khác.
2) Gửi tin: thư điện tử của phường hoặc gặp công chức văn hóa xã hội.
3) Biên tập: phường sửa câu chữ, hỏi lại nếu thiếu, không đổi ý của tác giả.
4) Kiểm duyệt: người duyệt không phải người soạn; bài bị trả lại luôn kèm lý do.

Bài được đăng có ghi tên tác giả, trừ khi tác giả muốn giữ kín với bạn đọc.""",
        31,
        "dissemination",
        (),
        (REGULATION,),
    ),
]

MY_HOA_HUNG = [
    Text(
        "tin-tuc",
        "duong-quanh-cu-lao",
        "Mở rộng đường quanh cù lao, thêm chỗ tránh xe và bóng cây",
        "Đoạn đường bốn cây số quanh cù lao Ông Hổ được mở thêm chỗ tránh xe, rào bờ và trồng cây che nắng.",
        """Ủy ban nhân dân xã Mỹ Hòa Hưng vừa bàn giao mặt bằng cho đơn vị thi công mở rộng đoạn đường bốn cây số quanh cù lao. Bà con hiến gần hai nghìn mét vuông đất vườn, nhiều gia đình tự lùi hàng rào và dời cây ăn trái.

## Vì sao làm

Đường cù lao hẹp, mùa nước lên có đoạn ngập, học sinh đi xe đạp phải tránh xe ba gác. Khách thăm khu lưu niệm ngày càng đông, nhất là cuối tuần.

## Làm những gì

- mở rộng mặt đường từ ba lên bốn mét rưỡi;
- thêm mười một chỗ tránh xe, cứ ba trăm mét một chỗ;
- rào ở các đoạn sát bờ và trồng cây che nắng;
- đặt biển chỉ đường bằng chữ to, có tiếng Anh.

## Giữ nếp cù lao

Xã thống nhất không mở quán nhạc lớn dọc đường, giữ hàng rào cây thay cho tường kín. Nhà vườn đón khách giữ tối đa ba mươi chỗ.

Thời gian thi công dự kiến sáu tháng. Phà và đò vẫn chạy bình thường; lịch chạy phà đăng ở mục thông báo.""",
        3,
        "news",
        ("island", "Cù lao xanh giữa dòng sông rộng"),
        (),
        "",
    ),
    Text(
        "tin-tuc",
        "nha-vuon-don-khach",
        "Nhà vườn Mỹ Hòa Hưng tập huấn đón khách",
        "Hai mươi hộ nhà vườn được hướng dẫn an toàn thực phẩm, phòng cháy, tiếng Anh giao tiếp và ghi sổ khách.",
        """Hai mươi hộ làm du lịch nhà vườn ở cù lao Ông Hổ dự lớp tập huấn ba ngày. Nội dung gồm an toàn thực phẩm, phòng cháy, sơ cứu, tiếng Anh giao tiếp và ghi sổ khách lưu trú.

Các hộ học theo cách làm tại bếp: rửa tay, để riêng dao thớt, ghi ngày chế biến. Mỗi nhà nhận một bộ dụng cụ sơ cứu và bảng giá mẫu để niêm yết.

Xã lập tổ du lịch cộng đồng, phân khách theo lượt để hộ ít khách cũng có việc. Một phần thu nhập góp quỹ giữ vườn cây và bờ bao.""",
        12,
        "news",
        ("garden", "Lối đi rợp bóng trong vườn cây"),
        (),
        "",
    ),
    Text(
        "tin-tuc",
        "ngay-hoi-ghe-dua",
        "Ngày hội đua ghe mừng mùa nước lên",
        "Mười sáu ghe dự giải; đội nữ ấp Mỹ An về nhất nội dung bốn trăm mét.",
        """Mười sáu ghe của các ấp và xã bạn tham gia ngày hội đua ghe trên nhánh sông Hậu. Hai bên bờ có hàng nghìn người xem. Đội nữ ấp Mỹ An về nhất nội dung bốn trăm mét.

Ban tổ chức bố trí sáu xuồng cứu hộ, người xem đứng sau dây chắn. Người dự thi đều biết bơi và mặc áo phao. Sau giải, các đội cùng vớt rác trên đoạn sông đua trước khi về.""",
        35,
        "news",
    ),
    Text(
        "tin-tuc",
        "nuoc-sach-ve-ap",
        "Nước sạch về đến ấp cuối cùng trên cù lao",
        "Tuyến ống dài 2,8 km đưa nước sạch đến 164 hộ ở cuối cù lao.",
        """Tuyến ống dài 2,8 km vừa hoàn thành, đưa nước sạch đến 164 hộ ở cuối cù lao. Trước đây các hộ dùng nước sông lắng phèn và mua nước bình để nấu ăn.

Nước được kiểm tra mỗi tháng, kết quả dán ở nhà văn hóa ấp và đăng trong mục Công khai. Hộ nghèo được miễn tiền gắn đồng hồ. Ống chính có van chia đoạn để khi hỏng một đoạn không mất nước cả ấp.""",
        48,
        "news",
    ),
    Text(
        "chi-dao-dieu-hanh",
        "an-toan-ben-do",
        "Kiểm tra an toàn các bến đò ngang",
        "Xã kiểm tra áo phao, đăng kiểm, số người tối đa của các bến đò; đình chỉ bến không đạt.",
        """Ủy ban nhân dân xã Mỹ Hòa Hưng kiểm tra các bến đò ngang trước mùa nước lên. Mỗi bến phải có áo phao đủ số, biển ghi số người tối đa, đèn và dụng cụ cứu sinh.

Bến không đạt phải dừng đến khi khắc phục. Người dân có quyền không xuống đò khi đò quá tải và báo cho xã.""",
        14,
        "direction",
    ),
    Text(
        "tuyen-truyen",
        "via-he-duong-cu-lao",
        "Sử dụng lề đường vào đám tiệc trên cù lao",
        "Quy định của thành phố về sử dụng tạm lề đường áp dụng thế nào với đường cù lao.",
        """Đường cù lao hẹp, khi có đám tiệc các gia đình thường dựng rạp sát đường. Quy định của thành phố về sử dụng tạm thời vỉa hè, lề đường cũng áp dụng tại xã.

Gia đình báo ấp trước ba ngày, chừa lối đi ít nhất 1,5 mét, không chắn lối phà, dọn sạch trong ngày hôm sau.""",
        55,
        "dissemination",
        (),
        ("15/2019/QĐ-UBND",),
    ),
]

NOTICES = {
    "my-long": [
        Text(
            "tin-tuc",
            "lich-thu-gom-rac",
            "Lịch thu gom rác mới của tám khóm",
            "Giờ thu gom đổi sang 5 giờ sáng và 19 giờ tối để tránh giờ chợ.",
            """Từ tuần tới, rác sinh hoạt của tám khóm được thu lúc 5 giờ sáng và 19 giờ tối. Rác hữu cơ để riêng trong túi màu xanh.

Xe không vào được hẻm dưới 1,5 mét; các hộ mang rác ra đầu hẻm trước giờ thu.""",
            6,
            more={"valid_days": 60},
        ),
        Text(
            "tin-tuc",
            "dang-ky-nvqs",
            "Đăng ký nghĩa vụ quân sự lần đầu",
            "Nam công dân đủ 17 tuổi đến đăng ký tại Ban Chỉ huy Quân sự phường.",
            """Nam công dân đủ 17 tuổi trong năm đến đăng ký nghĩa vụ quân sự lần đầu tại Ban Chỉ huy Quân sự phường, mang theo giấy tờ tùy thân.

Người đi học xa có thể ủy quyền cho gia đình nộp giấy tờ, sau đó bổ sung.""",
            16,
            more={"valid_days": 30},
        ),
    ],
    "my-hoa-hung": [
        Text(
            "tin-tuc",
            "lich-pha-cu-lao",
            "Lịch chạy phà và đò qua cù lao",
            "Phà chạy từ 4 giờ đến 22 giờ; đò ngang hai bến chạy đến 20 giờ.",
            """Phà chạy từ 4 giờ đến 22 giờ, cách 15 phút một chuyến. Sau 22 giờ có chuyến theo yêu cầu cấp cứu.

Đò ngang hai bến chạy từ 5 giờ đến 20 giờ, ngừng khi có giông.""",
            9,
        ),
    ],
}
