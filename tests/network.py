"""Tests stay on this machine: whatever connects or asks for a name elsewhere fails at once, with the reason."""

from __future__ import annotations

import socket
from typing import Any

HERE = ("127.", "::1", "localhost", "0.0.0.0")


class NetworkReached(RuntimeError):
    """A test reached for the network."""


def is_here(host: object) -> bool:
    """Is this host, as given to a socket, this very machine?"""
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    return name in ("", "::") or name.startswith(HERE) or name.endswith(".localhost")


def stay_here() -> None:
    """From now on, in this process."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def checked(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not is_here(address[0]):
            raise NetworkReached(f"tests stay on this machine; this one reached for {address}")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        checked(self, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        checked(self, address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not is_here(host) and not _is_number(host):
            raise NetworkReached(f"tests stay on this machine; this one asked for {host}")
        return getaddrinfo(host, *args, **kwargs)

    socket.socket.connect = guarded_connect  # type: ignore[method-assign]
    socket.socket.connect_ex = guarded_connect_ex  # type: ignore[method-assign]
    socket.getaddrinfo = guarded_getaddrinfo


def _is_number(host: Any) -> bool:
    """Addresses need no asking; connecting to them is checked."""
    name = host.decode() if isinstance(host, bytes) else str(host)
    return ":" in name or name.replace(".", "").isdigit()
