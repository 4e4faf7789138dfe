"""Parameter values and model options of PyBaMM from a cell."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..design.cell import build
from ..design.thermal import Lumped, cooling_area
from ..design.thermal_network import conductivity_of
from ..errors import ParameterError
from ..models.electrodes import electrode_of, phases
from ..models.initial import of_phases, stoichiometries
from ..models.kinds import sizes
from ..models.volumes import touching, transport_efficiency
from ..parameters import Cell, load
from ..parameters.balance import ends
from ..parameters.catalogue.quantities import DIFFERENTIAL, SURFACE_FORM
from ..support.arguments import flag, number
from ..support.renamed import by_name
from .electrons import electrons_to
from .exchange.ageing_to_pybamm import ageing_to_pybamm
from .exchange.hysteresis import hysteresis_to, option_of
from .exchange.kinetics import START, has_sites, kinetics_option, kinetics_to, msmr_options, sites_to
from .exchange.laws_to_pybamm import arrhenius, depends_on_temperature, symbol_of
from .exchange.metal_to_pybamm import foil_resistance, metal
from .exchange.profiles import pores_to, profile_to
from .exchange.pybamm_package import pybamm
from .names import (
    AREA,
    CONDUCTS,
    CONTACT,
    CURRENT,
    DOUBLE_LAYER,
    EXCHANGE,
    HEAT,
    INITIAL,
    LAWS,
    LAYERS,
    NEGATIVE,
    NUMBERS,
    OCV,
    OPTIONAL,
    POSITIVE,
    SERIES,
    T_AMBIENT,
    T_INITIAL,
    VOLUME,
    of_side,
)

IDEAL = 1e12  # conductivity of the current collectors [S/m], whose heat is none here
DENSE = 0.9999  # porosity of a layer without pores, to which a Bruggeman exponent can give any efficiency
OCP, ENTROPIC = "open-circuit potential", "entropic change coefficient"
NO_COUNTERPART = {  # quantities that PyBaMM's models have no term for and a run depends on, where they are not 0
    f"{NEGATIVE}/host capacity": "an interlayer that takes lithium",
    f"{NEGATIVE}/host fade": "a host that fades",
    f"{NEGATIVE}/void share": "voids in lithium",
    f"{NEGATIVE}/interphase conductivity": "an interphase that grows on lithium",
    "cell/stack modulus": "a pressure that follows the stack",
}
FILMS = "a film resistance on particles"
LOST = {  # the same, where a run differs at its end only, or in what it reports
    f"{NEGATIVE}/vanishing charge": "the end of a run when lithium is exhausted",
    f"{NEGATIVE}/critical current density": "the margin to the critical current",
    f"{NEGATIVE}/short hazard": "the hazard of a short",
}


@dataclass(frozen=True)
class PyBaMMCell:
    """A cell in terms of PyBaMM.

    parameter_values: a `pybamm.ParameterValues`; options: model options that it needs, for every model of
    `pybamm.lithium_ion`; lost: what PyBaMM does not have, a sentence each; only: as `Cell.only_model`.
    """

    parameter_values: Any
    options: dict[str, Any]
    lost: tuple[str, ...] = ()
    thermal: dict[str, str] = field(default_factory=lambda: {"thermal": "lumped"}, repr=False)
    only: str = ""

    def __iter__(self) -> Any:
        return iter((self.parameter_values, self.options, self.lost))

    def model(self, name: str | None = None, *, heat: bool = False) -> Any:
        """PyBaMM's model with the options of the cell: "DFN" (or `only`), "SPMe" or "SPM"; heat: with a temperature."""
        known = (self.only,) if self.only else ("DFN", "SPMe", "SPM")
        name = known[0] if name is None else name
        if name not in known:
            raise ParameterError(f"PyBaMMCell.model {name!r}: choose one of {', '.join(known)}")
        more = self.thermal if flag("PyBaMMCell.model: heat", heat, ParameterError) else {}
        return getattr(pybamm().lithium_ion, name)(self.options | more)


