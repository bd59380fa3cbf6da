"""QTY-005 against earlier deals, QTY-008 against the 全口径清单, and the whole case of domain.md section 10."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from domain.books import Balance, Books, Submission
from domain.dossier import Kind
from domain.field import Field
from domain.finding import Outcome, settle
from domain.quantity import Metal, Unit
from extractors.documents.contract import Contract
from extractors.documents.demand_form import DemandForm
from extractors.documents.eia_table import EiaTable
from extractors.documents.payment_slip import PaymentSlip
from tests.validators.deals import eia_row, inventory, item, knowing
from tests.validators.papers import CODE, NAME, Case, kilograms, printed, sure, unsure
from validators import check

OWN = "熔炼烟气深度治理工程"


def earlier(case: Case, transferred: str, project: str | None = OWN, reserved: str = "0") -> Case:
    """The seller with an earlier submission and what was sold of it."""
    account = Balance(uscc=CODE, metal=Metal.PB, verified=Decimal("46.4"), transferred=Decimal(transferred),
                      reserved=Decimal(reserved))  # fmt: skip
    before = Submission(case="S-0", kind=Kind.SUPPLY, uscc=CODE, name=NAME, verified_on=date(2024, 1, 5),
                        project=project, figures={Metal.PB: Decimal(45)})  # fmt: skip
    return replace(case, books=Books(complete=True, balances=(account,), submissions=(before,)))


def listed(case: Case, *quantities: str, year: int = 2023) -> Case:
    rows = tuple(inventory(quantity, year=year) for quantity in quantities)
    return replace(case, books=Books(complete=True, inventory=rows))


def test_qty_005_takes_off_what_was_reserved_and_transferred_before(clean: Case) -> None:
    finding = earlier(clean, "10", reserved="2").failed("QTY-005")
    assert finding.subject == "Pb"
    assert "“拟出让量（铅）”为45 kg/a，大于富余排放量扣除此前出让的34.4 kg/a" in finding.message
    assert "台账已预留2、已转让10" in finding.message


def test_qty_005_passes_a_remainder_offered_again(clean: Case) -> None:
    rest = clean.form(offered=kilograms("36.4"))
    assert earlier(rest, "10").outcomes("QTY-005") == {Outcome.PASSED}
    assert replace(clean, books=Books(complete=True)).outcomes("QTY-005") == {Outcome.PASSED}


def test_qty_005_doubts_whether_another_project_was_sold_before(clean: Case) -> None:
    assert "可能是另一减排项目的富余量" in earlier(clean, "10", "制酸尾气治理工程").doubted("QTY-005").message
    assert earlier(clean.form(project=Field()), "10").doubted("QTY-005")
    assert earlier(clean, "10", None).failed("QTY-005")  # nothing tells of another one


def test_qty_005_fails_for_certain_whatever_was_sold_before(clean: Case) -> None:
    assert earlier(clean.form(offered=kilograms("47.0")), "10", "别的工程").failed("QTY-005")


def test_qty_005_takes_the_code_from_the_licence_where_the_forms_is_unread(clean: Case) -> None:
    assert earlier(clean.form(uscc=unsure(CODE)), "10").failed("QTY-005")
    unknown = clean.form(uscc=unsure(CODE)).licence(uscc=unsure(CODE, 2))
    assert earlier(unknown, "10").doubted("QTY-005")


def test_qty_008_does_not_apply_while_no_register_is_loaded(clean: Case) -> None:
    assert "尚未载入全口径清单" in clean.only("QTY-008", Outcome.NOT_APPLICABLE).message


def test_qty_008_sums_the_rows_of_the_newest_year_within_the_tolerance(clean: Case) -> None:
    case = listed(clean, "60.0", "9.0")  # 69.0 against 120.0 − 53.0: 5 % are let pass
    assert case.outcomes("QTY-008") == {Outcome.PASSED}
    old = case.books.inventory or ()
    both = replace(case, books=Books(inventory=(*old, inventory("30.0", year=2024))))
    assert "全口径清单2024年铅的排放量为30 kg/a" in both.failed("QTY-008").message


def test_qty_008_shows_both_figures_and_the_registers_row(clean: Case) -> None:
    finding = listed(clean, "0.067").failed("QTY-008")
    assert "基础排放量减去工程削减量为67 kg/a" in finding.message and "相差1000倍" in finding.message
    assert "清单.xlsx 第3行" in {e.text for e in finding.evidence}


def test_qty_008_counts_a_metal_that_the_register_does_not_list_as_none(clean: Case) -> None:
    rows = (inventory("67.0", Metal.CD),)
    assert "铅的排放量为0 kg/a" in replace(clean, books=Books(inventory=rows)).failed("QTY-008").message


def test_qty_008_is_unsure_of_a_company_that_is_not_listed_and_of_unread_figures(clean: Case) -> None:
    assert "全口径清单中没有" in replace(clean, books=Books(inventory=())).doubted("QTY-008").message
    assert listed(clean.form(base={Metal.PB: unsure(Decimal(120))}), "67.0").doubted("QTY-008")


# Domain 10: one coherent case, and its derived failing variants.


def test_the_coherent_case_is_clear_for_seller_buyer_and_deal(clean: Case, buyer: Case, deal: Case) -> None:
    for case in (clean, buyer, deal):
        findings = check(case.dossier, case.books)
        assert settle(findings) == "clear", [f.message for f in findings if f.holds]


def offered_in_tonnes(clean: Case, buyer: Case, deal: Case) -> Case:
    return clean.form(offered={Metal.PB: printed("45.0", Unit.TONNE)})


def eia_in_kilograms_under_tonnes(clean: Case, buyer: Case, deal: Case) -> Case:
    rows = (eia_row("铅及其化合物", "— — 30.0 — — 30.0 30.0"), eia_row("总铅", "— — 7.5 — — 7.5 7.5"))
    return buyer.change(EiaTable, None, rows=rows, net_new={Metal.PB: printed("37.5", Unit.TONNE, 3)})


def hexavalent_added(clean: Case, buyer: Case, deal: Case) -> Case:
    return clean.form(permit_before=kilograms("133.1"))


def ratio_on_the_wrong_side(clean: Case, buyer: Case, deal: Case) -> Case:
    return buyer.change(DemandForm, None, demand=kilograms("31.3"))


def permits_cut_too_little(clean: Case, buyer: Case, deal: Case) -> Case:
    return clean.form(permit_after=kilograms("89.5"))


def slip_of_a_tenth(clean: Case, buyer: Case, deal: Case) -> Case:
    told = sure(Decimal(54000), 3)
    return deal.change(PaymentSlip, None, amount=told, amount_in_words=told)


def signed_during_the_notice(clean: Case, buyer: Case, deal: Case) -> Case:
    early = deal.change(Contract, None, signed_on=sure(date(2024, 8, 20), 2))
    return early.change(PaymentSlip, None, paid_on=sure(date(2024, 9, 12), 3))


def contract_in_tonnes(clean: Case, buyer: Case, deal: Case) -> Case:
    many = item().model_copy(update={"quantity": printed("45.0", Unit.TONNE)})
    return deal.change(Contract, None, items=(many,))


@pytest.mark.parametrize(
    ("variant", "codes"),
    [
        (offered_in_tonnes, {"QTY-003", "QTY-005", "QTY-006"}),
        (eia_in_kilograms_under_tonnes, {"DEM-002"}),
        (hexavalent_added, {"QTY-001"}),
        (ratio_on_the_wrong_side, {"DEM-003"}),
        (permits_cut_too_little, {"QTY-002"}),
        (slip_of_a_tenth, {"PAY-002"}),
        (signed_during_the_notice, {"TIM-001"}),
        (contract_in_tonnes, {"DEA-001", "DEA-002", "DEA-004"}),
    ],
)
def test_each_derived_variant_fails_where_it_must(clean: Case, buyer: Case, deal: Case, variant, codes) -> None:
    case = variant(clean, buyer, deal)
    failed = {f.rule: f.message for f in check(case.dossier, case.books) if f.outcome is Outcome.FAILED}
    assert set(failed) == codes, failed


def test_the_contract_of_domain_ten_dated_within_the_notice_fails(deal: Case) -> None:
    """公示 from 2024-01-22 ends on 2024-02-11 by calendar days: a contract of 2024-02-10 is too early by either."""
    case = deal.change(Contract, None, signed_on=sure(date(2024, 2, 10), 2), notice_from=sure(date(2024, 1, 22), 2))
    assert knowing(case, notices=()).failed("TIM-001")
