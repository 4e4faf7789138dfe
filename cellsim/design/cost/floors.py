"""Floors of prices that follow from composition: a material cannot be bought below the value of its lithium."""

from dataclasses import dataclass

# standard atomic weights, rounded [g/mol]
ATOM = {
    "Li": 6.94,
    "P": 30.974,
    "S": 32.06,
    "Cl": 35.45,
    "C": 12.011,
    "O": 15.999,
    "Fe": 55.845,
    "Ni": 58.693,
    "Mn": 54.938,
}
ATOM |= {"Co": 58.933}
LI2S = 2 * ATOM["Li"] + ATOM["S"]
P2S5 = 2 * ATOM["P"] + 5 * ATOM["S"]
LICL = ATOM["Li"] + ATOM["Cl"]
CARBONATE = 2 * ATOM["Li"] + ATOM["C"] + 3 * ATOM["O"]
ARGYRODITE = 2.5 * LI2S + 0.5 * P2S5 + LICL  # Li6PS5Cl = 5/2 Li2S + 1/2 P2S5 + LiCl
NMC811 = ATOM["Li"] + 0.8 * ATOM["Ni"] + 0.1 * ATOM["Mn"] + 0.1 * ATOM["Co"] + 2.0 * ATOM["O"]
LFP = ATOM["Li"] + ATOM["Fe"] + ATOM["P"] + 4.0 * ATOM["O"]
LADDER = (256.0, 100.0, 50.0, 25.0)  # Li2S [USD/kg]
P2S5_PRICE, LICL_PRICE = 4.0, 12.0  # USD/kg, assumed


@dataclass(frozen=True)
class Composition:
    """Raw materials of one kg of Li6PS5Cl [kg]; carbonate: lithium carbonate with as much lithium."""

    li2s: float = 2.5 * LI2S / ARGYRODITE
    p2s5: float = 0.5 * P2S5 / ARGYRODITE
    licl: float = LICL / ARGYRODITE
    carbonate: float = 3.0 * CARBONATE / ARGYRODITE


# lithium carbonate [kg] with as much lithium as one kg of a material
CARBONATE_IN = {
    "Li6PS5Cl": 3.0 * CARBONATE / ARGYRODITE,
    "NMC811 cathode": 0.5 * CARBONATE / NMC811,
    "LFP cathode": 0.5 * CARBONATE / LFP,
    "lithium metal": 0.5 * CARBONATE / ATOM["Li"],
}


def lithium_value(carbonate_price: float, material: str = "Li6PS5Cl") -> float:
    """Value of the lithium in one kg of a material [USD/kg] at a price of lithium carbonate; 0 if not known."""
    return CARBONATE_IN.get(material, 0.0) * carbonate_price


def raw_materials(li2s_price: float) -> float:
    """Raw materials of one kg of Li6PS5Cl [USD/kg] at a price of Li2S [USD/kg]."""
    c = Composition()
    return c.li2s * li2s_price + c.p2s5 * P2S5_PRICE + c.licl * LICL_PRICE


def ladder() -> list[tuple[float, float]]:
    """(price of Li2S, raw materials of Li6PS5Cl) [USD/kg]."""
    return [(price, raw_materials(price)) for price in LADDER]
