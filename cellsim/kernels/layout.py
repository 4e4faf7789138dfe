"""What the kernels work with, declared once: the state vector, the discretised cell, a step.

Each class names its fields in the order in which they lie in memory, with unit, meaning and shape.  Sizes, places,
views, and the record that a kernel is called with follow from these declarations, in kernels and in Python
(`numerics.fields`, `kernels.memory`); `fields.table` prints them.  A field is added here and nowhere else, or in
`records`, `scratch`, `task` and the integrators' `Memory`, which declare the rest in the same way.

Everything is per unit of electrode area unless said otherwise.  Discharge is positive, the negative side comes
first, and phi_s = 0 at the negative collector.

    kernels         y = views(sys, s)       y.c_e[i], y.cell.I, y.T[0]      one state, each field one-dimensional
    Python          y = unknowns(sys, s)      y.c_e[..., i], y.cell["I"]      states (..., N), each with its own shape
"""

from functools import lru_cache
from typing import Annotated, Any, NamedTuple

import numpy as np

from ..numerics.fields import Field, Place, Sizes, declared, dtype_of, length, places, view
from ..numerics.grids import SHELL
from ..support.compile import inlined, inner, part, records
from .memory import laying, replacing, starting
from .records import AGEING, FOIL, GRAIN, HYSTERESIS, KINETICS, VOLUME, Heat, Laws

POROUS, SINGLE_FLUX, THIN_FILM = 0, 1, 2  # reaction distributed as solved for, uniform (SPMe), or on a plane
# control modes: what the cycler imposes (current, terminal voltage, power, voltage over current), or what a charge
# holds at whatever current it takes (margin to lithium plating, margin to the critical current, temperature)
CURRENT, VOLTAGE, POWER, RESISTANCE, PLATING, CRITICAL, TEMPERATURE = 0, 1, 2, 3, 4, 5, 6

# laws of the stoichiometry, three for each material (add LAWS_PER_SIDE * material): 0 and 1 are the first of either
# electrode, by its side, further phases of composite electrodes follow.  DIFFUSION is the integral of the particle
# diffusivity over its scale, which is its slope; after all materials, where `Counts.conducting`, the electronic
# conductivity of either electrode, see `of_electrons`
OCP, SHAPE_X, DIFFUSION, LAWS_PER_SIDE = 0, 1, 2, 3
# laws of the square root of the salt's concentration, in which they stay smooth down to none; SALT_DIFFUSION is
# the integral of the salt's diffusivity over its concentration; SHAPE_C has one for each material (add it)
SALT_DIFFUSION, CONDUCTIVITY, CHI, T_PLUS, SHAPE_C = 0, 1, 2, 3, 4
SOLID_LAWS, SALT_LAWS = 2 * LAWS_PER_SIDE, 6  # with one material in either electrode
# temperature factors of what is no law: exchange current and film resistance (add side), critical current; exchange
# currents of further materials follow, see `rate_of`
RATE, FILM, CRITICAL_CURRENT, RATES = 0, 2, 4, 5


class Counts:
    """How many there are of what a cell may have more of, or not at all."""

    kinds: Annotated[int, Field("", "kinds of particle in a volume; of kind k it is the k-th after its `particle`")]
    several: Annotated[int, Field("", "the same if it is more than one, else 0")]
    remade: Annotated[int, Field("", "2 if particles of several kinds in a volume age, else 0")]
    sweeps: Annotated[int, Field("", "particles that differ in size or material, of both electrodes together")]
    materials: Annotated[int, Field("", "sets of laws of the stoichiometry")]
    solid_laws: Annotated[int, Field("", "laws of the stoichiometry")]
    salt_laws: Annotated[int, Field("", "laws of the salt's concentration")]
    rates: Annotated[int, Field("", "temperature factors of what is no law")]
    temperatures: Annotated[int, Field("", "temperatures of the cell: 1, or 1 more than there are nodes")]
    sei: Annotated[int, Field("", "1 if the state has the fields that are only there with it, else 0")]
    sei_on_cracks: Annotated[int, Field("", "the same")]
    plating: Annotated[int, Field("", "the same")]
    cracking: Annotated[int, Field("", "the same")]
    loss: Annotated[int, Field("", "the same: loss of active material")]
    clogging: Annotated[int, Field("", "the same: change of porosity")]
    wearing: Annotated[int, Field("", "the same: contact and interphase of particles that change with cycles")]
    reservoirs: Annotated[int, Field("", "1 if electrolyte is used up, else 0")]
    hosts: Annotated[int, Field("", "1 if the host of a lithium electrode fades, else 0")]
    hazards: Annotated[int, Field("", "1 if the hazard of a short is added up, else 0")]
    hysteresis: Annotated[int, Field("", "kinds if the state has that of open-circuit hysteresis, else 0")]
    layers: Annotated[int, Field("", "1 if double layers are charged within a run, else 0")]
    conducting: Annotated[int, Field("", "1 if electronic conductivities are laws, else 0")]