@by_name
def to_pybamm(
    cell: Any, *, soc: float | None = 1.0, temperature: float | None = None, ageing: bool = False
) -> PyBaMMCell:
    """A cell as parameter values and model options of PyBaMM, with a list of what is lost: a `PyBaMMCell`.

    cell: as for `load`.  soc: state of charge at which PyBaMM's run starts, 0 to 1, or None for the initial
    stoichiometries of the set.  temperature [K]: of the run; the cell's ambient temperature unless given.  Resistances
    of interfaces are those at this temperature, and laws without an argument for it in PyBaMM, too.
    ageing: with the mechanisms of ageing of the set and their options; without, nothing ages.

    Fractions in contact and connected, percolation, pressures and solids fold into the numbers that PyBaMM has.
    Profiles over an electrode become functions of PyBaMM's position.  A dense layer has the porosity 0.9999.  Lithium
    metal becomes the option {"working electrode": "positive"}; its interface resistance and the series resistance
    become the contact resistance.  Tables are interpolated as here.
    Raises ParameterError without PyBaMM, and for what a run would be wrong without: film electrodes, film
    resistances, voids and growing interphases of lithium metal, interlayers, stacks that are compressed.
    """
    cell = load(cell)
    words = "a state of charge lies between 0 and 1"
    number("to_pybamm: soc", soc, words, low=0.0, high=1.0, none=True, error=ParameterError)
    words = "give kelvin as a number from 200 to 500, such as 298.15"
    number("to_pybamm: temperature", temperature, words, low=200.0, high=500.0, none=True, error=ParameterError)
    flag("to_pybamm: ageing", ageing, ParameterError)
    package = pybamm()
    _covered(cell)
    writing = Writing(cell, cell.temperature(temperature))
    content = writing.content(soc)
    options = dict(writing.options)
    if ageing:
        more, names = ageing_to_pybamm(cell)
        content, options = content | more, options | names
    elif any(set(cell.options(part).values()) - {"none", "false"} for part in (NEGATIVE, POSITIVE)):
        writing.lost.append("ageing, which the set has options for; give to_pybamm ageing=True")
    if cell.only_model:
        writing.lost.append(f"that the cell has numbers for the {cell.only_model} alone")
    values, lost = package.ParameterValues(content), tuple(writing.lost)
    return PyBaMMCell(values, options, lost, writing.thermal, cell.only_model)


def _covered(cell: Cell) -> None:
    """Raises ParameterError naming what of a cell has no counterpart."""
    if cell.text(f"{POSITIVE}/type") == "film":
        raise ParameterError(
            f"to_pybamm: {cell.name}: the positive electrode is a film without particles, which no model of PyBaMM has"
        )
    each = [phase for part in (NEGATIVE, POSITIVE) for phase in phases(cell, part)]
    for phase in each:
        if cell.text(f"{electrode_of(phase)}/type") == "porous" and sizes(cell, phase)[0].size > 1:
            raise ParameterError(
                f"to_pybamm: {cell.name}: {phase}: PyBaMM's DFN, SPMe and SPM have no distribution of sizes, and a run "
                f"without it would be wrong; cell.with_({{'{phase}/particle radius standard deviation': 0.0}}) has none"
            )
    paths = {f"{phase}/film resistance": FILMS for phase in each}
    for path, words in (NO_COUNTERPART | paths).items():
        section, _, key = path.partition("/")
        known = cell.has(path) and cell.value(path) != 0.0
        if known:
            raise ParameterError(
                f"to_pybamm: {cell.name}: {path} {cell.value(path):g}: PyBaMM has no counterpart of {words}, and a run "
                f"without it would be wrong; cell.with_({{'{path}': 0.0}}) has none"
            )


