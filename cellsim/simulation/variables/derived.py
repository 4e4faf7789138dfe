"""What follows from other variables: the same in other units, averages, extremes, and parts of sums.

All are answered under PyBaMM's names, but not kept in tables and files.
"""

import numpy as np

from ...kernels.layout import POROUS, THIN_FILM
from ...models.electrodes import PARTS, has_foil
from ...models.materials.tables import scale_of_diffusivity, scaled_diffusivity
from ...models.volumes import IDEAL
from ...parameters.laws.law import X_RANGE
from ...physics.constants import ZERO_CELSIUS, F
from .ageing import salt
from .potentials import electrolyte_ohmic, known, lags, reaction_overpotential
from .salt import LAYERS, concentration_overpotential
from .states import SIDES

ONE = ("Time [s]",)
# name: (variable that it is made of, factor, zero)
CONVERTED = {
    "LLI [%]": ("Loss of lithium inventory [%]", 1.0, 0.0),
    "LAM_ne [%]": ("Loss of active material in negative electrode [%]", 1.0, 0.0),
    "LAM_pe [%]": ("Loss of active material in positive electrode [%]", 1.0, 0.0),
    "Time [min]": ("Time [s]", 1.0 / 60.0, 0.0),
    "Time [h]": ("Time [s]", 1.0 / 3600.0, 0.0),
    "Cell temperature [C]": ("Cell temperature [K]", 1.0, -ZERO_CELSIUS),
    "X-averaged cell temperature [C]": ("Cell temperature [K]", 1.0, -ZERO_CELSIUS),
    "Volume-averaged cell temperature [C]": ("Cell temperature [K]", 1.0, -ZERO_CELSIUS),
    "Surface temperature [C]": ("Surface temperature [K]", 1.0, -ZERO_CELSIUS),
    "Core temperature [C]": ("Core temperature [K]", 1.0, -ZERO_CELSIUS),
    "Maximum cell temperature [C]": ("Maximum cell temperature [K]", 1.0, -ZERO_CELSIUS),
    "Total current density [A.m-2]": ("Current density [A.m-2]", 1.0, 0.0),
    "Electrolyte concentration [Molar]": ("Electrolyte concentration [mol.m-3]", 1e-3, 0.0),
}


def converted(variables):
    """Names of CONVERTED whose variable is there."""
    for name, (of, factor, zero) in CONVERTED.items():
        if of in variables.makers:
            yield name, (variables.dims(of), lambda n=of, f=factor, z=zero: variables[n] * f + z)


def derived(p):
    """All that follows from the states."""
    yield from _temperatures(p)
    yield from _particles(p)
    yield from _layers(p)
    yield from _potentials(p)
    if p.sys.heat.capacity > 0.0:
        yield from _heats(p)
    if not p.sys.ageing.size:  # side reactions are no part of what a cell is made with, and of j
        yield from _reactions(p)
        yield from _lithium(p)


def electrode(name):
    """A layer as PyBaMM calls it where its solid is meant."""
    return name if name == "Separator" else f"{name} electrode"


def _temperatures(p):
    """Of the layers: one, as the model has it, unless it resolves the way from the core to the surface."""
    if p.sys.heat.chain.size:
        return
    for unit, zero in (("K", 0.0), ("C", ZERO_CELSIUS)):
        for name, side in LAYERS:
            if side == 0 and p.is_foil(0):
                continue
            part, axes, v = electrode(name), (*ONE, f"x_{name[0].lower()} [m]"), p.volumes(side)
            if p.sys.model != THIN_FILM:
                everywhere = lambda n=v.size, z=zero: np.repeat(p.T[:, None] - z, n, axis=1)  # noqa: E731
                yield f"{part} temperature [{unit}]", (axes, everywhere)
            yield f"X-averaged {part.lower()} temperature [{unit}]", (ONE, lambda z=zero: p.T - z)
        for name, _ in SIDES:
            yield f"{name} current collector temperature [{unit}]", (ONE, lambda z=zero: p.T - z)


