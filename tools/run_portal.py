"""Prepare the portal, run it, and stop it: what `make run` calls (and, with `--dev`, `make dev`).

1. settings of this run (secret key, port), 2. translation catalogues, 3. the database (`prepare.py`) and beside its
migration the static files, 4. the demo city, each only where something changed; 5. the web server and the periodic work
as children that are started again when they die; 6. addresses and demo accounts; 7. on Ctrl-C or SIGTERM both stop.
"""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import children
import environ
import fingerprint
import prepared
import web_server
from console import say, step, stop

ROOT = Path(__file__).resolve().parent.parent
APPS = [path.parent for path in ROOT.glob("*/__init__.py") if path.parent.name != "tests"]
START_SECONDS = 120
# A child that dies this often within the window will not recover by being started again.
MAX_DEATHS = 5
DEATH_WINDOW_SECONDS = 120


def main(*, dev: bool) -> None:
    """Prepare what changed, then serve until told to stop."""
    environment = settings_of_this_run("dev" if dev else "production")
    var = Path(environment["PORTAL_VAR"])
    port = int(environment["PORTAL_PORT"])
    refuse_taken_port(environment["PORTAL_BIND"], port)
    compile_catalogues(environment)
    with preparing_database(environment, var):
        if not dev:
            collect_static(environment, var)
    serve(environment, port, _dev_command(environment, port) if dev else _web_command(environment, port))


def settings_of_this_run(settings: str) -> dict[str, str]:
    """Return the environment of the children: the named settings over plain HTTP, with the demo city.

    Whatever the caller set stays; the secret key is drawn once and kept in the var folder.
    """
    if (ROOT / ".env").exists():
        environ.Env.read_env(ROOT / ".env")
    environment = dict(os.environ)
    environment["DJANGO_SETTINGS_MODULE"] = f"config.settings.{settings}"
    environment["PYTHONPATH"] = str(ROOT)
    environment.setdefault("PORTAL_VAR", str(ROOT / "var"))
    environment.setdefault("PORTAL_PORT", "8000")
    environment.setdefault("PORTAL_BIND", "127.0.0.1")
    environment.setdefault("PORTAL_HTTPS", "false")
    environment.setdefault("PORTAL_DEMO", "true")
    var = Path(environment["PORTAL_VAR"]).absolute()
    environment["PORTAL_VAR"] = str(var)
    var.mkdir(parents=True, exist_ok=True)
    key_file = var / "secret_key"
    if not environment.get("SECRET_KEY") and not key_file.exists():
        key_file.touch(mode=0o600)
        key_file.write_text(secrets.token_urlsafe(64))
    if not environment["PORTAL_PORT"].isdigit():
        stop(f"PORT={environment['PORTAL_PORT']} không phải là số; ví dụ: make run PORT=8080")
    return environment


