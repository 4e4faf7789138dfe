"""Material laws: what an expression may say, that nothing else is run, and tables."""

import dataclasses
import random

import numpy as np
import pytest

import cellsim
from cellsim.parameters.laws.law import DEEPEST, FUNCTIONS, LONGEST, SLACK, Domain, Law, LawError, parse

X = np.array([0.1, 0.5, 0.9])


def of(text):
    """The law of an expression."""
    return Law.of({"expression": text})


@pytest.mark.parametrize(
    "text, value",
    [
        ("1 + 2*3 - 4/8", 6.5 + 0.0 * X),
        ("-x**2", -(X**2)),
        ("+x", X),
        ("2**3**2", 512.0 + 0.0 * X),
        ("1e3*x", 1e3 * X),
        ("min(x, 0.5)", np.minimum(X, 0.5)),
        ("max(x, 0.5)", np.maximum(X, 0.5)),
        ("abs(-x)", X),
        ("T*x", 300.0 * X),
        ("exp(log(x))", X),
        ("sqrt(x)", np.sqrt(X)),
        (" tanh(x) + sinh(x)/cosh(x) ", 2.0 * np.tanh(X)),
    ],
)
def test_expressions_mean_what_they_mean_on_paper(text, value):
    """Precedence and functions as in NumPy; equal up to rounding of one operation."""
    assert of(text)(X, 300.0) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('echo')",
        "x.__class__",
        "(lambda: x)()",
        "[x for x in (1, 2)]",
        "x if x > 0.5 else 1",
        "x and T",
        "open('file')",
        "exp",
        "exp(exp)",
        "exp()",
        "exp(x, x)",
        "min(x)",
        "max(x, 1, 2)",
        "exp(x=1)",
        "exp(*x)",
        "log10(x)",
        "y",
        "x = 1",
        "x; x",
        "import os",
        "'x'",
        "x[0]",
        "f'{x}'",
        "True",
        "None",
        "1j",
        "...",
        "x % 2",
        "x // 2",
        "x @ x",
        "~x",
        "not x",
        "x < 1",
        "(x, T)",
        "{x}",
        "x := 1",
        "(x := 1)",
        "",
        "   ",
        "\0",
        "x x",
        "1e999",
        "1" + "0" * 400,
        "\ud800",
    ],
)
def test_anything_but_arithmetic_is_refused(text):
    """With a sentence; nothing is evaluated to find out."""
    with pytest.raises(LawError, match=r"\w+ \w+"):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "9**9**9",
        "9**9**9**9",
        "2**(2**(2**(2**(2**2))))",
        "9.0**9**9*x",
        "-9**999*x",
        "1/0",
        "0/0",
        "(-8)**(1/3)",
        "0**(-1)",
        "log(0)",
        "sqrt(-1)",
        "exp(1e9)",
        "1/(x - x)",
    ],
)
def test_a_result_without_value_is_a_number_that_is_not_finite(text):
    """Huge powers neither hang nor raise; roots of negative numbers are not complex."""
    found = of(text)(X, 300.0)
    assert found.dtype == float and found.shape == X.shape and not np.isfinite(found).any()


@pytest.mark.parametrize(
    "text",
    [
        "(" * 190 + "x" + ")" * 190,
        "-" * 3000 + "x",
        "x" + "+x" * 1900,
        "(" * 1500 + "x",
        "exp(" * 700 + "x" + ")" * 700,
        "x" + "**x" * 1300,
    ],
)
def test_depth_ends_in_a_sentence_or_a_number(text):
    """Parentheses alone add no depth; everything else is refused long before Python's stack ends."""
    try:
        assert np.isfinite(of(text)(X, 300.0)).all()
    except LawError as refused:
        assert "deeper" in str(refused) or "not an arithmetic expression" in str(refused)


def test_limits_of_length_and_depth():
    """The last allowed and the first refused."""
    assert of("x" + "+x" * (DEEPEST - 2))(X, 300.0) == pytest.approx((DEEPEST - 1) * X, rel=1e-13)
    with pytest.raises(LawError, match="nested deeper"):
        parse("x" + "+x" * DEEPEST)
    parse("1".rjust(LONGEST))
    with pytest.raises(LawError, match="longer than"):
        parse("1".rjust(LONGEST + 1))


def test_long_expressions_are_quoted_in_part():
    """A message stays readable whatever the file holds."""
    with pytest.raises(LawError) as refused:
        parse("y + " * 900 + "x")
    assert len(str(refused.value)) < 400


