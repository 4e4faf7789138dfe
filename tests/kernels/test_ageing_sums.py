"""What adds up in cells that age: lithium and salt to rounding over a life, heat with that of the side reactions."""

import numpy as np
import pytest
from pytest import approx
from test_robustness_ageing import kept

import cellsim
from cellsim.models import ACCURACY
from cellsim.physics.constants import F
from cellsim.protocols import Protocol
from cellsim.simulation.start import at_start

N, SEI = "negative electrode/", "Loss of lithium to negative SEI [mol]"
MODELS = (cellsim.DFN((6, 3, 5), 6), cellsim.SPMe((6, 3, 5), 6), cellsim.SPM(6))
EVERYTHING = {
    "SEI": "solvent-diffusion limited",
    "SEI porosity change": "true",
    "SEI on cracks": "true",
    "lithium plating": "partially reversible",
    "loss of active material": "stress-driven",
    "particle mechanics": "swelling and cracking",
}
CYCLE = "Discharge at 1C until 2.5 V; Rest for 10 minutes; Charge at 1C until 4.2 V; Hold at 4.2 V until C/20"
CYCLES, LIFE, OVER_A_LIFE = 20, 1000, 1e-12
HUGE = cellsim.Lumped(heat_capacity=1e9)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_lithium_and_salt_are_kept_over_a_life(model):
    """1e-12 over a thousand cycles: rounding goes both ways, so that of fewer cycles it is the root of their share."""
    cell = cellsim.load("okane2022").with_ageing(EVERYTHING)
    begun = at_start(cell, model, 298.15, 1.0, None, None, Protocol(CYCLE), ACCURACY, None)
    first, how = kept(begun.sys, begun.state), {"model": model, "temperature": 298.15}
    for _ in range(CYCLES):
        how = {"start": cellsim.simulate(cell, CYCLE, **how)}
    found = kept(begun.sys, how["start"].final_state.state)
    assert found == approx(first, rel=OVER_A_LIFE * np.sqrt(CYCLES / LIFE))


def fast(law, **more):
    """A cell whose SEI grows a thousand times as fast, so that its heat shows."""
    cell = cellsim.load("okane2022").with_ageing(False)
    key = (
        N
        + {
            "reaction limited": "SEI reaction exchange current density",
            "ec reaction limited": "SEI kinetic rate constant",
        }[law]
    )
    return cell.with_({key: 1e3 * cell.value(key)}).with_ageing({"SEI": law, **more})


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_at_rest_the_heat_is_what_the_lithium_loses_on_its_way_into_the_film(model):
    """From the electrode's potential to that of the SEI; a trapezium of some fifty rows over an hour errs by 1e-4."""
    cell = fast("reaction limited")
    run = cellsim.simulate(cell, "Rest for 1 hour", model, soc=0.5, heat=HUGE, rtol=1e-6)
    x = run["X-averaged negative particle surface stoichiometry"]
    U = np.asarray(cell.law(N + "open-circuit potential")(x, 298.15))
    grown = np.diff(run[SEI]) * F
    less = cell.value(N + "SEI open-circuit potential") - 0.5 * (U[1:] + U[:-1])
    heat = run["Irreversible heating [W]"]
    assert (0.5 * (heat[1:] + heat[:-1]) * np.diff(run.t)).sum() == approx((less * grown).sum(), rel=1e-3)
    assert run["Heat generated [J]"][-1] == approx((less * grown).sum(), rel=1e-3)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
@pytest.mark.parametrize("law, plating", [("reaction limited", "none"), ("ec reaction limited", "irreversible")])
def test_heat_that_is_stored_is_heat_that_is_made(model, law, plating):
    """Irreversible and reversible heating of the rows, over time, is what the integrator has added up.

    To 1e-3: the sum over time of a rate that begins with a jump, by trapezia between some hundred rows.
    """
    cell = fast(law, **{"lithium plating": plating})
    run = cellsim.simulate(cell, "Charge at 1C for 20 minutes", model, soc=0.5, heat=HUGE, rtol=1e-6)
    heat = run["Irreversible heating [W]"] + run["Reversible heating [W]"]
    assert (0.5 * (heat[1:] + heat[:-1]) * np.diff(run.t)).sum() == approx(run["Heat generated [J]"][-1], rel=1e-3)
