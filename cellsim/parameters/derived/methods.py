"""The methods of a `Cell` that make other cells of its parts."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ...support.renamed import by_name

if TYPE_CHECKING:
    from ..cell import Cell


class Derives:
    """The part of a `Cell` that takes it apart; the functions are imported when they are called."""

    @by_name
    def half_cell(
        self, electrode: str, *, foil: Any = None, window: Any = None, cutoffs: Any = None, area: float | None = None
    ) -> "Cell":
        """One electrode against lithium metal: a `Cell` electrode | separator | lithium.

        electrode: "positive" or "negative", which becomes the positive electrode of the half cell; its coating,
        particles and laws, the separator, the electrolyte and the temperatures are taken over with their sources.
        foil: the lithium.  Unless given: that of the cell if it has one; in a liquid electrolyte the exchange current
        of Xu et al. (2019) as PyBaMM's half cells have it, without any resistance.  A cell, or the name of one, with
        lithium metal lends its own; {"exchange-current density": 10.0, ...} are numbers of yours.
        window: (lowest, highest) stoichiometry; that of the full cell unless given.
        cutoffs: (lower, upper) voltage [V]; the open-circuit potentials at the ends of the window unless given.
        area [m2]: of the half cell, whose nominal capacity is in proportion; that of the full cell unless given.

        The voltage is the potential against lithium.  A positive current, a discharge, lithiates the electrode: it is
        what a charge of the full cell does to its negative electrode.  States of charge 0 and 1 are the highest and the
        lowest stoichiometry: s of the full cell is s for the positive electrode, 1 - s for the negative one.
        A C-rate is the current per area of the full cell at that rate.  Left out: series resistance, packaging, heat
        capacity, options of ageing.  The remarks of the cell say all that was assumed.  Raises ParameterError.
        """
        above = import_module("cellsim.parameters.derived.half_cell")
        made: Cell = above.half_cell(self, electrode, foil, window, cutoffs, area)
        return made

    @by_name
    def symmetric_cell(
        self, electrode: str, *, soc: float = 0.5, foil: Any = None, area: float | None = None
    ) -> "Cell":
        """One electrode against the same: a `Cell` whose voltage at rest is 0 V at state of charge 0.5.

        electrode: "positive" or "negative"; or "lithium", for lithium | electrolyte | lithium.
        soc: of the full cell, 0 to 1, at which both electrodes stand when the voltage is 0.
        foil, area: as for `half_cell`; the lithium on both sides.

        The cut-off voltages are those of the ends of the window, one below 0 V.  Positive current takes lithium from
        the negative electrode.  Lithium on the positive side is a film with lithium's kinetics and no potential, of the
        model `ThinFilm`; voids, interphases that grow and inventory are of the negative side alone.
        Raises ParameterError.
        """
        above = import_module("cellsim.parameters.derived.symmetric")
        made: Cell = above.symmetric_cell(self, electrode, soc, foil, area)
        return made

    @by_name
    def plating_cell(self, *, coulombic_efficiency: float, foil: Any = None, area: float | None = None) -> "Cell":
        """Lithium | copper, for plating and stripping: a `Cell` whose negative electrode is copper without lithium.

        coulombic_efficiency: fraction of the plated lithium that can be stripped again; an assumption, as no set here
        has it measured.  foil, area: as for `half_cell`; the kinetics of lithium on both sides.

        A charge plates lithium on the copper, a discharge strips it and ends when it is used up.  The voltage is that
        of the lithium counter electrode against the copper, the negative of what is usually plotted.  Nucleation is not
        simulated.  Raises ParameterError.
        """
        above = import_module("cellsim.parameters.derived.symmetric")
        made: Cell = above.plating_cell(self, coulombic_efficiency, foil, area)
        return made
