"""What a process that decodes foreign files may do: no network, no other programs, bounded memory, time and files."""

import ctypes
import errno
import platform
import resource
import signal
import struct
import sys
from collections.abc import Mapping
from types import SimpleNamespace
from typing import NamedTuple

# What a decoder needs of its surroundings; the rest holds keys and addresses that are none of its business.
_NAMES = {"PATH", "HOME", "LANG", "TMPDIR", "TZ", "VIRTUAL_ENV", "TESSDATA_PREFIX"}
_PREFIXES = ("LC_", "LD_", "PYTHON", "OMP_", "OPENBLAS_")


class Machine(NamedTuple):
    """A processor's name in seccomp, and its numbers of the system calls that are refused."""

    audit: int
    refused: tuple[int, ...]


# socket socketpair connect · execve execveat · ptrace process_vm_readv/writev kill · bpf userfaultfd io_uring_setup
_MACHINES = {
    "x86_64": Machine(0xC000003E, (41, 53, 42, 59, 322, 101, 310, 311, 62, 321, 323, 425)),
    "aarch64": Machine(0xC00000B7, (198, 199, 203, 221, 281, 117, 270, 271, 129, 280, 282, 425)),
}
_FOREIGN = 0x40000000  # from here on, x86_64 understands its 32-bit twin's numbers
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2


def surroundings(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without secrets and settings."""
    return {name: it for name, it in environment.items() if name in _NAMES or name.startswith(_PREFIXES)}


def confine(limits: SimpleNamespace) -> None:
    """Gives up for good what decoding does not need; the limits are those of `Limits`."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.max_memory, limits.max_memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds_per_file, limits.seconds_per_file + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.max_bytes, limits.max_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(limits.seconds_per_file)
    shut_out()


def shut_out() -> bool:
    """No network and no other programs from now on, for this process and its children; False where Linux cannot.

    seccomp(2) needs no rights, and works within containers; a refused call fails with EPERM.
    """
    machine = _MACHINES.get(platform.machine()) if sys.platform == "linux" else None
    if machine is None:
        return False
    steps = _write_filter(machine)
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code)))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    if prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    return bool(prctl(_SECCOMP, _FILTER, ctypes.addressof(program), 0, 0) == 0)


def _write_filter(machine: Machine) -> list[tuple[int, int, int, int]]:
    """Steps of classic BPF (code, jump if true, jump if false, value); jumps count the steps to leave out."""
    calls = machine.refused
    return [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 0, len(calls) + 3, machine.audit),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, len(calls) + 1, 0, _FOREIGN),
        *((_EQUAL, len(calls) - at, 0, call) for at, call in enumerate(calls)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