class Cell:
    """The numbers of a state that the cell has one of."""

    I: Annotated[float, Field("A/m2", "current", algebraic=True)]  # noqa: E741
    Q: Annotated[float, Field("C/m2", "charge passed")]
    E: Annotated[float, Field("J/m2", "energy passed")]
    made: Annotated[float, Field("J/m2", "heat generated in the cell")]
    lost: Annotated[float, Field("J/m2", "heat given to the surroundings")]
    heated: Annotated[float, Field("J/m2", "heat put in by a heater")]
    lithium: Annotated[float, Field("C/m2", "lithium of a lithium-metal electrode that can leave")]
    dead: Annotated[float, Field("C/m2", "lithium there that is cut off")]
    bound: Annotated[float, Field("C/m2", "lithium there that the interphase took")]
    layer: Annotated[float, Field("m", "thickness of the interphase there")]
    void: Annotated[float, Field("m", "height of voids there")]


COUNTS, CELL = dtype_of(Counts), dtype_of(Cell)
EACH = "kinds", "volumes"  # the shape of what each kind of particle has in each volume


class State(NamedTuple):
    """The unknowns of a cell, one state of N numbers or many."""

    x: Annotated[np.ndarray, Field("", "stoichiometry of each shell, inside to outside", "particles", "shells")]
    c_e: Annotated[np.ndarray, Field("mol/m3", "salt concentration", "volumes")]
    phi_e: Annotated[np.ndarray, Field("V", "potential of the electrolyte", "volumes", algebraic=True)]
    phi_s: Annotated[np.ndarray, Field("V", "potential of the solid", "volumes", algebraic=True)]
    j: Annotated[np.ndarray, Field("A/m2 of surface", "reaction current", *EACH, algebraic=True)]
    j_dl: Annotated[np.ndarray, Field("A/m2", "of double layers", "volumes", algebraic=True, only_with="layers")]
    R_end: Annotated[
        np.ndarray, Field("Ohm m2", "electronic, last volume to current collector", "conducting", algebraic=True)
    ]
    cell: Annotated[np.void, Field("", "one number each for the cell", of=CELL)]
    T: Annotated[np.ndarray, Field("K", "the mean, at which all laws are; nodes, core to surface", "temperatures")]
    h: Annotated[np.ndarray, Field("", "hysteresis: 1 delithiation, -1 lithiation", "hysteresis", "volumes")]
    v_dl: Annotated[np.ndarray, Field("V", "phi_s - phi_e of the double layer", "volumes", only_with="layers")]
    # slow states of cells that age, see equations.ageing; lithium as charge, per electrode area, in each volume:
    sei: Annotated[np.ndarray, Field("C/m2", "lithium in the SEI", *EACH, only_with="sei")]
    sei_on_cracks: Annotated[
        np.ndarray, Field("C/m2", "lithium in the SEI on cracks", *EACH, only_with="sei_on_cracks")
    ]
    plated: Annotated[np.ndarray, Field("C/m2", "plated lithium that can leave", *EACH, only_with="plating")]
    dead: Annotated[np.ndarray, Field("C/m2", "plated lithium that is cut off", *EACH, only_with="plating")]
    crack: Annotated[np.ndarray, Field("m", "length of cracks in the particles", *EACH, only_with="cracking")]
    inactive: Annotated[np.ndarray, Field("", "volume fraction of active material lost", *EACH, only_with="loss")]
    active: Annotated[np.ndarray, Field("", "volume fraction that is reckoned with", *EACH, only_with="loss")]
    draining: Annotated[np.ndarray, Field("C/m2", "lithium in all that is lost so far", *EACH, only_with="loss")]
    gone: Annotated[np.ndarray, Field("C/m2", "lithium in what is lost of `active`", *EACH, only_with="loss")]
    porosity: Annotated[
        np.ndarray, Field("", "electrolyte volume fraction, as it is reckoned with", "volumes", only_with="clogging")
    ]
    cycled: Annotated[np.ndarray, Field("", "full cycles of the particles", *EACH, only_with="wearing")]
    touching: Annotated[
        np.ndarray, Field("", "contact of particles and electrolyte over that as made", *EACH, only_with="wearing")
    ]
    contact: Annotated[np.ndarray, Field("", "the same, as it is reckoned with", *EACH, only_with="wearing")]
    interphase: Annotated[
        np.ndarray, Field("Ohm m2 of surface", "of particles, as it is reckoned with", *EACH, only_with="wearing")
    ]
    solvent: Annotated[np.ndarray, Field("m", "electrolyte used up", "reservoirs")]
    receding: Annotated[np.ndarray, Field("", "share of the pores that has dried", "reservoirs")]
    wetted: Annotated[np.ndarray, Field("", "share that is wetted, as it is reckoned with", "reservoirs")]
    reserve: Annotated[np.ndarray, Field("m", "electrolyte in the reservoir, as it is reckoned with", "reservoirs")]
    reserve_salt: Annotated[np.ndarray, Field("mol/m2", "salt in the reservoir", "reservoirs")]
    dried: Annotated[np.ndarray, Field("C/m2", "lithium in the SEI that has dried", *EACH, only_with="reservoirs")]
    dried_on_cracks: Annotated[np.ndarray, Field("C/m2", "lithium in that on cracks", *EACH, only_with="reservoirs")]
    host: Annotated[np.ndarray, Field("C/m2", "capacity of the host of a lithium electrode", "hosts")]
    hazard: Annotated[np.ndarray, Field("", "hazard of a short, added up since the cell was made", "hazards")]


