"""The city, its divisions, its wards and communes when the Regulation came into force (15/06/2020).

Codes are those of the General Statistics Office; they are reused for other units later, so nothing uses them as a key.
Telephone numbers and addresses that were not verified are left as placeholders that cannot be real.
"""

from datetime import date

from base.models import OrganisationUnit

Kind = OrganisationUnit.Kind

NO_PHONE = "0296 000 0000"
# The day the Regulation came into force: from it the component sites exist (Quyết định 01/2020/QĐ-UBND).
IN_FORCE = date(2020, 6, 15)

CITY = {
    "slug": "long-xuyen",
    "name": "Thành phố Long Xuyên",
    "authority_name": "Ủy ban nhân dân thành phố Long Xuyên",
    "short_name": "Long Xuyên",
    "name_en": "Long Xuyen City",
    "kind": Kind.CITY,
    "symbol": "UBND",
    "gso_code": "883",
    "address": "Số 99 Nguyễn Thái Học nối dài, phường Mỹ Hòa, thành phố Long Xuyên, tỉnh An Giang",
    "phone": NO_PHONE,
    "email": "long-xuyen@example.invalid",
    "responsible_person": "Cán bộ mẫu 01, Trưởng ban Biên tập",
    "reception_hours": "Ngày 05 và ngày 20 hằng tháng, 08 giờ 00 và 14 giờ 00",
    "facts": [
        {"label": "Diện tích", "value": "114,96 km²", "source": "Trang thông tin điện tử thành phố"},
        {"label": "Dân số", "value": "272.365 người (2019)", "source": "Tổng điều tra dân số và nhà ở năm 2019"},
        {"label": "Loại đô thị", "value": "Đô thị loại I (2020)", "source": "Quyết định 1078/QĐ-TTg"},
    ],
    "valid_from": date(1999, 3, 1),
}

# What the tables only make up, for the demo city: a portal in use starts without it, and its people say what is so.
MADE_UP = ("phone", "email", "responsible_person", "reception_hours")


def _division(slug, name, kind, symbol="", duties=""):
    return {
        "slug": slug,
        "name": name,
        "authority_name": f"{name} thành phố Long Xuyên",
        "kind": kind,
        "symbol": symbol,
        "duties": duties,
        "valid_from": IN_FORCE,
    }


