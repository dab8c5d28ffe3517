"""What the city's pages say. Plausible, marked "dữ liệu minh họa"; facts of history and geography have a source."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Text:
    """One page: where it stands, what it says, how many days before the build it was published.

    `cites` are keys of legal documents in `records.py` or of the register; `picture` is a scene of `pictures.py`
    with its description.
    """

    section: str
    slug: str
    title: str
    summary: str
    body: str
    days_ago: int = 30
    kind: str = ""
    picture: tuple[str, str] | None = None
    cites: tuple[str, ...] = ()
    unit: str = ""
    more: dict = field(default_factory=dict)


REGULATION = "01/2020/QĐ-UBND"

ARTICLES = [
    Text(
        "tin-tuc",
        "khoi-dong-trang-thanh-phan",
        "Các phường, xã bắt đầu cập nhật trang thông tin thành phần",
        "Từ hôm nay, mỗi phường, xã của thành phố có một trang thành phần riêng, cùng một quy trình biên tập và kiểm "
        "duyệt với trang thành phố.",
        """Sáng nay, Ban Biên tập Trang thông tin điện tử thành phố Long Xuyên họp với đại diện các phòng, ban và 13 phường, xã để triển khai việc cung cấp thông tin lên trang thông tin điện tử thành phố và các trang thành phần. Cuộc họp do Cơ quan Thường trực Ban Biên tập, Phòng Văn hóa và Thông tin, chuẩn bị nội dung.

Theo Quy chế ban hành kèm theo Quyết định số 01/2020/QĐ-UBND, mỗi đơn vị cử người phụ trách cung cấp thông tin; tin, bài gửi đến đều qua ba bước: tiếp nhận, biên tập và kiểm duyệt. Người gửi bài cam kết về tính chính xác; người duyệt không được là người soạn hoặc người gửi bài đó.

## Người dân tìm được gì trên trang thành phần

Trang của mỗi phường, xã có các mục giống nhau, nên người dân chỉ cần quen một nơi là dùng được mọi nơi:

- giới thiệu địa phương, lịch sử, bản đồ, cơ cấu tổ chức;
- tin tức, ý kiến chỉ đạo, lịch làm việc của lãnh đạo trong tuần;
- văn bản, thủ tục, thông tin phải công khai;
- dự án, quy hoạch trên địa bàn và nơi góp ý cho dự thảo;
- số điện thoại, thư điện tử chính thức của bộ phận phụ trách.

## Cách làm để tin cậy và kịp thời

Đại diện Cơ quan Thường trực cho biết thời hạn đăng của từng loại nội dung được hệ thống tự tính theo ngày làm việc. Văn bản của thành phố phải có mặt trên trang trong hai ngày làm việc kể từ ngày ban hành; thông tin tuyên truyền, phổ biến pháp luật trong mười lăm ngày làm việc; báo cáo thống kê trong mười ngày làm việc kể từ ngày có quyết định công bố.

> Người dân không cần biết bài nằm ở trang phường hay trang thành phố. Việc của chúng ta là để họ tìm một lần là thấy. | Đại diện Cơ quan Thường trực Ban Biên tập

Sau cuộc họp, các phường, xã được hướng dẫn cách soạn bài, ghi nguồn, viết mô tả cho hình ảnh để người khiếm thị dùng trình đọc màn hình vẫn hiểu được. Trong tháng đầu, Ban Biên tập sẽ trả lại bài thiếu nguồn hoặc thiếu mô tả ảnh kèm lý do cụ thể, không sửa thay, để các đơn vị quen dần với yêu cầu.

Người dân có góp ý về trang thành phần của địa phương mình có thể gửi qua mục Liên hệ của trang đó.""",
        1,
        "news",
        ("river", "Dòng sông rộng buổi sớm với hai bờ cây xanh"),
        (REGULATION,),
        "van-hoa-thong-tin",
    ),
    Text(
        "tin-tuc",
        "cai-tao-via-he-tuyen-trung-tam",
        "Chỉnh trang vỉa hè tuyến phố trung tâm trước mùa mưa",
        "Phòng Quản lý đô thị phối hợp ba phường trung tâm chỉnh trang vỉa hè, ưu tiên lối đi cho người khuyết tật và "
        "người cao tuổi.",
        """Phòng Quản lý đô thị thành phố vừa hoàn thành khảo sát hiện trạng vỉa hè các tuyến phố trung tâm và lập danh mục đoạn cần chỉnh trang trước mùa mưa. Việc khảo sát được làm cùng cán bộ khóm, đại diện Hội Người cao tuổi và người khuyết tật sống trên tuyến, vì đây là những người gặp khó nhất khi vỉa hè đứt quãng.

## Làm gì trước

Trong đợt này, đơn vị thi công làm ba việc: lát lại những đoạn gạch vỡ, hạ bó vỉa ở lối sang đường để xe lăn và xe nôi lên xuống được, thay nắp hố ga hư hỏng. Những đoạn có cây xanh lâu năm được giữ nguyên gốc, mở rộng ô đất quanh gốc thay cho đổ bê tông kín.

Mỗi đoạn thi công không quá bảy ngày. Trong thời gian đó, lối đi tạm được rào chắn, có biển báo và đèn ban đêm. Các hộ kinh doanh hai bên đường được báo trước ít nhất năm ngày để sắp xếp việc nhập hàng.

## Giữ vỉa hè sau khi làm xong

Kinh nghiệm những năm trước cho thấy vỉa hè mau hỏng vì xe tải nhỏ dừng đỗ và vì việc đào lên lấp xuống nhiều lần. Phòng Quản lý đô thị đã yêu cầu các đơn vị điện, nước, viễn thông báo kế hoạch đào đường cả năm để ghép chung một lần. Các phường sẽ nhắc nhở việc đỗ xe sai chỗ trước khi xử phạt.

! Góp ý về tuyến phố: Người dân có thể gửi ảnh và vị trí đoạn vỉa hè hư hỏng qua mục Liên hệ của phường mình; phường trả lời trong thời hạn của quy chế.

