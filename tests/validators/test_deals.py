"""DEA rules: agreement against contract, their arithmetic, and what the ledger knows of both parties."""

from decimal import Decimal

import pytest

from domain.field import Field
from domain.finding import Outcome
from domain.quantity import Metal, Unit
from extractors.documents.contract import Contract
from extractors.documents.payment_slip import PaymentSlip
from extractors.documents.transfer_agreement import TransferAgreement
from tests.validators.deals import (
    BUYER,
    BUYER_SIDE,
    SELLER_SIDE,
    both,
    item,
    on_the_spot,
)
from tests.validators.papers import Case, printed, sure, unsure

RULES = tuple(f"DEA-{number:03d}" for number in range(1, 9))
LEDGER = ("DEA-004", "DEA-005", "DEA-006", "DEA-007")


def contract(case: Case, **changes: object) -> Case:
    return case.change(Contract, None, **changes)


def agreement(case: Case, **changes: object) -> Case:
    return case.change(TransferAgreement, None, **changes)


@pytest.mark.parametrize("code", RULES)
def test_every_rule_on_deals_passes_the_clean_deal(deal: Case, code: str) -> None:
    assert deal.outcomes(code) == {Outcome.PASSED}


@pytest.mark.parametrize("code", RULES)
def test_no_rule_on_deals_concerns_sellers_and_buyers_packages(clean: Case, buyer: Case, code: str) -> None:
    assert clean.outcomes(code) == buyer.outcomes(code) == {Outcome.NOT_APPLICABLE}


@pytest.mark.parametrize("code", RULES)
def test_without_a_contract_no_rule_on_deals_is_silent(deal: Case, code: str) -> None:
    assert Outcome.UNSURE in deal.without(Contract).outcomes(code) | deal.without(TransferAgreement).outcomes(code) or (
        code in ("DEA-002", "DEA-003")
    )


@pytest.mark.parametrize("code", LEDGER)
def test_without_a_ledger_what_is_not_found_is_doubt(deal: Case, code: str) -> None:
    assert "未连接台账" in on_the_spot(deal).doubted(code).message


def test_dea_001_says_one_sentence_for_each_difference(deal: Case) -> None:
    other = BUYER_SIDE.model_copy(update={"name": sure("铜仁(贵州)集团冶炼有限公司", 2)})
    case = contract(deal, transferee=other, items=(item("43.0", "12500"),), total=sure(Decimal(537500), 2))
    message = case.failed("DEA-001").message
    assert message.count("；") == 3
    assert "协议转让书第1页“受让方名称”为“铜仁（贵州）冶炼有限公司”" in message
    assert "“数量（铅）”为45 kg/a" in message and "“数量（铅）”为43 kg/a" in message
    assert "“单价（铅）”为12000 元/千克" in message and "为12500 元/千克" in message
    assert "“总价”为540000 元" in message and "“总价”为537500 元" in message


def test_dea_001_folds_units_brackets_and_the_order_of_items(deal: Case) -> None:
    tonnes = item(quantity="0.0450", metal=Metal.PB)
    tonnes = tonnes.model_copy(update={"quantity": printed("0.0450", Unit.TONNE)})
    side = BUYER_SIDE.model_copy(update={"name": sure(BUYER.replace("（", "(").replace("）", ")"))})
    assert contract(deal, items=(tonnes,), transferee=side).outcomes("DEA-001") == {Outcome.PASSED}
    cadmium = item("2.0", "100", "200", metal=Metal.CD)
    case = agreement(contract(deal, items=(item(), cadmium)), items=(cadmium, item()))
    assert case.outcomes("DEA-001") == {Outcome.PASSED}


def test_dea_001_names_a_metal_that_only_one_paper_sells(deal: Case) -> None:
    case = contract(deal, items=(item(), item("2.0", "100", "200", metal=Metal.AS)))
    assert "“数量（砷）”为2 kg/a，而协议转让书没有砷" in case.failed("DEA-001").message


def test_dea_001_compares_terms_only_where_both_print_one(deal: Case) -> None:
    assert contract(deal, items=(item(years="5"),)).outcomes("DEA-001") == {Outcome.PASSED}
    case = agreement(contract(deal, items=(item(years="5"),)), items=(item(years="3"),))
    assert "“年限（铅）”为3 年" in case.failed("DEA-001").message


def test_dea_001_is_unsure_of_an_unread_metal_and_of_a_code_on_one_paper(deal: Case) -> None:
    assert contract(deal, items=(item().model_copy(update={"quantity": Field()}),)).doubted("DEA-001")
    vague = item().model_copy(update={"metal": unsure(Metal.PB)})
    assert "“重金属种类”读数不确定" in contract(deal, items=(vague,)).doubted("DEA-001").message
    bare = SELLER_SIDE.model_copy(update={"uscc": Field()})
    assert contract(deal, transferor=bare).doubted("DEA-001")
    assert both(deal, transferor=bare).outcomes("DEA-001") == {Outcome.PASSED}
    assert contract(deal, items=()).doubted("DEA-001")


def test_dea_002_shows_the_product_and_the_printed_total(deal: Case) -> None:
    message = contract(deal, total=sure(Decimal(504000), 2)).failed("DEA-002").message
    assert "交易合同第2页“总价”为504000 元，按数量与单价计算为540000 元（45×12000）" in message


