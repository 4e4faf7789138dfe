"""The README's pictures, from the packaged claim: `python benchmarks/pictures.py`."""
from pathlib import Path

import cellsim
from cellsim.report import plots

HOME = Path(__file__).parents[1] / "docs"
MAPS = (("leaf_2010", "volumetric", "electrolyte"), ("leaf_2018", "volumetric", "electrolyte"))
CELL = "target_nmc811_lpscl_li"


def main():
    """Charge and draw; audit and draw."""
    steps = [cellsim.charge(1.0), cellsim.hold(4.2), cellsim.rest(1800)]
    charge = cellsim.simulate("lgm50_chen2020", steps, soc=0.1)
    charge.plot(HOME / "states.png", states=True, times=[0.0, 1200.0, charge.steps[0].t_end, charge.t[-1]])
    found = cellsim.audit()
    found.plot(HOME / "ratios.png")
    for baseline, metric, varied in MAPS:
        wanted = (CELL, baseline, metric, varied)
        chosen = next(m for m in found.maps if (m.cell, m.baseline, m.metric, m.varied) == wanted)
        plots.save(plots.ratio_map(chosen), HOME / f"map_{baseline}_{metric}.png")
    plots.save(plots.waterfall(found.figures(CELL)), HOME / "waterfall.png")
    plots.save(plots.discharge_curves(found.figures(CELL)), HOME / "curves.png")
    plots.save(plots.ragone((*found.baselines, *found.cells)), HOME / "ragone.png")


if __name__ == "__main__":
    main()