def counted(kinds: int = 1, temperatures: int = 1, sweeps: int = 2, materials: int = 2, **has: int) -> Any:
    """COUNTS of a cell.  has: 1 for each field of the state that there is not by itself and that it has."""
    one = records(np.zeros(1, COUNTS))[0]
    numbers = {"kinds": kinds, "several": kinds if kinds > 1 else 0, "sweeps": sweeps, "temperatures": temperatures}
    numbers |= {"materials": materials, "solid_laws": LAWS_PER_SIDE * materials}
    numbers |= {"salt_laws": SHAPE_C + materials, "rates": RATES - 2 + materials}
    for name, many in {**numbers, **has}.items():
        one[name] = many
    return one


def conducting(counts: Any) -> Any:
    """COUNTS of a cell whose electronic conductivities are laws, from those of the rest of it."""
    counts = counts.copy()
    counts["conducting"], counts["solid_laws"] = 1, counts["solid_laws"] + 2
    return counts


PLAIN, WITHOUT, BY_BUTLER_VOLMER = counted(), *(records(np.zeros(0, kind)) for kind in (HYSTERESIS, KINETICS))
# of a System, by whose lengths sizes are named
ARRAYS = "volumes", "particles", "shells", "ageing", "lagging", "transferring"


@lru_cache(maxsize=256)
def _sizes(lengths: tuple[int, ...], counts: Any) -> Sizes:
    return *zip(ARRAYS, lengths, strict=True), *zip(COUNTS.names or (), counts, strict=True)


