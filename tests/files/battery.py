# ruff: noqa: E501  the table of files reads best one file a line
"""The upload battery: files made by hand, each with the decision it must meet (abuse cases A16 and A17).

    for case in CASES + BOMBS:
        data = case.make()              # bytes, made anew at every call
        ...upload it as case.filename to the form for case.kind ("document" or "image")...
        assert accepted == case.accepted

`words` must stand in the refusal, `note` in what the reviewer is told, `gone` must not be in what is stored, `kept`
must. A name that Django itself cleans when it comes over HTTP carries `accepted_over_http`. Cases with `needs_scanner`
are refused only where a scanner is set up (`clamd.py` beside this file is one that knows EICAR).

`deep_rich_text()` and `long_stream(name)` are no files: they are what a form is sent.
"""

import io
import json
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image
from pypdf import PdfWriter

from . import samples
from .samples import minimal_pdf, office, open_document, packed, png, relations, strict

# In pieces, so that this file is not taken for what it tests.
EICAR = ("X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").encode()
HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
PROGRAM = b"MZ\x90\x00" + b"\0" * 56 + b"\x80\0\0\0" + b"This program cannot be run in DOS mode." + b"\0" * 200


SMALL_PROGRAM = b"MZ" + b"\x90" * 58 + b"\x50\0\0\0" + b"\x90" * 16 + b"PE\0\0" + b"\x4c\x01"
# Packed films hold the letters of a program's beginning some times in a megabyte.
BY_CHANCE = b"\x9cMZ" + b"\x81" * 60 + b"\0" + b"\x33" * 40


@dataclass(frozen=True)
class Case:
    """One file and what must become of it."""

    name: str
    kind: str
    filename: str
    make: Callable[[], bytes]
    accepted: bool = False
    words: str = ""
    note: str = ""
    gone: tuple[bytes, ...] = ()
    kept: tuple[bytes, ...] = ()
    needs_scanner: bool = False
    accepted_over_http: bool | None = None

    @property
    def decision_over_http(self) -> bool:
        """What must happen when it comes over HTTP, where Django strips control and unseen letters from names."""
        return self.accepted if self.accepted_over_http is None else self.accepted_over_http


# --- Makers -----------------------------------------------------------------------------------------


def picture(kind: str = "PNG", size=(64, 48), **options) -> bytes:
    """A real picture of coloured stripes."""
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def photograph(orientation: int = 1) -> bytes:
    """A JPEG as a telephone makes it: place, camera, comment, colour profile."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x013B] = orientation, "MAY-ANH-MAU", "NGUOI-CHUP-MAU"
    exif.get_ifd(0x8825).update({1: "N", 2: (10.0, 22.0, 0.0), 3: "E", 4: (105.0, 26.0, 0.0)})
    return picture("JPEG", exif=exif, comment=b"GHI-CHU-MAU", icc_profile=PROFILE, quality=90)


PROFILE = b"\0\0\x02\x0cADBE\x02\x10\0\0mntrRGB XYZ " + b"HO-SO-MAU" + b"\0" * 480


def animation(frames: int, size=(32, 24)) -> bytes:
    """A GIF of so many frames."""
    images = [Image.new("P", size, number % 250) for number in range(frames)]
    for number, image in enumerate(images):
        image.putpalette([number % 256, 0, 0] * 256)
    buffer = io.BytesIO()
    images[0].save(buffer, "GIF", save_all=True, append_images=images[1:], duration=40, loop=0)
    return buffer.getvalue()


def packed_object(body: str) -> bytes:
    """A PDF whose object 6 stands in a compressed stream, where a search of the raw bytes does not find it."""
    text = f"6 0 {body}".encode()
    stream = zlib.compress(text)
    head = f"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length {len(stream)} >>\nstream\n"
    return minimal_pdf(head + stream.decode("latin-1") + "\nendstream", catalog="/Names 6 0 R")


def with_link(name: str = "lien-ket") -> bytes:
    """A zip with a symbolic link to the machine's accounts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo(name)
        entry.create_system, entry.external_attr = 3, 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    return buffer.getvalue()


def locked() -> bytes:
    """A zip whose one entry says that it is encrypted."""
    data = bytearray(packed({"a.txt": b"abc"}))
    data[6] |= 1
    place = data.rfind(b"PK\x01\x02")
    data[place + 8] |= 1
    return bytes(data)