# Nghị định 37/2014/NĐ-CP; the name of the Culture and Information office as in the Decision.
DIVISIONS = [
    _division("thanh-uy", "Thành ủy", Kind.PARTY, "TU", "Lãnh đạo, chỉ đạo của Đảng bộ thành phố (Quy chế Điều 4.2)."),
    _division(
        "hoi-dong-nhan-dan",
        "Hội đồng nhân dân",
        Kind.COUNCIL,
        "HĐND",
        "Quyết định các vấn đề của địa phương; giám sát, tiếp xúc cử tri (Quy chế Điều 4.2).",
    ),
    _division(
        "van-phong",
        "Văn phòng Thành ủy, HĐND và UBND",
        Kind.OFFICE,
        "VP",
        "Tham mưu tổng hợp, phục vụ hoạt động của Thành ủy, HĐND và UBND; đầu mối tiếp nhận văn bản.",
    ),
    _division(
        "noi-vu",
        "Phòng Nội vụ",
        Kind.OFFICE,
        "NV",
        "Tổ chức bộ máy, cán bộ, công chức, địa giới hành chính, thi đua, khen thưởng, văn thư, lưu trữ.",
    ),
    _division(
        "tu-phap",
        "Phòng Tư pháp",
        Kind.OFFICE,
        "TP",
        "Xây dựng, kiểm tra văn bản; phổ biến, giáo dục pháp luật; hộ tịch, chứng thực, hòa giải ở cơ sở.",
    ),
    _division(
        "tai-chinh-ke-hoach",
        "Phòng Tài chính - Kế hoạch",
        Kind.OFFICE,
        "TCKH",
        "Ngân sách, kế hoạch phát triển kinh tế - xã hội, đầu tư công, đăng ký hộ kinh doanh.",
    ),
    _division(
        "tai-nguyen-moi-truong",
        "Phòng Tài nguyên và Môi trường",
        Kind.OFFICE,
        "TNMT",
        "Đất đai, tài nguyên nước, khoáng sản, môi trường, thu gom và xử lý chất thải.",
    ),
    _division(
        "lao-dong-thuong-binh-xa-hoi",
        "Phòng Lao động - Thương binh và Xã hội",
        Kind.OFFICE,
        "LĐTBXH",
        "Việc làm, người có công, bảo trợ xã hội, trẻ em, bình đẳng giới, giảm nghèo.",
    ),
    _division(
        "van-hoa-thong-tin",
        "Phòng Văn hóa và Thông tin",
        Kind.OFFICE,
        "VHTT",
        "Văn hóa, thể thao, du lịch, thông tin, truyền thông; Cơ quan Thường trực Ban Biên tập (Điều 13, 22).",
    ),
    _division(
        "giao-duc-dao-tao",
        "Phòng Giáo dục và Đào tạo",
        Kind.OFFICE,
        "GDĐT",
        "Giáo dục mầm non, tiểu học, trung học cơ sở trên địa bàn thành phố.",
    ),
    _division("y-te", "Phòng Y tế", Kind.OFFICE, "YT", "Chăm sóc sức khỏe nhân dân, an toàn thực phẩm, dân số."),
    _division(
        "thanh-tra",
        "Thanh tra",
        Kind.OFFICE,
        "TTr",
        "Thanh tra, tiếp công dân, giải quyết khiếu nại, tố cáo, phòng, chống tham nhũng.",
    ),
    _division(
        "kinh-te",
        "Phòng Kinh tế",
        Kind.OFFICE,
        "KT",
        "Nông nghiệp, công nghiệp, tiểu thủ công nghiệp, thương mại, khoa học và công nghệ.",
    ),
    _division(
        "quan-ly-do-thi",
        "Phòng Quản lý đô thị",
        Kind.OFFICE,
        "QLĐT",
        "Quy hoạch, kiến trúc, xây dựng, giao thông, cây xanh, chiếu sáng, cấp thoát nước.",
    ),
    _division("quan-su", "Ban Chỉ huy Quân sự", Kind.SECTOR),
    _division("cong-an", "Công an", Kind.SECTOR),
    _division("chi-cuc-thue", "Chi cục Thuế", Kind.SECTOR),
    _division("chi-cuc-thong-ke", "Chi cục Thống kê", Kind.SECTOR),
    _division("bao-hiem-xa-hoi", "Bảo hiểm xã hội", Kind.SECTOR),
    _division("mttq", "Ủy ban Mặt trận Tổ quốc Việt Nam", Kind.MASS_ORGANISATION),
    _division("hoi-lhpn", "Hội Liên hiệp Phụ nữ", Kind.MASS_ORGANISATION),
    _division("doan-tncs", "Đoàn Thanh niên Cộng sản Hồ Chí Minh", Kind.MASS_ORGANISATION),
    _division("hoi-nong-dan", "Hội Nông dân", Kind.MASS_ORGANISATION),
    _division("hoi-cuu-chien-binh", "Hội Cựu chiến binh", Kind.MASS_ORGANISATION),
    _division("lien-doan-lao-dong", "Liên đoàn Lao động", Kind.MASS_ORGANISATION),
    _division("trung-tam-van-hoa", "Trung tâm Văn hóa, Thể thao và Truyền thanh", Kind.PUBLIC_UNIT),
    _division("ban-quan-ly-du-an", "Ban Quản lý dự án đầu tư xây dựng", Kind.PUBLIC_UNIT),
    _division("trung-tam-quy-dat", "Trung tâm Phát triển quỹ đất", Kind.PUBLIC_UNIT),
]


