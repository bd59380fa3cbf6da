"""What else was read where an amount is in doubt, for evidence to choose from: nothing that no reader of the
place itself read ever becomes its value."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TypeVar

from domain.field import Field, Status
from domain.quantity import Amount, Printed, Unit, half_step
from extractors.certainty import Second
from extractors.choosing import figure_in
from extractors.comparing import READER
from extractors.fields import PARTED
from extractors.text import Figure

F = TypeVar("F", bound=Field[Amount])
_SURE = 0.9  # a first reading with more confidence gives way to two others only


def borne_out(
    field: F, stated: Decimal | None, by: str, unread_in: Unit | None = None, beyond_chance: bool = False
) -> F | None:
    """The amount as independent evidence, `by`, states it, where other readers than the first one read it so; None
    where they did not, or where nothing but one of them speaks against a first reading that is sure or borne out.

    `unread_in` is the unit in which an amount of which the first reader made nothing counts as printed;
    `beyond_chance` tells evidence that is strong enough for one reader against a sure first one.
    """
    unread = field.value is None and (unread_in is None or not field.readers)
    if field.status is not Status.UNSURE or unread or stated in (None, field.value):
        return None
    told = [figure for figure, value in _read(field, unread_in) if value == stated]
    sure = field.confidence >= _SURE and field.why != PARTED and not beyond_chance
    least = 2 if _is_backed(field) or sure else 1
    return _with(field, told[0], stated, by, unread_in) if told and len(told) >= least else None


def _is_backed(field: Field[Amount]) -> bool:
    return field.second in (Second.AGREES, Second.AGREES_TWICE, Second.OUTVOTES)


def _read(field: Field[Amount], unread_in: Unit | None) -> Iterator[tuple[Figure, Decimal | None]]:
    """The figures of the readers but the first, and what each means in the field's unit."""
    factor = Decimal(1) if field.value is None and unread_in else _factor(field)
    for name, said in field.readers.items():
        figure = figure_in(said, field.raw) if name != READER and factor else None
        if figure and factor:
            yield figure, figure.value * factor


def _factor(field: Field[Amount]) -> Decimal | None:
    """By which the printed number becomes the value; None where that cannot be told."""
    if field.printed is None or field.printed.unit is None:
        return None
    number = Decimal(field.printed.number)
    if number == 0:
        return Decimal(1) if field.printed.unit is Unit.KG else None
    return (field.value or Decimal(0)) / number


def _with(field: F, figure: Figure, value: Decimal | None, by: str, unread_in: Unit | None) -> F:
    unit = field.printed.unit if field.printed else unread_in
    printed = Printed(number=figure.printed, unit=unit, half_step=half_step(figure.printed, unit or Unit.KG))
    why = f"{by}与其他识读一致，首次识读为“{field.raw}”"
    return field.model_copy(update={"value": value, "printed": printed, "status": Status.CERTAIN, "why": why})
