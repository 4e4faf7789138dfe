"""Terms of solid cells: the derivatives they promise, the values the reference prints, and nothing if switched off."""

import numpy as np
import pytest
from partials import check_partials, terms_of
from pytest import approx

from cellsim.physics import contact, fracture, interphase, lithium, mechanics, polymer

MODULES = (contact, lithium, fracture, interphase, mechanics, polymer)
MPA, OHM_CM2 = 1e6, 1e-4
CREEP = (6.56, 2.83e9, 37e3)  # exponent, shear modulus [Pa], activation energy [J/mol]
TERMS = {  # (function, arguments, positions of the partials)
    "effective_pressure": (contact.effective_pressure, (5e6, 25e6, 0.77), (0, 1)),
    "effective_pressure, virgin": (contact.effective_pressure, (5e6, 5e6, 0.77), (0, 1)),
    "contact_resistance": (contact.contact_resistance, (8e-4, 5e6, 25e6, 0.5, 0.6), (1, 4)),
    "contact_fraction": (contact.contact_fraction, (0.7e6, 1e6, 0.5, 0.8), (0,)),
    "contact_fraction, off": (contact.contact_fraction, (0.7e6, 0.0, 0.5, 0.8), (0,)),
    "pressure_rise": (contact.pressure_rise, (3e-6, 2e9, 2e-3, 1e-11), (0,)),
    "constriction_resistance": (contact.constriction_resistance, (0.2, 1e-5, 0.2), (2,)),
    "thickness_rate": (lithium.thickness_rate, (50.0,), (0,)),
    "exhaustion_potential": (lithium.exhaustion_potential, (300.0, 180.0, 298.15), (0,)),
    "metal_at_potential": (lithium.metal_at_potential, (0.03, 180.0, 298.15), (0,)),
    "host_potential": (lithium.host_potential, (0.3, 0.05, 0.75, 6.0, 0.25, 60.0), (0,)),
    "creep_rate": (lithium.creep_rate, (3e6, 310.0, 1e20, *CREEP), (0, 1)),
    "void_rate": (lithium.void_rate, (30.0, 1e-7, 0.8, 1e-9), (0, 3)),
    "void_rate, closed": (lithium.void_rate, (-30.0, 0.0, 0.8, 1e-9), (0, 3)),
    "active_area": (lithium.active_area, (1e-6, 2e-6), (0,)),
    "critical_stripping_current": (lithium.critical_stripping_current, (5e6, 2.0, 3e6, 1.9), (0,)),
    "critical_current": (
        fracture.critical_current,
        (10.0, 320.0, 298.15, 3e4, 4e6, 2e6, 0.3, 0.95, 0.87, 17.0),
        (1, 4),
    ),
    "critical_overpotential": (fracture.critical_overpotential, (0.23e6, 2e-6, 1.12), (1,)),
    "critical_flaw": (fracture.critical_flaw, (0.23e6, 0.01, 1.12), (1,)),
    "short_probability": (fracture.short_probability, (3e-6, 2e-6, 4.0), (0,)),
    "growth_rate": (interphase.growth_rate, (3e-9, 1e-21, 1e-12), (0,)),
    "layer_resistance": (interphase.layer_resistance, (3e-9, 1e-6), (0,)),
    "lithium_bound": (interphase.lithium_bound, (3e-9, 1800.0, 3.0, 0.05), (0,)),
    "storage_resistance": (interphase.storage_resistance, (7200.0, 2e-4, 3600.0), (0,)),
    "cycle_resistance": (interphase.cycle_resistance, (64.0, 8e-4, 4e-4), (0,)),
    "coated": (interphase.coated, (3e-12, 0.7, 10.0), (0, 1)),
    "excess_strain": (mechanics.excess_strain, (-0.05, 3e6, 1e6, 2e9), (0, 1)),
    "excess_strain, followed": (mechanics.excess_strain, (-0.001, 3e6, 1e6, 2e9), (0, 1)),
    "contact_loss_rate": (mechanics.contact_loss_rate, (0.6, 0.04, 3e6, 2e-3, 1e-12, 0.8), (0, 1, 2)),
    "cycle_rate": (mechanics.cycle_rate, (1e-4, 0.7), (0,)),
    "cycle_rate, back": (mechanics.cycle_rate, (-1e-4, 0.7), (0,)),
    "host_loss_rate": (lithium.host_loss_rate, (3000.0, 2e-4), (0,)),
    "short_hazard": (fracture.short_hazard, (12.0, 10.0, 3e-10, 4.0), (0, 1)),
    "short_hazard, stripping": (fracture.short_hazard, (-12.0, 10.0, 3e-10, 4.0), (0, 1)),
    "connection_loss_rate": (mechanics.connection_loss_rate, (0.9, 0.04, 2e-3), (0, 1)),
    "vogel_tammann_fulcher": (polymer.vogel_tammann_fulcher, (340.0, 1100.0, 200.0, 353.15), (0,)),
}
WITHOUT_PARTIALS = {"creep_coefficient", "limiting_current", "sand_time"}


