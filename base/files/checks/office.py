"""Office documents: Word, Excel, PowerPoint (OOXML) and OpenDocument.

1. It is what its name says. 2. No macro, control, embedded object or field that fetches or runs something. 3. Nothing
in it is loaded from elsewhere except what a reader clicks on. 4. It stays small when opened. 5. Who wrote it, for whom
and with which template is taken out; a signed document is left as it is.
"""

import re
import tempfile
from xml.parsers import expat

from django.core.exceptions import ValidationError

from .common import MB, Examined, Sized, bursts, cut_short, extension_of, not_what_it_says, replaced
from .packages import Package, locked, nothing_after

# The folder that makes a packed document what its extension says, and the content type of its main part.
FOLDERS = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
MAIN_TYPES = {
    "docx": "wordprocessingml.document.main+xml",
    "xlsx": "spreadsheetml.sheet.main+xml",
    "pptx": "presentationml.presentation.main+xml",
}
OPEN_DOCUMENT_TYPES = {
    "odt": b"application/vnd.oasis.opendocument.text",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
}
EXTENSIONS = (*FOLDERS, *OPEN_DOCUMENT_TYPES)

MOST_PARAGRAPHS = 200_000
MOST_ROWS = 300_000
LARGEST_PART = 200 * MB
LARGEST_SMALL_PART = 4 * MB
LARGEST_ROUND = 60 * MB
PART_RATIO = 250
PART_SMALL = 8 * MB

MACRO = "Tệp có macro; hãy lưu lại thành tệp không có macro (.docx, .xlsx, .pptx) rồi tải lên."
CONTROL = "Tệp có nút hoặc điều khiển chạy mã (ActiveX, tiện ích); hãy xóa chúng, hoặc in lại sang PDF rồi tải lên."
OBJECT = "Tệp có đối tượng nhúng (OLE) của chương trình khác; hãy thay bằng ảnh chụp, hoặc in lại sang PDF rồi tải lên."
OUTSIDE = (
    "Tệp lấy nội dung từ nơi khác khi mở (mẫu, ảnh hoặc bảng tính liên kết); hãy ngắt liên kết (Break Link, dán giá "
    "trị), hoặc in lại sang PDF rồi tải lên."
)
FIELD = "Tệp có trường tự chạy lệnh hoặc tự lấy dữ liệu (DDE, INCLUDE…); hãy xóa trường đó, hoặc in lại sang PDF."
HAND_WRITTEN = "Tệp có phần khai báo thực thể XML mà phần mềm soạn thảo không viết ra; hãy lưu lại từ phần mềm gốc."
CHANGES_NOTE = "Tệp còn các sửa đổi được theo dõi (track changes): người đọc xem được chữ đã xóa và tên người sửa."
COMMENTS_NOTE = "Tệp còn nhận xét (comments): người đọc xem được."
HIDDEN_NOTE = "Tệp có chữ ẩn hoặc trang tính ẩn: người đọc cho hiện lên được."
SIGNED_NOTE = "Tệp có chữ ký số: được giữ nguyên từng byte, kể cả tên người soạn ghi trong tệp."

_FOLLOWED_ON_CLICK = re.compile(r"^(?:https?://|mailto:|tel:|#|\?|/(?!/)|\.{0,2}/?[^:\\]*$)", re.IGNORECASE)
_EXECUTED = re.compile(rb"\b(?:DDE(?:AUTO)?|INCLUDEPICTURE|INCLUDETEXT|IMPORT|LINK|DATABASE|EMBED)\b")
_INSTRUCTION = re.compile(
    rb"<w:instrText\b[^>]*>([^<]*)</w:instrText>|<w:fldSimple\b[^>]*?w:instr=\"([^\"]*)\"|<w:fldChar\b[^>]*?"
    rb"w:fldCharType=\"(begin|separate|end)\""
)
_ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_OWN_PACKAGES = frozenset(FOLDERS)


def examine(file, extension: str) -> Examined:
    """Refuse what runs, loads or bursts; return the document without its makers' names."""
    package, notes = look_into(file, extension, without_template=True)
    changes = _without_template(package)
    if any(name.startswith(SIGNATURES) for name in package.names):
        if changes:
            # To take it out would break the signature.
            raise ValidationError(OUTSIDE)
        return Examined(file, [*notes, SIGNED_NOTE])
    for name, clean in MAKERS.items():
        data = package.read(name, LARGEST_SMALL_PART)
        if data and (cleaned := clean(data)) != data:
            changes[name] = cleaned
    if not changes:
        return Examined(file, notes)
    with tempfile.SpooledTemporaryFile(8 * MB) as target:
        package.rewritten(changes, target)
        return Examined(replaced(file, target), notes)


