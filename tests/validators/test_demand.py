"""DEM rules: the buyer's form against the EIA table, and the table's own arithmetic."""

from decimal import Decimal

import pytest

from domain.document import Document
from domain.field import Field
from domain.finding import Outcome
from domain.quantity import Metal, Unit
from extractors.documents.business_licence import BusinessLicence
from extractors.documents.demand_form import DemandForm, OtherMetal
from extractors.documents.eia_table import EiaRow, EiaTable
from tests.validators.deals import EIA, ROWS, SHEET, eia_row
from tests.validators.papers import Case, kilograms, printed, sure, unsure

RULES = ("DEM-001", "DEM-002", "DEM-003", "DEM-004", "DEM-005", "DEM-006")


def form(case: Case, **changes: object) -> Case:
    return case.change(DemandForm, None, **changes)


def table(case: Case, **changes: object) -> Case:
    return case.change(EiaTable, None, **changes)


def report(case: Case, *rows: EiaRow) -> Case:
    return table(case, rows=rows)


def sheet(case: Case, *rows: EiaRow) -> Case:
    return table(case, rows=rows, form=sure("form", 3))


@pytest.mark.parametrize("code", RULES)
def test_every_rule_on_demand_passes_the_clean_buyer(buyer: Case, code: str) -> None:
    assert buyer.outcomes(code) == {Outcome.PASSED}


@pytest.mark.parametrize("code", RULES)
def test_no_rule_on_demand_concerns_a_seller(clean: Case, code: str) -> None:
    assert clean.outcomes(code) == {Outcome.NOT_APPLICABLE}


@pytest.mark.parametrize("kind", [DemandForm, EiaTable])
def test_without_form_or_table_no_rule_on_demand_passes(buyer: Case, kind: type[Document]) -> None:
    wanting = ("DEM-002", "DEM-005", "DEM-006")
    assert all(buyer.without(kind).outcomes(code) <= {Outcome.UNSURE} for code in wanting)


def test_dem_001_names_row_medium_and_both_figures(buyer: Case) -> None:
    case = report(buyer, eia_row("铅及其化合物", "0.0860 0 0.0300 — 0.0300 0.1260 0.0000"), ROWS[1])
    message = case.failed("DEM-001").message
    assert "“预测排放总量（废气铅及其化合物）”为126 kg/a（原文0.1260 t/a）" in message
    assert "按“现有工程实际排放量－以新带老削减量＋本工程排放量”计算为116 kg/a（86－0＋30）" in message
    assert "相差10 kg/a" in message


def test_dem_001_takes_the_permitted_emission_where_there_is_one(buyer: Case) -> None:
    assert report(buyer, eia_row("总铅", "0.0120 0.0150 0.0075 — — 0.0225 0.0075")).outcomes("DEM-001") == {
        Outcome.PASSED
    }
    wrong = report(buyer, eia_row("总铅", "0.0120 0.0150 0.0075 — — 0.0195 0.0075"))
    assert "现有工程许可排放量" in wrong.failed("DEM-001").message


def test_dem_001_holds_a_form_to_its_own_identities(buyer: Case) -> None:
    right = eia_row("总铅", "0.0120 0.0500 0.0010 0.0075 0.0005 0.0200 0.0080", columns=SHEET)
    assert sheet(buyer, right).outcomes("DEM-001") == {Outcome.PASSED}
    assert report(buyer, eia_row("总铅", "0.0120 0.0500 0.0010 0.0075 0.0005 0.0200 0.0080")).failed("DEM-001")
    wrong = eia_row("总铅", "0.0120 0.0500 0.0010 0.0075 0.0005 0.0200 0.0200", columns=SHEET)
    assert "“排放增减量（废水总铅）”为20 kg/a" in sheet(buyer, wrong).failed("DEM-001").message


def test_dem_001_counts_blanks_as_nothing_and_checks_only_printed_results(buyer: Case) -> None:
    assert report(buyer, eia_row("总铅", "— — 0.0075 — — — —")).outcomes("DEM-001") == {Outcome.PASSED}
    assert report(buyer, eia_row("总铅", "— — 0.0075 — — 0.0075 0.0075")).outcomes("DEM-001") == {Outcome.PASSED}


def test_dem_001_knows_that_a_replacement_brings_the_change_to_nothing(buyer: Case) -> None:
    assert report(buyer, eia_row("总铅", "— — 0.0375 — 0.0375 0.0375 0")).outcomes("DEM-001") == {Outcome.PASSED}


