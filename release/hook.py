"""Hook of hatchling for a wheel with compiled kernels; off unless HATCH_BUILD_HOOK_ENABLE_CUSTOM=true.

The wheel is for the version of Python, the system and the kind of processor that build it (`kernels.py`), and says so
in its name.  Where its machine code does not fit, it does what the plain wheel does: compile.
"""

import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

GLIBC = "manylinux_2_17"  # the oldest that package indices accept; kernels need far less, see `tag`


def tag(system: str = sys.platform, libc: str = platform.libc_ver()[0]) -> str:
    """What the wheel is for, as its name says it; "" where hatchling finds that.

    Package indices take no `linux` but `manylinux`, which promises a system library of at least some age.  Machine code
    of kernels is read and linked by llvmlite, has no library of its own, and asks that one for exp, log and the like,
    all of them older (tests/support/test_shipped.py).
    """
    if system != "linux" or libc != "glibc":
        return ""
    python = f"cp{sys.version_info.major}{sys.version_info.minor}"
    return f"{python}-{python}-{GLIBC}_{platform.machine()}"


class Kernels(BuildHookInterface):
    """Compiles the kernels into a folder of the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before the files of a wheel are put together; version: "standard", or "editable", which has none."""
        if version != "standard":
            return
        self._made = tempfile.TemporaryDirectory()
        folder = Path(self._made.name) / "kernels"
        subprocess.run([sys.executable, Path(self.root) / "release" / "kernels.py", folder], check=True)
        build_data["force_include"][str(folder)] = "cellsim/_compiled"
        build_data["pure_python"], build_data["infer_tag"] = False, True
        if name := tag():
            build_data["tag"] = name

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Called when the wheel is written."""
        if version == "standard":
            self._made.cleanup()
