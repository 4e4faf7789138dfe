"""Masses of six opened cells from their layers, each with the filling factor of the five others."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from cellsim.design.teardown import fit_filling_factor, leave_one_out, predict_mass, read_cells

CELLS = Path(__file__).parents[1] / "tests" / "reference" / "teardown_cells.csv"


def main():
    """Print measured and predicted masses."""
    cells = read_cells(CELLS)
    factor, errors = fit_filling_factor(cells), leave_one_out(cells)
    table = Table(title=f"filling factor {factor:.3f}, fitted to all six")
    for head in ("cell", "measured [g]", "fitted [g]", "error when left out [%]"):
        table.add_column(head)
    for cell in cells:
        table.add_row(
            cell.name,
            f"{1e3 * cell.mass:.1f}",
            f"{1e3 * predict_mass(cell, factor):.1f}",
            f"{100 * errors[cell.name]:+.1f}",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
