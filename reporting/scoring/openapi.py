"""The OpenAPI document of the API of score sheets: what `api.py` answers; tests hold both together."""

from base.public.openapi import (
    ADDRESS,
    DAY,
    FLAG,
    INTEGER,
    NOT_MODIFIED,
    PROBLEM_MEMBERS,
    TEXT,
    answer,
    document,
    list_of,
    object_of,
    own_description,
    parameter,
    problem,
    ref,
    too_fast,
)

from ..models import ScoreLine

TITLE = "Điểm các trang thành phần của Cổng thông tin điện tử thành phố Long Xuyên"
WORDS = (
    "Các phiếu chấm điểm đã được Trưởng ban Biên tập ký, theo tháng: mức độ đầy đủ, kịp thời của từng chuyên mục bắt "
    "buộc (NĐ 224/2026/NĐ-CP, Điều 12). Phiếu đã ký không thay đổi; `digest` là mã băm SHA-256 của nội dung đã ký. "
    "Phiếu ký có sai sót được thay bằng một bản mới, ghi số bản, lý do và những gì đã sửa."
)
ETAG = "Dấu của nội dung"
NUMBER, NUMBER_OR_NONE = {"type": "number"}, {"type": ["number", "null"]}
TEXT_OR_NONE = {"type": ["string", "null"]}
STATES = ", ".join(f"{value} {label}" for value, label in ScoreLine.Shown.choices)


def description() -> dict:
    """Return the OpenAPI 3.1 document of the score sheets."""
    paths = {
        "/api/cham-diem/v1/thang/": {
            "get": _get("listMonths", "Các tháng đã có phiếu ký và điểm từng trang", "Months")
        },
        "/api/cham-diem/v1/thang/{month}/": {
            "get": {
                **_get("getMonth", "Các phiếu đã ký của một tháng, từng tiêu chí", "Month"),
                "parameters": [
                    parameter(
                        "month",
                        "path",
                        "Tháng, dạng 2026-11.",
                        {"type": "string", "pattern": r"^[0-9]{4}-(0[1-9]|1[0-2])$"},
                        is_required=True,
                    )
                ],
            }
        },
        "/api/cham-diem/v1/openapi.json": own_description({"429": too_fast("Hỏi quá nhanh")}),
    }
    return document(TITLE, WORDS, paths=paths, schemas=_schemas())


def _get(name: str, words: str, schema: str) -> dict:
    return {
        "operationId": name,
        "summary": words,
        "responses": {
            "200": answer(schema, words, etag=ETAG),
            "304": NOT_MODIFIED,
            "400": problem("Địa chỉ không hợp lệ"),
            "404": problem("Chưa có phiếu nào được ký"),
            "429": too_fast("Hỏi quá nhanh"),
        },
    }


def _schemas() -> dict:
    summary = {
        "site": {**TEXT, "description": "Tên trang trong địa chỉ."},
        "name": TEXT,
        "measured_on": DAY,
        "signed_at": {"type": "string", "format": "date-time"},
        "digest": TEXT,
        "version": {**INTEGER, "description": "Số bản; chỉ trả lời bản mới nhất đã ký."},
        "replaces": {**TEXT_OR_NONE, "description": "Mã băm của bản trước mà bản này thay."},
        "version_reason": {**TEXT_OR_NONE, "description": "Lý do lập bản mới."},
        "changes": list_of(ref("Change")),
        "is_illustrative": {**FLAG, "description": "Dữ liệu minh họa."},
        "max_points": NUMBER,
        "points": NUMBER,
        "self_assessed": NUMBER_OR_NONE,
        "percent": NUMBER_OR_NONE,
    }
    line = {
        "criterion": TEXT,
        "label": TEXT,
        "group": TEXT,
        "legal_source": TEXT,
        "max_points": NUMBER,
        "points": NUMBER,
        "measured": NUMBER_OR_NONE,
        "self_assessed": NUMBER_OR_NONE,
        "state": {"type": ["string", "null"], "description": f"Hiện trạng: {STATES}."},
        "found": TEXT,
        "evidence": list_of(ADDRESS),
        "note": TEXT,
    }
    return {
        "Months": object_of(months=list_of(object_of(month=TEXT, sheets=list_of(ref("Summary"))))),
        "Month": object_of(month=TEXT, sheets=list_of(ref("Sheet"))),
        "Summary": object_of(**summary),
        "Sheet": object_of(**summary, lines=list_of(ref("Line"))),
        "Line": object_of(**line),
        "Change": object_of(criterion=TEXT, label=TEXT, what=TEXT, before=TEXT, after=TEXT),
        "Problem": object_of(**PROBLEM_MEMBERS),
    }
