"""Runs the checks of this folder over one company's records; they are found without any list."""

import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module
from typing import NamedTuple

from domain.finding import Severity
from domain.reconciling import Account, Difference, Later, Told
from reference.provisions import Provision


@dataclass(frozen=True)
class Check:
    """A check with its code; `name` is its Chinese name, `title` says in English what must hold."""

    code: str
    severity: Severity
    name: str
    title: str
    cites: tuple[Provision, ...]
    function: Callable[[Account, date], Told]

    @property
    def citation(self) -> str:
        return "；".join(provision.text for provision in self.cites)


def check(code: str, severity: Severity, name: str, *, cites: Provision) -> Callable[[Callable[..., Told]], Check]:
    """Makes a function of a company's account and the day of the run a check; its docstring's first sentence titles it.

    It yields what does not agree, and `Later` for each day from which time alone may change its answer.
    """

    def register(function: Callable[..., Told]) -> Check:
        titled = " ".join((function.__doc__ or "").split()).partition(". ")[0].rstrip(".")
        return Check(code, severity, name, titled, (cites,), function)

    return register


@cache
def checks() -> tuple[Check, ...]:
    """Every check of every file of this folder, by code."""
    import validators.reconciling as package

    modules = [import_module(f"{package.__name__}.{it.name}") for it in pkgutil.iter_modules(package.__path__)]
    found = [value for module in modules for value in vars(module).values() if isinstance(value, Check)]
    return tuple(sorted({it.code: it for it in found}.values(), key=lambda it: it.code))


class Judged(NamedTuple):
    """All that does not agree in a company's records on a day, and the first day after it on which time alone may
    change that."""

    differences: tuple[Difference, ...]
    next_change: date | None


def judge(account: Account, today: date) -> Judged:
    """Asks every check about a company's records on a day."""
    told = list(_tell(account, today))
    days = (it.day for it in told if isinstance(it, Later))
    later = min((day for day in days if day > today), default=None)
    return Judged(tuple(it for it in told if isinstance(it, Difference)), later)


def _tell(account: Account, today: date) -> Iterator[Difference | Later]:
    for one in checks():
        yield from one.function(account, today)
