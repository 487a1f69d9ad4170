"""Ends a process when anything in it, or in a process it starts, reaches for an internet address."""

from __future__ import annotations

import ctypes
import ipaddress
import os
import platform
import socket
import struct
import sys

#: Exit code after a connection that Python's own audit saw.
CONNECTED = 97
# Numbers of the system call `socket`, and of the processor in seccomp's terms.
_PROCESSORS = {"x86_64": (41, 0xC000003E), "aarch64": (198, 0xC00000B7)}
#: Whether native code is watched too.
WATCHES_NATIVE_CODE = sys.platform == "linux" and platform.machine() in _PROCESSORS


def watch_python() -> None:
    """Python's connections and look-ups, loopback aside, end the process with CONNECTED."""

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in ("socket.getaddrinfo", "socket.gethostbyname"):
            host = arguments[0]
        elif event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            address = arguments[1]
            host = address[0] if isinstance(address, tuple) else None
        else:
            return
        if host is not None and not is_here(host):
            # An exception could be caught on the way.
            os.write(2, f"{event} {arguments[1:] or arguments}\n".encode())
            os._exit(CONNECTED)

    sys.addaudithook(hook)


def is_here(host: object) -> bool:
    """Whether a name or address is this machine."""
    if host in ("", b"", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def watch_native_code() -> None:
    """The kernel kills this process, or one it starts, with SIGSYS when it opens an internet socket."""
    number, processor = _PROCESSORS[platform.machine()]
    load, equal, give = 0x20, 0x15, 0x06  # Classic BPF: load a word, jump if equal, return.
    kill, allow = 0x80000000, 0x7FFF0000
    program = [
        (load, 0, 0, 4),  # the processor
        (equal, 0, 5, processor),
        (load, 0, 0, 0),  # the system call
        (equal, 0, 3, number),
        (load, 0, 0, 16),  # its first argument, the kind of address
        (equal, 2, 0, socket.AF_INET),
        (equal, 1, 0, socket.AF_INET6),
        (give, 0, 0, allow),
        (give, 0, 0, kill),
    ]
    code = b"".join(struct.pack("HBBI", *line) for line in program)
    filters = ctypes.create_string_buffer(code, len(code))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program), ctypes.addressof(filters)))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong]
    # No new privileges; then the filter, for this thread and all that it starts.
    for option, value, pointer in ((38, 1, None), (22, 2, ctypes.addressof(header))):
        if prctl(option, value, pointer, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), f"prctl {option}")


def watch() -> None:
    """Puts up both guards, as far as this machine has them."""
    watch_python()
    if WATCHES_NATIVE_CODE:
        watch_native_code()
