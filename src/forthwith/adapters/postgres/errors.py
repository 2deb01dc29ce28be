"""What can go wrong when the embedded PostgreSQL is started. Messages are written for the person at the terminal."""

from __future__ import annotations


class LauncherError(Exception):
    """The embedded PostgreSQL could not be started or reached; the message says why and what to do."""


class DataFolderBusy(LauncherError):
    """Another process holds the data folder; `owner` is what that process wrote about itself."""

    def __init__(self, message: str, *, owner: dict[str, object]) -> None:
        super().__init__(message)
        self.owner = owner