def _particles(p):
    """Extremes of concentrations, averages, diffusivities and entropic coefficients of each phase."""
    for phase in p.phases:
        low, words, side, (axis, depth) = phase.name.lower(), phase.electrode, phase.side, phase.axes
        c_max = p.cell.value(f"{phase.path}/maximum concentration")
        below = words[0].lower() + words[1:]
        for which, of_all in (("Minimum", np.min), ("Maximum", np.max)):
            for q, field in ((" surface", type(p).surface), ("", type(p).within)):
                extreme = lambda f=phase, a=of_all, of=field: a(p.once(of, f), axis=tuple(range(1, p.once(of, f).ndim)))  # noqa: E731
                yield f"{which} {low} particle{q} concentration", (ONE, extreme)
                yield f"{which} {low} particle{q} concentration [mol.m-3]", (ONE, lambda e=extreme, c=c_max: c * e())
            yield f"{which} {low} particle stoichiometry", (ONE, extreme)
        mean = lambda f=phase, s=side: p.average(p.mean_of(f), s)  # noqa: E731
        for name in (f"X-averaged {below} extent of lithiation", f"{words} volume-averaged concentration"):
            yield name, (ONE, mean)
        yield f"{words} volume-averaged concentration [mol.m-3]", (ONE, lambda m=mean, c=c_max: c * m())
        entropic = lambda f=phase: _entropic(p, f)  # noqa: E731
        yield f"{words} entropic change [V.K-1]", ((*ONE, axis), entropic)
        yield f"X-averaged {below} entropic change [V.K-1]", (ONE, lambda e=entropic, s=side: p.average(e(), s))
        if p.sys.model != THIN_FILM:
            D = f"{low} particle effective diffusivity [m2.s-1]"
            yield D[0].upper() + D[1:], ((*ONE, axis, depth), lambda f=phase: _diffusivity(p, f))
            across = p.sys.volume["dx"][p.volumes(side)] / p.sys.volume["dx"][p.volumes(side)].sum()
            averaged = lambda f=phase, w=across: np.einsum("tvr,v->tr", _diffusivity(p, f), w)  # noqa: E731
            yield f"X-averaged {D}", ((*ONE, depth), averaged)
            ratio = lambda f=phase, w=across: p.surface_per_volume(f) * np.ones(w.size)  # noqa: E731
            axes = (*ONE, axis) if p.sys.counts["loss"] else (axis,)
            yield f"{words} surface area to volume ratio [m-1]", (axes, ratio)
            every = lambda r=ratio, s=side: p.average(np.broadcast_to(r(), (len(p.t), p.volumes(s).size)), s)  # noqa: E731
            yield f"X-averaged {below} surface area to volume ratio [m-1]", (ONE, every)


def _entropic(p, phase):
    """dU/dT at the surfaces (times, volumes) [V/K]."""
    x = np.clip(p.surface(phase), *X_RANGE)
    S = p.cell.law(f"{phase.path}/entropic change coefficient")
    return np.broadcast_to(S(x, p.column_of_T(x)), x.shape)


def _diffusivity(p, phase):
    """In the particles (times, volumes, shells) [m2/s]."""
    x = np.clip(p.within(phase), *X_RANGE)
    out, scale = np.empty(x.shape), scale_of_diffusivity(p.cell, phase.path)
    for T in np.unique(p.T):
        rows = p.T == T
        out[rows] = scale * scaled_diffusivity(p.cell, phase.path, float(T))(x[rows])
    return out


def _layers(p):
    """Of the fresh layers: pores, transport efficiency, conductivity; concentrations in mol per litre."""
    unit = "[Molar]"
    yield (
        f"X-averaged electrolyte concentration {unit}",
        (ONE, lambda: 1e-3 * (p.c @ p.sys.volume["dx"] / p.sys.volume["dx"].sum())),
    )
    constant, of = lambda value: np.full(len(p.t), value), p.sys.volume
    for name, side in LAYERS:
        if side == 0 and p.is_foil(0):
            continue
        low, v, axis = name.lower(), p.volumes(side), f"x_{name[0].lower()} [m]"
        yield (
            f"X-averaged {low} electrolyte concentration {unit}",
            (ONE, lambda s=side: 1e-3 * p.average(p.c[:, p.volumes(s)], s)),
        )
        if p.sys.model == THIN_FILM or p.sys.counts["clogging"]:
            continue
        share = of["dx"][v] / of["dx"][v].sum()
        part = electrode(name)
        yield f"X-averaged {part.lower()} porosity", (ONE, lambda w=share, v=v: constant(w @ of["eps"][v]))
        if (of["tau"][v] < IDEAL).all():
            yield f"{name} electrolyte transport efficiency", ((axis,), lambda v=v: of["tau"][v])
            mean = lambda w=share, v=v: constant(w @ of["tau"][v])  # noqa: E731
            yield f"X-averaged {low} electrolyte transport efficiency", (ONE, mean)
        if side >= 0 and (of["sigma"][v] < IDEAL).all() and not p.sys.counts["conducting"]:
            yield f"{part} effective conductivity", ((axis,), lambda v=v: of["sigma"][v])
    if not has_foil(p.cell) and p.sys.model != THIN_FILM and not p.sys.counts["clogging"]:
        yield "Porosity", (("x [m]",), lambda: p.sys.volume["eps"])