Theo kế hoạch, đợt đầu gồm bảy đoạn với tổng chiều dài khoảng 2,4 km. Kết quả từng đoạn được đăng trong mục Dự án, hạng mục đầu tư của trang thành phố để người dân theo dõi và giám sát.""",
        4,
        "news",
        ("street", "Phố nhỏ rợp bóng cây với vỉa hè lát gạch"),
        (),
        "quan-ly-do-thi",
    ),
    Text(
        "tin-tuc",
        "cho-noi-long-xuyen-gin-giu-nep-song-nuoc",
        "Chợ nổi Long Xuyên: gìn giữ một nếp sống sông nước",
        "Chợ nổi trên sông Hậu vẫn họp mỗi sáng. Thành phố bàn với bà con thương hồ cách giữ chợ sạch, an toàn và đón "
        "khách chu đáo.",
        """Từ bốn, năm giờ sáng, ghe từ các kênh đổ ra đã neo dọc một khúc sông Hậu. Trên mỗi chiếc ghe có cây bẹo treo thứ hàng mà ghe bán: dưa hấu, bí, khoai, khóm. Người mua nhìn cây bẹo mà ghé, trả giá vài câu rồi chuyền hàng qua mạn. Đến chín giờ, chợ thưa dần.

Chợ nổi Long Xuyên là một trong những cảnh mà khách đến thành phố thường tìm. Khác với nhiều nơi, chợ ở đây vẫn trước hết là nơi mua bán của người trong vùng, chưa thành điểm trình diễn. Chính điều đó làm nên vẻ riêng của chợ, và cũng là điều cần giữ.

## Những điều bà con lo

Tại buổi gặp giữa Phòng Văn hóa và Thông tin, phường Mỹ Phước và bà con thương hồ, ba việc được nhắc nhiều nhất là rác trôi trên sông, sóng của tàu lớn và chỗ neo đậu mùa nước lên. Một số hộ mong con em được học gần nơi neo ghe, không phải gửi về quê.

## Những việc đã bàn

- đặt điểm thu gom rác nổi ở hai đầu chợ, lấy rác mỗi ngày trước mười giờ;
- đề nghị tàu lớn giảm tốc độ khi qua đoạn sông có chợ trong giờ họp chợ;
- lập danh sách ghe thường xuyên neo đậu để hỗ trợ áo phao, bình chữa cháy;
- vận động trẻ em trên ghe đến trường tiểu học gần nhất, có người đưa đón theo nhóm.

Với khách tham quan, phường khuyến khích đi bằng đò của bà con địa phương, mặc áo phao, không ném thức ăn thừa xuống sông và hỏi trước khi chụp ảnh người bán hàng.

Phòng Văn hóa và Thông tin sẽ tổng hợp ý kiến thành kế hoạch, lấy ý kiến bà con một lần nữa trước khi trình thành phố.""",
        9,
        "news",
        ("market", "Những chiếc ghe chở trái cây trên sông buổi sớm"),
        (),
        "van-hoa-thong-tin",
    ),
    Text(
        "tin-tuc",
        "nuoc-len-chu-dong-phong-sat-lo",
        "Mùa nước lên: chủ động phòng sạt lở bờ sông, bờ kênh",
        "Thành phố rà soát các đoạn bờ có nguy cơ sạt lở, cắm biển cảnh báo và chuẩn bị phương án di dời cho các hộ ở sát "
        "mép nước.",
        """Bước vào mùa nước lên, thành phố đã rà soát các đoạn bờ sông, bờ kênh có nguy cơ sạt lở và giao từng phường, xã theo dõi mỗi ngày ở những nơi xung yếu. Danh sách các đoạn được đăng công khai để người dân biết và tránh.

## Dấu hiệu cần báo ngay

Người dân sống gần bờ sông, bờ kênh khi thấy một trong các dấu hiệu sau cần báo ngay cho trưởng khóm, trưởng ấp hoặc Ủy ban nhân dân phường, xã:

- nền nhà, sân hoặc mặt đường có vết nứt chạy song song với bờ;
- cây ven bờ nghiêng dần ra phía nước;
- nước gần bờ bỗng xoáy hoặc đục bất thường;
- đất bờ rơi từng mảng dù nước đang ròng.

## Khi được báo phải di dời

1) Đưa người trước: người già, trẻ em, người bệnh rời nhà trước, mang theo giấy tờ và thuốc đang dùng.
2) Ngắt điện: ngắt cầu dao, khóa bình ga, khóa cửa.
3) Đến nơi tạm trú: theo hướng dẫn của lực lượng địa phương, không tự quay lại lấy đồ khi chưa được phép.
4) Báo thiệt hại: báo với phường, xã để được lập biên bản và hỗ trợ theo quy định.

Các phường, xã chuẩn bị sẵn nhà văn hóa, trường học làm nơi tạm trú, có nước sạch và thuốc thông thường. Đội xung kích trực theo ca, có danh bạ điện thoại niêm yết tại trụ sở khóm, ấp.

Việc đổ vật nặng, dựng nhà, neo nhiều ghe lớn ở các đoạn bờ yếu làm tăng nguy cơ sạt lở. Thành phố đề nghị người dân không xây dựng thêm trong hành lang bờ sông, và nhắc nhau khi thấy nơi có biển cảnh báo vẫn có người tụ tập, câu cá.""",
        13,
        "news",
        ("storm", "Mặt sông rộng dưới trời nhiều mây"),
        (),
        "kinh-te",
    ),
    Text(
        "tin-tuc",
        "thu-vien-thanh-pho-mo-them-gio",
        "Thư viện mở thêm giờ buổi tối cho học sinh ôn thi",
        "Trong mùa thi, phòng đọc mở đến 21 giờ các ngày trong tuần, có chỗ sạc máy tính và nước uống.",
        """Trung tâm Văn hóa, Thể thao và Truyền thanh thành phố thông báo phòng đọc mở cửa đến 21 giờ từ thứ Hai đến thứ Sáu trong suốt mùa thi. Học sinh, sinh viên vào đọc không mất phí; chỉ cần thẻ học sinh hoặc giấy tờ có ảnh.

Phòng đọc có tám mươi chỗ ngồi, trong đó mười chỗ có bàn rộng cho xe lăn. Hệ thống đèn được thay mới, đủ sáng mà không chói. Ở mỗi dãy bàn có ổ điện và sóng internet; máy in đặt ở quầy, giá niêm yết.

Để giữ yên tĩnh, người đọc để điện thoại ở chế độ rung và trao đổi ở phòng học nhóm. Phòng học nhóm nhận đăng ký trước một ngày tại quầy, mỗi nhóm không quá sáu người, mỗi lượt hai giờ.

Ngoài sách giáo khoa và sách tham khảo, thư viện giới thiệu tủ sách về An Giang và sông Hậu, với nhiều đầu sách về lịch sử vùng đất, về nghề đóng ghe, về cây trái cù lao.

