"""Word files made by hand, part by part, right or wrong in one thing each; their people and texts are invented."""

from tests.files.samples import packed, png

MAIN_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{MAIN_NAMESPACE}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative"'
)
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OFFICE_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
STYLES = """
<w:style w:type="paragraph" w:styleId="u1"><w:name w:val="heading 1"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="u2"><w:name w:val="heading 2"/><w:basedOn w:val="u1"/></w:style>
<w:style w:type="paragraph" w:styleId="u3"><w:name w:val="heading 3"/><w:basedOn w:val="u1"/></w:style>
<w:style w:type="paragraph" w:styleId="Tiu"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="Chuthich"><w:name w:val="caption"/></w:style>
<w:style w:type="paragraph" w:styleId="DieuLuat"><w:name w:val="Dieu"/><w:pPr><w:numPr><w:ilvl w:val="0"/>
<w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:type="character" w:styleId="Manh"><w:name w:val="Strong"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="table" w:styleId="Luoi"><w:name w:val="Table Grid"/><w:tblPr><w:tblBorders>
<w:top w:val="single"/></w:tblBorders></w:tblPr></w:style>
"""


def level(place: int, kind: str, pattern: str) -> str:
    """One level of a list."""
    return (
        f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{pattern}"/></w:lvl>'
    )


# 1: clauses of a law; 2: bullets; 3: a plain list in figures; 4: the same list as 3, started anew.
NUMBERING = (
    '<w:abstractNum w:abstractNumId="11">'
    + level(0, "decimal", "Điều %1.")
    + level(1, "decimal", "%2.")
    + level(2, "lowerLetter", "%3)")
    + '</w:abstractNum><w:abstractNum w:abstractNumId="12">'
    + "".join(level(place, "bullet", "·") for place in range(4))
    + '</w:abstractNum><w:abstractNum w:abstractNumId="13">'
    + level(0, "decimal", "%1.")
    + level(1, "decimal", "%2.")
    + "</w:abstractNum>"
    + "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="{abstract}"/></w:num>'
        for number, abstract in ((1, 11), (2, 12), (3, 13))
    )
    + '<w:num w:numId="4"><w:abstractNumId w:val="13"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>'
    "</w:lvlOverride></w:num>"
)


def p(text: str = "", *, style: str = "", number: tuple[int, int] | None = None, inner: str = "") -> str:
    """A paragraph of a text or of whatever runs are given, in a style, at a (list, depth)."""
    properties = (f'<w:pStyle w:val="{style}"/>' if style else "") + (
        f'<w:numPr><w:ilvl w:val="{number[1]}"/><w:numId w:val="{number[0]}"/></w:numPr>' if number else ""
    )
    return f"<w:p><w:pPr>{properties}</w:pPr>{r(text) if text else ''}{inner}</w:p>"