def _potentials(p):
    """Averages, and sums of parts of the voltage."""
    local = lambda: p.voltage() + p.sys.R_series * p.I  # noqa: E731
    yield "Local voltage [V]", (ONE, local)
    yield "Positive current collector potential [V]", (ONE, local)
    yield "Negative current collector potential [V]", (ONE, lambda: np.zeros(len(p.t)))
    if known(p):
        both = lambda: p.once(concentration_overpotential) + electrolyte_ohmic(p)  # noqa: E731
        yield "X-averaged electrolyte overpotential [V]", (ONE, both)
    if p.sys.model != POROUS or p.sys.volume.size <= 3:
        return
    for name, side in SIDES:
        if p.is_foil(side):
            continue
        low, v, axes = name.lower(), p.volumes(side), (*ONE, f"x_{name[0].lower()} [m]")
        yield f"X-averaged {low} electrode potential [V]", (ONE, lambda v=v, s=side: p.average(p.phi_s[:, v], s))
        yield (
            f"X-averaged {low} electrode surface potential difference [V]",
            (ONE, lambda v=v, s=side: p.average(p.phi_s[:, v] - p.phi_e[:, v], s)),
        )
        from_collector = lambda v=v, s=side: (local()[:, None] if s else 0.0) - p.phi_s[:, v]  # noqa: E731
        yield f"{name} electrode ohmic losses [V]", (axes, from_collector)
    first = p.volumes(1)[0]
    share = p.sys.volume["left"][first] * p.sys.volume["across"][first - 1]  # of phi_e at the border
    yield (
        "Positive electrode surface potential difference at separator interface [V]",
        (ONE, lambda: p.phi_s[:, first] - p.phi_e[:, first - 1 : first + 1] @ (share, 1.0 - share)),
    )


def _heats(p):
    """Heat by its origin, where the model tells them apart."""
    per = "per unit electrode-pair area [W.m-2]"
    contact = lambda: p.sys.R_series * p.I**2  # noqa: E731
    found = {
        "Total heating": lambda: p.heats[:, :2].sum(axis=1),
        "Reversible heating": lambda: p.heats[:, 1],
        "Lumped contact resistance heating": contact,
    }
    more = p.sys.ageing.size or p.sys.counts["layers"] or p.sys.model == THIN_FILM or any(lags(p, s) for _, s in SIDES)
    if known(p) and not more:
        reaction = lambda: sum(_of_reaction(p, side) for _, side in SIDES)  # noqa: E731
        found["Irreversible electrochemical heating"] = reaction
        mixing = lambda: p.heats[:, 4] if p.sys.heat.mixing else 0.0  # noqa: E731
        found["Ohmic heating"] = lambda: p.heats[:, 0] - reaction() - contact() - mixing()
    for name, make in found.items():
        if "contact" not in name:
            yield f"{name} {per}", (ONE, make)
        yield f"{name} [W]", (ONE, lambda m=make: p.area * m())


def _of_reaction(p, side):
    """Current times reaction overpotential of an electrode (times,) [W/m2]."""
    v = p.volumes(side)
    return (p.j[:, v] * p.once(reaction_overpotential, side)) @ p.sys.volume["area"][v]


def _reactions(p):
    """Reaction currents of all phases of an electrode together, per its volume."""
    if p.sys.model == THIN_FILM:
        return
    of, unit = p.sys.volume, "[A.m-3]"
    reacting = lambda: np.where(of["area"] > 0.0, p.j, 0.0) * of["area"] / of["dx"]  # noqa: E731
    if not has_foil(p.cell):
        yield f"Sum of volumetric interfacial current densities {unit}", ((*ONE, "x [m]"), reacting)
    for name, side in SIDES:
        if p.is_foil(side):
            continue
        low, v, axes = name.lower(), p.volumes(side), (*ONE, f"x_{name[0].lower()} [m]")
        here = lambda v=v: p.j[:, v] * of["area"][v] / of["dx"][v]  # noqa: E731
        mean = lambda h=here, s=side: p.average(h(), s)  # noqa: E731
        yield f"Sum of {low} electrode volumetric interfacial current densities {unit}", (axes, here)
        yield f"Sum of x-averaged {low} electrode volumetric interfacial current densities {unit}", (ONE, mean)
        yield f"X-averaged {low} electrode total volumetric interfacial current density {unit}", (ONE, mean)
        if sum(phase.side == side for phase in p.phases) == 1:
            yield f"X-averaged {low} electrode volumetric interfacial current density {unit}", (ONE, mean)
            j = lambda v=v, s=side: p.average(p.j[:, v], s)  # noqa: E731
            yield f"X-averaged {low} electrode total interfacial current density [A.m-2]", (ONE, j)


def _lithium(p):
    """Of the whole cell, and of electrodes of one material."""
    if has_foil(p.cell) or p.sys.model == THIN_FILM:
        return
    held = lambda: sum(p.once(type(p).lithium, part, side) for (_, side), part in zip(SIDES, PARTS, strict=True))  # noqa: E731
    every = lambda: held() + p.area * salt(p)  # noqa: E731
    yield "Total lithium [mol]", (ONE, every)
    yield "Total lithium capacity [A.h]", (ONE, lambda: every() * F / 3600.0)
    for (_, side), part in zip(SIDES, PARTS, strict=True):
        if sum(phase.side == side for phase in p.phases) == 1:
            in_phase = lambda q=part, s=side: p.once(type(p).lithium, q, s)  # noqa: E731
            yield f"Total lithium in primary phase in {part} [mol]", (ONE, in_phase)
