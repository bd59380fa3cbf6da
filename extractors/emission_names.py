"""Which metal and which medium a doubtful row of an EIA's table may be of, told by the rows around it (domain 4.2)."""

from collections.abc import Iterator, Sequence

from domain.field import Status
from domain.quantity import Metal
from extractors.emissions import EiaRow
from extractors.text import fold

_SURE_OF_FIVE = 3  # names of a medium that were read for sure: the order that they keep tells the others


def may_be(rows: Sequence[EiaRow], row: EiaRow, metal: Metal) -> bool:
    """Whether a row may be a metal's. A table names a metal once in each medium: a name in doubt is none of those that
    stand there for sure, but for the one that it was taken for; a name that was not read at all may be any."""
    if row.metal.certain or row.metal.value == metal:
        return row.metal.value == metal
    if not row.pollutant.raw or not row.medium.certain:
        return True
    if row.metal.value is None and _stands_behind(rows, row):
        return False
    return metal not in {other.metal.value for other in _in_medium(rows, row.medium.value) if other.metal.certain}


def _stands_behind(rows: Sequence[EiaRow], row: EiaRow) -> bool:
    """Whether a name that looks like none of the five stands behind the last of them, where every section of the table
    keeps their order: there stand thallium and antimony."""
    order = list(Metal)
    sections = [[one for one in _in_medium(rows, medium) if one.metal.certain and one.metal.value] for medium in _MEDIA]
    places = [[order.index(one.metal.value) for one in section if one.metal.value] for section in sections]
    own = sections[_MEDIA.index(row.medium.value)] if row.medium.value in _MEDIA else []
    last = bool(own) and own[-1].metal.value is order[-1] and list(rows).index(own[-1]) < list(rows).index(row)
    return last and all(one == sorted(one) for one in places) and sum(map(len, places)) >= len(order)


_MEDIA = ("water", "air")


def _in_medium(rows: Sequence[EiaRow], medium: str | None) -> Iterator[EiaRow]:
    return (row for row in rows if row.medium.certain and row.medium.value == medium)


# ---- names -----------------------------------------------------------------------------------------------------


def name_by_place(rows: Sequence[EiaRow], form: str | None) -> list[EiaRow]:
    """The 报告书 form prints the five metals in one order in each medium: what most of them keep tells the others.

    A damaged name must look like the metal of its place; one alone that looks like none, between others, need not.
    """
    if form != "report":
        return list(rows)
    named = list(rows)
    for medium in {row.medium.value for row in rows if row.medium.certain}:
        five = [i for i, row in enumerate(rows) if row.medium.value == medium and _may_be_one(row)]
        unsure = [i for i in five if not rows[i].metal.certain]
        if len(five) == len(Metal) and len(five) - len(unsure) >= _SURE_OF_FIVE and _in_order(rows, five, unsure):
            for i in unsure:
                named[i] = _named(rows[i], list(Metal)[five.index(i)])
    return named


def _may_be_one(row: EiaRow) -> bool:
    return row.metal.value is not None or not row.metal.certain


def _in_order(rows: Sequence[EiaRow], five: Sequence[int], unsure: Sequence[int]) -> bool:
    strange = [i for i, metal in zip(five, Metal, strict=True) if rows[i].metal.value != metal]
    if not strange:
        return True
    lone = strange == unsure and len(unsure) == 1 and rows[strange[0]].metal.value is None
    return lone and strange[0] not in (five[0], five[-1])


def _named(row: EiaRow, metal: Metal) -> EiaRow:
    settled = {"value": metal, "status": Status.CERTAIN, "why": "按报告书表的固定次序"}
    return row.model_copy(update={"metal": row.metal.model_copy(update=settled)})


# ---- media -----------------------------------------------------------------------------------------------------


def medium_by_place(rows: Sequence[EiaRow]) -> list[EiaRow]:
    """The rows with a section that could not be read settled where name and neighbours tell it.

    总铅 is what permits and tables call it in water alone (HJ 942). That counts where the row above is of water, and
    the metal stands in the air for sure and nowhere else.
    """
    settled: list[EiaRow] = []
    for row in rows:
        above = settled[-1] if settled else None
        settled.append(_in_water(row) if above and _goes_on(row, above, rows) else row)
    return settled


def _goes_on(row: EiaRow, above: EiaRow, rows: Sequence[EiaRow]) -> bool:
    if row.medium.certain or not row.metal.certain or not fold(row.pollutant.raw).startswith("总"):
        return False
    others = [other for other in rows if other is not row and other.metal.value == row.metal.value]
    in_air = all(other.medium.certain and other.medium.value == "air" for other in others)
    return above.medium.certain and above.medium.value == "water" and bool(others) and in_air


def _in_water(row: EiaRow) -> EiaRow:
    settled = {"value": "water", "status": Status.CERTAIN, "why": "按上一行及污染物名称判断"}
    return row.model_copy(update={"medium": row.medium.model_copy(update=settled)})
