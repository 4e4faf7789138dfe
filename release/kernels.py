"""Compile the kernels for a wheel: python release/kernels.py FOLDER [CPU].

Runs what people run first, in each of its kinds, and puts the machine code of all kernels that Python called into
FOLDER, with a manifest (`cellsim/support/shipped`).  It is made for the Python, Numba and llvmlite that run this, for
this system, and for every processor of a kind, the common ones of the last ten years:

    x86-64     x86-64-v3 of the psABI (Intel from Haswell, AMD from Zen)
    aarch64    all of ARMv8-A

CPU: another name that LLVM knows, with its features in NUMBA_CPU_FEATURES.
"""

import json
import os
import pickle
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# features of the x86-64 psABI's levels 1, 2 and 3, in LLVM's words
V3 = (
    *("cmov", "cx8", "fxsr", "mmx", "sse", "sse2"),
    *("cx16", "popcnt", "sahf", "sse3", "sse4.1", "sse4.2", "ssse3"),
    *("avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe", "xsave"),
)
KINDS = {"x86_64": ("x86-64-v3", V3), "aarch64": ("generic", ("fp-armv8", "neon"))}
SAME = {"AMD64": "x86_64", "arm64": "aarch64"}  # other names of a machine
KEPT = ("Called", "Outermost")  # kinds of machine code (`cellsim/support/linking.py`) that Python calls
CALLS = """
import cellsim

models = (cellsim.DFN(), cellsim.SPMe(), cellsim.SPM())
cells = ("lgm50_composite", "msmr_example", "target_nmc811_lpscl_li", "nmc811_lpscl_graphite", "lfp_peo_li")
found = [cellsim.simulate("lgm50_chen2020", cellsim.discharge(1.0), model) for model in models]
found += [cellsim.simulate(cell, cellsim.discharge(1.0)) for cell in cells]
found.append(cellsim.simulate("lgm50_chen2020", "Run US06 at 60 W peak", soc=0.8, heat=True))
for result in found:
    for name in result:
        result[name]
for cell in ("lgm50_chen2020", *cells):
    cellsim.impedance(cell, soc=0.5)
"""
RUNS = (["-c", CALLS], ["-m", "cellsim", "audit", "-o", "report.html"])  # of Python

LOADED = """
import importlib
from pathlib import Path
from cellsim.support.shipped import choice
choice.FOLDER = Path({folder!r})
from cellsim.support.compile import shipped, sources
found, why = shipped.of_package(sources)
assert found, why
for index in choice.FOLDER.glob("*/*.nbi"):
    kernel = getattr(importlib.import_module(index.parent.name), index.name.split("-")[0].split(".", 1)[1])
    for key in kernel._cache._shipped._cache_file._load_index():
        kernel.compile(key[0])
        assert kernel.stats.cache_hits[key[0]] == 1, index
"""


def processor(cpu: str) -> tuple[str, str]:
    """Name and features of what is compiled for, as Numba takes them; cpu: "" for the usual kind."""
    machine = platform.machine()
    name, features = KINDS.get(SAME.get(machine, machine), ("", ()))
    if cpu or not name:
        if not cpu or "NUMBA_CPU_FEATURES" not in os.environ:
            sys.exit(f"no processor is known for {machine}: give the name of one, and NUMBA_CPU_FEATURES")
        return cpu, os.environ["NUMBA_CPU_FEATURES"]
    return name, ",".join(f"+{each}" for each in features)


def compiled(cpu: str, features: str, home: Path) -> Path:
    """A folder in which Python has compiled the kernels for a processor."""
    ours = {"NUMBA_CPU_NAME": cpu, "NUMBA_CPU_FEATURES": features, "NUMBA_DISABLE_INTEL_SVML": "1"}
    ours |= {"NUMBA_CACHE_DIR": str(home), "CELLSIM_COMPILE": "first", "PYTHONPATH": str(ROOT)}
    for run in RUNS:
        subprocess.run([sys.executable, *run], cwd=home, env=os.environ | ours, check=True, stdout=subprocess.DEVNULL)
    (found,) = (home / "cellsim").iterdir()
    return found


def collect(cache: Path, folder: Path) -> dict[str, str]:
    """Copy the machine code of kernels that Python called, and its indices, to a folder; their checksums, by path."""
    from cellsim.support.cache import checksum, read

    files = {}

    def copy(path: Path, content: bytes) -> None:
        place = folder / path.parent.name
        place.mkdir(exist_ok=True, parents=True)
        (place / path.name).write_bytes(content)
        files[f"{place.name}/{path.name}"] = checksum(content).hex()

    for index in sorted(cache.glob("*/*.nbi")):
        codes = {path: read(path) or b"" for path in sorted(index.parent.glob(f"{index.stem}.*.nbc"))}
        if any(pickle.loads(content)[0][1] in KEPT for content in codes.values()):  # written above
            for path, content in [(index, read(index) or b""), *codes.items()]:
                copy(path, content)
    return files


def check(folder: Path) -> None:
    """Load all of a folder in a new process, as an installed package does; ends with a message if that fails."""
    with tempfile.TemporaryDirectory() as home:
        ours = {"NUMBA_CACHE_DIR": home, "PYTHONPATH": str(ROOT), "CELLSIM_COMPILE": ""}
        run = [sys.executable, "-c", f"{LOADED.format(folder=str(folder))}"]
        if subprocess.run(run, cwd=home, env=os.environ | ours).returncode:
            sys.exit(f"what was compiled cannot be loaded here: {folder}")


def main(folder: Path, cpu: str = "") -> None:
    """Fill a folder."""
    sys.path.insert(0, str(ROOT))
    from cellsim.support.compile import sources
    from cellsim.support.shipped.choice import MANIFEST, here

    name, features = processor(cpu)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        sys.exit(f"{folder} is not empty")
    with tempfile.TemporaryDirectory() as home:
        files = collect(compiled(name, features, Path(home)), folder)
    made = here() | {"cpu": name, "features": features, "sources": sources(), "files": files}
    (folder / MANIFEST).write_text(json.dumps(made, indent=1), encoding="utf-8")
    check(folder)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{len(files)} files, {1e-6 * size:.1f} MB, for {name} in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), *sys.argv[2:3])
