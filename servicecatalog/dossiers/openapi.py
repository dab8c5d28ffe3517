"""The OpenAPI document of the API for dossiers: what `api.py` takes and answers; tests hold both together."""

from base.public.openapi import (
    DAY_OR_NONE,
    FLAG,
    INTEGER,
    INTEGER_OR_NONE,
    JSON,
    MOMENT_OR_NONE,
    NOT_MODIFIED,
    PROBLEM_MEMBERS,
    TEXT,
    answer,
    document,
    list_of,
    object_of,
    one_of,
    own_description,
    parameter,
    problem,
    ref,
    too_fast,
)
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
CODE_PATTERN = r"^([0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}|[A-Z][0-9]{2}(\.[0-9]{2,3}){0,4})-[0-9]{6}-[0-9]{4,}$"
ETAG = "Dấu của nội dung"
TAKEN = "Mã hồ sơ của đơn vị khác, hoặc khóa đã dùng cho lần cập nhật khác; không nhận gì"
# The schema of a problem that names each field.
ERRORS = "ProblemWithErrors"
TITLE = "Nạp tình trạng hồ sơ vào Cổng thông tin điện tử thành phố Long Xuyên"
WORDS = (
    "Hệ thống một cửa gửi mã hồ sơ, trạng thái và thời điểm; cổng chỉ nhận các trường dưới đây, không nhận "
    "dữ liệu nào về người nộp hồ sơ. Trạng thái của hồ sơ là kết quả của mọi lần cập nhật xếp theo `at`, "
    "`sequence`, `key`, không tùy thứ tự gửi. Lô nào không chắc đã đến thì gửi lại nguyên vẹn: mỗi `key` "
    "của một hồ sơ chỉ tính một lần. Một lô được nhận hết hoặc không nhận gì."
)
TOKEN = {"type": "http", "scheme": "bearer", "description": "Khóa của đơn vị, do quản trị kỹ thuật cấp."}


def description() -> dict:
    """Return the OpenAPI 3.1 document of the API by which dossiers come in."""
    paths = {
        "/api/ho-so/v1/cap-nhat/": {"post": _push()},
        "/api/ho-so/v1/ho-so/{code}/": {"get": _dossier()},
        "/api/ho-so/v1/openapi.json": own_description({"429": problem("Hỏi quá nhanh")}, security=[]),
    }
    return document(TITLE, WORDS, paths=paths, schemas=_schemas(), security={"token": TOKEN})


def _push() -> dict:
    return {
        "operationId": "pushUpdates",
        "summary": f"Gửi từ 1 đến {MOST_UPDATES} lần cập nhật",
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": ref("Batch")}},
        },
        "responses": {
            "200": answer("Results", "Đã nhận cả lô; mỗi lần cập nhật có kết quả riêng, theo thứ tự đã gửi", etag=ETAG),
            "400": problem("Không đọc được nội dung gửi lên"),
            **_of_every_call(),
            "409": problem(TAKEN, ERRORS),
            "413": problem("Nội dung quá lớn; hãy chia lô nhỏ hơn"),
            "415": problem("Content-Type không phải application/json"),
            "422": problem("Dữ liệu không hợp lệ, `errors` nêu từng trường; không nhận gì", ERRORS),
        },
    }


def _dossier() -> dict:
    return {
        "operationId": "getDossier",
        "summary": "Hồ sơ của đơn vị mình như cổng đang hiển thị, và các lần cập nhật không tính",
        "parameters": [
            parameter(
                "code",
                "path",
                "Mã hồ sơ.",
                {"type": "string", "pattern": CODE_PATTERN, "maxLength": LONGEST},
                is_required=True,
            ),
            parameter("If-None-Match", "header", "ETag của lần hỏi trước.", {"type": "string", "maxLength": 100}),
        ],
        "responses": {
            "200": answer("Dossier", "Tình trạng của hồ sơ", etag=ETAG),
            "304": NOT_MODIFIED,
            "400": problem("Địa chỉ không hợp lệ"),
            **_of_every_call(),
            "404": problem("Đơn vị không có hồ sơ này"),
        },
    }


def _of_every_call() -> dict:
    return {
        "401": problem("Thiếu khóa, hoặc khóa không dùng được"),
        "429": too_fast("Gửi quá nhanh"),
        "503": problem("Cổng tạm thời không ghi được; hãy gửi lại nguyên lô"),
    }


# --- Schemas -----------------------------------------------------------------------------------------


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
    step = object_of(
        {
            SEQUENCE: sequence,
            PROCEDURE: {"type": "string", "pattern": r"^[0-9]\.[0-9]{6}$", "description": "Mã thủ tục, dạng 1.001193."},
            CHANNEL: {**one_of(Channel.values), "description": "Kênh nộp hồ sơ."},
            PROMISED: {**day, "description": "Ngày hẹn trả ghi trên giấy tiếp nhận."},
        },
        **{KEY: key, DOSSIER: code, AT: at, STATUS: status},
    )
    letter = object_of(
        {SEQUENCE: sequence},
        **{KEY: key, DOSSIER: code, AT: at, REAPPOINTED: {**day, "description": "Ngày hẹn lại, chỉ một lần."}},
    )
    result = {
        "code": code,
        "key": key,
        "result": one_of(["applied", "set_aside"]),
        "is_repeated": FLAG,
        "reason": TEXT,
        "status": INTEGER_OR_NONE,
    }
    aside = {"key": key, "status": INTEGER_OR_NONE, "at": MOMENT_OR_NONE, "reason": TEXT}
    error = object_of(index=INTEGER, field=TEXT, detail=TEXT)
    return {
        "Batch": object_of(
            **{
                UPDATES: {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": MOST_UPDATES,
                    "items": {"anyOf": [ref("Step"), ref("Letter")]},
                }
            }
        ),
        "Step": {**step, "description": "Hồ sơ vào một trạng thái."},
        "Letter": {**letter, "description": "Thư xin lỗi và hẹn lại của hồ sơ quá hạn (NĐ 61/2018/NĐ-CP)."},
        "Results": object_of(results=list_of(object_of(**result))),
        "Dossier": object_of(
            code=code,
            status=INTEGER_OR_NONE,
            status_name=TEXT,
            status_since=MOMENT_OR_NONE,
            procedure=TEXT,
            channel=one_of(Channel.values),
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
            set_aside=list_of(object_of(**aside)),
        ),
        "Problem": object_of(**PROBLEM_MEMBERS),
        ERRORS: object_of({"errors": list_of(error)}, **PROBLEM_MEMBERS),
    }
