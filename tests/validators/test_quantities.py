"""QTY rules: form, permits and statement against each other."""

from decimal import Decimal
from typing import Any

import pytest

from domain.document import Version
from domain.dossier import Kind
from domain.field import Field, Status
from domain.finding import Outcome
from domain.quantity import Metal, Printed, Unit
from extractors.documents.permit_copy import PermitCopy
from extractors.documents.supply_form import OtherMetal
from tests.validators.papers import COPIES, Case, kilograms, limit, printed, sure, unsure

RULES = ("QTY-001", "QTY-002", "QTY-003", "QTY-004", "QTY-005", "QTY-006", "QTY-007", "QTY-009", "QTY-010")
BEFORE, AFTER = Version
PB, AS = Metal.PB, Metal.AS
SHARED = ("base", "reduction", "task", "surplus", "offered")
BLANK = sure(None, 1, "/")


def doubtful(number: str) -> dict[Metal, Field[Any]]:
    return {PB: unsure(Decimal(number))}


@pytest.mark.parametrize("code", RULES)
def test_every_quantity_rule_passes_the_clean_package(clean: Case, code: str) -> None:
    assert clean.outcomes(code) == {Outcome.PASSED}
    assert all(finding.evidence for finding in clean.findings(code))


def test_qty_001_says_that_a_decimal_point_was_lost(clean: Case) -> None:
    finding = clean.copy(BEFORE, totals={PB: printed("1.325", Unit.TONNE, 5)}).failed("QTY-001")
    assert finding.message == (
        "供需信息表第1页“变更前排污许可总量（铅）”为132.5 kg/a，"
        "变更前排污许可证副本第5页“各主要排放口及车间排放口许可量合计（铅）”为1325 kg/a，"
        "二者不一致（相差10倍，疑似单位或小数点错误）"
    )
    assert finding.subject == "Pb"
    assert [(e.document, e.page, e.value, e.unit) for e in finding.evidence] == [
        ("supply_form", 1, "132.5", "kg/a"),
        ("permit_copy", 5, "1325", "kg/a"),
    ]
    assert all(e.box for e in finding.evidence)


def test_qty_001_says_by_how_much_figures_differ(clean: Case) -> None:
    finding = clean.form(permit_before=kilograms("142.5")).failed("QTY-001")
    assert "142.5 kg/a" in finding.message and "132.5 kg/a" in finding.message and "相差10 kg/a" in finding.message


def test_qty_001_shows_how_a_figure_in_tonnes_is_printed(clean: Case) -> None:
    in_tonnes = {PB: printed("132.5", Unit.TONNE)}
    message = clean.form(permit_before=in_tonnes).failed("QTY-001").message
    assert "为132500 kg/a（原文132.5 t/a）" in message and "相差1000倍" in message
    right = {PB: printed("0.1325", Unit.TONNE)}
    assert clean.form(permit_before=right).outcomes("QTY-001") == {Outcome.PASSED}


def test_qty_001_allows_for_what_the_printed_digits_leave_open(clean: Case) -> None:
    assert clean.form(permit_before=kilograms("132.7")).outcomes("QTY-001") == {Outcome.PASSED}
    assert clean.form(permit_before=kilograms("132.8")).failed("QTY-001")


def test_qty_001_is_unsure_of_uncertain_or_missing_figures(clean: Case) -> None:
    assert "读数不确定" in clean.form(permit_before=doubtful("132.5")).doubted("QTY-001").message
    assert "未读到“变更前排污许可总量（铅）”" in clean.form(permit_before={}).doubted("QTY-001").message
    assert clean.copy(BEFORE, totals=doubtful("132.5")).doubted("QTY-001")
    assert clean.copy(BEFORE, totals={}, limits=()).doubted("QTY-001")


def test_qty_001_is_unsure_without_the_permit(clean: Case) -> None:
    finding = clean.without(PermitCopy, BEFORE).doubted("QTY-001")
    assert finding.message == "缺少变更前排污许可证副本，无法核对“变更前许可总量与副本相符”"


