"""PER rules: the two permits against each other and inside."""

from datetime import date
from decimal import Decimal

import pytest

from domain.document import Version
from domain.field import Field, Status
from domain.finding import Outcome
from domain.quantity import Metal
from extractors.documents.permit_certificate import PermitCertificate
from extractors.documents.permit_copy import PermitCopy
from extractors.documents.surplus_statement import SurplusStatement
from tests.validators.papers import CODE, COPIES, Case, limit, rows, subtotal, sure, unsure

RULES = ("PER-001", "PER-002", "PER-003", "PER-004", "PER-005", "PER-006")
BEFORE, AFTER = Version


@pytest.mark.parametrize("code", RULES)
def test_every_permit_rule_passes_the_clean_package(clean: Case, code: str) -> None:
    assert clean.outcomes(code) == {Outcome.PASSED}
    assert all(finding.evidence for finding in clean.findings(code))


def test_per_001_shows_both_numbers(clean: Case) -> None:
    finding = clean.copy(AFTER, number=sure(f"{CODE}002P", 6)).failed("PER-001")
    assert finding.subject == "after"
    assert finding.message == (
        f"变更后排污许可证正本第4页“证书编号”为“{CODE}001P”，变更后排污许可证副本第6页“证书编号”为“{CODE}002P”，二者不一致"
    )
    assert [(e.document, e.page) for e in finding.evidence] == [("permit_certificate", 4), ("permit_copy", 6)]


def test_per_001_compares_the_end_of_validity(clean: Case) -> None:
    finding = clean.certificate(BEFORE, valid_to=sure(date(2024, 9, 9), 3)).failed("PER-001")
    assert "2024-09-09" in finding.message and "2026-09-09" in finding.message


def test_per_001_is_unsure_of_an_uncertain_date_but_not_blind_to_a_sure_fault(clean: Case) -> None:
    doubtful = clean.certificate(BEFORE, valid_from=unsure(date(2021, 9, 10), 3))
    assert doubtful.doubted("PER-001").subject == "before"
    assert doubtful.certificate(BEFORE, valid_to=sure(date(2024, 9, 9), 3)).failed("PER-001")


def test_per_002_objects_to_the_same_permit_twice(clean: Case) -> None:
    same = clean.certificate(AFTER, issued_on=sure(date(2021, 9, 10), 4))
    finding = same.failed("PER-002")
    assert finding.subject == "permit_certificate"
    assert "二者相同，变更后许可证并未变更" in finding.message and "2021-09-10" in finding.message


def test_per_002_objects_to_reversed_dates(clean: Case) -> None:
    finding = clean.copy(BEFORE, issued_on=sure(date(2025, 1, 1), 5)).failed("PER-002")
    assert "2025-01-01" in finding.message and "2024-06-20" in finding.message and "先后颠倒" in finding.message


def test_per_002_objects_to_another_company(clean: Case) -> None:
    assert "91520500MA6JDEM04B" in clean.copy(AFTER, uscc=sure("91520500MA6JDEM04B", 6)).failed("PER-002").message


def test_per_002_is_unsure_of_an_uncertain_date(clean: Case) -> None:
    alone = clean.copy(AFTER, number=sure(f"{CODE}002P", 6))
    doubted = alone.certificate(AFTER, issued_on=unsure(date(2024, 6, 20), 4)).findings("PER-002")
    assert [f.outcome for f in doubted if f.subject == "permit_certificate"] == [Outcome.UNSURE]


def test_per_002_goes_by_the_other_paper_of_a_permit_where_a_date_is_uncertain(clean: Case) -> None:
    day = unsure(date(2024, 6, 26), 4)
    assert clean.certificate(AFTER, issued_on=day).outcomes("PER-002") == {Outcome.PASSED}
    against = day.model_copy(update={"raw": "2023年07月26日"})
    assert Outcome.UNSURE in clean.certificate(AFTER, issued_on=against).outcomes("PER-002")


def unread(raw: str, page: int) -> Field[date]:
    """A date of which something was read, but no day."""
    return Field[date](raw=raw, page=page, status=Status.UNSURE, confidence=0.4, why="日期无法识读")


def test_per_002_goes_by_the_month_where_the_term_begins_in_it(clean: Case) -> None:
    start = sure(date(2024, 6, 20), 4)
    case = clean.certificate(AFTER, issued_on=unread("2024年06月92日", 4), valid_from=start)
    case = case.copy(AFTER, issued_on=Field[date](), valid_from=sure(date(2024, 6, 1), 6))
    assert [f.outcome for f in case.findings("PER-002") if f.subject == "permit_certificate"] == [Outcome.PASSED]


def test_per_002_is_unsure_of_a_month_that_nothing_bears_out(clean: Case) -> None:
    case = clean.certificate(AFTER, issued_on=unread("2024年08月92日", 4))
    assert case.doubted("PER-002").subject == "permit_certificate"


