"""Canonical JSON, digests, and the content of a version that its seal covers.

The archive, the audit trail and its chain say by these functions what was sealed.
"""

import json
from hashlib import sha256

from django.core.serializers.json import DjangoJSONEncoder


def canonical(value) -> bytes:
    """Return the canonical JSON of a value: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(value) -> str:
    """Return the SHA-256 of a value's canonical JSON, in hexadecimal."""
    return sha256(canonical(value)).hexdigest()
