"""The data folder: what lies where, with which owner and mode.

    DATA/postgres   the database's own files              0700, the account's
    DATA/files      attachments                           0700, the account's
    DATA/heads      signed heads of the audit's chains    0700, the account's
    DATA/run        sockets                               0700, the account's
    DATA/secrets    generated passwords and keys          0700, files 0600, the launcher's
    DATA/logs       what the processes say                0700, the launcher's
    DATA/runtime    binaries the account cannot reach otherwise (as root only)

As root the folder itself belongs to root, so that a process that has stepped
down cannot put something else where the launcher writes.
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from . import account as accounts
from .account import Account
from .errors import LauncherError

SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET = 103  # sun_path holds 108 bytes on Linux, 104 elsewhere, with the closing zero


@dataclass(frozen=True)
class Folders:
    """Paths below one data folder, and the account that runs there."""

    data: Path
    account: Account
    sockets: Path

    @property
    def postgres(self) -> Path:
        return self.data / "postgres"

    @property
    def files(self) -> Path:
        return self.data / "files"

    @property
    def heads(self) -> Path:
        return self.data / "heads"

    @property
    def secrets(self) -> Path:
        return self.data / "secrets"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def runtime(self) -> Path:
        return self.data / "runtime"

    @property
    def lock(self) -> Path:
        return self.data / "lock"

    @property
    def visitors(self) -> Path:
        return self.data / "visitors"

    @property
    def notes(self) -> Path:
        return self.data / "running.json"

    def hand_over(self) -> None:
        """What a command run as root wrote for the processes becomes the account's."""
        for folder in (self.files, self.heads):
            accounts.hand_over(folder, self.account)


def prepare(data: Path) -> Folders:
    """Make (or check) the data folder and what lies in it. Raises LauncherError with the cause."""
    data = data.expanduser().absolute()
    if not str(data).isprintable():
        raise LauncherError(f"the data folder's name must be printable text, and {ascii(str(data))} is not.")
    account = accounts.choose(data)
    if not accounts.is_known(account.uid):
        raise LauncherError(
            f"PostgreSQL runs only as an account that the system knows, and user id {account.uid} has no entry in "
            "/etc/passwd: add one, start as another user, or set DATABASE_URL."
        )
    _make_data_folder(data, account)
    folders = Folders(data, account, _socket_folder(data, account))
    for path in (folders.secrets, folders.logs):
        _make(path, None)
    for path in (folders.files, folders.heads, folders.sockets):
        _make(path, account)
    return folders


def existing(data: Path) -> Folders | None:
    """The folder if it was made before and its secrets are ours to read; nothing is made or changed."""
    data = data.expanduser().absolute()
    if not os.access(data / "secrets", os.R_OK | os.X_OK):
        return None
    return Folders(data, accounts.choose(data), data / "run")


def _make_data_folder(data: Path, account: Account) -> None:
    existed = data.is_dir()
    if existed and any(data.iterdir()) and not (data / "secrets").is_dir():
        raise LauncherError(f"{data} is not empty and was not made by forthwith: name another folder with --data.")
    try:
        data.mkdir(parents=True, exist_ok=True)
        if data.stat().st_uid == os.geteuid():
            data.chmod(0o711 if account.lowered else 0o700)
    except OSError as cause:
        raise LauncherError(
            f"cannot make the data folder {data}: {cause.strerror}. Name another with --data."
        ) from cause
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        raise LauncherError(f"{data} may not be written by {account.name}: name another folder with --data.")
    if account.lowered and not accounts.reaches(account, data, os.X_OK):
        if not existed:
            data.rmdir()
        raise LauncherError(
            f"the database runs as the unprivileged account {account.name!r}, which cannot enter {data}. "
            "Name a folder that it can, such as /var/lib/forthwith, with --data (modes of other folders are left alone)."
        )


def _socket_folder(data: Path, account: Account) -> Path:
    """A folder whose socket path is short enough: DATA/run, else a private one named after the data folder."""
    name = f"forthwith-{account.uid}-{hashlib.sha256(os.fsencode(data)).hexdigest()[:8]}"
    runtime = os.environ.get("XDG_RUNTIME_DIR") if not account.lowered else "/run"
    candidates = [
        data / "run",
        *([Path(runtime) / name] if runtime else []),
        Path("/tmp") / name,
    ]
    for candidate in candidates:
        if _fits(candidate) and os.access(_nearest(candidate), os.W_OK | os.X_OK):
            return candidate
    raise LauncherError(f"no folder is left for a socket of at most {LONGEST_SOCKET} bytes: use a shorter --data.")


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / SOCKET_NAME)) <= LONGEST_SOCKET


def _nearest(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path


def _make(path: Path, account: Account | None) -> None:
    """A private folder of the account (or ours); one that somebody else put there is refused."""
    uid = os.geteuid() if account is None else account.uid
    if not path.is_symlink() and not path.exists():
        path.mkdir(mode=0o700, exist_ok=True)  # another that starts in the same instant may be first
    found = path.lstat()
    if account is not None and account.lowered and stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid():
        os.chown(path, account.uid, account.gid)
        found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid:
        raise LauncherError(f"{path} should be a folder of {accounts.name_of(uid)}, and is not: remove it.")
    if stat.S_IMODE(found.st_mode) != 0o700:
        path.chmod(0o700)
