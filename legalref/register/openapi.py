"""The OpenAPI document of the read API: what `api.py` answers, as a schema; a test holds the two together."""

from base.public.openapi import (
    ADDRESS,
    ADDRESS_OR_NONE,
    COUNT,
    DAY,
    DAY_OR_NONE,
    FLAG,
    INTEGER_OR_NONE,
    MOMENT_OR_NONE,
    NOT_MODIFIED,
    PROBLEM_MEMBERS,
    TEXT,
    answer,
    document,
    list_of,
    object_of,
    one_of,
    or_none,
    own_description,
    parameter,
    problem,
    ref,
    too_fast,
)

from ..life.effect import RELATIONS, StatusCode
from ..models.document import LegalDocument
from ..models.issuing import Family
from .as_of import DAY as AS_OF

NOT_BLANK = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"[^\s\u0000-\u001f\u007f]"}
TITLE = "Sổ văn bản của Cổng thông tin điện tử thành phố Long Xuyên"
WORDS = (
    "Văn bản được đăng trên cổng, tình trạng hiệu lực vào một ngày và lý do, quan hệ giữa các văn bản. "
    "Chỉ đọc, không cần đăng ký. Dữ liệu chỉ để tra cứu: văn bản đã ký mới có giá trị pháp lý; trường "
    "`evidence` và `is_verified` cho biết mức đối chiếu. Ai hỏi quá nhanh nhận 429 với số giây phải chờ."
)


def description() -> dict:
    """Return the OpenAPI 3.1 document of the register's API."""
    paths = {
        "/api/v1/van-ban/": {"get": _list()},
        "/api/v1/van-ban/{slug}/": {"get": _one()},
        "/api/v1/openapi.json": own_description(),
    }
    return document(TITLE, WORDS, paths=paths, schemas=_schemas())


def _list() -> dict:
    slug = {"type": "string", "pattern": "^[a-z0-9-]{1,120}$"}
    return {
        "operationId": "listDocuments",
        "summary": "Một trang của sổ văn bản, 20 văn bản; vào một ngày khác chỉ gồm văn bản đã ban hành đến ngày đó",
        "parameters": [
            _query("q", "Số, ký hiệu hoặc từ trong văn bản, có dấu hay không.", NOT_BLANK),
            _query("loai", "Loại văn bản, lấy ở mục `filters`.", slug),
            _query("co-quan", "Cơ quan ban hành, lấy ở mục `filters`.", slug),
            _query("nam", "Năm ban hành.", {"type": "string", "pattern": "^[0-9]{4}$"}),
            _query(
                "tinh-trang",
                "Tình trạng hiệu lực, hôm nay hoặc vào ngày `ngay`.",
                one_of([code.value.replace("_", "-") for code in StatusCode]),
            ),
            _query("linh-vuc", "Lĩnh vực, lấy ở mục `filters`.", slug),
            _query("nguoi-ky", "Người ký, lấy ở mục `filters`.", slug),
            _query(
                "sap-xep",
                "Thứ tự; `phu-hop` và `hieu-luc` tùy có tìm theo từ (`q`) hay không.",
                one_of(["hieu-luc", "moi-nhat", "so", "phu-hop"]),
            ),
            _query("trang", "Trang của danh sách.", {"type": "integer", "minimum": 1, "maximum": 999999}),
            _query("don-vi", "Trang thành phần có sổ văn bản; mặc định là trang của tên miền.", slug),
            _day(),
        ],
        "responses": _responses("DocumentList", "Danh sách"),
    }


def _one() -> dict:
    return {
        "operationId": "getDocument",
        "summary": "Một văn bản với tình trạng, lý do, quan hệ, điều khoản",
        "parameters": [
            parameter(
                "slug",
                "path",
                "Tên trong địa chỉ của văn bản, ví dụ `nghi-dinh-43-2011-chinh-phu`.",
                {"type": "string", "pattern": "^[-a-zA-Z0-9_]{1,220}$"},
                is_required=True,
            ),
            _day(),
        ],
        "responses": _responses("Document", "Văn bản"),
    }


def _query(name: str, words: str, schema: dict) -> dict:
    return parameter(name, "query", words, schema)


