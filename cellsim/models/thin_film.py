"""Thin-film cells: lithium metal, solid electrolyte with two mobile species, dense film of active material."""

import math
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..kernels.layout import AGEING, GRAIN, THIN_FILM, VOLUME, System, conducting, counted
from ..numerics.grids import film_nodes, graded_faces, slab
from ..parameters import Cell
from ..physics.constants import F
from ..physics.two_species import dissociation_rate
from ..support.arguments import shown, whole
from ..support.compile import records
from ..support.renamed import by_names
from .electrodes import NEGATIVE, POSITIVE, has_film, has_foil, lithium_content, per_rate, values_of
from .initial import initial_state
from .kinds import ACCURACY, SHARE
from .lithium_metal import counts_of_metal, foil_of
from .materials.electrons import at_reference, conducts, follows
from .materials.tables import scale_of_diffusivity, tables, varies
from .memo import kept
from .particle_mesh import Near, Numbers, reach_for, reaching, shells_soon, varying_shells
from .porous import DFN, MOST_VOLUMES, SPM, SPMe, checked_reach, checked_shells, reference
from .resolution import between, diffusivity, shells_for
from .thermal_laws import steady, warmed, with_temperatures
from .volumes import FOIL, across, exchange_current_density, foil, transport_efficiency

Array = NDArray[Any]

ELECTRONS = "electronic transference number"
STRETCH = 3.0  # grading of the electrolyte towards both faces
FEWEST = 10  # volumes
BOTH_FACES = 0.7  # V: n^2 x error of n shells of a film that lithium enters at both faces, at most
# n^2 x error of n volumes under constant load: LASTING g (1 + D / 2 + D^2 / 2), with the gradient g over the
# electrolyte and the change D of the concentration at a face, in initial concentrations.  At a time t after a change of
# load, in diffusion times of the electrolyte, the error is the smaller of SUDDEN g / n and SOON g / (n^2 sqrt(t)).
LASTING, SUDDEN, SOON = 0.05, 9e-3, 4.3e-4  # V
DEEPEST, MOST = 3.0, 5.0  # upper limits of the change at a face and of the error [V], at which salt is depleted


def _volumes(cell: Cell, T: float, n: int) -> Array:
    """The control volumes: lithium, electrolyte, film."""
    get = values_of(cell, POSITIVE)
    volume = np.zeros(n + 2, VOLUME)
    volume["side"], volume["particle"], volume["anodic"] = -1, -1, 0.5
    lithium, film, layer = volume[0], volume[-1], volume[1:-1]
    region = foil(cell, NEGATIVE, T)
    lithium["side"], lithium["dx"], lithium["area"] = 0, FOIL, region.area[0]
    lithium["i_ref"], lithium["R_f"] = region.i_ref, region.R_f
    layer["dx"] = np.diff(graded_faces(n, cell.value("separator/thickness"), STRETCH, "both"))
    layer["eps"], layer["tau"] = (
        cell.value("separator/electrolyte volume fraction"),
        transport_efficiency(cell, "separator"),
    )
    layer["left"] = layer["right"] = 0.5 * layer["dx"] / layer["tau"]
    layer["across"] = across(layer)
    k_r, c_eq = cell.value("electrolyte/recombination rate"), cell.value("electrolyte/initial concentration")
    if k_r > 0.0:
        layer["recombine"] = k_r
        layer["dissociate"] = dissociation_rate(k_r, c_eq, cell.value("electrolyte/lithium concentration"))
    film["side"], film["particle"], film["kinds"], film["dx"], film["area"] = 1, 0, 1, get("thickness"), 1.0
    film["i_ref"] = exchange_current_density(cell, POSITIVE, T)
    film["R_f"], film["anodic"] = get("film resistance"), get("anodic transfer coefficient")
    film["electrons"] = get(ELECTRONS)
    film["sigma"] = at_reference(cell, POSITIVE) if conducts(cell, POSITIVE) else 0.0
    return volume


