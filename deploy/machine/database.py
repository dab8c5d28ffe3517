"""PostgreSQL with two roles: the owner makes and changes tables, the portal reads and writes rows.

Neither has a password: PostgreSQL takes an account of this machine for the role of its name (Debian's rule `peer` for
the socket). What the portal's role may do with each table is granted after every migration
(`base/operations/database_roles.py`).
"""

from . import places
from .actions import Machine, Run
from .steps import Step


def steps() -> tuple[Step, ...]:
    """Start the server, make the roles and the database."""
    create = f'CREATE DATABASE {places.DATABASE} OWNER "{places.OWNER}" TEMPLATE template0'
    return (
        Step(
            "Cơ sở dữ liệu PostgreSQL: hai vai trò",
            (
                Run(("systemctl", "enable", "--now", "postgresql")),
                *(
                    _sql(f'CREATE ROLE "{role}" LOGIN', f"SELECT 1 FROM pg_roles WHERE rolname = '{role}'")
                    for role in (places.OWNER, places.ACCOUNT)
                ),
                _sql(
                    f"{create} ENCODING 'UTF8' LOCALE 'C.UTF-8'",
                    f"SELECT 1 FROM pg_database WHERE datname = '{places.DATABASE}'",
                ),
                _sql(
                    f"REVOKE ALL ON DATABASE {places.DATABASE} FROM PUBLIC; "
                    f'GRANT CONNECT ON DATABASE {places.DATABASE} TO "{places.ACCOUNT}"',
                    f"SELECT 1 FROM pg_database WHERE datname = '{places.DATABASE}' AND NOT EXISTS "
                    "(SELECT 1 FROM aclexplode(datacl) WHERE grantee = 0) AND datacl IS NOT NULL",
                ),
            ),
        ),
    )


def _sql(statement: str, known_by: str) -> Run:
    """Run a statement as the administrator of the server, unless a query finds that it was run."""
    return Run(
        ("psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", "postgres"),
        account="postgres",
        text=statement,
        unless=lambda machine: _finds(machine, known_by),
    )


def _finds(machine: Machine, query: str) -> bool:
    return machine.answers("psql", "-At", "-d", "postgres", "-c", query, account="postgres").strip() == "1"
