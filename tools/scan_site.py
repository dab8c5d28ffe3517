"""Attack the running portal with wapiti: what `make scan-site` calls.

    python tools/scan_site.py [--crawl 90] [--attack 20] [--keep FOLDER]
    python tools/scan_site.py --serve       keep the portal on ports 443 and 80 for other scanners, until Ctrl-C

1. wapiti goes into an environment of its own, `.venv-scan-site` (requirements-scan-site.txt).
2. The portal of the abuse cases starts as in production (`tests/abuse/stage.py`): PostgreSQL, granian, nginx with TLS.
   Floods are let through, so that an attack meets the portal and not 429.
3. Four scans at once: a reader of the city, a reader of a ward on its own host, an editor in the administration, and
   the forms that an editor sends, which would not get their turn behind all addresses. Each looks for addresses and
   forms for `--crawl` seconds, then each module attacks them for `--attack` seconds.
4. Each finding, and each answer 5xx that nginx wrote down, is compared with `security/reviewed_site.txt`, where
   a person who looked at it says why it is right. A finding that is not listed there fails.

Nothing leaves the machine: wapiti runs under `on_loopback.py`, and what needs other hosts is left out.
"""

import argparse
import contextlib
import http.server
import importlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import fingerprint
from console import loud, say, step, stop
from on_loopback import MARK
from scan import Finding, read_reviewed

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv-scan-site"
REVIEWED = ROOT / "security" / "reviewed_site.txt"
# As the stage has them: the web server, the portal, the mail server, the address that waits for calls, plain HTTP.
PORTS = (8620, 8621, 8622, 8623, 8624)
# The stage puts plain HTTP two ports above its mail server.
MAIL_AT_80 = 78
# The portal's addresses have no port: where they lead.
LED = f"443={PORTS[0]},80={PORTS[4]}"
# Left out: what asks other hosts (ssrf, log4shell, nikto, wapp, htp, ssl, takeover) and what is for other software.
MODULES = (
    "cookieflags",
    "csp",
    "http_headers",
    "https_redirect",
    "csrf",
    "xss",
    "permanentxss",
    "sql",
    "timesql",
    "file",
    "exec",
    "redirect",
    "crlf",
    "upload",
    "xxe",
    "ldap",
    "backup",
    "htaccess",
    "methods",
    "shellshock",
)
# Those that matter for forms, told to leave addresses alone; what was stored is looked for at every address.
FORM_MODULES = ("csrf", "upload", "xss", "permanentxss", "sql", "file", "exec", "timesql")
ONLY_FORMS = tuple(f"-{module}:get" for module in ("xss", "sql", "file", "exec", "timesql"))
# Fields that make a form count at all: with another value every other attack on it would be refused.
SENT_AGAIN = ("csrfmiddlewaretoken", "portal_submission")
# What would end the session that scans, and the pages that are as others: of two more wards, and of most sections.
NEVER = (
    "logout/",
    "doi-mat-khau/",
    "account/",
    "xac-thuc/",
    "phien",
    "password_reset/",
    "login/",
    *(
        f"{place}/{digits}"
        for place in ("pages", "chuyen-trang", "go-bo/trang", "sap-xep")
        for digits in ("200", "300", *"456789")
    ),
)
EDITOR = "editor"
SCANS, FEWEST_PAGES = 4, 40
# An answer in nginx's log (`log_format` in deploy/nginx/portal.conf).
ANSWER = re.compile(r'"(?P<method>\S+) (?P<path>[^"]*)" (?P<status>\d{3}) ')


