"""What the integrator asks of a model: one implicit stage, the voltage, a surface stoichiometry."""
from .._jit import inner, kernel
from . import particle, porous, single_flux, thin_film
from .system import DIFFUSION, LAWS_PER_SIDE, POROUS, SINGLE_FLUX, views


@kernel
def voltage(sys, s):
    """Terminal voltage of a state [V].  Models that do not resolve phi_s keep it in the last one."""
    end = views(sys, s)[3][sys.volume.size - 1]
    if sys.model == POROUS:
        return end - porous.end_resistance(sys) * s[s.size - 3]
    return end


@inner
def solve(sys, hg, ctl, s_hat, s, w, rtol, tol):
    """One implicit stage of whichever model, then the charge and energy it passes."""
    if sys.model == POROUS:
        n = porous.solve_stage(sys, hg, ctl, s_hat, s, w, rtol, tol)
    elif sys.model == SINGLE_FLUX:
        n = single_flux.solve_stage(sys, hg, ctl, s_hat, s, w, rtol, tol)
    else:
        n = thin_film.solve_stage(sys, hg, ctl, s_hat, s, w, rtol, tol)
    k = s.size - 3
    s[k + 1] = s_hat[k + 1] + hg * s[k]
    s[k + 2] = s_hat[k + 2] + hg * s[k] * voltage(sys, s)
    return n


@inner
def surface(sys, x, j, i):
    """Stoichiometry at the particle surface of volume i, from its shells' x (shells,) and reaction current."""
    law = LAWS_PER_SIDE * sys.volume[i].side + DIFFUSION
    return particle.surface(sys, sys.volume[i].particle, law, x[x.size - 1], j)


@kernel
def surfaces(sys, s, i, out):
    """Surface stoichiometry of volume i in states s (times, N) into out (times,)."""
    for k in range(s.shape[0]):
        x, _, _, _, j = views(sys, s[k])
        out[k] = surface(sys, x[sys.volume[i].particle], j[i], i)
