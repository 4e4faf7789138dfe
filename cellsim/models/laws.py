"""Material laws of a cell at one temperature, as tables the kernels look up."""
import numpy as np

from ..numerics.table import Laws, tabulate
from ..parameters.check import C_RANGE, X_RANGE
from ..physics.transport import arrhenius, diffusion_factor

DILUTE = 1e-3  # smallest tabulated root of a concentration, over that of the lower end of C_RANGE


def one(x):
    """The law that changes nothing."""
    return np.ones_like(x)


def held(law, c_range):
    """A law of c as one of the square root of c, constant outside c_range (lo, hi)."""
    return lambda root: law(np.clip(root * root, *c_range))


def dilute(law, c_range):
    """The same for a conductivity, which vanishes with the salt: proportional to c below c_range."""
    return lambda root: law(np.clip(root * root, *c_range)) * np.minimum(root * root / c_range[0], 1.0)


def integral(x, y):
    """Running integral of y over the knots x, both (n,), by a cubic spline."""
    from scipy.interpolate import CubicSpline

    return CubicSpline(x, y).antiderivative()(x)


def open_circuit(cell, part, T):
    """U(x) [V] at T: the reference law plus (T - T_ref) times the entropic coefficient."""
    U = cell.law(f"{part}/open-circuit potential")
    slope = cell.law(f"{part}/entropic change coefficient")
    T_ref = cell.value("cell/reference temperature")
    return lambda x: U(x, T) + (T - T_ref) * slope(x, T)


def electrode_laws(cell, part, T, c_range):
    """(function, lo, hi) of U, f(x), the integral of D_s and g(c_e) for one electrode."""
    T_ref = cell.value("cell/reference temperature")
    if cell.text(f"{part}/type") == "lithium metal":
        return [(np.zeros_like, *X_RANGE), (one, *X_RANGE), (one, *X_RANGE), (one, *roots(c_range))]
    D = cell.law(f"{part}/particle diffusivity")
    factor = arrhenius(cell.value(f"{part}/diffusivity activation energy"), T, T_ref)
    f = cell.law(f"{part}/exchange-current shape")
    g = cell.law(f"{part}/exchange-current electrolyte shape")
    return [(open_circuit(cell, part, T), *X_RANGE), (lambda x: f(x, T), *X_RANGE),
            (lambda x: integral(x, factor * D(x, T)), *X_RANGE), (held(lambda c: g(c, T), c_range), *roots(c_range))]


def electrolyte_laws(cell, T, c_range):
    """(function, lo, hi) of D_e, kappa, chi and t_plus.

    Below `c_range`, where no source gives a law, the electrolyte is dilute.  The tables reach twice
    as far as its upper end, so that a Newton iterate far outside cannot meet a negative value.
    """
    value, law = cell.value, cell.law
    T_ref = value("cell/reference temperature")
    D, K = law("electrolyte/diffusivity"), law("electrolyte/conductivity")
    t, tdf = law("electrolyte/cation transference number"), law("electrolyte/thermodynamic factor")
    D_factor = arrhenius(value("electrolyte/diffusivity activation energy"), T, T_ref)
    K_factor = (T / T_ref) ** value("electrolyte/conductivity temperature exponent") * arrhenius(
        value("electrolyte/conductivity activation energy"), T, T_ref)
    span = roots(c_range)
    return [(held(lambda c: D_factor * D(c, T), c_range), *span),
            (dilute(lambda c: K_factor * K(c, T), c_range), *span),
            (held(lambda c: diffusion_factor(t(c, T), tdf(c, T), T), c_range), *span),
            (held(lambda c: t(c, T), c_range), *span)]


def roots(c_range):
    """Square roots of the concentrations that are tabulated for laws known over c_range."""
    return DILUTE * np.sqrt(c_range[0]), np.sqrt(2.0 * c_range[1])


class _Asked:
    """A cell that notes what it is asked for."""

    def __init__(self, cell):
        self.cell, self.answers = cell, {}

    def _ask(self, how, path):
        self.answers[how, path] = getattr(self.cell, how)(path)
        return self.answers[how, path]

    def value(self, path):
        return self._ask("value", path)

    def law(self, path):
        return self._ask("law", path)

    def text(self, path):
        return self._ask("text", path)


KEPT = 24  # tables of so many groups of laws and temperatures are kept
_kept: tuple = ()  # (group, T, what a cell was asked for and answered, the table), latest first


def tables(cell, T) -> Laws:
    """All twelve laws of a cell at temperature T [K], in the rows named in kernels.system."""
    groups = [_table(part, cell, T) for part in ("negative electrode", "positive electrode", "electrolyte")]
    return Laws(*(np.concatenate(rows) for rows in zip(*groups, strict=True)))


def _table(part, cell, T) -> Laws:
    """The laws of an electrode or the electrolyte.

    They are kept, as variations of a cell mostly share them; a cell that gives the same answers to
    everything that went into a table gets the same table.
    """
    global _kept
    for known_part, known_T, answers, table in _kept:
        if known_part == part and known_T == T and all(getattr(cell, how)(path) == answer
                                                       for (how, path), answer in answers.items()):
            return table
    asked = _Asked(cell)
    c_range = tuple(asked.value("electrolyte/initial concentration") * np.array(C_RANGE))
    laws = electrolyte_laws(asked, T, c_range) if part == "electrolyte" else electrode_laws(asked, part, T, c_range)
    table = tabulate(laws)
    _kept = ((part, T, asked.answers, table), *_kept)[:KEPT]  # replaced at once: threads see one or the other
    return table