Phụ huynh đưa đón con em buổi tối được gửi xe miễn phí trong sân trung tâm.""",
        18,
        "news",
        ("library", "Giá sách và ánh đèn vàng"),
        (),
        "trung-tam-van-hoa",
    ),
    Text(
        "tin-tuc",
        "trong-cay-bo-song-hau",
        "Trồng thêm cây dọc bờ sông Hậu",
        "Bốn trăm cây xanh được trồng dọc công viên bờ sông, chọn loài rễ sâu, tán rộng, ít gãy đổ.",
        """Cuối tuần qua, Đoàn Thanh niên thành phố cùng người dân các phường ven sông trồng bốn trăm cây xanh dọc công viên bờ sông Hậu. Mỗi cây có một tấm thẻ nhỏ ghi tên loài, ngày trồng và tổ nhận chăm sóc.

Phòng Quản lý đô thị chọn những loài rễ sâu, tán rộng, chịu được nước ngập ngắn ngày: sao đen, dầu rái, bằng lăng, bàng đài loan. Khoảng cách giữa các cây đủ để tán không che biển báo và đèn đường.

Các đoàn viên được hướng dẫn đào hố, bón lót, cắm cọc và tưới trong tháng đầu. Sau đó, mỗi tổ dân phố tưới cây mỗi tuần hai lần vào mùa khô. Cây chết được thay trong vòng một tháng.

Theo thống kê của phòng, bờ sông đoạn này có hơn một nghìn hai trăm cây, hai mươi năm nữa sẽ thành một dải rừng nhỏ trong lòng thành phố.""",
        24,
        "news",
        ("trees", "Hàng cây xanh bên bờ nước"),
        (),
        "doan-tncs",
    ),
    Text(
        "tin-tuc",
        "giai-viet-da-cong-vien",
        "Hơn ba trăm người tham gia giải đi bộ vì sức khỏe",
        "Giải đi bộ quanh công viên trung tâm thu hút người cao tuổi, công nhân, học sinh; không xếp hạng, ai về đích "
        "cũng được một cây con.",
        """Sáng Chủ nhật, hơn ba trăm người tham gia đi bộ vì sức khỏe quanh công viên trung tâm. Đường đi dài 3,2 km, bằng phẳng, có trạm nước và điểm y tế ở mỗi cây số.

Không có xếp hạng. Ai về đích cũng được nhận một cây con để trồng ở nhà. Nhiều gia đình đi cùng nhau ba thế hệ; có cụ bà 81 tuổi đi hết chặng trong hơn một giờ.

Ban tổ chức nhắc người có bệnh tim mạch đo huyết áp trước khi đi. Trung tâm Y tế thành phố bố trí hai bác sĩ và một xe cứu thương trực suốt giải. Không có tai nạn nào.

Giải sẽ được tổ chức mỗi quý một lần, lần sau ở tuyến đường ven kênh với điểm xuất phát tại phường Mỹ Hòa.""",
        33,
        "news",
        (),
        (),
        "trung-tam-van-hoa",
    ),
    Text(
        "tin-tuc",
        "nong-dan-giam-phan-thuoc",
        "Nông dân ngoại thành giảm lượng giống, phân và thuốc trên ruộng lúa",
        "Sau hai vụ làm theo quy trình giảm đầu vào, các hộ ở Mỹ Khánh và Mỹ Hòa Hưng giữ được năng suất mà chi phí thấp hơn.",
        """Phòng Kinh tế thành phố cùng Hội Nông dân tổng kết hai vụ làm lúa theo quy trình giảm giống, giảm phân đạm và giảm thuốc tại xã Mỹ Khánh và xã Mỹ Hòa Hưng. Bốn mươi hai hộ tham gia trên diện tích khoảng ba mươi lăm héc-ta.

## Kết quả

= So sánh ruộng mô hình và ruộng đối chứng, bình quân một héc-ta
| Chỉ tiêu | Ruộng mô hình | Ruộng đối chứng |
| Lượng giống (kg) | 100 | 160 |
| Phân đạm (kg) | 85 | 110 |
| Số lần phun thuốc | 4 | 7 |
| Năng suất (tấn) | 6,4 | 6,3 |

Năng suất gần như nhau nhưng ruộng mô hình giảm được chi phí giống, phân và công phun. Lúa ít đổ ngã hơn khi gặp mưa cuối vụ. Cá, cua ngoài ruộng nhiều hơn, bà con nhận xét.

## Vì sao làm được

Điểm chính là thăm đồng mỗi tuần và chỉ phun khi vượt ngưỡng. Cán bộ kỹ thuật đến tận ruộng, ghi sổ cùng chủ ruộng. Sổ ghi chép sau này cũng là căn cứ khi bán lúa cho doanh nghiệp yêu cầu truy xuất nguồn gốc.

Hội Nông dân đề nghị mở rộng ra thêm một trăm héc-ta ở vụ tới và tổ chức cho nông dân ngoài mô hình đến xem ruộng trước ngày thu hoạch.""",
        41,
        "news",
        ("field", "Ruộng lúa xanh trải rộng đến chân trời"),
        (),
        "kinh-te",
    ),
    Text(
        "tin-tuc",
        "lop-hoc-phan-loai-rac",
        "Học sinh tiểu học học phân loại rác bằng trò chơi",
        "Mười hai trường tiểu học đưa phân loại rác vào giờ hoạt động; rác hữu cơ của bếp ăn được ủ thành phân bón cây.",
        """Mười hai trường tiểu học trong thành phố đưa việc phân loại rác vào giờ hoạt động trải nghiệm. Thay cho nghe giảng, các em chơi trò "rác về nhà": mỗi đội nhận một giỏ đồ vật và phải đưa từng thứ về đúng thùng.

Phòng Giáo dục và Đào tạo cùng Phòng Tài nguyên và Môi trường soạn bộ thẻ tranh dùng chung, có chữ to, màu rõ và hình vẽ để học sinh khuyết tật cũng chơi được. Mỗi trường đặt ba thùng: rác hữu cơ, rác tái chế, rác còn lại.

Rác hữu cơ từ bếp ăn bán trú được ủ tại chỗ trong thùng kín có men, sau bốn mươi lăm ngày thành phân bón cho vườn trường. Giấy, chai nhựa, lon được bán lấy tiền mua sách cho thư viện lớp.

Nhiều phụ huynh cho biết con về nhà nhắc cả nhà phân loại. Thành phố sẽ mở rộng ra các trường còn lại trong năm học.""",
        52,
        "news",
        (),
        (),
        "giao-duc-dao-tao",
    ),
    Text(
        "chi-dao-dieu-hanh",
        "chan-chinh-thoi-gian-tra-ket-qua",
        "Chấn chỉnh việc trả kết quả hồ sơ quá hạn",
        "Chủ tịch UBND thành phố yêu cầu các đơn vị xin lỗi bằng văn bản khi trễ hạn và hẹn lại ngày trả kết quả cụ thể.",
        """Chủ tịch Ủy ban nhân dân thành phố vừa có văn bản yêu cầu các phòng, ban và Ủy ban nhân dân các phường, xã chấn chỉnh việc tiếp nhận và trả kết quả hồ sơ.

