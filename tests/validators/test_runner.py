"""The runner: five outcomes, what a rule looked at, one run for each subject."""

import logging
from decimal import Decimal

import pytest

from domain.document import Document, Version
from domain.dossier import Dossier, Kind
from domain.field import Field
from domain.finding import Finding, Outcome, Severity, settle
from domain.quantity import Metal
from extractors.documents.business_licence import BusinessLicence
from extractors.documents.permit_certificate import PermitCertificate, PermitFields
from extractors.documents.permit_copy import PermitCopy
from extractors.documents.supply_form import SupplyForm
from extractors.documents.surplus_statement import SurplusStatement
from reference.provisions import guide
from tests.validators.papers import FORM, Case, kilograms, page, sure, unsure
from validators import RULESET, check
from validators.places import amount, text
from validators.registry import PermitCopyAfter, Problem, Rule, rule
from validators.runner import MOST_RUNS, run

make = rule("TST-001", Severity.BLOCK, "试验", cites=guide("2(5)"))


def runs(tried: Rule, case: Case) -> list[Finding]:
    return list(run(tried, case.dossier))


@make
def passes(form: SupplyForm) -> Problem | None:
    """Looks at a name and is content."""
    text(form, "name").known
    return None


def test_the_clean_package_is_clear(clean: Case) -> None:
    findings = check(clean.dossier)
    assert settle(findings) == "clear"
    assert {finding.outcome for finding in findings} == {Outcome.PASSED, Outcome.NOT_APPLICABLE}


def test_a_pass_keeps_the_places_it_looked_at(clean: Case) -> None:
    (finding,) = runs(passes, clean)
    assert finding.outcome is Outcome.PASSED
    assert finding.message == "试验：相符"
    assert finding.cites == guide("2(5)").text
    (evidence,) = finding.evidence
    assert (evidence.document, evidence.field, evidence.page) == ("supply_form", "name", 1)
    assert evidence.box is not None


def test_a_problem_fails_with_what_was_looked_at_unless_it_says_more(clean: Case) -> None:
    @make
    def fails(form: SupplyForm) -> Problem | None:
        """Never holds."""
        text(form, "name")
        return Problem("不对")

    (finding,) = runs(fails, clean)
    assert (finding.outcome, finding.message) == (Outcome.FAILED, "不对")
    assert [e.field for e in finding.evidence] == ["name"]


@pytest.mark.parametrize(
    ("field", "why"),
    [
        (unsure("甲"), "供需信息表第1页“单位名称”读数不确定（印章压字）"),
        (Field(), "供需信息表第1页未读到“单位名称”"),
        (sure(None, raw="/"), "供需信息表第1页“单位名称”未填写"),
    ],
)
def test_a_field_that_is_not_certain_makes_a_rule_unsure_by_itself(clean: Case, field: Field[str], why: str) -> None:
    (finding,) = runs(passes, clean.form(name=field))
    assert finding.outcome is Outcome.UNSURE
    assert finding.message.replace("供需信息表未", "供需信息表第1页未") == f"{why}，无法核对“试验”"
    assert finding.evidence


def test_a_doubt_straight_from_a_field_shows_where_it_stands(clean: Case) -> None:
    @make
    def reads(form: SupplyForm) -> Problem | None:
        """Reads a field without saying so."""
        form.name.known
        return None

    (finding,) = runs(reads, clean.form(name=unsure("甲")))
    assert finding.outcome is Outcome.UNSURE
    assert finding.message == "第1页“甲”读数不确定（印章压字），无法核对“试验”"
    assert [(e.page, e.text) for e in finding.evidence] == [(1, "甲")]


def test_the_field_in_doubt_leads_the_evidence(clean: Case) -> None:
    (finding,) = clean.form(surplus={Metal.PB: unsure(Decimal("46.5"))}).findings("QTY-005")
    assert [e.field for e in finding.evidence] == ["surplus.Pb", "offered.Pb"]


def test_a_missing_document_of_the_kind_makes_a_rule_unsure(clean: Case) -> None:
    (finding,) = runs(passes, clean.without(SupplyForm))
    assert (finding.outcome, finding.message) == (Outcome.UNSURE, "缺少供需信息表，无法核对“试验”")


def test_a_document_that_the_kind_does_not_know_makes_it_not_applicable(clean: Case) -> None:
    (finding,) = runs(passes, clean.without(SupplyForm).with_(kind=Kind.DEMAND))
    assert (finding.outcome, finding.message) == (Outcome.NOT_APPLICABLE, "本次提交的材料中没有供需信息表，本项不适用")


