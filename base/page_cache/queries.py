"""The one spelling of a query, under which a copy is kept."""

from urllib.parse import parse_qsl, urlencode

MAX_VALUE_LENGTH = 64
# Set by the links of social networks and campaigns; no page reads them, so they make no other page.
TRACKING_PARAMS = frozenset(
    "fbclid gclid zarsrc utm_source utm_medium utm_campaign utm_term utm_content utm_id".split()
)


def canonical_query(raw: str, params: frozenset) -> str | None:
    """Return the one spelling of a query that all its spellings share, or None when it must not be kept.

    Undeclared, repeated and overlong parameters are not kept; those of social networks are left out.
    >>> canonical_query("trang=2&fbclid=x&nam=2024", frozenset({"trang", "nam"}))
    'nam=2024&trang=2'
    """
    if not raw:
        return ""
    try:
        pairs = parse_qsl(raw, keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return None
    kept = {}
    for name, value in pairs:
        if name in params:
            if name in kept or len(value) > MAX_VALUE_LENGTH:
                return None
            kept[name] = value
        elif name not in TRACKING_PARAMS:
            return None
    return urlencode(sorted(kept.items()))
