"""The OpenAPI document of the API for dossiers: what `dossier_api.py` takes and answers; tests hold both together."""

from vietnam.dossier_codes import LONGEST

from ..models import Channel, DossierStatus
from .updates import (
    AT,
    CHANNEL,
    DAY_PATTERN,
    DOSSIER,
    KEY,
    KEY_PATTERN,
    LAST_SEQUENCE,
    MOMENT_PATTERN,
    PROCEDURE,
    PROMISED,
    REAPPOINTED,
    SEQUENCE,
    STATUS,
)

UPDATES = "updates"
MOST_UPDATES = 100
PROBLEM = "application/problem+json"
CODE_PATTERN = r"^([0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}|[A-Z][0-9]{2}(\.[0-9]{2,3}){0,4})-[0-9]{6}-[0-9]{4,}$"


def description() -> dict:
    """Return the OpenAPI 3.1 document of the API by which dossiers come in."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Nạp tình trạng hồ sơ vào Cổng thông tin điện tử thành phố Long Xuyên",
            "version": "1.0.0",
            "description": (
                "Hệ thống một cửa gửi mã hồ sơ, trạng thái và thời điểm; cổng chỉ nhận các trường dưới đây, không nhận "
                "dữ liệu nào về người nộp hồ sơ. Trạng thái của hồ sơ là kết quả của mọi lần cập nhật xếp theo `at`, "
                "`sequence`, `key`, không tùy thứ tự gửi. Lô nào không chắc đã đến thì gửi lại nguyên vẹn: mỗi `key` "
                "của một hồ sơ chỉ tính một lần. Một lô được nhận hết hoặc không nhận gì."
            ),
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": {
            "/api/ho-so/v1/cap-nhat/": {"post": _push()},
            "/api/ho-so/v1/ho-so/{code}/": {"get": _dossier()},
            "/api/ho-so/v1/openapi.json": {
                "get": {
                    "operationId": "description",
                    "summary": "Tài liệu này",
                    "security": [],
                    "responses": {
                        "200": {
                            "description": "OpenAPI",
                            "content": {"application/json": {"schema": {"type": "object"}}},
                        },
                        "429": _problem("Hỏi quá nhanh"),
                    },
                }
            },
        },
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Khóa của đơn vị, do quản trị kỹ thuật cấp.",
                }
            },
            "schemas": _schemas(),
        },
    }


def _push() -> dict:
    return {
        "operationId": "pushUpdates",
        "summary": f"Gửi từ 1 đến {MOST_UPDATES} lần cập nhật",
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Batch"}}},
        },
        "responses": {
            "200": _answer("Results", "Đã nhận cả lô; mỗi lần cập nhật có kết quả riêng, theo thứ tự đã gửi"),
            "400": _problem("Không đọc được nội dung gửi lên"),
            **_of_every_call(),
            "409": _problem("Mã hồ sơ của đơn vị khác, hoặc khóa đã dùng cho lần cập nhật khác; không nhận gì", True),
            "413": _problem("Nội dung quá lớn; hãy chia lô nhỏ hơn"),
            "415": _problem("Content-Type không phải application/json"),
            "422": _problem("Dữ liệu không hợp lệ, `errors` nêu từng trường; không nhận gì", True),
        },
    }


def _dossier() -> dict:
    return {
        "operationId": "getDossier",
        "summary": "Hồ sơ của đơn vị mình như cổng đang hiển thị, và các lần cập nhật không tính",
        "parameters": [
            {
                "name": "code",
                "in": "path",
                "required": True,
                "description": "Mã hồ sơ.",
                "schema": {"type": "string", "pattern": CODE_PATTERN, "maxLength": LONGEST},
            },
            {
                "name": "If-None-Match",
                "in": "header",
                "required": False,
                "description": "ETag của lần hỏi trước.",
                "schema": {"type": "string", "maxLength": 100},
            },
        ],
        "responses": {
            "200": _answer("Dossier", "Tình trạng của hồ sơ"),
            "304": {"description": "Không đổi so với bản có ETag đã gửi"},
            "400": _problem("Địa chỉ không hợp lệ"),
            **_of_every_call(),
            "404": _problem("Đơn vị không có hồ sơ này"),
        },
    }


def _of_every_call() -> dict:
    return {
        "401": _problem("Thiếu khóa, hoặc khóa không dùng được"),
        "429": {
            **_problem("Gửi quá nhanh"),
            "headers": {"Retry-After": {"description": "Số giây phải chờ", "schema": {"type": "integer"}}},
        },
        "503": _problem("Cổng tạm thời không ghi được; hãy gửi lại nguyên lô"),
    }


def _answer(schema: str, words: str) -> dict:
    return {
        "description": words,
        "headers": {"ETag": {"description": "Dấu của nội dung", "schema": {"type": "string"}}},
        "content": {"application/json": {"schema": _ref(schema)}},
    }


def _problem(words: str, with_errors: bool = False) -> dict:
    schema = _ref("ProblemWithErrors" if with_errors else "Problem")
    return {"description": words, "content": {PROBLEM: {"schema": schema}}}


# --- Schemas -----------------------------------------------------------------------------------------

TEXT = {"type": "string"}
FLAG = {"type": "boolean"}
DAY_OR_NONE = {"type": ["string", "null"], "format": "date"}
MOMENT_OR_NONE = {"type": ["string", "null"], "format": "date-time"}


def _object(optional: dict | None = None, **properties) -> dict:
    """A schema of exactly these properties; the optional ones may be left out."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": {**properties, **(optional or {})},
    }


