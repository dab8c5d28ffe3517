"""The columns of the table: one a register field (NĐ 43/2011 Điều 10.1.e; NĐ 30/2020 Phụ lục VI), in Vietnamese.

A column reads a cell's text into a plain value that JSON can hold, puts such a value on a document, and writes a
document's field as text again: `read(write(document))` is what the document says. The column headers are the names
of the form. A plain field added to the model becomes a column by itself; fields without one are in `LEFT_OUT`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django.db import models
from django.db.models import Model

from base.models import PortalSite
from base.tables.columns import CellError, lines
from base.tables.columns import Column as TableColumn
from vietnam import document_numbers, text
from vietnam.dates import format_short, parse_vn

from ..models import DocumentType, Family, IssuingBody, LegalDocument

# Fields of the model that are no column, and why.
LEFT_OUT = {
    "go_live_at": "lịch đăng thuộc về việc duyệt",
    "expire_at": "lịch gỡ thuộc về việc duyệt",
    "first_published_at": "việc đăng tự ghi",
    "language_code": "sổ chỉ giữ văn bản tiếng Việt",
}
YES, NO = "có", "không"
LONGEST_CELL = 30_000


# What people write short in lists; both ways are read.
SHORT = {"uy ban nhan dan": "ubnd", "hoi dong nhan dan": "hdnd"}


def ways_of(name: str) -> set[str]:
    """Return the ways a body's name is written, folded: in full, and with "UBND", "HĐND"."""
    whole = short = text.fold(name)
    for long, letters in SHORT.items():
        short = short.replace(long, letters)
    return {whole, short}


@dataclass
class Lists:
    """What cells name: types, issuing bodies and sites, by every way they may be written."""

    types: dict[str, DocumentType]
    bodies: dict[str, list[IssuingBody]]
    sites: dict[str, PortalSite]
    by_key: dict[tuple[type, int], Model] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "Lists":
        """Read the lists, in a handful of queries."""
        types, bodies, sites, by_key = {}, {}, {}, {}
        for kind in DocumentType.objects.all():
            types[text.fold(kind.name)] = kind
            by_key[DocumentType, kind.pk] = kind
        for body in IssuingBody.objects.prefetch_related("competences"):
            for name in {*ways_of(body.name), text.fold(body.slug)}:
                bodies.setdefault(name, []).append(body)
            by_key[IssuingBody, body.pk] = body
        for site in PortalSite.objects.select_related("unit", "parent"):
            for name in (site.slug, site.name):
                sites[text.fold(name)] = site
            by_key[PortalSite, site.pk] = site
        return cls(types, bodies, sites, by_key)

    def type_of(self, cell: str) -> DocumentType:
        """Return the type of a name ("Quyết định") or of letters that only one type has ("QĐ")."""
        found = self.types.get(text.fold(cell))
        if found is None:
            same = [kind for kind in self.types.values() if kind.abbr and kind.abbr == cell.strip()]
            found = same[0] if len(same) == 1 else None
        if found is None:
            raise CellError(f"Không có loại văn bản «{cell}»; hãy ghi đúng tên ở mục «Loại văn bản», ví dụ Quyết định.")
        return found

    def body_of(self, cell: str, on: date | None = None) -> IssuingBody:
        """Return the body of a name or of its name in addresses; of several that one that existed on a day."""
        found = self.bodies.get(text.fold(cell), [])
        if len(found) > 1 and on:
            found = [body for body in found if body.is_valid(on)] or found
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(body.slug for body in found)
            raise CellError(f"Có nhiều cơ quan tên «{cell}»; hãy ghi tên trong địa chỉ của một cơ quan: {names}.")
        raise CellError(f"Chưa có cơ quan «{cell}» trong danh mục{self._near(cell)}; hãy thêm ở «Cơ quan ban hành».")

    def _near(self, cell: str) -> str:
        words = set(text.fold(cell).split())
        near = max(
            self.bodies,
            key=lambda name: len(words & set(name.split())) / (len(words | set(name.split())) or 1),
            default="",
        )
        if not near or len(words & set(near.split())) < 2:
            return ""
        return f" (gần giống: «{self.bodies[near][0].name}»)"