def test_dem_001_adds_up_what_each_columns_digits_leave_open(buyer: Case) -> None:
    rounded = "0.012 0 0.008 0 0.007 0.020 0.000"  # ± 0.5 kg each
    assert report(buyer, eia_row("总铅", rounded)).outcomes("DEM-001") == {Outcome.PASSED}
    assert report(buyer, eia_row("总铅", "0.0120 0 0.0080 0 0.0070 0.0203 0.0010")).failed("DEM-001")


def test_dem_001_is_unsure_of_an_unsure_cell_of_the_form_and_of_no_rows(buyer: Case) -> None:
    row = ROWS[1].model_copy(update={"this_project": unsure(Decimal("7.5"), 3)})
    assert "本工程排放量（废水总铅）”读数不确定" in report(buyer, ROWS[0], row).doubted("DEM-001").message
    assert table(buyer, form=Field()).doubted("DEM-001")
    assert "未读到重金属的排放量" in report(buyer).doubted("DEM-001").message


def test_dem_001_does_not_take_an_unread_cell_for_an_absent_column(buyer: Case) -> None:
    row = ROWS[1].model_copy(update={"this_project": Field()})
    assert report(buyer, ROWS[0], row).doubted("DEM-001")


def test_dem_001_also_adds_up_the_rows_of_metals_that_are_not_traded(buyer: Case) -> None:
    assert report(buyer, *ROWS, eia_row("总锑", "0.100 0 0.100 0 0 0.500 0.100", metal=None)).failed("DEM-001")


def test_dem_002_shows_both_figures_and_the_power_of_ten(buyer: Case) -> None:
    thousand = table(buyer, net_new={Metal.PB: printed("37.5", Unit.TONNE, 3)})
    message = thousand.failed("DEM-002").message
    assert "“新增排放量（铅）”为37.5 kg/a" in message
    assert "净新增排放量（本工程减以新带老）（铅）”为37500 kg/a" in message
    assert "相差1000倍，疑似单位或小数点错误" in message


def test_dem_002_is_unsure_where_form_or_table_is(buyer: Case) -> None:
    assert form(buyer, new_emission={Metal.PB: unsure(Decimal("37.5"))}).doubted("DEM-002")
    assert table(buyer, net_new={Metal.PB: unsure(Decimal("37.5"))}).doubted("DEM-002")
    assert table(buyer, net_new={}, rows=()).doubted("DEM-002")


def test_dem_002_takes_a_metal_without_row_for_nothing_only_if_all_names_are_certain(buyer: Case) -> None:
    case = form(buyer, new_emission=kilograms("37.5") | kilograms("2.0", Metal.AS))
    failed = case.failed("DEM-002")
    assert failed.subject == "As" and "没有砷的新增排放量" in failed.message
    damaged = eia_row("石申", "— — 0.0020 — — 0.0020 0.0020").model_copy(update={"metal": unsure(None, 3)})
    assert table(case, rows=(*ROWS, damaged)).doubted("DEM-002").subject == "As"


def test_dem_002_wants_every_new_emission_of_the_table_on_the_form(buyer: Case) -> None:
    more = table(buyer, net_new=dict(EIA.net_new) | {Metal.CD: printed("0.002", Unit.TONNE, 3)})
    assert more.doubted("DEM-002").subject == "Cd"
    blank = form(more, new_emission=kilograms("37.5") | {Metal.CD: sure(None, raw="/")})
    assert "（未填写）为0 kg/a" in blank.failed("DEM-002").message
    less = table(buyer, net_new=dict(EIA.net_new) | {Metal.CD: printed("-0.002", Unit.TONNE, 3)})
    assert Outcome.UNSURE not in less.outcomes("DEM-002")


def test_dem_003_names_place_ratio_and_both_figures(buyer: Case) -> None:
    message = form(buyer, demand=kilograms("37.5")).failed("DEM-003").message
    assert "应替代的排放量为45 kg/a" in message and "铜仁市万山区应执行1.2:1" in message
    assert "“需求量（铅）”的37.5 kg/a（相差7.5 kg/a）" in message


def test_dem_003_says_that_the_printed_ratio_is_too_low(buyer: Case) -> None:
    case = form(buyer, demand=kilograms("37.5"), ratio=sure(Decimal(1), raw="1:1"))
    assert "表列替代比例1:1低于该比例" in case.failed("DEM-003").message


def test_dem_003_holds_the_form_to_a_higher_ratio_of_its_own(buyer: Case) -> None:
    case = form(buyer, county=sure("贵阳市修文县"), ratio=sure(Decimal("1.5")))
    assert "“替代比例”为1.5:1" in case.failed("DEM-003").message
    assert form(buyer, county=sure("贵阳市修文县"), ratio=Field()).outcomes("DEM-003") == {Outcome.PASSED}