def _ref(name: str) -> dict:
    return {"$ref": f"#/components/schemas/{name}"}


def _schemas() -> dict:
    code = {"type": "string", "pattern": CODE_PATTERN, "maxLength": LONGEST, "description": "Mã hồ sơ."}
    key = {
        "type": "string",
        "pattern": f"^{KEY_PATTERN}$",
        "description": "Tên riêng của lần cập nhật trong hồ sơ; gửi lại cùng khóa thì chỉ tính một lần.",
    }
    at = {
        "type": "string",
        "format": "date-time",
        "pattern": f"^{MOMENT_PATTERN}$",
        "description": "Thời điểm hồ sơ vào trạng thái này, có múi giờ.",
    }
    sequence = {
        "type": "integer",
        "minimum": 0,
        "maximum": LAST_SEQUENCE,
        "default": 0,
        "description": "Thứ tự giữa các lần cập nhật cùng thời điểm.",
    }
    day = {"type": "string", "format": "date", "pattern": f"^{DAY_PATTERN}$"}
    states = "; ".join(f"{value} {label}" for value, label in DossierStatus.choices)
    status = {"type": "integer", "minimum": 1, "maximum": 10, "description": f"Trạng thái: {states}."}
    step = _object(
        {
            SEQUENCE: sequence,
            PROCEDURE: {"type": "string", "pattern": r"^[0-9]\.[0-9]{6}$", "description": "Mã thủ tục, dạng 1.001193."},
            CHANNEL: {"type": "string", "enum": Channel.values, "description": "Kênh nộp hồ sơ."},
            PROMISED: {**day, "description": "Ngày hẹn trả ghi trên giấy tiếp nhận."},
        },
        **{KEY: key, DOSSIER: code, AT: at, STATUS: status},
    )
    letter = _object(
        {SEQUENCE: sequence},
        **{KEY: key, DOSSIER: code, AT: at, REAPPOINTED: {**day, "description": "Ngày hẹn lại, chỉ một lần."}},
    )
    result = {
        "code": code,
        "key": key,
        "result": {"type": "string", "enum": ["applied", "set_aside"]},
        "is_repeated": FLAG,
        "reason": TEXT,
        "status": {"type": ["integer", "null"]},
    }
    aside = {"key": key, "status": {"type": ["integer", "null"]}, "at": MOMENT_OR_NONE, "reason": TEXT}
    problem = {"type": TEXT, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT}
    error = _object(index={"type": "integer"}, field=TEXT, detail=TEXT)
    return {
        "Batch": _object(
            **{
                UPDATES: {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": MOST_UPDATES,
                    "items": {"anyOf": [_ref("Step"), _ref("Letter")]},
                }
            }
        ),
        "Step": {**step, "description": "Hồ sơ vào một trạng thái."},
        "Letter": {**letter, "description": "Thư xin lỗi và hẹn lại của hồ sơ quá hạn (NĐ 61/2018/NĐ-CP)."},
        "Results": _object(results={"type": "array", "items": _object(**result)}),
        "Dossier": _object(
            code=code,
            status={"type": ["integer", "null"]},
            status_name=TEXT,
            status_since=MOMENT_OR_NONE,
            procedure=TEXT,
            channel={"type": "string", "enum": Channel.values},
            received_at=MOMENT_OR_NONE,
            promised_on=DAY_OR_NONE,
            due_on=DAY_OR_NONE,
            standing=TEXT,
            days_left={"type": ["integer", "null"], "description": "Ngày làm việc; âm là quá hạn."},
            is_late=FLAG,
            stopped_since=MOMENT_OR_NONE,
            reappointed_on=DAY_OR_NONE,
            apologised_at=MOMENT_OR_NONE,
            ended_at=MOMENT_OR_NONE,
            returned_at=MOMENT_OR_NONE,
            set_aside={"type": "array", "items": _object(**aside)},
        ),
        "Problem": _object(**problem),
        "ProblemWithErrors": _object({"errors": {"type": "array", "items": error}}, **problem),
    }
