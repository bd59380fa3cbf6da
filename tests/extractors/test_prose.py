"""Quantities that running text tells."""

from decimal import Decimal

from domain.quantity import Metal
from extractors.quantities import read_quantities
from reference.labels import QUANTITIES
from tests.extractors.readings import grid, page, word, words_of

LABELS = {key: QUANTITIES[key] for key in ("reduction", "task", "surplus")}


def surplus(*texts: str, table=None):
    words = [word(text, 0.1, 0.6 + 0.02 * n) for n, text in enumerate(texts)]
    grids = (table,) if table else ()
    return read_quantities([page([*words, *words_of(*grids)], grids=grids)], LABELS).of("surplus")


def test_a_difference_written_out_states_the_surplus_of_each_metal() -> None:
    told = surplus("富余排放量＝工程削减量一减排任务：铬：15.3－1.8＝13.5（kg/a）；铅：4.5—0.5＝4.0（kg/a）。")
    assert {metal: field.value for metal, field in told.items()} == {
        Metal.CR: Decimal("13.5"),
        Metal.PB: Decimal("4.0"),
    }


def test_a_difference_may_go_on_in_the_next_line() -> None:
    told = surplus(
        "我公司承担的减排任务为铬1.8kg/a。富余排放量＝工程削减量－减排任务：", "铬：15.3－1.8＝13.5（kg/a）。"
    )
    assert told[Metal.CR].value == Decimal("13.5")


def test_a_table_that_states_the_surplus_counts_before_the_difference() -> None:
    rows = [
        ["重金属种类", "工程削减量（kg/a）", "减排任务（kg/a）", "富余排放量（kg/a）"],
        ["铬", "15.3", "1.8", "13.2"],
    ]
    told = surplus("富余排放量＝工程削减量－减排任务：铬：15.3－1.8＝13.5（kg/a）。", table=grid(rows))
    assert told[Metal.CR].value == Decimal("13.2")


def test_a_difference_of_other_quantities_states_no_surplus() -> None:
    assert not surplus("现状排放量＝基础排放量－工程削减量：铬：38.7－15.3＝23.4（kg/a）。")