def _check(cell: Cell) -> None:
    if not has_film(cell) or not has_foil(cell):
        raise ParameterError(
            f"{cell.name}: the thin-film model needs lithium metal and a positive electrode of type "
            "'film'; for porous electrodes use DFN(), SPMe() or SPM()"
        )
    if cell.charges_double_layers:
        raise ParameterError(
            f"{cell.name}: the thin-film model charges no double layers within a run; leave surface form "
            "'differential' out"
        )


def is_mixed(cell: Cell) -> bool:
    """Whether lithium enters the film at both faces, or electrons lose something on their way through it."""
    return conducts(cell, POSITIVE) or cell.value(f"{POSITIVE}/{ELECTRONS}") < 1.0


def vanishing(cell: Cell) -> float:
    """Rate constant of the recombination of excess ion pairs [1/s]."""
    k_r, c_eq = cell.value("electrolyte/recombination rate"), cell.value("electrolyte/initial concentration")
    if k_r == 0.0:
        return 0.0
    return dissociation_rate(k_r, c_eq, cell.value("electrolyte/lithium concentration")) + 2.0 * k_r * c_eq


def volumes_for(g: float, time: float, rate: float, times: Any, error: float) -> float:
    """Volumes of an electrolyte for an error [V].

    g: gradient over it, in initial concentrations; time: diffusion time [s]; rate: of recombination [1/s].
    """
    change = min(g / max(1.0, math.sqrt(rate * time)), DEEPEST)
    n = math.sqrt(min(LASTING * g * (1.0 + 0.5 * change + 0.5 * change**2), MOST) / error)
    for t in times:
        n = max(n, min(SUDDEN * g / error, math.sqrt(SOON * g / (error * math.sqrt(t / time)))))
    return n


@lru_cache(maxsize=256)
def resolution(
    cell: Cell,
    T: float,
    rate: float,
    accuracy: float,
    times: Any = (),
    temperatures: Any = (),
    near: tuple[Near, ...] = (),
) -> tuple[int, int, float | None]:
    """(volumes, shells, reach); see `meshing.resolution` for porous electrodes."""
    current = abs(rate) * per_rate(cell)
    found = [_at(cell, one, current, SHARE * accuracy, times, near) for one in (T, *temperatures)]
    volumes, shells, reach = map(max, zip(*found, strict=True))
    return max(FEWEST, math.ceil(volumes)), *reaching(shells, reach)


def _at(cell: Cell, T: float, current: float, error: float, times: Any, near: tuple[Near, ...]) -> Any:
    """Volumes, shells, and their reach at a current density [A/m2] and T [K]."""
    _, g, time = kept(between, cell, T)
    thickness, D = cell.value(f"{POSITIVE}/thickness"), diffusivity(cell, POSITIVE, T)
    slope = current * thickness / (F * lithium_content(cell, POSITIVE) * D)
    film = Numbers(0.0, 0.0, slope, 0.0, 0.0, 0.0, thickness**2 / D, time, 0.0)
    varied = varying_shells(cell, POSITIVE, T, slope * D, error) if varies(cell, POSITIVE) else 0
    shells = shells_for(slope, error, varied)
    if near and varied:
        shells = max(shells, shells_soon(cell, POSITIVE, T, slope * D, current, near, error))
    return (
        volumes_for(current * g, time, vanishing(cell), times, error),
        max(shells, math.ceil(math.sqrt(BOTH_FACES / error))) if is_mixed(cell) else shells,
        reach_for(film, times, error, near),
    )


