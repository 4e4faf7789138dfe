"""Hook of hatchling for a wheel with compiled kernels; off unless HATCH_BUILD_HOOK_ENABLE_CUSTOM=true.

The wheel is for the version of Python, the system and the kind of processor that build it (`kernels.py`), and says so
in its name.  Where its machine code does not fit, it does what the plain wheel does: compile.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


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

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Called when the wheel is written."""
        if version == "standard":
            self._made.cleanup()