def test_dem_003_finds_a_ratio_used_as_divisor(buyer: Case) -> None:
    assert form(buyer, demand=kilograms("31.25")).failed("DEM-003")


def test_dem_003_is_unsure_of_an_unknown_place_but_not_of_what_is_short_anyway(buyer: Case) -> None:
    away = form(buyer, county=sure("工业园区"))
    assert "不能确定所在县" in away.doubted("DEM-003").message
    assert form(away, demand=kilograms("37.5")).failed("DEM-003")
    assert form(buyer, county=unsure("铜仁市万山区")).doubted("DEM-003")


def test_dem_003_takes_a_blank_demand_for_none(buyer: Case) -> None:
    assert "（未填写）的0 kg/a" in form(buyer, demand={Metal.PB: sure(None, raw="/")}).failed("DEM-003").message
    assert form(buyer, demand={}).doubted("DEM-003")


def test_dem_003_doubts_a_demand_far_above_what_is_due(buyer: Case) -> None:
    message = form(buyer, demand=kilograms("60.0")).doubted("DEM-003").message
    assert "“需求量（铅）”为60 kg/a，大于应替代的排放量为45 kg/a" in message and "相差15 kg/a" in message
    assert form(buyer, demand=kilograms("47.3")).outcomes("DEM-003") == {Outcome.PASSED}  # something to spare
    own = form(buyer, demand=kilograms("56.3"), ratio=sure(Decimal("1.5")))
    assert own.outcomes("DEM-003") == {Outcome.PASSED}


@pytest.mark.parametrize("times", [10, 100, 1000])
def test_dem_003_fails_a_demand_a_power_of_ten_too_large(buyer: Case, times: int) -> None:
    message = form(buyer, demand=kilograms(str(45 * times))).failed("DEM-003").message
    assert f"的{times}倍，疑似单位或小数点错误" in message
    tonnes = {Metal.PB: printed("45.0", Unit.TONNE)}
    assert "的1000倍" in form(buyer, demand=tonnes).failed("DEM-003").message


def test_dem_003_fails_a_demand_for_a_metal_that_is_not_emitted(buyer: Case) -> None:
    more = form(buyer, demand=kilograms("45.0") | kilograms("3.0", Metal.CD))
    finding = more.failed("DEM-003")
    assert finding.subject == "Cd" and "没有镉的新增排放量" in finding.message and "3 kg/a" in finding.message


def test_dem_003_doubts_it_where_the_eia_was_not_read_or_says_otherwise(buyer: Case) -> None:
    more = form(buyer, demand=kilograms("45.0") | kilograms("3.0", Metal.CD))
    assert more.without(EiaTable).doubted("DEM-003")
    assert table(more, net_new=dict(EIA.net_new) | {Metal.CD: unsure(Decimal(2), 3)}).doubted("DEM-003")
    assert table(more, net_new=dict(EIA.net_new) | {Metal.CD: printed("0.002", Unit.TONNE, 3)}).doubted("DEM-003")
    unread = form(buyer, demand=kilograms("45.0") | {Metal.CD: unsure(Decimal(3))})
    assert unread.doubted("DEM-003")


@pytest.mark.parametrize("word", ["新建", "改建", "扩建", "改扩建", "迁建", "新建（迁建）", "扩建及技术改造"])
def test_dem_004_knows_what_counts_as_building(buyer: Case, word: str) -> None:
    assert form(buyer, construction=sure(word)).outcomes("DEM-004") == {Outcome.PASSED}


def test_dem_004_names_what_is_out_of_scope(buyer: Case) -> None:
    case = form(buyer, construction=sure("技术改造"), industry=sure("水泥制造"))
    message = case.failed("DEM-004").message
    assert "“技术改造”，不属于新建、改建、扩建" in message and "“水泥制造”，不属于指南所列六个重点行业" in message


def test_dem_004_is_unsure_of_a_wider_class_and_of_what_was_not_read(buyer: Case) -> None:
    assert "只有一部分属于" in form(buyer, industry=sure("无机盐制造")).doubted("DEM-004").message
    assert form(buyer, construction=Field()).doubted("DEM-004")
    assert form(buyer, industry=unsure("铅锌冶炼")).doubted("DEM-004")