def test_qty_001_counts_a_metal_without_rows_as_nothing(clean: Case) -> None:
    case = clean.form(permit_before=kilograms("132.5") | kilograms("3", AS))
    assert "变更前排污许可证副本没有砷的限值，年许可排放量为0 kg/a" in case.failed("QTY-001").message
    strange = limit("DW001", "总石申", "0.0030", 5, metal=unsure(AS, 5))
    assert case.copy(BEFORE, limits=(*COPIES[0].limits, strange)).doubted("QTY-001").subject == "As"


def test_qty_rules_leave_metals_alone_that_the_form_does_not_deal_with(clean: Case) -> None:
    permits = clean.copy(BEFORE, totals=COPIES[0].totals | {AS: printed("0.0300", Unit.TONNE, 5)})
    blank = permits.form(offered=kilograms("45.0") | {AS: BLANK}, task=kilograms("6.6") | {AS: sure(Decimal(0))})
    for case in (permits, blank):
        for code in ("QTY-001", "QTY-003", "QTY-004", "QTY-005", "QTY-006", "QTY-007"):
            outcomes = {f.subject: f.outcome for f in case.findings(code)}
            assert outcomes == {"Pb": Outcome.PASSED, "As": Outcome.NOT_APPLICABLE}


def test_qty_rules_are_unsure_of_a_form_on_which_nothing_was_read(clean: Case) -> None:
    empty = clean.form(**{key: {} for key in SHARED})
    for code in ("QTY-003", "QTY-004", "QTY-005", "QTY-006", "QTY-007"):
        assert empty.outcomes(code) == {Outcome.UNSURE}


def test_qty_rules_are_unsure_where_no_metal_was_read_at_all(clean: Case) -> None:
    case = clean.form(**{key: {} for key in (*SHARED, "permit_before", "permit_after")})
    case = case.statement(**{key: {} for key in (*SHARED, "inventory")})
    case = case.change(PermitCopy, None, totals={}, limits=())
    assert "未读到任何重金属的数量" in case.doubted("QTY-003").message


def test_qty_002_shows_both_figures(clean: Case) -> None:
    finding = clean.form(permit_after=kilograms("89.5")).failed("QTY-002")
    assert "89.5 kg/a" in finding.message and "79.5 kg/a" in finding.message
    assert [e.version for e in finding.evidence] == [None, "after"]
    assert clean.copy(AFTER, totals=doubtful("79.5")).doubted("QTY-002")


def test_qty_002_accepts_a_metal_given_up_altogether(clean: Case) -> None:
    without_lead = tuple(row for row in COPIES[1].limits if row.metal.value is None)
    given_up = clean.copy(AFTER, totals={}, limits=without_lead).form(permit_after=kilograms("0"))
    assert given_up.outcomes("QTY-002") == {Outcome.PASSED}


def test_qty_003_shows_the_cut_and_both_totals(clean: Case) -> None:
    finding = clean.copy(AFTER, totals={PB: printed("0.0895", Unit.TONNE, 6)}).failed("QTY-003")
    assert "“拟出让量（铅）”为45 kg/a，大于许可削减量的43 kg/a" in finding.message
    assert "132.5 kg/a" in finding.message and "89.5 kg/a" in finding.message and "相差2 kg/a" in finding.message
    assert len(finding.evidence) == 3


def test_qty_003_is_unsure_of_an_uncertain_offer(clean: Case) -> None:
    assert clean.form(offered=doubtful("45.0")).doubted("QTY-003")
    assert clean.copy(AFTER, totals=doubtful("79.5")).doubted("QTY-003")


def test_qty_004_wants_the_task_deducted(clean: Case) -> None:
    finding = clean.form(surplus=kilograms("53.0")).failed("QTY-004")
    assert "“富余排放量（铅）”为53 kg/a" in finding.message and "工程削减量减去减排任务为46.4 kg/a" in finding.message


def test_qty_004_wants_the_reduction_below_the_base(clean: Case) -> None:
    finding = clean.form(base=kilograms("50.0")).failed("QTY-004")
    assert "“工程削减量（铅）”为53 kg/a，大于供需信息表第1页“基础排放量（铅）”的50 kg/a" in finding.message


