"""The OpenAPI document of the read API: what `api.py` answers, as a schema; a test holds the two together."""

from ..life.effect import RELATIONS, StatusCode
from ..models.document import LegalDocument
from ..models.issuing import Family
from .as_of import DAY

PROBLEM = "application/problem+json"
ANYTHING = {"type": "object"}
NOT_BLANK = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"[^\s\u0000-\u001f\u007f]"}


def description() -> dict:
    """Return the OpenAPI 3.1 document of the register's API."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sổ văn bản của Cổng thông tin điện tử thành phố Long Xuyên",
            "version": "1.0.0",
            "description": (
                "Văn bản được đăng trên cổng, tình trạng hiệu lực vào một ngày và lý do, quan hệ giữa các văn bản. "
                "Chỉ đọc, không cần đăng ký. Dữ liệu chỉ để tra cứu: văn bản đã ký mới có giá trị pháp lý; trường "
                "`evidence` và `is_verified` cho biết mức đối chiếu. Ai hỏi quá nhanh nhận 429 với số giây phải chờ."
            ),
        },
        "servers": [{"url": "/"}],
        "paths": {
            "/api/v1/van-ban/": {"get": _list()},
            "/api/v1/van-ban/{slug}/": {"get": _one()},
            "/api/v1/openapi.json": {
                "get": {
                    "operationId": "description",
                    "summary": "Tài liệu này",
                    "responses": {
                        "200": {"description": "OpenAPI", "content": {"application/json": {"schema": ANYTHING}}}
                    },
                }
            },
        },
        "components": {"schemas": _schemas()},
    }


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
                {"type": "string", "enum": [code.value.replace("_", "-") for code in StatusCode]},
            ),
            _query("linh-vuc", "Lĩnh vực, lấy ở mục `filters`.", slug),
            _query(
                "sap-xep",
                "Thứ tự; `phu-hop` và `hieu-luc` tùy có tìm theo từ (`q`) hay không.",
                {"type": "string", "enum": ["hieu-luc", "moi-nhat", "so", "phu-hop"]},
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
            {
                "name": "slug",
                "in": "path",
                "required": True,
                "description": "Tên trong địa chỉ của văn bản, ví dụ `nghi-dinh-43-2011-chinh-phu`.",
                "schema": {"type": "string", "pattern": "^[-a-zA-Z0-9_]{1,220}$"},
            },
            _day(),
        ],
        "responses": _responses("Document", "Văn bản"),
    }


def _query(name: str, words: str, schema: dict) -> dict:
    return {"name": name, "in": "query", "required": False, "description": words, "schema": schema}


def _day() -> dict:
    words = "Ngày cần biết tình trạng, ví dụ `2021-01-01`; mặc định hôm nay."
    return _query(DAY, words, {"type": "string", "format": "date"})


def _responses(schema: str, words: str) -> dict:
    problem = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        "200": {
            "description": words,
            "headers": {"ETag": {"description": "Gửi lại trong If-None-Match.", "schema": {"type": "string"}}},
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
        },
        "304": {"description": "Không đổi so với bản có ETag đã gửi"},
        "400": {"description": "Tham số không đúng; `detail` nói cách sửa", "content": problem},
        "404": {"description": "Không có", "content": problem},
        "429": {
            "description": "Hỏi quá nhanh",
            "headers": {"Retry-After": {"description": "Số giây phải chờ", "schema": {"type": "integer"}}},
            "content": problem,
        },
    }


# --- Schemas -----------------------------------------------------------------------------------------

TEXT = {"type": "string"}
FLAG = {"type": "boolean"}
COUNT = {"type": "integer", "minimum": 0}
DATE = {"type": "string", "format": "date"}
DATE_OR_NONE = {"type": ["string", "null"], "format": "date"}
MOMENT_OR_NONE = {"type": ["string", "null"], "format": "date-time"}
ADDRESS = {"type": "string", "format": "uri"}
ADDRESS_OR_NONE = {"type": ["string", "null"], "format": "uri"}


def _object(**properties) -> dict:
    """A schema of exactly these properties, all of them always there."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


