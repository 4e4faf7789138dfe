"""Hardware that keeps a stack of cells under pressure: two end plates and ties between them.

An end plate is a simply supported beam across the cell width b under the pressure p: its bending stress
0.75 p b^2 / t^2 is the allowed one at t = b sqrt(0.75 p / sigma).  Ties carry p A at their allowed stress.
"""

import math
from dataclasses import dataclass

from ...errors import ParameterError
from ...support.arguments import number


@dataclass(frozen=True)
class Compression:
    """End plates and ties, per cells of the stack.

    plate [m]: thickness of one end plate.  mass_share: mass of plates and ties over that of the cells.
    length_share: thickness of both plates over the length of the stack.
    """

    plate: float
    mass_share: float
    length_share: float


def compression(
    pressure: float,
    cell_density: float,
    *,
    stack_length: float = 0.6,
    cell_width: float = 0.216,
    plate_strength: float = 160e6,
    plate_density: float = 2700.0,
    tie_strength: float = 500e6,
    tie_density: float = 7850.0,
) -> Compression:
    """Plates and ties of a stack at a pressure [Pa] of cells of a density [kg/m3]; lengths [m], strengths [Pa].

    Raises ParameterError.
    """
    pressure = number("compression: pressure", pressure, "give pascal, zero or more", low=0.0, error=ParameterError)
    given = {
        "cell density": cell_density,
        "stack length": stack_length,
        "cell width": cell_width,
        "plate strength": plate_strength,
        "plate density": plate_density,
        "tie strength": tie_strength,
        "tie density": tie_density,
    }
    for name, value in given.items():
        number(f"compression: {name}", value, "give a finite number above 0", above=0.0, error=ParameterError)
    plate = cell_width * math.sqrt(0.75 * pressure / plate_strength)
    plates = 2.0 * plate * plate_density / (stack_length * cell_density)
    ties = pressure * tie_density / (tie_strength * cell_density)
    return Compression(plate, plates + ties, 2.0 * plate / stack_length)
