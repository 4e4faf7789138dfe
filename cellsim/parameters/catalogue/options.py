"""What a cell is reckoned with beyond its quantities: options of ageing, hysteresis, kinetics, double layers."""

import copy
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Self

from ...errors import ParameterError
from ...support.arguments import shown
from ...support.renamed import by_name
from . import ageing, hysteresis, kinetics
from .by_phase import Texts, chosen_by_path
from .phases import flattened
from .quantities import DIFFERENTIAL, ONLY_MODEL, SURFACE_FORM, SURFACE_FORMS


class Options:
    """The options of a `Cell`, named as in PyBaMM."""

    name: str
    path: Path | None
    _raw: dict[str, Any]
    origin: Any

    @by_name
    def options(self, part: str) -> dict[str, str]:
        """How an electrode, or a phase of one, ages: the options of `with_ageing` by name; {} if it has no particles.

        Of a composite electrode itself each option is that of the first of its phases that has it on.
        """
        return dict(self.origin._options[part])  # no variation of values changes a text

    @cached_property
    def _options(self) -> dict[str, dict[str, str]]:
        return ageing.chosen_by_path(self._raw)

    @by_name
    def with_ageing(self, options: Any) -> Self:
        """The cell with other options of ageing, named as in PyBaMM: {"SEI": "solvent-diffusion limited", ...}.

        A text for the SEI or plating is for the negative electrode, for other options for both; a pair is for
        (negative, positive), where one of a composite electrode may be a tuple for its phases.  What is left out stays
        as the set has it; False turns everything off.
        Raises ParameterError, also for what the set lacks the quantities of.
        """
        texts = ageing.resolved(options, self._raw, self.name)
        chosen = tuple((part, tuple(of.items())) for part, of in texts.items())
        found: Self = _otherwise(self, chosen, options is False, "with ageing")
        return found

    @by_name
    def hysteresis(self, part: str) -> str:
        """The model of open-circuit hysteresis of an electrode, or of a phase, by its name in `with_hysteresis`."""
        return str(self.origin._hysteresis.get(part, hysteresis.SINGLE))

    @cached_property
    def _hysteresis(self) -> dict[str, str]:
        return chosen_by_path(self._raw, hysteresis.OPTION, hysteresis.SINGLE)

    @by_name
    def with_hysteresis(self, model: Any) -> Self:
        """The cell with another model of open-circuit hysteresis, named as PyBaMM's option "open-circuit potential".

        model: "single" (none), "current sigmoid", "one-state hysteresis" or "one-state differential capacity
        hysteresis": a text for every electrode or phase that states both branches, or a pair for (negative, positive),
        where one of a composite electrode may be a tuple for its phases.
        Raises ParameterError, also for what the set lacks the quantities of.
        """
        found: Self = _otherwise(self, hysteresis.resolved(model, self._raw, self.name), False, "with hysteresis")
        return found

    @by_name
    def kinetics(self, part: str) -> str:
        """The law of charge transfer of an electrode, or of a phase, by its name in `with_kinetics`."""
        return str(self.origin._kinetics.get(part, kinetics.SYMMETRIC))

    @cached_property
    def _kinetics(self) -> dict[str, str]:
        return chosen_by_path(self._raw, kinetics.OPTION, kinetics.SYMMETRIC)

    @by_name
    def with_kinetics(self, law: Any) -> Self:
        """The cell with another law of charge transfer, named as PyBaMM's option "intercalation kinetics".

        law: "symmetric Butler-Volmer", "asymmetric Butler-Volmer" (needs 'anodic transfer coefficient'), "linear",
        "Marcus" or "Marcus-Hush-Chidsey" (need 'reorganisation energy' [eV]), "MSMR" (needs an open-circuit potential
        of host sites and what their reactions have): a text for every porous electrode and phase, or a pair for
        (negative, positive), where one of a composite electrode may be a tuple for its phases.
        Raises ParameterError, also for what the set lacks the quantities of.
        """
        found: Self = _otherwise(self, kinetics.resolved(law, self._raw, self.name), False, "with kinetics")
        return found

    @by_name
    def particle(self, part: str) -> str:
        """The diffusion in the particles of an electrode, or of a phase, by its name in `with_particle`."""
        return str(self.origin._particle.get(part, kinetics.FICKIAN))

    @cached_property
    def _particle(self) -> dict[str, str]:
        return chosen_by_path(self._raw, kinetics.PARTICLE, kinetics.FICKIAN)

    @by_name
    def with_particle(self, model: Any) -> Self:
        """The cell with another law of diffusion in particles, named as PyBaMM's option "particle".

        model: "Fickian diffusion", by the gradient of the stoichiometry, or "MSMR", by that of the potential, which
        needs an open-circuit potential of host sites: a text for every porous electrode and phase, or a pair for
        (negative, positive), where one of a composite electrode may be a tuple for its phases.  Raises ParameterError.
        """
        found: Self = _otherwise(self, kinetics.resolved_particle(model, self._raw, self.name), False, "with particle")
        return found

    @property
    def only_model(self) -> str:
        """The one model that the set has the numbers of, "SPM"; "" where it has those of all."""
        return str(self.origin._raw["cell"].get(ONLY_MODEL, ""))

    @property
    def charges_double_layers(self) -> bool:
        """Whether double layers are charged within a run: the surface form is "differential"."""
        return bool(self.origin._raw["cell"].get(SURFACE_FORM) == DIFFERENTIAL)

    @by_name
    def with_surface_form(self, form: Any) -> Self:
        """The cell with or without double layers that are charged within a run, as PyBaMM's option "surface form".

        form: "differential", with the "double-layer capacity" of each electrode that has one, or "false".  PyBaMM's
        "algebraic" are other equations for what "false" solves here, and the same.  Raises ParameterError.
        """
        if not isinstance(form, str) or form not in SURFACE_FORMS:
            raise ParameterError(
                f"{self.name}: surface form {shown(form)}: give one of {', '.join(map(repr, SURFACE_FORMS))}"
            )
        found: Self = _in_form(self, form)
        return found


@lru_cache(maxsize=64)
def _in_form(cell: Any, form: str) -> Any:
    """The variation of a cell with another surface form; the cell itself where it has that one."""
    if cell.charges_double_layers == (form == DIFFERENTIAL):
        return cell
    raw = flattened(copy.deepcopy(cell._content))
    raw["cell"] = {key: value for key, value in raw["cell"].items() if key != SURFACE_FORM}
    raw["cell"] |= {SURFACE_FORM: DIFFERENTIAL} if form == DIFFERENTIAL else {}
    return type(cell).from_json(raw, cell.name, cell.path, f"{cell.name} with surface form")


@lru_cache(maxsize=64)
def _otherwise(cell: Any, chosen: Texts, off: bool, how: str) -> Any:
    """The variation of a cell with options by electrode, or without those (off); `how` says so in messages."""
    raw = flattened(copy.deepcopy(cell._content))
    for part, texts in chosen:
        if raw[part].get("type") == "porous":
            raw[part] = {key: value for key, value in raw[part].items() if key not in dict(texts)}
            raw[part] |= {} if off else dict(texts)
    return type(cell).from_json(raw, cell.name, cell.path, f"{cell.name} {how}")
