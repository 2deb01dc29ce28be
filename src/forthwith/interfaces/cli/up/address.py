"""The port: is it free, who has it, and does our server answer there?"""

from __future__ import annotations

import errno
import http
import http.client
import socket
from pathlib import Path
from typing import NamedTuple

import psutil

_UNPRIVILEGED = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")


def refusal(host: str, port: int, *, lowered: bool) -> str | None:
    """Why nothing can be served at this address; None when it can."""
    if lowered and port < _first_unprivileged():
        return f"port {port} is for root only, and the web server does not run as root: use --port 8080 behind a proxy."
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        return f"--host {host}: {error.strerror}."
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            return _in_words(error, host, port)
    return None


def _in_words(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is in use by {_holder(port)}. Stop that, or name another with --port."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"--host {host} is not an address of this machine."
    return f"cannot serve at {host}, port {port}: {error.strerror}."


def _holder(port: int) -> str:
    try:
        if process := holder(port):
            return f"process {process.pid} ({' '.join(process.cmdline()[:4]) or process.name()})"
    except psutil.Error:
        pass
    return "another process"


def holder(port: int) -> psutil.Process | None:
    """The process that listens there, if the system tells us."""
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
                return psutil.Process(connection.pid)
    except (psutil.Error, OSError):
        pass
    return None


def _first_unprivileged() -> int:
    try:
        return int(_UNPRIVILEGED.read_text())
    except (OSError, ValueError):
        return 1024


def base_url(host: str, port: int) -> str:
    """The address that people type: 127.0.0.1 and wildcard hosts are `localhost`."""
    shown = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::", "localhost"} else host
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"


class NotReady(NamedTuple):
    """What came instead of a 200. `broken` says that waiting will hardly help."""

    text: str
    broken: bool = False


def ready(host: str, port: int) -> NotReady | None:
    """None when /readyz says 200, else what it or the connection said."""
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    connection = http.client.HTTPConnection(target, port, timeout=5)
    try:
        connection.request("GET", "/readyz", headers={"Host": "localhost"})
        response = connection.getresponse()
        text = response.read(400).decode("utf-8", "replace")
        if response.status == http.HTTPStatus.OK:
            return None
        if response.status == http.HTTPStatus.SERVICE_UNAVAILABLE:
            return NotReady(f"/readyz answers 503: {text}")
        return NotReady(f"/readyz answers {response.status}", broken=True)
    except OSError as error:
        return NotReady(f"no answer ({error})")
    except http.client.HTTPException as error:
        return NotReady(f"a strange answer ({error!r})")
    finally:
        connection.close()
