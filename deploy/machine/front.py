"""What stands before the portal: the certificate and nginx, whose configuration is that of `deploy/nginx/`."""

import argparse
from pathlib import Path

from deploy.nginx import configure

from . import places
from .actions import Action, Folder, Machine, Remove, Run, SetLines, Write
from .answers import ACME, OWN, Answers
from .steps import Step

RELOAD = Run(("systemctl", "reload-or-restart", "nginx"))
# Room for its limits (docs/operations.md); the main level of Debian's nginx.conf reads this folder.
ROOM = Path("/etc/nginx/modules-enabled/90-portal.conf")


def steps(answers: Answers, release: Path, machine: Machine) -> tuple[Step, ...]:
    """Certificate, nginx; with ACME first a certificate of one's own, because the authority asks nginx."""
    live = Path("/etc/letsencrypt/live") / answers["PORTAL_HOST"]
    wants = answers["INSTALL_TLS"] == ACME and not machine.place(live / "fullchain.pem").exists()
    first = dict(answers, INSTALL_TLS="") if wants else answers
    made = [
        Step("Chứng thư TLS", _certificate(first)),
        Step(
            "nginx",
            (configuration(first, release, places.PORTS),),
            then=(Run(("nginx", "-t")), Run(("systemctl", "enable", "--now", "nginx")), RELOAD),
        ),
    ]
    if wants:
        made.append(_acme(answers, release, live))
    return tuple(made)


def room() -> Step:
    """Return the step for nginx's folders and limits, which hang on no release."""
    return Step(
        "Thư mục và giới hạn của nginx",
        (
            Folder(places.VAR / "nginx-cache", 0o700, f"{places.FRONT}:{places.FRONT}"),
            Folder(places.ACME, 0o755),
            Remove(Path("/etc/nginx/sites-enabled/default")),
            Write(ROOM, "pcre_jit on;\nworker_rlimit_nofile 20000;\n"),
            SetLines(Path("/etc/nginx/nginx.conf"), (("worker_connections", "\tworker_connections 8192;"),)),
        ),
        then=(Run(("nginx", "-t")), RELOAD),
    )


def configuration(answers: Answers, release: Path, ports: tuple[int, ...]) -> Write:
    """Return nginx's configuration with the servers that get requests."""
    certificate, key = certificate_of(answers)
    chosen = argparse.Namespace(
        host=[answers["PORTAL_HOST"], *_other_hosts(answers)],
        var=places.VAR,
        gone=None,
        shared=None,
        certificate=certificate,
        key=key,
        behind=[f"127.0.0.1:{port}" for port in ports],
        address=["0.0.0.0", "[::]"],
        http_port=int(answers["INSTALL_HTTP_PORT"]),
        https_port=int(answers["INSTALL_HTTPS_PORT"]),
        logs=Path("/var/log/nginx"),
        acme=places.ACME,
        accel=places.ACCEL,
        store=answers.get("PORTAL_S3_ENDPOINT", "").rstrip("/") if answers.get("PORTAL_S3_BUCKET") else "",
        store_certificates=Path("/etc/ssl/certs/ca-certificates.crt"),
        rate=configure.RATE,
        admin_networks=[one for one in answers.get("INSTALL_ADMIN_NETWORKS", "").split(",") if one],
        pages=release / "deploy" / "nginx" / "pages",
    )
    return Write(places.NGINX, configure.configuration(chosen))


def certificate_of(answers: Answers) -> tuple[Path, Path]:
    """Return where the certificate and its key lie."""
    if answers["INSTALL_TLS"] == OWN:
        return Path(answers["INSTALL_CERTIFICATE"]), Path(answers["INSTALL_CERTIFICATE_KEY"])
    if answers["INSTALL_TLS"] == ACME:
        live = Path("/etc/letsencrypt/live") / answers["PORTAL_HOST"]
        return live / "fullchain.pem", live / "privkey.pem"
    return places.TLS / "self-signed.pem", places.TLS / "self-signed.key"


def _other_hosts(answers: Answers) -> list[str]:
    """Hosts of component sites that do not end in the city's."""
    suffix = answers["PORTAL_HOST_PATTERN"].partition("{label}.")[2]
    inside = suffix == answers["PORTAL_HOST"] or suffix.endswith("." + answers["PORTAL_HOST"])
    return [suffix] if suffix and not inside else []


def _certificate(answers: Answers) -> tuple[Action, ...]:
    certificate, key = certificate_of(answers)
    if answers["INSTALL_TLS"] in (OWN, ACME):
        # Who holds the key of another certificate sees it here, not at the first reader.
        return (Run(("openssl", "pkey", "-in", str(key), "-noout")), _names(certificate, answers["PORTAL_HOST"]))
    names = ",".join(f"DNS:{name}" for host in (answers["PORTAL_HOST"],) for name in (host, f"*.{host}"))
    make = (
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "90"),
        *("-subj", f"/CN={answers['PORTAL_HOST'][:64]}", "-addext", f"subjectAltName={names}"),
        *("-keyout", str(key), "-out", str(certificate)),
    )
    is_there = ("openssl", "x509", "-in", str(certificate), "-noout", "-checkend", "604800")
    return (
        Folder(places.TLS, 0o700),
        Run(make, unless=lambda machine: bool(machine.answers(*is_there))),
    )


def _names(certificate: Path, host: str) -> Run:
    """Fail unless the certificate holds for the host and for some days more."""
    certificate_holds = 'openssl x509 -in "$0" -noout -checkend 604800'
    names_host = 'openssl x509 -in "$0" -noout -checkhost "$1" | grep -q "does match"'
    return Run(("sh", "-c", f"{certificate_holds} && {names_host}", str(certificate), host))


def _acme(answers: Answers, release: Path, live: Path) -> Step:
    names = [answers["PORTAL_HOST"], *(one for one in answers.get("INSTALL_ACME_NAMES", "").split(",") if one)]
    command = (
        *("certbot", "certonly", "--non-interactive", "--agree-tos", "--email", answers["INSTALL_ACME_MAIL"]),
        *("--webroot", "--webroot-path", str(places.ACME), "--cert-name", answers["PORTAL_HOST"]),
        *("--deploy-hook", "systemctl reload nginx"),
        *(word for name in names for word in ("-d", name)),
    )
    return Step(
        "Xin chứng thư",
        (
            Run(command, unless=lambda machine: machine.place(live / "fullchain.pem").exists()),
            configuration(answers, release, places.PORTS),
        ),
        then=(Run(("nginx", "-t")), RELOAD),
    )
