"""Whether the machine code that a wheel carries is used: always where it fits, and nowhere else.

It fits if it was made from these sources, for this interpreter, these versions of Numba and llvmlite and this system,
and if the processor has every feature that it was compiled for.  That is the same for all processes of a machine, so
that all of them take the same code.  What was compiled for a processor by name (NUMBA_CPU_NAME, NUMBA_CPU_FEATURES),
or is to be compiled here (CELLSIM_COMPILE=host), comes from the cache of this user.
"""

import functools
import json
import os
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llvmlite
import numba
from numba.core import config
from numba.core.registry import cpu_target

from ..background import HOST

FOLDER = Path(__file__).parents[2] / "_compiled"  # of the package; only wheels made for it have one
MANIFEST = "kernels.json"  # what the machine code was made from and for, and a checksum of each file
MADE_FOR = {"python": "extension modules", "numba": "Numba", "llvmlite": "llvmlite", "triple": "the system"}


def here() -> dict[str, str]:
    """What machine code depends on in this process, but for the processor and the sources."""
    return {
        "python": str(sysconfig.get_config_var("EXT_SUFFIX")),
        "numba": numba.__version__,
        "llvmlite": llvmlite.__version__,
        "triple": cpu_target.target_context.codegen().magic_tuple()[0],
    }


def available(features: str) -> set[str]:
    """Features of a processor that LLVM's list (`+avx2,-avx512f`) says it has."""
    return {each[1:] for each in features.split(",") if each.startswith("+")}


def why_not(made: Any, sources: Callable[[], str]) -> str:
    """Why machine code is not used here, "" if it is.

    made: content of its manifest; sources: gives the digest of the sources of kernels.
    """
    if os.environ.get("CELLSIM_COMPILE") == HOST:
        return f"CELLSIM_COMPILE={HOST}"
    for name in ("CPU_NAME", "CPU_FEATURES"):
        if getattr(config, name) is not None:
            return f"NUMBA_{name} is set"
    for key, value in here().items():
        if made.get(key) != value:
            return f"made for {MADE_FOR[key]} {made.get(key)}, here is {value}"
    lacking = available(made["features"]) - available(cpu_target.target_context.codegen().magic_tuple()[2])
    if lacking:
        return f"made for {made['cpu']}, this processor lacks {', '.join(sorted(lacking))}"
    return "" if made["sources"] == sources() else "made from other sources"


class Shipped:
    """Machine code in the package that is used.

    folder: where it is; magic: what Numba calls the processor that it was compiled for; files: checksum of each, by its
    path in the folder.
    """

    def __init__(self, folder: Path, made: dict[str, Any]) -> None:
        """made: content of the manifest."""
        self.folder = folder
        self.cpu = str(made["cpu"])
        self.magic = (made["triple"], made["cpu"], made["features"])
        self.files: dict[str, str] = dict(made["files"])

    def has(self, kernel: str) -> bool:
        """Whether there is a kernel, by its file and name such as `ndf.march`."""
        return any(name.rpartition("/")[2].startswith(f"{kernel}-") for name in self.files)


def examined(folder: Path, sources: Callable[[], str]) -> tuple[Shipped | None, str]:
    """What a folder has for this process, None if that is not used, and in words which it is."""
    try:
        made = json.loads((folder / MANIFEST).read_bytes())
        reason = why_not(made, sources)
        found = Shipped(folder, made)
    except (FileNotFoundError, NotADirectoryError):  # the latter in an archive
        return None, "none"
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        return None, f"not used, {MANIFEST} is damaged ({fault or type(fault).__name__})"
    return (None, f"not used, {reason}") if reason else (found, f"used, for {found.cpu}")


@functools.cache
def of_package(sources: Callable[[], str]) -> tuple[Shipped | None, str]:
    """The same of the folder of the package."""
    return examined(FOLDER, sources)