def test_qty_004_takes_an_empty_task_for_none(clean: Case) -> None:
    case = clean.form(task={PB: BLANK}, surplus=kilograms("53.0"))
    assert case.outcomes("QTY-004") == {Outcome.PASSED}
    assert clean.form(task={}, surplus=kilograms("53.0")).outcomes("QTY-004") == {Outcome.PASSED}


def test_qty_004_does_not_object_over_a_task_that_may_not_have_been_read(clean: Case) -> None:
    assert clean.form(task={PB: Field(status=Status.MISSING)}).doubted("QTY-004")
    assert "未读到“减排任务（铅）”" in clean.form(task={}).doubted("QTY-004").message
    assert "减排任务（铅）”（未填写）为0 kg/a" in clean.form(task={PB: BLANK}).failed("QTY-004").message


def test_qty_004_tells_a_sure_fault_although_another_figure_is_uncertain(clean: Case) -> None:
    assert clean.form(base=doubtful("120.0")).doubted("QTY-004")
    assert clean.form(base=doubtful("120.0"), surplus=kilograms("53.0")).failed("QTY-004")


def test_qty_005_forbids_offering_more_than_the_surplus(clean: Case) -> None:
    finding = clean.form(offered=kilograms("48.0")).failed("QTY-005")
    assert "48 kg/a，大于" in finding.message and "46.4 kg/a" in finding.message
    assert clean.form(surplus=doubtful("46.4")).doubted("QTY-005")


def test_qty_006_finds_kilograms_written_as_tonnes(clean: Case) -> None:
    finding = clean.statement(offered={PB: printed("45.0", Unit.TONNE, 7)}).failed("QTY-006")
    assert "45 kg/a" in finding.message and "45000 kg/a（原文45.0 t/a）" in finding.message
    assert "相差1000倍，疑似单位或小数点错误" in finding.message
    assert [e.document for e in finding.evidence] == ["supply_form", "surplus_statement"]


def test_qty_006_finds_a_metal_that_one_paper_leaves_out(clean: Case) -> None:
    finding = clean.statement(offered=kilograms("45.0", page=7) | kilograms("3.0", AS, 7)).failed("QTY-006")
    assert finding.subject == "As"
    assert "“拟出让量（砷）”为3 kg/a，而供需信息表没有砷的数据" in finding.message


def test_qty_006_is_unsure_of_figures_on_one_paper_only(clean: Case) -> None:
    assert "核算说明未读到“减排任务（铅）”" in clean.statement(task={}).doubted("QTY-006").message
    assert clean.statement(base=doubtful("120.0")).doubted("QTY-006")
    unread = clean.form(other_metals=(OtherMetal(name=unsure("石申")),))
    assert unread.statement(offered=kilograms("45.0") | kilograms("3.0", AS)).doubted("QTY-006").subject == "As"


def test_qty_007_compares_the_reduction_with_the_permits(clean: Case) -> None:
    finding = clean.form(reduction=kilograms("60.0")).failed("QTY-007")
    assert "60 kg/a" in finding.message and "许可削减量为53 kg/a" in finding.message
    assert finding.severity == "R"
    assert clean.form(reduction=doubtful("53.0")).doubted("QTY-007")


def test_qty_009_forbids_other_metals(clean: Case) -> None:
    antimony = OtherMetal(name=sure("锑"), offered=printed("12.0"))
    finding = clean.form(other_metals=(antimony,)).failed("QTY-009")
    assert "“拟出让量（锑）”为12 kg/a，“锑”不属于铅、汞、镉、铬、砷五种可交易重金属" in finding.message
    assert [e.field for e in finding.evidence] == ["other_metals[0].name", "other_metals[0].offered"]


def test_qty_009_never_drops_a_name_it_cannot_read(clean: Case) -> None:
    damaged = OtherMetal(name=unsure("络"), offered=printed("12.0"))
    assert "“重金属种类”读数不确定" in clean.form(other_metals=(damaged,)).doubted("QTY-009").message
    smudged = OtherMetal(name=sure("锑"), offered=unsure(Decimal(12)))
    assert clean.form(other_metals=(smudged,)).doubted("QTY-009")


