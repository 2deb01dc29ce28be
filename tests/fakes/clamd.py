"""A clamd that knows one virus: the EICAR test file. Speaks PING and INSTREAM as the daemon does."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# Written in two parts, so that no scanner takes this source for the test file itself.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
LONGEST = 1_000_000  # its StreamMaxLength


class _Session(socketserver.StreamRequestHandler):
    """One connection, one command, as `man clamd` has it: prefixed n or z, ended by newline or NUL."""

    server: Clamd

    def handle(self) -> None:
        prefix = self.rfile.read(1)
        ending = {b"n": b"\n", b"z": b"\0"}.get(prefix)
        if ending is None:
            return
        command = self._until(ending)
        self.server.commands.append(command)
        if self.server.mood == "rude":
            self.wfile.write(b"UNKNOWN COMMAND" + ending)
        elif self.server.mood == "silent":
            return
        elif command == b"PING":
            self.wfile.write(b"PONG" + ending)
        elif command == b"INSTREAM":
            self.wfile.write(self._judge() + ending)
        else:
            self.wfile.write(b"UNKNOWN COMMAND" + ending)

    def _until(self, ending: bytes) -> bytes:
        read = b""
        while not read.endswith(ending):
            byte = self.rfile.read(1)
            if not byte:
                break
            read += byte
        return read.removesuffix(ending)

    def _judge(self) -> bytes:
        content = b""
        while True:
            (length,) = struct.unpack("!L", self.rfile.read(4))
            if length == 0:
                break
            content += self.rfile.read(length)
            if len(content) > LONGEST:
                return b"INSTREAM size limit exceeded. ERROR"
        self.server.seen.append(content)
        return b"stream: Eicar-Test-Signature FOUND" if EICAR in content else b"stream: OK"


class Clamd(socketserver.ThreadingTCPServer):
    """The daemon; `mood` may be made silent (hangs up) or rude (answers nonsense)."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.commands: list[bytes] = []
        self.seen: list[bytes] = []
        self.mood = ""

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.server_address[1]}"


@contextmanager
def clamd() -> Iterator[Clamd]:
    """A running daemon on a free port of loopback."""
    with Clamd() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