def value(term, *arguments):
    """The value of a term."""
    return term.py_func(*arguments)[0]


def test_every_term_of_solid_cells_is_checked_here():
    """A term added without a test of its partials fails here."""
    assert terms_of(*MODULES) == {name.split(",")[0] for name in TERMS} | WITHOUT_PARTIALS


@pytest.mark.parametrize("name", TERMS)
def test_partials_are_those_of_the_value(name):
    """Complex step; rel 1e-13 is rounding of a dozen operations, those of powers included."""
    check_partials(*TERMS[name], rel=1e-13)


def test_terms_compile():
    """The laws are for kernels: one per module in compiled form gives what Python gives; rel 1e-14 for fused sums."""
    for name in (
        "contact_fraction",
        "exhaustion_potential",
        "short_probability",
        "growth_rate",
        "excess_strain",
        "vogel_tammann_fulcher",
    ):
        term, args, _ = TERMS[name]
        assert term(*args) == approx(term.py_func(*map(float, args)), rel=1e-14)


OFF = {  # with this argument zero a law has no effect: (term, arguments, value)
    "no memory of pressure": (contact.effective_pressure, (5e6, 25e6, 0.0), 5e6),
    "no contact resistance": (contact.contact_resistance, (0.0, 5e6, 25e6, 0.5, 0.6), 0.0),
    "contact as fabricated": (contact.contact_fraction, (1e5, 0.0, 0.5, 0.8), 0.8),
    "a stack that does not push back": (contact.pressure_rise, (3e-6, 0.0, 2e-3, 0.0), 0.0),
    "no constriction at full contact": (contact.constriction_resistance, (0.2, 1e-5, 1.0), 0.0),
    "endless lithium": (lithium.exhaustion_potential, (300.0, 0.0, 298.15), 0.0),
    "no creep": (lithium.creep_rate, (3e6, 310.0, 0.0, *CREEP), 0.0),
    "no voids": (lithium.void_rate, (30.0, 0.0, 0.0, 0.0), 0.0),
    "voids without effect": (lithium.active_area, (1e-6, 0.0), 1.0),
    "no flaws": (fracture.short_probability, (3e-6, 0.0, 4.0), 0.0),
    "no transport through the layer": (interphase.growth_rate, (3e-9, 0.0, 1e-12), 0.0),
    "no reaction at the layer": (interphase.growth_rate, (3e-9, 1e-21, 0.0), 0.0),
    "neither": (interphase.growth_rate, (3e-9, 0.0, 0.0), 0.0),
    "no growth in storage": (interphase.storage_resistance, (7200.0, 0.0, 3600.0), 0.0),
    "no growth per cycle": (interphase.cycle_resistance, (64.0, 8e-4, 0.0), 8e-4),
    "no coating": (interphase.coated, (3e-12, 0.0, 10.0), 3e-12),
    "no loss of contact": (mechanics.contact_loss_rate, (0.6, 0.04, 3e6, 0.0, 0.0, 0.8), 0.0),
    "a host that does not fade": (lithium.host_loss_rate, (3000.0, 0.0), 0.0),
    "no hazard of a short": (fracture.short_hazard, (12.0, 10.0, 0.0, 4.0), 0.0),
    "no hazard while stripping": (fracture.short_hazard, (-12.0, 10.0, 3e-10, 4.0), 0.0),
    "no loss of connection": (mechanics.connection_loss_rate, (0.9, 0.04, 0.0), 0.0),
}


@pytest.mark.parametrize("name", OFF)
def test_a_law_is_off_when_its_coefficient_is_zero(name):
    """Exactly: switched off means bit for bit as if it were not there."""
    term, args, expected = OFF[name]
    assert value(term, *args) == expected


