"""Results in Parquet and NetCDF files, with a digest of all numbers against silent corruption."""

import hashlib
import io
import json
import math
import os
from collections.abc import Mapping
from dataclasses import fields
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import Ending, ReportError
from ..support.arguments import file_path
from ..support.files import optional, replacing
from .history.step import StepResult

NEEDED = {".parquet": ("pyarrow",), ".nc": ("h5netcdf", "h5py")}
MOST = 2**33  # bytes of numbers read from a file
TEXTS = ("step", "message", "label", "clock")  # of a step; everything else of it is a number
Arrays = dict[str, tuple[tuple[str, ...], NDArray[Any]]]  # name to (dimensions, array)
_WITHOUT_DIGEST = {"cell", "model", "temperature", "steps"}  # keys in files of version 0.1.0


def digest(meta: Mapping[str, Any], arrays: Arrays) -> str:
    """Digest of the metadata and all numbers of a result."""
    h = hashlib.blake2b(json.dumps(meta, sort_keys=True).encode(), digest_size=16)
    for name in sorted(arrays):
        dims, array = arrays[name]
        array = np.ascontiguousarray(array, "<f8")
        h.update(repr((name, tuple(dims), array.shape)).encode())
        h.update(np.where(np.isnan(array), np.nan, array).tobytes())  # one bit pattern for all NaNs, as tables write it
    return h.hexdigest()


def write(result: Any, meta: Mapping[str, Any], path: str | PathLike[str]) -> None:
    """Write a `Result` and its metadata to `.parquet` or `.nc`.

    Raises ReportError for another suffix, a missing package, or if the file cannot be written; an existing file is
    kept then.
    """
    path = file_path("path", path)
    if path.suffix not in NEEDED:
        raise ReportError(f"{path}: save as {' or '.join(NEEDED)}")
    for name in NEEDED[path.suffix]:
        optional(name)
    meta = dict(json.loads(json.dumps(meta)))
    names = [n for n in result if path.suffix == ".nc" or result.variables.dims(n) == ("Time [s]",)]
    arrays = {n: (result.variables.dims(n), result[n]) for n in names} | {"Step": (("Time [s]",), result.step_index)}
    attribute = json.dumps({**meta, "digest": digest(meta, arrays)})
    with replacing(path) as partial:
        if path.suffix == ".parquet":
            frame = result.to_pandas()
            frame.attrs["cellsim"] = attribute
            frame.to_parquet(partial, write_page_checksum=True)
        else:  # in memory, as HDF5 aborts the process if the disk is full
            data, memory = result.to_xarray(exact=True), io.BytesIO()
            data.attrs["cellsim"] = attribute
            data.to_netcdf(memory, engine="h5netcdf")
            with partial.open("wb") as file:
                file.write(memory.getbuffer())


def read(path: str | PathLike[str]) -> tuple[dict[str, Any], Arrays, NDArray[np.int64]]:
    """(metadata, arrays, step index of each row) of a file of `write`.

    Raises ReportError for any other file, and if the numbers do not match the digest.
    """
    path = file_path("path", path)
    if path.suffix not in NEEDED:
        raise ReportError(f"{path}: expected a {' or '.join(NEEDED)} file")
    for name in NEEDED[path.suffix]:
        optional(name)
    if not os.path.isfile(path):
        raise ReportError(f"{path}: {'is not a file' if os.path.exists(path) else 'there is no such file'}")
    try:
        meta, arrays = (_parquet if path.suffix == ".parquet" else _netcdf)(path)
        stored = meta.pop("digest", None)
        if stored is None and set(meta) != _WITHOUT_DIGEST:
            raise ValueError("without a digest")
        if stored is not None and stored != digest(meta, arrays):
            raise ValueError("its numbers differ from those that were saved")
        step_index = arrays.pop("Step")[1]
        if {step_index.size} != {array.shape[0] for dims, array in arrays.values() if dims[:1] == ("Time [s]",)}:
            raise ValueError("with columns of different lengths")
    except ReportError:
        raise
    except Exception as fault:  # readers of damaged files raise exceptions of any type
        why = " ".join(str(fault).split())[:200] or type(fault).__name__
        raise ReportError(f"{path}: is not a saved cellsim result, or damaged ({why})") from None
    return meta, arrays, step_index


def steps_in(meta: Mapping[str, Any]) -> tuple[StepResult, ...]:
    """The steps of a result in its metadata.  Raises KeyError, TypeError, ValueError for any of another form."""
    words = [meta["cell"], meta["model"], meta.get("termination", ""), *meta.get("remarks", ())]
    amounts = [meta["temperature"]]
    steps = tuple(StepResult(**(said | {"ending": Ending[said["ending"]]})) for said in meta["steps"])
    for step in steps:
        words += [getattr(step, name) for name in TEXTS]
        amounts += [getattr(step, f.name) for f in fields(step) if f.name not in (*TEXTS, "ending")]
    if not all(isinstance(word, str) for word in words):
        raise TypeError("a text is none")
    if not all(isinstance(amount, int | float) and math.isfinite(amount) for amount in amounts):
        raise TypeError("a number is none, or not finite")
    return steps


def _check_size(numbers: int) -> None:
    if numbers * 8 > MOST:
        raise ReportError(f"a table of {numbers:.3g} numbers is larger than the limit of {MOST} bytes")


def _parquet(path: Path) -> tuple[dict[str, Any], Arrays]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        _check_size(file.metadata.num_rows * file.metadata.num_columns)
        table = file.read(use_threads=False)
    attributes = json.loads(table.schema.metadata[b"pandas"])
    names = [n for n in table.column_names if not n.startswith("__index_level_")]
    arrays: Arrays = {n: (("Time [s]",), table[n].to_numpy().astype(int if n == "Step" else float)) for n in names}
    return json.loads(attributes["attributes"]["cellsim"]), arrays


def _netcdf(path: Path) -> tuple[dict[str, Any], Arrays]:
    size = path.stat().st_size
    with optional("h5py").File(path, "r") as file:  # where this fails, h5netcdf would print a traceback on its way out
        file.attrs.get("_nc3_strict")
    with optional("xarray").open_dataset(path, engine="h5netcdf", decode_cf=False) as data:
        if sum(v.size for v in data.variables.values()) * 8 > 2 * size + 1_000_000:
            raise ValueError("more numbers than bytes")
        data.load()
    arrays = {
        str(n): (tuple(map(str, v.dims)), v.to_numpy().astype(int if n == "Step" else float))
        for n, v in data.variables.items()
    }
    return json.loads(data.attrs["cellsim"]), arrays
