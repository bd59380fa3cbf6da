"""Rules: plain functions whose parameters name what they need, found in `validators.rules` without any list."""

import pkgutil
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Annotated, Any, NamedTuple, TypeVar, get_args, get_origin

from domain.document import Document, Version
from domain.finding import Evidence, Severity
from extractors.documents.permit_certificate import PermitCertificate, PermitFields
from extractors.documents.permit_copy import PermitCopy
from reference.provisions import Provision
from validators.reconciling.checking import Check, checks

CertificateBefore = Annotated[PermitCertificate, Version.BEFORE]
CertificateAfter = Annotated[PermitCertificate, Version.AFTER]
PermitCopyBefore = Annotated[PermitCopy, Version.BEFORE]
PermitCopyAfter = Annotated[PermitCopy, Version.AFTER]

RETIRED: Mapping[str, str] = {}  # code → why it went; a code is never used again


class Problem(NamedTuple):
    """What a rule objects to: one Chinese sentence; the evidence is all the rule looked at, unless given.

    `severity` is set where this objection weighs less than the rule's others.
    """

    message: str
    evidence: tuple[Evidence, ...] = ()
    severity: Severity | None = None


class NotApplicable(Exception):
    """A rule found that it has nothing to say here, for the Chinese reason given."""


class Need(NamedTuple):
    """A parameter and the types it may take, in the wanted version where one is named."""

    parameter: str
    types: tuple[type[Any], ...]
    version: Version | None = None


class Variant(NamedTuple):
    """One way to call a rule: its needs, what stands fixed, and what that adds to the subject."""

    needs: tuple[Need, ...]
    fixed: Mapping[str, Any]
    subject: str


@dataclass(frozen=True)
class Rule:
    """A check with its code; `name` is its Chinese name, `title` says in English what must hold."""

    code: str
    severity: Severity
    name: str
    title: str
    cites: tuple[Provision, ...]
    function: Callable[..., Problem | None]
    variants: tuple[Variant, ...]

    @property
    def citation(self) -> str:
        return "；".join(provision.text for provision in self.cites)


def rule(
    code: str, severity: Severity, name: str, *, cites: Provision | tuple[Provision, ...]
) -> Callable[[Callable[..., Problem | None]], Rule]:
    """Makes a function a rule; ValueError where it has no docstring or its code is retired.

    Parameters are annotated with what the rule needs. One document type, or `Annotated` with a version: that document
    must be there. A base class or a union of types: one run for each such document. `Metal`, `Required`,
    `RefusedFile`: one run for each. `Version`: one run for each permit, its documents of that version. A TypeVar
    over document types: one run for each type. `Dossier`: the package. `Books`: what is known beyond it. Each run
    gives one finding.
    """
    if code in RETIRED:
        raise ValueError(f"{code} is retired: {RETIRED[code]}")

    def register(function: Callable[..., Problem | None]) -> Rule:
        if not function.__doc__:
            raise ValueError(f"{code} has no docstring: its first sentence is the rule's title")
        titled = " ".join(function.__doc__.split()).partition(". ")[0].rstrip(".")
        grounds = cites if not isinstance(cites, Provision) else (cites,)
        return Rule(code, severity, name, titled, grounds, function, tuple(_variants(function)))

    return register


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule of every file in `validators/rules`, by code; ValueError where two share one."""
    import validators.rules as package

    modules = [import_module(f"{package.__name__}.{found.name}") for found in pkgutil.iter_modules(package.__path__)]
    found = [value for module in modules for value in vars(module).values() if isinstance(value, Rule)]
    codes = [each.code for each in found]
    if len(set(codes)) < len(codes):
        raise ValueError(f"codes used twice: {sorted({code for code in codes if codes.count(code) > 1})}")
    return tuple(sorted(found, key=lambda each: each.code))


def catalogued() -> tuple[Rule | Check, ...]:
    """The rules over a package and the checks over all cases, by code; ValueError where two share one."""
    found: list[Rule | Check] = [*rules(), *checks()]
    every = sorted(found, key=lambda each: each.code)
    codes = [each.code for each in every]
    if len(set(codes)) < len(codes):
        raise ValueError(f"codes used twice: {sorted({code for code in codes if codes.count(code) > 1})}")
    return tuple(every)


def is_document(kind: type[Any]) -> bool:
    return isinstance(kind, type) and issubclass(kind, Document)


def type_name(kind: type[Document]) -> str | None:
    """The `type` of a concrete document class, None for a base class."""
    default = kind.model_fields["type"].default
    return default if isinstance(default, str) else None


def _variants(function: Callable[..., Any]) -> Iterator[Variant]:
    hints = typing.get_type_hints(function, include_extras=True)
    hints.pop("return", None)
    if "version" in hints:
        del hints["version"]
        for version in Version:
            needs = tuple(_of_version(_need(key, hint), version) for key, hint in hints.items())
            yield Variant(needs, {"version": version}, version.value)
        return
    for kind in _alternatives(hints):
        needs = tuple(_need(key, _settled(hint, kind)) for key, hint in hints.items())
        yield Variant(needs, {}, (type_name(kind) or "") if kind else "")


def _of_version(need: Need, version: Version) -> Need:
    permits = all(is_document(kind) and issubclass(kind, PermitFields) for kind in need.types)
    return need._replace(version=version) if permits else need


def _alternatives(hints: Mapping[str, Any]) -> tuple[type[Document] | None, ...]:
    """The types that a TypeVar among the hints stands for, (None,) without one."""
    variables = {inner for hint in hints.values() if isinstance(inner := _plain(hint)[0], TypeVar)}
    return next((variable.__constraints__ for variable in variables), (None,))


def _settled(hint: Any, kind: type[Document] | None) -> Any:
    inner, version = _plain(hint)
    if not isinstance(inner, TypeVar):
        return hint
    return Annotated[kind, version] if version else kind


def _plain(hint: Any) -> tuple[Any, Version | None]:
    if get_origin(hint) is Annotated:
        inner, *marks = get_args(hint)
        return inner, next((mark for mark in marks if isinstance(mark, Version)), None)
    return hint, None


def _need(parameter: str, hint: Any) -> Need:
    inner, version = _plain(hint)
    union = get_origin(inner) in (types.UnionType, typing.Union)
    return Need(parameter, get_args(inner) if union else (inner,), version)