Theo đó, mọi hồ sơ trễ hạn phải có thư xin lỗi gửi người nộp, nêu lý do và ngày hẹn mới; mỗi hồ sơ chỉ được hẹn lại một lần. Người đứng đầu đơn vị ký thư xin lỗi, không ủy quyền cho bộ phận tiếp nhận.

Bộ phận tiếp nhận không được yêu cầu thêm giấy tờ ngoài thành phần hồ sơ đã công khai. Trường hợp hồ sơ thiếu, phải hướng dẫn một lần, đầy đủ, bằng phiếu.

Thanh tra thành phố kiểm tra đột xuất ít nhất hai đơn vị mỗi tháng; kết quả đăng công khai trong mục này. Văn phòng tổng hợp số hồ sơ đúng hạn, trễ hạn của từng đơn vị vào ngày 05 hằng tháng.""",
        3,
        "direction",
        (),
        (),
        "van-phong",
    ),
    Text(
        "chi-dao-dieu-hanh",
        "tra-loi-kien-nghi-den-duong",
        "Trả lời kiến nghị về đèn đường tuyến dân cư ven kênh",
        "Phòng Quản lý đô thị trả lời kiến nghị của cử tri: lắp bổ sung 46 bộ đèn, hoàn thành trong quý.",
        """Tại buổi tiếp xúc cử tri, người dân phản ánh tuyến dân cư ven kênh thiếu đèn chiếu sáng, đi lại buổi tối không an toàn. Phòng Quản lý đô thị trả lời như sau.

Qua kiểm tra thực tế, tuyến đường dài 1,1 km hiện có 21 bộ đèn, khoảng cách không đều, nhiều đoạn tối. Phòng đã đưa vào kế hoạch bảo trì việc lắp bổ sung 46 bộ đèn tiết kiệm điện và thay 9 bộ hư hỏng.

Thời gian thi công dự kiến bốn tuần. Trong thời gian chờ, phường vận động các hộ mặt tiền bật đèn trước nhà từ 18 giờ đến 22 giờ; tiền điện phần này được hỗ trợ từ nguồn xã hội hóa.

Người dân theo dõi tiến độ trong mục Dự án, hạng mục đầu tư. Nếu có đoạn nào còn tối sau khi lắp xong, đề nghị phản ánh kèm vị trí để phòng xử lý.""",
        8,
        "reply",
        (),
        (),
        "quan-ly-do-thi",
    ),
    Text(
        "chi-dao-dieu-hanh",
        "khen-thuong-tap-the-cuu-ho",
        "Khen thưởng tập thể, cá nhân cứu người trên sông",
        "Ba tập thể và năm cá nhân được khen thưởng vì kịp thời cứu người bị nạn trên sông Hậu.",
        """Ủy ban nhân dân thành phố khen thưởng ba tập thể và năm cá nhân có thành tích cứu người bị nạn trên sông Hậu trong mùa nước lên.

Trong đó có đội xung kích của xã Mỹ Hòa Hưng đã đưa vào bờ bảy người trên một chiếc đò gặp sóng lớn, và nhóm bà con bến đò đã dùng phao tự tạo giữ người bị nạn đến khi xuồng máy tới.

Thành phố nhắc các bến đò kiểm tra áo phao trước mỗi chuyến, không chở quá số người, không xuất bến khi có giông. Kinh phí khen thưởng lấy từ quỹ thi đua, khen thưởng theo quy định.""",
        27,
        "reward",
        (),
        (),
        "noi-vu",
    ),
    Text(
        "chi-dao-dieu-hanh",
        "ra-soat-trang-thanh-phan",
        "Rà soát nội dung bắt buộc trên các trang thành phần",
        "Cơ quan Thường trực Ban Biên tập rà soát các mục bắt buộc của 13 trang thành phần và nêu việc cần bổ sung.",
        """Thực hiện Quy chế ban hành kèm theo Quyết định số 01/2020/QĐ-UBND, Cơ quan Thường trực Ban Biên tập rà soát các mục bắt buộc trên trang thông tin thành phần của phường, xã.

## Kết quả chung

Tất cả các trang có đủ các mục theo danh mục. Ba nội dung còn chậm là lịch làm việc của lãnh đạo, danh mục thông tin phải được công khai và kết quả tiếp thu góp ý dự thảo.

## Yêu cầu

- lịch làm việc tuần sau đăng trước 17 giờ thứ Sáu tuần này;
- danh mục thông tin phải được công khai ghi rõ địa chỉ, hình thức, thời điểm và thời hạn công khai;
- mỗi dự thảo hết hạn lấy ý kiến phải có phần tổng hợp, tiếp thu, giải trình.

Đơn vị có khó khăn về nhân lực báo về Phòng Văn hóa và Thông tin để được hướng dẫn trực tiếp.""",
        15,
        "direction",
        (),
        (REGULATION,),
        "van-hoa-thong-tin",
    ),
    Text(
        "tuyen-truyen",
        "quy-che-trang-thong-tin-nhung-dieu-can-biet",
        "Quy chế quản lý trang thông tin điện tử thành phố: những điều cần biết",
        "Bài tóm lược các điểm chính của Quy chế ban hành kèm theo Quyết định 01/2020/QĐ-UBND mà người cung cấp tin và "
        "người dân nên biết.",
        """Quyết định số 01/2020/QĐ-UBND của Ủy ban nhân dân thành phố Long Xuyên ban hành Quy chế quản lý, vận hành và cung cấp thông tin trên trang thông tin điện tử thành phố. Bài này tóm lược những điểm mà người cung cấp tin và người dân thường hỏi.

## Ai cung cấp thông tin

Các phòng, ban, ngành, đoàn thể, đơn vị sự nghiệp và Ủy ban nhân dân phường, xã cung cấp thông tin thuộc lĩnh vực của mình. Tổ chức, cá nhân ngoài cơ quan nhà nước cũng có thể cộng tác; khi gửi bài phải cam kết về tính chính xác của nội dung.

## Thời hạn đăng

- thông tin tuyên truyền, phổ biến pháp luật: không quá 15 ngày làm việc;
- văn bản do thành phố ban hành: không quá 2 ngày làm việc kể từ ngày ban hành;
- văn bản thuộc phạm vi quản lý do cơ quan khác ban hành: không quá 10 ngày làm việc;
- chương trình, đề tài khoa học: không quá 20 ngày làm việc kể từ ngày phê duyệt hoặc nghiệm thu;
- báo cáo thống kê: không quá 10 ngày làm việc kể từ ngày quyết định công bố.

