"""Dual numbers: the derivative of anything that branches, indexes or compares, exact to rounding."""


class Dual:
    """value + slope * e with e * e = 0; comparisons and int() look at the value only."""

    def __init__(self, value, slope=0.0):
        self.value, self.slope = value, slope

    def __add__(self, other):
        o = lift(other)
        return Dual(self.value + o.value, self.slope + o.slope)

    def __mul__(self, other):
        o = lift(other)
        return Dual(self.value * o.value, self.slope * o.value + self.value * o.slope)

    def __truediv__(self, other):
        o = lift(other)
        return Dual(self.value / o.value, (self.slope - self.value / o.value * o.slope) / o.value)

    def __neg__(self):
        return Dual(-self.value, -self.slope)

    def __sub__(self, other):
        return self + -lift(other)

    def __rsub__(self, other):
        return lift(other) - self

    def __rtruediv__(self, other):
        return lift(other) / self

    __radd__, __rmul__ = __add__, __mul__

    def __lt__(self, other):
        return self.value < lift(other).value

    def __gt__(self, other):
        return self.value > lift(other).value

    def __le__(self, other):
        return self.value <= lift(other).value

    def __int__(self):
        return int(self.value)


def lift(x):
    """x as a dual number."""
    return x if isinstance(x, Dual) else Dual(x)