def _ward(code, name, slug, facts=(), address=""):
    """A ward or commune; `facts` as (label, value, source)."""
    kind = Kind.COMMUNE if name.startswith("Xã") else Kind.WARD
    authority = f"UBND {name[0].lower()}{name[1:]}"
    return {
        "gso_code": code,
        "name": name,
        "slug": slug,
        "host_label": slug,
        "kind": kind,
        "address": address or f"Trụ sở {authority}, thành phố Long Xuyên, tỉnh An Giang",
        "phone": NO_PHONE,
        "email": f"{slug}@example.invalid",
        "facts": [dict(zip(("label", "value", "source"), fact, strict=True)) for fact in facts],
    }


_PORTAL = "Trang thông tin điện tử thành phố Long Xuyên"

WARDS = [
    _ward("30280", "Phường Mỹ Bình", "my-binh"),
    _ward(
        "30283",
        "Phường Mỹ Long",
        "my-long",
        [
            ("Diện tích", "414,8 ha", _PORTAL),
            ("Khóm, tổ", "8 khóm, 92 tổ", _PORTAL),
            ("Số hộ", "5.149 hộ", _PORTAL),
            ("Dân số", "26.313 người", _PORTAL),
            ("Dân tộc", "Kinh 24.707, Hoa 1.532, Chăm 61, Khmer 15", _PORTAL),
        ],
    ),
    _ward(
        "30285",
        "Phường Đông Xuyên",
        "dong-xuyen",
        [
            ("Thành lập", "2005", _PORTAL),
            ("Diện tích", "1,39 km²", "Nghị quyết 1285/NQ-UBTVQH15"),
            ("Dân số", "11.470 người", "Nghị quyết 1285/NQ-UBTVQH15"),
        ],
    ),
    _ward(
        "30286",
        "Phường Mỹ Xuyên",
        "my-xuyen",
        [
            ("Thành lập", "12/01/1984", "Quyết định 8-HĐBT"),
        ],
    ),
    _ward("30289", "Phường Bình Đức", "binh-duc"),
    _ward("30292", "Phường Bình Khánh", "binh-khanh"),
    _ward("30295", "Phường Mỹ Phước", "my-phuoc"),
    _ward(
        "30298",
        "Phường Mỹ Quý",
        "my-quy",
        [
            ("Thành lập", "1999, tách từ phường Mỹ Phước", _PORTAL),
            ("Khóm, tổ", "5 khóm, 96 tổ", _PORTAL),
            ("Dân số", "khoảng 14.000 người", _PORTAL),
        ],
    ),
    _ward(
        "30301",
        "Phường Mỹ Thới",
        "my-thoi",
        [
            ("Thành lập", "02/08/1999", "Nghị định 64/1999/NĐ-CP"),
            ("Diện tích", "2.000,31 ha", _PORTAL),
        ],
    ),
    _ward("30304", "Phường Mỹ Thạnh", "my-thanh", [("Thành lập", "1984", _PORTAL)]),
    _ward(
        "30307",
        "Phường Mỹ Hòa",
        "my-hoa",
        [
            ("Thành lập", "12/04/2005", "Nghị định 52/2005/NĐ-CP"),
            ("Diện tích", "16,29 km²", _PORTAL),
            ("Dân số", "33.413 người (2019)", _PORTAL),
            ("Khóm", "11 khóm", _PORTAL),
        ],
    ),
    _ward("30310", "Xã Mỹ Khánh", "my-khanh", [("Thành lập", "1984", _PORTAL)]),
    _ward(
        "30313",
        "Xã Mỹ Hòa Hưng",
        "my-hoa-hung",
        [
            ("Vị trí", "Cù lao Ông Hổ, giữa sông Hậu", _PORTAL),
            ("Di tích", "Khu lưu niệm Chủ tịch Tôn Đức Thắng", _PORTAL),
        ],
    ),
]