PIECES = [
    "x",
    "T",
    "1",
    "0",
    "9",
    "1e9",
    "1e-9",
    "(",
    ")",
    "((",
    "))",
    "+",
    "-",
    "*",
    "/",
    "**",
    ",",
    ".",
    " ",
    "=",
    "'",
    "[",
    "]",
    "{",
    "}",
    ":",
    "lambda",
    "import",
    "__class__",
    "9**9**9",
    "\n",
    "\t",
    "é",
    "#",
    "\\",
    "%",
    "<",
    "@",
    "if",
    "else",
    "for",
    "in",
    "and",
    "yield",
    "await",
    "_",
    "0x",
    "1j",
    *(f"{name}(" for name in FUNCTIONS),
]


@pytest.mark.parametrize("seed", range(4))
def test_random_text_is_a_law_or_a_law_error(seed):
    """Two thousand seeded strings; the well-formed ones evaluate to floats without a complaint."""
    draw, laws = random.Random(seed), 0
    for _ in range(500):
        text = "".join(draw.choices(PIECES, k=draw.randint(1, 12)))
        try:
            law = of(text)
        except LawError:
            continue
        laws += 1
        assert law(X, 300.0).dtype == float, text
    assert laws > 5  # else the strings would test nothing


def grow(draw, depth):
    """A random well-formed expression."""
    if depth == 0 or draw.random() < 0.1:
        return draw.choice(["x", "T", "9", "0.5", "1e-3", "(9**9**9**9)"])
    kind = draw.random()
    if kind < 0.6:
        return f"({grow(draw, depth - 1)} {draw.choice(['+', '-', '*', '/', '**'])} {grow(draw, depth - 1)})"
    name = draw.choice(list(FUNCTIONS))
    inner = [grow(draw, depth - 1) for _ in range(2 if name in ("min", "max") else 1)]
    return f"-{name}({', '.join(inner)})"


def test_random_expressions_evaluate_to_floats():
    """Two thousand well-formed ones, up to six levels deep: whatever overflows is inf or nan."""
    draw = random.Random(7)
    for _ in range(2000):
        text = grow(draw, draw.randint(1, 6))
        if len(text) <= LONGEST:
            found = of(text)(X, 300.0)
            assert found.dtype == float and found.shape == X.shape, text


def test_table_passes_through_its_points_and_stays_between_them():
    """Monotone cubic: exact at the points, no overshoot."""
    x, y = [0.0, 0.2, 0.5, 1.0], [4.3, 4.0, 3.9, 3.0]
    law = Law.of({"table": {"x": x, "y": y}})
    assert law(np.array(x), 300.0) == pytest.approx(y, rel=1e-15)
    dense = law(np.linspace(0.0, 1.0, 500), 300.0)
    assert np.all(np.diff(dense) < 0.0) and dense.max() <= 4.3 and dense.min() >= 3.0


@pytest.mark.parametrize(
    "x, y",
    [
        ([0.26, 0.3, 0.6, 0.9, 0.909], [1e-15, 4e-15, 4e-15, 3e-15, 1e-16]),
        ([200.0, 500.0, 1000.0, 1500.0, 2000.0], [0.4, 0.75, 0.95, 0.85, 0.6]),
    ],
)
def test_a_table_is_constant_beyond_its_ends(x, y):
    """Of a diffusivity and of a conductivity: whatever the slope there, neither changes its sign."""
    law = Law.of({"table": {"x": x, "y": y}})
    assert law(np.array([0.0, 0.5 * x[0], 1.1 * x[-1], 4.0 * x[-1]]), 300.0) == pytest.approx(
        [y[0], y[0], y[-1], y[-1]], rel=1e-12
    )


def known(text, lo, hi, falls, least=0.0, most=1.0):
    """The law of an expression or table that is known between lo and hi."""
    law = of(text) if isinstance(text, str) else Law.of({"table": dict(zip("xy", text, strict=True))})
    return dataclasses.replace(law, domain=Domain(lo, hi, falls, least, most))


def test_a_potential_falls_beyond_its_data():
    """Where a fit rises beyond its window it goes on along its tangent: continuous with its slope, untouched within.

    3.7 - (x - 0.5)^3 - 0.2 x + (30 (0.22 - x))^3 below 0.22 turns far below the window from 0.3 to 0.8.
    """
    text, x = "3.7 - (x - 0.5)**3 - 0.2*x - (30*max(0.22 - x, 0))**3", np.linspace(0.001, 0.999, 2001)
    law, plain = known(text, 0.3, 0.8, True), of(text)
    inside = (x > 0.3 - SLACK) & (x < 0.8 + SLACK)
    assert law(x[inside], 300.0).tolist() == plain(x[inside], 300.0).tolist()
    assert plain(x, 300.0)[0] < 3.7 < law(x, 300.0)[0] and np.all(np.diff(law(x, 300.0)) < 0.0)
    assert law(x[x > 0.8], 300.0).tolist() == plain(x[x > 0.8], 300.0).tolist()  # which falls by itself
    a, h = 0.3 - SLACK, 1e-4
    y = law(np.array([a - h, a, a + h]), 300.0)
    assert y[0] - y[1] == pytest.approx(y[1] - y[2], rel=1e-3)  # h times a curvature of 1.2 over a slope of 0.3
    table = known(([0.3, 0.5, 0.8], [3.9, 3.75, 3.6]), 0.3, 0.8, True)
    y = table(np.array([0.1, 0.2, 0.3, 0.8, 0.9]), 300.0)
    assert np.all(np.diff(y) < 0.0) and y[0] - y[1] == pytest.approx(y[1] - y[2], rel=1e-12)  # a straight line


