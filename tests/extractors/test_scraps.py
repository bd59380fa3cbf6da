"""Columns of tables without lines that were cut through a word or between a figure and its unit."""

from decimal import Decimal

from domain.quantity import Metal
from extractors.documents import supply_form, surplus_statement
from extractors.scraps import rejoin
from tests.extractors.readings import grid, page, words_of

FORM = [
    ["", "项目", "铅", "", "镉"],
    ["变", "更前排污许可总量", "0.2274", "t/a", "/"],
    ["变", "更后排污许可总量", "0.1343", "t/a", "/"],
    ["", "拟出让量", "0.0931", "t/a", "/"],
]
WIDTHS = [1, 10, 8, 4, 8]


def unruled(rows, widths=None):
    """A table whose columns were told by alignment; 1.6 % of the page for each unit of width."""
    widths = widths or [4] * len(rows[0])
    return grid(rows, right=0.1 + 0.016 * sum(widths), widths=widths).model_copy(update={"ruled": False})


def texts(table):
    """Its cells' texts, row by row."""
    return [[table.at(row, col).text for col in range(table.cols)] for row in range(table.rows)]


def test_a_labels_first_character_and_the_units_are_joined_with_what_they_belong_to():
    assert texts(rejoin(unruled(FORM, WIDTHS)))[1] == ["变更前排污许可总量", "0.2274t/a", "/"]
    assert texts(rejoin(unruled(FORM, WIDTHS)))[0] == ["项目", "铅", "镉"]


def test_the_figures_of_a_form_that_was_torn_so_are_read():
    table = unruled(FORM, WIDTHS)
    form = supply_form.read([page(words_of(table), 1, [table])])
    assert form.permit_before[Metal.PB].value == Decimal("227.4") and form.permit_before[Metal.PB].certain
    assert form.permit_after[Metal.PB].value == Decimal("134.3") and Metal.CD not in form.permit_after


def test_a_heading_keeps_the_unit_that_was_cut_off_it():
    head = [["重金属种类", "富余排放量", "(t/a)", "拟出让量", "(t/a)"], ["铬", "0.010079", "", "0.009", ""]]
    table = unruled(head, [6, 6, 4, 6, 4])
    statement = surplus_statement.read([page(words_of(table), 1, [table])])
    assert statement.surplus[Metal.CR].value == Decimal("10.079")
    assert statement.offered[Metal.CR].value == Decimal("9")


def test_a_column_of_units_with_its_own_heading_stays():
    rows = [["项目", "单位", "铅"], ["拟出让量", "t/a", "0.0931"]]
    assert rejoin(unruled(rows)).cols == 3


def test_names_of_metals_beside_their_figures_stay_apart():
    rows = [["铅", "0.0931"], ["铬", "0.0112"]]
    assert texts(rejoin(unruled(rows, [1, 8]))) == rows


def test_a_ruled_table_is_left_as_it_is():
    rows = [["变", "更前排污许可总量", "0.2274", "t/a"]]
    table = grid(rows, widths=[1, 10, 8, 4])
    assert rejoin(table) is table
