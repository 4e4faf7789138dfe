"""Saved results, lives and journals with something wrong in them: what was saved, a sentence, or nothing of it."""

import json

import numpy as np
import pandas as pd
import pytest
from mutations import damaged, restructured

import cellsim
from cellsim.ensemble.journal import MARK, Journal, checksum
from cellsim.simulation import storage
from cellsim.studies.life.saved import life_file

LG, AGES = "lgm50_chen2020", "okane2022"
RUN, CYCLE = "Discharge at 2C for 10 min; Rest for 10 min", "Discharge at 1C for 10 s; Charge at 1C for 10 s"


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A result in both forms and a life, by suffix."""
    folder = tmp_path_factory.mktemp("saved")
    result = cellsim.simulate(LG, RUN, "SPM")
    life = cellsim.age(AGES, CYCLE, cycles=2, model="SPM", soc=0.5)
    paths = {name: folder / name for name in ("run.parquet", "run.nc", "life.parquet")}
    for name, path in paths.items():
        (life if name.startswith("life") else result).save(path)
    return paths


def finite(frame):
    """Whether a table has no NaN in a column that is not one altogether."""
    return all(np.isfinite(column).all() or np.isnan(column).all() for column in frame.to_numpy(float).T)


def test_bytes_of_results_and_lives(held, saved, tmp_path):
    """Damaged anywhere: every number as it was saved, or a sentence."""
    whole = {name: (path.read_bytes(), _numbers(held, name, path)) for name, path in saved.items()}
    for rng in held.many(60):
        name = rng.choice((*["run.parquet"] * 8, *["life.parquet"] * 3, "run.nc"))
        path, (content, numbers) = tmp_path / name, whole[name]
        path.write_bytes(damaged(rng, content))
        found = _numbers(held, name, path)
        if found is not None:
            held.check(found.equals(numbers), f"{name}: other numbers than those that were saved")


def _numbers(held, name, path):
    """The table of a file that is read, None if it is refused."""
    found = held((cellsim.Life if name.startswith("life") else cellsim.Result).load, path)
    return None if found is None else found.table if name.startswith("life") else found.to_pandas()


def test_words_of_results(held, saved, tmp_path):
    """Metadata changed by someone who knows how to make the digest: a result that can be used, or a sentence."""
    table, path = pd.read_parquet(saved["run.parquet"]), tmp_path / "run.parquet"
    meta = json.loads(table.attrs["cellsim"])
    meta.pop("digest")
    arrays = storage._parquet(saved["run.parquet"])[1]
    for rng in held.many(80):
        odd = restructured(rng, meta)
        if isinstance(odd, dict):
            odd = json.loads(json.dumps(odd))
            odd["digest"] = storage.digest(odd, arrays)
        table.attrs["cellsim"] = json.dumps(odd)
        table.to_parquet(path)
        found = held(cellsim.Result.load, path)
        if found is not None:
            for use in (
                str,
                cellsim.Result.to_pandas,
                lambda r: r["Voltage [V]"],
                lambda r: [s.message for s in r.steps],
            ):
                held(use, found)


def test_words_of_lives(held, saved, tmp_path):
    """The same of lives."""
    table, path = pd.read_parquet(saved["life.parquet"]), tmp_path / "life.parquet"
    meta = json.loads(table.attrs["cellsim"])
    meta.pop("digest")
    for rng in held.many(40):
        odd = restructured(rng, meta)
        table.attrs["cellsim"] = json.dumps(life_file._signed(odd, table) if isinstance(odd, dict) else odd)
        table.to_parquet(path)
        found = held(cellsim.Life.load, path)
        if found is not None:
            for use in (str, lambda life: life.table, lambda life: life.remarks):
                held(use, found)


def test_journals(held, tmp_path):
    """Entries that are whole are read, others are not; a file of another kind is left alone."""
    path = tmp_path / "study.journal"
    entries = [json.dumps({"key": str(k), "row": {"a": k / 3}}).encode() for k in range(6)]
    content = b"".join(MARK + checksum(said) + b" " + said + b"\n" for said in entries)
    known = [json.loads(said) for said in entries]

    def read():
        with Journal.at(path) as journal:
            return journal.entries

    for rng in held.many(150):
        odd = damaged(rng, content)
        path.write_bytes(odd)
        found = held(read, may_write=path)
        if found is None:
            held.check(path.read_bytes() == odd, "a file that is no journal was changed")
        else:
            held.check(all(entry in known for entry in found), "an entry that was never written")
