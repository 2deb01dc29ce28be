"""The wheel carries the policies: `policies/` of the source tree becomes `forthwith/_policies`.

Everything else is said in pyproject.toml. An editable install needs no copy:
it finds `policies/` by walking up from its own source.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithPolicies(build_py):
    """Copies the policies beside the package's modules."""

    def run(self) -> None:
        """As ever, and then the policies, unless the build is an editable one."""
        super().run()
        source, target = Path(__file__).parent / "policies", Path(self.build_lib) / "forthwith" / "_policies"
        if not self.editable_mode and source.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target)


setup(cmdclass={"build_py": BuildWithPolicies})
