"""Options that a material of a porous electrode has, stated beside its quantities: by phase where there are several."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from ...errors import ParameterError
from ...support.arguments import shown

SIDES = ("negative electrode", "positive electrode")
Texts = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]  # by electrode: options and their values


def path_of(phase: str, key: str) -> str:
    """The key of a quantity or option of an electrode, or of a phase of it."""
    return f"{phase}/{key}" if phase else key


def phases_in(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """The phases of a flat content of an electrode in order, or ("",)."""
    return tuple(dict.fromkeys(key.partition("/")[0] for key in raw if "/" in key)) or ("",)


def chosen_by_path(raw: Mapping[str, Any], option: str, default: str) -> dict[str, str]:
    """The value of an option of the porous electrodes of a set, or of their phases, by path."""
    return {
        f"{part}/{phase}" if phase else part: str(raw[part].get(path_of(phase, option), default))
        for part in SIDES
        if raw[part].get("type") == "porous"
        for phase in phases_in(raw[part])
    }


def stray(raw: Mapping[str, Any], option: str, what: str) -> list[tuple[str, str]]:
    """(path, sentence) for an option of an electrode that is not porous."""
    if raw.get("type") == "porous" or option not in raw:
        return []
    return [(option, f"an electrode of {raw.get('type')} has no {what}; remove it")]


def spread(
    given: Any,
    contents: Mapping[str, Any],
    known: Collection[str],
    option: str,
    what: str,
    fitting: Callable[[str, str, str, bool], str],
) -> Texts:
    """The option of every material, from a text for all of them, or a pair for (negative, positive).

    One of a pair may be a tuple, for the phases.  fitting(part, phase, value, everywhere): the value that a material
    takes; everywhere: not asked for it alone.  Raises ParameterError that begins with `what`.
    """
    wanted = "give one of " + ", ".join(map(repr, known))

    def wrong(found: Any, words: str) -> ParameterError:
        return ParameterError(f"{what} {shown(found)}: {words}")

    pair = (given, given) if isinstance(given, str) else given
    if not isinstance(pair, tuple | list) or len(pair) != len(SIDES):
        raise wrong(given, f"{wanted}, or a pair of them")

    def of_side(part: str, one: Any) -> Iterator[tuple[str, str]]:
        phases = phases_in(contents[part])
        each = one if isinstance(one, tuple | list) else (one,) * len(phases)
        if len(each) != len(phases):
            raise wrong(one, f"the {part} has {len(phases)} materials; {wanted} for each")
        everywhere = isinstance(given, str) or (isinstance(one, str) and len(each) > 1)
        for phase, value in zip(phases, each, strict=True):
            if not isinstance(value, str) or value not in known:
                raise wrong(value, wanted)
            yield path_of(phase, option), fitting(part, phase, value, everywhere)

    return tuple((part, tuple(of_side(part, one))) for part, one in zip(SIDES, pair, strict=True))