def main() -> int:
    """Scan, print what is new and the numbers; return the exit code."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--crawl", type=int, default=90, help="seconds in which a scan looks for addresses and forms")
    options.add_argument("--attack", type=int, default=20, help="seconds of a module of a scan")
    options.add_argument("--keep", type=Path, help="folder that takes wapiti's reports and the logs")
    options.add_argument("--serve", action="store_true", help="scan nothing; keep the portal up, as root")
    chosen = options.parse_args()
    if chosen.serve:
        return serve()
    began = time.monotonic()
    make_venv()
    with tempfile.TemporaryDirectory(prefix="portal-scan-site-") as temporary:
        folder = chosen.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        log = attack_the_portal(chosen, folder)
        reports = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))}
        refused = {
            line.removeprefix(MARK)
            for path in folder.glob("*.err")
            for line in path.read_text("utf-8").splitlines()
            if line.startswith(MARK)
        }
    return report(reports, log, refused, time.monotonic() - began)


def make_venv() -> None:
    """Make `.venv-scan-site` and install wapiti, when it is not there or another version was asked for."""
    wanted = fingerprint.of_contents([ROOT / "requirements-scan-site.txt"])
    stamp = VENV / "portal-scan-site.sha256"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    with step("Cài wapiti vào .venv-scan-site"):
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        command = [VENV / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        done = subprocess.run(
            [*command, "-r", ROOT / "requirements-scan-site.txt"], check=False, stdin=subprocess.DEVNULL
        )
        if done.returncode:
            stop("pip không cài được requirements-scan-site.txt (xem các dòng phía trên).")
    stamp.write_text(wanted)


@contextlib.contextmanager
def portal(ports: tuple[int, ...]):
    """Run the portal of the abuse cases around the block; yield its stage and the module of its people."""
    sys.path.insert(0, str(ROOT))
    stages = importlib.import_module("tests.abuse.stage")
    stages.RATE = 5000
    with stages.environment(ports) as stage:
        stage.environment["PORTAL_THROTTLE"] = "false"
        with step("Dựng cổng thông tin để quét"):
            stages.manage(stage, "migrate", "-v0")
            stages.manage(stage, "collectstatic", "--noinput", "-v0")
            importlib.import_module("django").setup(set_prefix=False)
            people = importlib.import_module("tests.abuse.people")
            people.prepare(stage)
        with stages.serving(stage):
            yield stage, people


def serve() -> int:
    """Keep the portal up on the usual ports, and say where its certificate lies."""
    with portal((443, PORTS[1], MAIL_AT_80)) as (stage, _people):
        say(f"https://localhost/ và https://{stage.wards['A'].host}/, chứng thư {stage.certificate}; Ctrl-C để dừng")
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
    return 0


def attack_the_portal(chosen, folder: Path) -> str:
    """Start the portal, run the scans, leave their reports in `folder`; return what nginx wrote down."""
    with portal(PORTS) as (stage, people), called() as endpoint:
        base, ward = "https://localhost", f"https://{stage.wards['A'].host}"
        editor = people.session(stage, EDITOR)
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in editor.http.cookies)
        in_admin = [
            *("-u", f"{base}/quan-tri/", "--scope", "folder", "-C", cookies),
            *(word for path in screens(editor) for word in ("-s", f"{base}{path}")),
            *(word for path in NEVER for word in ("-x", f"{base}/quan-tri/{path}*")),
        ]
        # Fewer modules have more time each, so that all scans end together.
        longer = chosen.attack * len(MODULES) // len(FORM_MODULES)
        all_of, of_forms = attacking(MODULES, chosen.attack), attacking(FORM_MODULES, longer, ONLY_FORMS)
        scans = {
            "thanh-pho": ["-u", f"{base}/", "--scope", "domain", *all_of],
            "phuong": ["-u", f"{ward}/", "--scope", "domain", *all_of],
            "quan-tri": [*in_admin, *all_of],
            "bieu-mau": [*in_admin, *of_forms],
        }
        written = stage.folder / "logs" / "portal.log"
        before = written.stat().st_size
        with step("Quét: bạn đọc của thành phố và của một phường, biên tập viên, các biểu mẫu của biên tập viên"):
            run_all(scans, chosen, folder, endpoint)
        if editor.get("/quan-tri/").status_code != 200:
            stop("Biên tập viên bị đăng xuất trong khi quét; kết quả không đáng tin.")
        if folder == chosen.keep:
            (folder / "server.log").write_text(stage.log, encoding="utf-8")
        return written.read_bytes()[before:].decode("utf-8", "replace")


def attacking(modules: tuple[str, ...], seconds: int, but: tuple[str, ...] = ()) -> list[str]:
    """Return wapiti's options for these modules, each for `seconds`; `but`: what they shall leave alone."""
    return ["-m", ",".join((*modules, *but)), "--max-attack-time", str(seconds)]


def screens(visitor) -> list[str]:
    """Return the addresses without numbers that a visitor may open: a script draws the menu, and wapiti runs none."""
    addresses = importlib.import_module("tests.abuse.addresses")
    paths = sorted(set(addresses.filled((pattern for pattern, _name in addresses.admin_patterns()), {})))
    opened = []
    for path in paths:
        if path.removeprefix("/quan-tri/").startswith(NEVER):
            continue
        answer = visitor.get(path)
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
            opened.append(path)
    return opened


