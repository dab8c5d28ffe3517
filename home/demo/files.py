"""Files for the demo, made here: text documents (.docx) and tables (.csv) that say they are illustrative."""

import io
import zipfile
from xml.sax.saxutils import escape

from django.core.files.base import ContentFile

from base.models import PortalFile
from base.tables.csv import csv_file

NOTE = "Dữ liệu minh họa: tệp này do bản trình diễn của cổng tạo ra, không phải văn bản chính thức."

TITLES = {
    "ke-hoach-su-dung-dat.docx": "Kế hoạch sử dụng đất (bản minh họa)",
    "bao-cao-tong-hop.docx": "Báo cáo tổng hợp kết quả đề tài (bản minh họa)",
    "bao-cao-ung-dung.docx": "Báo cáo kết quả ứng dụng (bản minh họa)",
    "du-thao-via-he.docx": "Dự thảo quy định quản lý, sử dụng vỉa hè (bản minh họa)",
    "thuyet-minh-via-he.docx": "Thuyết minh dự thảo quy định vỉa hè (bản minh họa)",
    "du-thao-gia-giu-xe.docx": "Dự thảo giá dịch vụ giữ xe (bản minh họa)",
    "thuyet-minh-gia-giu-xe.docx": "Thuyết minh dự thảo giá giữ xe (bản minh họa)",
    "phuong-an-pho-di-bo.docx": "Phương án phố đi bộ cuối tuần (bản minh họa)",
    "thuyet-minh-pho-di-bo.docx": "Thuyết minh phương án phố đi bộ (bản minh họa)",
    "ke-hoach-son-vach.docx": "Kế hoạch sơn vạch kẻ đường (bản minh họa)",
    "bang-gia-giu-xe.docx": "Bảng giá giữ xe niêm yết (bản minh họa)",
    "so-lieu-quy.csv": "Số liệu quý III (bản minh họa, CSV)",
    "so-lieu-dan-so.csv": "Số liệu dân số, lao động (bản minh họa, CSV)",
    "van-ban-ky.docx": "Bản ký số (bản minh họa)",
    "to-khai-khai-sinh.docx": "Tờ khai đăng ký khai sinh (bản minh họa)",
    "to-khai-ket-hon.docx": "Tờ khai đăng ký kết hôn (bản minh họa)",
    "to-khai-khai-tu.docx": "Tờ khai đăng ký khai tử (bản minh họa)",
    "to-khai-ho-tich.docx": "Tờ khai việc hộ tịch (bản minh họa)",
    "de-nghi-ho-kinh-doanh.docx": "Giấy đề nghị đăng ký hộ kinh doanh (bản minh họa)",
}

_CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?><Relationships '
    'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)


def stored_file(name: str, *, collection, table: list[list[str]] | None = None) -> PortalFile:
    """Return the stored file of this name in a collection, made on first use; `table` fills a .csv."""
    title = TITLES[name]
    found = PortalFile.objects.filter(title=title, collection=collection).first()
    if found:
        return found
    data = (
        csv_file([*(table or [["Chỉ tiêu", "Giá trị"]]), [NOTE]])
        if name.endswith(".csv")
        else docx_bytes(title, [NOTE])
    )
    file = PortalFile(title=title, collection=collection)
    file.file.save(name, ContentFile(data), save=False)
    # Shown beside every file; Wagtail's forms fill it in.
    file.file_size = len(data)
    file.save()
    return file


def docx_bytes(title: str, paragraphs: list[str]) -> bytes:
    """Return a plain text document with a title and paragraphs."""
    body = "".join(
        f'<w:p><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>' for text in (title, *paragraphs)
    )
    document = (
        '<?xml version="1.0" encoding="UTF-8"?><w:document '
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body>{body}</w:body></w:document>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _CONTENT_TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr("word/document.xml", document)
    return out.getvalue()
