"""An interpreter, and our code, that the unprivileged account can read.

Root's own Python and virtual environment often lie where nobody else may look
(/root, 0700). Opening those folders is not ours to do; so what is needed is
laid out below the data folder, by hard links where the file system allows
(no space, a second) and copies elsewhere. Our own package is always copied,
since it may be edited in place. Names in the tree stay root's: the account
reads them and can change nothing.
"""

from __future__ import annotations

import compileall
import hashlib
import os
import shutil
import stat
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import forthwith
from forthwith.adapters.postgres import Folders, LauncherError, spawning
from forthwith.adapters.postgres import account as accounts
from forthwith.interfaces.cli import places

_UNNEEDED = {
    "test",
    "tests",
    "idlelib",
    "tkinter",
    "turtledemo",
    "ensurepip",
    "site-packages",
    "dist-packages",
}
_PROBE = "import ssl, sqlite3, django, granian, psycopg, forthwith.interfaces.cli.up"


@dataclass(frozen=True)
class Interpreter:
    """A Python that the account can run, and the environment that it needs to find everything."""

    path: str
    environment: dict[str, str] = field(default_factory=dict)


def interpreter(folders: Folders) -> Interpreter:
    """Our own if the account can read it all; else one laid out in the data folder's `runtime`."""
    account = folders.account
    home, sites, ours = _stdlib(), _sites(), Path(forthwith.__file__).parent
    program = Path(os.path.realpath(sys.executable))
    if all(accounts.reaches(account, path) for path in (program, home, *sites, ours)):
        return Interpreter(sys.executable)
    former = os.umask(0o022)
    try:
        laid_out = _lay_out(folders, program=program, home=home, sites=sites, ours=ours)
    finally:
        os.umask(former)
    _probe(laid_out, folders)
    return laid_out


def _lay_out(folders: Folders, *, program: Path, home: Path, sites: list[Path], ours: Path) -> Interpreter:
    root = folders.runtime
    root.mkdir(exist_ok=True)
    environment = {"PYTHONNOUSERSITE": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    path = str(program)
    if not all(accounts.reaches(folders.account, place) for place in (program, home)):
        base = _once(root, "python", _mark(program, home), lambda draft: _link_python(draft, program, home))
        environment["PYTHONHOME"] = str(base)
        environment["LD_LIBRARY_PATH"] = str(base / "lib")
        path = str(base / "bin" / program.name)
    libraries = _once(root, "libraries", _mark(*_receipts(sites)), lambda draft: _link_sites(sites, draft))
    _mirror(ours, root / "source" / "forthwith")
    with suppress(FileNotFoundError):  # only the sample world and `forthwith policy` need them
        _mirror(places.policies_root(), root / "source" / "policies")
    compileall.compile_dir(root / "source", quiet=2)
    found = [root / "source", *(libraries / str(number) for number in range(len(sites)))]
    environment["PYTHONPATH"] = os.pathsep.join(map(str, found))
    return Interpreter(path, environment)


def _once(root: Path, name: str, mark: str, make: object) -> Path:
    """`root/name-mark`, made if it is not there; those with another mark are removed."""
    wanted = root / f"{name}-{mark}"
    if not wanted.is_dir():
        draft = root / f"{name}.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        make(draft)  # type: ignore[operator]
        draft.rename(wanted)
    for other in root.glob(f"{name}-*"):
        if other != wanted:
            shutil.rmtree(other, ignore_errors=True)
    return wanted


def _link_python(draft: Path, program: Path, home: Path) -> None:
    (draft / "bin").mkdir()
    _link(program, draft / "bin" / program.name)
    _link_tree(home, draft / "lib" / home.name, skip=_UNNEEDED)
    for library in Path(sysconfig.get_config_var("LIBDIR") or home.parent).glob("libpython*.so*"):
        _link(library, draft / "lib" / library.name)


def _link_sites(sites: list[Path], draft: Path) -> None:
    """Each in a folder of its own: in one, a package of the second could hide one of the first."""
    for number, site in enumerate(sites):
        _link_tree(site, draft / str(number), skip=set())


def _link_tree(source: Path, target: Path, *, skip: set[str]) -> None:
    for place, names, files in os.walk(source):
        inside = Path(place).relative_to(source)
        names[:] = [name for name in names if name not in skip or inside.parts]
        (target / inside).mkdir(parents=True, exist_ok=True)
        for name in files:
            _link(Path(place, name), target / inside / name)


def _link(source: Path, target: Path) -> None:
    """A hard link; a copy where that is refused or where the original is not for all to read."""
    found = source.stat()
    if found.st_mode & stat.S_IROTH:
        try:
            os.link(os.path.realpath(source), target)
            return
        except OSError:
            pass
    shutil.copy2(source, target)
    target.chmod(stat.S_IMODE(found.st_mode) | 0o444 | (0o111 if found.st_mode & 0o100 else 0))


def _mirror(source: Path, target: Path) -> None:
    """Copy what is new or changed, remove what is gone."""
    target.mkdir(parents=True, exist_ok=True)
    wanted = {path.relative_to(source): path for path in _files(source)}
    for path in list(_files(target)):
        if path.relative_to(target) not in wanted:
            path.unlink()
    for inside, path in wanted.items():
        copy, found = target / inside, path.stat()
        if copy.exists() and (copy.stat().st_mtime_ns, copy.stat().st_size) == (
            found.st_mtime_ns,
            found.st_size,
        ):
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy)
        copy.chmod(0o644)


def _files(root: Path) -> Iterator[Path]:
    for place, names, files in os.walk(root):
        names[:] = [name for name in names if name != "__pycache__"]
        yield from (Path(place, name) for name in files)


def _probe(laid_out: Interpreter, folders: Folders) -> None:
    done = spawning.run(
        [laid_out.path, "-c", _PROBE],
        account=folders.account,
        environment={**laid_out.environment, "LC_ALL": "C.UTF-8"},
    )
    if done.returncode != 0:
        raise LauncherError(
            f"the account {folders.account.name!r} cannot run Python from {folders.runtime}:\n{done.stdout.strip()}\n"
            "Install Python and Forthwith where every account may read them (such as /opt), or start as another user."
        )


def _receipts(sites: list[Path]) -> list[Path]:
    return [receipt for site in sites for receipt in sorted(site.glob("*.dist-info/RECORD"))]


def _mark(*paths: Path) -> str:
    """Changes when a package is installed, upgraded or removed."""
    seen = "\n".join(f"{path} {path.stat().st_mtime_ns}" for path in paths)
    return hashlib.sha256(f"{sys.version}\n{seen}".encode()).hexdigest()[:12]


def _stdlib() -> Path:
    return Path(sysconfig.get_path("stdlib"))


def _sites() -> list[Path]:
    """Where installed packages lie, in the order in which they are searched."""
    names = {"site-packages", "dist-packages"}
    return [Path(entry) for entry in sys.path if Path(entry).name in names and Path(entry).is_dir()]