def look_into(file, extension: str, *, without_template: bool = False) -> tuple[Package, list[str]]:
    """Refuse what runs, loads or bursts; return the open package and notes. `file`: open, with a size.

    `without_template`: the caller takes out which template the document was made from.
    """
    if extension in OPEN_DOCUMENT_TYPES:
        return _open_document(file, extension)
    return _office(file, extension, without_template=without_template)


# --- Word, Excel, PowerPoint ------------------------------------------------------------------------


def _office(file, extension: str, *, nested: bool = False, without_template: bool = False) -> tuple[Package, list[str]]:
    package = Package(file, extension)
    if not nothing_after(file):
        raise not_what_it_says(extension)
    types = package.read("[Content_Types].xml", LARGEST_SMALL_PART)
    if not types or not any(name.startswith(FOLDERS[extension]) for name in package.names):
        raise not_what_it_says(extension)
    _refuse_parts(package, types, nested)
    if MAIN_TYPES[extension].encode() not in types:
        raise not_what_it_says(extension)
    return package, _read_parts(package, without_template)


def _refuse_parts(package: Package, types: bytes, nested: bool) -> None:
    lower = {name.lower() for name in package.names}
    if (
        b"macroEnabled" in types
        or b"vbaProject" in types
        or any(
            name.endswith(("vbaproject.bin", "vbadata.xml", "attachedtoolbars.bin")) or "/macrosheets/" in name
            for name in lower
        )
    ):
        raise ValidationError(MACRO)
    if any(
        "/activex/" in name or name.startswith("customui/") or "/webextensions/" in name or "/ctrlprops/" in name
        for name in lower
    ):
        raise ValidationError(CONTROL)
    for entry in package.entries:
        name = entry.filename.lower()
        if "/embeddings/" in name and not name.endswith("/"):
            # The figures behind a chart are a spreadsheet of its own: looked into like one.
            if nested or extension_of(name) not in _OWN_PACKAGES or entry.file_size > LARGEST_ROUND // 4:
                raise ValidationError(OBJECT)
            with tempfile.SpooledTemporaryFile(2 * MB) as inner:
                for chunk in package.chunks(entry):
                    inner.write(chunk)
                _office(Sized(inner, entry.file_size), extension_of(name), nested=True)
        if name.startswith(("xl/externallinks/", "word/afchunk")) or "/afchunk" in name:
            raise ValidationError(OUTSIDE)


def _read_parts(package: Package, without_template: bool) -> list[str]:
    """Read every XML part once; refuse by what it says, return notes."""
    notes, total = {}, 0
    for entry in package.entries:
        name = entry.filename.lower()
        if not name.endswith((".xml", ".rels", ".vml")):
            continue
        total += entry.file_size
        dense = entry.file_size > PART_SMALL and entry.file_size > PART_RATIO * max(entry.compress_size, 1)
        if entry.file_size > LARGEST_PART or total > LARGEST_PART or dense:
            raise bursts()
        if name.endswith(".rels"):
            _refuse_relations(package.read(entry.filename, LARGEST_SMALL_PART), without_template)
            continue
        if name.endswith("comments.xml") or "/threadedcomments/" in name:
            notes[COMMENTS_NOTE] = True
        _refuse_content(package, entry, name, notes)
    return list(notes)


def _refuse_relations(data: bytes, without_template: bool) -> None:
    """Refuse what is fetched when the document is opened; a hyperlink is followed only when clicked."""
    for attributes in _elements(data, "Relationship"):
        kind = _kind_of(attributes)
        target = attributes.get("Target", "")
        if kind == TEMPLATE and without_template:
            continue
        if kind == TEMPLATE or kind in ("vbaProject", "oleObject", "control", "externalLinkPath"):
            raise ValidationError({"vbaProject": MACRO, "oleObject": OBJECT, "control": CONTROL}.get(kind, OUTSIDE))
        if attributes.get("TargetMode", "").lower() == "external":
            if kind != "hyperlink":
                raise ValidationError(OUTSIDE)
            if not _FOLLOWED_ON_CLICK.match(target):
                raise ValidationError(
                    "Tệp có liên kết tới tệp trên máy hoặc lệnh chạy; hãy xóa, chỉ giữ liên kết http, https, mailto."
                )


