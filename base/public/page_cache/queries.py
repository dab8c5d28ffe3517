"""The one spelling of a query, under which a copy is kept."""

from urllib.parse import parse_qsl, urlencode

MAX_VALUE_LENGTH = 64
# What links of social networks and campaigns bring: an API that names what it does not know says nothing of these.
TRACKING_PARAMS = frozenset(
    "fbclid gclid gidzl igsh mibextid ttclid zarsrc "
    "utm_source utm_medium utm_campaign utm_term utm_content utm_id".split()
)
# Among the parameters of a page: it answers others with an error, so a query with one is never kept.
NO_OTHERS = "!"
# No reader sends a longer one; it is not parsed here.
MAX_QUERY_LENGTH = 2048


def canonical_query(raw: str, params: frozenset) -> str | None:
    """Return the one spelling of a query that all its spellings share, or None when it must not be kept.

    A page does not read a parameter that it does not declare: such a one is left out (links of social networks and
    campaigns have them). Repeated and overlong parameters are not kept.
    >>> canonical_query("trang=2&fbclid=x&nam=2024", frozenset({"trang", "nam"}))
    'nam=2024&trang=2'
    """
    if not raw:
        return ""
    if len(raw) > MAX_QUERY_LENGTH:
        return None
    counted = {}
    for name, value in parse_qsl(raw, keep_blank_values=True):
        if name in params:
            if name in counted or len(value) > MAX_VALUE_LENGTH:
                return None
            counted[name] = value
        elif NO_OTHERS in params:
            return None
    return urlencode(sorted(counted.items()))
