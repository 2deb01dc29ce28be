"""The virus scanner: a clamd that FORTHWITH_CLAMD names, or none.

`tcp://host:3310` or `unix:///run/clamav/clamd.ctl`. A scanner that does not
answer raises ScannerAway: whoever asked leaves the file waiting, and nobody
can open it meanwhile.
"""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from urllib.parse import urlsplit

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket

VARIABLE = "FORTHWITH_CLAMD"
TIMEOUT_SECONDS = 20
PORT = 3310


class ScannerAway(Exception):
    """The virus scanner does not answer, or can't judge this file."""


class ScannerMisnamed(Exception):
    """FORTHWITH_CLAMD is neither tcp://HOST:PORT nor unix:///PATH."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """One clamd, asked anew for each file."""

    address: str

    def look(self, content: bytes) -> str | None:
        """The name of what was found, or None where the file is harmless; raises ScannerAway."""
        try:
            answers = list(self._clamd().instream(io.BytesIO(content)).values())
        except (ClamdError, OSError, UnicodeDecodeError) as error:
            raise ScannerAway(f"{self.address}: {error}") from error
        if len(answers) != 1 or answers[0][0] not in ("OK", "FOUND"):
            raise ScannerAway(f"{self.address}: answered {answers!r}")
        status, name = answers[0]
        return (name or "unnamed") if status == "FOUND" else None

    def check(self) -> None:
        """Raise ScannerAway unless it answers."""
        try:
            answer = self._clamd().ping()
        except (ClamdError, OSError, UnicodeDecodeError) as error:
            raise ScannerAway(f"{self.address}: {error}") from error
        if answer != "PONG":
            raise ScannerAway(f"{self.address}: answered {answer[:80]!r} to PING")

    def _clamd(self) -> ClamdNetworkSocket:
        parts = urlsplit(self.address)
        if parts.scheme == "unix":
            return ClamdUnixSocket(parts.path, timeout=TIMEOUT_SECONDS)
        return ClamdNetworkSocket(parts.hostname or "", parts.port or PORT, timeout=TIMEOUT_SECONDS)


def configured() -> Scanner | None:
    """The scanner that the environment names, or None; raises ScannerMisnamed."""
    address = os.environ.get(VARIABLE, "").strip()
    if not address:
        return None
    try:
        parts = urlsplit(address)
        is_named = (parts.scheme == "tcp" and bool(parts.hostname) and parts.port != 0) or (
            parts.scheme == "unix" and not parts.netloc and parts.path.startswith("/")
        )
    except ValueError:  # a port that is no number
        is_named = False
    if not is_named:
        raise ScannerMisnamed(f"{VARIABLE} is {address!r}; name tcp://HOST:PORT or unix:///PATH.")
    return Scanner(address)