def test_per_002_is_unsure_where_both_dates_may_lie_in_one_month(clean: Case) -> None:
    first = clean.certificate(BEFORE, issued_on=sure(date(2024, 6, 5), 3))
    case = first.certificate(AFTER, issued_on=unread("2024年06月92日", 4), valid_from=sure(date(2024, 6, 20), 4))
    assert "不能断定先后" in case.doubted("PER-002").message


def test_per_002_takes_the_date_of_the_same_permit_s_other_paper(clean: Case) -> None:
    assert clean.copy(AFTER, issued_on=Field[date]()).outcomes("PER-002") == {Outcome.PASSED}
    start = sure(date(2024, 6, 20), 6)
    month = clean.copy(AFTER, issued_on=unread("2024年06", 6), valid_from=start)
    month = month.certificate(AFTER, issued_on=Field[date](), valid_from=start)
    assert month.outcomes("PER-002") == {Outcome.PASSED}
    other = clean.copy(AFTER, issued_on=Field[date](), number=sure(f"{CODE}002P", 6))
    assert other.doubted("PER-002")


def test_per_002_still_finds_reversed_dates_by_the_other_paper(clean: Case) -> None:
    early = clean.certificate(AFTER, issued_on=sure(date(2020, 1, 1), 4)).copy(AFTER, issued_on=Field[date]())
    assert "先后颠倒" in early.findings("PER-002")[0].message


def test_per_003_tells_when_the_permit_ran_out(clean: Case) -> None:
    late = clean.with_(today=date(2026, 9, 10))
    assert late.outcomes("PER-003") == {Outcome.FAILED}
    assert "为2026-09-09，提交之日2026-09-10已过期" in late.findings("PER-003")[0].message
    assert clean.with_(today=date(2026, 9, 9)).outcomes("PER-003") == {Outcome.PASSED}


def test_per_003_tells_when_the_permit_has_not_begun(clean: Case) -> None:
    assert "尚未生效" in clean.copy(AFTER, valid_from=sure(date(2024, 12, 1), 6)).failed("PER-003").message


def test_per_003_is_unsure_of_an_uncertain_end(clean: Case) -> None:
    assert clean.copy(AFTER, valid_to=unsure(date(2026, 9, 9), 6)).doubted("PER-003").subject == "permit_copy"


def test_per_004_accepts_three_years(clean: Case) -> None:
    three = {"valid_from": sure(date(2020, 8, 13), 3), "valid_to": sure(date(2023, 8, 12), 3)}
    assert clean.certificate(BEFORE, **three).outcomes("PER-004") == {Outcome.PASSED}


def test_per_004_only_notes_other_terms(clean: Case) -> None:
    finding = clean.copy(BEFORE, valid_to=sure(date(2026, 9, 10), 5)).failed("PER-004")
    assert (
        "2021-09-10" in finding.message and "2026-09-10" in finding.message and "不是3年或5年减一日" in finding.message
    )
    assert not finding.holds
    assert clean.copy(BEFORE, valid_to=unsure(date(2026, 9, 9), 5)).doubted("PER-004")


def _loses_dw001(clean: Case) -> Case:
    return clean.copy(AFTER, limits=rows(6, "0.0512", "0.0208", "0.0075")[:-1])


def test_per_005_names_the_outlet_that_is_gone(clean: Case) -> None:
    finding = _loses_dw001(clean).failed("PER-005")
    assert "为“DW001”有重金属限值，变更后副本不再列有DW001" in finding.message
    assert finding.evidence[0].field == "limits[3].outlet_code"


def test_per_005_accepts_an_explained_loss(clean: Case) -> None:
    explained = _loses_dw001(clean).statement(outlets=(sure("DW001", 7),))
    assert explained.outcomes("PER-005") == {Outcome.PASSED}


def test_per_005_is_unsure_while_a_code_could_not_be_read(clean: Case) -> None:
    blurred = limit("DW001", "总铅", "0.0075", 6, outlet_code=unsure("DW00l", 6))
    assert clean.copy(AFTER, limits=(*COPIES[1].limits[:-1], blurred)).doubted("PER-005")
    assert _loses_dw001(clean).statement(outlets=(unsure("DW00l", 7),)).doubted("PER-005")
    assert _loses_dw001(clean).without(SurplusStatement).doubted("PER-005")
    assert clean.copy(AFTER, limits=()).doubted("PER-005")


def test_per_005_is_unsure_whether_the_lost_row_was_a_metal(clean: Case) -> None:
    strange = limit("DW001", "总络", "0.0125", 5, metal=unsure(Metal.CR, 5))
    before = clean.copy(BEFORE, limits=(*COPIES[0].limits[:-1], strange))
    assert _loses_dw001(before).doubted("PER-005")