def test_dea_002_takes_a_printed_term_as_a_factor(deal: Case) -> None:
    term = item("45.0", "2400", "540000", "5")
    assert both(deal, items=(term,)).outcomes("DEA-002") == {Outcome.PASSED}
    assert "45×2400×5" in contract(deal, items=(term,), total=sure(Decimal(108000))).failed("DEA-002").message


def test_dea_002_adds_up_several_metals_and_checks_each_amount(deal: Case) -> None:
    two = (item(), item("2.50", "3333.33", "8333.33", metal=Metal.CD))  # 8333.325: rounded to the cent
    right = both(deal, items=two, total=sure(Decimal("548333.33"), raw="548,333.33"))
    assert right.outcomes("DEA-002") == {Outcome.PASSED}
    wrong = (item(amount="54000"),)
    assert "“金额（铅）”为54000 元" in contract(deal, items=wrong).failed("DEA-002").message
    assert "相差10倍" in contract(deal, items=wrong).failed("DEA-002").message


def test_dea_002_finds_a_difference_of_one_yuan(deal: Case) -> None:
    exact = item(quantity="45.0", amount=None)
    off = contract(deal, items=(exact.model_copy(update={"quantity": sure(Decimal(45))}),), total=sure(Decimal(540001)))
    assert "相差1 元" in off.failed("DEA-002").message


def test_dea_002_doubts_a_total_that_may_be_rounded_to_ten_thousands(deal: Case) -> None:
    exact = item("45.3", amount=None)  # 543600
    for raw, total in (("54万元", 540000), ("54.4 万元", 544000)):
        case = contract(deal, items=(exact,), total=sure(Decimal(total), raw=raw))
        assert "以万元为单位" in case.doubted("DEA-002").message
    full = both(deal, items=(exact,), total=sure(Decimal(543600), raw="54.36万元"))
    assert full.outcomes("DEA-002") == {Outcome.PASSED}
    assert contract(deal, items=(exact,), total=sure(Decimal(530000), raw="53万元")).failed("DEA-002")


def test_dea_002_tolerates_no_more_than_half_of_the_least_coin_printed(deal: Case) -> None:
    exact = item(price="12000.01", amount=None).model_copy(update={"quantity": sure(Decimal(45))})  # 540000.45
    rounded = both(deal, items=(exact,), total=sure(Decimal(540000), raw="540000元"))
    assert rounded.outcomes("DEA-002") == {Outcome.PASSED}
    assert contract(deal, items=(exact,), total=sure(Decimal("540000.5"), raw="540000.5元")).failed("DEA-002")


def test_dea_002_doubts_a_difference_within_a_rounded_quantity(deal: Case) -> None:
    rounded = contract(deal, items=(item(amount=None),), total=sure(Decimal(540480)))  # 45.04 kg printed as 45.0
    assert "在数量的印出精度之内" in rounded.doubted("DEA-002").message


def test_dea_002_doubts_a_term_that_was_not_found(deal: Case) -> None:
    lost = item("45.0", "2400", "540000").model_copy(update={"years": Field()})
    assert "未读到“年限（铅）”" in contract(deal, items=(lost,)).doubted("DEA-002").message
    plain = item().model_copy(update={"years": Field()})
    assert contract(deal, items=(plain,)).outcomes("DEA-002") == {Outcome.PASSED}


def test_dea_002_is_unsure_of_an_unread_price_or_total(deal: Case) -> None:
    lost = item().model_copy(update={"unit_price": Field()})
    assert contract(deal, items=(lost,)).doubted("DEA-002").subject == "contract"
    assert contract(deal, total=unsure(Decimal(540000))).doubted("DEA-002")
    assert contract(deal, items=()).doubted("DEA-002")


def test_dea_003_shows_words_and_figures_of_either_paper(deal: Case) -> None:
    finding = agreement(deal, total_in_words=sure(Decimal(450000))).failed("DEA-003")
    assert finding.subject == "transfer_agreement"
    assert "“总价（大写）”为450000 元" in finding.message and "“总价”为540000 元" in finding.message
    tenfold = contract(deal, total_in_words=sure(Decimal(5400000))).failed("DEA-003")
    assert "相差10倍" in tenfold.message


def test_dea_003_is_unsure_of_words_that_were_not_read(deal: Case) -> None:
    assert contract(deal, total_in_words=Field()).doubted("DEA-003").subject == "contract"


def test_a_deals_papers_are_checked_like_others(deal: Case) -> None:
    assert deal.page(2, colour=False).failed("IMG-001").subject == "contract"
    assert deal.page(3, colour=False).outcomes("IMG-001") == {Outcome.PASSED, Outcome.NOT_APPLICABLE}
    wrong = SELLER_SIDE.model_copy(update={"uscc": sure("91350100M000100Y4Z")})
    assert contract(deal, transferor=wrong).failed("IDN-001").subject == "contract"
    assert deal.outcomes("IDN-002") == deal.outcomes("IDN-003") == {Outcome.NOT_APPLICABLE}
    foreign = item(metal=Metal.PB).model_copy(update={"metal": sure(None, raw="锑")})
    assert "“锑”不属于" in contract(deal, items=(foreign,)).failed("QTY-009").message
    negative = item().model_copy(update={"quantity": printed("-45.0")})
    assert "不应为负" in contract(deal, items=(negative,)).failed("QTY-010").message
    assert deal.without(PaymentSlip).failed("DOC-001").message == "缺少付款凭证"
