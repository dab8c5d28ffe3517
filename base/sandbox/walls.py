"""How a child is started behind a wall: what it sees of the machine, and nothing else.

The walls in the order in which they are tried; the first that stands is used by all children of a process.
1. bubblewrap: file system, processes, network and names of its own; only the interpreter, the libraries and this
package are there, read-only. 2. Landlock: the kernel opens nothing outside these folders for it; processes and network
are shut by the list of calls (`system_calls.py`), which every wall has. Without either nothing is started.
"""

import os
import shutil
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUBBLEWRAP, LANDLOCK = "bubblewrap", "landlock"
ORDER = (BUBBLEWRAP, LANDLOCK)
# Where a service's PATH is short.
PROGRAMS = os.pathsep.join(("/usr/local/bin", "/usr/bin", "/bin"))
CODE = ("base/__init__.py", "base/sandbox", "documents", "vietnam")
# What only those see who recognise words: the programs that draw and read a sheet, and what these have learnt.
MODELS, LANGUAGE = "/usr/share/tesseract-ocr", "vie"
RECOGNITION = (
    *("/usr/local/bin/pdftoppm", "/usr/bin/pdftoppm", "/usr/local/bin/tesseract", "/usr/bin/tesseract"),
    MODELS,
)
_LIBRARIES = ("/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64")
# What programs beside Python need: poppler, and its tables of letters.
_MORE = ("/etc/ld.so.cache", "/usr/bin/pdftotext", "/usr/local/bin/pdftotext", "/usr/share/poppler")


def command(wall: str, module: str, code: tuple[str, ...] = CODE) -> list[str] | None:
    """Return the command that runs `serve.py` for a module behind a wall; None where the wall is not installed.

    `code`: the files and folders of the project that it sees.
    """
    inside = [_python(), "-m", "base.sandbox.serve", module]
    if wall == LANDLOCK:
        return [*inside, *readable(code)]
    program = shutil.which("bwrap", path=PROGRAMS)
    if program is None:
        return None
    seen = readable(code)
    shown = []
    for path in seen:
        linked = os.path.islink(path) and path in _LIBRARIES
        shown += ["--symlink", os.readlink(path), path] if linked else ["--ro-bind", path, path]
    if any(ROOT.is_relative_to(path) for path in seen):
        # The project lies among the libraries, and with it what it keeps secret.
        shown += ["--tmpfs", str(ROOT), *(word for path in seen[-len(code) :] for word in ("--ro-bind", path, path))]
    return [
        program,
        "--unshare-all",
        "--cap-drop",
        "ALL",
        "--clearenv",
        *(word for name, value in environment().items() for word in ("--setenv", name, value)),
        *shown,
        "--remount-ro",
        "/",
        "--chdir",
        str(ROOT),
        "--",
        *inside,
    ]


def environment() -> dict[str, str]:
    """Return all that a child knows of the portal's environment: no secret, no address."""
    libraries = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    return {
        "PYTHONPATH": os.pathsep.join((str(ROOT), *libraries)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
    }


def readable(code: tuple[str, ...]) -> list[str]:
    """Return the paths of all that a child may read; those of the project's code come last."""
    base = Path(sys.base_prefix).resolve()
    standard = base / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    wanted = [*_LIBRARIES, *_MORE, _python(), standard, *base.glob("lib/libpython*"), *base.glob("lib/python3*.zip")]
    wanted += dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    wanted += [ROOT / name for name in code]
    return [str(path) for path in wanted if os.path.exists(path)]


def _python() -> str:
    return os.path.realpath(sys.executable)