def run_all(scans: dict[str, list[str]], chosen, folder: Path, endpoint: str) -> None:
    """Run the scans at once and wait for them; stops when one left no report."""
    most = chosen.crawl + chosen.attack * len(MODULES) + 120
    with contextlib.ExitStack() as ending:
        running = []
        for name, arguments in scans.items():
            (folder / f"{name}.json").unlink(missing_ok=True)
            store = folder / f"{name}-phien"
            shutil.rmtree(store, ignore_errors=True)
            out = ending.enter_context(open(folder / f"{name}.out", "w", encoding="utf-8"))
            err = ending.enter_context(open(folder / f"{name}.err", "w", encoding="utf-8"))
            command = [
                *(VENV / "bin" / "python", ROOT / "tools" / "on_loopback.py", LED, VENV / "bin" / "wapiti", *arguments),
                *("--external-endpoint", endpoint, "--internal-endpoint", endpoint),
                *("--dns-endpoint", "localhost", "--max-scan-time", chosen.crawl),
                *(word for name in SENT_AGAIN for word in ("--skip", name)),
                *("--max-links-per-page", 60, "--max-files-per-dir", 60, "--max-parameters", 60, "--tasks", 4),
                *("--store-session", store, "--store-config", folder / f"{name}-cau-hinh", "--flush-session"),
                *("--no-bugreport", "-t", 20, "-f", "json", "-o", folder / f"{name}.json"),
            ]
            running.append(
                subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=out, stderr=err)
            )
        until = time.monotonic() + most
        try:
            for process in running:
                process.wait(max(1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            stop(f"wapiti chưa xong sau {most} giây.")
        finally:
            for process in running:
                if process.poll() is None:
                    process.kill()
    for name in scans:
        if not (folder / f"{name}.json").exists():
            stop(f"wapiti không có kết quả cho {name}:\n{(folder / f'{name}.err').read_text('utf-8')[-2000:]}")


@contextlib.contextmanager
def called():
    """Run the server that an attack tries to make the portal call; yield its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", PORTS[3]), _Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{PORTS[3]}/"
    finally:
        server.shutdown()
        server.server_close()


def report(reports: dict[str, dict], log: str, refused: set[str], seconds: float) -> int:
    """Print what was found and how much was asked; return the exit code."""
    found = [one for scan in reports.values() for one in findings(scan)] + failures(log)
    reviewed = read_reviewed(REVIEWED.read_text(encoding="utf-8"))
    new = {one: times for one, times in Counter(found).items() if one not in reviewed}
    for one, times in new.items():
        say(f"PHẢI SỬA hoặc ghi lý do vào security/{REVIEWED.name} ({times} lần):\n{one}")
    for place in sorted(refused):
        say(f"không cho rời khỏi máy này: {place}")
    answers = Counter(match["status"] for match in ANSWER.finditer(log))
    crawled = {name: scan["infos"]["crawled_pages_nbr"] for name, scan in reports.items()}
    say(f"\nĐã đi: {crawled} trang; {answers.total()} yêu cầu, theo trạng thái: {dict(sorted(answers.items()))}")
    say(
        f"{len(set(found))} phát hiện, {len(set(found)) - len(new)} đã xem xét, {len(new)} phải sửa; {seconds:.0f} giây"
    )
    if len(crawled) < SCANS or min(crawled.values()) < FEWEST_PAGES:
        loud(f"Chưa đủ: mỗi lần quét phải đi ít nhất {FEWEST_PAGES} trang")
        return 1
    return 1 if new else 0


def findings(scan: dict) -> list[Finding]:
    """Return wapiti's vulnerabilities and anomalies: path without numbers, module, method and parameter."""
    return [
        Finding(without_numbers(one["path"]), one["module"], f"{one['method']} {one['parameter']} | {category}".strip())
        for kind in ("vulnerabilities", "anomalies")
        for category, places in scan[kind].items()
        for one in places
    ]


def failures(log: str) -> list[Finding]:
    """Return the answers 5xx of nginx's log, whether or not wapiti took note of them."""
    return [
        Finding(without_numbers(match["path"]), "5xx", f"{match['method']} {match['status']}")
        for match in ANSWER.finditer(log)
        if match["status"].startswith("5")
    ]


def without_numbers(path: str) -> str:
    """Let addresses of the same screen be one: "/quan-tri/pages/12/edit/" is "/quan-tri/pages/N/edit/".

    What an attack put into the path is shortened and holds no spaces.
    """
    return re.sub(r"\s+", "_", re.sub(r"\d+", "N", unquote(path)))[:120] or "/"


class _Quiet(http.server.BaseHTTPRequestHandler):
    """Answers every call with an empty page and says nothing."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_HEAD = do_GET  # noqa: N815 - names that http.server asks for

    def log_message(self, *arguments):
        pass


if __name__ == "__main__":
    sys.exit(main())
