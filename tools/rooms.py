"""The tables of rooms in `docs/architecture.md`, made of the first sentences of the modules' docstrings.

    python tools/rooms.py          print what is wrong with the page; exit code 1 when it is out of date
    python tools/rooms.py --write  write the tables anew

A row a module or folder at the top level of a room; of a folder the modules are named as well.
"""

import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "architecture.md"
ROOMS = (
    *("vietnam", "documents", "base", "accounts", "workflows", "alerts", "legalref", "sections"),
    *("servicecatalog", "faq", "personaldata", "royalties", "search", "subscriptions", "reporting", "opendata"),
    *("moving", "home"),
)
# Names that say all there is to say.
PLAIN = {"__init__", "apps", "migrations", "templates", "__pycache__", "fonts", "data", "locale", "management"}
BEGIN, END = "<!-- rooms: tools/rooms.py --write -->\n", "<!-- /rooms -->\n"


def tables(root: Path = ROOT) -> str:
    """Return the section of all rooms, a table a room."""
    return "\n".join(_room(root / room) for room in ROOMS)


def _room(room: Path) -> str:
    rows = "".join(f"| `{name}` | {summary_of(path)} | {_inside(path)} |\n" for name, path in entries(room))
    return (
        f"**`{room.name}`**: {_first_sentence(room / '__init__.py')}\n\n| Where | What | In it |\n|---|---|---|\n{rows}"
    )


def entries(room: Path) -> list[tuple[str, Path]]:
    """Return (name, path) of the modules and folders of a room that a reader looks for, folders first."""
    folders = [path for path in room.iterdir() if path.is_dir() and path.name not in PLAIN and any(path.glob("*.py"))]
    modules = [path for path in room.glob("*.py") if path.stem not in PLAIN]
    commands = room / "management" / "commands"
    folders += [commands] if commands.is_dir() else []
    named = [(f"{path.relative_to(room).as_posix()}/", path) for path in sorted(folders)]
    return named + [(path.name, path) for path in sorted(modules)]


def _inside(path: Path) -> str:
    if path.is_file():
        return ""
    below = [f"{one.name}/" for one in sorted(path.iterdir()) if one.is_dir() and any(one.glob("*.py"))]
    return ", ".join(f"`{name}`" for name in [*below, *(one.stem for one in sorted(path.glob("[!_]*.py")))])


def summary_of(path: Path) -> str:
    """Return the first sentence of a module or folder; "" when it says nothing."""
    return _first_sentence(path if path.is_file() else path / "__init__.py")


def _first_sentence(path: Path) -> str:
    """The first sentence of a module's docstring; "" when it has none, which a test refuses."""
    described = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) if path.exists() else None
    paragraph = " ".join((described or "").split("\n\n")[0].split())
    return re.split(r"(?<=[^.\d])\.(?: |$)", paragraph)[0].replace("|", "\\|")


def main(is_writing: bool) -> int:
    """Compare or write the page; return the exit code."""
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    wanted = f"{before}{BEGIN}\n{tables()}\n{END}{after}"
    if is_writing:
        PAGE.write_text(wanted, encoding="utf-8")
    elif page != wanted:
        sys.stderr.write("docs/architecture.md: python tools/rooms.py --write\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main("--write" in sys.argv))
