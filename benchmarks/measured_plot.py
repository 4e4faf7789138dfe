"""Measured and simulated discharges: voltage over capacity, a panel for each parameter set."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from cellsim import SolveError

INK = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")  # told apart by the colour-blind


def draw(cases, path):
    """Write the picture and return its path.  Points: measured; lines: simulated on the default mesh."""
    sets = list(dict.fromkeys(case.cell.name for case in cases))
    figure, axes = plt.subplots(
        -(-len(sets) // 2), 2, figsize=(10, 3.4 * -(-len(sets) // 2)), squeeze=False, layout="constrained"
    )
    for ax in axes.flat[len(sets) :]:
        ax.set_axis_off()
    for ax, name in zip(axes.flat, sets, strict=False):
        for ink, case in zip(INK, (c for c in cases if c.cell.name == name), strict=False):
            capacity = case.t * case.steps[0].target / 3600.0
            every = slice(None, None, max(1, capacity.size // 40))
            label = f"{case.name.split()[0]}, {case_error(case)}"
            ax.plot(capacity[every], case.V[every], "o", color=ink, ms=3, mfc="none", mew=0.7)
            try:
                result = case.run()
            except SolveError as fault:
                result = fault.result
            ax.plot(result["Discharge capacity [A.h]"], result["Voltage [V]"], color=ink, lw=1.2, label=label)
        ax.set(title=name, xlabel="capacity [A.h]", ylabel="voltage [V]")
        ax.legend(fontsize=7, frameon=False, loc="lower left")
    figure.suptitle("Measured (points) and simulated (lines), no parameter tuned", fontsize=11)
    figure.savefig(path, dpi=130)
    plt.close(figure)
    return path


def case_error(case):
    """The rms error in words."""
    try:
        return f"rms {case.error()[0]:.1f} mV"
    except SolveError:
        return "solver failure"