def test_qty_009_minds_no_row_that_offers_nothing(clean: Case) -> None:
    idle = (OtherMetal(name=sure("锑"), offered=BLANK), OtherMetal(name=sure("铊"), offered=printed("0")))
    assert clean.form(other_metals=idle).outcomes("QTY-009") == {Outcome.PASSED}


def test_qty_010_forbids_negative_quantities(clean: Case) -> None:
    assert "为-6.6 kg/a，数量不应为负" in clean.form(task=kilograms("-6.6")).failed("QTY-010").message
    negative = limit("DA001", "铅及其化合物", "-0.0512", 6)
    assert clean.copy(AFTER, limits=(negative,)).failed("QTY-010").subject == "permit_copy/after"


def test_qty_010_wants_a_known_unit(clean: Case) -> None:
    bare = sure(Decimal("45.0"), raw="45.0", printed=Printed(number="45.0", unit=None, half_step=Decimal("0.05")))
    assert "“拟出让量（铅）”印为45.0，没有可识别的计量单位" in clean.form(offered={PB: bare}).failed("QTY-010").message
    assert clean.form(offered=doubtful("45.0")).doubted("QTY-010").subject == "supply_form"


def test_qty_010_tells_a_strange_unit_from_a_blurred_one(clean: Case) -> None:
    mark = Printed(number="45.0", unit=None, half_step=Decimal("0.05"))
    strange = unsure(Decimal("45.0"), why="未找到计量单位").model_copy(update={"printed": mark, "confidence": 0.98})
    assert clean.form(base={PB: strange}).failed("QTY-010")
    blurred = strange.model_copy(update={"confidence": 0.6})
    assert clean.form(base={PB: blurred}).doubted("QTY-010")


def test_qty_010_leaves_later_years_alone_that_were_not_read(clean: Case) -> None:
    first, blurred = limit("DA001", "铅及其化合物", "0.0512", 6).annual[0], unsure(Decimal("0.0512"), 6)
    later = limit("DA001", "铅及其化合物", "0.0512", 6, annual=(first, *(blurred,) * 4))
    assert clean.copy(AFTER, limits=(later,)).outcomes("QTY-010") == {Outcome.PASSED}
    sooner = limit("DA001", "铅及其化合物", "0.0512", 6, annual=(blurred,) * 5)
    assert clean.copy(AFTER, limits=(sooner,)).doubted("QTY-010")


def test_a_figure_without_a_unit_is_compared_with_nothing(clean: Case) -> None:
    bare = sure(Decimal("45.0"), printed=Printed(number="45.0", unit=None, half_step=Decimal("0.05")))
    assert "没有可识别的计量单位" in clean.form(offered={PB: bare}).doubted("QTY-003").message


def test_quantity_rules_do_not_concern_a_buyers_package(clean: Case) -> None:
    buyer = clean.with_(kind=Kind.DEMAND, documents=())
    for code in set(RULES) - {"QTY-009", "QTY-010"}:
        assert buyer.outcomes(code) == {Outcome.NOT_APPLICABLE}


def test_qty_010_is_unsure_of_a_unit_on_a_coarse_page(clean: Case) -> None:
    bare = sure(Decimal("45.0"), raw="45.0", printed=Printed(number="45.0", unit=None, half_step=Decimal("0.05")))
    case = clean.form(offered={PB: bare})
    number = case.failed("QTY-010").evidence[0].page
    assert number is not None
    assert case.page(number, dpi=150.0).doubted("QTY-010")


def test_qty_010_is_unsure_of_a_unit_with_figures_of_a_watermark_in_it(clean: Case) -> None:
    mark = Printed(number="46.173", unit=None, half_step=Decimal("0.0005"))
    for raw, found in (("46.173千克/46.年", "doubted"), ("46.173桶/年", "failed")):
        bare = sure(Decimal("46.173"), raw=raw, printed=mark)
        assert getattr(clean.form(base={PB: bare}), found)("QTY-010")
