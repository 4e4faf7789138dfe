"""Price scenarios in YAML: prices of materials with unit, date, method, source, and how far they follow lithium."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from ...errors import ParameterError
from ...support.arguments import near, shown
from ...support.sourced import Strict
from ...support.yaml_file import validated
from .values import Source, Text, Value, content_of, names_in, place_in

FOLDER = Path(__file__).with_name("prices")
UNITS = ("USD/kg", "CNY/kg", "USD/m2")


class Price(Value):
    """Price of a material by mass or area, and each: USD per piece.

    tax: "included" where the quoted price contains value-added tax, which is taken off.  lithium: correlation of the
    logarithm of the price with that of lithium, 0 to 1.  scale: rate with whose growth the price falls.
    areal_mass, beyond: kg/m2 that a price by area contains, and the material that pays for what is thicker.
    """

    tax: Literal["", "included"] = ""
    lithium: Annotated[float, Field(ge=0.0, le=1.0)] = 0.0
    each: Annotated[float, Field(ge=0.0, allow_inf_nan=False)] = 0.0
    scale: Literal["", "cells"] = ""
    areal_mass: Annotated[float, Field(ge=0.0, allow_inf_nan=False)] = 0.0
    beyond: str = ""

    @model_validator(mode="after")
    def _priced(self) -> "Price":
        if self.unit not in UNITS:
            raise ValueError(f"unit {self.unit!r}: {near(self.unit, UNITS)}")
        return self


class PriceFile(Strict):
    """A scenario of prices."""

    title: Text
    note: str = ""
    sources: dict[str, Source] = Field(min_length=1)
    exchange: Value  # CNY/USD
    tax: Value  # value-added tax as a share
    prices: dict[str, Price] = Field(min_length=1)

    @model_validator(mode="after")
    def _sourced(self) -> "PriceFile":
        for name, price in self.prices.items():
            if price.beyond and price.beyond not in self.prices:
                raise ValueError(
                    f"prices/{name}/beyond: no price of {shown(price.beyond)}; {near(price.beyond, self.prices)}"
                )
            if price.source not in self.sources:
                raise ValueError(f"prices/{name}/source: {price.source!r} is not one of sources; add it there")
        if not self.exchange.value > 0.0:
            raise ValueError("exchange: give the number of CNY per USD, above 0")
        return self

    def in_dollars(self, name: str) -> Price:
        """A price in USD without tax; each is in USD as it stands."""
        price = self.prices[name]
        factor = 1.0 / (1.0 + self.tax.value) if price.tax else 1.0
        if price.unit == "CNY/kg":
            factor /= self.exchange.value
        if factor == 1.0:
            return price
        ends = {key: None if (x := getattr(price, key)) is None else factor * x for key in ("low", "value", "high")}
        return price.model_copy(update={**ends, "unit": "USD/kg"})


def scenarios() -> list[str]:
    """Names of the packaged price scenarios."""
    return names_in(FOLDER)


def place_of(name: str, beside: Path | None = None) -> Path:
    """Path of a scenario by its name or path.  Raises ParameterError with the nearest names."""
    return place_in(FOLDER, "price scenario", name, beside)


def composed(name: str) -> dict[str, Any]:
    """A scenario as one mapping, without `extends`.  Raises ParameterError."""
    path, chain = place_of(name), list[dict[str, Any]]()
    while True:
        given = content_of(path, "print a whole scenario with `cellsim prices NAME --yaml`")
        base = given.pop("extends", None)
        chain.insert(0, given)
        if base is None:
            break
        if len(chain) > 5:
            raise ParameterError(f"{path.name}: extends: more than five files deep; extend a packaged scenario")
        path = place_of(str(base), path)
    whole: dict[str, Any] = {}
    for given in chain:
        for key, value in given.items():
            both = isinstance(value, dict) and key in ("sources", "prices") and isinstance(whole.get(key), dict)
            whole[key] = whole[key] | value if both else value
    return whole


def load_file(name: str) -> PriceFile:
    """A checked scenario by its name or path.  Raises ParameterError with all faults."""
    found: PriceFile = validated(PriceFile, composed(name), place_of(name), ParameterError)
    return found


def unfamiliar(prices: PriceFile) -> list[str]:
    """Materials of a scenario of which no packaged one has a price."""
    known = {material for name in scenarios() for material in composed(name)["prices"]}
    return [material for material in prices.prices if material not in known]


def price_of(prices: Mapping[str, Price], material: str, scenario: str) -> Price:
    """The price of a material.  Raises ParameterError where the scenario has none."""
    if material not in prices:
        raise ParameterError(f"{scenario}: prices: no price of {shown(material)}; {near(material, prices)}, or add it")
    return prices[material]