class System(NamedTuple):
    """A cell on a mesh."""

    model: Annotated[int, Field("", "POROUS, SINGLE_FLUX or THIN_FILM")]
    volume: Annotated[np.ndarray, Field("", "control volumes", "volumes", of=VOLUME)]
    grain: Annotated[np.ndarray, Field("", "particles", "particles", of=GRAIN)]
    shell: Annotated[np.ndarray, Field("", "shells of a unit sphere, or of a film", "shells", of=SHELL)]
    laws: Annotated[Laws, Field("", "material laws")]
    c_ref: Annotated[float, Field("mol/m3", "reference salt concentration c_e0")]
    t_ref: Annotated[float, Field("", "transference number at c_ref")]
    T: Annotated[float, Field("K", "the first temperature")]
    R_series: Annotated[float, Field("Ohm m2", "in series with the cell")]
    heat: Annotated[Heat, Field("", "temperature of the cell")]
    foil: Annotated[np.ndarray, Field("", "lithium-metal electrode whose lithium changes; else none", "foils", of=FOIL)]
    ageing: Annotated[
        np.ndarray, Field("", "how particles age, by their `sweep`; none if nothing does", "ageing", of=AGEING)
    ]
    counts: Annotated[np.void, Field("", "what a cell may have more of, or not at all", of=COUNTS)] = PLAIN
    hysteresis: Annotated[np.ndarray, Field("", "of each material; else none", "lagging", of=HYSTERESIS)] = WITHOUT
    kinetics: Annotated[
        np.ndarray,
        Field("", "of each material, then of host sites; none: Butler-Volmer, symmetric", "transferring", of=KINETICS),
    ] = BY_BUTLER_VOLMER

    @property
    def sizes(self) -> Sizes:
        """How many there are of everything, by the names that the shapes of fields are given in."""
        arrays = self.volume, self.grain, self.shell, self.ageing, self.hysteresis, self.kinetics
        return _sizes(tuple(map(len, arrays)), self.counts.item())


class Control(NamedTuple):
    """One step: what is imposed, and where it stops."""

    mode: Annotated[int, Field("", "what is imposed or held: CURRENT, VOLTAGE, ...")]
    target: Annotated[float, Field("A/m2, V, W/m2, Ohm m2 or K", "its value, in the unit of the mode")]
    duration: Annotated[float, Field("s", "the longest time of the step")]
    v_lo: Annotated[float, Field("V", "cut-off on discharge")]
    v_hi: Annotated[float, Field("V", "cut-off on charge")]
    i_end: Annotated[float, Field("A/m2", "a held voltage ends when |I| falls to this")]
    q_hi: Annotated[float, Field("C/m2", "ends when the charge passed in the step rises to this")]
    x_edge: Annotated[float, Field("", "a particle surface within this of 0 or 1 counts as empty or full")]
    c_edge: Annotated[float, Field("mol/m3", "salt concentration that counts as depleted")]
    T_around: Annotated[float, Field("K", "temperature of the surroundings")] = 298.15
    heater: Annotated[float, Field("W/m2", "heat put in from outside")] = 0.0
    own: Annotated[float, Field("", "share of the cell's own power that heats it")] = 0.0
    T_lo: Annotated[float, Field("K", "ends when the temperature falls to this")] = 0.0
    T_hi: Annotated[float, Field("K", "ends when the temperature rises to this")] = np.inf
    plating: Annotated[float, Field("V", "ends when the margin to lithium plating falls to this")] = -np.inf
    critical: Annotated[float, Field("A/m2", "ends when the margin to the critical current falls to this")] = -np.inf
    i_top: Annotated[float, Field("A/m2", "a held state ends when |I| rises to this")] = np.inf
    i_begin: Annotated[float, Field("A/m2", "from where the current that holds a temperature is looked for")] = 0.0
    q_lo: Annotated[float, Field("C/m2", "ends when the charge passed in the step falls to this")] = -np.inf
    v_below: Annotated[float, Field("V", "ends when the voltage falls to this, whichever way the current")] = -np.inf
    v_above: Annotated[float, Field("V", "ends when the voltage rises to this, whichever way the current")] = np.inf
    q_least: Annotated[
        float, Field("C/m2", "an error of the charge passed is relative to that or to this, if less")
    ] = np.inf
    T_top: Annotated[float, Field("K", "ends when the hottest place rises to this")] = np.inf
    coldest: Annotated[float, Field("K", "ends when the mean falls to this, if the cell has several temperatures")] = (
        0.0
    )
    warmest: Annotated[float, Field("K", "ends when it rises to this, in that case")] = np.inf


aimed = replacing("mode", "target")  # aimed(control, mode, target): the same control with another target


