"""The journal itself: entries in files, and a counter in memory that all processes of the machine share.

    <folder>/counter            page of memory: the counter, the moments of the last removal and of the last change of
                                what readers see, the pending entries
    <folder>/entries/<n>.done   what entry n names is committed: its addresses may answer 410
    <folder>/entries/<n>.json   one entry each, flushed to the disk before the counter says n
    <folder>/front/now          link to the folder whose name is part of the key of the copies that the web server in
                                front keeps: after each entry to another one, so that none made before is found again
    <folder>/front/now/may-keep exists while it may answer from them
    <folder>/lock               held while a process writes
    <shared>/entries.log        what each machine of the portal noted, for the others (`sharing.py`)

An entry is *pending* until it is committed, or too old to be committed any more. A page made before that may still show
what goes, so its copy has a lower number and is searched like an older one. A counter that rises without a readable
entry (a full disk) removes every older copy: what cannot be known counts as found.
"""

import contextlib
import fcntl
import functools
import json
import logging
import mmap
import os
import secrets
import shutil
import socket
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Lock

from django.conf import settings

from .removals import Removal, bare_host
from .sharing import SharedLog, demand_own_disk

logger = logging.getLogger(__name__)

# A transaction that has not ended by then has died with its process.
LONGEST_TRANSACTION_SECONDS = 15 * 60
# A copy that missed more than these is not worth the search.
MOST_MISSED = 2000
# Who hears neither the database nor the other machines for so long cannot know what went.
DEAF_SECONDS = 60
# As long as backups are kept from which the portal may be restored.
RETENTION_DAYS = 400
# A title may be what had to go: it is kept only as long as copies may be searched for it.
TITLES_RETENTION_DAYS = 7

NUMBER = struct.Struct("Q")
# Of a pending entry: its number and the second it began.
SLOT = struct.Struct("QQ")
SLOTS_AT, SLOTS = 64, 200
# One more, for when all are taken: it stands for all that follow, and only its age ends it.
RESERVE_AT = SLOTS_AT + SLOTS * SLOT.size
# How far the shared log was read, and the number of its file then.
ADOPTED_AT, ADOPTED_OF = 16, 24
# The moment of the last change of what readers see (nanoseconds since 1970): every process compares it.
CHANGED = slice(32, 40)
# The number of the last entry at which the key in front was changed.
TURNED_AT = 40
# The web server in front keeps a page for two seconds at most.
FRONT_SHUT_AFTER_CHANGE_SECONDS = 2.5
SIZE = 4096