## Kiểm duyệt và gỡ bỏ

Mọi tin, bài qua Ban Biên tập trước khi đăng. Người duyệt không phải người soạn. Khi chính sách bị bãi bỏ hoặc nội dung không còn phù hợp, bài được gỡ bỏ nhưng bản lưu vẫn được giữ; địa chỉ cũ báo cho người đọc biết lý do và nội dung thay thế.

! Đọc toàn văn: Toàn văn Quyết định và Quy chế có trong mục Văn bản, chia theo từng điều để dẫn liên kết.

## Câu hỏi thường gặp

Người dân gửi câu hỏi ở đâu? Ở mục Trao đổi, hỏi đáp hoặc tại bộ phận tiếp nhận của phường, xã. Câu hỏi có liên quan chung được trả lời công khai trên trang, đã bỏ thông tin cá nhân.""",
        6,
        "dissemination",
        ("books", "Chồng sách luật trên bàn"),
        (REGULATION,),
        "tu-phap",
    ),
    Text(
        "tuyen-truyen",
        "su-dung-tam-via-he",
        "Sử dụng tạm thời vỉa hè: những điều hộ kinh doanh cần biết",
        "Hướng dẫn xin sử dụng tạm thời một phần vỉa hè vào việc đám tiệc, trông giữ xe theo quy định của thành phố.",
        """Thành phố có quy định riêng về việc sử dụng tạm thời một phần vỉa hè không vào mục đích giao thông. Bài này tóm tắt các trường hợp được phép, trách nhiệm giữ gìn và cách liên hệ với phường.

## Trường hợp được phép

- đám cưới, đám tang: tối đa 48 giờ, phải chừa lối đi bộ rộng ít nhất 1,5 mét;
- điểm trông giữ xe phục vụ hoạt động văn hóa, thể thao;
- điểm tập kết vật liệu khi sửa nhà: từ 22 giờ đến 6 giờ sáng hôm sau.

## Trách nhiệm

Người được phép dùng vỉa hè phải giữ vệ sinh, hoàn trả nguyên trạng, không che biển báo và họng nước chữa cháy. Phường kiểm tra và nhắc nhở; vi phạm nhiều lần thì dừng việc cho phép.""",
        60,
        "dissemination",
        (),
        ("15/2019/QĐ-UBND",),
        "quan-ly-do-thi",
    ),
    Text(
        "tuyen-truyen",
        "hoi-dap-ve-quy-dinh-via-he",
        "Hỏi đáp nhanh về quy định sử dụng vỉa hè",
        "Năm câu hỏi thường gặp của hộ kinh doanh về quy định sử dụng tạm thời vỉa hè.",
        """Phòng Quản lý đô thị trả lời năm câu hỏi thường gặp về quy định sử dụng tạm thời vỉa hè của thành phố.

## Tổ chức đám cưới trước nhà có phải xin phép không

Có. Gia đình báo với phường trước ít nhất ba ngày, cam kết chừa lối đi bộ và dọn sạch sau khi xong.

## Được để xe của khách trên vỉa hè không

Chỉ ở những tuyến có vạch kẻ cho phép. Xe để một hàng, đầu xe quay vào trong.

## Bày hàng ra vỉa hè thì sao

Không được phép, trừ những tuyến phố được thành phố công bố.""",
        58,
        "dissemination",
        (),
        ("15/2019/QĐ-UBND",),
        "quan-ly-do-thi",
    ),
    Text(
        "tuyen-truyen",
        "quyen-tiep-can-thong-tin",
        "Quyền tiếp cận thông tin của công dân và cách thực hiện",
        "Người dân có quyền yêu cầu cơ quan nhà nước cung cấp thông tin; bài này chỉ cách làm tại thành phố Long Xuyên.",
        """Luật Tiếp cận thông tin quy định những thông tin cơ quan nhà nước phải tự công khai và những thông tin cung cấp theo yêu cầu. Ở thành phố Long Xuyên, phần lớn thông tin phải công khai đã có trong mục Công khai thông tin của trang thành phố và trang phường, xã.

## Khi cần thông tin chưa công khai

1) Điền phiếu: lấy phiếu tại bộ phận tiếp nhận hoặc tải từ mục Công khai thông tin.
2) Nộp phiếu: nộp trực tiếp, qua bưu chính hoặc thư điện tử của cơ quan.
3) Nhận kết quả: cơ quan trả lời có cung cấp hay không, lý do và thời điểm cung cấp.

## Những thông tin không được cung cấp

Thông tin thuộc bí mật nhà nước, thông tin mà việc cung cấp gây nguy hại theo quy định của luật. Thông tin về đời sống riêng tư chỉ được cung cấp khi người đó đồng ý.

Quy chế của thành phố cũng yêu cầu trang thông tin ghi rõ đầu mối nhận yêu cầu cung cấp thông tin và thời gian làm việc.""",
        36,
        "dissemination",
        (),
        (REGULATION,),
        "tu-phap",
    ),
]

NOTICES = [
    Text(
        "tin-tuc",
        "lich-tiep-cong-dan",
        "Lịch tiếp công dân định kỳ của lãnh đạo thành phố",
        "Lãnh đạo thành phố tiếp công dân ngày 05 và ngày 20 hằng tháng tại Trụ sở Tiếp công dân.",
        """Lãnh đạo Ủy ban nhân dân thành phố tiếp công dân định kỳ vào ngày 05 và ngày 20 hằng tháng, buổi sáng từ 08 giờ 00, buổi chiều từ 14 giờ 00. Nếu trùng ngày nghỉ thì chuyển sang ngày làm việc kế tiếp.

Địa điểm: Trụ sở Tiếp công dân, số 99 Nguyễn Thái Học nối dài, phường Mỹ Hòa.

Người đến cần mang giấy tờ tùy thân và các tài liệu liên quan đến nội dung kiến nghị. Người khuyết tật, người cao tuổi được ưu tiên; lối vào có dốc cho xe lăn.""",
        5,
        unit="thanh-tra",
    ),
    Text(
        "tin-tuc",
        "tam-ngung-cap-nuoc",
        "Tạm ngưng cấp nước để súc rửa đường ống tại ba phường",
        "Súc rửa đường ống định kỳ: ngưng cấp nước từ 22 giờ đến 4 giờ sáng tại một số khóm.",
        """Đơn vị cấp nước súc rửa đường ống định kỳ, tạm ngưng cấp nước từ 22 giờ đến 4 giờ sáng tại một số khóm của phường Mỹ Long, Mỹ Xuyên và Mỹ Phước.