def _day() -> dict:
    return _query(AS_OF, "Ngày cần biết tình trạng, ví dụ `2021-01-01`; mặc định hôm nay.", DAY)


def _responses(schema: str, words: str) -> dict:
    return {
        "200": answer(schema, words, etag="Gửi lại trong If-None-Match."),
        "304": NOT_MODIFIED,
        "400": problem("Tham số không đúng; `detail` nói cách sửa"),
        "404": problem("Không có"),
        "429": too_fast("Hỏi quá nhanh"),
    }


# --- Schemas -----------------------------------------------------------------------------------------


def _schemas() -> dict:
    badge = {"code": one_of(StatusCode.values), "label": TEXT, "applies": FLAG}
    summary = {
        "id": COUNT,
        "slug": TEXT,
        "name": TEXT,
        "symbol": TEXT,
        "symbol_as_printed": TEXT,
        "number": TEXT,
        "year": INTEGER_OR_NONE,
        "type": object_of(slug=TEXT, name=TEXT, abbr=TEXT),
        "family": one_of(Family.values),
        "subject": TEXT,
        "issuers": list_of(object_of(slug=TEXT, name=TEXT)),
        "field": TEXT,
        "issued_on": DAY_OR_NONE,
        "effective_from": DAY_OR_NONE,
        "effective_to": DAY_OR_NONE,
        "status": ref("Status"),
        "evidence": one_of(LegalDocument.Evidence.values),
        "is_illustrative": FLAG,
        "language": TEXT,
        "published_at": MOMENT_OR_NONE,
        "updated_at": MOMENT_OR_NONE,
        "url": ADDRESS,
        "short_url": ADDRESS,
        "data_url": ADDRESS,
    }
    return {
        "Problem": object_of(**PROBLEM_MEMBERS),
        "Badge": object_of(**badge),
        "Status": object_of(**badge, reason=TEXT, caution=TEXT, since=DAY_OR_NONE, by=or_none("Link")),
        "Link": object_of(id=COUNT, name=TEXT, short_url=ADDRESS, data_url=TEXT),
        "Summary": object_of(**summary),
        "Filter": object_of(name=TEXT, label=TEXT, values=list_of(object_of(value=TEXT, label=TEXT, count=COUNT))),
        "DocumentList": object_of(
            date=DAY,
            site=object_of(slug=TEXT, name=TEXT),
            total=COUNT,
            is_cut=FLAG,
            page=COUNT,
            pages=COUNT,
            next=ADDRESS_OR_NONE,
            previous=ADDRESS_OR_NONE,
            documents=list_of(ref("Summary")),
            filters=list_of(ref("Filter")),
        ),
        "Relation": object_of(
            code={"type": "integer", "enum": sorted(RELATIONS)},
            label=TEXT,
            acts=FLAG,
            name=TEXT,
            document=or_none("Link"),
            status=or_none("Badge"),
            scope=list_of(TEXT),
            effective_on=DAY_OR_NONE,
            until=DAY_OR_NONE,
            stated_in=TEXT,
            is_verified=FLAG,
        ),
        "Provision": object_of(
            kind=TEXT,
            part=TEXT,
            part_label=TEXT,
            number=TEXT,
            label=TEXT,
            heading=TEXT,
            text=TEXT,
            anchor=TEXT,
            url=ADDRESS,
        ),
        "File": object_of(label=TEXT, is_signed=FLAG, url=ADDRESS, size_bytes=INTEGER_OR_NONE, sha256=TEXT),
        "Document": object_of(
            **summary,
            date=DAY,
            place=TEXT,
            signer_name=TEXT,
            signer_title=TEXT,
            signing_capacity=TEXT,
            sector=TEXT,
            scope=TEXT,
            territory=TEXT,
            lapses_latest_on=DAY_OR_NONE,
            lapses_latest_by=TEXT,
            gazette_number=TEXT,
            gazette_on=DAY_OR_NONE,
            recipients=TEXT,
            status_note=TEXT,
            source_url=TEXT,
            citation=TEXT,
            lapsed_bases=list_of(ref("Link")),
            timeline=list_of(object_of(date=DAY, status=ref("Status"))),
            relations=list_of(ref("Relation")),
            relations_left_out=COUNT,
            files=list_of(ref("File")),
            provisions=list_of(ref("Provision")),
        ),
    }
