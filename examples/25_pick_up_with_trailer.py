"""How much more does a pick-up truck use with a trailer?

Model: road load: rolling resistance and drag of car and trailer over the efficiency of the drivetrain, auxiliaries.
Source: cellsim/protocols/cycles/vehicles.yaml; the trailer of 3,175 kg and 3 m2 is assumed.
Returns the consumption with the trailer at 105 km/h [Wh/km].
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import cellsim
from cellsim.protocols.cycles.road_load import trip
from cellsim.protocols.cycles.vehicles import segment

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"


def main(picture: Path | None = None) -> float:
    """Consumption over speed, and the power of a cell along the WLTC; return that with the trailer at 105 km/h."""
    car = segment("pick-up")
    alone, towing = car.vehicle(), car.vehicle(trailer_mass=car.towed())
    speeds = np.linspace(30.0, 130.0, 51)

    def at(kilometres_per_hour, vehicle):
        v = kilometres_per_hour / 3.6
        return trip((0.0, 100.0), (v, v), vehicle).consumption

    plt.style.use("tableau-colorblind10")
    fig, (left, right) = plt.subplots(1, 2, figsize=(8.0, 3.6), layout="constrained")
    for label, vehicle in (("alone", alone), ("with trailer", towing)):
        left.plot(speeds, [at(v, vehicle) for v in speeds], label=label)
    left.set(xlabel="Speed / km/h", ylabel="Consumption / Wh/km", ylim=(0, None))
    left.legend()
    for name in ("WLTC of pick-up with trailer", "WLTC of pick-up"):
        load = cellsim.Protocol(f"Run {name}").steps[0].target
        right.plot(load.times, load.values, lw=0.8, label=name)
    right.set(xlabel="Time / s", ylabel="Power of a cell / W")
    right.legend()
    fig.suptitle(f"At 105 km/h {at(105.0, towing):.0f} instead of {at(105.0, alone):.0f} Wh/km")
    if picture is not None:
        fig.savefig(picture, dpi=70)
    plt.close(fig)
    return float(at(105.0, towing))


if __name__ == "__main__":
    print(f"{main(PICTURE):.1f} Wh/km")
