"""Amounts of a metal per year: the printed text, its unit, its precision, and its value in kg/a."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainSerializer


def plain(number: Decimal) -> str:
    """A decimal as people write it: no exponent, no needless trailing zeros (`46.40` → `46.4`)."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


Amount = Annotated[Decimal, PlainSerializer(plain, return_type=str, when_used="json")]


class Metal(StrEnum):
    """The five tradable metals (guide 2(2)); nothing else may be offered."""

    PB = "Pb"
    HG = "Hg"
    CD = "Cd"
    CR = "Cr"
    AS = "As"


class Unit(StrEnum):
    """Yearly mass units that occur on the papers (domain 7.1)."""

    KG = "kg/a"
    TONNE = "t/a"
    GRAM = "g/a"

    @property
    def kilograms(self) -> Decimal:
        """How many kilograms one of this unit is."""
        return {Unit.KG: Decimal(1), Unit.TONNE: Decimal(1000), Unit.GRAM: Decimal("0.001")}[self]


class Printed(BaseModel):
    """How a quantity stands on the paper: its number as printed, its unit, and half of its last digit in kg/a."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str
    unit: Unit | None
    half_step: Amount


def half_step(number: str, unit: Unit) -> Decimal:
    """Half of the last printed digit in kg/a: `0.0860` t/a → 0.05 kg/a (domain 2.4)."""
    decimals = len(number.partition(".")[2])
    return Decimal(5).scaleb(-decimals - 1) * unit.kilograms


def agree(left: Decimal, right: Decimal, tolerance: Decimal) -> bool:
    """Whether two figures are the same at the precision they were printed with."""
    return abs(left - right) <= tolerance


def power_of_ten(left: Decimal, right: Decimal) -> int | None:
    """n ≠ 0 where left = right × 10ⁿ exactly (a lost decimal point or a wrong unit), else None."""
    if left <= 0 or right <= 0:
        return None
    shift = (left / right).normalize()
    digits = shift.as_tuple()
    is_power = digits.digits == (1,) and digits.exponent != 0
    return int(digits.exponent) if is_power else None
