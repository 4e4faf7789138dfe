"""Thin films: lithium, a solid electrolyte with two mobile species, and a dense film of active material."""
import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from .._jit import records
from ..arguments import shown, whole
from ..errors import ParameterError
from ..kernels.system import GRAIN, THIN_FILM, VOLUME, System
from ..numerics.mesh import graded_faces, slab
from ..physics.constants import F
from ..physics.two_species import dissociation_rate
from .foil import foil_of
from .heat import steady, warmed
from .laws import scale_of_diffusivity, tables
from .mesh import FOIL, across, exchange_current_density, foil, transport_efficiency
from .models import ACCURACY, DFN, MOST_VOLUMES, SPM, SPMe, checked_shells, reference
from .parts import NEGATIVE, POSITIVE, has_film, has_foil

STRETCH = 3.0  # grading of the electrolyte towards both faces
VOLUMES, SHELLS = 32, 8  # for 1 mV rms; the error of volumes is of second order, one shell more halves theirs


def _volumes(cell, T, n):
    """The control volumes: lithium, electrolyte, film."""
    get = lambda key: cell.value(f"{POSITIVE}/{key}")  # noqa: E731
    volume = np.zeros(n + 2, VOLUME)
    volume["side"], volume["particle"], volume["anodic"] = -1, -1, 0.5
    lithium, film, layer = volume[0], volume[-1], volume[1:-1]
    region = foil(cell, NEGATIVE, T)
    lithium["side"], lithium["dx"], lithium["area"] = 0, FOIL, 1.0
    lithium["i_ref"], lithium["R_f"] = region.i_ref, region.R_f
    layer["dx"] = np.diff(graded_faces(n, cell.value("separator/thickness"), STRETCH, "both"))
    layer["eps"], layer["tau"] = cell.value("separator/electrolyte volume fraction"), transport_efficiency(
        cell, "separator")
    layer["left"] = layer["right"] = 0.5 * layer["dx"] / layer["tau"]
    layer["across"] = across(layer)
    k_r, c_eq = cell.value("electrolyte/recombination rate"), cell.value("electrolyte/initial concentration")
    if k_r > 0.0:
        layer["recombine"] = k_r
        layer["dissociate"] = dissociation_rate(k_r, c_eq, cell.value("electrolyte/lithium concentration"))
    film["side"], film["particle"], film["dx"], film["area"] = 1, 0, get("thickness"), 1.0
    film["i_ref"] = exchange_current_density(cell, POSITIVE, T)
    film["R_f"], film["anodic"] = get("film resistance"), get("anodic transfer coefficient")
    return volume


@lru_cache(maxsize=32)
def build(cell, T, n, shells, body=None) -> System:
    """The System of a thin-film cell at temperature T [K], or from there on if it is a `Body`.

    Runs share it: no one writes to it.
    """
    if not has_film(cell) or not has_foil(cell):
        raise ParameterError(f"{cell.name}: the thin-film model needs lithium metal and a positive electrode of type "
                             "'film'; for porous electrodes use DFN(), SPMe() or SPM()")
    get = lambda key: cell.value(f"{POSITIVE}/{key}")  # noqa: E731
    held = get("maximum concentration") * get("active material volume fraction") * get("utilisation")
    varies = not cell.is_number(f"{POSITIVE}/particle diffusivity")
    grain = np.array([(1.0 / (3.0 * F * held), get("thickness"), scale_of_diffusivity(cell, POSITIVE), varies)], GRAIN)
    laws, heat = (tables(cell, T), steady(cell, T)) if body is None else warmed(cell, T, body)
    c_ref, t_ref, R_series = reference(cell, T)
    return System(THIN_FILM, records(_volumes(cell, T, n)), records(grain), records(slab(shells)), laws, c_ref, t_ref,
                  float(T), R_series, heat, foil_of(cell, T))


@dataclass(frozen=True)
class ThinFilm:
    """Planar cell: lithium | electrolyte with mobile Li+ and its counterpart | film of active material.

    volumes: of the electrolyte; shells: of the film.  Transference number and thermodynamic factor are
    those at the initial concentration.
    """

    volumes: int | None = None
    shells: int | None = None

    def __post_init__(self):
        object.__setattr__(self, "shells", checked_shells(self))
        object.__setattr__(self, "volumes", whole(
            "ThinFilm: volumes", self.volumes, f"give a whole number from 1 to {MOST_VOLUMES}, such as 32, or leave it "
            "out", high=MOST_VOLUMES, none=True, error=ParameterError))

    def resolved(self, cell, T, rate=1.0, accuracy=ACCURACY, swift=False):
        """The model with every number of its mesh chosen for `accuracy` [V rms], where not given."""
        finer = 1e-3 / accuracy
        return replace(self, volumes=self.volumes or max(10, math.ceil(VOLUMES * math.sqrt(finer))),
                       shells=self.shells or max(5, math.ceil(SHELLS + math.log2(finer))))

    def discretise(self, cell, T, body=None) -> System:
        """The System of `cell` at temperature T [K]; with a `Body` its temperature may change from there."""
        mesh = self.resolved(cell, T)
        return build(cell, T, mesh.volumes, mesh.shells, body)


MODELS = {kind.__name__: kind for kind in (DFN, SPMe, SPM, ThinFilm)}


def model_of(said):
    """A model as it is, or the one of that name in MODELS; None for the one that suits the cell.

    Raises ParameterError for anything else, such as a class in place of a model.
    """
    if said is None or isinstance(said, tuple(MODELS.values())):
        return said
    if isinstance(said, str) and said in MODELS:
        return MODELS[said]()
    if isinstance(said, type) and issubclass(said, tuple(MODELS.values())):
        raise ParameterError(f"model {said.__name__} is a class: give a model, cellsim.{said.__name__}()")
    known = ", ".join(f"cellsim.{name}()" for name in MODELS)
    raise ParameterError(f"model {shown(said)}: give one of {known}, or its name")


def default_model(cell):
    """The model that suits a cell where none is asked for."""
    return ThinFilm() if has_film(cell) else DFN()
