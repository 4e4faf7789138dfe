"""Work-precision diagrams: processor time over error, a panel for each row of the table."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import FormatStrFormatter, LogLocator, NullFormatter

INK = {"cellsim": "#0072B2", "PyBaMM": "#D55E00"}  # told apart by the colour-blind


def draw(rows, path):
    """Write the picture and return its path.  Open circles: the defaults; the lines: the best found."""
    path.parent.mkdir(exist_ok=True)
    wide = min(3, len(rows))
    figure, axes = plt.subplots(
        -(-len(rows) // wide),
        wide,
        squeeze=False,
        layout="constrained",
        figsize=(4.2 * wide, 3.5 * -(-len(rows) // wide)),
    )
    for ax in axes.flat[len(rows) :]:
        ax.set_axis_off()
    for ax, row in zip(axes.flat, rows, strict=False):
        for program, ink in INK.items():
            entries = [e for e in row["entries"] if e["program"] == program and np.isfinite(e["error mV"])]
            error = np.array([e["error mV"] for e in entries])
            ms = np.array([e["cpu ms"]["median"] for e in entries])
            ax.plot(error, ms, ".", color=ink, ms=6, alpha=0.7, label=program)
            order = np.argsort(error)
            front = np.minimum.accumulate(ms[order])
            ax.step(error[order], front, where="post", color=ink, lw=1.2)
            default = [e["setting"] == "defaults" for e in entries]
            ax.plot(error[default], ms[default], "o", color=ink, ms=11, mfc="none")
        ax.axvline(row["limit mV"], color="0.6", lw=0.8, ls="--")
        ax.set(title=row["title"], xlabel="rms error [mV]", ylabel="processor time [ms]", xscale="log", yscale="log")
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
            axis.set_major_formatter(FormatStrFormatter("%g"))
            axis.set_minor_formatter(NullFormatter())
        ax.tick_params(labelsize=7)
        ax.grid(color="0.9", lw=0.6)
        ax.legend(fontsize=8, frameon=False)
    figure.suptitle("Processor time over error; circles: defaults, dashed: the limit of the comparison", fontsize=11)
    figure.savefig(path, dpi=130)
    plt.close(figure)
    return path
