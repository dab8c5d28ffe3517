"""Where everything of the portal lies on its machine, and which accounts it has.

The web server in front is of another account: it may pass through `VAR` and read the uploads and the journal of what
went, whose folders belong to its group; it reads no setting. The owner of the tables is an account without a password:
PostgreSQL asks the kernel who it is, and nothing of the portal runs as this account but `migrate`.
"""

from pathlib import Path

ACCOUNT, OWNER, FRONT = "portal", "portal-owner", "www-data"
DATABASE = "portal"

RELEASES = Path("/opt/portal/releases")
# The release that runs, and the one before it.
CURRENT, PREVIOUS = Path("/opt/portal/current"), Path("/opt/portal/previous")
SETTINGS = Path("/etc/portal/portal.env")
# What was answered and is no setting of the portal.
ANSWERS = Path("/etc/portal/install.env")
# Digest of the settings and units with which the portal was started last.
STARTED = Path("/etc/portal/started.sha256")
# Which work puts which release in the place of another one; gone once every server runs it.
UNDER_WAY = Path("/etc/portal/under-way")
TLS = Path("/etc/portal/tls")
ACME = Path("/var/www/acme")
VAR = Path("/var/lib/portal")
SEALS, KEYS = Path("/var/lib/portal-seals"), Path("/var/lib/portal-keys")
# Dumps made before a release changes the tables, where no backups are set up.
DUMPS = Path("/var/lib/portal-dumps")
UNITS = Path("/etc/systemd/system")
MANAGE = Path("/usr/local/bin/portal-manage")
NGINX = Path("/etc/nginx/conf.d/portal.conf")
CLAMD = Path("/etc/clamav/clamd.conf")
SCANNER_SOCKET = "/run/clamav/clamd.ctl"

# Two servers, so that one answers while the other is started anew.
PORTS = (8001, 8002)
ACCEL = "/tep-noi-bo/"


def database_url(role: str) -> str:
    """Return the DATABASE_URL of a role: over the socket, where PostgreSQL takes the account for the role."""
    return f"postgres://{role}@/{DATABASE}?host=/run/postgresql"