def test_constriction_has_the_two_printed_values():
    """0.8 and 27 Ohm cm2 at 2 mS/cm for contact of 20 % in spots of 10 um and 5 % in spots of 50 um; 2 digits."""
    R = lambda a, f: value(contact.constriction_resistance, 0.2, a, f) / OHM_CM2  # noqa: E731
    assert R(10e-6, 0.2) == approx(0.8, rel=0.02)
    assert R(50e-6, 0.05) == approx(27.0, rel=0.02)


def test_contact_pressed_once_stays_better_and_never_worse():
    """Monotone in pressure; between the virgin contact and the one at the highest pressure on the way back."""
    P = np.linspace(0.1, 25.0, 50) * MPA
    theta = np.array([value(contact.contact_fraction, p, 1e6, 0.5, 0.8) for p in P])
    back = np.array(
        [value(contact.contact_fraction, value(contact.effective_pressure, p, P[-1], 0.77), 1e6, 0.5, 0.8) for p in P]
    )
    assert np.all(np.diff(theta) > 0.0) and np.all(np.diff(back) > 0.0)
    assert np.all(back[:-1] > theta[:-1]) and back[-1] == theta[-1] < 0.8


def test_springs_take_up_swelling():
    """A fixed gap gives K dh / h exactly; soft springs give dh over their compliance within h / (K s)."""
    assert value(contact.pressure_rise, 3e-6, 2e9, 2e-3, 0.0) == approx(3e6, rel=1e-14)
    soft = 1e-9  # m/Pa, a thousand times h / K
    assert value(contact.pressure_rise, 3e-6, 2e9, 2e-3, soft) == approx(3e-6 / soft, rel=1.1e-3)


def test_plated_lithium_is_4_85_micrometres_per_milliampere_hour():
    """As printed, three digits; charging thickens the layer."""
    per_charge = -value(lithium.thickness_rate, -1.0)
    assert -per_charge * 36000.0 == approx(4.85e-6, rel=1e-3)


def test_a_discharge_ends_when_the_lithium_is_gone():
    """RT/F ln 2 where as much is left as Q_reg; more than 0.3 V at a hundred-thousandth of it."""
    assert value(lithium.exhaustion_potential, 180.0, 180.0, 298.15) == approx(0.0178086, rel=1e-5)
    assert value(lithium.exhaustion_potential, 180e-5, 180.0, 298.15) > 0.29


def test_doubled_pressure_creeps_ninety_four_times_as_fast():
    """2^6.56 by hand, 94.35; the reference prints 97, which is 2^6.6."""
    rate = lambda P: value(lithium.creep_rate, P, 298.15, 1.0, *CREEP)  # noqa: E731
    assert rate(6e6) / rate(3e6) == approx(94.35, rel=1e-4)


def test_creep_keeps_up_with_the_critical_stripping_current():
    """With A from `creep_coefficient`, voids neither grow nor heal at the current it was made for; rounding."""
    h, P, T = 10e-6, 3e6, 298.15
    i = value(lithium.critical_stripping_current, P, 2.0, 3e6, 1.9)
    A = lithium.creep_coefficient.py_func(i, P, T, h, *CREEP)
    closing = h * value(lithium.creep_rate, P, T, A, *CREEP)
    assert value(lithium.void_rate, i, 1e-9, 1.0, closing) == approx(0.0, abs=1e-12 * closing)
    assert value(lithium.void_rate, 1.01 * i, 0.0, 1.0, closing) > 0.0
    assert value(lithium.void_rate, 0.99 * i, 0.0, 1.0, closing) == 0.0  # nothing left to heal
    assert value(lithium.critical_stripping_current, 7e6, 2.0, 3e6, 1.9) == approx(10.0, rel=0.01)  # 1.0 mA/cm2


@pytest.mark.parametrize("K, a, printed", [(0.23e6, 1e-6, 15.6e-3), (0.23e6, 5e-6, 7.0e-3), (1.0e6, 1e-6, 68e-3)])
def test_critical_overpotential_has_the_printed_values(K, a, printed):
    """Argyrodite with flaws of 1 and 5 um, LLZO with 1 um; digits printed.  The inverse returns the flaw."""
    eta = value(fracture.critical_overpotential, K, a, 1.12)
    assert eta == approx(printed, rel=6e-3)
    assert value(fracture.critical_flaw, K, eta, 1.12) == approx(a, rel=1e-13)


