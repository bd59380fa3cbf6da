"""A permit's printed 合计 settles what its rows leave in doubt."""

from decimal import Decimal

from domain.field import Field, TextField
from domain.quantity import Metal
from extractors.outlet_limits import Limit, Subtotal
from extractors.printed_sums import settle_by_sums


def text(value, status="certain"):
    return TextField(value=value, raw=value, status=status, page=1)


def tonnes(value, status="certain"):
    return Field(value=None if value is None else Decimal(value), raw=value or "/", status=status, page=1)


def row(*years, kind="main", name="铅及其化合物", metal=Metal.PB, metal_status="certain"):
    return Limit(
        medium=text("air"),
        outlet_code=text("DA001"),
        outlet_name=text("烟囱"),
        outlet_kind=text(kind),
        pollutant=text(name),
        metal=Field[Metal](value=metal, status=metal_status, page=1),
        concentration_limit=text("1"),
        rate_limit=TextField(),
        annual=years,
        commitment=TextField(),
    )


def total(*years, scope="main", name="铅及其化合物", metal=Metal.PB):
    told = {"medium": text("air"), "scope": text(scope), "pollutant": text(name)}
    return Subtotal(**told, metal=Field[Metal](value=metal, status="certain", page=1), annual=years)


def statuses(rows):
    return [[str(field.status) for field in one.annual] for one in rows]


def test_rows_that_add_up_to_the_printed_sum_are_read_right():
    rows = (row(tonnes("0.0860", "unsure"), tonnes("0.0860", "unsure")), row(tonnes("0.0340"), tonnes("0.0340")))
    settled = settle_by_sums(rows, [total(tonnes("0.1200"), tonnes("0.1290"))])
    assert statuses(settled) == [["certain", "unsure"], ["certain", "certain"]]
    assert settled[0].annual[0].why == "与所印合计相符，识读一致"


def test_a_sum_proves_nothing_where_a_row_may_belong_elsewhere_or_was_not_read():
    doubtful = row(tonnes("0.0860", "unsure"))
    for other in (row(tonnes("0.0340"), metal_status="unsure"), row(tonnes(None, "unsure"))):
        assert statuses(settle_by_sums((doubtful, other), [total(tonnes("0.1200"))]))[0] == ["unsure"]


def test_a_sum_of_one_row_or_of_other_outlets_settles_nothing():
    rows = (row(tonnes("0.0860", "unsure")), row(tonnes("0.0340"), kind="general"))
    assert statuses(settle_by_sums(rows, [total(tonnes("0.0860"))]))[0] == ["unsure"]
    assert statuses(settle_by_sums(rows, [total(tonnes("0.1200"), scope="all")]))[0] == ["certain"]


def test_hexavalent_chromium_is_no_part_of_the_sum_of_chromium():
    rows = (
        row(tonnes("0.02", "unsure"), name="铬及其化合物", metal=Metal.CR),
        row(tonnes("0.01"), name="六价铬", metal=Metal.CR),
        row(tonnes("0.03"), name="铬及其化合物", metal=Metal.CR),
    )
    assert statuses(settle_by_sums(rows, [total(tonnes("0.06"), name="总铬", metal=Metal.CR)]))[0] == ["unsure"]
    assert statuses(settle_by_sums(rows, [total(tonnes("0.05"), name="总铬", metal=Metal.CR)]))[0] == ["certain"]
