"""The layers of the package, read from its imports: dependence points one way only."""
import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "cellsim"
FILES = sorted(PACKAGE.rglob("*.py"))
RANK = {"errors": 0, "arguments": 0, "partial": 0, "_cache": 0, "_jit": 0, "files": 0,
        "physics": 1, "numerics": 1, "kernels": 2, "parameters": 2,
        "interop": 2, "models": 3, "protocols": 3, "design": 4, "variables": 4, "saved": 4,
        "result": 5, "controls": 5, "calls": 5, "demand": 5,
        "start": 6, "outcome": 6, "simulation": 6,
        "studies": 7, "report": 8, "cli": 9, "__main__": 10, "__init__": 10}
# what may reach up, and only when it is called: the convenience methods that draw and write
LATE = {("result", "report"), ("studies", "report")}
HEAVY = {"pybamm", "pandas", "xarray", "matplotlib", "scipy", "jinja2", "pyarrow"}
TRANSCENDENTAL = {"exp", "expm1", "log", "log1p", "log10", "sinh", "cosh", "tanh", "arcsinh", "sin", "cos"}


def part(path):
    """Which layer a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path):
    """(layer or package imported, whether only inside a function) of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    late = {id(n) for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) for n in ast.walk(f)}
    depth = len(path.relative_to(PACKAGE).parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            if node.level == 0:
                yield (node.module or "").split(".")[0], None, id(node) in late
            elif node.level == depth:  # from the package itself
                for name in [node.module.split(".")[0]] if node.module else [a.name for a in node.names]:
                    yield None, name, id(node) in late
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.split(".")[0], None, id(node) in late


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_down(path):
    """A layer imports lower ones only; the listed exceptions do so when called."""
    own = part(path)
    for outside, layer, late in imports(path):
        if outside is not None or layer in (own, "__version__"):
            continue
        if own == "cli" and layer not in RANK:  # names of the public interface
            continue
        allowed = RANK[layer] <= RANK[own] or (late and (own, layer) in LATE)
        assert allowed, f"{own} imports {layer}"


@pytest.mark.parametrize("path", [p for p in FILES if part(p) != "report"], ids=lambda p: str(p.relative_to(PACKAGE)))
def test_heavy_packages_are_imported_late(path):
    """Plots, tables and splines load when they are used."""
    found = {outside for outside, _, late in imports(path) if outside in HEAVY and not late}
    assert not found


@pytest.mark.parametrize("path", [p for p in FILES if part(p) in ("kernels", "numerics")],
                         ids=lambda p: str(p.relative_to(PACKAGE)))
def test_kernels_contain_no_physics_of_their_own(path):
    """exp, log and the like appear in physics/ only: a compiled function elsewhere calls none."""
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(function, ast.FunctionDef) and function.decorator_list:
            called = {n.attr for n in ast.walk(function) if isinstance(n, ast.Attribute)}
            assert not called & TRANSCENDENTAL, function.name


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_files_fit_in_one_sitting(path):
    """300 lines at most, and a docstring that says what the file is for."""
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 300
    assert not text or ast.get_docstring(ast.parse(text))


def test_nothing_from_a_file_is_executed():
    """No eval, exec or pickle anywhere in the package."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec", "compile"), path
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {a.name for a in node.names} | {getattr(node, "module", None)}
                assert not names & {"pickle", "dill", "cloudpickle", "shelve", "marshal"}, path
