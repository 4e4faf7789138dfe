"""Layers of one electrode pair: thickness and mass from the very numbers that are simulated."""
from dataclasses import dataclass

from ..models import capacity_between_cutoffs
from ..models.electrodes import NEGATIVE, POSITIVE, has_foil
from ..physics.constants import F

V_LI = 1.300e-5  # molar volume of lithium [m3/mol]: 4.85 um per mA.h/cm2


@dataclass(frozen=True)
class Layer:
    """One layer of a pair.  `masses` [kg/m2] by component; thickness [m] in the charged state."""

    name: str
    thickness: float
    masses: tuple[tuple[str, float], ...]

    @property
    def areal_mass(self) -> float:
        """kg/m2."""
        return sum(m for _, m in self.masses)


def areal_capacity(cell) -> float:
    """Charge between the voltage cut-offs per electrode area [A.h/m2], at equilibrium."""
    return capacity_between_cutoffs(cell) / cell.value("cell/electrode area")


def electrode_layer(cell, part) -> Layer:
    """A porous electrode with its electrolyte."""
    get = lambda key: cell.value(f"{part}/{key}")  # noqa: E731
    word = part.split()[0]
    L, active, pores = (get(k) for k in ("thickness", "active material volume fraction",
                                         "electrolyte volume fraction"))
    inert = max(1.0 - active - pores - get("void volume fraction"), 0.0)
    # below 1e-9 is rounding of fractions that add up to one: nothing that needs a density
    binder = L * inert * cell.value(f"design/{word} inert density") if inert > 1e-9 else 0.0
    return Layer(part, L, (
        (f"{word} active material", L * active * cell.value(f"design/{word} active material density")),
        (f"{word} carbon and binder", binder),
        ("electrolyte", L * pores * fill(cell) * cell.value("design/electrolyte density"))))


def fill(cell) -> float:
    """Electrolyte in the cell over what fills the pores; a solid electrolyte is never in excess."""
    return cell.value("design/electrolyte fill factor") if cell.kind == "liquid" else 1.0


def lithium_layers(cell) -> tuple[Layer, Layer]:
    """Lithium of a charged cell.  What is plated on charge comes out of the cathode's mass."""
    plated = areal_capacity(cell) * 3600.0 * V_LI / F
    return (Layer("plated lithium", plated, ()),
            extra_layer(cell, "lithium excess", "lithium"))


def separator_layer(cell) -> Layer:
    """Separator, or the layer of solid electrolyte."""
    L, pores = cell.value("separator/thickness"), cell.value("separator/electrolyte volume fraction")
    matrix = L * (1.0 - pores) * cell.value("design/separator density") if pores < 1.0 else 0.0
    wet = L * pores * fill(cell) * cell.value("design/electrolyte density")
    return Layer("separator", L, (("separator", matrix), ("electrolyte", wet)))


def collector_layer(cell, word) -> Layer:
    """Half a foil: the pair on its other side takes the other half."""
    L = 0.5 * cell.value(f"design/{word} current collector thickness")
    return Layer(f"{word} current collector", L,
                 (("current collectors", L * cell.value(f"design/{word} current collector density")),))


def extra_layer(cell, key, material=None) -> Layer:
    """An interlayer, insulating film or lithium excess; nothing if its thickness is zero."""
    L = cell.value(f"design/{key} thickness")
    return Layer(key, L, ((key, L * cell.value(f"design/{material or key} density") if L > 0.0 else 0.0),))


def pair_layers(cell) -> tuple[Layer, ...]:
    """The layers of one electrode pair, from the negative collector to the positive one."""
    negative = lithium_layers(cell) if has_foil(cell) else (electrode_layer(cell, NEGATIVE),)
    layers = (collector_layer(cell, "negative"), *negative, extra_layer(cell, "interlayer"),
              separator_layer(cell), electrode_layer(cell, POSITIVE), collector_layer(cell, "positive"),
              extra_layer(cell, "insulating film"))
    return tuple(layer for layer in layers if layer.thickness > 0.0)
