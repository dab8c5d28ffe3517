"""A PgBouncer of its own for one trial: transaction pooling before a PostgreSQL server of `tools/postgres.py`."""

import contextlib
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import children
import postgres

PORT = 6432
START_SECONDS = 20
# Fewer connections than the threads of one web process: what is left in a session would reach another one.
CONFIGURATION = """
[databases]
* = host={server}
[pgbouncer]
listen_addr =
listen_port = {port}
unix_socket_dir = {folder}
auth_type = trust
auth_file = {folder}/users.txt
pool_mode = transaction
default_pool_size = 3
max_client_conn = 300
logfile = {folder}/pgbouncer.log
pidfile = {folder}/pgbouncer.pid
"""


class NoPool(Exception):
    """PgBouncer is not installed, or did not start; the text says which and why."""


@contextlib.contextmanager
def running(server: Path) -> Iterator[Path]:
    """Start it before the server whose socket is in a folder; yield the folder of its own socket. Raises NoPool.

    It refuses to run as root, like the server.
    """
    program = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin")
    if program is None:
        raise NoPool("không tìm thấy pgbouncer: apt-get install pgbouncer")
    folder, account = Path(tempfile.mkdtemp(prefix="portal-pool-")), postgres.account_of_server()
    (folder / "users.txt").write_text('"portal" ""\n')
    (folder / "pgbouncer.ini").write_text(CONFIGURATION.format(server=server, folder=folder, port=PORT))
    if account:
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, account.pw_uid, account.pw_gid)
    process = children.start([program, "-q", str(folder / "pgbouncer.ini")], **postgres.run_as(account))
    try:
        _wait(folder)
        yield folder
    finally:
        children.end([process])
        shutil.rmtree(folder, ignore_errors=True)


def _wait(folder: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(folder / f".s.PGSQL.{PORT}"))
            return
        time.sleep(0.1)
    log = folder / "pgbouncer.log"
    raise NoPool(f"pgbouncer không khởi động được: {log.read_text()[-500:] if log.exists() else ''}")
