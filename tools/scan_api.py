"""Try the APIs with Schemathesis: what `make scan-api` calls.

    python tools/scan_api.py [--examples 100] [--database postgresql]

1. Schemathesis goes into an environment of its own, `.venv-scan-api` (requirements-scan-api.txt).
2. A portal as `bench/dossiers.py` starts it: PostgreSQL, granian, the small city, a token of one ward. Floods are let
   through, so that what is sent meets the portal and not 429.
3. Schemathesis reads the descriptions that the portal serves (dossiers; the register), and sends what they allow and
   what they forbid. An answer 5xx fails, and so does one that the description of
   the dossiers does not know.

Nothing leaves the machine.
"""

import argparse
import subprocess
import sys
from pathlib import Path

import fingerprint
from console import say, step, stop

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv-scan-api"
REQUIREMENTS = ROOT / "requirements-scan-api.txt"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
# The register answers what is no reading before its API is asked, with a page: only its 5xx count.
DESCRIPTIONS = {"/api/ho-so/v1/openapi.json": CHECKS, "/api/v1/openapi.json": CHECKS[:1]}
PORT = 8478


def main() -> int:
    """Try the APIs; return the exit code."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--examples", type=int, default=100, help="inputs tried for each operation")
    options.add_argument("--database", choices=["sqlite", "postgresql"], default="postgresql")
    options.add_argument("--port", type=int, default=PORT)
    chosen = options.parse_args()
    make_venv()
    sys.path.insert(0, str(ROOT))
    from bench import dossiers  # noqa: PLC0415  it brings the portal along

    failed = 0
    with dossiers.running(chosen.port, chosen.database) as (base, token, _server):
        for description, checks in DESCRIPTIONS.items():
            done = subprocess.run(
                [
                    VENV / "bin" / "schemathesis",
                    "run",
                    f"{base}{description}",
                    "--url",
                    base,
                    "--header",
                    f"Authorization: Bearer {token}",
                    "--checks",
                    ",".join(checks),
                    "--max-examples",
                    str(chosen.examples),
                    "--seed",
                    "1",
                    "--workers",
                    "2",
                    "--no-color",
                ],
                check=False,
                stdin=subprocess.DEVNULL,
                cwd=ROOT,
            )
            failed += bool(done.returncode)
    say("Có lỗi, xem ở trên." if failed else "Không có câu trả lời 5xx, không có câu trả lời ngoài mô tả.")
    return 1 if failed else 0


def make_venv() -> None:
    """Make `.venv-scan-api` and install Schemathesis, when it is not there or another version was asked for."""
    wanted = fingerprint.of_contents([REQUIREMENTS])
    stamp = VENV / "portal-scan-api.sha256"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    with step("Cài Schemathesis vào .venv-scan-api"):
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        command = [VENV / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        done = subprocess.run([*command, "-r", REQUIREMENTS], check=False, stdin=subprocess.DEVNULL)
        if done.returncode:
            stop("pip không cài được requirements-scan-api.txt (xem các dòng phía trên).")
    stamp.write_text(wanted)


if __name__ == "__main__":
    sys.exit(main())
