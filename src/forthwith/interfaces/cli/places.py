"""Where things lie on this machine: the data folder and the policies. Read from the environment, nothing is opened."""

from __future__ import annotations

import os
from pathlib import Path

_NAMED = os.environ.get("FORTHWITH_DATA")  # by the person; commands that use a folder set it, too


def data_folder() -> Path:
    """$FORTHWITH_DATA; else /var/lib/forthwith for root and the person's own data folder (XDG) for others."""
    return _found(os.environ.get("FORTHWITH_DATA"))


def is_found_unnamed(data: Path) -> bool:
    """Would another command, called by the same person, find this folder without --data?"""
    return _found(_NAMED).absolute() == data


def _found(named: str | None) -> Path:
    if named:
        return Path(named)
    if os.geteuid() == 0:
        return Path("/var/lib/forthwith")
    base = os.environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local", "share")
    return Path(base) / "forthwith"


def policies_root() -> Path:
    """$FORTHWITH_POLICIES; else the copy in an installed wheel; else `policies/` of the source tree.

    Raises FileNotFoundError naming every place looked at.
    """
    named = os.environ.get("FORTHWITH_POLICIES")
    if named:
        return _existing(Path(named))
    package = Path(__file__).resolve().parents[2]
    candidates = [package / "_policies", *(above / "policies" for above in package.parents)]
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    looked = ", ".join(str(candidate) for candidate in candidates[:3])
    raise FileNotFoundError(f"no policies found (looked in {looked}): set FORTHWITH_POLICIES")


def _existing(path: Path) -> Path:
    if not path.is_dir():
        raise FileNotFoundError(f"FORTHWITH_POLICIES names {path}, which is not a folder")
    return path
