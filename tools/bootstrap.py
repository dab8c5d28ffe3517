#!/usr/bin/env python3
"""Make the virtual environment and install the requirements, only where something changed.

Runs on the machine's own Python with the standard library alone. Steps:
1. find a Python of at least 3.11, the system's own before any other, 2. make `.venv` (installing Debian's venv package
where it is missing), 3. `pip install` when the requirements differ from those installed last, 4. bubblewrap and
poppler, which open uploaded files, where this account may install them.

    python3 tools/bootstrap.py          what `make run` needs
    python3 tools/bootstrap.py --dev    and what the tests need
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
# Debian builds its Python with profiles of what programs do and corrects its weaknesses. One that a tool for versions
# compiled without them needs half as much time again for the same work, here and on a server.
SYSTEM_PYTHON = Path("/usr/bin/python3")


def main(arguments: list[str]) -> None:
    """Bring `.venv` up to date; with `--dev`, for the tests too."""
    _start_again_on_the_right_python(arguments)
    make_venv()
    install_requirements(dev="--dev" in arguments)
    install_readers()


def make_venv() -> None:
    """Make `.venv`, or make it anew when it belongs to another folder or another machine."""
    if _is_usable():
        return
    if VENV.exists():
        say("→ .venv không dùng được trên máy này, tạo lại …")
        shutil.rmtree(VENV)
    if not _has_venv_module():
        names = ("python3-venv", f"python3.{sys.version_info.minor}-venv")
        say("→ Python của máy thiếu mô-đun venv …")
        if not any(debian.install(name) and _has_venv_module() for name in names):
            stop(
                "Python của máy thiếu mô-đun venv và không cài được tự động. "
                f"Hãy chạy với quyền quản trị: apt-get install {names[0]}; rồi chạy lại lệnh này."
            )
    with step("Tạo môi trường Python .venv"):
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)


def install_requirements(*, dev: bool) -> None:
    """Install the locked requirements, each file by its digest, unless the same locks were installed last."""
    names = ["requirements.lock"] + (["requirements-dev.lock"] if dev else [])
    wanted = fingerprint.of_contents([ROOT / name for name in names])
    stamp = VENV / ("portal-dev.sha256" if dev else "portal-run.sha256")
    if stamp.exists() and stamp.read_text() == wanted:
        return
    with step(f"Cài thư viện Python theo {names[-1]}"):
        command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        done = subprocess.run([*command, "-r", str(ROOT / names[-1])], check=False, stdin=subprocess.DEVNULL)
        if done.returncode:
            stop(f"pip không cài được các thư viện trong {names[-1]} (xem các dòng phía trên).")
    stamp.write_text(wanted)
    if dev:
        (VENV / "portal-run.sha256").write_text(fingerprint.of_contents([ROOT / "requirements.lock"]))


def install_readers() -> None:
    """Install bubblewrap and poppler once where that is allowed; say what the portal does without them."""
    if not debian.missing_readers():
        return
    stamp = VENV / "portal-readers-tried"
    if stamp.exists():
        return
    missing = debian.install_readers()
    stamp.touch()
    if "bubblewrap" in missing:
        say(
            "! Thiếu gói bubblewrap: việc mở tệp tải lên chỉ được cách ly bằng Landlock của nhân Linux; nếu nhân\n"
            "  không có thì cổng không nhận ảnh, PDF và tệp Word (xem /readyz). Khắc phục: apt-get install bubblewrap"
        )
    if "poppler-utils" in missing:
        say(
            "! Thiếu gói poppler-utils: chữ trong tệp PDF được đọc bằng pypdf, có thể rời chữ («Căn c ứ»).\n"
            "  Khắc phục: apt-get install poppler-utils"
        )


def _is_usable() -> bool:
    if not PYTHON.exists():
        return False
    asked = f"import sys; print(sys.prefix, sys.version_info >= {OLDEST}); import pip"
    done = subprocess.run([str(PYTHON), "-c", asked], capture_output=True, text=True, check=False)
    if done.returncode or done.stdout.split() != [str(VENV), "True"]:
        return False
    # The programs of a copied or moved environment still start the Python of the old place.
    return str(VENV) in (VENV / "bin" / "pip").read_text()


def _has_venv_module(program: str = sys.executable) -> bool:
    return _answers(program, "import ensurepip, venv; ensurepip.version()")


def _start_again_on_the_right_python(arguments: list[str]) -> None:
    """Go on with the system's own Python where it will do, else with this one, else with the newest there is."""
    is_new_enough = sys.version_info >= OLDEST
    if is_new_enough and Path(sys.executable).resolve() == SYSTEM_PYTHON.resolve():
        return
    if _will_do(str(SYSTEM_PYTHON)) and (not is_new_enough or _can_have_venv(str(SYSTEM_PYTHON))):
        os.execv(SYSTEM_PYTHON, [str(SYSTEM_PYTHON), __file__, *arguments])
    if is_new_enough:
        return
    for minor in range(19, OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found and _will_do(found):
            os.execv(found, [found, __file__, *arguments])
    found = ".".join(str(part) for part in sys.version_info[:2])
    sys.exit("\nDỪNG: cần Python 3.11 trở lên; máy này chỉ có Python " + found)


def _will_do(program: str) -> bool:
    return _answers(program, f"import sys; sys.exit(sys.version_info < {OLDEST})")


def _can_have_venv(program: str) -> bool:
    return _has_venv_module(program) or debian.may_install()


def _answers(program: str, asked: str) -> bool:
    try:
        return not subprocess.run([program, "-c", asked], capture_output=True, check=False).returncode
    except OSError:
        return False


if __name__ == "__main__":
    if sys.version_info >= OLDEST:
        import debian
        import fingerprint
        from console import say, step, stop
    main(sys.argv[1:])