def _list_of(schema: dict) -> dict:
    return {"type": "array", "items": schema}


def _ref(name: str) -> dict:
    return {"$ref": f"#/components/schemas/{name}"}


def _or_none(name: str) -> dict:
    return {"anyOf": [_ref(name), {"type": "null"}]}


def _schemas() -> dict:
    badge = {"code": {"type": "string", "enum": StatusCode.values}, "label": TEXT, "applies": FLAG}
    summary = {
        "id": COUNT,
        "slug": TEXT,
        "name": TEXT,
        "symbol": TEXT,
        "symbol_as_printed": TEXT,
        "number": TEXT,
        "year": {"type": ["integer", "null"]},
        "type": _object(slug=TEXT, name=TEXT, abbr=TEXT),
        "family": {"type": "string", "enum": Family.values},
        "subject": TEXT,
        "issuers": _list_of(_object(slug=TEXT, name=TEXT)),
        "field": TEXT,
        "issued_on": DATE_OR_NONE,
        "effective_from": DATE_OR_NONE,
        "effective_to": DATE_OR_NONE,
        "status": _ref("Status"),
        "evidence": {"type": "string", "enum": LegalDocument.Evidence.values},
        "is_illustrative": FLAG,
        "language": TEXT,
        "published_at": MOMENT_OR_NONE,
        "updated_at": MOMENT_OR_NONE,
        "url": ADDRESS,
        "short_url": ADDRESS,
        "data_url": ADDRESS,
    }
    return {
        "Problem": _object(type=TEXT, title=TEXT, status={"type": "integer"}, detail=TEXT),
        "Badge": _object(**badge),
        "Status": _object(**badge, reason=TEXT, caution=TEXT, since=DATE_OR_NONE, by=_or_none("Link")),
        "Link": _object(id=COUNT, name=TEXT, short_url=ADDRESS, data_url=TEXT),
        "Summary": _object(**summary),
        "Filter": _object(name=TEXT, label=TEXT, values=_list_of(_object(value=TEXT, label=TEXT, count=COUNT))),
        "DocumentList": _object(
            date=DATE,
            site=_object(slug=TEXT, name=TEXT),
            total=COUNT,
            is_cut=FLAG,
            page=COUNT,
            pages=COUNT,
            next=ADDRESS_OR_NONE,
            previous=ADDRESS_OR_NONE,
            documents=_list_of(_ref("Summary")),
            filters=_list_of(_ref("Filter")),
        ),
        "Relation": _object(
            code={"type": "integer", "enum": sorted(RELATIONS)},
            label=TEXT,
            acts=FLAG,
            name=TEXT,
            document=_or_none("Link"),
            status=_or_none("Badge"),
            scope=_list_of(TEXT),
            effective_on=DATE_OR_NONE,
            until=DATE_OR_NONE,
            stated_in=TEXT,
            is_verified=FLAG,
        ),
        "Provision": _object(
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
        "File": _object(label=TEXT, is_signed=FLAG, url=ADDRESS, size_bytes={"type": ["integer", "null"]}, sha256=TEXT),
        "Document": _object(
            **summary,
            date=DATE,
            place=TEXT,
            signer_name=TEXT,
            signer_title=TEXT,
            signing_capacity=TEXT,
            sector=TEXT,
            scope=TEXT,
            territory=TEXT,
            lapses_latest_on=DATE_OR_NONE,
            lapses_latest_by=TEXT,
            gazette_number=TEXT,
            gazette_on=DATE_OR_NONE,
            recipients=TEXT,
            status_note=TEXT,
            source_url=TEXT,
            citation=TEXT,
            lapsed_bases=_list_of(_ref("Link")),
            timeline=_list_of(_object(date=DATE, status=_ref("Status"))),
            relations=_list_of(_ref("Relation")),
            relations_left_out=COUNT,
            files=_list_of(_ref("File")),
            provisions=_list_of(_ref("Provision")),
        ),
    }
