"""Settings that officers change (`policy.toml`), each with its provision and the day it was set."""

import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

T = TypeVar("T")
POLICY = Path(__file__).with_name("policy.toml")


class Setting(BaseModel, Generic[T]):
    """A value in force since a day, the provision it rests on, and the open question it answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: T
    provision: str
    since: date
    question: str = ""


class Policy(BaseModel):
    """All settings; `extra_tolerance_kg` in kg/a, beside the printed precision."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    permit_years: Setting[tuple[int, ...]]
    extra_tolerance_kg: Setting[Decimal]
    blank_task_is_zero: Setting[bool]


@cache
def policy(path: Path = POLICY) -> Policy:
    """The settings in a file; pydantic's ValidationError where one is missing, unknown or of the wrong type."""
    return Policy.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