Các hộ chủ động trữ nước. Khi có nước lại, mở vòi khoảng năm phút cho nước trong rồi hãy dùng.""",
        2,
        more={"valid_days": 10, "wards": ("my-long", "my-xuyen", "my-phuoc")},
        unit="quan-ly-do-thi",
    ),
    Text(
        "tin-tuc",
        "tuyen-duong-cam-tam",
        "Cấm tạm một chiều đường ven sông phục vụ thi công kè",
        "Cấm xe ô tô chiều ra cầu trong giờ cao điểm để thi công kè; xe máy đi lối vòng có biển chỉ dẫn.",
        """Để thi công kè, đường ven sông đoạn 600 mét cấm xe ô tô chiều ra cầu từ 6 giờ đến 8 giờ và từ 16 giờ đến 18 giờ. Xe máy đi lối vòng theo biển chỉ dẫn.

Lực lượng điều tiết có mặt tại hai đầu đoạn cấm trong giờ cao điểm.""",
        7,
        more={"valid_days": 25},
        unit="quan-ly-do-thi",
    ),
    Text(
        "tin-tuc",
        "canh-bao-giong-loc",
        "Cảnh báo giông, lốc trên sông Hậu trong những ngày tới",
        "Các bến đò ngừng chạy khi có giông; người dân không ra sông bằng xuồng nhỏ.",
        """Dự báo những ngày tới có giông vào buổi chiều. Các bến đò ngừng chạy khi có giông, không chở quá số người, kiểm tra áo phao trước mỗi chuyến.

Người dân không ra sông bằng xuồng nhỏ, không trú dưới cây đơn độc, rút phích điện các thiết bị khi có sét.""",
        1,
        more={"valid_days": 5, "urgent": True},
        unit="kinh-te",
    ),
    Text(
        "cong-khai",
        "cong-khai-du-toan",
        "Công khai dự toán ngân sách thành phố đã được phê chuẩn",
        "Số liệu dự toán thu, chi ngân sách năm được công khai theo quy định, kèm bảng tóm tắt dễ đọc.",
        """Ủy ban nhân dân thành phố công khai dự toán ngân sách đã được Hội đồng nhân dân phê chuẩn.

= Tóm tắt dự toán (tỷ đồng)
| Nội dung | Số tiền |
| Tổng thu ngân sách địa phương | 1.120 |
| Chi đầu tư phát triển | 286 |
| Chi thường xuyên | 802 |
| Dự phòng | 32 |

Bản đầy đủ đặt tại Phòng Tài chính - Kế hoạch và niêm yết tại trụ sở trong 30 ngày.""",
        40,
        unit="tai-chinh-ke-hoach",
    ),
]

# Standing pages: (section, slug, title, summary, body, unit).
STANDARD = [
    Text(
        "gioi-thieu",
        "kha-nang-tiep-can",
        "Khả năng tiếp cận",
        "Trang này hướng đến chuẩn WCAG 2.1 mức AA: cách dùng, những điều còn hạn chế, và nơi báo khi gặp khó khăn.",
        """Trang thông tin điện tử thành phố và các trang thành phần được làm để mọi người dùng được, kể cả người khiếm thị, người khó dùng chuột và người dùng điện thoại cũ.

## Chuẩn áp dụng

Trang hướng đến chuẩn WCAG 2.1 mức AA và các yêu cầu của Thông tư 32/2017/TT-BTTTT: không có chữ chạy, không có nội dung tự chuyển động, mọi ảnh có mô tả, mọi bảng có tên và dòng tiêu đề.

## Cách dùng thuận tiện hơn

- Phím Tab đầu tiên trên mỗi trang dẫn thẳng đến nội dung chính.
- Nút "Hiển thị" ở đầu trang cho chọn cỡ chữ, nền sáng hoặc tối, và độ tương phản; lựa chọn chỉ lưu trên máy của bạn.
- Cũng ở đó: chọn phường, xã và những mục đưa lên đầu trang chủ, xem các trang đã lưu; "Đặt lại tất cả" bỏ mọi lựa chọn.
- Trình duyệt có giọng đọc tiếng Việt thì đầu trang có nút "Nghe đọc trang": đọc từng câu, đánh dấu câu đang đọc, tạm dừng và chỉnh tốc độ được bằng bàn phím.
- Trang phóng to đến 400 % vẫn đọc được mà không phải cuộn ngang, và vẫn dùng được khi trình duyệt tắt script.
- Nút "In trang này" cho bản in gọn, không kèm trình đơn.

## Những điều còn hạn chế

- Một số văn bản cũ chỉ có bản quét; bản chữ đang được bổ sung dần.
- Video do cơ quan khác cung cấp có thể chưa có phụ đề.

## Khi gặp khó khăn

Hãy báo cho chúng tôi trang nào, việc gì chưa làm được, qua thư điện tử hoặc điện thoại ở cuối trang. Chúng tôi trả lời trong mười lăm ngày làm việc và có thể gửi nội dung ở dạng khác.""",
        180,
        unit="van-hoa-thong-tin",
    ),
    Text(
        "gioi-thieu",
        "quyen-rieng-tu",
        "Quyền riêng tư",
        "Đọc trang không cần khai báo gì; trang không dùng cookie theo dõi và không gửi dữ liệu cho bên thứ ba.",
        """Ai cũng đọc được trang mà không cần đăng nhập hay khai báo thông tin cá nhân.

## Khi bạn đọc trang

Trang không đặt cookie cho người đọc và không nạp nội dung của bên thứ ba. Lựa chọn hiển thị (cỡ chữ, màu nền, tương phản, phường, xã, mục xem trước) và danh sách trang đã lưu chỉ nằm trong trình duyệt của bạn. Máy chủ ghi địa chỉ mạng và trang được xem để giữ an toàn hệ thống, rồi xóa theo thời hạn.

## Khi bạn gửi thông tin

Thông tin bạn gửi chỉ được dùng để xử lý đúng việc bạn yêu cầu. Câu trả lời có liên quan chung được đăng sau khi bỏ hết thông tin cá nhân.

## Khi bạn chia sẻ

Các liên kết chia sẻ chỉ là liên kết thường: dịch vụ bên ngoài chỉ biết bạn khi bạn bấm vào.

## Quyền của bạn

