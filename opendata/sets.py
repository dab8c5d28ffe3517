"""The sets of data, each with the dictionary of its columns; API, description, files, catalogue and page follow it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from alerts.models import Alert
from base.models import OrganisationUnit

from .reading import alerts, answers, documents, gone, pages, scores, services, units
from .reading.asked import Asked, Row

# What a value of a column is: a day is 2026-11-30, a moment 2026-11-30T08:00:00+07:00.
TEXT, TEXTS, INTEGER, NUMBER, FLAG, DAY, MOMENT, ADDRESS = "text texts integer number flag day moment address".split()
TYPES = {
    TEXT: ("chữ", "text"),
    TEXTS: ("danh sách chữ", "list of texts"),
    INTEGER: ("số nguyên", "whole number"),
    NUMBER: ("số", "number"),
    FLAG: ("đúng/sai", "true/false"),
    DAY: ("ngày (2026-11-30)", "day (2026-11-30)"),
    MOMENT: ("thời điểm (2026-11-30T08:00:00+07:00)", "moment (2026-11-30T08:00:00+07:00)"),
    ADDRESS: ("địa chỉ", "address"),
}


@dataclass(frozen=True)
class Column:
    """One column: the name that data have, what it holds in Vietnamese and English; `is_optional`: may be null."""

    name: str
    kind: str
    words: str
    words_en: str
    is_optional: bool = False


@dataclass(frozen=True)
class DataSet:
    """One set of data. `key`: its name in addresses. `read`: its rows; `newest`: its last change; `turns`: when
    it changes by itself.

    `kind_words`: what `?loai=` narrows; `kinds`: the values that it takes, of several names for one value, None for any
    name. `knows_changes`: whether its rows say when they changed. `has_ids`: whether one row can be asked for.
    """

    key: str
    title: str
    title_en: str
    words: str
    words_en: str
    keywords: tuple[str, ...]
    columns: tuple[Column, ...]
    read: Callable[[Asked], list[Row]]
    kind_words: str
    kinds: Callable[[], dict[str, str]] | None = None
    newest: Callable[[], datetime | None] | None = None
    turns: Callable[[datetime], list[datetime]] | None = None
    knows_changes: bool = True
    has_ids: bool = True


def _same(values) -> dict[str, str]:
    return {value: value for value in values}


ID = Column("id", INTEGER, "Số của mục; không đổi và không dùng lại", "Number of the item; never changed or reused")
SITE = Column("site", TEXT, "Trang đăng, tên trong địa chỉ", "Site, by its name in addresses")
SITE_NAME = Column("site_name", TEXT, "Tên trang đăng", "Name of the site")
UNIT = Column("unit", TEXT, "Đơn vị chịu trách nhiệm", "Unit that answers for it", is_optional=True)
URL = Column("url", ADDRESS, "Địa chỉ trang cho người đọc", "Address of the page for readers")
LANGUAGE = Column("language", TEXT, "Ngôn ngữ: vi, en", "Language: vi, en")
PUBLISHED = Column("published_at", MOMENT, "Lúc đăng lần đầu", "First published", is_optional=True)
UPDATED = Column("updated_at", MOMENT, "Lúc thay đổi gần nhất", "Last changed", is_optional=True)
DEMO = Column("is_illustrative", FLAG, "Dữ liệu minh họa", "Demonstration data")


def _kind(words: str, words_en: str, *, is_optional: bool = False) -> tuple[Column, Column]:
    return (
        Column("kind", TEXT, f"Mã {words}", f"{words_en}, as a code", is_optional),
        Column("kind_name", TEXT, f"Tên {words}", f"{words_en}, by name", is_optional),
    )


PAGES = DataSet(
    key=gone.PAGES,
    title="Tin, bài, thông báo và các trang khác",
    title_en="News, notices and other pages",
    words="Mọi trang đang đăng của thành phố và của các phường, xã: tiêu đề, tóm tắt, mục, đơn vị, ngày, đính chính.",
    words_en="All public pages of the city and its wards: title, summary, section, unit, dates, corrections.",
    keywords=("tin tức", "thông báo", "trang thông tin điện tử"),
    columns=(
        ID,
        *_kind("loại trang", "Type of page"),
        LANGUAGE,
        Column("translation_key", TEXT, "Khóa chung của các bản dịch", "Key that translations share"),
        Column("title", TEXT, "Tiêu đề", "Title"),
        Column("summary", TEXT, "Tóm tắt", "Summary"),
        URL,
        SITE,
        SITE_NAME,
        UNIT,
        Column("section", TEXT, "Mục", "Section", is_optional=True),
        Column("starts_on", DAY, "Tính từ ngày", "Counts from", is_optional=True),
        Column("ends_on", DAY, "Tính đến hết ngày", "Counts until", is_optional=True),
        Column("corrections", TEXTS, "Các đính chính, kèm ngày", "Corrections with their days"),
        PUBLISHED,
        UPDATED,
    ),
    read=pages.read,
    newest=pages.newest,
    kind_words="Loại trang",
    kinds=pages.kinds,
)
DOCUMENTS = DataSet(
    key=gone.DOCUMENTS,
    title="Văn bản",
    title_en="Legal documents",
    words="Văn bản trong sổ của các trang, kèm hiệu lực của ngày hỏi; toàn văn, tệp, quan hệ ở địa chỉ data_url.",
    words_en="Documents of all registers with their status of the day; text, files and relations are at data_url.",
    keywords=("văn bản", "quyết định", "hiệu lực"),
    columns=(
        ID,
        Column("symbol", TEXT, "Số, ký hiệu", "Number and symbol"),
        *_kind("loại văn bản", "Type of document"),
        Column("subject", TEXT, "Trích yếu", "Subject"),
        Column("issuer", TEXT, "Cơ quan ban hành", "Issuing body"),
        Column("field", TEXT, "Lĩnh vực", "Field"),
        Column("issued_on", DAY, "Ngày ban hành", "Issued on", is_optional=True),
        Column("effective_from", DAY, "Có hiệu lực từ ngày", "In force from", is_optional=True),
        Column(
            "effective_to", DAY, "Hết hiệu lực sau ngày ghi trong văn bản", "Last day that it names", is_optional=True
        ),
        Column("status", TEXT, "Mã tình trạng hiệu lực hôm nay", "Status of today, as a code"),
        Column("status_name", TEXT, "Tình trạng hiệu lực hôm nay", "Status of today"),
        URL,
        Column("short_url", ADDRESS, "Địa chỉ ngắn, không đổi", "Short address, never changed"),
        Column("data_url", ADDRESS, "Địa chỉ dữ liệu đầy đủ (JSON)", "Address of all its data (JSON)"),
        SITE,
        SITE_NAME,
        DEMO,
        PUBLISHED,
        UPDATED,
    ),
    read=documents.read,
    newest=documents.newest,
    kind_words="Loại văn bản, tên trong địa chỉ (quyet-dinh)",
)
SERVICES = DataSet(
    key=gone.SERVICES,
    title="Dịch vụ công",
    title_en="Public services",
    words="Từng thủ tục hành chính ở từng nơi đang cung cấp: mức độ của ngày hỏi, nơi tiếp nhận, cách nộp.",
    words_en="Each procedure at each place that offers it: level of the day, place, ways of applying.",
    keywords=("dịch vụ công", "thủ tục hành chính"),
    columns=(
        ID,
        Column("code", TEXT, "Mã thủ tục", "Code of the procedure"),
        Column("name", TEXT, "Tên thủ tục", "Name of the procedure"),
        Column("name_en", TEXT, "Tên tiếng Anh", "Name in English", is_optional=True),
        Column("summary", TEXT, "Mô tả ngắn", "Short description"),
        *_kind("lĩnh vực", "Field"),
        Column("sector", TEXT, "Ngành", "Sector"),
        Column("level", TEXT, "Mã mức độ", "Level, as a code", is_optional=True),
        Column("level_name", TEXT, "Mức độ", "Level", is_optional=True),
        Column("delivery", TEXT, "Mã cách cung cấp", "Way of delivery, as a code"),
        Column("delivery_name", TEXT, "Cách cung cấp", "Way of delivery"),
        Column("apply_url", ADDRESS, "Địa chỉ nộp hồ sơ", "Where to apply", is_optional=True),
        Column("apply_to", TEXT, "Cổng nhận hồ sơ", "Portal that takes applications", is_optional=True),
        Column("place", TEXT, "Nơi tiếp nhận", "Place of reception"),
        Column("office_hours", TEXT, "Giờ làm việc", "Office hours"),
        Column("phone", TEXT, "Điện thoại nơi tiếp nhận", "Telephone of the office"),
        Column("email", TEXT, "Thư điện tử nơi tiếp nhận", "E-mail of the office"),
        Column("offered_from", DAY, "Cung cấp từ ngày", "Offered from", is_optional=True),
        Column("offered_to", DAY, "Cung cấp đến hết ngày", "Offered until", is_optional=True),
        URL,
        SITE,
        SITE_NAME,
        UNIT,
        DEMO,
        PUBLISHED,
        UPDATED,
    ),
    read=services.read,
    newest=services.newest,
    kind_words="Lĩnh vực, tên trong địa chỉ (ho-tich)",
)
ANSWERS = DataSet(
    key=gone.ANSWERS,
    title="Câu hỏi đã trả lời",
    title_en="Answered questions",
    words="Câu hỏi và trả lời đã đăng, không có thông tin của người hỏi.",
    words_en="Questions and answers as published, without anything about who asked.",
    keywords=("hỏi đáp", "trả lời người dân"),
    columns=(
        ID,
        Column("title", TEXT, "Tiêu đề", "Title"),
        Column("question", TEXT, "Câu hỏi", "Question"),
        Column("answer", TEXT, "Trả lời", "Answer"),
        *_kind("lĩnh vực", "Field", is_optional=True),
        UNIT,
        Column("asked_on", DAY, "Ngày hỏi", "Asked on", is_optional=True),
        Column("answered_on", DAY, "Ngày trả lời", "Answered on", is_optional=True),
        LANGUAGE,
        URL,
        SITE,
        SITE_NAME,
        DEMO,
        PUBLISHED,
        UPDATED,
    ),
    read=answers.read,
    newest=answers.newest,
    kind_words="Lĩnh vực, tên trong địa chỉ",
)
UNITS = DataSet(
    key="don-vi",
    title="Đơn vị",
    title_en="Units",
    words="Cơ quan, phòng, phường, xã, đơn vị đang hoạt động: chức năng, địa chỉ, điện thoại, giờ tiếp dân.",
    words_en="Authorities, offices, wards and other units of today: duties, address, telephone, hours.",
    keywords=("sơ đồ tổ chức", "danh bạ"),
    columns=(
        ID,
        Column("slug", TEXT, "Tên trong địa chỉ", "Name in addresses"),
        Column("name", TEXT, "Tên đơn vị", "Name"),
        Column("name_en", TEXT, "Tên tiếng Anh", "Name in English", is_optional=True),
        Column("authority_name", TEXT, "Tên cơ quan", "Name of the authority", is_optional=True),
        *_kind("loại đơn vị", "Type of unit"),
        Column("code", TEXT, "Mã đơn vị hành chính", "Code of the administrative unit", is_optional=True),
        Column("parent", TEXT, "Trực thuộc (slug)", "Belongs to (slug)", is_optional=True),
        Column("address", TEXT, "Địa chỉ", "Address"),
        Column("phone", TEXT, "Điện thoại", "Telephone"),
        Column("fax", TEXT, "Fax", "Fax"),
        Column("email", TEXT, "Thư điện tử chính thức", "Official e-mail"),
        Column("website", ADDRESS, "Trang thông tin", "Website", is_optional=True),
        Column("duties", TEXT, "Chức năng, nhiệm vụ", "Duties"),
        Column("reception_hours", TEXT, "Giờ tiếp dân", "Hours of reception"),
        Column("site", TEXT, "Trang của đơn vị, tên trong địa chỉ", "Site of the unit", is_optional=True),
        Column("valid_from", DAY, "Có từ ngày", "Since", is_optional=True),
    ),
    read=units.read,
    kind_words="Loại đơn vị",
    kinds=lambda: _same(OrganisationUnit.Kind.values),
    knows_changes=False,
)
ALERTS = DataSet(
    key=gone.ALERTS,
    title="Cảnh báo",
    title_en="Alerts",
    words="Những cảnh báo đang hiện trên các trang.",
    words_en="The alerts that stand on pages now.",
    keywords=("cảnh báo", "khẩn cấp"),
    columns=(
        ID,
        *_kind("mức độ", "Level"),
        Column("title", TEXT, "Tiêu đề", "Title"),
        Column("text", TEXT, "Nội dung", "Text"),
        Column("title_en", TEXT, "Tiêu đề tiếng Anh", "Title in English", is_optional=True),
        Column("text_en", TEXT, "Nội dung tiếng Anh", "Text in English", is_optional=True),
        Column("link", TEXT, "Liên kết", "Link", is_optional=True),
        Column("everywhere", FLAG, "Trên mọi trang", "On every site"),
        Column("sites", TEXTS, "Các trang hiện cảnh báo, tên trong địa chỉ", "Sites that show it"),
        Column("starts_at", MOMENT, "Hiện từ", "From"),
        Column("ends_at", MOMENT, "Hiện đến", "Until"),
        UPDATED,
    ),
    read=alerts.read,
    newest=alerts.newest,
    kind_words="Mức độ",
    kinds=lambda: _same(Alert.Level.values),
    turns=alerts.turns,
)
SCORES = DataSet(
    key="cham-diem",
    title="Mức độ đầy đủ, kịp thời của các trang",
    title_en="Completeness and timeliness of the sites",
    words="Từng tiêu chí của các phiếu chấm điểm đã ký (NĐ 224/2026/NĐ-CP, Điều 12); mỗi trang, mỗi tháng một phiếu.",
    words_en="Each criterion of the signed score sheets (Decree 224/2026, Article 12), one sheet a site and month.",
    keywords=("đầy đủ", "kịp thời", "chấm điểm"),
    columns=(
        ID,
        Column("month", TEXT, "Tháng (2026-11)", "Month (2026-11)"),
        SITE,
        SITE_NAME,
        *_kind("tiêu chí", "Criterion"),
        Column("group", TEXT, "Nhóm tiêu chí", "Group of criteria"),
        Column("legal_source", TEXT, "Căn cứ", "Legal source"),
        Column("max_points", NUMBER, "Điểm tối đa", "Most points"),
        Column("points", NUMBER, "Điểm đạt", "Points"),
        Column("self_assessed", NUMBER, "Điểm tự đánh giá", "Points of its own assessment", is_optional=True),
        Column("state", TEXT, "Mã hiện trạng", "State, as a code", is_optional=True),
        Column("state_name", TEXT, "Hiện trạng", "State", is_optional=True),
        Column("found", TEXT, "Kết quả đo", "What was measured"),
        Column("version", INTEGER, "Số bản của phiếu", "Version of the sheet"),
        Column("digest", TEXT, "Mã băm SHA-256 của phiếu đã ký", "SHA-256 of the signed sheet"),
        DEMO,
        Column("measured_on", DAY, "Đo ngày", "Measured on"),
        Column("updated_at", MOMENT, "Lúc ký", "Signed"),
    ),
    read=scores.read,
    newest=scores.newest,
    kind_words="Mã tiêu chí",
)
GONE = DataSet(
    key="da-go",
    title="Mục đã gỡ",
    title_en="What was withdrawn",
    words="Những mục của các tập trên không còn đăng: số và lúc gỡ, không có tên. Nơi dùng lại cần bỏ các mục này.",
    words_en="Items of the sets above that are public no longer: number and moment, no title; reusers remove them.",
    keywords=("gỡ bỏ", "thu hồi"),
    columns=(
        Column("set", TEXT, "Tập dữ liệu", "Set of data"),
        Column("id", INTEGER, "Số của mục trong tập", "Number of the item in its set"),
        SITE,
        Column("removed_at", MOMENT, "Lúc gỡ", "Withdrawn"),
    ),
    read=gone.read,
    newest=gone.newest,
    kind_words="Tập dữ liệu",
    kinds=lambda: _same(gone.KINDS),
    has_ids=False,
)
SETS = {one.key: one for one in (PAGES, DOCUMENTS, SERVICES, ANSWERS, UNITS, ALERTS, SCORES, GONE)}