def _kind_of(relation: dict) -> str:
    return relation.get("Type", "").rsplit("/", 1)[-1]


def _refuse_content(package: Package, entry, name: str, notes: dict) -> None:
    paragraphs, rows, before, field = 0, 0, b"", []
    word, sheet = name.startswith("word/"), name.startswith("xl/worksheets/")
    for chunk in package.chunks(entry):
        text = before + chunk
        if chunk[:2] in (b"\xff\xfe", b"\xfe\xff") or _ENTITY.search(text):
            raise ValidationError(HAND_WRITTEN)
        cut = text.rfind(b"<") if len(text) > len(chunk) or len(chunk) == MB else len(text)
        cut = len(text) if len(chunk) < MB or cut <= 0 else cut
        now, before = text[:cut], text[cut:]
        if len(before) > MB:
            raise bursts()
        if word:
            paragraphs += now.count(b"<w:p>") + now.count(b"<w:p ") + now.count(b"<w:p/>")
            _refuse_fields(now, field)
            if b"<w:del " in now or b"<w:ins " in now:
                notes[CHANGES_NOTE] = True
            if b"<w:vanish/>" in now:
                notes[HIDDEN_NOTE] = True
        elif sheet:
            rows += now.count(b"<row>") + now.count(b"<row ") + now.count(b"<row/>")
        elif name == "xl/workbook.xml" and (b'state="hidden"' in now or b'state="veryHidden"' in now):
            notes[HIDDEN_NOTE] = True
        if b"<ddeLink" in now or b"<oleLink" in now:
            raise ValidationError(FIELD)
        if paragraphs > MOST_PARAGRAPHS:
            raise ValidationError("Tệp có quá nhiều đoạn, không mở an toàn được; hãy tạo lại từ bản gốc hoặc chia nhỏ.")
        if rows > MOST_ROWS:
            raise ValidationError(
                f"Bảng tính có hơn {MOST_ROWS:,} dòng; hãy chia nhỏ hoặc lưu thành tệp csv.".replace(",", ".", 1)
            )


def _refuse_fields(text: bytes, field: list[bytes]) -> None:
    """Put the pieces of each field's instruction together: "DD" and "EAUTO" may be in two runs."""
    for match in _INSTRUCTION.finditer(text):
        piece, simple, mark = match.groups()
        if mark == b"begin":
            field.append(b"\n")
        elif piece is not None:
            field.append(piece)
        elif simple is not None:
            field += [b"\n", simple, b"\n"]
        if len(field) > 400:
            field[:] = [b"".join(field)[-2000:]]
        if _EXECUTED.search(b"".join(field).upper()):
            raise ValidationError(FIELD)


def _elements(data: bytes, wanted: str) -> list[dict]:
    """Return the attributes of every element of a name in a small XML text; refuse declarations of entities."""
    found = []

    def start(name, attributes):
        if name.rsplit(":", 1)[-1] == wanted:
            found.append(attributes)

    def declared(*_arguments):
        raise ValidationError(HAND_WRITTEN)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = declared
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        raise cut_short() from None
    return found


# --- OpenDocument -----------------------------------------------------------------------------------


def _open_document(file, extension: str) -> tuple[Package, list[str]]:
    package = Package(file, extension)
    if package.read("mimetype", 200).strip() != OPEN_DOCUMENT_TYPES[extension] or not nothing_after(file):
        raise not_what_it_says(extension)
    if b"encryption-data" in package.read("META-INF/manifest.xml", LARGEST_SMALL_PART):
        raise locked()
    lower = [name.lower() for name in package.names]
    if any(name.startswith(("basic/", "scripts/", "dialogs/")) for name in lower):
        raise ValidationError(MACRO)
    if any(name.startswith("object ") and name.endswith(".bin") for name in lower) or any(
        name.startswith("objectreplacements/") is False and name.endswith((".bin", ".ole")) for name in lower
    ):
        raise ValidationError(OBJECT)
    notes, total = {}, 0
    for entry in package.entries:
        if not entry.filename.endswith((".xml", ".rdf")):
            continue
        total += entry.file_size
        if total > LARGEST_PART or (
            entry.file_size > PART_SMALL and entry.file_size > PART_RATIO * max(entry.compress_size, 1)
        ):
            raise bursts()
        rows = paragraphs = 0
        before = b""
        for chunk in package.chunks(entry):
            text = before + chunk
            before = text[-300:]
            if _ENTITY.search(text):
                raise ValidationError(HAND_WRITTEN)
            if b"<script:event-listener" in text or b"vnd.sun.star.script:" in text or b"macro:" in text:
                raise ValidationError(MACRO)
            if b"<text:dde-connection" in text or b"<office:dde-source" in text or b"<table:dde-link" in text:
                raise ValidationError(FIELD)
            if b"<draw:object-ole" in text or b"<draw:plugin" in text or b"<draw:applet" in text:
                raise ValidationError(OBJECT)
            if b"<table:cell-range-source" in text or b"<table:table-source" in text or _FETCHED.search(text):
                raise ValidationError(OUTSIDE)
            if b"<office:annotation" in text:
                notes[COMMENTS_NOTE] = True
            if b"<text:changed-region" in text:
                notes[CHANGES_NOTE] = True
            paragraphs += chunk.count(b"<text:p>") + chunk.count(b"<text:p ") + chunk.count(b"<text:p/>")
            rows += chunk.count(b"<table:table-row")
            if paragraphs > MOST_PARAGRAPHS * 5 or rows > MOST_ROWS:
                raise bursts()
    return package, list(notes)


