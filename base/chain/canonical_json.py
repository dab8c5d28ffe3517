"""Canonical JSON, digests, and the content of a version that its seal covers.

The archive, the audit trail and their chains say by these functions what was sealed.
"""

import json
import re
from datetime import UTC, datetime
from hashlib import sha256

from django.core.serializers.json import DjangoJSONEncoder
from wagtail.fields import StreamField

# Fields that publishing itself, or work on the draft, changes; the seal of a version leaves them out.
NOT_SEALED = frozenset(
    {
        "pk",
        "id",
        "path",
        "depth",
        "numchild",
        "url_path",
        "live",
        "has_unpublished_changes",
        "first_published_at",
        "last_published_at",
        "live_revision",
        "latest_revision",
        "latest_revision_created_at",
        "locked",
        "locked_at",
        "locked_by",
        "expired",
        "draft_title",
        "owner",
        "wagtail_admin_comments",
        "page_ptr",
        "alias_of",
        "content_type",
        "locale",
        "translation_key",
        "status_code",
        "status_reason",
        "status_since",
    }
)

# Sealed with the version, and cleared when it becomes public: no comparison asks for it.
CLEARED_BY_PUBLICATION = frozenset({"go_live_at"})

# A moment in the first millisecond of a second: a version keeps it as "….000Z", and gives it back as "…Z".
WHOLE_SECOND = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.000(Z|[+-]\d\d:\d\d)")


def canonical(value) -> bytes:
    """Return the canonical JSON of a value: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(value) -> str:
    """Return the SHA-256 of a value's canonical JSON, in hexadecimal."""
    return sha256(canonical(value)).hexdigest()


def moment(at: datetime | None) -> str:
    """Return a moment as it is signed and sealed: UTC, to the microsecond; "" if it was made unreadable."""
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at is not None else ""


def sealed_content(obj, content: dict | None = None) -> dict:
    """Return what the seal of a version covers: the serialised object without what publishing changes."""
    data = content if content is not None else obj.serializable_data()
    data = json.loads(canonical(data))
    for field in obj._meta.concrete_fields:
        # A stream is serialised as text, and PostgreSQL gives the keys in it another order than they were typed.
        if isinstance(field, StreamField) and isinstance(data.get(field.name), str):
            data[field.name] = canonical(json.loads(data[field.name])).decode()
    data = _without(data, NOT_SEALED | getattr(obj, "not_sealed", frozenset()))
    for name, value in data.items():
        # Rows of a child relation come in the order the database gives them; a row's place is its `sort_order`.
        if isinstance(value, list) and all(isinstance(row, dict) for row in value):
            data[name] = sorted(value, key=canonical)
    return data


def in_one_form(content: dict) -> dict:
    """Return sealed content of any age with its moments in the form they have now."""
    return _without(content, frozenset())


def content_digest(obj, content: dict | None = None) -> str:
    """Return the SHA-256 of the sealed content of an object, or of one revision's content of it."""
    return digest(sealed_content(obj, content))


def _without(data, names):
    """Leave out some names at every depth, and write each moment in one form."""
    if isinstance(data, dict):
        return {key: _without(value, names) for key, value in data.items() if key not in names}
    if isinstance(data, list):
        return [_without(value, names) for value in data]
    if isinstance(data, str) and (moment := WHOLE_SECOND.fullmatch(data)):
        return "".join(moment.groups())
    return data
