"""What a task may ask of the system: a list of calls, and files only below named folders; everything else is refused.

`allow_only` is the last thing a task's process does before it touches a file of a stranger (seccomp): it reads and
writes what was handed to it open, and thinks. No socket, no process or thread, no signal to others, no limit raised, no
file opened for writing. `read_only_below` shuts the file system (Landlock) where bubblewrap cannot.
"""

import ctypes
import os
import platform
import struct
import sys

ALLOWED, REFUSED, KILLED = 0x7FFF0000, 0x00050000 | 1, 0x80000000  # 1: EPERM
# Name → number; a call that an architecture does not have is left out.
_X86_64 = {
    "read": 0,
    "write": 1,
    "close": 3,
    "stat": 4,
    "fstat": 5,
    "lstat": 6,
    "poll": 7,
    "lseek": 8,
    "mmap": 9,
    "mprotect": 10,
    "munmap": 11,
    "brk": 12,
    "rt_sigaction": 13,
    "rt_sigprocmask": 14,
    "rt_sigreturn": 15,
    "pread64": 17,
    "pwrite64": 18,
    "readv": 19,
    "writev": 20,
    "access": 21,
    "select": 23,
    "sched_yield": 24,
    "mremap": 25,
    "madvise": 28,
    "dup": 32,
    "dup2": 33,
    "nanosleep": 35,
    "getpid": 39,
    "exit": 60,
    "uname": 63,
    "ftruncate": 77,
    "getcwd": 79,
    "readlink": 89,
    "gettimeofday": 96,
    "getrusage": 98,
    "sysinfo": 99,
    "times": 100,
    "getuid": 102,
    "getgid": 104,
    "geteuid": 107,
    "getegid": 108,
    "getppid": 110,
    "sigaltstack": 131,
    "arch_prctl": 158,
    "gettid": 186,
    "time": 201,
    "futex": 202,
    "sched_getaffinity": 204,
    "getdents64": 217,
    "set_tid_address": 218,
    "restart_syscall": 219,
    "fadvise64": 221,
    "clock_gettime": 228,
    "clock_getres": 229,
    "clock_nanosleep": 230,
    "exit_group": 231,
    "newfstatat": 262,
    "readlinkat": 267,
    "faccessat": 269,
    "pselect6": 270,
    "ppoll": 271,
    "set_robust_list": 273,
    "dup3": 292,
    "getrandom": 318,
    "membarrier": 324,
    "statx": 332,
    "rseq": 334,
    "faccessat2": 439,
}
_AARCH64 = {
    "getcwd": 17,
    "dup": 23,
    "dup3": 24,
    "ftruncate": 46,
    "faccessat": 48,
    "close": 57,
    "getdents64": 61,
    "lseek": 62,
    "read": 63,
    "write": 64,
    "readv": 65,
    "writev": 66,
    "pread64": 67,
    "pwrite64": 68,
    "pselect6": 72,
    "ppoll": 73,
    "readlinkat": 78,
    "newfstatat": 79,
    "fstat": 80,
    "exit": 93,
    "exit_group": 94,
    "set_tid_address": 96,
    "futex": 98,
    "set_robust_list": 99,
    "nanosleep": 101,
    "clock_gettime": 113,
    "clock_getres": 114,
    "clock_nanosleep": 115,
    "sched_getaffinity": 123,
    "sched_yield": 124,
    "restart_syscall": 128,
    "sigaltstack": 132,
    "rt_sigaction": 134,
    "rt_sigprocmask": 135,
    "rt_sigreturn": 139,
    "times": 153,
    "uname": 160,
    "getrusage": 165,
    "gettimeofday": 169,
    "getpid": 172,
    "getppid": 173,
    "getuid": 174,
    "geteuid": 175,
    "getgid": 176,
    "getegid": 177,
    "gettid": 178,
    "sysinfo": 179,
    "brk": 214,
    "munmap": 215,
    "mremap": 216,
    "mmap": 222,
    "fadvise64": 223,
    "mprotect": 226,
    "madvise": 233,
    "getrandom": 278,
    "membarrier": 283,
    "statx": 291,
    "rseq": 293,
    "faccessat2": 439,
}
# Calls that are allowed with some arguments only.
_BOUND = {
    "x86_64": {"ioctl": 16, "execve": 59, "fcntl": 72, "tgkill": 234, "openat": 257, "prlimit64": 302},
    "aarch64": {"ioctl": 29, "fcntl": 25, "tgkill": 131, "execve": 221, "openat": 56, "prlimit64": 261},
}
# Name of the machine → (its mark in a filter, its calls).
_MACHINES = {"x86_64": (0xC000003E, _X86_64), "aarch64": (0xC00000B7, _AARCH64)}

_SET_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER, _SET_DUMPABLE = 38, 22, 2, 4
# O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND: the same on both machines.
_WRITING = 0o3 | 0o100 | 0o1000 | 0o2000
_TCGETS = 0x5401
_F_SETOWN, _F_SETSIG, _F_SETLEASE, _F_NOTIFY = 8, 10, 1024, 1026

_libc = ctypes.CDLL(None, use_errno=True)


class NoWall(Exception):
    """The kernel cannot refuse what must be refused; the text says what is missing."""


