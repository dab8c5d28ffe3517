"""The lists that the catalogue begins with: schemes of levels, who may apply, ngành, lĩnh vực, life events.

Loaded once; what the office changed afterwards stays.
"""

from datetime import date

from django.db import transaction

from vietnam import text

from .models import ApplicantKind, LevelMapping, LevelScheme, LifeEvent, Sector, ServiceField, ServiceLevel

# code, name, first day, last day, source
SCHEMES = [
    (
        "nd43",
        "Mức độ 1 – 4",
        date(2011, 10, 1),
        date(2022, 8, 14),
        "Nghị định 43/2011/NĐ-CP, Điều 3.4",
    ),
    (
        "nd42",
        "Toàn trình, một phần (2022)",
        date(2022, 8, 15),
        date(2026, 6, 30),
        "Nghị định 42/2022/NĐ-CP",
    ),
    (
        "nd224",
        "Toàn trình, một phần (2026)",
        date(2026, 7, 1),
        None,
        "Nghị định 224/2026/NĐ-CP, Điều 14, 16",
    ),
]

_ONE = "Có đủ thông tin về thủ tục và các văn bản liên quan."
_FULL = "Mọi thông tin, việc thực hiện và giải quyết đều trên mạng; kết quả trả trực tuyến hoặc qua bưu chính công ích."
_PART = "Nộp hồ sơ được trên mạng nhưng có bước phải đến cơ quan."
_INFORMATION = "Chỉ cung cấp thông tin; hồ sơ nộp trực tiếp hoặc qua bưu chính."
_FULL_EN = "Everything is done online; the result comes online or by post."
_PART_EN = "You can apply online; some steps need a visit to the office."
_INFORMATION_EN = "Information only; apply at the office or by post."
# scheme, axis, code, name, English name, meaning, English meaning, can be sent online
LEVELS = [
    ("nd43", "delivery", "muc-do-1", "Mức độ 1", "Level 1", _ONE, "Full information on the procedure.", False),
    (
        "nd43",
        "delivery",
        "muc-do-2",
        "Mức độ 2",
        "Level 2",
        "Như mức độ 1, thêm tải được biểu mẫu; hồ sơ gửi trực tiếp hoặc qua bưu điện.",
        "As level 1, with forms to download; apply in person or by post.",
        False,
    ),
    (
        "nd43",
        "delivery",
        "muc-do-3",
        "Mức độ 3",
        "Level 3",
        "Như mức độ 2, thêm điền và gửi hồ sơ trực tuyến; nộp phí, nhận kết quả tại cơ quan.",
        "As level 2, with online application; fee and result at the office.",
        True,
    ),
    (
        "nd43",
        "delivery",
        "muc-do-4",
        "Mức độ 4",
        "Level 4",
        "Như mức độ 3, thêm thanh toán trực tuyến; kết quả trực tuyến, trực tiếp hoặc qua bưu điện.",
        "As level 3, with online payment; result online, in person or by post.",
        True,
    ),
    ("nd42", "delivery", "thong-tin", "Cung cấp thông tin", "Information only", _INFORMATION, _INFORMATION_EN, False),
    ("nd42", "delivery", "mot-phan", "Một phần", "Partly online", _PART, _PART_EN, True),
    ("nd42", "delivery", "toan-trinh", "Toàn trình", "Fully online", _FULL, _FULL_EN, True),
    ("nd224", "delivery", "thong-tin", "Cung cấp thông tin", "Information only", _INFORMATION, _INFORMATION_EN, False),
    ("nd224", "delivery", "mot-phan", "Một phần", "Partly online", _PART, _PART_EN, True),
    ("nd224", "delivery", "toan-trinh", "Toàn trình", "Fully online", _FULL, _FULL_EN, True),
    ("nd224", "proactive", "nhac", "Nhắc", "Reminds", "Nhắc người dân việc đến hạn.", "Reminds you.", True),
    (
        "nd224",
        "proactive",
        "chuan-bi",
        "Chuẩn bị hồ sơ",
        "Prepares",
        "Điền sẵn hồ sơ từ dữ liệu đã có.",
        "Fills in the form from data held already.",
        True,
    ),
    (
        "nd224",
        "proactive",
        "khuyen-nghi",
        "Khuyến nghị",
        "Recommends",
        "Gợi ý dịch vụ phù hợp với hoàn cảnh.",
        "Recommends services that fit.",
        True,
    ),
    (
        "nd224",
        "proactive",
        "tu-dong",
        "Tự động",
        "Automatic",
        "Tự thực hiện khi đủ điều kiện.",
        "Done by itself when the conditions are met.",
        True,
    ),
]

