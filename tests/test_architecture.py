"""The layers of the package, read from its imports: dependence points one way only."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "cellsim"
FILES = sorted(PACKAGE.rglob("*.py"))
# the rooms from the bottom up: a room imports from those below it, at any time and never from one above
ROOMS = (
    "errors",
    "support",
    "cycler",
    "physics",
    "numerics",
    "kernels",
    "parameters",
    "models",
    "protocols",
    "design",
    "drawing",
    "simulation",
    "ensemble",
    "studies",
    "interop",
    "cli",
)
FRONT = ("__init__", "__main__", "_moved")  # the front door knows every room
# rooms of `studies`, from the bottom up; loose files there count as the lowest
STUDIES = (
    "",
    "spectra",
    "estimation",
    "life",
    "electrode_data",
    "charging",
    "vehicles",
    "storage",
    "comparison",
    "cost",
    "claim_audit",
    "validation",
)
MOST_FILES = 13  # of a folder, its __init__ left out: few enough to name from memory
HEAVY = {"pybamm", "pandas", "xarray", "matplotlib", "scipy", "jinja2", "pyarrow"}
TRANSCENDENTAL = {"exp", "expm1", "log", "log1p", "log10", "sinh", "cosh", "tanh", "arcsinh", "sin", "cos"}


def part(path):
    """Which room a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def dotted(path):
    """Name of a module below the package; "" is the package."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix("__init__").rstrip(".")


def draws(path):
    """Whether a file is about pictures, pages and tables; it is imported when one is asked for."""
    return part(path) == "drawing" or path.parent.name in ("plots", "report") or path.stem.startswith("plots")


MODULES = {dotted(path): path for path in FILES}


def guarded(tree):
    """Nodes that only a type checker sees."""
    branches = [n for n in ast.walk(tree) if isinstance(n, ast.If) and "TYPE_CHECKING" in ast.dump(n.test)]
    return {id(n) for branch in branches for n in ast.walk(branch)}


def imports(path):
    """(outside package or None, module of ours or None, whether only inside a function) for each import of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    late = {id(n) for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) for n in ast.walk(f)}
    unseen = guarded(tree)
    here = list(path.relative_to(PACKAGE).parts[:-1])
    for node in ast.walk(tree):
        if id(node) in unseen:
            continue
        if isinstance(node, ast.ImportFrom) and node.level:
            base = [*here[: len(here) - node.level + 1], *(node.module or "").split(".")]
            base = ".".join(name for name in base if name)
            for alias in node.names:
                full = f"{base}.{alias.name}".lstrip(".")
                if full == "__version__":  # a name of the front door that is no module
                    continue
                yield None, full if full in MODULES else base, id(node) in late
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0], None, id(node) in late
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.split(".")[0], None, id(node) in late


def ours(path):
    """Modules of ours that a file imports, at once or when called."""
    return {module for _, module, _ in imports(path) if module is not None}


@pytest.mark.parametrize("path", [p for p in FILES if part(p) not in FRONT], ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_down(path):
    """A file imports from its own room and from those below it, late imports included; nobody from the front door."""
    own = ROOMS.index(part(path))
    for module in ours(path):
        assert module and ROOMS.index(module.split(".")[0]) <= own, f"{dotted(path)} imports {module or 'cellsim'}"


@pytest.mark.parametrize("path", [p for p in FILES if part(p) == "studies"], ids=lambda p: str(p.relative_to(PACKAGE)))
def test_studies_import_down(path):
    """The rooms of the studies have an order too."""

    def rank(module):
        parts = module.split(".")
        return STUDIES.index(parts[1] if len(parts) > 1 and (PACKAGE / "studies" / parts[1]).is_dir() else "")

    for module in ours(path):
        if module.startswith("studies.") and dotted(path) != "studies":
            assert rank(module) <= rank(dotted(path)), f"{dotted(path)} imports {module}"


def circles(graph):
    """Groups of modules that import each other, by Tarjan's method."""
    index, low, stack, found = {}, {}, [], []

    def visit(name):
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in graph.get(name, ()):
            if other not in index:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            at = stack.index(name)
            found.append(sorted(stack[at:]))
            del stack[at:]

    for name in graph:
        if name not in index:
            visit(name)
    return [group for group in found if len(group) > 1]


def test_no_module_imports_itself_in_a_circle():
    """Late imports count: what is only imported when called is a circle all the same."""
    graph = {dotted(path): ours(path) - {dotted(path), ""} for path in FILES if part(path) not in FRONT}
    assert circles(graph) == []
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]  # and would see one


def test_folders_are_few_enough_to_name():
    """At most so many files a folder, the cover left out."""
    for folder in {path.parent for path in FILES}:
        assert len([p for p in folder.glob("*.py") if p.name != "__init__.py"]) <= MOST_FILES, folder


@pytest.mark.parametrize("path", [p for p in FILES if not draws(p)], ids=lambda p: str(p.relative_to(PACKAGE)))
def test_heavy_packages_are_imported_late(path):
    """Plots, tables and splines load when they are used."""
    found = {outside for outside, _, late in imports(path) if outside in HEAVY and not late}
    assert not found


@pytest.mark.parametrize(
    "path", [p for p in FILES if part(p) in ("kernels", "numerics")], ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_kernels_contain_no_physics_of_their_own(path):
    """exp, log and the like appear in physics/ only: a compiled function elsewhere calls none."""
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(function, ast.FunctionDef) and function.decorator_list:
            called = {n.attr for n in ast.walk(function) if isinstance(n, ast.Attribute)}
            assert not called & TRANSCENDENTAL, function.name


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_files_fit_in_one_sitting(path):
    """As formatted about 300 lines, 360 at most, and a docstring that says what the file is for."""
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 360
    assert not text or ast.get_docstring(ast.parse(text))


def test_nothing_from_a_file_is_executed():
    """No eval, exec or pickle anywhere in the package, but for what a process of its own is told through a pipe, and
    for Numba's files of compiled kernels, whose owner and checksum were verified (tests/support/test_cache.py)."""
    for path in FILES:
        if path in (PACKAGE / "support" / "background.py", PACKAGE / "support" / "cache.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec", "compile"), path
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {a.name for a in node.names} | {getattr(node, "module", None)}
                assert not names & {"pickle", "dill", "cloudpickle", "shelve", "marshal"}, path
