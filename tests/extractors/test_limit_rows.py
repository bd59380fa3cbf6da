"""Rows of limit tables: years beside each other, names of sums beside the rows that they sum up."""

from decimal import Decimal

import pytest

from domain.field import Field, Status, TextField
from domain.page import Box, Grid
from domain.quantity import Metal, Printed, Unit
from extractors.documents.permit_copy import PermitCopy
from extractors.documents.permit_copy import read as read_copy
from extractors.layout import span_of
from extractors.limit_vouching import vouch_rows
from extractors.outlet_limits import Limit, Subtotal, doubt_faint, doubt_inked, doubt_rising
from extractors.pollutants import metal_field
from tests.extractors.readings import grid, page, word, words_of


def year(number: str, *, sealed: bool = False, status: Status = Status.CERTAIN) -> Field:
    mark = Printed(number=number, unit=Unit.TONNE, half_step=Decimal("0.005"))
    told = {"raw": number, "printed": mark, "status": status, "under_seal": sealed}
    return Field(value=Decimal(number), page=1, box=Box(0.5, 0.5, 0.6, 0.52), **told)


def told(value: str, status: Status = Status.CERTAIN) -> TextField:
    return TextField(value=value, raw=value, status=status, page=1)


def sums(name: str, status: Status = Status.UNSURE, medium: str = "water") -> Subtotal:
    metal = Field[Metal](status=status, page=1)
    return Subtotal(medium=told(medium), scope=told("main"), pollutant=told(name), metal=metal, annual=())


def row(name: str) -> Limit:
    there = dict.fromkeys(("outlet_name", "concentration_limit", "rate_limit", "commitment"), TextField())
    places = {"medium": told("water"), "outlet_code": told("DW001"), "outlet_kind": told("main")}
    metal = Field[Metal](status=Status.CERTAIN, page=1)
    return Limit(pollutant=told(name), metal=metal, annual=(), **places, **there)


def test_a_year_under_a_stamp_with_one_digit_unlike_all_the_others_is_in_doubt() -> None:
    years = [year("8.42"), year("8.42"), year("8.12", sealed=True), year("8.42", sealed=True), year("8.42")]
    assert [one.certain for one in doubt_inked(years)] == [True, True, False, True, True]


@pytest.mark.parametrize(
    "years",
    [
        [year("8.42"), year("8.42"), year("8.12"), year("8.42"), year("8.42")],  # nothing lies over it
        [year("8.42"), year("8.40"), year("8.12", sealed=True), year("8.00"), year("8.00")],  # the years do differ
        [year("8.42"), year("8.42"), year("7.91", sealed=True), year("8.42"), year("8.42")],  # two digits do
    ],
)
def test_years_that_differ_for_another_reason_stay_as_they_were_read(years: list[Field]) -> None:
    assert doubt_inked(years) == years


@pytest.mark.parametrize(
    ("beside", "other", "settled"),
    [((row("CODcr"),), (), True), ((), (sums("CODcr", Status.CERTAIN),), True), ((row("氨氮"),), (), False)],
)
def test_a_sums_name_is_another_pollutants_where_a_row_or_the_other_permit_has_it_for_sure(
    beside: tuple[Limit, ...], other: tuple[Subtotal, ...], settled: bool
) -> None:
    copy = PermitCopy(limits=beside, subtotals=(sums("CODcr"),))
    assert vouch_rows(copy, [PermitCopy(subtotals=other)]).subtotals[0].metal.certain is settled


def test_a_sums_name_of_another_medium_proves_nothing() -> None:
    other = PermitCopy(subtotals=(sums("CODcr", Status.CERTAIN, medium="air"),))
    assert not vouch_rows(PermitCopy(subtotals=(sums("CODcr"),)), [other]).subtotals[0].metal.certain


HEADS = [["排放口编号", "排放口名称", "污染物种类", "浓度限值", *[f"第{n}年" for n in "一二三四五"]]]
WIDTHS = [10, 10, 10, 10, 8, 8, 8, 8, 8]


def on_two_pages(*lone: str, shift: float = 0.0, above: bool = False) -> PermitCopy:
    """A table of one row, and a row that stands alone on the next page."""
    title = ["设施或车间废水排放口", *[None] * 8]
    first = grid([*HEADS, title, ["DW001", "车间排口", "总铅", "0.5", *["0.0100"] * 5]], widths=WIDTHS)
    cells = grid([list(lone)], top=0.1, widths=WIDTHS)
    words = [
        w.model_copy(update={"box": w.box._replace(x0=w.box.x0 + shift, x1=w.box.x1 + shift)}) for w in words_of(cells)
    ]
    other = (grid([["备注", "无"]], top=0.02),) if above else ()
    return read_copy([page(words_of(first), 1, [first]), page([*words, *words_of(*other)], 2, other)])


