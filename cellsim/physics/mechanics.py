"""Loss of contact by volume change.  Each term returns its value and its partial derivatives as listed."""

from ..support.compile import kernel


@kernel
def cycle_rate(x_rate, window):
    """Full cycles per second of a particle whose mean stoichiometry changes by x_rate [1/s];  d/dx_rate.

    |x_rate| / (2 window): a full cycle goes through the window of stoichiometry twice, and part of one counts as that
    part of one.
    """
    sign = -1.0 if x_rate.real < 0.0 else 1.0
    return 0.5 * sign * x_rate / window, 0.5 * sign / window


@kernel
def excess_strain(strain, P, sigma_ad, E):
    """Particle strain that the contact cannot accommodate: |strain| - (P + sigma_ad) / E [-], at least 0.

    d/dstrain, d/dP.  P [Pa]: stack pressure, sigma_ad [Pa]: adhesion, E [Pa]: modulus
    of the electrolyte.
    """
    sign = -1.0 if strain.real < 0.0 else 1.0
    value = sign * strain - (P + sigma_ad) / E
    if value.real <= 0.0:
        return 0.0 * value, 0.0, 0.0
    return value, sign, -1.0 / E


@kernel
def contact_loss_rate(theta, excess, P, k_loss, k_heal, theta_max):
    """Change of the contact fraction per cycle: -k_loss excess theta + k_heal P (theta_max - theta).

    d/dtheta, d/dexcess, d/dP.  k_loss [-] and k_heal [1/Pa] 0: constant.
    """
    return (
        -k_loss * excess * theta + k_heal * P * (theta_max - theta),
        -k_loss * excess - k_heal * P,
        -k_loss * theta,
        k_heal * (theta_max - theta),
    )


@kernel
def connection_loss_rate(u, excess, k_loss):
    """Change of the utilisation per cycle: -k_loss excess u;  d/du, d/dexcess.

    By cracking of secondary particles; five times slower for single crystals.  k_loss = 0: constant.
    """
    return -k_loss * excess * u, -k_loss * excess, -k_loss * u