def overlapping(copies: int = 2_000) -> bytes:
    """A zip bomb whose many entries are one and the same piece of the file."""
    one = packed({"a.txt": b"\0" * 200_000})
    directory = one.rfind(b"PK\x01\x02")
    end = one.rfind(b"PK\x05\x06")
    entry = one[directory:end]
    entries = b"".join(entry[:46] + b"%05d" % number + entry[51:] for number in range(copies))
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, copies, copies, len(entries), directory, 0)
    return one[:directory] + entries + tail


def field(instruction: str) -> str:
    """A Word text with one field, its instruction cut into two runs."""
    half = len(instruction) // 2
    return (
        '<?xml version="1.0"?><w:document xmlns:w="w"><w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r>'
        f"<w:instrText>{instruction[:half]}</w:instrText></w:r><w:r><w:instrText>{instruction[half:]}</w:instrText>"
        "</w:r></w:p></w:document>"
    )


def webp_with_place() -> bytes:
    """A WebP with EXIF."""
    exif = Image.Exif()
    exif[0x013B] = "NGUOI-CHUP-MAU"
    return picture("WEBP", exif=exif)


def with_template(more: dict | None = None, kind: str = "attachedTemplate") -> bytes:
    """A Word document that names the template it was made from, which Word fetches when it opens it."""
    settings = '<w:settings xmlns:w="w" xmlns:r="r"><w:zoom/><w:attachedTemplate r:id="rId1"/></w:settings>'
    named = relations(kind, "https://x.invalid/a.dotm")
    return office("docx", {"word/settings.xml": settings, "word/_rels/settings.xml.rels": named, **(more or {})})


def under_password() -> bytes:
    """The frame of an Excel table that opens with a password only."""
    names = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", "EncryptedPackage"))
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + names + b"\x17" * 2000


