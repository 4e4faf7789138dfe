"""Electrolyte that side reactions use up.  Each term returns its value and its partial derivatives.

Li et al., J. Electrochem. Soc. 169 (2022) 060516: what is used is replaced from a reservoir outside the electrodes;
when that is empty, part of them is no longer wetted.
"""

from ...support.compile import inner


@inner
def reservoir_left(used, reservoir):
    """Electrolyte left in the reservoir [m]: reservoir - used, at least 0;  d/dused, d/dreservoir.

    used, reservoir [m]: volumes per electrode area, of the electrolyte used up and of what there was beyond the pores.
    """
    left = reservoir - used
    if left.real <= 0.0:
        return 0.0 * left, 0.0, 0.0
    return left, -1.0, 1.0


@inner
def wetted_share(used, reservoir, pores):
    """Share of the pores that electrolyte fills: 1 - (used - reservoir) / pores, at most 1;  d/dused, d/dpores.

    pores [m]: their volume per electrode area.
    """
    lacks = used - reservoir
    if lacks.real <= 0.0:
        return 1.0 + 0.0 * lacks, 0.0, 0.0
    return 1.0 - lacks / pores, -1.0 / pores, lacks / (pores * pores)
