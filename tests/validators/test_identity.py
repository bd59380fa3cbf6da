"""IDN rules: codes, names, licence, industry."""

from datetime import date

import pytest

from domain.document import Version
from domain.field import Field, Status
from domain.finding import Outcome
from extractors.documents.permit_certificate import PermitCertificate
from extractors.documents.permit_copy import PermitCopy
from extractors.documents.supply_form import SupplyForm
from tests.validators.papers import CODE, NAME, TODAY, Case, sure, unsure

OTHER_CODE = "91520500MA6JDEM04B"
RULES = ("IDN-001", "IDN-002", "IDN-003", "IDN-004", "IDN-005", "IDN-006", "IDN-007")


@pytest.mark.parametrize("code", RULES)
def test_every_identity_rule_passes_the_clean_package(clean: Case, code: str) -> None:
    assert clean.outcomes(code) <= {Outcome.PASSED, Outcome.NOT_APPLICABLE}
    assert Outcome.PASSED in clean.outcomes(code)


def test_idn_001_says_what_the_check_character_should_be(clean: Case) -> None:
    finding = clean.licence(uscc=sure("91350100M000100Y4Z", 2)).failed("IDN-001")
    assert finding.subject == "business_licence"
    assert "末位应为“3”而印为“Z”" in finding.message
    wrong = clean.licence(uscc=sure("91350211M0000XUF46", 2)).failed("IDN-001")
    assert "末位应为“R”而印为“6”" in wrong.message
    assert wrong.evidence[0].box is not None
    assert "不是18位或含有" in clean.licence(uscc=sure("522200000012345", 2)).failed("IDN-001").message


def test_idn_001_is_unsure_of_an_uncertain_code_and_of_none(clean: Case) -> None:
    assert "读数不确定（印章压字）" in clean.form(uscc=unsure(CODE)).doubted("IDN-001").message
    assert "供需信息表未读到“统一社会信用代码”" in clean.form(uscc=Field()).doubted("IDN-001").message


def test_idn_001_takes_units_without_a_code_as_they_are(clean: Case) -> None:
    unit = clean.licence(uscc=sure("H952220000000001a", 2))
    outcomes = {f.subject: f.outcome for f in unit.findings("IDN-001")}
    assert outcomes["business_licence"] is Outcome.NOT_APPLICABLE


def test_idn_002_shows_both_codes_and_where_they_stand(clean: Case) -> None:
    finding = clean.form(uscc=sure(OTHER_CODE)).failed("IDN-002")
    assert finding.message == (
        f"营业执照第2页“统一社会信用代码”为“{CODE}”，而供需信息表第1页“统一社会信用代码”为“{OTHER_CODE}”，不一致"
    )
    assert [e.document for e in finding.evidence] == ["business_licence", "supply_form"]


def test_idn_002_holds_others_against_the_majority_without_a_licence(clean: Case) -> None:
    case = clean.licence(uscc=unsure(CODE, 2)).certificate(Version.AFTER, uscc=sure(OTHER_CODE, 4))
    assert "而变更后排污许可证正本第4页" in case.failed("IDN-002").message


def test_idn_002_is_unsure_when_one_code_is_and_the_others_agree(clean: Case) -> None:
    assert clean.form(uscc=unsure(OTHER_CODE)).doubted("IDN-002")


def test_idn_002_does_not_ask_the_statement_for_a_code(clean: Case) -> None:
    assert clean.outcomes("IDN-002") == {Outcome.PASSED}
    assert clean.statement(uscc=sure(OTHER_CODE, 7)).failed("IDN-002")


@pytest.mark.parametrize("variant", ["贵州黔东锌业有限公司", "贵州黔东 锌业有限公司", "贵州黔东锌业有限公司\u3000"])
def test_idn_003_folds_width_and_spaces(clean: Case, variant: str) -> None:
    assert clean.form(name=sure(variant)).outcomes("IDN-003") == {Outcome.PASSED}


def test_idn_003_folds_brackets(clean: Case) -> None:
    wide, narrow = sure("福泉（贵州）锌业有限公司"), sure("福泉(贵州)锌业有限公司")
    case = clean.form(name=wide).licence(name=narrow).statement(name=wide)
    for kind in (PermitCertificate, PermitCopy):
        case = case.change(kind, None, name=narrow)
    assert case.outcomes("IDN-003") == {Outcome.PASSED}


def test_idn_003_takes_a_group_for_another_company(clean: Case) -> None:
    finding = clean.certificate(Version.AFTER, name=sure("贵州黔东集团锌业有限公司", 4)).failed("IDN-003")
    assert f"为“{NAME}”" in finding.message and "为“贵州黔东集团锌业有限公司”" in finding.message
    assert "集团公司与其子公司是不同法人" in finding.message


