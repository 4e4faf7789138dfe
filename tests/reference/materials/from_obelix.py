"""Make parameter_sets/materials/conductivities.csv from the full table of OBELiX, all.csv.

    python tests/reference/materials/from_obelix.py all.csv > parameter_sets/materials/conductivities.csv

Kept: composition, conductivity, family, space group, DOI.  Added: the density of the crystal, from the atoms and the
lattice of its cell and the atomic weights of `periodictable` (pip install periodictable).
"""

import csv
import math
import re
import sys

import periodictable

CONSTANT = 6.02214076e23  # Avogadro's number
# volume of a crystal per anion [1e-30 m3], by its most frequent anion: a cell outside does not fit the atoms given
PLAUSIBLE = {"O": (15.0, 40.0), "S": (30.0, 56.0), "Se": (30.0, 56.0), "F": (14.0, 22.0), "N": (15.0, 50.0)}
PLAUSIBLE |= dict.fromkeys(("Cl", "Br", "I"), (28.0, 60.0))


def density(row: dict[str, str]) -> str:
    """Density of the crystal [kg/m3] to four digits; nothing where the cell is not given, or does not fit the atoms."""
    atoms = [
        (element, float(number)) for element, number in re.findall(r"([A-Z][a-z]?)([\d.]+)", row["True Composition"])
    ]
    anions = {element: sum(n for e, n in atoms if e == element) for element in PLAUSIBLE}
    low, high = PLAUSIBLE[max(anions, key=anions.__getitem__)]
    try:
        a, b, c = (1e-10 * float(row[side]) for side in "abc")
        alpha, beta, gamma = (math.cos(math.radians(float(row[angle]))) for angle in ("alpha", "beta", "gamma"))
    except ValueError:
        return ""
    volume = a * b * c * math.sqrt(1.0 - alpha**2 - beta**2 - gamma**2 + 2.0 * alpha * beta * gamma)
    if not low < 1e30 * volume / max(sum(anions.values()), 1.0) < high:
        return ""
    grams = sum(getattr(periodictable, element).mass * number for element, number in atoms) / CONSTANT
    return f"{1e-3 * grams / volume:.4g}"


def main(path: str) -> None:
    """Print the table."""
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["composition", "conductivity [S.m-1]", "density [kg.m-3]", "family", "space group", "doi"])
    with open(path, encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    for row in sorted(rows, key=lambda row: (row["Reduced Composition"].strip(), row["ID"])):
        number = row["Ionic conductivity (S cm-1)"].strip()
        if row["DOI"].strip() and re.fullmatch(r"[\d.eE+-]+", number):
            name, family = row["Reduced Composition"].strip(), row["Family"].strip()
            kept = f"{100.0 * float(number):.4g}", density(row), family, row["Space group"].strip(), row["DOI"].strip()
            out.writerow([name, *kept])


if __name__ == "__main__":
    main(sys.argv[1])
