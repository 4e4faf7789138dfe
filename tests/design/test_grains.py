"""Grains of a solid electrolyte: surface and lithium that clusters of particles have, and what they do to a cell."""

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim.design.grains import cluster_radius, clusters
from cellsim.errors import ParameterError
from cellsim.models import capacity_between_cutoffs
from cellsim.models.kinds import sizes

LAB, P = "lab_nmc811_lpscl_li", "positive electrode/"
RADIUS, SPREAD, HISTOGRAM = (
    P + f"particle {what}" for what in ("radius", "radius standard deviation", "size histogram")
)


def test_surface_is_at_most_that_of_the_grains():
    """Of particles that are all clusters it is as large; of a distribution it is less, and never more than as made."""
    active, electrolyte, grain = 0.5, 0.3, 2e-6
    least = cluster_radius(active, electrolyte, grain)
    assert 3.0 * active / least == approx(3.0 * electrolyte / grain, rel=1e-15)
    R, w = np.array([1e-6, 3e-6, 9e-6]), np.array([0.5, 0.3, 0.2])
    for factor in (0.1, 0.5, 1.0, 2.0, 4.0):
        radius, share = clusters(R, w, factor * least)
        mean = share @ radius
        assert 3.0 * active / mean <= min(3.0 * active / (w @ R), 3.0 * electrolyte / (factor * grain)) * (1 + 1e-12)


def test_volume_of_the_classes_is_kept():
    """By hand: the two smaller ones become one class with their volume."""
    R, w = np.array([1.0, 2.0, 6.0]), np.array([0.5, 0.3, 0.2])
    radius, share = clusters(R, w, 3.0)
    volume, before = share * radius / (share @ radius), w * R / (w @ R)
    assert radius.tolist() == [3.0, 6.0]
    assert volume == approx([before[0] + before[1], before[2]], rel=1e-14)
    assert clusters(R, np.array([0.5, 0.5, 1e-8]), 0.5)[0].tolist() == [1.0, 2.0]  # less than counts


def test_fine_grains_change_nothing():
    """The same cell, and the same as one that was never asked."""
    cell = cellsim.load(LAB)
    assert cellsim.with_grains(cell, 1e-8) is cell
    spread = cell.with_({SPREAD: 0.5 * cell.value(RADIUS)})
    assert cellsim.with_grains(spread, 1e-8) is spread


def test_one_size_becomes_one_radius():
    """Equal to the cell with that radius, bit for bit, whose capacity at rest is the same; and it says why."""
    cell, grain = cellsim.load(LAB), 4e-6
    made = cellsim.with_grains(LAB, grain)
    fractions = (cell.value(P + f"{what} volume fraction") for what in ("active material", "electrolyte"))
    plain = cell.with_({RADIUS: cluster_radius(*fractions, grain)})
    runs = [cellsim.simulate(one, "Discharge at C/2", cellsim.SPM()) for one in (made, plain)]
    assert (runs[0]["Voltage [V]"] == runs[1]["Voltage [V]"]).all()
    assert capacity_between_cutoffs(made) == approx(capacity_between_cutoffs(cell), rel=1e-12)
    assert "grains" in made.sources[made.record(RADIUS).source]["citation"]


def test_distribution_becomes_a_histogram_and_keeps_its_lithium():
    """What a slow discharge gives is the same within 0.1 %, as nothing is left in the particles at C/1000."""
    cell = cellsim.load(LAB)
    spread = cell.with_({SPREAD: 0.5 * cell.value(RADIUS)})
    made = cellsim.with_grains(spread, 1.5e-6)
    radius, share = sizes(made, "positive electrode")
    assert 1 < radius.size < 9 and made.value(SPREAD) == 0.0
    assert share @ radius == approx(made.value(RADIUS), rel=1e-12)
    slow = [cellsim.simulate(c, "Discharge at C/1000", cellsim.SPM()).discharge_capacity for c in (spread, made)]
    assert slow[1] == approx(slow[0], rel=1e-3)
    again = cellsim.with_grains(made, 20e-6)  # all are clusters: one size, of a cell with a histogram
    assert np.ptp(sizes(again, "positive electrode")[0]) < 1e-8 * again.value(RADIUS)


def test_coarser_grains_deliver_less():
    """At 1C, and a designed cell asks for it by an argument."""
    delivered = [
        cellsim.simulate(cellsim.design_cell(grain_radius=r), "Discharge at 1C", cellsim.SPM()).discharge_capacity
        for r in (None, 0.1e-6, 2e-6, 6e-6)
    ]
    assert delivered[0] == delivered[1] > delivered[2] > delivered[3]


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: cellsim.with_grains(LAB, 2.0), "grain_radius 2: give metres"),
        (lambda: cellsim.with_grains(LAB, 2e-6, "cathode"), "choose one of negative electrode, positive electrode"),
        (lambda: cellsim.with_grains(LAB, 2e-6, "negative electrode"), "give one that does"),
        (lambda: cellsim.with_grains("lgm50_composite", 2e-6, "negative electrode"), "particles of one material"),
        (lambda: cellsim.with_grains("danilov2011", 2e-6), "particles of one material"),
        (lambda: cellsim.design_cell("nmc811", "lipf6_carbonate", "graphite", grain_radius=1e-6), "no solid"),
    ],
)
def test_what_has_no_grains_is_refused(call, words):
    """In one sentence."""
    with pytest.raises(ParameterError, match=words) as fault:
        call()
    assert "\n" not in str(fault.value)
