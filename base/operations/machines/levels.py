"""Levels of buckets that all web servers share: a row each in the database, changed by one statement.

What protects people and data must hold in sum, however many servers there are and whichever one the front asks:
`throttle.py` names such kinds (`OF_ALL`) and asks here only when its own memory would let a request through, so a flood
costs the database no more than one bucket holds. Rows are digests and go after a day. On SQLite, which serves one
machine, and while the database is away, each process counts by itself, as it does for all other kinds.
"""

from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.utils.crypto import salted_hmac

# Longer than any stamp counts.
RETENTION = timedelta(days=2)
_SALT = "base.shared_levels"
# The moment is the database's: the system clocks of the machines do not matter.
_TAKE = """
INSERT INTO base_ratelevel AS held (kind, digest, level, is_taken, at)
VALUES (%(kind)s, %(digest)s, %(burst)s - 1, TRUE, clock_timestamp())
ON CONFLICT (kind, digest) DO UPDATE SET (level, is_taken, at) = (
    SELECT found.level - CASE WHEN found.level >= %(floor)s THEN 1 ELSE 0 END, found.level >= %(floor)s, found.at
    FROM (
        SELECT
            LEAST(
                %(burst)s,
                held.level + GREATEST(0, EXTRACT(EPOCH FROM excluded.at - held.at))::float8 * %(per_second)s
            ) AS level,
            GREATEST(held.at, excluded.at) AS at
    ) AS found
)
RETURNING level, is_taken
"""
_GIVE_BACK = """
UPDATE base_ratelevel SET level = LEAST(%(burst)s, level + 1) WHERE kind = %(kind)s AND digest = %(digest)s
"""


def take(kind: str, key: str, *, burst: float, per_second: float, floor: float = 1) -> float:
    """Take one token of a bucket where there are at least `floor`; return how many there were before.

    `burst`, where nothing is counted together.
    """
    rows = _ask(_TAKE, kind, key, burst=float(burst), per_second=float(per_second), floor=float(floor))
    if not rows:
        return burst
    level, is_taken = rows[0]
    return level + 1 if is_taken else level


def give_back(kind: str, key: str, *, burst: float) -> None:
    """Put a token back that was taken for what turned out to cost nothing."""
    _ask(_GIVE_BACK, kind, key, burst=float(burst))


def purge(*, on: datetime) -> int:
    """Remove the levels that mean nothing any more; return how many rows went."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM base_ratelevel WHERE at < %s", [on - RETENTION])
        return cursor.rowcount


def _ask(statement: str, kind: str, key: str, **numbers: float) -> list[tuple]:
    if connection.vendor != "postgresql":
        return []
    digest = salted_hmac(_SALT, key, algorithm="sha256").hexdigest()
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, {"kind": kind, "digest": digest, **numbers})
            return cursor.fetchall() if cursor.description else []
    except DatabaseError:
        if connection.in_atomic_block:
            # Nothing more can be asked in this transaction.
            raise
        return []
