"""What a step of the installation consists of: each action knows whether it is done, does it, and says it in a line.

A dry run prints the lines of what is not done; a second run does what is not done. So neither has code of its own.
"""

import http.client
import os
import pwd
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

READY_SECONDS = 180


class Failed(Exception):
    """An action could not be done; the text says which and why."""


class Machine:
    """The machine that is changed: its files below `root`, its accounts and programs. Tests give another one."""

    def __init__(self, root: Path = Path("/")):
        self.root = root

    def place(self, path: Path) -> Path:
        """Return where a path of the machine is seen from here."""
        return self.root / str(path).lstrip("/")

    def run(self, command: tuple[str, ...], *, account: str = "", text: str = "", environment: dict | None = None):
        """Run a program, as another account if one is named; `text` is its input. Raises Failed."""
        as_account = ("runuser", "-u", account, "--") if account else ()
        settings = tuple(f"{name}={value}" for name, value in (environment or {}).items())
        whole = [*as_account, *(("env", *settings) if settings else ()), *command]
        done = subprocess.run(
            whole,
            input=text,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            cwd="/",
            # What it writes others of this machine do not read: a dump, mails that lie in a folder.
            umask=0o027 if account else -1,
        )
        if done.returncode:
            raise Failed(f"{' '.join(whole)}: mã {done.returncode}\n{done.stdout.strip()[-3000:]}")

    def answers(self, *command: str, account: str = "") -> str:
        """Return what a program prints; "" when it fails or is not there."""
        as_account = ("runuser", "-u", account, "--") if account else ()
        try:
            done = subprocess.run(
                [*as_account, *command], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, cwd="/"
            )
        except OSError:
            return ""
        return done.stdout if done.returncode == 0 else ""

    def give(self, path: Path, owner: str) -> None:
        """Make `owner` ("account:group") the owner of a path."""
        account, _, group = owner.partition(":")
        shutil.chown(self.place(path), account, group or None)

    def owner_of(self, path: Path) -> str:
        """Return the owner of a path as "account:group"."""
        found = self.place(path)
        return f"{found.owner()}:{found.group()}"

    def has_account(self, name: str) -> bool:
        """Tell whether there is such an account."""
        try:
            pwd.getpwnam(name)
        except KeyError:
            return False
        return True

    def status(self, port: int, path: str) -> int:
        """Return the status with which a server of this machine answers; 0 while it does not."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        time.sleep(seconds)


@dataclass(frozen=True)
class Packages:
    """Debian's packages, without what they only recommend."""

    names: tuple[str, ...]

    def _missing(self, machine: Machine) -> list[str]:
        listed = machine.answers("dpkg-query", "-W", "-f", "${db:Status-Abbrev} ${Package}\n")
        installed = {line.split()[1] for line in listed.splitlines() if line.startswith("ii")}
        return [name for name in self.names if name not in installed]

    def is_done(self, machine: Machine) -> bool:
        return not self._missing(machine)

    def do(self, machine: Machine) -> None:
        options = {"DEBIAN_FRONTEND": "noninteractive"}
        machine.run(("apt-get", "-q", "update"), environment=options)
        install = ("apt-get", "-q", "-y", "--no-install-recommends", "install")
        machine.run((*install, *self._missing(machine)), environment=options)

    def line(self) -> str:
        return f"apt-get install {' '.join(self.names)}"


@dataclass(frozen=True)
class Account:
    """An account of the system: no password, no shell."""

    name: str
    home: Path
    group: str = ""

    def is_done(self, machine: Machine) -> bool:
        return machine.has_account(self.name)

    def do(self, machine: Machine) -> None:
        group = ("--ingroup", self.group) if self.group else ("--group",)
        options = ("--system", "--no-create-home", "--home", str(self.home), "--shell", "/usr/sbin/nologin")
        machine.run(("adduser", "--quiet", *options, *group, self.name))

    def line(self) -> str:
        return f"tài khoản hệ thống {self.name}"


@dataclass(frozen=True)
class Folder:
    """A folder with its owner and rights; what is in it stays."""

    path: Path
    mode: int
    owner: str = "root:root"

    def is_done(self, machine: Machine) -> bool:
        found = machine.place(self.path)
        return (
            found.is_dir() and found.stat().st_mode & 0o7777 == self.mode and machine.owner_of(self.path) == self.owner
        )

    def do(self, machine: Machine) -> None:
        found = machine.place(self.path)
        found.mkdir(parents=True, exist_ok=True)
        machine.give(self.path, self.owner)
        # After the owner: giving a folder away takes the bit by which its files are of its group.
        found.chmod(self.mode)

    def line(self) -> str:
        return f"thư mục {self.path} ({self.mode:o}, {self.owner})"