Bạn có quyền hỏi, xem, yêu cầu sửa hoặc xóa thông tin cá nhân của mình. Hãy liên hệ theo địa chỉ ở cuối trang.""",
        180,
        unit="van-hoa-thong-tin",
    ),
    Text(
        "thanh-uy",
        "to-chuc-thanh-uy",
        "Thành ủy: tổ chức và nơi liên hệ",
        "Nội dung minh họa: cơ quan lãnh đạo của Đảng bộ thành phố và nơi tiếp nhận ý kiến.",
        """Trang minh họa về hoạt động lãnh đạo, chỉ đạo của Thành ủy. Người giữ chức vụ và cách liên hệ xem ở sơ đồ tổ chức.""",
        20,
        unit="thanh-uy",
    ),
    Text(
        "hoi-dong-nhan-dan",
        "lich-tiep-xuc-cu-tri",
        "Lịch tiếp xúc cử tri trước kỳ họp",
        "Nội dung minh họa: đại biểu Hội đồng nhân dân tiếp xúc cử tri ở đâu, khi nào.",
        """Lịch minh họa: đại biểu Hội đồng nhân dân thành phố tiếp xúc cử tri tại hội trường các phường, xã trong tuần đầu của tháng.""",
        15,
        unit="hoi-dong-nhan-dan",
    ),
    Text(
        "gioi-thieu",
        "lich-su",
        "Lịch sử hình thành",
        "Từ thủ Đông Xuyên năm 1789 đến đô thị loại I bên bờ sông Hậu.",
        """Vùng đất Long Xuyên được lập đồn, gọi là thủ Đông Xuyên, vào năm 1789. Từ một điểm đóng quân bên rạch Long Xuyên, nơi này dần thành chợ, thành lỵ sở, rồi thành tỉnh lỵ của An Giang.

## Từ chợ ven rạch đến thị xã

Nằm ở ngã ba của sông Hậu và rạch Long Xuyên, nơi ghe thuyền từ Thoại Sơn, Châu Thành, Chợ Mới qua lại, chợ Long Xuyên hình thành sớm và đông. Cư dân gồm người Kinh, người Hoa, người Chăm, người Khmer, sống nhờ buôn bán, làm lúa, đóng ghe.

## Thành phố thuộc tỉnh

Long Xuyên trở thành thành phố thuộc tỉnh năm 1999. Thành phố được công nhận đô thị loại II năm 2009 và đô thị loại I năm 2020 theo Quyết định 1078/QĐ-TTg. Trong thời gian đó, địa giới một số phường được điều chỉnh: phường Mỹ Quý tách từ phường Mỹ Phước (1999), phường Mỹ Hòa và phường Đông Xuyên thành lập năm 2005.

## Danh nhân và di tích

Cù lao Ông Hổ, nay thuộc xã Mỹ Hòa Hưng, là quê hương của Chủ tịch Tôn Đức Thắng. Khu lưu niệm được gìn giữ cùng ngôi nhà sàn thời niên thiếu của Người. Thành phố còn có đình, chùa, nhà thờ, hội quán gắn với các cộng đồng cư dân.

Nguồn: Trang thông tin điện tử thành phố Long Xuyên và tỉnh An Giang.""",
        200,
        unit="van-hoa-thong-tin",
    ),
    Text(
        "gioi-thieu",
        "dieu-kien-tu-nhien",
        "Điều kiện tự nhiên",
        "Thành phố nằm bên hữu ngạn sông Hậu, diện tích 114,96 km², dân số 272.365 người (2019).",
        """Thành phố Long Xuyên nằm bên hữu ngạn sông Hậu. Phía tây bắc giáp huyện Châu Thành; phía đông, bên kia sông, giáp huyện Chợ Mới và huyện Lấp Vò; phía tây và tây nam giáp huyện Thoại Sơn; phía nam giáp quận Thốt Nốt và huyện Vĩnh Thạnh của thành phố Cần Thơ.

## Số liệu chính

= Long Xuyên qua một số số liệu
| Chỉ tiêu | Giá trị |
| Diện tích | 114,96 km² |
| Dân số | 272.365 người (điều tra năm 2019) |
| Cách Thành phố Hồ Chí Minh | khoảng 185 – 190 km |
| Cách Cần Thơ | khoảng 60 km |

## Địa hình, khí hậu, sông ngòi

Địa hình bằng phẳng, có nhiều rạch và kênh nối với sông Hậu. Khí hậu nhiệt đới gió mùa, mùa mưa từ tháng 5 đến tháng 11, mùa khô từ tháng 12 đến tháng 4. Mùa nước lên thường từ tháng 8 đến tháng 11, mang phù sa và tôm cá.

## Bản đồ

Bản đồ địa giới hành chính đến phường, xã được niêm yết tại trụ sở Ủy ban nhân dân các phường, xã; bản tóm tắt ranh giới xem tại trang "Phường, xã và ranh giới".""",
        198,
        unit="tai-nguyen-moi-truong",
    ),
    Text(
        "gioi-thieu",
        "phuong-xa",
        "Phường, xã và ranh giới",
        "Mười một phường và hai xã của thành phố năm 2020, với mã đơn vị hành chính.",
        """Khi Quy chế có hiệu lực (15/06/2020), thành phố có mười một phường và hai xã.

= Phường, xã của thành phố Long Xuyên (2020)
| Mã | Tên |
| 30280 | Phường Mỹ Bình |
| 30283 | Phường Mỹ Long |
| 30285 | Phường Đông Xuyên |
| 30286 | Phường Mỹ Xuyên |
| 30289 | Phường Bình Đức |
| 30292 | Phường Bình Khánh |
| 30295 | Phường Mỹ Phước |
| 30298 | Phường Mỹ Quý |
| 30301 | Phường Mỹ Thới |
| 30304 | Phường Mỹ Thạnh |
| 30307 | Phường Mỹ Hòa |
| 30310 | Xã Mỹ Khánh |
| 30313 | Xã Mỹ Hòa Hưng |

Dưới phường là khóm, dưới xã là ấp. Mỗi phường, xã có trang thông tin thành phần riêng.""",
        196,
        unit="noi-vu",
    ),
    Text(
        "gioi-thieu",
        "van-hoa-di-tich",
        "Văn hóa, di tích, danh thắng",
        "Khu lưu niệm Chủ tịch Tôn Đức Thắng, chợ nổi, các ngôi đình và lễ hội trong năm.",
        """Long Xuyên là nơi gặp nhau của nhiều cộng đồng bên sông Hậu. Đời sống văn hóa gắn với nước: bến đò, chợ nổi, đua ghe, lễ cúng đình.

## Khu lưu niệm Chủ tịch Tôn Đức Thắng