ROW = ("DW002", "车间排口", "总铅", "0.5", *["0.0200"] * 5)


def test_a_row_alone_at_the_top_of_a_page_goes_on_with_the_table_before() -> None:
    read = on_two_pages(*ROW)
    assert [row.outlet_code.value for row in read.limits] == ["DW001", "DW002"]
    assert (read.totals[Metal.PB].value, read.totals[Metal.PB].certain) == (Decimal("30"), True)


@pytest.mark.parametrize(
    "changes",
    [{"shift": 0.05}, {"above": True}],  # print over the columns' borders; another table before it
)
def test_a_lone_row_whose_columns_cannot_be_told_leaves_doubt_on_every_total(changes: dict) -> None:
    read = on_two_pages(*ROW, **changes)
    assert read.limits[-1].metal.status is Status.UNSURE and not read.totals[Metal.PB].certain


def test_a_lone_row_with_a_column_without_print_leaves_doubt() -> None:
    assert not on_two_pages(*ROW[:4], "", *ROW[5:]).totals[Metal.PB].certain


@pytest.mark.parametrize(
    ("upper", "lower", "names"),
    [
        ("", "总铅", ["总铅"]),  # a stray line through the cell of the name: one row
        ("总铅", "", ["总铅"]),
        ("总铅", "总镉", ["总铅", "总镉"]),  # two names beside one amount: nobody knows whose it is
    ],
)
def test_a_row_of_which_a_line_cut_the_name_s_cell_alone_is_one_row(upper: str, lower: str, names: list[str]) -> None:
    title = ["设施或车间废水排放口", *[None] * 8]
    cut = [["DW001", "车间排口", upper, "0.5", *["0.0100"] * 5], ["^", "^", lower, *["^"] * 6]]
    table = grid([*HEADS, title, *cut], widths=WIDTHS)
    read = read_copy([page(words_of(table), 1, [table])])
    assert [row.pollutant.value for row in read.limits] == names
    assert read.totals[Metal.PB].certain is (len(names) == 1)


def outlet(name: str, number: str, metal: Metal | None = None, status: Status = Status.CERTAIN) -> Limit:
    told_metal = Field[Metal](value=metal, status=status, page=1)
    return row(name).model_copy(update={"metal": told_metal, "annual": (year(number),) * 5})


LEAD = outlet("总铅", "0.0555", Metal.PB)


@pytest.mark.parametrize(
    ("beside", "there", "settled"),
    [
        ([LEAD], [outlet("颗粒物", "48.92"), LEAD], True),
        ([LEAD], [outlet("颗粒物", "48.90"), LEAD], False),  # another amount
        ([], [outlet("颗粒物", "48.92"), LEAD], False),  # the lead may be the row that cannot be read
        ([LEAD, outlet("颗粒物", "9.10")], [outlet("颗粒物", "48.92"), LEAD], False),  # named by another row here
        ([LEAD], [outlet("总砷", "48.92", Metal.AS), LEAD], False),
        ([LEAD], [outlet("颗粒物", "48.92"), outlet("二氧化硫", "48.92"), LEAD], False),
    ],
)
def test_a_name_nobody_can_read_is_the_one_other_pollutant_to_which_the_other_permit_gives_its_amounts(
    beside: list[Limit], there: list[Limit], settled: bool
) -> None:
    unread = outlet("亥规料", "48.92", status=Status.UNSURE)
    read = vouch_rows(PermitCopy(limits=(unread, *beside)), [PermitCopy(limits=tuple(there))])
    assert read.limits[0].metal.certain is settled and read.limits[0].metal.value is None


@pytest.mark.parametrize(
    ("title", "years", "blank"),
    [
        ("一般排放口", ["1"] * 5, True),  # worn strokes of an outlet that has no amount
        ("一般排放口", ["1", "1", "1.5", "1", "1"], False),
        ("一般排放口", ["1", "1", "8", "1", "1"], False),
        ("主要排放口", ["1"] * 5, False),
    ],
)
def test_strokes_in_all_years_of_a_general_outlet_are_blanks(title: str, years: list[str], blank: bool) -> None:
    table = grid([*HEADS, [title, *[None] * 8], ["DW004", "雨水排口", "CODcr", "50", *years]], widths=WIDTHS)
    annual = read_copy([page(words_of(table), 1, [table])]).limits[0].annual
    assert all(one.certain and one.value is None for one in annual) is blank
    assert blank or not all(one.certain for one in annual)


def faint(number: str, confidence: float) -> Field:
    return year(number).model_copy(update={"confidence": confidence})