@dataclass(frozen=True)
class Write:
    """A file with its text, put in its place in one go."""

    path: Path
    text: str
    mode: int = 0o644
    owner: str = "root:root"

    def is_done(self, machine: Machine) -> bool:
        found = machine.place(self.path)
        return (
            found.is_file()
            and found.stat().st_mode & 0o7777 == self.mode
            and machine.owner_of(self.path) == self.owner
            and found.read_text(encoding="utf-8") == self.text
        )

    def do(self, machine: Machine) -> None:
        found = machine.place(self.path)
        found.parent.mkdir(parents=True, exist_ok=True)
        written = found.with_name(f".{found.name}.new")
        written.unlink(missing_ok=True)
        # Secrets are never readable by others, not even for a moment.
        with os.fdopen(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(self.text)
        machine.give(self.path.with_name(written.name), self.owner)
        written.chmod(self.mode)
        written.replace(found)

    def line(self) -> str:
        return f"ghi {self.path} ({self.mode:o}, {self.owner})"


@dataclass(frozen=True)
class SetLines:
    """Lines of a file that a package brings: each (what the line begins with, the whole line)."""

    path: Path
    lines: tuple[tuple[str, str], ...]

    def _wanted(self, text: str) -> str:
        for begins, line in self.lines:
            pattern = re.compile(rf"^[ \t]*{begins}\b.*$", re.MULTILINE)
            text = pattern.sub(line, text, count=1) if pattern.search(text) else f"{text.rstrip()}\n{line}\n"
        return text

    def is_done(self, machine: Machine) -> bool:
        found = machine.place(self.path)
        text = found.read_text(encoding="utf-8") if found.exists() else ""
        return bool(text) and self._wanted(text) == text

    def do(self, machine: Machine) -> None:
        found = machine.place(self.path)
        if not found.exists():
            raise Failed(f"Không thấy {self.path}: gói của nó chưa được cài.")
        found.write_text(self._wanted(found.read_text(encoding="utf-8")), encoding="utf-8")

    def line(self) -> str:
        return f"sửa {self.path}: {'; '.join(line.strip() for _begins, line in self.lines)}"


@dataclass(frozen=True)
class Remove:
    """A file that must not be there."""

    path: Path

    def is_done(self, machine: Machine) -> bool:
        return not os.path.lexists(machine.place(self.path))

    def do(self, machine: Machine) -> None:
        machine.place(self.path).unlink()

    def line(self) -> str:
        return f"bỏ {self.path}"


@dataclass(frozen=True)
class Link:
    """A symbolic link, changed in one go."""

    path: Path
    target: Path

    def is_done(self, machine: Machine) -> bool:
        found = machine.place(self.path)
        return found.is_symlink() and os.readlink(found) == str(self.target)

    def do(self, machine: Machine) -> None:
        found = machine.place(self.path)
        found.parent.mkdir(parents=True, exist_ok=True)
        made = found.with_name(f".{found.name}.new")
        made.unlink(missing_ok=True)
        made.symlink_to(self.target)
        made.replace(found)

    def line(self) -> str:
        return f"{self.path} → {self.target}"


@dataclass(frozen=True)
class Run:
    """A program. `unless`: how one sees that it has done its work; without it the program runs each time."""

    command: tuple[str, ...]
    unless: Callable[[Machine], bool] | None = None
    account: str = ""
    text: str = ""
    environment: tuple[tuple[str, str], ...] = ()

    def is_done(self, machine: Machine) -> bool:
        return self.unless is not None and self.unless(machine)

    def do(self, machine: Machine) -> None:
        machine.run(self.command, account=self.account, text=self.text, environment=dict(self.environment))

    def line(self) -> str:
        words = [f"[{self.account}]"] if self.account else []
        words += [f"{name}={value}" for name, value in self.environment]
        return " ".join([*words, *self.command, *((f"<<< {' '.join(self.text.split())}",) if self.text else ())])


@dataclass(frozen=True)
class Ready:
    """Wait until a server of this machine says that it is ready."""

    port: int
    path: str = "/readyz"

    def is_done(self, machine: Machine) -> bool:
        return False

    def do(self, machine: Machine) -> None:
        for _second in range(READY_SECONDS):
            status = machine.status(self.port, self.path)
            if status == 200:
                return
            machine.wait(1)
        raise Failed(f"127.0.0.1:{self.port}{self.path} chưa sẵn sàng sau {READY_SECONDS} giây (mã {status}).")

    def line(self) -> str:
        return f"chờ 127.0.0.1:{self.port}{self.path} trả lời 200"


@dataclass(frozen=True)
class Pause:
    """Let requests end that were on their way."""

    seconds: int

    def is_done(self, machine: Machine) -> bool:
        return False

    def do(self, machine: Machine) -> None:
        machine.wait(self.seconds)

    def line(self) -> str:
        return f"chờ {self.seconds} giây"


Action = Packages | Account | Folder | Write | SetLines | Remove | Link | Run | Ready | Pause