def test_per_005_does_not_mind_outlets_without_heavy_metals(clean: Case) -> None:
    canteen = limit("DA009", "颗粒物", None, 5)
    assert clean.copy(BEFORE, limits=(*COPIES[0].limits, canteen)).outcomes("PER-005") == {Outcome.PASSED}


def _chromium(clean: Case, hexavalent: str, total: str | None) -> Case:
    outlet = (limit("DW002", "总铬", total, 5), limit("DW002", "六价铬", hexavalent, 5))
    return clean.copy(BEFORE, limits=(*COPIES[0].limits, *outlet))


def test_per_006_objects_to_more_hexavalent_than_total_chromium(clean: Case) -> None:
    finding = _chromium(clean, "0.0080", "0.0050").failed("PER-006")
    assert finding.subject == "permit_copy/before"
    assert (
        "为0.008 t/a" in finding.message
        and "的0.005 t/a" in finding.message
        and "六价铬不应超过总铬" in finding.message
    )


def test_per_006_lets_a_part_be_a_part(clean: Case) -> None:
    assert _chromium(clean, "0.0010", "0.0050").outcomes("PER-006") == {Outcome.PASSED}
    assert _chromium(clean, "0.0010", None).outcomes("PER-006") == {Outcome.PASSED}


def test_per_006_compares_hexavalent_chromium_at_its_own_outlet_only(clean: Case) -> None:
    elsewhere = (limit("DW002", "总铬", "0.0050", 5), limit("DW003", "Cr6+", "0.0080", 5))
    assert clean.copy(BEFORE, limits=(*COPIES[0].limits, *elsewhere)).outcomes("PER-006") == {Outcome.PASSED}


def test_per_006_adds_up_the_rows_of_a_subtotal(clean: Case) -> None:
    finding = clean.copy(BEFORE, subtotals=(subtotal("铅及其化合物", Metal.PB, "0.1325", 5),)).failed("PER-006")
    assert "“合计铅及其化合物第一年许可排放量”为0.1325 t/a，所列各行铅之和为0.12 t/a" in finding.message


def test_per_006_sums_all_outlets_of_a_medium_for_the_whole_plant(clean: Case) -> None:
    plant = subtotal("铅及其化合物", Metal.PB, "0.1200", 5, scope="all")
    assert clean.copy(BEFORE, subtotals=(plant,)).outcomes("PER-006") == {Outcome.PASSED}


def test_per_006_leaves_hexavalent_chromium_out_of_the_sum(clean: Case) -> None:
    case = _chromium(clean, "0.0010", "0.0050")
    water = subtotal("总铬", Metal.CR, "0.0050", 5, medium="water", scope="workshop")
    assert case.copy(BEFORE, subtotals=(water,)).outcomes("PER-006") == {Outcome.PASSED}


def test_per_006_allows_for_what_the_digits_leave_open(clean: Case) -> None:
    rounded = subtotal("铅及其化合物", Metal.PB, "0.12", 5)
    finer = rows(5, "0.0864", "0.0343", "0.0125")
    assert clean.copy(BEFORE, limits=finer, subtotals=(rounded,)).outcomes("PER-006") == {Outcome.PASSED}


def test_per_006_is_unsure_of_uncertain_cells_and_of_names_that_may_belong_to_a_sum(clean: Case) -> None:
    cell = unsure(Decimal("0.0340"), 5)
    blurred = (*COPIES[0].limits[:2], limit("DA002", "铅及其化合物", "0.0340", 5, annual=(cell,) * 5))
    assert clean.copy(BEFORE, limits=blurred).doubted("PER-006")
    unnamed = (*COPIES[0].limits[:2], limit("DA002", "?", "0.0340", 5, metal=unsure(None, 5)))
    assert clean.copy(BEFORE, limits=unnamed).doubted("PER-006")
    assert clean.copy(AFTER, limits=()).doubted("PER-006")


def test_per_006_names_the_row_and_the_page_of_what_it_is_unsure_of(clean: Case) -> None:
    strange = subtotal("CODcr", Metal.PB, "2.64", 5).model_copy(update={"metal": unsure(None, 5)})
    finding = clean.copy(BEFORE, subtotals=(strange,)).doubted("PER-006")
    assert "变更前排污许可证副本第5页“合计CODcr一行的污染物”读数不确定（印章压字）" in finding.message


def test_permit_rules_are_unsure_where_a_permit_is_missing(clean: Case) -> None:
    short = clean.without(PermitCopy, AFTER).without(PermitCertificate, AFTER)
    for code in ("PER-001", "PER-002", "PER-003", "PER-005"):
        assert Outcome.UNSURE in short.outcomes(code)
        assert Outcome.FAILED not in short.outcomes(code)
