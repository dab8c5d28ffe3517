"""Write the configuration of nginx for one machine.

    python deploy/nginx/configure.py --host longxuyen.example --var /var/lib/portal \\
        --certificate /etc/ssl/portal/chain.pem --key /etc/ssl/portal/key.pem > /etc/nginx/conf.d/portal.conf

Fills `portal.conf`, which says what each part is for. Every subdomain of `--host` is answered too: the component sites
are subdomains, and a new one needs no change here (the certificate must name it, or all of them).
"""

import argparse
import ipaddress
import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))
from base.public.accepted_encodings import ENCODINGS  # noqa: E402
from base.public.query_parameters import CACHED_PARAMETERS  # noqa: E402

# How long the head of a request, and the greeting of TLS before it, may take altogether.
SLOW = """    client_header_timeout 10s;
    reset_timedout_connection on;"""
# How much more than a second's worth may come at once.
BURST_SECONDS = 4
# Requests a second of one network address, behind which thousands may stand.
RATE = 500
# More words than the portal reads of a query (base/public/page_cache/queries.py): the portal says itself what that
# means.
MOST_WORDS = 20


def main(arguments: list[str] | None = None) -> int:
    """Print the configuration."""
    sys.stdout.write(configuration(_parser().parse_args(arguments)))
    return 0


