"""Results in files: Parquet and NetCDF, with a digest of all numbers, so that none can change unseen."""
import hashlib
import io
import json

import numpy as np

from ..errors import ReportError
from ..support.arguments import file_path
from ..support.files import optional, replacing

NEEDED = {".parquet": ("pyarrow",), ".nc": ("h5netcdf", "h5py")}
MOST = 2 ** 33  # bytes of numbers that are read of a file
_WITHOUT_DIGEST = {"cell", "model", "temperature", "steps"}  # of files of version 0.1.0


def digest(meta, arrays) -> str:
    """Of what is told of a result and of all its numbers.  arrays: name to (dimensions, array)."""
    h = hashlib.blake2b(json.dumps(meta, sort_keys=True).encode(), digest_size=16)
    for name in sorted(arrays):
        dims, array = arrays[name]
        array = np.ascontiguousarray(array, "<f8")
        h.update(repr((name, tuple(dims), array.shape)).encode())
        h.update(np.where(np.isnan(array), np.nan, array).tobytes())  # one of the many NaNs, as tables do
    return h.hexdigest()


def write(result, meta, path):
    """Write a result and the meta that tells of it to `.parquet` or `.nc`.

    Raises ReportError for another kind of file, without the packages it takes, and if it cannot be written; what was
    there before is there then.
    """
    path = file_path("path", path)
    if path.suffix not in NEEDED:
        raise ReportError(f"{path}: save as {' or '.join(NEEDED)}")
    for name in NEEDED[path.suffix]:
        optional(name)
    meta = json.loads(json.dumps(meta))
    names = [n for n in result if path.suffix == ".nc" or result.variables.dims(n) == ("Time [s]",)]
    arrays = {n: (result.variables.dims(n), result[n]) for n in names} | {"Step": (("Time [s]",), result.step_index)}
    said = json.dumps(meta | {"digest": digest(meta, arrays)})
    with replacing(path) as partial:
        if path.suffix == ".parquet":
            frame = result.to_pandas()
            frame.attrs["cellsim"] = said
            frame.to_parquet(partial, write_page_checksum=True)
        else:  # in memory: where a disk is full, HDF5 ends the process
            data, memory = result.to_xarray(exact=True), io.BytesIO()
            data.attrs["cellsim"] = said
            data.to_netcdf(memory, engine="h5netcdf")
            with partial.open("wb") as file:
                file.write(memory.getbuffer())


def read(path) -> tuple[dict, dict, np.ndarray]:
    """(meta, arrays, step of each row) of what `write` wrote; arrays: name to (dimensions, array).

    Raises ReportError for anything else, and if any number is another than was written.
    """
    path = file_path("path", path)
    if path.suffix not in NEEDED:
        raise ReportError(f"{path}: expected a {' or '.join(NEEDED)} file")
    for name in NEEDED[path.suffix]:
        optional(name)
    if not path.is_file():
        raise ReportError(f"{path}: {'is not a file' if path.exists() else 'there is no such file'}")
    try:
        meta, arrays = (_parquet if path.suffix == ".parquet" else _netcdf)(path)
        said = meta.pop("digest", None)
        if said is None and set(meta) != _WITHOUT_DIGEST:
            raise ValueError("without a digest")
        if said is not None and said != digest(meta, arrays):
            raise ValueError("its numbers are not those that were saved")
        step_index = arrays.pop("Step")[1]
        if {step_index.size} != {array.shape[0] for dims, array in arrays.values() if dims[:1] == ("Time [s]",)}:
            raise ValueError("with columns of different lengths")
    except ReportError:
        raise
    except Exception as fault:  # of whatever kind: readers of damaged files raise all of them
        why = " ".join(str(fault).split())[:200] or type(fault).__name__
        raise ReportError(f"{path}: is not a saved cellsim result, or damaged ({why})") from None
    return meta, arrays, step_index


def _sized(numbers):
    if numbers * 8 > MOST:
        raise ReportError(f"a table of {numbers:.3g} numbers is more than is read")


def _parquet(path):
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        _sized(file.metadata.num_rows * file.metadata.num_columns)
        table = file.read(use_threads=False)
    said = json.loads(table.schema.metadata[b"pandas"])
    names = [n for n in table.column_names if not n.startswith("__index_level_")]
    arrays = {n: (("Time [s]",), table[n].to_numpy().astype(int if n == "Step" else float)) for n in names}
    return json.loads(said["attributes"]["cellsim"]), arrays


def _netcdf(path):
    size = path.stat().st_size
    with optional("xarray").open_dataset(path, engine="h5netcdf", decode_cf=False) as data:
        if sum(v.size for v in data.variables.values()) * 8 > 2 * size + 1_000_000:
            raise ValueError("more numbers than bytes")
        data.load()
    arrays = {str(n): (tuple(map(str, v.dims)), v.to_numpy().astype(int if n == "Step" else float))
              for n, v in data.variables.items()}
    return json.loads(data.attrs["cellsim"]), arrays