@lru_cache(maxsize=32)
def build(cell: Cell, T: float, n: int, shells: int, body: Any = None, reach: Any = None) -> System:
    """The System of a thin-film cell at temperature T [K], or for temperatures around T with a `Body`.

    Read-only: it is shared by runs.
    """
    _check(cell)
    get = values_of(cell, POSITIVE)
    held = lithium_content(cell, POSITIVE)
    scale, varied = scale_of_diffusivity(cell, POSITIVE), varies(cell, POSITIVE)
    i_ref, R_f = exchange_current_density(cell, POSITIVE, T), get("film resistance")
    grain = np.array([(1.0 / (3.0 * F * held), get("thickness"), scale, varied, 1, 1, 1.0, i_ref, R_f)], GRAIN)
    laws, heat = (tables(cell, T), steady(cell, T)) if body is None else warmed(cell, T, body)
    c_ref, t_ref, R_series = reference(cell, T)
    counts = counted(**counts_of_metal(cell))
    return System(
        THIN_FILM,
        records(_volumes(cell, T, n)),
        records(grain),
        records(film_nodes(shells) if is_mixed(cell) else slab(shells, reach)),
        laws,
        c_ref,
        t_ref,
        float(T),
        R_series,
        heat,
        foil_of(cell, T),
        records(np.zeros(0, AGEING)),
        with_temperatures(conducting(counts) if follows(cell) else counts, body),
    )


@by_names
@dataclass(frozen=True)
class ThinFilm:
    """Planar cell: lithium | electrolyte with mobile Li+ and counter-ions | film of active material.

    volumes: of the electrolyte; shells: of the film; reach: as in `DFN`.  Transference number and thermodynamic
    factor are those at the initial concentration.  Raises ParameterError.
    """

    volumes: int | None = None
    shells: int | None = None
    reach: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "shells", checked_shells(self))
        object.__setattr__(self, "reach", checked_reach(self))
        object.__setattr__(
            self,
            "volumes",
            whole(
                "ThinFilm: volumes",
                self.volumes,
                f"give a whole number from 1 to {MOST_VOLUMES}, such as 32, or leave it out",
                high=MOST_VOLUMES,
                none=True,
                error=ParameterError,
            ),
        )

    def resolved(
        self,
        cell: Cell,
        T: float,
        rate: float = 1.0,
        accuracy: float = ACCURACY,
        times: Any = (),
        temperatures: Any = (),
        near: tuple[Near, ...] = (),
    ) -> "ThinFilm":
        """The model with the parts of its mesh that are not given chosen for `accuracy` [V rms] at a C-rate.

        times, temperatures, near: as of `DFN.resolved`.
        """
        missing = [f.name for f in fields(self) if getattr(self, f.name) is None]
        if "shells" not in missing:  # given shells have their own reach
            missing = [name for name in missing if name != "reach"]
        if not missing:
            return self
        _check(cell)
        mesh = resolution(cell, T, rate, accuracy, times, temperatures, near)
        chosen: dict[str, Any] = dict(zip(("volumes", "shells", "reach"), mesh, strict=True))
        return replace(self, **{name: chosen[name] for name in missing})

    def discretise(self, cell: Cell, T: float, body: Any = None) -> System:
        """The System of `cell` at temperature T [K]; with a `Body` the temperature is variable and starts at T."""
        mesh: Any = self.resolved(cell, T)
        return build(cell, T, mesh.volumes, mesh.shells, body, mesh.reach)

    def rested(self, cell: Cell, T: float, body: Any, soc: float | None) -> Any:
        """Its `initial_state` (N,): no one writes to it."""
        return initial_state(cell, self.discretise(cell, T, body), soc)


MODELS = {kind.__name__: kind for kind in (DFN, SPMe, SPM, ThinFilm)}


def model_of(given: Any) -> Any:
    """A model as given, or the model with a name in MODELS; None for the default model of the cell.

    Raises ParameterError for anything else, such as a class instead of a model.
    """
    if given is None or isinstance(given, tuple(MODELS.values())):
        return given
    if isinstance(given, str) and given in MODELS:
        return MODELS[given]()
    if isinstance(given, type) and issubclass(given, tuple(MODELS.values())):
        raise ParameterError(f"model {given.__name__} is a class: give a model, cellsim.{given.__name__}()")
    known = ", ".join(f"cellsim.{name}()" for name in MODELS)
    raise ParameterError(f"model {shown(given)}: give one of {known}, or its name")


def default_model(cell: Cell) -> Any:
    """The default model of a cell."""
    return ThinFilm() if has_film(cell) else MODELS[cell.only_model or "DFN"]()
