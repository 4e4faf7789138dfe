"""Impedance as a small alternating current in a run shows it."""

import numpy as np

import cellsim


def impedance_in_time(cell, f, amplitude, model=None, *, points=64, periods=4, settled=2, drift=1, **how):
    """Impedance [Ohm] at the frequency f [Hz] by a current of this amplitude [A], a polygon of so many points a period.

    settled: periods that are not looked at.  drift: degree of the polynomial in time beside which the sine is sought,
    as one from zero leaves the cell a constant charge lower.  how: arguments of `simulate`.
    """
    t = np.arange(0, periods * points + 1) / (points * f)
    wave = cellsim.profile(np.column_stack([t, amplitude * np.sin(2.0 * np.pi * f * t)]), control="current")
    run = cellsim.simulate(cell, wave, model, **how)
    late = t[settled * points :]
    turning = np.exp(2j * np.pi * f * late)
    basis = np.column_stack([turning.real, turning.imag, *((late / late[-1]) ** k for k in range(drift + 1))])
    signals = (run.at(key, late) for key in ("Voltage [V]", "Current [A]"))
    V, current = (np.linalg.lstsq(basis, y, rcond=None)[0][:2] @ (1.0, -1j) for y in signals)
    return -V / current