def test_a_faint_year_one_digit_off_what_is_read_more_clearly_is_in_doubt() -> None:
    years = [faint("7.53", 0.99), faint("7.58", 0.75), faint("7.53", 0.65), faint("9.00", 0.6), faint("7.51", 0.95)]
    assert [one.certain for one in doubt_faint(years)] == [True, False, False, True, True]


@pytest.mark.parametrize(
    ("years", "certain"),
    [
        ([("7.31", 0.979), ("7.31", 0.9), ("7.34", 0.999), ("7.34", 0.999), ("7.34", 0.999)], [0, 0, 1, 1, 1]),
        ([("1.15", 0.9), ("4.15", 0.999), ("4.15", 0.999), ("1.15", 0.913), ("4.15", 0.99)], [0, 1, 1, 0, 0]),
        ([("7.34", 0.98), ("7.34", 0.98), ("7.31", 0.98), ("7.31", 0.98), ("7.31", 0.98)], [1, 1, 1, 1, 1]),
        ([("7.30", 0.98), ("7.45", 0.98), ("7.56", 0.98), ("7.67", 0.98), ("8.18", 0.98)], [1, 1, 1, 1, 1]),
    ],
)
def test_years_that_rise_by_one_digit_are_in_doubt_unless_they_are_perfectly_clear(years, certain) -> None:
    assert [one.certain for one in doubt_rising([faint(*one) for one in years])] == [bool(one) for one in certain]


@pytest.mark.parametrize(("title", "certain"), [("主要排放口", False), ("一般排放口", True)])
def test_a_row_below_the_table_whose_blanks_were_not_read_leaves_doubt(title: str, certain: bool) -> None:
    section = [["主要排放口", *["<"] * 8]] if False else [["设施或车间废水排放口", *[None] * 8]]
    first = grid([*HEADS, *section, ["DW001", "车间排口", "总铅", "0.5", *["0.0100"] * 5]], top=0.1, widths=WIDTHS)
    below = grid([[title, *[""] * 8], ["DW002", "车间排口", "总铅", "0.5mg/L", *[""] * 5]], top=0.5, widths=WIDTHS)
    alone, both = ([page(words, 1, [first])] for words in (words_of(first), [*words_of(first), *words_of(below)]))
    assert read_copy(alone).totals[Metal.PB].certain
    read = read_copy(both)
    assert len(read.limits) == 2 and read.totals[Metal.PB].certain == certain


HEAD = ["序号", "排放口编号", "污染物种类", "限值(kg/h)", "第一年", "第二年", "第三年", "第四年", "第五年", "它信"]
FIRST = ["1", "DA001", "铅及其化合物", "/", "0.0512", "0.0512", "0.0512", "0.0512", "0.0512", "/"]
NEXT = ["2", "DA002", "铅及其化合物", "/", "0.0230", "0.0230", "0.0230", "0.0230", "0.0230", "/"]
WIDTHS = [4, 8, 12, 8, 8, 8, 8, 8, 8, 8]


def unruled(rows: list[list[str]], widths: list[int]) -> Grid:
    """A table whose columns were told by its print, and may begin elsewhere on the next page."""
    return grid(rows, widths=widths).model_copy(update={"ruled": False})


def outlets(*tables: Grid) -> list[str | None]:
    pages = [page(words_of(table), number, [table]) for number, table in enumerate(tables, start=1)]
    return [limit.outlet_code.value for limit in read_copy(pages).limits]


def test_a_table_without_lines_goes_on_though_two_of_its_headings_were_not_read() -> None:
    beside = [5, 8, 11, 9, 7, 8, 9, 8, 7, 8]
    assert outlets(unruled([HEAD, FIRST], WIDTHS), unruled([NEXT, NEXT], beside)) == ["DA001", "DA002", "DA002"]


def test_a_table_with_three_columns_more_is_not_taken_for_the_one_before() -> None:
    wider = [[*NEXT, "/"], [*NEXT, "/"]]
    assert "DA002" not in outlets(unruled([HEAD, FIRST], WIDTHS), unruled(wider, [4, 8, 12, 8, 8, 8, 8, 8, 8, 4, 4]))


@pytest.mark.parametrize(
    ("name", "confidence", "certain"),
    [("CODer", 0.42, True), ("CODcr", 0.49, True), ("CODer", 0.2, False), ("Crb", 0.42, False), ("总洛", 0.42, False)],
)
def test_a_faint_name_of_four_latin_letters_is_no_metals(name: str, confidence: float, certain: bool) -> None:
    field = metal_field(span_of([word(name, 0.1, 0.1, confidence)]), 1)
    assert field.certain == certain
