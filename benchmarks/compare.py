"""cellsim against PyBaMM, COMSOL, DUALFOIL and measured cells: errors and processor times.

    python benchmarks/compare.py [--part code|external|measured|speed] [--quick]

Writes benchmarks/results/compare.json and, for the measured cells, measured.png.  The cases are
those of the tests (tests/reference_cases.py).
"""

from enum import StrEnum

import numpy as np
import paths
import reference_cases as cases
import typer
from measure import conditions, console, paired, save, show

import cellsim


class Part(StrEnum):
    """What to compare; `speed` is `code` with PyBaMM timed beside it."""

    all = "all"
    code = "code"
    external = "external"
    measured = "measured"
    speed = "speed"


def attempt(case, fine=False, model=None):
    """(rms, largest) error [mV], or infinite where the solver fails, with a line saying so."""
    try:
        return case.error(fine, model)
    except cellsim.SolveError as fault:
        console.print(f"[red]{case}, {'fine' if fine else 'default'} mesh: {fault}")
        return np.inf, np.inf


def code(speed, quick):
    """Errors against converged PyBaMM curves, and processor times."""
    chosen = [c for c in cases.pybamm_cases() if not quick or c.name.endswith("dis_1")]
    repeats, rows = 1 if quick else 5, []
    for case in chosen + ([] if quick else cases.single_ion_cases()):
        name, _, rate = case.name.rpartition("_")
        default, fine = attempt(case), attempt(case, True)
        row = {
            "case": name.replace("_", " "),
            "rate": rate.replace("p", ".") + "C",
            "rms mV": default[0],
            "max mV": default[1],
            "fine rms": fine[0],
            "fine max": fine[1],
            "CPU ms": np.median(paired([case.run], repeats)) if np.isfinite(default[0]) else np.nan,
        }
        if speed:
            row |= {"PyBaMM ms": np.nan, "ratio": np.nan, "PyBaMM rms": np.nan}
            if "single_ion" not in name:
                import against_pybamm

                ms, rms = against_pybamm.measure(case, repeats)
                row |= {"PyBaMM ms": ms, "ratio": ms / row["CPU ms"], "PyBaMM rms": rms}
        rows.append(row)
    show("Converged PyBaMM curves, first 95 %: errors in mV on the default and the fine mesh", rows)
    if speed:
        console.print(
            "CPU: median processor time of one run after a warm-up, default meshes.  Ours is the "
            "whole of simulate(), PyBaMM's the solve alone (IDAKLU); PyBaMM rms is its error so."
        )
        ratios = np.array([r["ratio"] for r in rows])
        console.print(
            f"PyBaMM takes {np.nanmedian(ratios):.1f} times our processor time (median), "
            f"{np.nanmin(ratios):.1f} to {np.nanmax(ratios):.1f}."
        )
    return rows


def external(quick):
    """Errors against COMSOL and DUALFOIL."""
    rows = []
    for case in cases.comsol_cases():
        if quick and case.name != "comsol_1C":
            continue
        row = {"case": case.name}
        for model in ("DFN", "SPMe", "SPM"):
            row[f"{model} rms mV"] = attempt(case, model=model)[0]
        row["fine DFN rms"] = attempt(case, True)[0]
        fields = cases.comsol_fields(case, case.run(True))
        row |= {f"{k} {'mV' if 'phi' in k else 'mol/m3'}": v * (1e3 if "phi" in k else 1.0) for k, v in fields.items()}
        rows.append(row)
    show("COMSOL, Marquis 2019: rms of the voltage down to the cut-off; of the fields, fine mesh", rows)
    films = [c for c in cases.dualfoil_cases() if not quick or c.name.endswith("_20")]
    foil = []
    for case in films:
        (rms, peak), fine = attempt(case), attempt(case, True)
        foil.append(
            {
                "case": case.name,
                "compared": case.part,
                "rms mV": rms,
                "max mV": peak,
                "fine rms": fine[0],
                "fine max": fine[1],
            }
        )
    show("DUALFOIL: A graphite | LiCoO2, C lithium | PEO | TiS2", foil)
    return {"comsol": rows, "dualfoil": foil}


def measured(quick):
    """Errors against measured discharges, with PyBaMM's by the same measure, and the picture."""
    chosen = [c for c in cases.measured_cases() if not quick or "1C " in c.name]
    rows = []
    for case in chosen:
        default, fine = attempt(case), attempt(case, True)
        theirs, source = case.pybamm, "published"
        if "BPX" not in case.cell.name:
            import against_pybamm

            theirs, source = against_pybamm.measure(case, 1)[1], "run here"
        rows.append(
            {
                "measured, set": case.name,
                "compared": case.part,
                "rms mV": default[0],
                "max mV": default[1],
                "fine rms": fine[0],
                "PyBaMM rms": theirs,
                "PyBaMM": source,
            }
        )
    show("Measured discharges, untuned, isothermal at the temperature of the rest before", rows)
    import measured_plot

    console.print(f"Voltage over capacity: {measured_plot.draw(chosen, paths.RESULTS / 'measured.png')}")
    return rows


def main(part: Part = Part.all, quick: bool = False):
    """Compare cellsim with other programs and with measurements."""
    paths.RESULTS.mkdir(exist_ok=True)
    results = {"conditions": conditions()}
    console.print(results["conditions"])
    if part in (Part.all, Part.code, Part.speed):
        results["code"] = code(part != Part.code, quick)
    if part in (Part.all, Part.external):
        results["external"] = external(quick)
    if part in (Part.all, Part.measured):
        results["measured"] = measured(quick)
    save(f"compare{'' if part == Part.all else f'-{part.value}'}", results)


if __name__ == "__main__":
    typer.run(main)
