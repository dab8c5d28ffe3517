"""Run a Python program that may reach nothing but this machine.

    .venv-scan-site/bin/python tools/on_loopback.py 443=8620,80=8624 .venv-scan-site/bin/wapiti ARGUMENTS

1. `localhost` and all names under it lead to 127.0.0.1, as browsers have it; no hosts file has to name them. Their
   ports may lead to other ones, so that 443 needs no root.
2. Any other name, any connection or packet to another machine, and any further program is refused, whatever the
   program was told. Each refused place is written to standard error once, after `MARK`.

Standard library only: it runs in the environment of the program.
"""

import ipaddress
import os
import runpy
import socket
import sys

MARK = "refused off this machine: "
PORTS: dict[str, str] = {}
_known: set[str] = set()
_lookup, _connect, _connect_ex = socket.getaddrinfo, socket.socket.connect, socket.socket.connect_ex


def main(ports: str, program: str, arguments: list[str]) -> None:
    """Shut the door, then run `program` as a script; `ports` as in "443=8620,80=8624"."""
    PORTS.update(pair.split("=") for pair in ports.split(","))
    socket.getaddrinfo, socket.socket.connect, socket.socket.connect_ex = look_up, connect, connect_ex
    sys.addaudithook(watch)
    sys.argv = [program, *arguments]
    sys.path[0] = os.path.dirname(program)
    runpy.run_path(program, run_name="__main__")


def look_up(host, *arguments, **options):
    """Do what `socket.getaddrinfo` does, for names of this machine."""
    return _lookup("127.0.0.1" if is_local_name(host) else host, *arguments, **options)


def connect(self, address):
    """Do what `socket.socket.connect` does, at the port that stands for the one asked for."""
    return _connect(self, led(address))


def connect_ex(self, address):
    """Do what `socket.socket.connect_ex` does, likewise."""
    return _connect_ex(self, led(address))


def led(address):
    """Return the address that stands for `address`; that of a Unix socket is a string."""
    if isinstance(address, tuple) and str(address[1]) in PORTS:
        return (address[0], int(PORTS[str(address[1])]), *address[2:])
    return address


def watch(event: str, arguments: tuple) -> None:
    """Refuse what would leave the machine; Python calls this before the fact. Raises ConnectionRefusedError."""
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        if isinstance(address, tuple) and not is_here(address[0]):
            refuse(f"{address[0]}:{address[1]}")
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        if arguments[0] is not None and not is_here(arguments[0]):
            refuse(str(arguments[0]))
    elif event in ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "pty.spawn"):
        refuse(f"{event} {arguments[0]}")


def refuse(place: str) -> None:
    """Say once what was refused. Raises ConnectionRefusedError."""
    if place not in _known:
        _known.add(place)
        sys.stderr.write(f"{MARK}{place}\n")
    raise ConnectionRefusedError(f"{MARK}{place}")


def is_local_name(host) -> bool:
    """Tell whether a name is `localhost` or stands under it (RFC 6761, 6.3)."""
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")
    name = name.rstrip(".").lower()
    return name == "localhost" or name.endswith(".localhost")


def is_here(host) -> bool:
    """Tell whether an address is one of the loopback net, or a name of this machine."""
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return is_local_name(name)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