# --- Calls (seccomp) ----------------------------------------------------------------------------------


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


def allow_only(*, program: bool) -> None:
    """Permanently refuse calls of this process that are not on the list; `program`: it may become another program.

    Raises NoWall when the kernel has no filters or the machine is none of those known here.
    """
    machine = platform.machine()
    if sys.byteorder != "little" or machine not in _MACHINES or struct.calcsize("P") != 8:
        raise NoWall(f"no list of calls for {machine}")
    code = _filter(machine, own=os.getpid(), program=program)
    buffer = ctypes.create_string_buffer(code, len(code))
    wanted = _Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    _no_new_privileges()
    if _libc.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(wanted), 0, 0):
        raise NoWall(f"no seccomp filter: {os.strerror(ctypes.get_errno())}")


def _filter(machine: str, *, own: int, program: bool) -> bytes:
    """Return the filter in the machine language of the kernel (classic BPF)."""
    mark, calls = _MACHINES[machine]
    bound = _BOUND[machine]
    code = [_load(4), *_unless(mark, [_answer(KILLED)]), _load(0)]
    for number in sorted(calls.values()):
        code += _when(number, [_answer(ALLOWED)])
    # Nothing is opened for writing.
    code += _when(bound["openat"], [_load(_argument(2)), _mask(_WRITING), *_when(0, [_answer(ALLOWED)]), _no()])
    # "Is this a terminal?", which every reader of files asks.
    code += _when(bound["ioctl"], [_load(_argument(1)), *_when(_TCGETS, [_answer(ALLOWED)]), _no()])
    # No signal by way of a file.
    asking = [
        instruction for one in (_F_SETOWN, _F_SETSIG, _F_SETLEASE, _F_NOTIFY) for instruction in _when(one, [_no()])
    ]
    code += _when(bound["fcntl"], [_load(_argument(1)), *asking, _answer(ALLOWED)])
    # `abort()` ends only itself.
    code += _when(bound["tgkill"], [_load(_argument(0)), *_when(own, [_answer(ALLOWED)]), _no()])
    # Limits may be read.
    low, high = _argument(2), _argument(2) + 4
    reading = [_load(low), *_when(0, [_load(high), *_when(0, [_answer(ALLOWED)])]), _no()]
    code += _when(bound["prlimit64"], reading)
    if program:
        code += _when(bound["execve"], [_answer(ALLOWED)])
    return b"".join([*code, _no()])


def _argument(place: int) -> int:
    return 16 + 8 * place


def _load(offset: int) -> bytes:
    return struct.pack("<HBBI", 0x20, 0, 0, offset)


def _mask(bits: int) -> bytes:
    return struct.pack("<HBBI", 0x54, 0, 0, bits)


def _answer(value: int) -> bytes:
    return struct.pack("<HBBI", 0x06, 0, 0, value)


def _no() -> bytes:
    return _answer(REFUSED)


def _when(value: int, then: list[bytes]) -> list[bytes]:
    """Do what follows only when what was loaded is `value`."""
    return [struct.pack("<HBBI", 0x15, 0, len(then), value), *then]


def _unless(value: int, then: list[bytes]) -> list[bytes]:
    return [struct.pack("<HBBI", 0x15, len(then), 0, value), *then]


def _no_new_privileges() -> None:
    _libc.prctl(_SET_DUMPABLE, 0, 0, 0, 0)
    if _libc.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        raise NoWall("privileges cannot be given up")


# --- Files (Landlock) -----------------------------------------------------------------------------------

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same on all machines
_EXECUTE, _READ_FILE, _READ_FOLDER = 1, 1 << 2, 1 << 3
# How many rights over files, and which further scopes, each version of Landlock knows.
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_CONNECT_AND_BIND, _SOCKETS_AND_SIGNALS = 0b11, 0b11


class _Below(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32)]


def read_only_below(paths: list[str]) -> None:
    """Permanently let this process and its children open files below `paths` only, for reading. Raises NoWall."""
    version = _libc.syscall(_CREATE, None, 0, 1)
    if version < 1:
        raise NoWall("the kernel has no Landlock")
    files = (1 << _RIGHTS.get(version, 16)) - 1
    wanted = struct.pack(
        "<QQQ", files, _CONNECT_AND_BIND if version >= 4 else 0, _SOCKETS_AND_SIGNALS if version >= 6 else 0
    )[: 24 if version >= 6 else 16 if version >= 4 else 8]
    rules = _libc.syscall(_CREATE, wanted, len(wanted), 0)
    if rules < 0:
        raise NoWall(f"no Landlock: {os.strerror(ctypes.get_errno())}")
    for path in paths:
        if not os.path.exists(path):
            continue
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
        rights = _EXECUTE | _READ_FILE | (_READ_FOLDER if os.path.isdir(path) else 0)
        failed = _libc.syscall(_ADD, rules, 1, ctypes.byref(_Below(rights, folder)), 0)
        os.close(folder)
        if failed:
            raise NoWall(f"no Landlock for a folder: {os.strerror(ctypes.get_errno())}")
    _no_new_privileges()
    if _libc.syscall(_RESTRICT, rules, 0):
        raise NoWall(f"no Landlock: {os.strerror(ctypes.get_errno())}")
    os.close(rules)
