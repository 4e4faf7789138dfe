"""The README's pictures of charges, and of the packaged claim: `python benchmarks/pictures.py`."""

from pathlib import Path

import numpy as np

import cellsim
from cellsim.drawing.style import save
from cellsim.studies.claim_audit.report import plots

HOME = Path(__file__).parents[1] / "docs"
MAPS = (("leaf_2010", "volumetric", "electrolyte"), ("leaf_2018", "volumetric", "electrolyte"))
CELL = "target_nmc811_lpscl_li"
SAFE = "critical current margin >= 0 mA/cm2, temperature <= 70 degC, current <= 4C"


def main():
    """Charge and draw; audit and draw."""
    steps = [cellsim.charge(1.0), cellsim.hold(4.2), cellsim.rest(1800)]
    charge = cellsim.simulate("lgm50_chen2020", steps, cellsim.DFN((20, 6, 20), shells=12), soc=0.1)
    charge.plot(HOME / "states.png", states=True, times=[0.0, 1200.0, charge.steps[0].t_end, charge.t[-1]])
    cellsim.charge_study(["lgm50_chen2020", CELL], ["cc-cv 1C", "fastest"]).plot(HOME / "charges.png")
    cellsim.charge_map(
        CELL, "temperature", np.linspace(273.15, 333.15, 25), "areal capacity", np.linspace(2, 7, 20), limits=SAFE
    ).plot(HOME / "charge_map.png")
    found = cellsim.audit(only="energy")
    found.plot(HOME / "ratios.png")
    for baseline, metric, varied in MAPS:
        wanted = (CELL, baseline, metric, varied)
        chosen = next(m for m in found.maps if (m.cell, m.baseline, m.metric, m.varied) == wanted)
        save(plots.ratio_map(chosen), HOME / f"map_{baseline}_{metric}.png")
    save(plots.waterfall(found.figures(CELL)), HOME / "waterfall.png")
    save(plots.discharge_curves(found.figures(CELL)), HOME / "curves.png")
    save(plots.ragone((*found.baselines, *found.cells)), HOME / "ragone.png")


if __name__ == "__main__":
    main()
