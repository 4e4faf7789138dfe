"""Lives in Parquet files: the table that any program reads, and beside it what `Life` knows, with a digest of all."""

import hashlib
import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from ....errors import ReportError
from ....parameters import Cell
from ....protocols import Protocol
from ....support.arguments import file_path
from ....support.files import optional, replacing
from ..cycle_map import Aged
from .states import heat_read, heat_said, model_read, model_said, packed, unpacked

FORMAT = 1
OF_JUMPS = ("bound", "simulated", "tolerance", "met")


def table_path(path: Any) -> Path:
    """The path of a file that a life can be saved to.  Raises ReportError."""
    found: Path = file_path("path", path, (".parquet",))
    optional("pyarrow")
    return found


def write_life(life: Any, path: Path) -> None:
    """Write a `Life` to `.parquet`; nothing half-written.  Raises ReportError."""
    optional("pyarrow")
    frame = life.table.copy()
    frame.attrs["cellsim"] = json.dumps(_signed(_meta(life), frame))
    with replacing(path) as partial:
        frame.to_parquet(partial, write_page_checksum=True)


def _meta(life: Any) -> dict[str, Any]:
    how = life.how
    states = {n: packed(Aged(end)) for n, end in life.states.items()}
    return {
        "format": FORMAT,
        "kind": "life",
        "cell": life.cell.to_json(),
        "name": life.cell.name,
        "protocol": json.loads(life.protocol.to_json()),
        "end": life.end,
        "remarks": list(life.remarks),
        "states": states,
        "start": None if life.start is None else packed(Aged(life.start)),
        "model": None if life.start is None else model_said(life.start.model),
        "how": None if how is None else {**how, "heat": heat_said(how["heat"])},
        "unfinished": None if life.unfinished is None else dict(life.unfinished),
        "until": life.until,
        "jumps": None if life.jumped is None else {name: getattr(life.jumped, name) for name in OF_JUMPS},
    }


def _signed(meta: dict[str, Any], frame: Any) -> dict[str, Any]:
    """Metadata with the digest of themselves and of all numbers."""
    meta = json.loads(json.dumps(meta))
    h = hashlib.blake2b(json.dumps(meta, sort_keys=True).encode(), digest_size=16)
    for name, column in (("", frame.index), *frame.items()):
        numbers = np.ascontiguousarray(column.to_numpy(), "<f8")
        h.update(name.encode() + np.where(np.isnan(numbers), np.nan, numbers).tobytes())
    return {**meta, "digest": h.hexdigest()}


def read_life(path: Any) -> dict[str, Any]:
    """The fields of a `Life` from a file of `write_life`.  Raises ReportError for any other or damaged file."""
    path = file_path("path", path)
    if path.suffix != ".parquet":
        raise ReportError(f"{path}: a saved life is a .parquet file; give one that `age` or `Life.save` wrote")
    optional("pyarrow")
    if not os.path.isfile(path):
        raise ReportError(f"{path}: {'is not a file' if os.path.exists(path) else 'there is no such file'}")
    try:
        frame = optional("pandas").read_parquet(path)
        meta = json.loads(frame.attrs.pop("cellsim"))
        stored = meta.pop("digest")
        if meta.get("kind") != "life" or meta["format"] != FORMAT:
            raise ValueError("of another kind, or of a later version")
        if _signed(meta, frame)["digest"] != stored:
            raise ValueError("its numbers differ from those that were saved")
        return _fields(meta, frame)
    except ReportError:
        raise
    except Exception as fault:  # readers of damaged files raise exceptions of any type
        why = " ".join(str(fault).split())[:200] or type(fault).__name__
        raise ReportError(f"{path}: is not a saved life, or damaged ({why})") from None


def _fields(meta: dict[str, Any], frame: Any) -> dict[str, Any]:
    cell = Cell.from_json(meta["cell"], meta["name"])
    model = None if meta["model"] is None else model_read(meta["model"])
    how, jumps = meta["how"], meta["jumps"] or {}
    if not all(isinstance(jumps[name], int | float | None) for name in (OF_JUMPS if jumps else ())):
        raise TypeError("jumps: a number is none")
    return {
        "cell": cell,
        "protocol": Protocol.from_json(json.dumps(meta["protocol"])),
        "table": frame,
        "end": meta["end"],
        "states": {int(n): unpacked(said, cell, model).end for n, said in meta["states"].items()},
        "jumped": None if meta["jumps"] is None else SimpleNamespace(**meta["jumps"]),
        "remarks": tuple(meta["remarks"]),
        "start": None if meta["start"] is None else unpacked(meta["start"], cell, model).end,
        "how": None if how is None else {**how, "heat": heat_read(how["heat"])},
        "unfinished": meta.get("unfinished"),
        "until": meta.get("until"),
    }
