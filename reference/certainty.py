"""How sure a reading must be, by what speaks for it: measured on generated packages (bench/certainty.py)."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

TABLE = Path(__file__).with_name("certainty.toml")
NEVER = 2.0  # more than any confidence


class Group(BaseModel):
    """Readings for which the same speaks; `least` is the confidence from which they are certain, `readings` how many
    of them were measured."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: bool
    second: str
    colour: str
    least: float
    readings: int


class Certainty(BaseModel):
    """The groups, and the share of wrong readings among the certain ones that was aimed at."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: Decimal
    group: tuple[Group, ...]


@cache
def certainty(path: Path = TABLE) -> Certainty:
    """The table in a file; pydantic's ValidationError where it is damaged."""
    return Certainty.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


@cache
def _least() -> Mapping[tuple[bool, str, str], float]:
    return {(group.words, group.second, group.colour): group.least for group in certainty().group}


def least_confidence(words: bool, second: str, colour: str) -> float:
    """From which confidence a reading is certain; more than 1 for what was never measured as sure enough."""
    return _least().get((words, second, colour), NEVER)
