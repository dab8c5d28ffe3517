"""What a reader's `Accept-Encoding` lets the portal send: the one reading of it, for the page cache and for nginx.

The web server in front keeps its copies by the same expressions (`deploy/nginx/configure.py`), and passes on what they
say in the place of what the reader wrote, so that both always mean one variant. Needs no Django.
"""

import re

_WEIGHT = r"(?:;(?!\s*q\s*=\s*0(?:\.0*)?\s*(?:,|$))|,|$)"
# Named with a weight that is not 0 (RFC 9110, 12.5.3); small and capital letters are the same.
BROTLI_ACCEPTED = rf"(?:^|,)\s*br\s*{_WEIGHT}"
GZIP_ACCEPTED = rf"(?:^|,)\s*gzip\s*{_WEIGHT}"
# A star stands for every encoding that is not named; gzip is what every program can read.
STAR_ACCEPTED = rf"^(?!.*(?:^|,)\s*gzip\s*(?:[;,]|$)).*(?:^|,)\s*\*\s*{_WEIGHT}"
# The first that fits, and what it gives.
ENCODINGS = [(BROTLI_ACCEPTED, "br"), (GZIP_ACCEPTED, "gzip"), (STAR_ACCEPTED, "gzip")]

_COMPILED = [(re.compile(expression, re.IGNORECASE), encoding) for expression, encoding in ENCODINGS]


def encoding_for(header: str) -> str:
    """Return "br", "gzip" or "" (as it is) for the value of an `Accept-Encoding`.

    >>> encoding_for("GZIP, deflate"), encoding_for("br;q=0, *"), encoding_for("gzip;q=0, *")
    ('gzip', 'gzip', '')
    """
    return next((encoding for expression, encoding in _COMPILED if expression.search(header)), "")
