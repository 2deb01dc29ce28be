"""The built wheel, installed elsewhere and started from a foreign folder, serves everything: a stranger drives it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys import outside
from tests.load import running

pytestmark = pytest.mark.timeout(600)
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A folder that any account may enter."""
    made = Path(tempfile.mkdtemp(prefix="fw-wheel-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def wheel(home: Path) -> Path:
    """Built from a copy of what a checkout holds, so that nothing lying about gets in."""
    source = home / "source"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, source / name)
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(home), str(source)],
        check=True,
        capture_output=True,
    )
    return next(home.glob("*.whl"))


@pytest.fixture(scope="module")
def command(home: Path, wheel: Path) -> str:
    """`forthwith` of an environment of its own: the wheel, and the locked requirements from where they are installed."""
    place = home / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    python = place / "bin" / "python"
    install = ["install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", "--python", str(python), *install], check=True)
    site = next(place.glob("lib/python*/site-packages"))
    (site / "requirements.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return str(place / "bin" / "forthwith")


def test_it_carries_what_a_checkout_has(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        carried = set(archive.namelist())
    listed = subprocess.run(["git", "ls-files", "-z", "src", "policies"], cwd=ROOT, capture_output=True, check=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            inside = name.removeprefix("src/").replace("policies/", "forthwith/_policies/", not name.startswith("src/"))
            assert inside in carried
    assert not [name for name in carried if not name.startswith("forthwith")]


def test_a_stranger_finds_everything_served(command: str, home: Path, monkeypatch: Any) -> None:
    foreign = home / "somewhere else"
    foreign.mkdir()
    monkeypatch.chdir(foreign)
    monkeypatch.setattr(running, "COMMAND", [command])
    with running.running(home / "data") as server:
        _is_the_wheel(server, home)
        world = server.world
        assert world["connect"] == {"host": "127.0.0.1", "port": server.port}
        portal = world["portals"][2]["key"]
        people = [one for one in world["people"] if one["portal"] == portal]
        one_of_each = {one["roles"][0]: one for one in reversed(people)}
        services = [one for one in world["services"] if one["portal"] == portal]
        assert {"coordinator", "nurse", "auditor"} <= set(one_of_each)
        findings = outside.check({**world, "services": services}, people=list(one_of_each.values()))
    assert findings == []
    assert list(foreign.iterdir()) == []


def _is_the_wheel(server: running.Running, home: Path) -> None:
    """The code of this checkout is not what runs."""
    here = subprocess.run(
        [str(home / "environment/bin/python"), "-c", "import forthwith; print(forthwith.__file__)"],
        cwd=home, env=running.clean(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert here.stdout.startswith(str(home / "environment"))
    assert os.path.realpath(f"/proc/{server.process.pid}/cwd") == str(home / "somewhere else")
