"""How far a cell's energy density can be off, from how its inputs are known."""
import numpy as np

from ..design import build, energy_density
from ..errors import ParameterError, SolveError
from ..parameters.catalogue import quantities
from ..protocols import discharge
from ..simulation.run import simulate

# Half-width of the uniform spread of a value, by how it is known.  A judgement of the authors of
# cellsim, stated in every report: what matters is that it is the same for every cell.
SPREAD = {"measured": 0.02, "fitted": 0.05, "literature": 0.05, "stated": 0.02, "assumed": 0.10}
SAMPLES, SEED = 40, 2028
# Sizes, amounts and densities, and what limits the voltage: everything a number stands for, but ...
LEFT = ("design/number of electrode pairs", "cell/electrode area", "cell/nominal capacity",
        "negative electrode/critical current density")  # which bounds charges only
SECTIONS = ("negative electrode", "separator", "positive electrode", "design")
ENDS = ("thickness", "density", "active material volume fraction", "utilisation", "maximum concentration",
        "contact fraction", "exchange-current density", "interface resistance", "electrolyte fill factor",
        "area coverage", "tab and terminal mass")


def varied(cell) -> list[str]:
    """Paths of the numbers that are varied: sizes, amounts, densities, and what costs voltage."""
    return [row[0] for row in cell.provenance().rows
            if row[0].split("/")[0] in SECTIONS and row[0].endswith(ENDS) and row[0] not in LEFT
            and "stated" not in row[0] and cell.record(row[0]).law.constant and cell.value(row[0]) > 0.0]


def _within(cell, path, value):
    """The value, kept inside what the schema and the volume fractions of an electrode allow."""
    section, _, key = path.partition("/")
    kind = cell.text(f"{section}/type") if section.endswith("electrode") else None
    name = quantities(section, kind)[key]
    high = name.hi
    if key == "active material volume fraction":
        high = 1.0 - sum(cell.value(f"{section}/{phase} volume fraction") for phase in ("electrolyte", "void"))
    return float(min(max(value, name.lo), high))


def varied_cells(cell, samples=SAMPLES):
    """Cells drawn around `cell`: a Latin hypercube over `varied(cell)`, each value within the SPREAD of its method.

    Draws that break a rule of parameter sets are left out.
    """
    from scipy.stats import qmc

    paths = varied(cell)
    widths = np.array([SPREAD[cell.record(p).method] for p in paths])
    for draw in qmc.LatinHypercube(len(paths), rng=SEED).random(samples):
        factors = 1.0 + widths * (2.0 * draw - 1.0)
        try:
            yield cell.with_({p: _within(cell, p, f * cell.value(p)) for p, f in zip(paths, factors, strict=True)})
        except ParameterError:
            continue


def sample(cell, c_rate, temperature, samples=SAMPLES) -> np.ndarray:
    """Energy densities (samples, 2) [W.h/kg, W.h/L] of cells drawn around `cell`.

    Draws that cannot be built or simulated (layers too large for a can) are left out.
    """
    found = []
    for other in varied_cells(cell, samples):
        try:
            energy = simulate(other, discharge(c_rate), temperature=temperature).discharge_energy
            density = energy_density(other, energy, build(other))
        except (ParameterError, SolveError):
            continue
        found.append((density.gravimetric, density.volumetric))
    return np.array(found).reshape(-1, 2)


def interval(samples) -> tuple[float, float]:
    """5 % and 95 % quantiles of (n,) samples; NaN if there are none."""
    if len(samples) == 0:
        return float("nan"), float("nan")
    low, high = np.quantile(samples, (0.05, 0.95))
    return float(low), float(high)
