"""Figures with the precision they were printed with, and the sentences about those that do not agree."""

from dataclasses import dataclass
from decimal import Decimal

from domain.field import Doubt
from domain.finding import Evidence
from domain.quantity import Metal, Printed, Unit, agree, plain, power_of_ten
from extractors.documents.permit_copy import PermitCopy
from reference.policy import policy
from validators.places import Place, amount, whole
from validators.registry import Problem
from validators.wording import METALS, title


@dataclass(frozen=True)
class Figure:
    """A value in its unit, `slack` what its printed digits leave open, where it stands and how a sentence quotes it."""

    value: Decimal
    slack: Decimal
    stands: str
    shown: str
    evidence: tuple[Evidence, ...]
    unit: str = Unit.KG

    @property
    def says(self) -> str:
        return f"{self.stands}为{self.shown}"


def figure(place: Place[Decimal]) -> Figure:
    """A printed figure; raises Doubt where it is not certain, or certain but of no known unit."""
    value, printed = place.known, place.field.printed
    if printed is not None and printed.unit is None:
        raise Doubt(place.field, why=f"{place.stands}没有可识别的计量单位")
    return Figure(value, _slack(value, printed), place.stands, place.shown, (place.evidence,))


def _slack(value: Decimal, printed: Printed | None) -> Decimal:
    """What the digits leave open; a bare 0 means none, in t/a too, and not anything below half a tonne."""
    if printed is None or (value == 0 and "." not in printed.number):
        return Decimal(0)
    return printed.half_step


def total(copy: PermitCopy, metal: Metal) -> Figure:
    """What a permit allows of a metal in all; nothing (0) where a copy read without doubt has no row of it."""
    place = amount(copy, "totals", metal)
    if place.blank or (place.missing and metal not in copy.totals):
        return _no_rows(copy, metal)
    return figure(place)


def _no_rows(copy: PermitCopy, metal: Metal) -> Figure:
    name = title(copy.type, copy.version)
    if not copy.limits:
        raise Doubt(why=f"{name}未读到许可排放限值表")
    if not all(row.metal.certain for row in copy.limits):
        raise Doubt(why=f"{name}有污染物名称读数不确定，不能断定没有{METALS[metal]}的许可排放量")
    return nothing(f"{name}没有{METALS[metal]}的限值，年许可排放量", whole(copy))


def nothing(stands: str, evidence: Evidence) -> Figure:
    """What counts as 0 because nothing is printed."""
    return Figure(Decimal(0), Decimal(0), stands, "0 kg/a", (evidence,))


def less(left: Figure, right: Figure, what: str) -> Figure:
    """left − right under a name of its own; what either's digits leave open adds up."""
    value = left.value - right.value
    shown = f"{plain(value)} {left.unit}（{left.says}，{right.says}）"
    return Figure(value, left.slack + right.slack, what, shown, left.evidence + right.evidence, left.unit)


def differ(left: Figure, right: Figure) -> Problem | None:
    """A problem where two figures are not the same at printed precision."""
    if agree(left.value, right.value, _tolerance(left, right)):
        return None
    return Problem(f"{left.says}，{right.says}，二者不一致（{gap(left, right)}）", left.evidence + right.evidence)


def exceed(left: Figure, right: Figure) -> Problem | None:
    """A problem where the left figure is above the right by more than the printed precision leaves open."""
    if left.value <= right.value + _tolerance(left, right):
        return None
    return Problem(
        f"{left.says}，大于{right.stands}的{right.shown}（{gap(left, right)}）", left.evidence + right.evidence
    )


def gap(left: Figure, right: Figure) -> str:
    """By how much two figures differ; a power of ten points to a wrong unit or a lost decimal point."""
    shift = power_of_ten(left.value, right.value)
    if shift is not None:
        return f"相差{10 ** abs(shift)}倍，疑似单位或小数点错误"
    return f"相差{plain(abs(left.value - right.value))} {left.unit}"


def _tolerance(left: Figure, right: Figure) -> Decimal:
    extra = policy().extra_tolerance_kg.value if left.unit == Unit.KG else Decimal(0)
    return left.slack + right.slack + extra
