"""What a cell shows of itself: values by path, a text, and a summary for notebooks."""

from functools import cached_property
from html import escape
from typing import Any, NoReturn

from ..errors import ParameterError
from ..physics.constants import ZERO_CELSIUS
from ..support.arguments import near
from ..support.files import cut
from ..support.renamed import by_name
from .catalogue import METHODS, OF_PHASE, SECTIONS, phases_of
from .laws.law import Law
from .laws.profile import Profile


def no_number(law: Law) -> str:
    """Why a law has no value, and what has."""
    if isinstance(law, Profile):
        return f"varies over the electrode ({law}) and is no number; its mean is cell.mean(path)"
    return f"is a law ({law}), not a number"


class Shown:
    """The part of a `Cell` that a reader of a notebook meets."""

    def __getitem__(self: Any, path: str) -> Any:
        """A number, or the `Law` of a quantity: `cell["electrolyte/conductivity"]`.  Raises ParameterError."""
        law = self.law(path)
        return law if law.value is None else law.value

    def __setitem__(self, path: str, value: Any) -> NoReturn:
        raise ParameterError(f"a cell does not change; make another one: cell = cell.with_({{{path!r}: ...}})")

    def update(self, *changes: Any, **more: Any) -> NoReturn:
        """Of PyBaMM's parameter values; a cell does not change.  Raises ParameterError."""
        raise ParameterError("a cell does not change; make another one: cell = cell.with_({'section/quantity': ...})")

    def is_number(self: Any, path: str) -> bool:
        """Whether a quantity is a constant."""
        known = isinstance(path, str) and path in self._numbers
        return known or bool(self.law(path).constant)

    @by_name
    def mean(self: Any, path: str) -> float:
        """A number, or the mean of a profile over the thickness of its electrode, in the unit of the quantity.

        Raises ParameterError if it has no value, or is a law of something else than the position.
        """
        number = self._numbers.get(path) if isinstance(path, str) else None
        if number is not None:
            return float(number)
        law = self.law(path)
        return float(law.mean) if isinstance(law, Profile) else float(self.value(path))

    def __contains__(self: Any, path: object) -> bool:
        return path in self._records

    def __iter__(self: Any) -> Any:
        return iter(self._records)

    def __len__(self: Any) -> int:
        return len(self._records)

    def keys(self: Any) -> list[str]:
        """Paths of all quantities that the set gives."""
        return list(self._records)

    _ipython_key_completions_ = keys

    def phases(self: Any, part: str) -> tuple[str, ...]:
        """Names of the phases of a composite electrode, "primary", "secondary" and so on; () of any other section."""
        found: tuple[str, ...] = self._phases.get(part, ())
        return found

    @cached_property
    def _phases(self: Any) -> dict[str, tuple[str, ...]]:
        """By section; asked for often, and those of the origin where a variation has the same keys."""
        raw, origin = self._raw, self.origin
        return {
            part: origin._phases[part]
            if origin is not self and raw[part].keys() == origin._raw[part].keys()
            else phases_of(raw[part])
            for part in SECTIONS
            if part in raw
        }

    def _lacks(self: Any, path: str) -> NoReturn:
        section, _, key = path.partition("/")
        if key in OF_PHASE and section in SECTIONS and self.phases(section):
            raise ParameterError(
                f"{self.name}: {path}: the {section} is composite and each of its phases has its own, such as "
                f"{section}/{self.phases(section)[0]}/{key}; what asks for one of the whole electrode does not take "
                "composite electrodes"
            )
        raise ParameterError(f"{self.name}: {cut(path, 80)}: not given; {near(path, self._records)}")

    def __str__(self: Any) -> str:
        return "\n".join([f"{self.name}: {self.title}", *(f"  {name}: {words}" for name, words in _rows(self))])

    def _repr_html_(self: Any) -> str:
        """Summary for notebooks."""
        rows = "".join(
            f'<tr><td style="text-align:left">{escape(name)}</td><td style="text-align:left">{escape(words)}</td></tr>'
            for name, words in _rows(self)
        )
        return (
            '<div style="border:1px solid #8888;border-radius:6px;padding:8px 12px;display:inline-block">'
            f'<b>{escape(self.name)}</b><br>{escape(self.title)}<table style="font-size:small">{rows}</table></div>'
        )


def _rows(cell: Any) -> list[tuple[str, str]]:
    """Name and words of what matters most."""
    get = cell.value
    rows = [
        ("electrolyte", f"{cell.kind} {cell.material}".strip()),
        ("nominal capacity", f"{cell.nominal_capacity:g} Ah"),
        ("voltage", f"{get('cell/lower voltage cut-off'):g} to {get('cell/upper voltage cut-off'):g} V"),
        ("electrode area", f"{1e4 * get('cell/electrode area'):.4g} cm²"),
        ("temperature", f"{get('cell/ambient temperature') - ZERO_CELSIUS:g} °C"),
    ]
    for part in ("negative electrode", "separator", "positive electrode"):
        kind = cell._raw[part].get("type", "")
        thick = f", {1e6 * get(f'{part}/thickness'):.4g} µm" if cell.has(f"{part}/thickness") else ""
        phases = f", phases: {', '.join(cell.phases(part))}" if cell.phases(part) else ""
        rows.append((part, f"{kind}{thick}{phases}".removeprefix(", ")))
    counts = cell.provenance().counts
    rows.append(("values", ", ".join(f"{counts[m]} {m}" for m in METHODS if counts[m])))
    if cell.changes:
        rows.append(("changed", ", ".join(cell.changes)))
    return rows + [("note", remark) for remark in cell.remarks]
