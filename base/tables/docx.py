"""The same papers as `pdf.py` makes, as a Word file (ISO/IEC 29500) that the office goes on editing.

The smallest file that Word and LibreOffice take: a document, its styles, its properties. Headings are headings, so that
a reader who hears the file finds them; the head row of a table is marked as one and repeated on each page. No program,
no link, no picture; the same report gives the same bytes.
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC
from html import escape

from vietnam.text import nfc

from .paper import STATE, Report, Table

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# Twentieths of a point: A4, its margins, and what is left between them.
SHORT, LONG, MARGIN = 11906, 16838, 1134
# What a file names as the moment of its parts: the oldest that a ZIP knows.
NO_MOMENT = (1980, 1, 1, 0, 0, 0)

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = (
    _HEAD + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{CONTENT_TYPE}.main+xml"/>'
    '<Override PartName="/word/styles.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>'
    '<Override PartName="/docProps/core.xml" '
    'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_RELATIONS = (
    _HEAD + f'<Relationships xmlns="{_PACKAGE}">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}/metadata/core-properties" Target="docProps/core.xml"/></Relationships>'
)
_OF_DOCUMENT = (
    _HEAD + f'<Relationships xmlns="{_PACKAGE}">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
)
_FONT = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/>'
_LINES = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="808080"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_STYLES = (
    _HEAD + f'<w:styles xmlns:w="{_W}"><w:docDefaults><w:rPrDefault><w:rPr>{_FONT}<w:sz w:val="26"/>'
    '<w:lang w:val="vi-VN"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="120"/></w:pPr>'
    "</w:pPrDefault></w:docDefaults>"
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:pPr><w:jc w:val="center"/>'
    '<w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:sz w:val="28"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:pPr><w:keepNext/>'
    '<w:spacing w:before="240" w:after="120"/><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Cell"><w:name w:val="Table cell"/><w:pPr><w:spacing w:after="0"/></w:pPr>'
    '<w:rPr><w:sz w:val="22"/></w:rPr></w:style>'
    '<w:style w:type="table" w:styleId="Lines"><w:name w:val="Table Grid"/><w:tblPr>'
    f"<w:tblBorders>{_LINES}</w:tblBorders></w:tblPr></w:style></w:styles>"
)


def write(report: Report) -> bytes:
    """Return a report as a Word file of A4 pages."""
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS,
        "word/document.xml": _document(report),
        "word/_rels/document.xml.rels": _OF_DOCUMENT,
        "word/styles.xml": _STYLES,
        "docProps/core.xml": _properties(report),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, NO_MOMENT), text.encode(), zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _document(report: Report) -> str:
    width, height = (LONG, SHORT) if report.landscape else (SHORT, LONG)
    inner = width - 2 * MARGIN
    body = [*_heading(report, inner)]
    for table in report.tables:
        body += _part(table, inner)
    if report.signatures:
        body.append(_signatures(report.signatures, inner))
    turned = ' w:orient="landscape"' if report.landscape else ""
    margins = " ".join(f'w:{side}="{MARGIN}"' for side in ("top", "right", "bottom", "left"))
    section = (
        f'<w:sectPr><w:pgSz w:w="{width}" w:h="{height}"{turned}/>'
        f'<w:pgMar {margins} w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>'
    )
    return f'{_HEAD}<w:document xmlns:w="{_W}"><w:body>{"".join(body)}{section}</w:body></w:document>'


def _properties(report: Report) -> str:
    moment = f"{report.made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if report.made_at else ""
    created = f'<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created>' if moment else ""
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{_text(report.title)}</dc:title><dc:creator>{_text(report.issuer)}</dc:creator>"
        f"<dc:language>vi-VN</dc:language>{created}</cp:coreProperties>"
    )


def _heading(report: Report, inner: int) -> Iterator[str]:
    issuer = report.issuer.upper()
    if report.is_letter:
        left = _line(issuer, bold=True, centred=True) + _line(report.number, centred=True)
        right = "".join(_line(text, bold=True, centred=True) for text in STATE) + _line(report.dated, centred=True)
        yield _grid([[left, right]], [inner * 44 // 100, inner * 56 // 100], lines=False)
        yield _line("")
    else:
        yield _line(issuer, bold=True)
    yield _line(report.title, style="Title")
    for text in report.lines:
        yield _line(text, centred=True)


def _part(table: Table, inner: int) -> Iterator[str]:
    yield _line(table.caption, style="Heading1")
    for note in table.notes:
        yield _line(note)
    if table.columns and not table.rows:
        yield _line(table.empty)
    elif table.columns:
        widths = [int(inner * width / sum(table.widths)) for width in table.widths]
        headings = [_line(text, style="Cell", bold=True) for text in table.columns]
        rows = [[_line(text, style="Cell") for text in row] for row in table.rows]
        yield _grid([headings, *rows], widths, lines=True)
        yield _line("")


def _signatures(names: Sequence[str], inner: int) -> str:
    cells = [_line(name, bold=True, centred=True) + _line("(Ký, ghi rõ họ tên)", centred=True) for name in names]
    return _grid([cells], [inner // len(names)] * len(names), lines=False) + _line("")


def _grid(rows: Sequence[Sequence[str]], widths: Sequence[int], *, lines: bool) -> str:
    """Return a table of cells, each the XML of its paragraphs; with `lines` its first row is the head of each page."""
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    style = '<w:tblStyle w:val="Lines"/>' if lines else ""
    first = "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>" if lines else ""
    made = []
    for place, row in enumerate(rows):
        cells = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{cell}</w:tc>'
            for width, cell in zip(widths, row, strict=True)
        )
        made.append(f"<w:tr>{first if place == 0 else ''}{cells}</w:tr>")
    return (
        f'<w:tbl><w:tblPr>{style}<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>{''.join(made)}</w:tbl>"
    )


def _line(text: str, *, style: str = "", bold: bool = False, centred: bool = False) -> str:
    """Return a paragraph; a line break of the text stays one."""
    about = f'<w:pStyle w:val="{style}"/>' if style else ""
    about += '<w:jc w:val="center"/>' if centred else ""
    words = "<w:br/>".join(
        f'<w:t xml:space="preserve">{_text(line)}</w:t>' for line in str(text).replace("\r\n", "\n").split("\n")
    )
    strong = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f"<w:p>{f'<w:pPr>{about}</w:pPr>' if about else ''}<w:r>{strong}{words}</w:r></w:p>"


def _text(text) -> str:
    """Return text with composed letters, as XML has it; signs that XML does not know become a blank."""
    return escape("".join(char if char in "\t\n" or ord(char) >= 32 else " " for char in nfc(str(text))), quote=False)
