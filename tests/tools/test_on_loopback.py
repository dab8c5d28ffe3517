"""What runs under `on_loopback.py` reaches this machine and nothing else, whatever it tries."""

import http.server
import subprocess
import sys
import threading
from pathlib import Path

import on_loopback
import pytest

TOOL = Path(on_loopback.__file__)
TRIES = {
    "a name elsewhere": "socket.create_connection(('portal.invalid', 80), 2)",
    "an address elsewhere": "socket.create_connection(('192.0.2.1', 80), 2)",
    "an address elsewhere in version 6": "socket.create_connection(('2001:db8::1', 80), 2)",
    "a look whether it is open": "socket.socket().connect_ex(('192.0.2.1', 80))",
    "a packet": "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
    "a look-up through asyncio": "asyncio.run(asyncio.open_connection('portal.invalid', 80))",
    "another program": "subprocess.run(['true'], check=True)",
}


def run(tmp_path, code: str, ports: str = "443=8620") -> subprocess.CompletedProcess:
    program = tmp_path / "program.py"
    program.write_text(f"import asyncio, socket, subprocess, sys, urllib.request\n{code}\n")
    return subprocess.run(
        [sys.executable, str(TOOL), ports, str(program)],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


class TestOnLoopback:
    @pytest.mark.parametrize("code", TRIES.values(), ids=TRIES)
    def test_what_leaves_the_machine_is_refused_and_named(self, tmp_path, code):
        done = run(tmp_path, code)

        assert done.returncode == 1
        assert done.stderr.startswith(on_loopback.MARK)
        assert "ConnectionRefusedError" in done.stderr.splitlines()[-1]

    @pytest.mark.parametrize(
        "code",
        [
            "print(urllib.request.urlopen('http://phuong.localhost/', timeout=5).status)",
            "asyncio.run(asyncio.open_connection('127.0.0.1', 80)); print(200)",
            "print(200 + socket.socket().connect_ex(('127.0.0.1', 80)))",
        ],
        ids=["by name", "by address, in asyncio", "to see whether it is open"],
    )
    def test_names_of_this_machine_and_their_ports_lead_to_where_they_shall(self, tmp_path, code):
        server = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
        threading.Thread(target=server.serve_forever, daemon=True).start()

        done = run(tmp_path, code, f"443=1,80={server.server_address[1]}")

        server.shutdown()
        server.server_close()
        assert (done.stdout, done.stderr.count(on_loopback.MARK)) == ("200\n", 0)
