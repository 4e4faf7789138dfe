"""Newman's BAND(J): elimination of 3x3 blocks with two right-hand sides, in place.

One array (n, 3, 11) holds the blocks below the diagonal, on it, above it, and the right-hand
sides, in columns from LOWER, DIAGONAL, UPPER and RIGHT.
"""
from .._jit import inner

LOWER, DIAGONAL, UPPER, RIGHT, COLUMNS = 0, 3, 6, 9, 11


@inner
def subtract_product(A, a, B, b, C, c, columns):
    """C -= A B: 3x3 block of A from column a, `columns` columns of B from b, into C from c."""
    for q in range(columns):
        x, y, z = B[0, b + q], B[1, b + q], B[2, b + q]
        C[0, c + q] -= A[0, a] * x + A[0, a + 1] * y + A[0, a + 2] * z
        C[1, c + q] -= A[1, a] * x + A[1, a + 1] * y + A[1, a + 2] * z
        C[2, c + q] -= A[2, a] * x + A[2, a + 1] * y + A[2, a + 2] * z


@inner
def divide(B):
    """Multiply the upper and right columns of a row of blocks by the inverse of its diagonal block."""
    a, b, c = B[0, 3], B[0, 4], B[0, 5]
    d, e, f = B[1, 3], B[1, 4], B[1, 5]
    g, h, i = B[2, 3], B[2, 4], B[2, 5]
    p, q, r = e * i - f * h, f * g - d * i, d * h - e * g
    s = 1.0 / (a * p + b * q + c * r)
    p01, p02 = c * h - b * i, b * f - c * e
    p11, p12 = a * i - c * g, c * d - a * f
    p21, p22 = b * g - a * h, a * e - b * d
    for k in range(UPPER, COLUMNS):
        x, y, z = s * B[0, k], s * B[1, k], s * B[2, k]
        B[0, k] = p * x + p01 * y + p02 * z
        B[1, k] = q * x + p11 * y + p12 * z
        B[2, k] = r * x + p21 * y + p22 * z


@inner
def solve(B):
    """Solve for the right-hand sides of B (n, 3, 11), overwritten by the solutions.

    The other columns are destroyed.  No pivoting between blocks.
    """
    n = B.shape[0]
    for i in range(n):
        if i > 0:
            subtract_product(B[i], LOWER, B[i - 1], UPPER, B[i], DIAGONAL, 3)
            subtract_product(B[i], LOWER, B[i - 1], RIGHT, B[i], RIGHT, 2)
        divide(B[i])
    for i in range(n - 2, -1, -1):
        subtract_product(B[i], UPPER, B[i + 1], RIGHT, B[i], RIGHT, 2)
