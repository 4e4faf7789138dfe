"""Layers of one electrode pair: thickness and mass from the parameters of the simulation."""

from dataclasses import dataclass

from ..models import capacity_between_cutoffs
from ..models.electrodes import NEGATIVE, POSITIVE, active_fraction, has_foil
from ..parameters import Cell
from ..physics.constants import V_LI, F


@dataclass(frozen=True)
class Layer:
    """One layer of an electrode pair: thickness [m] in the charged state, masses [kg/m2] by component."""

    name: str
    thickness: float
    masses: tuple[tuple[str, float], ...]

    @property
    def areal_mass(self) -> float:
        """Mass per area [kg/m2]."""
        return sum(m for _, m in self.masses)


def areal_capacity(cell: Cell) -> float:
    """Equilibrium capacity between the voltage cut-offs per electrode area [Ah/m2]."""
    return float(capacity_between_cutoffs(cell)) / cell.value("cell/electrode area")


def electrode_layer(cell: Cell, part: str) -> Layer:
    """A porous electrode with its electrolyte; a graded one by its means; part: "negative electrode", or positive."""
    word = part.split()[0]
    L = cell.value(f"{part}/thickness")
    pores, void = (cell.mean(f"{part}/{phase} volume fraction") for phase in ("electrolyte", "void"))
    active = active_fraction(cell, part)
    inert = max(1.0 - active - pores - void, 0.0)
    # below 1e-9 the inert fraction is rounding, and needs no density
    binder = L * inert * cell.value(f"design/{word} inert density") if inert > 1e-9 else 0.0
    return Layer(
        part,
        L,
        (
            (f"{word} active material", L * active * cell.value(f"design/{word} active material density")),
            (f"{word} carbon and binder", binder),
            ("electrolyte", L * pores * fill(cell) * cell.value("design/electrolyte density")),
        ),
    )


def fill(cell: Cell) -> float:
    """Volume of electrolyte over pore volume; 1 for a solid electrolyte."""
    return cell.value("design/electrolyte fill factor") if cell.kind == "liquid" else 1.0


def lithium_layers(cell: Cell) -> tuple[Layer, Layer]:
    """Lithium of a charged cell: plated lithium, whose mass is counted with the cathode, and lithium excess."""
    plated = areal_capacity(cell) * 3600.0 * V_LI / F
    return (Layer("plated lithium", plated, ()), extra_layer(cell, "lithium excess", "lithium"))


def separator_layer(cell: Cell) -> Layer:
    """Separator, or solid-electrolyte layer."""
    L, pores = cell.value("separator/thickness"), cell.value("separator/electrolyte volume fraction")
    matrix = L * (1.0 - pores) * cell.value("design/separator density") if pores < 1.0 else 0.0
    wet = L * pores * fill(cell) * cell.value("design/electrolyte density")
    return Layer("separator", L, (("separator", matrix), ("electrolyte", wet)))


def collector_layer(cell: Cell, word: str) -> Layer:
    """Half of a current collector foil, which is shared by two pairs; word: "negative" or "positive"."""
    L = 0.5 * cell.value(f"design/{word} current collector thickness")
    return Layer(
        f"{word} current collector",
        L,
        (("current collectors", L * cell.value(f"design/{word} current collector density")),),
    )


def extra_layer(cell: Cell, key: str, material: str | None = None) -> Layer:
    """An interlayer, insulating film or lithium excess; without mass if its thickness is zero."""
    L = cell.value(f"design/{key} thickness")
    return Layer(key, L, ((key, L * cell.value(f"design/{material or key} density") if L > 0.0 else 0.0),))


def pair_layers(cell: Cell) -> tuple[Layer, ...]:
    """The layers of one electrode pair, from the negative to the positive current collector."""
    negative = lithium_layers(cell) if has_foil(cell) else (electrode_layer(cell, NEGATIVE),)
    layers = (
        collector_layer(cell, "negative"),
        *negative,
        extra_layer(cell, "interlayer"),
        separator_layer(cell),
        electrode_layer(cell, POSITIVE),
        collector_layer(cell, "positive"),
        extra_layer(cell, "insulating film"),
    )
    return tuple(layer for layer in layers if layer.thickness > 0.0)
