"""PAY rules: who paid whom, how much, once, and really."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.books import Payment
from domain.field import Field
from domain.finding import Outcome, Severity, settle
from extractors.documents.contract import Contract
from extractors.documents.payment_slip import PaymentSlip
from tests.validators.deals import BUYER, BUYER_CODE, SELLER_SIDE, SLIP, knowing, on_the_spot
from tests.validators.papers import CODE, NAME, Case, sure, unsure
from validators import check

RULES = tuple(f"PAY-{number:03d}" for number in range(1, 6))


def slip(case: Case, **changes: object) -> Case:
    return case.change(PaymentSlip, None, **changes)


def another(serial: str = "20240913X", amount: str = "540000", **changes: Any) -> PaymentSlip:
    """A further slip on page 4."""
    told = {"serial": sure(serial, 4), "amount": sure(Decimal(amount), 4), "amount_in_words": sure(Decimal(amount), 4)}
    return SLIP.model_copy(update={"pages": (4,), **told, **changes})


def paid(serial: str, amount: str, contract: str | None = "HT-1", case: str = "T-0", **more: Any) -> Payment:
    return Payment(case=case, serial=serial, amount=Decimal(amount), contract=contract, **more)


@pytest.mark.parametrize("code", RULES)
def test_every_rule_on_payments_passes_the_clean_deal(deal: Case, code: str) -> None:
    assert deal.outcomes(code) == {Outcome.PASSED}


@pytest.mark.parametrize("code", RULES)
def test_no_rule_on_payments_passes_without_a_slip(deal: Case, clean: Case, code: str) -> None:
    assert deal.without(PaymentSlip).outcomes(code) == {Outcome.UNSURE}
    assert clean.outcomes(code) == {Outcome.NOT_APPLICABLE}


def test_pay_001_names_a_payer_that_is_not_the_buyer(deal: Case) -> None:
    message = slip(deal, payer_name=sure("铜仁(贵州)集团冶炼有限公司", 3)).failed("PAY-001").message
    assert "付款凭证第3页“付款人户名”为“铜仁(贵州)集团冶炼有限公司”" in message
    assert f"“受让方名称”为“{BUYER}”" in message and "不同法人" in message


def test_pay_001_accepts_the_account_that_the_contract_names(deal: Case) -> None:
    holder = SELLER_SIDE.model_copy(update={"account_name": sure("黔东集团财务有限公司"), "account": sure("777 8888")})
    named = deal.change(Contract, None, transferor=holder)
    right = slip(named, payee_name=sure("黔东集团财务有限公司", 3), payee_account=sure("7778888", 3))
    assert right.outcomes("PAY-001") == {Outcome.PASSED}
    wrong = slip(named, payee_name=sure("黔东集团财务有限公司", 3), payee_account=sure("7778889", 3))
    assert "“收款人账号”为“7778889”" in wrong.failed("PAY-001").message
    stranger = slip(named, payee_name=sure("别家公司", 3)).failed("PAY-001").message
    assert NAME in stranger and "黔东集团财务有限公司" in stranger


def test_pay_001_names_a_payee_that_is_not_the_seller(deal: Case) -> None:
    bare = deal.change(Contract, None, transferor=SELLER_SIDE.model_copy(update={"account_name": Field()}))
    assert "“收款人户名”为“别家公司”" in slip(bare, payee_name=sure("别家公司", 3)).failed("PAY-001").message


def test_pay_001_doubts_a_name_that_was_cut_off(deal: Case) -> None:
    cut = slip(deal, payer_name=sure("铜仁（贵州）冶", 3)).doubted("PAY-001")
    assert "可能只是" in cut.message
    assert slip(deal, payer_name=sure("铜仁集团", 3)).failed("PAY-001")


def test_pay_001_is_unsure_of_an_unread_name(deal: Case) -> None:
    assert slip(deal, payer_name=unsure(BUYER, 3)).doubted("PAY-001")
    assert slip(deal, payee_name=Field()).doubted("PAY-001")


def test_pay_002_takes_less_for_an_instalment_that_a_person_decides_on(deal: Case) -> None:
    finding = slip(deal, amount=sure(Decimal(200000), 3)).failed("PAY-002")
    assert finding.severity is Severity.REVIEW
    assert "已付款项合计为200000 元" in finding.message and "“总价”为540000 元" in finding.message
    assert "疑为分期付款" in finding.message


def test_pay_002_hints_at_a_lost_digit(deal: Case) -> None:
    assert "相差10倍" in slip(deal, amount=sure(Decimal(54000), 3)).failed("PAY-002").message


def test_pay_002_blocks_more_than_the_total(deal: Case) -> None:
    finding = slip(deal, amount=sure(Decimal(640000), 3)).failed("PAY-002")
    assert finding.severity is Severity.BLOCK and "付款多于合同总价" in finding.message


def test_pay_002_adds_up_instalments_here_and_before(deal: Case) -> None:
    half = slip(deal, amount=sure(Decimal(240000), 3)).page(4)
    assert half.plus(another(amount="300000")).outcomes("PAY-002") == {Outcome.PASSED}
    assert knowing(half, payments=(paid("A1", "300000"),)).outcomes("PAY-002") == {Outcome.PASSED}
    assert knowing(half, payments=(paid("A1", "300000", "HT-9"),)).failed("PAY-002")


def test_pay_002_doubts_an_earlier_instalment_where_the_contracts_number_is_unread(deal: Case) -> None:
    half = slip(deal, amount=sure(Decimal(240000), 3)).change(Contract, None, number=Field())
    assert "可能此前已付" in knowing(half, payments=(paid("A1", "300000"),)).doubted("PAY-002").message
    assert knowing(half, payments=(paid("A1", "200000"),)).failed("PAY-002")


def test_pay_002_counts_a_reprint_and_a_slip_filed_before_once(deal: Case) -> None:
    reprint = SLIP.model_copy(update={"pages": (4,), "reprint": sure(True, 4)})
    assert deal.page(4).plus(reprint).outcomes("PAY-002") == {Outcome.PASSED}
    filed = knowing(deal, payments=(paid("2024091200017", "540000"),))
    assert filed.outcomes("PAY-002") == {Outcome.PASSED}
    assert filed.outcomes("PAY-004") == {Outcome.PASSED}


def test_pay_002_takes_refunds_off(deal: Case) -> None:
    back = another("R1", kind=sure("refund", 4))
    assert "＋退汇-540000" in deal.page(4).plus(back).failed("PAY-002").message
    again = another("S2").model_copy(update={"pages": (5,)})
    assert deal.page(4).page(5).plus(back, again).outcomes("PAY-002") == {Outcome.PASSED}


def test_pay_002_takes_a_refund_off_that_prints_its_minus(deal: Case) -> None:
    back = another("R1", "-540000", kind=sure("refund", 4))
    assert "＋退汇-540000" in deal.page(4).plus(back).failed("PAY-002").message


def test_pay_002_takes_off_what_was_refunded_before(deal: Case) -> None:
    half = slip(deal, amount=sure(Decimal(240000), 3))
    refunded = (paid("A1", "300000"), paid("R1", "-300000"))
    assert "此前R1退汇-300000" in knowing(half, payments=refunded).failed("PAY-002").message


def test_pay_002_and_pay_004_tell_contracts_of_one_number_by_their_companies(deal: Case) -> None:
    half = slip(deal, amount=sure(Decimal(240000), 3))
    own = {"transferor": CODE, "transferee": BUYER_CODE}
    assert knowing(half, payments=(paid("A1", "300000", **own),)).outcomes("PAY-002") == {Outcome.PASSED}
    foreign = own | {"transferor": "91520000OTHER00003"}
    assert knowing(half, payments=(paid("A1", "300000", **foreign),)).failed("PAY-002")
    used = paid("2024091200017", "540000", **foreign)
    assert "已用于T-0" in knowing(deal, payments=(used,)).failed("PAY-004").message


def test_pay_004_names_one_serial_of_one_contract_with_two_amounts(deal: Case) -> None:
    used = knowing(deal, payments=(paid("2024091200017", "300000"),))
    assert "付款300000 元" in used.failed("PAY-004").message


def test_pay_002_is_unsure_of_a_torn_amount_an_unread_serial_and_no_ledger(deal: Case) -> None:
    assert "未读到“金额（小写）”" in slip(deal, amount=Field()).doubted("PAY-002").message
    half = slip(deal, amount=sure(Decimal(270000), 3)).page(4)
    unread = another(amount="270000").model_copy(update={"serial": Field()})
    assert half.plus(unread).doubted("PAY-002")
    later = unread.model_copy(update={"paid_on": sure(date(2024, 9, 13), 4)})
    assert half.plus(later).outcomes("PAY-002") == {Outcome.PASSED}
    assert on_the_spot(slip(deal, amount=sure(Decimal(200000), 3))).doubted("PAY-002")
    assert on_the_spot(slip(deal, amount=sure(Decimal(640000), 3))).failed("PAY-002")


def test_pay_003_shows_words_and_figures(deal: Case) -> None:
    message = slip(deal, amount_in_words=sure(Decimal(54000), 3)).failed("PAY-003").message
    assert "“金额（大写）”为54000 元" in message and "“金额（小写）”为540000 元" in message
    assert slip(deal, amount_in_words=Field()).doubted("PAY-003")


def test_pay_004_names_the_case_that_used_the_serial(deal: Case) -> None:
    case = knowing(deal, payments=(paid("2024-0912-00017", "540000", "HT-7", "T-7"),))
    assert "该流水号已用于T-7（合同HT-7，540000 元）" in case.failed("PAY-004").message


def test_pay_004_doubts_a_serial_that_another_bank_gave(deal: Case) -> None:
    used = paid("2024091200017", "540000", "HT-7").model_copy(update={"bank": "贵州银行"})
    known = slip(knowing(deal, payments=(used,)), bank=sure("中国工商银行", 3))
    assert "但该笔由贵州银行出具" in known.doubted("PAY-004").message
    assert slip(known, bank=sure("贵州银行贵阳分行", 3)).failed("PAY-004")
    assert slip(known, bank=Field()).failed("PAY-004")


def test_pay_004_finds_one_serial_with_two_amounts(deal: Case) -> None:
    twin = another("2024091200017", "300000")
    found = {f.outcome for f in deal.page(4).plus(twin).findings("PAY-004")}
    assert found == {Outcome.FAILED}
    copy = another("2024091200017", "540000")
    assert deal.page(4).plus(copy).outcomes("PAY-004") == {Outcome.PASSED}


def test_pay_004_is_unsure_of_an_unread_serial_and_without_ledger(deal: Case) -> None:
    assert slip(deal, serial=Field()).doubted("PAY-004")
    assert "未连接台账" in on_the_spot(deal).doubted("PAY-004").message


@pytest.mark.parametrize(("kind", "word"), [("refund", "退汇"), ("fee", "手续费"), ("application", "汇款申请书")])
def test_pay_005_names_what_a_slip_is_instead(deal: Case, kind: str, word: str) -> None:
    case = slip(deal, kind=sure(kind, 3))
    assert f"是{word}" in case.failed("PAY-005").message
    assert case.doubted("PAY-002").message.startswith("所附凭证没有一份是付款回单")
    assert case.outcomes("PAY-001") == case.outcomes("PAY-004") == {Outcome.NOT_APPLICABLE}


def test_pay_005_lets_a_fee_slip_lie_beside_a_full_payment(deal: Case) -> None:
    fee = another("F1", "25", kind=sure("fee", 4), payee_name=sure("某银行", 4), amount_in_words=Field())
    case = deal.page(4).plus(fee)
    assert case.outcomes("PAY-005") == {Outcome.PASSED, Outcome.NOT_APPLICABLE}
    assert settle(check(case.dossier, case.books)) == "clear"


def test_pay_005_blocks_a_refund_that_nothing_made_good(deal: Case) -> None:
    assert "应从已付款项中扣除" in deal.page(4).plus(another("R1", kind=sure("refund", 4))).failed("PAY-005").message


def test_pay_005_is_unsure_of_a_slip_whose_kind_is(deal: Case) -> None:
    assert slip(deal, kind=unsure("payment", 3)).doubted("PAY-005")
    assert slip(deal, kind=Field()).outcomes("PAY-002") == {Outcome.UNSURE}


def test_doc_005_does_not_take_a_reprint_for_a_double(deal: Case) -> None:
    reprint = SLIP.model_copy(update={"pages": (4,), "reprint": sure(True, 4)})
    assert deal.page(4).plus(reprint).outcomes("DOC-005") == {Outcome.PASSED}
    assert deal.page(4).plus(SLIP.model_copy(update={"pages": (4,)})).failed("DOC-005")
    assert deal.page(4).plus(another()).outcomes("DOC-005") == {Outcome.PASSED}