def test_a_rule_that_raises_is_broken_and_the_others_go_on(clean: Case, caplog: pytest.LogCaptureFixture) -> None:
    @make
    def breaks(form: SupplyForm) -> Problem | None:
        """Divides by nothing."""
        text(form, "name")
        raise ZeroDivisionError

    with caplog.at_level(logging.ERROR):
        (finding,) = runs(breaks, clean)
    assert finding.outcome is Outcome.BROKEN
    assert finding.holds
    assert "TST-001" in caplog.text and "Traceback" in caplog.text


def test_a_metal_is_run_for_each_that_the_package_speaks_of(clean: Case) -> None:
    @make
    def each(form: SupplyForm, metal: Metal) -> Problem | None:
        """Takes each metal."""
        amount(form, "offered", metal)
        return None

    assert [f.subject for f in runs(each, clean)] == ["Pb"]
    more = clean.form(offered=kilograms("45.0") | {Metal.AS: sure(None, raw="/"), Metal.CD: unsure(Decimal(1))})
    assert [f.subject for f in runs(each, more)] == ["Pb", "Cd"]


def test_a_base_class_is_run_for_each_document(clean: Case) -> None:
    @make
    def permits(document: PermitFields | BusinessLicence) -> Problem | None:
        """Takes each of several types."""
        return None

    found = [f.subject for f in runs(permits, clean)]
    assert found[-1] == "business_licence"
    assert set(found[:-1]) == {f"permit_{part}/{version}" for part in ("certificate", "copy") for version in Version}


def test_a_version_is_run_for_each_permit(clean: Case) -> None:
    @make
    def pairs(certificate: PermitCertificate, copy: PermitCopy, version: Version) -> Problem | None:
        """Takes the documents of one permit."""
        return None if certificate.version is copy.version is version else Problem("错配")

    assert {f.subject: f.outcome for f in runs(pairs, clean)} == {"before": Outcome.PASSED, "after": Outcome.PASSED}


def test_a_type_that_is_there_twice_is_run_for_each_combination(clean: Case) -> None:
    double = clean.plus(FORM.model_copy(update={"pages": (8,), "offered": kilograms("60.0")})).page(8)
    found = {f.subject: f.outcome for f in double.findings("QTY-005")}
    assert found == {"Pb": Outcome.PASSED, "Pb#2": Outcome.FAILED}


def test_too_many_documents_of_one_type_end_as_unsure_not_as_a_flood(clean: Case) -> None:
    forms = (FORM,) * (MOST_RUNS + 1)
    found = runs(passes, clean.plus(*forms))
    assert len(found) == MOST_RUNS + 1
    assert found[-1].outcome is Outcome.UNSURE


def test_a_missing_permit_is_called_by_its_version(clean: Case) -> None:
    @make
    def later(copy: PermitCopyAfter) -> Problem | None:
        """Takes the later copy."""
        return None

    (finding,) = runs(later, clean.without(PermitCopy, Version.AFTER))
    assert finding.message.startswith("缺少变更后排污许可证副本")


def test_doubt_is_never_a_pass_whichever_critical_field_it_is_about(clean: Case) -> None:
    keys = ("permit_before", "permit_after", "base", "reduction", "task", "surplus", "offered")
    for key in keys:
        figure = getattr(FORM, key)[Metal.PB]
        doubted = clean.form(**{key: {Metal.PB: unsure(figure.value)}})
        assert settle(check(doubted.dossier)) == "review", key


def test_an_empty_package_never_passes() -> None:
    for kind in (*Kind, None):
        empty = Dossier(package="x", kind=kind, today="2024-11-04", documents=(), pages=(page(1),))
        assert settle(check(empty)) == "review"


def test_no_package_breaks_a_rule(clean: Case) -> None:
    stripped: tuple[Document, ...] = tuple(type(d)(version=d.version, pages=d.pages) for d in clean.dossier.documents)
    for case in (clean.with_(documents=stripped), clean.without(SurplusStatement), clean.with_(kind=None)):
        assert Outcome.BROKEN not in {finding.outcome for finding in check(case.dossier)}


def test_findings_are_told_apart_by_rule_and_subject(clean: Case) -> None:
    findings = check(clean.plus(*clean.dossier.documents).dossier)
    assert len({(f.rule, f.subject) for f in findings}) == len(findings)


def test_the_ruleset_has_a_version() -> None:
    assert len(RULESET) == 12