# from (scheme, code), to (scheme, code), approximate, note
MAPPINGS = [
    (("nd43", "muc-do-4"), ("nd42", "toan-trinh"), False, ""),
    (
        ("nd43", "muc-do-3"),
        ("nd42", "mot-phan"),
        True,
        "Có thể đã là toàn trình khi không thu phí và kết quả gửi được qua bưu chính; cần rà soát.",
    ),
    (("nd43", "muc-do-2"), ("nd42", "thong-tin"), True, "Không nộp trực tuyến; cần rà soát."),
    (("nd43", "muc-do-1"), ("nd42", "thong-tin"), True, "Không nộp trực tuyến; cần rà soát."),
    (("nd42", "toan-trinh"), ("nd224", "toan-trinh"), False, ""),
    (
        ("nd42", "mot-phan"),
        ("nd224", "mot-phan"),
        True,
        "Từ 01/07/2026 «một phần» phải có lý do (Điều 14); cần rà soát.",
    ),
    (("nd42", "thong-tin"), ("nd224", "thong-tin"), True, "Từ 01/07/2026 toàn trình là mặc định; cần rà soát."),
]

APPLICANTS = [
    ("Công dân Việt Nam", "Vietnamese citizens"),
    ("Người Việt Nam định cư ở nước ngoài", "Vietnamese residing abroad"),
    ("Người nước ngoài", "Foreigners"),
    ("Cán bộ, công chức, viên chức", "Officials and public employees"),
    ("Doanh nghiệp", "Enterprises"),
    ("Tổ chức", "Organisations"),
    ("Hợp tác xã", "Cooperatives"),
]
# ngành -> lĩnh vực, each with its English name
SECTORS = [
    (
        "Tư pháp",
        "Justice",
        [("Hộ tịch", "Civil status"), ("Chứng thực", "Certification"), ("Nuôi con nuôi", "Adoption")],
    ),
    ("Tài nguyên và Môi trường", "Natural resources and environment", [("Đất đai", "Land")]),
    ("Tài chính – Kế hoạch", "Finance and planning", [("Hộ kinh doanh", "Household businesses")]),
    ("Xây dựng", "Construction", [("Hoạt động xây dựng", "Construction permits")]),
    (
        "Lao động – Thương binh và Xã hội",
        "Labour and social affairs",
        [("Bảo trợ xã hội", "Social protection"), ("Giảm nghèo", "Poverty reduction")],
    ),
]
LIFE_EVENTS = [
    ("Sinh con, nuôi con", "Having a child"),
    ("Kết hôn, hôn nhân", "Marriage"),
    ("Người thân qua đời", "A death in the family"),
    ("Giấy tờ tùy thân, hộ tịch", "Personal papers"),
    ("Sao y, chứng thực giấy tờ", "Certifying papers"),
    ("Nhà đất, xây dựng", "Land and building"),
    ("Kinh doanh", "Doing business"),
    ("Khó khăn, cần trợ giúp", "Social support"),
]


@transaction.atomic
def load_lists() -> int:
    """Load what is missing of the lists; return how many rows were made. Safe to run again."""
    lists = (ApplicantKind, LifeEvent, Sector, ServiceField)
    # What is there is read once, a query a list.
    schemes = {scheme.code: scheme for scheme in LevelScheme.objects.all()}
    levels = {(level.scheme.code, level.code): level for level in ServiceLevel.objects.select_related("scheme")}
    mapped = set(LevelMapping.objects.values_list("source", flat=True))
    rows = {model: {row.slug: row for row in model.objects.all()} for model in lists}
    before = len(schemes) + len(levels) + len(mapped) + sum(map(len, rows.values()))
    for code, name, first, last, source in SCHEMES:
        if code not in schemes:
            schemes[code] = LevelScheme.objects.create(
                code=code, name=name, valid_from=first, valid_to=last, legal_source=source
            )
    for rank, (scheme, axis, code, name, name_en, meaning, meaning_en, online) in enumerate(LEVELS):
        if (scheme, code) not in levels:
            levels[scheme, code] = ServiceLevel.objects.create(
                scheme=schemes[scheme],
                code=code,
                axis=axis,
                name=name,
                name_en=name_en,
                description=meaning,
                description_en=meaning_en,
                is_online=online,
                rank=rank,
            )
    for source, target, approximate, note in MAPPINGS:
        if levels[source].pk not in mapped:
            LevelMapping.objects.create(
                source=levels[source], target=levels[target], is_approximate=approximate, note=note
            )
            mapped.add(levels[source].pk)
    for model, names in ((ApplicantKind, APPLICANTS), (LifeEvent, LIFE_EVENTS)):
        for place, row in enumerate(names):
            _named(rows[model], model, place, *row)
    for place, (name, name_en, fields) in enumerate(SECTORS):
        sector = _named(rows[Sector], Sector, place, name, name_en)
        for at, row in enumerate(fields):
            _named(rows[ServiceField], ServiceField, 10 * place + at, *row, sector=sector)
    return len(schemes) + len(levels) + len(mapped) + sum(map(len, rows.values())) - before


def _named(present: dict, model, place: int, name: str, name_en: str, **fields):
    slug = text.slug(name)
    if slug not in present:
        present[slug] = model.objects.create(slug=slug, name=name, name_en=name_en, sort_order=place, **fields)
    return present[slug]