def test_critical_current_is_its_reference_at_reference_conditions():
    """Exactly; hotter, denser and under more pressure it is higher."""
    known = (10.0, 298.15, 298.15, 3e4, 2e6, 2e6, 0.3, 0.87, 0.87, 17.0)
    assert value(fracture.critical_current, *known) == 10.0
    for position, more in ((1, 333.15), (4, 5e6), (7, 0.99)):
        moved = list(known)
        moved[position] = more
        assert value(fracture.critical_current, *moved) > 10.0


def test_harder_pushed_cells_are_likelier_to_short():
    """From next to never to nearly surely as the overpotential rises; 1/e at the scale of the distribution."""
    a_0 = 2e-6
    eta_0 = value(fracture.critical_overpotential, 0.23e6, a_0, 1.12)
    p = lambda eta: value(fracture.short_probability, value(fracture.critical_flaw, 0.23e6, eta, 1.12), a_0, 4.0)  # noqa: E731
    assert p(eta_0) == approx(np.exp(-1.0), rel=1e-12)
    assert p(0.3 * eta_0) < 1e-6 and p(3.0 * eta_0) > 0.999


def test_a_thick_layer_grows_parabolically_and_a_thin_one_linearly():
    """Against t = L^2 / k_p + L / k_l, the integral of the law; dL/dt times dt/dL is 1 to rounding."""
    k_p, k_l = 1e-21, 1e-12
    for L in (0.0, 1e-12, 1e-9, 1e-6):
        assert value(interphase.growth_rate, L, k_p, k_l) * (2.0 * L / k_p + 1.0 / k_l) == approx(1.0, rel=1e-14)
    assert value(interphase.growth_rate, 0.0, k_p, k_l) == approx(k_l, rel=1e-15)


def test_interphase_of_kim_grows_as_printed():
    """Coated 8.5 to 51, bare 25.4 to 316 Ohm cm2 at 100 cycles with the printed b of 4.3 and 29; 2 digits."""
    R = lambda R_0, b: value(interphase.cycle_resistance, 100.0, R_0 * OHM_CM2, b * OHM_CM2) / OHM_CM2  # noqa: E731
    assert R(8.5, 4.3) == approx(51.0, rel=0.02)
    assert R(25.4, 29.0) == approx(316.0, rel=0.01)
    assert value(interphase.coated, 29.0, 1.0, 29.0 / 4.3) == approx(4.3, rel=1e-14)


def test_contact_returns_under_pressure_and_is_lost_by_breathing():
    """The balance of loss and healing lies between zero and the most; without breathing it is the most."""
    rate = lambda theta, excess: value(mechanics.contact_loss_rate, theta, excess, 3e6, 2e-3, 1e-12, 0.8)  # noqa: E731
    assert rate(0.8, 0.0) == 0.0 and rate(0.79, 0.0) > 0.0 and rate(0.8, 0.04) < 0.0
    assert value(mechanics.excess_strain, 0.05, 3e6, 1e6, 2e9) == approx(0.048, rel=1e-14)


def test_polymer_conducts_three_times_as_well_at_80_as_at_60_degrees():
    """With B = 1100 K and T_0 = 200 K the reference prints a ratio of about 3: 10 % for its one digit."""
    factor = value(polymer.vogel_tammann_fulcher, 333.15, 1100.0, 200.0, 353.15)
    assert 1.0 / factor == approx(3.0, rel=0.1)
    assert value(polymer.vogel_tammann_fulcher, 353.15, 1100.0, 200.0, 353.15) == 1.0


def test_limiting_current_of_the_polymer_separator_is_145():
    """1500 mol/m3, 8e-12 m2/s, t+ 0.2, 20 um: 145 A/m2 as printed; Sand's time at it is pi L^2 / 16 D."""
    I = polymer.limiting_current.py_func(1500.0, 8e-12, 0.2, 20e-6)
    assert abs(I / 145.0 - 1.0) < 5e-3
    assert polymer.sand_time.py_func(1500.0, 8e-12, 0.2, I) == approx(np.pi * 4e-10 / (16.0 * 8e-12), rel=1e-13)