def test_idn_003_takes_a_branch_for_another_company(clean: Case) -> None:
    finding = clean.form(name=sure(NAME + "福泉分公司")).failed("IDN-003")
    assert "分公司与总公司主体不同" in finding.message


def test_idn_003_is_unsure_of_an_uncertain_name(clean: Case) -> None:
    assert clean.statement(name=unsure(NAME, 7)).doubted("IDN-003")


@pytest.mark.parametrize("letter", "PQRU")
def test_idn_004_accepts_every_letter_in_use(clean: Case, letter: str) -> None:
    case = clean.change(PermitCertificate, None, number=sure(f"{CODE}001{letter}", 3))
    assert case.outcomes("IDN-004") == {Outcome.PASSED}


@pytest.mark.parametrize("number", [f"{CODE}001", f"{CODE}01P", f"{CODE}0015", f"{CODE}001PP"])
def test_idn_004_rejects_other_forms(clean: Case, number: str) -> None:
    finding = clean.certificate(Version.BEFORE, number=sure(number, 3)).failed("IDN-004")
    assert number in finding.message and f"（{len(number)}位）" in finding.message


def test_idn_004_wants_the_companys_code_in_front(clean: Case) -> None:
    finding = clean.certificate(Version.AFTER, number=sure(f"{OTHER_CODE}001P", 4)).failed("IDN-004")
    assert finding.subject == "permit_certificate/after"
    assert OTHER_CODE in finding.message and f"“{CODE}”" in finding.message


def test_idn_004_is_unsure_of_an_uncertain_number_and_without_a_licence(clean: Case) -> None:
    assert clean.copy(Version.AFTER, number=unsure(f"{CODE}001P", 6)).doubted("IDN-004")
    assert clean.licence(uscc=unsure(CODE, 2)).outcomes("IDN-004") == {Outcome.UNSURE}


def test_idn_005_only_notes_another_representative(clean: Case) -> None:
    finding = clean.certificate(Version.BEFORE, legal_representative=sure("李四", 3)).failed("IDN-005")
    assert "“张三”" in finding.message and "“李四”" in finding.message
    assert not finding.holds
    assert clean.licence(legal_representative=unsure("张三", 2)).outcomes("IDN-005") == {Outcome.UNSURE}


def test_idn_006_tells_when_a_licence_ran_out(clean: Case) -> None:
    finding = clean.licence(valid_to=sure(date(2024, 11, 3), 2)).failed("IDN-006")
    assert "“营业期限截止日”为2024-11-03" in finding.message and TODAY.isoformat() in finding.message
    assert clean.licence(valid_to=sure(TODAY, 2)).outcomes("IDN-006") == {Outcome.PASSED}


def test_idn_006_takes_an_open_or_unprinted_term_as_in_force(clean: Case) -> None:
    assert clean.licence(valid_to=sure(None, 2, "无固定期限")).outcomes("IDN-006") == {Outcome.PASSED}
    assert clean.licence(valid_to=Field(status=Status.MISSING)).outcomes("IDN-006") == {Outcome.PASSED}


def test_idn_006_is_unsure_of_an_uncertain_date(clean: Case) -> None:
    assert clean.licence(valid_to=unsure(date(2034, 1, 1), 2)).doubted("IDN-006")


def _industry(clean: Case, printed: Field[str]) -> Case:
    for kind in (PermitCertificate, PermitCopy, SupplyForm):
        clean = clean.change(kind, None, industry=printed)
    return clean


def test_idn_007_tells_of_an_industry_outside_the_six(clean: Case) -> None:
    finding = _industry(clean, sure("黄金冶炼，水泥制造")).failed("IDN-007")
    assert "“黄金冶炼，水泥制造”" in finding.message and "六个重点行业" in finding.message


def test_idn_007_is_unsure_of_a_class_that_is_wider_than_the_guides(clean: Case) -> None:
    case = _industry(clean, sure("无机盐制造")).licence(business_scope=sure("磷酸盐", 2), name=sure("甲公司", 2))
    case = case.form(name=sure("甲公司"), project=sure("治理工程")).statement(name=sure("甲公司"))
    for kind in (PermitCertificate, PermitCopy):
        case = case.change(kind, None, name=sure("甲公司"))
    assert "“无机盐制造”只有一部分属于" in case.doubted("IDN-007").message
    assert case.licence(business_scope=sure("重铬酸钠", 2)).outcomes("IDN-007") == {Outcome.PASSED}


def test_idn_007_is_unsure_where_no_industry_was_read(clean: Case) -> None:
    assert _industry(clean, unsure("铅锌冶炼")).doubted("IDN-007")
