"""Small files made by hand, right or wrong in one thing each."""

import io
import re
import struct
import zipfile
import zlib


def minimal_pdf(*objects: str, info: str = "", catalog: str = "", trailer: str = "", page: str = "") -> bytes:
    """A whole PDF of one empty page, with further objects (from number 5 on) and entries."""
    bodies = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] {page} >>",
        f"<< /Producer (Phan mem mau) {info} >>",
        *objects,
    ]
    data, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(bodies, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    start = len(data)
    data += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n".encode()
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    data += f"trailer\n<< /Size {len(bodies) + 1} /Root 1 0 R /Info 4 0 R {trailer} >>\n".encode()
    return bytes(data + f"startxref\n{start}\n%%EOF\n".encode())


def packed(entries: dict[str, bytes], comment: bytes = b"", stored: tuple[str, ...] = ()) -> bytes:
    """A zip archive; entries named in `stored` are not compressed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            kind = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), data, kind)
        archive.comment = comment
    return buffer.getvalue()


MAIN = {
    "docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation.main+xml"),
}
CORE = (
    '<?xml version="1.0"?><cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:title>Báo cáo</dc:title>'
    "<dc:creator>Cán bộ mẫu 01</dc:creator><cp:lastModifiedBy>Cán bộ mẫu 02</cp:lastModifiedBy></cp:coreProperties>"
)
APP = '<?xml version="1.0"?><Properties><Company>Đơn vị mẫu</Company><Template>Normal.dotm</Template></Properties>'
CUSTOM = (
    '<?xml version="1.0"?><Properties><property fmtid="{D5}" pid="2" name="Ghi chú"><vt:lpwstr>nội bộ</vt:lpwstr>'
    "</property></Properties>"
)


def office(kind: str, more: dict[str, bytes | str] | None = None, *, main: str | None = None, types: str = "") -> bytes:
    """An office document with its main part, the makers' names, and whatever else is asked for."""
    part, content_type = MAIN[kind]
    entries: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<?xml version="1.0"?><Types><Override PartName="/{part}" ContentType="application/'
        f'vnd.openxmlformats-officedocument.{content_type}"/>{types}</Types>',
        "_rels/.rels": '<?xml version="1.0"?><Relationships/>',
        part: main or '<?xml version="1.0"?><w:document xmlns:w="w"><w:p>Nội dung</w:p></w:document>',
        "docProps/core.xml": CORE,
        "docProps/app.xml": APP,
        "docProps/custom.xml": CUSTOM,
        **(more or {}),
    }
    return packed({name: data.encode() if isinstance(data, str) else data for name, data in entries.items()})


def strict(content: bytes) -> bytes:
    """Return an Office document with the names of the strict form of the standard in all its parts."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    usual = re.compile(rb"http://schemas\.openxmlformats\.org/(\w+)/2006/(\w+)")
    return packed({name: usual.sub(rb"http://purl.oclc.org/ooxml/\1/\2", data) for name, data in parts.items()})


def relations(kind: str, target: str, mode: str = "External") -> str:
    """A list of one relation."""
    return (
        '<?xml version="1.0"?><Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/'
        f'officeDocument/2006/relationships/{kind}" Target="{target}" TargetMode="{mode}"/></Relationships>'
    )


def open_document(kind: str, content: str = "", more: dict[str, bytes] | None = None) -> bytes:
    """An OpenDocument text ("odt") or table ("ods")."""
    name = {"odt": "text", "ods": "spreadsheet"}[kind]
    meta = (
        '<office:document-meta xmlns:office="o" xmlns:meta="m" xmlns:dc="d"><meta:initial-creator>Cán bộ mẫu 01'
        "</meta:initial-creator><dc:creator>Cán bộ mẫu 02</dc:creator></office:document-meta>"
    )
    entries = {
        "mimetype": f"application/vnd.oasis.opendocument.{name}".encode(),
        "content.xml": f"<office:document-content>{content}</office:document-content>".encode(),
        "meta.xml": meta.encode(),
        **(more or {}),
    }
    return packed(entries, stored=("mimetype",))


def png(width: int, height: int, rows: bytes | None = None, chunks: tuple[tuple[bytes, bytes], ...] = ()) -> bytes:
    """A grey PNG whose header says `width` × `height`; `rows` are its packed rows, by default all of them, black."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    if rows is None:
        rows = zlib.compress(b"\0" * ((width + 1) * height))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + b"".join(chunk(kind, body) for kind, body in chunks)
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


def box(kind: bytes, body: bytes = b"") -> bytes:
    """One box of an mp4 file."""
    return struct.pack(">I", len(body) + 8) + kind + body


def film(user_data: bytes = b"") -> bytes:
    """The frame of an mp4 file, with user data in its index."""
    index = box(b"mvhd", b"\0" * 100) + (box(b"udta", user_data) if user_data else b"")
    return box(b"ftyp", b"isom\0\0\2\0isomiso2mp41") + box(b"moov", index) + box(b"mdat", b"\0" * 64)


def recording(frames: int = 3) -> bytes:
    """Silent frames of an mp3 file, behind an empty tag."""
    return b"ID3\x03\0\0\0\0\0\0" + (b"\xff\xfb\x90\x00" + b"\0" * 413) * frames