_FETCHED = re.compile(
    rb"<(?:draw:image|draw:object|text:section-source|draw:fill-image)\b[^>]*?xlink:href=\"\s*"
    rb"(?:https?:|ftp:|file:|//|\\\\|\.\./)",
    re.IGNORECASE,
)


# --- The template ------------------------------------------------------------------------------------

TEMPLATE = "attachedTemplate"
_RELATION = re.compile(
    rb"<(?:[\w.-]+:)?Relationship\b[^>]*?/attachedTemplate[\"'][^>]*?(?:/>|>\s*</(?:[\w.-]+:)?Relationship\s*>)"
)
_SETTING = re.compile(rb"<(?:[\w.-]+:)?attachedTemplate\b[^>]*?(?:/>|>\s*</(?:[\w.-]+:)?attachedTemplate\s*>)")


def _without_template(package: Package) -> dict[str, bytes]:
    """Return the parts that name the template a document was made from, without its name.

    Word writes one into every document that was made from a template of its own, and would fetch it on opening; the
    document looks the same without. Raises ValidationError where it cannot be taken out whole.
    """
    changes = {}
    for entry in package.entries:
        name = entry.filename
        if not name.lower().endswith(".rels"):
            continue
        relations = package.read(name, LARGEST_SMALL_PART)
        if not any(_kind_of(one) == TEMPLATE for one in _elements(relations, "Relationship")):
            continue
        changes[name] = _RELATION.sub(b"", relations)
        _refuse_relations(changes[name], without_template=False)
        folder, _slash, file = name.rpartition("_rels/")
        part = folder + file[: -len(".rels")]
        if settings := package.read(part, LARGEST_SMALL_PART):
            changes[part] = _SETTING.sub(b"", settings)
    return changes


# --- Who made it -------------------------------------------------------------------------------------


def _emptied(data: bytes, *names: str) -> bytes:
    """Empty elements by their local names, whatever their prefix."""
    for name in names:
        tag = rb"(?:[\w.-]+:)?" + name.encode()
        data = re.sub(rb"(<(" + tag + rb")(?:\s[^>]*)?>)[^<]*(</\2\s*>)", rb"\1\3", data)
    return data


def _without_people(data: bytes) -> bytes:
    return _emptied(data, "creator", "lastModifiedBy")


def _without_company(data: bytes) -> bytes:
    return _emptied(data, "Company", "Manager", "Template", "HyperlinkBase")


def _without_properties(data: bytes) -> bytes:
    return re.sub(rb"<(?:[\w.-]+:)?property\b.*</(?:[\w.-]+:)?property\s*>", b"", data, flags=re.DOTALL)


def _without_makers(data: bytes) -> bytes:
    data = _emptied(data, "initial-creator", "creator", "printed-by")
    data = re.sub(rb"<meta:user-defined\b[^>]*?(?:/>|>[^<]*</meta:user-defined\s*>)", b"", data)
    return re.sub(rb"<meta:template\b[^>]*?(?:/>|>[^<]*</meta:template\s*>)", b"", data)


# Part → what takes the makers out of it.
MAKERS = {
    "docProps/core.xml": _without_people,
    "docProps/app.xml": _without_company,
    "docProps/custom.xml": _without_properties,
    "meta.xml": _without_makers,
}
SIGNATURES = ("_xmlsignatures/", "META-INF/documentsignatures.xml")
