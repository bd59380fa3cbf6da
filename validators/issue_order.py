"""When a permit was issued, as far as its papers tell: to the day, or to the month of a partly legible date."""

import re
from calendar import monthrange
from datetime import date
from typing import NamedTuple

from domain.dossier import Dossier
from domain.field import Doubt
from extractors.documents.permit_certificate import PermitFields
from extractors.text import fold
from validators.places import Place, day
from validators.registry import Problem

_YEAR_AND_MONTH = re.compile(r"(\d{4})年(\d{1,2})(?:月|$)")


class Issued(NamedTuple):
    """The first and the last day on which it may have been, and where that stands."""

    first: date
    last: date
    place: Place[date]


def issued(permit: PermitFields, dossier: Dossier) -> Issued:
    """The permit's own date of issue; where it gave none for sure, what is legible of it, else the date on the other
    paper (正本, 副本) of the same permit. Raises Doubt where none of them tells."""
    own = day(permit, "issued_on")
    if own.field.certain and own.field.value is not None:
        return Issued(own.known, own.known, own)
    legible = _month(permit, own)
    if legible:
        return legible
    twins = [twin for twin in dossier.documents if isinstance(twin, PermitFields) and _is_twin(permit, twin)]
    told = next((found for twin in twins if (found := _told(twin, own))), None)
    return told or Issued(own.known, own.known, own)


def _told(twin: PermitFields, own: Place[date]) -> Issued | None:
    """What the other paper of a permit tells, if nothing that was read of the own date is against it."""
    there = day(twin, "issued_on")
    if there.field.value is None:
        return None if own.field.raw else _month(twin, there)
    return Issued(there.known, there.known, there) if there.field.certain and _may_be(own, there) else None


def _month(permit: PermitFields, own: Place[date]) -> Issued | None:
    """Year and month of a date whose day cannot be read, where the term of validity, read for sure on the same page,
    begins in that very month."""
    part, start = _YEAR_AND_MONTH.match(fold(own.field.raw)), day(permit, "valid_from")
    if part is None or not start.field.certain or start.field.value is None:
        return None
    year, month = int(part[1]), int(part[2])
    if (year, month) != (start.known.year, start.known.month):
        return None
    return Issued(date(year, month, 1), date(year, month, monthrange(year, month)[1]), own)


def _may_be(own: Place[date], twin: Place[date]) -> bool:
    """Whether nothing that was read of a date is against its being the other paper's."""
    part, there = _YEAR_AND_MONTH.match(fold(own.field.raw)), twin.field.value
    return there is not None and (part is None or (int(part[1]), int(part[2])) == (there.year, there.month))


def _is_twin(permit: PermitFields, other: PermitFields) -> bool:
    """Whether another paper is of the same permit: same version, number and beginning of validity, read for sure."""
    if other.type == permit.type:
        return False
    pairs = ((permit.number, other.number), (permit.valid_from, other.valid_from))
    return other.version == permit.version and all(a.certain and b.certain and a.value == b.value for a, b in pairs)


def later(before: Issued, after: Issued) -> Problem | None:
    """Whether one was issued after the other; raises Doubt where what is legible leaves that open."""
    if before.last < after.first:
        return None
    if before.first > after.last:
        return Problem(f"{_says(before)}，晚于{_says(after)}，先后颠倒")
    if before.first == before.last == after.first == after.last:
        return Problem(f"{before.place.says}，{after.place.says}，二者相同，变更后许可证并未变更")
    raise Doubt(before.place.field, after.place.field, why=f"{_says(before)}，{_says(after)}，不能断定先后")


def _says(issued_: Issued) -> str:
    if issued_.first == issued_.last:
        return issued_.place.says
    return f"{issued_.place.stands}可辨认为{issued_.first:%Y年%m月}"
