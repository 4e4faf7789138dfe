"""Odd values, expressions and points as the laws of a cell: refused in a sentence, or a cell whose run is finite."""

import numpy as np
from mutations import BYTES, VALUES, damaged, restructured

import cellsim

LG = "lgm50_chen2020"
PIECES = ["x", "T", "1", "0.5", "1e-3", "+", "-", "*", "/", "**", "(", ")", "exp(", "log(", "sqrt(", "tanh(", ","]
LAWS = (
    "electrolyte/conductivity",
    "electrolyte/diffusivity",
    "positive electrode/particle diffusivity",
    "negative electrode/open-circuit potential",
    "positive electrode/entropic change coefficient",
    "negative electrode/exchange-current density",
)
GRADED = ("negative electrode/electrolyte volume fraction", "negative electrode/layers")
SIZES = "positive electrode/particle radius"
NUMBERS = ("cell/series resistance", "separator/thickness", "cell/upper voltage cut-off", SIZES)


def run(held, cell):
    """A short run: each number that is stored is finite."""
    result = held(cellsim.simulate, cell, "Discharge at 1C for 10 s; Rest for 10 s", "SPM", soc=0.5)
    if result is not None:
        held.check(bool(np.isfinite(result["Voltage [V]"]).all() and np.isfinite(result.t).all()), "NaN in a run")


def test_expressions(held):
    """Random ones, and names that only Python knows."""
    cell = cellsim.load(LG)
    for rng in held.many(400):
        words = " ".join(rng.choices(PIECES, k=rng.randrange(1, 12)))
        if rng.random() < 0.1:
            words = rng.choice(("().__class__", "lambda: 1", "open('x','w')", "x if x else T", f"{words}.real"))
        made = held(cell.with_, {rng.choice(LAWS): words})
        if made is not None:
            run(held, made)


def test_values_points_layers_and_sizes(held):
    """What a law, a profile over the thickness, a distribution of sizes and a number may be, with something changed."""
    cell = cellsim.load(LG)
    for rng in held.many(150):
        path = rng.choice((*LAWS, *GRADED, SIZES, *NUMBERS))
        law = cell.law(path) if path in LAWS else None
        if law is not None:
            x = np.sort([rng.uniform(1.0, 2e3) if path.startswith("electrolyte") else rng.random() for _ in range(5)])
            right = [x.tolist(), np.asarray(law(x, 298.15), float).tolist()]
        elif path == "negative electrode/layers":
            right = [{"thickness share": 0.5, "electrolyte volume fraction": e} for e in (0.3, 0.2)]
        elif path in GRADED:
            right = [{"thickness share": 0.5, "value": 0.3}, {"thickness share": 0.5, "value": 0.2}]
        elif path == SIZES and rng.random() < 0.5:
            right = [[3e-6, 6e-6], [0.4, 0.6]]
        else:
            right = [cell.value(path)]
        odd = restructured(rng, right) if rng.random() < 0.8 else right
        if path in NUMBERS and isinstance(odd, list) and len(odd) == 1:
            odd = odd[0] if rng.random() < 0.5 else rng.choice(VALUES)
        odd = tuple(odd) if isinstance(odd, list) and rng.random() < 0.5 else odd
        made = held(cell.with_, {path: odd})
        if made is not None:
            run(held, made)


def test_files_of_points(held, tmp_path):
    """A law from two columns of a file that is damaged."""
    cell, path = cellsim.load(LG), tmp_path / "law.csv"
    for rng in held.many(100):
        key = rng.choice(LAWS)
        x = np.linspace(*((100.0, 2e3) if key.startswith("electrolyte") else (0.02, 0.98)), rng.randrange(2, 30))
        rows = "\n".join(
            f"{a:.5g},{b:.5g}" for a, b in zip(x, np.asarray(cell.law(key)(x, 298.15)) + 0 * x, strict=True)
        )
        path.write_bytes(damaged(rng, rng.choice((b"", b"x,y\n", b"# a\n")) + rows.encode()))
        made = held(cell.with_, {key: str(path)})
        if made is not None:
            run(held, made)


def test_paths_and_names(held):
    """Names of quantities that are none."""
    cell = cellsim.load(LG)
    for rng in held.many(30):
        path = damaged(rng, rng.choice((*LAWS, *NUMBERS)).encode()).decode("utf-8", "surrogateescape")
        for read in (cell.law, cell.value, cell.record, cell.has, lambda p: cell.with_({p: 1.0})):
            held(read, path)
        held(cellsim.load, (rng.choice(BYTES) + path.encode("utf-8", "surrogateescape")).decode("latin-1"))
