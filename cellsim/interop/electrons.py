"""Electronic conductivity of electrodes: from PyBaMM, and as PyBaMM has it.

PyBaMM has a number, or a function of the surface stoichiometry and the temperature, times (1 - porosity) ** exponent.
"""

from typing import Any

import numpy as np

from ..errors import ParameterError
from ..models.graded import ACTIVE, PORES, conductivity_of, graded
from ..models.materials.electrons import at_reference
from ..models.volumes import electronic_conductivity
from ..parameters import Cell
from ..parameters.catalogue.quantities import ELECTRONIC, ELECTRONIC_ENERGY
from ..parameters.laws.split import depends_on_stoichiometry
from .exchange.laws_from_pybamm import NoText, text_of
from .exchange.laws_to_pybamm import arrhenius, symbol_of
from .exchange.profiles import is_profile
from .exchange.read_pybamm import WARMER, Reading, energy_of
from .names import CONDUCTIVITY, SOLID_EXPONENT, T, X, of_side

BETWEEN = np.linspace(0.02, 0.98, 25)  # stoichiometries at which a function without a text is looked at
SAME = 1e-9  # relative difference below which it does not depend on them
FORMS = ("value", "expression", "table")
EXPONENT = "electronic bruggeman exponent"


def electrons_from(reading: Reading, part: str) -> dict[str, Any]:
    """The effective electronic conductivity: sigma (1 - porosity) ** exponent."""
    r = reading
    names = tuple(of_side(form, part) for form in (CONDUCTIVITY.name, SOLID_EXPONENT, "{S} electrode porosity"))
    if not r.has(names[0]):
        r.fault(names[0], "missing; add it to the parameter values")
        return {}
    exponent = r.number(names[1], 0.0)
    graded_so = is_profile(r, names[2]) and exponent
    found = _conductivity(r, part, names[0])
    if found is None:
        return {}
    if graded_so:
        records = {key: r.record(part, key, one, names[:1]) for key, one in found.items()}
        return records | {EXPONENT: r.record(part, EXPONENT, exponent, names[1:2])}
    scale, note = 1.0, None
    if exponent:
        scale, note = (1.0 - r.number(names[2])) ** exponent, "effective: conductivity x (1 - porosity) ** exponent"
    found[ELECTRONIC] = _scaled(found[ELECTRONIC], scale)
    return {key: r.record(part, key, one, names, note if key == ELECTRONIC else None) for key, one in found.items()}


def _conductivity(r: Reading, part: str, name: str) -> dict[str, Any] | None:
    """The conductivity by key: number, text or table; None after a fault.

    A function without a text that depends on the temperature alone has an activation energy.
    """
    tree = r.tree(name, {X: r.package.Variable(X), T: r.package.Variable(T)})
    if tree is None:
        return None
    if tree.is_constant():
        return {ELECTRONIC: r.evaluated(name, tree)}
    try:
        return {ELECTRONIC: text_of(tree)}
    except NoText as reason:
        over_x = r.at(name, {X: BETWEEN, T: r.T_ref})
        if np.ptp(over_x) > SAME * np.abs(over_x).max():
            record = r.law(part, ELECTRONIC, CONDUCTIVITY, part)
            return None if record is None else {ELECTRONIC: next(record[form] for form in FORMS if form in record)}
        energy = energy_of(lambda at: float(r.at(name, {X: 0.5, T: at})[0]), r.T_ref)
        r.remarks.append(
            f"{name}: no expression of the temperature ({reason}): here that at {r.T_ref:g} K, with the activation "
            f"energy of {energy:.4g} J/mol that it has {WARMER:g} K above"
        )
        return {ELECTRONIC: float(over_x[0]), ELECTRONIC_ENERGY: energy}


def _scaled(given: Any, scale: float) -> Any:
    """A number, the text of an expression or a table times a number."""
    if scale == 1.0:
        return given
    if isinstance(given, str):
        return f"{scale!r} * {given}"
    return given | {"y": [scale * y for y in given["y"]]} if isinstance(given, dict) else scale * given


def electrons_to(cell: Cell, part: str, lost: list[str]) -> dict[str, Any]:
    """Conductivity of an electrode, and the exponent of its solids.  Raises ParameterError for a graded electrode.

    lost: gets a sentence for what PyBaMM does not have.
    """
    names = of_side(CONDUCTIVITY.name, part), of_side(SOLID_EXPONENT, part)
    if not graded(cell, part):
        return {names[0]: _law(cell, part, electronic_conductivity(cell, part), lost), names[1]: 0.0}
    get = lambda key: cell.value(f"{part}/{key}")  # noqa: E731
    bend, percolates = get(EXPONENT), get("electronic percolation exponent") != 0.0
    if percolates or (bend != 0.0 and get("void volume fraction") != 0.0):
        x = np.linspace(0.0, 1.0, 11)
        phases = (cell.law(f"{part}/{key}")(x, 298.15) for key in (PORES, ACTIVE))
        if np.ptp(conductivity_of(cell, part)(*phases)) > 0.0:
            raise ParameterError(
                f"to_pybamm: {cell.name}: {part}: the electronic conductivity follows "
                f"{'the active material' if percolates else 'solids beside voids'} through the graded electrode "
                f"({', '.join(graded(cell, part))}), which PyBaMM has no term for; use numbers there"
            )
    return {names[0]: _law(cell, part, at_reference(cell, part), lost), names[1]: bend}


def _law(cell: Cell, part: str, value: float, lost: list[str]) -> Any:
    """The conductivity as a number, or as a function, from what it is at reference."""
    path, energy = f"{part}/{ELECTRONIC}", cell.value(f"{part}/{ELECTRONIC_ENERGY}")
    law, T_ref, scale = cell.law(path), cell.value("cell/reference temperature"), value / at_reference(cell, part)
    if law.constant and not energy:
        return value
    if cell.phases(part) and depends_on_stoichiometry(law):
        lost.append(f"{path}: of the mean surface of all phases here, of that of the primary phase in PyBaMM")
    return lambda sto, T: scale * symbol_of(law, sto, T) * arrhenius(energy, T, T_ref)
