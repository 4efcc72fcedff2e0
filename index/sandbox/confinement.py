"""Take rights from this process for good: to write, to read what is private, to use the network.

Linux alone has both means, and neither needs a program or a privilege: Landlock (kernel 5.13 or
newer) for files, and a seccomp filter that refuses sockets. Where one is missing, limits of time,
memory and the size of written files are what remains.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

# linux/landlock.h; the numbers of these system calls are the same on all processors.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_RULE_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # how many bits a version knows; 16 from 5 on
_TCP_RIGHTS = 0b11
_SCOPES = 0b11  # abstract Unix sockets and signals

# linux/prctl.h, linux/seccomp.h, linux/bpf_common.h
_SET_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER_MODE = 38, 22, 2
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_NOT_LESS, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
_SYSTEM_CALL, _ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
_FOREIGN_CALLS = 0x40000000  # from here on: those of the x32 interface
_IO_URING_SETUP = 425
_SOCKET_CALLS = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}

_SYSTEM_PATHS = ("/usr", "/lib", "/lib64", "/bin", "/opt", "/nix/store", "/etc/ld.so.cache")
_DEVICES = ("/dev/null", "/dev/urandom", "/dev/zero")


def confine_process(memory: int) -> None:
    """Limit the memory of this process and of its children, and take their rights.

    What it may still read are programs, libraries, and what it has open.

    Args:
        memory: Bytes of address space.
    """
    for kind, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # macOS knows no limit of address space
            resource.setrlimit(kind, (limit, limit))
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    _restrict_files(libc, [*_SYSTEM_PATHS, sys.prefix, sys.base_prefix, *sys.path])
    _refuse_sockets(libc)


def limit_processor_time(seconds: int) -> None:
    """Have this process end when it has used so much more processor time.

    Args:
        seconds: From now on.
    """
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, highest = resource.getrlimit(resource.RLIMIT_CPU)
    limit = int(usage.ru_utime + usage.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (limit, highest))


def _restrict_files(libc: ctypes.CDLL, readable: Iterable[str]) -> None:
    """Allow programs and libraries to be read, and nothing to be written, by Landlock."""
    version = libc.syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    if version < 1:
        return
    attributes = struct.pack(
        "QQQ",
        (1 << _FILE_RIGHTS.get(version, 16)) - 1,
        _TCP_RIGHTS if version >= 4 else 0,
        _SCOPES if version >= 6 else 0,
    )
    ruleset = libc.syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    if ruleset < 0:
        return
    for path in readable:
        _allow(libc, ruleset, path, _EXECUTE | _READ_FILE | _READ_DIR)
    for path in _DEVICES:
        _allow(libc, ruleset, path, _READ_FILE | _WRITE_FILE)
    libc.syscall(_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    if not path or not Path(path).exists():
        return
    if not Path(path).is_dir():
        rights &= ~_READ_DIR
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    rule = struct.pack("=Qi", rights, descriptor)
    libc.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0)
    os.close(descriptor)


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _refuse_sockets(libc: ctypes.CDLL) -> None:
    """Refuse to open sockets, by a filter of system calls; where the processor is known."""
    if platform.machine() not in _SOCKET_CALLS:
        return
    architecture, socket_call = _SOCKET_CALLS[platform.machine()]
    instructions = b"".join(
        struct.pack("=HBBI", *instruction)
        for instruction in (
            (_LOAD, 0, 0, _ARCHITECTURE),
            (_JUMP_IF_EQUAL, 1, 0, architecture),
            (_RETURN, 0, 0, _KILL),
            (_LOAD, 0, 0, _SYSTEM_CALL),
            (_JUMP_IF_EQUAL, 3, 0, socket_call),
            (_JUMP_IF_EQUAL, 2, 0, _IO_URING_SETUP),
            (_JUMP_IF_NOT_LESS, 1, 0, _FOREIGN_CALLS),
            (_RETURN, 0, 0, _ALLOW),
            (_RETURN, 0, 0, _REFUSE),
        )
    )
    program = _Program(len(instructions) // 8, instructions)
    libc.prctl(_SET_SECCOMP, _FILTER_MODE, ctypes.byref(program), 0, 0)
