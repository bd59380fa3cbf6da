"""What another place of the same value is worth."""

from decimal import Decimal

import pytest

from domain.field import Field, Status
from extractors.vouching import vouch
from extractors.witness import bears_out
from tests.extractors.test_vouching import copy, row


def field(value, status="unsure", second=None):
    return Field(value=value, raw=str(value), status=status, second=second, page=1, box=(0, 0, 0.1, 0.1))


@pytest.mark.parametrize(
    ("mine", "other", "settled"),
    [
        (field("a"), field("a", "certain"), True),
        (field("a", second="agrees"), field("a", second="differs"), True),
        (field("a", second="differs"), field("a", second="differs"), False),
        (field("a", second="silent"), field("a"), False),
        (field("a"), field("a"), True),
        (field("a"), field("b", "certain"), False),
        (field(None), field(None, "certain"), False),
    ],
)
def test_a_value_read_by_one_engine_alone_is_not_borne_out_by_its_own_repetition(mine, other, settled):
    assert bears_out(mine, other) is settled


def tonnes(value, second, status="unsure"):
    return Field(value=Decimal(value), raw=value, status=status, second=second, page=1, box=(0, 0, 0.1, 0.1))


def test_years_that_the_second_reader_contradicts_all_along_do_not_settle_each_other():
    [read] = vouch([copy("before", row("DA001", "总铅", *[tonnes("0.0880", "differs")] * 5))])
    assert {year.status for year in read.limits[0].annual} == {Status.UNSURE}
    assert not read.totals["Pb"].certain


def test_a_year_is_settled_by_two_others_that_are_certain():
    years = [tonnes("0.0880", "differs"), *[tonnes("0.0880", "agrees", "certain")] * 2]
    [read] = vouch([copy("before", row("DA001", "总铅", *years))])
    assert read.limits[0].annual[0].certain