def test_dem_005_folds_brackets_and_quotation_marks_only(buyer: Case) -> None:
    other = table(buyer, builder=sure("铜仁冶炼有限公司", 3)).failed("DEM-005").message
    assert "环评排放量汇总表第3页“建设单位”为“铜仁冶炼有限公司”" in other
    assert "“建设项目名称”为“年产3万吨电铅扩建项目”" in (
        table(buyer, project=sure("年产3万吨电铅扩建项目", 3)).failed("DEM-005").message
    )


def test_dem_005_is_unsure_of_an_unread_builder(buyer: Case) -> None:
    assert table(buyer, builder=unsure("铜仁(贵州)冶炼有限公司", 3)).doubted("DEM-005")


def test_dem_006_accepts_the_offset_before_and_after_the_ratio(buyer: Case) -> None:
    after = [row.model_copy(update={"regional_offset": printed(n, Unit.TONNE, 3)})
             for row, n in zip(ROWS, ("0.0360", "0.0090"), strict=True)]  # fmt: skip
    assert table(buyer, rows=tuple(after)).outcomes("DEM-006") == {Outcome.PASSED}


def test_dem_006_shows_an_offset_that_is_neither(buyer: Case) -> None:
    less = ROWS[0].model_copy(update={"regional_offset": printed("0.0100", Unit.TONNE, 3)})
    message = table(buyer, rows=(less, ROWS[1])).failed("DEM-006").message
    assert "“区域平衡替代本工程削减量（铅）”合计为17.5 kg/a" in message and "“需求量（铅）”为45 kg/a" in message


def test_dem_006_concerns_only_tables_that_give_one(buyer: Case) -> None:
    none = [row.model_copy(update={"regional_offset": sure(None, 3, "—")}) for row in ROWS]
    assert table(buyer, rows=tuple(none)).outcomes("DEM-006") == {Outcome.NOT_APPLICABLE}
    lost = ROWS[0].model_copy(update={"regional_offset": unsure(Decimal(30), 3)})
    assert table(buyer, rows=(lost, ROWS[1])).doubted("DEM-006")


def test_a_buyers_identity_is_checked_like_a_sellers(buyer: Case) -> None:
    for code in ("IDN-001", "IDN-002", "IDN-003", "IDN-006", "IMG-001", "DOC-001", "DOC-005"):
        assert buyer.outcomes(code) == {Outcome.PASSED}, code
    assert form(buyer, uscc=sure("91522200MA6HFAKE4P")).failed("IDN-002")
    assert buyer.change(BusinessLicence, None, name=sure("别家公司", 2)).failed("IDN-003")
    assert buyer.page(3, colour=False).failed("IMG-001").subject == "eia_table"


def test_idn_007_leaves_a_buyers_industry_to_dem_004(buyer: Case) -> None:
    assert buyer.outcomes("IDN-007") == {Outcome.NOT_APPLICABLE}


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6, 7])
def test_the_rules_on_offers_do_not_concern_a_buyer(buyer: Case, number: int) -> None:
    assert buyer.outcomes(f"QTY-{number:03d}") == {Outcome.NOT_APPLICABLE}


def test_qty_009_forbids_a_buyer_other_metals(buyer: Case) -> None:
    assert buyer.outcomes("QTY-009") == {Outcome.PASSED}
    antimony = OtherMetal(name=sure("锑"), demand=printed("12.0"))
    finding = form(buyer, other_metals=(antimony,)).failed("QTY-009")
    assert finding.subject == "demand_form" and "“需求量（锑）”为12 kg/a，“锑”不属于" in finding.message
    idle = OtherMetal(name=sure("锑"), demand=sure(None, raw="/"))
    assert form(buyer, other_metals=(idle,)).outcomes("QTY-009") == {Outcome.PASSED}


def test_qty_009_never_drops_a_buyers_metal_that_it_cannot_read(buyer: Case) -> None:
    for damaged in (OtherMetal(name=unsure("络"), demand=printed("12.0")),
                    OtherMetal(name=sure("锑"), demand=unsure(Decimal(12)))):  # fmt: skip
        assert form(buyer, other_metals=(damaged,)).doubted("QTY-009")


def test_a_doubtful_figure_of_the_plant_as_it_stands_holds_no_case(buyer: Case) -> None:
    blurred = ROWS[0].model_copy(update={"existing_actual": unsure(Decimal("2.7"))})
    assert report(buyer, blurred, *ROWS[1:]).outcomes("QTY-010") == {Outcome.PASSED}
    blurred = ROWS[0].model_copy(update={"this_project": unsure(Decimal("2.7"))})
    assert report(buyer, blurred, *ROWS[1:]).doubted("QTY-010")
