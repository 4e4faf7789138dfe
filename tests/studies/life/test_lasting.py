"""The fastest charge that lasts a number of cycles."""

import pytest
from pytest import approx

import cellsim
from cellsim.errors import ProtocolError


@pytest.fixture(scope="module")
def cell():
    """Only stress-driven loss of active material; that of the positive electrode, in charges, rises with the rate."""
    return (
        cellsim.load("okane2022")
        .with_ageing(False)
        .with_ageing({"loss of active material": "stress-driven"})
        .with_({"positive electrode/LAM constant proportional term": 1e-4})
    )


def test_fastest_that_lasts_lies_between_one_that_does_and_one_that_does_not(cell):
    """The rate is bracketed to the resolution, and the life at it reaches all cycles."""
    found = cellsim.fastest_that_lasts(
        cell, 20, rates=(0.3, 4.0), until="97% capacity", model=cellsim.SPM(), resolution=0.2
    )
    assert found.rate is not None and found.life.end == "" and found.life.cycles == 20
    failed = found.tried.index[~found.tried["Lasts"]]
    assert found.rate < failed.min() <= found.rate * 1.2 * (1.0 + 1e-9)
    assert found.minutes == approx(found.tried["Minutes to 80 %"][found.rate])
    assert f"{found.rate:.3g}C" in str(found)


@pytest.mark.parametrize(("until", "rate", "said"), [("1% capacity", 2.0, "even the fastest"),
                                                     ("99.99% capacity", None, "no charge from")])  # fmt: skip
def test_outcomes_at_the_ends_are_honest(cell, until, rate, said):
    """All last, or none."""
    found = cellsim.fastest_that_lasts(cell, 10, rates=(1.0, 2.0), until=until, model=cellsim.SPM())
    assert found.rate == rate and said in found.reason
    assert (found.life is None) == (rate is None)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rates": (2.0, 1.0)}, "lowest and the highest"),
        ({"until": None}, "end of life"),
        ({"charge": "Charge at 1C until 4.2 V"}, "where the C-rate belongs"),
        ({"cycles": 1}, "at least 2"),
        ({"resolution": 0.0}, "share"),
    ],
)
def test_bad_search_is_refused_in_a_sentence(cell, options, message):
    """What was given, and the remedy."""
    with pytest.raises(ProtocolError, match=message):
        cellsim.fastest_that_lasts(cell, **{"cycles": 10, **options})


def test_rate_that_has_no_life_does_not_last():
    """It is listed with the reason."""
    found = cellsim.fastest_that_lasts(
        "okane2022",
        3,
        rates=(1.0, 900.0),
        until="50% capacity",
        model=cellsim.SPM(),
        resolution=0.5,
        charge="Charge at {rate}C until 4.2 V",
    )
    ends = found.tried["End"]
    assert found.rate is not None and "gives no charge" in ends[900.0] and not found.tried["Lasts"][900.0]