def test_a_quantity_keeps_its_sign_beyond_its_data():
    """A diffusivity that is negative above 0.9 is constant above its window to 0.8, below it is as it says."""
    law = known("1e-14*(0.9 - x)", 0.3, 0.8, False, 1e-22, 1e-6)
    assert law(np.array([0.1, 0.5, 0.8]), 300.0) == pytest.approx([8e-15, 4e-15, 1e-15], rel=1e-12)
    assert law(np.array([0.81, 0.95, 0.999]), 300.0) == pytest.approx(1e-14 * (0.1 - SLACK), rel=1e-12)


def test_what_lies_beyond_data_may_depend_on_temperature():
    """A potential that turns at a temperature only goes on along the line of that temperature."""
    law, x = known("3.7 - x + (T - 300)*0.02*max(x - 0.85, 0)", 0.2, 0.8, True), np.array([0.9, 0.95])
    assert law(x, 300.0) == pytest.approx(3.7 - x, rel=1e-12)
    assert law(x, 400.0) == pytest.approx(3.7 - x, rel=1e-6)  # the slope is a difference over 1e-6
    assert law(x, 310.0) == pytest.approx(3.7 - x + 0.2 * (x - 0.85), rel=1e-12)


@pytest.mark.parametrize(
    "x, y",
    [
        ([0.0], [1.0]),
        ([0.0, 1.0], [1.0]),
        ([1.0, 0.0], [1.0, 2.0]),
        ([0.0, 0.0], [1.0, 2.0]),
        ([0.0, float("nan")], [1.0, 2.0]),
        ([0.0, 1.0], [1.0, float("inf")]),
        ([], []),
        ([0, 10**400], [1, 2]),
    ],
)
def test_a_table_that_is_none_is_refused(x, y):
    """Too short, unequal, not rising, not finite."""
    with pytest.raises(LawError, match="two or more finite pairs"):
        Law.of({"table": {"x": x, "y": y}})


def test_laws_compare_by_content():
    """Equal laws are one key of a dictionary; the parsed tree does not matter."""
    assert of("x + 1") == of("x + 1") and hash(of("x + 1")) == hash(of("x + 1"))
    assert of("x + 1") != of("1 + x")
    assert Law(value=2.0).constant and not of("2").constant
    assert [str(Law(value=0.25)), str(of("x + 1")), str(Law.of({"table": {"x": [0, 1], "y": [1, 2]}}))] == [
        "0.25",
        "x + 1",
        "table of 2 points",
    ]


@pytest.mark.filterwarnings("error:overflow:RuntimeWarning")
@pytest.mark.parametrize("huge", [1e300, -1e308])
def test_a_table_of_huge_values_is_refused_without_a_warning(huge):
    """Its slopes overflow."""
    raw = cellsim.load("minnmann2021").to_json()
    raw["positive electrode"]["open-circuit potential"]["table"] = {
        "x": [0.0, 0.4, 0.400001, 1.0],
        "y": [4, huge, 3.9, 3],
    }
    raw["positive electrode"]["open-circuit potential"].pop("expression", None)
    with pytest.raises(cellsim.ParameterError, match="positive electrode/open-circuit potential"):
        cellsim.Cell.from_json(raw, "mine")


@pytest.mark.parametrize(
    "law",
    [
        Law.of({"expression": "exp(300/T)*x + max(T - 290, 0)"}),
        Law.of({"expression": "1 + tanh(3*x)"}),
        Law.of({"table": {"x": [0.1, 0.5, 0.9], "y": [1.0, 3.0, 2.0]}}),
        Law.of({"value": 2.0}),
        dataclasses.replace(Law.of({"expression": "1 - x*(T - 250)/50"}), domain=Domain(0.1, 0.6, False, 1e-3, 10.0)),
    ],
    ids=str,
)
def test_rows_have_their_own_temperatures(law):
    """A law of x (times, places) at temperatures (times, 1) is that at each of them, to rounding."""
    rng = np.random.default_rng(1)
    x, T = rng.uniform(0.05, 0.95, (20, 4)), rng.choice([280.0, 295.5, 310.0], 20)
    each = np.array([law(row, float(at)) for row, at in zip(x, T, strict=True)])
    assert law(x, T[:, None]) == pytest.approx(each, rel=1e-14)
    assert law(x[:, 0], T) == pytest.approx(each[:, 0], rel=1e-14)
