"""The OpenAPI document of the open data: what `api.py` and `files.py` answer; tests hold both together."""

from base.public import openapi as shared
from base.public.openapi import (
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

from . import sets
from .sets import SETS, Column, DataSet

TITLE = "Dữ liệu mở của Trang thông tin điện tử thành phố Long Xuyên"
WORDS = (
    "Những gì đang đăng, theo từng tập: trang, văn bản, dịch vụ công, câu hỏi đã trả lời, đơn vị, cảnh báo, mức độ "
    "đầy đủ và kịp thời của các trang, mục đã gỡ. Mỗi lần trả lời có tối đa 100 dòng, mục lâu chưa thay đổi đứng "
    "trước; `next` (và tiêu đề Link) là địa chỉ của phần tiếp theo, không có ở phần cuối. Để cập nhật bản đã lấy: hỏi "
    "lại với `doi-tu` sớm hơn lần trước 10 phút, rồi hỏi tập `da-go` và bỏ các mục ghi ở đó. Tình trạng hiệu lực "
    "của văn bản và việc một trang cung cấp dịch vụ là của từng ngày, đổi theo ngày mà không có lần sửa nào: tập "
    "`van-ban` và `dich-vu` phải lấy lại cả tập mỗi ngày. Được dùng lại với điều kiện ghi rõ nguồn."
)
ROOT = "/api/du-lieu-mo/v1/"
ETAG = "Dấu của nội dung"
NUMBER = {"type": "number"}
TYPES = {
    sets.TEXT: TEXT,
    sets.TEXTS: list_of(TEXT),
    sets.INTEGER: INTEGER,
    sets.NUMBER: NUMBER,
    sets.FLAG: FLAG,
    sets.DAY: shared.DAY,
    sets.MOMENT: {"type": "string", "format": "date-time"},
    sets.ADDRESS: shared.ADDRESS,
}
FASTER = "Hỏi quá nhanh"


def description() -> dict:
    """Return the OpenAPI 3.1 document of the open data."""
    paths = {
        ROOT: {
            "get": {
                "operationId": "listSets",
                "summary": "Các tập dữ liệu và từ điển của các cột",
                "responses": _responses("Sets"),
            }
        }
    }
    for found in SETS.values():
        paths[f"{ROOT}{found.key}/"] = {"get": _rows(found)}
        if found.has_ids:
            paths[f"{ROOT}{found.key}/{{id}}/"] = {"get": _one(found)}
        paths[f"{ROOT}tai-ve/{found.key}.csv"] = {"get": _file(found, "csv", "text/csv")}
        paths[f"{ROOT}tai-ve/{found.key}.json"] = {"get": _file(found, "json", shared.JSON)}
    paths[f"{ROOT}openapi.json"] = own_description({"429": too_fast(FASTER)})
    return document(TITLE, WORDS, paths=paths, schemas=_schemas())


def schema_of(found: DataSet) -> str:
    """Return the name of the schema of a row of a set: "van-ban" -> "VanBan"."""
    return "".join(part.capitalize() for part in found.key.split("-"))


def _rows(found: DataSet) -> dict:
    slug = {"type": "string", "pattern": "^[a-z0-9-]{1,80}$"}
    kinds = {"type": "string", "enum": list(found.kinds())} if found.kinds else slug
    parameters = [
        parameter("don-vi", "query", "Trang: thành phố, phường, xã; tên trong địa chỉ.", slug),
        parameter("loai", "query", f"{found.kind_words}.", kinds),
        parameter("sau", "query", "Vị trí của trang tiếp theo, như ở `next`.", {"type": "string", "maxLength": 120}),
    ]
    if found.knows_changes:
        words = "Chỉ những mục thay đổi từ ngày hoặc thời điểm này (2026-11-30, 2026-11-30T08:00:00+07:00)."
        parameters.append(parameter("doi-tu", "query", words, {"type": "string"}))
    return {
        "operationId": f"list{schema_of(found)}",
        "summary": found.title,
        "description": found.words,
        "parameters": parameters,
        "responses": _responses(f"{schema_of(found)}Rows"),
    }


def _one(found: DataSet) -> dict:
    number = parameter("id", "path", "Số của mục.", {"type": "integer", "minimum": 1}, is_required=True)
    return {
        "operationId": f"get{schema_of(found)}",
        "summary": f"{found.title}: một mục",
        "parameters": [number],
        "responses": {**_responses(schema_of(found)), "410": problem("Đã gỡ")},
    }


def _file(found: DataSet, ending: str, content_type: str) -> dict:
    schema = ref(f"{schema_of(found)}File") if ending == "json" else TEXT
    return {
        "operationId": f"{ending}{schema_of(found)}",
        "summary": f"{found.title}: cả tập, {ending.upper()}",
        "responses": {
            "200": {"description": "Cả tập dữ liệu", "content": {content_type: {"schema": schema}}},
            "429": too_fast(FASTER),
            "503": too_fast("Đang gửi nhiều tệp cùng lúc"),
        },
    }


def _responses(schema: str) -> dict:
    return {
        "200": answer(schema, "Dữ liệu", etag=ETAG),
        "304": NOT_MODIFIED,
        "400": problem("Tham số không hợp lệ"),
        "404": problem("Không có"),
        "429": too_fast(FASTER),
    }


def _schemas() -> dict:
    described = object_of(name=TEXT, type=shared.one_of(TYPES), is_optional=FLAG, description=TEXT)
    found = {
        "Sets": object_of(title=TEXT, licence=ref("Licence"), date=shared.DAY, sets=list_of(ref("Set"))),
        "Set": object_of(
            set=TEXT,
            title=TEXT,
            description=TEXT,
            rows_url=shared.ADDRESS,
            csv_url=shared.ADDRESS,
            json_url=shared.ADDRESS,
            columns=list_of(ref("Column")),
        ),
        "Column": described,
        "Licence": object_of(name=TEXT, url=shared.ADDRESS),
        "Problem": object_of(**PROBLEM_MEMBERS),
    }
    for one in SETS.values():
        name = schema_of(one)
        found[name] = object_of(**{column.name: _value(column) for column in one.columns})
        found[f"{name}Rows"] = object_of(
            set=TEXT, date=shared.DAY, rows=list_of(ref(name)), next=shared.ADDRESS_OR_NONE
        )
        found[f"{name}File"] = object_of(
            set=TEXT,
            title=TEXT,
            licence=ref("Licence"),
            publisher=TEXT,
            made_at={"type": "string", "format": "date-time"},
            columns=list_of(ref("Column")),
            rows=list_of(ref(name)),
        )
    return found


def _value(column: Column) -> dict:
    schema = {**TYPES[column.kind], "description": column.words}
    return {**schema, "type": [schema["type"], "null"]} if column.is_optional else schema