def configuration(chosen: argparse.Namespace) -> str:
    """Return the configuration as text; `chosen` as `_parser` reads it.

    Raises ValueError for a path or name that nginx would read as something else.
    """
    names = " ".join(f"{host} *.{host}" for host in chosen.host)
    suffix = "" if chosen.https_port == 443 else f":{chosen.https_port}"
    values = {
        "BEHIND": " ".join(chosen.behind),
        "NAMES": names,
        "VAR": str(chosen.var),
        "GONE": str(chosen.gone or chosen.var / "gone"),
        "SHARED": str(chosen.shared or chosen.var / "gone-shared"),
        "PAGES": str(chosen.pages),
        "CERTIFICATE": str(chosen.certificate),
        "KEY": str(chosen.key),
        "LOGS": str(chosen.logs),
        "ACME": str(chosen.acme),
        "RATE": str(chosen.rate),
        "BURST": str(BURST_SECONDS * chosen.rate),
        # Every eighth may be a form: the portal itself tells people from programs, and gives back what is typed.
        "FORMS": str(max(1, chosen.rate // 8)),
        "FORMS_BURST": str(BURST_SECONDS * max(1, chosen.rate // 8)),
        "HTTPS_SUFFIX": suffix,
    }
    for name, value in values.items():
        if not re.fullmatch(r"[\w./:*\- ]*", value):
            raise ValueError(f"{name}: {value!r}")
    values |= {
        "SERVERS": _servers(chosen.behind),
        "LISTEN_HTTP": _listen(chosen, chosen.http_port, ""),
        "LISTEN_HTTPS": _listen(chosen, chosen.https_port, " ssl"),
        "LISTEN_HTTP_DEFAULT": _listen(chosen, chosen.http_port, " default_server"),
        "LISTEN_HTTPS_DEFAULT": _listen(chosen, chosen.https_port, " ssl default_server"),
        "ADMIN_ACCESS": _admin_access(chosen.admin_networks),
        "FILES": _files(chosen),
        "SLOW": SLOW,
        "COPY_OF": copy_of_address(),
        "ENCODINGS": "\n".join(f'    "~*{expression}" "{encoding}";' for expression, encoding in ENCODINGS),
    }
    template = (HERE / "portal.conf").read_text(encoding="utf-8")
    return re.sub(r"@([A-Z_]+)@", lambda match: values[match.group(1)], template)


def copy_of_address() -> str:
    """Return the expression of the addresses that have a copy; it names their path `portal_plain_path`.

    A path in its plain spelling, and a query, if any, in which no word is one that a kept page reads, or may be one in
    another spelling (percent signs, plus signs).
    """
    part = r"[\w~-][\w.~-]*"
    word = rf"(?!(?:{'|'.join(sorted(CACHED_PARAMETERS))})(?:[=&]|$))[^&=%+]*(?:=[^&]*)?"
    query = rf"(?:{word}(?:&{word}){{0,{MOST_WORDS - 1}}})?"
    return rf"~^(?<portal_plain_path>/(?:{part}/)*(?:{part})?)(?:\?{query})?$"


def _servers(behind: list[str]) -> str:
    """Return the servers behind nginx; one alone is named twice (`portal.conf` says why)."""
    named = behind if len(behind) > 1 else behind * 2
    return "\n".join(f"    server {address} max_fails=0;" for address in named)


def _files(chosen) -> str:
    """Return the internal location that sends the files: over the folder, or by signed addresses of the store."""
    values = {"ACCEL": chosen.accel, "VAR": str(chosen.var)}
    if chosen.store:
        parts = urlsplit(chosen.store)
        values |= {"SCHEME": parts.scheme, "STORE": parts.netloc, "STORE_NAME": parts.hostname or ""}
        values["STORE_CERTIFICATES"] = str(chosen.store_certificates)
    for name, value in values.items():
        if not re.fullmatch(r"[\w./:\-]+", value):
            raise ValueError(f"{name}: {value!r}")
    template = (HERE / ("files-in-store.conf" if chosen.store else "files-in-folder.conf")).read_text(encoding="utf-8")
    return re.sub(r"@([A-Z_]+)@", lambda match: values[match.group(1)], template).rstrip("\n")


def _listen(chosen, port: int, how: str) -> str:
    return "\n".join(f"    listen {address}:{port}{how};" for address in chosen.address)


def _admin_access(networks: list[str]) -> str:
    """Only these networks reach the administration; without any, everybody reaches its sign-in."""
    if not networks:
        return "        # Open to every network; `--admin-networks` names those that may come in."
    allowed = [f"        allow {ipaddress.ip_network(network)};" for network in networks]
    return "\n".join([*allowed, "        deny all;"])


def _parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--host", nargs="+", required=True, help="PORTAL_HOST; its subdomains come along")
    options.add_argument("--var", type=Path, required=True, help="PORTAL_VAR; nginx must be able to read its media")
    options.add_argument("--gone", type=Path, help="PORTAL_GONE, if it is not the folder gone in PORTAL_VAR")
    options.add_argument(
        "--shared", type=Path, help="PORTAL_GONE_SHARED, if it is not the folder gone-shared in PORTAL_VAR"
    )
    options.add_argument("--certificate", type=Path, required=True)
    options.add_argument("--key", type=Path, required=True)
    options.add_argument(
        "--behind", nargs="+", default=["127.0.0.1:8000"], help="where the portal listens; several take turns"
    )
    options.add_argument("--address", nargs="+", default=["0.0.0.0", "[::]"], help="where nginx listens")
    options.add_argument("--http-port", type=int, default=80)
    options.add_argument("--https-port", type=int, default=443)
    options.add_argument("--logs", type=Path, default=Path("/var/log/nginx"))
    options.add_argument("--acme", type=Path, default=Path("/var/www/acme"), help="for renewing the certificate")
    options.add_argument("--accel", default="/tep-noi-bo/", help="PORTAL_ACCEL_PREFIX")
    options.add_argument("--store", default="", help="PORTAL_S3_ENDPOINT, if PORTAL_S3_BUCKET is set")
    options.add_argument(
        "--store-certificates",
        type=Path,
        default=Path("/etc/ssl/certs/ca-certificates.crt"),
        help="the authorities that the store's certificate is from",
    )
    options.add_argument(
        "--rate",
        type=int,
        default=RATE,
        help="requests a second of one network address",
    )
    options.add_argument("--pages", type=Path, default=HERE / "pages", help="what nginx has to say itself")
    options.add_argument("--admin-networks", nargs="+", default=[], help="networks that reach the administration")
    return options


if __name__ == "__main__":
    sys.exit(main())