def r(text: str, properties: str = "") -> str:
    """A run of letters."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def table(*rows: list[str], style: str = "Luoi") -> str:
    """A table of texts; a cell that is markup already is taken as it is."""
    made = "".join(
        "<w:tr>" + "".join(cell if cell.startswith("<w:tc") else f"<w:tc>{p(cell)}</w:tc>" for cell in row) + "</w:tr>"
        for row in rows
    )
    named = f'<w:tblStyle w:val="{style}"/>' if style else ""
    return f"<w:tbl><w:tblPr>{named}</w:tblPr>{made}</w:tbl>"


def picture(relation: str, description: str = "", *, decorative: bool = False) -> str:
    """A paragraph with one picture."""
    mark = '<a:extLst><a:ext uri="{C183D7F6}"><adec:decorative val="1"/></a:ext></a:extLst>' if decorative else ""
    return (
        f'<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="Picture 1" descr="{description}">{mark}</wp:docPr>'
        f'<a:graphic><a:graphicData><pic:pic><pic:blipFill><a:blip r:embed="{relation}"/></pic:blipFill></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )


def word(
    body: str,
    *,
    parts: dict[str, str | bytes] | None = None,
    relations: str = "",
    styles: str = STYLES,
    types: str = "",
) -> bytes:
    """A .docx file with a body, further parts, and relations of the main part."""
    usual = "".join(
        f'<Relationship Id="u{kind}" Type="{RELATION}/{kind}" Target="{kind}.xml"/>' for kind in ("styles", "numbering")
    )
    entries = {
        "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="png" ContentType="image/png"/><Default Extension="emf" ContentType="image/'
        'x-emf"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
        f'ContentType="{OFFICE_TYPE}.document.main+xml"/>{types}</Types>',
        "_rels/.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships"><Relationship Id="r1" Type="{RELATION}/officeDocument" Target="word/document.xml"/>'
        "</Relationships>",
        "word/document.xml": f'<?xml version="1.0"?><w:document {NAMESPACES}><w:body>{body}<w:sectPr/></w:body>'
        "</w:document>",
        "word/_rels/document.xml.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/'
        f'package/2006/relationships">{usual}{relations}</Relationships>',
        "word/styles.xml": f'<?xml version="1.0"?><w:styles xmlns:w="{MAIN_NAMESPACE}">{styles}</w:styles>',
        "word/numbering.xml": f'<?xml version="1.0"?><w:numbering xmlns:w="{MAIN_NAMESPACE}">{NUMBERING}</w:numbering>',
        **(parts or {}),
    }
    return packed({name: data.encode() if isinstance(data, str) else data for name, data in entries.items()})


def relation(name: str, kind: str, target: str, mode: str = "") -> str:
    """One relation of the main part."""
    outside = f' TargetMode="{mode}"' if mode else ""
    return f'<Relationship Id="{name}" Type="{RELATION}/{kind}" Target="{target}"{outside}/>'


def footnotes(*texts: str) -> dict[str, str]:
    """The part with the foot notes 2, 3, … and the two that draw the line."""
    notes = "".join(f'<w:footnote w:id="{place}">{p(text)}</w:footnote>' for place, text in enumerate(texts, 2))
    return {
        "word/footnotes.xml": f'<?xml version="1.0"?><w:footnotes {NAMESPACES}><w:footnote w:type="separator" w:id="0">'
        f"<w:p><w:r><w:separator/></w:r></w:p></w:footnote>{notes}</w:footnotes>"
    }


def footnote_mark(number: int) -> str:
    """The mark of a foot note in the text."""
    return f'<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="{number}"/></w:r>'


# --- The ten --------------------------------------------------------------------------------------------------


def with_tables() -> bytes:
    """A table with a name, joined cells and a link; a letterhead laid out as a table; a table inside of a cell."""
    joined = f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{p("Kinh phí")}</w:tc>'
    down = f'<w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>{p("Phường")}</w:tc>'
    below = f"<w:tc><w:tcPr><w:vMerge/></w:tcPr>{p()}</w:tc>"
    linked = f'<w:tc><w:p><w:hyperlink r:id="lk">{r("Cổng Chính phủ")}</w:hyperlink></w:p></w:tc>'
    head = (["UBND PHƯỜNG MẪU", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"], ["Số: 01/BC-UBND", "Long Xuyên, ngày 01/6/2026"])
    return word(
        table(*head, style="")
        + p("Báo cáo thu chi", style="Tiu")
        + p("Số liệu như sau.")
        + p("Bảng 1. Thu, chi quý I")
        + table([down, joined], [below, "Thu", "Chi"], ["Mỹ Long", "10", "8"])
        + p("Nguồn và nơi xem thêm:")
        + table(["Nơi", "Địa chỉ"], ["Trung ương", linked]),
        relations=relation("lk", "hyperlink", "https://chinhphu.vn/", "External"),
    )


def with_nested_lists() -> bytes:
    """Bullets three deep, and a plain list in figures with bullets in it; then one that goes on after a paragraph."""
    return word(
        p("Hồ sơ gồm:")
        + p("Giấy tờ tùy thân", number=(2, 0))
        + p("Bản chính", number=(2, 1))
        + p("Còn hạn", number=(2, 2))
        + p("Đơn", number=(2, 0))
        + p("Các bước:")
        + p("Nộp hồ sơ", number=(3, 0))
        + p("Tại một cửa", number=(2, 1))
        + p("Nhận kết quả", number=(3, 0))
        + p("Trường hợp khác thì làm tiếp:")
        + p("Bổ sung giấy tờ", number=(3, 0))
    )


def with_pictures() -> bytes:
    """Three pictures: described and captioned, decorative, and without a description; and one of a kind not taken."""
    return word(
        p("Hội nghị diễn ra sáng nay.")
        + picture("rId1", "Đại biểu dự hội nghị")
        + p("Hình 1. Toàn cảnh hội nghị", style="Chuthich")
        + picture("rId2", decorative=True)
        + picture("rId3", "Một nhóm người. Description automatically generated")
        + picture("rId4", "Sơ đồ cũ"),
        parts={
            "word/media/image1.png": png(40, 30),
            "word/media/image2.png": png(20, 10),
            "word/media/image3.png": png(30, 30),
            "word/media/image4.emf": b"\x01\0\0\0" + b"\0" * 80,
        },
        relations="".join(
            relation(f"rId{number}", "image", f"media/image{number}.{'emf' if number == 4 else 'png'}")
            for number in range(1, 5)
        ),
    )


def with_legal_numbering() -> bytes:
    """A decision whose chapters are headings and whose "Điều 1.", "1.", "a)" Word counts by itself."""
    return word(
        p("Quyết định về quản lý chợ", style="Tiu")
        + p("Chương I. QUY ĐỊNH CHUNG", style="u1")
        + p("Phạm vi điều chỉnh", style="DieuLuat")
        + p("Quy định này áp dụng với chợ.", number=(1, 1))
        + p("Không áp dụng với:", number=(1, 1))
        + p("Siêu thị;", number=(1, 2))
        + p("Trung tâm thương mại.", number=(1, 2))
        + p("Chương II. TỔ CHỨC THỰC HIỆN", style="u1")
        + p("Hiệu lực", style="DieuLuat")
        + p("Quyết định này có hiệu lực từ ngày ký.", number=(1, 1))
    )


def with_footnotes() -> bytes:
    """Two foot notes."""
    return word(
        p(inner=r("Theo số liệu điều tra") + footnote_mark(2) + r(" và báo cáo") + footnote_mark(3) + r(".")),
        parts=footnotes("Điều tra tháng 4 năm 2026.", "Báo cáo của Phòng Kinh tế."),
        relations=relation("fn", "footnotes", "footnotes.xml"),
    )


def with_tracked_changes() -> bytes:
    """A deletion, an insertion, hidden text, a comment, a text box, a chart, an equation, a field, head and foot."""
    ins, gone = 'w:id="1" w:author="Cán bộ mẫu 01" w:date="2026-06-01T00:00:00Z"', "tám mươi"
    box = (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor><wp:docPr id="3" name="Hộp"/>'
        "<a:graphic><a:graphicData><wps:wsp><wps:txbx><w:txbxContent>"
        + p("Chữ trong hộp")
        + "</w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice>"
        "<mc:Fallback><w:pict><v:shape><v:textbox><w:txbxContent>"
        + p("Chữ trong hộp")
        + "</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    chart = (
        '<w:p><w:r><w:drawing><wp:inline><wp:docPr id="4" name="Biểu đồ 1"/><a:graphic><a:graphicData>'
        '<c:chart r:id="rc"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>'
    )
    date = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> DATE \\@ "dd/MM/yyyy" </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{r("02/6/2026")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    return word(
        p(
            inner=r("Mức hỗ trợ là ")
            + f"<w:del {ins}><w:r><w:delText>{gone}</w:delText></w:r></w:del>"
            + f"<w:ins {ins}>{r('một trăm')}</w:ins>"
            + r(" nghìn đồng.")
            + '<w:commentRangeStart w:id="1"/>'
            + '<w:r><w:commentReference w:id="1"/></w:r>'
        )
        + p(inner=r("Ghi chú nội bộ, không đăng.", "<w:vanish/>"))
        + p("Đoạn có hộp chữ.", inner=box)
        + chart
        + p(inner=r("Diện tích ") + "<m:oMath><m:r><m:t>S=ab</m:t></m:r></m:oMath>")
        + p(inner=r("In ngày ") + date)
        + p(inner=r("Gạch bỏ", "<w:strike/>") + r(" và ", "") + r("chữ hoa", "<w:caps/><w:b/>")),
        parts={
            "word/comments.xml": f'<?xml version="1.0"?><w:comments {NAMESPACES}><w:comment w:id="1" w:author="x">'
            f"{p('Xem lại mức này')}</w:comment></w:comments>",
            "word/header1.xml": f'<?xml version="1.0"?><w:hdr {NAMESPACES}>{p("TÀI LIỆU HỌP")}</w:hdr>',
        },
        relations=relation("cm", "comments", "comments.xml"),
    )


def in_tcvn3() -> bytes:
    """Text of the time before Unicode: .VnTime with capitals in .VnTimeH, and one line that is Unicode already."""
    font, capitals = ('<w:rFonts w:ascii=".VnTime"/>', '<w:rFonts w:ascii=".VnTimeH"/>')
    return word(
        p(inner=r("Thñ tôc hµnh chÝnh", capitals))
        + p(inner=r("UBND ph­êng th«ng b¸o lÞch tiÕp c«ng d©n th¸ng nµy.", font))
        + p(inner=r("Thông báo", '<w:rFonts w:ascii="Times New Roman"/>'))
    )


def with_millions_of_paragraphs(count: int = 3_000_000) -> bytes:
    """So many empty paragraphs in a few kilobytes."""
    return word("<w:p/>" * count)


def with_outside_picture() -> bytes:
    """A picture that is fetched from another machine when the file is opened."""
    return word(picture("rIdX"), relations=relation("rIdX", "image", "http://example.invalid/a.png", "External"))


def with_macro() -> bytes:
    """A file with a macro under the name of one without."""
    return word(
        p("Nội dung"),
        parts={"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"},
        types='<Override PartName="/word/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>',
    )


def with_password() -> bytes:
    """What Word makes of a file with a password: another kind of container altogether."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 2000
