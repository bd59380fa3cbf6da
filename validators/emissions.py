"""The arithmetic of EIA tables (domain 4.2): each form's identities, the net new emission, the replacement given."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import partial

from domain.field import Doubt
from domain.quantity import Metal, Unit, plain
from extractors.documents.eia_table import EiaTable
from extractors.emission_names import may_be
from validators.compare import Check
from validators.figures import Figure, differ, figure, nothing
from validators.places import Place, amount, cell, named, text, whole
from validators.registry import Problem
from validators.wording import LABELS, MEDIA, METALS

Signed = tuple[int, str]  # +1 or -1 and the column


def identities(table: EiaTable) -> Iterator[Check]:
    """A check for each result that a row prints; raises Doubt where the form or its rows were not read."""
    form = text(table, "form").known
    if not table.rows:
        raise Doubt(why=f"{named(table)}未读到重金属的排放量")
    for index in range(len(table.rows)):
        for result in ("total_after", "change"):
            if printed_figure(place := eia_cell(table, index, result)):
                yield partial(_holds, table, index, form, place)


def net_new(table: EiaTable, metal: Metal) -> Figure:
    """What the project adds of a metal; nothing (0) where a table whose names are all certain has no row of it."""
    place = amount(table, "net_new", metal)
    if not (place.blank or metal not in table.net_new):
        return _summed(table, metal, figure(place))
    _rows_read(table, metal)
    return nothing(f"{named(table)}没有{METALS[metal]}的新增排放量，净新增排放量", whole(table))


def offsets(table: EiaTable, metal: Metal) -> Figure | None:
    """区域平衡替代削减量 of a metal over water and air; None where the table gives none."""
    places = [eia_cell(table, index, "regional_offset") for index in _rows_of(table, metal)]
    given = [figure(it) for it in places if printed_figure(it)]
    total = sum((it.value for it in given), Decimal(0))
    if not total:
        return None
    slack = sum((it.slack for it in given), Decimal(0))
    evidence = tuple(item for it in given for item in it.evidence)
    stands = f"{named(table)}“{LABELS['regional_offset']}（{METALS[metal]}）”合计"
    return given[0] if len(given) == 1 else Figure(total, slack, stands, f"{plain(total)} kg/a", evidence)


def eia_cell(table: EiaTable, index: int, key: str) -> Place[Decimal]:
    """A cell of the table; its label names medium and pollutant."""
    row = table.rows[index]
    what = MEDIA.get(row.medium.value or "", "") + (row.pollutant.value or row.pollutant.raw)
    return cell(table, f"rows[{index}]", row, key, f"{LABELS[key]}（{what}）", Unit.KG)


def printed_figure(place: Place[Decimal]) -> bool:
    """Whether a cell holds, or may hold, a figure: not a dash, a blank, or a column that the form does not have."""
    return not (place.blank or place.missing)


def _holds(table: EiaTable, index: int, form: str, result: Place[Decimal]) -> Problem | None:
    terms = list(_terms(table, index, form, result.path.rpartition(".")[2]))
    figures = [(sign, _or_nothing(table, index, key)) for sign, key in terms]
    value = sum((sign * it.value for sign, it in figures), Decimal(0))
    slack = sum((it.slack for _, it in figures), Decimal(0))
    formula = "".join(f"{'＋' if sign > 0 else '－'}{LABELS[key]}" for sign, key in terms).removeprefix("＋")
    sums = "".join(f"{'＋' if sign > 0 else '－'}{plain(it.value)}" for sign, it in figures).removeprefix("＋")
    evidence = tuple(item for _, it in figures for item in it.evidence)
    computed = Figure(value, slack, f"按“{formula}”计算", f"{plain(value)} kg/a（{sums}）", evidence)
    return differ(figure(result), computed)


def _terms(table: EiaTable, index: int, form: str, result: str) -> Iterable[Signed]:
    """The right-hand side of an identity. In a 报告书 the permitted emission counts, the actual where none is."""
    if form == "form":
        added = ((1, "under_construction"), (1, "this_project"), (-1, "replaced"))
        return ((1, "existing_actual"), *added) if result == "total_after" else added
    if result == "change":
        return ((1, "this_project"), (-1, "replaced"), (-1, "regional_offset"))
    permitted = _or_nothing(table, index, "existing_permitted").value
    base = "existing_permitted" if permitted else "existing_actual"
    return ((1, base), (-1, "replaced"), (1, "this_project"))


def _or_nothing(table: EiaTable, index: int, key: str) -> Figure:
    """A cell's figure; a dash, a blank and a column that the form does not have count as 0."""
    place = eia_cell(table, index, key)
    absent = place.missing and all(getattr(row, key).status is place.field.status for row in table.rows)
    return nothing(place.stands, place.evidence) if place.blank or absent else figure(place)


def _rows_of(table: EiaTable, metal: Metal) -> Iterator[int]:
    _rows_read(table, metal)
    return (index for index, row in enumerate(table.rows) if row.metal.value is metal)


def _rows_read(table: EiaTable, metal: Metal) -> None:
    if not table.rows:
        raise Doubt(why=f"{named(table)}未读到重金属的排放量")
    for row in table.rows:
        if not row.metal.certain and may_be(table.rows, row, metal):
            why = f"{named(table)}有污染物名称读数不确定，不能断定{METALS[metal]}的排放量"
            raise Doubt(row.metal, why=why)


def _summed(table: EiaTable, metal: Metal, net: Figure) -> Figure:
    """The net emission with what the digits of its rows leave open, where it was derived without saying so."""
    if net.slack:
        return net
    keys = ("this_project", "replaced")
    fields = [getattr(row, key) for row in table.rows if row.metal.value is metal for key in keys]
    slack = sum((field.printed.half_step for field in fields if field.printed), Decimal(0))
    return Figure(net.value, slack, net.stands, net.shown, net.evidence)