class Writing:
    """A cell being written as parameter values at a temperature [K]."""

    def __init__(self, cell: Cell, T: float) -> None:
        self.cell, self.T, self.T_ref = cell, T, cell.value("cell/reference temperature")
        self.half_cell = cell.text(f"{NEGATIVE}/type") == "lithium metal"
        self.parts = (POSITIVE,) if self.half_cell else (NEGATIVE, POSITIVE)
        self.area = cell.value("cell/electrode area")
        self.lost = [words for path, words in LOST.items() if cell.has(path) and cell.value(path) != 0.0]
        self.thermal = {"thermal": "lumped"}

    @cached_property
    def resistance(self) -> float:
        """Of the contacts and the interface of lithium metal, of the whole cell [Ohm]."""
        sheet = self.cell.value("cell/series resistance")
        return (sheet + (foil_resistance(self.cell, self.T) if self.half_cell else 0.0)) / self.area

    @property
    def options(self) -> dict[str, Any]:
        """Model options without which the parameter values mean something else."""
        options: dict[str, Any] = {"working electrode": "positive"} if self.half_cell else {}
        many = [len(self.cell.phases(part)) for part in (NEGATIVE, POSITIVE)]
        if any(many):
            options["particle phases"] = tuple(str(max(n, 1)) for n in many)
        options |= option_of(self.cell, self.parts) | kinetics_option(self.cell)
        options = msmr_options(self.cell, options)
        options |= {SURFACE_FORM: DIFFERENTIAL} if self.cell.charges_double_layers else {}
        return options | ({"contact resistance": "true"} if self.resistance else {})

    def content(self, soc: float | None) -> dict[str, Any]:
        """Entries by PyBaMM's names."""
        content = self._cell() | self._separator() | self._electrolyte() | self._initial(soc)
        for part in self.parts:
            content |= self._electrode(part)
            for phase in phases(self.cell, part):
                content |= self._particles(phase)
        if self.half_cell:
            content |= metal(self.cell, self.T)
        return content | self._heat()

    def _cell(self) -> dict[str, Any]:
        cell, side = self.cell, math.sqrt(self.area)
        content: dict[str, Any] = {name: cell.value(f"cell/{key}") for key, name in NUMBERS["cell"].items()}
        empty, full = ends(cell)
        return content | {
            **dict(zip(AREA, (side, side, 1.0), strict=True)),
            SERIES: 1.0,
            CURRENT: cell.nominal_capacity,
            CONTACT: self.resistance,
            T_AMBIENT: self.T,
            T_INITIAL: self.T,
            OCV[0]: empty.V,
            OCV[1]: full.V,
        }

    def _initial(self, soc: float | None) -> dict[str, float]:
        mean, found = dict(zip((NEGATIVE, POSITIVE), stoichiometries(self.cell, soc), strict=True)), {}
        for part in self.parts:
            x_of = of_phases(self.cell, part, soc, float(mean[part]), self.T)
            for phase, x in zip(phases(self.cell, part), x_of, strict=True):
                if has_sites(self.cell, part):
                    found[of_side(START, part)] = float(self.cell.law(f"{part}/{OCP}")(x, self.T)) - self._counter
                else:
                    found[of_side(INITIAL, phase)] = x * self.cell.value(f"{phase}/maximum concentration")
        return found

    def _separator(self) -> dict[str, float]:
        return self._pores("separator", NUMBERS["separator"]) | {
            NUMBERS["separator"]["thickness"]: self.cell.value("separator/thickness"),
            "Separator Bruggeman coefficient (electrode)": 1.5,
        }

    def _pores(self, part: str, names: Mapping[str, str]) -> dict[str, float]:
        """Porosity, and the Bruggeman exponent that gives the efficiency of the layer, however it is stated."""
        path = f"{part}/electrolyte volume fraction"
        if not self.cell.is_number(path):
            return pores_to(self.cell, part, names)
        porosity = self.cell.value(path)
        exponent = 1.5
        if self.cell.has(f"{part}/bruggeman exponent"):
            exponent = self.cell.value(f"{part}/bruggeman exponent")
        else:
            efficiency = transport_efficiency(self.cell, part)
            porosity = porosity if porosity < 1.0 or efficiency == 1.0 else DENSE
            exponent = math.log(efficiency) / math.log(porosity) if porosity < 1.0 else 1.0
        return {
            of_side(names["electrolyte volume fraction"], part): porosity,
            of_side(names["bruggeman exponent"], part): exponent,
        }

    def _electrolyte(self) -> dict[str, Any]:
        cell, T_ref = self.cell, self.T_ref
        content: dict[str, Any] = {n: cell.value(f"electrolyte/{k}") for k, n in NUMBERS["electrolyte"].items()}
        power = cell.value("electrolyte/conductivity temperature exponent")
        for key, function in LAWS["electrolyte"].items():
            law = cell.law(f"electrolyte/{key}")
            energy = 0.0
            if key in ("conductivity", "diffusivity"):
                energy = cell.value(f"electrolyte/{key} activation energy")
            factor = power if key == "conductivity" else 0.0

            def function_of(c_e: Any, T: Any, law: Any = law, energy: float = energy, power: float = factor) -> Any:
                scale = (T / T_ref) ** power if power else 1.0
                return symbol_of(law, c_e, T) * arrhenius(energy, T, T_ref) * scale

            content[function.name] = law.value if law.constant and not energy and not factor else function_of
        return content

    def _electrode(self, part: str) -> dict[str, Any]:
        cell = self.cell
        content: dict[str, Any] = {of_side(NUMBERS["electrode"]["thickness"], part): cell.value(f"{part}/thickness")}
        content |= self._pores(part, NUMBERS["electrode"])
        content |= electrons_to(cell, part, self.lost)
        content[of_side(DOUBLE_LAYER, part)] = cell.value(f"{part}/double-layer capacity")
        content[of_side("{S} electrode charge transfer coefficient", part)] = 0.5
        return content

    def _particles(self, part: str) -> dict[str, Any]:
        """Those of the particles of an electrode, or of a phase by its path."""
        cell, T_ref = self.cell, self.T_ref
        get = lambda key: cell.value(f"{part}/{key}")  # noqa: E731
        names = {key: of_side(name, part) for key, name in NUMBERS["electrode"].items()}
        content: dict[str, Any] = {names["maximum concentration"]: get("maximum concentration")}
        content[names["particle radius"]] = profile_to(cell, f"{part}/particle radius")
        connected, key = cell.value(f"{electrode_of(part)}/utilisation"), "active material volume fraction"
        content[names[key]] = profile_to(cell, f"{part}/{key}", connected)
        laws = {key: of_side(function.name, part) for key, function in LAWS["electrode"].items()}
        sites = has_sites(cell, part)
        if not sites:
            content[laws[OCP]] = self._potential(part)
        content[laws[ENTROPIC]] = self._of_x(part, ENTROPIC)
        law, energy = cell.law(f"{part}/particle diffusivity"), get("diffusivity activation energy")

        def diffusivity(sto: Any, T: Any) -> Any:
            return symbol_of(law, sto, T) * arrhenius(energy, T, T_ref)

        content[laws["particle diffusivity"]] = law.value if law.constant and not energy else diffusivity
        if sites:
            self.lost.append(f"reversible heat of the {part} as its host sites give it")
            return content | sites_to(cell, part, self.T, self._counter)
        content[of_side(EXCHANGE.name, part)] = self._exchange(part)
        return content | kinetics_to(cell, part) | hysteresis_to(cell, part, self._counter, self.lost)

    def _of_x(self, part: str, key: str) -> Any:
        """A law that PyBaMM gives no temperature: at that of the run."""
        law = self.cell.law(f"{part}/{key}")
        if depends_on_temperature(law):
            self.lost.append(f"the dependence of {part}/{key} on temperature; it is that at {self.T:g} K")
        return law.value if law.constant else lambda sto: symbol_of(law, sto, self.T)

    def _potential(self, part: str) -> Any:
        """The open-circuit potential, against the counter electrode in a half cell."""
        U = self._of_x(part, OCP)
        counter = self._counter
        if not counter:
            return U
        return (lambda sto: U(sto) - counter) if callable(U) else U - counter

    @property
    def _counter(self) -> float:
        return self.cell.value(f"{NEGATIVE}/counter potential") if self.half_cell else 0.0

    def _exchange(self, part: str) -> Any:
        cell, T_ref = self.cell, self.T_ref
        i_ref = cell.value(f"{part}/exchange-current density") * touching(cell, part)
        energy, c_0 = (
            cell.value(f"{part}/exchange-current activation energy"),
            cell.value("electrolyte/initial concentration"),
        )
        f, g = (cell.law(f"{part}/exchange-current {of}shape") for of in ("", "electrolyte "))

        def exchange_current(c_e: Any, c_s_surf: Any, c_s_max: Any, T: Any) -> Any:
            root = c_e**0.5 * c_s_surf**0.5 * (c_s_max - c_s_surf) ** 0.5  # powers that PyBaMM regularises
            shape = symbol_of(f, c_s_surf / c_s_max, T) * symbol_of(g, c_e, T)
            return 2.0 * i_ref / c_0**0.5 / c_s_max * root * shape * arrhenius(energy, T, T_ref)

        return exchange_current

    def _heat(self) -> dict[str, Any]:
        """Mean density and heat capacity in every layer, so that PyBaMM's mean over them is the cell's."""
        cell = self.cell
        try:
            design, body, area = build(cell), Lumped().of(cell), cooling_area(cell)
        except ParameterError as fault:
            self.lost.append(f"heat: {fault}")
            return {}
        content = {
            VOLUME: design.volume,
            OPTIONAL["cooling area"]: area,
            OPTIONAL["heat transfer coefficient"]: body.conductance / area if area else 0.0,
        }
        for layer in LAYERS:
            thickness, density, specific_heat = (form.format(layer=layer) for form in HEAT)
            content |= {density: design.mass / design.volume, specific_heat: body.heat_capacity / design.mass}
            content[CONDUCTS.format(layer=layer)] = conductivity_of(cell, layer.lower())
            if "collector" in layer:
                content[thickness] = cell.value(f"design/{layer.lower()} thickness")
                content[f"{layer} conductivity [S.m-1]"] = IDEAL
        return content