@dataclass(frozen=True)
class Column(TableColumn):
    """One column: `read(cell, lists)` → plain value; `put(document, value, lists)`; `write(document, lists)` → text."""

    put: Callable | None = None


# --- The ways of a plain field ---------------------------------------------------------------------------


def _plain(model_field, **more) -> Column:
    name = model_field.name
    label = str(model_field.verbose_name)
    help_text = more.pop("help", "") or str(model_field.help_text or "")
    if model_field.choices:
        ways = _choice_ways(model_field)
        named = ", ".join(str(shown) for _key, shown in model_field.flatchoices)
        help_text = f"{help_text} Một trong: {named}.".strip()
    elif isinstance(model_field, models.DateField):
        ways = _date_ways(name)
        help_text = f"{help_text} Ghi ngày/tháng/năm.".strip()
    elif isinstance(model_field, models.BooleanField):
        ways = _yes_ways(name)
        help_text = f"{help_text} Ghi «{YES}» hoặc «{NO}»; để trống là «{NO}».".strip()
    else:
        ways = _text_ways(model_field)
    put = {"put": lambda document, value, lists: setattr(document, name, value)}
    return Column(name, label[0].upper() + label[1:], help_text, **{**put, **ways, **more})


def _text_ways(model_field) -> dict:
    name, longest = model_field.name, getattr(model_field, "max_length", None)

    def read(cell, lists):
        value = text.nfc(cell).replace("\r\n", "\n").strip()
        if longest and len(value) > longest:
            raise CellError(f"Dài {len(value)} ký tự, nhiều nhất là {longest}; hãy rút gọn.")
        return value

    return {"read": read, "write": lambda document, lists: getattr(document, name) or ""}


def read_day(cell: str) -> date | None:
    """Read a day of a cell: dd/mm/yyyy, written out, or as a spreadsheet gives it; raises CellError."""
    if not cell:
        return None
    try:
        return date.fromisoformat(cell) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell) else parse_vn(cell)
    except ValueError as error:
        message = str(error) if "Hãy" in str(error) else f"Ngày «{cell}» không có trong lịch; hãy kiểm tra lại."
        raise CellError(message) from None


def _date_ways(name: str) -> dict:
    def read(cell, lists):
        day = read_day(cell)
        return day.isoformat() if day else None

    def put(document, value, lists):
        setattr(document, name, date.fromisoformat(value) if value else None)

    def write(document, lists):
        day = getattr(document, name)
        return format_short(day) if day else ""

    return {"read": read, "put": put, "write": write}


def _yes_ways(name: str) -> dict:
    def read(cell, lists):
        folded = text.fold(cell)
        if folded in ("co", "x", "1", "dung", "true", "yes"):
            return True
        if folded in ("", "khong", "0", "sai", "false", "no"):
            return False
        raise CellError(f"Không hiểu «{cell}»; hãy ghi «{YES}» hoặc «{NO}».")

    return {"read": read, "write": lambda document, lists: YES if getattr(document, name) else NO}


def _choice_ways(model_field) -> dict:
    name = model_field.name
    known = {}
    for key, shown in model_field.flatchoices:
        folded = text.fold(str(shown))
        for way in (text.fold(str(key)), folded, folded.split("(")[0].strip(" ."), folded.split(" ")[0].rstrip(".")):
            known.setdefault(way, key)
    default = model_field.get_default() or ""

    def read(cell, lists):
        if not cell:
            return default
        found = known.get(text.fold(cell).rstrip(".")) if text.fold(cell) not in known else known[text.fold(cell)]
        if found is None:
            names = ", ".join(f"«{shown}»" for _key, shown in model_field.flatchoices)
            raise CellError(f"Không hiểu «{cell}»; hãy ghi một trong: {names}.")
        return found

    def write(document, lists):
        value = getattr(document, name)
        return str(dict(model_field.flatchoices)[value]) if value else ""

    return {"read": read, "write": write}


# --- Columns that name other records -----------------------------------------------------------------------


def _put_type(document, value, lists):
    document.document_type = lists.by_key[DocumentType, value]


def _put_issuer(document, value, lists):
    document.main_issuer = lists.by_key[IssuingBody, value]


