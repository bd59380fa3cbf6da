from datetime import date
from decimal import Decimal

import pytest

from domain.document import Version
from domain.field import Field, QuantityField, Status, TextField
from domain.quantity import Metal, Printed, Unit
from extractors.certainty import Second
from extractors.documents.business_licence import BusinessLicence
from extractors.documents.demand_form import DemandForm
from extractors.documents.eia_table import EiaTable
from extractors.documents.permit_certificate import PermitCertificate
from extractors.documents.permit_copy import PermitCopy
from extractors.documents.supply_form import SupplyForm
from extractors.documents.surplus_statement import SurplusStatement
from extractors.outlet_limits import Limit, add_up
from extractors.vouching import vouch


def text(value, status="certain"):
    return TextField(value=value, raw=value, status=status, confidence=0.9, page=1)


def amount(value, status="certain", unit=Unit.KG):
    printed = Printed(number=value, unit=unit, half_step=Decimal("0.05"))
    return QuantityField(value=Decimal(value), raw=value, status=status, confidence=0.9, page=1, printed=printed)


def tonnes(value, status="certain"):
    return Field(value=Decimal(value), raw=value, status=status, confidence=0.9, page=1, box=(0, 0, 0.1, 0.1))


def row(code, name, *years, metal=Metal.PB, metal_status="certain"):
    return Limit(
        medium=text("water"),
        outlet_code=text(code),
        outlet_name=text("车间"),
        outlet_kind=text("workshop"),
        pollutant=text(name),
        metal=Field[Metal](value=metal, status=metal_status, page=1),
        concentration_limit=text("1"),
        rate_limit=TextField(),
        annual=tuple(years),
        commitment=TextField(),
    )


def copy(version, *rows):
    return PermitCopy(version=version, limits=rows, totals=add_up(rows))


def test_a_doubtful_name_is_settled_by_another_paper_that_says_the_same():
    _, form = vouch([BusinessLicence(name=text("甲公司")), SupplyForm(name=text("甲公司", "unsure"))])
    assert form.name.certain


def test_a_doubtful_name_that_no_paper_shares_stays_doubtful():
    _, form = vouch([BusinessLicence(name=text("甲公司")), SupplyForm(name=text("申公司", "unsure"))])
    assert form.name.status is Status.UNSURE


@pytest.mark.parametrize(
    ("second", "certain"),
    [
        ("制革园区铬靶车间扩建项目", True),
        ("项目名称制革园区铬鞍车问扩建项目", True),
        ("制革园区铬鞍", False),
        ("", False),
    ],
)
def test_a_project_that_two_readers_read_alike_or_nearly_so_on_two_papers_is_the_same_on_both(second, certain):
    def project(other):
        told = text("制革园区铬鞣车间扩建项目", "unsure")
        return told.model_copy(update={"second": Second.DIFFERS, "readers": {"rapidocr": told.raw, "tesseract": other}})

    form, table = vouch([DemandForm(project=project("制革园区铬靶车间扩建项目")), EiaTable(project=project(second))])
    assert form.project.certain is certain and table.project.certain is certain


def test_other_years_of_a_row_settle_a_doubtful_amount():
    (read,) = vouch([copy(None, row("DW001", "总铅", tonnes("0.0125", "unsure"), *[tonnes("0.0125")] * 4))])
    assert read.limits[0].annual[0].certain and read.totals[Metal.PB].certain


def test_a_year_that_differs_from_the_others_stays_doubtful():
    (read,) = vouch([copy(None, row("DW001", "总铅", tonnes("0.0175", "unsure"), *[tonnes("0.0125")] * 4))])
    assert read.limits[0].annual[0].status is Status.UNSURE


@pytest.mark.parametrize(("other", "settled"), [("DW002", True), ("DW003", False)])
def test_a_damaged_metal_name_is_settled_by_the_same_outlet_of_the_other_permit(other, settled):
    damaged = row("DW002", "总铭", *[tonnes("0.0079")] * 5, metal=Metal.CR, metal_status="unsure")
    clear = row(other, "总铬", *[tonnes("0.0060")] * 5, metal=Metal.CR)
    before, _ = vouch([copy(Version.BEFORE, damaged), copy(Version.AFTER, clear)])
    assert before.limits[0].metal.certain is settled


