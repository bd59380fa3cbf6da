"""Rows of limit tables: years beside each other, names of sums beside the rows that they sum up."""

from decimal import Decimal

import pytest

from domain.field import Field, Status, TextField
from domain.quantity import Metal, Printed, Unit
from extractors.documents.permit_copy import PermitCopy
from extractors.limit_vouching import vouch_rows
from extractors.outlet_limits import Limit, Subtotal, doubt_inked


def year(number: str, *, sealed: bool = False, status: Status = Status.CERTAIN) -> Field:
    mark = Printed(number=number, unit=Unit.TONNE, half_step=Decimal("0.005"))
    return Field(value=Decimal(number), raw=number, printed=mark, status=status, under_seal=sealed, page=1)


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