Khu lưu niệm ở cù lao Ông Hổ, xã Mỹ Hòa Hưng. Khách qua phà hoặc đò từ bờ Long Xuyên, đi xe đạp dọc đường cù lao, thăm ngôi nhà sàn, nhà trưng bày và vườn cây.

## Chợ nổi Long Xuyên

Chợ họp trên sông Hậu từ tờ mờ sáng, bán nông sản của cả vùng. Nên đến trước bảy giờ, đi bằng đò của bà con địa phương.

## Đình và lễ hội

Các ngôi đình cúng Kỳ yên vào mùa xuân. Người Hoa giữ hội quán và lễ vía. Người Chăm, người Khmer có ngày lễ riêng theo lịch của mình.""",
        190,
        unit="van-hoa-thong-tin",
    ),
    Text(
        "gioi-thieu",
        "co-cau-to-chuc",
        "Cơ cấu tổ chức, chức năng, nhiệm vụ",
        "Các phòng chuyên môn, đơn vị sự nghiệp của Ủy ban nhân dân thành phố và nhiệm vụ chính.",
        """Ủy ban nhân dân thành phố có mười hai cơ quan chuyên môn. Các cơ quan ngành dọc, đoàn thể và đơn vị sự nghiệp phối hợp trong cung cấp thông tin. Các đơn vị hiện nay và người đứng đầu có ở trang «Sơ đồ tổ chức».

= Cơ quan chuyên môn và lĩnh vực
| Cơ quan | Lĩnh vực chính |
| Văn phòng Thành ủy, HĐND và UBND | Tổng hợp, phục vụ, tiếp nhận văn bản |
| Phòng Nội vụ | Tổ chức, cán bộ, thi đua, văn thư, lưu trữ |
| Phòng Tư pháp | Văn bản, phổ biến pháp luật, hộ tịch, chứng thực |
| Phòng Tài chính - Kế hoạch | Ngân sách, kế hoạch, đăng ký hộ kinh doanh |
| Phòng Tài nguyên và Môi trường | Đất đai, môi trường |
| Phòng Lao động - Thương binh và Xã hội | Việc làm, người có công, bảo trợ xã hội |
| Phòng Văn hóa và Thông tin | Văn hóa, thông tin, Thường trực Ban Biên tập |
| Phòng Giáo dục và Đào tạo | Mầm non, tiểu học, trung học cơ sở |
| Phòng Y tế | Chăm sóc sức khỏe, an toàn thực phẩm |
| Thanh tra | Tiếp công dân, khiếu nại, tố cáo |
| Phòng Kinh tế | Nông nghiệp, công thương, khoa học công nghệ |
| Phòng Quản lý đô thị | Quy hoạch, xây dựng, giao thông, cây xanh |""",
        188,
        unit="noi-vu",
    ),
    Text(
        "dich-vu-cong",
        "huong-dan-nop-ho-so",
        "Hướng dẫn nộp hồ sơ trực tuyến",
        "Các bước nộp hồ sơ qua Cổng Dịch vụ công và theo dõi tình trạng xử lý.",
        """Người dân có thể nộp hồ sơ trực tuyến hoặc trực tiếp tại bộ phận tiếp nhận và trả kết quả của thành phố, phường, xã.

1) Chọn thủ tục: tìm theo tên hoặc lĩnh vực, đọc thành phần hồ sơ và thời hạn.
2) Đăng nhập: dùng tài khoản định danh; nếu chưa có, bộ phận tiếp nhận hướng dẫn tạo.
3) Điền và đính kèm: chụp hoặc quét giấy tờ rõ nét, đủ trang.
4) Nhận mã hồ sơ: giữ mã để tra cứu; kết quả trả tại nơi nộp hoặc qua bưu chính.

! Không mất phí môi giới: Mọi khoản phí, lệ phí được ghi trong từng thủ tục. Không nộp tiền cho người trung gian.""",
        70,
        unit="van-phong",
    ),
    Text(
        "hoi-dap",
        "cach-gui-cau-hoi",
        "Cách gửi câu hỏi và thời hạn trả lời",
        "Câu hỏi được tiếp nhận, phân loại và trả lời trong thời hạn; câu trả lời chung được đăng công khai.",
        """Người dân gửi câu hỏi bằng mẫu ở mục Trao đổi – Hỏi đáp, bằng bưu chính, điện thoại hoặc trực tiếp tại trụ sở. Cần ghi nội dung hỏi rõ ràng và ít nhất một cách liên hệ. Người gửi nhận số và mã để tra cứu việc xử lý.

## Thời hạn

Chậm nhất 15 ngày làm việc kể từ khi tiếp nhận, cơ quan trả lời hoặc thông báo quá trình xử lý, trong đó nói rõ ngày sẽ trả lời. Câu hỏi không thuộc phạm vi trả lời được báo lại ngay, kèm tên cơ quan có thẩm quyền nếu biết.

## Khi câu trả lời được đăng

Câu trả lời về vấn đề có liên quan chung được đăng ở mục này, đã bỏ tên, địa chỉ và các thông tin nhận ra người hỏi.""",
        65,
        unit="van-phong",
    ),
    Text(
        "cong-khai",
        "danh-muc-thong-tin-cong-khai",
        "Danh mục thông tin phải được công khai",
        "Danh mục ghi rõ địa chỉ, hình thức, thời điểm và thời hạn công khai; đầu mối nhận yêu cầu cung cấp thông tin.",
        """Danh mục lập theo Luật Tiếp cận thông tin và Quy chế ban hành kèm theo Quyết định số 01/2020/QĐ-UBND.

= Danh mục thông tin phải được công khai
| Thông tin | Địa chỉ, hình thức | Thời điểm | Thời hạn |
| Văn bản quy phạm pháp luật, văn bản quản lý | Mục Văn bản | 2 ngày làm việc sau khi ban hành | Thường xuyên |
| Thủ tục hành chính | Mục Dịch vụ công; bộ phận tiếp nhận | Khi có thay đổi | Thường xuyên |
| Dự toán, quyết toán ngân sách | Mục Công khai; niêm yết | Theo Luật Ngân sách nhà nước | Ít nhất 90 ngày |
| Dự án, đấu thầu, mua sắm công | Mục Dự án | 10 ngày làm việc sau khi phê duyệt | Đến khi hoàn tất |
| Báo cáo thống kê | Mục Thống kê | 10 ngày làm việc sau quyết định công bố | Thường xuyên |

## Đầu mối nhận yêu cầu cung cấp thông tin

Văn phòng Thành ủy, HĐND và UBND, trong giờ làm việc, điện thoại 0296 000 0000 (số minh họa).""",
        62,
        unit="van-phong",
    ),
]