def _put_issuers(document, value, lists):
    document.co_issuers = [lists.by_key[IssuingBody, pk] for pk in value]


def _put_site(document, value, lists):
    if value and document.pk is None:
        document.owner_site = lists.by_key[PortalSite, value]


def _read_site(cell, lists):
    if not cell:
        return None
    found = lists.sites.get(text.fold(cell))
    if found is None:
        raise CellError(f"Không có trang «{cell}»; hãy ghi đúng tên trang, hoặc để trống để dùng trang đã chọn.")
    return found.pk


def _read_family(cell, lists):
    return _choice_ways(_field("family"))["read"](cell, lists) if cell else ""


def _put_family(document, value, lists):
    """Left blank, the family follows from the number: a year in it makes a legal document (NĐ 30/2020, Phụ lục I)."""
    if not value:
        kind = document.document_type.family
        value = kind
        if kind == document_numbers.BOTH:
            try:
                value = document_numbers.infer_family(document.symbol_as_printed)
            except ValueError:
                value = Family.LEGAL
    document.family = value


def name_of_body(body: IssuingBody, lists: Lists) -> str:
    """How a cell names a body: by its name, or by its name in addresses where several have the same name."""
    if len(lists.bodies.get(text.fold(body.name), [])) > 1:
        return body.slug
    return body.name


def _put_full_text(document, value, lists):
    if value != document.full_text:
        document.set_full_text(value)


def _field(name: str):
    return LegalDocument._meta.get_field(name)