def test_a_damaged_name_is_not_settled_where_the_metal_stands_at_the_outlet_already():
    damaged = row("DW002", "总铭", *[tonnes("0.0079")] * 5, metal=Metal.CR, metal_status="unsure")
    clear = row("DW002", "总铬", *[tonnes("0.0060")] * 5, metal=Metal.CR)
    before, _ = vouch([copy(Version.BEFORE, damaged, clear), copy(Version.AFTER, clear)])
    assert not before.limits[0].metal.certain


def test_form_and_statement_settle_each_other():
    form = SupplyForm(offered={Metal.PB: amount("45.0", "unsure")})
    statement = SurplusStatement(offered={Metal.PB: amount("45.0")})
    read, _ = vouch([form, statement])
    assert read.offered[Metal.PB].certain


def test_a_figure_without_unit_is_settled_by_nothing():
    form = SupplyForm(offered={Metal.PB: amount("45.0", "unsure", unit=None)})
    read, _ = vouch([form, SurplusStatement(offered={Metal.PB: amount("45.0")})])
    assert read.offered[Metal.PB].status is Status.UNSURE


def test_the_paper_s_own_arithmetic_settles_a_surplus_that_comes_out():
    form = SupplyForm(
        reduction={Metal.PB: amount("53.0")},
        task={Metal.PB: amount("6.6")},
        surplus={Metal.PB: amount("46.4", "unsure")},
    )
    (read,) = vouch([form])
    assert read.surplus[Metal.PB].certain


def test_a_sum_that_comes_out_as_the_form_states_was_read_right():
    rows = copy(Version.BEFORE, row("DW001", "总铅", tonnes("0.0125", "unsure"), *[tonnes("0.0100")] * 4))
    form = SupplyForm(permit_before={Metal.PB: amount("12.5")})
    read, _ = vouch([rows, form])
    assert read.totals[Metal.PB].certain
    other, _ = vouch([rows, SupplyForm(permit_before={Metal.PB: amount("13.5")})])
    assert other.totals[Metal.PB].status is Status.UNSURE


def test_the_certificate_settles_its_copy_s_dates_within_one_version():
    day = Field[date](value=date(2024, 1, 1), status="certain", page=1)
    doubt = day.model_copy(update={"status": Status.UNSURE})
    after, before = (PermitCertificate(version=v, issued_on=day) for v in (Version.AFTER, Version.BEFORE))
    paper = PermitCopy(version=Version.AFTER, issued_on=doubt)
    assert vouch([after, paper])[1].issued_on.certain
    assert not vouch([before, paper])[1].issued_on.certain


@pytest.mark.parametrize(
    ("raw", "start", "twin", "settled"),
    [
        ("2023年1", date(2023, 12, 23), date(2023, 12, 23), True),
        ("2023年", date(2023, 12, 23), date(2023, 12, 23), True),
        ("2023年0", date(2023, 12, 23), date(2023, 12, 23), False),
        ("202", date(2023, 12, 23), date(2023, 12, 23), False),
        ("2023年1", date(2023, 12, 23), date(2023, 12, 25), False),
        ("2023年1", date(2023, 5, 6), date(2023, 12, 23), False),
    ],
)
def test_a_day_of_issue_that_ends_under_a_copied_seal_is_the_term_s_first_where_its_twin_says_so(
    raw, start, twin, settled
):
    first = Field[date](value=start, status="certain", confidence=0.99, page=1)
    issued = Field[date](value=twin, status="certain", confidence=0.99, page=1)
    cut = Field[date](raw=raw, status="unsure", confidence=0.99, page=2)
    paper = PermitCopy(version=Version.AFTER, issued_on=cut, valid_from=first)
    read = vouch([PermitCertificate(version=Version.AFTER, issued_on=issued), paper])[1].issued_on
    assert (read.certain, read.value) == ((True, start) if settled else (False, None))


def test_a_sum_with_an_unread_row_is_never_settled_by_the_form():
    unread = Field(status=Status.UNSURE, page=1, box=(0, 0, 0.1, 0.1))
    rows = copy(
        Version.BEFORE,
        row("DW001", "总铅", *[tonnes("0.0100")] * 5),
        row("DW002", "总铅", unread, *[tonnes("0.0300")] * 4),
    )
    read, _ = vouch([rows, SupplyForm(permit_before={Metal.PB: amount("10.0")})])
    assert read.totals[Metal.PB].status is Status.UNSURE