def owner_locked(*, user: str = "", script: bool = False, author: str = "") -> bytes:
    """A PDF that its owner has locked: everybody may read it, unless `user` is the password of readers."""
    active = ("<< /S /JavaScript /JS (app.alert(1)) >>",) if script else ()
    whole = minimal_pdf(*active, catalog="/OpenAction 5 0 R" if script else "")
    writer = PdfWriter(clone_from=io.BytesIO(whole))
    if author:
        writer.add_metadata({"/Author": author})
    writer.encrypt(user, "khoa-cua-chu", algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def two_pictures() -> bytes:
    """A photograph of two pictures of the same shot, the second with letters of a program in it by chance."""
    image = Image.linear_gradient("L").convert("RGB")
    buffer = io.BytesIO()
    image.save(buffer, "MPO", save_all=True, append_images=[image])
    return buffer.getvalue() + BY_CHANCE


MAKERS = ("Cán bộ mẫu".encode(), "Đơn vị mẫu".encode(), "nội bộ".encode())
PERSON = "/Author (Can bo mau 01) /Company (Don vi mau)"


def _doc(name, filename, make, **expected) -> Case:
    return Case(name, "document", filename, make, **expected)


def _pic(name, filename, make, **expected) -> Case:
    return Case(name, "image", filename, make, **expected)


# --- Cases ------------------------------------------------------------------------------------------

GOOD = [
    _doc("a PDF", "Quyết định 01.pdf", minimal_pdf, accepted=True),
    _doc("a PDF in upper case", "QD.PDF", minimal_pdf, accepted=True),
    _doc(
        "a PDF that opens at its first page",
        "a.pdf",
        lambda: minimal_pdf(catalog="/OpenAction [3 0 R /Fit]"),
        accepted=True,
    ),
    _doc(
        "a PDF with a link to a web site",
        "a.pdf",
        lambda: minimal_pdf(
            "<< /Type /Annot /Subtype /Link /A << /S /URI /URI (https://longxuyen.example.invalid/) >> >>"
        ),
        accepted=True,
    ),
    _doc(
        "a PDF with its author",
        "a.pdf",
        lambda: minimal_pdf(info=PERSON + " /Title (Bao cao)"),
        accepted=True,
        gone=(b"Can bo mau", b"Don vi mau"),
        kept=(b"Bao cao",),
    ),
    _doc(
        "a signed PDF with its author",
        "a.pdf",
        lambda: minimal_pdf(
            "<< /Type /Sig /Filter /Adobe.PPKLite /ByteRange [0 10 20 30] /Contents <00> >>", info=PERSON
        ),
        accepted=True,
        kept=(b"Can bo mau",),
        note="chữ ký số",
    ),
    _doc(
        "a Word document",
        "Báo cáo.docx",
        lambda: office("docx"),
        accepted=True,
        gone=MAKERS,
        kept=("Báo cáo".encode(),),
    ),
    _doc("an Excel table", "a.xlsx", lambda: office("xlsx"), accepted=True, gone=MAKERS),
    _doc("a PowerPoint presentation", "a.pptx", lambda: office("pptx"), accepted=True, gone=MAKERS),
    _doc(
        "a signed Word document",
        "a.docx",
        lambda: office("docx", {"_xmlsignatures/sig1.xml": "<Signature/>"}),
        accepted=True,
        note="chữ ký số",
        kept=("Cán bộ mẫu".encode(),),
    ),
    _doc(
        "a Word document with a link to a web site",
        "a.docx",
        lambda: office("docx", {"word/_rels/document.xml.rels": relations("hyperlink", "https://x.example.invalid/")}),
        accepted=True,
    ),
    _doc(
        "a Word document made from a template",
        "a.docx",
        with_template,
        accepted=True,
        gone=(b"attachedTemplate", b"x.invalid"),
        kept=(b"zoom",),
    ),
    _doc(
        "a Word document in the strict form of the standard",
        "a.docx",
        lambda: strict(
            office("docx", {"word/_rels/document.xml.rels": relations("hyperlink", "https://x.example.invalid/")})
        ),
        accepted=True,
    ),
    _doc("a PDF locked by its owner", "a.pdf", owner_locked, accepted=True),
    _doc(
        "a PDF locked by its owner, with its author",
        "a.pdf",
        lambda: owner_locked(author="Can bo mau"),
        accepted=True,
        note="Không gỡ được tên",
    ),
    _doc(
        "a chart with its figures",
        "a.docx",
        lambda: office("docx", {"word/embeddings/Microsoft_Excel_Sheet.xlsx": office("xlsx")}),
        accepted=True,
    ),
    _doc(
        "a Word document with tracked changes",
        "a.docx",
        lambda: office("docx", main='<w:document xmlns:w="w"><w:p><w:ins w:id="1"><w:r/></w:ins></w:p></w:document>'),
        accepted=True,
        note="track changes",
    ),
    _doc("an OpenDocument text", "a.odt", lambda: open_document("odt"), accepted=True, gone=MAKERS),
    _doc("an OpenDocument table", "a.ods", lambda: open_document("ods"), accepted=True, gone=MAKERS),
    _doc("a table of values", "a.csv", lambda: "tên,số\nĐường,1\nLạnh,-5\n".encode(), accepted=True),
    _doc(
        "a table of values with a formula",
        "a.csv",
        lambda: "tên,số\n=1+1,2\n".encode(),
        accepted=True,
        note="công thức",
    ),
    _doc("a text", "a.txt", "Chợ nổi Long Xuyên".encode, accepted=True),
    _doc(
        "an archive of documents",
        "a.zip",
        lambda: packed({"thư mục/a.pdf": minimal_pdf(), "b.docx": office("docx"), "c.png": picture()}),
        accepted=True,
    ),
    _doc(
        "an archive of a map",
        "a.zip",
        lambda: packed({"ranh.shp": b"\0\0\x27\x0a" + b"\0" * 96, "ranh.dbf": b"\x03"}),
        accepted=True,
    ),
    _doc("a film", "a.mp4", samples.film, accepted=True),
    _doc(
        "a film with the place of recording",
        "a.mp4",
        lambda: samples.film(b"\xa9xyz+10.3865+105.4352/"),
        accepted=True,
        gone=(b"udta", b"10.3865"),
    ),
    _doc("a recording", "a.mp3", samples.recording, accepted=True),
    _pic("a PNG", "Chợ nổi.png", picture, accepted=True),
    _pic("a JPEG", "a.jpg", lambda: picture("JPEG"), accepted=True),
    _pic("a progressive JPEG", "a.jpeg", lambda: picture("JPEG", progressive=True), accepted=True),
    _pic("a WebP", "a.webp", lambda: picture("WEBP"), accepted=True),
    _pic("a GIF of five frames", "a.gif", lambda: animation(5), accepted=True),
    _pic(
        "a photograph with place and camera",
        "a.jpg",
        photograph,
        accepted=True,
        gone=(b"MAY-ANH-MAU", b"NGUOI-CHUP-MAU", b"GHI-CHU-MAU", b"Exif"),
        kept=(b"HO-SO-MAU",),
    ),
    _pic(
        "a photograph that lies on its side",
        "a.jpg",
        lambda: photograph(6),
        accepted=True,
        gone=(b"MAY-ANH-MAU", b"GHI-CHU-MAU", b"Exif"),
        kept=(b"HO-SO-MAU",),
    ),
    _pic(
        "a photograph of a telephone with the seconds around it",
        "a.jpg",
        lambda: photograph() + samples.film() + BY_CHANCE,
        accepted=True,
        gone=(b"ftyp", b"MAY-ANH-MAU"),
    ),
    _pic(
        "a photograph with a map of its brightness, then the seconds around it",
        "a.jpg",
        lambda: photograph() + photograph() + samples.film() + BY_CHANCE,
        accepted=True,
        gone=(b"ftyp", b"GHI-CHU-MAU"),
    ),
    _pic("two pictures of one shot (MPO)", "a.jpg", two_pictures, accepted=True, gone=(b"MPF", BY_CHANCE)),
    _pic(
        "a photograph with what Samsung puts behind it",
        "a.jpg",
        lambda: photograph() + BY_CHANCE + b"SEFH\x6a\0\0\0SEFT",
        accepted=True,
        gone=(b"SEFT",),
    ),
    _pic(
        "a photograph with noise behind it",
        "a.jpg",
        lambda: picture("JPEG") + BY_CHANCE,
        accepted=True,
        gone=(BY_CHANCE,),
    ),
    _pic("a WebP with EXIF", "a.webp", webp_with_place, accepted=True, gone=(b"NGUOI-CHUP-MAU",)),
    _pic(
        "a PNG with a comment",
        "a.png",
        lambda: png(8, 8, chunks=((b"tEXt", b"Author\0NGUOI-VE-MAU"),)),
        accepted=True,
        gone=(b"NGUOI-VE-MAU",),
    ),
]

NAMES = [
    _doc("a script's extension before the last", "a.php.pdf", minimal_pdf, words="hai đuôi"),
    _doc("a program's extension before the last", "hoa-don.exe.pdf", minimal_pdf, words="hai đuôi"),
    _pic("a page's extension before the last", "a.html.png", picture, words="hai đuôi"),
    _doc(
        "a name written from right to left",
        "cong\u202efdp.docx",
        lambda: office("docx"),
        words="đảo chiều",
        accepted_over_http=True,
    ),
    _doc(
        "a name with a letter that is not seen",
        "bao\u200bcao.pdf",
        minimal_pdf,
        words="ký tự ẩn",
        accepted_over_http=True,
    ),
    _doc("a name with NUL", "a\0.pdf", minimal_pdf, words="ký tự điều khiển", accepted_over_http=True),
    _doc(
        "a name with a line break",
        "a\r\nSet-Cookie: x.pdf",
        minimal_pdf,
        words="ký tự điều khiển",
        accepted_over_http=True,
    ),
    _doc("a name that climbs", "../../etc/passwd.pdf", minimal_pdf, accepted=True),
    _doc("a name that climbs backwards", "..\\..\\web.pdf", minimal_pdf, accepted=True),
    _doc("a name of 300 letters", "a" * 300 + ".pdf", minimal_pdf, words="nhiều nhất là 200"),
    _doc("no extension", "quyetdinh", minimal_pdf, words="không được nhận"),
    _doc("a space behind the extension", "a.pdf ", minimal_pdf, words="không được nhận"),
]

KINDS = [
    _doc("HTML as it is", "a.html", lambda: HTML, words="không được nhận"),
    _doc("SVG as it is", "a.svg", lambda: SVG, words="không được nhận"),
    _doc("a program as it is", "a.exe", lambda: PROGRAM, words="không được nhận"),
    _doc("an old Word document", "a.doc", lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600, words="không được nhận"),
    _doc("a Word document with macros by name", "a.docm", lambda: office("docx"), words="không được nhận"),
    _doc("HTML as PDF", "a.pdf", lambda: HTML, words="không phải là «.pdf»"),
    _doc("HTML as Word", "a.docx", lambda: HTML, words="không phải là «.docx»"),
    _doc("HTML as text", "a.txt", lambda: HTML, words="không phải là «.txt»"),
    _doc("a program as PDF", "a.pdf", lambda: PROGRAM, words="không phải là «.pdf»"),
    _doc("Word as Excel", "a.xlsx", lambda: office("docx"), words="không phải là «.xlsx»"),
    _doc("PDF as Word", "a.docx", minimal_pdf, words="không phải là «.docx»"),
    _doc("a text as film", "a.mp4", lambda: b"day la chu" * 40, words=""),
    _doc("a program as recording", "a.mp3", lambda: PROGRAM, words="không phải là «.mp3»"),
    _doc("an OpenDocument text as table", "a.ods", lambda: open_document("odt"), words="không phải là «.ods»"),
    _doc("an empty file", "a.pdf", lambda: b"", words="Tệp rỗng"),
    _doc("a PDF cut short", "a.pdf", lambda: minimal_pdf()[:-60], words="bị cụt"),
    _doc("a Word document cut short", "a.docx", lambda: office("docx")[:-80], words="bị cụt"),
    _doc("a film cut short", "a.mp4", lambda: samples.film()[:-30], words="bị cụt"),
    _doc("a table that is not UTF-8", "a.csv", lambda: b"\xd0\xfe,1\n", words="UTF-8"),
    _doc("a text with NUL", "a.txt", lambda: b"a\0b", words="không phải là «.txt»"),
    _pic("SVG as PNG", "a.png", lambda: SVG, words="không phải là «.png»"),
    _pic("PNG as JPEG", "a.jpg", picture, words="không phải là «.jpg»"),
    _pic("SVG as it is, a picture", "a.svg", lambda: SVG, words="không được nhận"),
    _pic("a picture without width", "a.png", lambda: png(0, 5, zlib.compress(b"")), words="bằng không"),
    _pic("a picture cut short", "a.png", lambda: picture(size=(300, 200))[:-100], words="bị cụt"),
    _pic("a photograph cut short", "a.jpg", lambda: picture("JPEG", (300, 200))[:-400], words="bị cụt"),
    _pic("a picture with too few rows", "a.png", lambda: png(500, 400, zlib.compress(b"\0" * 3000)), words="bị cụt"),
    _pic("an empty picture", "a.png", lambda: b"", words="Tệp rỗng"),
    _pic(
        "a picture over the limit of size",
        "a.png",
        lambda: png(8, 8, chunks=((b"prVt", b"\0" * (10 * 1024 * 1024)),)),
        words="nhiều nhất là",
    ),
    _pic("a picture with a page behind it", "a.png", lambda: picture() + HTML, words="giấu tệp khác"),
    _pic(
        "a picture with an archive behind it",
        "a.gif",
        lambda: animation(1) + packed({"a.exe": PROGRAM}),
        words="giấu tệp khác",
    ),
    _pic(
        "a photograph with a program behind it",
        "a.jpg",
        lambda: picture("JPEG") + b"x" * 9 + PROGRAM,
        words="giấu tệp khác",
    ),
    _pic(
        "a photograph with another program behind it",
        "a.jpg",
        lambda: picture("JPEG") + b"x" * 9 + SMALL_PROGRAM,
        words="giấu tệp khác",
    ),
    _pic(
        "a photograph with a script behind it",
        "a.jpg",
        lambda: picture("JPEG") + b"<?php system($_GET[1]); ?>",
        words="giấu tệp khác",
    ),
    _doc(
        "a picture that is an archive",
        "a.zip",
        lambda: picture() + packed({"a.txt": b"a"}),
        words="không phải là «.zip»",
    ),
]

ACTIVE = [
    _doc(
        "a PDF with a script",
        "a.pdf",
        lambda: minimal_pdf("<< /S /JavaScript /JS (app.alert(1)) >>", catalog="/OpenAction 5 0 R"),
        words="in lại sang PDF",
    ),
    _doc(
        "a PDF with a script, its name in escapes",
        "a.pdf",
        lambda: minimal_pdf("<< /S /J#61vaScript /J#53 (app.alert(1)) >>", catalog="/OpenAction 5 0 R"),
        words="JavaScript",
    ),
    _doc(
        "a PDF with a script in a compressed stream",
        "a.pdf",
        lambda: packed_object("<< /S /JavaScript /JS (app.alert(1)) >>"),
        words="JavaScript",
    ),
    _doc(
        "a PDF that starts a program",
        "a.pdf",
        lambda: minimal_pdf("<< /S /Launch /F (cmd.exe) >>", catalog="/OpenAction 5 0 R"),
        words="mở chương trình",
    ),
    _doc(
        "a PDF that fetches another file",
        "a.pdf",
        lambda: minimal_pdf("<< /S /GoToR /F (\\\\\\\\host\\\\a.pdf) >>"),
        words="mở tệp khác",
    ),
    _doc(
        "a PDF with a file inside",
        "a.pdf",
        lambda: minimal_pdf("<< /Type /EmbeddedFile /Length 3 >>\nstream\nabc\nendstream"),
        words="tệp khác nhúng",
    ),
    _doc(
        "a PDF with a film inside", "a.pdf", lambda: minimal_pdf("<< /Type /Annot /Subtype /RichMedia >>"), words="phim"
    ),
    _doc(
        "a PDF with a form that runs",
        "a.pdf",
        lambda: minimal_pdf(catalog="/AcroForm << /XFA [ (a) 3 0 R ] >>"),
        words="XFA",
    ),
    _doc(
        "a PDF with a password",
        "a.pdf",
        lambda: minimal_pdf("<< /Filter /Standard /V 1 /R 2 /O (x) /U (y) /P -4 >>", trailer="/Encrypt 5 0 R"),
        words="mật khẩu",
    ),
    _doc("a macro", "a.docx", lambda: office("docx", {"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), words="macro"),
    _doc(
        "a document with macros under a harmless name",
        "a.xlsx",
        lambda: office("xlsx", types='<Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/>'),
        words="macro",
    ),
    _doc("an old macro sheet", "a.xlsx", lambda: office("xlsx", {"xl/macrosheets/sheet1.xml": "<x/>"}), words="macro"),
    _doc(
        "an ActiveX control", "a.docx", lambda: office("docx", {"word/activeX/activeX1.xml": "<x/>"}), words="ActiveX"
    ),
    _doc(
        "an embedded object",
        "a.docx",
        lambda: office("docx", {"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0"}),
        words="OLE",
    ),
    _doc(
        "a macro inside an embedded table",
        "a.docx",
        lambda: office("docx", {"word/embeddings/a.xlsx": office("xlsx", {"xl/vbaProject.bin": b"x"})}),
        words="macro",
    ),
    _doc(
        "a template from elsewhere in a signed document",
        "a.docx",
        lambda: with_template({"_xmlsignatures/sig1.xml": "<Signature/>"}),
        words="nơi khác",
    ),
    _doc(
        "a template from elsewhere, its name in references",
        "a.docx",
        lambda: with_template(kind="attached&#84;emplate"),
        words="nơi khác",
    ),
    _doc(
        "a template from elsewhere in a document inside another",
        "a.docx",
        lambda: office("docx", {"word/embeddings/b.docx": with_template()}),
        words="nơi khác",
    ),
    _doc("an Excel table with a password", "a.xlsx", under_password, words="có mật khẩu"),
    _doc(
        "an OpenDocument text with a password",
        "a.odt",
        lambda: open_document("odt", more={"META-INF/manifest.xml": b"<manifest:encryption-data/>"}),
        words="có mật khẩu",
    ),
    _doc(
        "an old Excel table under a new name",
        "a.xlsx",
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        words="không phải là «.xlsx»",
    ),
    _doc("a PDF locked by its owner, with a script", "a.pdf", lambda: owner_locked(script=True), words="JavaScript"),
    _doc("a PDF locked for its readers", "a.pdf", lambda: owner_locked(user="mat-khau"), words="mật khẩu"),
    _doc(
        "a picture from elsewhere",
        "a.docx",
        lambda: office("docx", {"word/_rels/document.xml.rels": relations("image", "https://x.invalid/1.png")}),
        words="nơi khác",
    ),
    _doc(
        "a link to a file of the machine",
        "a.docx",
        lambda: office("docx", {"word/_rels/document.xml.rels": relations("hyperlink", "file:///C:/a.exe")}),
        words="liên kết tới tệp trên máy",
    ),
    _doc(
        "a DDE field in two pieces",
        "a.docx",
        lambda: office("docx", main=field("DDEAUTO c:\\\\windows\\\\cmd.exe")),
        words="DDE",
    ),
    _doc(
        "a DDE link of a table",
        "a.xlsx",
        lambda: office("xlsx", {"xl/connections.xml": "<ddeLink ddeService='cmd'/>"}),
        words="DDE",
    ),
    _doc(
        "a table that fetches from another",
        "a.xlsx",
        lambda: office("xlsx", {"xl/externalLinks/externalLink1.xml": "<externalLink/>"}),
        words="nơi khác",
    ),
    _doc(
        "entities that grow (billion laughs)",
        "a.docx",
        lambda: office("docx", main='<!DOCTYPE a [<!ENTITY b "c">]><w:document xmlns:w="w">&b;</w:document>'),
        words="thực thể XML",
    ),
    _doc(
        "a macro in an OpenDocument text",
        "a.odt",
        lambda: open_document("odt", more={"Basic/Standard/M.xml": b"<x/>"}),
        words="macro",
    ),
    _doc(
        "an OpenDocument text that fetches a picture",
        "a.odt",
        lambda: open_document("odt", '<draw:image xlink:href="https://x.invalid/1.png"/>'),
        words="nơi khác",
    ),
    _doc("a program in an archive", "a.zip", lambda: packed({"a.exe": PROGRAM}), words="chương trình"),
    _doc(
        "a program in an archive under a harmless name",
        "a.zip",
        lambda: packed({"a.pdf": PROGRAM}),
        words="chương trình",
    ),
    _doc("a text as film in an archive", "a.zip", lambda: packed({"a.mp4": b"day la chu" * 40}), words="«a.mp4»"),
    _doc("a film in an archive", "a.zip", lambda: packed({"a.mp4": samples.film()}), accepted=True),
    _doc(
        "a film in an archive with the place of recording",
        "a.zip",
        lambda: packed({"a.mp4": samples.film(b"\xa9xyz+10.3865+105.4352/")}),
        accepted=True,
        note="«a.mp4»: có thông tin kèm theo",
    ),
    _doc("a script in an archive", "a.zip", lambda: packed({"a.js": b"alert(1)"}), words="chương trình"),
    _doc(
        "a macro in an archive",
        "a.zip",
        lambda: packed({"a.docx": office("docx", {"word/vbaProject.bin": b"x"})}),
        words="macro",
    ),
    _doc("an archive in an archive", "a.zip", lambda: packed({"b.zip": packed({"a.txt": b"a"})}), words="tệp nén khác"),
    _doc(
        "an archive in an archive under a harmless name",
        "a.zip",
        lambda: packed({"b.pdf": packed({"a.txt": b"a"})}),
        words="tệp nén khác",
    ),
    _doc("an archive that climbs out", "a.zip", lambda: packed({"../../a.txt": b"a"}), words="ra ngoài thư mục"),
    _doc("an archive with a link", "a.zip", with_link, words="symlink"),
    _doc("an archive with a password", "a.zip", locked, words="mật khẩu"),
    _doc("an archive with a page behind it", "a.zip", lambda: packed({"a.txt": b"a"}) + HTML, words="dữ liệu lạ"),
    _doc("the test virus", "eicar.txt", lambda: EICAR, words="mã độc", needs_scanner=True),
    _doc(
        "the test virus in an archive",
        "eicar.zip",
        lambda: packed({"eicar.txt": EICAR}, stored=("eicar.txt",)),
        words="mã độc",
        needs_scanner=True,
    ),
]

CASES = [*GOOD, *NAMES, *KINDS, *ACTIVE]


# --- Bombs ------------------------------------------------------------------------------------------


def _zeros(megabytes: int) -> bytes:
    machine, piece = zlib.compressobj(9), b"\0" * 1_000_000
    return b"".join([*(machine.compress(piece) for _ in range(megabytes)), machine.flush()])


def big_zip() -> bytes:
    """500 MB of nothing in half a megabyte."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        with archive.open("so-lieu.txt", "w") as entry:
            for _ in range(500):
                entry.write(b"\0" * 1_000_000)
    return buffer.getvalue()


def _long_part(kind, part, head: str, piece: str, times: int, tail: str, rows_a_piece: int = 1) -> bytes:
    buffer = io.BytesIO(office(kind, {"zzz": ""}))
    entries = {}
    with zipfile.ZipFile(buffer) as archive:
        entries = {name: archive.read(name) for name in archive.namelist() if name not in (part, "zzz")}
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
        with archive.open(part, "w") as entry:
            entry.write(head.encode())
            block = (piece * (10_000 // rows_a_piece)).encode()
            for _ in range(times // 10_000):
                entry.write(block)
            entry.write(tail.encode())
    return result.getvalue()


def long_document() -> bytes:
    """A Word document of three million paragraphs."""
    return _long_part("docx", "word/document.xml", '<w:document xmlns:w="w">', "<w:p/>", 3_000_000, "</w:document>")


def long_table() -> bytes:
    """An Excel table of a million rows."""
    numbers = random.Random(1)  # noqa: S311  the same table every time
    rows = [f'<row><c t="n"><v>{numbers.randrange(10**9)}</v></c></row>' for _ in range(10_000)]
    return _long_part(
        "xlsx",
        "xl/worksheets/sheet1.xml",
        "<worksheet><sheetData>",
        "".join(rows),
        1_000_000,
        "</sheetData></worksheet>",
        rows_a_piece=10_000,
    )


def deep_pdf() -> bytes:
    """A PDF whose compressed stream of objects unpacks to 300 MB."""
    stream = _zeros(300)
    head = f"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length {len(stream)} >>\nstream\n"
    return minimal_pdf(head + stream.decode("latin-1") + "\nendstream")


BOMBS = [
    _pic("a PNG of 1.6 gigapixels", "a.png", lambda: png(40_000, 40_000, _zeros(1)), words="triệu điểm ảnh"),
    _pic(
        "127 megapixels in a few kilobytes", "a.png", lambda: png(11_300, 11_300, _zeros(128)), words="triệu điểm ảnh"
    ),
    _pic(
        "a JPEG that says 65,500 × 65,500",
        "a.jpg",
        lambda: picture("JPEG").replace(struct.pack(">HH", 48, 64), struct.pack(">HH", 65_500, 65_500), 1),
        words="triệu điểm ảnh",
    ),
    _pic("a GIF of 1,000 frames", "a.gif", lambda: animation(1_000, (16, 12)), words="khung hình"),
    _pic("a GIF of 50 large frames", "a.gif", lambda: animation(50, (1200, 900)), words="khung hình"),
    _pic(
        "a PNG with a colour profile that bursts",
        "a.png",
        lambda: png(8, 8, chunks=((b"iCCP", b"x\0\0" + _zeros(100)),)),
        words="Hồ sơ màu",
    ),
    _pic(
        "a PNG with a comment that bursts",
        "a.png",
        lambda: png(8, 8, chunks=((b"zTXt", b"x\0\0" + _zeros(100)),)),
        accepted=True,
        gone=(b"zTXt",),
    ),
    _pic("the largest picture that is taken", "a.png", lambda: png(6_000, 4_000), accepted=True),
    _doc("500 MB in half a megabyte", "a.zip", big_zip, words="phình quá lớn"),
    _doc("one piece under 2,000 names", "a.zip", overlapping, words="phình quá lớn"),
    _doc("a Word document of 3 million paragraphs", "a.docx", long_document, words="phình quá lớn"),
    _doc("an Excel table of a million rows", "a.xlsx", long_table, words="300.000 dòng"),
    _doc("a PDF that unpacks to 300 MB", "a.pdf", deep_pdf, words="phình quá lớn"),
]


def deep_rich_text(depth: int = 100_000) -> str:
    """What a rich text field is sent (Draftail's JSON), nested so deep that a reader of it falls over."""
    return '{"blocks": [], "entityMap": ' + '{"a": ' * depth + "1" + "}" * depth + "}"


def long_stream(name: str = "body", blocks: int = 100_000) -> dict[str, str]:
    """The fields of a form whose StreamField `name` has 100,000 blocks."""
    fields = {f"{name}-count": str(blocks)}
    for number in range(blocks):
        fields |= {
            f"{name}-{number}-type": "paragraph",
            f"{name}-{number}-order": str(number),
            f"{name}-{number}-deleted": "",
            f"{name}-{number}-value": json.dumps({"blocks": [], "entityMap": {}}),
        }
    return fields
