"""Newman's BAND(J): elimination of 3x3 blocks, in place, with one or two right-hand sides.

An array (n, 3, 11) contains the blocks below, on and above the diagonal and the right-hand sides, in the columns
starting at LOWER, DIAGONAL, UPPER and RIGHT.  Between neighbouring volumes the third unknown (the potential of the
solid phase) couples only to itself: of the off-diagonal blocks only the upper left 2x2 corner and the lower right
entry are read.
"""

from ..support.compile import inner

LOWER, DIAGONAL, UPPER, RIGHT, COLUMNS = 0, 3, 6, 9, 11


@inner
def inverse(a, b, c, d, e, f, g, h, i):
    """Inverse of a 3x3 matrix, by rows."""
    p, q, r = e * i - f * h, f * g - d * i, d * h - e * g
    s = 1.0 / (a * p + b * q + c * r)
    return (
        s * p,
        s * (c * h - b * i),
        s * (b * f - c * e),
        s * q,
        s * (a * i - c * g),
        s * (c * d - a * f),
        s * r,
        s * (b * g - a * h),
        s * (a * e - b * d),
    )


@inner
def eliminate(B, border):
    """Forward sweep of B (n, 3, 11), from the first row of blocks to the last.

    The right-hand sides of the last row become its solution, those of the other rows the input of `substitute`.
    The second right-hand side is included if `border`.  No pivoting between blocks.
    """
    u00, u01, u02, u10, u11, u12, u20, u21, u22 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    y0, y1, y2, z0, z1, z2 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(B.shape[0]):
        a, b, d, e, h = B[i, 0, 0], B[i, 0, 1], B[i, 1, 0], B[i, 1, 1], B[i, 2, 2]
        p00, p01, p02, p10, p11, p12, p20, p21, p22 = inverse(
            B[i, 0, 3] - a * u00 - b * u10,
            B[i, 0, 4] - a * u01 - b * u11,
            B[i, 0, 5] - a * u02 - b * u12,
            B[i, 1, 3] - d * u00 - e * u10,
            B[i, 1, 4] - d * u01 - e * u11,
            B[i, 1, 5] - d * u02 - e * u12,
            B[i, 2, 3] - h * u20,
            B[i, 2, 4] - h * u21,
            B[i, 2, 5] - h * u22,
        )
        r0, r1, r2 = B[i, 0, 9] - a * y0 - b * y1, B[i, 1, 9] - d * y0 - e * y1, B[i, 2, 9] - h * y2
        y0, y1, y2 = (p00 * r0 + p01 * r1 + p02 * r2, p10 * r0 + p11 * r1 + p12 * r2, p20 * r0 + p21 * r1 + p22 * r2)
        B[i, 0, 9], B[i, 1, 9], B[i, 2, 9] = y0, y1, y2
        if border:
            r0, r1, r2 = B[i, 0, 10] - a * z0 - b * z1, B[i, 1, 10] - d * z0 - e * z1, B[i, 2, 10] - h * z2
            z0, z1, z2 = (
                p00 * r0 + p01 * r1 + p02 * r2,
                p10 * r0 + p11 * r1 + p12 * r2,
                p20 * r0 + p21 * r1 + p22 * r2,
            )
            B[i, 0, 10], B[i, 1, 10], B[i, 2, 10] = z0, z1, z2
        a, b, d, e, h = B[i, 0, 6], B[i, 0, 7], B[i, 1, 6], B[i, 1, 7], B[i, 2, 8]
        u00, u01, u02 = p00 * a + p01 * d, p00 * b + p01 * e, p02 * h
        u10, u11, u12 = p10 * a + p11 * d, p10 * b + p11 * e, p12 * h
        u20, u21, u22 = p20 * a + p21 * d, p20 * b + p21 * e, p22 * h
        B[i, 0, 6], B[i, 0, 7], B[i, 0, 8] = u00, u01, u02
        B[i, 1, 6], B[i, 1, 7], B[i, 1, 8] = u10, u11, u12
        B[i, 2, 6], B[i, 2, 7], B[i, 2, 8] = u20, u21, u22


@inner
def before(B, i, y0, y1, y2, x0, x1, x2):
    """Solution in block row i from its right-hand side y after the forward sweep and the solution x of the next row."""
    return (
        y0 - B[i, 0, 6] * x0 - B[i, 0, 7] * x1 - B[i, 0, 8] * x2,
        y1 - B[i, 1, 6] * x0 - B[i, 1, 7] * x1 - B[i, 1, 8] * x2,
        y2 - B[i, 2, 6] * x0 - B[i, 2, 7] * x1 - B[i, 2, 8] * x2,
    )


@inner
def substitute(B, border, weight):
    """Backward sweep: the first right-hand side becomes the solution.

    With `border`, of the first right-hand side plus `weight` times the second.
    """
    x0, x1, x2 = 0.0, 0.0, 0.0
    for i in range(B.shape[0] - 1, -1, -1):
        y0, y1, y2 = B[i, 0, 9], B[i, 1, 9], B[i, 2, 9]
        if border:
            y0, y1, y2 = y0 + weight * B[i, 0, 10], y1 + weight * B[i, 1, 10], y2 + weight * B[i, 2, 10]
        x0, x1, x2 = before(B, i, y0, y1, y2, x0, x1, x2)
        B[i, 0, 9], B[i, 1, 9], B[i, 2, 9] = x0, x1, x2