def refuse_taken_port(address: str, port: int) -> None:
    """Stop with a clear message when another program listens on `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            stop(f"Không mở được cổng {port} ({error.strerror}). Hãy chọn cổng khác: make run PORT={port + 1}")


def compile_catalogues(environment: dict[str, str]) -> None:
    """Compile the translation catalogues that are newer than what was compiled from them."""
    compiler = ROOT / "locale" / "compile.py"
    sources = [*ROOT.glob("locale/*/LC_MESSAGES/*.po"), *ROOT.glob("locale_admin/*/LC_MESSAGES/*.po")]
    if not compiler.exists() or all(_is_compiled(source) for source in sources):
        return
    with step("Biên dịch bản dịch giao diện"):
        _run([sys.executable, str(compiler)], environment, "biên dịch bản dịch")


def collect_static(environment: dict[str, str], var: Path) -> None:
    """Collect the static files into the var folder when they or the libraries changed."""
    folders = [ROOT / "static", ROOT / "config" / "settings", *(app / "static" for app in APPS)]
    sources = [path for folder in folders for path in fingerprint.of_tree(folder)]
    wanted = fingerprint.of_contents([*sources, ROOT / "requirements.lock", *ROOT.glob("base/public/static_files.py")])
    stamp = var / "static.sha256"
    if stamp.exists() and stamp.read_text() == wanted and (var / "static" / "staticfiles.json").exists():
        return
    with step("Gom tệp tĩnh (CSS, JS, phông chữ)"):
        shutil.rmtree(var / "static", ignore_errors=True)
        _run(_manage("collectstatic", "--noinput", "-v", "0"), environment, "gom tệp tĩnh")
    stamp.write_text(wanted)


@contextmanager
def preparing_database(environment: dict[str, str], var: Path) -> Iterator[None]:
    """Migrate beside the block, then set up and build the demo city, unless this code has prepared this database."""
    code = [path for app in APPS for path in fingerprint.of_tree(app) if path.suffix != ".html"]
    settings = (environment["PORTAL_DEMO"], environment["PORTAL_PORT"])
    wanted = fingerprint.of_contents([*code, ROOT / "requirements.lock", ROOT / "tools" / "prepare.py"], *settings)
    accounts = var / "demo_accounts.txt"
    if prepared.is_prepared(wanted, environment.get("DATABASE_URL", ""), var / "portal.sqlite3"):
        yield
        say("→ Cơ sở dữ liệu và thành phố mẫu đã sẵn sàng")
        return
    command = [sys.executable, str(ROOT / "tools" / "prepare.py"), wanted, str(accounts), "--wait"]
    with _started(command, environment, stdin=subprocess.PIPE) as process:
        # It ends by itself when this program does, or when the block fails: its input ends.
        yield
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(b"\n")
            process.stdin.flush()
        _wait(process, "chuẩn bị cơ sở dữ liệu")


def serve(environment: dict[str, str], port: int, web_command: list[str]) -> None:
    """Run the web server and the periodic work until a signal comes or one of them cannot be kept alive."""
    web, jobs = "máy chủ web", "việc định kỳ"
    commands = {web: web_command, jobs: _manage("run_jobs", "--forever")}
    niceness = {web: web_server.NICENESS, jobs: web_server.JOBS_NICENESS}
    signals: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, frame: signals.append(received))

    def begin(name: str) -> subprocess.Popen:
        return children.start(commands[name], niceness=niceness[name], env=environment, cwd=ROOT)

    running = {web: begin(web)}
    deaths: dict[str, list[float]] = {name: [] for name in commands}
    announced = False
    began = time.monotonic()
    failure = ""
    while not signals and not failure:
        if not announced and _answers(port):
            announce(Path(environment["PORTAL_VAR"]), port, time.monotonic() - began)
            announced = True
            # Only now, so that the pages come first on a small machine.
            running[jobs] = begin(jobs)
        if not announced and time.monotonic() - began > START_SECONDS:
            failure = f"máy chủ web không trả lời sau {START_SECONDS} giây"
        for name, process in list(running.items()):
            if process.poll() is None:
                continue
            deaths[name] = [at for at in deaths[name] if time.monotonic() - at < DEATH_WINDOW_SECONDS]
            deaths[name].append(time.monotonic())
            if len(deaths[name]) >= MAX_DEATHS:
                failure = f"{name} dừng {MAX_DEATHS} lần liền (mã {process.returncode}); xem các dòng trên"
                break
            say(f"! {name} vừa dừng (mã {process.returncode}), khởi động lại")
            running[name] = begin(name)
        time.sleep(0.2 if not announced else 0.5)
    say("\n→ Đang dừng cổng thông tin …")
    children.end(list(running.values()))
    if failure:
        stop(failure)
    say("  đã dừng.")


def announce(var: Path, port: int, seconds: float) -> None:
    """Print where the portal is and who may sign in."""
    accounts = var / "demo_accounts.txt"
    say(f"\nCổng thông tin đã chạy (khởi động máy chủ hết {seconds:.1f} giây).\n")
    say(f"  Thành phố          http://localhost:{port}/            (English: http://localhost:{port}/en/)")
    say(f"  Phường Mỹ Long     http://my-long.localhost:{port}/    hoặc http://localhost:{port}/my-long/")
    say(f"  Phường Mỹ Xuyên    http://my-xuyen.localhost:{port}/   hoặc http://localhost:{port}/my-xuyen/")
    say(f"  Trang quản trị     http://localhost:{port}/quan-tri/")
    say(f"  Sức khỏe           http://localhost:{port}/healthz  ·  http://localhost:{port}/readyz\n")
    if accounts.exists():
        say(aligned(accounts.read_text(encoding="utf-8")))
        say("\n  Ai duyệt, đăng, quản trị cần thêm mã xác thực hai bước:  make code ACCOUNT=truong-ban")
    say("\nNhấn Ctrl-C để dừng.\n")


def aligned(text: str) -> str:
    """Set the first four columns of tab-separated `text` under each other; lines without a tab stay.

    The fifth, secrets of second factors, stays in the file: `make code` shows what they give.
    """
    rows = [line.split("\t")[:4] for line in text.splitlines()]
    table = [row for row in rows if len(row) > 1]
    widths = [max(map(len, column)) for column in zip(*table, strict=False)]
    return "\n".join(
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip()
        if len(row) > 1
        else "  " + row[0].removeprefix("# ")
        for row in rows
    )


def _web_command(environment: dict[str, str], port: int) -> list[str]:
    workers = min(4, os.cpu_count() or 1)
    return web_server.command(port, "--log-level", "warning", host=environment["PORTAL_BIND"], workers=workers)


def _dev_command(environment: dict[str, str], port: int) -> list[str]:
    return _manage("runserver", f"{environment['PORTAL_BIND']}:{port}")


def _manage(*arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), *arguments]


def _is_compiled(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime


def _run(command: list[str], environment: dict[str, str], what: str) -> None:
    _wait(_started(command, environment, stdin=subprocess.DEVNULL), what)


def _started(command: list[str], environment: dict[str, str], *, stdin: int) -> subprocess.Popen:
    return subprocess.Popen(command, env=environment, cwd=ROOT, stdin=stdin, preexec_fn=children.die_with_parent)


def _wait(process: subprocess.Popen, what: str) -> None:
    if process.wait():
        stop(f"{what}: không xong (mã {process.returncode}); lỗi ở các dòng phía trên.")


def _answers(port: int) -> bool:
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": f"localhost:{port}"})
    try:
        with urllib.request.urlopen(asked, timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    main(dev="--dev" in sys.argv)
