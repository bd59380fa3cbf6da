from decimal import Decimal

import pytest

from domain.field import Field, QuantityField, Status, TextField
from domain.quantity import Metal, Printed, Unit
from extractors.certainty import Second
from extractors.documents.business_licence import BusinessLicence
from extractors.documents.demand_form import DemandForm
from extractors.documents.eia_table import EiaRow, EiaTable
from extractors.emission_sums import net_new
from extractors.vouching import vouch


def text(value, status="certain"):
    return TextField(value=value, raw=value, status=status, confidence=0.9, page=1)


def amount(value, status="certain"):
    printed = Printed(number=value, unit=Unit.KG, half_step=Decimal("0.05"))
    return QuantityField(value=Decimal(value), raw=value, status=status, confidence=0.9, page=1, printed=printed)


def table(this, status="certain", metal_status="certain", doubt=None):
    row = EiaRow(
        medium=text("air"),
        pollutant=text("铅"),
        metal=Field[Metal](value=Metal.PB, status=metal_status, page=1),
        this_project=amount(this, status),
        replaced=QuantityField(status="certain"),
    )
    return EiaTable(rows=(row,), net_new=net_new([row], doubt))


def form(new, demand, *unsure, ratio="1.2"):
    return DemandForm(
        new_emission={Metal.PB: amount(new, "unsure" if "new" in unsure else "certain")},
        demand={Metal.PB: amount(demand, "unsure" if "demand" in unsure else "certain")},
        ratio=Field(value=Decimal(ratio), status="certain"),
    )


def test_the_eia_s_builder_is_settled_by_the_licence_s_name():
    _, read = vouch([BusinessLicence(name=text("甲公司")), EiaTable(builder=text("甲公司", "unsure"))])
    assert read.builder.certain


@pytest.mark.parametrize(("in_table", "settled"), [("37.5", True), ("87.5", False)])
def test_a_doubtful_new_emission_is_settled_by_the_eia(in_table, settled):
    read, _ = vouch([form("37.5", "40.0", "new"), table(in_table)])
    assert read.new_emission[Metal.PB].certain is settled


@pytest.mark.parametrize("unsure", ["new", "demand"])
def test_either_figure_is_settled_by_the_other_times_the_ratio(unsure):
    (read,) = vouch([form("37.5", "45.0", unsure)])
    assert read.new_emission[Metal.PB].certain and read.demand[Metal.PB].certain


@pytest.mark.parametrize(
    ("demand", "second", "confidence", "settled"),
    [
        ("7.1", Second.SILENT, 0.99, True),
        ("7.0", Second.SILENT, 0.99, False),
        ("7.2", Second.SILENT, 0.99, False),
        ("7.1", Second.DIFFERS, 0.99, False),
        ("7.1", Second.SILENT, 0.9, False),
    ],
)
def test_a_clear_demand_that_one_engine_read_is_settled_where_rounding_gives_it_and_no_other(
    demand, second, confidence, settled
):
    """5.9 × 1.2 = 7.08."""
    doubtful = amount(demand, "unsure").model_copy(update={"second": second, "confidence": confidence})
    (read,) = vouch([form("5.9", demand).model_copy(update={"demand": {Metal.PB: doubtful}})])
    assert read.demand[Metal.PB].certain is settled


def test_a_demand_that_does_not_follow_from_the_ratio_stays_in_doubt():
    (read,) = vouch([form("37.5", "46.0", "demand")])
    assert read.demand[Metal.PB].status is Status.UNSURE


@pytest.mark.parametrize(
    ("demand", "unsure", "why", "settled"),
    [
        ("45.0", (), "识读置信度低（0.53）", True),
        ("37.5", (), "识读置信度低（0.53）", False),
        ("45.0", ("demand",), "识读置信度低（0.53）", False),
        ("45.0", (), "替代比例的写法存疑", False),
    ],
)
def test_a_ratio_read_unsurely_is_settled_by_figures_that_were_read_for_sure(demand, unsure, why, settled):
    doubtful = Field(value=Decimal("1.2"), status="unsure", why=why)
    (read,) = vouch([form("37.5", demand, *unsure).model_copy(update={"ratio": doubtful})])
    assert read.ratio.certain is settled


@pytest.mark.parametrize(("new", "demand", "settled"), [("37.4", "44.9", True), ("0.8", "1.0", False)])
def test_a_ratio_is_settled_by_figures_rounded_to_their_last_place_where_no_other_ratio_gives_them(
    new, demand, settled
):
    doubtful = Field(value=Decimal("1.2"), status="unsure", why="识读置信度低（0.41）")
    (read,) = vouch([form(new, demand).model_copy(update={"ratio": doubtful})])
    assert read.ratio.certain is settled


@pytest.mark.parametrize(("why", "settled"), [("单个笔画，可能是“/”", True), ("识读置信度低（0.53）", False)])
def test_a_demand_of_one_stroke_is_no_blank_where_the_ratio_gives_it_but_for_rounding(why, settled):
    stroke = amount("1.0", "unsure").model_copy(update={"why": why})
    (read,) = vouch([form("0.8", "1.0").model_copy(update={"demand": {Metal.PB: stroke}})])
    assert read.demand[Metal.PB].certain is settled


def test_a_net_emission_of_doubtful_figures_is_settled_by_the_form():
    _, read = vouch([form("37.5", "45.0"), table("37.5", "unsure")])
    assert read.net_new[Metal.PB].certain


@pytest.mark.parametrize("more", [{"metal_status": "unsure"}, {"doubt": "未见废水或废气部分，表格可能不全"}])
def test_a_net_emission_whose_rows_are_in_doubt_is_settled_by_nothing(more):
    _, read = vouch([form("37.5", "45.0"), table("37.5", "unsure", **more)])
    assert read.net_new[Metal.PB].status is Status.UNSURE
