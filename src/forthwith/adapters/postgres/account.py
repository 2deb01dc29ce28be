"""Who owns the data and runs the processes.

PostgreSQL refuses to run as root, and a web server should not. So root hands
the work to an unprivileged system account; everybody else runs it as himself.
No mode of a folder that is not ours is ever changed: what the account cannot
reach is refused or copied, never opened up.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SYSTEM_ACCOUNT = "forthwith"
MOST_FILES = 65_536
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38


@dataclass(frozen=True)
class Account:
    """A system account. `lowered` says that we are root and must step down to become it."""

    uid: int
    gid: int
    name: str
    lowered: bool


def choose(data: Path) -> Account:
    """Ourselves; or, as root, the owner of existing data, else `forthwith` (created if need be), else `nobody`."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), name_of(os.geteuid()), lowered=False)
    database = data / "postgres"
    if database.is_dir() and database.stat().st_uid != 0:
        owner = database.stat()
        return Account(owner.st_uid, owner.st_gid, name_of(owner.st_uid), lowered=True)
    entry = _entry(SYSTEM_ACCOUNT) or _created() or _entry("nobody")
    if entry is None:
        return Account(65534, 65534, "65534", lowered=True)
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name, lowered=True)


def reaches(account: Account, path: Path, mode: int = os.R_OK | os.X_OK) -> bool:
    """Can the account use this path? Asked of the kernel, by a child that has become the account."""
    if not account.lowered:
        return os.access(path, mode)
    child = os.fork()
    if child == 0:
        try:
            step_down(account)
            os._exit(0 if os.access(path, mode) else 1)
        except BaseException:  # a forked child must never run on into its parent's code
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def step_down(account: Account) -> None:
    """Become the account for good: no groups but its own, no way back."""
    os.setgroups([])
    os.setgid(account.gid)
    os.setuid(account.uid)


def before_exec(account: Account, *, on_launcher_death: int = signal.SIGTERM) -> Callable[[], None]:
    """What a child does between fork and exec: step down, and ask to be stopped if the launcher dies (Linux).

    It may open as many files as the system lets us allow it: a connection is one.
    """
    libc = ctypes.CDLL(None) if sys.platform.startswith("linux") else None
    launcher = os.getpid()
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = max(now, most_files()) if now != resource.RLIM_INFINITY else now

    def prepare() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))
        if account.lowered:
            step_down(account)
        os.umask(0o077)
        if libc is not None:
            libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
            libc.prctl(_PR_SET_PDEATHSIG, int(on_launcher_death), 0, 0, 0)
            if os.getppid() != launcher:  # it died before we asked
                os._exit(1)

    return prepare


def most_files() -> int:
    """How many files, and so connections, a child may have open at once."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return MOST_FILES if most == resource.RLIM_INFINITY else min(MOST_FILES, most)


def hand_over(folder: Path, account: Account) -> None:
    """Give what root wrote below a folder of ours to the account (attachments written by a command run as root)."""
    if not account.lowered:
        return
    for place, folders, files in os.walk(folder):
        for name in (".", *folders, *files):
            path = os.path.join(place, name)
            if os.lstat(path).st_uid == 0:
                os.lchown(path, account.uid, account.gid)


def _created() -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return None
    command = [
        useradd,
        "--system",
        "--user-group",
        "--no-create-home",
        "--home-dir",
        "/nonexistent",
    ]
    shell = ["--shell", "/usr/sbin/nologin", SYSTEM_ACCOUNT]
    subprocess.run(
        [*command, *shell],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return _entry(SYSTEM_ACCOUNT)


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def is_known(uid: int) -> bool:
    """Has the system an entry for this account?"""
    return name_of(uid) != str(uid)


def name_of(uid: int) -> str:
    """The account's name, or its number when it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