class Numbers:
    """The numbers of a `Cell` in states (..., N), each (...).  Faster than NumPy's view of records."""

    __slots__ = ("_start", "_states")
    _columns = {name: k for k, name in enumerate(CELL.names or ())}

    def __init__(self, states: np.ndarray, start: int) -> None:
        self._states, self._start = states, start

    def __getitem__(self, name: str) -> Any:
        k, states = self._start + self._columns[name], self._states
        return states[k] if states.ndim == 1 else states[..., k]

    def __setitem__(self, name: str, value: Any) -> None:
        self._states[..., self._start + self._columns[name]] = value


class unknowns:  # noqa: N801, reads as a function
    """The fields of states (..., N) in Python: those of `State` by name, each a view (..., *its own shape)."""

    __slots__ = ("_places", "_states")

    def __init__(self, sys: System, states: np.ndarray) -> None:
        self._places = _places(sys.volume.size, sys.grain.size, sys.shell.size, sys.counts.item())
        self._states = states

    def __getattr__(self, name: str) -> Any:
        try:
            place = self._places[name]
            return Numbers(self._states, place.start) if place.single else view(self._states, place)
        except KeyError:
            raise AttributeError(name) from None


@lru_cache(maxsize=256)
def _places(volumes: int, particles: int, shells: int, counts: tuple[int, ...]) -> dict[str, Place]:
    return places(State, _sizes((volumes, particles, shells, 0, 0, 0), counts))


def numbers(sys: System) -> int:
    """N, the length of a state."""
    return length(State, sys.sizes)


views = laying(State, flat=True)  # views(sys, s), in kernels: fields of one state
_first_algebraic, _numbers_of_the_cell, _temperatures = (
    starting(State, name) for name in (next(d.name for d in declared(State) if d.field.algebraic), "cell", "T")
)
_ALGEBRAIC = sum(d.field.algebraic for d in declared(Cell))  # the first of them


@inlined
def rate_of(material):
    """Which of the temperature factors is that of the exchange current of a material."""
    return RATE + material if material < 2 else RATES + material - 2


@inlined
def of_electrons(sys, side):
    """Which of the laws of the stoichiometry is the electronic conductivity of an electrode, over that at reference."""
    return LAWS_PER_SIDE * sys.counts.materials + side


@inlined
def algebraic(sys):
    """Where in a state the unknowns without a rate of change begin, and where they end."""
    return _first_algebraic(sys), _numbers_of_the_cell(sys) + _ALGEBRAIC


@inlined
def unchanging(sys):
    """From where on a state holds what no equation of a stage changes: slow states."""
    return _temperatures(sys) + sys.counts.temperatures


@inner
def copy(source, target):
    """target[:] = source, for 1-D arrays: allocates nothing, whether they overlap or not."""
    for i in range(source.size):
        target[i] = source[i]


@inner
def add(weight, source, target):
    """target += weight * source, for 1-D arrays."""
    for i in range(source.size):
        target[i] += weight * source[i]


@inlined
def shells(sys, x, p):
    """Particle p of all particles x."""
    return x[p * sys.shell.size : (p + 1) * sys.shell.size]


@inlined
def surface(sys, x, p):
    """Stoichiometry at the surface of particle p of all particles x."""
    return x[(p + 1) * sys.shell.size - 1]


@part
def keep_salt(sys, new, old):
    """Extrapolated below zero, there would be no logarithm: leave a tenth of the salt in the state `old`."""
    salt, had = views(sys, new).c_e, views(sys, old).c_e
    for i in range(salt.size):
        salt[i] = max(salt[i], 0.1 * had[i])


@part
def keep_salt_between(sys, new, now, change, share):
    """The same of a state between two: where it would leave less than a tenth of either, the salt of all volumes is
    on the line between them, on which its sum is kept.  change: from the earlier state to `now`; share of it that is
    still to come, below 0.
    """
    salt, after, rise = views(sys, new).c_e, views(sys, now).c_e, views(sys, change).c_e
    least = 0.0
    for i in range(salt.size):
        least = min(least, salt[i] - 0.1 * min(after[i], after[i] - rise[i]))
    if least < 0.0:
        for i in range(salt.size):
            salt[i] = after[i] + share * rise[i]