class Journal:
    """The journal in one folder.

    `memory`: its first eight bytes are the counter; they are compared as they are. `shared`: the folder by which the
    machines of one portal tell each other. `clock`: seconds since 1970. Raises OSError where the folder cannot be made.
    """

    def __init__(self, folder: Path, *, shared: Path | None = None, clock: Callable[[], float] = time.time):
        self.folder = folder
        self._clock = clock
        self._shared = SharedLog(shared) if shared else None
        self._heard_at = clock()
        self._entries = folder / "entries"
        self._front_key = folder / "front" / "now"
        self._front = self._front_key / "may-keep"
        self._is_turning = True
        self._lock = Lock()
        self._known: dict[int, Removal | None] = {}
        # What went from each address, the newest last: one that was rolled back hides no earlier one.
        self._places: dict[tuple[str, str], list[Removal]] = {}
        self._places_upto = 0
        self._open()

    def _open(self) -> None:
        # The web server looks for one file here; only the portal may read the entries.
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o755)
        # Former releases removed and restored it. No process removes it now, and an older nginx.conf looks for it.
        (self.folder / "front-may-keep").unlink(missing_ok=True)
        self._entries.mkdir(exist_ok=True, mode=0o700)
        handle = os.open(self.folder / "counter", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            with self._held():
                if os.fstat(handle).st_size < SIZE:
                    # Written, not only made longer: its place on the disk must be there when the disk is full.
                    os.pwrite(handle, bytes(SIZE), 0)
                    os.fsync(handle)
                self._file = (os.fstat(handle).st_dev, os.fstat(handle).st_ino)
                self.memory = mmap.mmap(handle, SIZE)
                highest = max(self._numbers(), default=0)
                if not self.counter:
                    # A new journal must not repeat the numbers that copies have.
                    self._set(0, max(highest, time.time_ns() // 1_000_000))
                    self._set(TURNED_AT, 0)
                elif self.counter < highest:
                    self._set(0, highest)
                self._machine = self._name()
                if not os.path.islink(self._front_key) or not os.path.isdir(self._front_key):
                    self._set(TURNED_AT, 0)
        finally:
            os.close(handle)
        if self._shared is not None:
            with contextlib.suppress(OSError):
                self._shared.join(self._machine)
        self._known.clear()
        self._places, self._places_upto = {}, 0

    # --- Writing -----------------------------------------------------------------------------------

    def note(self, entry: dict) -> int:
        """Write an entry down (keys as `Removal` reads them) and raise the counter; return its number.

        Never fails: without room for the entry the counter rises all the same, and older copies go unread.
        """
        with self._lock, self._held():
            entry = {**entry, "at": int(self._clock())}
            number = self._add(entry)
            self._tell({**entry, "origin": [self._machine, number]})
        return number

    def _add(self, entry: dict) -> int:
        number, now = self.counter + 1, self._clock()
        # What another machine noted long ago is committed, or never will be.
        hides = entry.get("kind") != "back" and now - entry.get("at", now) < LONGEST_TRANSACTION_SECONDS
        if hides:
            self._begin(number)
        try:
            self._write(number, {**entry, "number": number})
        except OSError:
            logger.exception("Entry %s of what went cannot be written; all older copies go.", number)
        if hides:
            self._shut_front(for_good=True)
        self._set(0, number)
        with contextlib.suppress(OSError):
            self.memory.flush()
        return number

    def _tell(self, entry: dict) -> None:
        """Tell the other machines."""
        if self._shared is None:
            return
        try:
            self._shared.append(entry)
        except OSError:
            logger.exception("The other machines could not be told of what went from public view.")

    def confirm(self, number: int) -> None:
        """Say that what an entry names is committed: pages made from now on show what it left."""
        with self._lock, self._held():
            self._confirm(number)
            self._tell({"kind": "done", "origin": [self._machine, number]})

    def _confirm(self, number: int) -> None:
        with contextlib.suppress(OSError):
            self._done(number).touch(mode=0o600)
        now, is_in_time = self._clock(), False
        for at, (open_number, since) in self._slots():
            if open_number == number and at != RESERVE_AT:
                is_in_time = now - since < LONGEST_TRANSACTION_SECONDS
                SLOT.pack_into(self.memory, at, 0, 0)
        if not is_in_time:
            # It was given up: pages made meanwhile still showed what it took away.
            self._set(TURNED_AT, 0)

    def prune(self, *, now: float | None = None) -> int:
        """Remove entries older than RETENTION_DAYS, here and in the shared log; return how many went here.

        Of those older than TITLES_RETENTION_DAYS the titles go: a copy that old counts as touched. The other machines
        do the same with their entries as soon as they see that the log was cut.
        """
        now = now or self._clock()
        with self._lock, self._held():
            removed = self._prune(now)
        if self._shared is not None:
            try:
                self._shared.cut(before=now - RETENTION_DAYS * 86_400, shorten=lambda entry: _untitled(entry, now))
            except OSError:
                logger.warning("The journal that the machines share cannot be cut.")
        return removed

    def _prune(self, now: float) -> int:
        removed = 0
        for number in self._numbers():
            path = self._path(number)
            removal = self._removal(number)
            noted_at = removal.at if removal else path.stat().st_mtime
            if noted_at < now - RETENTION_DAYS * 86_400:
                path.unlink(missing_ok=True)
                self._done(number).unlink(missing_ok=True)
                removed += 1
            elif removal and removal.titles and noted_at < now - TITLES_RETENTION_DAYS * 86_400:
                with contextlib.suppress(OSError):
                    self._write(number, _untitled(json.loads(path.read_text(encoding="utf-8")), now))
                    self._known.pop(number, None)
        return removed

    def _write(self, number: int, entry: dict) -> None:
        path = self._path(number)
        unfinished = path.with_suffix(".new")
        with open(unfinished, "w", encoding="utf-8") as handle:
            json.dump(entry, handle, ensure_ascii=False)
            handle.flush()
            os.fsync(handle.fileno())
        unfinished.rename(path)
        _flush(self._entries)

    def _begin(self, number: int) -> None:
        """Note an entry as pending."""
        now = int(self._clock())
        slots = list(self._slots())
        free = [at for at, (taken, since) in slots[:-1] if not taken or now - since > LONGEST_TRANSACTION_SECONDS]
        at, lowest = (free[0], number) if free else (RESERVE_AT, min(taken for _at, (taken, _since) in slots if taken))
        # The moment first: a number that is read with an older one would not count as pending.
        self._set(at + NUMBER.size, now)
        self._set(at, lowest)

    def _shut_front(self, *, for_good: bool = False) -> None:
        """Make the web server in front ask for every page; `for_good`: after a power failure, too."""
        try:
            self._front.unlink(missing_ok=True)
            if for_good and os.path.isdir(self._front_key):
                _flush(self._front_key)
        except OSError:
            logger.exception("The web server in front could not be told to ask for every page.")

    def _turn_front(self) -> None:
        """Change the key of the copies in front once what went is committed: those made until now are not found again.

        A page that is made from then on does not show what went. With a pending entry, or without room on the disk, the
        front stays shut.
        """
        if self._is_turned() or self._unconfirmed():
            return
        # Do not wait for a process that is writing: readers' requests call this, and the next one comes soon.
        with self._held(waits=False) as is_held:
            if not is_held or self._unconfirmed():
                return
            counter = self.counter
            try:
                self._change_key_in_front(counter)
            except OSError:
                if self._is_turning:
                    logger.exception("The key of the copies in front cannot be changed; it gives none until it can.")
                self._is_turning = False
                return
            self._is_turning = True
            self._set(TURNED_AT, counter)

    def _change_key_in_front(self, number: int) -> None:
        link = self._front_key
        folder, unfinished = link.with_name(f"{number}-{secrets.token_hex(4)}"), link.with_name("new")
        # The web server in front has another account; what it finds here is one empty file.
        for one in (link.parent, folder):
            one.mkdir(exist_ok=True)
            one.chmod(0o755)
        # Another process may be following the link just now.
        retained = {link.name, folder.name, os.readlink(link) if link.is_symlink() else ""}
        if not link.is_symlink():
            shutil.rmtree(link, ignore_errors=True)
        unfinished.unlink(missing_ok=True)
        unfinished.symlink_to(folder.name)
        unfinished.rename(link)
        _flush(link.parent)
        for former in link.parent.iterdir():
            if former.name not in retained:
                shutil.rmtree(former, ignore_errors=True)

    # --- Reading -----------------------------------------------------------------------------------

    @property
    def machine(self) -> str:
        """The name of this machine among those that share the folder of all."""
        return self._machine

    @property
    def counter(self) -> int:
        """The number of the last entry."""
        return NUMBER.unpack_from(self.memory, 0)[0]

    def stamp(self) -> bytes:
        """Return the stamp of a copy that is made from now on: the counter, or less while an entry is pending."""
        # The counter first: an entry that begins after it was read is higher than it in any case.
        counter = self.counter
        return NUMBER.pack(min([counter, *(number - 1 for number in self._unconfirmed())]))

    def _unconfirmed(self) -> list[int]:
        now = self._clock()
        return [
            number for _at, (number, since) in self._slots() if number and now - since < LONGEST_TRANSACTION_SECONDS
        ]

    def is_clean(self, stamp: bytes, upto: bytes, host: str, path: str, body: bytes) -> bool:
        """Tell whether a copy is untouched by every entry after `stamp` up to `upto` (counters as bytes).

        `body`: plain. What cannot be read counts as touched.
        """
        first, last = NUMBER.unpack(stamp)[0] + 1, NUMBER.unpack(upto)[0]
        if last < first - 1 or last - first >= MOST_MISSED:
            return False
        for number in range(first, last + 1):
            removal = self._removal(number)
            if removal is None or removal.touches(host, path, body):
                return False
        return True

    def removal_at(self, host: str, path: str) -> Removal | None:
        """Return the entry by which the page of an address went, unless something is public there again."""
        self._read_places()
        host = bare_host(host)
        found = self._places.get((host, path))
        if found is None:
            # A host name that no site has shows the city's pages.
            found = [removal for removal in self._places.get(("", path), ()) if host not in removal.hosts]
        return next((removal for removal in reversed(found) if self.is_done(removal.number)), None)

    def has_removals(self) -> bool:
        """Whether any address is known to be gone."""
        self._read_places()
        return bool(self._places)

    def is_done(self, number: int) -> bool:
        """Whether what an entry names was committed; not known of one whose database was lost at that moment."""
        return self._done(number).exists()

    def removals(self) -> Iterator[Removal]:
        """Every entry that can be read, the oldest first."""
        for number in sorted(self._numbers()):
            removal = self._removal(number)
            if removal is not None:
                yield removal

    def tend(self) -> None:
        """Look whether the folder is still the one that was opened, and let the front keep copies when it may again."""
        try:
            found = os.stat(self.folder / "counter")
            is_same = (found.st_dev, found.st_ino) == self._file
        except OSError:
            is_same = False
        if not is_same:
            logger.warning("The journal of what went from public view was replaced; it is opened anew.")
            try:
                self._open()
                # It may be an older one, whose key was in use before.
                self._set(TURNED_AT, 0)
            except OSError:
                logger.exception("The journal of what went from public view cannot be opened.")
        self._follow()
        self._turn_front()
        if not self._may_front_cache():
            # A process may have died between the look and the touch.
            if os.path.exists(self._front):
                self._shut_front()
        elif not os.path.exists(self._front):
            with contextlib.suppress(OSError):
                self._front.touch(mode=0o644)
            if not self._may_front_cache():
                # Something went, or changed, between the look and the touch.
                self._shut_front()

    def note_change(self) -> None:
        """Tell all processes of this machine, and the web server in front, that what readers see has changed just now.

        They would notice by themselves within a second or two. Does not wait: a moment that another process writes at
        the same time is as good.
        """
        self._set(CHANGED.start, int(self._clock() * 1_000_000_000))
        self._shut_front()

    def is_of_one_machine(self) -> bool:
        """Tell whether no other machine has ever opened a journal with the same shared folder."""
        try:
            return self._shared is None or self._shared.machines() <= {self._machine}
        except OSError:
            return False

    def _may_front_cache(self) -> bool:
        changed_at = NUMBER.unpack_from(self.memory, CHANGED.start)[0] / 1_000_000_000
        is_past = self._clock() - changed_at > FRONT_SHUT_AFTER_CHANGE_SECONDS
        return is_past and self._is_turned() and not self.is_deaf()

    def _is_turned(self) -> bool:
        """Whether the key of the copies in front was changed since the last entry."""
        return NUMBER.unpack_from(self.memory, TURNED_AT)[0] >= self.counter

    def is_deaf(self) -> bool:
        """Whether the other machines have not been heard for so long that something may have gone unknown."""
        return self._shared is not None and self._clock() - self._heard_at > DEAF_SECONDS

    def _follow(self) -> None:
        """Take over what other machines noted; one process of the machine does it for all."""
        if self._shared is None:
            return
        try:
            if self._shared.state() != self._adopted():
                with self._lock, self._held():
                    self._adopt_all()
            self._heard_at = self._clock()
        except OSError:
            logger.warning("The journal that the machines share cannot be read.")

    def _adopted(self) -> tuple[int, int]:
        """The number of the shared log's file that was read, and how far."""
        return NUMBER.unpack_from(self.memory, ADOPTED_OF)[0], NUMBER.unpack_from(self.memory, ADOPTED_AT)[0]

    def _adopt_all(self) -> None:
        number, offset = self._adopted()
        entries, (found, end) = self._shared.after(number, offset)
        if found != number or end < offset:
            # It was cut: much of what it says is known already, and what is old goes here too.
            self._prune(self._clock())
            known = {removal.origin for removal in self.removals() if removal.origin}
            entries = [entry for entry in entries if entry.get("kind") == "done" or _origin(entry) not in known]
        for entry in entries:
            self._adopt_whatever(entry)
        self._set(ADOPTED_OF, found)
        self._set(ADOPTED_AT, end)

    def _adopt_whatever(self, entry: dict) -> None:
        """Adopt an entry; one that makes no sense counts as one that cannot be read: all older copies go."""
        try:
            self._adopt(entry)
        except (TypeError, ValueError, KeyError, AttributeError):
            logger.exception("An entry of the shared journal makes no sense; all older copies go.")
            self._set(0, self.counter + 1)

    def _adopt(self, entry: dict) -> None:
        machine, number = entry.get("origin", ["", 0])
        if machine == self._machine:
            return
        if entry.get("kind") != "done":
            self._add(entry)
            return
        for own in sorted(self._numbers(), reverse=True)[:SLOTS]:
            removal = self._removal(own)
            if removal is not None and removal.origin == (machine, number):
                self._confirm(own)
                return

    def _removal(self, number: int) -> Removal | None:
        if number not in self._known:
            try:
                found = Removal.read(json.loads(self._path(number).read_text(encoding="utf-8")))
            except (OSError, ValueError, KeyError, TypeError, AttributeError):
                logger.exception("Entry %s of what went cannot be read; all older copies go.", number)
                found = None
            if len(self._known) > MOST_MISSED:
                self._known.clear()
            self._known[number] = found
        return self._known[number]

    def _read_places(self) -> None:
        with self._lock:
            upto = self.counter
            if upto == self._places_upto:
                return
            for number in sorted(number for number in self._numbers() if self._places_upto < number <= upto):
                removal = self._removal(number)
                if removal is None:
                    continue
                for place in removal.keys():
                    if removal.kind == "gone":
                        self._places.setdefault(place, []).append(removal)
                    elif removal.kind == "back":
                        self._places.pop(place, None)
            self._places_upto = upto

    # --- The files ---------------------------------------------------------------------------------

    def _path(self, number: int) -> Path:
        return self._entries / f"{number}.json"

    def _done(self, number: int) -> Path:
        return self._entries / f"{number}.done"

    def _numbers(self) -> list[int]:
        return [int(name[:-5]) for name in os.listdir(self._entries) if name.endswith(".json") and name[:-5].isdigit()]

    def _slots(self) -> Iterator[tuple[int, tuple[int, int]]]:
        for at in range(SLOTS_AT, RESERVE_AT + SLOT.size, SLOT.size):
            yield at, SLOT.unpack_from(self.memory, at)

    def _set(self, at: int, number: int) -> None:
        NUMBER.pack_into(self.memory, at, number)

    def _name(self) -> str:
        """The name of this machine among those that share; made anew when the folder was copied to another one."""
        host, path = socket.gethostname(), self.folder / "machine"
        with contextlib.suppress(OSError):
            if (known := path.read_text(encoding="utf-8").strip()).startswith(f"{host} "):
                return known
        name = f"{host} {secrets.token_hex(8)}"
        with contextlib.suppress(OSError):
            path.write_text(name, encoding="utf-8")
        return name

    @contextlib.contextmanager
    def _held(self, *, waits: bool = True) -> Iterator[bool]:
        """Keep other processes from writing; without a lock to be had, write all the same.

        A caller who does not wait learns whether it holds the lock.
        """
        try:
            handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            logger.exception("The journal of what went from public view cannot be locked.")
            yield waits
            return
        try:
            is_free = True
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
            except OSError:
                is_free = waits
            yield is_free
        finally:
            os.close(handle)


def _flush(folder: Path) -> None:
    """Flush the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _untitled(entry: dict, now: float) -> dict:
    """An entry without its titles when it is old enough; it then touches every copy that is older than it."""
    noted_at = entry.get("at")
    if not entry.get("titles") or not isinstance(noted_at, int | float):
        return entry
    return {**entry, "titles": [], "untitled": True} if noted_at < now - TITLES_RETENTION_DAYS * 86_400 else entry


def _origin(entry: dict) -> tuple:
    origin = entry.get("origin")
    return tuple(origin) if isinstance(origin, list) else ()


@functools.cache
def journal() -> Journal:
    """The journal of this portal, opened once a process. Raises OSError with the reason where it cannot be kept."""
    demand_own_disk(settings.PORTAL_GONE)
    return Journal(settings.PORTAL_GONE, shared=settings.PORTAL_GONE_SHARED)
