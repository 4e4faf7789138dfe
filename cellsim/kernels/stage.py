"""What the integrator asks of a model: one implicit stage, the voltage, a surface stoichiometry."""
from .._jit import inner, kernel
from ..numerics.table import evaluate
from . import porous, single_flux
from .system import DIFFUSIVITY, LAWS_PER_SIDE, POROUS, views


@kernel
def voltage(sys, s):
    """Terminal voltage of a state [V].  The single-flux model keeps it in the last phi_s."""
    end = views(sys, s)[3][sys.volume.size - 1]
    if sys.model == POROUS:
        return end - porous.end_resistance(sys) * s[s.size - 3]
    return end


@inner
def solve(sys, hg, ctl, s_hat, s, w, rtol, tol):
    """One implicit stage of whichever model, then the charge and energy it passes."""
    if sys.model == POROUS:
        n = porous.solve_stage(sys, hg, ctl, s_hat, s, w, rtol, tol)
    else:
        n = single_flux.solve_stage(sys, hg, ctl, s_hat, s, w, rtol, tol)
    k = s.size - 3
    s[k + 1] = s_hat[k + 1] + hg * s[k]
    s[k + 2] = s_hat[k + 2] + hg * s[k] * voltage(sys, s)
    return n


@inner
def surface(sys, last, j, i):
    """Stoichiometry at the particle surface of volume i, across the last half shell, from its
    outermost shell's stoichiometry and reaction current."""
    grain = sys.grain[sys.volume[i].particle]
    D, _ = evaluate(sys.laws, LAWS_PER_SIDE * sys.volume[i].side + DIFFUSIVITY, last)
    return last - grain.rate * grain.R_p * sys.half / D * j
