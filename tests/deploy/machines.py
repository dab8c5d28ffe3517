"""A machine that is none: files lie in a folder, programs are only noted, what they would print can be given."""

import shutil
from pathlib import Path

from deploy.machine.actions import Failed, Machine

ANSWERS = {
    "PORTAL_HOST": "longxuyen.example",
    "INSTALL_TLS": "self-signed",
    "PORTAL_MAIL_FROM": "khong-tra-loi@longxuyen.example",
    "INSTALL_OUTGOING": "192.0.2.25",
}


class Machines(Machine):
    """`ran`: each program with its account, in order; `prints`: text by the first words of a command."""

    def __init__(self, root: Path):
        super().__init__(root)
        self.ran, self.waited, self.prints, self.accounts, self.owners = [], 0, {}, set(), {}
        self.broken, self.ports = "", {8001: 200, 8002: 200}

    def run(self, command, *, account="", text="", environment=None):
        self.ran.append(" ".join([*([f"{account}:"] if account else []), *command]))
        if self.broken and self.broken in self.ran[-1]:
            raise Failed(f"{self.ran[-1]}: mã 1")
        if command[0] == "adduser":
            self.accounts.add(command[-1])
        if str(command[-1]).endswith("bootstrap.py"):
            made = self.place(Path(command[-1]).parents[1] / ".venv" / "portal-run.sha256")
            made.parent.mkdir(parents=True, exist_ok=True)
            made.touch()

    def answers(self, *command, account=""):
        asked = " ".join(command)
        return next((text for begins, text in self.prints.items() if asked.startswith(begins)), "")

    def give(self, path, owner):
        self.owners[str(path).replace(".new", "").replace("/.", "/")] = owner

    def owner_of(self, path):
        return self.owners.get(str(path), "")

    def has_account(self, name):
        return name in self.accounts

    def status(self, port, path):
        return self.ports[port]

    def wait(self, seconds):
        self.waited += seconds

    def with_packages(self, names) -> "Machines":
        """Let the packages be installed, with the files of theirs that are changed."""
        self.prints["dpkg-query"] = "\n".join(f"ii  {name}" for name in names)
        for path, text in (
            ("etc/nginx/nginx.conf", "events {\n\tworker_connections 768;\n}\n"),
            ("etc/clamav/clamd.conf", "LocalSocket /run/clamav/clamd.ctl\nStreamMaxLength 25M\n"),
        ):
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text)
        return self


def a_source(folder: Path, version: str = "1.0.0") -> Path:
    """Make what a release is copied from: of this project only what its steps read."""
    for name, text in (
        ("pyproject.toml", f'[project]\nversion = "{version}"\n'),
        ("manage.py", "print()\n"),
        (".env", "SECRET_KEY=cua-may-khac\n"),
        ("var/portal.sqlite3", "x"),
        ("tests/test_x.py", "x"),
        ("tools/bootstrap.py", "x"),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def remove(folder: Path) -> None:
    """Remove a folder, whatever is in it."""
    shutil.rmtree(folder, ignore_errors=True)
