"""The mandatory sections as a table (Quy chế Điều 9, 11, 12; NĐ 43/2011 Điều 10–13, 15, 16, 18).

A row says what a section is called, who must have it (R bắt buộc, E khuyến khích, "" không áp dụng), by which
deadline rules it is measured, from which legal bases its obligation follows and since when, which page type
holds it and which types belong in it. The key is also the section's address. Wards are bound by Điều 9 of the
Regulation, because NĐ 43/2011 itself names only higher levels. Upper rooms may hold a section with a page
type of their own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop as _

from vietnam import text

REQUIRED, ENCOURAGED, NOT_APPLICABLE = "R", "E", ""
CITY, WARD = "city", "ward"

INDEX = "sections.SectionIndexPage"
ARTICLE = "sections.ArticlePage"
NOTICE = "sections.NoticePage"
STANDARD = "sections.StandardPage"
OFFICIALS = "sections.OfficialsPage"
ORGANISATION = "sections.OrganisationPage"
SCHEDULE = "sections.WorkSchedulePage"
PROJECT = "sections.ProjectPage"
SCIENCE = "sections.ScienceProgrammePage"
STATISTICS = "sections.StatisticsReportPage"
CONSULTATION = "sections.ConsultationPage"
CLARIFICATION = "sections.ClarificationPage"
CONTACT = "sections.ContactPage"
EVENT = "sections.EventPage"
RELEASE = "sections.ReleasePage"
POLL, FORM = "sections.PollPage", "sections.FormPage"
CALENDAR = "sections.CalendarPage"
SITEMAP = "sections.SitemapPage"
REGISTER = "legalref.RegisterPage"
QUESTIONS = "faq.QuestionsPage"
SERVICES = "servicecatalog.CataloguePage"


@dataclass(frozen=True)
class Basis:
    """A clause that makes a section mandatory, from and to which day; an empty end means "still"."""

    clause: str
    valid_from: date
    valid_to: date | None = None

    def is_valid(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True)
class Group:
    """A group of sections in the navigation; the label is translated where it is shown."""

    key: str
    label: str


@dataclass(frozen=True)
class Section:
    """One row: see the module."""

    key: str
    label: str
    label_en: str
    group: str
    city: str
    ward: str
    deadline_rules: tuple[str, ...]
    bases: tuple[Basis, ...]
    contents: str
    page_type: str = INDEX
    item_types: tuple[str, ...] = ()
    # Items in the order of the page tree instead of newest first.
    in_tree_order: bool = False
    # What the section is for, as text for readers; `contents` are those of the law, for editors.
    lead: str = ""

    def obligation(self, site_kind: str, on: date) -> str:
        """Return R, E or "" for a kind of site ("city" or "ward"; others owe nothing) on a local date."""
        value = {CITY: self.city, WARD: self.ward}.get(site_kind, NOT_APPLICABLE)
        return value if any(basis.is_valid(on) for basis in self.bases) else NOT_APPLICABLE

    def title(self, language_code: str = "vi") -> str:
        """Return the label in a language, Vietnamese unless English is asked for."""
        return self.label_en if language_code == "en" else self.label

    def address(self, language_code: str = "vi") -> str:
        """Return the name in the address of the section's page: the key, in English its English label.

        Example: "gioi-thieu", "about".
        """
        return text.slug(self.label_en.replace("'", "")) if language_code == "en" else self.key


def _nd43(clause: str) -> Basis:
    return Basis(f"Nghị định 43/2011/NĐ-CP, {clause}", date(2011, 10, 1), date(2022, 8, 14))


def _regulation(clause: str) -> Basis:
    return Basis(f"Quy chế kèm theo Quyết định 01/2020/QĐ-UBND, {clause}", date(2020, 6, 15))


def _chapter_two(clause: str) -> tuple[Basis, ...]:
    """Chapter II of NĐ 43/2011, which Điều 9 of the Regulation makes binding for the city and its wards."""
    return _nd43(clause), _regulation("Điều 9")


ACCESS_TO_INFORMATION = Basis("Luật Tiếp cận thông tin 104/2016/QH13, Điều 17, 19", date(2018, 7, 1))
RECEPTION_OF_CITIZENS = Basis("Luật Tiếp công dân 42/2013/QH13", date(2014, 7, 1))
ONLINE_INFORMATION_2017 = Basis("Thông tư 32/2017/TT-BTTTT, Điều 16", date(2018, 6, 1), date(2024, 4, 4))

GROUPS: tuple[Group, ...] = (
    Group("gioi-thieu", _("Giới thiệu")),
    Group("tin-tuc", _("Tin tức – Chỉ đạo")),
    Group("van-ban", _("Văn bản")),
    Group("dich-vu-cong", _("Dịch vụ công")),
    Group("quy-hoach", _("Quy hoạch – Dự án – Thống kê")),
    Group("gop-y", _("Trao đổi – Góp ý")),
    Group("lien-he", _("Liên hệ")),
)

SECTIONS: tuple[Section, ...] = (
    Section(
        "gioi-thieu",
        "Giới thiệu",
        "About",
        "gioi-thieu",
        REQUIRED,
        REQUIRED,
        ("DL-FRESH",),
        _chapter_two("Điều 10.1.a"),
        "Tổ chức bộ máy hành chính; bản đồ địa giới hành chính đến cấp phường, xã; điều kiện tự nhiên; lịch "
        "sử; "
        "truyền thống văn hóa; di tích; danh thắng; tiểu sử tóm tắt và nhiệm vụ đảm nhiệm của lãnh đạo.",
        item_types=(STANDARD, OFFICIALS, ORGANISATION, ARTICLE),
        in_tree_order=True,
        lead="Lịch sử, địa lý, văn hóa, bộ máy chính quyền và lãnh đạo của địa phương.",
    ),
    Section(
        "tin-tuc",
        "Tin tức, sự kiện",
        "News and events",
        "tin-tuc",
        REQUIRED,
        REQUIRED,
        ("DL-FRESH",),
        _chapter_two("Điều 10.1.b"),
        "Tin, bài về hoạt động và các vấn đề thuộc phạm vi quản lý nhà nước; ghi rõ tác giả, nguồn, ngày.",
        item_types=(ARTICLE, NOTICE, EVENT),
        lead="Tin và thông báo mới của địa phương.",
    ),
    Section(
        "chi-dao-dieu-hanh",
        "Thông tin chỉ đạo, điều hành",
        "Direction and administration",
        "tin-tuc",
        REQUIRED,
        REQUIRED,
        ("DL-FRESH",),
        _chapter_two("Điều 10.1.c"),
        "Ý kiến chỉ đạo của lãnh đạo đã được ban hành bằng văn bản; ý kiến xử lý, phản hồi kiến nghị, yêu "
        "cầu; "
        "khen thưởng, xử phạt; lịch làm việc của lãnh đạo.",
        item_types=(ARTICLE, SCHEDULE, NOTICE),
        lead="Lãnh đạo đang chỉ đạo việc gì, trả lời kiến nghị thế nào, tuần này làm việc ở đâu.",
    ),
    Section(
        "tuyen-truyen",
        "Tuyên truyền, phổ biến, hướng dẫn pháp luật, chế độ, chính sách",
        "Law and policy explained",
        "tin-tuc",
        REQUIRED,
        REQUIRED,
        ("DL-LAW-INFO", "DL-FRESH"),
        (*_chapter_two("Điều 10.1.d"), _regulation("Điều 10.1.b")),
        "Bài tuyên truyền, phổ biến, hướng dẫn kèm liên kết đến văn bản pháp luật, chính sách được nói đến.",
        item_types=(ARTICLE,),
        lead="Luật và chính sách nói gì, ai được hưởng, phải làm gì: giải thích ngắn gọn, kèm văn bản gốc.",
    ),
    Section(
        "giai-thich",
        "Thông tin giải thích, làm rõ",
        "Clarifications",
        "tin-tuc",
        REQUIRED,
        ENCOURAGED,
        (),
        (_regulation("Điều 11"),),
        "Tư liệu, tài liệu, hồ sơ, lập luận giải thích, làm rõ thông tin sai lệch về tỉnh, thành phố, địa phương.",
        item_types=(CLARIFICATION,),
        lead="Tin sai về địa phương: sự thật thế nào, tài liệu nào chứng minh.",
    ),
    Section(
        "thanh-uy",
        "Hoạt động của Thành ủy",
        "City Party Committee",
        "tin-tuc",
        REQUIRED,
        NOT_APPLICABLE,
        ("DL-FRESH",),
        (_regulation("Điều 4.2"),),
        "Hoạt động lãnh đạo, chỉ đạo của Thành ủy; chủ trương, đường lối của Đảng; tổ chức, lãnh đạo Thành ủy.",
        item_types=(ARTICLE, NOTICE, STANDARD, OFFICIALS),
        lead="Thành ủy đang lãnh đạo, chỉ đạo việc gì; tổ chức và người phụ trách.",
    ),
    Section(
        "hoi-dong-nhan-dan",
        "Hoạt động của Hội đồng nhân dân",
        "City People's Council",
        "tin-tuc",
        REQUIRED,
        NOT_APPLICABLE,
        ("DL-FRESH",),
        (_regulation("Điều 4.2"),),
        "Hoạt động của Hội đồng nhân dân thành phố: kỳ họp, nghị quyết, giám sát, tiếp xúc cử tri; đại biểu, lãnh đạo.",
        item_types=(ARTICLE, NOTICE, EVENT, STANDARD, OFFICIALS),
        lead="Kỳ họp, nghị quyết, giám sát, tiếp xúc cử tri; đại biểu và cách liên hệ.",
    ),
    Section(
        "van-ban",
        "Hệ thống văn bản",
        "Legal documents",
        "van-ban",
        REQUIRED,
        REQUIRED,
        ("DL-DOC-OWN", "DL-DOC-SCOPE"),
        (*_chapter_two("Điều 10.1.e"), _regulation("Điều 10.1.c")),
        "Hình thức văn bản, thẩm quyền ban hành, số ký hiệu, ngày ban hành, ngày hiệu lực, trích yếu, "
        "tệp văn bản cho phép tải về; công cụ tìm kiếm văn bản.",
        page_type=REGISTER,
        lead="Tìm văn bản theo số, từ trong văn bản, loại, năm; xem còn hiệu lực hay không và tải về.",
    ),
    Section(
        "cong-bao",
        "Công báo điện tử",
        "Official gazette",
        "van-ban",
        NOT_APPLICABLE,
        NOT_APPLICABLE,
        (),
        _chapter_two("Điều 10.1.g"),
        "Chỉ áp dụng cho cấp tỉnh; trang thành phố và phường, xã dẫn liên kết đến Công báo của tỉnh.",
        page_type="",
    ),
    Section(
        "dich-vu-cong",
        "Dịch vụ công trực tuyến",
        "Online public services",
        "dich-vu-cong",
        REQUIRED,
        REQUIRED,
        ("DL-SVC",),
        (_nd43("Điều 18–20"), _regulation("Điều 12")),
        "Danh mục dịch vụ hành chính công và dịch vụ công trực tuyến đang thực hiện, nêu rõ mức độ; phân "
        "loại theo "
        "ngành, lĩnh vực; hướng dẫn sử dụng.",
        page_type=SERVICES,
        lead="Làm giấy tờ, thủ tục: cần những gì, nộp ở đâu, bao lâu, phí bao nhiêu; tra cứu hồ sơ đã nộp.",
    ),
    Section(
        "quy-hoach",
        "Chiến lược, định hướng, quy hoạch, kế hoạch phát triển",
        "Strategies and plans",
        "quy-hoach",
        REQUIRED,
        ENCOURAGED,
        ("DL-PLAN",),
        _chapter_two("Điều 10.1.đ"),
        "Chính sách ưu đãi, cơ hội đầu tư, dự án mời gọi vốn; quy hoạch xây dựng, đô thị; quy hoạch, kế "
        "hoạch sử dụng "
        "đất; khai thác tài nguyên; thu gom, tái chế, xử lý chất thải, nguồn thải và khu vực ô nhiễm.",
        item_types=(PROJECT, ARTICLE),
        lead="Quy hoạch, kế hoạch sử dụng đất, xử lý chất thải và cơ hội đầu tư ở địa phương.",
    ),
    Section(
        "du-an",
        "Dự án, hạng mục đầu tư, đấu thầu, mua sắm công",
        "Projects and tenders",
        "quy-hoach",
        REQUIRED,
        REQUIRED,
        ("DL-PLAN",),
        _chapter_two("Điều 10.1.h"),
        "Danh sách dự án chuẩn bị đầu tư, đang triển khai, đã hoàn tất; mỗi dự án có: tên, mục tiêu chính, "
        "lĩnh vực "
        "chuyên môn, loại dự án, thời gian thực hiện, kinh phí, loại hình tài trợ, nhà tài trợ, tình trạng.",
        item_types=(PROJECT,),
        lead="Dự án, công trình của địa phương: làm gì, hết bao nhiêu tiền, đến đâu rồi.",
    ),
    Section(
        "khoa-hoc",
        "Chương trình, đề tài khoa học",
        "Science programmes",
        "quy-hoach",
        REQUIRED,
        ENCOURAGED,
        ("DL-SCI", "DL-SCI-ACCEPTED"),
        (*_chapter_two("Điều 11"), _regulation("Điều 10.1.đ")),
        "Chương trình, đề tài có sử dụng ngân sách nhà nước: mã số, tên, cấp quản lý, lĩnh vực, đơn vị chủ "
        "trì, thời "
        "gian thực hiện; sau nghiệm thu: báo cáo tổng hợp, báo cáo kết quả ứng dụng.",
        item_types=(SCIENCE,),
        lead="Đề tài, chương trình khoa học dùng ngân sách: ai làm, làm gì, kết quả ra sao.",
    ),
    Section(
        "thong-ke",
        "Thông tin, báo cáo thống kê",
        "Statistics",
        "quy-hoach",
        REQUIRED,
        ENCOURAGED,
        ("DL-STAT",),
        (*_chapter_two("Điều 12"), _regulation("Điều 10.1.e")),
        "Số liệu, báo cáo thống kê, phương pháp thống kê và bản phân tích số liệu, thời gian thực hiện thống kê.",
        item_types=(STATISTICS, RELEASE),
        lead="Số liệu kinh tế, xã hội của địa phương, cách tính và tệp tải về.",
    ),
    Section(
        "cong-khai",
        "Công khai thông tin",
        "Public disclosure",
        "quy-hoach",
        REQUIRED,
        REQUIRED,
        ("DL-ATI-DEFAULT",),
        (_regulation("Điều 9"), ACCESS_TO_INFORMATION),
        "Danh mục thông tin phải được công khai, nêu rõ địa chỉ, hình thức, thời điểm, thời hạn công khai; "
        "ngân sách; "
        "đầu mối cung cấp thông tin theo yêu cầu.",
        item_types=(STANDARD, NOTICE, ARTICLE, RELEASE),
        lead="Những thông tin cơ quan phải công khai, trong đó có ngân sách, và nơi hỏi thêm thông tin.",
    ),
    Section(
        "hoi-dap",
        "Trao đổi – Hỏi đáp",
        "Questions and answers",
        "gop-y",
        REQUIRED,
        REQUIRED,
        ("DL-QA-ANSWER", "DL-QA-REJECT"),
        (_nd43("Điều 15.2"), _regulation("Điều 10.1.d")),
        "Tiếp nhận, phân loại, chuyển và trả lời câu hỏi; đăng câu trả lời về vấn đề có liên quan chung.",
        page_type=QUESTIONS,
        lead="Gửi câu hỏi cho chính quyền, theo dõi câu hỏi đã gửi, xem những câu đã trả lời.",
    ),
    Section(
        "gop-y",
        "Lấy ý kiến góp ý",
        "Public consultations",
        "gop-y",
        REQUIRED,
        REQUIRED,
        ("DL-FRESH",),
        _chapter_two("Điều 10.1.i"),
        "Danh mục dự thảo đang lấy ý kiến: toàn văn và bản giải trình, thời hạn, ý kiến đã có, nơi gửi ý "
        "kiến, địa chỉ "
        "và thư điện tử của cơ quan tiếp nhận; tiếp nhận phản ánh, kiến nghị về quy định hành chính.",
        item_types=(CONSULTATION, STANDARD, POLL, FORM),
        lead="Những dự thảo đang lấy ý kiến: đọc, gửi góp ý và xem góp ý được tiếp thu ra sao.",
    ),
    Section(
        "lien-he-can-bo",
        "Thông tin liên hệ của cán bộ, công chức có thẩm quyền",
        "Officials' contacts",
        "lien-he",
        REQUIRED,
        REQUIRED,
        ("DL-FRESH",),
        _chapter_two("Điều 10.1.k"),
        "Họ tên, chức vụ, đơn vị công tác, số điện thoại, fax, địa chỉ thư điện tử chính thức.",
        page_type=OFFICIALS,
        lead="Tên, chức vụ, điện thoại, thư điện tử của lãnh đạo và cán bộ phụ trách.",
    ),
    Section(
        "lien-he",
        "Thông tin liên hệ",
        "Contact",
        "lien-he",
        REQUIRED,
        REQUIRED,
        ("DL-FRESH",),
        _chapter_two("Điều 10.1.l"),
        "Địa chỉ, điện thoại, số fax, địa chỉ thư điện tử chính thức của trang; lịch tiếp công dân.",
        page_type=CONTACT,
        lead="Địa chỉ, điện thoại, thư điện tử và lịch tiếp công dân.",
    ),
    Section(
        "lich",
        "Lịch sự kiện, tiếp công dân",
        "Calendar",
        "lien-he",
        ENCOURAGED,
        ENCOURAGED,
        (),
        (RECEPTION_OF_CITIZENS,),
        "Lịch tiếp công dân của lãnh đạo: ngày, giờ, người tiếp, địa điểm, căn cứ; các sự kiện của trang.",
        page_type=CALENDAR,
        lead="Ngày lãnh đạo tiếp công dân, các sự kiện sắp tới, đưa được vào lịch điện thoại.",
    ),
    Section(
        "lien-ket",
        "Liên kết, tích hợp thông tin",
        "Links",
        "lien-he",
        REQUIRED,
        REQUIRED,
        ("DL-FRESH",),
        _chapter_two("Điều 15.1, 16"),
        "Liên kết đến cơ quan cấp trên, cấp dưới và các cơ quan nhà nước khác.",
        page_type=STANDARD,
        lead="Trang của các cơ quan nhà nước khác.",
    ),
    Section(
        "so-do",
        "Sơ đồ trang",
        "Sitemap",
        "lien-he",
        REQUIRED,
        REQUIRED,
        (),
        (ONLINE_INFORMATION_2017, _regulation("Điều 9")),
        "Sơ đồ dạng cây bằng chữ và tệp XML.",
        page_type=SITEMAP,
        lead="Mọi mục của trang, xếp theo cây.",
    ),
    Section(
        "tieng-nuoc-ngoai",
        "Thông tin tiếng nước ngoài",
        "Information in English",
        "gioi-thieu",
        ENCOURAGED,
        ENCOURAGED,
        (),
        _chapter_two("Điều 13"),
        "Nơi có: giới thiệu, thông tin liên hệ và dịch vụ người nước ngoài có thể dùng; cập nhật ngay khi "
        "bản tiếng Việt "
        "thay đổi.",
        page_type="",
    ),
)

_BY_KEY = {section.key: section for section in SECTIONS}

# A section that no law asks for: its index accepts the types of everyday content (NĐ 43/2011 Điều 10.2).
OTHER_ITEM_TYPES = (ARTICLE, NOTICE, EVENT, STANDARD, POLL, FORM)


def section(key: str) -> Section | None:
    """Return the row of a section, or None for a section that no law asks for."""
    return _BY_KEY.get(key)


def keys_by_address() -> dict[str, str]:
    """Return the keys of the sections by the names that their English pages have in addresses."""
    return {row.address("en"): row.key for row in SECTIONS}


def required(site_kind: str, on: date) -> list[Section]:
    """Return the sections a kind of site ("city" or "ward") must have on a local date, in the order of the
    table.
    """
    return [row for row in SECTIONS if row.obligation(site_kind, on) == REQUIRED]


def item_types(key: str) -> tuple[str, ...]:
    """Return the page types ("app.Model") that belong in a section."""
    row = section(key)
    return row.item_types if row else OTHER_ITEM_TYPES


def menu_groups(keys: Iterable[str] | None = None) -> list[tuple[Group, list[Section]]]:
    """Return the groups of the navigation with their sections, empty groups left out.

    `keys`: the sections that exist on a site; None means all. Example: ["van-ban"] gives one group with one
    section.
    """
    wanted = None if keys is None else set(keys)
    result = []
    for group in GROUPS:
        rows = [row for row in SECTIONS if row.group == group.key and (wanted is None or row.key in wanted)]
        if rows:
            result.append((group, rows))
    return result


def choices() -> list[tuple[str, str]]:
    """Return (key, label) of the sections that a section index may hold, for the page's form."""
    return [(row.key, row.label) for row in SECTIONS if row.page_type == INDEX]
