"""What the OpenAPI documents of the portal's APIs say alike: frame, answers, problems, kinds of values.

An API describes its own addresses and schemas and puts them into `document`; `api.py` answers as it is said here.
"""

from collections.abc import Iterable

JSON, PROBLEM = "application/json", "application/problem+json"
NOT_MODIFIED = {"description": "Không đổi so với bản có ETag đã gửi"}
TEXT = {"type": "string"}
FLAG = {"type": "boolean"}
INTEGER = {"type": "integer"}
INTEGER_OR_NONE = {"type": ["integer", "null"]}
COUNT = {"type": "integer", "minimum": 0}
DAY = {"type": "string", "format": "date"}
DAY_OR_NONE = {"type": ["string", "null"], "format": "date"}
MOMENT_OR_NONE = {"type": ["string", "null"], "format": "date-time"}
ADDRESS = {"type": "string", "format": "uri"}
ADDRESS_OR_NONE = {"type": ["string", "null"], "format": "uri"}
# Members of an error (`api.problem`, RFC 9457).
PROBLEM_MEMBERS = {"type": TEXT, "title": TEXT, "status": INTEGER, "detail": TEXT}


def document(title: str, words: str, *, paths: dict, schemas: dict, security: dict | None = None) -> dict:
    """Return an OpenAPI 3.1 document; `security`: {name: scheme} of which every address wants one, None for none."""
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1.0.0", "description": words},
        "servers": [{"url": "/"}],
        **({"security": [{name: []} for name in security]} if security else {}),
        "paths": paths,
        "components": {**({"securitySchemes": security} if security else {}), "schemas": schemas},
    }


def own_description(responses: dict | None = None, **more) -> dict:
    """Return the description of the address of the document itself; `more`: other members of its operation."""
    answered = {"description": "OpenAPI", "content": {JSON: {"schema": {"type": "object"}}}}
    operation = {"operationId": "description", "summary": "Tài liệu này", **more}
    return {"get": {**operation, "responses": {"200": answered, **(responses or {})}}}


# --- Parameters and answers --------------------------------------------------------------------------


def parameter(name: str, place: str, words: str, schema: dict, *, is_required: bool = False) -> dict:
    """Return a parameter; `place`: "query", "path" or "header"."""
    return {"name": name, "in": place, "required": is_required, "description": words, "schema": schema}


def answer(schema: str, words: str, *, etag: str) -> dict:
    """Return a successful answer with a schema of the document; `etag`: what is said of its ETag."""
    return {
        "description": words,
        "headers": {"ETag": {"description": etag, "schema": TEXT}},
        "content": {JSON: {"schema": ref(schema)}},
    }


def problem(words: str, schema: str = "Problem") -> dict:
    """Return an error, of the schema `Problem` unless another is named."""
    return {"description": words, "content": {PROBLEM: {"schema": ref(schema)}}}


def too_fast(words: str) -> dict:
    """Return the answer to those who ask too often."""
    seconds = {"description": "Số giây phải chờ", "schema": INTEGER}
    return {**problem(words), "headers": {"Retry-After": seconds}}


# --- Schemas -----------------------------------------------------------------------------------------


def object_of(optional: dict | None = None, **properties) -> dict:
    """Return a schema of exactly these properties, all of them always there but the optional ones."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": {**properties, **(optional or {})},
    }


def list_of(schema: dict) -> dict:
    """Return a schema of a list."""
    return {"type": "array", "items": schema}


def one_of(values: Iterable) -> dict:
    """Return a schema of one of several words."""
    return {"type": "string", "enum": list(values)}


def ref(name: str) -> dict:
    """Return a reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def or_none(name: str) -> dict:
    """Return a reference to a schema of the document, or null."""
    return {"anyOf": [ref(name), {"type": "null"}]}
