"""From masses to volumes: what an electrode composite of known mix and density consists of."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, model_validator

CARBON, BINDER = 2000.0, 2200.0  # kg/m3: carbon, PTFE; usual values, as in the packaged sets


class Mix(BaseModel):
    """Parts by mass of an electrode, and the volume fraction that solids leave.

    void: empty in a solid cell; filled with electrolyte in a liquid one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    active: float = Field(gt=0.0, allow_inf_nan=False)
    electrolyte: float = Field(0.0, ge=0.0, allow_inf_nan=False)
    carbon: float = Field(0.0, ge=0.0, allow_inf_nan=False)
    binder: float = Field(0.0, ge=0.0, allow_inf_nan=False)
    void: float = Field(0.0, ge=0.0, lt=0.9, allow_inf_nan=False)
    note: str = ""

    @model_validator(mode="after")
    def _parts(self) -> "Mix":
        if self.active + self.electrolyte + self.carbon + self.binder > 1e6:
            raise ValueError("give parts by mass, such as active 80, electrolyte 17, carbon 2, binder 1")
        return self

    def __str__(self) -> str:
        parts = {name: getattr(self, name) for name in ("active", "electrolyte", "carbon", "binder")}
        named = ", ".join(f"{name} {amount:g}" for name, amount in parts.items() if amount)
        return f"{named} by mass, {100.0 * self.void:g} % void"


@dataclass(frozen=True)
class Composite:
    """Volume fractions of an electrode, and the density of what is neither active nor electrolyte [kg/m3]."""

    active: float
    electrolyte: float
    void: float
    inert_density: float


def composite(mix: Mix, active_density: float, electrolyte_density: float, liquid: bool) -> Composite:
    """Volume fractions of a mix.  Densities [kg/m3]; liquid: the electrolyte fills the void."""
    volumes = {
        "active": mix.active / active_density,
        "electrolyte": 0.0 if liquid else mix.electrolyte / electrolyte_density,
        "inert": mix.carbon / CARBON + mix.binder / BINDER,
    }
    solids = (1.0 - mix.void) / sum(volumes.values())
    inert_mass = mix.carbon + mix.binder
    return Composite(
        volumes["active"] * solids,
        mix.void if liquid else volumes["electrolyte"] * solids,
        0.0 if liquid else mix.void,
        inert_mass / volumes["inert"] if inert_mass else CARBON,
    )