# Columns with a way of their own, or a better explanation; the others are made from the model's fields.
def _build() -> tuple[Column, ...]:
    made = [
        Column(
            "owner_site",
            "Trang quản lý",
            "Tên trang giữ văn bản; để trống là trang đã chọn khi tải lên.",
            "",
            24,
            read=_read_site,
            put=_put_site,
            write=lambda document, lists: document.owner_site.name,
        ),
        Column(
            "document_type",
            "Loại văn bản",
            "Tên loại như ở mục «Loại văn bản».",
            "Quyết định",
            18,
            is_required=True,
            read=lambda cell, lists: lists.type_of(cell).pk,
            put=_put_type,
            write=lambda document, lists: document.document_type.name,
        ),
        _plain(_field("symbol_as_printed"), example="01/2020/QĐ-UBND", width=24, is_required=True),
        Column(
            "family",
            "Nhóm",
            "Văn bản quy phạm pháp luật, Văn bản hành chính, hoặc Văn bản hợp nhất, bản sao; "
            "để trống thì suy ra từ số, ký hiệu.",
            "Văn bản quy phạm pháp luật",
            26,
            read=_read_family,
            put=_put_family,
            write=lambda document, lists: document.get_family_display(),
        ),
        _plain(
            _field("subject"),
            example="Ban hành Quy chế quản lý Trang thông tin điện tử (ví dụ)",
            width=60,
            is_required=True,
        ),
        Column(
            "main_issuer",
            "Cơ quan ban hành",
            "Tên như ở mục «Cơ quan ban hành», hoặc tên của cơ quan trong địa chỉ.",
            "Ủy ban nhân dân thành phố Long Xuyên",
            30,
            is_required=True,
            read=lambda cell, lists: cell,
            put=_put_issuer,
            write=lambda document, lists: name_of_body(document.main_issuer, lists),
        ),
        Column(
            "co_issuers",
            "Cơ quan cùng ban hành",
            "Mỗi dòng trong ô một cơ quan.",
            "",
            30,
            read=lambda cell, lists: lines(cell),
            put=_put_issuers,
            write=lambda document, lists: "\n".join(name_of_body(body, lists) for body in document.co_issuers.all()),
        ),
        _plain(_field("issued_on"), example="05/06/2020", width=14, is_required=True),
    ]
    ordered = (
        "place signing_capacity signer_title signer_name effective_from effective_to checked_until not_suitable_from "
        "not_suitable_reason evidence status_note gazette_number gazette_on sector field scope for_components "
        "needs_dissemination urgency not_classified recipients source_url handed_over_on received_by_board_on"
    ).split()
    more = {
        "not_classified": {
            "help": "Bắt buộc «có»: xác nhận văn bản không thuộc bí mật nhà nước.",
            "example": YES,
            "is_required": True,
        },
        "effective_from": {"example": "15/06/2020"},
        "place": {"example": "Long Xuyên"},
        "scope": {"width": 40},
        "status_note": {"width": 40},
        "recipients": {"width": 40},
    }
    taken = {column.name for column in made} | {"full_text", *LEFT_OUT}
    plain = [
        found.name
        for found in LegalDocument._meta.concrete_fields
        if found.editable
        and not found.is_relation
        and not found.primary_key
        and not isinstance(found, models.JSONField | models.DateTimeField | models.FileField)
    ]
    names = [name for name in (*ordered, *plain) if name in plain and name not in taken]
    made += [_plain(_field(name), **more.get(name, {})) for name in dict.fromkeys(names)]
    made += [
        _plain(_field("is_illustrative"), help="Dữ liệu minh họa, không phải văn bản thật."),
        Column(
            "posting_sites",
            "Trang thuộc phạm vi điều chỉnh",
            "Mỗi dòng trong ô tên một trang; thời hạn đăng trên mỗi trang tự bắt đầu.",
            "",
            30,
            read=lambda cell, lists: [_read_site(line, lists) for line in lines(cell)],
            put=lambda document, value, lists: setattr(
                document, "posting_sites", [lists.by_key[PortalSite, pk] for pk in value]
            ),
            write=lambda document, lists: "\n".join(site.name for site in document.posting_sites.all()),
        ),
        Column(
            "full_text",
            "Toàn văn",
            f"Dán được tối đa {LONGEST_CELL:,} ký tự; dài hơn thì dùng cột «Tệp toàn văn».".replace(",", "."),
            "",
            40,
            read=_text_ways(_field("full_text"))["read"],
            put=_put_full_text,
            write=lambda document, lists: document.full_text if len(document.full_text) <= LONGEST_CELL else "",
        ),
        Column(
            "full_text_file",
            "Tệp toàn văn",
            "Tên tệp .txt, .docx hoặc .pdf trong ZIP chứa toàn văn.",
            "",
            30,
        ),
        Column(
            "signed_file",
            "Bản ký (PDF)",
            "Tên tệp trong ZIP; sau dấu | có thể ghi tên hiển thị.",
            "tep/01-2020-qd-ubnd.pdf | Bản ký Quyết định 01/2020/QĐ-UBND",
            40,
        ),
        Column(
            "document_files",
            "Tệp kèm theo",
            "Mỗi dòng trong ô một tệp: tên tệp trong ZIP | tên hiển thị.",
            "",
            40,
        ),
        Column(
            "relations",
            "Tác động lên văn bản khác",
            "Mỗi dòng trong ô một quan hệ: quan hệ | loại và số văn bản | cơ quan: … | ban hành: ngày | từ: ngày | "
            "đến: ngày | phần: Điều 1; Điều 2 | ghi tại: … | đã đối chiếu. Được ghi vào sổ khi lô được duyệt.",
            "Căn cứ vào | Nghị định 43/2011/NĐ-CP | cơ quan: Chính phủ",
            60,
        ),
        Column(
            "passive_relations",
            "Bị tác động bởi văn bản chưa có trong sổ",
            "Mỗi dòng trong ô một quan hệ: quan hệ | tên văn bản tác động | từ: ngày | … như cột trước.",
            "",
            60,
        ),
        Column(
            "status",
            "Tình trạng hiệu lực (chỉ xem)",
            "Cổng tự tính từ ngày và quan hệ; không được đọc khi nhập.",
            "",
            22,
            is_read=False,
            write=lambda document, lists: document.status.label,
        ),
    ]
    return tuple(made)


COLUMNS: tuple[Column, ...] = _build()
BY_NAME = {column.name: column for column in COLUMNS}
REQUIRED = tuple(column for column in COLUMNS if column.is_required)
# Read and put by `checking/`, because they name other documents or files of the ZIP.
WITH_FILES = ("full_text_file", "signed_file", "document_files")
WITH_RELATIONS = ("relations", "passive_relations")
