"""What does a car earn by giving power back to the grid, beyond charging at cheap hours?

Model: linear programme over a year of hourly prices; the car drives 7 kWh a day and leaves full every morning.
Source: day-ahead prices of the Netherlands, 2023 (ENTSO-E through Ember); charger, car and driving as in
cellsim/studies/storage/storage.yaml, most of it assumed.
Returns the gain over smart charging before wear and standby, with energy taken out at 0.05 EUR/kWh of wear [EUR/year].
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from cellsim.studies.storage.arbitrage import CarBattery, arbitrage, unscheduled
from cellsim.studies.storage.inputs import read_prices, read_storage

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"


def main(picture: Path | None = None) -> float:
    """Charge on arrival, at cheap hours, and both ways; return the gain of the last over the second [EUR/year]."""
    prices, car = read_prices("nl_2023"), CarBattery.of(38.0, read_storage())
    plans = {
        "on arrival": unscheduled(prices, car),
        "at cheap hours": arbitrage(prices, car, both=False),
        "both ways": arbitrage(prices, car, 0.05),
    }

    plt.style.use("tableau-colorblind10")
    fig, axes = plt.subplots(2, 1, figsize=(6.4, 4.8), layout="constrained")
    axes[0].bar(list(plans), [plan.cost / prices.years for plan in plans.values()])
    axes[0].set(ylabel="Cost of energy / EUR a year", title="A car of 38 kWh in the Netherlands, 2023")
    week = slice(24 * 182, 24 * 187)
    both, hours = plans["both ways"], np.arange(120)
    axes[1].step(hours, both.charge[week] - both.discharge[week], where="post", label="from the grid / kW")
    axes[1].step(hours, 100.0 * prices.values[week], where="post", label="price / ct/kWh")
    axes[1].set(xlabel="Hour of five days in July")
    axes[1].legend()
    if picture is not None:
        fig.savefig(picture, dpi=75)
    plt.close(fig)
    return float((plans["at cheap hours"].cost - both.cost) / prices.years)


if __name__ == "__main__":
    print(f"{main(PICTURE):.1f} EUR a year")
